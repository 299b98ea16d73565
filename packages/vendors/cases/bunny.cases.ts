/** What Bunny does, each value as the reference has it. `spec` names the facts that a case shows. */
import { defineCases } from '@poplet/conformance';
import type { Case, ExchangeStep } from '@poplet/conformance';

import { patternsOf } from './patterns.ts';

const word = (value: string): { readonly 'CDN-Cache': string } => ({ 'CDN-Cache': value });
const hit = word('HIT');
const miss = word('MISS');

const { told, stored, freshUntil, never } = patternsOf('bunny', {
  hit,
  miss,
  expired: word('EXPIRED'),
});

const FRESH = { headers: { 'Cache-Control': 'max-age=60' } };

const lifetimes = [
  told({
    id: 'max-age',
    title: 'max-age counts, then the origin is asked: EXPIRED',
    spec: ['respects-origin', 'cache-words'],
    steps: [stored({ 'Cache-Control': 'max-age=60' }), ...freshUntil(60)],
  }),
  told({
    id: 'expires',
    title: 'Expires counts',
    spec: ['respects-origin'],
    steps: [
      stored({ Expires: '{now+61}' }),
      { at: 55, request: {}, expect: { from: 'cache', headers: hit } },
      { at: 63, request: {}, origin: FRESH, expect: { from: 'origin' } },
    ],
  }),
  told({
    id: 's-maxage',
    title: 's-maxage counts before max-age',
    spec: ['s-maxage', 'cache-words'],
    steps: [stored({ 'Cache-Control': 'max-age=600, s-maxage=60' }), ...freshUntil(60)],
  }),
  told({
    id: 'without-headers',
    title: 'Without a lifetime nothing is cached',
    spec: ['needs-headers'],
    steps: never({}),
  }),
  told({
    id: 'default-time',
    title: 'With the option for it, it is for 30 days',
    spec: ['default'],
    profile: 'bunny:default-time=2592000',
    steps: [stored({}), ...freshUntil(2_592_000)],
  }),
  told({
    id: 'cache-time',
    title: 'The zone may override what the origin says',
    spec: ['precedence'],
    profile: 'bunny:cache-time=120',
    steps: [stored({ 'Cache-Control': 'no-store, max-age=5' }), ...freshUntil(120)],
  }),
  ...(['private', 'no-store'] as const).map((directive) =>
    told({
      id: directive,
      title: `${directive}: BYPASS`,
      spec:
        directive === 'private' ? ['respects-origin', 'cache-words-others'] : ['respects-origin'],
      steps: never({ headers: { 'Cache-Control': `max-age=60, ${directive}` } }).map((step) => ({
        ...step,
        expect: { ...step.expect, headers: word('BYPASS') },
      })),
    }),
  ),
  told({
    id: 'no-cache',
    title: 'no-cache: the origin is asked each time',
    spec: ['respects-origin'],
    steps: [
      stored({ 'Cache-Control': 'max-age=60, no-cache', ETag: '"v1"' }),
      { request: {}, origin: { status: 304 }, expect: { from: 'validated' } },
    ],
  }),
  told({
    id: 'revalidated',
    title: 'What a 304 confirms is REVALIDATED',
    spec: ['cache-words-others'],
    steps: [
      stored({ 'Cache-Control': 'max-age=60', ETag: '"v1"' }),
      {
        at: 61,
        request: {},
        origin: { status: 304 },
        expect: { from: 'validated', headers: word('REVALIDATED') },
      },
    ],
  }),
  told({
    id: 'cdn-cache-control',
    title: 'CDN-Cache-Control does nothing',
    spec: ['cdn-cache-control'],
    steps: [
      stored({ 'Cache-Control': 'max-age=60', 'CDN-Cache-Control': 'max-age=600' }),
      ...freshUntil(60),
    ],
  }),
];

const storing = [
  told({
    id: 'post',
    title: 'The answer to a POST is not cached',
    spec: ['methods'],
    steps: never(FRESH, { method: 'POST' }),
  }),
  told({
    id: 'head',
    title: 'A HEAD is answered from what a GET stored',
    spec: ['methods'],
    steps: [
      stored({ 'Cache-Control': 'max-age=60' }),
      { request: { method: 'HEAD' }, expect: { from: 'cache', headers: hit, body: '' } },
    ],
  }),
  ...[203, 204, 300, 301, 302, 303, 307, 308].map((status) =>
    told({
      id: `status-${status}`,
      title: `A ${status} is cached`,
      spec: ['statuses'],
      steps: [stored({ 'Cache-Control': 'max-age=60' }, { status }), ...freshUntil(60)],
    }),
  ),
  told({
    id: 'not-found',
    title: 'A 404 is not cached, though it has a lifetime',
    spec: ['statuses'],
    steps: never({ status: 404, ...FRESH }),
  }),
  told({
    id: 'set-cookie',
    title: 'Set-Cookie is taken out, and the rest cached',
    spec: ['set-cookie'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60', 'Set-Cookie': 'a=1' } },
        expect: { from: 'origin', stored: true, absent: ['set-cookie'] },
      },
      { request: {}, expect: { from: 'cache', headers: hit, absent: ['set-cookie'] } },
    ],
  }),
  told({
    id: 'set-cookie-kept',
    title: 'With the option for it, it stays',
    spec: ['set-cookie'],
    profile: 'bunny:cookies=kept',
    steps: [
      stored({ 'Cache-Control': 'max-age=60', 'Set-Cookie': 'a=1' }),
      { request: {}, expect: { from: 'cache', headers: { 'Set-Cookie': 'a=1' } } },
    ],
  }),
  told({
    id: 'authorization',
    title: 'What Authorization brought is not cached',
    spec: ['authorization'],
    steps: never(FRESH, { headers: { Authorization: 'Basic YTpi' } }),
  }),
  told({
    id: 'authorization-shared',
    title: 'With the option for it, it is, and given to others',
    spec: ['authorization'],
    profile: 'bunny:authorization=shared',
    steps: [
      {
        request: { headers: { Authorization: 'Basic YTpi' } },
        origin: FRESH,
        expect: { from: 'origin', stored: true },
      },
      { request: {}, expect: { from: 'cache', headers: hit } },
    ],
  }),
  told({
    id: 'request-directives',
    title: 'What clients say of caching is ignored',
    spec: ['request-directives'],
    steps: [
      stored({ 'Cache-Control': 'max-age=60' }),
      ...[
        { 'Cache-Control': 'no-cache' },
        { 'Cache-Control': 'no-store, max-age=0' },
        { Pragma: 'no-cache' },
      ].map((headers): ExchangeStep => ({
        at: 1,
        request: { headers },
        expect: { from: 'cache', headers: hit },
      })),
    ],
  }),
  told({
    id: 'tags',
    title: 'CDN-Tag names tags, which clients do not get',
    spec: ['tags', 'tags-stripped'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60', 'CDN-Tag': 'one, two' } },
        expect: { from: 'origin', stored: true, absent: ['cdn-tag'] },
      },
      { purge: { tag: 'three' } },
      { request: {}, expect: { from: 'cache', headers: hit } },
      { purge: { tag: 'two' } },
      { request: {}, origin: FRESH, expect: { from: 'origin', headers: miss } },
    ],
  }),
];

/** Which of two requests is answered by what the other stored. */
function alike(one: ExchangeStep['request'], other: ExchangeStep['request']): Case['steps'] {
  return [
    { ...stored({ 'Cache-Control': 'max-age=60' }), request: one },
    { request: other, expect: { from: 'cache', headers: hit } },
  ];
}

function apart(one: ExchangeStep['request'], other: ExchangeStep['request']): Case['steps'] {
  const found = stored({ 'Cache-Control': 'max-age=60' });
  return [
    { ...found, request: one },
    { ...found, request: other },
  ];
}

const keys = [
  told({
    id: 'query',
    title: 'All queries of a path are answered alike',
    spec: ['query'],
    steps: alike({ path: '/a?b=1' }, { path: '/a?c=2' }),
  }),
  told({
    id: 'query-to-origin',
    title: 'The origin gets the query',
    spec: ['query'],
    steps: [
      {
        request: { path: '/a?b=1' },
        origin: FRESH,
        expect: { from: 'origin', upstream: { path: '/a?b=1' } },
      },
    ],
  }),
  told({
    id: 'query-whole',
    title: 'With URL Query String they are told apart',
    spec: ['query-option'],
    profile: 'bunny:query=unordered',
    steps: apart({ path: '/a?b=1' }, { path: '/a?b=2' }),
  }),
  told({
    id: 'query-unordered',
    title: 'Then their order does not count',
    spec: ['query-sorted'],
    profile: 'bunny:query=unordered',
    steps: alike({ path: '/a?b=1&c=2' }, { path: '/a?c=2&b=1' }),
  }),
  told({
    id: 'country',
    title: 'With Country Code each country has its own',
    spec: ['vary-cache'],
    profile: 'bunny:country=on',
    steps: [
      ...apart(
        { headers: { 'X-Poplet-Country': 'DE' } },
        { headers: { 'X-Poplet-Country': 'FR' } },
      ),
      {
        request: { headers: { 'X-Poplet-Country': 'DE' } },
        expect: { from: 'cache', headers: hit, bodyOfStep: 1 },
      },
    ],
  }),
  ...(['Accept-Language', '*'] as const).map((vary) =>
    told({
      id: vary === '*' ? 'vary-star' : 'vary',
      title: `Vary: ${vary} does nothing`,
      spec: ['vary'],
      steps: [
        {
          ...stored({ 'Cache-Control': 'max-age=60', Vary: vary }),
          request: { headers: { 'Accept-Language': 'de' } },
        },
        {
          request: { headers: { 'Accept-Language': 'fr' } },
          expect: { from: 'cache', headers: hit },
        },
      ],
    }),
  ),
];

/** As the page lists them. */
const EXTENSIONS =
  'avif bmp gif heic ico jpg jpeg pict png svg svg2 tif tiff webp 3g2 3gp asf avi flv m3u8 m4u mkv mp4 mpg swf ts vob webm yuv aif flac mid midi mp3 mpa ogg wav wma eot otf ttf woff woff2 csv doc docx odt pdf ppt pptx ps psd srt txt xls xlsx 7z bz2 gz iso jar rar tar xz zip zst bat class css dll ejs exe js apk bin dat dmg eps pls';

const SMART = ['/A.JPEG', '/b/c.woff2?x=1', ...EXTENSIONS.split(' ').map((one) => `/a.${one}`)];

const smart = [
  told({
    id: 'smart-cache',
    title: 'Under Smart Cache what has an extension of the list is cached',
    spec: ['smart-cache'],
    profile: 'bunny:smart-cache=on',
    steps: [
      { ...stored({ 'Cache-Control': 'max-age=60' }), request: { path: '/a.css' } },
      { request: { path: '/a.css' }, expect: { from: 'cache', headers: hit } },
    ],
  }),
  told({
    id: 'smart-cache-each',
    title: 'So is each of the list, whatever its letter case',
    spec: ['smart-cache-extensions'],
    profile: 'bunny:smart-cache=on',
    steps: SMART.map((path): ExchangeStep => ({
      ...stored({ 'Cache-Control': 'max-age=60' }),
      request: { path },
    })),
  }),
  told({
    id: 'smart-cache-html',
    title: 'Pages and what has no extension are not',
    spec: ['smart-cache'],
    profile: 'bunny:smart-cache=on',
    steps: ['/', '/page.html', '/api.json', '/css'].flatMap((path) => never(FRESH, { path })),
  }),
];

const down = { fault: 'refused' } as const;

const stale = [
  told({
    id: 'stale-off',
    title: 'Nothing stale is served unless Stale Cache is on',
    spec: ['stale'],
    steps: [
      stored({ 'Cache-Control': 'max-age=60, stale-while-revalidate=600, stale-if-error=600' }),
      { at: 61, request: {}, origin: down, expect: { from: 'edge', status: 502 } },
    ],
  }),
  told({
    id: 'stale-updating',
    title: 'With Stale Cache it is while it is updated',
    spec: ['stale', 'cache-words-others'],
    profile: 'bunny:stale=on',
    steps: [
      stored({ 'Cache-Control': 'max-age=60' }),
      {
        at: 61,
        request: {},
        origin: { ...FRESH, body: 'new' },
        expect: {
          from: 'cache',
          headers: word('UPDATING'),
          bodyOfStep: 1,
          upstream: { requests: 1 },
        },
      },
      { request: {}, expect: { from: 'cache', headers: hit, body: 'new' } },
    ],
  }),
  told({
    id: 'stale-offline',
    title: 'And while the origin is offline',
    spec: ['stale', 'cache-words-others'],
    profile: 'bunny:stale=on',
    steps: [
      stored({ 'Cache-Control': 'max-age=60' }),
      {
        at: 61,
        request: {},
        origin: down,
        expect: { from: 'cache', headers: word('UPDATING') },
      },
      { at: 62, request: {}, expect: { from: 'cache', headers: word('STALE'), bodyOfStep: 1 } },
    ],
  }),
];

const fields = [
  told({
    id: 'fields',
    title: 'Bunny’s own fields',
    spec: ['server', 'fields'],
    steps: [
      {
        request: { headers: { 'X-Poplet-Country': 'GB' } },
        origin: FRESH,
        expect: {
          from: 'origin',
          headers: {
            ...miss,
            Server: /^BunnyCDN-[A-Z]{2}\d-\d+$/u,
            'CDN-PullZone': /^\d+$/u,
            'CDN-Uid': /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/u,
            'CDN-RequestCountryCode': 'GB',
            'CDN-ProxyVer': '1.06',
            'CDN-RequestPullSuccess': 'True',
            'CDN-RequestPullCode': '200',
            'CDN-CachedAt': /^\d\d\/\d\d\/\d{4} \d\d:\d\d:\d\d$/u,
            'CDN-EdgeStorageId': /^\d+$/u,
            'CDN-Status': '200',
            'CDN-RequestTime': '0',
            'CDN-RequestId': /^[\da-f]{32}$/u,
          },
        },
      },
    ],
  }),
  told({
    id: 'to-origin',
    title: 'What the origin is told',
    spec: ['to-origin', 'to-origin-others'],
    steps: [
      {
        request: { headers: { 'X-Poplet-Country': 'GB' } },
        origin: FRESH,
        expect: {
          from: 'origin',
          upstream: {
            headers: {
              Via: 'BunnyCDN',
              'CDN-ServerId': /^\d+$/u,
              'CDN-RequestId': /^[\da-f]{32}$/u,
              'CDN-RequestCountryCode': 'GB',
              'X-Real-IP': /./u,
              'X-Forwarded-For': /./u,
              'X-Forwarded-Proto': 'http',
            },
            absent: ['x-poplet-country'],
          },
        },
      },
    ],
  }),
];

export const bunnyCases = defineCases([
  ...lifetimes,
  ...storing,
  ...keys,
  ...smart,
  ...stale,
  ...fields,
]);
