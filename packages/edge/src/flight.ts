import {
  provenanceOf,
  type ExchangeTimes,
  type FieldLines,
  type InformationalHead,
  type PresentedRequest,
  type Reason,
  type Settlement,
  type StoredResponse,
  type UpstreamOutcome,
} from '@poplet/policy';
import type { BodySource } from '@poplet/store';
import type { Client } from './client.ts';

/** What is known once the upstream's head has arrived, or has failed to. */
export interface FlightHead {
  readonly outcome: UpstreamOutcome;
  /** What it means for the request that began the flight. */
  readonly settlement: Settlement;
  readonly times: ExchangeTimes;
  /** What happened on the way: a retry, a rewritten Location. */
  readonly notes: readonly Reason[];
  /** The upstream's body; undefined when there is none to hand on. */
  readonly body: FlightBody | undefined;
}

/** A body on its way. */
export interface FlightBody {
  readonly source: BodySource;
  /** From Content-Length; undefined when the upstream did not say. */
  readonly bodyBytes: number | undefined;
  /** Complete at the end of the body. */
  readonly trailers: () => FieldLines;
  /** The response it is being stored as; undefined when it is only passed on, to one client. */
  readonly stored: StoredResponse | undefined;
  /** Whether somebody who comes now can still read it from its first byte. */
  readonly isJoinable: () => boolean;
}

/** How a flight ended. */
export interface Landing {
  /** Whether the response was stored, or what was stored updated. */
  readonly isStored: boolean;
  /** Why it was not, or not wholly, where it should have been. */
  readonly correction: Reason | undefined;
}

export interface FlightOptions {
  readonly primaryKey: string;
  /** The request that began it; for the variant it stands for. */
  readonly request: PresentedRequest;
  /** Whether it goes on when nobody is left who waits for it. */
  readonly outlivesAudience: boolean;
}

export interface WaitOptions {
  /** Real milliseconds. */
  readonly waitMs?: number;
  readonly onInformational?: ((head: InformationalHead) => void) | undefined;
}

/**
 * One upstream exchange. It belongs to no client: clients join and leave; when none is left it goes
 * on if its response can be stored, else it is given up.
 */
export class Flight {
  readonly primaryKey: string;
  readonly request: PresentedRequest;
  readonly #abort = new AbortController();
  readonly #waiters = new Set<() => void>();
  /** Bounded by the upstream. */
  readonly #informational: InformationalHead[] = [];
  readonly #hearers = new Set<(head: InformationalHead) => void>();
  readonly #landed = Promise.withResolvers<Landing>();
  #outlivesAudience: boolean;
  #audience = 0;
  #head: FlightHead | undefined;
  #fault: Error | undefined;

  constructor({ primaryKey, request, outlivesAudience }: FlightOptions) {
    this.primaryKey = primaryKey;
    this.request = request;
    this.#outlivesAudience = outlivesAudience;
    // A fault is also thrown to whoever waits for the head; nobody need wait for the end.
    this.#landed.promise.catch(() => {});
  }

  /** Aborted when nobody wants the answer any more. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get head(): FlightHead | undefined {
    return this.#head;
  }

  /** Resolves when its body is complete or given up, and stored or not. */
  get landed(): Promise<Landing> {
    return this.#landed.promise;
  }

  join(): void {
    this.#audience += 1;
  }

  leave(): void {
    this.#audience -= 1;
    this.#giveUpIfUnwanted();
  }

  /** Whether it goes on without an audience, from now on. */
  outliveAudience(outlives: boolean): void {
    this.#outlivesAudience = outlives;
    this.#giveUpIfUnwanted();
  }

  /** A 1xx has come ahead of the head. */
  inform(head: InformationalHead): void {
    this.#informational.push(head);
    for (const hear of this.#hearers) hear(head);
  }

  /** Whether those who wait may hear its 1xx before it is known whether its answer is theirs: nothing in them can be meant for one visitor. */
  get isInformationShared(): boolean {
    return provenanceOf(this.request) === 'anonymous';
  }

  /** The head is known: everyone who waits for it goes on. */
  arrive(head: FlightHead): void {
    this.#head = head;
    this.#wake();
  }

  land(landing: Landing): void {
    this.#landed.resolve(landing);
  }

  /** A fault of the edge itself ended it. */
  crash(error: Error): void {
    this.#fault = error;
    this.#abort.abort(error);
    this.#landed.reject(error);
    this.#wake();
  }

  /**
   * Waits for the head: at most `waitMs` of real time where given, and no longer than the client is
   * there. `onInformational` hears every 1xx, those included that came before. Throws what `crash` was given.
   */
  async waitForHead(
    client: Client,
    { waitMs, onInformational }: WaitOptions = {},
  ): Promise<'arrived' | 'timeout' | 'gone'> {
    if (this.#head === undefined && this.#fault === undefined && !client.isGone) {
      if (onInformational !== undefined) {
        this.#informational.forEach(onInformational);
        this.#hearers.add(onInformational);
      }
      await this.#change(client, waitMs);
      if (onInformational !== undefined) this.#hearers.delete(onInformational);
    }
    if (this.#fault !== undefined) throw this.#fault;
    if (client.isGone) return 'gone';
    return this.#head === undefined ? 'timeout' : 'arrived';
  }

  #change(client: Client, waitMs: number | undefined): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#waiters.delete(done);
        stopListening();
        resolve();
      };
      const stopListening = client.onGone(done);
      const timer = waitMs === undefined ? undefined : setTimeout(done, waitMs);
      this.#waiters.add(done);
    });
  }

  #wake(): void {
    for (const waiter of this.#waiters) waiter();
  }

  /** Ends it whoever waits. */
  giveUp(why: Error): void {
    this.#abort.abort(why);
  }

  #giveUpIfUnwanted(): void {
    if (this.#audience > 0 || this.#outlivesAudience) return;
    this.giveUp(new Error('nobody waits for the answer any more'));
  }
}
