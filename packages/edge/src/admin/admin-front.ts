import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

import type { TlsIdentity } from '../edge-api.ts';
import { DEFAULT_LIMITS } from '../limits.ts';
import { plainHttpProblem } from '../plain-http.ts';
import { TlsLane } from '../tls-lane.ts';

/** Listens in place of a node:http server, which gets the connections, and is asked for with the first. */
export class AdminFront {
  readonly #server: Server;
  readonly #http: () => Promise<HttpServer>;
  readonly #sockets = new Set<Socket>();

  /** `identity`: who it is to clients over TLS; undefined: it speaks plain HTTP. */
  constructor(http: () => Promise<HttpServer>, identity: TlsIdentity | undefined) {
    this.#http = http;
    const lane = identity === undefined ? undefined : this.#tlsLane(identity);
    this.#server = createServer({ noDelay: true }, (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      if (lane === undefined) void this.#accept(socket);
      else lane.accept(socket);
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Rejects as node:net does. */
  async listen(port: number, host: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server.once('error', reject);
    this.#server.listen(port, host, resolve);
    await promise;
    this.#server.off('error', reject);
  }

  /** Stops listening and ends every connection. */
  async close(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    for (const socket of this.#sockets) socket.destroy();
    await promise;
  }

  async #accept(socket: Socket): Promise<void> {
    // It may go before anything else listens to it.
    socket.on('error', ignore);
    const http = await this.#http();
    if (!socket.destroyed) http.emit('connection', socket);
    socket.off('error', ignore);
  }

  #tlsLane(identity: TlsIdentity): TlsLane {
    const plainHttp = createPlainHttp();
    return new TlsLane(
      identity,
      { handshakeTimeoutMs: DEFAULT_LIMITS.handshakeTimeoutMs, protocols: ['http/1.1'] },
      {
        onSecure: (socket) => void this.#accept(socket),
        onPlain: (socket) => void plainHttp.emit('connection', socket),
        // The journal tells of clients of the edge.
        onFailure: () => {},
      },
    );
  }
}

function ignore(): void {}

/** Sends plain HTTP on to the same port over TLS. */
function createPlainHttp(): HttpServer {
  return createHttpServer((request, response) => {
    const { status, location } = plainHttpProblem(request);
    response.writeHead(status, {
      connection: 'close',
      'cache-control': 'no-store',
      ...(location === undefined ? {} : { location }),
    });
    response.end();
  });
}
