import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it, onTestFinished, vi } from 'vitest';

import type { StoredResponse } from '@poplet/policy';
import { Database } from '../../src/disk/database.ts';
import { openDiskStore } from '../../src/disk/disk-store.ts';
import { createMemoryStore } from '../../src/memory-store.ts';
import { PurgeLedger } from '../../src/purge-ledger.ts';
import type { StoredRecord } from '../../src/stored-record.ts';
import { TieredStore } from '../../src/tiered-store.ts';
import type { NamedRecord, Tier } from '../../src/tier.ts';
import { bodyOf, collect, find, patternBytes, put, textBytes, tryPut } from '../bodies.ts';
import { storedResponse } from '../stored-response.ts';
import { openOnDisk, reopened, temporaryFolder } from './folders.ts';

const MIB = 1024 * 1024;

/** A tier in memory that has room for so many segments. The same with a real disk: `npm run verify full-disk`. */
class SmallTier implements Tier {
  readonly kind = 'small';
  readonly dormant = undefined;
  readonly #files = new Map<string, Uint8Array>();
  readonly #records = new Map<number, StoredRecord>();
  #ids = 0;
  room: number;

  constructor(room: number) {
    this.room = room;
  }

  readonly segments = {
    write: (bytes: Uint8Array): Promise<string> => {
      if (this.#files.size >= this.room) {
        return Promise.reject(new Error('ENOSPC: no space left on device, write'));
      }
      const name = `${this.#files.size} ${this.#ids++}`;
      this.#files.set(name, Uint8Array.from(bytes));
      return Promise.resolve(name);
    },
    read: ({ integrity }: { readonly integrity: string }): Promise<Uint8Array> =>
      Promise.resolve(this.#files.get(integrity) as Uint8Array),
    pin: (): void => {},
    unpin: (): void => {},
  };

  nextId(): number {
    return ++this.#ids;
  }

  load(): Promise<readonly NamedRecord[]> | undefined {
    return undefined;
  }

  put(id: number, record: () => StoredRecord | undefined): Promise<void> {
    const wanted = record();
    if (wanted !== undefined) this.#records.set(id, wanted);
    return Promise.resolve();
  }

  drop(id: number): void {
    for (const { integrity } of this.#records.get(id)?.segments ?? []) {
      this.#files.delete(integrity as string);
    }
    this.#records.delete(id);
  }

  touch(): void {}

  savePurge(): void {}

  saveForgotten(): void {}

  isFull(error: unknown): boolean {
    return String(error).includes('ENOSPC');
  }

  settled(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function openOnSmall(room: number) {
  const tier = new SmallTier(room);
  const notices: string[] = [];
  const store = new TieredStore({
    tier,
    limits: { maxBytes: 100 * MIB, maxEntries: 100 },
    ledger: new PurgeLedger(),
    hotBytes: 0,
    onNotice: (text) => void notices.push(text),
  });
  return { tier, store, notices };
}

function uri(page: number): string {
  return `https://example.com/${page}`;
}

describe('a full disk', () => {
  it('makes room by what was not used for longest', async () => {
    const { store, notices } = openOnSmall(3);
    for (let page = 0; page < 3; page++) {
      await put(store, { uri: uri(page), body: 'x'.repeat(200_000) });
    }
    find(store, { uri: uri(0) });
    await put(store, { uri: uri(3), body: 'y'.repeat(50_000) });
    expect(await bodyOf(store, { uri: uri(3) })).toBe('y'.repeat(50_000));
    expect(find(store, { uri: uri(1) }).selected).toEqual([]);
    expect(find(store, { uri: uri(0) }).selected).toHaveLength(1);
    expect(store.stats().evictions).toBe(1);
    expect(notices).toEqual([]);
  });

  it('with nothing to give: nothing is stored, said once; and again when there is room, said once', async () => {
    const { store, tier, notices } = openOnSmall(0);
    for (let page = 0; page < 3; page++) {
      const writer = store.begin(storedResponse({ uri: uri(page) }));
      const follower = collect(writer.read(0, undefined));
      await writer.write(textBytes('passed on'));
      expect(await writer.commit([])).toBe(false);
      expect(writer.abandoned).toEqual({
        code: 'store-failed',
        message: 'ENOSPC: no space left on device, write',
      });
      expect((await follower).toString()).toBe('passed on');
    }
    tier.room = 100;
    for (let page = 4; page < 13; page++) await put(store, { uri: uri(page) });
    expect(notices).toHaveLength(1);
    for (let page = 13; page < 20; page++) await put(store, { uri: uri(page) });
    expect(notices).toEqual([
      'responses cannot be stored, and are passed on meanwhile: ENOSPC: no space left on device, write',
      'responses are stored again',
    ]);
  });

  it('in the middle of a body: its readers get all of it, the slow one from what was written', async () => {
    const { store } = openOnSmall(2);
    const body = patternBytes(5 * MIB + 3);
    const writer = store.begin(storedResponse());
    const slow = writer.read(0, undefined)[Symbol.asyncIterator]();
    const fast = collect(writer.read(0, undefined));
    const writing = (async () => {
      for (let at = 0; at < body.length; at += 500_000) {
        await writer.write(body.subarray(at, at + 500_000));
      }
      return await writer.commit([]);
    })();
    const pieces: Uint8Array[] = [];
    for (let next = await slow.next(); next.done !== true; next = await slow.next()) {
      pieces.push(next.value);
    }
    expect(await writing).toBe(false);
    expect(writer.abandoned).toMatchObject({ code: 'store-failed' });
    expect(Buffer.concat(pieces).equals(body)).toBe(true);
    expect(Buffer.from(await fast).equals(body)).toBe(true);
  });
});

it('a purge that cannot be written empties the store for the next process', async () => {
  const before = openOnDisk();
  await put(before.store, { tags: ['t'] });
  // What the store leaves when a purge could not be written: a file without content.
  writeFileSync(path.join(before.folder, 'distrusted'), '');
  const { store, notices } = await reopened(before);
  expect(store.stats().entries).toBe(0);
  expect(notices).toEqual(['store F: begun anew, for its index was damaged']);
});

it('both kinds of store say the same of a body that is too large', async () => {
  for (const store of [createMemoryStore({ maxBytes: 80_000 }), openOnSmall(3).store]) {
    const response = storedResponse();
    const tooLarge = 'x'.repeat(store.stats().maxBodyBytes + 1);
    const writer = store.begin(response);
    const reader = collect(writer.read(0, undefined));
    await writer.write(textBytes(tooLarge));
    expect(writer.abandoned).toMatchObject({ code: 'too-large' });
    expect(await writer.commit([])).toBe(false);
    expect((await reader).length).toBe(tooLarge.length);
    expect(await tryPut(store, response, 'small')).toBe(true);
    await store.close();
  }
});

it('a coding that could not be recorded is not told of, though the response was updated meanwhile', async () => {
  const { tier, store } = openOnSmall(10);
  await put(store, { fields: [], body: 'body' });
  const [old] = find(store).selected;
  const stored = old?.response as StoredResponse;
  const failing = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  vi.spyOn(tier, 'put').mockImplementationOnce(() => {
    begun.resolve();
    return failing.promise;
  });
  const adding = store.addCoding(stored, 'br', textBytes('br'));
  await begun.promise;
  expect(store.update(stored, { ...stored, responseAtMs: 5000 })).toBe(true);
  failing.reject(new Error('database is locked'));
  expect(await adding).toBe(false);
  const [updated] = find(store).selected;
  expect(updated?.response).toMatchObject({ responseAtMs: 5000, codings: [] });
  expect(store.stats().bytes).toBe(4);
});

it('a coding that took a second try is recorded with what the response is by then', async () => {
  const { tier, store } = openOnSmall(10);
  await put(store, { uri: uri(1), body: 'x'.repeat(200_000) });
  await put(store, { fields: ['ETag', '"1"'], body: 'body' });
  const [old] = find(store).selected;
  const stored = old?.response as StoredResponse;
  const recording = vi.spyOn(tier, 'put');
  recording.mockImplementationOnce(() => {
    // The answer to a validation comes while room is made.
    expect(store.update(stored, { ...stored, responseAtMs: 5000 })).toBe(true);
    return Promise.reject(new Error('ENOSPC: no space left on device, write'));
  });
  expect(await store.addCoding(stored, 'br', textBytes('br'))).toBe(true);
  const [, record] = recording.mock.calls.at(-1) ?? [];
  expect(record?.()).toMatchObject({
    codings: [{ coding: 'br' }],
    response: { responseAtMs: 5000, fields: expect.stringContaining('ETag: "1"') },
  });
});

it('a store that is closed while the disk is full lets go of its folder', async () => {
  const before = openOnDisk();
  await put(before.store, {});
  const setting = vi.spyOn(Database.prototype, 'setAbout').mockImplementation(() => {
    throw new Error('database or disk is full');
  });
  onTestFinished(() => setting.mockRestore());
  await before.store.close();
  setting.mockRestore();
  const { store } = openOnDisk({ folder: before.folder });
  expect(store.stats().entries).toBe(1);
});

it('a store that cannot be opened says so, and lets go of its folder', async () => {
  const folder = temporaryFolder();
  mkdirSync(path.join(folder, 'distrusted'));
  mkdirSync(path.join(folder, 'owner'));
  expect(() => openDiskStore({ folder })).toThrow(
    expect.objectContaining({ name: 'PopletError', code: 'store-unusable' }),
  );
  rmSync(path.join(folder, 'distrusted'), { recursive: true });
  rmSync(path.join(folder, 'owner'), { recursive: true });
  const { store } = openOnDisk({ folder });
  await put(store, {});
  expect(find(store).selected).toHaveLength(1);
});
