/** What Google Cloud CDN does, each value as the reference has it. `spec` names the facts that a case shows. */
import { defineCases } from '@poplet/conformance';

import { patternsOf } from './patterns.ts';

const STATIC = 'google-cloud-cdn';
const ORIGIN = 'google-cloud-cdn-origin-headers';
const FORCED = 'google-cloud-cdn-force-cache-all';

const { told, stored, freshUntil, never } = patternsOf('google-cloud-cdn');

const IMAGE = { 'Content-Type': 'image/png' };
const FRESH = { headers: { 'Cache-Control': 'max-age=60' } };
const HTML = { 'Content-Type': 'text/html' };

const modes = [
  ...[
    'text/css',
    'text/ecmascript',
    'text/javascript',
    'application/javascript',
    'font/woff2',
    'image/png',
    'video/mp4',
    'audio/mpeg',
    'application/pdf',
    'application/postscript',
  ].map((type) =>
    told({
      id: `static-${type.replace('/', '-')}`,
      title: `CACHE_ALL_STATIC: ${type} is cached for an hour without a word from the origin`,
      spec: ['default-mode', 'static-types', 'default-ttl'],
      steps: [
        { ...stored({ 'Content-Type': type }), request: { path: '/page.html' } },
        { at: 3599, request: { path: '/page.html' }, expect: { from: 'cache' } },
        {
          at: 3601,
          request: { path: '/page.html' },
          origin: {},
          expect: { from: 'origin' },
        },
      ],
    }),
  ),
  ...['text/html', 'application/json', 'text/plain'].map((type) =>
    told({
      id: `static-not-${type.replace('/', '-')}`,
      title: `CACHE_ALL_STATIC: ${type} is not, whatever the extension`,
      spec: ['static-types'],
      steps: never({ headers: { 'Content-Type': type, ETag: '"v1"' } }, { path: '/image.png' }),
    }),
  ),
  told({
    id: 'static-html-explicit',
    title: 'CACHE_ALL_STATIC: HTML with a lifetime of its own is cached',
    spec: ['static-types'],
    steps: [stored({ ...HTML, 'Cache-Control': 'max-age=60' }), ...freshUntil(60)],
  }),
  told({
    id: 'static-max-ttl',
    title: 'CACHE_ALL_STATIC: a lifetime above a day is a day',
    spec: ['max-ttl'],
    steps: [stored({ 'Cache-Control': 'max-age=999999' }), ...freshUntil(86_400)],
  }),
  told({
    id: 'origin-none',
    title: 'USE_ORIGIN_HEADERS: an image without a lifetime is not cached',
    spec: ['origin-mode'],
    profile: ORIGIN,
    steps: never({ headers: { ...IMAGE, ETag: '"v1"' } }),
  }),
  told({
    id: 'origin-explicit',
    title: 'USE_ORIGIN_HEADERS: with one it is',
    spec: ['origin-mode'],
    profile: ORIGIN,
    steps: [stored({ ...IMAGE, 'Cache-Control': 'max-age=60' }), ...freshUntil(60)],
  }),
  told({
    id: 'origin-cap',
    title:
      'USE_ORIGIN_HEADERS: a lifetime above 30 days is 30 days, and clients see what was written',
    spec: ['cap', 'verbatim'],
    profile: ORIGIN,
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=31536000' } },
        expect: { from: 'origin', headers: { 'Cache-Control': 'max-age=31536000' } },
      },
      ...freshUntil(2_592_000),
    ],
  }),
  ...(['private', 'no-store', 'no-cache', 'max-age=5', 's-maxage=86400'] as const).map((value) =>
    told({
      id: `force-${value.split('=', 1).join('')}`,
      title: `FORCE_CACHE_ALL: ${value} is cached for an hour, HTML too`,
      spec: ['force-mode', 'force-downstream'],
      profile: FORCED,
      steps: [
        {
          request: {},
          origin: {
            headers: { ...HTML, 'Cache-Control': value, Expires: '{now+86400}' },
          },
          expect: {
            from: 'origin',
            stored: true,
            headers: { 'Cache-Control': 'public, max-age=3600' },
          },
        },
        {
          at: 3599,
          request: {},
          expect: { from: 'cache', headers: { 'Cache-Control': 'public, max-age=3600' } },
        },
        { at: 3601, request: {}, origin: {}, expect: { from: 'origin' } },
      ],
    }),
  ),
  told({
    id: 'force-set-cookie',
    title: 'FORCE_CACHE_ALL: what sets a cookie is not cached all the same',
    spec: ['force-mode', 'set-cookie'],
    profile: FORCED,
    steps: never({ headers: { 'Set-Cookie': 'a=1' } }),
  }),
  told({
    id: 'force-vary',
    title: 'FORCE_CACHE_ALL: nor is what varies by a field that is not on the list',
    spec: ['force-mode', 'vary'],
    profile: FORCED,
    steps: never({ headers: { Vary: 'Cookie' } }),
  }),
  told({
    id: 'force-error',
    title: 'FORCE_CACHE_ALL: an error that is not on the list of negative caching is not cached',
    spec: ['force-mode'],
    profile: FORCED,
    steps: never({ status: 500, headers: { 'Cache-Control': 'max-age=60' } }),
  }),
  told({
    id: 'force-304',
    title:
      'FORCE_CACHE_ALL: a client that has it is told the same, and one that asks for an error is not',
    spec: ['force-downstream'],
    profile: FORCED,
    steps: [
      stored({ 'Cache-Control': 'no-store', ETag: '"v1"' }),
      {
        request: { headers: { 'If-None-Match': '"v1"' } },
        expect: {
          from: 'cache',
          status: 304,
          headers: { 'Cache-Control': 'public, max-age=3600' },
        },
      },
      {
        request: { path: '/gone' },
        origin: { status: 410, headers: { 'Cache-Control': 'no-store' } },
        expect: { from: 'origin', stored: true, headers: { 'Cache-Control': 'no-store' } },
      },
    ],
  }),
  ...(
    [
      ['default', 'default-ttl=600', 600],
      ['client', 'client-ttl=60', 60],
    ] as const
  ).map(([name, setting, seconds]) =>
    told({
      id: `force-${name}-ttl`,
      title: `FORCE_CACHE_ALL: clients are told ${seconds} s where ${name}_ttl is that`,
      spec: ['force-downstream', ...(name === 'client' ? ['client-ttl-setting'] : [])],
      profile: `${FORCED}:${setting}`,
      steps: [
        {
          request: {},
          origin: { headers: { 'Cache-Control': 'max-age=86400' } },
          expect: {
            from: 'origin',
            stored: true,
            headers: { 'Cache-Control': `public, max-age=${seconds}` },
          },
        },
      ],
    }),
  ),
  told({
    id: 'force-authorization',
    title: 'FORCE_CACHE_ALL: Authorization does not keep a response out',
    spec: ['authorization-force'],
    profile: FORCED,
    steps: [
      {
        request: { headers: { Authorization: 'Bearer a' } },
        origin: {},
        expect: { from: 'origin', stored: true },
      },
      { request: {}, expect: { from: 'cache' } },
    ],
  }),
];

const STATUSES = [200, 203, 204, 300, 301, 302, 307, 308, 404, 405, 410, 421, 451, 501];

/** Status, and for how long it is cached without a word from the origin. */
const NEGATIVE: readonly (readonly [number, number])[] = [
  [300, 600],
  [301, 600],
  [308, 600],
  [404, 120],
  [405, 60],
  [410, 120],
  [451, 120],
  [501, 60],
];

const statuses = [
  ...STATUSES.map((status) =>
    told({
      id: `status-${status}`,
      title: `A ${status} with a lifetime is cached`,
      spec: ['statuses'],
      steps: [
        stored({ 'Cache-Control': 'max-age=30' }, { status }),
        { at: 29, request: {}, expect: { from: 'cache' } },
      ],
    }),
  ),
  ...[201, 303, 400, 403, 414, 500, 502, 503, 504].map((status) =>
    told({
      id: `status-${status}-not`,
      title: `A ${status} is not, though it has one`,
      spec: ['statuses'],
      steps: never({ status, headers: { 'Cache-Control': 'public, max-age=30' } }),
    }),
  ),
  ...NEGATIVE.map(([status, seconds]) =>
    told({
      id: `negative-${status}`,
      title: `Without a word from the origin, a ${status} is cached for ${seconds} s`,
      spec: ['negative'],
      steps: [stored(HTML, { status }), ...freshUntil(seconds)],
    }),
  ),
  ...[302, 307].map((status) =>
    told({
      id: `negative-${status}-not`,
      title: `Without a word from the origin, a ${status} is not cached`,
      spec: ['negative'],
      steps: never({ status, headers: IMAGE }),
    }),
  ),
  told({
    id: 'negative-origin-mode',
    title: 'USE_ORIGIN_HEADERS: errors are cached without a word, too',
    spec: ['negative-modes'],
    profile: ORIGIN,
    steps: [stored({}, { status: 404 }), ...freshUntil(120)],
  }),
  told({
    id: 'negative-explicit',
    title: 'A 404 with a lifetime of its own has that',
    spec: ['negative-explicit'],
    steps: [stored({ 'Cache-Control': 'max-age=10' }, { status: 404 }), ...freshUntil(10)],
  }),
  told({
    id: 'partial',
    title: 'A 206 is stored, and answers a range of it',
    spec: ['statuses'],
    steps: [
      {
        request: { headers: { Range: 'bytes=0-3' } },
        origin: {
          status: 206,
          headers: { 'Cache-Control': 'max-age=60', 'Content-Range': 'bytes 0-3/8', ETag: '"v1"' },
          body: 'abcd',
        },
        expect: { from: 'origin', stored: true },
      },
      {
        request: { headers: { Range: 'bytes=1-2' } },
        expect: { from: 'cache', status: 206, body: 'bc' },
      },
    ],
  }),
];

const precedence = [
  told({
    id: 's-maxage',
    title: 's-maxage counts before max-age',
    spec: ['precedence'],
    steps: [stored({ 'Cache-Control': 'max-age=600, s-maxage=60' }), ...freshUntil(60)],
  }),
  told({
    id: 'max-age-over-expires',
    title: 'max-age counts before Expires',
    spec: ['precedence'],
    steps: [stored({ 'Cache-Control': 'max-age=60', Expires: '{now+3600}' }), ...freshUntil(60)],
  }),
  told({
    id: 'expires',
    title: 'Expires counts without Cache-Control',
    spec: ['precedence'],
    steps: [
      stored({ ...HTML, Expires: '{now+61}' }),
      { at: 55, request: {}, expect: { from: 'cache' } },
      { at: 63, request: {}, origin: {}, expect: { from: 'origin' } },
    ],
  }),
  told({
    id: 'expires-beside-cache-control',
    title: 'and not beside any: public and Expires are no lifetime',
    spec: ['expires'],
    profile: ORIGIN,
    steps: never({ headers: { 'Cache-Control': 'public', Expires: '{now+3600}' } }),
  }),
  told({
    id: 'cdn-cache-control',
    title: 'CDN-Cache-Control counts before Cache-Control',
    spec: ['targeted'],
    steps: [
      stored({ 'CDN-Cache-Control': 'max-age=60', 'Cache-Control': 'no-store' }),
      ...freshUntil(60),
    ],
  }),
  told({
    id: 'client-ttl',
    title: 'CACHE_ALL_STATIC: clients get max-age=3600 where the origin says more, and public',
    spec: ['client-ttl'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=7200, must-revalidate' } },
        expect: {
          from: 'origin',
          headers: { 'Cache-Control': 'public, max-age=3600, must-revalidate' },
        },
      },
      {
        at: 7199,
        request: {},
        expect: {
          from: 'cache',
          headers: { 'Cache-Control': 'public, max-age=3600, must-revalidate' },
        },
      },
    ],
  }),
  told({
    id: 'client-ttl-set',
    title: 'client_ttl can be set',
    spec: ['client-ttl-setting'],
    profile: 'google-cloud-cdn:client-ttl=60',
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'public, max-age=7200' } },
        expect: { from: 'origin', headers: { 'Cache-Control': 'public, max-age=60' } },
      },
      {
        at: 7199,
        request: {},
        expect: { from: 'cache', headers: { 'Cache-Control': 'public, max-age=60' } },
      },
    ],
  }),
  told({
    id: 'client-ttl-less',
    title: 'CACHE_ALL_STATIC: what is less stays',
    spec: ['client-ttl'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'public, max-age=600, s-maxage=7200' } },
        expect: {
          from: 'origin',
          headers: { 'Cache-Control': 'public, max-age=600, s-maxage=7200' },
        },
      },
    ],
  }),
  told({
    id: 'client-ttl-not-stored',
    title: 'CACHE_ALL_STATIC: what is not cached stays as it was written',
    spec: ['client-ttl'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'private, max-age=7200' } },
        expect: {
          from: 'origin',
          stored: false,
          headers: { 'Cache-Control': 'private, max-age=7200' },
        },
      },
    ],
  }),
  told({
    id: 'default-ttl-downstream',
    title: 'CACHE_ALL_STATIC: of the default clients are told nothing',
    spec: ['default-ttl-downstream'],
    steps: [
      {
        request: {},
        origin: { headers: IMAGE },
        expect: { from: 'origin', stored: true, absent: ['cache-control'] },
      },
      { request: {}, expect: { from: 'cache', absent: ['cache-control'] } },
    ],
  }),
];

const staleness = ['s-maxage=60', 'max-age=60, must-revalidate', 'max-age=60, proxy-revalidate'];

const directives = [
  ...(['private', 'no-store'] as const).flatMap((value) =>
    [STATIC, ORIGIN].map((profile) =>
      told({
        id: `${value}${profile === STATIC ? '' : '-origin'}`,
        title: `${value} is respected`,
        spec: ['no-store'],
        profile,
        steps: never({ headers: { ...IMAGE, 'Cache-Control': `${value}, max-age=60` } }),
      }),
    ),
  ),
  ...(['no-cache, public', 'no-cache, max-age=60'] as const).map((value, index) =>
    told({
      id: `no-cache-${index + 1}`,
      title: `${value}: stored, and validated each time`,
      spec: ['no-cache'],
      profile: ORIGIN,
      steps: [
        stored({ 'Cache-Control': value, ETag: '"v1"' }),
        { at: 1, request: {}, origin: { status: 304 }, expect: { from: 'validated' } },
        { at: 2, request: {}, origin: { status: 304 }, expect: { from: 'validated' } },
      ],
    }),
  ),
  told({
    id: 'no-cache-alone',
    title: 'no-cache without an age and public is not stored',
    spec: ['no-cache'],
    profile: ORIGIN,
    steps: never({ headers: { 'Cache-Control': 'no-cache', ETag: '"v1"' } }),
  }),
  told({
    id: 'swr',
    title:
      'stale-while-revalidate is obeyed: the fetch behind it has neither Cookie nor User-Agent',
    spec: ['swr', 'own-fetches'],
    steps: [
      stored({ 'Cache-Control': 'max-age=60, stale-while-revalidate=600' }),
      {
        at: 62,
        request: { headers: { Cookie: 'a=1', 'User-Agent': 'mine' } },
        origin: FRESH,
        expect: {
          from: 'cache',
          outcome: 'updating',
          upstream: { requests: 1, absent: ['cookie', 'user-agent'] },
        },
      },
    ],
  }),
  ...staleness.map((value, index) =>
    told({
      id: `never-stale-${index + 1}`,
      title: `${value}: never stale, whatever window it names`,
      spec: ['never-stale'],
      steps: [
        stored({ 'Cache-Control': `${value}, stale-while-revalidate=600` }),
        { at: 62, request: {}, origin: FRESH, expect: { from: 'origin', outcome: 'expired' } },
      ],
    }),
  ),
  told({
    id: 'sie',
    title: 'stale-if-error of a response has no effect',
    spec: ['sie'],
    steps: [
      stored({ 'Cache-Control': 'max-age=60, stale-if-error=600' }),
      {
        at: 62,
        request: {},
        origin: { status: 503, body: 'down' },
        expect: { from: 'origin', status: 503 },
      },
      { at: 62, request: {}, origin: { fault: 'refused' }, expect: { from: 'edge', status: 502 } },
    ],
  }),
  told({
    id: 'serve-while-stale',
    title: 'serveWhileStale: 86400 s of it for what names no window',
    spec: ['serve-while-stale'],
    profile: 'google-cloud-cdn:serve-while-stale=86400',
    steps: [
      stored({ 'Cache-Control': 'max-age=60' }),
      {
        at: 86_459,
        request: {},
        origin: { status: 503 },
        expect: { from: 'cache', outcome: 'updating', upstream: { requests: 1 } },
      },
      { at: 86_462, request: {}, origin: FRESH, expect: { from: 'origin', outcome: 'expired' } },
    ],
  }),
  told({
    id: 'settings',
    title: 'default_ttl and max_ttl can be set, up to 30 days',
    spec: ['ttl-settings', 'cap'],
    profile: 'google-cloud-cdn:default-ttl=600,max-ttl=31622400',
    steps: [
      { ...stored(IMAGE), request: { path: '/a' } },
      { ...stored({ 'Cache-Control': 'max-age=31622400' }), request: { path: '/b' } },
      { at: 599, request: { path: '/a' }, expect: { from: 'cache', bodyOfStep: 1 } },
      { at: 601, request: { path: '/a' }, origin: FRESH, expect: { from: 'origin' } },
      { at: 2_591_999, request: { path: '/b' }, expect: { from: 'cache', bodyOfStep: 2 } },
      { at: 2_592_001, request: { path: '/b' }, origin: FRESH, expect: { from: 'origin' } },
    ],
  }),
  told({
    id: 'key-headers',
    title: 'Fields can be added to the key',
    spec: ['key-fields'],
    profile: 'google-cloud-cdn:headers=x-market',
    steps: [
      { ...stored({ 'Cache-Control': 'max-age=60' }), request: { headers: { 'X-Market': 'a' } } },
      { request: { headers: { 'X-Market': 'a' } }, expect: { from: 'cache' } },
      { request: { headers: { 'X-Market': 'b' } }, origin: FRESH, expect: { from: 'origin' } },
    ],
  }),
  told({
    id: 'bypass',
    title: 'A request with a field of bypassCacheOnRequestHeaders goes around the cache',
    spec: ['bypass-fields'],
    profile: 'google-cloud-cdn:bypass-headers=x-preview+x-debug',
    steps: [
      stored({ 'Cache-Control': 'max-age=60' }),
      ...['X-Preview', 'X-Debug'].map((name) => ({
        request: { headers: { [name]: '1' } },
        origin: { headers: { 'Cache-Control': 'max-age=60' }, body: 'preview' },
        expect: { from: 'origin' as const, stored: false },
      })),
      { request: { headers: { 'X-Other': '1' } }, expect: { from: 'cache', bodyOfStep: 1 } },
    ],
  }),
  told({
    id: 'cdn-cache-control-ignored',
    title: 'An option has CDN-Cache-Control ignored',
    spec: ['targeted'],
    profile: 'google-cloud-cdn:cdn-cache-control=ignored',
    steps: never({ headers: { 'CDN-Cache-Control': 'max-age=60', 'Cache-Control': 'no-store' } }),
  }),
  told({
    id: 'serve-while-stale-off',
    title: 'Without that setting the origin is asked',
    spec: ['serve-while-stale'],
    steps: [stored({ 'Cache-Control': 'max-age=60' }), ...freshUntil(60)],
  }),
  told({
    id: 'immutable',
    title: 'immutable passes',
    spec: ['immutable'],
    profile: ORIGIN,
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60, immutable' } },
        expect: { from: 'origin', headers: { 'Cache-Control': 'max-age=60, immutable' } },
      },
    ],
  }),
  told({
    id: 'set-cookie',
    title: 'What sets a cookie is not cached, and the cookie passes',
    spec: ['set-cookie'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'public, max-age=60', 'Set-Cookie': 'a=1' } },
        expect: { from: 'origin', stored: false, headers: { 'Set-Cookie': 'a=1' } },
      },
    ],
  }),
  told({
    id: 'authorization',
    title: 'What Authorization brought is not cached',
    spec: ['authorization'],
    steps: never(
      { headers: { ...IMAGE, 'Cache-Control': 'max-age=60' } },
      { headers: { Authorization: 'Bearer a' } },
    ),
  }),
  ...(['public, max-age=60', 'must-revalidate, max-age=60', 's-maxage=60'] as const).map(
    (value, index) =>
      told({
        id: `authorization-leave-${index + 1}`,
        title: `unless it says ${value}`,
        spec: ['authorization'],
        steps: [
          {
            request: { headers: { Authorization: 'Bearer a' } },
            origin: { headers: { 'Cache-Control': value } },
            expect: { from: 'origin', stored: true },
          },
          { request: {}, expect: { from: 'cache' } },
        ],
      }),
  ),
];

const requests = [
  told({
    id: 'request-no-store',
    title: 'no-store of a request keeps the answer out',
    spec: ['request-directives'],
    steps: never(
      { headers: { 'Cache-Control': 'max-age=60' } },
      { headers: { 'Cache-Control': 'no-store' } },
    ),
  }),
  told({
    id: 'request-max-stale',
    title: 'max-stale=N of a request is honoured',
    spec: ['request-directives'],
    steps: [
      stored({ 'Cache-Control': 'max-age=60' }),
      {
        at: 70,
        request: { headers: { 'Cache-Control': 'max-stale=20' } },
        expect: { from: 'cache', outcome: 'stale' },
      },
      {
        at: 70,
        request: { headers: { 'Cache-Control': 'max-stale=5' } },
        origin: FRESH,
        expect: { from: 'origin', outcome: 'expired' },
      },
    ],
  }),
  ...(['no-cache', 'max-age=0', 'max-age=5', 'min-fresh=55'] as const).map((value, index) =>
    told({
      id: `request-ignored-${index + 1}`,
      title: `${value} of a request is ignored`,
      spec: ['request-directives'],
      steps: [
        stored({ 'Cache-Control': 'max-age=60' }),
        {
          at: 10,
          request: { headers: { 'Cache-Control': value, Pragma: 'no-cache' } },
          expect: { from: 'cache', outcome: 'hit' },
        },
      ],
    }),
  ),
  told({
    id: 'request-only-if-cached',
    title: 'only-if-cached of a request is ignored',
    spec: ['request-directives'],
    steps: [
      {
        request: { headers: { 'Cache-Control': 'only-if-cached' } },
        origin: FRESH,
        expect: { from: 'origin', stored: true },
      },
    ],
  }),
  told({
    id: 'request-pragma',
    title: 'Pragma of a request is forwarded, and has no effect',
    spec: ['request-directives'],
    steps: [
      {
        request: { headers: { Pragma: 'no-cache' } },
        origin: FRESH,
        expect: { from: 'origin', stored: true, upstream: { headers: { Pragma: 'no-cache' } } },
      },
      { request: { headers: { Pragma: 'no-cache' } }, expect: { from: 'cache' } },
    ],
  }),
  told({
    id: 'head',
    title: 'A HEAD fills nothing, and is answered with what a GET brought',
    spec: ['methods'],
    steps: [
      {
        request: { method: 'HEAD' },
        origin: FRESH,
        expect: { from: 'origin', stored: false, upstream: { method: 'HEAD' } },
      },
      stored({ 'Cache-Control': 'max-age=60' }),
      { request: { method: 'HEAD' }, expect: { from: 'cache', body: '' } },
    ],
  }),
  told({
    id: 'post',
    title: 'A POST is not cached',
    spec: ['methods'],
    steps: [
      {
        request: { method: 'POST', body: 'x' },
        origin: { headers: { 'Cache-Control': 'max-age=60', 'Content-Location': '{path}/' } },
        expect: { from: 'origin', stored: false },
      },
      stored({ 'Cache-Control': 'max-age=60' }),
    ],
  }),
];

const VARY = [
  'Accept',
  'Accept-Encoding',
  'Access-Control-Request-Headers',
  'Access-Control-Request-Method',
  'Origin',
  'Sec-Fetch-Dest',
  'Sec-Fetch-Mode',
  'Sec-Fetch-Site',
  'X-Goog-Allowed-Resources',
  'X-Origin',
];

const key = [
  ...VARY.map((name) =>
    told({
      id: `vary-${name.toLowerCase()}`,
      title: `Vary: ${name} tells responses apart`,
      spec: ['vary'],
      steps: [
        {
          request: { headers: { [name]: 'a' } },
          origin: { headers: { 'Cache-Control': 'max-age=60', Vary: name } },
          expect: { from: 'origin', stored: true },
        },
        { request: { headers: { [name]: 'a' } }, expect: { from: 'cache' } },
        {
          request: { headers: { [name]: 'b' } },
          origin: { headers: { 'Cache-Control': 'max-age=60', Vary: name } },
          expect: { from: 'origin', stored: true },
        },
      ],
    }),
  ),
  ...['Cookie', 'User-Agent', 'Accept-Language', 'Origin, X-Other', '*'].map((names, index) =>
    told({
      id: `vary-other-${index + 1}`,
      title: `Vary: ${names} is not cached`,
      spec: ['vary'],
      steps: never({ headers: { 'Cache-Control': 'public, max-age=60', Vary: names } }),
    }),
  ),
  told({
    id: 'query-order',
    title: 'The order of parameters does not count, the query does',
    spec: ['query', 'key'],
    steps: [
      { ...stored({ 'Cache-Control': 'max-age=60' }), request: { path: '/a?x=1&y=2' } },
      { request: { path: '/a?y=2&x=1' }, expect: { from: 'cache' } },
      {
        request: { path: '/a?x=1&y=3' },
        origin: FRESH,
        expect: { from: 'origin' },
      },
      {
        request: { path: '/a' },
        origin: FRESH,
        expect: { from: 'origin' },
      },
    ],
  }),
  told({
    id: 'bucket-query',
    title: 'Before a backend bucket the query does not count',
    spec: ['key-bucket'],
    profile: 'google-cloud-cdn-bucket',
    steps: [
      { ...stored({ 'Cache-Control': 'max-age=60' }), request: { path: '/a?x=1' } },
      { request: { path: '/a?x=2' }, expect: { from: 'cache' } },
      { request: { path: '/a' }, expect: { from: 'cache' } },
    ],
  }),
  told({
    id: 'tags',
    title: 'Cache-Tag names what purges by tag reach',
    spec: ['tags'],
    steps: [
      stored({ 'Cache-Control': 'max-age=60', 'Cache-Tag': 'a,b' }),
      { request: {}, expect: { from: 'cache' } },
      { purge: { tag: 'b' } },
      { request: {}, origin: {}, expect: { from: 'origin' } },
    ],
  }),
];

const exchange = [
  told({
    id: 'range-chunks',
    title: 'A range is asked for in whole chunks of 2097136 bytes',
    spec: ['range-chunks'],
    steps: [
      {
        request: { path: '/a', headers: { Range: 'bytes=2-3' } },
        origin: {
          status: 206,
          headers: { 'Cache-Control': 'max-age=60', 'Content-Range': 'bytes 0-7/8', ETag: '"v1"' },
          body: 'abcdefgh',
        },
        expect: {
          from: 'origin',
          stored: true,
          status: 206,
          body: 'cd',
          upstream: { headers: { Range: 'bytes=0-2097135' } },
        },
      },
      {
        request: { path: '/b', headers: { Range: 'bytes=2097137-2097138' } },
        origin: {
          status: 206,
          headers: {
            'Cache-Control': 'max-age=60',
            'Content-Range': 'bytes 2097136-2097143/2097144',
            ETag: '"v1"',
          },
          body: 'abcdefgh',
        },
        expect: {
          from: 'origin',
          stored: true,
          status: 206,
          body: 'bc',
          upstream: { headers: { Range: 'bytes=2097136-4194271' } },
        },
      },
      {
        request: { path: '/b', headers: { Range: 'bytes=2097142-2097143' } },
        expect: { from: 'cache', status: 206, body: 'gh' },
      },
    ],
  }),
  told({
    id: 'revalidation',
    title:
      'On expiry the origin is asked with the validators, and a 304 brings new fields and a new lifetime',
    spec: ['revalidation'],
    steps: [
      stored({ 'Cache-Control': 'max-age=60', ETag: '"v1"', 'X-A': '1' }),
      {
        at: 62,
        request: {},
        origin: { status: 304, headers: { 'Cache-Control': 'max-age=300', 'X-A': '2' } },
        expect: {
          from: 'validated',
          headers: { 'X-A': '2' },
          upstream: { headers: { 'If-None-Match': '"v1"' } },
        },
      },
      { at: 360, request: {}, expect: { from: 'cache', headers: { 'X-A': '2' } } },
    ],
  }),
  told({
    id: 'revalidation-date',
    title: 'with If-Modified-Since where there is a date alone',
    spec: ['revalidation'],
    steps: [
      stored({ 'Cache-Control': 'max-age=60', 'Last-Modified': 'Sun, 01 Nov 2026 00:00:00 GMT' }),
      {
        at: 62,
        request: {},
        origin: { status: 304 },
        expect: {
          from: 'validated',
          upstream: { headers: { 'If-Modified-Since': 'Sun, 01 Nov 2026 00:00:00 GMT' } },
        },
      },
    ],
  }),
  told({
    id: 'fields',
    title: 'Answers say Via: 1.1 google and Age, and no word of the cache',
    spec: ['no-status', 'via', 'age'],
    steps: [
      {
        request: {},
        origin: FRESH,
        expect: {
          from: 'origin',
          headers: { Via: '1.1 google' },
          absent: ['x-cache', 'age', 'cdn-cache-status'],
        },
      },
      {
        at: 5,
        request: {},
        expect: { from: 'cache', headers: { Via: '1.1 google', Age: '5' }, absent: ['x-cache'] },
      },
    ],
  }),
  told({
    id: 'compression-off',
    title: 'Nothing is compressed at the edge',
    spec: ['compression'],
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
    id: 'to-origin',
    title: 'What the origin gets: client and load balancer in X-Forwarded-For, Via, a trace',
    spec: ['forwarded-for', 'to-origin'],
    steps: [
      {
        request: { headers: { 'X-Forwarded-For': '203.0.113.7' } },
        origin: FRESH,
        expect: {
          from: 'origin',
          upstream: {
            headers: {
              'X-Forwarded-For': '203.0.113.7,127.0.0.1,192.0.2.1',
              'X-Forwarded-Proto': /^https?$/u,
              Via: '1.1 google',
              'X-Cloud-Trace-Context': /^[0-9a-f]{32}\/1$/u,
            },
          },
        },
      },
      {
        request: { path: '/b' },
        origin: FRESH,
        expect: {
          from: 'origin',
          upstream: { headers: { 'X-Forwarded-For': '127.0.0.1,192.0.2.1' } },
        },
      },
    ],
  }),
];

export const googleCloudCdnCases = defineCases([
  ...modes,
  ...statuses,
  ...precedence,
  ...directives,
  ...requests,
  ...key,
  ...exchange,
]);
