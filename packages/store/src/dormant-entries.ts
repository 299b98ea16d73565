import type { StoredEntry } from './store.ts';
import type { UriPrefix } from './uri-prefix.ts';

/**
 * Entries of an earlier process that nobody has asked for since: they lie in a tier, and the index
 * does not hold them. Their numbers are right at once; each is looked at only when somebody asks.
 * All of them were used before anything that the index holds.
 */
export interface DormantEntries {
  readonly count: number;
  /** Body and header bytes. */
  readonly bytes: number;
  /** As `heldBytes` of `IndexEntry.sizes`. */
  readonly heldBytes: number;
  /** Removes the one not used for longest. `dead`: a purge had reached it, so it is no eviction. */
  evictOldest(): 'evicted' | 'dead' | 'none';
  /** Drops what purges have reached since the last sweep. */
  sweep(): void;
  /** The least `fetchedSeq` of all; Infinity without any. */
  oldestSeq(): number;
  /** Live ones, the most recently used first. */
  list(options: { readonly prefix: UriPrefix | undefined; readonly limit: number }): StoredEntry[];
}
