import type { FastifyPluginCallback } from 'fastify';
import type { ResourceOptions } from '../admin-context.ts';
import type { Metrics } from '../metrics.ts';
import { PROBLEM_RESPONSE } from '../problem.ts';

/** `GET metrics`: the same numbers for Prometheus. */
export const metricsResource: FastifyPluginCallback<ResourceOptions> = (
  server,
  { context },
  done,
) => {
  // prom-client takes 30 ms to load: after the port is open, so that nobody waits for it.
  let metrics: Promise<Metrics> | undefined;
  const load = (): Promise<Metrics> =>
    (metrics ??= import('../metrics.ts').then(({ createMetrics }) => createMetrics(context.edge)));
  server.addHook('onListen', async () => {
    await load();
  });
  server.addHook('onClose', async () => {
    (await metrics)?.close();
  });

  server.get(
    '/metrics',
    {
      schema: {
        operationId: 'getMetrics',
        summary: 'Counts in the text format of Prometheus',
        tags: ['state'],
        response: {
          200: {
            description: 'Exposition format 0.0.4',
            content: { 'text/plain': { schema: { type: 'string' } } },
          },
          ...PROBLEM_RESPONSE,
        },
      },
    },
    async (_request, reply) => {
      const { contentType, render } = await load();
      return reply.type(contentType).send(await render());
    },
  );
  done();
};
