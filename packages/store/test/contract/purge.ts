import { describe, expect, it } from 'vitest';

import type { PathSelector, PurgeSelector } from '@poplet/policy';

import { bodyOf, find, put, readText } from '../bodies.ts';
import { storedResponse, type RecordOptions } from '../stored-response.ts';
import { openStore, type MakeStore } from './make-store.ts';

/** Stored before each purge; the selectors below name which of them they reach. */
const PAGES = {
  home: { uri: 'https://example.com/', tags: ['page'] },
  blog: { uri: 'https://example.com/blog', tags: ['page', 'blog'] },
  post: { uri: 'https://example.com/blog/1?draft=no', tags: ['page', 'blog'], groups: ['posts'] },
  plain: { uri: 'http://example.com/blog/1', groups: ['posts'] },
  dev: { uri: 'http://example.com:8080/blog/1', groups: ['posts', 'Posts'] },
  cdn: { uri: 'https://cdn.example.com/blog/1', tags: ['Page'], groups: ['posts'] },
  shop: { siteId: 'shop', uri: 'https://example.com/blog', tags: ['page'], groups: ['posts'] },
  deployed: { siteId: 'shop@d1', uri: 'https://shop.example/blog', tags: ['shop'] },
} as const satisfies Record<string, RecordOptions>;

type PageName = keyof typeof PAGES;

interface SelectorCase {
  readonly selector: PurgeSelector;
  readonly siteId?: string;
  readonly reaches: readonly PageName[];
}

const ALL = Object.keys(PAGES) as PageName[];

function path(text: string, changes: Partial<PathSelector> = {}): PathSelector {
  const any = { extent: 'exact', hostname: null, folds: false, variantKey: null } as const;
  return { kind: 'path', path: text, ...any, ...changes };
}

const SELECTORS: readonly SelectorCase[] = [
  { selector: { kind: 'everything' }, reaches: ALL },
  { selector: { kind: 'everything' }, siteId: 'shop', reaches: ['shop', 'deployed'] },
  { selector: { kind: 'everything' }, siteId: 'nobody', reaches: [] },

  { selector: { kind: 'url', url: 'https://example.com/blog' }, reaches: ['blog', 'shop'] },
  {
    selector: { kind: 'url', url: 'https://example.com/blog' },
    siteId: 'main',
    reaches: ['blog'],
  },
  { selector: { kind: 'url', url: 'HTTPS://EXAMPLE.com:443/blog#top' }, reaches: ['blog', 'shop'] },
  { selector: { kind: 'url', url: 'https://example.com' }, reaches: ['home'] },
  { selector: { kind: 'url', url: 'https://example.com/BLOG' }, reaches: [] },
  { selector: { kind: 'url', url: 'https://example.com/blog/1' }, reaches: [] },
  { selector: { kind: 'url', url: 'https://example.com/blog/1?draft=no' }, reaches: ['post'] },
  { selector: { kind: 'url', url: 'http://example.com:80/blog/1' }, reaches: ['plain'] },
  { selector: { kind: 'url', url: 'http://example.com:8080/blog/1' }, reaches: ['dev'] },
  { selector: { kind: 'url', url: 'not a url' }, reaches: [] },

  {
    selector: { kind: 'prefix', prefix: 'https://example.com/blog' },
    reaches: ['blog', 'post', 'shop'],
  },
  { selector: { kind: 'prefix', prefix: 'https://example.com/blog/' }, reaches: ['post'] },
  {
    selector: { kind: 'prefix', prefix: 'https://EXAMPLE.com:443' },
    reaches: ['home', 'blog', 'post', 'shop'],
  },
  { selector: { kind: 'prefix', prefix: 'https://example.co' }, reaches: [] },
  { selector: { kind: 'prefix', prefix: 'http://example.com/' }, reaches: ['plain'] },
  { selector: { kind: 'prefix', prefix: 'example.com/blog/' }, reaches: ['post', 'plain', 'dev'] },
  { selector: { kind: 'prefix', prefix: 'example.com:8080/' }, reaches: ['dev'] },
  {
    selector: { kind: 'prefix', prefix: 'Example.com' },
    siteId: 'main',
    reaches: ['home', 'blog', 'post', 'plain', 'dev'],
  },
  { selector: { kind: 'prefix', prefix: '/blog' }, reaches: [] },

  {
    selector: path('/blog/1'),
    reaches: ['plain', 'dev', 'cdn'],
  },
  { selector: path('/blog/1?draft=no'), reaches: ['post'] },
  { selector: path('/blog'), siteId: 'shop', reaches: ['shop', 'deployed'] },
  { selector: path('/blog', { hostname: 'example.com' }), reaches: ['blog', 'shop'] },
  { selector: path('/BLOG'), reaches: [] },
  { selector: path('/BLOG', { folds: true }), reaches: ['blog', 'shop', 'deployed'] },
  {
    selector: path('/Blog/1?x=y', { folds: true }),
    reaches: ['post', 'plain', 'dev', 'cdn'],
  },
  {
    selector: path('/blog/', { extent: 'prefix' }),
    reaches: ['post', 'plain', 'dev', 'cdn'],
  },
  {
    selector: path('/blog/', { extent: 'prefix', hostname: 'cdn.example.com' }),
    reaches: ['cdn'],
  },
  { selector: path('/blog/1?d', { extent: 'prefix' }), reaches: ['post'] },
  { selector: path('/BLOG/', { extent: 'prefix' }), reaches: [] },
  {
    selector: path('/BLOG/', { extent: 'prefix', folds: true }),
    reaches: ['post', 'plain', 'dev', 'cdn'],
  },
  // None of these pages has variants.
  { selector: path('/blog', { variantKey: '' }), siteId: 'main', reaches: ['blog'] },
  { selector: path('/blog', { variantKey: 'origin\n' }), reaches: [] },

  { selector: { kind: 'host', host: 'cdn.example.com' }, reaches: ['cdn'] },
  {
    selector: { kind: 'host', host: 'EXAMPLE.COM' },
    reaches: ['home', 'blog', 'post', 'plain', 'dev', 'shop'],
  },
  { selector: { kind: 'host', host: 'example.com:8080' }, reaches: ['dev'] },
  {
    selector: { kind: 'host', host: 'example.com:443' },
    reaches: ['home', 'blog', 'post', 'shop'],
  },
  { selector: { kind: 'host', host: 'example.com:80' }, reaches: ['plain'] },
  { selector: { kind: 'host', host: 'com' }, reaches: [] },

  { selector: { kind: 'tag', tag: 'page' }, reaches: ['home', 'blog', 'post', 'shop'] },
  { selector: { kind: 'tag', tag: 'page' }, siteId: 'shop', reaches: ['shop'] },
  { selector: { kind: 'tag', tag: 'blog' }, reaches: ['blog', 'post'] },
  { selector: { kind: 'tag', tag: 'pag' }, reaches: [] },
  { selector: { kind: 'tag', tag: 'shop' }, siteId: 'shop', reaches: ['deployed'] },
  // A group is not a tag.
  { selector: { kind: 'tag', tag: 'posts' }, reaches: [] },

  {
    selector: { kind: 'group', origin: 'https://example.com', group: 'posts' },
    reaches: ['post', 'shop'],
  },
  {
    selector: { kind: 'group', origin: 'HTTP://Example.com:80', group: 'posts' },
    reaches: ['plain'],
  },
  {
    selector: { kind: 'group', origin: 'http://example.com:8080', group: 'Posts' },
    reaches: ['dev'],
  },
  { selector: { kind: 'group', origin: 'https://example.com', group: 'Posts' }, reaches: [] },
  // A tag is not a group.
  { selector: { kind: 'group', origin: 'https://example.com', group: 'page' }, reaches: [] },
];

const CASES = SELECTORS.map((selectorCase) => {
  const { selector, siteId } = selectorCase;
  const { kind, ...values } = selector;
  const value = Object.values(values).join(' ');
  const name = `${kind} ${value}${siteId === undefined ? '' : ` of ${siteId}`}`;
  return { ...selectorCase, name };
});

export function purgeContract(makeStore: MakeStore): void {
  describe.each(CASES)('$name', ({ selector, siteId, reaches }) => {
    it('hard: takes away what it reaches, and nothing else', async () => {
      const store = await openStore(makeStore);
      for (const page of ALL) await put(store, PAGES[page]);
      expect(await store.purge([{ selector, soft: false, siteId }], 5_000)).toBe(1);
      expect(store.sequence).toBe(1);
      const gone = ALL.filter((page) => find(store, PAGES[page]).selected.length === 0);
      expect(gone).toEqual(reaches);
      expect(store.stats().entries).toBe(8 - reaches.length);
    });

    it('soft: makes stale what it reaches, and nothing else', async () => {
      const store = await openStore(makeStore);
      for (const page of ALL) await put(store, PAGES[page]);
      expect(await store.purge([{ selector, soft: true, siteId }], 5_000)).toBe(1);
      const softPurgedAtMs = ALL.map(
        (page) => find(store, PAGES[page]).selected[0]?.softPurgedAtMs,
      );
      expect(softPurgedAtMs).toEqual(
        ALL.map((page) => (reaches.includes(page) ? 5_000 : undefined)),
      );
      expect(store.stats().entries).toBe(8);
    });
  });

  it('reaches all variants under a URL', async () => {
    const store = await openStore(makeStore);
    for (const value of ['1', '2', '3']) {
      await put(store, { vary: ['x-v'], request: ['X-V', value] });
    }
    const url = 'https://example.com/';
    await store.purge([{ selector: { kind: 'url', url }, soft: false, siteId: undefined }], 0);
    expect(find(store, { request: ['X-V', '1'] })).toMatchObject({ selected: [], siblings: [] });
    expect(store.stats()).toMatchObject({ entries: 0, bytes: 0 });
  });

  it('reaches one variant under a path where that is named', async () => {
    const store = await openStore(makeStore);
    const vary = ['x-v'];
    for (const value of ['1', '2']) await put(store, { vary, request: ['X-V', value] });
    const variantKey = storedResponse({ vary, request: ['X-V', '1'] }).variantKey;
    const selector = path('/', { hostname: 'example.com', variantKey });
    await store.purge([{ selector, soft: false, siteId: 'main' }], 0);
    expect(find(store, { request: ['X-V', '1'] }).selected).toEqual([]);
    expect(find(store, { request: ['X-V', '2'] }).selected).toHaveLength(1);
  });

  it('reaches by a path what may answer for its query', async () => {
    const store = await openStore(makeStore);
    await put(store, { uri: 'https://example.com/p?a=1', noVarySearch: 'params=("b")' });
    await put(store, { uri: 'https://example.com/q?a=1' });
    for (const text of ['/p?b=2', '/q?b=2'])
      await store.purge([{ selector: path(text), soft: false, siteId: undefined }], 0);
    expect(store.entries({ limit: 10 }).map(({ response }) => response.primaryKey)).toEqual([
      'main https://example.com/q?a=1',
    ]);
  });

  it('never hands out a purged sibling, and says which siblings are stale', async () => {
    const store = await openStore(makeStore);
    const vary = ['x-v'];
    await put(store, { vary, request: ['X-V', '1'], tags: ['hard'] });
    await put(store, { vary, request: ['X-V', '2'], tags: ['soft'] });
    await put(store, { vary, request: ['X-V', '3'], tags: [] });
    const purge = { siteId: undefined };
    await store.purge([{ ...purge, selector: { kind: 'tag', tag: 'hard' }, soft: false }], 0);
    await store.purge([{ ...purge, selector: { kind: 'tag', tag: 'soft' }, soft: true }], 7_000);
    const { siblings } = find(store, { request: ['X-V', '3'] });
    expect(siblings.map(({ softPurgedAtMs }) => softPurgedAtMs)).toEqual([7_000]);
  });

  it('applies several purges under one sequence number', async () => {
    const store = await openStore(makeStore);
    for (const page of ALL) await put(store, PAGES[page]);
    const sequence = await store.purge(
      [
        { selector: { kind: 'tag', tag: 'page' }, soft: false, siteId: undefined },
        { selector: { kind: 'host', host: 'cdn.example.com' }, soft: true, siteId: undefined },
      ],
      5_000,
    );
    expect(sequence).toBe(1);
    expect(find(store, PAGES.home).selected).toEqual([]);
    expect(find(store, PAGES.cdn).selected[0]?.softPurgedAtMs).toBe(5_000);
    expect(find(store, PAGES.plain).selected[0]?.softPurgedAtMs).toBeUndefined();
  });

  it('is no purge when it names nothing', async () => {
    const store = await openStore(makeStore);
    expect(await store.purge([], 0)).toBe(0);
    expect(store.sequence).toBe(0);
  });

  it('is stale since the first soft purge, whatever came after it', async () => {
    const store = await openStore(makeStore);
    await put(store, { tags: ['a', 'b'] });
    const soft = { soft: true, siteId: undefined };
    await store.purge([{ ...soft, selector: { kind: 'tag', tag: 'b' } }], 3_000);
    await store.purge([{ ...soft, selector: { kind: 'tag', tag: 'b' } }], 4_000);
    await store.purge([{ ...soft, selector: { kind: 'tag', tag: 'a' } }], 2_000);
    expect(find(store).selected[0]?.softPurgedAtMs).toBe(3_000);
    await store.purge([{ ...soft, selector: { kind: 'everything' } }], 1_000);
    expect(find(store).selected[0]?.softPurgedAtMs).toBe(3_000);
    await store.purge(
      [{ selector: { kind: 'tag', tag: 'a' }, soft: false, siteId: undefined }],
      9_000,
    );
    expect(find(store).selected).toEqual([]);
  });

  it('opens no body of what was purged after it was found', async () => {
    const store = await openStore(makeStore);
    await put(store, { body: 'purged' });
    const [candidate] = find(store).selected;
    if (candidate === undefined) throw new Error('nothing is stored');
    const opened = store.open(candidate.response);
    await store.purge([{ selector: { kind: 'everything' }, soft: false, siteId: undefined }], 0);
    expect(store.open(candidate.response)).toBeUndefined();
    // Who had begun may finish.
    expect(opened && (await readText(opened))).toBe('purged');
  });

  it('stores again after a purge', async () => {
    const store = await openStore(makeStore);
    await put(store, { body: 'old', tags: ['t'] });
    await store.purge([{ selector: { kind: 'tag', tag: 't' }, soft: false, siteId: undefined }], 0);
    await put(store, { body: 'new', tags: ['t'] });
    expect(await bodyOf(store)).toBe('new');
  });

  it('says of a response on its way whether it was purged meanwhile', async () => {
    const store = await openStore(makeStore);
    const tagged = storedResponse({ tags: ['t'], seq: 0 });
    const other = storedResponse({ uri: 'https://example.com/other', seq: 0 });
    expect(store.isPurgedSince(tagged)).toBe(false);
    await store.purge([{ selector: { kind: 'tag', tag: 't' }, soft: false, siteId: undefined }], 0);
    expect(store.isPurgedSince(tagged)).toBe(true);
    expect(store.isPurgedSince(tagged, 'any')).toBe(true);
    expect(store.isPurgedSince(other)).toBe(false);
    expect(store.isPurgedSince(other, 'any')).toBe(false);
    expect(store.isPurgedSince(storedResponse({ tags: ['t'], seq: 1 }))).toBe(false);
    await store.purge([{ selector: { kind: 'everything' }, soft: true, siteId: undefined }], 0);
    expect(store.isPurgedSince(other)).toBe(false);
    expect(store.isPurgedSince(other, 'any')).toBe(true);
  });
}
