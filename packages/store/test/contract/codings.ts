import { expect, it } from 'vitest';

import type { Coding, StoredResponse } from '@poplet/policy';

import type { BodySource, Store } from '../../src/store.ts';
import { bodyOf, collect, find, patternBytes, put, textBytes } from '../bodies.ts';
import { openStore, type MakeStore } from './make-store.ts';

const MIB = 1024 * 1024;

function stored(store: Store, request: readonly string[] = []): StoredResponse {
  const [candidate] = find(store, { request }).selected;
  if (candidate === undefined) throw new Error('nothing is stored');
  return candidate.response;
}

function opened(store: Store, coding: Coding): BodySource {
  const source = store.openCoding(stored(store), coding);
  if (source === undefined) throw new Error(`no ${coding} is stored`);
  return source;
}

async function codedText(store: Store, response: StoredResponse, coding: Coding): Promise<string> {
  const source = store.openCoding(response, coding);
  if (source === undefined) return 'none';
  return new TextDecoder().decode(await collect(source.read(0, undefined)));
}

/** The body of one response in other codings: what the store promises of them. */
export function codingsContract(makeStore: MakeStore): void {
  it('keeps a coding beside the body as it came', async () => {
    const store = await openStore(makeStore);
    const written = await put(store, { body: 'as it came' });
    const found = stored(store);
    expect(store.openCoding(found, 'br')).toBeUndefined();
    expect(await store.addCoding(found, 'br', textBytes('br!'))).toBe(true);
    const { codings, bodyBytes } = stored(store);
    expect({ codings, bodyBytes }).toEqual({
      codings: [{ coding: 'br', bodyBytes: 3 }],
      bodyBytes: 10,
    });
    for (const response of [written, found, stored(store)]) {
      expect(await codedText(store, response, 'br')).toBe('br!');
      expect(await codedText(store, response, 'gzip')).toBe('none');
    }
    expect(store.openCoding(stored(store), 'br')?.bodyBytes).toBe(3);
    expect(await bodyOf(store)).toBe('as it came');
  });

  it('keeps several, each once, and counts them', async () => {
    const store = await openStore(makeStore);
    await put(store, { fields: [], body: '12345' });
    const found = stored(store);
    expect(await store.addCoding(found, 'br', textBytes('123'))).toBe(true);
    expect(await store.addCoding(stored(store), 'identity', textBytes('1234567'))).toBe(true);
    expect(await store.addCoding(stored(store), 'br', textBytes('other'))).toBe(false);
    expect(stored(store).codings?.map(({ coding }) => coding)).toEqual(['br', 'identity']);
    expect(await codedText(store, stored(store), 'br')).toBe('123');
    expect(await codedText(store, stored(store), 'identity')).toBe('1234567');
    expect(store.stats()).toMatchObject({ entries: 1, bytes: 15 });
    store.remove(stored(store));
    expect(store.stats()).toMatchObject({ entries: 0, bytes: 0 });
  });

  it('keeps one of two that are added at once under the same name', async () => {
    const store = await openStore(makeStore);
    await put(store, { fields: [], body: '12345' });
    const added = await Promise.all([
      store.addCoding(stored(store), 'zstd', textBytes('one')),
      store.addCoding(stored(store), 'zstd', textBytes('two')),
      store.addCoding(stored(store), 'gzip', textBytes('four')),
    ]);
    expect(added.filter(Boolean)).toHaveLength(2);
    expect(store.stats().bytes).toBe(12);
    expect(['one', 'two']).toContain(await codedText(store, stored(store), 'zstd'));
  });

  it('brings back a coding of several segments, and any part of it', async () => {
    const store = await openStore(makeStore);
    await put(store, { body: 'small' });
    const content = patternBytes(2 * MIB + 12_345);
    expect(await store.addCoding(stored(store), 'gzip', content)).toBe(true);
    const source = opened(store, 'gzip');
    expect(Buffer.compare(await collect(source.read(0, undefined)), content)).toBe(0);
    const part = await collect(source.read(MIB - 5, MIB + 7));
    expect(Buffer.compare(part, content.subarray(MIB - 5, MIB + 7))).toBe(0);
  });

  it('has one freshness: new metadata stands around all of them', async () => {
    const store = await openStore(makeStore);
    await put(store, { fields: ['ETag', '"1"'], body: 'body' });
    const old = stored(store);
    await store.addCoding(old, 'br', textBytes('br'));
    const updated = { ...old, responseAtMs: 5000 };
    expect(store.update(old, updated)).toBe(true);
    expect(stored(store)).toMatchObject({ responseAtMs: 5000 });
    expect(stored(store).codings?.map(({ coding }) => coding)).toEqual(['br']);
    expect(await codedText(store, updated, 'br')).toBe('br');
    expect(await bodyOf(store)).toBe('body');
  });

  it('adds a coding to what was updated since it was made', async () => {
    const store = await openStore(makeStore);
    await put(store, { body: 'body' });
    const old = stored(store);
    expect(store.update(old, { ...old, responseAtMs: 5000 })).toBe(true);
    expect(await store.addCoding(old, 'br', textBytes('br'))).toBe(true);
    expect(stored(store)).toMatchObject({ responseAtMs: 5000 });
    expect(await codedText(store, stored(store), 'br')).toBe('br');
  });

  it('does not add one to what has taken the place, was removed, or is unknown', async () => {
    const store = await openStore(makeStore);
    const first = await put(store, { body: 'one' });
    await put(store, { body: 'two' });
    expect(await store.addCoding(first, 'br', textBytes('of one'))).toBe(false);
    expect(stored(store).codings ?? []).toEqual([]);
    expect(await codedText(store, stored(store), 'br')).toBe('none');
    const second = stored(store);
    store.remove(second);
    expect(await store.addCoding(second, 'br', textBytes('of two'))).toBe(false);
    expect(store.openCoding(second, 'br')).toBeUndefined();
    expect(store.stats()).toMatchObject({ entries: 0, bytes: 0 });
  });

  it('lets a purge reach all of them, and no coding be added after it', async () => {
    const store = await openStore(makeStore);
    await put(store, { body: 'one' });
    const found = stored(store);
    await store.addCoding(found, 'br', textBytes('br'));
    await store.purge([{ selector: { kind: 'everything' }, soft: false, siteId: undefined }], 0);
    expect(find(store).selected).toEqual([]);
    expect(store.openCoding(found, 'br')).toBeUndefined();
    expect(await store.addCoding(found, 'gzip', textBytes('gz'))).toBe(false);
    expect(store.stats()).toMatchObject({ entries: 0, bytes: 0 });
  });

  it('keeps a soft purge in force', async () => {
    const store = await openStore(makeStore);
    await put(store, { body: 'one' });
    await store.purge([{ selector: { kind: 'everything' }, soft: true, siteId: undefined }], 42);
    expect(await store.addCoding(stored(store), 'br', textBytes('br'))).toBe(true);
    expect(find(store).selected[0]?.softPurgedAtMs).toBe(42);
  });

  it('lets who reads a coding finish when it goes', async () => {
    const store = await openStore(makeStore);
    await put(store, { body: 'one' });
    const content = patternBytes(MIB + 1000);
    await store.addCoding(stored(store), 'zstd', content);
    const found = stored(store);
    const chunks = opened(store, 'zstd').read(0, undefined)[Symbol.asyncIterator]();
    const first = await chunks.next();
    store.remove(found);
    const rest = await chunks.next();
    const read = [first, rest].map((one) => (one.done === true ? new Uint8Array(0) : one.value));
    expect(Buffer.compare(Buffer.concat(read), content)).toBe(0);
  });

  it('leaves the order among equals, and what was used last, as it was', async () => {
    const store = await openStore(makeStore);
    await put(store, { vary: ['x-a'], request: [], body: 'older' });
    await put(store, { vary: ['x-b'], request: [], body: 'newer' });
    const { selected } = find(store);
    const older = selected[1]?.response as StoredResponse;
    expect(await store.addCoding(older, 'br', textBytes('br'))).toBe(true);
    expect(await bodyOf(store)).toBe('newer');
  });

  it('refuses what is over the limits, and makes room by what was not used for longest', async () => {
    const store = await openStore(makeStore, { maxBytes: 100_000, maxBodyBytes: 40_000 });
    await put(store, { uri: 'https://example.com/old', body: 'x'.repeat(30_000) });
    await put(store, { body: 'x'.repeat(30_000) });
    const found = stored(store);
    expect(await store.addCoding(found, 'br', patternBytes(40_001))).toBe(false);
    expect(await store.addCoding(found, 'br', patternBytes(39_000))).toBe(true);
    expect(find(store, { uri: 'https://example.com/old' }).selected).toEqual([]);
    expect(store.stats()).toMatchObject({ entries: 1, evictions: 1 });
    // 69 000 bytes and the header are held: another coding of this size would leave no room at all.
    expect(await store.addCoding(stored(store), 'gzip', patternBytes(39_000))).toBe(false);
    expect(stored(store).codings).toHaveLength(1);
  });

  it('adds nothing to a part, nor once it is closed', async () => {
    const store = await openStore(makeStore);
    const whole = await put(store, { body: 'whole' });
    const part = { completeBytes: 10, spans: [{ startByte: 0, endByte: 4 }] };
    const writer = store.begin(whole);
    await writer.write(textBytes('part'));
    await writer.abort(new Error('cut off'), { ...whole, part });
    expect(stored(store).part).toEqual(part);
    expect(await store.addCoding(stored(store), 'br', textBytes('br'))).toBe(false);
    const found = stored(store);
    await store.close();
    expect(await store.addCoding(found, 'br', textBytes('br'))).toBe(false);
  });
}
