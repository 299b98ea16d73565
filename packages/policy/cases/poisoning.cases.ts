import { defineCases } from '@poplet/conformance';
import type { Case, HeaderScript, OriginAnswer } from '@poplet/conformance';

const MINUTE: OriginAnswer = { headers: { 'Cache-Control': 'max-age=60' } };

/** The attacker's answer, which has a lifetime. */
const POISON: OriginAnswer = { ...MINUTE, body: 'poison' };

/** Names a field as ids may: `x-original-url`, `x-underscored-original-underscored-url`. */
function idOf(field: string): string {
  return field.toLowerCase().replaceAll('_', '-underscored-');
}

/** Fields by which frameworks let a request be about something else, and as CGI would spell one. */
const OVERRIDES = [
  ['X-HTTP-Method-Override', 'DELETE'],
  ['X-HTTP-Method', 'POST'],
  ['X-Method-Override', 'PUT'],
  ['X-Original-URL', '/admin'],
  ['X-Rewrite-URL', '/admin'],
  ['X-Original-URI', '/admin'],
  ['X-Forwarded-Uri', '/admin'],
  ['X-Forwarded-Path', '/admin'],
  ['X-Forwarded-Prefix', '//evil.test'],
  ['X-Host', 'evil.test'],
  ['X-Original-Host', 'evil.test'],
  ['X-HTTP-Host-Override', 'evil.test'],
  ['X_Original_URL', '/admin'],
  ['x_http_method-override', 'DELETE'],
] as const;

const overrides = defineCases([
  ...OVERRIDES.map(([field, value]): Case => ({
    id: `poisoning-override-${idOf(field)}`,
    title: `${field} is passed on, and its answer is nobody else’s`,
    kind: 'check',
    spec: ['Poplet', 'RFC 9111 §7.1'],
    steps: [
      {
        request: { headers: { [field]: value } },
        origin: POISON,
        expect: {
          from: 'origin',
          outcome: 'ineligible',
          stored: false,
          reasons: ['request-override'],
          words: [new RegExp(`^${field} may have the origin answer for another`, 'iu')],
          cacheStatus: { fwd: 'bypass' },
          upstream: { headers: { [field]: value }, path: '/', method: 'GET' },
        },
      },
      { request: {}, origin: MINUTE, expect: { from: 'origin', stored: true } },
      // Nor is it answered with what is stored.
      {
        request: { headers: { [field]: value } },
        origin: POISON,
        expect: { from: 'origin', stored: false, reasons: ['request-override'] },
      },
      { request: {}, expect: { from: 'cache', bodyOfStep: 2 } },
    ],
  })),
  {
    id: 'poisoning-override-head',
    title: 'The answer to a HEAD that asks for something else changes nothing that is stored',
    kind: 'check',
    spec: ['Poplet', 'RFC 9111 §4.3.5'],
    steps: [
      { request: {}, origin: MINUTE, expect: { from: 'origin', stored: true } },
      {
        request: { method: 'HEAD', headers: { 'X-Original-URL': '/gone' } },
        origin: { status: 404, headers: { 'Cache-Control': 'max-age=60', 'Content-Length': '3' } },
        expect: { from: 'origin', outcome: 'ineligible', upstream: { method: 'HEAD' } },
      },
      { request: {}, expect: { from: 'cache', bodyOfStep: 1 } },
    ],
  },
  {
    id: 'poisoning-override-post',
    title: 'A POST that asks for something else is not stored for later GETs',
    kind: 'check',
    spec: ['Poplet', 'RFC 9110 §9.3.3'],
    steps: [
      {
        request: { method: 'POST', headers: { 'X-HTTP-Method-Override': 'GET' }, body: 'a=1' },
        origin: {
          headers: { 'Cache-Control': 'max-age=60', 'Content-Location': '{edge}{path}/' },
          body: 'poison',
        },
        expect: {
          from: 'origin',
          outcome: 'ineligible',
          stored: false,
          reasons: ['unsafe-method', 'request-override'],
        },
      },
      { request: {}, origin: MINUTE, expect: { from: 'origin', reasons: ['nothing-stored'] } },
    ],
  },
  {
    id: 'poisoning-override-off',
    title: 'A policy may let such fields pass: then whoever asks first decides what all get',
    kind: 'check',
    spec: ['Poplet', 'RFC 9111 §7.1'],
    policy: { key: { overrideFields: [] } },
    steps: [
      {
        request: { headers: { 'X-Original-URL': '/admin' } },
        origin: POISON,
        expect: {
          from: 'origin',
          stored: true,
          upstream: { headers: { 'X-Original-URL': '/admin' } },
        },
      },
      { request: {}, expect: { from: 'cache', body: 'poison' } },
    ],
  },
]);

/** What proxies say of the client's connection: the edge says it itself. */
const SPOKEN_FOR: readonly (readonly [field: string, value: string, sent: string | null])[] = [
  ['X-Forwarded-Host', 'evil.test', '{edge-authority}'],
  ['X-Forwarded-Proto', 'nothttps', '{edge-scheme}'],
  ['X-Forwarded-Port', '1337', null],
  ['X-Forwarded-Scheme', 'nothttps', null],
  ['X-Forwarded-Protocol', 'https', null],
  ['X-Forwarded-Ssl', 'on', null],
  ['X-Forwarded-Server', 'evil.test', null],
  ['X-Url-Scheme', 'https', null],
  ['Front-End-Https', 'on', null],
  ['X_Forwarded_Host', 'evil.test', null],
  ['X_Forwarded-Proto', 'https', null],
  ['X_Forwarded_For', '127.0.0.1', null],
  ['X_Forwarded_Port', '1337', null],
  ['CDN_Loop', 'poplet', null],
  ['Content_Length', '99', null],
  ['Transfer_Encoding', 'chunked', null],
  ['If_None_Match', '"v1"', null],
];

const spokenFor = defineCases([
  ...SPOKEN_FOR.map(([field, value, sent]): Case => ({
    id: `poisoning-spoken-for-${idOf(field)}`,
    title: `${field} is the edge’s to say: what a client puts there reaches nobody`,
    kind: 'check',
    spec: ['Poplet', 'RFC 9111 §7.1'],
    steps: [
      {
        request: { headers: { [field]: value } },
        origin: MINUTE,
        expect: {
          from: 'origin',
          stored: true,
          upstream:
            sent === null ? { absent: [field.toLowerCase()] } : { headers: { [field]: sent } },
        },
      },
      { request: {}, expect: { from: 'cache', outcome: 'hit', bodyOfStep: 1 } },
    ],
  })),
  ...(
    [
      ['host-and-scheme', 'for=192.0.2.1;host=evil.test;proto=https', 'for=192.0.2.1, '],
      ['only-a-host', 'host=evil.test', ''],
      ['upper-case', 'HOST="evil.test";For="[2001:db8::1]:80"', 'For="[2001:db8::1]:80", '],
      ['two-members', 'for=a;host=x, by=_b;proto=y, host=z', 'for=a, by=_b, '],
      ['quoted-semicolon', 'for="a;host=evil.test"', ''],
      ['quoted-comma', 'for="a,host=evil.test;for=b"', ''],
      ['white-space', 'for = a; host=evil.test', ''],
      ['unclosed-quote', 'for="a;host=evil.test', ''],
      ['extension', 'for=a;secret=1', 'for=a, '],
      ['empty', '', ''],
    ] as const
  ).map(([id, value, kept]): Case => ({
    id: `poisoning-forwarded-${id}`,
    title: `Forwarded keeps who asked, not which host and scheme were asked for (${id})`,
    kind: 'check',
    spec: ['Poplet', 'RFC 9111 §7.1'],
    steps: [
      {
        request: { headers: { Forwarded: value } },
        origin: MINUTE,
        expect: {
          from: 'origin',
          stored: true,
          upstream: {
            headers: {
              Forwarded: `${kept}for=127.0.0.1;host="{edge-authority}";proto={edge-scheme}`,
            },
          },
        },
      },
    ],
  })),
]);

const unkeyed = defineCases([
  {
    id: 'poisoning-unknown-field',
    title: 'A field that nobody knows goes on, and selects nothing unless the origin says Vary',
    kind: 'check',
    spec: ['RFC 9111 §4.1', 'RFC 9111 §7.1'],
    steps: [
      {
        request: { headers: { 'X-Theme': 'evil' } },
        origin: { headers: { 'Cache-Control': 'max-age=60', Vary: 'X-Theme' }, body: 'poison' },
        expect: { from: 'origin', stored: true, upstream: { headers: { 'X-Theme': 'evil' } } },
      },
      {
        request: {},
        origin: MINUTE,
        expect: { from: 'origin', reasons: ['no-variant-matches'] },
      },
    ],
  },
  {
    id: 'poisoning-hop-by-hop',
    title: 'A field that Connection takes away is not what its answer is found by',
    kind: 'required',
    spec: ['RFC 9110 §7.6.1', 'RFC 9111 §4.1'],
    steps: [
      {
        request: { headers: { 'Accept-Language': 'de', Connection: 'Accept-Language' } },
        origin: {
          headers: { 'Cache-Control': 'max-age=60', Vary: 'Accept-Language' },
          body: 'for who did not say',
        },
        expect: { from: 'origin', stored: true, upstream: { absent: ['accept-language'] } },
      },
      {
        request: { headers: { 'Accept-Language': 'de' } },
        origin: { headers: { 'Cache-Control': 'max-age=60', Vary: 'Accept-Language' }, body: 'de' },
        expect: { from: 'origin', body: 'de' },
      },
      { request: {}, expect: { from: 'cache', bodyOfStep: 1 } },
    ],
  },
  {
    id: 'poisoning-cookie-lines',
    title: 'Two lines of Cookie are one as servers join them, with a semicolon',
    kind: 'check',
    spec: ['RFC 9111 §4.1'],
    steps: [
      {
        request: { headers: { Cookie: ['a=1', 'b=2'] } },
        origin: { headers: { 'Cache-Control': 'max-age=60', Vary: 'Cookie' } },
        expect: { from: 'origin', stored: true },
      },
      {
        request: { headers: { Cookie: 'a=1, b=2' } },
        origin: { headers: { 'Cache-Control': 'max-age=60', Vary: 'Cookie' } },
        expect: { from: 'origin', reasons: ['no-variant-matches'] },
      },
      { request: { headers: { Cookie: 'a=1; b=2' } }, expect: { from: 'cache', bodyOfStep: 1 } },
    ],
  },
  ...(
    [
      ['content', { method: 'GET', body: 'page=evil' }],
      ['head', { method: 'HEAD', body: 'page=evil' }],
      ['override', { method: 'GET', body: 'x', headers: { 'X-HTTP-Method-Override': 'POST' } }],
    ] as const
  ).map(([id, request]): Case => ({
    id: `poisoning-fat-${id}`,
    title: `What a ${request.method} with content is answered is nobody else’s (${id})`,
    kind: 'check',
    spec: ['RFC 9110 §9.3.1', 'RFC 9111 §7.1'],
    steps: [
      {
        request,
        origin: POISON,
        expect: {
          from: 'origin',
          outcome: 'ineligible',
          stored: false,
          reasons: ['request-content'],
          upstream: { method: request.method, body: request.body },
        },
      },
      { request: {}, origin: MINUTE, expect: { from: 'origin', stored: true } },
      { request, origin: POISON, expect: { from: 'origin', stored: false } },
      { request: {}, expect: { from: 'cache', bodyOfStep: 2 } },
    ],
  })),
]);

const hosts = defineCases([
  ...(
    [
      ['port', 'shop.test:8080'],
      ['dot', 'shop.test.'],
      ['other', 'evil.test'],
      ['percent', 'shop%2etest'],
      ['name-in-name', 'shop.test.evil.test'],
    ] as const
  ).map(([id, host]): Case => ({
    id: `poisoning-host-${id}`,
    title: `Another Host is another key, however like the first it is (${id})`,
    kind: 'check',
    spec: ['RFC 9111 §2', 'RFC 9110 §4.2.3'],
    steps: [
      {
        request: { host },
        origin: POISON,
        expect: {
          from: 'origin',
          stored: true,
          upstream: { headers: { 'X-Forwarded-Host': host } },
        },
      },
      {
        request: { host: 'shop.test' },
        origin: MINUTE,
        expect: { from: 'origin', reasons: ['nothing-stored'] },
      },
    ],
  })),
  {
    id: 'poisoning-host-case',
    title: 'The case of a Host is no difference, and the origin does not see it',
    kind: 'required',
    spec: ['RFC 9110 §4.2.3'],
    steps: [
      {
        request: { host: 'ShOp.TeSt:0{edge-default-port}' },
        origin: MINUTE,
        expect: {
          from: 'origin',
          stored: true,
          upstream: { headers: { 'X-Forwarded-Host': 'shop.test' } },
        },
      },
      { request: { host: 'shop.test' }, expect: { from: 'cache', bodyOfStep: 1 } },
    ],
  },
]);

/** Header sections that are more than some servers take. */
const LARGE: readonly (readonly [id: string, what: string, headers: HeaderScript])[] = [
  ['bytes', 'a field of 9,000 bytes', { 'X-Oversized': 'a'.repeat(9000) }],
  [
    'fields',
    '101 fields',
    Array.from({ length: 101 }, (_, index) => [`X-Field-${index}`, '1'] as const),
  ],
];

const errors = defineCases([
  ...LARGE.flatMap(([id, what, headers]) => [
    ...[400, 404, 413, 500].map((status): Case => ({
      id: `poisoning-cpdos-${id}-${status}`,
      title: `A ${status} to a request with ${what} may be about that: it is not stored`,
      kind: 'check',
      spec: ['Poplet', 'RFC 9111 §7.1'],
      steps: [
        {
          request: { headers },
          origin: { status, ...MINUTE },
          expect: {
            from: 'origin',
            outcome: 'bypass',
            stored: false,
            reasons: ['not-stored-large-request'],
            words: [new RegExp(`^not stored: this ${status} may be about the size`, 'u')],
          },
        },
        { request: {}, origin: MINUTE, expect: { from: 'origin', stored: true } },
        // What is stored already is served to it all the same.
        { request: { headers }, expect: { from: 'cache', bodyOfStep: 2 } },
      ],
    })),
    {
      id: `poisoning-cpdos-${id}-answered`,
      title: `What is no error is stored, although the request had ${what}`,
      kind: 'check',
      spec: ['RFC 9111 §3'],
      steps: [
        { request: { headers }, origin: MINUTE, expect: { from: 'origin', stored: true } },
        { request: {}, expect: { from: 'cache' } },
      ],
    } as const satisfies Case,
    {
      id: `poisoning-cpdos-${id}-stale`,
      title: `An error to a request with ${what} does not take the place of what is stored`,
      kind: 'check',
      spec: ['Poplet', 'RFC 9111 §7.1'],
      steps: [
        {
          request: {},
          origin: { headers: { 'Cache-Control': 'max-age=60', ETag: '"v1"' } },
          expect: { from: 'origin', stored: true },
        },
        {
          at: 100,
          request: { headers },
          origin: { status: 400, ...MINUTE },
          expect: { from: 'origin', status: 400, stored: false },
        },
        { request: {}, origin: { status: 304 }, expect: { from: 'validated', bodyOfStep: 1 } },
      ],
    } as const satisfies Case,
  ]),
  {
    id: 'poisoning-cpdos-ordinary',
    title: 'An error with a lifetime is stored where nothing about the request explains it',
    kind: 'check',
    spec: ['RFC 9111 §3', 'RFC 9111 §7.1'],
    steps: [
      {
        request: { headers: { 'X-Long': 'a'.repeat(7000) } },
        origin: { status: 400, ...MINUTE },
        expect: { from: 'origin', stored: true },
      },
      { request: {}, expect: { from: 'cache', status: 400 } },
    ],
  },
]);

/** Queries that one server reads as another one: under a No-Vary-Search that ignores `utm`. */
const CLOAKED: readonly (readonly [id: string, path: string])[] = [
  ['semicolon', '/?q=1&utm=x;q=2'],
  ['semicolon-first', '/?utm=x;q=2&q=1'],
  ['semicolon-name', '/?q=1&utm;q=2=x'],
  ['twice', '/?q=1&q=2&utm=x'],
  ['brackets', '/?q=1&q[]=2'],
  ['case', '/?q=1&Q=2'],
  ['dot', '/?q=1&.q=2'],
  ['encoded-ampersand', '/?q=1%26q=2'],
  ['encoded-name', '/?q=1&%71=2'],
  ['second-question-mark', '/?q=1&utm=x?q=2&q=2'],
];

const cloaking = defineCases([
  ...CLOAKED.map(([id, path]): Case => ({
    id: `poisoning-cloaked-${id}`,
    title: `A parameter that counts cannot be hidden beside one that does not (${id})`,
    kind: 'check',
    spec: ['Poplet', 'No-Vary-Search §Equivalence'],
    steps: [
      {
        request: { path },
        origin: {
          headers: { 'Cache-Control': 'max-age=60', 'No-Vary-Search': 'params=("utm")' },
          body: 'poison',
        },
        expect: { from: 'origin', stored: true },
      },
      {
        request: { path: '/?q=1' },
        origin: { headers: { 'Cache-Control': 'max-age=60', 'No-Vary-Search': 'params=("utm")' } },
        expect: { from: 'origin', stored: true },
      },
      { request: { path: '/?q=1&utm=y' }, expect: { from: 'cache', bodyOfStep: 2 } },
      { request: { path }, expect: { from: 'cache', bodyOfStep: 1 } },
    ],
  })),
  ...(
    [
      ['semicolon', '/?a=1;b=2', '/?a=1&b=2'],
      ['order', '/?a=1&b=2', '/?b=2&a=1'],
      ['twice', '/?a=1&a=2', '/?a=2&a=1'],
      ['empty', '/?', '/'],
      ['fragment', '/?a=1%23', '/?a=1'],
      ['nul', '/?a=1%00', '/?a=1'],
      ['line-end', '/?a=1%0d%0a', '/?a=1'],
      ['plus', '/?a=1+2', '/?a=1%202'],
      ['encoded', '/?a=%31', '/?a=1'],
      ['utm', '/?a=1&utm_source=x', '/?a=1'],
    ] as const
  ).map(([id, one, other]): Case => ({
    id: `poisoning-query-${id}`,
    title: `Without No-Vary-Search all of the query is in the key, to the letter (${id})`,
    kind: 'check',
    spec: ['RFC 9111 §2', 'RFC 9111 §7.1'],
    steps: [
      { request: { path: one }, origin: POISON, expect: { from: 'origin', stored: true } },
      {
        request: { path: other },
        origin: MINUTE,
        expect: { from: 'origin', reasons: ['nothing-stored'] },
      },
      { request: { path: one }, expect: { from: 'cache', bodyOfStep: 1 } },
    ],
  })),
]);

/** In these the edge tells the origin who asks, so that no field of a request says what the origin was sent. */
const whoAsks = defineCases([
  ...['X-Forwarded-For', 'Forwarded', 'Accept, x_forwarded_for'].map((vary, index): Case => ({
    id: `poisoning-vary-who-asks-${index + 1}`,
    title: `What varies by who asks (Vary: ${vary}) is for nobody else`,
    kind: 'check',
    spec: ['RFC 9111 §4.1', 'RFC 9111 §7.1'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60', Vary: vary }, body: 'for the first' },
        expect: { from: 'origin', stored: false, reasons: ['not-stored-vary-star'] },
      },
      { request: {}, origin: MINUTE, expect: { from: 'origin', stored: true } },
    ],
  })),
  {
    id: 'poisoning-vary-who-asks-304',
    title: 'A 304 that varies it by who asks takes what is stored away',
    kind: 'check',
    spec: ['RFC 9111 §4.1', 'RFC 9111 §3.2'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=1', ETag: '"v1"' } },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 5,
        request: {},
        origin: [
          { status: 304, headers: { ETag: '"v1"', Vary: 'X-Forwarded-For' } },
          { headers: { 'Cache-Control': 'max-age=60', Vary: 'X-Forwarded-For' }, body: 'new' },
        ],
        expect: { from: 'origin', body: 'new', stored: false, upstream: { requests: 2 } },
      },
      { at: 5, request: {}, origin: MINUTE, expect: { from: 'origin', stored: true } },
    ],
  },
]);

/** What one client asks for never decides what another one gets, unless the origin says so. */
export const poisoningCases = [
  ...overrides,
  ...spokenFor,
  ...whoAsks,
  ...unkeyed,
  ...hosts,
  ...errors,
  ...cloaking,
];
