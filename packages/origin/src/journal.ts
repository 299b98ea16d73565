/** One request as the origin server saw it. */
export interface JournalEntry {
  /** Rises by one per request. */
  readonly id: number;
  /** Real instant of receipt. */
  readonly startedAtMs: number;
  readonly method: string;
  /** The request target as it was sent. */
  readonly url: string;
  /** By lower-case name; repeated fields are joined. */
  readonly headers: Readonly<Record<string, string>>;
  /** Null until the head is sent, and for ever when the connection is cut before. */
  readonly status: number | null;
  /** The scripted fault that was done to it. */
  readonly fault: JournalFault | null;
  /** Until the answer was sent or the connection ended; null while under way. */
  readonly durationMs: number | null;
  /** Whether the whole answer was sent; null while under way. */
  readonly complete: boolean | null;
}

export interface JournalFault {
  readonly kind: string;
  readonly pattern: string;
}

export type JournalListener = (entry: JournalEntry) => void;

/** What the origin server was asked, newest last. A request is there from its receipt on. */
export interface Journal {
  list(): readonly JournalEntry[];
  /** Calls back when an answer has ended. Returns what ends the subscription. */
  subscribe(listener: JournalListener): () => void;
  clear(): void;
}

/** What is written down of a request as it proceeds. */
export interface JournalWriter {
  status(status: number): void;
  fault(fault: JournalFault): void;
  /** Whatever is sent will be less than the whole answer. */
  cutShort(): void;
  end(isFinished: boolean): void;
}

export type NewEntry = Pick<JournalEntry, 'method' | 'url' | 'headers'>;

/** A journal of bounded length: the oldest entries make room. */
export class BoundedJournal implements Journal {
  readonly #entries = new Map<number, JournalEntry>();
  readonly #listeners = new Set<JournalListener>();
  readonly #maxEntries: number;
  #nextId = 1;

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries;
  }

  list(): readonly JournalEntry[] {
    return [...this.#entries.values()];
  }

  subscribe(listener: JournalListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  clear(): void {
    this.#entries.clear();
  }

  begin(request: NewEntry): JournalWriter {
    const id = this.#nextId++;
    const startedMs = performance.now();
    let isCutShort = false;
    let entry: JournalEntry = {
      id,
      startedAtMs: Date.now(),
      ...request,
      status: null,
      fault: null,
      durationMs: null,
      complete: null,
    };
    const write = (news: Partial<JournalEntry>): void => {
      entry = { ...entry, ...news };
      // What was cleared away stays away.
      if (this.#entries.has(id)) this.#entries.set(id, entry);
    };
    this.#entries.set(id, entry);
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > this.#maxEntries && oldest !== undefined) this.#entries.delete(oldest);
    return {
      status: (status) => write({ status }),
      fault: (fault) => write({ fault }),
      cutShort: () => {
        isCutShort = true;
      },
      end: (isFinished) => {
        const complete = isFinished && !isCutShort;
        write({ durationMs: performance.now() - startedMs, complete });
        for (const listener of this.#listeners) listener(entry);
      },
    };
  }
}
