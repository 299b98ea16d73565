import type { IndexEntry } from './index-entry.ts';

/** Of a million: more would be noticed in memory, fewer in the time that hits take. */
const MAX_WARM = 8192;

/** Entries whose responses were made last: those are kept whole, so that they are the same ones for as long as they are in use. They leave in turn. */
export class WarmResponses {
  readonly #entries: IndexEntry[] = [];
  #next = 0;

  /** Has the response of this entry kept. */
  keep(entry: IndexEntry): void {
    this.#entries[this.#next]?.cool();
    this.#entries[this.#next] = entry;
    this.#next = (this.#next + 1) % MAX_WARM;
  }
}
