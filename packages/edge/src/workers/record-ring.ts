import type { LaneEnd } from '../fast-lane/lane.ts';

const FIELDS = 4;
const CAPACITY = 16_384;
const WRITTEN = 0;
const READ = 1;
const BEGUN = 2;
const SETTLED = 3;

/** No worker takes so long to write an answer and say so, unless it has died of it. */
const WRITING_MS = 200;

const HEAD_BYTES = 16;

/** What became of an answer that a worker gave. */
export interface WorkerRecord extends LaneEnd {
  /** Of the copy that was sent. */
  readonly copyId: number;
}

const ENDS = [undefined, 'left', 'stalled', 'unsent'] as const satisfies LaneEnd['unread'][];

/** What one worker has answered and the keeper has not yet read: in memory that outlives the worker. */
export class RecordRing {
  readonly memory: SharedArrayBuffer;
  readonly #counts: Int32Array;
  readonly #values: Float64Array;

  constructor(memory = new SharedArrayBuffer(HEAD_BYTES + 8 * FIELDS * CAPACITY)) {
    this.memory = memory;
    this.#counts = new Int32Array(memory, 0, 4);
    this.#values = new Float64Array(memory, HEAD_BYTES);
  }

  /** How many more can be written. */
  get room(): number {
    return CAPACITY - this.#unread;
  }

  get #unread(): number {
    return (Atomics.load(this.#counts, WRITTEN) - Atomics.load(this.#counts, READ)) >>> 0;
  }

  /** An answer is about to be written: `settle` follows at once, behind its record if it has one by then. */
  begin(): void {
    Atomics.add(this.#counts, BEGUN, 1);
  }

  settle(): void {
    Atomics.add(this.#counts, SETTLED, 1);
    Atomics.notify(this.#counts, SETTLED);
  }

  /** Waits until the records of all answers are there that somebody may have got by now. */
  wait(): void {
    const begun = Atomics.load(this.#counts, BEGUN);
    const deadlineMs = performance.now() + WRITING_MS;
    for (;;) {
      const settled = Atomics.load(this.#counts, SETTLED);
      if (((begun - settled) | 0) <= 0 || performance.now() > deadlineMs) return;
      Atomics.wait(this.#counts, SETTLED, settled, 1);
    }
  }

  /** There must be room. */
  write({ copyId, receivedAtMs, durationMs, unread }: WorkerRecord): void {
    const written = Atomics.load(this.#counts, WRITTEN);
    const at = placeOf(written);
    this.#values.set([copyId, receivedAtMs, durationMs, ENDS.indexOf(unread)], at);
    Atomics.store(this.#counts, WRITTEN, written + 1);
  }

  /** Takes out what was written, in that order. */
  *read(): Generator<WorkerRecord, void> {
    // Of what is written meanwhile, the next reader learns.
    for (let left = this.#unread; left > 0; left -= 1) {
      const read = Atomics.load(this.#counts, READ);
      const at = placeOf(read);
      const [copyId, receivedAtMs, durationMs, end] = this.#values.subarray(
        at,
        at + FIELDS,
      ) as unknown as readonly [number, number, number, number];
      Atomics.store(this.#counts, READ, read + 1);
      yield { copyId, receivedAtMs, durationMs, unread: ENDS[end] };
    }
  }
}

/** Counts go round: `CAPACITY` divides their number. */
function placeOf(count: number): number {
  return ((count >>> 0) % CAPACITY) * FIELDS;
}
