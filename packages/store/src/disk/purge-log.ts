import type { Purge } from '@poplet/policy';

import type { RememberedPurge, RememberedPurges } from '../purge-ledger.ts';
import { checksumOf } from '../checksum.ts';
import type { Database } from './database.ts';

/** The purges that a restart must know of. */
export class PurgeLog {
  readonly #database: Database;
  /** In force in this process, and not yet written: there was no room. */
  #unsaved: RememberedPurge[] = [];
  #unsavedSeq = 0;
  #hasFailed = false;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Undefined when it is damaged: nobody knows then what was purged. */
  read(): RememberedPurges | undefined {
    const marks: RememberedPurge[] = [];
    const rows = this.#database.prepared(
      'SELECT seq, text, checksum FROM purge ORDER BY seq, soft',
    );
    for (const row of rows.iterate()) {
      const { seq, text, checksum } = row as unknown as PurgeRow;
      if (checksumOf(`${seq} ${text}`) !== checksum) return undefined;
      const { siteId, ...mark } = JSON.parse(text) as SavedPurge;
      const purge = { selector: mark.selector, soft: mark.soft, siteId: siteId ?? undefined };
      marks.push({ seq, purge, nowMs: mark.nowMs });
    }
    return {
      sequence: this.#database.about('sequence') ?? 0,
      forgottenSeq: this.#database.about('forgottenSeq') ?? 0,
      marks,
    };
  }

  /**
   * Durable when it returns. Where it cannot be written, the whole store is distrusted until it can:
   * a process that ends before that leaves nothing to the next.
   */
  save(purges: readonly Purge[], sequence: number, nowMs: number): void {
    for (const purge of purges) this.#unsaved.push({ seq: sequence, purge, nowMs });
    this.#unsavedSeq = sequence;
    this.saveRest();
  }

  /** Tries again what could not be written. */
  saveRest(): void {
    if (this.#unsavedSeq === 0) return;
    try {
      this.#database.transaction(() => {
        for (const mark of this.#unsaved) this.#insert(mark);
        this.#database.setAbout('sequence', this.#unsavedSeq);
      });
    } catch (error) {
      this.#hasFailed = true;
      this.#database.distrust();
      throw error;
    }
    if (this.#hasFailed) this.#database.trust();
    this.#hasFailed = false;
    this.#unsaved = [];
    this.#unsavedSeq = 0;
  }

  #insert({ seq, purge: { selector, soft, siteId: site }, nowMs }: RememberedPurge): void {
    const siteId = site ?? null;
    const name = JSON.stringify([siteId, selector]);
    // As in `PurgeMark`: whoever was reached by the earlier ones is gone.
    if (!soft) this.#database.prepared('DELETE FROM purge WHERE selector = ?').run(name);
    const saved: SavedPurge = { selector, soft, siteId, nowMs };
    const text = JSON.stringify(saved);
    this.#database
      .prepared('INSERT OR REPLACE INTO purge VALUES (?, ?, ?, ?, ?)')
      .run(name, seq, soft ? 1 : 0, text, checksumOf(`${seq} ${text}`));
  }

  /** Inside a transaction. */
  forget(seq: number): void {
    this.#database.prepared('DELETE FROM purge WHERE seq <= ?').run(seq);
    this.#database.setAbout('forgottenSeq', seq);
  }
}

interface PurgeRow {
  readonly seq: number;
  readonly text: string;
  readonly checksum: string;
}

interface SavedPurge extends Omit<Purge, 'siteId'> {
  readonly siteId: string | null;
  readonly nowMs: number;
}
