import type { FastifyPluginCallback } from 'fastify';
import type { ResourceOptions } from '../admin-context.ts';
import { PROBLEM_RESPONSE } from '../problem.ts';

/** `POST deploy`: a new deployment, whose id is part of the key where the profile says so. */
export const deployResource: FastifyPluginCallback<ResourceOptions> = (
  server,
  { context },
  done,
) => {
  server.post(
    '/deploy',
    {
      schema: {
        operationId: 'deploy',
        summary: 'Start a new deployment',
        description:
          'Its id is part of the key on CDNs that cache per deployment; elsewhere it changes nothing.',
        tags: ['control'],
        response: {
          200: {
            description: 'The new deployment',
            type: 'object',
            required: ['deployment'],
            properties: { deployment: { type: 'string', description: 'its id' } },
          },
          ...PROBLEM_RESPONSE,
        },
      },
    },
    () => {
      const deployment = context.edge.deploy();
      context.onDeploy?.(deployment);
      return { deployment };
    },
  );
  done();
};
