import type { Coding, FieldReader, Found, Purge, StoredResponse } from '@poplet/policy';

import { StoreError } from '../errors.ts';
import { cannotBeReached, messageOf } from '../message-of.ts';
import type { BodySource, Refetch, StoreStats } from '../store.ts';
import type { NamedRecord } from '../tier.ts';
import { TieredStore, type TieredStoreOptions } from '../tiered-store.ts';
import type { KeyvLink } from './keyv-link.ts';
import type { KeyvTier } from './keyv-tier.ts';
import type { OwnState } from './own-state.ts';

const NOTHING: Found = { selected: [], siblings: [], inLanguage: [] };

/** Real milliseconds between two looks at a database that is away. */
const LOOK_AGAIN_MS = 200;

export interface KeyvStoreOptions extends TieredStoreOptions {
  readonly tier: KeyvTier;
  readonly link: KeyvLink;
  readonly state: OwnState;
}

/**
 * What one edge stores in a database that Keyv has an adapter for. All of the index is in memory, so
 * that the database is asked for bodies only. While it is away nothing is found, and nothing is stored.
 */
export class KeyvStore extends TieredStore {
  readonly #tier: KeyvTier;
  readonly #link: KeyvLink;
  readonly #state: OwnState;
  readonly #onNotice: (text: string) => void;
  #timer: NodeJS.Timeout | undefined;
  #beating: Promise<void> | undefined;
  #wasAway = false;

  constructor(options: KeyvStoreOptions) {
    super(options);
    this.#tier = options.tier;
    this.#link = options.link;
    this.#state = options.state;
    this.#onNotice = options.onNotice;
    this.#link.onAway = (why) => this.#lost(cannotBeReached(why));
  }

  /** Said once, however often it comes and goes until all is as it was. */
  #lost(notice: string): void {
    if (!this.#wasAway && !this.isClosed) this.#onNotice(notice);
    this.#wasAway = true;
    if (this.#beating !== undefined) return;
    clearTimeout(this.#timer);
    this.#again(LOOK_AGAIN_MS);
  }

  get isAway(): boolean {
    return this.#link.isAway;
  }

  override find(primaryKey: string, fields: FieldReader): Found {
    return this.isAway ? NOTHING : super.find(primaryKey, fields);
  }

  override peek(primaryKey: string, fields: FieldReader): Found {
    return this.isAway ? NOTHING : super.peek(primaryKey, fields);
  }

  override open(response: StoredResponse, refetch?: Refetch): BodySource | undefined {
    return this.isAway ? undefined : super.open(response, refetch);
  }

  override openCoding(response: StoredResponse, coding: Coding): BodySource | undefined {
    return this.isAway ? undefined : super.openCoding(response, coding);
  }

  /** Takes up what an earlier session left, in the order of its use. */
  restore(records: readonly NamedRecord[]): void {
    this.takeIn(records);
  }

  /** In force at once, and after a restart too once it resolves. Rejects with StoreError `unreachable` where that cannot be made sure of. */
  override purge(purges: readonly Purge[], nowMs: number): number | Promise<number> {
    const sequence = this.purgeHere(purges, nowMs);
    return purges.length === 0 ? sequence : this.#saved(sequence);
  }

  async #saved(sequence: number): Promise<number> {
    if (await this.#tier.savedPurges()) return sequence;
    throw new StoreError('unreachable', 'a restart may not know of the purge');
  }

  /** Looks after the database from now on: says that this edge is alive, and notices what became of it. */
  watch(): void {
    this.#again(this.#state.now.beatMs);
  }

  #again(afterMs: number): void {
    if (this.isClosed) return;
    this.#timer = setTimeout(() => {
      this.#beating = this.#beat().finally(() => {
        this.#beating = undefined;
      });
    }, afterMs);
    this.#timer.unref();
  }

  async #beat(): Promise<void> {
    try {
      const finding = await this.#state.look();
      if (finding === 'taken') {
        this.#link.lose('another edge has taken it');
        return;
      }
      this.#link.isBack();
      if (finding === 'lost') await this.#beginAnew();
      else {
        await this.#tier.pay();
        await this.#state.save({});
      }
      if (this.#wasAway) this.#onNotice('reachable again: responses are stored as before');
      this.#wasAway = false;
    } catch (error) {
      // Where it only refuses, what is owed stays owed.
      if (!(await this.#link.answers())) this.#link.lose(messageOf(error));
    }
    this.#again(this.isAway ? LOOK_AGAIN_MS : this.#state.now.beatMs);
  }

  async #beginAnew(): Promise<void> {
    await this.#tier.lose();
    this.index.clear();
    this.#onNotice('begun anew, for the database has lost what was stored');
  }

  override stats(): StoreStats {
    return { ...super.stats(), connection: this.isAway ? 'away' : 'connected' };
  }

  override async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#beating;
    clearTimeout(this.#timer);
    await super.close();
  }
}
