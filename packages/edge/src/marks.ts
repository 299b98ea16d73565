/** Keys marked at most; the oldest mark goes first. */
const MAX_MARKS = 10_000;

interface Mark {
  readonly setAtMs: number;
  readonly untilMs: number;
}

/**
 * Short-lived marks on primary keys, in virtual time. A mark set at an instant that now lies in the
 * future (the clock was turned back) does not count.
 */
export class Marks {
  readonly #marks = new Map<string, Mark>();

  set(primaryKey: string, nowMs: number, seconds: number): void {
    // Set anew, so that the map stays in the order of setting.
    this.#marks.delete(primaryKey);
    if (seconds <= 0) return;
    this.#marks.set(primaryKey, { setAtMs: nowMs, untilMs: nowMs + seconds * 1000 });
    if (this.#marks.size <= MAX_MARKS) return;
    for (const oldest of this.#marks.keys()) {
      this.#marks.delete(oldest);
      return;
    }
  }

  clear(primaryKey: string): void {
    this.#marks.delete(primaryKey);
  }

  has(primaryKey: string, nowMs: number): boolean {
    const mark = this.#marks.get(primaryKey);
    if (mark === undefined) return false;
    if (nowMs < mark.untilMs) return nowMs >= mark.setAtMs;
    this.#marks.delete(primaryKey);
    return false;
  }

  get size(): number {
    return this.#marks.size;
  }
}
