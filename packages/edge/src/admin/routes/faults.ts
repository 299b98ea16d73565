import type { FastifyPluginCallback } from 'fastify';
import { errorOf } from '../../error-of.ts';
import type { AdminContext, ResourceOptions } from '../admin-context.ts';
import type { Fault, FaultsPort } from '../faults-port.ts';
import { AdminProblem, PROBLEM_RESPONSE } from '../problem.ts';

interface FaultsBody {
  readonly faults: readonly Fault[];
}

/** `GET|POST|DELETE faults`: what the origin server does wrong on purpose. */
export const faultsResource: FastifyPluginCallback<ResourceOptions> = (
  server,
  { context },
  done,
) => {
  const faultSchema = context.origin?.schema ?? {
    type: 'object',
    description: 'a fault of the origin server; none stands behind this edge',
  };
  const faults = { type: 'array', maxItems: 1000, items: faultSchema };
  const response = {
    200: {
      description: 'The faults in force',
      type: 'object',
      required: ['faults'],
      properties: { faults },
    },
    ...PROBLEM_RESPONSE,
  };

  server.get(
    '/faults',
    {
      schema: {
        operationId: 'getFaults',
        summary: 'The faults in force',
        tags: ['control'],
        response,
      },
    },
    () => ({ faults: originOf(context).list() }),
  );
  server.post<{ Body: FaultsBody }>(
    '/faults',
    {
      schema: {
        operationId: 'setFaults',
        summary: 'Replace the faults of the origin server',
        tags: ['control'],
        body: {
          type: 'object',
          additionalProperties: false,
          required: ['faults'],
          properties: { faults },
        },
        response,
      },
    },
    ({ body }) => {
      const origin = originOf(context);
      try {
        origin.set(body.faults);
      } catch (error) {
        throw new AdminProblem('unusable-value', {
          detail: errorOf(error).message,
          hint: 'the schema of a fault is in the OpenAPI document, under POST faults',
        });
      }
      return { faults: origin.list() };
    },
  );
  server.delete(
    '/faults',
    {
      schema: {
        operationId: 'clearFaults',
        summary: 'End all faults',
        tags: ['control'],
        response,
      },
    },
    () => {
      const origin = originOf(context);
      origin.clear();
      return { faults: origin.list() };
    },
  );
  done();
};

function originOf({ origin }: AdminContext): FaultsPort {
  if (origin !== undefined) return origin;
  throw new AdminProblem('no-origin-server', {
    detail:
      'the upstream is a server of your own, and faults are scripted in Poplet’s origin server',
    hint: 'serve a folder instead: `poplet <folder>`',
  });
}
