import swagger from '@fastify/swagger';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';

import { VERSION } from '../version.ts';
import type { AdminContext } from './admin-context.ts';
import { findRefusal, type GateRules } from './gatekeeper.ts';
import { AdminProblem, PROBLEM_MEDIA_TYPE } from './problem.ts';
import { readQueryNumbers } from './query-numbers.ts';
import {
  openPurgeApi,
  PURGE_APIS_TAG,
  purgeApiResource,
  type PurgeApiOption,
} from './purge-apis.ts';
import { problemOf } from './request-problems.ts';
import { clockResource } from './routes/clock.ts';
import { deployResource } from './routes/deploy.ts';
import { entriesResource } from './routes/entries.ts';
import { explainResource } from './routes/explain.ts';
import { faultsResource } from './routes/faults.ts';
import { healthResource } from './routes/health.ts';
import { journalStreamResource } from './routes/journal-stream.ts';
import { journalResource } from './routes/journal.ts';
import { metricsResource } from './routes/metrics.ts';
import { openApiResource } from './routes/openapi.ts';
import { purgeResource } from './routes/purge.ts';
import { statsResource } from './routes/stats.ts';
import { SHARED_SCHEMAS } from './schemas.ts';

/** Bytes of a request body. */
const MAX_BODY_BYTES = 1_048_576;

/**
 * The application of the admin API, ready for the connections of its listener: everything under
 * `/poplet/v1/`, and the purge APIs of CDNs at their own paths, described by `/poplet/v1/openapi.json`. `gatekeeper.ts` says who may use it.
 */
export async function createApplication(
  context: AdminContext,
  rules: GateRules,
  purgeApis: readonly PurgeApiOption[] = [],
): Promise<FastifyInstance> {
  const apis = await Promise.all(purgeApis.map((one) => openPurgeApi(one, context)));
  const server = createServer((request) => {
    // There the token is what the CDN takes for a secret.
    const isOfApi = request.routeOptions.config.purgeApi !== undefined;
    return findRefusal(request.raw, isOfApi ? { ...rules, token: undefined } : rules);
  });
  void server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Poplet admin API',
        description: 'Watch and control one edge. Problems are RFC 9457 documents.',
        version: VERSION,
      },
      tags: [
        { name: 'state', description: 'What the edge holds and has done' },
        { name: 'journal', description: 'What happened, exchange by exchange' },
        { name: 'control', description: 'What a person may change' },
        ...(apis.length === 0
          ? []
          : [{ name: PURGE_APIS_TAG, description: 'At their own paths, in their own shapes' }]),
      ],
      ...(rules.token === undefined
        ? {}
        : {
            components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
            security: [{ token: [] }],
          }),
    },
    refResolver: { buildLocalReference: ({ $id }) => $id as string },
    convertConstToEnum: false,
  });
  for (const schema of SHARED_SCHEMAS) server.addSchema(schema);
  for (const resource of RESOURCES) {
    void server.register(resource, { prefix: '/poplet/v1', context });
  }
  for (const api of apis) void server.register(purgeApiResource, { api, token: rules.token });
  await server.ready();
  // Its watch over slow requests begins when it listens, which `AdminFront` does in its place.
  server.server.emit('listening');
  return server;
}

const RESOURCES = [
  healthResource,
  statsResource,
  metricsResource,
  journalResource,
  journalStreamResource,
  entriesResource,
  explainResource,
  purgeResource,
  clockResource,
  faultsResource,
  deployResource,
  openApiResource,
] as const;

/** On every answer: none may be stored, framed, sniffed or embedded. */
const SECURITY_FIELDS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
} as const;

function createServer(
  refuse: (request: FastifyRequest) => AdminProblem | undefined,
): FastifyInstance {
  const server = fastify({
    bodyLimit: MAX_BODY_BYTES,
    // Of a segment: a surrogate key has up to 1 KB, and each byte may be percent-encoded.
    routerOptions: { maxParamLength: 4096 },
    forceCloseConnections: true,
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false } },
    // Fastify runs no hooks for a path that it cannot decode.
    frameworkErrors: (error, request, reply) => {
      void send(reply, refuse(request) ?? problemOf(error, request));
    },
  });
  // A page can send text/plain without a preflight request.
  server.removeContentTypeParser('text/plain');
  server.addHook('onRequest', async (request, reply) => {
    reply.headers(SECURITY_FIELDS);
    const problem = refuse(request);
    if (problem !== undefined) throw problem;
  });
  server.addHook('preValidation', readQueryNumbers);
  server.setErrorHandler((error, request, reply) => send(reply, problemOf(error, request)));
  server.setNotFoundHandler((request, reply) => send(reply, unknownTarget(server, request)));
  return server;
}

function send(reply: FastifyReply, problem: AdminProblem): FastifyReply {
  // A string, so that no route's response schema takes members away.
  return reply
    .code(problem.status)
    .headers({ ...SECURITY_FIELDS, ...problem.fields })
    .type(PROBLEM_MEDIA_TYPE)
    .serializer((text: string) => text)
    .send(JSON.stringify(problem.toDocument()));
}

const METHODS = ['GET', 'HEAD', 'POST', 'DELETE'] as const;

function unknownTarget(server: FastifyInstance, request: FastifyRequest): AdminProblem {
  const url = request.url.replace(/\?.*$/u, '');
  const allowed = METHODS.filter((method) => server.hasRoute({ method, url }));
  // RFC 9110 §15.5.6: with 405 goes Allow.
  return allowed.length > 0
    ? new AdminProblem('method-not-allowed', {
        detail: `${request.method} is not for ${url}`,
        hint: `use ${allowed.join(' or ')}`,
        fields: { allow: allowed.join(', ') },
      })
    : new AdminProblem('not-found', {
        detail: `${url} is nothing of the admin API`,
        hint: 'see /poplet/v1/openapi.json for what there is; the purge API of a CDN is there where a site has its profile',
      });
}
