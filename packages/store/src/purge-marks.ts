/** What one remembered purge takes in memory beside the text of its selector, in round figures. */
const MARK_BYTES = 384;

/** What a ledger remembers, over all of its tables. */
export class MarkTally {
  /** Purges. */
  count = 0;
  /** Characters of their selectors. */
  textLength = 0;

  /** What they take in memory, at a byte per character. */
  get bytes(): number {
    return this.count * MARK_BYTES + this.textLength;
  }
}

/**
 * The purges of one selector. A hard purge makes the soft ones before it pointless: whoever was
 * reached by those is gone. Soft ones are all kept, because what was validated between two of them is
 * stale since the second only.
 */
export class PurgeMark {
  #hardSeq = 0;
  readonly #soft: { readonly seq: number; readonly atMs: number }[] = [];

  get hardSeq(): number {
    return this.#hardSeq;
  }

  /** How many purges are remembered. */
  get count(): number {
    return (this.#hardSeq > 0 ? 1 : 0) + this.#soft.length;
  }

  add(seq: number, softAtMs: number | undefined): void {
    if (softAtMs !== undefined) {
      this.#soft.push({ seq, atMs: softAtMs });
      return;
    }
    this.#hardSeq = seq;
    this.#soft.length = 0;
  }

  /** The first soft purge after `seq`. */
  firstSoftAfter(seq: number): { readonly seq: number; readonly atMs: number } | undefined {
    const last = this.#soft.at(-1);
    if (last === undefined || last.seq <= seq) return undefined;
    return this.#soft.find((mark) => mark.seq > seq);
  }

  /** Drops purges up to and including `seq`. */
  forget(seq: number): void {
    if (this.#hardSeq <= seq) this.#hardSeq = 0;
    const kept = this.#soft.findIndex((mark) => mark.seq > seq);
    this.#soft.splice(0, kept === -1 ? this.#soft.length : kept);
  }
}

/** The marks of all selectors of one kind: one look-up per value. */
export class MarkTable {
  readonly #marks = new Map<string, PurgeMark>();
  readonly #tally: MarkTally;
  #newestSeq = 0;

  constructor(tally: MarkTally) {
    this.#tally = tally;
  }

  /** Sequence of the latest purge here: whoever was checked since needs no look-up. */
  get newestSeq(): number {
    return this.#newestSeq;
  }

  get(value: string): PurgeMark | undefined {
    return this.#marks.get(value);
  }

  get isEmpty(): boolean {
    return this.#marks.size === 0;
  }

  add(value: string, seq: number, softAtMs: number | undefined): void {
    let mark = this.#marks.get(value);
    if (mark === undefined) {
      this.#marks.set(value, (mark = new PurgeMark()));
      this.#tally.textLength += value.length;
    }
    const before = mark.count;
    mark.add(seq, softAtMs);
    this.#newestSeq = seq;
    this.#tally.count += mark.count - before;
  }

  /** Drops purges up to and including `seq`. */
  forget(seq: number): void {
    for (const [value, mark] of this.#marks) {
      const before = mark.count;
      mark.forget(seq);
      this.#tally.count += mark.count - before;
      if (mark.count > 0) continue;
      this.#marks.delete(value);
      this.#tally.textLength -= value.length;
    }
  }
}
