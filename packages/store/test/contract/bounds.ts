import { expect, it } from 'vitest';

import { find, patternBytes, put, textBytes, tryPut } from '../bodies.ts';
import { storedResponse } from '../stored-response.ts';
import { openStore, type MakeStore } from './make-store.ts';

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

  it('evicts the least recently used entries to stay within its bytes', async () => {
    const store = await openStore(makeStore, { maxBytes: 1_000, maxBodyBytes: 900 });
    // "A: b\r\n" takes 6 bytes.
    for (const page of ['a', 'b', 'c']) {
      await put(store, { uri: uri(page), fields: ['A', 'b'], body: 'x'.repeat(294) });
    }
    expect(store.stats()).toMatchObject({ entries: 3, bytes: 900, maxBytes: 1_000, evictions: 0 });
    expect(find(store, { uri: uri('a') }).selected).toHaveLength(1);
    await put(store, { uri: uri('d'), fields: ['A', 'b'], body: 'x'.repeat(594) });
    const kept = ['a', 'b', 'c', 'd'].filter(
      (p) => find(store, { uri: uri(p) }).selected.length > 0,
    );
    expect(kept).toEqual(['a', 'd']);
    expect(store.stats()).toMatchObject({ entries: 2, bytes: 900, evictions: 2 });
  });

  it('does not count what replaces, updates or is purged as evicted', async () => {
    const store = await openStore(makeStore, { maxEntries: 2 });
    await put(store, { uri: uri('a'), tags: ['t'] });
    await put(store, { uri: uri('a'), tags: ['t'] });
    await put(store, { uri: uri('b') });
    store.purge([{ selector: { kind: 'tag', tag: 't' }, soft: false, siteId: undefined }], 0);
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
    const store = await openStore(makeStore, { maxBytes: 100, maxBodyBytes: 100 });
    await put(store, { uri: uri('a'), fields: [], body: 'small' });
    // "X-Long: …\r\n" takes 60 bytes.
    const large = storedResponse({ uri: uri('b'), fields: ['X-Long', 'x'.repeat(50)] });
    const writer = store.begin(large);
    const reader = writer.read(0, undefined)[Symbol.asyncIterator]();
    await writer.write(textBytes('x'.repeat(40)));
    expect(writer.abandoned).toBeUndefined();
    await writer.write(textBytes('x'));
    expect(writer.abandoned).toMatchObject({ code: 'too-large' });
    await reader.return?.();
    expect(await writer.commit([])).toBe(false);
    expect(find(store, { uri: uri('a') }).selected).toHaveLength(1);
    expect(store.stats()).toMatchObject({ entries: 1, evictions: 0 });
  });

  it('stores nothing longer than an eighth of its bytes unless told otherwise', async () => {
    const store = await openStore(makeStore, { maxBytes: 800 });
    const response = storedResponse({ fields: [] });
    expect(await tryPut(store, response, 'x'.repeat(100))).toBe(true);
    const writer = store.begin(response);
    const reader = writer.read(0, undefined)[Symbol.asyncIterator]();
    await writer.write(textBytes('x'.repeat(101)));
    expect(writer.abandoned).toMatchObject({ code: 'too-large' });
    await reader.return?.();
  });

  it('bounds what bodies on their way hold together, and frees it when they end', async () => {
    const store = await openStore(makeStore, { maxBytes: 1_000, maxBodyBytes: 600 });
    const first = store.begin(storedResponse({ uri: uri('a'), fields: [] }));
    const second = store.begin(storedResponse({ uri: uri('b'), fields: [] }));
    const third = store.begin(storedResponse({ uri: uri('c'), fields: [] }));
    await first.write(patternBytes(600));
    await second.write(patternBytes(400));
    const reader = third.read(0, undefined)[Symbol.asyncIterator]();
    await third.write(patternBytes(1));
    expect(third.abandoned).toMatchObject({ code: 'store-failed' });
    await reader.return?.();

    first.abort(new Error('cut off'));
    expect(await second.commit([])).toBe(true);
    expect(
      await tryPut(store, storedResponse({ uri: uri('d'), fields: [] }), 'x'.repeat(600)),
    ).toBe(true);
    expect(store.stats()).toMatchObject({ entries: 2, bytes: 1_000 });
  });
}
