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
      // RFC 9110 §15.3.6: it has no content.
      ...(status === 205 ? { body: '' } : {}),
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

function onHost(host: string, step: ExchangeStep): ExchangeStep {
  return { ...step, request: { ...step.request, host } };
}

/** M-SEARCH and PROPPATCH stand for methods that this cache knows nothing about. */
const UNSAFE = ['POST', 'PUT', 'DELETE', 'PATCH', 'PROPPATCH', 'M-SEARCH'];

/** Beside GET and HEAD: those of RFC 9110, and those that are registered as safe (RFC 9110 §16.1.1). */
const SAFE = ['OPTIONS', 'TRACE', 'PROPFIND', 'REPORT', 'SEARCH', 'QUERY'];

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
  ...(
    [200, 201, 202, 203, 204, 205, 207, 299, 300, 301, 302, 303, 304, 307, 308, 399] as const
  ).map((status): Case => ({
    id: `invalidation-status-${status}`,
    title: `A ${status} to a POST is a non-error status: it invalidates`,
    kind: 'required',
    spec: ['RFC 9111 §4.4'],
    steps: [
      stored(),
      status === 304
        ? { ...unsafe('POST', status), origin: { status, unasked304: true } }
        : unsafe('POST', status),
      gone(),
    ],
  })),
  ...(
    [400, 401, 403, 404, 405, 409, 410, 412, 422, 499, 500, 501, 502, 503, 504, 599] as const
  ).map((status): Case => ({
    id: `invalidation-failed-${status}`,
    title: `A ${status} to a POST changed nothing: what is stored stays`,
    kind: 'optimal',
    spec: ['RFC 9111 §4.4'],
    steps: [stored(), unsafe('POST', status), untouched()],
  })),
  ...(
    [
      ['disconnected', 'refused', 502, 'reaches nobody'],
      ['reset', 'reset', 502, 'gets no answer'],
      ['malformed', 'malformed', 502, 'is answered with something that is not HTTP'],
      ['timeout', 'timeout', 504, 'gets no answer in time'],
    ] as const
  ).map(([id, fault, status, title]): Case => ({
    id: `invalidation-${id}`,
    title: `A POST that ${title} is a ${status} of the edge, and invalidates nothing: no non-error status came`,
    kind: 'required',
    spec: ['RFC 9111 §4', 'RFC 9111 §4.4'],
    steps: [
      stored(),
      {
        request: { method: 'POST', body: 'x=1' },
        origin: { fault },
        expect: {
          from: 'edge',
          status,
          outcome: 'error',
          reasons: ['unsafe-method', 'upstream-failure'],
          notReasons: ['invalidated'],
        },
      },
      untouched(),
    ],
  })),
  ...SAFE.map((method): Case => ({
    id: `invalidation-safe-${method.toLowerCase()}`,
    title: `A safe method invalidates nothing: ${method}`,
    kind: 'optimal',
    spec: ['RFC 9111 §4.4', 'RFC 9110 §9.2.1'],
    steps: [
      stored(),
      stored('/other'),
      {
        request: { method },
        origin: { headers: { Allow: 'GET', Location: '{path}/other' } },
        expect: {
          from: 'origin',
          outcome: 'ineligible',
          stored: false,
          reasons: ['method-not-cached'],
          notReasons: ['unsafe-method', 'invalidated'],
        },
      },
      untouched(),
      untouched('/other', 2),
    ],
  })),
  {
    id: 'invalidation-safe-head',
    title: 'A safe method invalidates nothing: HEAD',
    kind: 'optimal',
    spec: ['RFC 9111 §4.4', 'RFC 9110 §9.2.1'],
    steps: [
      stored(),
      { request: { method: 'HEAD' }, expect: { from: 'cache', outcome: 'hit' } },
      untouched(),
    ],
  },
  {
    id: 'invalidation-safe-get-with-location',
    title: 'Nor does a GET, whatever Location and Content-Location it is answered with',
    kind: 'required',
    spec: ['RFC 9111 §4.4', 'RFC 9110 §9.2.1'],
    steps: [
      stored('/other'),
      {
        request: {},
        origin: {
          status: 302,
          headers: { Location: '{path}/other', 'Content-Location': '{path}/other' },
        },
        expect: { from: 'origin', notReasons: ['invalidated'] },
      },
      untouched('/other', 1),
    ],
  },
  {
    id: 'invalidation-while-bypassed',
    title:
      'While the operator has the cache switched off, what changes is made invalid all the same',
    kind: 'required',
    spec: ['RFC 9111 §4.4', 'Poplet'],
    steps: [
      stored(),
      stored('/other'),
      { bypass: true },
      {
        request: { method: 'POST', body: 'x=1' },
        origin: { status: 201, headers: { Location: '{path}/other' } },
        expect: { from: 'origin', outcome: 'pass', reasons: ['operator-bypass', 'invalidated'] },
      },
      { bypass: false },
      gone(),
      gone('/other'),
    ],
  },
  {
    id: 'invalidation-upgrade-declined',
    title: 'An unsafe request whose wish to switch protocols is declined invalidates as any other',
    kind: 'required',
    spec: ['RFC 9111 §4.4', 'RFC 9110 §7.8'],
    steps: [
      stored(),
      {
        request: { method: 'DELETE', headers: { Connection: 'Upgrade', Upgrade: 'websocket' } },
        origin: { status: 204 },
        expect: { from: 'origin', reasons: ['protocol-upgrade', 'invalidated'] },
      },
      gone(),
    ],
  },
  {
    id: 'invalidation-nothing-stored',
    title: 'Where nothing is stored there is nothing to make invalid, and the request goes through',
    kind: 'required',
    spec: ['RFC 9111 §4', 'RFC 9111 §4.4'],
    steps: [unsafe('POST', 200), stored(), untouched('/', 2)],
  },
  {
    id: 'invalidation-stale',
    title: 'What is stale is made invalid too: it stands in for no error any more',
    kind: 'required',
    spec: ['RFC 9111 §4.4'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=10, stale-if-error=600' } },
        expect: { from: 'origin', stored: true },
      },
      { ...unsafe('POST', 200), at: 20 },
      {
        request: {},
        origin: { status: 503 },
        expect: { from: 'origin', status: 503, notReasons: ['stale-if-error'] },
      },
    ],
  },
  {
    id: 'invalidation-not-confirmed-again',
    title: 'A 304 to a later question cannot bring back what was made invalid',
    kind: 'required',
    spec: ['RFC 9111 §4.4'],
    steps: [
      stored(),
      unsafe('PUT', 204),
      {
        request: { headers: { 'If-None-Match': '"v1"' } },
        origin: { headers: { 'Cache-Control': 'max-age=60', ETag: '"v2"' } },
        expect: { from: 'origin', upstream: { absent: ['if-none-match'] } },
      },
    ],
  },
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
  ['location-dot-segments', 'Location', './x/../other', true, 'Location with dot segments'],
  ['location-upstream', 'Location', '{upstream}{path}/other', true, 'Location at the upstream'],
  ['content-location', 'Content-Location', '{path}/other', true, 'Content-Location'],
  ['content-location-relative', 'Content-Location', 'other', true, 'Content-Location, relative'],
  [
    'content-location-fragment',
    'Content-Location',
    'other#there',
    true,
    'Content-Location with a fragment',
  ],
  ['location-query', 'Location', '{path}/other?a=1', false, 'Location with another query'],
  ['location-other-case', 'Location', '{path}/Other', false, 'Location with another path'],
  ['location-empty', 'Location', '', false, 'An empty Location, which is the target'],
  [
    'location-other-port',
    'Location',
    'http://edge.test:81{path}/other',
    false,
    'Location on another port',
  ],
  [
    'location-subdomain',
    'Location',
    'http://www.edge.test{path}/other',
    false,
    'Location on a subdomain',
  ],
  ['location-https', 'Location', 'https://edge.test{path}/other', false, 'Location under https'],
  [
    'location-scheme-relative',
    'Location',
    '//elsewhere.test{path}/other',
    false,
    'Location on another host, without scheme',
  ],
  ['location-data', 'Location', 'data:text/plain,other', false, 'Location without an origin'],
  [
    'content-location-malformed',
    'Content-Location',
    'http://[',
    false,
    'Content-Location that is no URI',
  ],
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
  spec: [
    'RFC 9111 §4.4',
    'RFC 9110 §4.3.1',
    field === 'Location' ? 'RFC 9110 §10.2.2' : 'RFC 9110 §8.7',
  ],
  steps: [
    stored('/other'),
    stored('/bystander'),
    unsafe('POST', 201, { [field]: value }),
    isGone ? gone('/other') : untouched('/other', 1),
    untouched('/bystander', 2),
  ],
}));

const several = defineCases([
  {
    id: 'invalidation-location-and-content-location',
    title: 'Location and Content-Location are both made invalid, beside the target',
    kind: 'optimal',
    spec: ['RFC 9111 §4.4'],
    steps: [
      stored('/'),
      stored('/one'),
      stored('/two'),
      stored('/bystander'),
      unsafe('POST', 201, { Location: '{path}/one', 'Content-Location': '{path}/two' }),
      gone('/'),
      gone('/one'),
      gone('/two'),
      untouched('/bystander', 4),
    ],
  },
  {
    id: 'invalidation-location-lines',
    title: 'Of several Location lines, which nobody should send, each counts by itself',
    kind: 'check',
    spec: ['RFC 9111 §4.4'],
    steps: [
      stored('/one'),
      stored('/two'),
      unsafe('POST', 201, { Location: ['{path}/one', '{path}/two'] }),
      gone('/one'),
      gone('/two'),
    ],
  },
  ...[404, 500].map((status): Case => ({
    id: `invalidation-location-failed-${status}`,
    title: `A ${status} makes nothing invalid, Location or not`,
    kind: 'optimal',
    spec: ['RFC 9111 §4.4'],
    steps: [
      stored('/'),
      stored('/other'),
      unsafe('POST', status, { Location: '{path}/other', 'Content-Location': '{path}/other' }),
      untouched('/', 1),
      untouched('/other', 2),
    ],
  })),
  {
    id: 'invalidation-location-default-port',
    title: 'A URI that writes the default port out is of the same origin',
    kind: 'optimal',
    spec: ['RFC 9111 §4.4', 'RFC 9110 §4.2.3'],
    steps: [
      onHost('one.test', stored('/other')),
      onHost(
        'one.test',
        unsafe('POST', 201, {
          Location: '{edge-scheme}://one.test:{edge-default-port}{path}/other',
        }),
      ),
      onHost('one.test', gone('/other')),
    ],
  },
  {
    id: 'invalidation-location-host-case',
    title: 'So is one that writes the host in another case, as is a request that does',
    kind: 'optimal',
    spec: ['RFC 9111 §4.4', 'RFC 9110 §4.2.3'],
    steps: [
      onHost('one.test', stored('/other')),
      onHost(
        'ONE.test',
        unsafe('POST', 201, { Location: '{edge-scheme-upper}://One.Test{path}/other' }),
      ),
      onHost('one.test', gone('/other')),
    ],
  },
  ...(
    [
      ['host', 'two.test', 'http://two.test{path}/other', 'another host'],
      ['port', 'one.test:81', 'http://one.test:81{path}/other', 'another port'],
      ['subdomain', 'www.one.test', 'http://www.one.test{path}/other', 'a subdomain'],
    ] as const
  ).map(([id, host, uri, title]): Case => ({
    id: `invalidation-stored-on-other-${id}`,
    title: `What is stored on ${title} is not touched, be it the same path or named by the answer`,
    kind: 'required',
    spec: ['RFC 9111 §4.4', 'RFC 9110 §4.3.1'],
    steps: [
      onHost(host, stored('/')),
      onHost(host, stored('/other')),
      onHost('one.test', unsafe('POST', 201, { Location: uri, 'Content-Location': uri })),
      onHost(host, untouched('/', 1)),
      onHost(host, untouched('/other', 2)),
    ],
  })),
]);

export const invalidationCases = [...defineCases([...methods, ...references]), ...several];
