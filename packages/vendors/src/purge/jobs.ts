import type { Purge, PurgeSurroundings } from '@poplet/policy';

import { Remembered } from './remembered.ts';

/** A purge that was begun, and can be asked for. */
export interface Job<About> {
  readonly id: string;
  readonly about: About;
  /** Real instant, in milliseconds. */
  readonly begunAtMs: number;
  readonly isDone: boolean;
  /** Resolves when it is done, or cannot be told to others: then it goes on to be under way. */
  readonly ended: Promise<void>;
}

/** Purges that are under way when they are answered, the last thousand of them. */
export class Jobs<About> {
  readonly #surroundings: Pick<PurgeSurroundings, 'purge' | 'nowMs'>;
  readonly #jobs = new Remembered<Job<About>>(1000);

  constructor(surroundings: Pick<PurgeSurroundings, 'purge' | 'nowMs'>) {
    this.#surroundings = surroundings;
  }

  /** It is not done yet when this returns, though it may hold already. */
  begin(id: string, about: About, purges: readonly Purge[]): Job<About> {
    const begunAtMs = this.#surroundings.nowMs();
    const job = { id, about, begunAtMs, isDone: false, ended: Promise.resolve() };
    job.ended = this.#surroundings.purge(purges).then(
      () => void (job.isDone = true),
      () => {},
    );
    this.#jobs.set(id, job);
    return job;
  }

  get(id: string): Job<About> | undefined {
    return this.#jobs.get(id);
  }

  newestFirst(): readonly Job<About>[] {
    return this.#jobs.newestFirst();
  }
}
