import type { Outcome } from '@poplet/policy';
import type { FastifyPluginCallback } from 'fastify';
import { exchangeView } from '../../exchange-view.ts';
import { OUTCOMES } from '../../outcomes.ts';
import type { ResourceOptions } from '../admin-context.ts';
import { PROBLEM_RESPONSE } from '../problem.ts';

interface JournalQuery {
  readonly limit: number;
  readonly outcome?: Outcome;
  readonly url?: string;
}

/** `GET journal`: the latest exchanges that the ring holds. */
export const journalResource: FastifyPluginCallback<ResourceOptions> = (
  server,
  { context },
  done,
) => {
  const { journal } = context.edge;
  server.get<{ Querystring: JournalQuery }>(
    '/journal',
    {
      schema: {
        operationId: 'getJournal',
        summary: 'The latest exchanges, newest last',
        tags: ['journal'],
        querystring: {
          type: 'object',
          additionalProperties: false,
          properties: {
            limit: {
              type: 'integer',
              minimum: 1,
              maximum: 10_000,
              default: 100,
              description: 'how many, counted after the filters',
            },
            outcome: { type: 'string', enum: OUTCOMES },
            url: { type: 'string', minLength: 1, description: 'part of the URL' },
          },
        },
        response: {
          200: {
            description: 'What the journal holds of them',
            type: 'object',
            required: ['exchanges'],
            properties: { exchanges: { type: 'array', items: { $ref: 'Exchange#' } } },
          },
          ...PROBLEM_RESPONSE,
        },
      },
    },
    ({ query: { limit, outcome, url } }) => {
      if (outcome === undefined && url === undefined) {
        return { exchanges: journal.latest(limit).map(exchangeView) };
      }
      const matching = journal
        .latest(Infinity)
        .filter((record) => outcome === undefined || record.outcome === outcome)
        .filter((record) => url === undefined || record.url.includes(url));
      return { exchanges: matching.slice(-limit).map(exchangeView) };
    },
  );
  done();
};
