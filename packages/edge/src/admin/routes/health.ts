import type { FastifyPluginCallback } from 'fastify';
import { VERSION } from '../../version.ts';
import type { ResourceOptions } from '../admin-context.ts';
import { PROBLEM_RESPONSE } from '../problem.ts';

/** `GET health`: answers as soon as the edge can be asked anything. */
export const healthResource: FastifyPluginCallback<ResourceOptions> = (
  server,
  { context },
  done,
) => {
  server.get(
    '/health',
    {
      schema: {
        operationId: 'getHealth',
        summary: 'Whether the edge is up',
        tags: ['state'],
        response: {
          200: {
            description: 'It is',
            type: 'object',
            required: ['status', 'version', 'uptimeSeconds', 'edge'],
            properties: {
              status: { type: 'string', const: 'ok' },
              version: { type: 'string' },
              uptimeSeconds: { type: 'number', description: 'real time' },
              edge: { type: ['string', 'null'], description: 'where the edge listens' },
            },
          },
          ...PROBLEM_RESPONSE,
        },
      },
    },
    () => ({
      status: 'ok',
      version: VERSION,
      uptimeSeconds: context.uptimeSeconds(),
      edge: context.edgeUrl ?? null,
    }),
  );
  done();
};
