import { defineCases } from '@poplet/conformance';
import type { Case, ExchangeStep, PurgeScript } from '@poplet/conformance';

const LABELS = {
  'Cache-Control': 'max-age=3600',
  ETag: '"v1"',
  'Surrogate-Key': 'red  green ',
  'Cache-Tag': 'blue,, red',
  'Cache-Groups': '"news", "Sport"',
};

const STORED: ExchangeStep = {
  request: { path: '/a/b' },
  origin: { headers: LABELS },
  expect: { from: 'origin', stored: true },
};

const ASKED_AGAIN: ExchangeStep = {
  request: { path: '/a/b' },
  origin: { headers: LABELS },
  expect: {
    from: 'origin',
    outcome: 'miss',
    reasons: ['nothing-stored'],
    upstream: { absent: ['if-none-match'] },
  },
};

const STILL_THERE: ExchangeStep = {
  request: { path: '/a/b' },
  expect: { from: 'cache', outcome: 'hit', bodyOfStep: 1 },
};

const REACHED: readonly (readonly [id: string, purge: PurgeScript, title: string])[] = [
  ['url', { path: '/a/b' }, 'its URL'],
  ['prefix', { prefix: '/a/' }, 'a prefix of its URL'],
  ['prefix-itself', { prefix: '/a/b' }, 'a prefix that is the whole URL'],
  ['host', { host: 'own' }, 'its host'],
  ['tag', { tag: 'green' }, 'a tag'],
  ['tag-second-field', { tag: 'blue' }, 'a tag of the other field'],
  ['group', { group: 'news' }, 'a cache group'],
  ['everything', { everything: true }, 'everything'],
];

const MISSED: readonly (readonly [id: string, purge: PurgeScript, title: string])[] = [
  ['url', { path: '/a' }, 'another URL'],
  ['url-query', { path: '/a/b?x=1' }, 'the URL with a query'],
  ['prefix', { prefix: '/b' }, 'another prefix'],
  ['tag', { tag: 'gre' }, 'part of a tag'],
  ['tag-empty', { tag: '' }, 'an empty tag'],
  ['tag-list', { tag: 'red green' }, 'two tags as one'],
  ['group-case', { group: 'sport' }, 'a group in another case'],
  ['group-as-tag', { tag: 'news' }, 'a group, named as a tag'],
  ['tag-as-group', { group: 'red' }, 'a tag, named as a group'],
];

const selectors: Case[] = [
  ...REACHED.map(([id, purge, title]): Case => ({
    id: `purge-${id}`,
    title: `A purge by ${title}: the next request asks the origin, without conditions`,
    kind: 'check',
    spec: ['Poplet', ...(id === 'group' ? ['RFC 9875 §2'] : [])],
    steps: [STORED, STILL_THERE, { purge }, ASKED_AGAIN],
  })),
  ...MISSED.map(([id, purge, title]): Case => ({
    id: `purge-misses-${id}`,
    title: `A purge by ${title} does not reach it`,
    kind: 'check',
    spec: ['Poplet', ...(id.includes('group') ? ['RFC 9875 §2'] : [])],
    steps: [STORED, { purge }, STILL_THERE],
  })),
];

const order = defineCases([
  {
    id: 'purge-between-two-stores',
    title:
      'With the clock frozen: what was stored before the purge is gone, what was stored after it stays',
    kind: 'check',
    spec: ['Poplet'],
    steps: [
      STORED,
      { purge: { path: '/a/b' } },
      ASKED_AGAIN,
      { request: { path: '/a/b' }, expect: { from: 'cache', outcome: 'hit', bodyOfStep: 3 } },
    ],
  },
  {
    id: 'purge-during-fetch',
    title: 'A response whose fetch began before the purge is not stored after it',
    kind: 'check',
    spec: ['Poplet'],
    steps: [
      {
        request: { path: '/a/b' },
        origin: { headers: LABELS, purge: { path: '/a/b' } },
        expect: { from: 'origin', stored: false },
      },
      {
        request: { path: '/a/b' },
        origin: { headers: LABELS },
        expect: { from: 'origin', stored: true },
      },
      { request: { path: '/a/b' }, expect: { from: 'cache', outcome: 'hit', bodyOfStep: 2 } },
    ],
  },
  {
    id: 'purge-tag-during-fetch',
    title: 'So it is with a tag that only the response names',
    kind: 'check',
    spec: ['Poplet'],
    steps: [
      {
        request: { path: '/a/b' },
        origin: { headers: LABELS, purge: { tag: 'green' } },
        expect: { from: 'origin', stored: false },
      },
      {
        request: { path: '/a/b' },
        origin: { headers: LABELS },
        expect: { from: 'origin', stored: true },
      },
    ],
  },
  {
    id: 'purge-group-malformed',
    title: 'A Cache-Groups that cannot be read puts the response in no group',
    kind: 'check',
    spec: ['RFC 9875 §2'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60', 'Cache-Groups': '"news' } },
        expect: { from: 'origin', stored: true },
      },
      { purge: { group: 'news' } },
      { request: {}, expect: { from: 'cache', outcome: 'hit' } },
    ],
  },
  {
    id: 'purge-during-validation',
    title: 'What was purged is not revived by a 304 that was on its way: the whole is asked for',
    kind: 'check',
    spec: ['Poplet'],
    steps: [
      STORED,
      {
        at: 4000,
        request: { path: '/a/b' },
        origin: [
          { status: 304, purge: { path: '/a/b' } },
          { headers: LABELS, body: 'whole' },
        ],
        expect: {
          from: 'origin',
          stored: true,
          upstream: { requests: 2, headers: { 'If-None-Match': '"v1"' } },
          upstreamAgain: { absent: ['if-none-match'] },
        },
      },
      {
        at: 4001,
        request: { path: '/a/b' },
        expect: { from: 'cache', outcome: 'hit', body: 'whole' },
      },
    ],
  },
  {
    id: 'purge-variants',
    title: 'A purge reaches all variants of a URL',
    kind: 'check',
    spec: ['Poplet'],
    steps: [
      {
        request: { headers: { 'X-Kind': 'a' } },
        origin: { headers: { 'Cache-Control': 'max-age=60', Vary: 'X-Kind' } },
        expect: { from: 'origin', stored: true },
      },
      {
        request: { headers: { 'X-Kind': 'b' } },
        origin: { headers: { 'Cache-Control': 'max-age=60', Vary: 'X-Kind' } },
        expect: { from: 'origin', stored: true },
      },
      { purge: { path: '/' } },
      {
        request: { headers: { 'X-Kind': 'a' } },
        origin: {},
        expect: { from: 'origin', reasons: ['nothing-stored'] },
      },
      {
        request: { headers: { 'X-Kind': 'b' } },
        origin: {},
        expect: { from: 'origin', reasons: ['nothing-stored'] },
      },
    ],
  },
]);

const soft = defineCases([
  {
    id: 'purge-soft',
    title: 'A soft purge makes stale: the next request asks with the validator, and a 304 heals it',
    kind: 'check',
    spec: ['Poplet', 'RFC 9111 §4.3'],
    steps: [
      STORED,
      { at: 10, purge: { path: '/a/b', soft: true } },
      {
        at: 15,
        request: { path: '/a/b' },
        origin: { status: 304 },
        expect: {
          from: 'validated',
          outcome: 'revalidated',
          reasons: ['soft-purged', 'validate', 'confirmed'],
          notReasons: ['stored-set-cookie'],
          words: [/a soft purge 5 s ago/u],
          cacheStatus: { fwd: 'stale', 'fwd-status': 304 },
          upstream: { headers: { 'If-None-Match': '"v1"' } },
        },
      },
      { at: 16, request: { path: '/a/b' }, expect: { from: 'cache', outcome: 'hit' } },
    ],
  },
  {
    id: 'purge-soft-replaced',
    title: 'After a soft purge a new response replaces the old one',
    kind: 'check',
    spec: ['Poplet'],
    steps: [
      STORED,
      { at: 10, purge: { tag: 'red', soft: true } },
      {
        at: 15,
        request: { path: '/a/b' },
        origin: { headers: { ...LABELS, ETag: '"v2"' }, body: 'new' },
        expect: { from: 'origin', outcome: 'expired' },
      },
      { at: 16, request: { path: '/a/b' }, expect: { from: 'cache', outcome: 'hit', body: 'new' } },
    ],
  },
  {
    id: 'purge-soft-swr',
    title: 'A soft purge opens the stale-while-revalidate window at its instant',
    kind: 'check',
    spec: ['Poplet', 'RFC 5861 §3'],
    steps: [
      {
        request: {},
        origin: {
          headers: { 'Cache-Control': 'max-age=3600, stale-while-revalidate=30', ETag: '"v1"' },
        },
        expect: { from: 'origin', stored: true },
      },
      { at: 100, purge: { path: '/', soft: true } },
      {
        at: 130,
        request: {},
        origin: { status: 500 },
        expect: {
          from: 'cache',
          outcome: 'updating',
          reasons: ['soft-purged', 'stale-while-revalidate'],
          headers: { Age: '130' },
          cacheStatus: { ttl: -30 },
          upstream: { requests: 1 },
        },
      },
      {
        at: 136,
        request: {},
        origin: { status: 304 },
        expect: { from: 'validated', reasons: ['stale-while-revalidate-over'] },
      },
    ],
  },
  {
    id: 'purge-soft-sie',
    title: 'A soft-purged response may stand in for an error within stale-if-error',
    kind: 'check',
    spec: ['Poplet', 'RFC 5861 §4'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=3600, stale-if-error=30', ETag: '"v1"' } },
        expect: { from: 'origin', stored: true },
      },
      { at: 100, purge: { everything: true, soft: true } },
      {
        at: 120,
        request: {},
        origin: { status: 500 },
        expect: {
          from: 'cache',
          outcome: 'stale',
          upstream: { requests: 1 },
          cacheStatus: { ttl: -20 },
        },
      },
    ],
  },
  {
    id: 'purge-soft-must-revalidate',
    title: 'A soft-purged response with must-revalidate is not served without the origin',
    kind: 'required',
    spec: ['RFC 9111 §5.2.2.2', 'Poplet'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=3600, must-revalidate', ETag: '"v1"' } },
        expect: { from: 'origin', stored: true },
      },
      { at: 100, purge: { path: '/', soft: true } },
      {
        at: 101,
        request: {},
        origin: { fault: 'reset' },
        expect: { from: 'edge', status: 504, reasons: ['must-revalidate-unreachable'] },
      },
    ],
  },
  {
    id: 'purge-soft-on-stale',
    title: 'A soft purge of what was stale already makes it no fresher',
    kind: 'check',
    spec: ['Poplet'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60, stale-if-error=300', ETag: '"v1"' } },
        expect: { from: 'origin', stored: true },
      },
      { at: 100, purge: { path: '/', soft: true } },
      {
        at: 110,
        request: {},
        origin: { status: 500 },
        expect: {
          from: 'cache',
          outcome: 'stale',
          upstream: { requests: 1 },
          cacheStatus: { ttl: -50 },
        },
      },
    ],
  },
  {
    id: 'purge-hard-after-soft',
    title: 'A hard purge after a soft one removes',
    kind: 'check',
    spec: ['Poplet'],
    steps: [
      STORED,
      { at: 10, purge: { path: '/a/b', soft: true } },
      { at: 11, purge: { path: '/a/b' } },
      { ...ASKED_AGAIN, at: 12 },
    ],
  },
]);

export const purgeCases = [...defineCases(selectors), ...order, ...soft];
