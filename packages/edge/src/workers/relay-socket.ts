import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

import type { LaneAnswer } from '../fast-lane/lane.ts';
import type { PlainHead } from '../fast-lane/plain-head.ts';
import { bufferOf, ownBytes, WINDOW_BYTES, type Ends, type RelayMessage } from './messages.ts';

/** What a relayed connection tells of. */
export interface RelayEvents {
  readonly id: number;
  readonly ends: Ends;
  post(message: RelayMessage): void;
  /** A request was answered by the lane: the answer may be at hand for the next as well. */
  onAnswered(plain: PlainHead, answer: LaneAnswer): void;
  /** A request was answered, by whomever. */
  onAnswerOver(): void;
  onClosed(): void;
}

/** A client's connection that a worker has accepted, as the edge sees it: a socket to all that use it. */
export class RelaySocket extends Duplex {
  readonly remoteAddress: string | undefined;
  readonly remotePort: number | undefined;
  readonly remoteFamily: string | undefined;
  readonly localAddress: string | undefined;
  readonly localPort: number | undefined;
  readonly connecting = false;
  readonly pending = false;
  bytesRead = 0;
  /** Real milliseconds; 0: none. */
  timeout = 0;
  readonly #events: RelayEvents;
  #timer: NodeJS.Timeout | undefined;
  /** Read here, and not yet handed on. */
  #untold = 0;
  #sentBytes = 0;
  #takenBytes = 0;
  #whenTaken: ((error?: Error | null) => void) | undefined;
  #isReset = false;
  #isClosedThere = false;

  constructor(events: RelayEvents) {
    super({ allowHalfOpen: true, autoDestroy: true });
    this.#events = events;
    ({
      remoteAddress: this.remoteAddress,
      remotePort: this.remotePort,
      remoteFamily: this.remoteFamily,
      localAddress: this.localAddress,
      localPort: this.localPort,
    } = events.ends);
  }

  /** As of a socket: what was taken, and what is still to be. */
  get bytesWritten(): number {
    return this.#takenBytes + this.writableLength;
  }

  hear(message: RelayMessage): void {
    if (this.destroyed) return;
    switch (message.kind) {
      case 'data': {
        const { bytes } = message;
        this.bytesRead += bytes.length;
        this.#untold += bytes.length;
        this.alive();
        if (this.push(bufferOf(bytes))) this.#tell();
        return;
      }
      case 'taken':
        this.#takenBytes += message.count;
        this.alive();
        this.#goOn();
        return;
      case 'end':
        this.push(null);
        // Somebody has to read as far as the end to learn of it.
        if (this.readableLength === 0 && !this.isPaused()) this.read(0);
        return;
      case 'close':
        this.#isClosedThere = true;
        this.destroy(message.isReset ? connectionReset() : undefined);
        return;
      default:
        message satisfies never;
    }
  }

  /** It is in use: its time begins anew. */
  alive(): void {
    this.#timer?.refresh();
  }

  override _read(): void {
    this.#tell();
  }

  #tell(): void {
    if (this.#untold === 0) return;
    this.#events.post({ kind: 'taken', id: this.#events.id, count: this.#untold });
    this.#untold = 0;
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.#send([chunk], done);
  }

  override _writev(
    chunks: readonly { readonly chunk: Buffer }[],
    done: (error?: Error | null) => void,
  ): void {
    this.#send(
      chunks.map(({ chunk }) => chunk),
      done,
    );
  }

  #send(chunks: readonly Buffer[], done: (error?: Error | null) => void): void {
    const bytes = ownBytes(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks));
    this.#sentBytes += bytes.length;
    this.alive();
    this.#events.post({ kind: 'data', id: this.#events.id, bytes });
    this.#whenTaken = done;
    this.#goOn();
  }

  #goOn(): void {
    const done = this.#whenTaken;
    if (done === undefined || this.#sentBytes - this.#takenBytes > WINDOW_BYTES) return;
    this.#whenTaken = undefined;
    done();
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#events.post({ kind: 'end', id: this.#events.id });
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#isClosedThere) {
      this.#events.post({ kind: 'close', id: this.#events.id, isReset: this.#isReset });
    }
    this.#events.onClosed();
    // Whoever waits for a write to be over learns that it is not.
    const unwritten = this.#whenTaken;
    this.#whenTaken = undefined;
    unwritten?.(error ?? connectionReset());
    done(error);
  }

  // What else a socket can do.

  resetAndDestroy(): this {
    this.#isReset = true;
    return this.destroy();
  }

  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once('finish', () => this.destroy());
  }

  setTimeout(timeoutMs: number, listener?: () => void): this {
    this.timeout = timeoutMs;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (timeoutMs > 0 && !this.destroyed) {
      this.#timer = setTimeout(() => this.emit('timeout'), timeoutMs);
      this.#timer.unref();
      if (listener !== undefined) this.once('timeout', listener);
    } else if (listener !== undefined) this.off('timeout', listener);
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  /** See `RelayEvents`. */
  onAnswered(plain: PlainHead, answer: LaneAnswer): void {
    this.#events.onAnswered(plain, answer);
  }

  onAnswerOver(): void {
    if (!this.destroyed) this.#events.onAnswerOver();
  }

  /** To whoever takes sockets. */
  get asSocket(): Socket {
    return this as unknown as Socket;
  }
}

function connectionReset(): Error {
  return Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
}
