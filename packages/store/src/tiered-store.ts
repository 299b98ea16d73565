import { LRUCache } from 'lru-cache';
import {
  splitSearch,
  type Coding,
  type FieldReader,
  type Found,
  type Purge,
  type StoredCoding,
  type StoredResponse,
} from '@poplet/policy';

import { isUnreachable } from './errors.ts';
import {
  IndexedStore,
  type CodedContent,
  type EndedBody,
  type StoreLimits,
} from './indexed-store.ts';
import type { IndexedResponse } from './indexed-response.ts';
import { notStored } from './message-of.ts';
import type { PurgeLedger } from './purge-ledger.ts';
import { SEGMENT_BYTES } from './segment-buffer.ts';
import type { SegmentSink } from './segment-spill.ts';
import type { BodySource, Refetch } from './store.ts';
import { plainResponseOf, storedResponseOf, type StoredRecord } from './stored-record.ts';
import type { CheckedRecord, NamedRecord, Tier } from './tier.ts';
import {
  TierBody,
  TierCoding,
  TieredBody,
  type BodySegment,
  type HotSegments,
  type TierContent,
} from './tiered-body.ts';

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
  /**
   * Of a body in several segments, so many are read before the first is handed out, and as many of one
   * on its way stay in memory: for a tier that may go away at any time. Default: 1.
   */
  readonly segmentsAhead?: number | undefined;
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
  readonly #segmentsAhead: number;
  readonly #onNotice: (text: string) => void;
  /** By path: what is being loaded. */
  readonly #loading = new Map<string, Promise<boolean>>();
  /** Used since the tier was told, in order. */
  readonly #touched = new Set<number>();
  #touchTimer: NodeJS.Timeout | undefined;
  #sweepTimer: NodeJS.Timeout | undefined;
  /** How many responses in a row have to be stored until that counts as working again; 0: it does. */
  #successesToGo = 0;

  constructor(options: TieredStoreOptions) {
    const { tier, limits, ledger, hotBytes, segmentsAhead = 1, onNotice } = options;
    super({ limits, ledger, dormant: tier.dormant });
    this.#tier = tier;
    this.#segmentsAhead = segmentsAhead;
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
      .then((found) => this.takeIn(found))
      .catch((error: unknown) => {
        this.#report(error);
        return false;
      })
      .finally(() => this.#loading.delete(path));
    this.#loading.set(path, loading);
    return loading;
  }

  /** Puts what the tier handed out into the index, in this order. Whether anything came. */
  protected takeIn(records: readonly NamedRecord[]): boolean {
    let isNews = false;
    for (const { id, record } of records) {
      const codings = record.codings?.map(
        ({ coding, segments }) => new TierCoding(coding, segments as readonly BodySegment[]),
      );
      const body = new TierBody(id, record.segments as readonly BodySegment[], codings);
      const response = this.recordOf(storedResponseOf(record.response), body);
      const there = this.index.at(response);
      // What was stored meanwhile is newer.
      const isOutdated = there !== undefined && (there.body as TierBody).id > id;
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
    /** The last ones, where the tier may go away while somebody reads them. */
    const kept = new Map<number, Uint8Array>();
    return {
      write: async (bytes) => {
        const startByte = SEGMENT_BYTES * count++;
        const integrity = await this.#withRoom(bytes.length, () =>
          this.#tier.segments.write(bytes),
        );
        if (this.#segmentsAhead > 1) kept.set(startByte, bytes);
        kept.delete(startByte - this.#segmentsAhead * SEGMENT_BYTES);
        return { startByte, lengthBytes: bytes.length, integrity };
      },
      read: async (segment) =>
        kept.get(segment.startByte) ?? (await this.#tier.segments.read(segment)),
      letGo: (segments) => {
        kept.clear();
        this.#unpin(segments);
      },
    };
  }

  protected async keep(ended: EndedBody<BodySegment>): Promise<boolean> {
    const { response, trailers, pieces, rest } = ended;
    const written: BodySegment[] = [];
    try {
      await this.#write(rest, pieces.length, written);
      // What stands in its place has to be known to be replaced.
      await this.load(response.primaryKey);
      const body = new TierBody(this.#tier.nextId(), [...pieces, ...written]);
      const { bodyBytes } = body;
      const record = this.recordOf({ ...response, trailers, bodyBytes }, body);
      const isStored = await this.#commit(record, body, response);
      if (isStored && pieces.length === 0) this.#keepHot(written, rest);
      return isStored;
    } finally {
      this.#unpin(written);
    }
  }

  /** Adds to `written` as they come: those are pinned, whatever happens to the others. */
  async #write(
    buffers: readonly ArrayBuffer[],
    before: number,
    written: BodySegment[],
  ): Promise<void> {
    for (const buffer of buffers) {
      const startByte = SEGMENT_BYTES * (before + written.length);
      const bytes = Buffer.from(buffer);
      const integrity = await this.#withRoom(bytes.length, () => this.#tier.segments.write(bytes));
      written.push({ startByte, lengthBytes: bytes.length, integrity });
    }
  }

  /** A body of one segment will be wanted again. */
  #keepHot(written: readonly BodySegment[], buffers: readonly ArrayBuffer[]): void {
    const [only, ...others] = written;
    if (only === undefined || others.length > 0) return;
    this.#hot.set(only.integrity, Buffer.from(buffers[0] as ArrayBuffer));
  }

  protected codingsOf({ codings }: TierBody): readonly StoredCoding[] {
    return codings.map(({ coding, bodyBytes }) => ({ coding, bodyBytes }));
  }

  protected codingSourceOf(
    body: TierBody,
    response: StoredResponse,
    coding: Coding,
  ): BodySource | undefined {
    const coded = body.codings.find((one) => one.coding === coding);
    return coded && this.#sourceOf(coded, response, undefined);
  }

  protected keepCoding(
    body: TierBody,
    response: StoredResponse,
    coded: CodedContent,
  ): Promise<boolean> {
    // One after another: a record is written with all of them.
    const adding = body.adding.then(() => this.#addCoding(body, response, coded));
    body.adding = adding;
    return adding;
  }

  async #addCoding(
    body: TierBody,
    response: StoredResponse,
    { coding, segments }: CodedContent,
  ): Promise<boolean> {
    const written: BodySegment[] = [];
    const { codings } = body;
    try {
      await this.#write(segments, 0, written);
      const entry = this.entryOf(response);
      const isKnown = codings.some((one) => one.coding === coding);
      if (this.isClosed || entry === undefined || isKnown) return false;
      body.codings = [...codings, new TierCoding(coding, written)];
      // Whoever makes room, or updates it meanwhile, may put another entry in its place.
      await this.#withRoom(0, () => this.#rewriteAt(response, body));
      this.#keepHot(written, segments);
      return body.holders > 0;
    } catch {
      // It has been reported; the body as it came is there all the same.
      body.codings = codings;
      // What was updated meanwhile tells of it.
      const entry = this.entryOf(response);
      if (entry !== undefined) this.index.rewrite(entry, this.recordOf(entry.response, body));
      return false;
    } finally {
      this.#unpin(written);
    }
  }

  async #commit(record: IndexedResponse, body: TierBody, as: StoredResponse): Promise<boolean> {
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

  #plain(record: StoredResponse, body: TierBody): StoredRecord {
    // What is not in its place yet was never checked.
    const entry = this.entryOf(record);
    const codings = body.codings.map(({ coding, segments }) => ({ coding, segments }));
    return {
      response: plainResponseOf(record),
      segments: body.segments,
      ...(codings.length === 0 ? {} : { codings }),
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
    // Where the tier is away, it says so itself.
    if (this.isClosed || isUnreachable(error)) return;
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
    return this.#sourceOf(body, response, refetch);
  }

  #sourceOf(body: TierContent, response: StoredResponse, refetch: Refetch | undefined): BodySource {
    return new TieredBody({
      body,
      refetch,
      store: this.#tier.segments,
      hot: this.#hot,
      segmentsAhead: this.#segmentsAhead,
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
    for (const { segments } of [body, ...body.codings]) {
      const [only] = segments;
      if (only !== undefined && segments.length === 1) this.#hot.delete(only.integrity);
    }
  }

  protected override updated(record: StoredResponse, body: TierBody): void {
    this.#rewrite(record, body).catch((error: unknown) => this.#report(error));
  }

  /** What stands where this response was stored, if that is still this body. */
  async #rewriteAt(response: StoredResponse, body: TierBody): Promise<void> {
    const entry = this.entryOf(response);
    if (entry !== undefined) await this.#rewrite(entry.response, body);
  }

  #rewrite(record: StoredResponse, body: TierBody): Promise<void> {
    // One drop takes along all that were dropped until it is done: written after it, this would come back.
    return this.#tier.put(body.id, () =>
      body.holders === 0 ? undefined : this.#plain(record, body),
    );
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
    this.#tier.saveForgotten(seq, checked === 'checked' ? this.#live() : undefined);
    super.forget(seq, checked);
  }

  *#live(): Generator<CheckedRecord, void> {
    for (const { body, softPurgedAtMs } of this.index.live()) {
      yield { id: (body as TierBody).id, softPurgedAtMs };
    }
  }

  purge(purges: readonly Purge[], nowMs: number): number | Promise<number> {
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
