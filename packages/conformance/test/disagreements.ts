/**
 * Exchanges on which the oracle once disagreed, each cut down to what makes the difference: one for every
 * excuse. Every run judges them again. When a random exchange fails, what it shrinks to belongs here,
 * with the verdicts that turned out to be right.
 */
import type { Verdict } from '../src/oracle.ts';
import type { RandomExchange } from '../src/random-exchange.ts';

export interface Disagreement {
  readonly excuse: string;
  readonly ours: Verdict;
  readonly theirs: Verdict;
  readonly exchange: RandomExchange;
}

/** A GET that brings a 200, at once repeated. */
const PLAIN = {
  first: {},
  status: 200,
  validation: undefined,
  elapsedSeconds: 0,
  secondMethod: 'GET',
  second: {},
} as const;

export const DISAGREEMENTS: readonly Disagreement[] = [
  {
    excuse: 'targeted-field',
    ours: 'reuse',
    theirs: 'ask',
    exchange: {
      ...PLAIN,
      response: {
        'cdn-cache-control': 'public',
        expires: '0',
        'last-modified': 'Sun, 22 Nov 2026 11:58:20 GMT',
      },
    },
  },
  {
    excuse: 'directive-case',
    ours: 'ask',
    theirs: 'reuse',
    exchange: {
      ...PLAIN,
      response: { 'cache-control': 'PRIVATE', 'last-modified': 'Sun, 22 Nov 2026 11:58:20 GMT' },
    },
  },
  {
    excuse: 'head-from-get',
    ours: 'reuse',
    theirs: 'ask',
    exchange: { ...PLAIN, response: { 'cache-control': 'max-age=3600' }, secondMethod: 'HEAD' },
  },
  {
    excuse: 'must-revalidate-while-fresh',
    ours: 'reuse',
    theirs: 'ask',
    exchange: {
      ...PLAIN,
      response: {
        'cache-control': 'must-revalidate',
        'last-modified': 'Sun, 22 Nov 2026 11:58:20 GMT',
      },
    },
  },
  {
    excuse: 'proxy-revalidate-lifetime',
    ours: 'reuse',
    theirs: 'ask',
    exchange: {
      ...PLAIN,
      response: { 'cache-control': 'proxy-revalidate', age: '30.5', etag: '"v1"' },
      validation: { afterSeconds: 0, says: { 'cache-control': 'max-age=100' } },
      elapsedSeconds: 99,
    },
  },
  {
    excuse: 's-maxage-stale',
    ours: 'ask',
    theirs: 'reuse-and-refresh',
    exchange: { ...PLAIN, response: { 'cache-control': 'stale-while-revalidate=100, s-maxage=0' } },
  },
  {
    excuse: 'no-cache-stale',
    ours: 'ask',
    theirs: 'reuse',
    exchange: {
      ...PLAIN,
      response: { 'last-modified': 'Sun, 22 Nov 2026 11:58:20 GMT' },
      validation: { afterSeconds: 0, says: { 'cache-control': 'no-cache' } },
    },
  },
  {
    excuse: 'qualified-forms',
    ours: 'reuse',
    theirs: 'ask',
    exchange: {
      ...PLAIN,
      response: { etag: '"v1"' },
      validation: {
        afterSeconds: 0,
        says: { 'cache-control': 'no-cache="x-stamp", s-maxage=100' },
      },
    },
  },
  {
    excuse: 'repeated-directive',
    ours: 'ask',
    theirs: 'reuse',
    exchange: { ...PLAIN, response: { 'cache-control': 'max-age=0, max-age=60' } },
  },
  {
    excuse: 'malformed-lifetime',
    ours: 'reuse',
    theirs: 'ask',
    exchange: {
      ...PLAIN,
      response: { 'cache-control': 's-maxage=100, max-age=60.5', 'set-cookie': 'sid=1' },
    },
  },
  {
    excuse: 'malformed-wish',
    ours: 'reuse',
    theirs: 'ask',
    exchange: {
      ...PLAIN,
      response: { expires: 'Sun, 22 Nov 2026 13:00:00 GMT' },
      elapsedSeconds: 59,
      second: { 'cache-control': 'max-age=soon' },
    },
  },
  {
    excuse: 'apparent-age',
    ours: 'ask',
    theirs: 'reuse',
    exchange: {
      ...PLAIN,
      response: {
        date: 'Sun, 22 Nov 2026 11:58:20 GMT',
        'last-modified': 'Sun, 22 Nov 2026 11:43:20 GMT',
      },
    },
  },
  {
    excuse: 'malformed-age',
    ours: 'ask',
    theirs: 'reuse',
    exchange: { ...PLAIN, response: { age: '-30' } },
  },
  {
    excuse: 'must-understand',
    ours: 'reuse',
    theirs: 'ask',
    exchange: {
      ...PLAIN,
      status: 500,
      response: { 'cache-control': 'must-understand, max-age=10' },
    },
  },
  {
    excuse: 'any-final-status',
    ours: 'reuse',
    theirs: 'ask',
    exchange: {
      ...PLAIN,
      status: 299,
      response: { 'cache-control': 'max-age=0', etag: '"v1"' },
      validation: { afterSeconds: 0, says: { 'cache-control': 'max-age=3600' } },
    },
  },
  {
    excuse: 'immutable-lifetime',
    ours: 'ask',
    theirs: 'reuse',
    exchange: {
      ...PLAIN,
      response: { 'cache-control': 'max-age=0', 'last-modified': 'Sun, 22 Nov 2026 11:58:20 GMT' },
      validation: { afterSeconds: 0, says: { 'cache-control': 'immutable' } },
      elapsedSeconds: 30,
    },
  },
  {
    excuse: 'immutable-reload',
    ours: 'reuse',
    theirs: 'ask',
    exchange: {
      ...PLAIN,
      response: { 'cache-control': 'immutable, s-maxage=100' },
      elapsedSeconds: 60,
      second: { 'cache-control': 'max-age=0' },
    },
  },
  {
    excuse: 'set-cookie',
    ours: 'reuse',
    theirs: 'ask',
    exchange: { ...PLAIN, response: { 'cache-control': 'max-age=60', 'set-cookie': 'sid=1' } },
  },
  {
    excuse: 'personal-guess',
    ours: 'ask',
    theirs: 'reuse',
    exchange: {
      ...PLAIN,
      first: { cookie: 'sid=1' },
      response: { 'last-modified': 'Sun, 22 Nov 2026 11:58:20 GMT' },
    },
  },
  {
    excuse: 'personal-stale',
    ours: 'ask',
    theirs: 'reuse',
    exchange: {
      ...PLAIN,
      first: { cookie: 'sid=1' },
      response: {},
      second: { 'cache-control': 'max-stale' },
    },
  },
  {
    excuse: 'not-modified-adds',
    ours: 'reuse',
    theirs: 'ask',
    exchange: {
      ...PLAIN,
      response: { 'last-modified': 'Sun, 22 Nov 2026 11:58:20 GMT' },
      validation: { afterSeconds: 0, says: { 'cache-control': 'max-age=3600' } },
      elapsedSeconds: 130,
    },
  },
  {
    excuse: 'guess-rounded',
    ours: 'ask',
    theirs: 'reuse',
    exchange: {
      ...PLAIN,
      response: { 'last-modified': 'Sun, 22 Nov 2026 11:58:20 GMT' },
      validation: { afterSeconds: 61, says: {} },
      second: { 'cache-control': 'max-age=0' },
    },
  },
  {
    excuse: 'not-modified-date',
    ours: 'ask',
    theirs: 'reuse',
    exchange: {
      ...PLAIN,
      response: { 'cache-control': 'max-age=100' },
      validation: { afterSeconds: 0, says: {} },
      second: { 'cache-control': 'max-age=0' },
    },
  },
  {
    excuse: 'not-modified-age',
    ours: 'reuse',
    theirs: 'ask',
    exchange: {
      ...PLAIN,
      response: {
        'cache-control': 'max-age=10',
        date: 'Sun, 22 Nov 2026 12:00:00 GMT',
        age: '100',
        etag: '"v1"',
      },
      validation: { afterSeconds: 0, says: {} },
    },
  },
  {
    excuse: 'of-no-use',
    ours: 'ask',
    theirs: 'reuse',
    exchange: { ...PLAIN, response: {}, second: { 'cache-control': 'max-stale=3600' } },
  },
  {
    excuse: 'max-age-0',
    ours: 'ask',
    theirs: 'reuse',
    exchange: {
      ...PLAIN,
      response: { 'last-modified': 'Sun, 22 Nov 2026 11:58:20 GMT' },
      second: { 'cache-control': 'max-age=0' },
    },
  },
  {
    excuse: 'max-stale-bound',
    ours: 'reuse',
    theirs: 'ask',
    exchange: {
      ...PLAIN,
      response: { etag: '"v1"' },
      elapsedSeconds: 1,
      second: { 'cache-control': 'max-stale=1' },
    },
  },
  {
    excuse: 'swr-bound',
    ours: 'reuse-and-refresh',
    theirs: 'ask',
    exchange: {
      ...PLAIN,
      response: { 'cache-control': 'stale-while-revalidate=10' },
      elapsedSeconds: 10,
    },
  },
  {
    excuse: 'client-refuses-stale',
    ours: 'ask',
    theirs: 'reuse-and-refresh',
    exchange: {
      ...PLAIN,
      response: { 'cache-control': 'stale-while-revalidate=3600' },
      elapsedSeconds: 10,
      second: { 'cache-control': 'max-age=30' },
    },
  },
  {
    excuse: 'pragma-beside-cache-control',
    ours: 'reuse',
    theirs: 'ask',
    exchange: {
      ...PLAIN,
      response: { 'cache-control': 'max-age="60"' },
      second: { 'cache-control': 'max-age=100', pragma: 'no-cache' },
    },
  },
  {
    excuse: 'pragma-in-response',
    ours: 'reuse',
    theirs: 'ask',
    exchange: {
      ...PLAIN,
      response: { 'last-modified': 'Sun, 22 Nov 2026 11:58:20 GMT', pragma: 'no-cache' },
    },
  },
  {
    excuse: 'vary-normalisation',
    ours: 'reuse',
    theirs: 'ask',
    exchange: {
      ...PLAIN,
      first: { 'accept-language': 'de' },
      response: { 'cache-control': 'max-age=60', vary: 'X-Kind, accept-language' },
      second: { 'accept-language': 'DE' },
    },
  },
];
