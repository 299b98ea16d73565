import { expect, test } from 'vitest';

import { searchCacheControl } from '../../src/fields/searched-cache-control.ts';

const NOTHING = {
  present: true,
  noStore: false,
  noCache: false,
  private: false,
  public: false,
  mustRevalidate: false,
  proxyRevalidate: false,
  maxAgeSeconds: null,
  sMaxageSeconds: null,
  staleWhileRevalidateSeconds: null,
  staleIfErrorSeconds: null,
};

test.each([
  ['', {}],
  ['max-age=5', { maxAgeSeconds: 5 }],
  ['max-age\t = \t5', { maxAgeSeconds: 5 }],
  ['max-age=5, max-age=6', { maxAgeSeconds: 5 }],
  ['max-age=5a', { maxAgeSeconds: 5 }],
  ['max-age=005', { maxAgeSeconds: 5 }],
  ['max-age=55.5, max-age=7', { maxAgeSeconds: 7 }],
  ['max-age=-5', { maxAgeSeconds: 'invalid' }],
  ['max-age="5"', {}],
  ['Max-Age=5', {}],
  ['max-age=a5', {}],
  ['s-maxage=5', { sMaxageSeconds: 5 }],
  ['stale-while-revalidate=5', { staleWhileRevalidateSeconds: 5 }],
  ['stale-if-error=5', { staleIfErrorSeconds: 5 }],
  ['x="no-store"', { noStore: true }],
  ['xno-cachex', { noCache: true }],
  ['private="a"', { private: true }],
  ['public', { public: true }],
  ['must-revalidate', { mustRevalidate: true }],
  ['proxy-revalidate', { proxyRevalidate: true }],
  ['no-transform', { noTransform: true }],
])('%s', (value, found) => {
  expect(searchCacheControl([value])).toMatchObject({ ...NOTHING, ...found });
});

test('no directive goes on in the next line', () => {
  expect(searchCacheControl(['max-age=5', '6'])).toMatchObject({ ...NOTHING, maxAgeSeconds: 5 });
});

test('lines are one text, in their order', () => {
  expect(searchCacheControl(['max-age=5', 'max-age=6, private'])).toMatchObject({
    ...NOTHING,
    maxAgeSeconds: 5,
    private: true,
  });
});
