import { LRUCache } from 'lru-cache';
import {
  splitSearch,
  type FieldReader,
  type Found,
  type Purge,
  type StoredResponse,
} from '@poplet/policy';

import { IndexedStore, type EndedBody, type StoreLimits } from './indexed-store.ts';
import { notStored } from './message-of.ts';
import type { PurgeLedger } from './purge-ledger.ts';
import { SEGMENT_BYTES } from './segment-buffer.ts';
import type { SegmentSink } from './segment-spill.ts';
import type { BodySource, Refetch } from './store.ts';
import { plainResponseOf, storedResponseOf, type StoredRecord } from './stored-record.ts';
import type { NamedRecord, StaleRecord, Tier } from './tier.ts';
import { TierBody, TieredBody, type BodySegment, type HotSegments } from './tiered-body.ts';

/** Real milliseconds between a use and its record in the tier: what a killed process forgets of it. */
const TOUCH_MS = 5000;
/** Real milliseconds between a purge and the sweep after it. */
const SWEEP_MS = 1000;
/** How often a write is tried while others make room for it: what they free, the index may take. */
const MAX_ATTEMPTS = 4;
const ENOUGH_SUCCESSES = 10;

export interface TieredStoreOptions {
  readonly tier: Tier;
  readonly limits: StoreLimits & { readonly maxBytes: number; readonly maxEntries: number };
  /** As the tier remembers it. */
  readonly ledger: PurgeLedger;
  /** What bodies of one segment may take in memory. */
  readonly hotBytes: number;
  /** Told what a person should know: once when storing begins to fail, once when it works again. */
  readonly onNotice: (text: string) => void;
}

/**
 * The index in memory in front of a tier. Bodies lie in the tier; those of one segment that were used
 * last are in memory too. What an earlier process stored enters the index when somebody asks for it.
 */
export class TieredStore extends IndexedStore<TierBody, BodySegment> {
  readonly #tier: Tier;
  readonly #hot: HotSegments;
  readonly #onNotice: (text: string) => void;
  /** By path: what is being loaded. */
  readonly #loading = new Map<string, Promise<boolean>>();
  /** Used since the tier was told, in order. */
  readonly #touched = new Set<number>();
  #touchTimer: NodeJS.Timeout | undefined;
  #sweepTimer: NodeJS.Timeout | undefined;
  /** How many responses in a row have to be stored until that counts as working again; 0: it does. */
  #successesToGo = 0;

  constructor({ tier, limits, ledger, hotBytes, onNotice }: TieredStoreOptions) {
    super({ limits, ledger, dormant: tier.dormant });
    this.#tier = tier;
    this.#onNotice = onNotice;
    this.#hot = new LRUCache({
      maxSize: Math.max(1, hotBytes),
      sizeCalculation: (bytes) => Math.max(1, bytes.length),
    });
  }

  protected get kind(): string {
    return this.#tier.kind;
  }

  override find(primaryKey: string, fields: FieldReader): Found {
    const found = super.find(primaryKey, fields);
    for (const { response } of found.selected) this.#touch(response);
    return found;
  }

  #touch(response: StoredResponse): void {
    const body = this.bodyOf(response);
    if (body === undefined) return;
    this.#touched.delete(body.id);
    this.#touched.add(body.id);
    if (this.#touchTimer !== undefined) return;
    this.#touchTimer = setTimeout(() => this.#saveTouched(), TOUCH_MS);
    this.#touchTimer.unref();
  }

  #saveTouched(): void {
    clearTimeout(this.#touchTimer);
    this.#touchTimer = undefined;
    if (this.#touched.size > 0) this.#tier.touch(this.#touched);
    this.#touched.clear();
  }

  load(primaryKey: string): Promise<boolean> | undefined {
    if (this.isClosed) return undefined;
    const { path } = splitSearch(primaryKey);
    const underWay = this.#loading.get(path);
    if (underWay !== undefined) {
      return underWay.then(async (isNews) => (await this.load(primaryKey)) === true || isNews);
    }
    const records = this.#tier.load(primaryKey);
    if (records === undefined) return undefined;
    const loading = records
      .then((found) => this.#takeIn(found))
      .catch((error: unknown) => {
        this.#report(error);
        return false;
      })
      .finally(() => this.#loading.delete(path));
    this.#loading.set(path, loading);
    return loading;
  }

  #takeIn(records: readonly NamedRecord[]): boolean {
    let isNews = false;
    for (const { id, record } of records) {
      const body = new TierBody(id, record.segments as readonly BodySegment[]);
      const response = this.recordOf(storedResponseOf(record.response), body);
      const there = this.index.at(response);
      // What was stored meanwhile is newer.
      const isOutdated = there !== undefined && (this.bodyOf(there.response)?.id ?? 0) > id;
      const { checkedSeq } = record;
      const softPurgedAtMs = record.softPurgedAtMs ?? undefined;
      if (!this.isClosed && !isOutdated && this.place(response, { checkedSeq, softPurgedAtMs })) {
        isNews = true;
      } else if (!this.isClosed && body.holders === 0) this.#tier.drop(id);
    }
    return isNews;
  }

  protected spillOf(): SegmentSink<BodySegment> {
    let count = 0;
    return {
      write: async (bytes) => {
        const startByte = SEGMENT_BYTES * count++;
        const integrity = await this.#withRoom(bytes.length, () =>
          this.#tier.segments.write(bytes),
        );
        return { startByte, lengthBytes: bytes.length, integrity };
      },
      read: (segment) => this.#tier.segments.read(segment),
      letGo: (segments) => this.#unpin(segments),
    };
  }

  protected async keep(ended: EndedBody<BodySegment>): Promise<boolean> {
    const { response, trailers, pieces, rest } = ended;
    const written: BodySegment[] = [];
    try {
      for (const buffer of rest) {
        const startByte = SEGMENT_BYTES * (pieces.length + written.length);
        const bytes = Buffer.from(buffer);
        const integrity = await this.#withRoom(bytes.length, () =>
          this.#tier.segments.write(bytes),
        );
        written.push({ startByte, lengthBytes: bytes.length, integrity });
      }
      // What stands in its place has to be known to be replaced.
      await this.load(response.primaryKey);
      const body = new TierBody(this.#tier.nextId(), [...pieces, ...written]);
      const { bodyBytes } = body;
      const record = this.recordOf({ ...response, trailers, bodyBytes }, body);
      const isStored = await this.#commit(record, body, response);
      const [only] = written;
      if (isStored && only !== undefined && written.length + pieces.length === 1) {
        this.#hot.set(only.integrity, Buffer.from(rest[0] as ArrayBuffer));
      }
      return isStored;
    } finally {
      this.#unpin(written);
    }
  }

  async #commit(record: StoredResponse, body: TierBody, as: StoredResponse): Promise<boolean> {
    const checkedSeq = record.fetchedSeq;
    if (this.isClosed || this.ledger.check(record, checkedSeq).kind === 'gone') return false;
    await this.#withRoom(0, () => this.#tier.put(body.id, () => this.#plain(record, body)));
    if (this.isClosed) return false;
    this.#succeeded();
    if (this.place(record, { as, checkedSeq })) return true;
    // Purged while it was written.
    this.#tier.drop(body.id);
    return false;
  }

  #plain(record: StoredResponse, { segments }: TierBody): StoredRecord {
    // What is not in its place yet was never checked.
    const entry = this.entryOf(record);
    return {
      response: plainResponseOf(record),
      segments,
      checkedSeq: entry?.checkedSeq ?? record.fetchedSeq,
      softPurgedAtMs: entry?.softPurgedAtMs ?? null,
    };
  }

  #unpin(segments: readonly BodySegment[]): void {
    for (const { integrity } of segments) this.#tier.segments.unpin(integrity);
  }

  /** Where there is no room, what was not used for longest makes some. */
  async #withRoom<T>(bytes: number, act: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await act();
      } catch (error) {
        const mayRetry = !this.isClosed && attempt < MAX_ATTEMPTS && this.#tier.isFull(error);
        if (!mayRetry || !this.#makeRoom(bytes)) {
          this.#report(error);
          throw error;
        }
      }
      await this.#tier.settled();
    }
  }

  #makeRoom(bytes: number): boolean {
    const neededBytes = 2 * Math.max(bytes, 65_536);
    const before = this.#liveBytes;
    while (before - this.#liveBytes < neededBytes && this.index.evictOldest());
    return this.#liveBytes < before;
  }

  get #liveBytes(): number {
    return this.index.bytes + (this.#tier.dormant?.bytes ?? 0);
  }

  /** Said once, however many fail and succeed by turns. */
  #report(error: unknown): void {
    if (this.isClosed) return;
    if (this.#successesToGo === 0) {
      this.#onNotice(notStored(error));
    }
    this.#successesToGo = ENOUGH_SUCCESSES;
  }

  #succeeded(): void {
    if (this.#successesToGo === 0) return;
    this.#successesToGo -= 1;
    if (this.#successesToGo === 0) this.#onNotice('responses are stored again');
  }

  protected sourceOf(
    body: TierBody,
    response: StoredResponse,
    refetch: Refetch | undefined,
  ): BodySource {
    return new TieredBody({
      body,
      refetch,
      store: this.#tier.segments,
      hot: this.#hot,
      onCorrupt: () => this.remove(response),
    });
  }

  protected override entered(body: TierBody): void {
    body.holders++;
  }

  protected override left(body: TierBody): void {
    body.holders--;
    // A store that closes leaves everything in its place.
    if (body.holders > 0 || this.isClosed) return;
    this.#touched.delete(body.id);
    this.#tier.drop(body.id);
    const [only] = body.segments;
    if (only !== undefined && body.segments.length === 1) this.#hot.delete(only.integrity);
  }

  protected override updated(record: StoredResponse, body: TierBody): void {
    // One drop takes along all that were dropped until it is done: written after it, this would come back.
    const unlessDropped = (): StoredRecord | undefined =>
      body.holders === 0 ? undefined : this.#plain(record, body);
    this.#tier.put(body.id, unlessDropped).catch((error: unknown) => this.#report(error));
  }

  protected override purged(purges: readonly Purge[], sequence: number, nowMs: number): void {
    this.#tier.savePurge(purges, sequence, nowMs);
    if (this.isClosed || this.#sweepTimer !== undefined) return;
    this.#sweepTimer = setTimeout(() => {
      this.#sweepTimer = undefined;
      try {
        this.sweep();
      } catch (error) {
        this.#report(error);
      }
    }, SWEEP_MS);
    this.#sweepTimer.unref();
  }

  protected override forget(seq: number, checked: 'checked' | 'not-needed'): void {
    // While the marks are still known.
    this.#tier.saveForgotten(seq, checked === 'checked' ? this.#stale() : undefined);
    super.forget(seq, checked);
  }

  *#stale(): Generator<StaleRecord, void> {
    for (const { response, softPurgedAtMs } of this.index.live()) {
      const body = this.bodyOf(response);
      if (softPurgedAtMs !== undefined && body !== undefined) yield { id: body.id, softPurgedAtMs };
    }
  }

  purge(purges: readonly Purge[], nowMs: number): number {
    return this.purgeHere(purges, nowMs);
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    clearTimeout(this.#sweepTimer);
    this.#saveTouched();
    // What is still to be written says what the index knows of it.
    await this.#tier.settled();
    this.index.clear();
    this.#hot.clear();
    await this.#tier.close();
  }
}
