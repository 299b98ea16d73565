import type {
  Coding,
  FieldLines,
  FieldReader,
  Found,
  Purge,
  StoredCoding,
  StoredResponse,
} from '@poplet/policy';

import type { DormantEntries } from './dormant-entries.ts';
import { GrowingBody, type BodyKeeper } from './growing-body.ts';
import { bodiesBytesOf, heldBytesOf } from './held-bytes.ts';
import type { IndexEntry } from './index-entry.ts';
import { compacted, IndexedResponse, SharedValues } from './indexed-response.ts';
import { MemoryIndex } from './memory-index.ts';
import { PurgeLedger } from './purge-ledger.ts';
import { SegmentBuffer } from './segment-buffer.ts';
import type {
  Abandonment,
  BodySource,
  BodyWriter,
  Refetch,
  Store,
  StoredEntry,
  StoreStats,
} from './store.ts';
import { isUnder, uriPrefixOf } from './uri-prefix.ts';

const MIB = 1024 * 1024;

/** Fewer marks than this are not worth forgetting: a fetch that is older than what was forgotten cannot be stored. */
const FEW_MARKS = 1024;

const CLOSED: Abandonment = { code: 'store-failed', message: 'the store is closed' };

/** What every store can be told. */
export interface StoreLimits {
  /**
   * What all entries take: body, header, key, tags and about 1 KB each beside (see `heldBytesOf`).
   * Bodies on their way may take as much again.
   */
  readonly maxBytes?: number | undefined;
  readonly maxEntries?: number | undefined;
  /** Longer bodies are passed on, not stored. Default: an eighth of `maxBytes`. */
  readonly maxBodyBytes?: number | undefined;
  /** Responses under one key, the oldest out first. Default 64. */
  readonly maxVariantsPerKey?: number | undefined;
  /** Purges remembered before a purge sweeps at once. Default 100 000. */
  readonly maxMarks?: number | undefined;
  /** What remembered purges may take in memory, beside `maxBytes`: more are swept at once. Default 32 MiB. */
  readonly maxMarkBytes?: number | undefined;
  /** Real time without progress after which a reader that holds up others is let go. Default 10 000. */
  readonly stallMs?: number | undefined;
}

interface IndexedStoreOptions {
  readonly limits: StoreLimits & { readonly maxBytes: number; readonly maxEntries: number };
  readonly ledger: PurgeLedger;
  readonly dormant?: DormantEntries | undefined;
}

/** A body that has ended: what was kept of it in memory, after what its keeper took while it grew. */
export interface EndedBody<Piece> {
  readonly response: StoredResponse;
  readonly trailers: FieldLines;
  readonly pieces: readonly Piece[];
  readonly rest: readonly ArrayBuffer[];
}

/** A body in another coding: all of it, in segments of which all but the last are full. */
export interface CodedContent {
  readonly coding: Coding;
  readonly segments: readonly ArrayBuffer[];
}

/**
 * What all stores have in common: the index in memory, the purge ledger, the bounds. Where the bodies
 * lie, and what outlives the process, is for each of them to say.
 */
export abstract class IndexedStore<Body extends object, Piece = never> implements Store {
  protected readonly limits: Required<{
    readonly [Name in keyof StoreLimits]: NonNullable<StoreLimits[Name]>;
  }>;
  protected readonly ledger: PurgeLedger;
  protected readonly index: MemoryIndex;
  protected isClosed = false;
  readonly #dormant: DormantEntries | undefined;
  readonly #shared = new SharedValues();
  /** Bodies of the records that callers made: what they committed, and what they updated to. */
  readonly #bodies = new WeakMap<StoredResponse, Body>();
  /** Responses whose bodies are on their way. */
  readonly #growing = new Set<StoredResponse>();
  #growingBytes = 0;
  #sweptSeq: number;
  #onPurged: (() => void) | undefined;

  constructor({ limits, ledger, dormant }: IndexedStoreOptions) {
    this.limits = {
      maxBytes: limits.maxBytes,
      maxEntries: limits.maxEntries,
      maxBodyBytes: limits.maxBodyBytes ?? Math.floor(limits.maxBytes / 8),
      maxVariantsPerKey: limits.maxVariantsPerKey ?? 64,
      maxMarks: limits.maxMarks ?? 100_000,
      maxMarkBytes: limits.maxMarkBytes ?? 32 * MIB,
      stallMs: limits.stallMs ?? 10_000,
    };
    this.ledger = ledger;
    this.#dormant = dormant;
    // Without purges that are remembered nobody can be dead.
    this.#sweptSeq = ledger.markCount === 0 ? ledger.sequence : 0;
    this.index = new MemoryIndex({
      ledger,
      maxBytes: this.limits.maxBytes,
      maxEntries: this.limits.maxEntries,
      maxVariantsPerKey: this.limits.maxVariantsPerKey,
      dormant,
      onForgotten: ({ body }) => this.left(body as Body),
    });
  }

  protected abstract readonly kind: string;
  protected abstract sourceOf(
    body: Body,
    response: StoredResponse,
    refetch: Refetch | undefined,
  ): BodySource;
  /** Stores a body that has ended; whether the response is visible now. */
  protected abstract keep(body: EndedBody<Piece>): boolean | Promise<boolean>;
  /** The codings that are kept beside a body. */
  protected abstract codingsOf(body: Body): readonly StoredCoding[];
  protected abstract codingSourceOf(
    body: Body,
    response: StoredResponse,
    coding: Coding,
  ): BodySource | undefined;
  /** Keeps another coding of a body; whether `codingsOf` names it from now on. */
  protected abstract keepCoding(
    body: Body,
    response: StoredResponse,
    coded: CodedContent,
  ): boolean | Promise<boolean>;
  /** Takes finished pieces of a body that is growing; undefined where they stay in memory. */
  protected abstract spillOf(response: StoredResponse): BodyKeeper<Piece>['spill'];

  /** An entry around this body is about to be made. */
  protected entered(_body: Body): void {}

  /** An entry around this body was forgotten; another may hold it. */
  protected left(_body: Body): void {}

  /** New metadata stands around a body. */
  protected updated(_record: StoredResponse, _body: Body): void {}

  /** A purge has just taken effect. */
  protected purged(_purges: readonly Purge[], _sequence: number, _nowMs: number): void {}

  /** Drops the marks up to `seq`. `checked`: everything stored was checked by then. */
  protected forget(seq: number, _checked: 'checked' | 'not-needed'): void {
    this.ledger.forget(seq);
  }

  find(primaryKey: string, fields: FieldReader): Found {
    return this.index.find(primaryKey, fields);
  }

  peek(primaryKey: string, fields: FieldReader): Found {
    return this.index.peek(primaryKey, fields);
  }

  begin(response: StoredResponse): BodyWriter {
    const abandoned = this.#refusalOf(response);
    if (abandoned === undefined) this.#growing.add(response);
    return new GrowingBody({
      keeper: this.#keeperOf(response),
      stallMs: this.limits.stallMs,
      abandoned,
    });
  }

  /** What is clear before the first byte. */
  #refusalOf(response: StoredResponse): Abandonment | undefined {
    if (this.isClosed) return CLOSED;
    return this.#tooLarge(response, 0);
  }

  #tooLarge(response: StoredResponse, bodyBytes: number): Abandonment | undefined {
    const { maxBytes, maxBodyBytes } = this.limits;
    const leftBytes = maxBytes - heldBytesOf(response);
    if (leftBytes < 0) {
      return { code: 'too-large', message: `the header and key are over ${maxBytes} bytes` };
    }
    const limitBytes = Math.min(maxBodyBytes, leftBytes);
    if (bodyBytes <= limitBytes) return undefined;
    return { code: 'too-large', message: `the body is over the limit of ${limitBytes} bytes` };
  }

  #keeperOf(response: StoredResponse): BodyKeeper<Piece> {
    return {
      admit: (keptBytes, chunkBytes) => {
        const refusal =
          this.#tooLarge(response, keptBytes + chunkBytes) ?? this.#noRoomFor(chunkBytes);
        if (refusal === undefined) this.#growingBytes += chunkBytes;
        return refusal;
      },
      spill: this.spillOf(response),
      commit: (rest, { trailers, incomplete, pieces }) =>
        this.isClosed
          ? false
          : this.keep({ response: incomplete ?? response, trailers, pieces, rest }),
      release: (keptBytes) => {
        this.#growing.delete(response);
        this.#growingBytes -= keptBytes;
      },
    };
  }

  #noRoomFor(chunkBytes: number): Abandonment | undefined {
    if (this.isClosed) return CLOSED;
    const { maxBytes } = this.limits;
    if (this.#growingBytes + chunkBytes <= maxBytes) return undefined;
    const message = `bodies on their way would take more than ${maxBytes} bytes`;
    return { code: 'store-failed', message };
  }

  /** The record of a response as the index keeps it. `bodyBytes` of the response must be those of the body. */
  protected recordOf(response: StoredResponse, body: Body): IndexedResponse {
    const codings = this.codingsOf(body);
    return new IndexedResponse({ ...compacted(response, this.#shared), codings }, body);
  }

  /** Puts a record in its place; `as` is what the caller of `begin` or `update` knows it by. */
  protected place(record: IndexedResponse, { as, checkedSeq, softPurgedAtMs }: Placing): boolean {
    const body = this.bodyOf(record) as Body;
    this.entered(body);
    if (!this.index.insert(record, checkedSeq, softPurgedAtMs)) {
      this.left(body);
      return false;
    }
    if (as !== undefined) this.#bodies.set(as, body);
    return true;
  }

  update(old: StoredResponse, updated: StoredResponse): boolean {
    const entry = this.entryOf(old);
    const body = this.bodyOf(old);
    if (entry === undefined || body === undefined) return false;
    const { forgottenSeq } = this.ledger;
    // What was purged since the 304 was asked for is no longer known.
    if (updated.validatedSeq < forgottenSeq) return false;
    const { bodyBytes } = entry.response;
    const record = this.recordOf({ ...updated, bodyBytes }, body);
    if (!this.place(record, { as: updated, checkedSeq: forgottenSeq })) {
      // A label or a variance that the 304 brought puts the body within reach of an earlier purge.
      this.index.remove(entry);
      return false;
    }
    // A 304 that changes Vary moves the response to another place.
    if (this.index.at(old) === entry) this.index.remove(entry);
    this.updated(record, body);
    return true;
  }

  open(response: StoredResponse, refetch?: Refetch): BodySource | undefined {
    const body = this.bodyOf(response);
    if (body === undefined || this.entryOf(response) === undefined) return undefined;
    return this.sourceOf(body, response, refetch);
  }

  async addCoding(response: StoredResponse, coding: Coding, content: Uint8Array): Promise<boolean> {
    const body = this.bodyOf(response);
    if (body === undefined || !this.#mayAddCoding(response, body, content.length)) return false;
    if (this.#hasCoding(body, coding)) return false;
    const buffer = new SegmentBuffer();
    buffer.append(content);
    if (!(await this.keepCoding(body, response, { coding, segments: buffer.seal() }))) return false;
    const entry = this.entryOf(response);
    if (entry === undefined) return false;
    this.index.rewrite(entry, this.recordOf(entry.response, body));
    return this.entryOf(response) === entry;
  }

  #mayAddCoding(response: StoredResponse, body: Body, bodyBytes: number): boolean {
    const entry = this.entryOf(response);
    if (this.isClosed || entry === undefined || entry.response.part !== null) return false;
    const codings = this.codingsOf(body);
    const heldBytes = bodiesBytesOf({ bodyBytes: entry.response.bodyBytes, codings });
    return (
      bodyBytes <= this.limits.maxBodyBytes &&
      heldBytes + bodyBytes <= this.limits.maxBytes - heldBytesOf(response)
    );
  }

  #hasCoding(body: Body, coding: Coding): boolean {
    return this.codingsOf(body).some((one) => one.coding === coding);
  }

  openCoding(response: StoredResponse, coding: Coding): BodySource | undefined {
    const body = this.bodyOf(response);
    if (body === undefined || this.entryOf(response) === undefined) return undefined;
    return this.codingSourceOf(body, response, coding);
  }

  remove(response: StoredResponse): void {
    const entry = this.entryOf(response);
    if (entry !== undefined) this.index.remove(entry);
  }

  /** The live entry that holds the body of this response, perhaps under newer metadata. */
  protected entryOf(response: StoredResponse): IndexEntry | undefined {
    const body = this.bodyOf(response);
    if (body === undefined) return undefined;
    const entry = this.index.at(response);
    if (entry === undefined) return undefined;
    return entry.body === body ? entry : undefined;
  }

  protected bodyOf(response: StoredResponse): Body | undefined {
    // What another store's index holds is found in no place of this one.
    return (IndexedResponse.bodyOf(response) as Body | undefined) ?? this.#bodies.get(response);
  }

  get sequence(): number {
    return this.ledger.sequence;
  }

  protected tellOfChanges(listener: (primaryKey: string | undefined) => void): void {
    this.#onPurged = () => listener(undefined);
    this.index.onChanged(listener);
  }

  abstract purge(purges: readonly Purge[], nowMs: number): number | Promise<number>;

  /** A purge that nobody else has to be told of. */
  protected purgeHere(purges: readonly Purge[], nowMs: number): number {
    const sequence = this.ledger.purge(purges, nowMs);
    this.#onPurged?.();
    if (purges.length > 0) this.purged(purges, sequence, nowMs);
    if (this.#hasTooManyMarks) this.sweep();
    return sequence;
  }

  isPurgedSince(response: StoredResponse, by: 'hard' | 'any' = 'hard'): boolean {
    if (this.entryOf(response) !== undefined) return false;
    const { kind } = this.ledger.check(response, response.fetchedSeq);
    return kind === 'gone' || (kind === 'soft' && by === 'any');
  }

  entries({ prefix, limit }: { readonly prefix?: string; readonly limit: number }): StoredEntry[] {
    const uriPrefix = prefix === undefined ? undefined : uriPrefixOf(prefix);
    if (prefix !== undefined && uriPrefix === undefined) return [];
    const found: StoredEntry[] = [];
    for (const entry of this.index.live()) {
      if (found.length >= limit) break;
      const isWanted = uriPrefix === undefined || isUnder(entry, uriPrefix);
      if (!isWanted) continue;
      found.push({ response: entry.response, softPurgedAtMs: entry.softPurgedAtMs });
    }
    if (this.#dormant === undefined || found.length >= limit) return found;
    return [...found, ...this.#dormant.list({ prefix: uriPrefix, limit: limit - found.length })];
  }

  stats(): StoreStats {
    if (this.#sweptSeq !== this.ledger.sequence) this.sweep();
    const { entryCount, bytes, evictions } = this.index;
    const { maxBytes, maxEntries, maxBodyBytes } = this.limits;
    return {
      kind: this.kind,
      entries: entryCount + (this.#dormant?.count ?? 0),
      bytes: bytes + (this.#dormant?.bytes ?? 0),
      maxBytes,
      maxEntries,
      maxBodyBytes,
      evictions,
    };
  }

  sweep(): void {
    this.#dormant?.sweep();
    let oldestSeq = this.ledger.sequence;
    for (const { fetchedSeq } of this.index.live()) {
      oldestSeq = Math.min(oldestSeq, fetchedSeq);
    }
    for (const { fetchedSeq } of this.#growing) oldestSeq = Math.min(oldestSeq, fetchedSeq);
    this.#sweptSeq = this.ledger.sequence;
    if (this.ledger.markCount > FEW_MARKS || this.#hasTooManyMarks) {
      this.forget(Math.min(oldestSeq, this.#dormant?.oldestSeq() ?? Infinity), 'not-needed');
    }
    // Old entries may keep any number of marks alive. All entries were checked just now, so the marks
    // matter only to what is being fetched, and that can be fetched again.
    if (this.#hasTooManyMarks) this.forget(this.#sweptSeq, 'checked');
  }

  get #hasTooManyMarks(): boolean {
    const { maxMarks, maxMarkBytes } = this.limits;
    return this.ledger.markCount > maxMarks || this.ledger.markBytes > maxMarkBytes;
  }

  abstract close(): Promise<void>;
}

interface Placing {
  readonly as?: StoredResponse;
  /** As in `PurgeLedger.check`. */
  readonly checkedSeq: number;
  readonly softPurgedAtMs?: number | undefined;
}
