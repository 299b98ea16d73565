import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';

import type { RequestHead } from '@poplet/policy';
import { monotonicMs } from '../clock.ts';
import type { Receipt } from '../exchange.ts';
import type { Http1Client } from '../http1/client.ts';
import { localAuthorityOf, withoutMapping } from '../request-url.ts';
import { hasTakenAll, takenOf, watchTaken } from '../taken.ts';
import type { EndOfTurn } from './end-of-turn.ts';
import { LaneClient } from './lane-client.ts';
import type { Asking, Lane, LaneAnswer, LaneEnd } from './lane.ts';
import { writePieces, type Pieces } from './pieces.ts';
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
  /** Calls `hand`, which gives the parser one request that is being answered already; what its answer goes through. */
  handOver?(hand: () => void): Http1Client | undefined;
}

export interface LaneContext<Answer extends LaneAnswer> {
  readonly lane: Lane<Answer>;
  readonly scheme: 'http' | 'https';
  readonly sections: SectionTable;
  /** One for all connections of the lane. Absent: answers are written at once. */
  readonly endOfTurn?: EndOfTurn;
  readonly port: LanePort<Answer>;
}

/** Longer heads are read by the full parser. */
const MAX_HEAD_BYTES = 16 * 1024;

/** As node:http: a request that was sent just before the connection would be closed is still answered. */
export const KEEP_ALIVE_GRACE_MS = 1000;

/** What the parser hears of a connection through the lane. */
interface ParserListeners {
  readonly onData: (bytes: Buffer) => void;
  readonly onEnd: () => void;
}

/** An answer that is to be written, or being written. */
interface UnderWay<Answer extends LaneAnswer> {
  readonly record: Answer['record'];
  readonly receivedAt: Receipt;
  readonly pieces: Pieces;
  stopWatching: () => void;
  hasStalled: boolean;
}

/**
 * One connection. Plain requests are answered here, at once or by the pipeline. Its bytes pass through here
 * before they come to the parser of node:http, which gets the connection with the first request that is not
 * answered here, and every such request untouched. As long as
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
  #parser: ParserListeners | undefined;
  /** The beginning of a head, which the parser has. */
  #partial: Buffer | undefined;
  /** Written at the end of the turn, or before anything else that comes. */
  #due: UnderWay<Answer> | undefined;
  #underWay: UnderWay<Answer> | undefined;
  /** Of a request that the pipeline answers here. */
  #client: LaneClient | undefined;
  /** What came while an answer was on its way. */
  #kept: Buffer | undefined;
  /** Writes of which it is not known yet whether they are over. */
  #unwritten = 0;
  #isHeldOpen = false;
  /** It ends behind an answer that was given: what comes on it is read no more. */
  #isEnding = false;
  /** The client stopped sending while it was being answered. */
  #hasEnded = false;

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
    socket.on('data', this.#take).on('end', this.#end).on('timeout', this.#expire);
    socket.on('close', () => this.#client?.lost());
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
    this.onEndOfTurn();
    if (this.#isEnding) return;
    // Requests that do not wait for answers are for node:http to count.
    if (this.#client?.hasBegun === false) this.#client.changeOver();
    if (this.#isFree) {
      this.#read(chunk);
      return;
    }
    // RFC 9112 §9.3.2: answers go out in the order of the requests.
    this.#kept = this.#kept === undefined ? chunk : Buffer.concat([this.#kept, chunk]);
    // Who waits for an origin is read on for a while: else it could not be seen to leave.
    if (this.#client === undefined || this.#kept.length > MAX_HEAD_BYTES) this.#socket.pause();
  };

  /** What is not answered at once is copied: the bytes are gone when this returns. */
  readonly #takeInPlace = (bytes: Buffer): void => {
    this.onEndOfTurn();
    if (this.#isEnding) return;
    if (this.#isFree) this.#read(bytes, true);
    else this.#take(Buffer.from(bytes));
  };

  /** Nothing is being answered here. */
  get #isFree(): boolean {
    return this.#underWay === undefined && this.#client === undefined;
  }

  /** Answers what it can, up to the first request that it cannot. */
  #read(bytes: Buffer, isInPlace = false): void {
    let at = 0;
    while (at < bytes.length && this.#mayAnswer) {
      const plain = readPlainHead(bytes, at, this);
      if (typeof plain === 'string') break;
      this.lastSection = plain.section;
      if (!this.#answer(plain) && !this.#ask(plain)) break;
      at = plain.end;
      if (at < bytes.length) this.onEndOfTurn();
      if (!this.#isFree) break;
    }
    if (at === bytes.length || this.#isEnding) return;
    const rest = isInPlace ? Buffer.from(bytes.subarray(at)) : bytes.subarray(at);
    if (this.#isFree) this.#hand(rest);
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
    const { lane, port, endOfTurn } = this.#context;
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
    lane.answered += 1;
    port.onBusy(this.#socket);
    port.onAnswered?.(this.#socket, plain, ready);
    this.#isEnding = plain.section.endsConnection;
    const { record } = ready;
    this.#due = { record, receivedAt, pieces, stopWatching: () => {}, hasStalled: false };
    if (endOfTurn === undefined) this.onEndOfTurn();
    else endOfTurn.add(this);
    return true;
  }

  /** Writes what is due. */
  onEndOfTurn(): void {
    const due = this.#due;
    if (due === undefined) return;
    this.#due = undefined;
    const { record, receivedAt } = due;
    const { lane } = this.#context;
    const socket = this.#socket;
    if (socket.destroyed) {
      this.#record(record, receivedAt, 'unsent');
      return;
    }
    this.#unwritten += 1;
    writePieces(socket, due.pieces, this.#onWritten);
    this.#holdOpen();
    if (hasTakenAll(socket)) {
      this.#record(record, receivedAt);
      this.#rest();
      return;
    }
    lane.underWay += 1;
    lane.onUnderWay?.();
    this.#underWay = due;
    // Over TLS no write is over at once.
    setImmediate(() => {
      if (this.#underWay === due) this.#watch(due);
    });
  }

  /** Has the pipeline answer. False: nothing was done about it. */
  #ask(plain: PlainHead): boolean {
    const { lane, port } = this.#context;
    const socket = this.#socket;
    if (lane.begin === undefined || plain.section.endsConnection) return false;
    // Where it would have to change over, node:http would read no further, and must not be given more.
    if (socket.writableNeedDrain) return false;
    const client = new LaneClient(plain, {
      head: this.headOf(plain),
      seat: {
        socket,
        keepAliveTimeoutMs: this.keepAliveTimeoutMs,
        handOver: () => {
          this.#client = undefined;
          return port.handOver?.(() => this.#hand(bytesOf(plain)));
        },
        onWritten: () => {
          this.#client = undefined;
          if (socket.destroyed) return;
          this.#rest();
          this.#goOn();
        },
      },
      writeTimeoutMs: lane.limits.writeTimeoutMs,
    });
    this.#client = client;
    socket.setTimeout(0);
    this.#isHeldOpen = false;
    port.onBusy(socket);
    lane.begin(client);
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
    this.#isHeldOpen = false;
  }

  readonly #onWritten = (error?: Error | null): void => {
    this.#unwritten -= 1;
    const underWay = this.#underWay;
    if (underWay === undefined || this.#unwritten > 0) return;
    const { lane } = this.#context;
    this.#underWay = undefined;
    underWay.stopWatching();
    lane.underWay -= 1;
    const unread = underWay.hasStalled ? 'stalled' : 'left';
    this.#record(underWay.record, underWay.receivedAt, error == null ? undefined : unread);
    const socket = this.#socket;
    if (socket.destroyed) return;
    this.#rest();
    this.#goOn();
  };

  /** Nothing is being answered here any more: what comes next? */
  #goOn(): void {
    this.#holdOpen();
    const hasEnded = this.#hasEnded;
    this.#hasEnded = false;
    const kept = this.#kept;
    if (kept !== undefined) {
      this.#kept = undefined;
      this.#socket.resume();
      this.#read(kept);
    }
    if (hasEnded) this.#end();
  }

  /** An answer has been written, to the last byte. */
  #rest(): void {
    if (this.#isEnding) this.#socket.destroySoon();
    this.#context.port.onIdle(this.#socket);
  }

  #record(record: Answer['record'], receivedAt: Receipt, unread?: LaneEnd['unread']): void {
    this.#context.lane.record(record, {
      receivedAtMs: receivedAt.virtualMs,
      durationMs: monotonicMs() - receivedAt.monotonicMs,
      unread,
    });
  }

  /** From now on the connection is one between two requests. */
  #holdOpen(): void {
    if (this.#isHeldOpen) return;
    this.#isHeldOpen = true;
    const { keepAliveTimeoutMs } = this;
    this.#socket.setTimeout(
      keepAliveTimeoutMs === 0 ? 0 : keepAliveTimeoutMs + KEEP_ALIVE_GRACE_MS,
    );
  }

  /** Gives bytes to the parser, and follows it to where the next request begins. */
  #hand(bytes: Buffer): void {
    const parser = (this.#parser ??= this.#attach());
    const unjudged = this.#partial === undefined ? bytes : Buffer.concat([this.#partial, bytes]);
    let at = 0;
    this.#partial = undefined;
    while (at < unjudged.length) {
      const plain = readPlainHead(unjudged, at, this);
      if (plain === 'partial') this.#partial = unjudged.subarray(at);
      else if (plain === 'other' || plain.section.endsConnection) this.#giveUp(parser);
      if (typeof plain === 'string') break;
      this.#context.port.onHanded?.(this.#socket);
      if (plain.section.endsConnection) break;
      at = plain.end;
    }
    parser.onData.call(this.#socket, bytes);
  }

  /** Lets the parser have the connection, and stays in front of it. */
  #attach(): ParserListeners {
    const socket = this.#socket;
    socket.off('data', this.#take).off('timeout', this.#expire);
    socket.setTimeout(0);
    this.#context.port.parser.emit('connection', socket);
    const onData = socket.listeners('data').at(-1) as ParserListeners['onData'];
    const onEnd = socket.listeners('end').at(-1) as ParserListeners['onEnd'];
    // That somebody else listens makes node:http read by its listener, and not below the socket.
    socket.off('data', onData).on('data', this.#take);
    socket.off('end', onEnd);
    return { onData, onEnd };
  }

  #giveUp({ onData, onEnd }: ParserListeners): void {
    if (this.#taker !== undefined) this.#taker.take = undefined;
    this.#socket.off('data', this.#take).on('data', onData);
    this.#socket.off('end', this.#end).on('end', onEnd);
  }

  /**
   * No more comes. An answer that has begun is still written to its end, and what was asked for behind it is
   * answered then (RFC 9112 §9.3.2). Over TLS the end is told of even while nothing is read.
   */
  readonly #end = (): void => {
    this.onEndOfTurn();
    this.#hasEnded = this.#underWay !== undefined || this.#client?.hasBegun === true;
    if (this.#hasEnded) return;
    this.#client?.changeOver();
    const socket = this.#socket;
    // Without a parser, what it would do.
    if (this.#parser === undefined) socket.end();
    else this.#parser.onEnd.call(socket);
  };

  /** What the parser would do about its silence, until that has the connection. */
  readonly #expire = (): void => {
    if (this.#isFree) this.#socket.destroy();
  };
}

/** As it came. */
function bytesOf({ method, target, section }: PlainHead): Buffer {
  return Buffer.concat([Buffer.from(`${method} ${target} HTTP/1.1\r\n`), section.bytes]);
}
