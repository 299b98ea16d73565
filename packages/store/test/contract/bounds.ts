import { IncomingFields } from '@poplet/policy';
import { expect, it } from 'vitest';

import { find, patternBytes, put, textBytes, tryPut } from '../bodies.ts';
import { storedResponse, type RecordOptions } from '../stored-response.ts';
import { openStore, type MakeStore } from './make-store.ts';

const LONG = 'x'.repeat(8_000);

function uri(page: string): string {
  return `https://example.com/${page}`;
}

export function boundsContract(makeStore: MakeStore): void {
  it('evicts the least recently used entries to stay within its entries', async () => {
    const store = await openStore(makeStore, { maxEntries: 3 });
    for (const page of ['a', 'b', 'c']) await put(store, { uri: uri(page) });
    expect(find(store, { uri: uri('a') }).selected).toHaveLength(1);
    await put(store, { uri: uri('d') });
    const kept = ['a', 'b', 'c', 'd'].filter(
      (p) => find(store, { uri: uri(p) }).selected.length > 0,
    );
    expect(kept).toEqual(['a', 'c', 'd']);
    expect(store.stats()).toMatchObject({ entries: 3, maxEntries: 3, evictions: 1 });
  });

  it('does not count as used what is only looked at', async () => {
    const store = await openStore(makeStore, { maxEntries: 2 });
    await put(store, { uri: uri('a') });
    await put(store, { uri: uri('b') });
    const [looked] = store.peek(`main ${uri('a')}`, new IncomingFields([])).selected;
    expect(looked).toEqual(store.entries({ limit: 2 })[1]);
    await put(store, { uri: uri('c') });
    expect(find(store, { uri: uri('a') }).selected).toEqual([]);
    expect(store.peek(`main ${uri('a')}`, new IncomingFields([])).selected).toEqual([]);
  });

  it('evicts the least recently used entries to stay within its bytes', async () => {
    const store = await openStore(makeStore, { maxBytes: 100_000, maxBodyBytes: 90_000 });
    // "A: b\r\n" takes 6 bytes.
    for (const page of ['a', 'b', 'c']) {
      await put(store, { uri: uri(page), fields: ['A', 'b'], body: 'x'.repeat(29_994) });
    }
    expect(store.stats()).toMatchObject({
      entries: 3,
      bytes: 90_000,
      maxBytes: 100_000,
      evictions: 0,
    });
    expect(find(store, { uri: uri('a') }).selected).toHaveLength(1);
    await put(store, { uri: uri('d'), fields: ['A', 'b'], body: 'x'.repeat(59_994) });
    const kept = ['a', 'b', 'c', 'd'].filter(
      (p) => find(store, { uri: uri(p) }).selected.length > 0,
    );
    expect(kept).toEqual(['a', 'd']);
    expect(store.stats()).toMatchObject({ entries: 2, bytes: 90_000, evictions: 2 });
  });

  it.each<[string, (page: number) => RecordOptions]>([
    ['URLs', (page) => ({ uri: uri(`${page}${LONG}`) })],
    ['header fields', (page) => ({ uri: uri(`${page}`), fields: ['X-Long', LONG] })],
    ['tags', (page) => ({ uri: uri(`${page}`), tags: [`${page}${LONG}`] })],
    ['many tags', (page) => ({ uri: uri(`${page}`), tags: Array.from(LONG.slice(0, 300)) })],
    ['groups', (page) => ({ uri: uri(`${page}`), groups: [`${page}${LONG}`] })],
    ['variants', (page) => ({ vary: ['x'], request: ['X', `${page}${LONG}`] })],
    ['names in Vary', (page) => ({ uri: uri(`${page}`), vary: [`x${page}${LONG}`] })],
  ])('counts %s towards its bytes', async (_, optionsOf) => {
    const store = await openStore(makeStore, { maxBytes: 400_000 });
    for (let page = 0; page < 60; page++) await put(store, optionsOf(page));
    const { entries, evictions } = store.stats();
    expect(entries).toBeGreaterThan(10);
    expect(entries).toBeLessThan(50);
    expect(evictions).toBe(60 - entries);
  });

  it('counts an entry without a body for what it takes beside, and gives it back', async () => {
    const store = await openStore(makeStore, { maxBytes: 100_000 });
    for (let page = 0; page < 200; page++) await put(store, { uri: uri(`${page}`), body: '' });
    const { entries } = store.stats();
    expect(entries).toBeGreaterThan(50);
    expect(entries).toBeLessThan(98);

    await store.purge([{ selector: { kind: 'everything' }, soft: false, siteId: undefined }], 0);
    store.sweep();
    const { evictions } = store.stats();
    for (let page = 0; page < 50; page++) await put(store, { uri: uri(`${page}`), body: '' });
    expect(store.stats()).toMatchObject({ entries: 50, evictions });
  });

  it('does not count what replaces, updates or is purged as evicted', async () => {
    const store = await openStore(makeStore, { maxEntries: 2 });
    await put(store, { uri: uri('a'), tags: ['t'] });
    await put(store, { uri: uri('a'), tags: ['t'] });
    await put(store, { uri: uri('b') });
    await store.purge([{ selector: { kind: 'tag', tag: 't' }, soft: false, siteId: undefined }], 0);
    await put(store, { uri: uri('c') });
    expect(store.stats()).toMatchObject({ entries: 2, evictions: 0 });
  });

  it('frees the bytes of an evicted, removed or replaced entry', async () => {
    const store = await openStore(makeStore, { maxBytes: 10_000 });
    await put(store, { fields: [], body: 'x'.repeat(500) });
    await put(store, { fields: [], body: 'x'.repeat(300) });
    expect(store.stats()).toMatchObject({ entries: 1, bytes: 300 });
    const [candidate] = find(store).selected;
    if (candidate === undefined) throw new Error('nothing is stored');
    store.remove(candidate.response);
    expect(store.stats()).toMatchObject({ entries: 0, bytes: 0 });
  });

  it('does not empty itself for what fits only without its header', async () => {
    const store = await openStore(makeStore, { maxBytes: 10_000, maxBodyBytes: 10_000 });
    await put(store, { uri: uri('a'), fields: [], body: 'small' });
    const large = storedResponse({ uri: uri('b'), fields: ['X-Long', 'x'.repeat(5_000)] });
    const writer = store.begin(large);
    const reader = writer.read(0, undefined)[Symbol.asyncIterator]();
    await writer.write(textBytes('x'.repeat(3_000)));
    expect(writer.abandoned).toBeUndefined();
    await writer.write(textBytes('x'.repeat(1_000)));
    expect(writer.abandoned).toMatchObject({ code: 'too-large' });
    await reader.return?.();
    expect(await writer.commit([])).toBe(false);
    expect(find(store, { uri: uri('a') }).selected).toHaveLength(1);
    expect(store.stats()).toMatchObject({ entries: 1, evictions: 0 });
  });

  it('stores nothing longer than an eighth of its bytes unless told otherwise', async () => {
    const store = await openStore(makeStore, { maxBytes: 80_000 });
    const response = storedResponse({ fields: [] });
    expect(await tryPut(store, response, 'x'.repeat(10_000))).toBe(true);
    const writer = store.begin(response);
    const reader = writer.read(0, undefined)[Symbol.asyncIterator]();
    await writer.write(textBytes('x'.repeat(10_001)));
    expect(writer.abandoned).toMatchObject({ code: 'too-large' });
    await reader.return?.();
  });

  it('bounds what bodies on their way hold together, and frees it when they end', async () => {
    const store = await openStore(makeStore, { maxBytes: 100_000, maxBodyBytes: 60_000 });
    const first = store.begin(storedResponse({ uri: uri('a'), fields: [] }));
    const second = store.begin(storedResponse({ uri: uri('b'), fields: [] }));
    const third = store.begin(storedResponse({ uri: uri('c'), fields: [] }));
    await first.write(patternBytes(60_000));
    await second.write(patternBytes(40_000));
    const reader = third.read(0, undefined)[Symbol.asyncIterator]();
    await third.write(patternBytes(1));
    expect(third.abandoned).toMatchObject({ code: 'store-failed' });
    await reader.return?.();

    void first.abort(new Error('cut off'));
    expect(await second.commit([])).toBe(true);
    expect(
      await tryPut(store, storedResponse({ uri: uri('d'), fields: [] }), 'x'.repeat(55_000)),
    ).toBe(true);
    expect(store.stats()).toMatchObject({ entries: 2, bytes: 95_000 });
  });
}
