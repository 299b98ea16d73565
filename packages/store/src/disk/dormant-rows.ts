import type { Purge, PurgeSelector } from '@poplet/policy';

import { recordedResponseOf, storedVarianceOf } from '../stored-record.ts';
import type { DormantEntries } from '../dormant-entries.ts';
import type { PurgeLedger, PurgeVerdict, RememberedPurge } from '../purge-ledger.ts';
import type { Purgeable } from '../purge-scope.ts';
import type { StoredEntry } from '../store.ts';
import type { CheckedRecord } from '../tier.ts';
import { isUnder, type UriPrefix } from '../uri-prefix.ts';
import type { Database } from './database.ts';
import { placeOfPath, type EntryTable, type Labels } from './entry-table.ts';
import { reachOf } from './purge-reach.ts';

/** More than this are not looked up one by one. */
const MANY_PURGES = 64;
/** Deleted in one transaction, so that nothing waits long. */
const DELETED_AT_ONCE = 500;

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

const NO_LABELS: Labels = { tags: [], groups: [], variance: null, variantKey: '' };

const COLUMNS =
  'id, bytes, heldBytes, checkedSeq, softPurgedAtMs, primaryKey, fetchedSeq, validatedSeq, labels';

export interface DormantRowsOptions {
  readonly database: Database;
  readonly table: EntryTable;
  readonly ledger: PurgeLedger;
  /** Those of earlier processes that are remembered. */
  readonly purges: Iterable<RememberedPurge>;
}

/** The entries of a disk store that were there when it was opened, and were not asked for since. */
export class DormantRows implements DormantEntries {
  readonly #database: Database;
  readonly #table: EntryTable;
  readonly #ledger: PurgeLedger;
  /** Entries used last before this are dormant. */
  readonly #openedUsed: number;
  count: number;
  bytes: number;
  heldBytes: number;
  /** Found dead by a sweep, or evicted: no longer counted, and still to be deleted. */
  readonly #dying = new Set<number>();
  #reaper: NodeJS.Immediate | undefined;
  /** What was purged since the last sweep, this process's or an earlier one's. */
  #unswept: PurgeSelector[] = [];
  #purgedSeq: number;
  #sweptSeq: number;

  constructor({ database, table, ledger, purges }: DormantRowsOptions) {
    this.#database = database;
    this.#table = table;
    this.#ledger = ledger;
    this.#openedUsed = table.lastUsed;
    const totals = database
      .prepared(
        'SELECT count(*) AS count, sum(bytes) AS bytes, sum(heldBytes) AS heldBytes FROM entry',
      )
      .get() as Readonly<Record<'count' | 'bytes' | 'heldBytes', number | null>>;
    this.count = totals.count ?? 0;
    this.bytes = totals.bytes ?? 0;
    this.heldBytes = totals.heldBytes ?? 0;
    this.#purgedSeq = this.#sweptSeq = database.about('sweptSeq') ?? 0;
    for (const { seq, purge } of purges) {
      if (seq > this.#sweptSeq) this.purged([purge], seq);
    }
  }

  /** The dormant records that a request for this key may select, oldest first; they are no longer dormant. */
  wake(primaryKey: string): readonly number[] {
    if (this.count === 0) return [];
    const rows = this.#database
      .prepared(
        'SELECT id, bytes, heldBytes FROM entry WHERE place IN (?, ?) AND used <= ? ORDER BY id',
      )
      .all(primaryKey, placeOfPath(primaryKey), this.#openedUsed) as unknown as readonly EntryRow[];
    const woken = rows.filter(({ id }) => !this.#dying.has(id));
    if (woken.length === 0) return [];
    this.#table.touch(woken.map(({ id }) => id));
    for (const row of woken) this.#uncount(row);
    return woken.map(({ id }) => id);
  }

  #uncount({ bytes, heldBytes }: EntryRow): void {
    this.count--;
    this.bytes -= bytes;
    this.heldBytes -= heldBytes;
  }

  // What cannot be read is nobody's: it goes with all the rest when the next process begins anew.

  evictOldest(): 'evicted' | 'dead' | 'none' {
    if (this.count === 0) return 'none';
    const rows = this.#database.read(() => this.#oldest(this.#dying.size + 1), []);
    const row = rows.find(({ id }) => !this.#dying.has(id));
    if (row === undefined) return 'none';
    const isAlive = this.#isAlive(row);
    this.#bury(row);
    if (this.#dying.size >= DELETED_AT_ONCE) this.#tryToReap();
    else this.#reapSoon();
    return isAlive ? 'evicted' : 'dead';
  }

  #oldest(limit: number): readonly EntryRow[] {
    return this.#database
      .prepared(`SELECT ${COLUMNS} FROM entry WHERE used <= ? ORDER BY used LIMIT ${limit}`)
      .all(this.#openedUsed) as unknown as readonly EntryRow[];
  }

  #isAlive(row: EntryRow): boolean {
    const verdict = this.#verdictOn(row);
    return verdict !== undefined && verdict.kind !== 'gone';
  }

  /** Undefined where what it says of itself is damaged. */
  #verdictOn(row: EntryRow): PurgeVerdict | undefined {
    const purgeable = purgeableOf(row);
    return purgeable && this.#ledger.check(purgeable, row.checkedSeq);
  }

  /** A purge has taken effect. Soft ones kill nothing. */
  purged(purges: readonly Purge[], sequence: number): void {
    for (const { selector, soft } of purges) if (!soft) this.#unswept.push(selector);
    this.#purgedSeq = sequence;
  }

  sweep(): void {
    const dead = this.#database.read(
      () =>
        this.#unswept.length > MANY_PURGES
          ? [...this.#dormant('ORDER BY id')].filter((row) => !this.#isAlive(row))
          : this.#deadBy(this.#unswept),
      [],
    );
    this.#unswept = [];
    for (const row of dead) this.#bury(row);
    if (this.#dying.size > 0) this.#reapSoon();
    else this.#saveSwept();
  }

  /** One look at all rows, however many purges there were. */
  #deadBy(selectors: readonly PurgeSelector[]): EntryRow[] {
    if (this.count === 0 || selectors.length === 0) return [];
    const reaches = selectors.map(reachOf);
    const condition = reaches.map((reach) => reach.condition).join(' OR ');
    const rows = this.#database
      .prepare(`SELECT ${COLUMNS} FROM entry WHERE used <= ? AND (${condition})`)
      .all(this.#openedUsed, ...reaches.flatMap(({ values }) => values));
    return (rows as unknown as readonly EntryRow[]).filter((row) => !this.#isAlive(row));
  }

  #bury(row: EntryRow): void {
    if (this.#dying.has(row.id)) return;
    this.#uncount(row);
    this.#dying.add(row.id);
  }

  /** A process that begins after this need not look for what these purges killed. */
  #saveSwept(): void {
    if (this.#unswept.length > 0 || this.#purgedSeq === this.#sweptSeq) return;
    try {
      this.#database.setAbout('sweptSeq', this.#purgedSeq);
      this.#sweptSeq = this.#purgedSeq;
    } catch (error) {
      // Without room to write it down, the next process looks again.
      this.#database.notice(error);
    }
  }

  oldestSeq(): number {
    return this.#database.read(() => {
      const row = this.#database
        .prepared('SELECT min(fetchedSeq) AS seq FROM entry WHERE used <= ?')
        .get(this.#openedUsed);
      return (row?.['seq'] as number | null | undefined) ?? Infinity;
    }, 0);
  }

  *#dormant(order: string): Generator<EntryRow, void> {
    const rows = this.#database.prepared(`SELECT ${COLUMNS} FROM entry WHERE used <= ? ${order}`);
    for (const row of rows.iterate(this.#openedUsed)) {
      const entry = row as unknown as EntryRow;
      if (!this.#dying.has(entry.id)) yield entry;
    }
  }

  #reapSoon(): void {
    this.#reaper ??= setImmediate(() => {
      this.#reaper = undefined;
      if (!this.#tryToReap()) return;
      if (this.#dying.size > 0) this.#reapSoon();
      else this.#saveSwept();
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
    this.#table.deleteNow(ids);
    for (const id of ids) this.#dying.delete(id);
  }

  /** Everything was checked up to `seq`; of what is not dormant, this was found. Inside a transaction. */
  saveChecked(seq: number, awake: Iterable<CheckedRecord>): void {
    for (const { id, softPurgedAtMs } of [...awake, ...this.#stale()]) {
      if (softPurgedAtMs === undefined) continue;
      this.#database
        .prepared('UPDATE entry SET softPurgedAtMs = coalesce(softPurgedAtMs, ?) WHERE id = ?')
        .run(softPurgedAtMs, id);
    }
    this.#database.prepared('UPDATE entry SET checkedSeq = max(checkedSeq, ?)').run(seq);
  }

  #stale(): CheckedRecord[] {
    return [...this.#dormant('ORDER BY id')].flatMap((row) => {
      const verdict = this.#verdictOn(row);
      return verdict?.kind === 'soft' ? [{ id: row.id, softPurgedAtMs: verdict.sinceAtMs }] : [];
    });
  }

  list(options: { readonly prefix: UriPrefix | undefined; readonly limit: number }): StoredEntry[] {
    return this.#database.read(() => this.#list(options), []);
  }

  #list({
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
      if (purgeable === undefined) continue;
      if (prefix !== undefined && !isUnder(purgeable, prefix)) continue;
      if (this.#isAlive(row)) wanted.push(row);
    }
    for (const row of wanted) {
      const record = this.#table.record(row.id);
      if (record === undefined) continue;
      const verdict = this.#verdictOn(row);
      const softPurgedAtMs =
        row.softPurgedAtMs ?? (verdict?.kind === 'soft' ? verdict.sinceAtMs : undefined);
      found.push({ response: recordedResponseOf(record), softPurgedAtMs });
    }
    return found;
  }

  close(): void {
    clearImmediate(this.#reaper);
    this.reap();
  }
}

/** Undefined where it is damaged. */
function purgeableOf(row: EntryRow): Purgeable | undefined {
  const { primaryKey, fetchedSeq, validatedSeq } = row;
  const labels = row.labels === null ? NO_LABELS : labelsOf(row.labels);
  if (labels === undefined) return undefined;
  const { tags, groups, variance, variantKey } = labels;
  return {
    primaryKey,
    fetchedSeq,
    validatedSeq,
    tags,
    groups,
    variantKey,
    variance: storedVarianceOf(variance),
  };
}

function labelsOf(text: string): Labels | undefined {
  try {
    return JSON.parse(text) as Labels;
  } catch {
    return undefined;
  }
}
