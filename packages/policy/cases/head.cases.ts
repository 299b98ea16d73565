import { defineCases } from '@poplet/conformance';
import type {
  Case,
  Expectation,
  ExchangeStep,
  HeaderScript,
  OriginAnswer,
  Step,
} from '@poplet/conformance';

const AS_HEAD = { fill: { headAsGet: false } };

/** What is stored for GET: twelve bytes. */
function got(headers: HeaderScript, request: ExchangeStep['request'] = {}): ExchangeStep {
  return {
    request,
    origin: { headers, body: 'twelve bytes' },
    expect: { from: 'origin', stored: true },
  };
}

/** A HEAD that goes upstream as such; the body that the origin would send gives its Content-Length. */
function headed(
  origin: OriginAnswer,
  expect: Omit<Expectation, 'from' | 'body'>,
  { at = 61, headers = {} }: { readonly at?: number; readonly headers?: HeaderScript } = {},
): ExchangeStep {
  return {
    at,
    request: { method: 'HEAD', headers },
    origin,
    expect: { from: 'origin', body: '', upstream: { method: 'HEAD' }, ...expect },
  };
}

const MINUTE = { 'Cache-Control': 'max-age=60' };
const LATER = 'Mon, 01 Jan 2024 00:00:00 GMT';
const EARLIER = 'Sun, 01 Jan 2023 00:00:00 GMT';

/** Stored fields, fields of the HEAD, its body, and in what they differ. */
const COMPARED: readonly (readonly [
  id: string,
  stored: Readonly<Record<string, string>>,
  head: Readonly<Record<string, string>>,
  differsIn: string | null,
])[] = [
  ['same-etag', { ETag: '"v1"' }, { ETag: '"v1"' }, null],
  ['same-weak-etag', { ETag: 'W/"v1"' }, { ETag: 'W/"v1"' }, null],
  ['same-last-modified', { 'Last-Modified': EARLIER }, { 'Last-Modified': EARLIER }, null],
  ['same-length', {}, { 'Content-Length': '12' }, null],
  ['without-validators', { ETag: '"v1"', 'Last-Modified': EARLIER }, {}, null],
  ['other-etag', { ETag: '"v1"' }, { ETag: '"v2"' }, 'ETag'],
  ['weak-for-strong-etag', { ETag: '"v1"' }, { ETag: 'W/"v1"' }, 'ETag'],
  ['new-etag', { 'Last-Modified': EARLIER }, { ETag: '"v1"' }, 'ETag'],
  [
    'other-last-modified',
    { 'Last-Modified': EARLIER },
    { 'Last-Modified': LATER },
    'Last-Modified',
  ],
  ['new-last-modified', { ETag: '"v1"' }, { 'Last-Modified': LATER }, 'Last-Modified'],
  [
    'malformed-last-modified',
    { 'Last-Modified': EARLIER },
    { 'Last-Modified': 'yesterday' },
    'Last-Modified',
  ],
  [
    'etag-same-last-modified-other',
    { ETag: '"v1"', 'Last-Modified': EARLIER },
    { ETag: '"v1"', 'Last-Modified': LATER },
    'Last-Modified',
  ],
  ['other-length', { ETag: '"v1"' }, { ETag: '"v1"', 'Content-Length': '13' }, 'Content-Length'],
];

const compared: Case[] = COMPARED.map(([id, stored, head, differsIn]) => ({
  id: `head-freshens-${id}`,
  title:
    differsIn === null
      ? `The answer to a HEAD agrees with what is stored for GET, and updates it: ${id}`
      : `The answer to a HEAD differs in ${differsIn}: what is stored for GET is stale (${id})`,
  kind: 'optimal',
  spec: ['RFC 9111 §4.3.5', 'RFC 9110 §9.3.2'],
  policy: AS_HEAD,
  steps: [
    got({ 'Cache-Control': 'max-age=3600', ...stored, 'X-Said-By': 'GET' }),
    // Whoever demands validation has the HEAD sent; it is answered 200, not 304.
    headed(
      {
        headers: { 'Cache-Control': 'max-age=60', ...head, 'X-Said-By': 'HEAD' },
        ...('Content-Length' in head ? {} : { chunked: true }),
      },
      {
        outcome: 'bypass',
        stored: differsIn === null,
        reasons: ['not-stored-method', differsIn === null ? 'head-confirms' : 'head-differs'],
        words: [
          differsIn === null
            ? /takes over its fields: fresh for 60 s$/u
            : new RegExp(`differs from what is stored for GET \\(${differsIn}\\)`, 'u'),
        ],
        headers: { 'X-Said-By': 'HEAD' },
      },
      { at: 100, headers: { 'Cache-Control': 'no-cache' } },
    ),
    ...(differsIn === null
      ? [
          {
            at: 159,
            request: {},
            expect: {
              from: 'cache',
              outcome: 'hit',
              body: 'twelve bytes',
              headers: { Age: '59', 'X-Said-By': 'HEAD', 'Cache-Control': 'max-age=60' },
            },
          } as const,
          {
            at: 161,
            request: {},
            origin: {},
            expect: { from: 'origin', reasons: ['stale'] },
          } as const,
        ]
      : [
          {
            at: 100,
            request: {},
            origin: {},
            expect: {
              from: 'origin',
              reasons: ['stale'],
              words: [/^stale: age 100 s, lifetime 0 s \(head\)$/u],
            },
          } as const,
        ]),
  ],
}));

/** Other statuses than 200, and whether what is stored for GET is stale after them. */
const STATUSES: readonly (readonly [status: number, isStale: boolean])[] = [
  [204, true],
  [301, true],
  [404, true],
  [410, true],
  [400, false],
  [401, false],
  [403, false],
  [405, false],
  [412, false],
  [429, false],
  [500, false],
  [503, false],
];

const byStatus: Case[] = STATUSES.map(([status, isStale]) => ({
  id: `head-answered-${status}`,
  title: `A HEAD that is answered ${status} ${isStale ? 'shows that what is stored for GET is outdated' : 'tells nothing of what is stored for GET'}`,
  kind: 'check',
  spec: ['RFC 9111 §4.3.5', 'RFC 9110 §9.3.2'],
  policy: AS_HEAD,
  steps: [
    got({ 'Cache-Control': 'max-age=3600' }),
    headed(
      { status, headers: { 'Cache-Control': 'max-age=60' } },
      { status, stored: false, [isStale ? 'reasons' : 'notReasons']: ['head-differs'] },
      { at: 10, headers: { 'Cache-Control': 'no-cache' } },
    ),
    isStale
      ? { request: {}, origin: {}, expect: { from: 'origin', reasons: ['stale'] } }
      : {
          request: {},
          expect: { from: 'cache', outcome: 'hit', bodyOfStep: 1, headers: { Age: '10' } },
        },
  ],
}));

const NO_CACHE = { at: 10, headers: { 'Cache-Control': 'no-cache' } };

const freshening = defineCases([
  ...compared,
  ...byStatus,
  {
    id: 'head-freshens-no-store-request',
    title:
      'What a HEAD with no-store brings is not stored in parts either; that it differs is noted',
    kind: 'required',
    spec: ['RFC 9111 §5.2.1.5', 'RFC 9111 §4.3.5'],
    steps: [
      got({ 'Cache-Control': 'max-age=60', ETag: '"v1"', 'X-Said-By': 'GET' }),
      headed(
        {
          headers: { 'Cache-Control': 'max-age=600', ETag: '"v1"', 'X-Said-By': 'HEAD' },
          chunked: true,
        },
        { stored: false, reasons: ['request-no-store'], notReasons: ['head-confirms'] },
        { at: 61, headers: { 'Cache-Control': 'no-store' } },
      ),
      {
        at: 61,
        request: {},
        origin: { status: 304 },
        expect: { from: 'validated', headers: { 'X-Said-By': 'GET' }, bodyOfStep: 1 },
      },
      headed(
        { headers: { 'Cache-Control': 'max-age=600', ETag: '"v2"' } },
        { stored: false, reasons: ['head-differs'] },
        { at: 62, headers: { 'Cache-Control': 'no-store, no-cache' } },
      ),
      { at: 62, request: {}, origin: {}, expect: { from: 'origin', reasons: ['stale'] } },
    ],
  },
  {
    id: 'head-freshens-authorization',
    title: 'What a HEAD with Authorization brings updates nothing without leave to share it',
    kind: 'required',
    spec: ['RFC 9111 §3.5', 'RFC 9111 §4.3.5'],
    policy: AS_HEAD,
    steps: [
      got({ 'Cache-Control': 'max-age=60', ETag: '"v1"', 'X-User': 'nobody' }),
      headed(
        {
          headers: { 'Cache-Control': 'max-age=600', ETag: '"v1"', 'X-User': 'ada' },
          chunked: true,
        },
        { stored: false, reasons: ['not-stored-authorization'], notReasons: ['head-confirms'] },
        { at: 10, headers: { 'Cache-Control': 'no-cache', Authorization: 'Basic YTpi' } },
      ),
      {
        at: 11,
        request: {},
        expect: { from: 'cache', bodyOfStep: 1, headers: { Age: '11', 'X-User': 'nobody' } },
      },
      headed(
        {
          headers: { 'Cache-Control': 'public, max-age=600', ETag: '"v1"', 'X-User': 'all' },
          chunked: true,
        },
        { stored: true, reasons: ['head-confirms'] },
        { at: 20, headers: { 'Cache-Control': 'no-cache', Authorization: 'Basic YTpi' } },
      ),
      {
        at: 619,
        request: {},
        expect: { from: 'cache', headers: { Age: '599', 'X-User': 'all' }, bodyOfStep: 1 },
      },
    ],
  },
  ...(
    [
      ['no-store', 'no-store', 'not-stored-no-store'],
      ['private', 'private, max-age=600', 'not-stored-private'],
    ] as const
  ).map(([id, directives, why]): Case => ({
    id: `head-freshens-${id}`,
    title: `A HEAD that says ${id} of what is stored for GET ends its being stored`,
    kind: 'required',
    spec: ['RFC 9111 §4.3.5', 'RFC 9111 §3.2', 'RFC 9111 §3'],
    policy: AS_HEAD,
    steps: [
      got({ 'Cache-Control': 'max-age=3600', ETag: '"v1"' }),
      headed(
        { headers: { 'Cache-Control': directives, ETag: '"v1"' }, chunked: true },
        { stored: false, reasons: [why], notReasons: ['head-confirms', 'head-differs'] },
        NO_CACHE,
      ),
      {
        request: {},
        origin: {},
        expect: {
          from: 'origin',
          reasons: ['nothing-stored'],
          upstream: { absent: ['if-none-match'] },
        },
      },
    ],
  })),
  {
    id: 'head-freshens-personal',
    title:
      'One visitor’s answer is confirmed by a strong tag only, and never shared by a HEAD that has none',
    kind: 'check',
    spec: ['RFC 9111 §4.3.5', 'RFC 9110 §8.8.1', 'Poplet'],
    policy: AS_HEAD,
    steps: [
      got({ 'Cache-Control': 'no-cache', ETag: '"ada"' }, { headers: { Cookie: 'sid=ada' } }),
      headed(
        { headers: { 'Cache-Control': 'max-age=600' }, chunked: true },
        { stored: false, reasons: ['head-differs'], notReasons: ['head-confirms'] },
        { at: 10, headers: { Cookie: 'sid=bob' } },
      ),
      {
        at: 11,
        request: { headers: { Cookie: 'sid=bob' } },
        origin: { headers: { 'Cache-Control': 'no-cache', ETag: '"bob"' } },
        expect: { from: 'origin' },
      },
    ],
  },
  {
    id: 'head-freshens-personal-shared',
    title:
      'Where a HEAD with its strong tag says that it is for all, one visitor’s answer is shared',
    kind: 'check',
    spec: ['RFC 9111 §4.3.5', 'RFC 9110 §8.8.1', 'Poplet'],
    policy: AS_HEAD,
    steps: [
      got({ 'Cache-Control': 'no-cache', ETag: '"ada"' }, { headers: { Cookie: 'sid=ada' } }),
      headed(
        { headers: { 'Cache-Control': 'max-age=600', ETag: '"ada"' }, chunked: true },
        { stored: true, reasons: ['head-confirms'] },
        { at: 10, headers: { Cookie: 'sid=bob' } },
      ),
      { at: 11, request: {}, expect: { from: 'cache', outcome: 'hit', bodyOfStep: 1 } },
    ],
  },
  {
    id: 'head-freshens-variants',
    title: 'Only the variant that the HEAD selects is compared; the others stay as they are',
    kind: 'required',
    spec: ['RFC 9111 §4.3.5', 'RFC 9111 §4.1'],
    policy: AS_HEAD,
    steps: [
      ...['a', 'b'].map((kind): Step => ({
        request: { headers: { 'X-Kind': kind } },
        origin: { headers: { 'Cache-Control': 'max-age=3600', Vary: 'X-Kind', ETag: `"${kind}"` } },
        expect: { from: 'origin', stored: true },
      })),
      headed(
        { headers: { 'Cache-Control': 'max-age=60', Vary: 'X-Kind', ETag: '"a2"' } },
        { reasons: ['head-differs'] },
        { at: 10, headers: { 'Cache-Control': 'no-cache', 'X-Kind': 'a' } },
      ),
      {
        request: { headers: { 'X-Kind': 'b' } },
        expect: { from: 'cache', outcome: 'hit', bodyOfStep: 2 },
      },
      {
        request: { headers: { 'X-Kind': 'a' } },
        origin: { headers: { Vary: 'X-Kind' } },
        expect: { from: 'origin', reasons: ['stale'] },
      },
    ],
  },
  {
    id: 'head-freshens-soft-purged',
    title: 'A soft purge ends with a validation, which a HEAD without validators is none of',
    kind: 'check',
    spec: ['RFC 9111 §4.3.5', 'Poplet'],
    steps: [
      got({ ...MINUTE, ETag: '"v1"' }),
      { at: 1, purge: { path: '/', soft: true } },
      headed(
        { headers: MINUTE, chunked: true },
        { stored: false, reasons: ['head-proves-nothing'], notReasons: ['head-confirms'] },
        { at: 2, headers: { 'If-Match': '*' } },
      ),
      {
        at: 3,
        request: {},
        origin: { status: 304 },
        expect: { from: 'validated', reasons: ['soft-purged'], bodyOfStep: 1 },
      },
      { at: 4, purge: { path: '/', soft: true } },
      headed(
        { headers: { ...MINUTE, ETag: '"v1"' }, chunked: true },
        { stored: true, reasons: ['head-confirms'] },
        { at: 5, headers: { 'If-Match': '*' } },
      ),
      { at: 6, request: {}, expect: { from: 'cache', outcome: 'hit', bodyOfStep: 1 } },
    ],
  },
  {
    id: 'head-freshens-no-vary-search',
    title: 'A HEAD by whose variance the stored response is for another query does not freshen it',
    kind: 'required',
    spec: ['RFC 9111 §4.3.5', 'RFC 9111 §4', 'No-Vary-Search §Equivalence'],
    policy: AS_HEAD,
    steps: [
      got({ ...MINUTE, 'No-Vary-Search': 'params=("a")' }, { path: '/?a=1' }),
      {
        at: 61,
        request: { method: 'HEAD', path: '/?a=2' },
        origin: { headers: { ...MINUTE, 'No-Vary-Search': 'params=("b")' }, chunked: true },
        expect: {
          from: 'origin',
          body: '',
          stored: false,
          reasons: ['head-differs'],
          words: [/\(No-Vary-Search\)/u],
        },
      },
      {
        at: 62,
        request: { path: '/?a=1' },
        origin: { headers: MINUTE },
        expect: { from: 'origin', reasons: ['stale'] },
      },
    ],
  },
  {
    id: 'head-freshens-all-selected',
    title:
      'Every stored response that the HEAD selects is compared, the preferred one and the rest',
    kind: 'optimal',
    spec: ['RFC 9111 §4.3.5'],
    policy: AS_HEAD,
    steps: [
      {
        request: { headers: { 'X-Kind': 'a' } },
        origin: { headers: { 'Cache-Control': 'max-age=3600', Vary: 'X-Kind', ETag: '"kind"' } },
        expect: { from: 'origin', stored: true },
      },
      {
        request: { headers: { 'X-Colour': 'red' } },
        origin: { headers: { 'Cache-Control': 'max-age=3600', Vary: 'X-Colour', ETag: '"red"' } },
        expect: { from: 'origin', stored: true },
      },
      // Selects both: its answer agrees with neither.
      headed(
        { headers: { 'Cache-Control': 'max-age=60', Vary: 'X-Kind', ETag: '"both"' } },
        { reasons: ['head-differs'] },
        { at: 10, headers: { 'Cache-Control': 'no-cache', 'X-Kind': 'a', 'X-Colour': 'red' } },
      ),
      {
        request: { headers: { 'X-Kind': 'a' } },
        origin: { status: 304, headers: { ETag: '"kind"' } },
        expect: { from: 'validated', reasons: ['stale'], bodyOfStep: 1 },
      },
      {
        request: { headers: { 'X-Colour': 'red' } },
        origin: { status: 304, headers: { ETag: '"red"' } },
        expect: { from: 'validated', reasons: ['stale'], bodyOfStep: 2 },
      },
    ],
  },
  {
    id: 'head-freshens-not-the-404',
    title: 'A stored 404 takes over nothing of a HEAD that is answered 200: it is outdated',
    kind: 'check',
    spec: ['RFC 9111 §4.3.5'],
    policy: AS_HEAD,
    steps: [
      {
        request: {},
        origin: { status: 404, headers: { 'Cache-Control': 'max-age=3600' } },
        expect: { from: 'origin', stored: true },
      },
      headed(
        { headers: { 'Cache-Control': 'max-age=60' }, chunked: true },
        { reasons: ['head-differs'], words: [/\(status\)/u] },
        NO_CACHE,
      ),
      { request: {}, origin: {}, expect: { from: 'origin', reasons: ['stale'] } },
    ],
  },
  {
    id: 'head-freshens-purged',
    title: 'What was purged while the HEAD was answered is not brought back by it',
    kind: 'required',
    spec: ['RFC 9111 §4.3.5', 'Poplet'],
    policy: AS_HEAD,
    steps: [
      got({ 'Cache-Control': 'max-age=3600', ETag: '"v1"' }),
      headed(
        { headers: { ...MINUTE, ETag: '"v1"' }, chunked: true, purge: { path: '/' } },
        { stored: false },
        NO_CACHE,
      ),
      { request: {}, origin: {}, expect: { from: 'origin', reasons: ['nothing-stored'] } },
    ],
  },
  {
    id: 'head-outdated-stand-in',
    title: 'What a HEAD showed to be outdated is stale, not gone: it may stand in for an error',
    kind: 'optimal',
    spec: ['RFC 9111 §4.3.5', 'RFC 5861 §4'],
    policy: AS_HEAD,
    steps: [
      got({ 'Cache-Control': 'max-age=3600, stale-if-error=600', ETag: '"v1"' }),
      headed({ headers: { ETag: '"v2"' } }, { reasons: ['head-differs'] }, NO_CACHE),
      {
        at: 20,
        request: {},
        origin: { status: 503 },
        expect: { from: 'cache', outcome: 'stale', upstream: { requests: 1 }, bodyOfStep: 1 },
      },
      {
        at: 30,
        request: {},
        origin: { status: 304, headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'validated', bodyOfStep: 1 },
      },
      { at: 31, request: {}, expect: { from: 'cache', outcome: 'hit', bodyOfStep: 1 } },
    ],
  },
  {
    id: 'head-as-head-from-get',
    title: 'Where HEAD is forwarded as HEAD, a stored GET answers it all the same',
    kind: 'optimal',
    spec: ['RFC 9110 §9.3.1', 'RFC 9110 §9.3.2'],
    policy: AS_HEAD,
    steps: [
      got(MINUTE),
      {
        at: 5,
        request: { method: 'HEAD' },
        expect: { from: 'cache', outcome: 'hit', headers: { 'Content-Length': '12', Age: '5' } },
      },
    ],
  },
  {
    id: 'head-as-head-validates',
    title: 'Where HEAD is forwarded as HEAD, it validates a stale GET, and a 304 makes that fresh',
    kind: 'optimal',
    spec: ['RFC 9111 §4.3.1', 'RFC 9111 §4.3.4'],
    policy: AS_HEAD,
    steps: [
      got({ ...MINUTE, ETag: '"v1"' }),
      {
        at: 61,
        request: { method: 'HEAD' },
        origin: { status: 304 },
        expect: {
          from: 'validated',
          outcome: 'revalidated',
          body: '',
          headers: { 'Content-Length': '12' },
          upstream: { method: 'HEAD', headers: { 'If-None-Match': '"v1"' } },
        },
      },
      { at: 62, request: {}, expect: { from: 'cache', outcome: 'hit', bodyOfStep: 1 } },
    ],
  },
  {
    id: 'head-as-head-not-stored',
    title: 'The answer to a HEAD that was asked as such answers nobody else, not even a HEAD',
    kind: 'check',
    spec: ['RFC 9110 §9.3.2', 'RFC 9111 §3'],
    policy: AS_HEAD,
    steps: [
      headed({ headers: MINUTE }, { stored: false }, { at: 0 }),
      headed({ headers: MINUTE }, { stored: false, reasons: ['nothing-stored'] }, { at: 0 }),
      { request: {}, origin: { headers: MINUTE }, expect: { from: 'origin', stored: true } },
      { request: { method: 'HEAD' }, expect: { from: 'cache', outcome: 'hit' } },
    ],
  },
  {
    id: 'head-as-head-error',
    title: 'An error in answer to a HEAD lets what is stored stand in, and changes nothing',
    kind: 'optimal',
    spec: ['RFC 5861 §4', 'RFC 9111 §4.3.3'],
    policy: AS_HEAD,
    steps: [
      got({ 'Cache-Control': 'max-age=60, stale-if-error=600' }),
      {
        at: 100,
        request: { method: 'HEAD' },
        origin: { status: 503 },
        expect: { from: 'cache', outcome: 'stale', status: 200, upstream: { requests: 1 } },
      },
    ],
  },
]);

const answering = defineCases([
  {
    id: 'head-from-get',
    title: 'A stored GET answers HEAD: the same fields, no content',
    kind: 'optimal',
    spec: [
      'RFC 9110 §9.3.2',
      'RFC 9111 §4',
      'RFC 9110 §6.4.1',
      'RFC 9110 §8.6',
      'RFC 9110 §9.1',
      'RFC 9110 §9.3.1',
      'RFC 9112 §6.3',
    ],
    steps: [
      {
        request: {},
        origin: {
          headers: { 'Cache-Control': 'max-age=60', 'Content-Type': 'text/plain' },
          body: 'twelve bytes',
        },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 5,
        request: { method: 'HEAD' },
        expect: {
          from: 'cache',
          outcome: 'hit',
          headers: { 'Content-Length': '12', 'Content-Type': 'text/plain', Age: '5' },
        },
      },
    ],
  },
  {
    id: 'head-miss-fetches-get',
    title: 'A HEAD that misses asks with GET, so that the answer can be stored',
    kind: 'optimal',
    spec: ['RFC 9110 §9.3.2'],
    steps: [
      {
        request: { method: 'HEAD' },
        origin: { headers: { 'Cache-Control': 'max-age=60' }, body: 'twelve bytes' },
        expect: {
          from: 'origin',
          body: '',
          outcome: 'miss',
          stored: true,
          headers: { 'Content-Length': '12' },
          upstream: { method: 'GET' },
        },
      },
      { request: {}, expect: { from: 'cache', outcome: 'hit', body: 'twelve bytes' } },
    ],
  },
  {
    id: 'head-miss-as-head',
    title: 'Where the policy forwards HEAD as HEAD, its answer is not stored for GET',
    kind: 'check',
    spec: ['RFC 9110 §9.3.2', 'RFC 9111 §3'],
    policy: { fill: { headAsGet: false } },
    steps: [
      {
        request: { method: 'HEAD' },
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: {
          from: 'origin',
          stored: false,
          reasons: ['not-stored-method'],
          upstream: { method: 'HEAD' },
        },
      },
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'origin', upstream: { method: 'GET' } },
      },
    ],
  },
  {
    id: 'head-no-store-request',
    title: 'A HEAD whose answer may not be stored anyway is forwarded as HEAD',
    kind: 'check',
    spec: ['RFC 9111 §5.2.1.5'],
    steps: [
      {
        request: { method: 'HEAD', headers: { 'Cache-Control': 'no-store' } },
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'origin', stored: false, upstream: { method: 'HEAD' } },
      },
    ],
  },
  {
    id: 'head-204',
    title: 'A stored 204 has no Content-Length, for HEAD either',
    kind: 'required',
    spec: ['RFC 9110 §8.6'],
    steps: [
      {
        request: {},
        origin: { status: 204, headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'origin', stored: true, absent: ['content-length'] },
      },
      { request: {}, expect: { from: 'cache', absent: ['content-length'] } },
      { request: { method: 'HEAD' }, expect: { from: 'cache', absent: ['content-length'] } },
    ],
  },
]);

export const headCases = [...answering, ...freshening];
