import {
  uriOfKey,
  type FieldLines,
  type FieldReader,
  type Found,
  type Purge,
  type StoredResponse,
} from '@poplet/policy';

import { heldBytesOf } from './held-bytes.ts';
import { GrowingBody, type BodyKeeper } from './growing-body.ts';
import type { IndexEntry } from './index-entry.ts';
import { MemoryIndex } from './memory-index.ts';
import { MemoryResponse, SharedValues, type MemorySegments } from './memory-response.ts';
import { PurgeLedger } from './purge-ledger.ts';
import { SegmentedBody } from './segmented-body.ts';
import type {
  Abandonment,
  BodySource,
  BodyWriter,
  Store,
  StoredEntry,
  StoreStats,
} from './store.ts';
import { uriPartsOf } from './uri-parts.ts';
import { isReached, uriPrefixOf, type UriPrefix } from './uri-prefix.ts';

const MIB = 1024 * 1024;

/** Fewer marks than this are not worth forgetting: a fetch that is older than what was forgotten cannot be stored. */
const FEW_MARKS = 1024;

const CLOSED: Abandonment = { code: 'store-failed', message: 'the store is closed' };

export interface MemoryStoreOptions {
  /**
   * What all entries take in memory: body, header, key, tags and about 1 KB each beside (see
   * `heldBytesOf`). Default 512 MiB. Bodies on their way may take as much again.
   */
  readonly maxBytes?: number;
  /** Default 1 000 000. */
  readonly maxEntries?: number;
  /** Longer bodies are passed on, not stored. Default: an eighth of `maxBytes`. */
  readonly maxBodyBytes?: number;
  /** Responses under one key, the oldest out first. Default 64. */
  readonly maxVariantsPerKey?: number;
  /** Purges remembered before a purge sweeps at once. Default 100 000. */
  readonly maxMarks?: number;
  /** What remembered purges may take in memory, beside `maxBytes`: more are swept at once. Default 32 MiB. */
  readonly maxMarkBytes?: number;
  /** Real time without progress after which a reader that holds up others is let go. Default 10 000. */
  readonly stallMs?: number;
}

/** Everything in this process; gone when it ends. */
export function createMemoryStore(options: MemoryStoreOptions = {}): Store {
  return new MemoryStore(options);
}

class MemoryStore implements Store {
  readonly #limits: Required<MemoryStoreOptions>;
  readonly #ledger = new PurgeLedger();
  readonly #index: MemoryIndex;
  readonly #shared = new SharedValues();
  /** Bodies of the records that callers made: what they committed, and what they updated to. */
  readonly #bodies = new WeakMap<StoredResponse, MemorySegments>();
  /** Responses whose bodies are on their way. */
  readonly #growing = new Set<StoredResponse>();
  #growingBytes = 0;
  #sweptSeq = 0;
  #isClosed = false;

  constructor({
    maxBytes = 512 * MIB,
    maxEntries = 1_000_000,
    maxBodyBytes = Math.floor(maxBytes / 8),
    maxVariantsPerKey = 64,
    maxMarks = 100_000,
    maxMarkBytes = 32 * MIB,
    stallMs = 10_000,
  }: MemoryStoreOptions) {
    this.#limits = {
      maxBytes,
      maxEntries,
      maxBodyBytes,
      maxVariantsPerKey,
      maxMarks,
      maxMarkBytes,
      stallMs,
    };
    this.#index = new MemoryIndex({
      ledger: this.#ledger,
      maxBytes,
      maxEntries,
      maxVariantsPerKey,
    });
  }

  find(primaryKey: string, fields: FieldReader): Found {
    return this.#index.find(primaryKey, fields);
  }

  peek(primaryKey: string, fields: FieldReader): Found {
    return this.#index.peek(primaryKey, fields);
  }

  begin(response: StoredResponse): BodyWriter {
    const abandoned = this.#refusalOf(response);
    if (abandoned === undefined) this.#growing.add(response);
    return new GrowingBody({
      keeper: this.#keeperOf(response),
      stallMs: this.#limits.stallMs,
      abandoned,
    });
  }

  /** What is clear before the first byte. */
  #refusalOf(response: StoredResponse): Abandonment | undefined {
    if (this.#isClosed) return CLOSED;
    return this.#tooLarge(response, 0);
  }

  #tooLarge(response: StoredResponse, bodyBytes: number): Abandonment | undefined {
    const { maxBytes, maxBodyBytes } = this.#limits;
    const leftBytes = maxBytes - heldBytesOf(response);
    if (leftBytes < 0) {
      return { code: 'too-large', message: `the header and key are over ${maxBytes} bytes` };
    }
    const limitBytes = Math.min(maxBodyBytes, leftBytes);
    if (bodyBytes <= limitBytes) return undefined;
    return { code: 'too-large', message: `the body is over the limit of ${limitBytes} bytes` };
  }

  #keeperOf(response: StoredResponse): BodyKeeper {
    return {
      admit: (keptBytes, chunkBytes) => {
        const refusal =
          this.#tooLarge(response, keptBytes + chunkBytes) ?? this.#noRoomFor(chunkBytes);
        if (refusal === undefined) this.#growingBytes += chunkBytes;
        return refusal;
      },
      commit: (segments, { trailers, incomplete }) =>
        this.#commit(incomplete ?? response, segments, trailers),
      release: (keptBytes) => {
        this.#growing.delete(response);
        this.#growingBytes -= keptBytes;
      },
    };
  }

  #noRoomFor(chunkBytes: number): Abandonment | undefined {
    if (this.#isClosed) return CLOSED;
    const { maxBytes } = this.#limits;
    if (this.#growingBytes + chunkBytes <= maxBytes) return undefined;
    const message = `bodies on their way would take more than ${maxBytes} bytes`;
    return { code: 'store-failed', message };
  }

  #commit(
    response: StoredResponse,
    segments: readonly ArrayBuffer[],
    trailers: FieldLines,
  ): boolean {
    if (this.#isClosed) return false;
    const [only] = segments;
    const kept = only !== undefined && segments.length === 1 ? only : segments;
    const record = new MemoryResponse({ ...response, trailers }, kept, this.#shared);
    if (!this.#index.insert(record, record.fetchedSeq)) return false;
    this.#bodies.set(response, kept);
    return true;
  }

  update(old: StoredResponse, updated: StoredResponse): boolean {
    const entry = this.#entryOf(old);
    const segments = this.#segmentsOf(old);
    if (entry === undefined || segments === undefined) return false;
    // What was purged since the 304 was asked for is no longer known.
    if (updated.validatedSeq < this.#ledger.forgottenSeq) return false;
    const record = new MemoryResponse(updated, segments, this.#shared);
    if (!this.#index.insert(record, this.#ledger.forgottenSeq)) {
      // A label or a variance that the 304 brought puts the body within reach of an earlier purge.
      this.#index.remove(entry);
      return false;
    }
    // A 304 that changes Vary moves the response to another place.
    if (this.#index.at(old) === entry) this.#index.remove(entry);
    this.#bodies.set(updated, segments);
    return true;
  }

  open(response: StoredResponse): BodySource | undefined {
    const segments = this.#segmentsOf(response);
    if (segments === undefined || this.#entryOf(response) === undefined) return undefined;
    return new SegmentedBody(segments instanceof ArrayBuffer ? [segments] : segments);
  }

  remove(response: StoredResponse): void {
    const entry = this.#entryOf(response);
    if (entry !== undefined) this.#index.remove(entry);
  }

  /** The live entry that holds the body of this response, perhaps under newer metadata. */
  #entryOf(response: StoredResponse): IndexEntry | undefined {
    const segments = this.#segmentsOf(response);
    if (segments === undefined) return undefined;
    const entry = this.#index.at(response);
    if (entry === undefined) return undefined;
    return MemoryResponse.segmentsOf(entry.response) === segments ? entry : undefined;
  }

  #segmentsOf(response: StoredResponse): MemorySegments | undefined {
    return MemoryResponse.segmentsOf(response) ?? this.#bodies.get(response);
  }

  get sequence(): number {
    return this.#ledger.sequence;
  }

  purge(purges: readonly Purge[], nowMs: number): number {
    const sequence = this.#ledger.purge(purges, nowMs);
    if (this.#hasTooManyMarks) this.sweep();
    return sequence;
  }

  isPurgedSince(response: StoredResponse, by: 'hard' | 'any' = 'hard'): boolean {
    if (this.#entryOf(response) !== undefined) return false;
    const { kind } = this.#ledger.check(response, response.fetchedSeq);
    return kind === 'gone' || (kind === 'soft' && by === 'any');
  }

  entries({ prefix, limit }: { readonly prefix?: string; readonly limit: number }): StoredEntry[] {
    const uriPrefix = prefix === undefined ? undefined : uriPrefixOf(prefix);
    if (prefix !== undefined && uriPrefix === undefined) return [];
    const found: StoredEntry[] = [];
    for (const entry of this.#index.live()) {
      if (found.length >= limit) break;
      const isWanted = uriPrefix === undefined || isUnder(entry.response, uriPrefix);
      if (isWanted) found.push(entry.toCandidate());
    }
    return found;
  }

  stats(): StoreStats {
    if (this.#sweptSeq !== this.#ledger.sequence) this.sweep();
    const { entryCount, bytes, evictions } = this.#index;
    const { maxBytes, maxEntries } = this.#limits;
    return { kind: 'memory', entries: entryCount, bytes, maxBytes, maxEntries, evictions };
  }

  sweep(): void {
    let oldestSeq = this.#ledger.sequence;
    for (const { response } of this.#index.live()) {
      oldestSeq = Math.min(oldestSeq, response.fetchedSeq);
    }
    for (const { fetchedSeq } of this.#growing) oldestSeq = Math.min(oldestSeq, fetchedSeq);
    this.#sweptSeq = this.#ledger.sequence;
    if (this.#ledger.markCount > FEW_MARKS || this.#hasTooManyMarks) this.#ledger.forget(oldestSeq);
    // Old entries may keep any number of marks alive. All entries were checked just now, so the marks
    // matter only to what is being fetched, and that can be fetched again.
    if (this.#hasTooManyMarks) this.#ledger.forget(this.#sweptSeq);
  }

  get #hasTooManyMarks(): boolean {
    const { maxMarks, maxMarkBytes } = this.#limits;
    return this.#ledger.markCount > maxMarks || this.#ledger.markBytes > maxMarkBytes;
  }

  close(): Promise<void> {
    this.#isClosed = true;
    this.#index.clear();
    return Promise.resolve();
  }
}

function isUnder({ primaryKey, variance }: StoredResponse, prefix: UriPrefix): boolean {
  const uri = uriPartsOf(uriOfKey(primaryKey));
  return uri !== undefined && isReached(uri, { prefix, answersOthers: variance !== null });
}
