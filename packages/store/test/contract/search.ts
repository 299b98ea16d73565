import { expect, it } from 'vitest';

import { answersFor, type Candidate, type Purge, type StoredResponse } from '@poplet/policy';

import type { Store } from '../../src/store.ts';
import { bodyOf, find, put, tryPut } from '../bodies.ts';
import { storedResponse } from '../stored-response.ts';
import { openStore, type MakeStore } from './make-store.ts';

const PAGE = 'https://example.com/page';

function keysOf(candidates: readonly Candidate[]): string[] {
  return candidates.map(({ response }) => response.primaryKey.slice('main '.length));
}

function only(store: Store, uri: string): StoredResponse {
  const { selected } = find(store, { uri });
  const [candidate] = selected;
  if (candidate === undefined || selected.length > 1) throw new Error(`${selected.length} found`);
  return candidate.response;
}

function purgeOf(url: string, soft = false): Purge[] {
  return [{ selector: { kind: 'url', url }, soft, siteId: undefined }];
}

export function searchContract(makeStore: MakeStore): void {
  it('finds a response by every query that its No-Vary-Search makes equivalent', async () => {
    const store = await openStore(makeStore);
    await put(store, { uri: `${PAGE}?id=1&utm=a`, noVarySearch: 'params=("utm")', body: 'one' });
    for (const query of ['?id=1&utm=a', '?id=1', '?utm=b&id=1', '?%69d=1&&']) {
      expect(await bodyOf(store, { uri: PAGE + query })).toBe('one');
    }
    for (const query of ['', '?id=2', '?id=1&x', '?id=1&id=1']) {
      expect(find(store, { uri: PAGE + query })).toEqual({
        selected: [],
        siblings: [],
        inLanguage: [],
      });
    }
    for (const uri of ['https://example.com/other?id=1', 'http://example.com/page?id=1']) {
      expect(find(store, { uri })).toEqual({ selected: [], siblings: [], inLanguage: [] });
    }
    expect(find(store, { siteId: 'other', uri: `${PAGE}?id=1` }).selected).toEqual([]);
  });

  it('keeps the key that brought the response', async () => {
    const store = await openStore(makeStore);
    await put(store, { uri: `${PAGE}?utm=a`, noVarySearch: 'params' });
    expect(keysOf(find(store, { uri: PAGE }).selected)).toEqual([`${PAGE}?utm=a`]);
    expect(store.entries({ limit: 10 }).map(({ response }) => response.primaryKey)).toEqual([
      `main ${PAGE}?utm=a`,
    ]);
  });

  it('finds what is stored for the query itself beside it, newest first', async () => {
    const store = await openStore(makeStore);
    await put(store, { uri: `${PAGE}?a=1`, dateAtMs: 2_000 });
    await put(store, { uri: `${PAGE}?a=2`, noVarySearch: 'params', dateAtMs: 3_000 });
    await put(store, { uri: `${PAGE}?a=3`, noVarySearch: 'params=("a")', dateAtMs: 1_000 });
    expect(keysOf(find(store, { uri: `${PAGE}?a=1` }).selected)).toEqual([
      `${PAGE}?a=2`,
      `${PAGE}?a=1`,
      `${PAGE}?a=3`,
    ]);
    expect(keysOf(find(store, { uri: `${PAGE}?b=1` }).selected)).toEqual([`${PAGE}?a=2`]);
    expect(keysOf(find(store, { uri: `${PAGE}?a=4` }).selected)).toEqual([
      `${PAGE}?a=2`,
      `${PAGE}?a=3`,
    ]);
  });

  it('puts a response in the place of one that answers for the same queries', async () => {
    const store = await openStore(makeStore);
    await put(store, { uri: `${PAGE}?a=1`, noVarySearch: 'params', body: 'old' });
    const old = only(store, PAGE);
    await put(store, { uri: `${PAGE}?a=2`, noVarySearch: 'params=?1', body: 'new' });
    expect(store.stats()).toMatchObject({ entries: 1, evictions: 0 });
    expect(await bodyOf(store, { uri: `${PAGE}?a=1` })).toBe('new');
    expect(store.open(old)).toBeUndefined();
    store.remove(old);
    expect(await bodyOf(store, { uri: `${PAGE}?a=1` })).toBe('new');
  });

  it('tells variants apart under equivalent queries', async () => {
    const store = await openStore(makeStore);
    const nvs = { vary: ['x-v'], noVarySearch: 'params' };
    await put(store, { ...nvs, uri: `${PAGE}?a=1`, request: ['X-V', '1'], body: 'one' });
    await put(store, { ...nvs, uri: `${PAGE}?a=2`, request: ['X-V', '2'], body: 'two' });
    await put(store, { uri: `${PAGE}?a=3`, vary: ['x-v'], request: ['X-V', '3'], body: 'three' });
    expect(await bodyOf(store, { uri: PAGE, request: ['X-V', '1'] })).toBe('one');
    expect(await bodyOf(store, { uri: PAGE, request: ['X-V', '2'] })).toBe('two');
    const one = find(store, { uri: `${PAGE}?a=3`, request: ['X-V', '1'] });
    expect(keysOf(one.siblings)).toEqual([`${PAGE}?a=3`, `${PAGE}?a=2`]);
    const none = find(store, { uri: PAGE, request: ['X-V', '3'] });
    expect([none.selected, keysOf(none.siblings)]).toEqual([[], [`${PAGE}?a=2`, `${PAGE}?a=1`]]);
    expect(store.stats().entries).toBe(3);
  });

  it('removes, and forgets the variance with the last response that had it', async () => {
    const store = await openStore(makeStore);
    await put(store, { uri: `${PAGE}?id=1&a=1`, noVarySearch: 'params=("a")' });
    await put(store, { uri: `${PAGE}?id=2&a=1`, noVarySearch: 'params=("a")' });
    store.remove(only(store, `${PAGE}?id=1`));
    expect(find(store, { uri: `${PAGE}?id=1&a=1` }).selected).toEqual([]);
    expect(keysOf(find(store, { uri: `${PAGE}?id=2` }).selected)).toEqual([`${PAGE}?id=2&a=1`]);
    store.remove(only(store, `${PAGE}?id=2`));
    expect(find(store, { uri: `${PAGE}?id=2&a=1` }).selected).toEqual([]);
    expect(store.stats()).toMatchObject({ entries: 0, bytes: 0 });
  });

  it('moves a response when a 304 changes its variance', async () => {
    const store = await openStore(makeStore);
    const narrow = await put(store, { uri: `${PAGE}?a=1`, body: 'kept' });
    const wide = storedResponse({ uri: `${PAGE}?a=1`, noVarySearch: 'params' });
    expect(store.update(narrow, wide)).toBe(true);
    expect(await bodyOf(store, { uri: PAGE })).toBe('kept');
    expect(await bodyOf(store, { uri: `${PAGE}?a=1` })).toBe('kept');
    expect(store.stats().entries).toBe(1);
    expect(store.update(wide, { ...narrow })).toBe(true);
    expect(find(store, { uri: PAGE }).selected).toEqual([]);
    expect(await bodyOf(store, { uri: `${PAGE}?a=1` })).toBe('kept');
    expect(store.stats().entries).toBe(1);
  });

  it('drops a response that a 304 puts within reach of an earlier purge', async () => {
    const store = await openStore(makeStore);
    const narrow = await put(store, { uri: `${PAGE}?a=1` });
    await store.purge(purgeOf(`${PAGE}?a=2`), 0);
    const wide = storedResponse({ uri: `${PAGE}?a=1`, noVarySearch: 'params' });
    expect(store.update(narrow, { ...wide, validatedSeq: 1 })).toBe(false);
    expect(find(store, { uri: `${PAGE}?a=1` }).selected).toEqual([]);

    const untagged = await put(store, { uri: PAGE });
    const selector = { kind: 'tag', tag: 'late' } as const;
    const seq = await store.purge([{ selector, soft: false, siteId: undefined }], 0);
    expect(store.update(untagged, { ...untagged, tags: ['late'], validatedSeq: seq })).toBe(false);
    expect(find(store, { uri: PAGE }).selected).toEqual([]);
  });

  it('learns 8 variances of a path: the responses of the one stored under longest ago go', async () => {
    const store = await openStore(makeStore);
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    for (const name of names) {
      const noVarySearch = `params=("${name}")`;
      await put(store, { uri: `${PAGE}?for=${name}&n=1`, noVarySearch });
      await put(store, { uri: `${PAGE}?for=${name}&n=2`, noVarySearch });
    }
    // Stored under again: no longer the oldest.
    await put(store, { uri: `${PAGE}?for=a&n=1`, noVarySearch: 'params=("a")' });
    expect(store.stats()).toMatchObject({ entries: 16, evictions: 0 });
    await put(store, { uri: `${PAGE}?for=i`, noVarySearch: 'params=("i")' });
    expect(store.stats()).toMatchObject({ entries: 15, evictions: 2 });
    for (const name of ['a', 'c', 'h']) {
      expect(find(store, { uri: `${PAGE}?for=${name}&n=1&${name}` }).selected).toHaveLength(1);
    }
    expect(find(store, { uri: `${PAGE}?for=b&n=1` }).selected).toEqual([]);
    // Another path has room of its own, and so have keys without a variance.
    await put(store, { uri: 'https://example.com/other?x', noVarySearch: 'params=("x")' });
    await put(store, { uri: `${PAGE}?for=b&n=1` });
    expect(store.stats()).toMatchObject({ entries: 17, evictions: 2 });
  });

  it('does not count the dead of a variance that goes', async () => {
    const store = await openStore(makeStore);
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'];
    await put(store, { uri: PAGE, noVarySearch: 'key-order', tags: ['old'] });
    await store.purge(
      [{ selector: { kind: 'tag', tag: 'old' }, soft: false, siteId: undefined }],
      0,
    );
    for (const name of names.slice(0, 8)) {
      await put(store, { uri: PAGE, noVarySearch: `params=("${name}")` });
    }
    expect(store.stats()).toMatchObject({ entries: 8, evictions: 0 });
  });

  it('purges by an equivalent URL, and by no other', async () => {
    const store = await openStore(makeStore);
    await put(store, { uri: `${PAGE}?id=1&a=1`, noVarySearch: 'params=("a")', body: 'one' });
    await put(store, { uri: `${PAGE}?id=2&a=1`, noVarySearch: 'params=("a")', body: 'two' });
    await store.purge(purgeOf('HTTPS://example.com:443/page?a=9&id=1#top'), 0);
    expect(find(store, { uri: `${PAGE}?id=1&a=1` }).selected).toEqual([]);
    expect(await bodyOf(store, { uri: `${PAGE}?id=2&a=1` })).toBe('two');
    for (const url of [PAGE, `${PAGE}?id=3`, 'https://example.com/pag?id=2', 'not a url']) {
      await store.purge(purgeOf(url), 0);
    }
    expect(await bodyOf(store, { uri: `${PAGE}?id=2` })).toBe('two');
    expect(store.stats().entries).toBe(1);
  });

  it('makes stale by a soft purge of an equivalent URL', async () => {
    const store = await openStore(makeStore);
    await put(store, { uri: `${PAGE}?a=1`, noVarySearch: 'params' });
    await store.purge(purgeOf(PAGE, true), 5_000);
    await store.purge(purgeOf(`${PAGE}?a=2`, true), 7_000);
    expect(find(store, { uri: `${PAGE}?a=3` }).selected[0]?.softPurgedAtMs).toBe(5_000);
  });

  it('does not store what was fetched before an equivalent URL was purged, however often', async () => {
    const store = await openStore(makeStore);
    const older = storedResponse({ uri: `${PAGE}?a=1`, noVarySearch: 'params=("a")', seq: 0 });
    const other = storedResponse({ uri: `${PAGE}?b=1`, noVarySearch: 'params=("a")', seq: 0 });
    await store.purge(purgeOf(`${PAGE}?a=2`), 0);
    for (let round = 0; round < 100; round++) await store.purge(purgeOf(`${PAGE}?b=2`), 0);
    const newer = storedResponse({ uri: `${PAGE}?a=1`, noVarySearch: 'params=("a")', seq: 1 });
    expect(store.isPurgedSince(older)).toBe(true);
    expect(store.isPurgedSince(newer)).toBe(false);
    expect(await tryPut(store, older)).toBe(false);
    expect(await tryPut(store, other)).toBe(true);
    expect(await tryPut(store, newer)).toBe(true);
  });

  it('purges and lists by a prefix that reaches into the query what may answer there', async () => {
    const store = await openStore(makeStore);
    await put(store, { uri: `${PAGE}?a=1`, noVarySearch: 'params' });
    await put(store, { uri: `${PAGE}?b=1` });
    await put(store, { uri: `${PAGE}/sub?a=1`, noVarySearch: 'params' });
    const prefix = `${PAGE}?c`;
    const listed = store.entries({ prefix, limit: 10 }).map(({ response }) => response.primaryKey);
    expect(listed).toEqual([`main ${PAGE}?a=1`]);
    await store.purge(
      [{ selector: { kind: 'prefix', prefix }, soft: false, siteId: undefined }],
      0,
    );
    expect(find(store, { uri: `${PAGE}?a=1` }).selected).toEqual([]);
    expect(store.stats().entries).toBe(2);
  });

  it('finds what a list searched in full would find, whatever happens', async () => {
    const queries = ['', '?a=1', '?a=2', '?b=1', '?b=1&a=1', '?a=1&b=1', '?a=2&b=2'];
    const fields = ['', 'params', 'params=("a")', 'params, except=("a")', 'key-order'];
    // The same numbers each time, without a pattern.
    let state = 7;
    const next = (below: number): number => {
      state = (state * 48_271) % 2_147_483_647;
      return state % below;
    };
    const store = await openStore(makeStore);
    let model: StoredResponse[] = [];
    for (let round = 0; round < 2_000; round++) {
      const uri = PAGE + (queries[next(queries.length)] ?? '');
      const kind = next(10);
      if (kind < 5) {
        const noVarySearch = fields[next(fields.length)] ?? '';
        const dateAtMs = 1_000 * next(5);
        const response = await put(store, {
          uri,
          noVarySearch,
          dateAtMs,
          fields: ['ETag', `"${round}"`],
        });
        model = model.filter(
          (one) => one.variance?.id !== response.variance?.id || !answersFor(one, `main ${uri}`),
        );
        model.unshift(response);
      } else if (kind < 6) {
        await store.purge(purgeOf(uri), 0);
        model = model.filter((one) => !answersFor(one, `main ${uri}`));
      } else if (kind < 7) {
        const [candidate] = find(store, { uri }).selected;
        if (candidate !== undefined) store.remove(candidate.response);
        const etag = candidate?.response.fields.get('etag');
        model = model.filter((one) => one.fields.get('etag') !== etag);
      }
      const expected = model
        .filter((one) => answersFor(one, `main ${uri}`))
        .toSorted((a, b) => b.facts.dateAtMs - a.facts.dateAtMs);
      expect(
        find(store, { uri }).selected.map(({ response }) => response.fields.get('etag')),
      ).toEqual(expected.map((one) => one.fields.get('etag')));
    }
    expect(store.stats().entries).toBe(model.length);
  });

  it.each(['siblings', 'inLanguage'] as const)(
    'what was removed before the %s are looked at stays removed, and what is left is left',
    async (list) => {
      const store = await openStore(makeStore);
      const other = `${PAGE}/other`;
      await put(store, { uri: other });
      const language = { fields: ['Content-Language', 'de'], request: ['Accept-Language', 'de'] };
      await put(store, { uri: `${PAGE}?a=1`, vary: ['accept-language'], ...language });
      await put(store, { uri: `${PAGE}?a=2`, noVarySearch: 'params' });
      const found = find(store, {
        uri: `${PAGE}?a=1`,
        request: ['Accept-Language', 'de, en;q=0.5'],
      });
      expect(keysOf(found.selected)).toEqual([`${PAGE}?a=2`]);
      const [sibling] = find(store, { uri: `${PAGE}?a=1`, request: [] }).siblings;
      if (sibling === undefined) throw new Error('there is no sibling');
      store.remove(sibling.response);
      await store.purge(purgeOf('https://example.com/nothing'), 0);
      expect(found[list]).toEqual([]);
      const left = store.entries({ limit: 10 }).map(({ response }) => response.primaryKey);
      expect(new Set(left)).toEqual(new Set([`main ${PAGE}?a=2`, `main ${other}`]));
      expect(store.stats().entries).toBe(2);
      await store.purge([{ selector: { kind: 'everything' }, soft: false, siteId: undefined }], 0);
      expect(store.stats()).toMatchObject({ entries: 0, bytes: 0 });
    },
  );
}
