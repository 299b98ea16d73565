import { randomUUID } from 'node:crypto';

import type {
  Coding,
  FieldReader,
  Found,
  Purge,
  StoredCoding,
  StoredResponse,
} from '@poplet/policy';

import { StoreError } from '../errors.ts';
import type { IndexEntry } from '../index-entry.ts';
import type { IndexedResponse } from '../indexed-response.ts';
import {
  IndexedStore,
  type CodedContent,
  type EndedBody,
  type StoreLimits,
} from '../indexed-store.ts';
import { integrityOf } from '../integrity.ts';
import { MemoryCodings } from '../memory-codings.ts';
import { notStored } from '../message-of.ts';
import type { PurgeLedger } from '../purge-ledger.ts';
import { bodyBytesOf, SegmentedBody } from '../segmented-body.ts';
import type { BodySource, StoreStats } from '../store.ts';
import { plainResponseOf, storedResponseOf } from '../stored-record.ts';
import { Confirmation } from './confirmation.ts';
import { placeOf, placesOf, readPlace } from './record-place.ts';
import { ArrivingBody, RemoteBody, verified } from './remote-body.ts';
import type { LoadedRecords, RecordChange, RemoteState, RemoteTier } from './remote-tier.ts';
import type { SharedClock } from './shared-clock.ts';

const NOTHING: Found = { selected: [], siblings: [], inLanguage: [] };

/** How often a commit is tried again because of purges elsewhere, or a load because of changes. */
const MAX_ATTEMPTS = 8;
/** Real milliseconds between a purge and the sweep after it. */
const SWEEP_MS = 1000;

export interface RemoteStoreOptions {
  readonly tier: RemoteTier;
  readonly limits: StoreLimits & { readonly maxBytes: number; readonly maxEntries: number };
  readonly ledger: PurgeLedger;
  /** Longer bodies stay with this edge. */
  readonly maxSharedBodyBytes: number;
  /** Real milliseconds that what is known counts as what is so. */
  readonly confirmWithinMs: number;
  /** Told what a person should know: once when the tier goes away, once when it is back. */
  readonly onNotice: (text: string) => void;
}

/**
 * What several edges share, and of it in memory what this one has used. Memory answers only while the
 * tier has confirmed, at most `confirmWithinMs` ago, that nothing was purged or changed elsewhere that
 * this edge does not know of. While the tier is away nothing is found, and nothing is stored.
 */
export class RemoteStore extends IndexedStore<RemoteBody> {
  readonly clock: SharedClock;
  readonly maxSharedBodyBytes: number;
  readonly #tier: RemoteTier;
  readonly #onNotice: (text: string) => void;
  readonly #confirmation: Confirmation;
  /** By key: what is being loaded. */
  readonly #loading = new Map<string, Promise<boolean>>();
  /** Each edge makes its own: what is shared is what they are made of. */
  readonly #codings = new MemoryCodings<RemoteBody>();
  readonly #listeners = new Set<() => void>();
  #sweepTimer: NodeJS.Timeout | undefined;
  #sweptFor = 0;
  #isFailing = false;

  constructor(options: RemoteStoreOptions) {
    const { tier, limits, ledger, maxSharedBodyBytes, confirmWithinMs, onNotice } = options;
    super({ limits, ledger });
    this.#tier = tier;
    this.maxSharedBodyBytes = maxSharedBodyBytes;
    this.#onNotice = onNotice;
    this.#confirmation = new Confirmation({
      tier,
      ledger,
      withinMs: confirmWithinMs,
      onLearnt: (state, isNewEpoch) => this.#learn(state, isNewEpoch),
      onPurged: () => this.#tellOfPurge(),
      onNotice,
    });
    this.clock = this.#confirmation.clock;
  }

  protected get kind(): string {
    return this.#tier.kind;
  }

  get isAway(): boolean {
    return this.#confirmation.isAway;
  }

  /** Resolves when what the others did until now is known here. Rejects with StoreError `unreachable`. */
  async catchUp(): Promise<void> {
    // One that is under way may have been asked before.
    await this.#confirmation.now();
    await this.#confirmation.now();
  }

  /** Asks by itself from now on. */
  watch(): void {
    this.#confirmation.watch();
  }

  /** Told when something was purged elsewhere, or may have been while the tier is away. */
  onPurgedElsewhere(listener: () => void): void {
    this.#listeners.add(listener);
  }

  #tellOfPurge(): void {
    for (const listener of this.#listeners) listener();
    const { sequence } = this.ledger;
    if (this.isClosed || this.#sweepTimer !== undefined || this.#sweptFor === sequence) return;
    this.#sweptFor = sequence;
    this.#sweepTimer = setTimeout(() => {
      this.#sweepTimer = undefined;
      this.sweep();
    }, SWEEP_MS);
    this.#sweepTimer.unref();
  }

  override find(primaryKey: string, fields: FieldReader): Found {
    return this.#confirmation.holds() ? super.find(primaryKey, fields) : NOTHING;
  }

  override peek(primaryKey: string, fields: FieldReader): Found {
    return this.#confirmation.holds() ? super.peek(primaryKey, fields) : NOTHING;
  }

  override open(response: StoredResponse): BodySource | undefined {
    return this.#confirmation.holds() ? super.open(response) : undefined;
  }

  load(primaryKey: string): Promise<boolean> | undefined {
    if (this.isClosed || this.#confirmation.isAway) return undefined;
    const underWay = this.#loading.get(primaryKey);
    if (underWay !== undefined) return underWay;
    const loading = this.#load(primaryKey)
      .catch((error: unknown) => {
        this.#confirmation.failed(error);
        return false;
      })
      .finally(() => this.#loading.delete(primaryKey));
    this.#loading.set(primaryKey, loading);
    return loading;
  }

  async #load(primaryKey: string): Promise<boolean> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      if (!this.#confirmation.holds()) await this.#confirmation.now();
      const found = await this.#tier.load(placesOf(primaryKey));
      // Purges that it knows of have to be known here, before anything is judged by them.
      if (!this.#confirmation.covers(found)) await this.#confirmation.now();
      // What was changed since is not what is there.
      const isCurrent =
        found.epoch === this.#confirmation.epoch && found.writes >= this.#confirmation.writes;
      if (isCurrent) this.#takeIn(found);
      if (isCurrent && this.#confirmation.holds()) return true;
    }
    return false;
  }

  #takeIn({ records, writes: asOfWrites }: LoadedRecords): void {
    if (this.isClosed) return;
    for (const { id, rev, response: plain, integrities } of records) {
      const { bodyBytes } = plain;
      const stored = storedResponseOf(plain);
      const place = placeOf(stored);
      const body = new RemoteBody({ id, bodyBytes, integrities, place, rev, asOfWrites });
      const record = this.recordOf(stored, body);
      const there = this.index.at(record);
      if (there !== undefined && this.#isAsNew(there, { body, record })) {
        (there.body as RemoteBody).asOfWrites = asOfWrites;
        continue;
      }
      if (!this.place(record, { checkedSeq: record.fetchedSeq })) this.#drop(body);
    }
  }

  /** Whether what stands in a place need not give way to what was loaded. */
  #isAsNew(
    there: IndexEntry,
    loaded: { readonly body: RemoteBody; readonly record: StoredResponse },
  ): boolean {
    const body = there.body as RemoteBody;
    // What only this edge has, took the place of what was there.
    if (body.place === undefined) return there.response.responseAtMs >= loaded.record.responseAtMs;
    return body.id === loaded.body.id && body.rev >= loaded.body.rev;
  }

  #learn({ changed }: RemoteState, isNewEpoch: boolean): void {
    if (isNewEpoch || changed === undefined) {
      this.index.clear();
      return;
    }
    for (const { place, writes } of changed) this.#forget(place, writes);
  }

  /** What is known of a place since before a change is no longer so; whoever asks for it next, asks the tier. */
  #forget(place: string, writes = Infinity): void {
    const what = readPlace(place);
    const entries =
      what.kind === 'key' ? this.index.underKey(what.primaryKey) : this.index.underPath(what.path);
    for (const entry of entries) {
      const { asOfWrites } = entry.body as RemoteBody;
      if (asOfWrites < writes) this.index.remove(entry);
    }
  }

  protected spillOf(): undefined {
    return undefined;
  }

  protected async keep({ response, trailers, rest }: EndedBody<never>): Promise<boolean> {
    if (this.#confirmation.isAway) throw this.#confirmation.away();
    const bodyBytes = bodyBytesOf(rest);
    const whole = { ...response, trailers, bodyBytes };
    const isShared = bodyBytes <= this.maxSharedBodyBytes;
    try {
      const isStored = isShared
        ? await this.#share(whole, rest, response)
        : await this.#keepHere(whole, rest, response);
      this.#isFailing = false;
      return isStored;
    } catch (error) {
      this.#report(error);
      throw error;
    }
  }

  async #share(
    response: StoredResponse,
    segments: readonly ArrayBuffer[],
    as: StoredResponse,
  ): Promise<boolean> {
    const id = randomUUID();
    const bytes = segments.map((segment) => Buffer.from(segment));
    const integrities = bytes.map(integrityOf);
    const { bodyBytes } = response;
    const place = placeOf(response);
    const body = new RemoteBody({ id, bodyBytes, integrities, place, rev: 0, asOfWrites: 0 });
    body.segments = segments;
    const record = this.recordOf(response, body);
    await Promise.all(bytes.map((one, index) => this.#tier.writeSegment(id, index, one)));
    const remote = { ...place, id, response: plainResponseOf(record), integrities };
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      if (this.isClosed || this.#isGone(record)) return false;
      const reply = await this.#tier.commit(this.#confirmation.known, remote);
      if (reply.kind === 'lost') throw new StoreError('unreachable', 'the body did not last');
      if (reply.kind === 'done') return this.#placeShared(record, as, reply.writes);
      await this.#confirmation.now();
    }
    throw new StoreError('unreachable', 'purges elsewhere came too fast');
  }

  #placeShared(record: IndexedResponse, as: StoredResponse, writes: number): boolean {
    if (this.isClosed) return false;
    const body = this.bodyOf(record) as RemoteBody;
    body.asOfWrites = writes;
    // Somebody may have changed the place since; whoever asks for it next, asks the tier.
    if (writes < this.#confirmation.writes) {
      this.#forget(placeOf(record).place);
      return !this.#isGone(record);
    }
    if (this.place(record, { as, checkedSeq: record.fetchedSeq })) return true;
    this.#drop(body);
    return false;
  }

  /** A body that is too long to be shared. */
  async #keepHere(
    response: StoredResponse,
    segments: readonly ArrayBuffer[],
    as: StoredResponse,
  ): Promise<boolean> {
    // What the others have is older.
    await this.#tier.drop(placeOf(response), undefined);
    await this.#confirmation.now();
    if (this.isClosed) return false;
    const { bodyBytes } = response;
    const id = randomUUID();
    const body = new RemoteBody({
      id,
      bodyBytes,
      integrities: [],
      place: undefined,
      rev: 0,
      asOfWrites: this.#confirmation.writes,
    });
    body.segments = segments;
    const record = this.recordOf(response, body);
    return this.place(record, { as, checkedSeq: record.fetchedSeq });
  }

  #isGone(response: StoredResponse): boolean {
    return this.ledger.check(response, response.fetchedSeq).kind === 'gone';
  }

  protected override updated(record: StoredResponse, body: RemoteBody): void {
    const from = body.place;
    if (from === undefined) return;
    const to = placeOf(record);
    const { id, integrities } = body;
    const rev = body.rev++;
    body.place = to;
    const remote = { ...to, id, integrities, response: plainResponseOf(record) };
    void this.#update({ from, rev, to: remote }, body);
  }

  async #update(change: RecordChange, body: RemoteBody): Promise<void> {
    try {
      const writes = await this.#tier.update(this.#confirmation.known, change);
      if (writes === undefined) this.#forgetBoth(change);
      else body.asOfWrites = writes;
    } catch (error) {
      this.#forgetBoth(change);
      this.#confirmation.failed(error);
    }
  }

  #forgetBoth({ from, to }: RecordChange): void {
    this.#forget(from.place);
    this.#forget(to.place);
  }

  override remove(response: StoredResponse): void {
    const body = this.entryOf(response)?.body as RemoteBody | undefined;
    super.remove(response);
    if (body !== undefined) this.#drop(body);
  }

  #drop({ place, id }: RemoteBody): void {
    if (place === undefined || this.#confirmation.isAway) return;
    this.#tier.drop(place, id).catch((error: unknown) => this.#confirmation.failed(error));
  }

  /** In force for every edge once it resolves. Rejects with StoreError `unreachable`: then it holds here, and for all once the tier is back. */
  override purge(purges: readonly Purge[], nowMs: number): number | Promise<number> {
    if (purges.length === 0) return this.ledger.sequence;
    return this.#confirmation.purge(purges, nowMs);
  }

  // Others may need them: the tier says what is forgotten.
  protected override forget(): void {}

  protected sourceOf(body: RemoteBody, _response: StoredResponse): BodySource {
    if (body.segments !== undefined) return new SegmentedBody(body.segments);
    return new ArrivingBody(body.bodyBytes, () => this.#bring(body));
  }

  /** Whoever prepared a body reads what is here by then. */
  async #bring(body: RemoteBody): Promise<readonly ArrayBuffer[]> {
    return body.segments ?? (await (body.arriving ??= this.#fetch(body)));
  }

  override openCoding(response: StoredResponse, coding: Coding): BodySource | undefined {
    return this.#confirmation.holds() ? super.openCoding(response, coding) : undefined;
  }

  protected codingsOf(body: RemoteBody): readonly StoredCoding[] {
    return this.#codings.of(body);
  }

  protected codingSourceOf(
    body: RemoteBody,
    _response: StoredResponse,
    coding: Coding,
  ): BodySource | undefined {
    return this.#codings.open(body, coding);
  }

  protected keepCoding(body: RemoteBody, _response: StoredResponse, coded: CodedContent): boolean {
    this.#codings.add(body, coded);
    return true;
  }

  async #fetch(body: RemoteBody): Promise<readonly ArrayBuffer[]> {
    try {
      const { id, integrities } = body;
      const segments = verified(body, await this.#tier.readSegments(id, integrities.length));
      body.segments = segments;
      return segments;
    } catch (error) {
      this.#confirmation.failed(error);
      await this.#giveUp(body);
      if (error instanceof StoreError) throw error;
      throw new StoreError('unreachable', 'Redis refuses to read', { cause: error });
    } finally {
      body.arriving = undefined;
    }
  }

  /** The body cannot be had: its record goes, and whoever asks next asks the tier for what stands there now. */
  async #giveUp({ place, id }: RemoteBody): Promise<void> {
    if (place === undefined || this.#confirmation.isAway) return;
    try {
      await this.#tier.drop(place, id);
      this.#forget(place.place);
    } catch (error) {
      this.#confirmation.failed(error);
    }
  }

  #report(error: unknown): void {
    this.#confirmation.failed(error);
    if (this.#isFailing || this.#confirmation.isAway) return;
    this.#isFailing = true;
    this.#onNotice(notStored(error));
  }

  override stats(): StoreStats {
    return {
      ...super.stats(),
      connection: this.#confirmation.isAway ? 'away' : 'connected',
      maxSharedBodyBytes: this.maxSharedBodyBytes,
    };
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    clearTimeout(this.#sweepTimer);
    this.#confirmation.close();
    this.index.clear();
    await this.#tier.close();
  }
}
