import type { Purge } from '@poplet/policy';

import { isUnreachable, StoreError } from '../errors.ts';
import { cannotBeReached, messageOf } from '../message-of.ts';
import type { PurgeLedger } from '../purge-ledger.ts';
import type { KnownState, RemoteState, RemoteTier } from './remote-tier.ts';
import { SharedClock } from './shared-clock.ts';

/** Real milliseconds between two looks at whether it is time to ask. */
const LOOK_MS = 50;
/** How often the tier is asked although nobody wants to know. */
const IDLE_MS = 1000;
/** How long an edge that is not asked for anything counts as in use. */
const IN_USE_MS = 5000;
/** Purges that wait for the tier; more become one of everything. */
const MAX_OWED = 1000;

const EVERYTHING: Purge = { selector: { kind: 'everything' }, soft: false, siteId: undefined };

interface OwedPurge {
  readonly purges: readonly Purge[];
  readonly nowMs: number;
  given: GivenNumber;
}

/** What the tier called a purge; one for those that became one. */
interface GivenNumber {
  sequence: number | undefined;
}

export interface ConfirmationOptions {
  readonly tier: RemoteTier;
  readonly ledger: PurgeLedger;
  /** Real milliseconds that an answer holds, from when it was asked for. */
  readonly withinMs: number;
  /** The ledger knows already. In a new epoch nothing of what was known before holds. */
  readonly onLearnt: (state: RemoteState, isNewEpoch: boolean) => void;
  /** Something was purged, or may have been. */
  readonly onPurged: () => void;
  readonly onNotice: (text: string) => void;
}

/**
 * Keeps an edge in step with the others: what it knows of purges and changes, and for how long that
 * counts as what is so. An answer holds from the moment it was asked for.
 */
export class Confirmation {
  readonly clock: SharedClock;
  readonly #options: ConfirmationOptions;
  #epoch = '';
  #writes = 0;
  #confirmedAtMs = -Infinity;
  #wantedAtMs = -Infinity;
  #asking: Promise<void> | undefined;
  #awayBecause: string | undefined;
  /** Made here; until the tier has them nothing is served from memory. */
  #owed: OwedPurge[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: ConfirmationOptions) {
    this.#options = options;
    this.clock = new SharedClock({
      save: (state) => options.tier.setClock(state),
      onOwed: () => void this.now().catch(() => {}),
    });
  }

  get epoch(): string {
    return this.#epoch;
  }

  get writes(): number {
    return this.#writes;
  }

  get known(): KnownState {
    const { sequence } = this.#options.ledger;
    return { epoch: this.#epoch, sequence, writes: this.#writes };
  }

  get isAway(): boolean {
    return this.#awayBecause !== undefined;
  }

  away(): StoreError {
    return new StoreError(
      'unreachable',
      `the store is away: ${this.#awayBecause ?? 'it is closed'}`,
    );
  }

  /** Whether what is known counts as what is so. */
  holds(): boolean {
    const nowMs = performance.now();
    this.#wantedAtMs = nowMs;
    const ageMs = nowMs - this.#confirmedAtMs;
    const { withinMs } = this.#options;
    if (this.isAway || this.#owed.length > 0) return false;
    // Asked for before it is needed, so that few have to wait.
    if (ageMs > withinMs / 2 && this.#asking === undefined) this.now().catch(() => {});
    return ageMs <= withinMs;
  }

  /** Whether this edge knows all that the tier knew when it answered. */
  covers({ epoch, sequence }: KnownState): boolean {
    return epoch === this.#epoch && sequence <= this.#options.ledger.sequence;
  }

  /** Asks the tier; those who ask at once share the answer. */
  now(): Promise<void> {
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #ask(): Promise<void> {
    try {
      let askedAtMs = performance.now();
      this.#learn(await this.#options.tier.confirm(this.known));
      while (this.#owed.some(({ given }) => given.sequence === undefined) || this.clock.isOwed) {
        await this.#pay();
        askedAtMs = performance.now();
        this.#learn(await this.#options.tier.confirm(this.known));
      }
      this.#owed = [];
      this.#confirmedAtMs = askedAtMs;
      if (this.isAway) this.#options.onNotice('reachable again: responses are shared as before');
      this.#awayBecause = undefined;
    } catch (error) {
      this.#lose(error);
      throw error;
    }
  }

  #learn(state: RemoteState): void {
    const { ledger, onLearnt, onPurged } = this.#options;
    const before = ledger.sequence;
    const isNewEpoch = state.epoch !== this.#epoch;
    this.#epoch = state.epoch;
    this.#writes = state.writes;
    const { sequence, forgottenSeq, purges: marks } = state;
    ledger.restore({ sequence, forgottenSeq, marks });
    this.clock.learn(state.clock);
    onLearnt(state, isNewEpoch);
    if (sequence !== before || isNewEpoch) onPurged();
  }

  /** Hands over what was done here. */
  async #pay(): Promise<void> {
    const { tier } = this.#options;
    await this.clock.pay();
    for (const owed of this.#owed) {
      // In another epoch by now: the next round knows it.
      owed.given.sequence ??= await tier.purge(this.known, owed.purges, owed.nowMs);
    }
  }

  async purge(purges: readonly Purge[], nowMs: number): Promise<number> {
    const owed: OwedPurge = { purges, nowMs, given: { sequence: undefined } };
    this.#owed.push(owed);
    if (this.isAway && this.#owed.length > MAX_OWED) this.#oweEverything(nowMs);
    this.#options.onPurged();
    // While it is away nobody waits for it: the watch pays what is owed.
    if (this.isAway) throw this.away();
    const { ledger } = this.#options;
    for (;;) {
      // Whatever it was that failed: it is owed.
      await this.now().catch(() => {
        throw this.away();
      });
      const { sequence } = owed.given;
      // Where the numbers began anew meanwhile, nothing is left of what was stored before.
      if (sequence !== undefined) return Math.min(sequence, ledger.sequence);
    }
  }

  #oweEverything(nowMs: number): void {
    const given = { sequence: undefined };
    for (const one of this.#owed) one.given = given;
    this.#owed = [{ purges: [EVERYTHING], nowMs, given }];
  }

  /** Something that was asked for failed: where no answer came, the tier is away until it confirms again. */
  failed(error: unknown): void {
    if (isUnreachable(error)) this.#lose(error);
  }

  #lose(error: unknown): void {
    if (this.isAway || this.#isClosed) return;
    this.#awayBecause = messageOf(error);
    this.#confirmedAtMs = -Infinity;
    this.#options.onNotice(cannotBeReached(this.#awayBecause));
    this.#options.onPurged();
  }

  /** Asks by itself from now on: often while the edge is in use, and until the tier is back. */
  watch(): void {
    let lookedAtMs = performance.now();
    this.#timer = setInterval(() => {
      const nowMs = performance.now();
      const isInUse = nowMs - this.#wantedAtMs <= IN_USE_MS;
      // What others purge now is not known here: what was begun before must not answer what comes later.
      if (this.isAway) this.#options.onPurged();
      if (!this.isAway && !isInUse && nowMs - lookedAtMs < IDLE_MS) return;
      lookedAtMs = nowMs;
      this.now().catch(() => {});
    }, LOOK_MS);
    this.#timer.unref();
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#timer);
  }
}
