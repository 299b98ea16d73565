import { storedResponseOf, storedVarianceOf } from '../stored-record.ts';
import type { DormantEntries } from '../dormant-entries.ts';
import type { PurgeLedger } from '../purge-ledger.ts';
import type { Purgeable } from '../purge-scope.ts';
import type { StoredEntry } from '../store.ts';
import type { StaleRecord } from '../tier.ts';
import { isUnder, type UriPrefix } from '../uri-prefix.ts';
import type { Database } from './database.ts';
import { placeOfPath, type EntryTable, type Labels } from './entry-table.ts';

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

const NO_LABELS: Labels = { tags: [], groups: [], variance: null };

const COLUMNS =
  'id, bytes, heldBytes, checkedSeq, softPurgedAtMs, primaryKey, fetchedSeq, validatedSeq, labels';

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
  /** Found stale by the last sweep. */
  #stale: readonly StaleRecord[] = [];

  constructor(database: Database, table: EntryTable, ledger: PurgeLedger) {
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

  evictOldest(): 'evicted' | 'dead' | 'none' {
    if (this.count === 0) return 'none';
    const rows = this.#database
      .prepared(
        `SELECT ${COLUMNS} FROM entry WHERE used <= ? ORDER BY used LIMIT ${this.#dying.size + 1}`,
      )
      .all(this.#openedUsed) as unknown as readonly EntryRow[];
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
    const rows = this.#database.prepared(`SELECT ${COLUMNS} FROM entry WHERE used <= ? ${order}`);
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
    this.#table.deleteNow(ids);
    for (const id of ids) this.#dying.delete(id);
  }

  /** Everything was checked up to `seq`; those of `stale`, and the dormant of the last sweep, were found stale. Inside a transaction. */
  saveChecked(seq: number, stale: Iterable<StaleRecord>): void {
    this.#database.prepared('UPDATE entry SET checkedSeq = max(checkedSeq, ?)').run(seq);
    for (const found of [stale, this.#stale]) {
      for (const { id, softPurgedAtMs } of found) {
        this.#database
          .prepared('UPDATE entry SET softPurgedAtMs = coalesce(softPurgedAtMs, ?) WHERE id = ?')
          .run(softPurgedAtMs, id);
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
      const record = this.#table.record(row.id);
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
    variance: storedVarianceOf(variance),
  };
}
