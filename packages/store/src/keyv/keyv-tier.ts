import { randomUUID } from 'node:crypto';

import type { Purge } from '@poplet/policy';

import { StoreError } from '../errors.ts';
import { messageOf } from '../message-of.ts';
import type { RememberedPurge } from '../purge-ledger.ts';
import type { StoredRecord } from '../stored-record.ts';
import type { BodySegment } from '../tiered-body.ts';
import type { CheckedRecord, NamedRecord, Tier } from '../tier.ts';
import { keysOf, type KeyvLink } from './keyv-link.ts';
import { KeyvSegments } from './keyv-segments.ts';
import type { OwnState } from './own-state.ts';
import { Pages } from './pages.ts';
import { PurgePages, type PurgePage } from './purge-pages.ts';
import { RecencyPages, type RecencyPage } from './recency-pages.ts';
import { sealed, unsealed } from './sealed-text.ts';
import { Slots } from './slots.ts';
import type { Witness } from './witness.ts';

/** Names of a session: no two sessions have one in common. */
const IDS_PER_SESSION = 2 ** 32;
/** Records that are read in one step, or dropped. */
const RECORDS_AT_ONCE = 200;
const MAX_GIVEN_UP = 1000;
/** On one page. */
const CHECKED_AT_ONCE = 4000;

/** What stands in the slot of a record. */
interface SavedRecord extends StoredRecord {
  readonly epoch: string;
  readonly id: number;
  /** Of two of one record the greater counts. */
  readonly version: number;
  /** Of each segment, also of codings. */
  readonly slots: readonly number[];
}

interface ReadRecord {
  readonly slot: number;
  readonly pieces: number;
  readonly record: SavedRecord;
}

interface Slot {
  readonly slot: number;
  readonly pieces: number;
  /** A write of which nothing was heard may arrive there yet: it is not used again before a restart. */
  readonly isTainted?: boolean;
}

/** Where a record stands. */
interface Held {
  slot: number;
  /** As in `Slot`. */
  isTainted: boolean;
  /** Of its segments, and of those of its codings. */
  integrities: readonly string[];
  pieces: number;
}

type CheckedPage = readonly (readonly [id: number, softPurgedAtMs: number | null])[];

export interface KeyvTierOptions {
  readonly kind: string;
  readonly link: KeyvLink;
  readonly state: OwnState;
  readonly witness: Witness;
  /** Told of what a person should know. */
  readonly onNotice: (text: string) => void;
}

/** What an earlier session left, in the order of its use, and the purges it knew of. */
export interface Restored {
  readonly records: readonly NamedRecord[];
  readonly sequence: number;
  readonly purges: readonly RememberedPurge[];
}

/**
 * A database that Keyv has an adapter for, as this edge alone has it. Only setting, getting and deleting
 * one key at a time is asked of it: records and segments stand in numbered slots, of which a restart
 * looks at each that was ever used. What the database could not be told is owed; as long as anything is,
 * nobody vouches for what is in it, and a restart begins anew.
 */
export class KeyvTier implements Tier {
  readonly kind: string;
  readonly segments: KeyvSegments;
  readonly dormant = undefined;
  readonly #link: KeyvLink;
  readonly #state: OwnState;
  readonly #witness: Witness;
  readonly #onNotice: (text: string) => void;
  readonly #recordSlots: Slots;
  readonly #segmentSlots: Slots;
  readonly #purges: PurgePages;
  readonly #recency: RecencyPages;
  readonly #checkedPages: Pages<CheckedPage>;
  readonly #records = new Map<number, Held>();
  /** By record: what is being written, one after another. */
  readonly #writing = new Map<number, Promise<void>>();
  /** New metadata that the database could not be told. */
  readonly #owedRecords = new Map<number, () => StoredRecord | undefined>();
  /** As the state has it, and those since. */
  #givenUp: number[];
  /** Records that must go, in order: an older one does not outlive a newer one. */
  #toDrop: { readonly id: number; readonly held: Held }[] = [];
  #dropping: Promise<void> | undefined;
  #hasFailedToDrop = false;
  #background: Promise<unknown> = Promise.resolve();
  #isVouchedFor = true;
  #isClosed = false;
  #lastId: number;
  /** The highest number that a page of what was checked was to have. */
  #highestChecked: number;

  constructor({ kind, link, state, witness, onNotice }: KeyvTierOptions) {
    this.kind = kind;
    this.#link = link;
    this.#state = state;
    this.#witness = witness;
    this.#onNotice = onNotice;
    const { recordSlots, segmentSlots, sessions } = state.now;
    this.#lastId = sessions * IDS_PER_SESSION;
    this.#givenUp = [...state.now.givenUp];
    this.#highestChecked = state.now.checkedPages.last;
    this.#recordSlots = new Slots(recordSlots, (count) => state.save({ recordSlots: count }));
    this.#segmentSlots = new Slots(segmentSlots, (count) => state.save({ segmentSlots: count }));
    this.segments = new KeyvSegments(link, this.#segmentSlots);
    const epoch = (): string => this.#state.now.epoch;
    this.#purges = new PurgePages(new Pages<PurgePage>({ link, name: 'purge', epoch }), state);
    this.#recency = new RecencyPages(new Pages<RecencyPage>({ link, name: 'used', epoch }), state);
    this.#checkedPages = new Pages<CheckedPage>({ link, name: 'checked', epoch });
  }

  /** Reads what is there. Undefined where something is missing that must be known. */
  async restore(): Promise<Restored | undefined> {
    const { now } = this.#state;
    const known = await this.#purges.read(now.purgePages);
    const checkedPages = await this.#checkedPages.read(now.checkedPages);
    const checkedCount = Math.max(0, now.checkedPages.last - now.checkedPages.first + 1);
    if (known === undefined || checkedPages.length !== checkedCount) return undefined;
    const sequence = Math.max(now.sequence, known.sequence);
    const purges = known.purges.filter(({ seq }) => seq > now.forgottenSeq);
    this.#purges.restore(purges, sequence);
    const all = await this.#readRecords();
    const saved = this.#latest(all);
    const checked = new Map(checkedPages.flat());
    const records = saved.map(({ slot, pieces, record }): NamedRecord => {
      const { epoch: _, version: __, id, slots, ...stored } = record;
      const segments = segmentsOf(record);
      const integrities = segments.map(({ integrity }) => integrity);
      this.#records.set(id, { slot, isTainted: false, pieces, integrities });
      this.segments.restore(segments, slots);
      return { id, record: { ...stored, ...this.#checkedSince(record, checked) } };
    });
    // What does not count is still to be deleted.
    this.#recordSlots.open(new Set(all.map(({ slot }) => slot)));
    this.#segmentSlots.open(this.segments.slotsInUse);
    return { records: await this.#recency.restored(records), sequence, purges };
  }

  /** Everything may have been checked since a record was written. */
  #checkedSince(
    record: SavedRecord,
    checked: ReadonlyMap<number, number | null>,
  ): Pick<StoredRecord, 'checkedSeq' | 'softPurgedAtMs'> {
    const { checkedSeq } = this.#state.now;
    const found = checked.get(record.id);
    const { softPurgedAtMs } = record;
    if (found === undefined || record.checkedSeq >= checkedSeq) {
      return { checkedSeq: record.checkedSeq, softPurgedAtMs };
    }
    return { checkedSeq, softPurgedAtMs: softPurgedAtMs ?? found };
  }

  /** One of each record: a write that was given up may have arrived since. */
  #latest(all: readonly ReadRecord[]): readonly ReadRecord[] {
    const latest = new Map<number, ReadRecord>();
    const givenUp = new Set(this.#givenUp);
    for (const read of all) {
      const { id, version } = read.record;
      if (givenUp.has(id)) {
        this.#dropSoon(id, unused(read));
        continue;
      }
      const other = latest.get(id);
      const [keep, drop] =
        other !== undefined && other.record.version > version ? [other, read] : [read, other];
      latest.set(id, keep);
      if (drop !== undefined) this.#dropSoon(id, unused(drop));
    }
    return [...latest.values()];
  }

  async #readRecords(): Promise<readonly ReadRecord[]> {
    const { epoch } = this.#state.now;
    const found: ReadRecord[] = [];
    for (let from = 0; from < this.#recordSlots.reserved; from += RECORDS_AT_ONCE) {
      const count = Math.min(RECORDS_AT_ONCE, this.#recordSlots.reserved - from);
      const keys = Array.from({ length: count }, (_, index) => recordKey(from + index));
      const texts = await this.#link.getMany(keys);
      for (const [index, text] of texts.entries()) {
        const record = unsealed(text) as SavedRecord | undefined;
        if (text === undefined || record?.epoch !== epoch) continue;
        found.push({ slot: from + index, pieces: this.#link.piecesOf(text.length), record });
      }
    }
    return found;
  }

  /** Without anything that was there before. */
  beginAnew(): void {
    this.#recordSlots.open(new Set());
    this.#segmentSlots.open(new Set());
  }

  nextId(): number {
    return ++this.#lastId;
  }

  load(): undefined {
    return undefined;
  }

  put(id: number, record: () => StoredRecord | undefined): Promise<void> {
    const isKnown = this.#records.has(id);
    const before = this.#writing.get(id) ?? Promise.resolve();
    const written = before.then(() =>
      // Dropped since: it does not come back.
      isKnown && !this.#records.has(id) ? undefined : this.#put(id, record),
    );
    const settled = written.then(
      () => void this.#owedRecords.delete(id),
      () => {
        // What says less than was said before must not be believed.
        if (isKnown && this.#records.has(id)) this.#owedRecords.set(id, record);
        this.#vouch();
      },
    );
    this.#writing.set(id, settled);
    void settled.finally(() => {
      if (this.#writing.get(id) === settled) this.#writing.delete(id);
    });
    return written;
  }

  async #put(id: number, record: () => StoredRecord | undefined): Promise<void> {
    const known = this.#records.get(id);
    const wanted = record();
    if (wanted === undefined) return;
    const integrities = segmentsOf(wanted).map(({ integrity }) => integrity);
    const slots = integrities.map((integrity) => this.segments.slotOf(integrity));
    const { epoch } = this.#state.now;
    const saved: SavedRecord = { ...wanted, epoch, id, version: this.nextId(), slots };
    const text = sealed(saved);
    const mayStay = known !== undefined && !known.isTainted;
    const slot = mayStay ? known.slot : await this.#recordSlots.take();
    const least = mayStay ? known.pieces : 1;
    const pieces = Math.max(this.#link.piecesOf(text.length), least);
    try {
      await this.#link.set(recordKey(slot), text);
    } catch (error) {
      const isTainted = error instanceof StoreError;
      if (isTainted && known === undefined) this.#givenUp.push(id);
      if (mayStay) known.isTainted = isTainted;
      else this.#dropSoon(id, unused({ slot, pieces, isTainted }));
      throw error;
    }
    if (known?.isTainted === true) this.#dropSoon(id, unused(known));
    const held = known ?? { slot, isTainted: false, integrities, pieces };
    Object.assign(held, { slot, isTainted: false, pieces });
    // Codings are added behind what is there, and never taken away alone.
    this.segments.share(integrities.slice(known?.integrities.length ?? 0));
    held.integrities = integrities;
    if (known !== undefined) return;
    this.#records.set(id, held);
    this.#recency.stored(id);
  }

  drop(id: number): void {
    const held = this.#records.get(id);
    if (held === undefined) return;
    this.#records.delete(id);
    this.#owedRecords.delete(id);
    this.#recency.dropped(id);
    this.#dropSoon(id, held);
  }

  #dropSoon(id: number, held: Held): void {
    this.#toDrop.push({ id, held });
    void this.#drop();
  }

  /** Never rejects. */
  #drop(): Promise<void> {
    this.#dropping ??= this.#dropAll().finally(() => {
      this.#dropping = undefined;
    });
    return this.#dropping;
  }

  async #dropAll(): Promise<void> {
    // What is dropped together goes together.
    await Promise.resolve();
    try {
      while (this.#toDrop.length > 0) {
        const some = this.#toDrop.slice(0, RECORDS_AT_ONCE);
        await Promise.all(some.map(({ id }) => this.#writing.get(id) ?? Promise.resolve()));
        const keys = some.flatMap(({ held }) => keysOf(recordKey(held.slot), held.pieces));
        await this.#link.deleteMany(keys);
        this.#toDrop.splice(0, some.length);
        for (const { held } of some) {
          if (!held.isTainted) this.#recordSlots.free(held.slot);
          // Not before: a record that is still there names what is in its segments' slots.
          this.segments.unshare(held.integrities);
        }
      }
      this.#hasFailedToDrop = false;
    } catch {
      // They go with the next.
      this.#hasFailedToDrop = true;
    }
    this.#vouch();
  }

  touch(ids: Iterable<number>): void {
    const order = [...ids];
    this.#inBackground(() => this.#recency.used(order));
  }

  savePurge(purges: readonly Purge[], sequence: number, nowMs: number): void {
    this.#purges.add(purges, sequence, nowMs);
  }

  /** Resolves when all purges so far hold after a restart too; false where that cannot be made sure of. */
  async savedPurges(): Promise<boolean> {
    try {
      await this.#purges.save();
      return true;
    } catch (error) {
      if (!this.#link.isAway && this.#isVouchedFor) {
        this.#notice('a purge cannot be written, so a restart begins with an empty store', error);
      }
      return this.#vouch();
    }
  }

  saveForgotten(seq: number, checked: Iterable<CheckedRecord> | undefined): void {
    if (checked === undefined) {
      this.#purges.forget(seq);
      return;
    }
    const all = [...checked].map(({ id, softPurgedAtMs }) => [id, softPurgedAtMs ?? null] as const);
    this.#inBackground(() => this.#saveChecked(seq, all));
  }

  async #saveChecked(seq: number, checked: CheckedPage): Promise<void> {
    // What is dead must not be taken for checked.
    await this.#dropping;
    if (this.#hasFailedToDrop) return;
    const { checkedPages: before, forgottenSeq } = this.#state.now;
    const first = this.#highestChecked + 1;
    for (let at = 0; at < checked.length; at += CHECKED_AT_ONCE) {
      const page = checked.slice(at, at + CHECKED_AT_ONCE);
      await this.#checkedPages.write(++this.#highestChecked, page);
    }
    const last = this.#highestChecked;
    await this.#state.save({
      checkedPages: { first, last },
      checkedSeq: seq,
      forgottenSeq: Math.max(seq, forgottenSeq),
    });
    this.#purges.forget(seq);
    await this.#checkedPages.remove(before);
  }

  /** What fails is done again some day, or not missed. */
  #inBackground(act: () => Promise<void>): void {
    this.#background = this.#background.then(act).catch(() => {});
  }

  #notice(what: string, error: unknown): void {
    this.#onNotice(`${what}: ${messageOf(error)}`);
  }

  isFull(error: unknown): boolean {
    return saysFull(error);
  }

  /** Whether everything that this edge knows is in the database too. */
  get #isPaid(): boolean {
    return !this.#purges.isOwed && this.#owedRecords.size === 0 && !this.#hasFailedToDrop;
  }

  /** Keeps the witness in step with what is owed. False where that fails. */
  #vouch(): boolean {
    const mayVouch = this.#isPaid;
    if (mayVouch === this.#isVouchedFor) return true;
    const { session } = this.#state.now;
    if (mayVouch) this.#witness.speakFor([session]);
    else if (!this.#witness.withdraw(session)) return false;
    this.#isVouchedFor = mayVouch;
    return true;
  }

  /** Tells the database what it could not be told before. Rejects where it still cannot be. */
  async pay(): Promise<void> {
    if (this.#givenUp.at(-1) !== this.#state.now.givenUp.at(-1)) {
      this.#givenUp = this.#givenUp.slice(-MAX_GIVEN_UP);
      await this.#state.save({ givenUp: this.#givenUp });
    }
    await this.#purges.save();
    for (const [id, record] of this.#owedRecords) {
      if (this.#records.has(id)) await this.put(id, record);
      this.#owedRecords.delete(id);
    }
    if (this.#hasFailedToDrop) await this.#drop();
    this.#vouch();
  }

  /** The database has lost something, and nobody can say what: nothing that was there counts. */
  async lose(): Promise<void> {
    this.#records.clear();
    this.#owedRecords.clear();
    this.#givenUp = [];
    this.#toDrop = [];
    this.#hasFailedToDrop = false;
    this.segments.lose();
    this.#purges.lose();
    await this.#state.save({ epoch: randomUUID(), givenUp: [] });
    this.beginAnew();
    await this.pay();
  }

  async settled(): Promise<void> {
    await Promise.all(this.#writing.values());
    await this.#dropping;
    await this.#background;
    await this.segments.settled();
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.settled();
    await this.pay().catch(() => {});
    await this.segments.close();
    if (this.#isPaid && !this.#link.isAway) {
      const { sequence } = this.#purges;
      await this.#state.save({ isClosed: true, sequence }).then(
        () => this.#witness.withdraw(this.#state.now.session),
        () => {},
      );
    }
    await this.#link.close();
  }
}

/** Of the body, and of its codings. */
function segmentsOf({ segments, codings = [] }: StoredRecord): readonly BodySegment[] {
  return [...segments, ...codings.flatMap((one) => one.segments)] as readonly BodySegment[];
}

/** A slot in which nothing is that counts. */
function unused({ slot, pieces, isTainted = false }: Slot): Held {
  return { slot, isTainted, pieces, integrities: [] };
}

function recordKey(slot: number): string {
  return `record:${slot}`;
}

/** SQLSTATE 53100 and 53200, MySQL 1021 and 1114, MongoDB 14031, SQLite 13, and what others say in words. */
const FULL_CODES = new Set<unknown>(['53100', '53200', 1021, 1114, 14_031, 'SQLITE_FULL']);

function saysFull(error: unknown): boolean {
  const { code, errno, message = '' } = error as Partial<Error & { code: unknown; errno: unknown }>;
  return (
    FULL_CODES.has(code) ||
    FULL_CODES.has(errno) ||
    /\b(?:ENOSPC|EDQUOT)\b|no space left|disk.*full|space exceeded|out of memory/iu.test(message)
  );
}
