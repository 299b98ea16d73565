import { constants, type ServerHttp2Stream } from 'node:http2';

import {
  forwardedInformational,
  IncomingFields,
  type FieldLines,
  type InformationalHead,
  type PresentedRequest,
  type RequestHead,
  type ResponsePlan,
} from '@poplet/policy';
import { Client, type TrailersAhead } from '../client.ts';
import { planUnreadable, type Problem } from '../problem.ts';
import type { Taken } from '../taken.ts';
import { Http2Content } from './content.ts';
import { byName, responseHead, withoutConnectionFields } from './response-head.ts';

export interface Http2ClientOptions {
  readonly head: RequestHead;
  /** How long it may take nothing of what is written. Real milliseconds; 0: for ever. */
  readonly writeTimeoutMs: number;
  /** Content it may send, at most. 0: no limit. */
  readonly contentBytes: number;
}

/** Of a body that is larger so much is handed over at a time, to be seen to be taken. */
const SLICE_BYTES = 64 * 1024;

const NOTHING = new Uint8Array(0);

/** The client of one exchange in HTTP/2: one stream of its connection. */
export class Http2Client extends Client {
  readonly head: RequestHead;
  readonly content: Http2Content;
  readonly #stream: ServerHttp2Stream;
  /** Bytes given to the stream. */
  #handedBytes = 0;
  /** The last byte, or the lack of any, has been given to the stream. */
  #isEnded = false;
  #trailers: FieldLines = [];
  #wasLetDown = false;

  constructor(
    stream: ServerHttp2Stream,
    { head, writeTimeoutMs, contentBytes }: Http2ClientOptions,
  ) {
    super(writeTimeoutMs);
    this.#stream = stream;
    this.head = head;
    this.content = new Http2Content(stream, {
      limitBytes: contentBytes,
      onOpen: () => {
        if (awaitsContinue(head.lines)) this.#inform({ status: 100, lines: [] });
      },
    });
    const leave = (): void => this.leave();
    stream.on('aborted', leave).on('close', leave);
    // A stream that is reset while bytes are under way: 'close' follows.
    stream.on('error', () => {});
    if (stream.destroyed) this.leave();
  }

  get hasBegun(): boolean {
    return this.#stream.headersSent;
  }

  get isAnswered(): boolean {
    const { writableFinished, writableLength, closed, rstCode } = this.#stream;
    // A stream may be over before it says that the last of it is written.
    const isOver = closed && rstCode === constants.NGHTTP2_NO_ERROR && writableLength === 0;
    return this.#isEnded && (writableFinished || isOver);
  }

  /** Its answer was cut short, by no doing of its own. */
  get wasLetDown(): boolean {
    return this.#wasLetDown;
  }

  begin(plan: ResponsePlan, trailers: TrailersAhead): void {
    const stream = this.#stream;
    if (stream.destroyed || stream.closed) return;
    const endStream = plan.body.kind === 'none';
    const waitForTrailers = trailers !== 'none' && plan.body.kind === 'whole';
    if (waitForTrailers) {
      // An empty section ends the stream, as it has to be ended.
      stream.once('wantTrailers', () => stream.sendTrailers(byName(this.#trailers)));
    }
    stream.respond(responseHead(plan), { endStream, waitForTrailers });
    if (endStream) this.#ended();
  }

  /** Nothing is held back. */
  flush(): void {}

  write(bytes: Uint8Array): Promise<void> | undefined {
    if (bytes.length > SLICE_BYTES) return this.#writeSlices(bytes);
    return this.#hand(bytes) ? undefined : this.whenDrained(this.#stream);
  }

  async end(bytes: Uint8Array, trailers: FieldLines): Promise<void> {
    this.#trailers = withoutConnectionFields(trailers);
    let last = bytes;
    if (bytes.length > SLICE_BYTES) {
      await this.#writeSlices(bytes);
      last = NOTHING;
    }
    const stream = this.#stream;
    if (this.#isEnded || stream.destroyed || stream.closed) return;
    this.#handedBytes += last.length;
    if (last.length > 0) stream.end(last);
    else stream.end();
    this.#ended();
  }

  whenOver(): Promise<void> {
    const stream = this.#stream;
    return new Promise((resolve) => {
      if (stream.destroyed) resolve();
      else stream.once('close', resolve);
    });
  }

  /** RFC 9113 §8.1: what cannot be completed is reset. */
  cut(): void {
    this.#wasLetDown = !this.isGone;
    this.#reset(constants.NGHTTP2_INTERNAL_ERROR);
  }

  /** RFC 9113 §8.1.1: what one stream brings says nothing of the others. */
  endsConnection(): void {}

  /** Says why its request is given up, where that can still be said, and ends the stream. */
  giveUp(problem: Problem): void {
    const stream = this.#stream;
    this.refuse(problem);
    const hasBegun = this.hasBegun;
    const plan = planUnreadable(problem, this.head.method);
    if (!hasBegun && !stream.destroyed) {
      stream.respond(responseHead(plan));
      stream.end(plan.body.kind === 'text' ? plan.body.text : undefined);
    }
    this.leave();
    if (hasBegun) this.#reset(constants.NGHTTP2_CANCEL);
    else stream.close(constants.NGHTTP2_NO_ERROR);
  }

  inform(head: InformationalHead, presented: PresentedRequest): void {
    if (this.isGone) return;
    const forwarded = forwardedInformational(presented, head);
    if (forwarded !== null) this.#inform(forwarded);
  }

  protected get taken(): Taken {
    return { written: this.#handedBytes - this.#stream.writableLength, queued: 0 };
  }

  protected cutStalled(): void {
    this.#reset(constants.NGHTTP2_CANCEL);
  }

  #inform({ status, lines }: InformationalHead): void {
    const stream = this.#stream;
    if (stream.headersSent || stream.destroyed || stream.closed) return;
    try {
      const fields = byName(withoutConnectionFields(lines));
      stream.additionalHeaders({ ...fields, ':status': status });
    } catch {
      // Refused as malformed by node:http2. A 1xx carries no obligation: the final answer follows.
    }
  }

  #ended(): void {
    this.#isEnded = true;
    const stream = this.#stream;
    // RFC 9113 §8.1: content that nobody wants any more need not be sent.
    if (this.content.isUnread)
      stream.once('finish', () => stream.close(constants.NGHTTP2_NO_ERROR));
  }

  /** False: wait before more is handed over. */
  #hand(bytes: Uint8Array): boolean {
    const stream = this.#stream;
    if (stream.destroyed || stream.closed) return true;
    this.#handedBytes += bytes.length;
    return stream.write(bytes);
  }

  async #writeSlices(bytes: Uint8Array): Promise<void> {
    for (let start = 0; start < bytes.length && !this.isGone; start += SLICE_BYTES) {
      if (!this.#hand(bytes.subarray(start, start + SLICE_BYTES)))
        await this.whenDrained(this.#stream);
    }
  }

  /** RST_STREAM, and no waiting for a peer that takes nothing. */
  #reset(code: number): void {
    const stream = this.#stream;
    if (stream.destroyed) return;
    stream.close(code);
    stream.destroy();
  }
}

/** RFC 9110 §10.1.1 */
function awaitsContinue(lines: FieldLines): boolean {
  return new IncomingFields(lines).lines('expect')[0]?.toLowerCase() === '100-continue';
}
