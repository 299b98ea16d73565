import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';

import { PopletError } from '@poplet/policy';

import { messageOf } from '../message-of.ts';

/** Rises when what is written can no longer be read by an older Poplet, or the other way round. */
const FORMAT = 2;

const INDEX_FILE = 'index.sqlite';
const OWNER_FILE = 'owner';
/** Its presence says that the index, or what it says, cannot be trusted any more. */
const DISTRUST_FILE = 'distrusted';
const SEGMENTS_FOLDER = 'segments';

/** Result codes of SQLite: https://sqlite.org/rescode.html */
const BUSY = 5;
const CORRUPT = 11;
const FULL = 13;
const NOT_A_DATABASE = 26;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS entry (
    id INTEGER PRIMARY KEY,
    place TEXT NOT NULL,
    used INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    heldBytes INTEGER NOT NULL,
    checkedSeq INTEGER NOT NULL,
    softPurgedAtMs REAL,
    primaryKey TEXT NOT NULL,
    fetchedSeq INTEGER NOT NULL,
    validatedSeq INTEGER NOT NULL,
    labels TEXT,
    segments TEXT
  );
  CREATE INDEX IF NOT EXISTS entry_place ON entry (place);
  CREATE INDEX IF NOT EXISTS entry_used ON entry (used, bytes, heldBytes);
  CREATE TABLE IF NOT EXISTS details (
    id INTEGER PRIMARY KEY, text TEXT NOT NULL, checksum TEXT NOT NULL
  );
  CREATE TABLE IF NOT EXISTS segment (integrity TEXT PRIMARY KEY, shares INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS purge (
    selector TEXT NOT NULL, seq INTEGER NOT NULL, soft INTEGER NOT NULL,
    text TEXT NOT NULL, checksum TEXT NOT NULL,
    PRIMARY KEY (selector, seq, soft)
  ) WITHOUT ROWID;
`;

export interface OpenedFolder {
  readonly database: Database;
  /** Where cacache keeps the segments. */
  readonly segmentsFolder: string;
  /** Whether the process before this one closed it. */
  readonly wasClosed: boolean;
  /** Why everything that was there was thrown away, where it was. */
  readonly discarded: string | undefined;
}

/**
 * Opens, or begins, the folder of a disk store, for this process alone: the lock is SQLite's, which the
 * system takes back from a process that dies. Throws PopletError `store-in-use` or `store-unusable`.
 */
export function openFolder(folder: string): OpenedFolder {
  mustBeOurs(folder);
  try {
    return begin(folder);
  } catch (error) {
    throw unusable(folder, error);
  }
}

function begin(folder: string): OpenedFolder {
  const segmentsFolder = path.join(folder, SEGMENTS_FOLDER);
  const usable = usableIndex(folder);
  const discarded = typeof usable === 'string' ? usable : undefined;
  if (discarded !== undefined) {
    removeIndex(folder);
    rmSync(segmentsFolder, { recursive: true, force: true });
  }
  const database = typeof usable === 'string' ? new Database(folder) : usable;
  try {
    const wasClosed = database.about('closed') === 1;
    database.setAbout('closed', 0);
    rmSync(path.join(folder, DISTRUST_FILE), { force: true });
    writeFileSync(path.join(folder, OWNER_FILE), `${process.pid}\n`);
    return { database, segmentsFolder, wasClosed, discarded };
  } catch (error) {
    database.close();
    throw error;
  }
}

/** The index that is there; or why it cannot be used, nor what lies beside it. */
function usableIndex(folder: string): Database | string {
  let database: Database | undefined;
  try {
    database = new Database(folder);
    if (!isDistrusted(folder) && database.about('format') === FORMAT) return database;
    database.close();
  } catch (error) {
    database?.close();
    if (!isDamage(error)) throw error;
    return 'its index is damaged';
  }
  return isDistrusted(folder) ? 'its index was damaged' : 'another version of Poplet wrote it';
}

/** The index: a SQLite database that one process at a time has open. */
export class Database {
  readonly #sql: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();
  readonly #folder: string;
  #isDamaged = false;

  /** Throws what SQLite throws; a PopletError where another process has it open. */
  constructor(folder: string) {
    this.#folder = folder;
    this.#sql = new DatabaseSync(path.join(folder, INDEX_FILE));
    try {
      // Durable for a process that is killed; after a power cut the last commits may be missing.
      this.#sql.exec(`
        PRAGMA locking_mode = EXCLUSIVE;
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = NORMAL;
        PRAGMA wal_autocheckpoint = 256;
        PRAGMA journal_size_limit = 1048576;
        BEGIN IMMEDIATE;
        ${SCHEMA}
        INSERT OR IGNORE INTO about VALUES ('format', ${FORMAT}), ('closed', 1);
        COMMIT;
      `);
    } catch (error) {
      this.#sql.close();
      throw codeOf(error) === BUSY ? inUse(folder, error) : error;
    }
  }

  /** For a text that is unlikely to come again. */
  prepare(text: string): StatementSync {
    return this.#sql.prepare(text);
  }

  /** Prepared once for each text. */
  prepared(text: string): StatementSync {
    let statement = this.#prepared.get(text);
    if (statement === undefined) this.#prepared.set(text, (statement = this.prepare(text)));
    return statement;
  }

  about(name: string): number | undefined {
    const row = this.prepared('SELECT value FROM about WHERE name = ?').get(name);
    return row?.['value'] as number | undefined;
  }

  setAbout(name: string, value: number): void {
    this.prepared('INSERT OR REPLACE INTO about VALUES (?, ?)').run(name, value);
  }

  /** All of it, or nothing. */
  transaction<T>(act: () => T): T {
    this.#sql.exec('BEGIN IMMEDIATE');
    try {
      const result = act();
      this.#sql.exec('COMMIT');
      return result;
    } catch (error) {
      if (this.#sql.isTransaction) this.#sql.exec('ROLLBACK');
      this.notice(error);
      throw error;
    }
  }

  /** Takes note of an error that came up while it was read or written. Never throws. */
  notice(error: unknown): void {
    if (!isDamage(error)) return;
    this.#isDamaged = true;
    try {
      this.distrust();
    } catch {
      // The next process finds the damage itself.
    }
  }

  /** What `look` finds; `otherwise` where it cannot be read. */
  read<T>(look: () => T, otherwise: T): T {
    try {
      return look();
    } catch (error) {
      this.notice(error);
      return otherwise;
    }
  }

  get isDamaged(): boolean {
    return this.#isDamaged;
  }

  /** What is there will be thrown away when the folder is opened next. A file without content needs no room. */
  distrust(): void {
    writeFileSync(path.join(this.#folder, DISTRUST_FILE), '');
  }

  /** Takes a `distrust` back, unless the index is damaged. */
  trust(): void {
    if (this.#isDamaged) return;
    rmSync(path.join(this.#folder, DISTRUST_FILE), { force: true });
  }

  close(): void {
    this.#sql.close();
  }
}

/** Whether an error of SQLite or of the file system says that there is no room. */
export function isFull(error: unknown): boolean {
  const { message = '' } = error as Partial<Error>;
  // cacache turns the codes of what failed into its own; the message stays.
  return codeOf(error) === FULL || /\b(?:ENOSPC|EDQUOT|EFBIG)\b/.test(message);
}

function isDamage(error: unknown): boolean {
  const code = codeOf(error);
  return code === CORRUPT || code === NOT_A_DATABASE;
}

/** The primary result code, where SQLite threw it. */
function codeOf(error: unknown): number | undefined {
  const { errcode } = error as { errcode?: number };
  return errcode === undefined ? undefined : errcode & 0xff;
}

/** A folder of something else is not written into. */
function mustBeOurs(folder: string): void {
  let names: readonly string[];
  try {
    makeFolder(folder);
    names = readdirSync(folder);
  } catch (error) {
    throw unusable(folder, error);
  }
  if (names.length === 0 || names.includes(INDEX_FILE) || names.includes(DISTRUST_FILE)) return;
  throw new PopletError('store-unusable', `${folder} is not empty, and no store of Poplet`, {
    hint: 'name a folder of its own for the store: it is made if it does not exist',
  });
}

/** With those above it. Not Node's own way, which never ends where a file system refuses folders (/proc). */
function makeFolder(folder: string): void {
  const above = path.dirname(folder);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return;
  if (above !== folder) makeFolder(above);
  try {
    mkdirSync(folder);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    const isMade = code === 'EEXIST' && statSync(folder).isDirectory();
    if (isMade) return;
    if (code !== 'EEXIST' && code !== 'ENOTDIR') throw error;
    throw new PopletError('store-unusable', `${folder} is a file: no store can be there`, {
      hint: 'name a folder of its own for the store: it is made if it does not exist',
      cause: error,
    });
  }
}

function isDistrusted(folder: string): boolean {
  return readdirSync(folder).includes(DISTRUST_FILE);
}

function removeIndex(folder: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) {
    rmSync(path.join(folder, INDEX_FILE + suffix), { force: true });
  }
}

function inUse(folder: string, cause: unknown): PopletError {
  let owner = '';
  try {
    owner = ` (process ${readFileSync(path.join(folder, OWNER_FILE), 'utf8').trim()})`;
  } catch {
    // Whoever holds the lock has only just begun.
  }
  return new PopletError('store-in-use', `the store ${folder} is in use${owner}`, {
    hint: 'end that process first, or give each its own folder',
    cause,
  });
}

export function unusable(folder: string, cause: unknown): PopletError {
  if (cause instanceof PopletError) return cause;
  return new PopletError(
    'store-unusable',
    `the store ${folder} cannot be used: ${messageOf(cause)}`,
    {
      hint: 'check that it is a folder which may be written to, on a disk with room',
      cause,
    },
  );
}
