import type { FastifyPluginCallback } from 'fastify';
import type { ExplainRequest } from '../../edge-api.ts';
import { nameUnder } from '../../host-names.ts';
import type { AdminContext, ResourceOptions } from '../admin-context.ts';
import { AdminProblem, PROBLEM_RESPONSE } from '../problem.ts';

/** `POST explain`: why a request is answered as it is, and what would change that. */
export const explainResource: FastifyPluginCallback<ResourceOptions> = (
  server,
  { context },
  done,
) => {
  server.post<{ Body: ExplainRequest }>(
    '/explain',
    {
      schema: {
        operationId: 'explain',
        summary: 'Why a request is answered as it is, and what would change that',
        description:
          'Looks at what is stored and, where the edge would, asks the upstream once: with GET or HEAD only, and only upstreams of configured sites. A rehearsal: nothing is stored, invalidated or written to the journal.',
        tags: ['state'],
        body: EXPLAIN_SCHEMA,
        response: {
          200: { description: 'The explanation', $ref: 'Explanation#' },
          ...PROBLEM_RESPONSE,
        },
      },
    },
    ({ body }) => context.edge.explain({ ...body, url: absoluteUrl(body.url, context) }),
  );
  done();
};

/** A path is one of the edge's own address, or of the first host where that is no site's. */
function absoluteUrl(url: string, { edge, edgeUrl }: AdminContext): string {
  if (!url.startsWith('/')) return url;
  if (edgeUrl === undefined) {
    throw new AdminProblem('unusable-value', {
      detail: `${JSON.stringify(url)} is a path, and this edge does not know its own address`,
      hint: 'write the whole URL, as clients ask for it',
    });
  }
  const address = new URL(edgeUrl);
  const hosts = edge.sites.flatMap((site) => site.hosts);
  const [first] = hosts;
  if (first !== undefined && !hosts.includes(address.hostname)) address.hostname = nameUnder(first);
  return address.origin + url;
}

const TEXT = { type: 'string', minLength: 1, maxLength: 65_536 } as const;

const EXPLAIN_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['url'],
  properties: {
    url: { ...TEXT, description: 'a path of the edge, or an absolute URL as clients ask for it' },
    method: { ...TEXT, description: 'GET by default; only GET and HEAD are sent' },
    headers: {
      type: 'object',
      description: 'of the request, by name',
      maxProperties: 200,
      additionalProperties: {
        anyOf: [
          { type: 'string', maxLength: 65_536 },
          { type: 'array', items: { type: 'string', maxLength: 65_536 }, maxItems: 200 },
        ],
      },
    },
  },
} as const;
