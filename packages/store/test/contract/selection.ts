import { expect, it } from 'vitest';

import type { Candidate } from '@poplet/policy';

import { bodyOf, find, put } from '../bodies.ts';
import { openStore, type MakeStore } from './make-store.ts';

const URI = 'https://example.com/';

function etags(candidates: readonly Candidate[]): (string | undefined)[] {
  return candidates.map(({ response }) => response.fields.get('etag'));
}

export function selectionContract(makeStore: MakeStore): void {
  it('finds nothing under a key that nothing was stored under', async () => {
    const store = await openStore(makeStore);
    await put(store, {});
    expect(find(store, { uri: 'https://example.com/other' })).toEqual({
      selected: [],
      siblings: [],
      inLanguage: [],
    });
    expect(find(store, { siteId: 'other' }).selected).toEqual([]);
  });

  it('selects by the request fields that the response varies by', async () => {
    const store = await openStore(makeStore);
    const vary = ['accept-language'];
    await put(store, { vary, request: ['Accept-Language', 'de'], body: 'Hallo' });
    await put(store, { vary, request: ['Accept-Language', 'en'], body: 'Hello' });
    await put(store, { vary, request: [], body: 'none' });
    expect(await bodyOf(store, { request: ['Accept-Language', 'de'] })).toBe('Hallo');
    expect(await bodyOf(store, { request: ['accept-language', 'EN'] })).toBe('Hello');
    expect(await bodyOf(store, { request: ['X-Other', 'de'] })).toBe('none');
    expect(await bodyOf(store, { request: ['Accept-Language', 'fr'] })).toBeUndefined();
    expect(store.stats().entries).toBe(3);
  });

  it('hands out the other variants as siblings, newest first', async () => {
    const store = await openStore(makeStore);
    const vary = ['x-v'];
    await put(store, { vary, request: ['X-V', '1'], fields: ['ETag', '"1"'], dateAtMs: 3_000 });
    await put(store, { vary, request: ['X-V', '2'], fields: ['ETag', '"2"'], dateAtMs: 5_000 });
    await put(store, { vary, request: ['X-V', '3'], fields: ['ETag', '"3"'], dateAtMs: 3_000 });
    const one = find(store, { request: ['X-V', '1'] });
    expect(etags(one.selected)).toEqual(['"1"']);
    expect(etags(one.siblings)).toEqual(['"2"', '"3"']);
    const other = find(store, { request: ['X-V', '4'] });
    expect(etags(other.selected)).toEqual([]);
    expect(etags(other.siblings)).toEqual(['"2"', '"3"', '"1"']);
  });

  it('hands out the only variant as sibling of a request that it does not match', async () => {
    const store = await openStore(makeStore);
    await put(store, { vary: ['x-v'], request: ['X-V', '1'], fields: ['ETag', '"1"'] });
    const found = find(store, { request: ['X-V', '2'] });
    expect(etags(found.selected)).toEqual([]);
    expect(etags(found.siblings)).toEqual(['"1"']);
    expect(find(store, { request: ['X-V', '1'] }).siblings).toEqual([]);
  });

  it('hands out at most 16 siblings', async () => {
    const store = await openStore(makeStore);
    for (let value = 1; value <= 20; value++) {
      const request = ['X-V', String(value)];
      await put(store, { vary: ['x-v'], request, fields: ['ETag', `"${value}"`] });
    }
    const { siblings } = find(store, { request: ['X-V', '20'] });
    expect(siblings).toHaveLength(16);
    expect(etags(siblings.slice(0, 2))).toEqual(['"19"', '"18"']);
    expect(etags(siblings.slice(-1))).toEqual(['"4"']);
  });

  it('selects under every rule that matches, newest first', async () => {
    const store = await openStore(makeStore);
    const request = ['X-A', '1', 'X-B', '1'];
    await put(store, { vary: ['x-a'], request, fields: ['ETag', '"a"'], dateAtMs: 2_000 });
    await put(store, { vary: ['x-b'], request, fields: ['ETag', '"b"'], dateAtMs: 9_000 });
    await put(store, { fields: ['ETag', '"all"'], dateAtMs: 5_000 });
    expect(etags(find(store, { request }).selected)).toEqual(['"b"', '"all"', '"a"']);
    const { selected, siblings } = find(store, { request: ['X-A', '1', 'X-B', '2'] });
    expect(etags(selected)).toEqual(['"all"', '"a"']);
    expect(etags(siblings)).toEqual(['"b"']);
  });

  it('finds what is in the language that is preferred to all, where it is not selected', async () => {
    const store = await openStore(makeStore);
    const inGerman = { vary: ['accept-language', 'x-v'], fields: ['Content-Language', 'de'] };
    await put(store, { ...inGerman, request: ['Accept-Language', 'de', 'X-V', '1'], body: '1' });
    const wish = ['Accept-Language', 'de, en;q=0.5'];
    const languagesOf = (request: readonly string[]) =>
      find(store, { request }).inLanguage.map(({ response }) => response.variantKey);
    const [one] = languagesOf([...wish, 'X-V', '1']);
    expect(one).toBe('accept-language=de\nx-v=1\n');
    expect(find(store, { request: [...wish, 'X-V', '1'] }).selected).toEqual([]);
    expect(languagesOf([...wish, 'X-V', '2'])).toEqual([]);
    expect(languagesOf(['Accept-Language', 'en', 'X-V', '1'])).toEqual([]);
    expect(languagesOf(['Accept-Language', 'de', 'X-V', '1'])).toEqual([]);

    // The latest stored of a language stands for it, among several variants too.
    await put(store, { ...inGerman, request: ['Accept-Language', 'de;q=0.9', 'X-V', '1'] });
    await put(store, { ...inGerman, request: ['Accept-Language', 'de', 'X-V', '2'] });
    const other = { ...inGerman, fields: ['Content-Language', 'en'] };
    await put(store, { ...other, request: ['Accept-Language', 'en', 'X-V', '1'] });
    expect(languagesOf([...wish, 'X-V', '1'])).toEqual(['accept-language=de;q=0.9\nx-v=1\n']);
    expect(languagesOf([...wish, 'X-V', '2'])).toEqual(['accept-language=de\nx-v=2\n']);
    expect(languagesOf([...wish, 'X-V', '3'])).toEqual([]);

    // What is selected is not among them.
    expect(languagesOf(['Accept-Language', 'de;q=0.9', 'X-V', '1'])).toEqual([]);

    // Replaced in another language, removed, purged: no longer found.
    await put(store, { ...other, request: ['Accept-Language', 'de;q=0.9', 'X-V', '1'] });
    expect(languagesOf([...wish, 'X-V', '1'])).toEqual([]);
    const [gone] = find(store, { request: ['Accept-Language', 'de', 'X-V', '2'] }).selected;
    if (gone !== undefined) store.remove(gone.response);
    expect(languagesOf([...wish, 'X-V', '2'])).toEqual([]);
    expect(languagesOf(['Accept-Language', 'en, de;q=0.1', 'X-V', '1'])).toHaveLength(1);
    await store.purge([{ selector: { kind: 'everything' }, soft: false, siteId: undefined }], 0);
    expect(languagesOf(['Accept-Language', 'en, de;q=0.1', 'X-V', '1'])).toEqual([]);
  });

  it('keeps the latest of a language when an older one goes', async () => {
    const store = await openStore(makeStore);
    const inGerman = { vary: ['accept-language'], fields: ['Content-Language', 'de'] };
    await put(store, { ...inGerman, request: ['Accept-Language', 'de'], body: 'older' });
    await put(store, { ...inGerman, request: ['Accept-Language', 'de;q=0.9'], body: 'newer' });
    await put(store, { ...inGerman, request: [], body: 'other', fields: [] });
    const [older] = find(store, { request: ['Accept-Language', 'de'] }).selected;
    if (older !== undefined) store.remove(older.response);
    const { inLanguage } = find(store, { request: ['Accept-Language', 'de, en;q=0.1'] });
    expect(inLanguage.map(({ response }) => response.variantKey)).toEqual([
      'accept-language=de;q=0.9\n',
    ]);
  });

  it('breaks a tie of dates by what was stored last', async () => {
    const store = await openStore(makeStore);
    const request = ['X-A', '1', 'X-B', '1'];
    await put(store, { vary: ['x-a'], request, fields: ['ETag', '"a"'] });
    await put(store, { vary: ['x-b'], request, fields: ['ETag', '"b"'] });
    expect(etags(find(store, { request }).selected)).toEqual(['"b"', '"a"']);
    await put(store, { vary: ['x-a'], request, fields: ['ETag', '"a2"'] });
    expect(etags(find(store, { request }).selected)).toEqual(['"a2"', '"b"']);
  });

  it('keeps 8 selection rules under a key: the one stored under longest ago goes', async () => {
    const store = await openStore(makeStore);
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    const request = [...names, 'i'].flatMap((name) => [`X-${name}`, '1']);
    for (const name of names) {
      await put(store, { vary: [`x-${name}`], request, fields: ['ETag', `"${name}"`] });
    }
    // Stored under again: no longer the oldest.
    await put(store, { vary: ['x-a'], request, fields: ['ETag', '"a2"'] });
    expect(find(store, { request }).selected).toHaveLength(8);
    await put(store, { vary: ['x-i'], request, fields: ['ETag', '"i"'] });
    expect(new Set(etags(find(store, { request }).selected))).toEqual(
      new Set(['"a2"', '"c"', '"d"', '"e"', '"f"', '"g"', '"h"', '"i"']),
    );
    expect(store.stats()).toMatchObject({ entries: 8, evictions: 1 });
  });

  it('has room for another rule when the responses of one are gone', async () => {
    const store = await openStore(makeStore);
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'];
    const request = names.flatMap((name) => [`X-${name}`, '1']);
    for (const name of names.slice(0, 8)) {
      await put(store, { vary: [`x-${name}`], request, fields: ['ETag', `"${name}"`] });
    }
    const newest = find(store, { request }).selected[0];
    if (newest !== undefined) store.remove(newest.response);
    await put(store, { vary: ['x-i'], request, fields: ['ETag', '"i"'] });
    expect(new Set(etags(find(store, { request }).selected))).toEqual(
      new Set(['"a"', '"b"', '"c"', '"d"', '"e"', '"f"', '"g"', '"i"']),
    );
    expect(store.stats()).toMatchObject({ entries: 8, evictions: 0 });
  });

  it('keeps 64 variants under a key: the oldest goes', async () => {
    const store = await openStore(makeStore);
    for (let value = 1; value <= 64; value++) {
      await put(store, { vary: ['x-v'], request: ['X-V', String(value)] });
    }
    // Stored again: no longer the oldest.
    await put(store, { vary: ['x-v'], request: ['X-V', '1'], body: 'again' });
    expect(store.stats()).toMatchObject({ entries: 64, evictions: 0 });
    await put(store, { vary: ['x-v'], request: ['X-V', '65'] });
    expect(store.stats()).toMatchObject({ entries: 64, evictions: 1 });
    expect(await bodyOf(store, { uri: URI, request: ['X-V', '1'] })).toBe('again');
    expect(await bodyOf(store, { uri: URI, request: ['X-V', '2'] })).toBeUndefined();
    expect(await bodyOf(store, { uri: URI, request: ['X-V', '3'] })).toBe('body');
    expect(await bodyOf(store, { uri: URI, request: ['X-V', '65'] })).toBe('body');
  });

  it('lets purged variants go before live ones', async () => {
    const store = await openStore(makeStore);
    for (let value = 1; value <= 64; value++) {
      const tags = value === 40 ? ['old'] : [];
      await put(store, { vary: ['x-v'], request: ['X-V', String(value)], tags });
    }
    await store.purge(
      [{ selector: { kind: 'tag', tag: 'old' }, soft: false, siteId: undefined }],
      0,
    );
    await put(store, { vary: ['x-v'], request: ['X-V', '65'] });
    expect(store.stats()).toMatchObject({ entries: 64, evictions: 0 });
    expect(await bodyOf(store, { request: ['X-V', '1'] })).toBe('body');
  });
}
