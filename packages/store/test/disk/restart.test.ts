import { IncomingFields, type Purge } from '@poplet/policy';
import { describe, expect, it } from 'vitest';

import { openDiskStore } from '../../src/disk/disk-store.ts';
import type { Store } from '../../src/store.ts';
import { collect, find, patternBytes, put, readText, textBytes } from '../bodies.ts';
import { storedResponse } from '../stored-response.ts';
import { crashImage, openOnDisk, reopened, segmentFiles, temporaryFolder } from './folders.ts';

const MIB = 1024 * 1024;
const TAG: Purge = { selector: { kind: 'tag', tag: 't' }, soft: false, siteId: undefined };

/** As the lookup of a request: the index first, then the tier. */
async function look(store: Store, options: Parameters<typeof find>[1] = {}) {
  const found = find(store, options);
  if (found.selected.length > 0) return found;
  const { siteId = 'main', uri: asked = 'https://example.com/' } = options;
  return (await store.load?.(`${siteId} ${asked}`)) === true ? find(store, options) : found;
}

async function lookText(store: Store, options: Parameters<typeof find>[1] = {}) {
  const [candidate] = (await look(store, options)).selected;
  const source = candidate && store.open(candidate.response);
  return source && readText(source);
}

function uri(page: string): string {
  return `https://example.com/${page}`;
}

describe('after a restart', () => {
  it('every field of a response is what it was', async () => {
    const before = openOnDisk();
    const response = {
      ...storedResponse({
        vary: ['x-v'],
        request: ['X-V', 'ü'],
        tags: ['a', '日本'],
        groups: ['G'],
        fields: ['ETag', '"one"', 'X-Twice', 'a', 'X-Twice', 'é'],
        noVarySearch: 'key-order, params=("utm")',
      }),
      status: 404,
      statusText: 'Not Here',
      requestAtMs: 11,
      responseAtMs: 12,
      residentSinceMs: 13,
      facts: { ...storedResponse().facts, etag: { weak: true, opaque: '"v"' }, immutable: true },
    };
    const writer = before.store.begin(response);
    await writer.write(textBytes('body'));
    await writer.commit(['X-Trailer', 'v']);
    const { store } = await reopened(before);
    const [candidate] = (await look(store, { request: ['X-V', 'ü'] })).selected;
    expect({ ...candidate?.response }).toEqual({
      ...response,
      trailers: ['X-Trailer', 'v'],
      bodyBytes: 4,
    });
    expect(await lookText(store, { request: ['X-V', 'ü'] })).toBe('body');
  });

  it('counts and lists what nobody has asked for yet, the most recently used first', async () => {
    const before = openOnDisk();
    for (const page of ['a', 'b', 'c']) await put(before.store, { uri: uri(page), fields: [] });
    find(before.store, { uri: uri('a') });
    const { store } = await reopened(before);
    const listed = () => store.entries({ limit: 9 }).map(({ response }) => response.primaryKey);
    expect(store.stats()).toMatchObject({ kind: 'disk', entries: 3, bytes: 12, evictions: 0 });
    expect(listed()).toEqual(['a', 'c', 'b'].map((page) => `main ${uri(page)}`));
    expect(store.entries({ prefix: uri('b'), limit: 9 })).toHaveLength(1);
    expect(await lookText(store, { uri: uri('b') })).toBe('body');
    expect(store.stats()).toMatchObject({ entries: 3, bytes: 12 });
    expect(listed()).toEqual(['b', 'a', 'c'].map((page) => `main ${uri(page)}`));
  });

  it('finds what answers for equivalent queries, and every variant', async () => {
    const before = openOnDisk();
    await put(before.store, { uri: uri('p?a=1&utm=x'), noVarySearch: 'params=("utm")' });
    await put(before.store, { vary: ['x-v'], request: ['X-V', '1'], body: 'one' });
    await put(before.store, { vary: ['x-v'], request: ['X-V', '2'], body: 'two' });
    const { store } = await reopened(before);
    const equivalents = await Promise.all(
      ['p?utm=y&a=1', 'p?a=1'].map(async (page) => await lookText(store, { uri: uri(page) })),
    );
    expect(equivalents).toEqual(['body', 'body']);
    expect(await lookText(store, { uri: uri('p?a=2') })).toBeUndefined();
    expect(await lookText(store, { request: ['X-V', '2'] })).toBe('two');
    expect((await look(store, { request: ['X-V', '3'] })).siblings).toHaveLength(2);
  });

  it('a purge reaches what nobody has asked for yet, and what was purged before stays away', async () => {
    const before = openOnDisk();
    await put(before.store, { uri: uri('a'), tags: ['t'] });
    await put(before.store, { uri: uri('b'), tags: ['u'] });
    await put(before.store, { uri: uri('c') });
    const late = storedResponse({ uri: uri('late'), tags: ['t'], seq: before.store.sequence });
    before.store.purge([{ ...TAG, soft: true }], 4_000);
    before.store.purge([{ ...TAG, selector: { kind: 'url', url: uri('c') } }], 5_000);
    const { store } = await reopened(before);
    expect(store.sequence).toBe(2);
    expect(store.stats().entries).toBe(2);
    expect(store.entries({ limit: 9 }).map(({ softPurgedAtMs }) => softPurgedAtMs)).toEqual([
      undefined,
      4_000,
    ]);
    store.purge([{ ...TAG, selector: { kind: 'tag', tag: 'u' } }], 6_000);
    expect(store.sequence).toBe(3);
    expect(store.stats().entries).toBe(1);
    expect(await lookText(store, { uri: uri('b') })).toBeUndefined();
    expect((await look(store, { uri: uri('a') })).selected[0]?.softPurgedAtMs).toBe(4_000);
    store.purge([TAG], 7_000);
    expect(store.isPurgedSince(late)).toBe(true);
    expect(await lookText(store, { uri: uri('a') })).toBeUndefined();
  });

  it('evicts first what was not used for longest, whether anybody has asked for it or not', async () => {
    const before = openOnDisk();
    for (const page of ['a', 'b', 'c', 'd']) await put(before.store, { uri: uri(page) });
    find(before.store, { uri: uri('a') });
    const { store } = await reopened(before, { maxEntries: 4 });
    await look(store, { uri: uri('b') });
    await put(store, { uri: uri('e') });
    await put(store, { uri: uri('f') });
    expect(store.stats()).toMatchObject({ entries: 4, evictions: 2 });
    const there = [];
    for (const page of ['a', 'b', 'c', 'd', 'e', 'f']) {
      if ((await lookText(store, { uri: uri(page) })) !== undefined) there.push(page);
    }
    expect(there).toEqual(['a', 'b', 'e', 'f']);
  });

  it('what a 304 said is there', async () => {
    const before = openOnDisk();
    const old = await put(before.store, { fields: ['ETag', '"1"'], body: 'kept' });
    const updated = storedResponse({ fields: ['ETag', '"2"'] });
    expect(before.store.update(old, updated)).toBe(true);
    const { store } = await reopened(before);
    expect((await look(store)).selected[0]?.response.fields.get('etag')).toBe('"2"');
    expect(await lookText(store)).toBe('kept');
  });

  it('what a 304 said of something dropped right after it does not bring that back', async () => {
    const before = openOnDisk();
    const other = await put(before.store, { uri: uri('other'), body: '' });
    const old = await put(before.store, { body: '' });
    const updated = storedResponse({ fields: ['ETag', '"2"'] });
    before.store.remove(other);
    expect(before.store.update(old, updated)).toBe(true);
    before.store.remove(updated);
    const { store } = await reopened(before);
    expect(store.stats().entries).toBe(0);
    expect((await look(store)).selected).toEqual([]);
  });

  it('nothing is left of a body that was given up just before the end', async () => {
    const before = openOnDisk();
    const writer = before.store.begin(storedResponse());
    await writer.write(patternBytes(3 * MIB));
    await expect.poll(() => segmentFiles(before.folder).length).toBe(3);
    await writer.abort(new Error('the upstream ended early'));
    const { folder } = await reopened(before);
    await expect.poll(() => segmentFiles(folder).length).toBe(0);
  });

  it('one look brings an entry in, however many ask at once', async () => {
    const before = openOnDisk();
    await put(before.store, {});
    const { store } = await reopened(before);
    const found = await Promise.all([look(store), look(store), look(store)]);
    expect(found.map(({ selected }) => selected.length)).toEqual([1, 1, 1]);
    expect(store.load?.('main https://example.com/')).toBeUndefined();
  });

  it('a large body is read back in ranges', async () => {
    const before = openOnDisk();
    const body = patternBytes(3 * MIB + 100);
    const response = storedResponse();
    const writer = before.store.begin(response);
    for (let at = 0; at < body.length; at += 400_000) {
      await writer.write(body.subarray(at, at + 400_000));
    }
    expect(await writer.commit([])).toBe(true);
    const { store } = await reopened(before);
    const [candidate] = (await look(store)).selected;
    const source = candidate && store.open(candidate.response);
    if (source === undefined) throw new Error('nothing is stored');
    const part = await collect(source.read(MIB - 5, 2 * MIB + 5));
    expect(Buffer.from(part).equals(body.subarray(MIB - 5, 2 * MIB + 5))).toBe(true);
  });
});

describe('killed', () => {
  it('before the commit: nothing is visible, and what was written of it is removed', async () => {
    const running = openOnDisk();
    await put(running.store, { uri: uri('kept') });
    const writer = running.store.begin(storedResponse());
    const reader = writer.read(0, undefined)[Symbol.asyncIterator]();
    await writer.write(patternBytes(3 * MIB));
    // A reader gets what follows only once the segments before it can be read back.
    for (let bytes = 0; bytes < 3 * MIB;) bytes += (await reader.next()).value?.length ?? 0;
    await expect.poll(() => segmentFiles(running.folder).length).toBe(4);
    const image = crashImage(running);
    await writer.abort(new Error('over'));

    const { store } = openOnDisk({ folder: image });
    expect(store.stats().entries).toBe(1);
    expect(await lookText(store)).toBeUndefined();
    await expect.poll(() => segmentFiles(image).length).toBe(1);
    expect(await lookText(store, { uri: uri('kept') })).toBe('body');
  });

  it('right after the commit: the entry is there', async () => {
    const running = openOnDisk();
    await put(running.store, { body: 'acknowledged' });
    const { store } = openOnDisk({ folder: crashImage(running) });
    expect(await lookText(store)).toBe('acknowledged');
  });

  it('right after a purge: it holds', async () => {
    const running = openOnDisk();
    await put(running.store, { tags: ['t'] });
    running.store.purge([TAG], 0);
    const { store } = openOnDisk({ folder: crashImage(running) });
    expect(store.stats().entries).toBe(0);
    expect(await lookText(store)).toBeUndefined();
  });

  it('while a replacement was dropped: the newer one stands', async () => {
    const running = openOnDisk();
    await put(running.store, { body: 'old' });
    const image = crashImage(running);
    const { store } = openOnDisk({ folder: image });
    await put(store, { body: 'new' });
    expect(await lookText(store)).toBe('new');
    expect(store.stats().entries).toBe(1);
  });
});

describe('segments', () => {
  it('equal ones are one file, removed with the last body that has it', async () => {
    const { store, folder } = openOnDisk();
    await put(store, { uri: uri('a'), body: 'same' });
    await put(store, { uri: uri('b'), body: 'same' });
    expect(segmentFiles(folder)).toHaveLength(1);
    const [a] = find(store, { uri: uri('a') }).selected;
    const [b] = find(store, { uri: uri('b') }).selected;
    if (a === undefined || b === undefined) throw new Error('nothing is stored');
    store.remove(a.response);
    await put(store, { uri: uri('c') });
    expect(await lookText(store, { uri: uri('b') })).toBe('same');
    store.remove(b.response);
    await expect.poll(() => segmentFiles(folder).length).toBe(1);
    expect(await lookText(store, { uri: uri('c') })).toBe('body');
  });

  it('of what is evicted, replaced or purged are removed', async () => {
    const { store, folder } = openOnDisk({ maxEntries: 1 });
    await put(store, { uri: uri('a'), body: 'a' });
    await put(store, { uri: uri('b'), body: 'b' });
    await put(store, { uri: uri('b'), body: 'c' });
    await expect.poll(() => segmentFiles(folder).length).toBe(1);
    store.purge([{ ...TAG, selector: { kind: 'everything' } }], 0);
    store.sweep();
    await expect.poll(() => segmentFiles(folder).length).toBe(0);
  });

  it('stay for whoever has begun to read', async () => {
    const { store, folder } = openOnDisk();
    const body = patternBytes(2 * MIB);
    const response = storedResponse();
    const writer = store.begin(response);
    await writer.write(body);
    await writer.commit([]);
    const reader = store.open(response)?.read(0, undefined) as AsyncIterableIterator<Uint8Array>;
    const first = await reader.next();
    store.remove(response);
    await put(store, { uri: uri('other') });
    const second = await reader.next();
    expect(Buffer.concat([first.value, second.value]).equals(body)).toBe(true);
    await reader.next();
    // Whoever is about to follow the writer may do so for a moment.
    await expect.poll(() => segmentFiles(folder).length, { timeout: 10_000 }).toBe(1);
  });
});

describe('the folder', () => {
  it('is for one process at a time', async () => {
    const opened = openOnDisk();
    expect(() => openDiskStore({ folder: opened.folder })).toThrow(
      expect.objectContaining({
        code: 'store-in-use',
        message: expect.stringMatching(/is in use \(process \d+\)$/),
      }),
    );
    // Whoever was refused has broken nothing.
    await put(opened.store, {});
    const { store } = await reopened(opened);
    expect(await lookText(store)).toBe('body');
  });

  it('of something else is left alone', async () => {
    const folder = temporaryFolder();
    const { writeFileSync } = await import('node:fs');
    writeFileSync(`${folder}/index.html`, 'a page');
    expect(() => openDiskStore({ folder })).toThrow(
      expect.objectContaining({ code: 'store-unusable' }),
    );
    expect(() => openDiskStore({ folder: `${folder}/index.html` })).toThrow(
      expect.objectContaining({ code: 'store-unusable' }),
    );
  });

  it('is not looked through where the process before has closed it', async () => {
    const before = openOnDisk();
    await put(before.store, {});
    const { store } = await reopened(before);
    expect(store.peek('main https://example.com/', new IncomingFields([])).selected).toEqual([]);
    expect(store.stats().entries).toBe(1);
  });
});
