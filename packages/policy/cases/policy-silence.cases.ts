/** Fields of a policy that say what holds where the origin server says nothing, or is not heard, one at a time. */
import { defineCases } from '@poplet/conformance';
import type { Case, ExchangeStep, PolicyPatch } from '@poplet/conformance';

import { notStored, reused } from './patterns.ts';

function told(found: Omit<Case, 'kind' | 'spec'> & { readonly spec?: Case['spec'] }): Case {
  return { kind: 'check', spec: ['Poplet'], ...found };
}

const FRESH = { headers: { 'Cache-Control': 'max-age=60' } };

/** Images for 20 s, 404 for 10 s. */
const BY_TYPE: PolicyPatch = {
  storability: { heuristicStatuses: [] },
  freshness: {
    defaultLifetimes: [
      { statuses: [404], seconds: 10 },
      { statuses: [200], types: ['image/*', 'text/css'], seconds: 20 },
    ],
  },
};

const types = [
  ...['image/png', 'IMAGE/svg+xml ; charset=utf-8', 'text/css'].map((type, index) =>
    reused({
      id: `policy-default-lifetime-type-${index + 1}`,
      title: `A default lifetime may be for media types: ${type} is one of them`,
      kind: 'check',
      spec: ['Poplet'],
      policy: BY_TYPE,
      origin: { headers: { 'Content-Type': type } },
      first: { words: [/stored for 20 s, the default/u] },
    }),
  ),
  ...['text/html', 'text/css2', 'application/image/png'].map((type, index) =>
    notStored({
      id: `policy-default-lifetime-type-other-${index + 1}`,
      title: `${type} is none of them`,
      kind: 'check',
      spec: ['Poplet'],
      policy: BY_TYPE,
      origin: { headers: { 'Content-Type': type } },
    }),
  ),
  notStored({
    id: 'policy-default-lifetime-type-none',
    title: 'What does not say its type is none of them either',
    kind: 'check',
    spec: ['Poplet'],
    policy: BY_TYPE,
    origin: {},
  }),
  reused({
    id: 'policy-default-lifetime-type-status',
    title: 'An entry without types is for all of them',
    kind: 'check',
    spec: ['Poplet'],
    policy: BY_TYPE,
    origin: { status: 404, headers: { 'Content-Type': 'text/html' } },
    first: { words: [/stored for 10 s, the default/u] },
  }),
];

/** Between 100 s and 200 s. */
const SPREAD: PolicyPatch = {
  freshness: { defaultLifetimes: [{ statuses: [200], seconds: 100, mostSeconds: 200 }] },
};

const spread = told({
  id: 'policy-default-lifetime-spread',
  title:
    'Default lifetimes may be spread over a range: no less than its least, no more than its most',
  policy: SPREAD,
  steps: [
    { request: {}, origin: {}, expect: { from: 'origin', stored: true } },
    { at: 99, request: {}, expect: { from: 'cache', outcome: 'hit' } },
    { at: 201, request: {}, origin: FRESH, expect: { from: 'origin', outcome: 'expired' } },
  ],
});

/** Nothing that the origin server says of caching counts. */
const IGNORED: PolicyPatch = {
  freshness: {
    standardFields: 'ignored',
    targetedFields: ['cdn-cache-control'],
    defaultLifetimes: [{ statuses: [200], seconds: 30 }],
  },
};

const unheard = [
  ...(['no-store', 'private', 'no-cache', 'max-age=600', 's-maxage=5'] as const).map((value) =>
    reused({
      id: `policy-standard-fields-ignored-${value.replace('=', '-')}`,
      title: `A policy may ignore Cache-Control and Expires altogether: ${value}`,
      kind: 'check',
      spec: ['Poplet'],
      policy: IGNORED,
      origin: { headers: { 'Cache-Control': value, Expires: '{now+3600}' } },
      first: {
        words: [/stored for 30 s, the default/u],
        headers: { 'Cache-Control': value },
      },
    }),
  ),
  reused({
    id: 'policy-standard-fields-ignored-expires',
    title: 'and Expires alone',
    kind: 'check',
    spec: ['Poplet'],
    policy: IGNORED,
    origin: { headers: { Expires: '{now+3600}' } },
    first: { words: [/stored for 30 s, the default/u] },
  }),
  reused({
    id: 'policy-standard-fields-ignored-targeted',
    title: 'A targeted field counts all the same',
    kind: 'check',
    spec: ['Poplet'],
    policy: IGNORED,
    origin: { headers: { 'CDN-Cache-Control': 'max-age=50', 'Cache-Control': 'no-store' } },
    first: { words: [/stored for 50 s \(cdn-cache-control\)/u] },
  }),
];

const WITHOUT: PolicyPatch = {
  storability: { heuristicStatuses: [] },
  freshness: { expires: 'without-cache-control' },
};
const LATER: PolicyPatch = { freshness: { expires: 'where-later' } };

const expires = [
  reused({
    id: 'policy-expires-without-lifetime',
    title: 'As a rule Expires does not count beside s-maxage, though it is later',
    kind: 'check',
    spec: ['RFC 9111 §5.3'],
    origin: { headers: { 'Cache-Control': 's-maxage=60', Expires: '{now+3600}' } },
    first: { words: [/stored for 60 s \(s-maxage\)/u] },
  }),
  notStored({
    id: 'policy-expires-beside-cache-control',
    title: 'A policy may ignore Expires beside any Cache-Control, though that names no lifetime',
    kind: 'check',
    spec: ['RFC 9111 §5.3'],
    policy: WITHOUT,
    origin: { headers: { 'Cache-Control': 'must-revalidate', Expires: '{now+3600}' } },
  }),
  told({
    id: 'policy-expires-without-cache-control',
    title: 'Without Cache-Control it counts',
    spec: ['RFC 9111 §5.3'],
    policy: WITHOUT,
    steps: [
      {
        request: {},
        origin: { headers: { Expires: '{now+61}' } },
        expect: { from: 'origin', stored: true },
      },
      { at: 55, request: {}, expect: { from: 'cache', outcome: 'hit' } },
      { at: 63, request: {}, origin: FRESH, expect: { from: 'origin', outcome: 'expired' } },
    ],
  }),
  ...(
    [
      ['later', 'max-age=10', '{now+61}', 55],
      ['sooner', 'max-age=60', '{now+10}', 55],
      ['alone', 'public', '{now+61}', 55],
      ['s-maxage', 's-maxage=10', '{now+61}', 55],
    ] as const
  ).map(([name, value, date, at]) =>
    told({
      id: `policy-expires-where-later-${name}`,
      title: `A policy may take the later of max-age and Expires (${name})`,
      spec: ['RFC 9111 §5.3'],
      policy: LATER,
      steps: [
        {
          request: {},
          origin: { headers: { 'Cache-Control': value, Expires: date } },
          expect: { from: 'origin', stored: true },
        },
        { at, request: {}, expect: { from: 'cache', outcome: 'hit' } },
        { at: 63, request: {}, origin: FRESH, expect: { from: 'origin', outcome: 'expired' } },
      ],
    }),
  ),
  reused({
    id: 'policy-expires-where-later-same',
    title: 'Of two that are as late the directive is named',
    kind: 'check',
    spec: ['RFC 9111 §5.3'],
    policy: LATER,
    origin: {
      headers: { 'Cache-Control': 'max-age=60', Date: '{start}', Expires: '{start+60}' },
    },
    first: { words: [/stored for 60 s \(max-age\)/u] },
  }),
  reused({
    id: 'policy-expires-where-later-targeted',
    title: 'Beside a targeted field Expires does not count all the same',
    kind: 'check',
    spec: ['RFC 9213 §2.2'],
    policy: LATER,
    origin: { headers: { 'CDN-Cache-Control': 'max-age=50', Expires: '{now+3600}' } },
    first: { words: [/stored for 50 s \(cdn-cache-control\)/u] },
  }),
];

const WINDOW: PolicyPatch = { stale: { whileRevalidateByDefaultSeconds: 100 } };

function staleStep(at: number): ExchangeStep {
  return {
    at,
    request: {},
    origin: FRESH,
    expect: {
      from: 'cache',
      outcome: 'updating',
      reasons: ['stale-while-revalidate'],
      upstream: { requests: 1 },
    },
  };
}

function windowed(
  name: string,
  title: string,
  { value, next, headers = {} }: { value: string; next: ExchangeStep; headers?: object },
): Case {
  return told({
    id: `policy-default-window-${name}`,
    title,
    spec: ['RFC 5861 §3'],
    policy: WINDOW,
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': value, ...headers } },
        expect: { from: 'origin', stored: true },
      },
      next,
    ],
  });
}

function asked(at: number): ExchangeStep {
  return { at, request: {}, origin: FRESH, expect: { from: 'origin', outcome: 'expired' } };
}

const windows = [
  windowed('inside', 'A policy may have a window for what names none', {
    value: 'max-age=60',
    next: staleStep(159),
  }),
  windowed('over', 'that ends', { value: 'max-age=60', next: asked(161) }),
  windowed('named', 'A window that is named counts instead', {
    value: 'max-age=60, stale-while-revalidate=10',
    next: asked(75),
  }),
  windowed('named-0', 'also where it is 0', {
    value: 'max-age=60, stale-while-revalidate=0',
    next: asked(65),
  }),
  windowed('forbidden', 'What forbids stale reuse forbids it here', {
    value: 'max-age=60, must-revalidate',
    next: asked(65),
  }),
  windowed('no-lifetime', 'What has no lifetime has no window', {
    value: 'max-age=0',
    headers: { ETag: '"v1"' },
    next: asked(1),
  }),
  told({
    id: 'policy-default-window-personal',
    title: 'A window that nobody named gives no leave to share what was made for somebody',
    spec: ['RFC 9111 §7.3'],
    policy: WINDOW,
    steps: [
      {
        request: { headers: { Cookie: 'a=1' } },
        origin: { headers: { 'Cache-Control': 'max-age=0', 'Last-Modified': '{now-600}' } },
        expect: { from: 'origin', stored: false, reasons: ['not-stored-personal'] },
      },
    ],
  }),
];

const UNORDERED: PolicyPatch = { key: { query: 'unordered' } };

const unordered = [
  told({
    id: 'policy-query-unordered',
    title: 'A policy may make nothing of the order of parameters',
    policy: UNORDERED,
    steps: [
      {
        request: { path: '/a?x=1&y=2' },
        origin: FRESH,
        expect: {
          from: 'origin',
          stored: true,
          upstream: { path: '/a?x=1&y=2' },
          notReasons: ['search-variance', 'search-variance-malformed'],
        },
      },
      {
        request: { path: '/a?y=2&x=1' },
        expect: {
          from: 'cache',
          outcome: 'hit',
          reasons: ['query-order-ignored'],
          notReasons: ['no-vary-search-match'],
          words: [/stored for the query "x=1&y=2"; this CDN takes "y=2&x=1" for the same/u],
        },
      },
      {
        request: { path: '/a?x=1&y=2' },
        expect: { from: 'cache', notReasons: ['query-order-ignored'] },
      },
      { request: { path: '/a?x=2&y=1' }, origin: FRESH, expect: { from: 'origin' } },
      { request: { path: '/a?x=1' }, origin: FRESH, expect: { from: 'origin' } },
    ],
  }),
  told({
    id: 'policy-query-unordered-values',
    title: 'The order of the values of one parameter counts',
    policy: UNORDERED,
    steps: [
      { request: { path: '/a?x=1&x=2' }, origin: FRESH, expect: { from: 'origin', stored: true } },
      { request: { path: '/a?x=2&x=1' }, origin: FRESH, expect: { from: 'origin' } },
    ],
  }),
  told({
    id: 'policy-query-unordered-purge',
    title: 'A purge reaches what its URL would be answered with, in whatever order it is written',
    policy: UNORDERED,
    steps: [
      { request: { path: '/a?x=1&y=2' }, origin: FRESH, expect: { from: 'origin', stored: true } },
      { purge: { path: '/a?y=2&x=1' } },
      { request: { path: '/a?x=1&y=2' }, origin: FRESH, expect: { from: 'origin' } },
    ],
  }),
  told({
    id: 'policy-query-unordered-own-field',
    title: 'What a response says of its query beside that does not count',
    policy: UNORDERED,
    steps: [
      {
        request: { path: '/a?x=1&y=2' },
        origin: { headers: { 'Cache-Control': 'max-age=60', 'No-Vary-Search': 'params=1' } },
        expect: {
          from: 'origin',
          stored: true,
          notReasons: ['search-variance', 'search-variance-malformed'],
        },
      },
      { request: { path: '/a?y=2' }, origin: FRESH, expect: { from: 'origin' } },
    ],
  }),
];

const withoutQuery = told({
  id: 'policy-query-none-refresh',
  title:
    'Where the query is no part of the key, what is asked in the background has that of the request',
  policy: { key: { query: 'none', noVarySearch: false } },
  steps: [
    {
      request: { path: '/a?x=1' },
      origin: { headers: { 'Cache-Control': 'max-age=60, stale-while-revalidate=60' } },
      expect: { from: 'origin', stored: true },
    },
    {
      at: 61,
      request: { path: '/a?x=2' },
      origin: FRESH,
      expect: { from: 'cache', outcome: 'updating', upstream: { requests: 1, path: '/a?x=2' } },
    },
  ],
});

export const policySilenceCases = defineCases([
  ...types,
  spread,
  ...unheard,
  ...expires,
  ...windows,
  ...unordered,
  withoutQuery,
]);
