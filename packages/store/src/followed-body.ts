import { StoreError } from './errors.ts';
import { SEGMENT_BYTES, SegmentBuffer } from './segment-buffer.ts';

/** How much the slowest reader of a body that is not kept may have before it, in bytes. */
const WINDOW_BYTES = 1024 * 1024;

/** How a body ended; `error` is what its readers get after the last byte. */
export interface BodyEnd {
  readonly error: Error | undefined;
}

/** One iteration over a growing body: what is there, then what arrives. For one consumer. */
export interface BodyReader extends AsyncIterableIterator<Uint8Array> {
  return(): Promise<IteratorResult<Uint8Array>>;
}

export interface FollowedBodyOptions {
  /** Real time without progress after which a reader that others wait for is let go. */
  readonly stallMs: number;
  /** Gets a segment that was released. */
  readonly recall: (index: number) => Promise<Uint8Array>;
  /** Told when the body has ended and the last reader has gone. */
  readonly onQuiet: () => void;
}

const DONE: IteratorResult<Uint8Array> = { done: true, value: undefined };

/**
 * A body that grows while readers follow it, each at its own pace. As long as it keeps everything,
 * readers do not notice one another; segments that were released meanwhile are read back for those who
 * are behind. After `keepUnreadOnly` it holds what its readers have yet to
 * read; then `room` says when the slowest has caught up, and a reader that takes nothing for
 * `stallMs` (real time) while another waits is let go.
 */
export class FollowedBody {
  readonly #stallMs: number;
  readonly #recall: (index: number) => Promise<Uint8Array>;
  readonly #onQuiet: () => void;
  readonly #segments = new SegmentBuffer();
  readonly #readers = new Set<Follower>();
  readonly #stallTimers = new Map<Follower, NodeJS.Timeout>();
  #keepsAll = true;
  #end: BodyEnd | undefined;
  #room: PromiseWithResolvers<void> | undefined;

  constructor({ stallMs, recall, onQuiet }: FollowedBodyOptions) {
    this.#stallMs = stallMs;
    this.#recall = recall;
    this.#onQuiet = onQuiet;
  }

  get totalBytes(): number {
    return this.#segments.totalBytes;
  }

  get retainedBytes(): number {
    return this.#segments.retainedBytes;
  }

  get readerCount(): number {
    return this.#readers.size;
  }

  get end(): BodyEnd | undefined {
    return this.#end;
  }

  read(startByte: number, endByte: number | undefined): BodyReader {
    const reader = new Follower(this, startByte, endByte ?? Infinity);
    this.#readers.add(reader);
    return reader;
  }

  append(chunk: Uint8Array): void {
    this.#segments.append(chunk);
    this.#wakeReaders();
    this.#dropRead();
  }

  get fullCount(): number {
    return this.#segments.fullCount;
  }

  full(index: number): Uint8Array | undefined {
    return this.#segments.full(index);
  }

  /** A full segment can be recalled from now on: it leaves the memory. */
  release(index: number): void {
    this.#segments.release(index);
  }

  /** The complete body in exact buffers, without what was released; for a body that kept everything. */
  seal(): ArrayBuffer[] {
    return this.#segments.seal();
  }

  /** Nothing follows. */
  finish(error: Error | undefined): void {
    this.#end = { error };
    this.#wakeReaders();
    this.#makeRoom();
    if (this.#readers.size === 0) this.#onQuiet();
  }

  keepUnreadOnly(): void {
    this.#keepsAll = false;
    this.#dropRead();
  }

  /** Resolves when no reader has more than the window before it; undefined when that is so already. Rejects when all have left. */
  room(): Promise<void> | undefined {
    if (this.#keepsAll || this.#end !== undefined) return undefined;
    const lagging = [...this.#readers].filter((reader) => this.#isLagging(reader));
    if (lagging.length === 0) return undefined;
    for (const reader of lagging) this.#watch(reader);
    this.#room ??= Promise.withResolvers();
    return this.#room.promise;
  }

  /** The next bytes for a reader, in one piece; undefined when it has to wait or is at its end. */
  view(startByte: number, endByte: number): Uint8Array | undefined {
    return this.#segments.view(startByte, endByte);
  }

  /** Whether the byte is there, but not in memory. */
  isAway(byte: number): boolean {
    return this.#segments.releasedAt(byte) !== undefined;
  }

  /** As `view`, of a segment that is away. Rejects when it cannot be had. */
  async recall(startByte: number, endByte: number): Promise<Uint8Array> {
    const index = this.#segments.releasedAt(startByte) as number;
    const baseByte = index * SEGMENT_BYTES;
    const segment = await this.#recall(index);
    return segment.subarray(startByte - baseByte, Math.min(endByte - baseByte, segment.length));
  }

  /** A reader took bytes. */
  advanced(reader: Follower): void {
    if (this.#keepsAll) return;
    this.#dropRead();
    this.#stallTimers.get(reader)?.refresh();
    this.#makeRoom();
  }

  /** A reader is at its end, or its consumer has gone. */
  detach(reader: Follower): void {
    this.#readers.delete(reader);
    this.#unwatch(reader);
    if (this.#end !== undefined && this.#readers.size === 0) this.#onQuiet();
    if (this.#keepsAll) return;
    this.#dropRead();
    this.#makeRoom();
  }

  #wakeReaders(): void {
    for (const reader of this.#readers) reader.wake();
  }

  #isLagging(reader: Follower): boolean {
    return this.#segments.totalBytes - reader.position > WINDOW_BYTES;
  }

  #dropRead(): void {
    if (this.#keepsAll) return;
    let firstUnread = this.#segments.totalBytes;
    for (const { position } of this.#readers) firstUnread = Math.min(firstUnread, position);
    this.#segments.dropBefore(firstUnread);
  }

  #makeRoom(): void {
    for (const reader of this.#stallTimers.keys()) {
      if (this.#end !== undefined || !this.#isLagging(reader)) this.#unwatch(reader);
    }
    const room = this.#room;
    if (room === undefined || this.#stallTimers.size > 0) return;
    this.#room = undefined;
    if (this.#readers.size === 0 && this.#end === undefined) room.reject(noReaders());
    else room.resolve();
  }

  #watch(reader: Follower): void {
    if (this.#stallTimers.has(reader)) return;
    const timer = setTimeout(() => this.#stalled(reader), this.#stallMs);
    timer.unref();
    this.#stallTimers.set(reader, timer);
  }

  #unwatch(reader: Follower): void {
    clearTimeout(this.#stallTimers.get(reader));
    this.#stallTimers.delete(reader);
  }

  #stalled(reader: Follower): void {
    const isAwaited = [...this.#readers].some((other) => other !== reader && other.isWaiting);
    if (!isAwaited) {
      this.#stallTimers.get(reader)?.refresh();
      return;
    }
    const seconds = this.#stallMs / 1000;
    reader.fail(
      new StoreError('stalled', `the reader took nothing for ${seconds} s while others waited`),
    );
  }
}

/** `no-readers`: what a writer gets when nobody wants the rest of a body that is not kept. */
export function noReaders(): StoreError {
  return new StoreError('no-readers', 'the body is not stored and nobody reads it any more');
}

class Follower implements BodyReader {
  readonly #body: FollowedBody;
  readonly #endByte: number;
  /** First byte not yet handed out. */
  position: number;
  #waiting: PromiseWithResolvers<IteratorResult<Uint8Array>> | undefined;
  #isDone = false;
  #isRecalling = false;
  #error: Error | undefined;

  constructor(body: FollowedBody, startByte: number, endByte: number) {
    this.#body = body;
    this.position = startByte;
    this.#endByte = endByte;
  }

  /** Whether the consumer waits for bytes that have not arrived. */
  get isWaiting(): boolean {
    return this.#waiting !== undefined;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Uint8Array>> {
    this.#waiting ??= Promise.withResolvers();
    const { promise } = this.#waiting;
    this.wake();
    return promise;
  }

  return(): Promise<IteratorResult<Uint8Array>> {
    this.#leave();
    this.#settle()?.resolve(DONE);
    return Promise.resolve(DONE);
  }

  /** The consumer gets the error instead of more bytes. */
  fail(error: Error): void {
    this.#error = error;
    this.#leave();
    this.wake();
  }

  /** Answers a consumer that waits, if there is something to say. */
  wake(): void {
    if (this.#waiting === undefined) return;
    if (!this.#isDone) {
      if (this.#isRecalling) return;
      const chunk = this.#body.view(this.position, this.#endByte);
      if (chunk !== undefined) {
        this.#take(chunk);
        return;
      }
      if (this.position < this.#endByte && this.#body.isAway(this.position)) {
        void this.#recall();
        return;
      }
      const { end } = this.#body;
      if (end === undefined && this.position < this.#endByte) return;
      if (this.position < this.#endByte) this.#error = end?.error;
      this.#leave();
    }
    const error = this.#error;
    this.#error = undefined;
    if (error === undefined) this.#settle()?.resolve(DONE);
    else this.#settle()?.reject(error);
  }

  #take(chunk: Uint8Array): void {
    this.position += chunk.length;
    this.#settle()?.resolve({ done: false, value: chunk });
    // A reader with all it asked for holds nobody up while its consumer writes the last piece.
    if (this.position >= this.#endByte) this.#leave();
    else this.#body.advanced(this);
  }

  async #recall(): Promise<void> {
    this.#isRecalling = true;
    try {
      const chunk = await this.#body.recall(this.position, this.#endByte);
      this.#isRecalling = false;
      if (!this.#isDone) this.#take(chunk);
    } catch (error) {
      this.#isRecalling = false;
      if (!this.#isDone) this.fail(error as Error);
    }
  }

  #settle(): PromiseWithResolvers<IteratorResult<Uint8Array>> | undefined {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    return waiting;
  }

  #leave(): void {
    this.#isDone = true;
    this.#body.detach(this);
  }
}
