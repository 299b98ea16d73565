import type { FastifyPluginCallback } from 'fastify';
import type { ResourceOptions } from '../admin-context.ts';
import { PROBLEM_RESPONSE } from '../problem.ts';

/** `GET openapi.json`: this API in OpenAPI 3.1. */
export const openApiResource: FastifyPluginCallback<ResourceOptions> = (server, _options, done) => {
  server.get(
    '/openapi.json',
    {
      schema: {
        operationId: 'getOpenApi',
        summary: 'This document',
        tags: ['state'],
        response: {
          200: { description: 'OpenAPI 3.1', type: 'object', additionalProperties: true },
          ...PROBLEM_RESPONSE,
        },
      },
    },
    () => server.swagger(),
  );
  done();
};
