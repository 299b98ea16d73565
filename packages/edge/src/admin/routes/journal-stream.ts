import { randomBytes } from 'node:crypto';
import type { FastifyPluginCallback } from 'fastify';
import type { ResourceOptions } from '../admin-context.ts';
import { streamJournal } from '../event-stream.ts';
import { PROBLEM_RESPONSE } from '../problem.ts';

/** `GET journal/stream`: every exchange as it ends, as server-sent events. */
export const journalStreamResource: FastifyPluginCallback<ResourceOptions> = (
  server,
  { context },
  done,
) => {
  const { edge, stream } = context;
  // Ids begin at 1 in every process: a reader of an earlier one gets the whole ring.
  const processTag = randomBytes(4).toString('hex');
  const eventId = (recordId: number): string => `${processTag}-${recordId}`;

  function lastSeenId(lastEventId: string | undefined): number | undefined {
    if (lastEventId === undefined || lastEventId === '') return undefined;
    const [tag, id] = lastEventId.split('-', 2);
    const recordId = Number(id);
    const isOurs = tag === processTag && Number.isSafeInteger(recordId) && recordId >= 0;
    return isOurs ? Math.min(recordId, edge.journal.newestId) : 0;
  }

  server.get<{ Headers: { readonly 'last-event-id'?: string } }>(
    '/journal/stream',
    {
      exposeHeadRoute: false,
      schema: {
        operationId: 'streamJournal',
        summary: 'Every exchange as it ends',
        description:
          'Server-sent events: `exchange` with an Exchange, and `dropped` with `{count}` where the journal forgot records before this reader got them. A reader that stalls is cut, and goes on from where it was when it sends Last-Event-ID.',
        tags: ['journal'],
        headers: {
          type: 'object',
          properties: {
            'last-event-id': { type: 'string', description: 'id of the last event received' },
          },
        },
        response: {
          200: {
            description: 'The events',
            content: { 'text/event-stream': { schema: { type: 'string' } } },
          },
          ...PROBLEM_RESPONSE,
        },
      },
    },
    (request, reply) => {
      reply.hijack();
      for (const [name, value] of Object.entries(reply.getHeaders())) {
        if (value !== undefined) reply.raw.setHeader(name, value);
      }
      reply.raw.writeHead(200, { 'content-type': 'text/event-stream' });
      streamJournal(edge.journal, reply.raw, {
        ...stream,
        afterId: lastSeenId(request.headers['last-event-id']),
        eventId,
      });
    },
  );
  done();
};
