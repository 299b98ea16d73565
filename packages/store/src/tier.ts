import type { Purge } from '@poplet/policy';

import type { DormantEntries } from './dormant-entries.ts';
import type { StoredRecord } from './stored-record.ts';

/**
 * What lies behind the index and outlives it: metadata as records, bodies as segments, purges. The
 * store in front of it decides what is stored and what goes; a tier keeps it. Nothing here blocks on
 * the network or on a body; what is durable, and when, each member says.
 */
export interface Tier {
  readonly kind: string;
  readonly segments: SegmentStore;
  /** What no `load` has handed out yet, where the tier belongs to this process alone. */
  readonly dormant: DormantEntries | undefined;
  /** A name that no record of this tier has had. Later ones compare greater. */
  nextId(): number;
  /**
   * The records that a request for this key may select and that were not handed out yet, oldest first.
   * Undefined where it is known at once that there are none.
   */
  load(primaryKey: string): Promise<readonly NamedRecord[]> | undefined;
  /**
   * Durable when it resolves. Its segments must be in place; it has a share in each of them from then
   * on. The record is asked for when it is written; undefined: it was dropped by then, and nothing is.
   */
  put(id: number, record: () => StoredRecord | undefined): Promise<void>;
  /** Forgets a record, soon; segments without a share are removed. */
  drop(id: number): void;
  /** Records in the order in which they were used. */
  touch(ids: Iterable<number>): void;
  /** A purge has taken effect in memory. Durable when it returns, or `settled` resolves. */
  savePurge(purges: readonly Purge[], sequence: number, nowMs: number): void;
  /** Purges up to `seq` need not be remembered. With `checked`, since every record was checked: these were found alive. */
  saveForgotten(seq: number, checked: Iterable<CheckedRecord> | undefined): void;
  /** Whether an error says that there is no room. */
  isFull(error: unknown): boolean;
  /** Resolves when everything dropped or touched so far is in place. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

export interface NamedRecord {
  readonly id: number;
  readonly record: StoredRecord;
}

export interface CheckedRecord {
  readonly id: number;
  /** Virtual instant of the soft purge that made it stale. */
  readonly softPurgedAtMs: number | undefined;
}

/** A segment by its digest. */
export interface SegmentName {
  readonly integrity: string;
  readonly lengthBytes: number;
}

/** Stretches of at most 1 MiB, addressed by their digest: equal ones are one. Any of it may throw StoreError `unreachable`. */
export interface SegmentStore {
  /** Resolves to its integrity (SRI) when it can be read back. It is pinned. */
  write(bytes: Uint8Array): Promise<string>;
  /** Verified. Throws StoreError `corrupt`. */
  read(segment: SegmentName): Promise<Uint8Array>;
  /** Until `unpin` it stays, although no record has a share in it. */
  pin(integrity: string): void;
  unpin(integrity: string): void;
}
