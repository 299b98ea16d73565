import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';

import type { UpstreamRequest } from '@poplet/policy';
import { upstreamAddress } from './address.ts';
import { PoolUpstream } from './pool-upstream.ts';
import type { AskOptions, Upstream, UpstreamReply } from './upstream.ts';

export interface HandlerUpstreamOptions {
  readonly handler: (request: IncomingMessage, response: ServerResponse) => unknown;
  readonly upgrade?: ((request: IncomingMessage, socket: Duplex, head: Buffer) => void) | undefined;
  /** Told what the handler throws; the client of that request gets a 502. */
  readonly onFault: (error: unknown) => void;
}

const CLOSED: UpstreamReply = {
  kind: 'failure',
  failure: { kind: 'failure', failure: 'reset', message: 'the edge is closing' },
  isRetryable: false,
};

/**
 * A node:http handler in this process. It is served over a loopback socket of its own, so that it
 * meets the same protocol (framing, trailers, 1xx, aborts) as a server elsewhere.
 */
export class HandlerUpstream implements Upstream {
  readonly #server: Server;
  /** Also those that an upgrade took from the server. */
  readonly #sockets = new Set<Socket>();
  #pool: PoolUpstream | undefined;
  #listening: Promise<void> | undefined;
  #isClosed = false;

  constructor({ handler, upgrade, onFault }: HandlerUpstreamOptions) {
    // Limits are the edge's business, and it is the only client.
    this.#server = createServer(
      { requestTimeout: 0, headersTimeout: 0, keepAliveTimeout: 60_000 },
      (request, response) => {
        const fail = (error: unknown): void => {
          onFault(error);
          response.destroy();
        };
        try {
          // An async handler's rejection would otherwise end the process.
          Promise.resolve(handler(request, response)).catch(fail);
        } catch (error) {
          fail(error);
        }
      },
    );
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    if (upgrade !== undefined) this.#server.on('upgrade', upgrade);
  }

  get origin(): string {
    return this.#pool?.origin ?? 'http://in-process';
  }

  get authority(): string {
    return this.#pool?.authority ?? 'in-process';
  }

  ready(): Promise<void> {
    // Who comes after the end begins nothing: `ask` says so.
    if (this.#isClosed) return Promise.resolve();
    // What kept it from listening (descriptors, say) may be over when it is asked again.
    return (this.#listening ??= this.#listen().catch((error: unknown) => {
      this.#listening = undefined;
      throw error;
    }));
  }

  async ask(request: UpstreamRequest, options: AskOptions): Promise<UpstreamReply> {
    await this.ready();
    return this.#pool === undefined ? CLOSED : await this.#pool.ask(request, options);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    // One that could not listen has nothing to close.
    await this.#listening?.catch(() => {});
    if (this.#pool === undefined) return;
    await this.#pool.close();
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  #listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(0, '127.0.0.1', () => {
        this.#server.off('error', reject);
        const { port } = this.#server.address() as AddressInfo;
        this.#pool = new PoolUpstream(upstreamAddress(`http://127.0.0.1:${port}`));
        resolve();
      });
    });
  }
}
