import type { Coding } from '@poplet/policy';
import type { LRUCache } from 'lru-cache';

import { isUnreachable } from './errors.ts';
import { integrityOf } from './integrity.ts';
import { SEGMENT_BYTES } from './segment-buffer.ts';
import type { BodySource, Refetch } from './store.ts';
import type { SegmentStore } from './tier.ts';

/** A segment of a body in a tier. All but the last have `SEGMENT_BYTES`. */
export interface BodySegment {
  readonly startByte: number;
  readonly lengthBytes: number;
  readonly integrity: string;
}

/** Bytes in a tier. */
export class TierContent {
  readonly segments: readonly BodySegment[];

  constructor(segments: readonly BodySegment[]) {
    this.segments = segments;
  }

  get bodyBytes(): number {
    const last = this.segments.at(-1);
    return last === undefined ? 0 : last.startByte + last.lengthBytes;
  }
}

/** A body in another coding than it came in. */
export class TierCoding extends TierContent {
  readonly coding: Coding;

  constructor(coding: Coding, segments: readonly BodySegment[]) {
    super(segments);
    this.coding = coding;
  }
}

/** The body of a record: what several versions of its metadata have in common. */
export class TierBody extends TierContent {
  /** Of its record. */
  readonly id: number;
  /** In the order in which they were added. */
  codings: readonly TierCoding[];
  /** Settles when no coding is being added. */
  adding: Promise<unknown> = Promise.resolve();
  /** Entries of the index around it. */
  holders = 0;

  constructor(
    id: number,
    segments: readonly BodySegment[],
    codings: readonly TierCoding[] = NO_CODINGS,
  ) {
    super(segments);
    this.id = id;
    this.codings = codings;
  }
}

const NO_CODINGS: readonly TierCoding[] = [];

/** Segments that were read or written last, by integrity. */
export type HotSegments = LRUCache<string, Uint8Array>;

export interface TieredBodyOptions {
  readonly body: TierContent;
  readonly store: SegmentStore;
  readonly hot: HotSegments;
  /** So many segments are read before the first is handed out: what cannot be had shows then. */
  readonly segmentsAhead: number;
  /** Where a segment that fails its check may be had, once others were handed out before it. */
  readonly refetch: Refetch | undefined;
  /** Told when a segment fails its check and cannot be had, before the reader is. */
  readonly onCorrupt: (error: unknown) => void;
}

const NO_BYTES = Buffer.alloc(0);
const DONE: IteratorResult<Uint8Array> = { done: true, value: undefined };

/** A complete body in a tier: read segment by segment, each verified before its first byte is handed out. */
export class TieredBody implements BodySource {
  /** As many segments as are read ahead. */
  readonly prepare?: () => Promise<void>;
  readonly #options: TieredBodyOptions;
  /** Read, and not handed out yet, by where they start. */
  readonly #ready = new Map<number, Uint8Array>();

  constructor(options: TieredBodyOptions) {
    this.#options = options;
    if (options.segmentsAhead > 1) this.prepare = () => this.#prepare();
  }

  async #prepare(): Promise<void> {
    const { body, store, segmentsAhead, onCorrupt } = this.#options;
    const ahead = body.segments.slice(0, segmentsAhead);
    for (const { integrity } of ahead) store.pin(integrity);
    try {
      await readAhead(ahead, this.#ready, (segment) => store.read(segment));
    } catch (error) {
      if (!isUnreachable(error)) onCorrupt(error);
      throw error;
    } finally {
      for (const { integrity } of ahead) store.unpin(integrity);
    }
  }

  get bodyBytes(): number {
    return this.#options.body.bodyBytes;
  }

  bytes(): Uint8Array | undefined {
    const { body, hot } = this.#options;
    const [only] = body.segments;
    if (only === undefined) return NO_BYTES;
    return body.segments.length === 1 ? hot.get(only.integrity) : undefined;
  }

  read(startByte: number, endByte: number | undefined): AsyncIterableIterator<Uint8Array> {
    const end = Math.min(endByte ?? Infinity, this.bodyBytes);
    return new SegmentReader({ ...this.#options, ready: this.#ready }, startByte, end);
  }
}

interface SegmentReaderOptions extends TieredBodyOptions {
  readonly ready: Map<number, Uint8Array>;
}

/** One way through the segments. They are pinned until it is over: whoever has begun may finish. */
class SegmentReader implements AsyncIterableIterator<Uint8Array> {
  readonly #options: SegmentReaderOptions;
  readonly #endByte: number;
  #position: number;
  #hasBegun = false;
  #isOver = false;

  constructor(options: SegmentReaderOptions, startByte: number, endByte: number) {
    this.#options = options;
    this.#position = startByte;
    this.#endByte = endByte;
    const { body, store } = options;
    for (const { integrity } of body.segments) store.pin(integrity);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    const { body, onCorrupt } = this.#options;
    const segment = body.segments[Math.floor(this.#position / SEGMENT_BYTES)];
    if (this.#isOver || this.#position >= this.#endByte || segment === undefined) {
      this.#leave();
      return DONE;
    }
    try {
      const bytes = await this.#nextOf(segment);
      if (this.#isOver) return DONE;
      const from = this.#position - segment.startByte;
      const value = bytes.subarray(from, Math.min(bytes.length, this.#endByte - segment.startByte));
      this.#position += value.length;
      this.#hasBegun = true;
      return { done: false, value };
    } catch (error) {
      this.#leave();
      if (!isUnreachable(error)) onCorrupt(error);
      throw error;
    }
  }

  return(): Promise<IteratorResult<Uint8Array>> {
    this.#leave();
    return Promise.resolve(DONE);
  }

  async #nextOf(segment: BodySegment): Promise<Uint8Array> {
    const { body, segmentsAhead, ready } = this.#options;
    if (!this.#hasBegun && segmentsAhead > 1) {
      const from = body.segments.indexOf(segment);
      const end = Math.min(from + segmentsAhead, Math.ceil(this.#endByte / SEGMENT_BYTES));
      await readAhead(body.segments.slice(from, end), ready, (one) => this.#bytesOf(one));
    }
    const bytes = ready.get(segment.startByte) ?? (await this.#bytesOf(segment));
    ready.delete(segment.startByte);
    return bytes;
  }

  async #bytesOf(segment: BodySegment): Promise<Uint8Array> {
    const { body, hot, store } = this.#options;
    const known = hot.get(segment.integrity);
    if (known !== undefined) return known;
    const bytes = await store.read(segment).catch((error) => this.#mended(segment, error));
    // A large body would drive out all the small ones.
    if (body.segments.length === 1) hot.set(segment.integrity, bytes);
    return bytes;
  }

  /** The same bytes from elsewhere, put in their place again; throws what was wrong where they cannot be had. */
  async #mended(segment: BodySegment, damage: unknown): Promise<Uint8Array> {
    const { refetch } = this.#options;
    // Before the first byte the whole response can be fetched anew.
    if (refetch === undefined || !this.#hasBegun || this.#isOver) throw damage;
    const { startByte, lengthBytes } = segment;
    const bytes = await refetch(startByte, startByte + lengthBytes).catch(() => undefined);
    if (bytes === undefined || integrityOf(bytes) !== segment.integrity) throw damage;
    await this.#putBack(bytes);
    return bytes;
  }

  /** Where that fails, the next reader finds the damage again. */
  async #putBack(bytes: Uint8Array): Promise<void> {
    const { store } = this.#options;
    const integrity = await store.write(bytes).catch(() => undefined);
    if (integrity !== undefined) store.unpin(integrity);
  }

  #leave(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const { body, store } = this.#options;
    for (const { integrity } of body.segments) store.unpin(integrity);
  }
}

async function readAhead(
  segments: readonly BodySegment[],
  ready: Map<number, Uint8Array>,
  read: (segment: BodySegment) => Promise<Uint8Array>,
): Promise<void> {
  await Promise.all(
    segments.map(async (segment) => {
      const { startByte } = segment;
      if (!ready.has(startByte)) ready.set(startByte, await read(segment));
    }),
  );
}
