import { expect, it } from 'vitest';

import type { Purge } from '@poplet/policy';

import type { Store } from '../../src/store.ts';
import { bodyOf, find, put } from '../bodies.ts';
import { openStore, type MakeStore } from './make-store.ts';

const TAG: Purge = { selector: { kind: 'tag', tag: 't' }, soft: false, siteId: undefined };

async function fill(store: Store): Promise<void> {
  await put(store, { uri: 'https://example.com/a', tags: ['t'], fields: [], body: 'aaa' });
  await put(store, { uri: 'https://example.com/b/1', fields: [], body: 'bb' });
  await put(store, { uri: 'https://cdn.example.com/b/2', tags: ['t'], fields: [], body: 'cccc' });
}

function keys(store: Store, options: { prefix?: string; limit?: number } = {}): string[] {
  const { limit = 100, ...rest } = options;
  return store.entries({ ...rest, limit }).map(({ response }) => response.primaryKey);
}

export function listingContract(makeStore: MakeStore): void {
  it('lists live entries, most recently used first', async () => {
    const store = await openStore(makeStore);
    await fill(store);
    expect(keys(store)).toEqual([
      'main https://cdn.example.com/b/2',
      'main https://example.com/b/1',
      'main https://example.com/a',
    ]);
    find(store, { uri: 'https://example.com/a' });
    expect(keys(store, { limit: 2 })).toEqual([
      'main https://example.com/a',
      'main https://cdn.example.com/b/2',
    ]);
    expect(keys(store, { limit: 0 })).toEqual([]);
  });

  it('lists every variant', async () => {
    const store = await openStore(makeStore);
    await put(store, { vary: ['x-v'], request: ['X-V', '1'] });
    await put(store, { vary: ['x-v'], request: ['X-V', '2'] });
    expect(store.entries({ limit: 10 }).map(({ response }) => response.variantKey)).toEqual([
      'x-v=2\n',
      'x-v=1\n',
    ]);
  });

  it('lists what a purge of the same prefix would reach', async () => {
    const store = await openStore(makeStore);
    await fill(store);
    expect(keys(store, { prefix: 'https://example.com/' })).toEqual([
      'main https://example.com/b/1',
      'main https://example.com/a',
    ]);
    expect(keys(store, { prefix: 'cdn.example.com/b' })).toEqual([
      'main https://cdn.example.com/b/2',
    ]);
    expect(keys(store, { prefix: 'https://example.com/', limit: 1 })).toEqual([
      'main https://example.com/b/1',
    ]);
    expect(keys(store, { prefix: '' })).toEqual([]);
  });

  it('never shows the dead, and says what is stale since when', async () => {
    const store = await openStore(makeStore);
    await fill(store);
    await store.purge([{ ...TAG, soft: true }], 6_000);
    expect(store.entries({ limit: 9 }).map(({ softPurgedAtMs }) => softPurgedAtMs)).toEqual([
      6_000,
      undefined,
      6_000,
    ]);
    expect(store.stats()).toMatchObject({ entries: 3, bytes: 9 });
    await store.purge([TAG], 7_000);
    expect(keys(store)).toEqual(['main https://example.com/b/1']);
    expect(store.stats()).toMatchObject({ entries: 1, bytes: 2 });
  });

  it('counts only the living, although nobody has looked at the dead', async () => {
    const store = await openStore(makeStore);
    await fill(store);
    await store.purge([TAG], 7_000);
    expect(store.stats()).toMatchObject({ entries: 1, bytes: 2 });
  });

  it('keeps what is alive when it sweeps', async () => {
    const store = await openStore(makeStore);
    await fill(store);
    await store.purge([TAG], 7_000);
    store.sweep();
    expect(await bodyOf(store, { uri: 'https://example.com/b/1' })).toBe('bb');
    await store.purge([{ ...TAG, selector: { kind: 'everything' }, soft: true }], 8_000);
    store.sweep();
    const [candidate] = find(store, { uri: 'https://example.com/b/1' }).selected;
    expect(candidate?.softPurgedAtMs).toBe(8_000);
    await put(store, { uri: 'https://example.com/a', tags: ['t'], fields: [], body: 'aaa' });
    expect(keys(store)).toEqual(['main https://example.com/a', 'main https://example.com/b/1']);
  });
}
