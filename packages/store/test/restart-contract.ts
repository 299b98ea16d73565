import type { Purge } from '@poplet/policy';
import { expect, it } from 'vitest';

import type { Store } from '../src/store.ts';
import { collect, find, patternBytes, put, readText, textBytes, tryPut } from './bodies.ts';
import { storedResponse } from './stored-response.ts';

const MIB = 1024 * 1024;
const TAG: Purge = { selector: { kind: 'tag', tag: 't' }, soft: false, siteId: undefined };

interface Limits {
  readonly maxEntries?: number;
}

/** A store that outlives its process. */
export interface Restartable<Opened extends { readonly store: Store }> {
  /** As `stats` calls it. */
  readonly kind: string;
  open(limits?: Limits): Opened | Promise<Opened>;
  /** Ends it as a process that ends well would, and opens it again. */
  reopened(before: Opened, limits?: Limits): Promise<Opened>;
  /** Opens what a process that is killed at this moment leaves behind. */
  killed(running: Opened): Opened | Promise<Opened>;
}

/** As the lookup of a request: the index first, then the tier. */
export async function look(store: Store, options: Parameters<typeof find>[1] = {}) {
  const found = find(store, options);
  if (found.selected.length > 0) return found;
  const { siteId = 'main', uri: asked = 'https://example.com/' } = options;
  return (await store.load?.(`${siteId} ${asked}`)) === true ? find(store, options) : found;
}

export async function lookText(store: Store, options: Parameters<typeof find>[1] = {}) {
  const [candidate] = (await look(store, options)).selected;
  const source = candidate && store.open(candidate.response);
  return source && readText(source);
}

export function uri(page: string): string {
  return `https://example.com/${page}`;
}

/** What is there after a restart of a store that is meant to outlive it. */
export function restartContract<Opened extends { readonly store: Store }>(
  opened: Restartable<Opened>,
): void {
  it('every field of a response is what it was', async () => {
    const before = await opened.open();
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
    const { store } = await opened.reopened(before);
    const [candidate] = (await look(store, { request: ['X-V', 'ü'] })).selected;
    expect({ ...candidate?.response }).toEqual({
      ...response,
      trailers: ['X-Trailer', 'v'],
      bodyBytes: 4,
    });
    expect(await lookText(store, { request: ['X-V', 'ü'] })).toBe('body');
  });

  it('counts and lists what nobody has asked for yet, the most recently used first', async () => {
    const before = await opened.open();
    for (const page of ['a', 'b', 'c']) await put(before.store, { uri: uri(page), fields: [] });
    find(before.store, { uri: uri('a') });
    const { store } = await opened.reopened(before);
    const listed = () => store.entries({ limit: 9 }).map(({ response }) => response.primaryKey);
    expect(store.stats()).toMatchObject({ kind: opened.kind, entries: 3, bytes: 12, evictions: 0 });
    expect(listed()).toEqual(['a', 'c', 'b'].map((page) => `main ${uri(page)}`));
    expect(store.entries({ prefix: uri('b'), limit: 9 })).toHaveLength(1);
    expect(await lookText(store, { uri: uri('b') })).toBe('body');
    expect(store.stats()).toMatchObject({ entries: 3, bytes: 12 });
    expect(listed()).toEqual(['b', 'a', 'c'].map((page) => `main ${uri(page)}`));
  });

  it('finds what answers for equivalent queries, and every variant', async () => {
    const before = await opened.open();
    await put(before.store, { uri: uri('p?a=1&utm=x'), noVarySearch: 'params=("utm")' });
    await put(before.store, { vary: ['x-v'], request: ['X-V', '1'], body: 'one' });
    await put(before.store, { vary: ['x-v'], request: ['X-V', '2'], body: 'two' });
    const { store } = await opened.reopened(before);
    const equivalents = await Promise.all(
      ['p?utm=y&a=1', 'p?a=1'].map(async (page) => await lookText(store, { uri: uri(page) })),
    );
    expect(equivalents).toEqual(['body', 'body']);
    expect(await lookText(store, { uri: uri('p?a=2') })).toBeUndefined();
    expect(await lookText(store, { request: ['X-V', '2'] })).toBe('two');
    expect((await look(store, { request: ['X-V', '3'] })).siblings).toHaveLength(2);
  });

  it('a purge reaches what nobody has asked for yet, and what was purged before stays away', async () => {
    const before = await opened.open();
    await put(before.store, { uri: uri('a'), tags: ['t'] });
    await put(before.store, { uri: uri('b'), tags: ['u'] });
    await put(before.store, { uri: uri('c') });
    const late = storedResponse({ uri: uri('late'), tags: ['t'], seq: before.store.sequence });
    await before.store.purge([{ ...TAG, soft: true }], 4_000);
    await before.store.purge([{ ...TAG, selector: { kind: 'url', url: uri('c') } }], 5_000);
    const { store } = await opened.reopened(before);
    expect(store.sequence).toBe(2);
    expect(store.stats().entries).toBe(2);
    expect(store.entries({ limit: 9 }).map(({ softPurgedAtMs }) => softPurgedAtMs)).toEqual([
      undefined,
      4_000,
    ]);
    await store.purge([{ ...TAG, selector: { kind: 'tag', tag: 'u' } }], 6_000);
    expect(store.sequence).toBe(3);
    expect(store.stats().entries).toBe(1);
    expect(await lookText(store, { uri: uri('b') })).toBeUndefined();
    expect((await look(store, { uri: uri('a') })).selected[0]?.softPurgedAtMs).toBe(4_000);
    await store.purge([TAG], 7_000);
    expect(store.isPurgedSince(late)).toBe(true);
    expect(await lookText(store, { uri: uri('a') })).toBeUndefined();
  });

  it('evicts first what was not used for longest, whether anybody has asked for it or not', async () => {
    const before = await opened.open();
    for (const page of ['a', 'b', 'c', 'd']) await put(before.store, { uri: uri(page) });
    find(before.store, { uri: uri('a') });
    const { store } = await opened.reopened(before, { maxEntries: 4 });
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
    const before = await opened.open();
    const old = await put(before.store, { fields: ['ETag', '"1"'], body: 'kept' });
    const updated = storedResponse({ fields: ['ETag', '"2"'] });
    expect(before.store.update(old, updated)).toBe(true);
    const { store } = await opened.reopened(before);
    expect((await look(store)).selected[0]?.response.fields.get('etag')).toBe('"2"');
    expect(await lookText(store)).toBe('kept');
  });

  it('what a 304 said of something dropped right after it does not bring that back', async () => {
    const before = await opened.open();
    const other = await put(before.store, { uri: uri('other'), body: '' });
    const old = await put(before.store, { body: '' });
    const updated = storedResponse({ fields: ['ETag', '"2"'] });
    before.store.remove(other);
    expect(before.store.update(old, updated)).toBe(true);
    before.store.remove(updated);
    const { store } = await opened.reopened(before);
    expect(store.stats().entries).toBe(0);
    expect((await look(store)).selected).toEqual([]);
  });

  it('a stale window without an end has none afterwards, and where there was none there is none', async () => {
    const before = await opened.open();
    const windows = [
      { staleWhileRevalidateSeconds: Infinity, staleIfErrorSeconds: null },
      { staleWhileRevalidateSeconds: null, staleIfErrorSeconds: Infinity },
    ];
    for (const [index, window] of windows.entries()) {
      const response = storedResponse({ uri: uri(String(index)) });
      const facts = { ...response.facts, ...window };
      expect(await tryPut(before.store, { ...response, facts }, 'body')).toBe(true);
    }
    const { store } = await opened.reopened(before);
    for (const [index, window] of windows.entries()) {
      const { selected } = await look(store, { uri: uri(String(index)) });
      expect(selected[0]?.response.facts).toMatchObject(window);
    }
  });

  it('a coding that was added to a body is there, and can be had beside it', async () => {
    const before = await opened.open();
    const response = await put(before.store, { body: 'as it came' });
    const content = patternBytes(MIB + 5);
    expect(await before.store.addCoding(response, 'gzip', content)).toBe(true);
    const { store } = await opened.reopened(before);
    const [candidate] = (await look(store)).selected;
    if (candidate === undefined) throw new Error('nothing is stored');
    expect(candidate.response.codings).toMatchObject([{ coding: 'gzip', bodyBytes: MIB + 5 }]);
    const coded = store.openCoding(candidate.response, 'gzip');
    if (coded === undefined) throw new Error('no coding is stored');
    expect(Buffer.from(await collect(coded.read(0, undefined))).equals(content)).toBe(true);
    expect(await lookText(store)).toBe('as it came');
    expect(store.stats()).toMatchObject({ entries: 1 });
  });

  it('one look brings an entry in, however many ask at once', async () => {
    const before = await opened.open();
    await put(before.store, {});
    const { store } = await opened.reopened(before);
    const found = await Promise.all([look(store), look(store), look(store)]);
    expect(found.map(({ selected }) => selected.length)).toEqual([1, 1, 1]);
    expect(store.load?.('main https://example.com/')).toBeUndefined();
  });

  it('a large body is read back in ranges', async () => {
    const before = await opened.open();
    const body = patternBytes(3 * MIB + 100);
    const response = storedResponse();
    const writer = before.store.begin(response);
    for (let at = 0; at < body.length; at += 400_000) {
      await writer.write(body.subarray(at, at + 400_000));
    }
    expect(await writer.commit([])).toBe(true);
    const { store } = await opened.reopened(before);
    const [candidate] = (await look(store)).selected;
    const source = candidate && store.open(candidate.response);
    if (source === undefined) throw new Error('nothing is stored');
    const part = await collect(source.read(MIB - 5, 2 * MIB + 5));
    expect(Buffer.from(part).equals(body.subarray(MIB - 5, 2 * MIB + 5))).toBe(true);
  });

  it('killed right after the commit: the entry is there', async () => {
    const running = await opened.open();
    await put(running.store, { body: 'acknowledged' });
    const { store } = await opened.killed(running);
    expect(await lookText(store)).toBe('acknowledged');
  });

  it('killed right after a purge: it holds', async () => {
    const running = await opened.open();
    await put(running.store, { tags: ['t'] });
    await running.store.purge([TAG], 0);
    const { store } = await opened.killed(running);
    expect(store.stats().entries).toBe(0);
    expect(await lookText(store)).toBeUndefined();
  });

  it('killed while a replacement was dropped: the newer one stands', async () => {
    const running = await opened.open();
    await put(running.store, { body: 'old' });
    const { store } = await opened.killed(running);
    await put(store, { body: 'new' });
    expect(await lookText(store)).toBe('new');
    expect(store.stats().entries).toBe(1);
  });
}
