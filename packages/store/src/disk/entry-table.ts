import type { StatementSync } from 'node:sqlite';

import { splitSearch, type StoredResponse } from '@poplet/policy';

import type { DormantEntries } from '../dormant-entries.ts';
import { heldBytesOf } from '../held-bytes.ts';
import type { PurgeLedger } from '../purge-ledger.ts';
import type { Purgeable } from '../purge-scope.ts';
import type { StoredEntry } from '../store.ts';
import {
  storedResponseOf,
  storedVarianceOf,
  type PlainResponse,
  type StoredRecord,
} from '../stored-record.ts';
import type { StaleRecord } from '../tier.ts';
import { isUnder, type UriPrefix } from '../uri-prefix.ts';
import { checksumOf } from './checksum.ts';
import { isFull, type Database } from './database.ts';

/** Deleted in one transaction, so that nothing waits long. */
const DELETED_AT_ONCE = 500;

interface DetailsRow {
  readonly id: number;
  readonly text: string;
  readonly checksum: string;
  readonly checkedSeq: number;
  readonly softPurgedAtMs: number | null;
}

interface EntryRow {
  readonly id: number;
  readonly bytes: number;
  readonly heldBytes: number;
  readonly checkedSeq: number;
  readonly softPurgedAtMs: number | null;
  readonly primaryKey: string;
  readonly fetchedSeq: number;
  readonly validatedSeq: number;
  readonly labels: string | null;
}

/** What of a response has to be known, beside its key, to see whether a purge reaches it. */
type Labels = Pick<PlainResponse, 'tags' | 'groups' | 'variance'>;

const NO_LABELS: Labels = { tags: [], groups: [], variance: null };

const ENTRY_COLUMNS =
  'id, bytes, heldBytes, checkedSeq, softPurgedAtMs, primaryKey, fetchedSeq, validatedSeq, labels';

export interface EntryTableOptions {
  readonly database: Database;
  readonly ledger: PurgeLedger;
  /** Told of segments that nobody has a share in any more. */
  readonly onFreed: (integrities: readonly string[]) => void;
}

/**
 * The records of a disk store: a storage adapter for Keyv, whose keys are the numbers of the records,
 * and beside that what Keyv has no words for: who stands in which place, who was used when, who has a
 * share in which segment. Each record changes with all of that, or not at all.
 */
export class EntryTable implements DormantEntries {
  readonly opts = { dialect: 'sqlite' };
  readonly namespace = undefined;
  readonly #database: Database;
  readonly #ledger: PurgeLedger;
  readonly #onFreed: (integrities: readonly string[]) => void;
  readonly #statements = new Map<string, StatementSync>();
  /** Entries used last before this are dormant. */
  readonly #openedUsed: number;
  #used: number;
  #lastId: number;
  count: number;
  bytes: number;
  heldBytes: number;
  /** Dormant ones that a sweep found dead, no longer counted, and are still to be deleted. */
  readonly #dying = new Set<number>();
  /** Segments whose last record could not be deleted for want of room. */
  readonly #condemned = new Set<string>();
  #reaper: NodeJS.Immediate | undefined;
  /** Dormant ones that the last sweep found stale. */
  #stale: readonly StaleRecord[] = [];

  constructor({ database, ledger, onFreed }: EntryTableOptions) {
    this.#database = database;
    this.#ledger = ledger;
    this.#onFreed = onFreed;
    const totals = this.#sql(
      'SELECT count(*) AS count, sum(bytes) AS bytes, sum(heldBytes) AS heldBytes, max(used) AS used FROM entry',
    ).get() as Readonly<Record<'count' | 'bytes' | 'heldBytes' | 'used', number | null>>;
    this.count = totals.count ?? 0;
    this.bytes = totals.bytes ?? 0;
    this.heldBytes = totals.heldBytes ?? 0;
    this.#openedUsed = this.#used = totals.used ?? 0;
    this.#lastId = (this.#sql('SELECT max(id) AS id FROM entry').get()?.['id'] as number) ?? 0;
  }

  #sql(text: string): StatementSync {
    let statement = this.#statements.get(text);
    if (statement === undefined) {
      this.#statements.set(text, (statement = this.#database.sql.prepare(text)));
    }
    return statement;
  }

  nextId(): number {
    return ++this.#lastId;
  }

  isShared(integrity: string): boolean {
    return !this.#condemned.has(integrity) && this.#sharesIn(integrity) > 0;
  }

  // Keyv ----------------------------------------------------------------------------------------

  on(): this {
    return this;
  }

  /** Undefined also for what was damaged. */
  get(key: string): Promise<{ readonly value: StoredRecord } | undefined> {
    const row = this.#sql(
      'SELECT id, text, checksum, checkedSeq, softPurgedAtMs FROM details JOIN entry USING (id) WHERE id = ?',
    ).get(Number(key)) as DetailsRow | undefined;
    const value = row === undefined ? undefined : recordOf(row);
    return Promise.resolve(value === undefined ? undefined : { value });
  }

  /** Durable when it has returned. */
  set(key: string, { value }: { readonly value: StoredRecord }): void {
    const id = Number(key);
    const { response, segments, checkedSeq, softPurgedAtMs } = value;
    const { primaryKey, variance, tags, groups, fetchedSeq, validatedSeq } = response;
    const stored = storedResponseOf(response);
    const hasLabels = variance !== null || tags.length > 0 || groups.length > 0;
    const labels: Labels = { tags, groups, variance };
    const integrities = segments.map(({ integrity }) => integrity as string);
    const text = JSON.stringify({ response, segments });
    this.#database.transaction(() => {
      const isNew = this.#sql('SELECT 1 FROM entry WHERE id = ?').get(id) === undefined;
      this.#sql('INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)').run(
        id,
        variance === null ? primaryKey : placeOfPath(primaryKey),
        ++this.#used,
        response.bodyBytes + response.fields.length,
        response.bodyBytes + heldBytesOf(stored),
        checkedSeq,
        softPurgedAtMs,
        primaryKey,
        fetchedSeq,
        validatedSeq,
        hasLabels ? JSON.stringify(labels) : null,
        integrities.length === 0 ? null : integrities.join(' '),
      );
      this.#sql('INSERT OR REPLACE INTO details VALUES (?, ?, ?)').run(
        id,
        text,
        checksumOf(`${id} ${text}`),
      );
      if (!isNew) return;
      for (const integrity of integrities) {
        this.#condemned.delete(integrity);
        this.#sql(
          'INSERT INTO segment VALUES (?, 1) ON CONFLICT DO UPDATE SET shares = shares + 1',
        ).run(integrity);
      }
    });
  }

  delete(key: string): Promise<boolean> {
    return this.deleteMany([key]);
  }

  deleteMany(keys: readonly string[]): Promise<boolean> {
    this.deleteNow(keys.map(Number));
    return Promise.resolve(true);
  }

  clear(): Promise<void> {
    const ids = this.#sql('SELECT id FROM entry').all() as unknown as readonly { id: number }[];
    this.deleteNow(ids.map(({ id }) => id));
    return Promise.resolve();
  }

  // What Keyv has no words for ------------------------------------------------------------------

  /** All of them, or none. Where there is no room even for that, their segments are given up at least. */
  deleteNow(ids: readonly number[]): void {
    let freed: readonly string[];
    try {
      freed = this.#database.transaction(() => ids.flatMap((id) => this.#deleteOne(id)));
    } catch (error) {
      if (isFull(error)) this.#condemn(ids);
      throw error;
    }
    for (const integrity of freed) this.#condemned.delete(integrity);
    if (freed.length > 0) this.#onFreed(freed);
  }

  /** Returns the segments that nobody has a share in any more. */
  #deleteOne(id: number): string[] {
    const freed: string[] = [];
    const row = this.#sql('DELETE FROM entry WHERE id = ? RETURNING segments').get(id);
    this.#sql('DELETE FROM details WHERE id = ?').run(id);
    for (const integrity of integritiesOf(row)) {
      const left = this.#sql(
        'UPDATE segment SET shares = shares - 1 WHERE integrity = ? RETURNING shares',
      ).get(integrity);
      if (left?.['shares'] !== 0) continue;
      this.#sql('DELETE FROM segment WHERE integrity = ?').run(integrity);
      freed.push(integrity);
    }
    return freed;
  }

  #condemn(ids: readonly number[]): void {
    const condemned = ids
      .flatMap((id) => integritiesOf(this.#sql('SELECT segments FROM entry WHERE id = ?').get(id)))
      .filter((integrity) => this.#sharesIn(integrity) === 1);
    for (const integrity of condemned) this.#condemned.add(integrity);
    if (condemned.length > 0) this.#onFreed(condemned);
  }

  #sharesIn(integrity: string): number {
    const row = this.#sql('SELECT shares FROM segment WHERE integrity = ?').get(integrity);
    return (row?.['shares'] as number | undefined) ?? 0;
  }

  /** The dormant records that a request for this key may select, oldest first; they are no longer dormant. */
  wake(primaryKey: string): readonly number[] {
    if (this.count === 0) return [];
    const rows = this.#sql(
      'SELECT id, bytes, heldBytes FROM entry WHERE place IN (?, ?) AND used <= ? ORDER BY id',
    ).all(primaryKey, placeOfPath(primaryKey), this.#openedUsed) as unknown as readonly EntryRow[];
    const woken = rows.filter(({ id }) => !this.#dying.has(id));
    if (woken.length === 0) return [];
    this.touch(woken.map(({ id }) => id));
    for (const row of woken) this.#uncount(row);
    return woken.map(({ id }) => id);
  }

  touch(ids: Iterable<number>): void {
    this.#database.transaction(() => {
      for (const id of ids) {
        this.#sql('UPDATE entry SET used = ? WHERE id = ?').run(++this.#used, id);
      }
    });
  }

  #uncount({ bytes, heldBytes }: EntryRow): void {
    this.count--;
    this.bytes -= bytes;
    this.heldBytes -= heldBytes;
  }

  evictOldest(): 'evicted' | 'dead' | 'none' {
    if (this.count === 0) return 'none';
    const rows = this.#sql(
      `SELECT ${ENTRY_COLUMNS} FROM entry WHERE used <= ? ORDER BY used LIMIT ${this.#dying.size + 1}`,
    ).all(this.#openedUsed) as unknown as readonly EntryRow[];
    const row = rows.find(({ id }) => !this.#dying.has(id));
    if (row === undefined) return 'none';
    const isAlive = this.#isAlive(row);
    this.#uncount(row);
    this.#dying.add(row.id);
    if (this.#dying.size >= DELETED_AT_ONCE) this.#tryToReap();
    else this.#reapSoon();
    return isAlive ? 'evicted' : 'dead';
  }

  #isAlive(row: EntryRow): boolean {
    return this.#ledger.check(purgeableOf(row), row.checkedSeq).kind !== 'gone';
  }

  sweep(): number {
    if (this.count === 0) return Infinity;
    let oldestSeq = Infinity;
    const stale: StaleRecord[] = [];
    const dead: EntryRow[] = [];
    for (const row of this.#dormant('ORDER BY id')) {
      const verdict = this.#ledger.check(purgeableOf(row), row.checkedSeq);
      if (verdict.kind === 'gone') {
        dead.push(row);
        continue;
      }
      oldestSeq = Math.min(oldestSeq, row.fetchedSeq);
      if (verdict.kind === 'soft' && row.softPurgedAtMs === null) {
        stale.push({ id: row.id, softPurgedAtMs: verdict.sinceAtMs });
      }
    }
    for (const row of dead) {
      this.#uncount(row);
      this.#dying.add(row.id);
    }
    this.#stale = stale;
    if (dead.length > 0) this.#reapSoon();
    return oldestSeq;
  }

  *#dormant(order: string): Generator<EntryRow, void> {
    const rows = this.#sql(`SELECT ${ENTRY_COLUMNS} FROM entry WHERE used <= ? ${order}`);
    for (const row of rows.iterate(this.#openedUsed)) {
      const entry = row as unknown as EntryRow;
      if (!this.#dying.has(entry.id)) yield entry;
    }
  }

  #reapSoon(): void {
    this.#reaper ??= setImmediate(() => {
      this.#reaper = undefined;
      if (this.#tryToReap() && this.#dying.size > 0) this.#reapSoon();
    });
  }

  /** False where there is no room to write: they stay for the next sweep, or process; nobody finds them. */
  #tryToReap(): boolean {
    try {
      this.reap(DELETED_AT_ONCE);
      return true;
    } catch {
      return false;
    }
  }

  /** Deletes what a sweep found dead, or an eviction chose. */
  reap(limit = Infinity): void {
    const ids: number[] = [];
    for (const id of this.#dying) {
      if (ids.length >= limit) break;
      ids.push(id);
    }
    if (ids.length === 0) return;
    this.deleteNow(ids);
    for (const id of ids) this.#dying.delete(id);
  }

  /** Everything was checked up to `seq`; those of `stale`, and the dormant of the last sweep, were found stale. Inside a transaction. */
  saveChecked(seq: number, stale: Iterable<StaleRecord>): void {
    this.#sql('UPDATE entry SET checkedSeq = max(checkedSeq, ?)').run(seq);
    for (const found of [stale, this.#stale]) {
      for (const { id, softPurgedAtMs } of found) {
        this.#sql('UPDATE entry SET softPurgedAtMs = coalesce(softPurgedAtMs, ?) WHERE id = ?').run(
          softPurgedAtMs,
          id,
        );
      }
    }
  }

  list({
    prefix,
    limit,
  }: {
    readonly prefix: UriPrefix | undefined;
    readonly limit: number;
  }): StoredEntry[] {
    const found: StoredEntry[] = [];
    if (this.count === 0 || limit <= 0) return found;
    const wanted: EntryRow[] = [];
    for (const row of this.#dormant('ORDER BY used DESC')) {
      if (wanted.length >= limit) break;
      const purgeable = purgeableOf(row);
      if (prefix !== undefined && !isUnder(purgeable, prefix)) continue;
      if (this.#isAlive(row)) wanted.push(row);
    }
    for (const row of wanted) {
      const details = this.#sql(
        'SELECT id, text, checksum, checkedSeq, softPurgedAtMs FROM details JOIN entry USING (id) WHERE id = ?',
      ).get(row.id) as DetailsRow | undefined;
      const record = details === undefined ? undefined : recordOf(details);
      if (record === undefined) continue;
      const verdict = this.#ledger.check(purgeableOf(row), row.checkedSeq);
      const softPurgedAtMs =
        row.softPurgedAtMs ?? (verdict.kind === 'soft' ? verdict.sinceAtMs : undefined);
      found.push({ response: storedResponseOf(record.response), softPurgedAtMs });
    }
    return found;
  }

  close(): void {
    clearImmediate(this.#reaper);
    this.reap();
  }
}

function integritiesOf(row: Readonly<Record<string, unknown>> | undefined): readonly string[] {
  return (row?.['segments'] as string | null | undefined)?.split(' ') ?? [];
}

/** Where responses stand that answer for other queries of their path (No-Vary-Search). No key has a space at its end. */
function placeOfPath(primaryKey: string): string {
  return `${splitSearch(primaryKey).path} `;
}

function purgeableOf(row: EntryRow): Purgeable {
  const { primaryKey, fetchedSeq, validatedSeq } = row;
  const { tags, groups, variance } =
    row.labels === null ? NO_LABELS : (JSON.parse(row.labels) as Labels);
  return {
    primaryKey,
    fetchedSeq,
    validatedSeq,
    tags,
    groups,
    variance: storedVarianceOf(variance) as StoredResponse['variance'],
  };
}

function recordOf(row: DetailsRow): StoredRecord | undefined {
  const { id, text, checksum, checkedSeq, softPurgedAtMs } = row;
  if (checksumOf(`${id} ${text}`) !== checksum) return undefined;
  const { response, segments } = JSON.parse(text) as Pick<StoredRecord, 'response' | 'segments'>;
  return { response, segments, checkedSeq, softPurgedAtMs };
}
