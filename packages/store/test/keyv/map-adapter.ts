import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { KeyvStoreAdapter } from 'keyv';
import { onTestFinished } from 'vitest';

import { openOnAdapter, type OnAdapterOptions } from '../../src/keyv/open-keyv-store.ts';
import type { KeyvStore } from '../../src/keyv/keyv-store.ts';

/** What a database holds, whoever is connected to it. */
export class MapDatabase {
  readonly values = new Map<string, string>();
  /** No answer but an error. */
  isDown = false;
  /** No answer at all. */
  isHanging = false;
  /** What is written is on its way until somebody calls these. */
  readonly onTheirWay: (() => void)[] = [];
  isSlow = false;
  /** What is written is refused. */
  refusal: Error | undefined;

  /** What a process that is killed at this moment leaves behind. */
  image(): MapDatabase {
    const image = new MapDatabase();
    image.becomes(this);
    return image;
  }

  becomes({ values }: MapDatabase): void {
    const entries = [...values];
    this.values.clear();
    for (const [key, value] of entries) this.values.set(key, value);
  }

  keys(prefix: string): string[] {
    return [...this.values.keys()].filter((key) => key.startsWith(`poplet:${prefix}`));
  }
}

/** An adapter as small as Keyv allows: it gets, sets and deletes texts, one at a time. */
export class MapAdapter implements KeyvStoreAdapter {
  readonly opts = { dialect: 'map' };
  namespace: string | undefined;
  readonly #database: MapDatabase;

  constructor(database: MapDatabase) {
    this.#database = database;
  }

  on(): this {
    return this;
  }

  async get<Value>(key: string): Promise<Value | undefined> {
    await this.#answer();
    return this.#database.values.get(key) as Value | undefined;
  }

  async set(key: string, value: unknown): Promise<void> {
    await this.#answer();
    if (this.#database.refusal !== undefined) throw this.#database.refusal;
    if (typeof value !== 'string') throw new TypeError('only texts can be stored');
    if (this.#database.isSlow) {
      await new Promise<void>((resolve) => {
        this.#database.onTheirWay.push(() => {
          this.#database.values.set(key, value);
          resolve();
        });
      });
    }
    this.#database.values.set(key, value);
  }

  async delete(key: string): Promise<boolean> {
    await this.#answer();
    return this.#database.values.delete(key);
  }

  async clear(): Promise<void> {
    await this.#answer();
    this.#database.values.clear();
  }

  async #answer(): Promise<void> {
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
    if (this.#database.isHanging) await new Promise(() => {});
    if (this.#database.isDown) throw new Error('connect ECONNREFUSED');
  }
}

export const MAP_FAMILY = {
  name: 'map',
  pieceLength: 4_000_000,
  isSetWise: false,
  mayClear: true,
};

export interface Opened {
  readonly store: KeyvStore;
  readonly database: MapDatabase;
  /** Where the witness stands: one machine. */
  readonly witnessFolder: string;
  /** What a person was told. */
  readonly notices: string[];
}

function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'poplet-keyv-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A store without anything hot: what is read is read from the database. */
export async function openOnMap(
  options: Partial<OnAdapterOptions> & { readonly database?: MapDatabase } = {},
): Promise<Opened> {
  const { database = new MapDatabase(), witnessFolder = temporaryFolder() } = options;
  const notices: string[] = [];
  const store = await openOnAdapter({
    hotBytes: 0,
    beatMs: 20,
    timeoutMs: 500,
    onNotice: (text) => void notices.push(text.replace(/^store \S+: /u, '')),
    family: MAP_FAMILY,
    ...options,
    url: 'map://test',
    name: 'map://test',
    witnessFolder,
    adapter: new MapAdapter(database),
  });
  onTestFinished(() => store.close());
  return { store, database, witnessFolder, notices };
}

/** Ends it as a process that ends well would, and opens it again. */
export async function reopened(
  { store, database, witnessFolder }: Opened,
  options: Partial<OnAdapterOptions> = {},
): Promise<Opened> {
  await store.close();
  return openOnMap({ ...options, database, witnessFolder });
}

/** As after `kill -9` at this moment, on the same machine. */
export function killed(
  { database, witnessFolder }: Opened,
  options: Partial<OnAdapterOptions> = {},
): Promise<Opened> {
  return openOnMap({ ...options, database: database.image(), witnessFolder });
}
