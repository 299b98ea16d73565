/** What Vercel does, each value as the reference has it. `spec` names the facts that a case shows. */
import { defineCases } from '@poplet/conformance';
import type { Case, ExchangeStep, HeaderScript, OriginAnswer } from '@poplet/conformance';

function told(found: Omit<Case, 'kind' | 'profile'>): Case {
  return { kind: 'check', profile: 'vercel', ...found };
}

type Word = { readonly 'x-vercel-cache': string };

const word = (text: string): Word => ({ 'x-vercel-cache': text });

const KEPT: HeaderScript = { 'Cache-Control': 's-maxage=60' };

function stored(headers: HeaderScript = KEPT, answer: OriginAnswer = {}): ExchangeStep {
  return {
    request: {},
    origin: { headers, ...answer },
    expect: { from: 'origin', stored: true, headers: word('MISS') },
  };
}

const HIT: ExchangeStep = { request: {}, expect: { from: 'cache', headers: word('HIT') } };

function never(origin: OriginAnswer, request: ExchangeStep['request'] = {}): Case['steps'] {
  const expect = { from: 'origin', stored: false, headers: word('MISS') } as const;
  return [
    { request, origin, expect },
    { request, origin, expect },
  ];
}

const criteria = [
  told({
    id: 'vercel-methods',
    title: 'HEAD is answered from what GET brought, and POST is not cached',
    spec: ['vercel-methods', 'vercel-status-words'],
    steps: [
      stored(),
      {
        request: { method: 'HEAD' },
        expect: { from: 'cache', headers: word('HIT') },
      },
      {
        request: { method: 'POST', body: 'x' },
        origin: { headers: KEPT },
        expect: { from: 'origin', stored: false, headers: word('MISS') },
      },
    ],
  }),
  told({
    id: 'vercel-range',
    title: 'A request with Range is passed on as it is, and nothing of its answer stored',
    spec: ['vercel-request-fields'],
    steps: [
      {
        request: { headers: { Range: 'bytes=0-1' } },
        origin: { headers: KEPT },
        expect: {
          from: 'origin',
          stored: false,
          headers: word('MISS'),
          upstream: { headers: { Range: 'bytes=0-1' } },
        },
      },
      stored(),
    ],
  }),
  told({
    id: 'vercel-authorization',
    title: 'So is one with Authorization, whatever the response allows',
    spec: ['vercel-request-fields'],
    steps: [
      ...never(
        { headers: { 'Cache-Control': 'public, s-maxage=60' } },
        { headers: { Authorization: 'Bearer a' } },
      ),
      stored(),
    ],
  }),
  ...[200, 404, 410, 301, 302, 307, 308].map((status) =>
    told({
      id: `vercel-status-${status}`,
      title: `A ${status} with a lifetime is cached`,
      spec: ['vercel-statuses'],
      steps: [stored(KEPT, { status }), HIT],
    }),
  ),
  ...[203, 300, 303, 500].map((status) =>
    told({
      id: `vercel-status-${status}-not`,
      title: `A ${status} is not, whatever lifetime it has`,
      spec: ['vercel-statuses'],
      steps: never({ status, headers: KEPT }),
    }),
  ),
  told({
    id: 'vercel-too-large',
    title: 'More than 10 MB are not cached',
    spec: ['vercel-max-object'],
    steps: never({ headers: KEPT, body: 'x'.repeat(10 * 1024 * 1024 + 1) }),
  }),
  told({
    id: 'vercel-set-cookie',
    title: 'What sets a cookie is not cached, and keeps it',
    spec: ['vercel-set-cookie'],
    steps: [
      {
        request: {},
        origin: { headers: { ...KEPT, 'Set-Cookie': 'a=1' } },
        expect: {
          from: 'origin',
          stored: false,
          headers: { ...word('MISS'), 'Set-Cookie': 'a=1' },
        },
      },
      stored(),
    ],
  }),
  ...(['private', 'no-cache', 'no-store'] as const).map((directive) =>
    told({
      id: `vercel-${directive}`,
      title: `${directive} is not cached, whatever stands beside it`,
      spec: ['vercel-refusals'],
      steps: never({ headers: { 'Cache-Control': `${directive}, s-maxage=60`, ETag: '"v1"' } }),
    }),
  ),
  told({
    id: 'vercel-vary-star',
    title: 'Vary: * is not cached',
    spec: ['vercel-vary-star'],
    steps: never({ headers: { ...KEPT, Vary: '*' } }),
  }),
  told({
    id: 'vercel-without',
    title: 'A function that says nothing is not cached, and browsers are told to validate',
    spec: ['vercel-explicit', 'vercel-default', 'vercel-status-words'],
    steps: [
      {
        request: {},
        origin: { headers: { ETag: '"v1"', 'Last-Modified': '{now-86400}' } },
        expect: {
          from: 'origin',
          stored: false,
          headers: { ...word('MISS'), 'Cache-Control': 'public, max-age=0, must-revalidate' },
        },
      },
      {
        request: {},
        origin: {},
        expect: { from: 'origin', upstream: { absent: ['if-none-match', 'if-modified-since'] } },
      },
    ],
  }),
  told({
    id: 'vercel-default-not-stored',
    title: 'Nor is one that says the default itself, though it could be validated',
    spec: ['vercel-default'],
    steps: never({
      headers: { 'Cache-Control': 'public, max-age=0, must-revalidate', ETag: '"v1"' },
    }),
  }),
  told({
    id: 'vercel-max-age',
    title: 'max-age and Expires alone are for browsers, which get them as they are',
    spec: ['vercel-max-age'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=600', Expires: '{now+600}', ETag: '"v1"' } },
        expect: {
          from: 'origin',
          stored: false,
          headers: { ...word('MISS'), 'Cache-Control': 'max-age=600' },
        },
      },
      stored(),
    ],
  }),
];

const lifetimes = [
  {
    ...told({
      id: 'vercel-max-age-counted',
      title: 'unless functions are held to cache by max-age: function-max-age=counted',
      spec: ['vercel-max-age'],
      steps: [stored({ 'Cache-Control': 'max-age=60' }), HIT],
    }),
    profile: 'vercel:function-max-age=counted',
  },
  told({
    id: 'vercel-s-maxage',
    title: 'After s-maxage the stale response is served while it is refreshed',
    spec: [
      'vercel-explicit',
      'vercel-external',
      'vercel-s-maxage-stale',
      'vercel-status-words',
      'vercel-id',
      'vercel-server',
    ],
    steps: [
      {
        request: {},
        origin: { headers: KEPT },
        expect: {
          from: 'origin',
          stored: true,
          headers: {
            ...word('MISS'),
            Server: 'Vercel',
            'x-vercel-id': /^[a-z]{3}\d::[a-z]{3}\d::\w{5}-\w{13}-\w{12}$/u,
          },
          absent: ['age'],
        },
      },
      { at: 59, request: {}, expect: { from: 'cache', headers: { ...word('HIT'), Age: '59' } } },
      {
        at: 61,
        request: {},
        origin: { headers: KEPT, body: 'new' },
        expect: { from: 'cache', bodyOfStep: 1, headers: word('STALE'), upstream: { requests: 1 } },
      },
      { at: 62, request: {}, expect: { from: 'cache', body: 'new', headers: word('HIT') } },
    ],
  }),
  told({
    id: 'vercel-ttl-most',
    title: 'A lifetime above a year is a year',
    spec: ['vercel-ttl'],
    steps: [
      stored({ 'Cache-Control': 's-maxage=99999999' }),
      { at: 31_535_999, request: {}, expect: { from: 'cache', headers: word('HIT') } },
      {
        at: 31_536_001,
        request: {},
        origin: { headers: KEPT },
        expect: { from: 'cache', headers: word('STALE'), upstream: { requests: 1 } },
      },
    ],
  }),
  told({
    id: 'vercel-ttl-least',
    title: 'A second is enough',
    spec: ['vercel-ttl'],
    steps: [stored({ 'Cache-Control': 's-maxage=1' }), HIT],
  }),
  told({
    id: 'vercel-ttl-zero',
    title: 'Less is nothing',
    spec: ['vercel-ttl'],
    steps: never({ headers: { 'Cache-Control': 's-maxage=0', ETag: '"v1"' } }),
  }),
  told({
    id: 'vercel-cdn-field',
    title:
      'Cache-Control: s-maxage=60 of a function and CDN-Cache-Control: max-age=120 of vercel.json: 120 s, and clients get both',
    spec: ['vercel-explicit', 'vercel-precedence', 'vercel-config-headers', 'vercel-stripped'],
    steps: [
      {
        request: {},
        origin: { headers: { ...KEPT, 'CDN-Cache-Control': 'max-age=120' } },
        expect: {
          from: 'origin',
          stored: true,
          headers: { 'Cache-Control': 's-maxage=60', 'CDN-Cache-Control': 'max-age=120' },
        },
      },
      { at: 119, request: {}, expect: { from: 'cache', headers: word('HIT') } },
      {
        at: 121,
        request: {},
        origin: { headers: KEPT },
        expect: { from: 'cache', headers: word('STALE'), upstream: { requests: 1 } },
      },
    ],
  }),
  told({
    id: 'vercel-own-field',
    title:
      'CDN-Cache-Control: max-age=120 of a function and Vercel-CDN-Cache-Control: max-age=300 of vercel.json: 300 s, and clients get the former alone',
    spec: ['vercel-explicit', 'vercel-precedence', 'vercel-config-headers', 'vercel-stripped'],
    steps: [
      {
        request: {},
        origin: {
          headers: {
            'CDN-Cache-Control': 'max-age=120',
            'Vercel-CDN-Cache-Control': 'max-age=300',
            'Cache-Control': 'max-age=10',
          },
        },
        expect: {
          from: 'origin',
          stored: true,
          headers: { 'CDN-Cache-Control': 'max-age=120', 'Cache-Control': 'max-age=10' },
          absent: ['vercel-cdn-cache-control'],
        },
      },
      { at: 299, request: {}, expect: { from: 'cache', headers: word('HIT') } },
      {
        at: 301,
        request: {},
        origin: { headers: KEPT },
        expect: { from: 'cache', headers: word('STALE'), upstream: { requests: 1 } },
      },
    ],
  }),
  told({
    id: 'vercel-consumed',
    title: 'What Cache-Control says to the CDN clients do not get',
    spec: ['vercel-consumed'],
    steps: [
      {
        request: {},
        origin: {
          headers: {
            'Cache-Control':
              'public, max-age=0, s-maxage=60, stale-while-revalidate=30, stale-if-error=30',
          },
        },
        expect: {
          from: 'origin',
          stored: true,
          headers: { 'Cache-Control': 'public, max-age=0' },
        },
      },
      {
        at: 1,
        request: {},
        expect: { from: 'cache', headers: { 'Cache-Control': 'public, max-age=0' } },
      },
    ],
  }),
  told({
    id: 'vercel-consumed-all',
    title: 'and where nothing is left, browsers are told to validate',
    spec: ['vercel-consumed'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 's-maxage=60' } },
        expect: {
          from: 'origin',
          headers: { 'Cache-Control': 'public, max-age=0, must-revalidate' },
        },
      },
    ],
  }),
];

const stale = [
  told({
    id: 'vercel-swr',
    title: 'stale-while-revalidate is obeyed',
    spec: ['vercel-swr'],
    steps: [
      stored({ 'CDN-Cache-Control': 'max-age=60, stale-while-revalidate=30' }),
      {
        at: 89,
        request: {},
        origin: { headers: KEPT },
        expect: { from: 'cache', headers: word('STALE'), upstream: { requests: 1 } },
      },
    ],
  }),
  told({
    id: 'vercel-swr-over',
    title: 'When its window is over, the response is generated anew: MISS',
    spec: ['vercel-status-words'],
    steps: [
      stored({ 'Cache-Control': 's-maxage=60, stale-while-revalidate=30' }),
      { at: 91, request: {}, origin: {}, expect: { from: 'origin', headers: word('MISS') } },
    ],
  }),
  told({
    id: 'vercel-swr-trap',
    title: 's-maxage=60, stale-while-revalidate=600 is served stale and refreshed',
    spec: ['vercel-s-maxage-stale', 'vercel-swr'],
    steps: [
      stored({ 'Cache-Control': 's-maxage=60, stale-while-revalidate=600' }),
      {
        at: 62,
        request: {},
        origin: { headers: KEPT },
        expect: { from: 'cache', headers: word('STALE'), upstream: { requests: 1 } },
      },
    ],
  }),
  ...(['proxy-revalidate', 'must-revalidate'] as const).map((directive) =>
    told({
      id: `vercel-${directive}`,
      title: `${directive} keeps nothing from being served stale`,
      spec: [`vercel-${directive}`],
      steps: [
        stored({ 'Cache-Control': `s-maxage=60, ${directive}` }),
        {
          at: 62,
          request: {},
          origin: { headers: KEPT },
          expect: { from: 'cache', headers: word('STALE'), upstream: { requests: 1 } },
        },
      ],
    }),
  ),
  told({
    id: 'vercel-sie',
    title: 'A refresh that fails leaves the stale response, with stale-if-error or without',
    spec: ['vercel-sie'],
    steps: [
      stored({ 'Cache-Control': 's-maxage=60, stale-if-error=600' }),
      {
        at: 62,
        request: {},
        origin: { status: 503 },
        expect: { from: 'cache', headers: word('STALE'), upstream: { requests: 1 } },
      },
      { at: 63, request: {}, expect: { from: 'cache', headers: word('STALE') } },
    ],
  }),
  told({
    id: 'vercel-sie-window',
    title: 'stale-if-error is obeyed where nothing stale is served otherwise',
    spec: ['vercel-sie'],
    steps: [
      stored({ 'Cache-Control': 's-maxage=60, stale-while-revalidate=0, stale-if-error=600' }),
      {
        at: 62,
        request: {},
        origin: { status: 503 },
        expect: { from: 'cache', headers: word('STALE'), upstream: { requests: 1 } },
      },
      { at: 661, request: {}, origin: { status: 503 }, expect: { from: 'origin', status: 503 } },
    ],
  }),
  {
    ...told({
      id: 'vercel-sie-ignored',
      title: 'unless the other page is followed: stale-if-error=ignored',
      spec: ['vercel-sie'],
      steps: [
        stored({ 'Cache-Control': 's-maxage=60, stale-while-revalidate=0, stale-if-error=600' }),
        { at: 62, request: {}, origin: { status: 503 }, expect: { from: 'origin', status: 503 } },
      ],
    }),
    profile: 'vercel:stale-if-error=ignored',
  },
  told({
    id: 'vercel-pragma',
    title: 'Pragma: no-cache waits for what is stale to be generated, and gets what is fresh',
    spec: ['vercel-pragma', 'vercel-status-words'],
    steps: [
      stored(),
      {
        at: 30,
        request: { headers: { Pragma: 'no-cache' } },
        expect: { from: 'cache', headers: word('HIT') },
      },
      {
        at: 62,
        request: { headers: { Pragma: 'no-cache' } },
        origin: { headers: KEPT },
        expect: { from: 'origin', stored: true, headers: word('REVALIDATED') },
      },
    ],
  }),
  told({
    id: 'vercel-pragma-304',
    title: 'also where it is confirmed',
    spec: ['vercel-pragma'],
    steps: [
      stored({ ...KEPT, ETag: '"v1"' }),
      {
        at: 62,
        request: { headers: { Pragma: 'no-cache' } },
        origin: { status: 304 },
        expect: { from: 'validated', headers: word('REVALIDATED') },
      },
    ],
  }),
  told({
    id: 'vercel-client-directives',
    title: 'Cache-Control of clients counts for nothing, be the response fresh or stale',
    spec: ['vercel-client-directives'],
    steps: [
      stored(),
      {
        request: { headers: { 'Cache-Control': 'no-cache' } },
        expect: { from: 'cache', headers: word('HIT') },
      },
      {
        at: 62,
        request: { headers: { 'Cache-Control': 'max-age=0' } },
        origin: { headers: KEPT },
        expect: { from: 'cache', headers: word('STALE'), upstream: { requests: 1 } },
      },
    ],
  }),
  told({
    id: 'vercel-soft-purge',
    title: 'What is invalidated by tag is served once more, and refreshed meanwhile',
    spec: ['vercel-status-words', 'vercel-tags', 'vercel-invalidate'],
    steps: [
      stored({ ...KEPT, 'Vercel-Cache-Tag': 'one,two' }),
      { at: 1, purge: { tag: 'two', soft: true } },
      {
        at: 2,
        request: {},
        origin: { headers: KEPT, body: 'new' },
        expect: { from: 'cache', bodyOfStep: 1, headers: word('STALE'), upstream: { requests: 1 } },
      },
      { at: 3, request: {}, expect: { from: 'cache', body: 'new', headers: word('HIT') } },
    ],
  }),
  told({
    id: 'vercel-tags',
    title: 'What is deleted by tag is gone',
    spec: ['vercel-tags', 'vercel-invalidate'],
    steps: [
      {
        request: {},
        origin: { headers: { ...KEPT, 'Vercel-Cache-Tag': 'one,two' } },
        expect: { from: 'origin', stored: true, absent: ['vercel-cache-tag'] },
      },
      { purge: { tag: 'one' } },
      { request: {}, origin: {}, expect: { from: 'origin', headers: word('MISS') } },
    ],
  }),
  told({
    id: 'vercel-bypass',
    title: 'Where the cache is switched off it says BYPASS',
    spec: ['vercel-status-words'],
    steps: [
      stored(),
      { bypass: true },
      { request: {}, origin: {}, expect: { from: 'origin', headers: word('BYPASS') } },
    ],
  }),
  told({
    id: 'vercel-unreachable',
    title: 'An error of the edge is a MISS',
    spec: ['vercel-status-words'],
    steps: [
      {
        request: {},
        origin: { fault: 'refused' },
        expect: {
          from: 'edge',
          status: 502,
          headers: word('MISS'),
          upstream: { requests: 0 },
        },
      },
    ],
  }),
];

/** How an origin server says that it answers with a file. */
const FILE: HeaderScript = {
  'X-Poplet-Asset': 'max-age=31536000',
  'Cache-Control': 'public, max-age=0, must-revalidate',
};

const key = [
  told({
    id: 'vercel-key-query',
    title: 'The query is part of the key, as it stands',
    spec: ['vercel-key'],
    steps: [
      {
        request: { path: '/a?x=1&y=2' },
        origin: { headers: KEPT },
        expect: { from: 'origin', stored: true, headers: word('MISS') },
      },
      { request: { path: '/a?x=1&y=2' }, expect: { from: 'cache', headers: word('HIT') } },
      {
        request: { path: '/a?y=2&x=1' },
        origin: { headers: KEPT },
        expect: { from: 'origin', headers: word('MISS') },
      },
    ],
  }),
  told({
    id: 'vercel-key-accept',
    title: 'So are Accept and Accept-Encoding, without a Vary',
    spec: ['vercel-key'],
    steps: [
      {
        request: { headers: { Accept: 'text/html' } },
        origin: { headers: { ...KEPT, ETag: '"v1"' } },
        expect: { from: 'origin', stored: true },
      },
      {
        request: { headers: { Accept: 'text/html' } },
        expect: { from: 'cache', headers: word('HIT') },
      },
      {
        request: { headers: { Accept: 'application/json' } },
        origin: { headers: { ...KEPT, ETag: '"v1"' } },
        expect: {
          from: 'origin',
          headers: word('MISS'),
          upstream: { absent: ['if-none-match'] },
        },
      },
      {
        request: { headers: { Accept: 'application/json' } },
        expect: { from: 'cache', headers: word('HIT') },
      },
      {
        request: { headers: { Accept: 'text/html', 'Accept-Encoding': 'br' } },
        origin: { headers: KEPT },
        expect: { from: 'origin', headers: word('MISS') },
      },
    ],
  }),
  told({
    id: 'vercel-vary',
    title: 'Vary is obeyed for any field',
    spec: ['vercel-vary'],
    steps: [
      {
        request: { headers: { 'X-A': '1' } },
        origin: { headers: { ...KEPT, Vary: 'X-A' } },
        expect: { from: 'origin', stored: true },
      },
      { request: { headers: { 'X-A': '1' } }, expect: { from: 'cache', headers: word('HIT') } },
      {
        request: { headers: { 'X-A': '2' } },
        origin: { headers: { ...KEPT, Vary: 'X-A' } },
        expect: { from: 'origin', headers: word('MISS') },
      },
    ],
  }),
  told({
    id: 'vercel-vary-country',
    title: 'Vary: X-Vercel-IP-Country tells visitors of different countries apart',
    spec: ['vercel-vary'],
    steps: [
      {
        request: { headers: { 'X-Poplet-Country': 'DE' } },
        origin: { headers: { ...KEPT, Vary: 'X-Vercel-IP-Country' } },
        expect: { from: 'origin', stored: true, headers: { Vary: 'X-Vercel-IP-Country' } },
      },
      {
        request: { headers: { 'X-Poplet-Country': 'DE', 'X-Vercel-IP-Country': 'US' } },
        expect: { from: 'cache', headers: word('HIT') },
      },
      {
        request: { headers: { 'X-Poplet-Country': 'US' } },
        origin: { headers: { ...KEPT, Vary: 'X-Vercel-IP-Country' } },
        expect: { from: 'origin', headers: word('MISS') },
      },
    ],
  }),
  told({
    id: 'vercel-asset',
    title: 'A file is stored for the deployment, for all queries, though browsers validate it',
    spec: ['vercel-static', 'vercel-static-query'],
    steps: [
      {
        request: { path: '/a.css?v=1' },
        origin: { headers: FILE },
        expect: {
          from: 'origin',
          stored: true,
          headers: { 'Cache-Control': 'public, max-age=0, must-revalidate' },
          absent: ['x-poplet-asset'],
        },
      },
      {
        at: 31_535_999,
        request: { path: '/a.css?v=2' },
        expect: { from: 'cache', headers: word('HIT'), absent: ['x-poplet-asset'] },
      },
      { request: { path: '/a.css' }, expect: { from: 'cache', headers: word('HIT') } },
    ],
  }),
];

const deployments = [
  told({
    id: 'vercel-deployment',
    title: 'A new deployment starts with nothing',
    spec: ['vercel-static', 'vercel-key', 'vercel-deployments'],
    steps: [
      {
        request: {},
        origin: { headers: FILE },
        expect: { from: 'origin', stored: true, headers: word('MISS') },
      },
      HIT,
      { deploy: true },
      {
        request: {},
        origin: { headers: FILE },
        expect: { from: 'origin', stored: true, headers: word('MISS') },
      },
      HIT,
    ],
  }),
];

const VERCEL_GEO = [
  'x-vercel-ip-country',
  'x-vercel-ip-country-region',
  'x-vercel-ip-city',
  'x-vercel-ip-latitude',
  'x-vercel-ip-longitude',
  'x-vercel-ip-timezone',
  'x-vercel-ip-continent',
  'x-vercel-ip-postal-code',
];

const upstream = [
  told({
    id: 'vercel-to-origin',
    title: 'What functions get: the client’s address alone, and no word of the client’s about it',
    spec: ['vercel-to-origin', 'vercel-id'],
    steps: [
      {
        request: {
          headers: {
            'X-Forwarded-For': '192.0.2.1',
            'X-Real-IP': '192.0.2.1',
            'X-Vercel-Forwarded-For': '192.0.2.1',
          },
        },
        origin: {},
        expect: {
          from: 'origin',
          upstream: {
            headers: {
              'X-Forwarded-For': '127.0.0.1',
              'X-Vercel-Forwarded-For': '127.0.0.1',
              'X-Real-IP': '127.0.0.1',
              'X-Forwarded-Host': /^\S+$/u,
              'X-Forwarded-Proto': 'http',
              'X-Vercel-Id': /^[a-z]{3}\d::[a-z]{3}\d::\S+$/u,
              'X-Vercel-Deployment-Url': /^\S+$/u,
            },
          },
        },
      },
    ],
  }),
  told({
    id: 'vercel-geo',
    title: 'Where the client is they are told under Vercel’s names, and by no others',
    spec: ['vercel-geo'],
    steps: [
      {
        request: {
          headers: {
            'X-Poplet-Country': 'DE',
            'X-Poplet-Region': 'BE',
            'X-Poplet-City': 'Berlin',
            'X-Poplet-Latitude': '52.5',
            'X-Poplet-Longitude': '13.4',
            'X-Poplet-Timezone': 'Europe/Berlin',
            'X-Poplet-Continent': 'EU',
            'X-Poplet-Postal-Code': '10117',
          },
        },
        origin: {},
        expect: {
          from: 'origin',
          upstream: {
            headers: {
              'X-Vercel-IP-Country': 'DE',
              'X-Vercel-IP-Country-Region': 'BE',
              'X-Vercel-IP-City': 'Berlin',
              'X-Vercel-IP-Latitude': '52.5',
              'X-Vercel-IP-Longitude': '13.4',
              'X-Vercel-IP-Timezone': 'Europe/Berlin',
              'X-Vercel-IP-Continent': 'EU',
              'X-Vercel-IP-Postal-Code': '10117',
            },
            absent: ['x-poplet-country', 'x-poplet-city'],
          },
        },
      },
    ],
  }),
  told({
    id: 'vercel-geo-none',
    title: 'What a client says of itself under these names does not count',
    spec: ['vercel-geo'],
    steps: [
      {
        request: { headers: Object.fromEntries(VERCEL_GEO.map((name) => [name, 'mine'])) },
        origin: {},
        expect: { from: 'origin', upstream: { absent: VERCEL_GEO } },
      },
    ],
  }),
];

export const vercelCases = defineCases([
  ...criteria,
  ...lifetimes,
  ...stale,
  ...key,
  ...deployments,
  ...upstream,
]);
