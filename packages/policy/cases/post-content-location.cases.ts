import { defineCases } from '@poplet/conformance';
import type { Case, ExchangeStep, HeaderScript, RequestScript, Step } from '@poplet/conformance';

const FRESH = { 'Cache-Control': 'max-age=60', 'Content-Location': '{path}/' };

/** The answer to a POST on `/` that stands for it. */
function posted(headers: HeaderScript = FRESH, request: RequestScript = {}): ExchangeStep {
  return {
    request: { method: 'POST', body: 'x=1', ...request },
    origin: { headers },
    expect: {
      from: 'origin',
      outcome: 'ineligible',
      stored: true,
      reasons: ['unsafe-method', 'invalidated', 'stored'],
      notReasons: ['nothing-stored'],
      cacheStatus: { fwd: 'method', 'fwd-status': 200, stored: true },
    },
  };
}

const NEXT: readonly Step[] = [
  { request: {}, origin: {}, expect: { from: 'origin', reasons: ['nothing-stored'] } },
];

const representing: Case[] = ['POST', 'PATCH'].map((method) => ({
  id: `post-content-location-${method.toLowerCase()}`,
  title: `The answer to a ${method} that is the new state of its target answers later GETs and HEADs`,
  kind: 'optimal',
  spec: [method === 'PATCH' ? 'RFC 5789 §2' : 'RFC 9110 §9.3.3', 'RFC 9110 §8.7', 'RFC 9111 §3'],
  steps: [
    posted(FRESH, { method }),
    { at: 5, request: {}, expect: { from: 'cache', outcome: 'hit', headers: { Age: '5' } } },
    {
      at: 6,
      request: { method: 'HEAD' },
      expect: { from: 'cache', outcome: 'hit', headers: { Age: '6' } },
    },
    {
      at: 7,
      request: { headers: { Range: 'bytes=0-3' } },
      expect: { from: 'cache', status: 206, body: 'post' },
    },
    { at: 61, request: {}, origin: {}, expect: { from: 'origin', reasons: ['stale'] } },
  ],
}));

const others: Case[] = ['PUT', 'DELETE', 'PROPPATCH', 'M-SEARCH', 'QUERY', 'OPTIONS'].map(
  (method) => ({
    id: `post-content-location-not-${method.toLowerCase()}`,
    title: `The answer to ${method} never answers a GET, whatever its Content-Location`,
    kind: 'required',
    spec: ['RFC 9111 §3', 'RFC 9110 §9.3.4'],
    steps: [
      {
        request: { method, body: 'x=1' },
        origin: { headers: FRESH },
        expect: { from: 'origin', outcome: 'ineligible', stored: false, notReasons: ['stored'] },
      },
      ...NEXT,
    ],
  }),
);

const spellings: Case[] = (
  [
    ['absolute', '{edge}{path}/', true, 'the target URI in absolute form'],
    ['relative', '.', true, 'a reference that resolves to the target URI'],
    ['query-only', '?', false, 'an empty query, which is another URI'],
    ['other-path', '{path}/other', false, 'another URI'],
    ['other-case', '{path}/A', false, 'another path'],
    ['other-query', '{path}/?a=1', false, 'another query'],
    ['other-origin', 'http://elsewhere.test{path}/', false, 'the path on another origin'],
    ['fragment', '{path}/#top', false, 'a reference with a fragment, which it cannot have'],
    ['malformed', 'http://[', false, 'no URI'],
    ['two-lines', ['{path}/', '{path}/'], false, 'two values, which it cannot have'],
  ] as const
).map(([id, value, isStored, title]) => ({
  id: `post-content-location-${id}`,
  title: `${isStored ? 'Stored' : 'Not stored'} where Content-Location is ${title}`,
  kind: isStored ? 'optimal' : 'required',
  spec: ['RFC 9110 §9.3.3', 'RFC 9110 §8.7'],
  steps: [
    {
      ...posted({ 'Cache-Control': 'max-age=60', 'Content-Location': value }),
      expect: { from: 'origin', outcome: 'ineligible', stored: isStored },
    },
    ...(isStored ? [{ request: {}, expect: { from: 'cache', outcome: 'hit' } } as const] : NEXT),
  ],
}));

/** What the answer says, and why it is not stored. */
const lifetimes: Case[] = (
  [
    ['nothing', {}, 'no lifetime at all'],
    ['last-modified', { 'Last-Modified': '{now-864000}' }, 'a date to guess from'],
    ['public', { 'Cache-Control': 'public', 'Last-Modified': '{now-864000}' }, 'public alone'],
    ['etag', { ETag: '"v1"' }, 'a validator alone'],
    ['malformed', { 'Cache-Control': 'max-age=abc', ETag: '"v1"' }, 'a max-age that is no number'],
    [
      's-maxage-malformed',
      { 'Cache-Control': 'max-age=60, s-maxage=-1', ETag: '"v1"' },
      'an s-maxage that is no number',
    ],
  ] as const
).map(([id, headers, title]) => ({
  id: `post-content-location-lifetime-${id}`,
  title: `Not stored without explicit freshness: ${title}`,
  kind: 'required',
  spec: ['RFC 9110 §9.3.3'],
  steps: [
    {
      ...posted({ 'Content-Location': '{path}/', ...headers }),
      expect: {
        from: 'origin',
        stored: false,
        reasons: ['unsafe-method', 'invalidated', 'not-stored-no-explicit-lifetime'],
        cacheStatus: { fwd: 'method', stored: null },
      },
    },
    ...NEXT,
  ],
}));

const explicit: Case[] = (
  [
    ['s-maxage', { 'Cache-Control': 's-maxage=60' }],
    ['expires', { Expires: '{now+60}' }],
    ['cdn-cache-control', { 'CDN-Cache-Control': 'max-age=60', 'Cache-Control': 'no-store' }],
  ] as const
).map(([id, headers]) => ({
  id: `post-content-location-lifetime-${id}`,
  title: `Explicit freshness may come from ${id}`,
  kind: 'optimal',
  spec: ['RFC 9110 §9.3.3', 'RFC 9111 §4.2.1'],
  steps: [
    posted({ 'Content-Location': '{path}/', ...headers }),
    { at: 59, request: {}, expect: { from: 'cache', outcome: 'hit' } },
    { at: 61, request: {}, origin: {}, expect: { from: 'origin', reasons: ['stale'] } },
  ],
}));

/** What the rules of storing refuse for a GET they refuse for a POST. */
const refused: Case[] = (
  [
    ['no-store', {}, { 'Cache-Control': 'no-store, max-age=60' }, 'RFC 9111 §5.2.2.5'],
    ['private', {}, { 'Cache-Control': 'private, max-age=60' }, 'RFC 9111 §5.2.2.7'],
    ['vary-star', {}, { 'Cache-Control': 'max-age=60', Vary: '*' }, 'RFC 9111 §4.1'],
    [
      'request-no-store',
      { 'Cache-Control': 'no-store' },
      { 'Cache-Control': 'max-age=60' },
      'RFC 9111 §5.2.1.5',
    ],
    [
      'authorization',
      { Authorization: 'Basic YTpi' },
      { 'Cache-Control': 'max-age=60' },
      'RFC 9111 §3.5',
    ],
    [
      'cookie-max-age-0',
      { Cookie: 'sid=ada' },
      { 'Cache-Control': 'max-age=0', ETag: 'W/"v1"' },
      'RFC 9111 §4.2.2',
    ],
  ] as const
).map(([id, request, headers, clause]) => ({
  id: `post-content-location-refused-${id}`,
  title: `What may not be stored of a GET may not be of a POST: ${id}`,
  kind: 'required',
  spec: [clause, 'RFC 9110 §9.3.3'],
  steps: [
    {
      ...posted({ 'Content-Location': '{path}/', ...headers }, { headers: request }),
      expect: { from: 'origin', outcome: 'ineligible', stored: false },
    },
    ...NEXT,
  ],
}));

const statuses: Case[] = [201, 202, 203, 204, 206, 301, 303, 404, 500].map((status) => ({
  id: `post-content-location-status-${status}`,
  title: `A ${status} to a POST is not what a GET would bring: it is not stored`,
  kind: 'check',
  spec: ['RFC 9110 §8.7', 'RFC 9110 §9.3.3'],
  steps: [
    {
      ...posted(),
      origin: { status, headers: FRESH },
      expect: { from: 'origin', outcome: 'ineligible', stored: false },
    },
    ...NEXT,
  ],
}));

export const postContentLocationCases = defineCases([
  ...representing,
  ...others,
  ...spellings,
  ...lifetimes,
  ...explicit,
  ...refused,
  ...statuses,
  {
    id: 'post-content-location-replaces',
    title: 'It invalidates what was stored before, and takes its place',
    kind: 'required',
    spec: ['RFC 9111 §4.4', 'RFC 9110 §9.3.3'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=3600', ETag: '"v1"' } },
        expect: { from: 'origin', stored: true },
      },
      posted(),
      { request: {}, expect: { from: 'cache', outcome: 'hit', bodyOfStep: 2 } },
      {
        at: 61,
        request: {},
        origin: {},
        expect: { from: 'origin', upstream: { absent: ['if-none-match'] } },
      },
    ],
  },
  {
    id: 'post-content-location-again',
    title: 'Each POST is written through; the last one counts',
    kind: 'required',
    spec: ['RFC 9111 §4', 'RFC 9110 §9.3.3'],
    steps: [
      posted(),
      posted(),
      { request: {}, expect: { from: 'cache', outcome: 'hit', bodyOfStep: 2 } },
      {
        ...posted({ 'Content-Location': '{path}/' }),
        expect: { from: 'origin', stored: false },
      },
      ...NEXT,
    ],
  },
  {
    id: 'post-content-location-patch-again',
    title: 'Nor does it answer a PATCH, or a POST after a PATCH',
    kind: 'required',
    spec: ['RFC 5789 §2', 'RFC 9111 §4', 'RFC 9110 §9.3.3'],
    steps: [
      posted(FRESH, { method: 'PATCH' }),
      posted(FRESH, { method: 'PATCH' }),
      posted(FRESH),
      posted(FRESH, { method: 'PATCH' }),
      { request: {}, expect: { from: 'cache', outcome: 'hit', bodyOfStep: 4 } },
    ],
  },
  {
    id: 'post-content-location-validated',
    title: 'Its validator is asked with when it is stale',
    kind: 'optimal',
    spec: ['RFC 9110 §9.3.3', 'RFC 9111 §4.3.1'],
    steps: [
      posted({ ...FRESH, ETag: '"v2"' }),
      {
        at: 61,
        request: {},
        origin: { status: 304 },
        expect: { from: 'validated', upstream: { headers: { 'If-None-Match': '"v2"' } } },
      },
      { at: 62, request: {}, expect: { from: 'cache', outcome: 'hit' } },
    ],
  },
  {
    id: 'post-content-location-lifetime-0',
    title:
      'A lifetime of 0 is explicit too: with a validator it is stored, and checked at each use',
    kind: 'optimal',
    spec: ['RFC 9110 §9.3.3', 'RFC 9111 §4.2.1'],
    steps: [
      {
        ...posted({ 'Content-Location': '{path}/', 'Cache-Control': 'max-age=0', ETag: '"v2"' }),
        expect: { from: 'origin', stored: true, reasons: ['stored-for-validation'] },
      },
      { request: {}, origin: { status: 304 }, expect: { from: 'validated' } },
    ],
  },
  {
    id: 'post-content-location-vary',
    title: 'Vary nominates fields of the POST: GETs that differ in them are another variant',
    kind: 'required',
    spec: ['RFC 9111 §4.1', 'RFC 9110 §9.3.3'],
    steps: [
      posted({ ...FRESH, Vary: 'X-Kind' }, { headers: { 'X-Kind': 'a' } }),
      {
        request: { headers: { 'X-Kind': 'b' } },
        origin: {},
        expect: { from: 'origin', reasons: ['no-variant-matches'] },
      },
      {
        request: { headers: { 'X-Kind': 'a' } },
        expect: { from: 'cache', outcome: 'hit', bodyOfStep: 1 },
      },
    ],
  },
  {
    id: 'post-content-location-authorization-public',
    title: 'public opens the answer to a POST with Authorization as it does that to a GET',
    kind: 'optimal',
    spec: ['RFC 9111 §3.5', 'RFC 9110 §9.3.3'],
    steps: [
      posted(
        { 'Content-Location': '{path}/', 'Cache-Control': 'public, max-age=60' },
        { headers: { Authorization: 'Basic YTpi' } },
      ),
      { request: {}, expect: { from: 'cache', outcome: 'hit' } },
    ],
  },
  {
    id: 'post-content-location-cut-off',
    title: 'A body that ends early is not stored, and what was stored before stays invalid',
    kind: 'required',
    spec: ['RFC 9111 §3.3', 'RFC 9111 §4.4'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=3600' } },
        expect: { from: 'origin', stored: true },
      },
      {
        ...posted(),
        origin: { headers: FRESH, body: '0123456789', cutOffAfterBytes: 4 },
        expect: { from: 'origin', stored: false, cutOff: true },
      },
      ...NEXT,
    ],
  },
  ...(
    [
      ['hard', { path: '/' }],
      ['soft', { path: '/', soft: true }],
      ['everything', { everything: true }],
    ] as const
  ).map(([id, purge]): Case => ({
    id: `post-content-location-purged-${id}`,
    title: `A purge while the POST is answered wins over it (${id})`,
    kind: 'check',
    spec: ['Poplet', 'RFC 9110 §9.3.3'],
    steps: [
      {
        ...posted(),
        origin: { headers: FRESH, purge },
        expect: { from: 'origin', stored: false },
      },
      ...NEXT,
    ],
  })),
  {
    id: 'post-content-location-purged-other',
    title: 'A purge of something else while the POST is answered does not',
    kind: 'check',
    spec: ['Poplet', 'RFC 9110 §9.3.3'],
    steps: [
      {
        ...posted(),
        origin: { headers: FRESH, purge: { path: '/other' } },
        expect: { from: 'origin', stored: true },
      },
      { request: {}, expect: { from: 'cache', outcome: 'hit' } },
    ],
  },
  {
    id: 'post-content-location-own-group',
    title: 'An answer that belongs to the group it invalidates is the new member, not an old one',
    kind: 'optimal',
    spec: ['RFC 9875 §3', 'RFC 9110 §9.3.3'],
    steps: [
      {
        request: { path: '/other' },
        origin: { headers: { 'Cache-Control': 'max-age=60', 'Cache-Groups': '"news"' } },
        expect: { from: 'origin', stored: true },
      },
      posted({ ...FRESH, 'Cache-Groups': '"news"', 'Cache-Group-Invalidation': '"news"' }),
      { request: {}, expect: { from: 'cache', outcome: 'hit', bodyOfStep: 2 } },
      { request: { path: '/other' }, origin: {}, expect: { from: 'origin' } },
      {
        request: { method: 'DELETE', path: '/other' },
        origin: { status: 204, headers: { 'Cache-Group-Invalidation': '"news"' } },
        expect: { from: 'origin' },
      },
      ...NEXT,
    ],
  },
  {
    id: 'post-content-location-while-bypassed',
    title: 'While the operator has the cache switched off, it invalidates and is not stored',
    kind: 'check',
    spec: ['Poplet', 'RFC 9111 §4.4'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=3600' } },
        expect: { from: 'origin', stored: true },
      },
      { bypass: true },
      {
        ...posted(),
        expect: {
          from: 'origin',
          outcome: 'pass',
          stored: false,
          reasons: ['operator-bypass', 'invalidated'],
          cacheStatus: { fwd: 'bypass' },
        },
      },
      { bypass: false },
      ...NEXT,
    ],
  },
  {
    id: 'post-content-location-upgrade-declined',
    title: 'A POST whose wish to switch protocols is declined invalidates, and is not stored',
    kind: 'required',
    spec: ['RFC 9111 §4.4', 'RFC 9110 §7.8'],
    runs: {
      only: 'pure',
      because: 'the client sends every POST with content, and that is never tunnelled',
    },
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=3600' } },
        expect: { from: 'origin', stored: true },
      },
      {
        request: { method: 'POST', headers: { Connection: 'Upgrade', Upgrade: 'websocket' } },
        origin: { headers: FRESH },
        expect: {
          from: 'origin',
          outcome: 'ineligible',
          stored: false,
          reasons: ['protocol-upgrade', 'invalidated'],
        },
      },
      ...NEXT,
    ],
  },
]);
