import { expect, it } from 'vitest';

import { StoredFields, type StoredResponse } from '@poplet/policy';

import type { Store } from '../../src/store.ts';
import { bodyOf, find, put, readText } from '../bodies.ts';
import { storedResponse } from '../stored-response.ts';
import { openStore, type MakeStore } from './make-store.ts';

/** What `settle` makes of a 304 to `old`. */
function confirmed(old: StoredResponse, etag: string, seq: number): StoredResponse {
  return { ...old, fields: StoredFields.fromLines(['ETag', etag]), validatedSeq: seq };
}

function stored(store: Store): StoredResponse {
  const [candidate] = find(store).selected;
  if (candidate === undefined) throw new Error('nothing is stored');
  return candidate.response;
}

async function bodyText(store: Store, response: StoredResponse): Promise<string | undefined> {
  const body = store.open(response);
  return body && readText(body);
}

export function updateContract(makeStore: MakeStore): void {
  it('puts new metadata around the same body', async () => {
    const store = await openStore(makeStore);
    await put(store, { fields: ['ETag', '"1"'], body: 'kept' });
    const old = stored(store);
    const updated = confirmed(old, '"longer"', 0);
    expect(store.update(old, updated)).toBe(true);
    expect(stored(store).fields.get('etag')).toBe('"longer"');
    expect(stored(store).bodyBytes).toBe(4);
    expect(await bodyOf(store)).toBe('kept');
    // "kept" and "ETag: "longer"\r\n"
    expect(store.stats()).toMatchObject({ entries: 1, bytes: 20, evictions: 0 });
  });

  it('opens the same body by the old record, by the new one and by what is found', async () => {
    const store = await openStore(makeStore);
    const written = await put(store, { body: 'kept' });
    const old = stored(store);
    const updated = confirmed(old, '"2"', 0);
    expect(store.update(old, updated)).toBe(true);
    for (const response of [written, old, updated, stored(store)]) {
      expect(await bodyText(store, response)).toBe('kept');
    }
  });

  it('updates by a record that another 304 has replaced: the body is the same', async () => {
    const store = await openStore(makeStore);
    await put(store, { body: 'kept' });
    const old = stored(store);
    expect(store.update(old, confirmed(old, '"2"', 0))).toBe(true);
    expect(store.update(old, confirmed(old, '"3"', 0))).toBe(true);
    expect(stored(store).fields.get('etag')).toBe('"3"');
    expect(await bodyOf(store)).toBe('kept');
  });

  it('refuses to update what has been replaced, and opens its body no more', async () => {
    const store = await openStore(makeStore);
    await put(store, { fields: ['ETag', '"1"'], body: 'one' });
    const old = stored(store);
    await put(store, { fields: ['ETag', '"2"'], body: 'two' });
    expect(store.update(old, confirmed(old, '"1"', 0))).toBe(false);
    expect(stored(store).fields.get('etag')).toBe('"2"');
    expect(await bodyText(store, old)).toBeUndefined();
    expect(await bodyOf(store)).toBe('two');
  });

  it('refuses to update what is not stored', async () => {
    const store = await openStore(makeStore);
    const stranger = storedResponse();
    expect(store.update(stranger, confirmed(stranger, '"1"', 0))).toBe(false);
    await put(store, {});
    const old = stored(store);
    store.remove(old);
    expect(store.update(old, confirmed(old, '"1"', 0))).toBe(false);
    expect(find(store).selected).toEqual([]);
  });

  it('updates one variant and leaves the others', async () => {
    const store = await openStore(makeStore);
    const vary = ['x-v'];
    await put(store, { vary, request: ['X-V', '1'], fields: ['ETag', '"1"'], body: 'one' });
    await put(store, { vary, request: ['X-V', '2'], fields: ['ETag', '"2"'], body: 'two' });
    const [one] = find(store, { request: ['X-V', '1'] }).selected;
    if (one === undefined) throw new Error('nothing is stored');
    expect(store.update(one.response, confirmed(one.response, '"1b"', 0))).toBe(true);
    const { selected, siblings } = find(store, { request: ['X-V', '1'] });
    expect(selected[0]?.response.fields.get('etag')).toBe('"1b"');
    expect(siblings[0]?.response.fields.get('etag')).toBe('"2"');
    expect(await bodyOf(store, { request: ['X-V', '1'] })).toBe('one');
  });

  it('moves a response whose selection rule changed', async () => {
    const store = await openStore(makeStore);
    await put(store, { body: 'kept' });
    const old = stored(store);
    const { rule, variantKey } = storedResponse({ vary: ['x-v'], request: ['X-V', '1'] });
    expect(store.update(old, { ...old, rule, variantKey })).toBe(true);
    expect(await bodyOf(store)).toBeUndefined();
    expect(await bodyOf(store, { request: ['X-V', '1'] })).toBe('kept');
    expect(store.stats().entries).toBe(1);
  });

  it('removes a response, and only that one', async () => {
    const store = await openStore(makeStore);
    const vary = ['x-v'];
    await put(store, { vary, request: ['X-V', '1'], body: 'one' });
    await put(store, { vary, request: ['X-V', '2'], body: 'two' });
    const [one] = find(store, { request: ['X-V', '1'] }).selected;
    if (one === undefined) throw new Error('nothing is stored');
    store.remove(one.response);
    expect(await bodyOf(store, { request: ['X-V', '1'] })).toBeUndefined();
    expect(await bodyText(store, one.response)).toBeUndefined();
    expect(await bodyOf(store, { request: ['X-V', '2'] })).toBe('two');
    store.remove(one.response);
    expect(store.stats()).toMatchObject({ entries: 1, evictions: 0 });
  });

  it('does not remove what has taken its place', async () => {
    const store = await openStore(makeStore);
    await put(store, { body: 'one' });
    const old = stored(store);
    await put(store, { body: 'two' });
    store.remove(old);
    expect(await bodyOf(store)).toBe('two');
  });
}
