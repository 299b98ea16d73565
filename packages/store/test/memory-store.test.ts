import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { describe, expect, it } from 'vitest';

import type { Purge } from '@poplet/policy';

import { createMemoryStore } from '../src/memory-store.ts';
import { bodyOf, find, patternBytes, put, textBytes, tryPut } from './bodies.ts';
import { storeContract } from './contract.ts';
import { storedResponse } from './stored-response.ts';

storeContract('memory', (limits) => createMemoryStore(limits));

/** Purges of URLs that nothing is stored under. */
function idlePurges(count: number): Purge[] {
  return Array.from({ length: count }, (_, index) => ({
    selector: { kind: 'url', url: `https://example.org/${index}` },
    soft: false,
    siteId: undefined,
  }));
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function usedBytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

describe('memory', () => {
  it('has the limits of a laptop unless told otherwise', () => {
    expect(createMemoryStore().stats()).toEqual({
      kind: 'memory',
      entries: 0,
      bytes: 0,
      maxBytes: 536_870_912,
      maxEntries: 1_000_000,
      maxBodyBytes: 67_108_864,
      evictions: 0,
    });
  });

  it('keeps a body in memory of exactly its size, not in the slab it arrived in', async () => {
    const store = createMemoryStore();
    const slab = Buffer.alloc(65_536, 'a');
    const writer = store.begin(storedResponse());
    await writer.write(slab.subarray(1_000, 1_500));
    await writer.write(slab.subarray(3_000, 3_300));
    await writer.commit([]);
    const [candidate] = find(store).selected;
    const bytes = candidate && store.open(candidate.response)?.bytes();
    expect(bytes?.length).toBe(800);
    expect(bytes?.buffer.byteLength).toBe(800);
  });

  it('hands out a body of one segment in one piece, and of more in none', async () => {
    const store = createMemoryStore();
    const bytesOf = async (lengthBytes: number) => {
      const response = storedResponse();
      const writer = store.begin(response);
      await writer.write(patternBytes(lengthBytes));
      await writer.commit([]);
      return store.open(response)?.bytes()?.length;
    };
    expect(await bytesOf(0)).toBe(0);
    expect(await bytesOf(1)).toBe(1);
    expect(await bytesOf(1_048_576)).toBe(1_048_576);
    expect(await bytesOf(1_048_577)).toBeUndefined();
  });

  it('adds nothing visible to the record', async () => {
    const store = createMemoryStore();
    await put(store, {});
    const [candidate] = find(store).selected;
    expect(new Set(Reflect.ownKeys(candidate?.response ?? {}))).toEqual(
      new Set(Reflect.ownKeys(storedResponse())),
    );
  });

  it('keeps text beyond Latin-1 as it is', async () => {
    const store = createMemoryStore();
    await put(store, { uri: 'https://example.com/ü€', tags: ['naïve', '日本'] });
    const [candidate] = find(store, { uri: 'https://example.com/ü€' }).selected;
    expect(candidate?.response.primaryKey).toBe('main https://example.com/ü€');
    expect(candidate?.response.tags).toEqual(['naïve', '日本']);
  });
});

describe('forgetting purges', () => {
  it('still stores a fetch during which few others were purged', async () => {
    const store = createMemoryStore();
    const response = storedResponse({ seq: 0 });
    for (const purge of idlePurges(1_024)) store.purge([purge], 0);
    store.sweep();
    expect(await tryPut(store, response)).toBe(true);
  });

  it('does not store a fetch older than the marks it forgot: nobody knows whether it was purged', async () => {
    const store = createMemoryStore();
    const response = storedResponse({ seq: 0 });
    store.purge(idlePurges(1_025), 0);
    store.sweep();
    expect(await tryPut(store, response)).toBe(false);
    expect(store.isPurgedSince(response)).toBe(true);
    expect(await tryPut(store, storedResponse({ seq: 1 }))).toBe(true);
  });

  it('forgets no mark that a body on its way may need', async () => {
    const store = createMemoryStore();
    const writer = store.begin(storedResponse({ seq: 0 }));
    await writer.write(textBytes('body'));
    store.purge(idlePurges(2_000), 0);
    store.sweep();
    expect(await writer.commit([])).toBe(true);
  });

  it('forgets the marks that only ended bodies could have needed', async () => {
    const store = createMemoryStore();
    void store.begin(storedResponse({ seq: 0 })).abort(new Error('cut off'));
    await store.begin(storedResponse({ seq: 0 })).commit([]);
    store.purge([{ selector: { kind: 'everything' }, soft: false, siteId: undefined }], 0);
    store.purge(idlePurges(2_000), 0);
    store.sweep();
    const other = storedResponse({ uri: 'https://example.net/', seq: 1 });
    expect(await tryPut(store, other)).toBe(false);
  });

  it('forgets no mark that a stored response may need', async () => {
    const store = createMemoryStore();
    await put(store, {});
    const response = storedResponse({ uri: 'https://example.com/slow', seq: 0 });
    store.purge(idlePurges(2_000), 0);
    store.sweep();
    expect(await tryPut(store, response)).toBe(true);
  });

  it('sweeps by itself when there are too many marks, and keeps what is alive', async () => {
    const store = createMemoryStore({ maxMarks: 10 });
    await put(store, { tags: ['kept'], body: 'kept' });
    await put(store, { uri: 'https://example.com/gone', tags: ['gone'] });
    const [kept] = find(store).selected;
    const slow = storedResponse({ uri: 'https://example.com/slow', seq: 0 });
    store.purge([{ selector: { kind: 'tag', tag: 'gone' }, soft: false, siteId: undefined }], 0);
    store.purge([{ selector: { kind: 'tag', tag: 'kept' }, soft: true, siteId: undefined }], 5_000);
    for (const purge of idlePurges(20)) store.purge([purge], 9_000);

    expect(await bodyOf(store)).toBe('kept');
    expect(find(store).selected[0]?.softPurgedAtMs).toBe(5_000);
    expect(find(store, { uri: 'https://example.com/gone' }).selected).toEqual([]);
    expect(kept && store.isPurgedSince(kept.response)).toBe(false);
    // A 304 asked for before what was forgotten proves nothing.
    expect(kept && store.update(kept.response, { ...kept.response, validatedSeq: 0 })).toBe(false);
    expect(find(store).selected[0]?.softPurgedAtMs).toBe(5_000);
    const validatedSeq = store.sequence;
    expect(kept && store.update(kept.response, { ...kept.response, validatedSeq })).toBe(true);
    expect(find(store).selected[0]?.softPurgedAtMs).toBeUndefined();
    expect(await tryPut(store, slow)).toBe(false);
  });

  it('purges of the same URLs again and again take little more memory than one of each', () => {
    const store = createMemoryStore();
    const purgeAll = (): void => {
      for (let page = 0; page < 5_000; page++) {
        const url = `https://example.com/${page}`;
        store.purge([{ selector: { kind: 'url', url }, soft: false, siteId: undefined }], 0);
      }
    };
    purgeAll();
    const onceBytes = usedBytes();
    for (let round = 0; round < 30; round++) purgeAll();
    expect(store.sequence).toBe(155_000);
    expect(usedBytes() - onceBytes).toBeLessThan(3_000_000);
  });

  it('sweeps by itself when the marks take too much memory, and keeps what is alive', async () => {
    const store = createMemoryStore({ maxMarkBytes: 100_000 });
    await put(store, { body: 'kept' });
    const slow = storedResponse({ uri: 'https://example.com/slow', seq: 0 });
    const purgeLong = (page: number): void => {
      const url = `https://example.com/${page}${'x'.repeat(8_000)}`;
      store.purge([{ selector: { kind: 'url', url }, soft: false, siteId: undefined }], 0);
    };
    for (let page = 0; page < 10; page++) purgeLong(page);
    expect(store.isPurgedSince(slow)).toBe(false);
    for (let page = 10; page < 20; page++) purgeLong(page);
    // Whatever is older than what was forgotten counts as purged.
    expect(store.isPurgedSince(slow)).toBe(true);
    expect(await tryPut(store, slow)).toBe(false);
    expect(await bodyOf(store)).toBe('kept');
  });
});
