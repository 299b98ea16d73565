import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { describe, expect, it } from 'vitest';

import type { Store } from '../../src/store.ts';
import { bodyOf, collect, find, patternBytes, put, readText, tryPut } from '../bodies.ts';
import { storedResponse } from '../stored-response.ts';
import { crashImage, flip, openOnDisk, reopened, segmentFiles, type Opened } from './folders.ts';

const MIB = 1024 * 1024;
/** Of SQLite. */
const PAGE_BYTES = 4096;

async function putLarge(store: Store, uri?: string) {
  const response = storedResponse(uri === undefined ? {} : { uri });
  const writer = store.begin(response);
  await writer.write(patternBytes(3 * MIB));
  if (!(await writer.commit([]))) throw new Error('it was not stored');
  return response;
}

/** What came before the error, and its code. */
async function readWhatGoes(store: Store, response = storedResponse()) {
  const source = store.open(response);
  let bytes = 0;
  try {
    for await (const chunk of source?.read(0, undefined) ?? []) bytes += chunk.length;
    return { bytes, code: source === undefined ? 'gone' : undefined };
  } catch (error) {
    return { bytes, code: (error as { code: string }).code };
  }
}

const DAMAGE: readonly (readonly [string, (file: string) => void])[] = [
  ['a byte flipped', (file) => flip(file, 2)],
  ['deleted', (file) => rmSync(file)],
  ['cut short', (file) => truncateSync(file, 1)],
  ['emptied', (file) => truncateSync(file, 0)],
];

describe.each(DAMAGE)('a segment, %s', (_, damage) => {
  it('is not handed out; the entry is dropped, and can be stored anew', async () => {
    const { store, folder } = openOnDisk();
    const response = await put(store, { body: 'body' });
    damage(segmentFiles(folder)[0] as string);
    expect(await readWhatGoes(store, response)).toEqual({ bytes: 0, code: 'corrupt' });
    expect(find(store).selected).toEqual([]);
    expect(store.stats().entries).toBe(0);
    await put(store, { body: 'body' });
    const [again] = find(store).selected;
    const source = again && store.open(again.response);
    expect(source && (await readText(source))).toBe('body');
  });

  it('in the middle of a body ends the reading before its first byte', async () => {
    const { store, folder } = openOnDisk();
    const response = await putLarge(store);
    const reader = store.open(response)?.read(0, undefined) as AsyncIterableIterator<Uint8Array>;
    const first = await reader.next();
    expect(Buffer.from(first.value).equals(patternBytes(3 * MIB).subarray(0, MIB))).toBe(true);
    for (const file of segmentFiles(folder)) damage(file);
    await expect(reader.next()).rejects.toMatchObject({ code: 'corrupt' });
    expect(await reader.next()).toEqual({ done: true, value: undefined });
    expect(find(store).selected).toEqual([]);
  });

  it('that several bodies share is served for none of them', async () => {
    const { store, folder } = openOnDisk();
    const one = await put(store, { uri: 'https://example.com/1', body: 'same' });
    const two = await put(store, { uri: 'https://example.com/2', body: 'same' });
    damage(segmentFiles(folder)[0] as string);
    expect(await readWhatGoes(store, one)).toEqual({ bytes: 0, code: 'corrupt' });
    expect(await readWhatGoes(store, two)).toEqual({ bytes: 0, code: 'corrupt' });
    expect(store.stats().entries).toBe(0);
  });
});

it('any bit of a segment counts', async () => {
  const { store, folder } = openOnDisk();
  for (let byte = 0; byte < 40; byte++) {
    const response = await put(store, { body: 'x'.repeat(40) });
    flip(segmentFiles(folder)[0] as string, byte);
    expect(await readWhatGoes(store, response)).toEqual({ bytes: 0, code: 'corrupt' });
  }
});

it('a segment that is damaged before a slow follower comes to it cuts the follower off', async () => {
  const { store, folder } = openOnDisk();
  const writer = store.begin(storedResponse());
  const slow = writer.read(0, undefined)[Symbol.asyncIterator]();
  const fast = collect(writer.read(0, undefined));
  await writer.write(patternBytes(3 * MIB));
  await expect.poll(() => segmentFiles(folder).length).toBe(3);
  const first = await slow.next();
  expect(first.value).toHaveLength(MIB);
  for (const file of segmentFiles(folder)) flip(file, 1);
  await expect(slow.next()).rejects.toMatchObject({ code: 'corrupt' });
  await writer.commit([]);
  expect(Buffer.from(await fast).equals(patternBytes(3 * MIB))).toBe(true);
});

describe('a damaged segment that can be had elsewhere', () => {
  const body = patternBytes(3 * MIB);
  const refetch = (startByte: number, endByte: number): Promise<Uint8Array> =>
    Promise.resolve(body.subarray(startByte, endByte));

  it('is asked for by its place, handed out, and stored again', async () => {
    const { store, folder } = openOnDisk();
    const response = await putLarge(store);
    const asked: number[] = [];
    const source = store.open(response, (startByte, endByte) => {
      asked.push(startByte, endByte);
      return refetch(startByte, endByte);
    });
    const reader = source?.read(5, 2 * MIB + 9)[Symbol.asyncIterator]();
    const pieces = [(await reader?.next())?.value as Uint8Array];
    for (const file of segmentFiles(folder)) flip(file, 7);
    pieces.push((await reader?.next())?.value as Uint8Array);
    pieces.push((await reader?.next())?.value as Uint8Array);
    expect(Buffer.concat(pieces).equals(body.subarray(5, 2 * MIB + 9))).toBe(true);
    expect(await reader?.next()).toEqual({ done: true, value: undefined });
    expect(asked).toEqual([MIB, 2 * MIB, 2 * MIB, 3 * MIB]);
    expect(find(store).selected).toHaveLength(1);
    const again = store.open(response)?.read(MIB, 3 * MIB) as AsyncIterable<Uint8Array>;
    expect(Buffer.from(await collect(again)).equals(body.subarray(MIB))).toBe(true);
  });

  it.each<[string, typeof refetch]>([
    ['other bytes', (start, end) => Promise.resolve(body.subarray(start + 1, end + 1))],
    ['fewer bytes', (start, end) => Promise.resolve(body.subarray(start, end - 1))],
    ['nothing', () => Promise.reject(new Error('the origin is down'))],
  ])('is not handed out where that brings %s', async (_, wrong) => {
    const { store, folder } = openOnDisk();
    const response = await putLarge(store);
    const reader = store.open(response, wrong)?.read(0, undefined)[Symbol.asyncIterator]();
    await reader?.next();
    for (const file of segmentFiles(folder)) flip(file, 7);
    await expect(reader?.next()).rejects.toMatchObject({ code: 'corrupt' });
    expect(find(store).selected).toEqual([]);
    await expect.poll(() => segmentFiles(folder).length).toBe(0);
  });

  it('is not asked for before the first byte: the whole can be fetched anew', async () => {
    const { store, folder } = openOnDisk();
    const response = await putLarge(store);
    for (const file of segmentFiles(folder)) flip(file, 7);
    const reader = store.open(response, refetch)?.read(0, undefined)[Symbol.asyncIterator]();
    await expect(reader?.next()).rejects.toMatchObject({ code: 'corrupt' });
  });
});

/** Changes the index of a store that is closed, and opens it again. */
async function tampered(before: Opened, tamper: (sql: DatabaseSync) => void): Promise<Opened> {
  await before.store.close();
  const sql = new DatabaseSync(path.join(before.folder, 'index.sqlite'));
  tamper(sql);
  sql.close();
  return openOnDisk({ folder: before.folder });
}

async function load(store: Store): Promise<boolean | undefined> {
  return await store.load?.('main https://example.com/');
}

describe('the index', () => {
  it('with a header that is damaged: the entry is not used', async () => {
    const before = openOnDisk();
    await put(before.store, { fields: ['Content-Type', 'text/plain'] });
    const { store, folder } = await tampered(before, (sql) => {
      sql.exec(`UPDATE details SET text = replace(text, 'text/plain', 'text/plaid')`);
    });
    expect(await load(store)).toBe(false);
    expect(store.stats().entries).toBe(0);
    await expect.poll(() => segmentFiles(folder).length).toBe(0);
  });

  it('with tags that are damaged: the entry gives way like any other, and holds nothing up', async () => {
    const before = openOnDisk();
    await put(before.store, { uri: 'https://example.com/1', tags: ['t'] });
    await put(before.store, { uri: 'https://example.com/2', tags: ['u'] });
    const { store } = await tampered(before, (sql) => {
      sql.exec(`UPDATE entry SET labels = '{"tags' WHERE primaryKey LIKE '%/1'`);
    });
    const keys = store.entries({ limit: 9 }).map(({ response }) => response.primaryKey);
    expect(keys).toEqual(['main https://example.com/2']);
    const after = await reopened({ store, folder: before.folder, notices: [] }, { maxEntries: 2 });
    await put(after.store, {});
    expect(find(after.store).selected).toHaveLength(1);
    expect(after.store.stats()).toMatchObject({ entries: 2, evictions: 0 });
  });

  it('that names another body for an entry: it is not used', async () => {
    const before = openOnDisk();
    await put(before.store, { body: 'mine' });
    await put(before.store, { uri: 'https://example.com/other', body: 'theirs' });
    const { store } = await tampered(before, (sql) => {
      const [mine, theirs] = sql.prepare('SELECT text FROM details ORDER BY id').all();
      sql
        .prepare('UPDATE details SET text = ? WHERE text = ?')
        .run(theirs?.['text'] ?? '', mine?.['text'] ?? '');
    });
    expect(await load(store)).toBe(false);
    expect(find(store).selected).toEqual([]);
  });

  it('with a purge that is damaged: nobody knows what it reached, and nothing is used', async () => {
    const before = openOnDisk();
    await put(before.store, { tags: ['t'] });
    await put(before.store, { uri: 'https://example.com/other' });
    before.store.purge(
      [{ selector: { kind: 'tag', tag: 't' }, soft: false, siteId: undefined }],
      0,
    );
    const { store, notices } = await tampered(before, (sql) => {
      sql.exec(`UPDATE purge SET text = replace(text, '"t"', '"u"')`);
    });
    expect(store.stats().entries).toBe(0);
    expect(await load(store)).toBeUndefined();
    expect(notices).toEqual(['store F: begun anew, for its index was damaged']);
    await put(store, {});
    expect(find(store).selected).toHaveLength(1);
  });

  it('with a page overwritten, whichever: bodies that are handed out are whole, and nothing throws', async () => {
    const before = openOnDisk();
    const pages = Array.from({ length: 12 }, (_, page) => `https://example.com/${page}`);
    for (const uri of pages) await put(before.store, { uri, body: uri, tags: ['t', uri] });
    before.store.purge([{ selector: { kind: 'tag', tag: 'u' }, soft: true, siteId: undefined }], 0);
    await before.store.close();
    const index = readFileSync(path.join(before.folder, 'index.sqlite'));
    expect(index.length).toBeGreaterThan(10 * PAGE_BYTES);
    for (let at = PAGE_BYTES; at < index.length; at += PAGE_BYTES) {
      const folder = crashImage(before);
      const damaged = Buffer.from(index).fill(0xff, at, at + 200);
      writeFileSync(path.join(folder, 'index.sqlite'), damaged);
      const { store } = openOnDisk({ folder, maxEntries: 12 });
      const texts = [];
      for (const uri of pages) {
        await store.load?.(`main ${uri}`);
        texts.push((await bodyOf(store, { uri })) ?? uri);
      }
      expect(texts).toEqual(pages);
      store.purge(
        [{ selector: { kind: 'host', host: 'a.test' }, soft: false, siteId: undefined }],
        0,
      );
      store.stats();
      store.entries({ limit: 99 });
      await tryPut(store, storedResponse({ uri: 'https://example.com/new' }));
      const after = await reopened({ store, folder, notices: [] });
      await put(after.store, {});
      expect(find(after.store).selected).toHaveLength(1);
      await after.store.close();
    }
  });

  it.each([
    ['overwritten', (file: string) => flip(file, 3)],
    ['cut short', (file: string) => truncateSync(file, 5_000)],
  ])('that is no database any more, %s: begun anew', async (_, damage) => {
    const before = openOnDisk();
    for (let page = 0; page < 50; page++) {
      await put(before.store, { uri: `https://example.com/${page}` });
    }
    await before.store.close();
    damage(path.join(before.folder, 'index.sqlite'));
    const { store, notices } = openOnDisk({ folder: before.folder });
    expect(notices).toEqual(['store F: begun anew, for its index is damaged']);
    expect(store.stats().entries).toBe(0);
    await put(store, {});
    const after = await reopened({ store, folder: before.folder, notices });
    expect(after.store.stats().entries).toBe(1);
    expect(readdirSync(before.folder)).not.toContain('distrusted');
  });
});
