import type { ExchangeRecord } from '@poplet/policy';

/** A record before it has its number. */
export type Recorded = Omit<ExchangeRecord, 'id'>;

/** Its times count, and not those of what is `recorded`. */
export interface KeptRecord {
  readonly recorded: Recorded;
  /** Virtual. */
  readonly receivedAtMs: number;
  readonly durationMs: number;
}

const FIRST_CAPACITY = 64;

/** A queue of records in a ring that grows as it has to. What it takes in is kept in place: it costs no memory of its own. */
export class KeptRecords {
  /** Their length is a power of two. */
  #records: (Recorded | undefined)[] = Array.from({ length: FIRST_CAPACITY });
  #receivedAtMs = new Float64Array(FIRST_CAPACITY);
  #durationsMs = new Float64Array(FIRST_CAPACITY);
  #sizes = new Float64Array(FIRST_CAPACITY);
  #first = 0;
  #count = 0;

  /** `size` comes back from `shift`. */
  push(recorded: Recorded, receivedAtMs: number, durationMs: number, size: number): void {
    if (this.#count === this.#records.length) this.#grow();
    const at = this.#placeOf(this.#count);
    this.#records[at] = recorded;
    this.#receivedAtMs[at] = receivedAtMs;
    this.#durationsMs[at] = durationMs;
    this.#sizes[at] = size;
    this.#count += 1;
  }

  /** Forgets the oldest; there must be one. The size that it was given. */
  shift(): number {
    const at = this.#first;
    this.#records[at] = undefined;
    this.#first = this.#placeOf(1);
    this.#count -= 1;
    return this.#sizes[at] as number;
  }

  /** The newest, oldest first: so many at most. */
  latest(limit: number): readonly KeptRecord[] {
    const length = Math.min(this.#count, Math.max(0, limit));
    const from = this.#count - length;
    return Array.from({ length }, (_, index) => {
      const at = this.#placeOf(from + index);
      return {
        recorded: this.#records[at] as Recorded,
        receivedAtMs: this.#receivedAtMs[at] as number,
        durationMs: this.#durationsMs[at] as number,
      };
    });
  }

  /** Where the one stands that so many are older than. */
  #placeOf(older: number): number {
    return (this.#first + older) & (this.#records.length - 1);
  }

  #grow(): void {
    const capacity = this.#records.length * 2;
    this.#records = inOrder(this.#records, this.#first, Array.from({ length: capacity }));
    this.#receivedAtMs = inOrder(this.#receivedAtMs, this.#first, new Float64Array(capacity));
    this.#durationsMs = inOrder(this.#durationsMs, this.#first, new Float64Array(capacity));
    this.#sizes = inOrder(this.#sizes, this.#first, new Float64Array(capacity));
    this.#first = 0;
  }
}

/** A full ring, from its first on, at the beginning of a larger one. */
function inOrder<Ring extends { [index: number]: unknown; readonly length: number }>(
  ring: Ring,
  first: number,
  larger: Ring,
): Ring {
  for (let index = 0; index < ring.length; index += 1)
    larger[index] = ring[(first + index) & (ring.length - 1)];
  return larger;
}
