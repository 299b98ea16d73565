import type { FastifyPluginCallback } from 'fastify';
import type { JournalTotals } from '../../edge-api.ts';
import { OUTCOMES } from '../../outcomes.ts';
import { VERSION } from '../../version.ts';
import type { ResourceOptions } from '../admin-context.ts';
import { PROBLEM_RESPONSE } from '../problem.ts';

/** `GET stats`: the numbers of this edge since it started. */
export const statsResource: FastifyPluginCallback<ResourceOptions> = (
  server,
  { context },
  done,
) => {
  const { edge } = context;
  server.get(
    '/stats',
    {
      schema: {
        operationId: 'getStats',
        summary: 'Counts since the start, and what is stored now',
        tags: ['state'],
        response: { 200: STATS_SCHEMA, ...PROBLEM_RESPONSE },
      },
    },
    () => {
      const journal = edge.journal.totals;
      return {
        version: VERSION,
        uptimeSeconds: context.uptimeSeconds(),
        bypass: edge.bypass,
        flights: edge.flights,
        tasks: edge.tasks.running,
        fastLaneAnswers: edge.fastLaneAnswers,
        hitRatio: hitRatio(journal),
        journal,
        store: edge.store.stats(),
        sites: edge.sites.map(({ id, hosts, upstreamUrl, policy }) => ({
          id,
          hosts,
          upstream: upstreamUrl,
          profile: policy.name,
        })),
      };
    },
  );
  done();
};

/**
 * Share of the exchanges that the cache was asked about whose body came from the store: hit,
 * revalidated, updating and stale, over those and miss, expired and bypass. Null before the first.
 */
function hitRatio({ byOutcome: count }: JournalTotals): number | null {
  const fromStore = count.hit + count.revalidated + count.updating + count.stale;
  const all = fromStore + count.miss + count.expired + count.bypass;
  return all === 0 ? null : fromStore / all;
}

const COUNT = { type: 'integer', minimum: 0 } as const;

const STATS_SCHEMA = {
  description: 'The numbers',
  type: 'object',
  required: [
    'version',
    'uptimeSeconds',
    'bypass',
    'flights',
    'tasks',
    'fastLaneAnswers',
    'hitRatio',
    'journal',
    'store',
    'sites',
  ],
  properties: {
    version: { type: 'string' },
    uptimeSeconds: { type: 'number', description: 'real time' },
    bypass: { type: 'boolean', description: 'every request is sent past the cache' },
    flights: {
      ...COUNT,
      description: 'upstream exchanges that wait for their head or fill the store',
    },
    tasks: { ...COUNT, description: 'background work under way' },
    fastLaneAnswers: {
      ...COUNT,
      description: 'requests answered from memory without node:http, since the start',
    },
    hitRatio: {
      type: ['number', 'null'],
      description:
        '(hit + revalidated + updating + stale) / (those + miss + expired + bypass); null before the first',
    },
    journal: {
      type: 'object',
      required: ['exchanges', 'byOutcome', 'bodyBytes', 'upstreamRequests'],
      properties: {
        exchanges: COUNT,
        byOutcome: {
          type: 'object',
          required: OUTCOMES,
          properties: Object.fromEntries(OUTCOMES.map((outcome) => [outcome, COUNT])),
        },
        bodyBytes: { ...COUNT, description: 'written to clients' },
        upstreamRequests: COUNT,
      },
    },
    store: {
      type: 'object',
      required: ['kind', 'entries', 'bytes', 'maxBytes', 'maxEntries', 'maxBodyBytes', 'evictions'],
      properties: {
        kind: {
          type: 'string',
          description:
            'where responses live: memory, disk, redis, or a database: postgres, mysql …',
        },
        entries: COUNT,
        bytes: { ...COUNT, description: 'body and header bytes' },
        maxBytes: COUNT,
        maxEntries: COUNT,
        maxBodyBytes: { ...COUNT, description: 'longer bodies are not stored' },
        connection: {
          type: 'string',
          enum: ['connected', 'away'],
          description: 'of a store elsewhere: while it is away every request goes to the origin',
        },
        maxSharedBodyBytes: {
          ...COUNT,
          description: 'of a shared store: longer bodies stay with the edge that fetched them',
        },
        evictions: { ...COUNT, description: 'gave way to a bound, since the start' },
      },
    },
    sites: {
      type: 'array',
      items: {
        type: 'object',
        required: ['id', 'hosts', 'upstream', 'profile'],
        properties: {
          id: { type: 'string' },
          hosts: { type: 'array', items: { type: 'string' }, description: 'empty: any host' },
          upstream: { type: 'string' },
          profile: { type: 'string' },
        },
      },
    },
  },
} as const;
