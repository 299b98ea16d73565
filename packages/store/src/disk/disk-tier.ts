import type { Purge } from '@poplet/policy';
import { Keyv } from 'keyv';

import { messageOf } from '../message-of.ts';
import type { PurgeLedger, RememberedPurge } from '../purge-ledger.ts';
import type { StoredRecord } from '../stored-record.ts';
import type { CheckedRecord, NamedRecord, Tier } from '../tier.ts';
import { isFull, type Database } from './database.ts';
import { DormantRows } from './dormant-rows.ts';
import { EntryTable } from './entry-table.ts';
import type { PurgeLog } from './purge-log.ts';
import { SegmentFiles } from './segment-files.ts';

export interface DiskTierOptions {
  readonly database: Database;
  readonly segmentsFolder: string;
  readonly ledger: PurgeLedger;
  readonly purgeLog: PurgeLog;
  /** What it remembers. */
  readonly purges: Iterable<RememberedPurge>;
  readonly onNotice: (text: string) => void;
}

/** A folder: SQLite for what is said of bodies, cacache for the bodies. */
export class DiskTier implements Tier {
  readonly kind = 'disk';
  readonly segments: SegmentFiles;
  readonly dormant: DormantRows;
  readonly #table: EntryTable;
  readonly #database: Database;
  readonly #purgeLog: PurgeLog;
  readonly #records: Keyv<StoredRecord>;
  readonly #onNotice: (text: string) => void;
  readonly #drops = new Set<number>();
  #isDropping = false;
  /** Writes go one after another: what was dropped does not come back by an update that was slower. */
  #writes: Promise<unknown> = Promise.resolve();
  #background: Promise<void> = Promise.resolve();

  constructor(options: DiskTierOptions) {
    const { database, segmentsFolder, ledger, purges, purgeLog, onNotice } = options;
    this.#database = database;
    this.#purgeLog = purgeLog;
    this.#onNotice = onNotice;
    this.segments = new SegmentFiles(segmentsFolder, (integrity) =>
      this.#table.isShared(integrity),
    );
    this.#table = new EntryTable(database, (freed) => this.segments.remove(freed));
    this.dormant = new DormantRows({ database, table: this.#table, ledger, purges });
    // No prefix and no second encoding: the table knows its columns.
    this.#records = new Keyv({ store: this.#table, useKeyPrefix: false, throwOnErrors: true });
    this.#records.serialize = undefined;
    this.#records.deserialize = undefined;
    // Whoever called is told; without a listener Keyv would write to the console.
    this.#records.on('error', () => {});
  }

  /** Removes in the background what an earlier process left behind. */
  reclaim(): void {
    this.#background = this.segments.reclaim().catch((error: unknown) => {
      this.#onNotice(`what an earlier process left behind cannot be removed: ${String(error)}`);
    });
  }

  nextId(): number {
    return this.#table.nextId();
  }

  load(primaryKey: string): Promise<readonly NamedRecord[]> | undefined {
    let ids: readonly number[];
    try {
      ids = this.dormant.wake(primaryKey);
    } catch (error) {
      // There is no room to write that they are in use, or the index is damaged: asleep they may stay.
      this.#database.notice(error);
      return undefined;
    }
    return ids.length === 0 ? undefined : this.#read(ids);
  }

  async #read(ids: readonly number[]): Promise<readonly NamedRecord[]> {
    const found: NamedRecord[] = [];
    for (const id of ids) {
      const record = await this.#records.get(String(id));
      if (record === undefined) this.drop(id);
      else found.push({ id, record });
    }
    return found;
  }

  put(id: number, record: () => StoredRecord | undefined): Promise<void> {
    return this.#write(async () => {
      this.#purgeLog.saveRest();
      const wanted = record();
      if (wanted !== undefined) await this.#records.set(String(id), wanted);
    });
  }

  drop(id: number): void {
    this.#drops.add(id);
    if (this.#isDropping) return;
    this.#isDropping = true;
    this.#write(async () => {
      this.#isDropping = false;
      // All that were dropped in the meantime, together.
      const ids = [...this.#drops];
      await this.#records.delete(ids.map(String));
      for (const one of ids) this.#drops.delete(one);
    }).catch((error: unknown) => {
      // They go with the next; what lies in their segments is given up already.
      if (!this.isFull(error)) this.#notice('what was dropped stays in the index', error);
    });
  }

  touch(ids: Iterable<number>): void {
    const order = [...ids];
    this.#write(() => {
      this.#table.touch(order);
      return Promise.resolve();
    }).catch((error: unknown) => this.#notice('what was used last is not kept', error));
  }

  savePurge(purges: readonly Purge[], sequence: number, nowMs: number): void {
    this.dormant.purged(purges, sequence);
    try {
      this.#purgeLog.save(purges, sequence, nowMs);
    } catch (error) {
      this.#notice('a purge cannot be written, so a restart begins with an empty store', error);
    }
  }

  saveForgotten(seq: number, checked: Iterable<CheckedRecord> | undefined): void {
    try {
      if (checked !== undefined) {
        // What is dead must not be taken for checked.
        this.dormant.reap();
        this.#table.deleteNow([...this.#drops]);
        this.#drops.clear();
      }
      this.#database.transaction(() => {
        if (checked !== undefined) this.dormant.saveChecked(seq, checked);
        this.#purgeLog.forget(seq);
      });
    } catch (error) {
      // The marks stay: a restart knows more than it needs.
      this.#notice('purges that are no longer needed stay in the index', error);
    }
  }

  #notice(what: string, error: unknown): void {
    this.#onNotice(`${what}: ${messageOf(error)}`);
  }

  isFull(error: unknown): boolean {
    return isFull(error);
  }

  #write<T>(act: () => Promise<T>): Promise<T> {
    const written = this.#writes.then(act);
    this.#writes = written.catch(() => {});
    return written;
  }

  async settled(): Promise<void> {
    await this.#writes;
    await this.segments.settled();
  }

  async close(): Promise<void> {
    await this.#writes;
    let isWhole = true;
    try {
      this.dormant.close();
      this.#table.deleteNow([...this.#drops]);
      this.#purgeLog.saveRest();
    } catch {
      isWhole = false;
    }
    await this.settled();
    await this.segments.close();
    await this.#background;
    try {
      // What was still on its way is looked for at the next start.
      if (isWhole && !this.segments.hasOrphans) this.#database.setAbout('closed', 1);
    } catch {
      // As after a process that was killed.
    } finally {
      this.#database.close();
    }
  }
}
