import { defineCases } from '@poplet/conformance';
import type { Case, ExchangeStep, HeaderScript } from '@poplet/conformance';

function stored(path = '/'): ExchangeStep {
  return {
    request: { path },
    origin: { headers: { 'Cache-Control': 'max-age=3600', ETag: '"v1"' } },
    expect: { from: 'origin', stored: true },
  };
}

function unsafe(method: string, status: number, headers: HeaderScript = {}): ExchangeStep {
  return {
    request: { method, body: 'x=1' },
    origin: { status, headers },
    expect: {
      from: 'origin',
      status,
      outcome: 'ineligible',
      stored: false,
      reasons: ['unsafe-method'],
      upstream: { method, body: 'x=1' },
    },
  };
}

/** Gone from the store: asked for whole. */
function gone(path = '/'): ExchangeStep {
  return {
    request: { path },
    origin: { headers: { 'Cache-Control': 'max-age=3600' } },
    expect: {
      from: 'origin',
      outcome: 'miss',
      reasons: ['nothing-stored'],
      upstream: { absent: ['if-none-match'] },
    },
  };
}

function untouched(path = '/', bodyOfStep = 1): ExchangeStep {
  return { request: { path }, expect: { from: 'cache', outcome: 'hit', bodyOfStep } };
}

/** M-SEARCH and PROPPATCH stand for methods that this cache knows nothing about. */
const UNSAFE = ['POST', 'PUT', 'DELETE', 'PATCH', 'PROPPATCH', 'M-SEARCH'];

const methods: Case[] = [
  ...UNSAFE.map((method): Case => ({
    id: `invalidation-${method.toLowerCase()}`,
    title: `A successful ${method} makes what was stored for the URI invalid`,
    kind: 'required',
    spec: ['RFC 9111 §4.4', 'RFC 9111 §4'],
    steps: [
      stored(),
      {
        ...unsafe(method, 200),
        expect: {
          from: 'origin',
          outcome: 'ineligible',
          reasons: ['unsafe-method', 'invalidated'],
        },
      },
      gone(),
    ],
  })),
  ...([201, 204, 299, 301, 303, 307] as const).map((status): Case => ({
    id: `invalidation-status-${status}`,
    title: `A ${status} to a POST is a non-error status: it invalidates`,
    kind: 'required',
    spec: ['RFC 9111 §4.4'],
    steps: [stored(), unsafe('POST', status), gone()],
  })),
  ...([400, 404, 409, 500, 503] as const).map((status): Case => ({
    id: `invalidation-failed-${status}`,
    title: `A ${status} to a POST changed nothing: what is stored stays`,
    kind: 'optimal',
    spec: ['RFC 9111 §4.4'],
    steps: [stored(), unsafe('POST', status), untouched()],
  })),
  {
    id: 'invalidation-disconnected',
    title: 'A POST that reaches nobody is a 502 and invalidates nothing',
    kind: 'required',
    spec: ['RFC 9111 §4', 'RFC 9111 §4.4'],
    steps: [
      stored(),
      {
        request: { method: 'POST', body: 'x=1' },
        origin: { fault: 'reset' },
        expect: {
          from: 'edge',
          status: 502,
          outcome: 'error',
          reasons: ['unsafe-method', 'upstream-failure'],
        },
      },
      untouched(),
    ],
  },
  ...(['OPTIONS', 'HEAD'] as const).map((method): Case => ({
    id: `invalidation-safe-${method.toLowerCase()}`,
    title: `A safe method invalidates nothing: ${method}`,
    kind: 'optimal',
    spec: ['RFC 9111 §4.4', 'RFC 9110 §9.2.1'],
    steps: [
      stored(),
      method === 'HEAD'
        ? { request: { method }, expect: { from: 'cache', outcome: 'hit' } }
        : {
            request: { method },
            origin: { headers: { Allow: 'GET' } },
            expect: { from: 'origin', outcome: 'ineligible', reasons: ['method-not-cached'] },
          },
      untouched(),
    ],
  })),
  {
    id: 'invalidation-all-variants',
    title: 'All variants of the URI become invalid',
    kind: 'required',
    spec: ['RFC 9111 §4.4'],
    steps: [
      {
        request: { headers: { 'X-Kind': 'a' } },
        origin: { headers: { 'Cache-Control': 'max-age=3600', Vary: 'X-Kind' } },
        expect: { from: 'origin', stored: true },
      },
      {
        request: { headers: { 'X-Kind': 'b' } },
        origin: { headers: { 'Cache-Control': 'max-age=3600', Vary: 'X-Kind' } },
        expect: { from: 'origin', stored: true },
      },
      unsafe('PUT', 204),
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
  {
    id: 'invalidation-own-query-only',
    title: 'Another query is another URI: untouched',
    kind: 'optimal',
    spec: ['RFC 9111 §4.4'],
    steps: [stored('/?a=1'), unsafe('POST', 200), untouched('/?a=1')],
  },
];

/** Fields of the answer to a POST on `/`, and what becomes of `/other`. */
const REFERENCES: readonly (readonly [
  id: string,
  field: string,
  value: string,
  isGone: boolean,
  title: string,
])[] = [
  ['location-path', 'Location', '{path}/other', true, 'Location with a path'],
  ['location-relative', 'Location', 'other', true, 'Location relative to the target'],
  ['location-absolute', 'Location', '{edge}{path}/other', true, 'Location on the same origin'],
  ['location-fragment', 'Location', '{path}/other#there', true, 'Location with a fragment'],
  ['content-location', 'Content-Location', '{path}/other', true, 'Content-Location'],
  [
    'location-other-origin',
    'Location',
    'http://elsewhere.test{path}/other',
    false,
    'Location on another origin',
  ],
  [
    'location-other-scheme',
    'Location',
    'ftp://edge.test{path}/other',
    false,
    'Location with another scheme',
  ],
  [
    'content-location-other-origin',
    'Content-Location',
    'http://elsewhere.test{path}/other',
    false,
    'Content-Location on another origin',
  ],
  ['location-malformed', 'Location', 'http://[', false, 'Location that is no URI'],
];

const references = REFERENCES.map(([id, field, value, isGone, title]): Case => ({
  id: `invalidation-${id}`,
  title: `${title}: ${isGone ? 'made invalid as well' : 'not touched'}`,
  kind: isGone ? 'optimal' : 'required',
  spec: ['RFC 9111 §4.4'],
  steps: [
    stored('/other'),
    stored('/bystander'),
    unsafe('POST', 201, { [field]: value }),
    isGone ? gone('/other') : untouched('/other', 1),
    untouched('/bystander', 2),
  ],
}));

export const invalidationCases = defineCases([...methods, ...references]);
