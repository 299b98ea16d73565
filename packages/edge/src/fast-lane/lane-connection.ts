import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';

import type { RequestHead } from '@poplet/policy';
import { monotonicMs } from '../clock.ts';
import type { Receipt } from '../exchange.ts';
import { localAuthorityOf, withoutMapping } from '../request-url.ts';
import { takenOf, watchTaken } from '../taken.ts';
import type { Asking, Lane, LaneAnswer, Pieces } from './lane.ts';
import { takerOf, type Taker } from './read-in-place.ts';
import { readPlainHead, type HeadContext, type PlainHead } from './plain-head.ts';
import type { Section, SectionTable } from './section.ts';

/** What a connection in the lane is to its listener. */
export interface LanePort<Answer extends LaneAnswer = LaneAnswer> {
  /** What reads all that the lane does not: told of a connection, it listens to its data. */
  readonly parser: EventEmitter;
  /** Whether something that the parser read is still to be answered. */
  isAnswering(socket: Socket): boolean;
  onBusy(socket: Socket): void;
  onIdle(socket: Socket): void;
  /** A request was answered here. */
  onAnswered?(socket: Socket, plain: PlainHead, answer: Answer): void;
  /** A plain request was given to the parser. */
  onHanded?(socket: Socket): void;
}

export interface LaneContext<Answer extends LaneAnswer> {
  readonly lane: Lane<Answer>;
  readonly scheme: 'http' | 'https';
  readonly sections: SectionTable;
  readonly port: LanePort<Answer>;
}

/** Longer heads are read by the full parser. */
const MAX_HEAD_BYTES = 16 * 1024;

/** As node:http: a request that was sent just before the connection would be closed is still answered. */
export const KEEP_ALIVE_GRACE_MS = 1000;

interface UnderWay<Answer extends LaneAnswer> {
  readonly record: Answer['record'];
  readonly receivedAt: Receipt;
  stopWatching: () => void;
  hasStalled: boolean;
}

/**
 * One connection. Its bytes pass through here before they come to the parser of node:http, which gets the
 * connection with the first request that is not answered here, and every such request untouched. As long as
 * all that went to the parser were plain requests it is known where the next one begins: then, once they are
 * answered, the lane looks at what comes next. Behind anything else all is the parser's.
 */
export class LaneConnection<Answer extends LaneAnswer> implements Asking, HeadContext {
  readonly #socket: Socket;
  readonly #context: LaneContext<Answer>;
  readonly #taker: Taker | undefined;
  readonly sections: SectionTable;
  readonly maxBytes: number;
  lastSection: Section | undefined;
  /** By which the parser reads; undefined until it has the connection. */
  #parserListener: ((bytes: Buffer) => void) | undefined;
  /** The beginning of a head, which the parser has. */
  #partial: Buffer | undefined;
  #underWay: UnderWay<Answer> | undefined;
  /** What came while an answer was on its way. */
  #kept: Buffer | undefined;
  /** Writes of which it is not known yet whether they are over. */
  #unwritten = 0;
  #hasAnswered = false;
  /** It ends behind an answer that was given: what comes on it is read no more. */
  #isEnding = false;

  constructor(socket: Socket, context: LaneContext<Answer>) {
    this.#socket = socket;
    this.#context = context;
    this.#taker = takerOf(socket);
    this.sections = context.sections;
    this.maxBytes = Math.min(MAX_HEAD_BYTES, context.lane.limits.headerBytes / 2);
  }

  /** Reads from now on. */
  begin(): void {
    const socket = this.#socket;
    const { headersTimeoutMs, requestTimeoutMs } = this.#context.lane.limits;
    // It is told by its end, or its silence.
    socket.on('error', () => {});
    socket.on('data', this.#take).on('end', this.#leave).on('timeout', this.#expire);
    if (this.#taker !== undefined) this.#taker.take = this.#takeInPlace;
    socket.setTimeout(
      requestTimeoutMs === 0 ? headersTimeoutMs : Math.min(headersTimeoutMs, requestTimeoutMs),
    );
  }

  get keepAliveTimeoutMs(): number {
    return this.#context.lane.limits.keepAliveTimeoutMs;
  }

  readonly headOf = ({ method, target, section }: PlainHead): RequestHead => {
    const socket = this.#socket;
    return {
      method,
      target,
      version: '1.1',
      lines: section.lines,
      scheme: this.#context.scheme,
      localAuthority: localAuthorityOf({ socket }),
      clientAddress: socket.remoteAddress && withoutMapping(socket.remoteAddress),
    };
  };

  readonly #take = (chunk: Buffer): void => {
    if (this.#isEnding) return;
    if (this.#underWay === undefined) {
      this.#read(chunk);
      return;
    }
    // RFC 9112 §9.3.2: answers go out in the order of the requests.
    this.#kept = this.#kept === undefined ? chunk : Buffer.concat([this.#kept, chunk]);
    this.#socket.pause();
  };

  /** What is not answered at once is copied: the bytes are gone when this returns. */
  readonly #takeInPlace = (bytes: Buffer): void => {
    if (this.#isEnding) return;
    if (this.#underWay === undefined) this.#read(bytes, true);
    else this.#take(Buffer.from(bytes));
  };

  /** Answers what it can, up to the first request that it cannot. */
  #read(bytes: Buffer, isInPlace = false): void {
    let at = 0;
    while (at < bytes.length && this.#mayAnswer) {
      const plain = readPlainHead(bytes, at, this);
      if (typeof plain === 'string') break;
      this.lastSection = plain.section;
      if (!this.#answer(plain)) break;
      at = plain.end;
      if (this.#underWay !== undefined) break;
    }
    if (at === bytes.length || this.#isEnding) return;
    const rest = isInPlace ? Buffer.from(bytes.subarray(at)) : bytes.subarray(at);
    if (this.#underWay === undefined) this.#hand(rest);
    else this.#take(rest);
  }

  /** Whether a request begins here, and nothing is in the way of its answer. */
  get #mayAnswer(): boolean {
    const socket = this.#socket;
    return (
      this.#partial === undefined &&
      socket.writable &&
      socket.writableLength === 0 &&
      !this.#context.port.isAnswering(socket)
    );
  }

  /** False: nothing was done about it. */
  #answer(plain: PlainHead): boolean {
    const { lane, port } = this.#context;
    const receivedAt = { virtualMs: lane.nowMs(), monotonicMs: monotonicMs() };
    let ready: Answer | undefined;
    let pieces: Pieces | undefined;
    try {
      ready = lane.answerTo(plain, receivedAt.virtualMs, this);
      pieces = ready && lane.piecesOf(ready);
    } catch (error) {
      lane.onFault(error);
    }
    if (ready === undefined || pieces === undefined) return false;
    const socket = this.#socket;
    lane.answered += 1;
    port.onAnswered?.(socket, plain, ready);
    this.#unwritten += 1;
    const [first, second] = pieces;
    if (second === undefined) socket.write(first, this.#onWritten);
    else {
      socket.cork();
      socket.write(first);
      socket.write(second, this.#onWritten);
      socket.uncork();
    }
    this.#isEnding = plain.section.endsConnection;
    this.#holdOpen();
    if (socket.writableLength === 0 && socket.errored === null) {
      this.#record(ready.record, receivedAt);
      this.#rest();
      return true;
    }
    lane.underWay += 1;
    lane.onUnderWay?.();
    port.onBusy(socket);
    const { record } = ready;
    const underWay = { record, receivedAt, stopWatching: () => {}, hasStalled: false };
    this.#underWay = underWay;
    // Over TLS no write is over at once.
    setImmediate(() => {
      if (this.#underWay === underWay) this.#watch(underWay);
    });
    return true;
  }

  /** As long as it takes, if something is taken now and then. */
  #watch(underWay: UnderWay<Answer>): void {
    const socket = this.#socket;
    socket.setTimeout(0);
    underWay.stopWatching = watchTaken({
      timeoutMs: this.#context.lane.limits.writeTimeoutMs,
      taken: () => takenOf(socket),
      isOver: () => this.#underWay !== underWay,
      onStalled: () => {
        underWay.hasStalled = true;
        socket.destroy();
      },
    });
    this.#hasAnswered = false;
  }

  readonly #onWritten = (error?: Error | null): void => {
    this.#unwritten -= 1;
    const underWay = this.#underWay;
    if (underWay === undefined || this.#unwritten > 0) return;
    const { lane } = this.#context;
    this.#underWay = undefined;
    underWay.stopWatching();
    lane.underWay -= 1;
    this.#record(underWay.record, underWay.receivedAt, error == null ? undefined : underWay);
    const socket = this.#socket;
    if (socket.destroyed) return;
    this.#rest();
    this.#holdOpen();
    const kept = this.#kept;
    if (kept === undefined) return;
    this.#kept = undefined;
    socket.resume();
    this.#read(kept);
  };

  /** An answer has been written, to the last byte. */
  #rest(): void {
    if (this.#isEnding) this.#socket.destroySoon();
    this.#context.port.onIdle(this.#socket);
  }

  /** `unread`: of an answer that its client did not get the whole of. */
  #record(record: Answer['record'], receivedAt: Receipt, unread?: UnderWay<Answer>): void {
    this.#context.lane.record(record, {
      receivedAtMs: receivedAt.virtualMs,
      durationMs: monotonicMs() - receivedAt.monotonicMs,
      unread: unread && (unread.hasStalled ? 'stalled' : 'left'),
    });
  }

  /** From now on the connection is one between two requests. */
  #holdOpen(): void {
    if (this.#hasAnswered) return;
    this.#hasAnswered = true;
    const { keepAliveTimeoutMs } = this;
    this.#socket.setTimeout(
      keepAliveTimeoutMs === 0 ? 0 : keepAliveTimeoutMs + KEEP_ALIVE_GRACE_MS,
    );
  }

  /** Gives bytes to the parser, and follows it to where the next request begins. */
  #hand(bytes: Buffer): void {
    const listener = (this.#parserListener ??= this.#attach());
    const unjudged = this.#partial === undefined ? bytes : Buffer.concat([this.#partial, bytes]);
    let at = 0;
    this.#partial = undefined;
    while (at < unjudged.length) {
      const plain = readPlainHead(unjudged, at, this);
      if (plain === 'partial') this.#partial = unjudged.subarray(at);
      else if (plain === 'other' || plain.section.endsConnection) this.#giveUp(listener);
      if (typeof plain === 'string') break;
      this.#context.port.onHanded?.(this.#socket);
      if (plain.section.endsConnection) break;
      at = plain.end;
    }
    listener.call(this.#socket, bytes);
  }

  /** Lets the parser have the connection, and stays in front of it. */
  #attach(): (bytes: Buffer) => void {
    const socket = this.#socket;
    socket.off('data', this.#take).off('end', this.#leave).off('timeout', this.#expire);
    socket.setTimeout(0);
    this.#context.port.parser.emit('connection', socket);
    const listener = socket.listeners('data').at(-1) as (bytes: Buffer) => void;
    // That somebody else listens makes node:http read by its listener, and not below the socket.
    socket.off('data', listener).on('data', this.#take);
    return listener;
  }

  #giveUp(listener: (bytes: Buffer) => void): void {
    if (this.#taker !== undefined) this.#taker.take = undefined;
    this.#socket.off('data', this.#take).on('data', listener);
  }

  // Until the parser has the connection, what it would do about its end and its silence.

  readonly #leave = (): void => void this.#socket.end();

  readonly #expire = (): void => {
    if (this.#underWay === undefined) this.#socket.destroy();
  };
}
