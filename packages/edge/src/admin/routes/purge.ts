import { hasFoldedTags } from '@poplet/policy';
import { isUnreachable } from '@poplet/store';
import type { FastifyPluginCallback } from 'fastify';
import type { ResourceOptions } from '../admin-context.ts';
import { carryOut } from '../carry-out.ts';
import { AdminProblem, PROBLEM_RESPONSE } from '../problem.ts';
import { type PurgeRequest, readPurgeRequest } from '../purge-request.ts';

/** `POST purge`: in force for every request once it has answered. */
export const purgeResource: FastifyPluginCallback<ResourceOptions> = (
  server,
  { context },
  done,
) => {
  const { edge } = context;
  server.post<{ Body: PurgeRequest }>(
    '/purge',
    {
      schema: {
        operationId: 'purge',
        summary: 'Remove stored responses, or make them stale',
        description:
          'Exactly one selector. In force for every request, those under way included, once this has answered.',
        tags: ['control'],
        body: PURGE_SCHEMA,
        response: {
          200: {
            description: 'Done',
            type: 'object',
            required: ['sequence', 'selectors', 'soft'],
            properties: {
              sequence: { type: 'integer', description: 'rises with every purge' },
              selectors: { type: 'integer', description: 'how many were purged' },
              soft: { type: 'boolean' },
            },
          },
          ...PROBLEM_RESPONSE,
        },
      },
    },
    async ({ body }) => {
      const purges = readPurgeRequest(body, {
        siteIds: edge.sites.map(({ id }) => id),
        foldingSiteIds: edge.sites.flatMap(({ id, policy }) =>
          hasFoldedTags(policy.storability) ? [id] : [],
        ),
        exampleUrl: edge.journal.latest(1)[0]?.url,
      });
      const { sequence } = await carryOut(context, purges).catch(sayWhoKnows);
      return { sequence, selectors: purges.length, soft: body.soft === true };
    },
  );
  done();
};

function sayWhoKnows(error: unknown): never {
  if (!isUnreachable(error)) throw error;
  throw new AdminProblem('store-away', {
    detail: `this edge serves nothing that was purged; other edges are told once the store is back: ${error.message}`,
    hint: 'this edge tells them by itself while it runs; purge again if it ended before that',
  });
}

const TEXT = { type: 'string', minLength: 1, maxLength: 65_536 } as const;
const SELECTORS = {
  url: { ...TEXT, description: 'absolute; all its variants' },
  urls: { type: 'array', minItems: 1, maxItems: 10_000, items: TEXT },
  prefix: { ...TEXT, description: 'absolute: every URL that begins with it' },
  host: { ...TEXT, description: '`host[:port]`' },
  tags: {
    type: 'array',
    minItems: 1,
    maxItems: 10_000,
    items: TEXT,
    description: 'surrogate keys: whatever carries any of them',
  },
  groups: {
    type: 'array',
    minItems: 1,
    maxItems: 10_000,
    description: 'cache groups (RFC 9875)',
    items: {
      type: 'object',
      additionalProperties: false,
      required: ['origin', 'group'],
      properties: { origin: { ...TEXT, description: 'scheme, host and port' }, group: TEXT },
    },
  },
  everything: { type: 'boolean', const: true },
} as const;

const PURGE_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  properties: {
    ...SELECTORS,
    soft: { type: 'boolean', description: 'make stale instead of remove; false by default' },
    site: { ...TEXT, description: 'id of the one site to purge; all by default' },
  },
  oneOf: Object.keys(SELECTORS).map((selector) => ({ required: [selector] })),
} as const;
