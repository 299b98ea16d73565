import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import swagger from '@fastify/swagger';
import { PopletError, type Purge } from '@poplet/policy';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import { monotonicMs } from '../clock.ts';
import type { Edge, TlsIdentity } from '../edge-api.ts';
import { listenError } from '../listen-error.ts';
import { VERSION } from '../version.ts';
import type { AdminContext, StreamTiming } from './admin-context.ts';
import type { FaultsPort } from './faults-port.ts';
import { findRefusal, isLoopback, urlOf } from './gatekeeper.ts';
import { AdminProblem, PROBLEM_MEDIA_TYPE } from './problem.ts';
import { readQueryNumbers } from './query-numbers.ts';
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
import { TlsFront } from './tls-front.ts';

export interface AdminServerOptions {
  /** 0: any free port. Never the edge's. */
  readonly port: number;
  /** Default: `127.0.0.1`. Anything but loopback needs a token. */
  readonly host?: string;
  /** When set, every request must carry it: `Authorization: Bearer <token>`. No white space. */
  readonly token?: string;
  /** Who it is to clients over TLS. Default: plain HTTP. */
  readonly tls?: TlsIdentity | undefined;
  /** The fault script, where an origin server of Poplet stands behind the edge. */
  readonly origin?: FaultsPort | undefined;
  /** Where the edge listens; `GET health` tells it to whoever wants to name a URL by its path. */
  readonly edgeUrl?: string;
  /** Told of every purge over this API, once it is in force. */
  readonly onPurge?: (purges: readonly Purge[], sequence: number) => void;
  /** Default: a heartbeat every 15 s; a reader that stalls for 10 s is cut. */
  readonly stream?: Partial<StreamTiming>;
}

export interface AdminServer {
  /** Rejects with a `PopletError`: `port-in-use`, `port-forbidden`, or `invalid-option` for a host that is not this machine's. */
  listen(): Promise<{ readonly url: string; readonly port: number }>;
  /** Stops listening and ends every connection, event streams included. */
  close(): Promise<void>;
  /** Where to reach it from this machine; undefined until it listens. */
  readonly url: string | undefined;
}

/** Bytes of a request body. */
const MAX_BODY_BYTES = 1_048_576;

/**
 * Makes the admin API of an edge: Fastify on a port of its own, everything under `/poplet/v1/`,
 * described by `/poplet/v1/openapi.json`. `gatekeeper.ts` says who may use it.
 *
 * Throws a `PopletError` `admin-token-required` for a host other than loopback without a token.
 */
export function createAdminServer(edge: Edge, options: AdminServerOptions): AdminServer {
  const { host = '127.0.0.1', token } = options;
  if (token === undefined && !isLoopback(host)) {
    throw new PopletError('admin-token-required', `the admin API would be open to all on ${host}`, {
      hint: 'give it a token, or let it listen on 127.0.0.1',
    });
  }
  if (token !== undefined && !/^[!-~]+$/u.test(token)) {
    throw new PopletError(
      'invalid-option',
      'the admin token is empty or has characters that a header cannot carry',
      {
        hint: 'use printable ASCII without white space',
      },
    );
  }
  const startedMs = monotonicMs();
  const context: AdminContext = {
    edge,
    origin: options.origin,
    edgeUrl: options.edgeUrl,
    onPurge: options.onPurge,
    stream: { heartbeatMs: 15_000, stallMs: 10_000, ...options.stream },
    uptimeSeconds: () => Math.round(monotonicMs() - startedMs) / 1000,
  };

  const { tls } = options;
  const front = tls === undefined ? undefined : new TlsFront(tls, () => readied(server));
  let bound: { readonly url: string; readonly port: number } | undefined;
  const server = createServer((request) => findRefusal(request.raw, { host, token }));
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
      ],
      ...(token === undefined
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

  return {
    async listen() {
      try {
        await (front === undefined
          ? server.listen({ host, port: options.port })
          : front.listen(options.port, host));
      } catch (error) {
        throw listenError(error, {
          port: `the admin port ${host}:${options.port}`,
          portOption: '--admin-port',
          host,
          hostHint: 'let the admin API listen on 127.0.0.1',
        });
      }
      const port = front?.port ?? (server.addresses()[0] as AddressInfo).port;
      bound = { url: urlOf(front === undefined ? 'http' : 'https', host, port), port };
      return bound;
    },
    async close() {
      await front?.close();
      await server.close();
    },
    get url() {
      return bound?.url;
    },
  };
}

/** Its node:http server, ready for connections that another listener accepted. */
async function readied(server: FastifyInstance): Promise<Server> {
  await server.ready();
  return server.server;
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
        hint: 'see /poplet/v1/openapi.json for what there is',
      });
}
