import { expect, it } from 'vitest';

import type { Purge, StoredResponse } from '@poplet/policy';

import type { Store } from '../../src/store.ts';
import { bodyOf, find, put, readText, textBytes, tryPut } from '../bodies.ts';
import { storedResponse } from '../stored-response.ts';
import { openStore, type MakeStore } from './make-store.ts';

const TAG: Purge = { selector: { kind: 'tag', tag: 't' }, soft: false, siteId: undefined };
const SOFT_TAG: Purge = { ...TAG, soft: true };

/** One instant for everything: what happens first is told by the sequence alone. */
const FROZEN_AT_MS = 1_000;

function stored(store: Store): StoredResponse {
  const [candidate] = find(store).selected;
  if (candidate === undefined) throw new Error('nothing is stored');
  return candidate.response;
}

export function purgeRaceContract(makeStore: MakeStore): void {
  it('does not store what was being fetched when it was purged; its readers get it all', async () => {
    const store = await openStore(makeStore);
    const writer = store.begin(storedResponse({ tags: ['t'], seq: store.sequence }));
    const follower = readText(writer);
    await writer.write(textBytes('old '));
    await store.purge([TAG], FROZEN_AT_MS);
    await writer.write(textBytes('body'));
    expect(await writer.commit([])).toBe(false);
    expect(await follower).toBe('old body');
    expect(await readText(writer)).toBe('old body');
    expect(find(store).selected).toEqual([]);
  });

  it('does not store what began before the purge, although the store heard of it after', async () => {
    const store = await openStore(makeStore);
    const seq = store.sequence;
    await store.purge([TAG], FROZEN_AT_MS);
    expect(await tryPut(store, storedResponse({ tags: ['t'], seq }))).toBe(false);
    expect(await tryPut(store, storedResponse({ tags: ['t'], seq: store.sequence }))).toBe(true);
  });

  it('tells a fetch from just before a purge and one from just after it under a frozen clock', async () => {
    const store = await openStore(makeStore);
    await put(store, { tags: ['t'], body: 'before' });
    await store.purge([TAG], FROZEN_AT_MS);
    expect(await bodyOf(store)).toBeUndefined();
    await put(store, { tags: ['t'], body: 'after' });
    expect(await bodyOf(store)).toBe('after');
    await store.purge([TAG], FROZEN_AT_MS);
    expect(await bodyOf(store)).toBeUndefined();
  });

  it('does not let a late fetch from before the purge replace one from after it', async () => {
    const store = await openStore(makeStore);
    const late = store.begin(storedResponse({ tags: ['t'], seq: 0 }));
    await late.write(textBytes('before'));
    await store.purge([TAG], FROZEN_AT_MS);
    await put(store, { tags: ['t'], body: 'after' });
    expect(await late.commit([])).toBe(false);
    expect(await bodyOf(store)).toBe('after');
  });

  it('stores what was being fetched when something else was purged', async () => {
    const store = await openStore(makeStore);
    const writer = store.begin(storedResponse({ tags: ['u'], seq: 0 }));
    await store.purge([TAG], FROZEN_AT_MS);
    store.sweep();
    expect(await writer.commit([])).toBe(true);
  });

  it('stores what was being fetched during a soft purge, as stale since then', async () => {
    const store = await openStore(makeStore);
    const response = storedResponse({ tags: ['t'], seq: 0 });
    await store.purge([SOFT_TAG], 4_000);
    expect(await tryPut(store, response)).toBe(true);
    expect(find(store).selected[0]?.softPurgedAtMs).toBe(4_000);
    await put(store, { tags: ['t'] });
    expect(find(store).selected[0]?.softPurgedAtMs).toBeUndefined();
  });

  it('lets no 304 revive what was purged while it was asked for', async () => {
    const store = await openStore(makeStore);
    await put(store, { tags: ['t'] });
    const old = stored(store);
    const validatedSeq = store.sequence;
    await store.purge([TAG], FROZEN_AT_MS);
    expect(store.update(old, { ...old, validatedSeq })).toBe(false);
    expect(find(store).selected).toEqual([]);
    expect(store.stats().entries).toBe(0);
  });

  it('lets no 304 revive what was purged before it was asked for', async () => {
    const store = await openStore(makeStore);
    await put(store, { tags: ['t'] });
    const old = stored(store);
    await store.purge([TAG], FROZEN_AT_MS);
    expect(store.update(old, { ...old, validatedSeq: store.sequence })).toBe(false);
    expect(find(store).selected).toEqual([]);
  });

  it('does not let a 304 for what was purged touch what was fetched since', async () => {
    const store = await openStore(makeStore);
    await put(store, { tags: ['t'], body: 'before' });
    const old = stored(store);
    await store.purge([TAG], FROZEN_AT_MS);
    await put(store, { tags: ['t'], body: 'after' });
    expect(store.update(old, { ...old, validatedSeq: 0 })).toBe(false);
    expect(await bodyOf(store)).toBe('after');
  });

  it('is fresh again after a 304 asked for after the soft purge, not after one from before it', async () => {
    const store = await openStore(makeStore);
    await put(store, { tags: ['t'] });
    const old = stored(store);
    const before = store.sequence;
    await store.purge([SOFT_TAG], 4_000);
    expect(store.update(old, { ...old, validatedSeq: before })).toBe(true);
    expect(find(store).selected[0]?.softPurgedAtMs).toBe(4_000);
    expect(store.update(old, { ...old, validatedSeq: store.sequence })).toBe(true);
    expect(find(store).selected[0]?.softPurgedAtMs).toBeUndefined();
  });

  it('is stale since the second soft purge when a 304 came between the two', async () => {
    const store = await openStore(makeStore);
    await put(store, { tags: ['t'] });
    const old = stored(store);
    await store.purge([SOFT_TAG], 4_000);
    const between = store.sequence;
    await store.purge([SOFT_TAG], 6_000);
    expect(find(store).selected[0]?.softPurgedAtMs).toBe(4_000);
    expect(store.update(old, { ...old, validatedSeq: between })).toBe(true);
    expect(find(store).selected[0]?.softPurgedAtMs).toBe(6_000);
  });

  it('a soft purge that follows a hard one revives nothing', async () => {
    const store = await openStore(makeStore);
    await put(store, { tags: ['t'] });
    await store.purge([TAG], FROZEN_AT_MS);
    await store.purge([SOFT_TAG], FROZEN_AT_MS);
    expect(find(store).selected).toEqual([]);
  });
}
