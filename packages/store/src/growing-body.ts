import type { FieldLines, StoredResponse } from '@poplet/policy';

import { StoreError } from './errors.ts';
import { FollowedBody, noReaders } from './followed-body.ts';
import { SegmentedBody } from './segmented-body.ts';
import type { Abandonment, BodyWriter } from './store.ts';

/** The store behind a growing body. */
export interface BodyKeeper {
  /** Asked before `chunkBytes` more are kept on top of `keptBytes`; an answer ends the keeping. */
  admit(keptBytes: number, chunkBytes: number): Abandonment | undefined;
  /** The body has ended: stores it, as `incomplete` if it was cut off, and says whether it is visible. */
  commit(
    segments: readonly ArrayBuffer[],
    end: { readonly trailers: FieldLines; readonly incomplete: StoredResponse | undefined },
  ): boolean | Promise<boolean>;
  /** Called once, when the writer keeps nothing more for the store. */
  release(keptBytes: number): void;
}

export interface GrowingBodyOptions {
  readonly keeper: BodyKeeper;
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
export class GrowingBody implements BodyWriter {
  readonly #keeper: BodyKeeper;
  readonly #body: FollowedBody;
  #abandoned: Abandonment | undefined;
  /** The whole body, once it is complete and was kept. */
  #complete: SegmentedBody | undefined;
  #isReleased = false;

  constructor({ keeper, stallMs, abandoned }: GrowingBodyOptions) {
    this.#keeper = keeper;
    this.#body = new FollowedBody(stallMs);
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
    if (this.#body.end !== undefined) throw new StoreError('closed', 'the body has ended');
    if (this.#abandoned === undefined) {
      const reason = this.#keeper.admit(this.#body.totalBytes, chunk.length);
      if (reason !== undefined) this.#abandon(reason);
    }
    if (this.#abandoned !== undefined && this.#body.readerCount === 0) throw noReaders();
    this.#body.append(chunk);
    return this.#body.room();
  }

  async commit(trailers: FieldLines): Promise<boolean> {
    if (this.#body.end !== undefined) return false;
    // Visible before a follower sees the end: its client may ask again at once.
    const stored = this.#store({ trailers, incomplete: undefined });
    this.#release();
    this.#body.finish(undefined);
    return await stored;
  }

  async abort(error: Error, incomplete?: StoredResponse): Promise<boolean> {
    if (this.#body.end !== undefined) return false;
    const stored = incomplete === undefined ? false : this.#store({ trailers: [], incomplete });
    this.#release();
    this.#body.finish(error);
    return await stored;
  }

  async #store(end: Parameters<BodyKeeper['commit']>[1]): Promise<boolean> {
    if (this.#abandoned !== undefined) return false;
    const segments = this.#body.seal();
    if (end.incomplete === undefined) this.#complete = new SegmentedBody(segments);
    try {
      return await this.#keeper.commit(segments, end);
    } catch (error) {
      this.#abandon({ code: 'store-failed', message: String(error) });
      return false;
    }
  }

  #abandon(reason: Abandonment): void {
    this.#abandoned = reason;
    this.#release();
    this.#body.keepUnreadOnly();
  }

  #release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#keeper.release(this.#body.totalBytes);
  }
}
