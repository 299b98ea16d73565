/** How many keys share a count: any two change on the other's account once in so many times. */
const KEY_COUNTS = 65_536;

const EPOCH = 0;
const IS_FROZEN = 1;
/** Where the connections of each worker are counted. */
const CONNECTIONS = 8;
export const MAX_WORKERS = 64;
const HEAD_BYTES = 4 * (CONNECTIONS + MAX_WORKERS);
const TIME_MS = 1;

/** When an answer was worked out. */
export interface Stamp {
  readonly epoch: number;
  /** Of the key. */
  readonly count: number;
}

/** What a clock says. */
export interface ClockReading {
  readonly isFrozen: boolean;
  /** Virtual minus real time; the virtual instant where it is frozen. */
  readonly timeMs: number;
}

/**
 * What the keeper tells all workers at once, without a message: memory that they share. An answer that was
 * worked out is still right as long as neither the epoch nor the count of its key has changed since: the keeper
 * counts before it says that anything (a purge, a step of the clock, what is stored under a key) is so.
 */
export class SharedConditions {
  readonly memory: SharedArrayBuffer;
  readonly #head: Int32Array;
  readonly #clock: Float64Array;
  readonly #counts: Int32Array;

  constructor(memory = new SharedArrayBuffer(HEAD_BYTES + 4 * KEY_COUNTS)) {
    this.memory = memory;
    this.#head = new Int32Array(memory, 0, HEAD_BYTES / 4);
    this.#clock = new Float64Array(memory, 0, 2);
    this.#counts = new Int32Array(memory, HEAD_BYTES);
  }

  stampOf(primaryKey: string): Stamp {
    return {
      epoch: Atomics.load(this.#head, EPOCH),
      count: Atomics.load(this.#counts, placeOf(primaryKey)),
    };
  }

  /** What is found under a key may be another; undefined: under any. */
  change(primaryKey: string | undefined): void {
    if (primaryKey === undefined) Atomics.add(this.#head, EPOCH, 1);
    else Atomics.add(this.#counts, placeOf(primaryKey), 1);
  }

  /** The place of a key, for `holds`. */
  placeOf(primaryKey: string): number {
    return placeOf(primaryKey);
  }

  holds({ epoch, count }: Stamp, place: number): boolean {
    return Atomics.load(this.#head, EPOCH) === epoch && Atomics.load(this.#counts, place) === count;
  }

  setClock({ isFrozen, timeMs }: ClockReading): void {
    // In between, no stamp holds.
    this.change(undefined);
    Atomics.store(this.#head, IS_FROZEN, isFrozen ? 1 : 0);
    this.#clock[TIME_MS] = timeMs;
    this.change(undefined);
  }

  /** Open connections of all workers. */
  get connections(): number {
    let sum = 0;
    for (let worker = 0; worker < MAX_WORKERS; worker += 1) {
      sum += Atomics.load(this.#head, CONNECTIONS + worker);
    }
    return sum;
  }

  countConnections(worker: number, count: number): void {
    Atomics.store(this.#head, CONNECTIONS + worker, count);
  }

  /** Virtual. Right wherever a stamp that was taken after the last change of the clock holds afterwards. */
  nowMs(realNowMs: number): number {
    const timeMs = this.#clock[TIME_MS] as number;
    return Atomics.load(this.#head, IS_FROZEN) === 1 ? timeMs : realNowMs + timeMs;
  }
}

/** FNV-1a, of UTF-16 units. */
function placeOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return (hash ^ (hash >>> 16)) & (KEY_COUNTS - 1);
}
