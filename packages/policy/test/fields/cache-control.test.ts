import { describe, expect, test } from 'vitest';
import { parseCacheControl } from '../../src/fields/cache-control.ts';
import type { CacheControl } from '../../src/fields/cache-control.ts';

const NOTHING: CacheControl = {
  present: true,
  noStore: false,
  noCache: false,
  noCacheFields: [],
  private: false,
  privateFields: [],
  public: false,
  mustRevalidate: false,
  proxyRevalidate: false,
  mustUnderstand: false,
  noTransform: false,
  immutable: false,
  onlyIfCached: false,
  maxAgeSeconds: null,
  sMaxageSeconds: null,
  minFreshSeconds: null,
  maxStaleSeconds: null,
  staleWhileRevalidateSeconds: null,
  staleIfErrorSeconds: null,
  malformed: [],
};

type Expected = Partial<CacheControl>;

function saying(expected: Expected): CacheControl {
  return { ...NOTHING, ...expected };
}

describe('presence', () => {
  test('an absent field', () => {
    expect(parseCacheControl([])).toStrictEqual(saying({ present: false }));
  });

  test.each([[['']], [[', ,']], [['', '']]])('%j is present and says nothing', (lines) => {
    expect(parseCacheControl(lines)).toStrictEqual(saying({}));
  });
});

describe('well-formed directives', () => {
  test.each<[string, Expected]>([
    ['no-store', { noStore: true }],
    ['no-cache', { noCache: true }],
    ['private', { private: true }],
    ['public', { public: true }],
    ['must-revalidate', { mustRevalidate: true }],
    ['proxy-revalidate', { proxyRevalidate: true }],
    ['must-understand, no-store', { mustUnderstand: true, noStore: true }],
    ['no-transform', { noTransform: true }],
    ['immutable', { immutable: true }],
    ['only-if-cached', { onlyIfCached: true }],
    ['max-age=60', { maxAgeSeconds: 60 }],
    ['max-age=0', { maxAgeSeconds: 0 }],
    ['max-age=0060', { maxAgeSeconds: 60 }],
    ['max-age=99999999999999999999', { maxAgeSeconds: 9_007_199_254_740_991 }],
    ['s-maxage=10', { sMaxageSeconds: 10 }],
    ['min-fresh=20', { minFreshSeconds: 20 }],
    ['max-stale=10', { maxStaleSeconds: 10 }],
    ['max-stale', { maxStaleSeconds: Number.POSITIVE_INFINITY }],
    ['stale-while-revalidate=30', { staleWhileRevalidateSeconds: 30 }],
    ['stale-if-error=1200', { staleIfErrorSeconds: 1200 }],
    // RFC 9111 §5.2: names are case-insensitive.
    ['MaX-aGe=60, NO-STORE, Private', { maxAgeSeconds: 60, noStore: true, private: true }],
    // RFC 9111 §5.2: both forms of arguments are accepted.
    ['max-age="60", s-maxage="10"', { maxAgeSeconds: 60, sMaxageSeconds: 10 }],
    [String.raw`max-age="6\0"`, { maxAgeSeconds: 60 }],
    ['max-stale="10"', { maxStaleSeconds: 10 }],
    ['stale-if-error="5"', { staleIfErrorSeconds: 5 }],
    [',max-age=60 ,, public\t,', { maxAgeSeconds: 60, public: true }],
    [
      'public,max-age=600,s-maxage=60,stale-while-revalidate=30,immutable',
      {
        public: true,
        maxAgeSeconds: 600,
        sMaxageSeconds: 60,
        staleWhileRevalidateSeconds: 30,
        immutable: true,
      },
    ],
  ])('%s', (value, expected) => {
    expect(parseCacheControl([value])).toStrictEqual(saying(expected));
  });

  test('lines are one list', () => {
    expect(parseCacheControl(['max-age=60', 'private'])).toStrictEqual(
      saying({ maxAgeSeconds: 60, private: true }),
    );
  });
});

describe('qualified no-cache and private', () => {
  test.each<[string, Expected]>([
    ['no-cache="Set-Cookie"', { noCacheFields: ['set-cookie'] }],
    ['private="Set-Cookie, X-User"', { privateFields: ['set-cookie', 'x-user'] }],
    ['private=Set-Cookie', { privateFields: ['set-cookie'] }],
    ['private=", a, ,"', { privateFields: ['a'] }],
    ['private="a", private="B, a"', { privateFields: ['a', 'b'] }],
    ['private="a", private', { private: true, privateFields: ['a'] }],
    ['private, private="a"', { private: true, privateFields: ['a'] }],
  ])('%s', (value, expected) => {
    expect(parseCacheControl([value])).toStrictEqual(saying(expected));
  });

  test.each<[string, Expected]>([
    ['private=', { private: true, malformed: ['private='] }],
    ['foo=', { malformed: ['foo='] }],
    ['foo=bar', {}],
    ['private=""', { private: true, malformed: ['private=""'] }],
    ['private=","', { private: true, malformed: ['private=","'] }],
    ['private="a b"', { private: true, malformed: ['private="a b"'] }],
    ['private="a, b:c"', { private: true, malformed: ['private="a, b:c"'] }],
    ["private='a b'", { private: true, malformed: ["private='a b'"] }],
    ['no-cache=""', { noCache: true, malformed: ['no-cache=""'] }],
    ['no-cache="a', { noCache: true, malformed: ['no-cache="a'] }],
    ['no-cache="a"b', { noCache: true, malformed: ['no-cache="a"b'] }],
  ])('%s holds for the whole response', (value, expected) => {
    expect(parseCacheControl([value])).toStrictEqual(saying(expected));
  });
});

describe('extensions', () => {
  test.each([
    'community="UCI"',
    'foo',
    'foo=bar',
    // RFC 9111 §5.2: what stands in another directive's argument is no directive.
    'foo="no-store, private, max-age=0"',
    String.raw`foo="\", no-store, \""`,
    'no-store-please, xno-cache, max-age-x=1, x-max-age=1',
    "foo='bar'",
  ])('%s is ignored', (value) => {
    expect(parseCacheControl([value])).toStrictEqual(saying({}));
    expect(parseCacheControl([value, 'max-age=60'])).toStrictEqual(saying({ maxAgeSeconds: 60 }));
  });
});

describe('unexpected arguments', () => {
  test.each<[string, Expected]>([
    ['no-store=foo', { noStore: true, malformed: ['no-store=foo'] }],
    ['no-store=""', { noStore: true, malformed: ['no-store=""'] }],
    ['no-store="x', { noStore: true, malformed: ['no-store="x'] }],
    ['no-store=', { noStore: true, malformed: ['no-store='] }],
    ['must-revalidate=1', { mustRevalidate: true, malformed: ['must-revalidate=1'] }],
    ['proxy-revalidate=0', { proxyRevalidate: true, malformed: ['proxy-revalidate=0'] }],
    ['no-transform=x', { noTransform: true, malformed: ['no-transform=x'] }],
    ['only-if-cached=x', { onlyIfCached: true, malformed: ['only-if-cached=x'] }],
  ])('%s still forbids', (value, expected) => {
    expect(parseCacheControl([value])).toStrictEqual(saying(expected));
  });

  test.each(['public=1', 'public=""', 'must-understand=1'])('%s permits nothing', (value) => {
    expect(parseCacheControl([value])).toStrictEqual(saying({ malformed: [value] }));
  });

  test('immutable with a quoted string that never ends permits nothing', () => {
    expect(parseCacheControl(['immutable="1'])).toStrictEqual(
      saying({ malformed: ['immutable="1'] }),
    );
  });

  // RFC 8246 §2
  test('an argument of immutable is ignored', () => {
    expect(parseCacheControl(['immutable=1'])).toStrictEqual(
      saying({ immutable: true, malformed: ['immutable=1'] }),
    );
  });
});

describe('malformed amounts', () => {
  test.each([
    'max-age',
    'max-age=',
    'max-age=""',
    'max-age=-1',
    'max-age=+1',
    'max-age=1.5',
    'max-age=3600.0',
    'max-age=1e3',
    'max-age=a100',
    'max-age=100a',
    "max-age='60'",
    'max-age="60, private"',
    'max-age= 60',
    'max-age =60',
    'max-age=" 60"',
    'max-age=60"',
    'max-age:60',
    'max-age 60',
  ])('%s is invalid', (value) => {
    expect(parseCacheControl([value])).toStrictEqual(
      saying({ maxAgeSeconds: 'invalid', malformed: [value] }),
    );
  });

  test.each<[string, Expected]>([
    ['s-maxage=x', { sMaxageSeconds: 'invalid' }],
    ['s-maxage', { sMaxageSeconds: 'invalid' }],
    ['min-fresh=x', { minFreshSeconds: 'invalid' }],
    ['max-stale=x', { maxStaleSeconds: 'invalid' }],
    ['max-stale=', { maxStaleSeconds: 'invalid' }],
    // Both permit stale responses: malformed ones permit none.
    ['stale-while-revalidate=x', {}],
    ['stale-while-revalidate', {}],
    ['stale-if-error=-1', {}],
  ])('%s', (value, expected) => {
    expect(parseCacheControl([value])).toStrictEqual(saying({ ...expected, malformed: [value] }));
  });
});

// RFC 9111 §4.2.1.
describe('repeated directives', () => {
  test.each<[string[], Expected]>([
    [['max-age=60, max-age=60'], { maxAgeSeconds: 60 }],
    [['max-age=60, max-age=10'], { maxAgeSeconds: 10 }],
    [['max-age=10, max-age=60'], { maxAgeSeconds: 10 }],
    [['max-age=60', 'max-age=0'], { maxAgeSeconds: 0 }],
    [['max-age=60, max-age=x'], { maxAgeSeconds: 'invalid', malformed: ['max-age=x'] }],
    [['max-age=x, max-age=60'], { maxAgeSeconds: 'invalid', malformed: ['max-age=x'] }],
    [['s-maxage=5, s-maxage=1'], { sMaxageSeconds: 1 }],
    [['max-age=1, s-maxage=5'], { maxAgeSeconds: 1, sMaxageSeconds: 5 }],
    [['min-fresh=5, min-fresh=9'], { minFreshSeconds: 9 }],
    [['max-stale, max-stale=5'], { maxStaleSeconds: 5 }],
    [['max-stale=5, max-stale=3'], { maxStaleSeconds: 3 }],
    [['stale-while-revalidate=9, stale-while-revalidate=4'], { staleWhileRevalidateSeconds: 4 }],
    [['stale-if-error=9, stale-if-error=x'], { malformed: ['stale-if-error=x'] }],
    [['stale-if-error=x, stale-if-error=9'], { malformed: ['stale-if-error=x'] }],
    [['no-store, no-store, public'], { noStore: true, public: true }],
  ])('%j', (lines, expected) => {
    expect(parseCacheControl(lines)).toStrictEqual(saying(expected));
  });
});

describe('wrong separators and open quotes', () => {
  test.each<[string, Expected]>([
    ['max-age=60; no-store', { maxAgeSeconds: 'invalid', noStore: true }],
    ['max-age=60;private', { maxAgeSeconds: 'invalid', private: true }],
    ['no-cache no-store', { noCache: true, noStore: true }],
    ['no-cache; private', { noCache: true, private: true }],
    ['public; max-age=60', { maxAgeSeconds: 'invalid' }],
    ['public max-age=60', { maxAgeSeconds: 'invalid' }],
    ['no-store = 1', { noStore: true }],
    ['=no-store', { noStore: true }],
    ['=x', {}],
    ['"no-store"', { noStore: true }],
    ['foo=(private)', { private: true }],
    // A quoted string that is never closed swallows the rest: what forbids is honoured all the same.
    ['foo="bar, no-store', { noStore: true }],
    ['foo="bar, NO-CACHE="x"', { noCache: true }],
    ['foo="bar, public, immutable, stale-if-error=60', {}],
    ['private="a, no-store', { private: true, noStore: true }],
    [String.raw`foo="bar\", no-store`, { noStore: true }],
    ['max-age=60", no-store', { maxAgeSeconds: 'invalid', noStore: true }],
    ['foo="bar, max-age=60', { maxAgeSeconds: 'invalid' }],
    // A lifetime that cannot be read takes away the trust in those that can, and grants nothing itself.
    ['foo="bar, s-maxage=60', { maxAgeSeconds: 'invalid' }],
    ['foo=" no-store-please xprivate', {}],
  ])('%s', (value, expected) => {
    expect(parseCacheControl([value])).toStrictEqual(saying({ ...expected, malformed: [value] }));
  });

  test('readable lifetimes beside one that is not', () => {
    expect(parseCacheControl(['max-age=60, s-maxage=60, foo="bar, max-age=0'])).toStrictEqual(
      saying({
        maxAgeSeconds: 'invalid',
        sMaxageSeconds: 'invalid',
        malformed: ['foo="bar, max-age=0'],
      }),
    );
  });

  test('an open quote reaches into the next line', () => {
    expect(parseCacheControl(['foo="bar', 'no-store, public'])).toStrictEqual(
      saying({
        noStore: true,
        malformed: ['foo="bar, no-store, public'],
      }),
    );
  });

  test.each<[string, Expected]>([
    ['"must-revalidate"', { mustRevalidate: true }],
    ['(proxy-revalidate', { proxyRevalidate: true }],
    // The name of a directive stands at the start of a member: this one has none, and no argument.
    ['(((((((=private', { private: true }],
  ])('%s: what forbids is honoured as a word', (value, expected) => {
    expect(parseCacheControl([value])).toStrictEqual(saying({ ...expected, malformed: [value] }));
  });

  test('a malformed member says nothing about its neighbours', () => {
    expect(parseCacheControl(['max-age =60, s-maxage=10'])).toStrictEqual(
      saying({
        maxAgeSeconds: 'invalid',
        sMaxageSeconds: 10,
        malformed: ['max-age =60'],
      }),
    );
  });
});

test('only the first malformed directives are kept, and only their beginnings', () => {
  const { malformed } = parseCacheControl([
    `no-store=${'x'.repeat(200)}${', public=1'.repeat(100)}`,
  ]);
  expect(malformed).toHaveLength(16);
  expect(malformed[0]).toBe(`no-store=${'x'.repeat(71)}`);
  expect(malformed[15]).toBe('public=1');
});
