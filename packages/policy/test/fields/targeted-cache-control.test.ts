import { describe, expect, test } from 'vitest';
import type { CacheControl } from '../../src/fields/cache-control.ts';
import { parseTargetedCacheControl } from '../../src/fields/targeted-cache-control.ts';

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

// RFC 9213 §2.1: then it is as if the field were not there.
describe('ignored', () => {
  test.each<[string[]]>([
    [[]],
    [['']],
    [['  ']],
    [['max-age=']],
    [['max-age=60,']],
    [[',max-age=60']],
    [['max-age=60,,no-store']],
    [['MaX-aGe=60']],
    [['Max-Age=60, no-store']],
    [['max-age =60']],
    [['max-age= 60']],
    [['max-age=60; no-store=,']],
    [['no-store; X']],
    [['max-age=1000000000000000']],
    [['max-age="60']],
    [['private="é"']],
    [['max-age=60', 'no-store,']],
    [['no-store', '']],
  ])('%j', (lines) => {
    expect(parseTargetedCacheControl(lines)).toBeNull();
  });
});

describe('in force', () => {
  test.each<[string[], Partial<CacheControl>]>([
    [['max-age=60'], { maxAgeSeconds: 60 }],
    [['max-age=0'], { maxAgeSeconds: 0 }],
    [['max-age=999999999999999'], { maxAgeSeconds: 999_999_999_999_999 }],
    [['max-age=600, s-maxage=10'], { maxAgeSeconds: 600, sMaxageSeconds: 10 }],
    [['no-store'], { noStore: true }],
    [['no-store=?1'], { noStore: true }],
    [['no-cache, private'], { noCache: true, private: true }],
    [['no-cache="Set-Cookie"'], { noCacheFields: ['set-cookie'] }],
    [['private="a, B"'], { privateFields: ['a', 'b'] }],
    [
      ['public, must-revalidate, proxy-revalidate, must-understand, no-transform, immutable'],
      {
        public: true,
        mustRevalidate: true,
        proxyRevalidate: true,
        mustUnderstand: true,
        noTransform: true,
        immutable: true,
      },
    ],
    [
      ['stale-while-revalidate=30, stale-if-error=60'],
      { staleWhileRevalidateSeconds: 30, staleIfErrorSeconds: 60 },
    ],
    [['max-age=60', 'no-store'], { maxAgeSeconds: 60, noStore: true }],
    // RFC 9213 §3.1: an unregistered directive keeps the field from being empty.
    [['none'], {}],
    [['foo=(a "b" 1);c, bar=:YQ==:, baz=@1, max-age=60'], { maxAgeSeconds: 60 }],
    // RFC 9213 §2.1: parameters are ignored.
    [['max-age=60;foo=bar, no-store;a'], { maxAgeSeconds: 60, noStore: true }],
    // RFC 9651 §4.2.2: of duplicate keys the last counts.
    [['max-age=60, max-age=10'], { maxAgeSeconds: 10 }],
    [['max-age=10, max-age=60'], { maxAgeSeconds: 60 }],
  ])('%j', (lines, expected) => {
    expect(parseTargetedCacheControl(lines)).toStrictEqual({ ...NOTHING, ...expected });
  });
});

// RFC 9213 §2.1: values of other types are not consumed; the field as a whole stays in force.
describe('values of the wrong type', () => {
  test.each<[string, string, Partial<CacheControl>]>([
    ['max-age=60.5', 'max-age', { maxAgeSeconds: 'invalid' }],
    ['max-age=60.0', 'max-age', { maxAgeSeconds: 'invalid' }],
    ['max-age="60"', 'max-age', { maxAgeSeconds: 'invalid' }],
    ['max-age=-1', 'max-age', { maxAgeSeconds: 'invalid' }],
    ['max-age=a60', 'max-age', { maxAgeSeconds: 'invalid' }],
    ['max-age', 'max-age', { maxAgeSeconds: 'invalid' }],
    ['max-age=(60)', 'max-age', { maxAgeSeconds: 'invalid' }],
    ['max-age=@60', 'max-age', { maxAgeSeconds: 'invalid' }],
    ['s-maxage=?0', 's-maxage', { sMaxageSeconds: 'invalid' }],
    ['stale-while-revalidate="30"', 'stale-while-revalidate', {}],
    ['no-store=?0', 'no-store', { noStore: true }],
    ['no-store=1', 'no-store', { noStore: true }],
    ['no-store=()', 'no-store', { noStore: true }],
    ['must-revalidate=x', 'must-revalidate', { mustRevalidate: true }],
    ['private=set-cookie', 'private', { private: true }],
    ['private=("a" "b")', 'private', { private: true }],
    ['private=""', 'private', { private: true }],
    ['private="a b"', 'private', { private: true }],
    ['no-cache=?0', 'no-cache', { noCache: true }],
    ['public=?0', 'public', {}],
    // RFC 8246 §2: any argument of immutable is ignored.
    ['immutable=1', 'immutable', { immutable: true }],
  ])('%s', (value, name, expected) => {
    expect(parseTargetedCacheControl([value])).toStrictEqual({
      ...NOTHING,
      ...expected,
      malformed: [name],
    });
  });
});
