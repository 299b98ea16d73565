import type { Writable } from 'node:stream';

import type {
  FieldLines,
  InformationalHead,
  PresentedRequest,
  RequestHead,
  ResponsePlan,
} from '@poplet/policy';
import type { Problem } from './problem.ts';
import type { RequestContent } from './request-content.ts';
import { watchTaken, type Taken } from './taken.ts';

/** Whether trailers follow a body: `unknown` until it has ended, where the upstream sends it just now. */
export type TrailersAhead = 'none' | 'some' | 'unknown';

/**
 * The client of one exchange: what it asks, whether it is still there, and how it is answered in the
 * version of HTTP that it speaks. An answer is `begin`, `write` as often as there is something, `end`.
 */
export abstract class Client {
  /** Its request, as the parser of its connection left it. */
  abstract readonly head: RequestHead;
  abstract readonly content: RequestContent;
  #isGone = false;
  #isDone = false;
  #hasStalled = false;
  #refusal: Problem | undefined;
  readonly #writeTimeoutMs: number;
  readonly #listeners = new Set<() => void>();

  /** `writeTimeoutMs`: how long it may take nothing of what is written. Real milliseconds; 0: for ever. */
  constructor(writeTimeoutMs: number) {
    this.#writeTimeoutMs = writeTimeoutMs;
  }

  /** It went away before the answer was complete. */
  get isGone(): boolean {
    return this.#isGone;
  }

  /** Why its request was given up while it was being read, and how it was told; undefined: it was not. */
  get refusal(): Problem | undefined {
    return this.#refusal;
  }

  /** It was cut because it took nothing of its answer. */
  get hasStalled(): boolean {
    return this.#hasStalled;
  }

  /** Whether the head of its answer is on its way. */
  abstract get hasBegun(): boolean;

  /** Whether all of its answer has been handed to the connection. */
  abstract get isAnswered(): boolean;

  /** Its request proves unreadable, or too slow, after it has begun; nothing more is read of it. */
  refuse(problem: Problem): void {
    this.#refusal = problem;
  }

  /** Calls once when the client goes away early. Returns how to stop listening. */
  onGone(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What happens to the connection from now on says nothing about the answer. */
  done(): void {
    this.#isDone = true;
    this.#listeners.clear();
  }

  /** The connection, or the client's part of it, is over. */
  protected leave(): void {
    if (this.#isDone || this.isAnswered) return;
    this.#isGone = true;
    for (const listener of this.#listeners) listener();
    this.#listeners.clear();
  }

  /** Forwards a 1xx, unless the final answer has begun. */
  abstract inform(head: InformationalHead, presented: PresentedRequest): void;

  /** Writes the head. */
  abstract begin(plan: ResponsePlan, trailers: TrailersAhead): void;

  /** Sends what is written so far; more may be long in coming. */
  abstract flush(): void;

  /** Writes bytes of the body. Undefined: more may follow at once; else resolves when it may, or the client is gone. */
  abstract write(bytes: Uint8Array): Promise<void> | undefined;

  /** Writes the last bytes, and trailers where the version and the framing allow any. */
  abstract end(bytes: Uint8Array, trailers: FieldLines): Promise<void>;

  /** Resolves when nothing more happens to the answer: it is written, or cannot be. */
  abstract whenOver(): Promise<void>;

  /** Ends the answer short, so that the client cannot take what it got for the whole. */
  abstract cut(): void;

  /** The connection is of no use behind this answer: what follows on it cannot be understood. */
  abstract endsConnection(): void;

  /** What it has taken; null: others are answered first on its connection. */
  protected abstract get taken(): Taken | null;

  /** Ends the connection of a client that takes nothing. */
  protected abstract cutStalled(): void;

  /**
   * From now on there are bytes for the client to take; if it takes none for the time it has, it is cut,
   * whatever it sends meanwhile. Returns how to stop watching.
   */
  watchWrites(): () => void {
    const stopWatching = watchTaken({
      timeoutMs: this.#writeTimeoutMs,
      taken: () => this.taken,
      isOver: () => this.isAnswered,
      onStalled: () => {
        this.#hasStalled = true;
        this.cutStalled();
      },
    });
    const stopListening = this.onGone(stopWatching);
    return () => {
      stopWatching();
      stopListening();
    };
  }

  /** Resolves when what its answer is written to takes more, or the client is gone. */
  protected whenDrained(writable: Writable): Promise<void> {
    return new Promise((resolve) => {
      const stopWatching = this.watchWrites();
      const done = (): void => {
        writable.off('drain', done);
        stopListening();
        stopWatching();
        resolve();
      };
      const stopListening = this.onGone(done);
      writable.once('drain', done);
    });
  }
}
