import { defineCases } from '@poplet/conformance';
import type { Case } from '@poplet/conformance';

export const methodCases = defineCases([
  ...(['OPTIONS', 'TRACE'] as const).map((method): Case => ({
    id: `methods-${method.toLowerCase()}`,
    title: `${method} is safe, but no cache answers it`,
    kind: 'required',
    spec: ['RFC 9111 §3', 'RFC 9110 §9.2.3', 'RFC 9110 §9.3.7', 'RFC 9110 §9.3.8'],
    steps: [
      {
        request: { method },
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: {
          from: 'origin',
          outcome: 'ineligible',
          stored: false,
          reasons: ['method-not-cached'],
          cacheStatus: { fwd: 'method' },
          upstream: { method },
        },
      },
      {
        request: { method },
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'origin', outcome: 'ineligible' },
      },
    ],
  })),
  {
    id: 'methods-post-not-stored',
    title: 'The answer to a POST does not answer a later GET',
    kind: 'required',
    spec: ['RFC 9110 §9.3.3', 'RFC 9111 §3', 'RFC 9111 §2'],
    steps: [
      {
        request: { method: 'POST', body: 'x=1' },
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: {
          from: 'origin',
          outcome: 'ineligible',
          stored: false,
          cacheStatus: { fwd: 'method' },
        },
      },
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'origin', outcome: 'miss' },
      },
    ],
  },
  {
    id: 'methods-post-written-through',
    title: 'A POST is never answered from the store, not even with only-if-cached',
    kind: 'required',
    spec: ['RFC 9111 §4', 'RFC 9110 §9.3.3'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'origin' },
      },
      {
        request: { method: 'POST', headers: { 'Cache-Control': 'only-if-cached' } },
        origin: { status: 200 },
        expect: { from: 'origin', outcome: 'ineligible' },
      },
    ],
  },
  {
    id: 'methods-lower-case-get',
    title: 'Methods are case-sensitive: get is not GET',
    kind: 'check',
    spec: ['RFC 9110 §9.1'],
    runs: {
      only: 'pure',
      because: 'node:http, at the edge as in the client, knows methods in upper case only',
    },
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'origin' },
      },
      { request: { method: 'get' }, origin: {}, expect: { from: 'origin', outcome: 'ineligible' } },
    ],
  },
  {
    id: 'methods-get-with-content',
    title: 'A GET with content is passed on: its meaning is not in the URI',
    kind: 'check',
    spec: ['RFC 9110 §9.3.1'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'origin' },
      },
      {
        request: { body: 'query', headers: { 'Content-Type': 'text/plain' } },
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: {
          from: 'origin',
          outcome: 'ineligible',
          stored: false,
          reasons: ['request-content'],
          cacheStatus: { fwd: 'bypass', hit: null, stored: null },
          upstream: { method: 'GET', body: 'query' },
        },
      },
      { request: {}, expect: { from: 'cache', outcome: 'hit', bodyOfStep: 1 } },
    ],
  },
  {
    id: 'methods-upgrade',
    title: 'A request to switch protocols goes through, whatever is stored',
    kind: 'required',
    spec: ['RFC 9110 §7.8'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'origin' },
      },
      {
        request: { headers: { Connection: 'keep-alive, Upgrade', Upgrade: 'websocket' } },
        origin: { status: 101, headers: { Connection: 'Upgrade', Upgrade: 'websocket' } },
        expect: {
          from: 'origin',
          status: 101,
          body: '',
          outcome: 'ineligible',
          stored: false,
          reasons: ['protocol-upgrade'],
        },
      },
      { request: {}, expect: { from: 'cache', outcome: 'hit', bodyOfStep: 1 } },
    ],
  },
  {
    id: 'methods-upgrade-declined',
    title: 'A server that does not switch answers as usual, and its answer is not stored',
    kind: 'required',
    spec: ['RFC 9110 §7.8'],
    steps: [
      {
        request: { headers: { Connection: 'Upgrade', Upgrade: 'websocket' } },
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: {
          from: 'origin',
          outcome: 'ineligible',
          stored: false,
          reasons: ['protocol-upgrade'],
        },
      },
    ],
  },
  {
    id: 'methods-upgrade-not-meant',
    title: 'Upgrade without Connection: upgrade is left over from another hop and means nothing',
    kind: 'required',
    spec: ['RFC 9110 §7.8', 'RFC 9110 §7.6.1'],
    steps: [
      {
        request: { headers: { Upgrade: 'websocket' } },
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'origin', stored: true, upstream: { absent: ['upgrade'] } },
      },
      {
        request: { headers: { Upgrade: 'websocket', Connection: 'keep-alive' } },
        expect: { from: 'cache', outcome: 'hit' },
      },
    ],
  },
  {
    id: 'methods-upgrade-to-nothing',
    title: 'Connection: upgrade without Upgrade asks for no protocol: an ordinary request',
    kind: 'check',
    spec: ['RFC 9110 §7.8'],
    steps: [
      {
        request: { headers: { Connection: 'Upgrade' } },
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'origin', outcome: 'miss', stored: true },
      },
    ],
  },
  {
    id: 'methods-bypass',
    title: 'While the operator has the cache switched off, nothing is looked up and nothing stored',
    kind: 'check',
    spec: ['Poplet'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'origin', stored: true },
      },
      { bypass: true },
      {
        request: { headers: { Range: 'bytes=0-1', 'If-None-Match': '"v1"' } },
        origin: { headers: { 'Cache-Control': 'max-age=60', ETag: '"v1"' } },
        expect: {
          from: 'origin',
          // As it came: the origin saw the client's own condition and range.
          status: 200,
          outcome: 'pass',
          stored: false,
          reasons: ['operator-bypass'],
          cacheStatus: { fwd: 'bypass' },
        },
      },
      { bypass: false },
      { request: {}, expect: { from: 'cache', outcome: 'hit', bodyOfStep: 1 } },
    ],
  },
  {
    id: 'methods-bypass-failure',
    title: 'Switched off, the edge has nothing to fall back on: a failing origin is a 502',
    kind: 'check',
    spec: ['Poplet', 'RFC 9110 §15.6.3'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'origin', stored: true },
      },
      { bypass: true },
      {
        request: {},
        origin: { fault: 'reset' },
        expect: { from: 'edge', status: 502, outcome: 'error' },
      },
      { bypass: false },
    ],
  },
  {
    id: 'methods-event-stream',
    title: 'Who asks for an event stream waits for nobody and is asked for as is',
    kind: 'check',
    spec: ['Poplet'],
    steps: [
      {
        request: { headers: { Accept: 'text/event-stream' } },
        origin: { headers: { 'Content-Type': 'text/event-stream' }, body: 'data: 1\n\n' },
        expect: { from: 'origin', stored: false, reasons: ['not-collapsible'] },
      },
    ],
  },
  {
    id: 'methods-do-not-collapse-mark',
    title: 'An answer that could not be shared leaves a mark; the next storable one clears it',
    kind: 'check',
    spec: ['Poplet', 'RFC 9111 §4'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'private' } },
        expect: { from: 'origin', stored: false, notReasons: ['do-not-collapse'] },
      },
      {
        at: 60,
        request: {},
        origin: { headers: { 'Cache-Control': 'private' } },
        expect: { from: 'origin', reasons: ['do-not-collapse'] },
      },
      {
        at: 100,
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=10' } },
        expect: { from: 'origin', stored: true, reasons: ['do-not-collapse', 'stored'] },
      },
      {
        at: 111,
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=10' } },
        expect: { from: 'origin', notReasons: ['do-not-collapse'] },
      },
    ],
  },
  {
    id: 'methods-do-not-collapse-expires',
    title:
      'The mark is forgotten two minutes after it was set, and what it lets through does not renew it',
    kind: 'check',
    spec: ['Poplet'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'private' } },
        expect: { from: 'origin' },
      },
      {
        at: 119,
        request: {},
        origin: { headers: { 'Cache-Control': 'private' } },
        expect: { from: 'origin', reasons: ['do-not-collapse'] },
      },
      {
        at: 121,
        request: {},
        origin: { headers: { 'Cache-Control': 'private' } },
        expect: { from: 'origin', notReasons: ['do-not-collapse'] },
      },
    ],
  },
  ...(
    [
      ['no-store', { 'Cache-Control': 'no-store' }, 'asked that nothing be stored'],
      ['reload', { 'Cache-Control': 'no-cache' }, 'demanded an answer of its own'],
      ['event-stream', { Accept: 'text/event-stream' }, 'asked for an event stream'],
      ['precondition', { 'If-Match': '"v1"' }, 'set a condition for the origin server'],
    ] as const
  ).map(([id, headers, title]): Case => ({
    id: `methods-do-not-collapse-not-by-${id}`,
    title: `No mark is left by a request that nobody would have waited for: it ${title}`,
    kind: 'check',
    spec: ['Poplet'],
    steps: [
      {
        request: { headers },
        origin: { headers: { 'Cache-Control': 'private' } },
        expect: { from: 'origin', stored: false },
      },
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'origin', notReasons: ['do-not-collapse'] },
      },
    ],
  })),
  ...(
    [
      ['5xx', {}, { status: 500 }, 'a server in trouble'],
      ['503-no-store', {}, { status: 503, headers: { 'Cache-Control': 'no-store' } }, 'a 503'],
      [
        'authorization',
        { Authorization: 'Basic YTpi' },
        { headers: { 'Cache-Control': 'max-age=60' } },
        'an answer to Authorization',
      ],
      ['429', {}, { status: 429, headers: { 'Cache-Control': 'max-age=60' } }, 'a 429'],
    ] as const
  ).map(([id, headers, origin, what]): Case => ({
    id: `methods-do-not-collapse-not-after-${id}`,
    title: `No mark is left by what says nothing of the next answer: ${what}`,
    kind: 'check',
    spec: ['Poplet'],
    steps: [
      { request: { headers }, origin, expect: { from: 'origin', stored: false } },
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'origin', stored: true, notReasons: ['do-not-collapse'] },
      },
    ],
  })),
  {
    id: 'methods-do-not-collapse-not-by-never-fresh',
    title:
      'A response that is never fresh leaves no mark: what is stored says that nobody need wait',
    kind: 'check',
    spec: ['Poplet', 'RFC 9111 §4'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=0', ETag: '"v1"' } },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 1,
        request: {},
        origin: { status: 304 },
        expect: { from: 'validated', notReasons: ['do-not-collapse'] },
      },
    ],
  },
  ...(
    [
      ['no-cache', 'no-cache, max-age=600'],
      ['lifetime-0', 'max-age=0'],
    ] as const
  ).map(([id, directives]): Case => ({
    id: `methods-do-not-collapse-not-by-validation-${id}`,
    title: `Validation of what each client must have validated for itself leaves no mark (${id})`,
    kind: 'check',
    spec: ['Poplet', 'RFC 9111 §4'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': directives, ETag: '"v1"' } },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 119,
        request: {},
        origin: { status: 304 },
        expect: { from: 'validated', notReasons: ['do-not-collapse'] },
      },
      {
        at: 121,
        request: {},
        origin: { status: 304 },
        expect: { from: 'validated', notReasons: ['do-not-collapse'] },
      },
      {
        at: 122,
        request: {},
        origin: { status: 304 },
        expect: { from: 'validated', notReasons: ['do-not-collapse'] },
      },
    ],
  })),
  {
    id: 'methods-do-not-collapse-stale',
    title: 'The mark leaves validation as it is',
    kind: 'check',
    spec: ['Poplet', 'RFC 9111 §4.3'],
    steps: [
      {
        request: { headers: { 'X-Kind': 'a' } },
        origin: { headers: { 'Cache-Control': 'max-age=10', Vary: 'X-Kind', ETag: '"v1"' } },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 20,
        request: { headers: { 'X-Kind': 'b' } },
        origin: { headers: { 'Cache-Control': 'private', Vary: 'X-Kind', ETag: '"b"' } },
        expect: { from: 'origin', stored: false },
      },
      {
        at: 21,
        request: { headers: { 'X-Kind': 'a' } },
        origin: { status: 304 },
        expect: {
          from: 'validated',
          bodyOfStep: 1,
          reasons: ['do-not-collapse'],
          upstream: { headers: { 'If-None-Match': '"v1"' } },
        },
      },
    ],
  },
]);
