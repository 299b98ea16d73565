/** What Cloudflare does, each value as the reference has it. `spec` names the facts that a case shows. */
import { defineCases } from '@poplet/conformance';
import type {
  Case,
  ExchangeStep,
  Expectation,
  HeaderScript,
  OriginAnswer,
} from '@poplet/conformance';

function told(found: Omit<Case, 'kind'>): Case {
  return { kind: 'check', profile: 'cloudflare', ...found };
}

const CSS = { path: '/site.css' };
const status = (word: string): { readonly 'CF-Cache-Status': string } => ({
  'CF-Cache-Status': word,
});

/** The first answer, stored. */
function stored(headers: HeaderScript, path = '/site.css'): ExchangeStep {
  return {
    request: { path },
    origin: { headers },
    expect: { from: 'origin', stored: true, headers: status('MISS'), absent: ['age'] },
  };
}

/** A fresh answer at some second, then one that is no more. */
function freshUntil(seconds: number, path = '/site.css'): readonly ExchangeStep[] {
  return [
    {
      at: seconds - 1,
      request: { path },
      expect: { from: 'cache', headers: { ...status('HIT'), Age: String(seconds - 1) } },
    },
    {
      at: seconds + 1,
      request: { path },
      origin: { body: 'new' },
      expect: { from: 'origin', headers: status('EXPIRED') },
    },
  ];
}

/** Two requests that both go to the origin, with this word each. */
function never(
  word: string,
  {
    path = '/site.css',
    origin,
    request = {},
  }: {
    readonly path?: string;
    readonly origin: OriginAnswer;
    readonly request?: ExchangeStep['request'];
  },
): readonly ExchangeStep[] {
  const expect: Expectation = {
    from: 'origin',
    stored: false,
    headers: status(word),
    absent: ['age'],
  };
  const asked = { path, ...request };
  return [
    { request: asked, origin, expect },
    { at: 1, request: asked, origin, expect },
  ];
}

const eligibility = [
  told({
    id: 'cloudflare-extension-cached',
    title: 'A style sheet is cached, whatever its media type',
    spec: ['cloudflare-extensions', 'cloudflare-not-by-type', 'cloudflare-age'],
    steps: [
      stored({ 'Cache-Control': 'max-age=60', 'Content-Type': 'text/html' }),
      { at: 5, request: CSS, expect: { from: 'cache', headers: { ...status('HIT'), Age: '5' } } },
    ],
  }),
  told({
    id: 'cloudflare-extension-case',
    title: 'Extensions are matched without regard to case, and the query is no part of them',
    spec: ['cloudflare-extensions'],
    steps: [
      stored({ 'Cache-Control': 'max-age=60' }, '/A.JPG?v=1.html'),
      { request: { path: '/A.JPG?v=1.html' }, expect: { from: 'cache', headers: status('HIT') } },
    ],
  }),
  told({
    id: 'cloudflare-each-extension',
    title: 'Each of the 56 extensions is cached, and some that are none of them are not',
    spec: ['cloudflare-extensions'],
    steps: [
      ...'7z avi avif apk bin bmp bz2 class css csv doc docx dmg ejs eot eps exe flac gif gz ico iso jar jpg jpeg js mid midi mkv mp3 mp4 ogg otf pdf pict pls png ppt pptx ps rar svg svgz swf tar tif tiff ttf webm webp woff woff2 xls xlsx zip zst'
        .split(' ')
        .map((extension) => stored({ 'Cache-Control': 'max-age=60' }, `/a.${extension}`)),
      ...['html', 'json', 'xml', 'mjs', 'map', 'wasm', 'txt', 'htm', 'php'].map(
        (extension): ExchangeStep => ({
          request: { path: `/a.${extension}` },
          origin: { headers: { 'Cache-Control': 'max-age=60' } },
          expect: { from: 'origin', stored: false, headers: status('DYNAMIC') },
        }),
      ),
    ],
  }),
  told({
    id: 'cloudflare-robots',
    title: 'robots.txt is cached, other .txt files are not',
    spec: ['cloudflare-robots'],
    steps: [
      stored({ 'Cache-Control': 'max-age=60' }, '/robots.txt'),
      { request: { path: '/robots.txt' }, expect: { from: 'cache', headers: status('HIT') } },
      ...never('DYNAMIC', {
        path: '/notes.txt',
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
      }),
    ],
  }),
  told({
    id: 'cloudflare-html-dynamic',
    title: 'HTML is DYNAMIC, however long its max-age',
    spec: ['cloudflare-not-eligible', 'cloudflare-age'],
    steps: never('DYNAMIC', {
      path: '/index.html',
      origin: { headers: { 'Cache-Control': 'public, max-age=600', 'Content-Type': 'text/html' } },
    }),
  }),
  told({
    id: 'cloudflare-no-extension-dynamic',
    title: 'A path without an extension is DYNAMIC, were it JSON or the front page',
    spec: ['cloudflare-not-eligible', 'cloudflare-not-by-type'],
    steps: [
      ...never('DYNAMIC', {
        path: '/api/items',
        origin: { headers: { 'Cache-Control': 's-maxage=600', 'Content-Type': 'image/png' } },
      }),
      ...never('DYNAMIC', {
        path: '/css',
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
      }).map((step) => ({ ...step, at: 2 })),
    ],
  }),
  told({
    id: 'cloudflare-post-dynamic',
    title: 'A POST goes to the origin, and nothing of it answers a GET',
    spec: ['cloudflare-methods'],
    steps: [
      {
        request: { ...CSS, method: 'POST', body: 'x' },
        origin: {
          headers: { 'Cache-Control': 'max-age=60', 'Content-Location': '{path}/site.css' },
        },
        expect: { from: 'origin', stored: false, headers: status('DYNAMIC') },
      },
      stored({ 'Cache-Control': 'max-age=60' }),
    ],
  }),
  told({
    id: 'cloudflare-head-as-get',
    title: 'A HEAD is asked for as a GET, and what comes is stored',
    spec: ['cloudflare-methods'],
    steps: [
      {
        request: { ...CSS, method: 'HEAD' },
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'origin', stored: true, upstream: { method: 'GET' } },
      },
      { request: CSS, expect: { from: 'cache', headers: status('HIT') } },
    ],
  }),
];

/** Status, and for how long it is stored without a word from the origin. */
const TABLE: readonly (readonly [number, number])[] = [
  [200, 7200],
  [301, 7200],
  [302, 1200],
  [303, 1200],
  [404, 180],
  [410, 180],
];

const lifetimes = [
  ...TABLE.map(([code, seconds]) =>
    told({
      id: `cloudflare-default-${code}`,
      title: `Without a word from the origin, a ${code} is stored for ${seconds} s`,
      spec: ['cloudflare-default-lifetimes'],
      steps: [
        {
          request: CSS,
          origin: { status: code },
          expect: {
            from: 'origin',
            stored: true,
            reasons: ['default-lifetime'],
            headers: status('MISS'),
          },
        },
        ...freshUntil(seconds),
      ],
    }),
  ),
  ...[203, 307, 308, 403, 500].map((code) =>
    told({
      id: `cloudflare-default-none-${code}`,
      title: `Without a word from the origin, a ${code} is not stored`,
      spec: ['cloudflare-default-others'],
      steps: never('MISS', { origin: { status: code, headers: { ETag: '"v1"' } } }),
    }),
  ),
  told({
    id: 'cloudflare-explicit-status',
    title: 'With a lifetime of its own, another status is stored too',
    spec: ['cloudflare-default-others'],
    steps: [
      {
        request: CSS,
        origin: { status: 403, headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'origin', stored: true, headers: status('MISS') },
      },
      { at: 59, request: CSS, expect: { from: 'cache', headers: status('HIT') } },
    ],
  }),
  told({
    id: 'cloudflare-no-heuristic',
    title: 'Nothing is guessed from Last-Modified: the default holds',
    spec: ['cloudflare-no-heuristics'],
    steps: [stored({ 'Last-Modified': '{now-864000}' }), ...freshUntil(7200)],
  }),
  told({
    id: 'cloudflare-304-lifetime',
    title: 'A 304 without a lifetime keeps that of the 200, one with another replaces it',
    spec: ['cloudflare-304-lifetime'],
    steps: [
      stored({ 'Cache-Control': 'max-age=60', ETag: '"v1"' }),
      { at: 61, request: CSS, origin: { status: 304 }, expect: { from: 'validated' } },
      { at: 120, request: CSS, expect: { from: 'cache', headers: status('HIT') } },
      {
        at: 122,
        request: CSS,
        origin: { status: 304, headers: { 'Cache-Control': 'max-age=300' } },
        expect: { from: 'validated' },
      },
      { at: 420, request: CSS, expect: { from: 'cache', headers: status('HIT') } },
    ],
  }),
  told({
    id: 'cloudflare-max-age-over-expires',
    title: 'max-age counts, and Expires does not beside it',
    spec: ['cloudflare-precedence'],
    steps: [stored({ 'Cache-Control': 'max-age=60', Expires: '{now+3600}' }), ...freshUntil(60)],
  }),
  told({
    id: 'cloudflare-expires',
    title: 'Expires counts where nothing else is said',
    spec: ['cloudflare-precedence'],
    steps: [stored({ Expires: '{now+61}' }), { at: 55, request: CSS, expect: { from: 'cache' } }],
  }),
  told({
    id: 'cloudflare-s-maxage-over-max-age',
    title: 's-maxage counts before max-age',
    spec: ['cloudflare-precedence'],
    steps: [stored({ 'Cache-Control': 'max-age=600, s-maxage=60' }), ...freshUntil(60)],
  }),
  told({
    id: 'cloudflare-cdn-cache-control',
    title: 'CDN-Cache-Control counts before Cache-Control and Expires, and clients see it',
    spec: ['cloudflare-precedence', 'cloudflare-targeted-forwarded'],
    steps: [
      {
        request: CSS,
        origin: {
          headers: {
            'CDN-Cache-Control': 'max-age=60',
            'Cache-Control': 's-maxage=600',
            Expires: '{now+3600}',
          },
        },
        expect: {
          from: 'origin',
          stored: true,
          headers: { 'CDN-Cache-Control': 'max-age=60', 'Cache-Control': 's-maxage=600' },
        },
      },
      ...freshUntil(60),
    ],
  }),
  told({
    id: 'cloudflare-own-cache-control',
    title: 'Cloudflare-CDN-Cache-Control counts before all others, and no client sees it',
    spec: ['cloudflare-precedence', 'cloudflare-targeted-forwarded', 'cloudflare-stripped'],
    steps: [
      {
        request: CSS,
        origin: {
          headers: {
            'Cloudflare-CDN-Cache-Control': 'max-age=60',
            'CDN-Cache-Control': 'max-age=600',
            'Cache-Control': 'no-store',
          },
        },
        expect: {
          from: 'origin',
          stored: true,
          headers: { 'CDN-Cache-Control': 'max-age=600', 'Cache-Control': 'no-store' },
          absent: ['cloudflare-cdn-cache-control'],
        },
      },
      ...freshUntil(60),
    ],
  }),
  told({
    id: 'cloudflare-targeted-mutes-expires',
    title: 'Beside CDN-Cache-Control Expires does not count, even where that names no lifetime',
    spec: ['cloudflare-expires-beside-targeted'],
    steps: [stored({ 'CDN-Cache-Control': 'public', Expires: '{now+60}' }), ...freshUntil(7200)],
  }),
  told({
    id: 'cloudflare-surrogate-control',
    title: 'Where Surrogate-Control is there, Cache-Control counts for nothing',
    spec: ['cloudflare-surrogate-control'],
    steps: [stored({ 'Surrogate-Control': '', 'Cache-Control': 'no-store' }), ...freshUntil(7200)],
  }),
];

const directives = [
  told({
    id: 'cloudflare-max-age-0',
    title: 'max-age=0: stored, and validated each time',
    spec: ['cloudflare-zero-lifetime', 'cloudflare-revalidated'],
    steps: [
      stored({ 'Cache-Control': 'max-age=0', ETag: '"v1"' }),
      {
        request: CSS,
        origin: { status: 304 },
        expect: {
          from: 'validated',
          headers: status('REVALIDATED'),
          upstream: { headers: { 'If-None-Match': '"v1"' } },
        },
      },
    ],
  }),
  told({
    id: 'cloudflare-max-age-0-refused',
    title: 'max-age=0: BYPASS, under the option that follows the other pages',
    spec: ['cloudflare-zero-lifetime'],
    profile: 'cloudflare:max-age-0=refused',
    steps: never('BYPASS', { origin: { headers: { 'Cache-Control': 'max-age=0', ETag: '"v1"' } } }),
  }),
  told({
    id: 'cloudflare-no-cache-validated',
    title: 'no-cache: stored, and validated each time, under the option that follows that page',
    spec: ['cloudflare-no-cache'],
    profile: 'cloudflare:no-cache=validated',
    steps: [
      stored({ 'Cache-Control': 'no-cache, max-age=60, stale-while-revalidate=60', ETag: '"v1"' }),
      {
        at: 1,
        request: CSS,
        origin: { status: 304 },
        expect: { from: 'validated', headers: status('REVALIDATED') },
      },
    ],
  }),
  told({
    id: 'cloudflare-s-maxage-0',
    title: 's-maxage=0: stored, and validated each time',
    spec: ['cloudflare-zero-lifetime'],
    steps: [
      stored({ 'Cache-Control': 's-maxage=0, max-age=60', ETag: '"v1"' }),
      { request: CSS, origin: { status: 304 }, expect: { from: 'validated' } },
    ],
  }),
  ...(['no-store', 'private', 'no-cache'] as const).map((directive) =>
    told({
      id: `cloudflare-${directive}`,
      title: `${directive}: BYPASS`,
      spec: [directive === 'no-cache' ? 'cloudflare-no-cache' : 'cloudflare-bypass'],
      steps: never('BYPASS', {
        origin: { headers: { 'Cache-Control': `${directive}, max-age=60`, ETag: '"v1"' } },
      }),
    }),
  ),
  told({
    id: 'cloudflare-private-field',
    title: 'private="x-user": stored without that field',
    spec: ['cloudflare-private-field'],
    steps: [
      {
        request: CSS,
        origin: { headers: { 'Cache-Control': 'max-age=60, private="x-user"', 'X-User': 'ann' } },
        expect: { from: 'origin', stored: true, headers: { 'X-User': 'ann' } },
      },
      { request: CSS, expect: { from: 'cache', absent: ['x-user'] } },
    ],
  }),
  ...(['must-revalidate', 'proxy-revalidate', 's-maxage=60'] as const).map((directive) =>
    told({
      id: `cloudflare-swr-${directive.replace('=', '-')}`,
      title: `Beside ${directive}, stale-while-revalidate does nothing: the client waits`,
      spec: [
        'cloudflare-swr-forbidden',
        directive.startsWith('s-maxage')
          ? 'cloudflare-s-maxage-stale'
          : 'cloudflare-must-revalidate',
      ],
      steps: [
        stored({ 'Cache-Control': `max-age=60, stale-while-revalidate=600, ${directive}` }),
        {
          at: 61,
          request: CSS,
          origin: { body: 'new' },
          expect: { from: 'origin', headers: status('EXPIRED') },
        },
      ],
    }),
  ),
  told({
    id: 'cloudflare-swr',
    title:
      'stale-while-revalidate: the first request after expiry gets the stale response, UPDATING',
    spec: ['cloudflare-swr', 'cloudflare-age'],
    steps: [
      stored({ 'Cache-Control': 'max-age=60, stale-while-revalidate=600', ETag: '"v1"' }),
      {
        at: 61,
        request: CSS,
        origin: { status: 304, headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'cache', headers: status('UPDATING'), upstream: { requests: 1 } },
      },
      { at: 62, request: CSS, expect: { from: 'cache', headers: { ...status('HIT'), Age: '1' } } },
    ],
  }),
  told({
    id: 'cloudflare-no-swr-waits',
    title: 'Without stale-while-revalidate the client waits: REVALIDATED or EXPIRED',
    spec: ['cloudflare-no-swr', 'cloudflare-revalidated'],
    steps: [
      stored({ 'Cache-Control': 'max-age=60', ETag: '"v1"' }),
      {
        at: 61,
        request: CSS,
        origin: { status: 304, headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'validated', headers: status('REVALIDATED') },
      },
      {
        at: 130,
        request: CSS,
        origin: { headers: { ETag: '"v2"' }, body: 'new' },
        expect: { from: 'origin', headers: status('EXPIRED') },
      },
    ],
  }),
  told({
    id: 'cloudflare-sie',
    title: 'stale-if-error: STALE when the origin cannot be reached',
    spec: ['cloudflare-sie', 'cloudflare-stale'],
    steps: [
      stored({ 'Cache-Control': 'max-age=60, stale-if-error=600' }),
      {
        at: 61,
        request: CSS,
        origin: { fault: 'refused' },
        expect: { from: 'cache', headers: status('STALE'), upstream: { requests: 0 } },
      },
    ],
  }),
  told({
    id: 'cloudflare-sie-0',
    title: 'stale-if-error=0 forbids it',
    spec: ['cloudflare-sie'],
    steps: [
      stored({ 'Cache-Control': 'max-age=60, stale-if-error=0' }),
      {
        at: 61,
        request: CSS,
        origin: { fault: 'refused' },
        expect: {
          from: 'edge',
          status: 502,
          absent: ['cf-cache-status'],
          headers: { Server: 'cloudflare' },
        },
      },
    ],
  }),
  ...(['must-revalidate', 'proxy-revalidate', 's-maxage=60'] as const).map((directive) =>
    told({
      id: `cloudflare-sie-${directive.replace('=', '-')}`,
      title: `Beside ${directive}, stale-if-error does nothing`,
      spec: ['cloudflare-sie-forbidden'],
      steps: [
        stored({ 'Cache-Control': `max-age=60, stale-if-error=600, ${directive}` }),
        {
          at: 61,
          request: CSS,
          origin: { status: 503, body: 'down' },
          expect: { from: 'origin', status: 503 },
        },
      ],
    }),
  ),
  told({
    id: 'cloudflare-no-transform',
    title: 'no-transform: the body goes out as it came',
    spec: ['cloudflare-no-transform'],
    steps: [
      {
        request: { ...CSS, headers: { 'Accept-Encoding': 'br' } },
        origin: {
          headers: { 'Cache-Control': 'max-age=60, no-transform', 'Content-Type': 'text/css' },
          body: 'a{}'.repeat(200),
        },
        expect: { from: 'origin', coding: 'identity' },
      },
    ],
  }),
  told({
    id: 'cloudflare-etag-weak',
    title: 'Where the body is coded here, a strong ETag becomes a weak one',
    spec: ['cloudflare-etag'],
    steps: [
      {
        request: { ...CSS, headers: { 'Accept-Encoding': 'br' } },
        origin: {
          headers: { 'Cache-Control': 'max-age=60', 'Content-Type': 'text/css', ETag: '"v1"' },
          body: 'a{}'.repeat(200),
        },
        expect: { from: 'origin', coding: 'br', headers: { ETag: 'W/"v1"' } },
      },
    ],
  }),
  told({
    id: 'cloudflare-immutable',
    title: 'immutable is sent to clients',
    spec: ['cloudflare-immutable'],
    steps: [
      {
        request: CSS,
        origin: { headers: { 'Cache-Control': 'max-age=60, immutable' } },
        expect: { from: 'origin', headers: { 'Cache-Control': 'max-age=60, immutable' } },
      },
    ],
  }),
  told({
    id: 'cloudflare-set-cookie',
    title: 'A response that sets a cookie is not cached, and the cookie goes to its client: BYPASS',
    spec: ['cloudflare-set-cookie'],
    steps: never('BYPASS', {
      origin: { headers: { 'Cache-Control': 'public, max-age=60', 'Set-Cookie': 'id=1' } },
    }),
  }),
  ...(['public', 's-maxage=60', 'must-revalidate'] as const).map((leave) =>
    told({
      id: `cloudflare-authorization-${leave.replace('=', '-')}`,
      title: `What Authorization brought is cached with ${leave}`,
      spec: ['cloudflare-authorization'],
      steps: [
        {
          request: { ...CSS, headers: { Authorization: 'Bearer a' } },
          origin: { headers: { 'Cache-Control': `max-age=60, ${leave}` } },
          expect: { from: 'origin', stored: true, headers: status('MISS') },
        },
        { request: CSS, expect: { from: 'cache', headers: status('HIT') } },
      ],
    }),
  ),
  told({
    id: 'cloudflare-authorization',
    title: 'What Authorization brought is not cached without leave: BYPASS',
    spec: ['cloudflare-authorization'],
    steps: never('BYPASS', {
      request: { headers: { Authorization: 'Bearer a' } },
      origin: { headers: { 'Cache-Control': 'max-age=60' } },
    }),
  }),
  told({
    id: 'cloudflare-request-directives',
    title: 'Nothing that a client says makes the cache ask the origin',
    spec: ['cloudflare-request-directives'],
    steps: [
      stored({ 'Cache-Control': 'max-age=60' }),
      ...(['no-cache', 'no-store', 'max-age=0', 'min-fresh=100'] as const).map((directive) => ({
        at: 10,
        request: { ...CSS, headers: { 'Cache-Control': directive, Pragma: 'no-cache' } },
        expect: { from: 'cache' as const, headers: status('HIT') },
      })),
    ],
  }),
];

const OFF = 'cloudflare:origin-cache-control=off';

const withoutOriginCacheControl = [
  ...(['max-age=0', 'no-cache'] as const).map((directive) =>
    told({
      id: `cloudflare-occ-off-${directive.replace('=', '-')}`,
      title: `Origin Cache Control off: ${directive} is not cached`,
      spec: ['cloudflare-occ-off'],
      profile: OFF,
      steps: never('BYPASS', {
        origin: { headers: { 'Cache-Control': directive, ETag: '"v1"' } },
      }),
    }),
  ),
  ...(['must-revalidate', 'proxy-revalidate', 's-maxage=60'] as const).map((directive) =>
    told({
      id: `cloudflare-occ-off-${directive.replace('=60', '')}`,
      title: `Origin Cache Control off: beside ${directive} stale-while-revalidate counts`,
      spec: ['cloudflare-occ-off'],
      profile: OFF,
      steps: [
        stored({ 'Cache-Control': `max-age=60, stale-while-revalidate=600, ${directive}` }),
        {
          at: 61,
          request: CSS,
          origin: { headers: { 'Cache-Control': 'max-age=60' } },
          expect: { from: 'cache', headers: status('UPDATING'), upstream: { requests: 1 } },
        },
      ],
    }),
  ),
  told({
    id: 'cloudflare-occ-off-authorization',
    title: 'Origin Cache Control off: what Authorization brought is cached like any other',
    spec: ['cloudflare-occ-off'],
    profile: OFF,
    steps: [
      {
        request: { ...CSS, headers: { Authorization: 'Bearer a' } },
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'origin', stored: true, headers: status('MISS') },
      },
      { request: CSS, expect: { from: 'cache', headers: status('HIT') } },
    ],
  }),
  told({
    id: 'cloudflare-occ-off-set-cookie',
    title: 'Origin Cache Control off: a cookie is taken out of what is cached, and of nothing else',
    spec: ['cloudflare-occ-off'],
    profile: OFF,
    steps: [
      {
        request: CSS,
        origin: { headers: { 'Cache-Control': 'max-age=60', 'Set-Cookie': 'id=1' } },
        expect: { from: 'origin', stored: true, headers: status('MISS'), absent: ['set-cookie'] },
      },
      { request: CSS, expect: { from: 'cache', headers: status('HIT'), absent: ['set-cookie'] } },
      {
        request: { path: '/page' },
        origin: { headers: { 'Set-Cookie': 'id=2' } },
        expect: {
          from: 'origin',
          stored: false,
          headers: { ...status('DYNAMIC'), 'Set-Cookie': 'id=2' },
        },
      },
    ],
  }),
];

const key = [
  told({
    id: 'cloudflare-query-order',
    title: 'Queries are told apart as they are written',
    spec: ['cloudflare-query'],
    steps: [
      stored({ 'Cache-Control': 'max-age=60' }, '/a.css?a=1&b=2'),
      stored({ 'Cache-Control': 'max-age=60' }, '/a.css?b=2&a=1'),
      { request: { path: '/a.css?a=1&b=2' }, expect: { from: 'cache', bodyOfStep: 1 } },
    ],
  }),
  ...[
    'Origin',
    'X-HTTP-Method-Override',
    'X-HTTP-Method',
    'X-Method-Override',
    'X-Forwarded-Host',
    'X-Host',
    'X-Original-URL',
    'X-Rewrite-URL',
    'Forwarded',
  ].map((name) =>
    told({
      id: `cloudflare-key-${name.toLowerCase()}`,
      title: `${name} is part of the key`,
      spec: ['cloudflare-key'],
      steps: [
        {
          request: { ...CSS, headers: { [name]: 'https://a.test' } },
          origin: { headers: { 'Cache-Control': 'max-age=60' } },
          expect: { from: 'origin', stored: true, headers: status('MISS') },
        },
        stored({ 'Cache-Control': 'max-age=60' }),
        {
          request: { ...CSS, headers: { [name]: 'https://a.test' } },
          expect: { from: 'cache', headers: status('HIT'), bodyOfStep: 1 },
        },
      ],
    }),
  ),
  told({
    id: 'cloudflare-vary',
    title: 'Vary is ignored: another language gets the first answer',
    spec: ['cloudflare-vary'],
    steps: [
      {
        request: { ...CSS, headers: { 'Accept-Language': 'de' } },
        origin: { headers: { 'Cache-Control': 'max-age=60', Vary: 'Accept-Language, Cookie' } },
        expect: { from: 'origin', stored: true },
      },
      {
        request: { ...CSS, headers: { 'Accept-Language': 'en', Cookie: 'a=1' } },
        expect: { from: 'cache', headers: status('HIT') },
      },
    ],
  }),
  told({
    id: 'cloudflare-vary-star',
    title: 'Vary: * is BYPASS',
    spec: ['cloudflare-vary-star'],
    steps: never('BYPASS', { origin: { headers: { 'Cache-Control': 'max-age=60', Vary: '*' } } }),
  }),
];

const upstream = [
  told({
    id: 'cloudflare-conditions-kept',
    title: 'The validators of a client are not forwarded on a miss, and answered here',
    spec: ['cloudflare-conditions'],
    steps: [
      {
        request: { ...CSS, headers: { 'If-None-Match': '"v1"' } },
        origin: { headers: { 'Cache-Control': 'max-age=60', ETag: '"v1"' } },
        expect: {
          from: 'origin',
          status: 304,
          stored: true,
          upstream: { absent: ['if-none-match'] },
        },
      },
    ],
  }),
  told({
    id: 'cloudflare-accept-encoding',
    title: 'The origin is asked for br, gzip, whatever the client accepts',
    spec: ['cloudflare-accept-encoding'],
    steps: [
      {
        request: { ...CSS, headers: { 'Accept-Encoding': 'zstd' } },
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'origin', upstream: { headers: { 'Accept-Encoding': 'br, gzip' } } },
      },
    ],
  }),
  told({
    id: 'cloudflare-to-origin',
    title: 'The origin is told who asks',
    spec: ['cloudflare-to-origin', 'cloudflare-ray'],
    steps: [
      {
        request: { ...CSS, headers: { 'CF-Connecting-IP': '203.0.113.9', 'CF-RAY': 'x' } },
        origin: {},
        expect: {
          from: 'origin',
          upstream: {
            headers: {
              'CF-Connecting-IP': '127.0.0.1',
              'X-Forwarded-For': '127.0.0.1',
              'X-Forwarded-Proto': /^https?$/u,
              'CF-IPCountry': 'XX',
              'CF-Visitor': /^\{"scheme":"https?"\}$/u,
              'CF-RAY': /^[0-9a-f]{16}-[A-Z]{3}$/u,
            },
          },
        },
      },
    ],
  }),
  told({
    id: 'cloudflare-country',
    title: 'x-poplet-country is the country that the origin is told, and goes no further itself',
    spec: ['cloudflare-to-origin'],
    steps: [
      {
        request: { ...CSS, headers: { 'X-Poplet-Country': 'DE' } },
        origin: {},
        expect: {
          from: 'origin',
          upstream: { headers: { 'CF-IPCountry': 'DE' }, absent: ['x-poplet-country'] },
        },
      },
    ],
  }),
];

/** What browsers are sent. */
const sent = (value: string): { readonly 'Cache-Control': string } => ({ 'Cache-Control': value });

const browsers = [
  told({
    id: 'cloudflare-browser-ttl',
    title:
      'Browser Cache TTL of 4 hours: browsers are sent that where the origin says less, or nothing',
    spec: ['cloudflare-browser-ttl'],
    profile: 'cloudflare:browser-ttl=14400',
    steps: [
      {
        request: CSS,
        origin: {
          headers: {
            'Cache-Control': 'public, max-age=60, s-maxage=600',
            'CDN-Cache-Control': 'max-age=600',
          },
        },
        expect: {
          from: 'origin',
          stored: true,
          headers: {
            ...sent('public, max-age=14400, s-maxage=600'),
            'CDN-Cache-Control': 'max-age=600',
          },
        },
      },
      {
        at: 599,
        request: CSS,
        expect: {
          from: 'cache',
          headers: { ...status('HIT'), ...sent('public, max-age=14400, s-maxage=600') },
        },
      },
      {
        at: 599,
        request: { path: '/other.css' },
        origin: {},
        expect: { from: 'origin', stored: true, headers: sent('max-age=14400') },
      },
    ],
  }),
  told({
    id: 'cloudflare-browser-ttl-more',
    title: 'What is more stays',
    spec: ['cloudflare-browser-ttl'],
    profile: 'cloudflare:browser-ttl=14400',
    steps: [
      {
        request: CSS,
        origin: { headers: sent('max-age=86400') },
        expect: { from: 'origin', headers: sent('max-age=86400') },
      },
    ],
  }),
  told({
    id: 'cloudflare-browser-ttl-not-cached',
    title: 'So does what is not cached',
    spec: ['cloudflare-browser-ttl'],
    profile: 'cloudflare:browser-ttl=14400',
    steps: [
      {
        request: CSS,
        origin: { headers: sent('private, max-age=60') },
        expect: {
          from: 'origin',
          headers: { ...status('BYPASS'), ...sent('private, max-age=60') },
        },
      },
      {
        request: { path: '/page' },
        origin: { headers: sent('max-age=60') },
        expect: { from: 'origin', headers: { ...status('DYNAMIC'), ...sent('max-age=60') } },
      },
    ],
  }),
  told({
    id: 'cloudflare-browser-ttl-respected',
    title: 'Where existing headers are respected, browsers get them as they were written',
    spec: ['cloudflare-browser-ttl'],
    steps: [
      {
        request: CSS,
        origin: { headers: sent('max-age=60') },
        expect: { from: 'origin', stored: true, headers: sent('max-age=60') },
      },
      {
        request: { path: '/other.css' },
        origin: {},
        expect: { from: 'origin', stored: true, absent: ['cache-control'] },
      },
    ],
  }),
];

const downstream = [
  told({
    id: 'cloudflare-fields',
    title: 'CF-RAY and Server stand on every answer',
    spec: ['cloudflare-ray', 'cloudflare-server'],
    steps: [
      {
        request: CSS,
        origin: { headers: { 'Cache-Control': 'max-age=60', Server: 'mine', 'CF-RAY': 'x' } },
        expect: {
          from: 'origin',
          headers: { 'CF-RAY': /^[0-9a-f]{16}-[A-Z]{3}$/u, Server: 'cloudflare' },
        },
      },
      {
        request: CSS,
        expect: {
          from: 'cache',
          headers: { 'CF-RAY': /^[0-9a-f]{16}-[A-Z]{3}$/u, Server: 'cloudflare', ...status('HIT') },
        },
      },
    ],
  }),
  told({
    id: 'cloudflare-stripped',
    title: 'Cache-Tag and the X-Accel fields do not reach clients',
    spec: ['cloudflare-stripped', 'cloudflare-tags'],
    steps: [
      {
        request: CSS,
        origin: {
          headers: {
            'Cache-Control': 'max-age=60',
            'Cache-Tag': 'one, two',
            'X-Accel-Buffering': 'no',
            'X-Accel-Charset': 'utf-8',
            'X-Accel-Limit-Rate': '1',
            'X-Accel-Redirect': '/x',
          },
        },
        expect: {
          from: 'origin',
          stored: true,
          absent: [
            'cache-tag',
            'x-accel-buffering',
            'x-accel-charset',
            'x-accel-limit-rate',
            'x-accel-redirect',
          ],
        },
      },
      { purge: { tag: 'two' } },
      { request: CSS, origin: {}, expect: { from: 'origin', headers: status('MISS') } },
    ],
  }),
];

export const cloudflareCases = defineCases([
  ...eligibility,
  ...lifetimes,
  ...directives,
  ...withoutOriginCacheControl,
  ...key,
  ...upstream,
  ...browsers,
  ...downstream,
]);
