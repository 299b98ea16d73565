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
  #newestSeq = 0;

  /** Sequence of the latest purge here: whoever was checked since needs no look-up. */
  get newestSeq(): number {
    return this.#newestSeq;
  }

  get(value: string): PurgeMark | undefined {
    return this.#marks.get(value);
  }

  /** Returns by how much the number of remembered purges changed. */
  add(value: string, seq: number, softAtMs: number | undefined): number {
    let mark = this.#marks.get(value);
    if (mark === undefined) this.#marks.set(value, (mark = new PurgeMark()));
    const before = mark.count;
    mark.add(seq, softAtMs);
    this.#newestSeq = seq;
    return mark.count - before;
  }

  /** Drops purges up to and including `seq`; returns how many are left. */
  forget(seq: number): number {
    let left = 0;
    for (const [value, mark] of this.#marks) {
      mark.forget(seq);
      if (mark.count === 0) this.#marks.delete(value);
      left += mark.count;
    }
    return left;
  }
}
