import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';

import {
  forwardedInformational,
  type FieldLines,
  type InformationalHead,
  type PresentedRequest,
  type RequestHead,
  type ResponsePlan,
} from '@poplet/policy';
import { Client, type TrailersAhead } from '../client.ts';
import { localAuthorityOf, withoutMapping } from '../request-url.ts';
import { takenOf, type Taken } from '../taken.ts';
import { resetConnection } from '../tls-lane.ts';
import { Http1Content } from './content.ts';
import { frame } from './frame.ts';

export interface ClientOptions {
  /** The client waits for a `100 Continue` (RFC 9110 §10.1.1) that only the edge can send. */
  readonly awaitsContinue?: boolean;
  /** How long it may take nothing of what is written. Real milliseconds; 0: for ever. */
  readonly writeTimeoutMs?: number;
  /** Content it may send, at most. 0: no limit. */
  readonly contentBytes?: number;
}

const NOTHING = new Uint8Array(0);

/** The client of one exchange in HTTP/1.0 or HTTP/1.1, as node:http hands it over. */
export class Http1Client extends Client {
  readonly head: RequestHead;
  readonly content: Http1Content;
  readonly response: ServerResponse;
  readonly #request: IncomingMessage;
  #isCloseDelimited = false;

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    { awaitsContinue = false, writeTimeoutMs = 0, contentBytes = 0 }: ClientOptions = {},
  ) {
    super(writeTimeoutMs);
    this.#request = request;
    this.response = response;
    this.head = headOf(request);
    this.content = new Http1Content(request, {
      limitBytes: contentBytes,
      onOpen: () => {
        if (awaitsContinue) this.#inItsTurn(() => response.writeContinue());
      },
    });
    response.on('close', () => this.leave());
    // A connection that breaks while bytes are under way: 'close' follows.
    response.on('error', () => {});
    if (response.destroyed) this.leave();
  }

  get hasBegun(): boolean {
    return this.response.headersSent;
  }

  get isAnswered(): boolean {
    return this.response.writableFinished;
  }

  begin(plan: ResponsePlan, trailers: TrailersAhead): void {
    const { response, content } = this;
    const { httpVersion, headers } = this.#request;
    const { statusText, lines, isCloseDelimited } = frame(this.#request, plan, trailers === 'some');
    this.#isCloseDelimited = isCloseDelimited;
    // RFC 9112 §6.1: HTTP/1.0 knows no Transfer-Encoding; where such a message ends is anybody's guess.
    const isFaultyFraming = httpVersion === '1.0' && headers['transfer-encoding'] !== undefined;
    // RFC 9112 §9.3: a connection with request content left on it cannot be used again.
    if (content.isUnread || isFaultyFraming) response.shouldKeepAlive = false;
    response.writeHead(plan.status, statusText, lines as string[]);
  }

  /** What `flushHeaders` is for; that one turns bytes beyond ASCII into UTF-8. */
  flush(): void {
    this.response.write(NOTHING);
  }

  write(bytes: Uint8Array): Promise<void> | undefined {
    return this.response.write(bytes) ? undefined : this.whenDrained(this.response);
  }

  async end(bytes: Uint8Array, trailers: FieldLines): Promise<void> {
    const { response, content } = this;
    // RFC 9112 §7.1.2: trailers exist only in chunked messages.
    if (trailers.length > 0 && response.chunkedEncoding) response.addTrailers(pairsOf(trailers));
    if (!content.isUnread) {
      if (bytes.length > 0) response.end(bytes);
      else response.end();
      return;
    }
    if (bytes.length > 0) response.write(bytes);
    else this.flush();
    await content.drain();
    response.end();
  }

  whenOver(): Promise<void> {
    const { response } = this;
    return new Promise((resolve) => {
      // 'close' is what the http server emits; a response on an upgraded socket only finishes.
      response.once('finish', resolve).once('close', resolve);
    });
  }

  /** Answers that are due before it go first. */
  cut(): void {
    const { response } = this;
    // To destroy a response that waits for its turn leaves its connection as it is.
    if (response.socket === null) response.once('socket', (socket) => socket.destroy());
    // RFC 9112 §8: an orderly close would complete a body that has no other end.
    if (this.#isCloseDelimited && response.socket !== null) resetConnection(response.socket);
    else response.destroy();
  }

  /** RFC 9112 §9.6 */
  endsConnection(): void {
    this.response.shouldKeepAlive = false;
  }

  inform(head: InformationalHead, presented: PresentedRequest): void {
    const { response } = this;
    if (this.isGone || response.headersSent) return;
    const forwarded = forwardedInformational(presented, head);
    if (forwarded === null) return;
    this.#inItsTurn(() => {
      try {
        writeInformational(response, forwarded);
      } catch {
        // Refused as malformed by node:http. A 1xx carries no obligation: the final answer follows.
      }
    });
  }

  protected get taken(): Taken | null {
    const { socket } = this.response;
    return socket === null ? null : takenOf(socket);
  }

  protected cutStalled(): void {
    this.response.socket?.destroy();
  }

  /**
   * Writes an interim response when the connection is free for this one, unless the final one is ready by
   * then: node:http would put it behind the head of that.
   */
  #inItsTurn(write: () => void): void {
    const { response } = this;
    const unlessTooLate = (): void => {
      if (!response.headersSent) write();
    };
    if (response.socket === null) response.once('socket', unlessTooLate);
    else unlessTooLate();
  }
}

function headOf(message: IncomingMessage): RequestHead {
  const { socket } = message;
  return {
    method: message.method ?? '',
    target: message.url ?? '',
    version: message.httpVersion,
    lines: message.rawHeaders,
    scheme: (socket as Partial<TLSSocket>).encrypted === true ? 'https' : 'http',
    localAuthority: localAuthorityOf(message),
    clientAddress: socket.remoteAddress && withoutMapping(socket.remoteAddress),
  };
}

function writeInformational(response: ServerResponse, { status, lines }: InformationalHead): void {
  // Node 22 and 24 lack writeInformation: there a 103 needs a Link, and an unknown 1xx cannot be sent.
  if (typeof response.writeInformation === 'function') {
    response.writeInformation(status, lines as string[]);
    return;
  }
  if (status === 100) response.writeContinue();
  if (status === 102) response.writeProcessing();
  if (status === 103) response.writeEarlyHints(hintsOf(lines));
}

/** Lines of Link one link each, which is all that `writeEarlyHints` takes; other fields as they are. */
function hintsOf(lines: FieldLines): Record<string, string | string[]> {
  const link: string[] = [];
  const hints: Record<string, string | string[]> = { link };
  for (let index = 0; index < lines.length; index += 2) {
    const name = (lines[index] as string).toLowerCase();
    const value = lines[index + 1] as string;
    if (name === 'link') link.push(...value.split(/,\s*(?=<)/));
    else hints[name] = name in hints ? `${String(hints[name])}, ${value}` : value;
  }
  return hints;
}

function pairsOf(lines: FieldLines): [string, string][] {
  const pairs: [string, string][] = [];
  for (let index = 0; index < lines.length; index += 2)
    pairs.push([lines[index] as string, lines[index + 1] as string]);
  return pairs;
}
