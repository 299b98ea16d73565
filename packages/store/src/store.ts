import type {
  Coding,
  FieldLines,
  Found,
  IncomingFields,
  Purge,
  StoredResponse,
} from '@poplet/policy';

import type { SharedClock } from './remote/shared-clock.ts';

/**
 * Where responses live. One interface for memory, disk and remote stores, and one contract suite
 * (`test/contract.ts`) that each must pass.
 *
 * The index is synchronous and always in memory; `load` asks the slower tiers on an index miss and is
 * absent where there are none.
 */
export interface Store {
  /**
   * The live responses that the selection rules under a key point at for these request fields. Marks
   * them as recently used. `siblings` (at most 16, newest first) may be gathered only when read.
   */
  find(primaryKey: string, fields: IncomingFields): Found;
  /** As `find`, of the index alone, and nothing is marked as used: for whoever only looks. */
  peek(primaryKey: string, fields: IncomingFields): Found;
  /**
   * Brings what slower tiers know of a key into the index. Resolves to whether anything came; undefined
   * where it is known at once that nothing can.
   */
  load?(primaryKey: string): Promise<boolean> | undefined;
  /**
   * Starts writing a response. Nothing is visible to `find` before `commit`; until then readers may
   * follow the writer itself. Never throws: a full or broken store makes a writer that is `abandoned`.
   */
  begin(response: StoredResponse): BodyWriter;
  /**
   * Puts new metadata (a 304's) around the body of `old`. False when that body is no longer stored:
   * replaced, evicted, or hard-purged, before the 304 was asked for or since.
   */
  update(old: StoredResponse, updated: StoredResponse): boolean;
  /**
   * The body of a stored response, by any record of it: as `find` gave it, as it was committed, as it
   * was updated from or to. Undefined when that body was replaced, evicted or hard-purged meanwhile;
   * who has opened it before may finish. Segments are verified before their first byte is handed out.
   * Where one that follows others proves damaged, `refetch` may bring its bytes: they are used if they
   * are the ones that were stored, and stored again.
   */
  open(response: StoredResponse, refetch?: Refetch): BodySource | undefined;
  /**
   * Keeps the body of a stored response in another coding beside it: still one response, and whatever
   * becomes of it becomes of all its bodies; `codings` of what `find` gives tells of it. Resolves to whether
   * it is kept: not where that body is stored no longer or in part only, or there is no room.
   */
  addCoding(response: StoredResponse, coding: Coding, content: Uint8Array): Promise<boolean>;
  /** As `open`, in a coding that was added; undefined also where none was. */
  openCoding(response: StoredResponse, coding: Coding): BodySource | undefined;
  /** Does nothing when another body has taken its place. */
  remove(response: StoredResponse): void;

  /** The purge sequence now; what a fetch that begins now carries as `fetchedSeq`. */
  readonly sequence: number;
  /**
   * Applies at once, whatever the number of entries. Returns the new sequence. `nowMs` is virtual. A
   * promise where other edges have to be told: it holds for all once it resolves, and rejects with
   * StoreError `unreachable` when they cannot be told yet; then it holds here already.
   */
  purge(purges: readonly Purge[], nowMs: number): number | Promise<number>;
  /**
   * Whether a response on its way was purged since its fetch began (its `fetchedSeq`): by a hard purge
   * (then it cannot be stored), or with `any` also by a soft one.
   */
  isPurgedSince(response: StoredResponse, by?: 'hard' | 'any'): boolean;

  /**
   * Tells, before the call that does it returns, of everything by which `find` may give something else for
   * the same request: under one key, or, undefined, under any. For one listener. Absent where that depends
   * on more than what this store is told.
   */
  onChanged?(listener: (primaryKey: string | undefined) => void): void;
  /** Told when something was purged on another edge, or may have been; absent where there are no others. */
  onPurgedElsewhere?(listener: () => void): void;
  /** Whether what is stored is out of reach, so that nothing is found; absent where that cannot be. */
  readonly isAway?: boolean;
  /** Virtual time as other edges have it; absent where there are none. */
  readonly clock?: SharedClock;
  /** Longer bodies stay with this edge; absent where there are no others. */
  readonly maxSharedBodyBytes?: number;

  /** Live entries, most recently used first; with `prefix`, those that a purge of that prefix would reach. */
  entries(options: { readonly prefix?: string; readonly limit: number }): StoredEntry[];
  stats(): StoreStats;
  /** Reclaims the bytes of purged entries, and forgets purges older than the oldest live entry once they are many. Looks at every entry: for a background task. */
  sweep(): void;
  close(): Promise<void>;
}

/** A store that no other edge shares: what is purged is gone when `purge` returns. */
export interface LocalStore extends Store {
  purge(purges: readonly Purge[], nowMs: number): number;
}

/** Gets the bytes from `startByte` up to but not including `endByte` from elsewhere. Rejects where they cannot be had. */
export type Refetch = (startByte: number, endByte: number) => Promise<Uint8Array>;

export interface StoredEntry {
  readonly response: StoredResponse;
  /** Virtual instant of the soft purge that reached it, or undefined. */
  readonly softPurgedAtMs: number | undefined;
}

/** Counts of what is alive; the dead are never shown. */
export interface StoreStats {
  readonly kind: string;
  readonly entries: number;
  /** Body and header bytes of live entries: what was received and kept. */
  readonly bytes: number;
  /** Bound on what the store takes up, which is more than `bytes`: keys, tags and bookkeeping count too. */
  readonly maxBytes: number;
  readonly maxEntries: number;
  /** Longer bodies are not stored. */
  readonly maxBodyBytes: number;
  readonly evictions: number;
  /** Of a store that lies elsewhere. While it is `away` every request goes to the origin. */
  readonly connection?: 'connected' | 'away';
  /** Of a store that others share: longer bodies stay with the edge that fetched them. */
  readonly maxSharedBodyBytes?: number;
}

/** A body that is being written; also a source, so that others follow it while it grows. */
export interface BodyWriter extends BodySource {
  /**
   * Takes the chunk (and copies it); a promise resolves when there is room for more. After `abandoned`
   * it keeps only what the attached readers have yet to read, and waits for the slowest. Throws, or
   * rejects with, StoreError `no-readers` when nobody reads a body that is not kept; throws `closed`
   * after the end.
   */
  write(chunk: Uint8Array): Promise<void> | void;
  /**
   * The body is complete: the response becomes visible to `find`. False when it was abandoned, or
   * hard-purged since `fetchedSeq`; readers get the whole body either way.
   */
  commit(trailers: FieldLines): Promise<boolean>;
  /**
   * The body was cut off: readers get an error after the bytes received. Nothing is stored, or, with
   * `incomplete`, those bytes as that response: the one that was begun, recorded as incomplete.
   * Resolves to whether it was.
   */
  abort(error: Error, incomplete?: StoredResponse): Promise<boolean>;
  /** Set as soon as it is clear that nothing will be stored. */
  readonly abandoned: Abandonment | undefined;
}

/** Why a body is not kept: over a size limit, or the store failed or is closed. */
export interface Abandonment {
  readonly code: 'too-large' | 'store-failed';
  readonly message: string;
}

/**
 * Bytes that can be read, whole or in part, any number of times. A writer that is abandoned takes no
 * more readers once it has bytes: `read` throws StoreError `abandoned`.
 */
export interface BodySource {
  /** Whole length; undefined while a body of unknown length is growing. */
  readonly bodyBytes: number | undefined;
  /**
   * Brings the whole body here before anybody reads it; absent where it is here, or comes piece by
   * piece. Rejects with StoreError `corrupt` or `unreachable`.
   */
  prepare?(): Promise<void>;
  /** The whole body when it is complete, in memory and in one piece; else undefined. The fast way. */
  bytes(): Uint8Array | undefined;
  /** As `bytes`, of a stretch of it: undefined, or absent, where that is not in memory and in one piece. */
  slice?(startByte: number, endByte: number): Uint8Array | undefined;
  /** Bytes from `startByte` up to but not including `endByte` (to the end if undefined). Attaches at once, not at the first step; one consumer. Throws StoreError `corrupt` before handing out a byte that fails its check. Ending the iteration early releases the reader. */
  read(startByte: number, endByte: number | undefined): AsyncIterable<Uint8Array>;
}
