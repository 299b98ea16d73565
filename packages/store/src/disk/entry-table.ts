import { splitSearch } from '@poplet/policy';

import { heldBytesOf } from '../held-bytes.ts';
import { storedResponseOf, type PlainResponse, type StoredRecord } from '../stored-record.ts';
import { checksumOf } from '../checksum.ts';
import { isFull, type Database } from './database.ts';

interface DetailsRow {
  readonly id: number;
  readonly text: string;
  readonly checksum: string;
  readonly checkedSeq: number;
  readonly softPurgedAtMs: number | null;
}

/** What of a response has to be known, beside its key, to see whether a purge reaches it. */
export type Labels = Pick<PlainResponse, 'tags' | 'groups' | 'variance' | 'variantKey'>;

/**
 * The records of a disk store: a storage adapter for Keyv, whose keys are the numbers of the records,
 * and beside that what Keyv has no words for: who was used when, who has a share in which segment.
 * Each record changes with all of that, or not at all.
 */
export class EntryTable {
  readonly opts = { dialect: 'sqlite' };
  readonly namespace = undefined;
  readonly #database: Database;
  /** Told of segments that nobody has a share in any more. */
  readonly #onFreed: (integrities: readonly string[]) => void;
  #lastUsed: number;
  #lastId: number;
  /** Segments whose last record could not be deleted for want of room. */
  readonly #condemned = new Set<string>();

  constructor(database: Database, onFreed: (integrities: readonly string[]) => void) {
    this.#database = database;
    this.#onFreed = onFreed;
    this.#lastUsed = this.#greatest('used');
    this.#lastId = this.#greatest('id');
  }

  #greatest(column: 'used' | 'id'): number {
    const row = this.#database.prepared(`SELECT max(${column}) AS greatest FROM entry`).get();
    return (row?.['greatest'] as number | null | undefined) ?? 0;
  }

  /** Rises with every use of an entry. */
  get lastUsed(): number {
    return this.#lastUsed;
  }

  nextId(): number {
    return ++this.#lastId;
  }

  /** Also where that cannot be known: what stays is found out to be an orphan later. */
  isShared(integrity: string): boolean {
    if (this.#condemned.has(integrity)) return false;
    return this.#database.read(() => this.#sharesIn(integrity) > 0, true);
  }

  /** Undefined also for what was damaged. */
  record(id: number): StoredRecord | undefined {
    const row = this.#database
      .prepared(
        'SELECT id, text, checksum, checkedSeq, softPurgedAtMs FROM details JOIN entry USING (id) WHERE id = ?',
      )
      .get(id) as DetailsRow | undefined;
    return row === undefined ? undefined : recordOf(row);
  }

  on(): this {
    return this;
  }

  get(key: string): Promise<{ readonly value: StoredRecord } | undefined> {
    const value = this.record(Number(key));
    return Promise.resolve(value === undefined ? undefined : { value });
  }

  /** Durable when it has returned. */
  set(key: string, { value }: { readonly value: StoredRecord }): void {
    const id = Number(key);
    const { response, segments, codings } = value;
    const { primaryKey, variance, variantKey, tags, groups, fetchedSeq, validatedSeq } = response;
    const stored = storedResponseOf(response);
    const hasLabels =
      variance !== null || variantKey !== '' || tags.length > 0 || groups.length > 0;
    const labels: Labels = { tags, groups, variance, variantKey };
    const coded = codings?.flatMap((one) => one.segments) ?? [];
    const integrities = [...segments, ...coded].map(({ integrity }) => integrity as string);
    const codedBytes = coded.reduce((bytes, { lengthBytes }) => bytes + lengthBytes, 0);
    const text = JSON.stringify({ response, segments, codings });
    this.#database.transaction(() => {
      const before = this.#database
        .prepared('SELECT checkedSeq, softPurgedAtMs, segments FROM entry WHERE id = ?')
        .get(id) as
        | (Pick<DetailsRow, 'checkedSeq' | 'softPurgedAtMs'> & { readonly segments: string | null })
        | undefined;
      // Everything may have been checked between the moment that the record speaks of and now.
      const checked = before !== undefined && before.checkedSeq > value.checkedSeq ? before : value;
      this.#database
        .prepared('INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
        .run(
          id,
          variance === null ? primaryKey : placeOfPath(primaryKey),
          ++this.#lastUsed,
          response.bodyBytes + codedBytes + response.fields.length,
          response.bodyBytes + codedBytes + heldBytesOf(stored),
          checked.checkedSeq,
          checked.softPurgedAtMs,
          primaryKey,
          fetchedSeq,
          validatedSeq,
          hasLabels ? JSON.stringify(labels) : null,
          integrities.length === 0 ? null : integrities.join(' '),
        );
      this.#database
        .prepared('INSERT OR REPLACE INTO details VALUES (?, ?, ?)')
        .run(id, text, checksumOf(`${id} ${text}`));
      // Codings are added behind what is there, and never taken away alone.
      for (const integrity of integrities.slice(integritiesOf(before).length)) {
        this.#condemned.delete(integrity);
        this.#database
          .prepared(
            'INSERT INTO segment VALUES (?, 1) ON CONFLICT DO UPDATE SET shares = shares + 1',
          )
          .run(integrity);
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
    const ids = this.#database.prepared('SELECT id FROM entry').all() as unknown as readonly {
      id: number;
    }[];
    this.deleteNow(ids.map(({ id }) => id));
    return Promise.resolve();
  }

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
    const row = this.#database
      .prepared('DELETE FROM entry WHERE id = ? RETURNING segments')
      .get(id);
    this.#database.prepared('DELETE FROM details WHERE id = ?').run(id);
    for (const integrity of integritiesOf(row)) {
      const left = this.#database
        .prepared('UPDATE segment SET shares = shares - 1 WHERE integrity = ? RETURNING shares')
        .get(integrity);
      if (left?.['shares'] !== 0) continue;
      this.#database.prepared('DELETE FROM segment WHERE integrity = ?').run(integrity);
      freed.push(integrity);
    }
    return freed;
  }

  #condemn(ids: readonly number[]): void {
    const condemned = ids
      .flatMap((id) =>
        integritiesOf(this.#database.prepared('SELECT segments FROM entry WHERE id = ?').get(id)),
      )
      .filter((integrity) => this.#sharesIn(integrity) === 1);
    for (const integrity of condemned) this.#condemned.add(integrity);
    if (condemned.length > 0) this.#onFreed(condemned);
  }

  #sharesIn(integrity: string): number {
    const row = this.#database
      .prepared('SELECT shares FROM segment WHERE integrity = ?')
      .get(integrity);
    return (row?.['shares'] as number | undefined) ?? 0;
  }

  touch(ids: Iterable<number>): void {
    this.#database.transaction(() => {
      for (const id of ids) {
        this.#database.prepared('UPDATE entry SET used = ? WHERE id = ?').run(++this.#lastUsed, id);
      }
    });
  }
}

function integritiesOf(row: Readonly<Record<string, unknown>> | undefined): readonly string[] {
  return (row?.['segments'] as string | null | undefined)?.split(' ') ?? [];
}

/** Where responses stand that answer for other queries of their path (No-Vary-Search). No key has a space at its end. */
export function placeOfPath(primaryKey: string): string {
  return `${splitSearch(primaryKey).path} `;
}

function recordOf(row: DetailsRow): StoredRecord | undefined {
  const { id, text, checksum, checkedSeq, softPurgedAtMs } = row;
  if (checksumOf(`${id} ${text}`) !== checksum) return undefined;
  const { response, segments, codings } = JSON.parse(text) as Pick<
    StoredRecord,
    'response' | 'segments' | 'codings'
  >;
  const record = { response, segments, checkedSeq, softPurgedAtMs };
  return codings === undefined ? record : { ...record, codings };
}
