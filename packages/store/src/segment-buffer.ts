/** Bodies are kept in pieces of this size; only the last one is smaller. */
export const SEGMENT_BYTES = 1024 * 1024;

const NO_BYTES = Buffer.alloc(0);

/**
 * Bytes that arrive in chunks of any size, kept as segments. Chunks are copied: they may be views of
 * a socket's 64 KB slab, and keeping 1 KB of it would keep it all. Views handed out stay valid.
 */
export class SegmentBuffer {
  /** Undefined: released, to be had elsewhere. */
  readonly #full: (Buffer | undefined)[] = [];
  #fullInMemory = 0;
  /** How many segments at the front were dropped. */
  #dropped = 0;
  #tail: Buffer = NO_BYTES;
  #tailBytes = 0;
  #totalBytes = 0;

  /** Everything appended so far, dropped or not. */
  get totalBytes(): number {
    return this.#totalBytes;
  }

  /** Memory in use. */
  get retainedBytes(): number {
    return this.#fullInMemory * SEGMENT_BYTES + this.#tail.length;
  }

  append(chunk: Uint8Array): void {
    for (let start = 0; start < chunk.length;) {
      const end = Math.min(chunk.length, start + SEGMENT_BYTES - this.#tailBytes);
      this.#reserve(this.#tailBytes + end - start);
      this.#tail.set(chunk.subarray(start, end), this.#tailBytes);
      this.#tailBytes += end - start;
      this.#totalBytes += end - start;
      start = end;
      if (this.#tailBytes === SEGMENT_BYTES) {
        this.#full.push(this.#tail);
        this.#fullInMemory++;
        this.#tail = NO_BYTES;
        this.#tailBytes = 0;
      }
    }
  }

  // Doubles, so that a body that trickles in is not copied again for every chunk.
  #reserve(bytes: number): void {
    if (bytes <= this.#tail.length) return;
    // Past its first segment a body is large: no copies for what would be filled anyway.
    const isLarge = this.#totalBytes >= SEGMENT_BYTES;
    const wanted = isLarge ? SEGMENT_BYTES : Math.max(bytes, this.#tail.length * 2);
    const capacity = Math.min(SEGMENT_BYTES, wanted);
    this.#tail = this.#copyOfTail(capacity);
  }

  #copyOfTail(capacityBytes: number): Buffer {
    const copy = Buffer.allocUnsafeSlow(capacityBytes);
    copy.set(this.#tail.subarray(0, this.#tailBytes));
    return copy;
  }

  /** How many segments are full, dropped ones included. */
  get fullCount(): number {
    return this.#dropped + this.#full.length;
  }

  /** A full segment that is in memory. */
  full(index: number): Buffer | undefined {
    return this.#full[index - this.#dropped];
  }

  /** A full segment can be had elsewhere. */
  release(index: number): void {
    if (this.full(index) === undefined) return;
    this.#full[index - this.#dropped] = undefined;
    this.#fullInMemory--;
  }

  /** The segment that this byte lies in, where it was released. */
  releasedAt(byte: number): number | undefined {
    const segment = Math.floor(byte / SEGMENT_BYTES);
    const isFull = segment >= this.#dropped && segment < this.fullCount;
    return isFull && this.full(segment) === undefined ? segment : undefined;
  }

  /** The bytes from `startByte` that lie in one piece, at most to `endByte`; undefined when they are not here, or not yet. */
  view(startByte: number, endByte: number): Uint8Array | undefined {
    const end = Math.min(endByte, this.#totalBytes);
    if (startByte >= end) return undefined;
    const segment = Math.floor(startByte / SEGMENT_BYTES);
    if (segment < this.#dropped) throw new RangeError(`byte ${startByte} is no longer kept`);
    const buffer = segment < this.fullCount ? this.full(segment) : this.#tail;
    if (buffer === undefined) return undefined;
    const base = segment * SEGMENT_BYTES;
    return buffer.subarray(startByte - base, Math.min(end - base, SEGMENT_BYTES));
  }

  /** Lets go of the full segments before `byte`. */
  dropBefore(byte: number): void {
    while (this.#full.length > 0 && (this.#dropped + 1) * SEGMENT_BYTES <= byte) {
      if (this.#full.shift() !== undefined) this.#fullInMemory--;
      this.#dropped++;
    }
  }

  /** Nothing follows: all that was not released, in buffers of exactly the size of their segment. */
  seal(): ArrayBuffer[] {
    if (this.#tail.length > this.#tailBytes) this.#tail = this.#copyOfTail(this.#tailBytes);
    const buffers = this.#tailBytes === 0 ? this.#full : [...this.#full, this.#tail];
    return buffers.flatMap((one) => (one === undefined ? [] : [one.buffer as ArrayBuffer]));
  }
}
