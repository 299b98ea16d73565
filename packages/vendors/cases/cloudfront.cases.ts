/** What Amazon CloudFront does, each value as the reference has it. `spec` names the facts that a case shows. */
import { defineCases } from '@poplet/conformance';
import type {
  Case,
  ExchangeStep,
  Expectation,
  HeaderScript,
  OriginAnswer,
} from '@poplet/conformance';

type Told = Omit<Case, 'kind'>;

function told(found: Told): Case {
  return { kind: 'check', profile: 'cloudfront', ...found };
}

const word = (text: string): { readonly 'X-Cache': string } => ({
  'X-Cache': `${text} from cloudfront`,
});

function stored(headers: HeaderScript, answer: OriginAnswer = {}): ExchangeStep {
  return {
    request: {},
    origin: { headers, ...answer },
    expect: {
      from: 'origin',
      stored: true,
      headers: word((answer.status ?? 200) < 400 ? 'Miss' : 'Error'),
    },
  };
}

function freshUntil(seconds: number, status = 200): readonly ExchangeStep[] {
  const expect: Expectation['headers'] = word(status < 400 ? 'Hit' : 'Error');
  return [
    { at: seconds - 1, request: {}, expect: { from: 'cache', headers: expect } },
    {
      at: seconds + 1,
      request: {},
      origin: { headers: { 'Cache-Control': 'max-age=60' }, body: 'new' },
      expect: { from: 'origin', headers: word('Miss') },
    },
  ];
}

function never(
  profile: string,
  origin: OriginAnswer,
  text = 'Miss',
): Pick<Case, 'profile' | 'steps'> {
  const expect = {
    from: 'origin',
    stored: false,
    headers: word(text),
    upstream: { absent: ['if-none-match'] },
  } as const;
  return {
    profile,
    steps: [
      { request: {}, origin, expect },
      { at: 1, request: {}, origin, expect },
    ],
  };
}

const lifetimes = [
  told({
    id: 'cloudfront-default',
    title: 'CachingOptimized: without a word from the origin, a day',
    spec: ['cloudfront-optimized', 'cloudfront-ttl-default'],
    steps: [stored({}), ...freshUntil(86_400)],
  }),
  told({
    id: 'cloudfront-max',
    title: 'CachingOptimized: a lifetime above a year is a year',
    spec: ['cloudfront-optimized', 'cloudfront-ttl-clamp'],
    steps: [stored({ 'Cache-Control': 'max-age=99999999' }), ...freshUntil(31_536_000)],
  }),
  told({
    id: 'cloudfront-min',
    title: 'CachingOptimized: max-age=0 is a second',
    spec: ['cloudfront-optimized', 'cloudfront-ttl-clamp'],
    steps: [
      stored({ 'Cache-Control': 'max-age=0' }),
      { request: {}, expect: { from: 'cache', headers: word('Hit') } },
      { at: 2, request: {}, origin: {}, expect: { from: 'origin', headers: word('Miss') } },
    ],
  }),
  ...(['no-store', 'no-cache', 'private'] as const).flatMap((directive) => [
    told({
      id: `cloudfront-${directive}-optimized`,
      title: `CachingOptimized: ${directive} is cached for a second, whatever max-age stands beside it`,
      spec: ['cloudfront-ttl-refusals'],
      steps: [
        stored({ 'Cache-Control': `${directive}, max-age=600` }),
        { request: {}, expect: { from: 'cache', headers: word('Hit') } },
        { at: 2, request: {}, origin: {}, expect: { from: 'origin', headers: word('Miss') } },
      ],
    }),
    told({
      id: `cloudfront-${directive}-origin-headers`,
      title: `UseOriginCacheControlHeaders: ${directive} is respected`,
      spec: ['cloudfront-ttl-refusals', 'cloudfront-origin-headers'],
      ...(directive === 'no-cache'
        ? {
            profile: 'cloudfront-origin-headers',
            steps: [
              stored({ 'Cache-Control': 'no-cache, max-age=600', ETag: '"v1"' }),
              { at: 1, request: {}, origin: { status: 304 }, expect: { from: 'validated' } },
            ],
          }
        : never('cloudfront-origin-headers', {
            headers: { 'Cache-Control': `${directive}, max-age=600`, ETag: '"v1"' },
          })),
    }),
  ]),
  ...(
    [
      ['least', { 'Cache-Control': 'max-age=5' }, 10],
      ['given', {}, 20],
      ['most', { 'Cache-Control': 'max-age=99' }, 30],
    ] as const
  ).map(([name, headers, seconds]) =>
    told({
      id: `cloudfront-own-ttls-${name}`,
      title: `TTLs of 10, 20 and 30 s: ${seconds} s where the origin says ${JSON.stringify(headers)}`,
      spec: ['cloudfront-ttl-clamp'],
      profile: 'cloudfront:min-ttl=10,default-ttl=20,max-ttl=30',
      steps: [stored(headers), ...freshUntil(seconds)],
    }),
  ),
  told({
    id: 'cloudfront-disabled',
    title: 'CachingDisabled: no lifetime of the origin counts',
    spec: ['cloudfront-disabled'],
    ...never('cloudfront-caching-disabled', { headers: { 'Cache-Control': 's-maxage=600' } }),
  }),
  told({
    id: 'cloudfront-disabled-stale',
    title: 'CachingDisabled: nothing is kept to be served stale, nor to be validated',
    spec: ['cloudfront-disabled'],
    ...never('cloudfront-caching-disabled', {
      headers: { 'Cache-Control': 'max-age=600, stale-while-revalidate=600', ETag: '"v1"' },
    }),
  }),
  told({
    id: 'cloudfront-disabled-default',
    title: 'CachingDisabled: nothing is cached without a word either',
    spec: ['cloudfront-disabled'],
    ...never('cloudfront-caching-disabled', {}),
  }),
  told({
    id: 'cloudfront-origin-headers-none',
    title: 'UseOriginCacheControlHeaders: without a word from the origin nothing is cached',
    spec: ['cloudfront-origin-headers'],
    ...never('cloudfront-origin-headers', {}),
  }),
  told({
    id: 'cloudfront-origin-headers-max-age',
    title: 'UseOriginCacheControlHeaders: a lifetime of the origin counts',
    spec: ['cloudfront-origin-headers'],
    profile: 'cloudfront-origin-headers',
    steps: [stored({ 'Cache-Control': 'max-age=60' }), ...freshUntil(60)],
  }),
  told({
    id: 'cloudfront-s-maxage',
    title:
      's-maxage counts before max-age, and that before Expires; CDN-Cache-Control does not count',
    spec: ['cloudfront-precedence', 'cloudfront-no-targeted'],
    steps: [
      stored({
        'Cache-Control': 'max-age=600, s-maxage=60',
        Expires: '{now+3600}',
        'CDN-Cache-Control': 'max-age=1200',
      }),
      ...freshUntil(60),
    ],
  }),
  told({
    id: 'cloudfront-expires',
    title: 'Expires alone counts',
    spec: ['cloudfront-precedence'],
    steps: [
      stored({ Expires: '{now+61}' }),
      { at: 55, request: {}, expect: { from: 'cache', headers: word('Hit') } },
      { at: 63, request: {}, origin: {}, expect: { from: 'origin', headers: word('Miss') } },
    ],
  }),
  told({
    id: 'cloudfront-expires-most',
    title: 'Expires alone counts up to the maximum TTL',
    spec: ['cloudfront-ttl-clamp'],
    profile: 'cloudfront:max-ttl=60',
    steps: [stored({ Expires: '{now+3600}' }), ...freshUntil(60)],
  }),
  told({
    id: 'cloudfront-cache-control-verbatim',
    title: 'Clients get Cache-Control as the origin wrote it',
    spec: ['cloudfront-verbatim'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'no-store, S-MaxAge=5' } },
        expect: { from: 'origin', headers: { 'Cache-Control': 'no-store, S-MaxAge=5' } },
      },
    ],
  }),
];

/** Successes and redirects of which any is cached. */
const statuses = [201, 202, 203, 204, 300, 301, 302, 303, 305, 307, 308].map((status) =>
  told({
    id: `cloudfront-status-${status}`,
    title: `A ${status} is cached for a day without a word from the origin, and as it came`,
    spec: [
      'cloudfront-statuses',
      ...([301, 302, 303, 307, 308].includes(status) ? ['cloudfront-redirects'] : []),
    ],
    steps: [stored(status < 300 ? {} : { Location: '/b' }, { status }), ...freshUntil(86_400)],
  }),
);

const errors = [
  ...[404, 414, 500, 501, 502, 503, 504].map((status) =>
    told({
      id: `cloudfront-error-${status}`,
      title: `A ${status} is cached for 10 s without a word from the origin`,
      spec: ['cloudfront-error-statuses', 'cloudfront-error-ttl'],
      steps: [stored({}, { status }), ...freshUntil(10, status)],
    }),
  ),
  told({
    id: 'cloudfront-error-longer',
    title: 'An error is cached for longer where its max-age says so',
    spec: ['cloudfront-error-ttl'],
    steps: [stored({ 'Cache-Control': 'max-age=60' }, { status: 404 }), ...freshUntil(60, 404)],
  }),
  told({
    id: 'cloudfront-error-shorter',
    title: 'but for 10 s at least',
    spec: ['cloudfront-error-ttl'],
    steps: [stored({ 'Cache-Control': 'max-age=1' }, { status: 404 }), ...freshUntil(10, 404)],
  }),
  told({
    id: 'cloudfront-error-403-shorter',
    title: 'also those that need a lifetime to be cached at all',
    spec: ['cloudfront-error-ttl'],
    steps: [stored({ 'Cache-Control': 'max-age=1' }, { status: 403 }), ...freshUntil(10, 403)],
  }),
  ...[400, 403, 405, 415].flatMap((status) => [
    told({
      id: `cloudfront-error-${status}`,
      title: `A ${status} is not cached without a lifetime`,
      spec: ['cloudfront-error-conditional'],
      ...never('cloudfront', { status, headers: { ETag: '"v1"' } }, 'Error'),
    }),
    told({
      id: `cloudfront-error-${status}-lifetime`,
      title: `A ${status} is cached with one`,
      spec: ['cloudfront-error-conditional'],
      steps: [stored({ 'Cache-Control': 'max-age=60' }, { status }), ...freshUntil(60, status)],
    }),
  ]),
  told({
    id: 'cloudfront-stale-on-5xx',
    title: 'An expired object is served where the origin answers 5xx or fails',
    spec: ['cloudfront-stale', 'cloudfront-x-cache-stale'],
    steps: [
      stored({ 'Cache-Control': 'max-age=60' }),
      {
        at: 62,
        request: {},
        origin: { status: 503, body: 'down' },
        expect: {
          from: 'cache',
          outcome: 'stale',
          headers: word('Hit'),
          upstream: { requests: 1 },
        },
      },
      {
        at: 62,
        request: {},
        origin: { fault: 'refused' },
        expect: { from: 'cache', outcome: 'stale', upstream: { requests: 0 } },
      },
      {
        at: 62,
        request: {},
        origin: { status: 404, body: 'gone' },
        expect: { from: 'origin', status: 404, headers: word('Error') },
      },
    ],
  }),
  told({
    id: 'cloudfront-stale-no-store',
    title: 'CachingOptimized: so is one that says no-store, unless it says stale-if-error=0',
    spec: ['cloudfront-stale-refused'],
    steps: [
      ...(['/a', '/b'] as const).map((path): ExchangeStep => ({
        ...stored({
          'Cache-Control': path === '/a' ? 'no-store' : 'no-store, stale-if-error=0',
        }),
        request: { path },
      })),
      {
        at: 2,
        request: { path: '/a' },
        origin: { fault: 'refused' },
        expect: { from: 'cache', bodyOfStep: 1, outcome: 'stale', upstream: { requests: 0 } },
      },
      {
        at: 2,
        request: { path: '/b' },
        origin: { fault: 'refused' },
        expect: { from: 'edge', status: 502 },
      },
    ],
  }),
  told({
    id: 'cloudfront-sie-0',
    title: 'stale-if-error=0 disables that',
    spec: ['cloudfront-stale', 'cloudfront-swr-sie'],
    steps: [
      stored({ 'Cache-Control': 'max-age=60, stale-if-error=0' }),
      {
        at: 62,
        request: {},
        origin: { status: 503, body: 'down' },
        expect: { from: 'origin', status: 503, headers: word('Error') },
      },
    ],
  }),
  told({
    id: 'cloudfront-swr-cap',
    title: 'stale-while-revalidate is no longer than the maximum TTL',
    spec: ['cloudfront-swr-cap'],
    profile: 'cloudfront:max-ttl=60',
    steps: [
      stored({ 'Cache-Control': 'max-age=60, stale-while-revalidate=600' }),
      {
        at: 119,
        request: {},
        origin: { headers: { 'Cache-Control': 'no-store' } },
        expect: { from: 'cache', outcome: 'updating', upstream: { requests: 1 } },
      },
      {
        at: 121,
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'origin', headers: word('Miss') },
      },
    ],
  }),
  told({
    id: 'cloudfront-sie-cap',
    title: 'stale-if-error is no longer than the maximum TTL',
    spec: ['cloudfront-swr-cap'],
    profile: 'cloudfront:max-ttl=60',
    steps: [
      stored({ 'Cache-Control': 'max-age=60, stale-if-error=600' }),
      {
        at: 119,
        request: {},
        origin: { status: 503 },
        expect: { from: 'cache', outcome: 'stale', upstream: { requests: 1 } },
      },
      {
        at: 121,
        request: {},
        origin: { status: 503 },
        expect: { from: 'origin', status: 503, headers: word('Error') },
      },
    ],
  }),
  told({
    id: 'cloudfront-swr',
    title: 'stale-while-revalidate is obeyed, beside s-maxage and must-revalidate too',
    spec: ['cloudfront-swr-sie', 'cloudfront-must-revalidate', 'cloudfront-x-cache-stale'],
    steps: [
      stored({ 'Cache-Control': 's-maxage=60, must-revalidate, stale-while-revalidate=600' }),
      {
        at: 62,
        request: {},
        origin: { headers: { 'Cache-Control': 's-maxage=60' } },
        expect: {
          from: 'cache',
          outcome: 'updating',
          headers: word('Hit'),
          upstream: { requests: 1 },
        },
      },
    ],
  }),
];

const key = [
  told({
    id: 'cloudfront-key-accept-encoding',
    title: 'CachingOptimized: who accepts br and who accepts gzip are told apart, without a Vary',
    spec: ['cloudfront-optimized'],
    steps: [
      ...(['br', 'gzip'] as const).map((coding): ExchangeStep => ({
        ...stored({ 'Cache-Control': 'max-age=60' }),
        request: { headers: { 'Accept-Encoding': coding } },
      })),
      {
        request: { headers: { 'Accept-Encoding': 'br' } },
        expect: { from: 'cache', headers: word('Hit'), bodyOfStep: 1 },
      },
    ],
  }),
  told({
    id: 'cloudfront-query-order',
    title: 'With the query in the key, its order and its case count, and the origin gets it',
    spec: ['cloudfront-query-order', 'cloudfront-forwarded'],
    profile: 'cloudfront:query=whole',
    steps: [
      {
        request: { path: '/a?x=1&y=2' },
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'origin', stored: true, upstream: { path: '/a?x=1&y=2' } },
      },
      { request: { path: '/a?x=1&y=2' }, expect: { from: 'cache', headers: word('Hit') } },
      {
        request: { path: '/a?y=2&x=1' },
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'origin', stored: true, upstream: { path: '/a?y=2&x=1' } },
      },
      {
        request: { path: '/a?X=1&y=2' },
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'origin', stored: true },
      },
    ],
  }),
  told({
    id: 'cloudfront-own-key',
    title: 'A header of the key is forwarded, and tells answers apart',
    spec: ['cloudfront-forwarded'],
    profile: 'cloudfront:headers=accept-language',
    steps: [
      {
        request: { headers: { 'Accept-Language': 'de', Referer: 'https://a.test/' } },
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: {
          from: 'origin',
          stored: true,
          upstream: { headers: { 'Accept-Language': 'de' }, absent: ['referer'] },
        },
      },
      {
        request: { headers: { 'Accept-Language': 'de', Referer: 'https://b.test/' } },
        expect: { from: 'cache', headers: word('Hit') },
      },
      {
        request: { headers: { 'Accept-Language': 'en' } },
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'origin', headers: word('Miss') },
      },
    ],
  }),
  told({
    id: 'cloudfront-query',
    title: 'CachingOptimized: the query is neither part of the key nor forwarded',
    spec: ['cloudfront-query', 'cloudfront-forwarded'],
    steps: [
      {
        request: { path: '/a?x=1' },
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'origin', stored: true, upstream: { path: '/a' } },
      },
      { request: { path: '/a?x=2' }, expect: { from: 'cache', headers: word('Hit') } },
      { request: { path: '/a' }, expect: { from: 'cache', headers: word('Hit') } },
    ],
  }),
  told({
    id: 'cloudfront-vary',
    title: 'Vary is never a key, and clients see of it only what the cache goes by',
    spec: ['cloudfront-vary', 'cloudfront-vary-downstream'],
    steps: [
      {
        request: { headers: { 'X-A': '1' } },
        origin: {
          headers: { 'Cache-Control': 'max-age=60', Vary: 'X-A, Accept-Encoding, Cookie' },
        },
        expect: { from: 'origin', stored: true, headers: { Vary: 'Accept-Encoding, Cookie' } },
      },
      { request: { headers: { 'X-A': '2' } }, expect: { from: 'cache', headers: word('Hit') } },
    ],
  }),
  told({
    id: 'cloudfront-vary-gone',
    title: 'Where nothing of Vary is left, there is none',
    spec: ['cloudfront-vary-downstream'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60', Vary: 'User-Agent' } },
        expect: { from: 'origin', absent: ['vary'] },
      },
    ],
  }),
  told({
    id: 'cloudfront-vary-star',
    title: 'Vary: * under a minimum TTL of 0: the origin is asked each time, without conditions',
    spec: ['cloudfront-vary-star'],
    ...never('cloudfront-origin-headers', {
      headers: { 'Cache-Control': 'max-age=60', Vary: '*', ETag: '"v1"' },
    }),
  }),
  told({
    id: 'cloudfront-cookies-key',
    title: 'UseOriginCacheControlHeaders: cookies are part of the key, and stored with the object',
    spec: ['cloudfront-origin-headers', 'cloudfront-set-cookie'],
    profile: 'cloudfront-origin-headers',
    steps: [
      {
        request: { headers: { Cookie: 'a=1' } },
        origin: { headers: { 'Cache-Control': 'max-age=60', 'Set-Cookie': 'b=1' } },
        expect: { from: 'origin', stored: true, upstream: { headers: { Cookie: 'a=1' } } },
      },
      {
        request: { headers: { Cookie: 'a=1' } },
        expect: { from: 'cache', headers: { ...word('Hit'), 'Set-Cookie': 'b=1' } },
      },
      {
        request: { headers: { Cookie: 'a=2' } },
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'origin', headers: word('Miss') },
      },
    ],
  }),
  told({
    id: 'cloudfront-set-cookie',
    title: 'CachingOptimized: Set-Cookie is dropped, for the first client too, and the rest cached',
    spec: ['cloudfront-set-cookie', 'cloudfront-x-cache'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60', 'Set-Cookie': 'a=1', ETag: '"v1"' } },
        expect: { from: 'origin', stored: true, absent: ['set-cookie'] },
      },
      { request: {}, expect: { from: 'cache', absent: ['set-cookie'] } },
      {
        at: 62,
        request: {},
        origin: { status: 304, headers: { 'Set-Cookie': 'a=2' } },
        expect: { from: 'validated', absent: ['set-cookie'], headers: word('RefreshHit') },
      },
    ],
  }),
];

const requests = [
  told({
    id: 'cloudfront-request-directives',
    title: 'Clients cannot have the origin asked, and what they say is forwarded',
    spec: ['cloudfront-request-directives'],
    steps: [
      {
        request: { headers: { 'Cache-Control': 'no-cache', Pragma: 'no-cache' } },
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: {
          from: 'origin',
          stored: true,
          upstream: { headers: { 'Cache-Control': 'no-cache', Pragma: 'no-cache' } },
        },
      },
      {
        request: { headers: { 'Cache-Control': 'no-cache', Pragma: 'no-cache' } },
        expect: { from: 'cache', headers: word('Hit') },
      },
    ],
  }),
  told({
    id: 'cloudfront-to-origin',
    title:
      'What the origin gets: a User-Agent of CloudFront, and nothing of who asks but the address',
    spec: ['cloudfront-to-origin', 'cloudfront-to-origin-edge', 'cloudfront-authorization'],
    steps: [
      {
        request: {
          headers: {
            'User-Agent': 'mine',
            'X-Edge-Location': 'here',
            'CloudFront-Viewer-Country': 'US',
            'X-Poplet-Country': 'DE',
            Accept: 'text/html',
            'Accept-Charset': 'utf-8',
            'Accept-Language': 'de',
            'X-Real-IP': '203.0.113.9',
            'X-HTTP-Method-Override': 'PUT',
            Authorization: 'Bearer a',
            Cookie: 'a=1',
            Referer: 'https://a.test/',
          },
        },
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: {
          from: 'origin',
          stored: true,
          upstream: {
            headers: {
              'User-Agent': 'Amazon CloudFront',
              'X-Forwarded-For': '127.0.0.1',
              'X-Amz-Cf-Id': /^\S{56}$/u,
            },
            absent: [
              'accept',
              'accept-charset',
              'accept-language',
              'authorization',
              'cookie',
              'referer',
              'x-real-ip',
              'x-http-method-override',
              'x-edge-location',
              'cloudfront-viewer-country',
            ],
          },
        },
      },
      { request: {}, expect: { from: 'cache', headers: word('Hit') } },
    ],
  }),
  told({
    id: 'cloudfront-agent',
    title: 'Where the cache policy names User-Agent, the origin gets that of the client',
    spec: ['cloudfront-agent'],
    profile: 'cloudfront:headers=user-agent',
    steps: [
      {
        request: { headers: { 'User-Agent': 'mine' } },
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'origin', upstream: { headers: { 'User-Agent': 'mine' } } },
      },
      {
        request: { headers: { 'User-Agent': 'other' } },
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'origin', upstream: { headers: { 'User-Agent': 'other' } } },
      },
    ],
  }),
  told({
    id: 'cloudfront-viewer-country',
    title: 'Where it names CloudFront-Viewer-Country, countries are told apart, and the origin too',
    spec: ['cloudfront-viewer-fields'],
    profile: 'cloudfront:headers=cloudfront-viewer-country',
    steps: [
      {
        request: { headers: { 'X-Poplet-Country': 'DE', 'X-Poplet-City': 'Berlin' } },
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: {
          from: 'origin',
          stored: true,
          upstream: {
            headers: { 'CloudFront-Viewer-Country': 'DE' },
            absent: ['cloudfront-viewer-city', 'x-poplet-country', 'x-poplet-city'],
          },
        },
      },
      {
        request: { headers: { 'X-Poplet-Country': 'DE', 'CloudFront-Viewer-Country': 'FR' } },
        expect: { from: 'cache', headers: word('Hit') },
      },
      {
        request: { headers: { 'X-Poplet-Country': 'FR' } },
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: {
          from: 'origin',
          headers: word('Miss'),
          upstream: { headers: { 'CloudFront-Viewer-Country': 'FR' } },
        },
      },
    ],
  }),
  told({
    id: 'cloudfront-viewer-fields',
    title: 'So it is with the rest of where the client is',
    spec: ['cloudfront-viewer-fields'],
    profile:
      'cloudfront:headers=cloudfront-viewer-country-region+cloudfront-viewer-city+cloudfront-viewer-postal-code+cloudfront-viewer-time-zone+cloudfront-viewer-latitude+cloudfront-viewer-longitude',
    steps: [
      {
        request: {
          headers: {
            'X-Poplet-Country': 'DE',
            'X-Poplet-Region': 'BE',
            'X-Poplet-City': 'Berlin',
            'X-Poplet-Postal-Code': '10117',
            'X-Poplet-Timezone': 'Europe/Berlin',
            'X-Poplet-Latitude': '52.5',
            'X-Poplet-Longitude': '13.4',
          },
        },
        origin: {},
        expect: {
          from: 'origin',
          upstream: {
            headers: {
              'CloudFront-Viewer-Country-Region': 'BE',
              'CloudFront-Viewer-City': 'Berlin',
              'CloudFront-Viewer-Postal-Code': '10117',
              'CloudFront-Viewer-Time-Zone': 'Europe/Berlin',
              'CloudFront-Viewer-Latitude': '52.5',
              'CloudFront-Viewer-Longitude': '13.4',
            },
            absent: ['cloudfront-viewer-country'],
          },
        },
      },
    ],
  }),
  told({
    id: 'cloudfront-methods',
    title: 'GET and HEAD are cached; a POST is passed on with its Authorization, and not cached',
    spec: ['cloudfront-methods', 'cloudfront-authorization-methods'],
    steps: [
      ...(['POST', 'PUT', 'PATCH', 'DELETE'] as const).map((method): ExchangeStep => ({
        request: { method, headers: { Authorization: 'Bearer a' } },
        origin: { headers: { 'Cache-Control': 'max-age=60', 'Content-Location': '{path}/' } },
        expect: {
          from: 'origin',
          stored: false,
          headers: word('Miss'),
          upstream: { method, headers: { Authorization: 'Bearer a' } },
        },
      })),
      stored({ 'Cache-Control': 'max-age=60' }),
      { request: { method: 'HEAD' }, expect: { from: 'cache', headers: word('Hit'), body: '' } },
    ],
  }),
  told({
    id: 'cloudfront-compression',
    title: 'Bodies of 1000 bytes are compressed with br rather than gzip, those of 999 are not',
    spec: ['cloudfront-compression'],
    steps: ([1000, 999] as const).map((length) => ({
      request: { path: `/${length}`, headers: { 'Accept-Encoding': 'gzip, br' } },
      origin: {
        headers: { 'Cache-Control': 'max-age=60', 'Content-Type': 'text/css' },
        body: 'a'.repeat(length),
      },
      expect: { from: 'origin', coding: length === 1000 ? 'br' : 'identity' },
    })),
  }),
  told({
    id: 'cloudfront-compression-etag',
    title: 'Where the body is compressed here, a strong ETag becomes a weak one',
    spec: ['cloudfront-compression-etag'],
    steps: [
      {
        request: { headers: { 'Accept-Encoding': 'gzip, br' } },
        origin: {
          headers: { 'Cache-Control': 'max-age=60', 'Content-Type': 'text/css', ETag: '"v1"' },
          body: 'a{}'.repeat(400),
        },
        expect: { from: 'origin', coding: 'br', headers: { ETag: 'W/"v1"' } },
      },
    ],
  }),
  told({
    id: 'cloudfront-server-timing',
    title: 'Pragma: server-timing asks for Server-Timing: a miss, a hit, a refresh',
    spec: ['cloudfront-server-timing'],
    steps: [
      {
        request: { headers: { Pragma: 'server-timing' } },
        origin: { headers: { 'Cache-Control': 'max-age=60', ETag: '"v1"' } },
        expect: {
          from: 'origin',
          headers: {
            'Server-Timing':
              /^cdn-upstream-layer;desc="EDGE",cdn-upstream-fbl;dur=\d+,cdn-cache-miss,cdn-pop;desc="[A-Z]{3}\d+-[CP]\d+",cdn-rid;desc="\S{56}",cdn-downstream-fbl;dur=\d+$/u,
          },
        },
      },
      {
        request: { headers: { Pragma: 'no-cache, Server-Timing' } },
        expect: {
          from: 'cache',
          headers: {
            'Server-Timing':
              /^cdn-cache-hit,cdn-pop;desc="[A-Z]{3}\d+-[CP]\d+",cdn-rid;desc="\S{56}",cdn-hit-layer;desc="EDGE"$/u,
          },
        },
      },
      { request: {}, expect: { from: 'cache', absent: ['server-timing'] } },
      {
        at: 62,
        request: { headers: { Pragma: 'server-timing' } },
        origin: { status: 304 },
        expect: { from: 'validated', headers: { 'Server-Timing': /,cdn-cache-refresh,/u } },
      },
    ],
  }),
  told({
    id: 'cloudfront-server-timing-always',
    title: 'A response headers policy has it on every answer',
    spec: ['cloudfront-server-timing'],
    profile: 'cloudfront:server-timing=on',
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'origin', headers: { 'Server-Timing': /,cdn-cache-miss,/u } },
      },
      {
        request: {},
        expect: { from: 'cache', headers: { 'Server-Timing': /^cdn-cache-hit,/u } },
      },
    ],
  }),
  told({
    id: 'cloudfront-revalidation',
    title: 'On expiry the origin is asked with the validators',
    spec: ['cloudfront-revalidation'],
    steps: [
      stored({ 'Cache-Control': 'max-age=60', ETag: '"v1"' }),
      {
        at: 62,
        request: {},
        origin: { status: 304 },
        expect: {
          from: 'validated',
          headers: word('RefreshHit'),
          upstream: { headers: { 'If-None-Match': '"v1"' } },
        },
      },
    ],
  }),
  told({
    id: 'cloudfront-fields',
    title: 'X-Cache, Via, X-Amz-Cf-Pop and X-Amz-Cf-Id stand on every answer, Age on hits',
    spec: ['cloudfront-x-cache', 'cloudfront-via', 'cloudfront-pop', 'cloudfront-age'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: {
          from: 'origin',
          headers: {
            ...word('Miss'),
            Via: /^1\.1 [0-9a-f]{32}\.cloudfront\.net \(CloudFront\)$/u,
            'X-Amz-Cf-Pop': /^[A-Z]{3}\d+-[CP]\d+$/u,
            'X-Amz-Cf-Id': /^\S{56}$/u,
          },
          absent: ['age'],
        },
      },
      { at: 5, request: {}, expect: { from: 'cache', headers: { ...word('Hit'), Age: '5' } } },
      {
        request: { path: '/other' },
        origin: { status: 404 },
        expect: { from: 'origin', status: 404, headers: word('Error') },
      },
    ],
  }),
];

export const cloudfrontCases = defineCases([
  ...lifetimes,
  ...statuses,
  ...errors,
  ...key,
  ...requests,
]);
