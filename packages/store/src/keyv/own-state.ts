import { StoreError } from '../errors.ts';
import type { KeyvLink } from './keyv-link.ts';
import type { PageRange } from './pages.ts';
import { sealed, unsealed } from './sealed-text.ts';

/** Where it may stand: the latest counts. */
const STATE_KEYS = Array.from({ length: 8 }, (_, index) => `state:${index}`);

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
  /** The latest records of whose writing nothing was heard: they do not count if they arrive. */
  readonly givenUp: readonly number[];
  readonly recordSlots: number;
  readonly segmentSlots: number;
  readonly purgePages: PageRange;
  readonly checkedPages: PageRange;
  /** Its `last` is not kept up. */
  readonly usedPages: PageRange;
}

/** What a database says of itself. */
export interface FoundState {
  /** Whether anything is there. */
  readonly isUsed: boolean;
  /** Undefined where nothing can be read. */
  readonly state: SavedState | undefined;
}

/** Asks the database, be it away or not. Rejects where it does not answer. */
export async function findState(link: KeyvLink): Promise<FoundState> {
  const texts = await Promise.all(STATE_KEYS.map((key) => link.probe(key)));
  const states = texts.flatMap((text) => readState(text) ?? []);
  const [state] = states.toSorted((a, b) => b.sessions - a.sessions || b.revision - a.revision);
  return { isUsed: texts.some((text) => text !== undefined), state };
}

function readState(text: string | undefined): SavedState | undefined {
  const state = unsealed(text) as SavedState | undefined;
  return state?.format === FORMAT ? state : undefined;
}

/** What came of a look at whether the database is still this edge's, and as it was left. */
export type Finding = 'own' | 'taken' | 'lost';

/**
 * What this edge has written of its database, one change after another. A write to which no answer came
 * may arrive when newer ones have: the next ones go elsewhere.
 */
export class OwnState {
  readonly #link: KeyvLink;
  #written: SavedState;
  #place: number;
  /** What was acknowledged last. */
  #acknowledged = 0;
  #writes: Promise<unknown> = Promise.resolve();

  constructor(link: KeyvLink, first: SavedState) {
    this.#link = link;
    this.#written = first;
    // What an earlier session wrote may arrive yet, too.
    this.#place = first.sessions % STATE_KEYS.length;
  }

  get #key(): string {
    return STATE_KEYS[this.#place] as string;
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
    try {
      await this.#link.set(this.#key, sealed(next));
    } catch (error) {
      if (error instanceof StoreError) {
        this.#place = (this.#place + 1) % STATE_KEYS.length;
        // No two attempts are alike.
        this.#written = { ...this.#written, revision: next.revision };
      }
      throw error;
    }
    this.#written = next;
    this.#acknowledged = next.revision;
  }

  /** Asks the database, be it away or not. Rejects where it does not answer. */
  look(): Promise<Finding> {
    return this.#inOrder(async () => {
      const { state: found } = await findState(this.#link);
      const { session, sessions } = this.#written;
      if (found === undefined) return 'lost';
      if (found.session !== session) return found.sessions > sessions ? 'taken' : 'lost';
      return found.revision < this.#acknowledged ? 'lost' : 'own';
    });
  }

  #inOrder<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#writes.then(act);
    this.#writes = done.catch(() => {});
    return done;
  }
}
