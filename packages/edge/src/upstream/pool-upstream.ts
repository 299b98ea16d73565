import type { ClientHttp2Session } from 'node:http2';
import { isIP } from 'node:net';
import { getCACertificates } from 'node:tls';

import type { UpstreamRequest } from '@poplet/policy';
import type { Dispatcher } from 'undici';
import Pool from 'undici/lib/dispatcher/pool.js';
import type { UpstreamTimeouts } from '../edge-api.ts';
import { errorOf } from '../error-of.ts';
import { nextTurn } from '../next-turn.ts';
import type { UpstreamAddress } from './address.ts';
import { AskHandler } from './ask-handler.ts';
import { CountingClient } from './counting-client.ts';
import { Http2Exchange } from './http2-exchange.ts';
import { Http2Sessions } from './http2-sessions.ts';
import { failureOf, QueueFull, type FailureContext } from './failures.ts';
import type { AskOptions, Upstream, UpstreamReply } from './upstream.ts';

export interface PoolUpstreamOptions {
  readonly timeouts?: Partial<UpstreamTimeouts> | undefined;
  /** Sockets at most; further requests queue. Default 1024. */
  readonly connections?: number | undefined;
  /** How many may queue; more are refused at once. Default 20 000. */
  readonly queued?: number | undefined;
  readonly tls?: { readonly rejectUnauthorized?: boolean } | undefined;
  /** Whether HTTP/2 is spoken where a server offers it (https). Default: true. */
  readonly http2?: boolean | undefined;
}

/** A dev server may compile for a long time before it answers. */
const DEFAULT_TIMEOUTS: UpstreamTimeouts = {
  connectMs: 10_000,
  headMs: 120_000,
  bodyIdleMs: 300_000,
  bodyMs: 0,
};

const DEFAULT_CONNECTIONS = 1024;
const DEFAULT_QUEUED = 20_000;

/** Methods whose definition has content (RFC 9110 §9.3, RFC 5789): servers are known to read it. */
const TAKES_CONTENT = new Set(['POST', 'PUT', 'PATCH']);

/** Header sections of responses above this are refused. */
const MAX_HEADER_BYTES = 64 * 1024;

/** A server reached over the network: over one connection in HTTP/2 where it offers that, else by a bounded pool of HTTP/1.1 connections. */
export class PoolUpstream implements Upstream {
  readonly origin: string;
  readonly authority: string;
  readonly #pool: Pool;
  /** Undefined: it is not to be asked in HTTP/2. */
  readonly #http2: Http2Sessions | undefined;
  readonly #context: FailureContext;
  readonly #maxQueued: number;
  readonly #servername: string | undefined;
  /** As the pool makes its clients. */
  #clientOptions: object | undefined;
  /** Clients of one request each. */
  readonly #single = new Set<CountingClient>();

  constructor({ origin, authority, hostname }: UpstreamAddress, options: PoolUpstreamOptions = {}) {
    const timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts };
    this.origin = origin;
    this.authority = authority;
    this.#context = { origin, ...timeouts };
    this.#maxQueued = options.queued ?? DEFAULT_QUEUED;
    // Names the upstream in TLS also where it is sent the viewer's Host.
    this.#servername = origin.startsWith('https:') && isIP(hostname) === 0 ? hostname : undefined;
    const { port } = new URL(origin);
    const trust = origin.startsWith('https:') ? { ca: trustedAuthorities() } : {};
    if (origin.startsWith('https:') && options.http2 !== false) {
      const servername = this.#servername === undefined ? {} : { servername: this.#servername };
      const tls = {
        host: hostname,
        port: Number(port || 443),
        ...trust,
        ...servername,
        ...options.tls,
      };
      this.#http2 = new Http2Sessions({ origin, tls, connectMs: timeouts.connectMs });
    }
    this.#pool = new Pool(origin, {
      connections: options.connections ?? DEFAULT_CONNECTIONS,
      factory: (url, clientOptions) => {
        this.#clientOptions = clientOptions;
        return new CountingClient(url, clientOptions);
      },
      connect: {
        timeout: timeouts.connectMs,
        ...trust,
        ...options.tls,
      },
      // The handler's own: undici's begins anew with every interim response.
      headersTimeout: 0,
      bodyTimeout: timeouts.bodyIdleMs,
      maxHeaderSize: MAX_HEADER_BYTES,
      // undici tells of HTTP/2 by node's object of fields, without their order and duplicates: see docs/adr.
      allowH2: false,
      pipelining: 1,
    });
  }

  ready(): Promise<void> {
    return Promise.resolve();
  }

  /**
   * Bytes that came unasked on an idle connection, and were not read yet, would be taken for the answer
   * (RFC 9112 §9.2). undici lets the event loop turn once before it writes, which reads nothing when it
   * is asked in the middle of a turn; once more, and all that has arrived by now is read, and the
   * connection closed. What comes between then and the arrival of the request cannot be told from an answer.
   */
  async ask(request: UpstreamRequest, options: AskOptions): Promise<UpstreamReply> {
    if (options.upgrade === undefined) {
      let session: ClientHttp2Session | undefined;
      try {
        session = await this.#http2?.open();
      } catch (error) {
        return {
          kind: 'failure',
          failure: failureOf(errorOf(error), this.#context),
          isRetryable: false,
        };
      }
      if (session !== undefined) return await this.#askOver(session, request, options);
    }
    const { free, queued } = this.#pool.stats;
    // undici keeps a request in its queue until its turn comes, given up or not.
    if (queued >= this.#maxQueued) {
      const failure = failureOf(new QueueFull(this.#maxQueued), this.#context);
      return { kind: 'failure', failure, isRetryable: false };
    }
    if (free > 0 && options.isRepeated !== true) await nextTurn();
    return await new Promise((resolve) => {
      const dispatch: Dispatcher.DispatchOptions & { readonly servername?: string } = {
        path: request.target,
        method: request.method,
        headers: request.lines as string[],
        body: options.content ?? null,
        ...(options.mayIdle ? { bodyTimeout: 0 } : {}),
        // RFC 9112 §11.2: a server that leaves unexpected content unread takes it for the next request.
        ...(options.content !== undefined && !TAKES_CONTENT.has(request.method)
          ? { reset: true }
          : {}),
        ...(options.upgrade === undefined ? {} : { upgrade: options.upgrade }),
        ...(this.#servername === undefined ? {} : { servername: this.#servername }),
      };
      // Arguments that undici refuses come back through the handler too, as a failure.
      const handler = new AskHandler(options, this.#context, resolve);
      // Without a client so far, that of the pool will be new.
      const isAlone = options.isRepeated === true && this.#clientOptions !== undefined;
      if (isAlone) this.#dispatchAlone(dispatch, handler);
      else this.#pool.dispatch(dispatch, handler);
    });
  }

  #askOver(
    session: ClientHttp2Session,
    request: UpstreamRequest,
    asking: AskOptions,
  ): Promise<UpstreamReply> {
    return new Promise((resolve) => {
      const handler = new AskHandler(asking, this.#context, resolve);
      const { bodyIdleMs } = this.#context;
      const onHttp1Required = (): void => this.#http2?.speakHttp1();
      try {
        const options = { request, asking, bodyIdleMs, onHttp1Required };
        new Http2Exchange(session, handler, options).start();
      } catch (error) {
        // What node:http2 refuses to send, or a connection that has just ended.
        handler.onResponseError(null, errorOf(error));
      }
    });
  }

  /** Over a connection that is new: the others of the pool may be as dead as the one that was tried. */
  #dispatchAlone(dispatch: Dispatcher.DispatchOptions, handler: AskHandler): void {
    const client = new CountingClient(new URL(this.origin), this.#clientOptions ?? {});
    this.#single.add(client);
    client.dispatch(dispatch, handler);
    // Waits for the end of the response.
    void client.close().finally(() => this.#single.delete(client));
  }

  async close(): Promise<void> {
    this.#http2?.close();
    await Promise.all([this.#pool, ...this.#single].map((dispatcher) => dispatcher.destroy()));
  }
}

/** Those that Node brings and those that this machine trusts, such as a local authority for development. */
function trustedAuthorities(): string[] {
  return [...new Set([...getCACertificates('default'), ...getCACertificates('system')])];
}
