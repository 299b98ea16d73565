import type { KeyvLink } from './keyv-link.ts';
import type { PageRange } from './pages.ts';
import { sealed, unsealed } from './sealed-text.ts';

/** Where it stands in the database. */
export const STATE_KEY = 'state';

/** Rises when what is written can no longer be read by an older Poplet, or the other way round. */
export const FORMAT = 1;

/** What has to be known of a database before anything in it is looked at. */
export interface SavedState {
  readonly format: number;
  /** What was written in another one does not count. */
  readonly epoch: string;
  /** Of the edge that has it. */
  readonly session: string;
  /** How many sessions there were. */
  readonly sessions: number;
  /** Whether that edge is done, and has written all that it knew. */
  readonly isClosed: boolean;
  /** Rises each time it is written. */
  readonly revision: number;
  readonly host: string;
  readonly pid: number;
  /** Real milliseconds within which an edge that lives writes it again. */
  readonly beatMs: number;
  /** As of the latest page of purges at least. */
  readonly sequence: number;
  readonly forgottenSeq: number;
  /** Everything in `checkedPages` was checked up to this purge. */
  readonly checkedSeq: number;
  readonly recordSlots: number;
  readonly segmentSlots: number;
  readonly purgePages: PageRange;
  readonly checkedPages: PageRange;
  /** Its `last` is not kept up. */
  readonly usedPages: PageRange;
}

/** Undefined where nothing is there, or nothing that can be read. */
export function readState(text: string | undefined): SavedState | undefined {
  const state = unsealed(text) as SavedState | undefined;
  return state?.format === FORMAT ? state : undefined;
}

/** What came of a look at whether the database is still this edge's, and as it was left. */
export type Finding = 'own' | 'taken' | 'lost';

/** What this edge has written of its database, one change after another. */
export class OwnState {
  readonly #link: KeyvLink;
  #written: SavedState;
  #writes: Promise<unknown> = Promise.resolve();

  constructor(link: KeyvLink, first: SavedState) {
    this.#link = link;
    this.#written = first;
  }

  get now(): SavedState {
    return this.#written;
  }

  /** Durable when it resolves; where it rejects, nothing has changed. */
  save(change: Partial<SavedState>): Promise<void> {
    return this.#inOrder(() => this.#save(change));
  }

  async #save(change: Partial<SavedState>): Promise<void> {
    const next = { ...this.#written, ...change, revision: this.#written.revision + 1 };
    await this.#link.set(STATE_KEY, sealed(next));
    this.#written = next;
  }

  /** Asks the database, be it away or not. Rejects where it does not answer. */
  look(): Promise<Finding> {
    return this.#inOrder(async () => {
      const found = readState(await this.#link.probe(STATE_KEY));
      const { session, sessions, revision } = this.#written;
      if (found === undefined) return 'lost';
      if (found.session !== session) return found.sessions > sessions ? 'taken' : 'lost';
      return found.revision < revision ? 'lost' : 'own';
    });
  }

  #inOrder<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#writes.then(act);
    this.#writes = done.catch(() => {});
    return done;
  }
}
