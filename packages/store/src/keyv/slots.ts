/** Taken in steps, so that few of them have to be written down. */
const RESERVED_AT_ONCE = 1024;

/**
 * Numbers from 0 under which things are stored: free ones are used again, so that a restart can look
 * at each that was ever used, and what an earlier process left behind is written over.
 */
export class Slots {
  #reserved: number;
  readonly #free: number[] = [];
  /** Makes it durable that there may be something below this. */
  readonly #reserve: (count: number) => Promise<void>;
  #reserving: Promise<void> | undefined;

  constructor(reserved: number, reserve: (count: number) => Promise<void>) {
    this.#reserved = reserved;
    this.#reserve = reserve;
  }

  /** There may be something in those below. */
  get reserved(): number {
    return this.#reserved;
  }

  /** All that are reserved and not in use are free. */
  open(inUse: ReadonlySet<number>): void {
    this.#free.length = 0;
    // The lowest are taken first.
    for (let slot = this.#reserved - 1; slot >= 0; slot--) {
      if (!inUse.has(slot)) this.#free.push(slot);
    }
  }

  async take(): Promise<number> {
    for (;;) {
      const slot = this.#free.pop();
      if (slot !== undefined) return slot;
      this.#reserving ??= this.#reserveMore().finally(() => {
        this.#reserving = undefined;
      });
      await this.#reserving;
    }
  }

  async #reserveMore(): Promise<void> {
    const from = this.#reserved;
    const to = from + RESERVED_AT_ONCE;
    await this.#reserve(to);
    this.#reserved = to;
    for (let slot = to - 1; slot >= from; slot--) this.#free.push(slot);
  }

  free(slot: number): void {
    this.#free.push(slot);
  }
}
