import { constants, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2';

import { withoutFields, type UpstreamRequest } from '@poplet/policy';
import type { Dispatcher } from 'undici';
import { CONNECTION_FIELDS } from '../http2/connection-fields.ts';
import type { AskConnection, AskHandler } from './ask-handler.ts';
import type { AskOptions } from './upstream.ts';

/** Host becomes `:authority`. */
const NOT_IN_HTTP2: ReadonlySet<string> = new Set([...CONNECTION_FIELDS, 'host']);

export interface Http2ExchangeOptions {
  readonly request: UpstreamRequest;
  readonly asking: AskOptions;
  /** Between two pieces of a body. Real milliseconds; 0: no limit. */
  readonly bodyIdleMs: number;
  /** The origin wants HTTP/1.1 for this. */
  readonly onHttp1Required: () => void;
}

/**
 * One request over HTTP/2, told to the handler as undici tells it of HTTP/1.1. A stream that was certainly
 * not processed (RFC 9113 §8.7) is reported as a lost connection: such requests may be repeated.
 */
export class Http2Exchange implements Dispatcher.DispatchController {
  rawHeaders: string[] = [];
  rawTrailers: string[] = [];
  aborted = false;
  paused = false;
  reason: Error | null = null;
  readonly #stream: ClientHttp2Stream;
  readonly #handler: AskHandler;
  readonly #options: Http2ExchangeOptions;
  #error: NodeJS.ErrnoException | undefined;
  #hasAnswered = false;
  #isOver = false;

  constructor(session: ClientHttp2Session, handler: AskHandler, options: Http2ExchangeOptions) {
    this.#handler = handler;
    this.#options = options;
    const { request, asking } = options;
    const { content } = asking;
    handler.connection = CONNECTION;
    this.#stream = session.request(headOf(request), { endStream: content === undefined });
  }

  /** From now on the handler is told. */
  start(): void {
    const handler = this.#handler;
    const { content } = this.#options.asking;
    this.#listen();
    handler.onRequestStart(this);
    if (this.#isOver) return;
    if (content === undefined) {
      handler.onRequestSent();
      return;
    }
    content.on('data', () => handler.onBodySent());
    content.on('end', () => handler.onRequestSent());
    content.on('error', (error) => this.abort(error));
    content.pipe(this.#stream);
  }

  abort(reason: Error): void {
    if (this.#isOver) return;
    this.aborted = true;
    this.reason = reason;
    this.#stream.close(constants.NGHTTP2_CANCEL);
    this.#stream.destroy();
    this.#fail(reason);
  }

  pause(): void {
    this.paused = true;
    this.#stream.pause();
  }

  resume(): void {
    // While it was held back no silence counted: its time begins anew.
    if (this.paused) this.#stream.setTimeout(this.#idleMs);
    this.paused = false;
    this.#stream.resume();
  }

  #listen(): void {
    const stream = this.#stream;
    const handler = this.#handler;
    stream.on('headers', (head, _flags, raw) => this.#begin(Number(head[':status']), raw));
    stream.on('response', (head, _flags, raw) => {
      this.#hasAnswered = true;
      handler.onResponseStarted();
      this.#begin(Number(head[':status']), raw);
      if (!this.#isOver) stream.on('data', (chunk: Buffer) => handler.onResponseData(this, chunk));
    });
    stream.on('trailers', (_head, _flags, raw) => {
      this.rawTrailers = fieldsOf(raw);
    });
    // Trailers may be told of a moment behind the end.
    stream.on('end', () => void setImmediate(() => this.#end()));
    stream.on('error', (error) => {
      this.#error ??= error;
    });
    stream.on('close', () => this.#close());
    stream.on('timeout', () => this.#idle());
    stream.setTimeout(this.#idleMs);
  }

  /** 0: no limit. */
  get #idleMs(): number {
    const { bodyIdleMs, asking } = this.#options;
    return asking.mayIdle ? 0 : bodyIdleMs;
  }

  #begin(status: number, raw: readonly string[]): void {
    if (this.#isOver) return;
    this.rawHeaders = fieldsOf(raw);
    this.#handler.onResponseStart(this, status, {});
  }

  /** The handler watches over the head; behind it, silence counts unless it is asked for. */
  #idle(): void {
    if (this.paused || !this.#hasAnswered) return;
    this.abort(coded('UND_ERR_BODY_TIMEOUT', 'the body fell silent'));
  }

  #end(): void {
    if (this.#isOver || !this.#hasAnswered || this.#stream.rstCode !== 0) return;
    this.#isOver = true;
    this.#handler.onResponseEnd(this);
  }

  #close(): void {
    if (this.#isOver) return;
    const { rstCode } = this.#stream;
    if (rstCode === 0 && this.#error === undefined && this.#stream.readableEnded) {
      this.#end();
      if (this.#isOver) return;
    }
    if (rstCode === constants.NGHTTP2_HTTP_1_1_REQUIRED) this.#options.onHttp1Required();
    this.#fail(this.#lossOf(rstCode));
  }

  #fail(error: Error): void {
    this.#isOver = true;
    this.#handler.onResponseError(this, error);
  }

  #lossOf(rstCode: number): Error {
    const isUnprocessed =
      rstCode === constants.NGHTTP2_REFUSED_STREAM ||
      rstCode === constants.NGHTTP2_HTTP_1_1_REQUIRED ||
      this.#error?.code === 'ERR_HTTP2_GOAWAY_SESSION';
    if (isUnprocessed) return coded('ECONNRESET', 'the origin did not process the request');
    if (rstCode === constants.NGHTTP2_PROTOCOL_ERROR)
      return coded('POPLET_MALFORMED', 'the response is not valid HTTP/2');
    return (
      this.#error ?? coded('ECONNRESET', 'the stream was closed before the response was complete')
    );
  }
}

/** What has been sent on the connection says nothing of one stream. */
const CONNECTION: AskConnection = {
  isReused: () => true,
  asking() {},
  interimStatusOf: (parsed) => parsed,
  answered() {},
  wasReset: () => false,
};

function headOf({ method, target, lines }: UpstreamRequest): string[] {
  const [, authority = ''] = lines;
  const pseudo = [':method', method, ':scheme', 'https', ':authority', authority, ':path', target];
  return [...pseudo, ...withoutFields(lines, NOT_IN_HTTP2)];
}

function fieldsOf(raw: readonly string[]): string[] {
  return raw.filter((_, index) => !(raw[index - (index % 2)] as string).startsWith(':'));
}

function coded(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
