import { connect as connectHttp2, type ClientHttp2Session } from 'node:http2';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';

export interface Http2SessionsOptions {
  /** `https://example.com:8443` */
  readonly origin: string;
  /** Where to connect, and whom to trust. */
  readonly tls: ConnectionOptions;
  /** For a connection to stand. Real milliseconds; 0: no limit. */
  readonly connectMs: number;
}

/** Header sections of responses above this are refused, and so are more lines than this. */
const MAX_HEADER_BYTES = 64 * 1024;
const MAX_HEADER_LINES = 1000;

/** What the origin may send ahead of being read: one stream, and all of them. */
const STREAM_WINDOW_BYTES = 1024 * 1024;
const CONNECTION_WINDOW_BYTES = 16 * 1024 * 1024;

/** How long a connection stays open on which nothing is asked. */
const IDLE_MS = 30_000;

/** After so long an origin that had not offered HTTP/2 is asked anew. Real milliseconds. */
const ASK_AGAIN_MS = 300_000;

/** The connection in HTTP/2 to an origin that offers it (RFC 9113 §3.2): one at a time carries all requests. */
export class Http2Sessions {
  readonly #options: Http2SessionsOptions;
  #current: Promise<ClientHttp2Session | undefined> | undefined;
  #session: ClientHttp2Session | undefined;
  /** Monotonic instant until which HTTP/1.1 is spoken. */
  #http1UntilMs = 0;
  #isClosed = false;

  constructor(options: Http2SessionsOptions) {
    this.#options = options;
  }

  /**
   * An open connection. Undefined: the origin does not offer HTTP/2, or cannot be reached, which HTTP/1.1 will
   * tell. Rejects where none came about in its time: over HTTP/1.1 it would take that again.
   */
  async open(): Promise<ClientHttp2Session | undefined> {
    if (this.#isClosed || performance.now() < this.#http1UntilMs) return undefined;
    if (this.#session !== undefined && isUsable(this.#session)) return this.#session;
    this.#current ??= this.#connect().finally(() => {
      this.#current = undefined;
    });
    return this.#current;
  }

  /** The origin has asked for HTTP/1.1 (RFC 9113 §7, HTTP_1_1_REQUIRED), or has not offered anything else. */
  speakHttp1(): void {
    this.#http1UntilMs = performance.now() + ASK_AGAIN_MS;
  }

  close(): void {
    this.#isClosed = true;
    this.#session?.destroy();
  }

  async #connect(): Promise<ClientHttp2Session | undefined> {
    const socket = await this.#secure();
    if (socket === undefined) return undefined;
    if (socket.alpnProtocol !== 'h2' || this.#isClosed) {
      if (!this.#isClosed) this.speakHttp1();
      socket.destroy();
      return undefined;
    }
    const options = {
      createConnection: () => socket,
      settings: {
        enablePush: false,
        maxHeaderListSize: MAX_HEADER_BYTES,
        initialWindowSize: STREAM_WINDOW_BYTES,
      },
      maxHeaderListPairs: MAX_HEADER_LINES,
      // Duplicates are handed on as they came. @types/node does not know the options.
      strictSingleValueFields: false,
      strictFieldWhitespaceValidation: false,
    };
    const session = connectHttp2(this.#options.origin, options);
    session.once('connect', () => session.setLocalWindowSize(CONNECTION_WINDOW_BYTES));
    // Its streams say what happened.
    session.on('error', () => {});
    // RFC 9113 §6.8: what is under way is answered, and nothing new begun.
    session.on('goaway', () => session.close());
    // node:http2 ends the socket, and waits for the origin to do so too.
    socket.on('finish', () => socket.destroy());
    session.setTimeout(IDLE_MS, () => session.close());
    this.#session = session;
    return session;
  }

  #secure(): Promise<TLSSocket | undefined> {
    const { tls, connectMs } = this.#options;
    return new Promise((resolve, reject) => {
      const socket = connectTls({ ...tls, ALPNProtocols: ['h2', 'http/1.1'] });
      const fail = (): void => {
        clearTimeout(timer);
        socket.destroy();
        resolve(undefined);
      };
      const stop = (): void => {
        socket
          .off('error', fail)
          .on('error', () => {})
          .destroy();
        const code = 'UND_ERR_CONNECT_TIMEOUT';
        reject(Object.assign(new Error('no connection in time'), { code }));
      };
      const timer = connectMs === 0 ? undefined : setTimeout(stop, connectMs);
      socket.once('error', fail);
      socket.once('secureConnect', () => {
        clearTimeout(timer);
        socket.off('error', fail).on('error', () => {});
        resolve(socket);
      });
    });
  }
}

function isUsable(session: ClientHttp2Session): boolean {
  return !session.closed && !session.destroyed;
}
