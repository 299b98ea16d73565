import { PopletError, type Purge } from '@poplet/policy';
import type { FastifyInstance } from 'fastify';
import { monotonicMs } from '../clock.ts';
import type { Edge, TlsIdentity } from '../edge-api.ts';
import { listenError } from '../listen-error.ts';
import type { AdminContext, ClockView, StreamTiming } from './admin-context.ts';
import { AdminFront } from './admin-front.ts';
import type { FaultsPort } from './faults-port.ts';
import { isLoopback, urlOf } from './gatekeeper.ts';
import type { PurgeApiOption } from './purge-apis.ts';

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
  /** Purge APIs of CDNs, each at its own paths. Default: none. */
  readonly purgeApis?: readonly PurgeApiOption[];
  /** Told of every purge over this API, once it is in force. */
  readonly onPurge?: (purges: readonly Purge[], sequence: number) => void;
  /** Told of every move of the clock over this API. */
  readonly onClock?: (clock: ClockView) => void;
  /** Told of every deployment that is started over this API, by its id. */
  readonly onDeploy?: (deployment: string) => void;
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

/**
 * Makes the admin API of an edge, on a port of its own: see `application.ts`, which is loaded for the
 * first connection. It takes longer to load than all else, and whoever is served first has no use for it.
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
    onClock: options.onClock,
    onDeploy: options.onDeploy,
    stream: { heartbeatMs: 15_000, stallMs: 10_000, ...options.stream },
    uptimeSeconds: () => Math.round(monotonicMs() - startedMs) / 1000,
  };

  const { tls } = options;
  let application: Promise<FastifyInstance> | undefined;
  const front = new AdminFront(async () => {
    application ??= import('./application.ts').then(({ createApplication }) =>
      createApplication(context, { host, token }, options.purgeApis),
    );
    return (await application).server;
  }, tls);
  let bound: { readonly url: string; readonly port: number } | undefined;

  return {
    async listen() {
      try {
        await front.listen(options.port, host);
      } catch (error) {
        throw listenError(error, {
          port: `the admin port ${host}:${options.port}`,
          portOption: '--admin-port',
          host,
          hostHint: 'let the admin API listen on 127.0.0.1',
        });
      }
      const { port } = front;
      bound = { url: urlOf(tls === undefined ? 'http' : 'https', host, port), port };
      return bound;
    },
    async close() {
      await front.close();
      const server = await application;
      await server?.close();
      // Stops the timer that watches over slow requests.
      server?.server.close();
    },
    get url() {
      return bound?.url;
    },
  };
}
