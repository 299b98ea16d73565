import type { FieldLines, StoredResponse } from '@poplet/policy';

import { StoreError } from './errors.ts';
import { FollowedBody, noReaders } from './followed-body.ts';
import { messageOf } from './message-of.ts';
import { SegmentSpill, type SegmentSink } from './segment-spill.ts';
import { SegmentedBody } from './segmented-body.ts';
import type { Abandonment, BodyWriter } from './store.ts';

const LATE_READER_MS = 100;

/** How a body ended. */
interface KeptEnd {
  readonly trailers: FieldLines;
  readonly incomplete: StoredResponse | undefined;
}

/** The store behind a growing body. */
export interface BodyKeeper<Piece = never> {
  /** Asked before `chunkBytes` more are kept on top of `keptBytes`; an answer ends the keeping. */
  admit(keptBytes: number, chunkBytes: number): Abandonment | undefined;
  /** Takes full segments while the body grows; absent where all of it stays in memory. */
  readonly spill?: SegmentSink<Piece> | undefined;
  /**
   * The body has ended: stores it, as `incomplete` if it was cut off, and says whether it is visible.
   * `rest` is what follows the `pieces` that were spilled.
   */
  commit(
    rest: readonly ArrayBuffer[],
    end: KeptEnd & { readonly pieces: readonly Piece[] },
  ): boolean | Promise<boolean>;
  /** Called once, when the writer keeps nothing more for the store. */
  release(keptBytes: number): void;
}

export interface GrowingBodyOptions<Piece = never> {
  readonly keeper: BodyKeeper<Piece>;
  /** Real time without progress after which a reader that others wait for is let go. */
  readonly stallMs: number;
  /** For a body that will not be kept from the start. */
  readonly abandoned?: Abandonment | undefined;
}

/**
 * A body on its way into a store. Readers follow it. When the store cannot keep it, it goes on as
 * `abandoned`: it holds only what the readers that are attached have yet to read, and `write` waits
 * for the slowest of them.
 */
export class GrowingBody<Piece = never> implements BodyWriter {
  readonly #keeper: BodyKeeper<Piece>;
  readonly #body: FollowedBody;
  readonly #spill: SegmentSpill<Piece> | undefined;
  #abandoned: Abandonment | undefined;
  /** The whole body, once it is complete, was kept, and is in memory. */
  #complete: SegmentedBody | undefined;
  #isEnding = false;
  #isReleased = false;

  constructor({ keeper, stallMs, abandoned }: GrowingBodyOptions<Piece>) {
    this.#keeper = keeper;
    this.#spill =
      keeper.spill === undefined
        ? undefined
        : new SegmentSpill(keeper.spill, {
            onWritten: (index) => this.#body.release(index),
            onFailed: (error) => this.#fail(error),
          });
    this.#body = new FollowedBody({
      stallMs,
      recall: (index) => (this.#spill as SegmentSpill<Piece>).read(index),
      onQuiet: () => this.#letGoSoon(),
    });
    if (abandoned !== undefined) this.#abandon(abandoned);
  }

  get abandoned(): Abandonment | undefined {
    return this.#abandoned;
  }

  get bodyBytes(): number | undefined {
    const { end, totalBytes } = this.#body;
    return end !== undefined && end.error === undefined ? totalBytes : undefined;
  }

  /** Memory in use for this body. */
  get retainedBytes(): number {
    return this.#body.retainedBytes;
  }

  bytes(): Uint8Array | undefined {
    return this.#complete?.bytes();
  }

  read(startByte: number, endByte: number | undefined): AsyncIterableIterator<Uint8Array> {
    // Before the first byte nothing is lost yet.
    if (this.#abandoned !== undefined && this.#body.totalBytes > 0) {
      throw new StoreError('abandoned', `the body is not kept: ${this.#abandoned.message}`);
    }
    return this.#body.read(startByte, endByte);
  }

  write(chunk: Uint8Array): Promise<void> | undefined {
    if (this.#isEnding) throw new StoreError('closed', 'the body has ended');
    if (this.#abandoned === undefined) {
      const reason = this.#keeper.admit(this.#body.totalBytes, chunk.length);
      if (reason !== undefined) this.#abandon(reason);
    }
    if (this.#abandoned !== undefined && this.#body.readerCount === 0) throw noReaders();
    this.#body.append(chunk);
    return this.#spillFull() ?? this.#body.room();
  }

  /** A promise where the segments come faster than they are carried away. */
  #spillFull(): Promise<void> | undefined {
    const spill = this.#spill;
    if (spill === undefined || this.#abandoned !== undefined) return undefined;
    while (spill.count < this.#body.fullCount) {
      spill.add(this.#body.full(spill.count) as Uint8Array);
    }
    return spill.room();
  }

  async commit(trailers: FieldLines): Promise<boolean> {
    return await this.#end({ trailers, incomplete: undefined }, undefined);
  }

  async abort(error: Error, incomplete?: StoredResponse): Promise<boolean> {
    return await this.#end(
      incomplete === undefined ? undefined : { trailers: [], incomplete },
      error,
    );
  }

  async #end(kept: KeptEnd | undefined, error: Error | undefined): Promise<boolean> {
    if (this.#isEnding) return false;
    this.#isEnding = true;
    // Visible before a follower sees the end: its client may ask again at once.
    const stored = kept === undefined ? false : this.#store(kept);
    const isStored = typeof stored === 'boolean' ? stored : await stored;
    this.#release();
    this.#body.finish(error);
    return isStored;
  }

  #store(kept: KeptEnd): boolean | Promise<boolean> {
    if (this.#abandoned !== undefined) return false;
    try {
      const stored = this.#hand(kept);
      return typeof stored === 'boolean' ? stored : stored.catch((error) => this.#fail(error));
    } catch (error) {
      return this.#fail(error);
    }
  }

  #hand(kept: KeptEnd): boolean | Promise<boolean> {
    const spill = this.#spill;
    if (spill !== undefined && spill.count > 0) {
      return spill
        .all()
        .then((pieces) => this.#keeper.commit(this.#body.seal(), { ...kept, pieces }));
    }
    const rest = this.#body.seal();
    if (kept.incomplete === undefined) this.#complete = new SegmentedBody(rest);
    return this.#keeper.commit(rest, { ...kept, pieces: [] });
  }

  #fail(error: unknown): false {
    this.#abandon({ code: 'store-failed', message: messageOf(error) });
    return false;
  }

  #abandon(reason: Abandonment): void {
    this.#abandoned ??= reason;
    this.#release();
    this.#body.keepUnreadOnly();
  }

  #release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#keeper.release(this.#body.totalBytes);
  }

  /** Whoever has just decided to follow it may attach in a moment. */
  #letGoSoon(): void {
    const spill = this.#spill;
    if (spill === undefined || spill.count === 0) return;
    setTimeout(() => {
      if (this.#body.readerCount === 0) spill.letGo();
    }, LATE_READER_MS).unref();
  }
}
