/** What Fastly does, each value as the reference has it. `spec` names the facts that a case shows. */
import { defineCases } from '@poplet/conformance';
import type { Case, ExchangeStep, HeaderScript, OriginAnswer } from '@poplet/conformance';

type Told = Omit<Case, 'kind'>;

function told(found: Told): Case {
  return { kind: 'check', profile: 'fastly', ...found };
}

const hit = { 'X-Cache': 'HIT' } as const;
const miss = { 'X-Cache': 'MISS', 'X-Cache-Hits': '0' } as const;

/** Stored by the first request. */
function stored(headers: HeaderScript, answer: OriginAnswer = {}): ExchangeStep {
  return {
    request: {},
    origin: { headers, ...answer },
    expect: { from: 'origin', stored: true, headers: miss },
  };
}

/** Served from the cache a second before these seconds are over, and asked for a second behind. */
function freshUntil(seconds: number): readonly ExchangeStep[] {
  return [
    { at: seconds - 1, request: {}, expect: { from: 'cache', headers: hit } },
    {
      at: seconds + 1,
      request: {},
      origin: { headers: { 'Cache-Control': 'max-age=1' }, body: 'new' },
      expect: { from: 'origin', headers: miss },
    },
  ];
}

function never(
  origin: OriginAnswer,
  request: ExchangeStep['request'] = {},
): readonly ExchangeStep[] {
  const expect = { from: 'origin', stored: false, headers: miss } as const;
  return [
    { request, origin, expect },
    { at: 1, request, origin, expect },
  ];
}

const STORED = [200, 203, 300, 301, 302, 404, 410];
const NOT_STORED = [204, 299, 303, 307, 308, 400, 499, 502, 504, 599];

const storing = [
  ...STORED.map((status) =>
    told({
      id: `fastly-status-${status}`,
      title: `A ${status} is cached, an hour without a word from the origin`,
      spec: ['fastly-statuses', 'fastly-fallback'],
      steps: [stored({}, { status }), ...freshUntil(3600)],
    }),
  ),
  ...NOT_STORED.map((status) =>
    told({
      id: `fastly-status-${status}-passed`,
      title: `A ${status} is not cached, though it has a lifetime`,
      spec: ['fastly-other-statuses'],
      steps: never({ status, headers: { 'Cache-Control': 'max-age=60' } }),
    }),
  ),
  told({
    id: 'fastly-post',
    title: 'A POST is passed, and nothing of it answers a GET',
    spec: ['fastly-methods', 'fastly-unsafe'],
    steps: [
      stored({ 'Cache-Control': 'max-age=60' }),
      ...(['POST', 'PUT', 'DELETE'] as const).map((method): ExchangeStep => ({
        request: { method },
        origin: { headers: { 'Cache-Control': 'max-age=60', 'Content-Location': '{path}/' } },
        expect: { from: 'origin', stored: false, headers: miss },
      })),
      { request: {}, expect: { from: 'cache', headers: hit, bodyOfStep: 1 } },
    ],
  }),
  told({
    id: 'fastly-head',
    title: 'A HEAD is asked for as a GET, and what comes is cached',
    spec: ['fastly-head'],
    steps: [
      {
        request: { method: 'HEAD' },
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'origin', stored: true, upstream: { method: 'GET' } },
      },
      { request: {}, expect: { from: 'cache', headers: hit } },
    ],
  }),
  told({
    id: 'fastly-set-cookie',
    title: 'What sets a cookie is passed',
    spec: ['fastly-set-cookie'],
    steps: never({ headers: { 'Cache-Control': 'public, max-age=60', 'Set-Cookie': 'a=1' } }),
  }),
  ...(['private', 'no-store', 'private="x-user"', 'x-private'] as const).map((directive, index) =>
    told({
      id: `fastly-passed-${index + 1}`,
      title: `${directive} is passed: the boilerplate searches for private and no-store`,
      spec: ['fastly-private-no-store'],
      steps: never({ headers: { 'Cache-Control': `max-age=60, ${directive}` } }),
    }),
  ),
  told({
    id: 'fastly-private-beside-surrogate',
    title: 'private is passed, whatever Surrogate-Control says',
    spec: ['fastly-private-no-store'],
    steps: never({
      headers: { 'Cache-Control': 'private', 'Surrogate-Control': 'max-age=60' },
    }),
  }),
  told({
    id: 'fastly-authorization',
    title: 'What Authorization brought is cached, and given to others',
    spec: ['fastly-authorization'],
    steps: [
      {
        request: { headers: { Authorization: 'Bearer a' } },
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'origin', stored: true },
      },
      { request: {}, expect: { from: 'cache', headers: hit } },
    ],
  }),
  told({
    id: 'fastly-cookie',
    title: 'Cookies of a request do not prevent caching',
    spec: ['fastly-cookie'],
    steps: [
      {
        request: { headers: { Cookie: 'a=1' } },
        origin: {},
        expect: { from: 'origin', stored: true },
      },
      { request: { headers: { Cookie: 'a=2' } }, expect: { from: 'cache', headers: hit } },
    ],
  }),
  told({
    id: 'fastly-no-heuristics',
    title: 'Nothing is guessed from Last-Modified: the fallback holds',
    spec: ['fastly-no-heuristics'],
    steps: [stored({ 'Last-Modified': '{now-8640000}' }), ...freshUntil(3600)],
  }),
  told({
    id: 'fastly-206',
    title: 'A 206 is not stored',
    spec: ['fastly-range'],
    steps: [
      {
        request: { headers: { Range: 'bytes=0-1' } },
        origin: {
          status: 206,
          headers: { 'Cache-Control': 'max-age=60', 'Content-Range': 'bytes 0-1/4', ETag: '"v1"' },
          body: 'ab',
        },
        expect: { from: 'origin', stored: false, headers: miss },
      },
    ],
  }),
  told({
    id: 'fastly-range',
    title: 'A range is served from the complete object',
    spec: ['fastly-range'],
    steps: [
      stored({ 'Cache-Control': 'max-age=60' }, { body: 'abcdef' }),
      {
        request: { headers: { Range: 'bytes=1-2' } },
        expect: { from: 'cache', status: 206, body: 'bc', headers: hit },
      },
    ],
  }),
];

const precedence = [
  told({
    id: 'fastly-surrogate-first',
    title: 'Surrogate-Control counts before s-maxage and max-age, and no client sees it',
    spec: ['fastly-precedence', 'fastly-stripped'],
    steps: [
      {
        request: {},
        origin: {
          headers: {
            'Surrogate-Control': 'max-age=60',
            'Cache-Control': 's-maxage=600, max-age=1200',
          },
        },
        expect: {
          from: 'origin',
          stored: true,
          headers: { 'Cache-Control': 's-maxage=600, max-age=1200' },
          absent: ['surrogate-control'],
        },
      },
      ...freshUntil(60),
    ],
  }),
  ...(['s-maxage=60, max-age=600', 'max-age=600, s-maxage=60'] as const).map((value, index) =>
    told({
      id: `fastly-s-maxage-${index + 1}`,
      title: `${value}: s-maxage counts, in either order`,
      spec: ['fastly-precedence'],
      steps: [stored({ 'Cache-Control': value }), ...freshUntil(60)],
    }),
  ),
  told({
    id: 'fastly-max-age-over-expires',
    title: 'max-age counts before Expires',
    spec: ['fastly-precedence'],
    steps: [stored({ 'Cache-Control': 'max-age=60', Expires: '{now+3600}' }), ...freshUntil(60)],
  }),
  told({
    id: 'fastly-max-age-0-over-expires',
    title: 'max-age=0 beats an Expires in the future',
    spec: ['fastly-max-age-0'],
    steps: never({ headers: { 'Cache-Control': 'max-age=0', Expires: '{now+3600}' } }),
  }),
  told({
    id: 'fastly-expires',
    title: 'Expires counts where nothing else is said',
    spec: ['fastly-precedence'],
    steps: [
      stored({ Expires: '{now+61}' }),
      { at: 55, request: {}, expect: { from: 'cache', headers: hit } },
      { at: 63, request: {}, origin: {}, expect: { from: 'origin', headers: miss } },
    ],
  }),
  ...(['max-age=1', 'no-store', 'private'] as const).map((value, index) =>
    told({
      id: `fastly-cdn-cache-control-${index + 1}`,
      title: `CDN-Cache-Control: ${value} has no effect, and is forwarded`,
      spec: ['fastly-cdn-cache-control'],
      steps: [
        {
          request: {},
          origin: { headers: { 'CDN-Cache-Control': value, 'Cache-Control': 'max-age=60' } },
          expect: { from: 'origin', stored: true, headers: { 'CDN-Cache-Control': value } },
        },
        ...freshUntil(60),
      ],
    }),
  ),
];

const directives = [
  told({
    id: 'fastly-no-cache',
    title: 'max-age=60, no-cache is reused without contact for 60 s, and then no more',
    spec: ['fastly-no-cache', 'fastly-swr-default'],
    steps: [stored({ 'Cache-Control': 'max-age=60, no-cache' }), ...freshUntil(60)],
  }),
  told({
    id: 'fastly-no-cache-alone',
    title: 'no-cache alone falls to the fallback: an hour',
    spec: ['fastly-no-cache-alone'],
    steps: [stored({ 'Cache-Control': 'no-cache' }), ...freshUntil(3600)],
  }),
  told({
    id: 'fastly-old-boilerplate',
    title:
      'Under the older boilerplate max-age=60, no-store is cached for 60 s, and private is not',
    spec: ['fastly-old-boilerplate'],
    profile: 'fastly:no-store=ignored',
    steps: [
      stored({ 'Cache-Control': 'max-age=60, no-store' }),
      ...freshUntil(60),
      ...never({ headers: { 'Cache-Control': 'max-age=60, private' } }, { path: '/private' }).map(
        (step) => ({ ...step, at: 61 }),
      ),
    ],
  }),
  told({
    id: 'fastly-fallback-custom',
    title: 'With VCL that lacks the block for it, the fallback is 120 s',
    spec: ['fastly-fallback-custom'],
    profile: 'fastly:fallback-ttl=120',
    steps: [stored({}), ...freshUntil(120)],
  }),
  told({
    id: 'fastly-pragma',
    title: 'Pragma: no-cache of a response is ignored',
    spec: ['fastly-response-pragma'],
    steps: [stored({ Pragma: 'no-cache', 'Cache-Control': 'max-age=60' }), ...freshUntil(60)],
  }),
  told({
    id: 'fastly-request-directives',
    title: 'Nothing that a client says makes the cache ask the origin, or not store',
    spec: ['fastly-request-directives'],
    steps: [
      {
        request: { headers: { 'Cache-Control': 'no-store' } },
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'origin', stored: true, headers: miss },
      },
      ...['no-cache', 'no-store', 'max-age=0', 'max-age=1', 'min-fresh=600', 'only-if-cached'].map(
        (value): ExchangeStep => ({
          at: 10,
          request: { headers: { 'Cache-Control': value, Pragma: 'no-cache' } },
          expect: { from: 'cache', headers: hit },
        }),
      ),
      {
        at: 61,
        request: { headers: { 'Cache-Control': 'max-stale=600' } },
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'origin', headers: miss },
      },
    ],
  }),
  told({
    id: 'fastly-only-if-cached',
    title: 'only-if-cached is ignored: the origin is asked',
    spec: ['fastly-request-directives'],
    steps: [
      {
        request: { headers: { 'Cache-Control': 'only-if-cached' } },
        origin: {},
        expect: { from: 'origin', headers: miss },
      },
    ],
  }),
  told({
    id: 'fastly-swr',
    title:
      'Within stale-while-revalidate the stale response is a HIT, and one request goes to the origin',
    spec: ['fastly-swr', 'fastly-x-cache'],
    steps: [
      stored({ 'Cache-Control': 'max-age=1, stale-while-revalidate=3600' }),
      {
        at: 3,
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60' }, body: 'new' },
        expect: { from: 'cache', headers: hit, upstream: { requests: 1 } },
      },
      { at: 4, request: {}, expect: { from: 'cache', headers: hit, body: 'new' } },
    ],
  }),
  told({
    id: 'fastly-swr-over',
    title: 'Beyond it the client waits',
    spec: ['fastly-swr'],
    steps: [
      stored({ 'Cache-Control': 'max-age=1, stale-while-revalidate=10' }),
      { at: 12, request: {}, origin: {}, expect: { from: 'origin', headers: miss } },
    ],
  }),
  told({
    id: 'fastly-swr-s-maxage',
    title: 's-maxage is a lifetime and nothing more: stale-while-revalidate counts beside it',
    spec: ['fastly-swr-s-maxage'],
    steps: [
      stored({ 'Cache-Control': 's-maxage=60, stale-while-revalidate=600' }),
      {
        at: 62,
        request: {},
        origin: { headers: { 'Cache-Control': 's-maxage=60' } },
        expect: { from: 'cache', headers: hit, upstream: { requests: 1 } },
      },
    ],
  }),
  ...(['must-revalidate', 'proxy-revalidate'] as const).map((directive) =>
    told({
      id: `fastly-${directive}`,
      title: `${directive} has no effect: the stale window is another matter`,
      spec: ['fastly-must-revalidate'],
      steps: [
        stored({ 'Cache-Control': `max-age=60, stale-while-revalidate=600, ${directive}` }),
        {
          at: 62,
          request: {},
          origin: { headers: { 'Cache-Control': 'max-age=60' } },
          expect: { from: 'cache', headers: hit, upstream: { requests: 1 } },
        },
      ],
    }),
  ),
  told({
    id: 'fastly-sie',
    title:
      'stale-if-error alone serves nothing: a 503 is passed on, a closed connection is an error',
    spec: ['fastly-sie'],
    steps: [
      stored({ 'Cache-Control': 'max-age=60, stale-if-error=600' }),
      {
        at: 62,
        request: {},
        origin: { status: 503, body: 'down' },
        expect: { from: 'origin', status: 503, headers: miss },
      },
      {
        at: 62,
        request: {},
        origin: { fault: 'reset' },
        expect: { from: 'edge', status: 502, headers: miss },
      },
    ],
  }),
];

/** Both windows begin at 60 s. */
const staleWindows = told({
  id: 'fastly-stale-windows',
  title:
    'With VCL for stale-if-error: within both windows one is served and refreshed, behind the first while the origin fails',
  spec: ['fastly-stale-windows', 'fastly-sie-vcl'],
  profile: 'fastly:stale-if-error=on',
  steps: [
    stored({ 'Cache-Control': 'max-age=60, stale-while-revalidate=60, stale-if-error=600' }),
    {
      at: 119,
      request: {},
      origin: { status: 503 },
      expect: { from: 'cache', outcome: 'updating', headers: hit, upstream: { requests: 1 } },
    },
    {
      at: 130,
      request: {},
      origin: { status: 503 },
      expect: { from: 'cache', outcome: 'stale', headers: hit, upstream: { requests: 1 } },
    },
    {
      at: 659,
      request: {},
      origin: { status: 503 },
      expect: { from: 'cache', outcome: 'stale', headers: hit, upstream: { requests: 1 } },
    },
    {
      at: 661,
      request: {},
      origin: { status: 503, body: 'down' },
      expect: { from: 'origin', status: 503, headers: miss },
    },
  ],
});

/** Written by the origin; how long it is fresh, null: not at all. */
const READ: readonly (readonly [string, string, string, number | null])[] = [
  ['first', 'the first max-age wins', 'max-age=1800, max-age=1', 1800],
  ['first-stale', 'the first max-age wins', 'max-age=0, max-age=1800', null],
  ['space-before', 'a space before =', 'max-age =1800', 1800],
  ['space-behind', 'a space behind =', 'max-age= 1800', 1800],
  ['letters-behind', 'letters behind the number', 'max-age=1800a', 1800],
  ['leading-zero', 'a leading zero', 'max-age=01800', 1800],
  ['negative', 'a negative number is stale', 'max-age=-1800', null],
  ['case', 'another case is none: the fallback', 'MaX-aGe=1800', 3600],
  ['letter-before', 'a letter before the number is none', 'max-age=a100', 3600],
  ['quoted', 'a quoted number is none', 'max-age="1800"', 3600],
  ['single-quoted', 'a number in single quotes is none', "max-age='1800'", 3600],
  ['decimal', 'a decimal is none', 'max-age=1800.0', 3600],
  ['decimal-half', 'a decimal is none', 'max-age=1800.5', 3600],
  ['decoy', 'a quoted decoy counts', 'extension="max-age=1800", max-age=1', 1800],
];

const grammar = [
  ...READ.map(([name, title, value, seconds]) =>
    told({
      id: `fastly-read-${name}`,
      title: `${value}: ${title}`,
      spec: ['fastly-grammar'],
      steps:
        seconds === null
          ? never({ headers: { 'Cache-Control': value } })
          : [stored({ 'Cache-Control': value }), ...freshUntil(seconds)],
    }),
  ),
  ...([2_147_483_648, 99_999_999_999] as const).map((seconds) =>
    told({
      id: `fastly-read-${seconds}`,
      title: `max-age=${seconds} is accepted`,
      spec: ['fastly-grammar', 'fastly-no-cap'],
      steps: [
        stored({ 'Cache-Control': `max-age=${seconds}` }),
        { at: 31_536_000, request: {}, expect: { from: 'cache', headers: hit } },
      ],
    }),
  ),
  told({
    id: 'fastly-read-lines',
    title: 'Of two lines the first max-age wins too',
    spec: ['fastly-grammar'],
    steps: [
      stored([
        ['Cache-Control', 'max-age=1800'],
        ['Cache-Control', 'max-age=1'],
      ]),
      ...freshUntil(1800),
    ],
  }),
  told({
    id: 'fastly-age-subtracted',
    title: 'An Age of the origin is subtracted from max-age',
    spec: ['fastly-origin-age'],
    steps: [
      stored({ 'Cache-Control': 'max-age=60', Age: '40' }),
      { at: 18, request: {}, expect: { from: 'cache', headers: hit } },
      { at: 22, request: {}, origin: {}, expect: { from: 'origin', headers: miss } },
    ],
  }),
  told({
    id: 'fastly-age-expires',
    title: 'but not from the lifetime that Expires gives',
    spec: ['fastly-origin-age'],
    steps: [
      stored({ Expires: '{now+61}', Age: '40' }),
      { at: 55, request: {}, expect: { from: 'cache', headers: hit } },
    ],
  }),
  told({
    id: 'fastly-date-ignored',
    title: 'Date of the origin is ignored: with an old one, max-age is fresh',
    spec: ['fastly-date'],
    steps: [
      stored({ 'Cache-Control': 'max-age=60', Date: '{now-3600}' }),
      { at: 59, request: {}, expect: { from: 'cache', headers: { ...hit, Age: '59' } } },
    ],
  }),
  told({
    id: 'fastly-date-expires',
    title: 'Expires is compared with the clock of the edge, not with Date',
    spec: ['fastly-date'],
    steps: [
      stored({ Expires: '{now+61}', Date: '{now+3600}' }),
      { at: 55, request: {}, expect: { from: 'cache', headers: hit } },
      { at: 63, request: {}, origin: {}, expect: { from: 'origin', headers: miss } },
    ],
  }),
  told({
    id: 'fastly-date-anew',
    title: 'Date is made anew for each hit',
    spec: ['fastly-date-regenerated'],
    steps: [
      stored({ 'Cache-Control': 'max-age=6000', Date: 'Sun, 01 Nov 2020 00:00:00 GMT' }),
      {
        at: 5000,
        request: {},
        expect: { from: 'cache', headers: { ...hit, Date: /20(?:2[6-9]|[3-9]\d) /u } },
      },
    ],
  }),
];

const key = [
  told({
    id: 'fastly-query',
    title: 'Queries are told apart as they are written, and by case',
    spec: ['fastly-key'],
    steps: ['/?a=1&b=2', '/?b=2&a=1', '/?A=1&b=2'].map((path): ExchangeStep => ({
      request: { path },
      origin: { headers: { 'Cache-Control': 'max-age=60' } },
      expect: { from: 'origin', stored: true },
    })),
  }),
  told({
    id: 'fastly-vary',
    title: 'Vary tells responses apart',
    spec: ['fastly-vary'],
    steps: [
      {
        request: { headers: { 'X-A': '1' } },
        origin: { headers: { 'Cache-Control': 'max-age=60', Vary: 'X-A' } },
        expect: { from: 'origin', stored: true },
      },
      {
        request: { headers: { 'X-A': '2' } },
        origin: { headers: { 'Cache-Control': 'max-age=60', Vary: 'X-A' } },
        expect: { from: 'origin', stored: true },
      },
      { request: { headers: { 'X-A': '1' } }, expect: { from: 'cache', bodyOfStep: 1 } },
    ],
  }),
  told({
    id: 'fastly-vary-star',
    title: 'Vary: * is ignored: the response is cached',
    spec: ['fastly-vary-star'],
    steps: [
      stored({ 'Cache-Control': 'max-age=60', Vary: '*' }),
      { request: {}, expect: { from: 'cache', headers: hit } },
    ],
  }),
];

const validation = [
  ...(['"v1"', 'W/"v1"'] as const).map((tag, index) =>
    told({
      id: `fastly-304-${index === 0 ? 'strong' : 'weak'}`,
      title: `${tag} is sent back, and a 304 changes no stored field`,
      spec: ['fastly-validators', 'fastly-304'],
      steps: [
        stored({ 'Cache-Control': 'max-age=60', ETag: tag, 'X-A': '1' }),
        {
          at: 61,
          request: {},
          origin: { status: 304, headers: { 'Cache-Control': 'max-age=600', 'X-A': '2' } },
          expect: {
            from: 'validated',
            headers: { 'X-A': '1', 'Cache-Control': 'max-age=60' },
            upstream: { headers: { 'If-None-Match': tag } },
          },
        },
        { at: 120, request: {}, expect: { from: 'cache', headers: { ...hit, 'X-A': '1' } } },
        { at: 122, request: {}, origin: {}, expect: { from: 'origin', headers: miss } },
      ],
    }),
  ),
  told({
    id: 'fastly-last-modified',
    title: 'Last-Modified is sent back as If-Modified-Since',
    spec: ['fastly-validators'],
    steps: [
      stored({ 'Cache-Control': 'max-age=60', 'Last-Modified': 'Sun, 01 Nov 2020 00:00:00 GMT' }),
      {
        at: 61,
        request: {},
        origin: { status: 304 },
        expect: {
          from: 'validated',
          upstream: { headers: { 'If-Modified-Since': 'Sun, 01 Nov 2020 00:00:00 GMT' } },
        },
      },
    ],
  }),
  told({
    id: 'fastly-client-conditions',
    title: 'Conditions of clients are answered here, and not forwarded on a miss',
    spec: ['fastly-client-conditions', 'fastly-condition-order'],
    steps: [
      {
        request: { headers: { 'If-None-Match': '"v1"' } },
        origin: { headers: { 'Cache-Control': 'max-age=60', ETag: '"v1"' } },
        expect: { from: 'origin', status: 304, upstream: { absent: ['if-none-match'] } },
      },
      {
        request: { headers: { 'If-None-Match': 'W/"v1"' } },
        expect: { from: 'cache', status: 304, headers: hit },
      },
    ],
  }),
  told({
    id: 'fastly-if-none-match-first',
    title: 'If-None-Match beats If-Modified-Since',
    spec: ['fastly-condition-order'],
    steps: [
      stored({
        'Cache-Control': 'max-age=60',
        ETag: '"v1"',
        'Last-Modified': 'Sun, 01 Nov 2020 00:00:00 GMT',
      }),
      {
        request: {
          headers: {
            'If-None-Match': '"v2"',
            'If-Modified-Since': 'Mon, 02 Nov 2020 00:00:00 GMT',
          },
        },
        expect: { from: 'cache', status: 200, headers: hit },
      },
    ],
  }),
];

const fields = [
  told({
    id: 'fastly-fields',
    title: 'X-Cache, X-Cache-Hits, X-Served-By, X-Timer, Via and Age, on a miss and on hits',
    spec: [
      'fastly-x-cache',
      'fastly-x-cache-hits',
      'fastly-x-served-by',
      'fastly-x-timer',
      'fastly-via',
      'fastly-age',
    ],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: {
          from: 'origin',
          headers: {
            ...miss,
            Age: '0',
            Via: '1.1 varnish',
            'X-Served-By': /^cache-[a-z]{3}\d+-[A-Z]{3}$/u,
            'X-Timer': /^S\d{10}\.\d{6},VS0,VE\d+$/u,
          },
        },
      },
      ...[1, 2, 3].map((count): ExchangeStep => ({
        at: 5,
        request: {},
        expect: {
          from: 'cache',
          headers: { ...hit, 'X-Cache-Hits': String(count), Age: '5' },
        },
      })),
    ],
  }),
  told({
    id: 'fastly-pass-is-miss',
    title: 'What is passed is a MISS',
    spec: ['fastly-x-cache'],
    steps: never({ headers: { 'Cache-Control': 'private' } }),
  }),
  told({
    id: 'fastly-surrogate-key',
    title: 'Surrogate-Key names tags, separated by spaces, and no client sees it',
    spec: ['fastly-stripped', 'fastly-tags'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60', 'Surrogate-Key': 'one two' } },
        expect: { from: 'origin', stored: true, absent: ['surrogate-key'] },
      },
      { purge: { tag: 'two' } },
      { request: {}, origin: {}, expect: { from: 'origin', headers: miss } },
    ],
  }),
  told({
    id: 'fastly-soft-purge',
    title: 'A soft purge makes it stale: the origin is asked with its validator',
    spec: ['fastly-soft-purge'],
    steps: [
      stored({ 'Cache-Control': 'max-age=60', ETag: '"v1"', 'Surrogate-Key': 'one' }),
      { purge: { tag: 'one', soft: true } },
      {
        request: {},
        origin: { status: 304 },
        expect: { from: 'validated', upstream: { headers: { 'If-None-Match': '"v1"' } } },
      },
    ],
  }),
  told({
    id: 'fastly-soft-purge-swr',
    title: 'and within stale-while-revalidate it is served',
    spec: ['fastly-soft-purge'],
    steps: [
      stored({
        'Cache-Control': 'max-age=60, stale-while-revalidate=60',
        'Surrogate-Key': 'one',
      }),
      { purge: { tag: 'one', soft: true } },
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'cache', headers: hit, upstream: { requests: 1 } },
      },
    ],
  }),
  told({
    id: 'fastly-compression-off',
    title: 'Nothing is compressed at the edge',
    spec: ['fastly-compression'],
    steps: [
      {
        request: { headers: { 'Accept-Encoding': 'gzip, br' } },
        origin: {
          headers: { 'Cache-Control': 'max-age=60', 'Content-Type': 'text/css' },
          body: 'a { color: red } '.repeat(200),
        },
        expect: { from: 'origin', stored: true, coding: 'identity' },
      },
    ],
  }),
  told({
    id: 'fastly-to-origin',
    title: 'The origin is told who asks',
    spec: ['fastly-client', 'fastly-client-ip'],
    steps: [
      {
        request: { headers: { 'Fastly-Client-IP': '203.0.113.9' } },
        origin: {},
        expect: {
          from: 'origin',
          upstream: {
            headers: {
              'Fastly-Client': '1',
              'Fastly-Client-IP': '127.0.0.1',
              'X-Forwarded-For': '127.0.0.1',
            },
          },
        },
      },
    ],
  }),
];

export const fastlyCases = defineCases([
  ...storing,
  ...precedence,
  ...directives,
  staleWindows,
  ...grammar,
  ...key,
  ...validation,
  ...fields,
]);
