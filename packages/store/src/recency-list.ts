/** What a recency list links together. Both links belong to the list. */
export interface Recent<T> {
  newer: T | undefined;
  older: T | undefined;
}

/**
 * A doubly linked list through the entries themselves. lru-cache was not used: it wants a key of its
 * own per entry, and an entry here is one variant of a key, found through the key's rules; a second
 * map of composite keys would cost more memory than the two links.
 */
export class RecencyList<T extends Recent<T>> {
  #newest: T | undefined;
  #oldest: T | undefined;

  get oldest(): T | undefined {
    return this.#oldest;
  }

  add(entry: T): void {
    entry.older = this.#newest;
    if (this.#newest === undefined) this.#oldest = entry;
    else this.#newest.newer = entry;
    this.#newest = entry;
  }

  remove(entry: T): void {
    if (entry.newer === undefined) this.#newest = entry.older;
    else entry.newer.older = entry.older;
    if (entry.older === undefined) this.#oldest = entry.newer;
    else entry.older.newer = entry.newer;
    entry.newer = undefined;
    entry.older = undefined;
  }

  /** Makes the entry the newest. */
  touch(entry: T): void {
    if (entry === this.#newest) return;
    this.remove(entry);
    this.add(entry);
  }

  /** Newest first. The entry at hand may be removed meanwhile. */
  *[Symbol.iterator](): Generator<T, void, undefined> {
    for (let entry = this.#newest; entry !== undefined;) {
      const { older }: Recent<T> = entry;
      yield entry;
      entry = older;
    }
  }
}
