import { siteOfKey, type Purge } from '@poplet/policy';

import { MarkTally } from './purge-marks.ts';
import { Finding, PurgeScope, type Purgeable } from './purge-scope.ts';

/** What the purges so far mean for one response. */
export type PurgeVerdict =
  | { readonly kind: 'alive' }
  /** Stale since this virtual instant. */
  | { readonly kind: 'soft'; readonly sinceAtMs: number }
  | { readonly kind: 'gone' };

/** One purge of the past. */
export interface RememberedPurge {
  readonly seq: number;
  readonly purge: Purge;
  /** Virtual. */
  readonly nowMs: number;
}

/** What a ledger has to be told to go on as another did. */
export interface RememberedPurges {
  readonly sequence: number;
  readonly forgottenSeq: number;
  readonly marks: readonly RememberedPurge[];
}

const ALIVE: PurgeVerdict = { kind: 'alive' };
const GONE: PurgeVerdict = { kind: 'gone' };

/**
 * Every purge as a number. The sequence counts purges; it is 0 before the first. A purge raises it to
 * *n* and leaves the mark *n* on its selector, and touches no stored response.
 *
 * A response carries the sequence that was current when its upstream request began (`fetchedSeq`) and
 * when the request that last validated it began (`validatedSeq`, never less). With *n* the number of
 * a purge that reaches it:
 *
 * - `fetchedSeq < n`: the fetch began before the purge. After a hard purge the response is gone, no
 *   matter when it was committed or confirmed by a 304.
 * - `validatedSeq < n`: what the upstream said last, it said before the purge. After a soft purge the
 *   response is stale since the instant of the first such purge.
 * - equal or greater: the request began when the purge had already taken effect; it is not reached.
 *
 * No instant is ever compared, so a frozen or advanced clock changes nothing.
 */
export class PurgeLedger {
  #sequence = 0;
  #forgottenSeq = 0;
  readonly #tally = new MarkTally();
  readonly #anySite = new PurgeScope(this.#tally);
  readonly #sites = new Map<string, PurgeScope>();

  get sequence(): number {
    return this.#sequence;
  }

  /** How many purges are remembered. */
  get markCount(): number {
    return this.#tally.count;
  }

  /** What remembering them takes in memory, in round figures. */
  get markBytes(): number {
    return this.#tally.bytes;
  }

  /** Purges up to this one are no longer known: whoever was neither fetched nor checked since is taken to be gone. */
  get forgottenSeq(): number {
    return this.#forgottenSeq;
  }

  /** Takes up what another remembers: purges after those that are known here, by rising sequence. */
  restore({ sequence, forgottenSeq, marks }: RememberedPurges): void {
    for (const { seq, purge, nowMs } of marks) this.#mark(purge, seq, nowMs);
    this.#sequence = sequence;
    this.forget(forgottenSeq);
  }

  /** One number for all of `purges`. `nowMs` is virtual. Returns the new sequence. */
  purge(purges: readonly Purge[], nowMs: number): number {
    if (purges.length === 0) return this.#sequence;
    this.#sequence++;
    for (const purge of purges) this.#mark(purge, this.#sequence, nowMs);
    return this.#sequence;
  }

  #mark({ selector, soft, siteId }: Purge, seq: number, nowMs: number): void {
    this.#scopeOf(siteId).add(selector, seq, soft ? nowMs : undefined);
  }

  /**
   * What the purges after `checkedSeq` mean for a response that was alive then; `fetchedSeq` for one
   * that was never checked. One comparison when nothing was purged since.
   */
  check(response: Purgeable, checkedSeq: number): PurgeVerdict {
    if (checkedSeq >= this.#sequence) return ALIVE;
    if (Math.max(checkedSeq, response.fetchedSeq) < this.#forgottenSeq) return GONE;
    const finding = new Finding(response, checkedSeq);
    this.#anySite.look(finding);
    if (this.#sites.size > 0) this.#sites.get(siteOfKey(response.primaryKey))?.look(finding);
    if (finding.isGone) return GONE;
    if (finding.softAtMs === undefined) return ALIVE;
    return { kind: 'soft', sinceAtMs: finding.softAtMs };
  }

  /** Drops the marks of purges up to and including `seq`. */
  forget(seq: number): void {
    if (seq <= this.#forgottenSeq) return;
    this.#forgottenSeq = Math.min(seq, this.#sequence);
    this.#anySite.forget(seq);
    for (const [siteId, scope] of this.#sites) {
      scope.forget(seq);
      if (scope.isEmpty) this.#sites.delete(siteId);
    }
  }

  #scopeOf(siteId: string | undefined): PurgeScope {
    if (siteId === undefined) return this.#anySite;
    let scope = this.#sites.get(siteId);
    if (scope === undefined) this.#sites.set(siteId, (scope = new PurgeScope(this.#tally)));
    return scope;
  }
}
