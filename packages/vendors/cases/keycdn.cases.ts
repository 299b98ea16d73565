/** What KeyCDN does, each value as the reference has it. `spec` names the facts that a case shows. */
import { defineCases } from '@poplet/conformance';
import type { Case, ExchangeStep, HeaderScript } from '@poplet/conformance';

import { patternsOf } from './patterns.ts';

const word = (value: string): { readonly 'X-Cache': string } => ({ 'X-Cache': value });
const hit = word('HIT');
const miss = word('MISS');

const { told, stored, freshUntil, never } = patternsOf('keycdn', {
  hit,
  miss,
  expired: word('EXPIRED'),
  refused: miss,
});

const FRESH = { headers: { 'Cache-Control': 'max-age=60' } };

const storing = [
  ...[200, 301, 302].map((status) =>
    told({
      id: `status-${status}`,
      title: `A ${status} is cached`,
      spec: ['statuses'],
      steps: [stored({ 'Cache-Control': 'max-age=60' }, { status }), ...freshUntil(60)],
    }),
  ),
  ...[307, 404].map((status) =>
    told({
      id: `status-${status}`,
      title: `A ${status} is not cached, though it has a lifetime`,
      spec: ['statuses'],
      steps: never({ status, ...FRESH }),
    }),
  ),
  told({
    id: 'status-206',
    title: 'Part of a body is not cached',
    spec: ['statuses'],
    steps: [
      {
        request: { headers: { Range: 'bytes=0-3' } },
        origin: {
          status: 206,
          headers: {
            'Cache-Control': 'max-age=60',
            'Content-Range': 'bytes 0-3/10',
            ETag: '"v1"',
          },
          body: 'part',
        },
        expect: { from: 'origin', stored: false },
      },
    ],
  }),
  told({
    id: 'post',
    title: 'A POST is passed, and neither stored nor does it make anything invalid',
    spec: ['methods', 'unsafe'],
    steps: [
      stored({ 'Cache-Control': 'max-age=60' }),
      {
        request: { method: 'POST' },
        origin: FRESH,
        expect: { from: 'origin', stored: false, headers: miss },
      },
      { request: {}, expect: { from: 'cache', headers: hit, bodyOfStep: 1 } },
    ],
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
  ...(['private', 'no-cache', 'no-store'] as const).map((directive) =>
    told({
      id: directive,
      title: `${directive} keeps a response from being cached`,
      spec: ['refusals'],
      steps: never({ headers: { 'Cache-Control': `max-age=60, ${directive}`, ETag: '"v1"' } }),
    }),
  ),
  told({
    id: 'set-cookie',
    title: 'So does Set-Cookie',
    spec: ['refusals'],
    steps: never({ headers: { 'Cache-Control': 'max-age=60', 'Set-Cookie': 'a=1' } }),
  }),
  told({
    id: 'strip-cookies',
    title: 'Unless the zone strips cookies',
    spec: ['strip-cookies'],
    profile: 'keycdn:cookies=stripped',
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
    id: 'zero',
    title: 'max-age=0 is not cached',
    spec: ['zero'],
    steps: never({ headers: { 'Cache-Control': 'max-age=0', ETag: '"v1"' } }),
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
    profile: 'keycdn:authorization=shared',
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
      {
        at: 1,
        request: { headers: { 'Cache-Control': 'no-cache, no-store', Pragma: 'no-cache' } },
        expect: { from: 'cache', headers: hit },
      },
    ],
  }),
  told({
    id: 'tags',
    title: 'Cache-Tag names tags, separated by spaces',
    spec: ['tags'],
    steps: [
      stored({ 'Cache-Control': 'max-age=60', 'Cache-Tag': 'one two' }),
      { purge: { tag: 'three' } },
      { request: {}, expect: { from: 'cache', headers: hit } },
      { purge: { tag: 'two' } },
      { request: {}, origin: FRESH, expect: { from: 'origin', headers: miss } },
    ],
  }),
];

const lifetimes = [
  told({
    id: 'accel',
    title: 'X-Accel-Expires counts before Cache-Control and Expires, and clients do not get it',
    spec: ['precedence'],
    steps: [
      {
        request: {},
        origin: {
          headers: {
            'X-Accel-Expires': '120',
            'Cache-Control': 'no-store, max-age=5',
            Expires: '{now+5}',
          },
        },
        expect: { from: 'origin', stored: true, headers: miss, absent: ['x-accel-expires'] },
      },
      ...freshUntil(120),
    ],
  }),
  told({
    id: 'accel-zero',
    title: 'X-Accel-Expires: 0 is not cached',
    spec: ['precedence'],
    steps: never({ headers: { 'X-Accel-Expires': '0', 'Cache-Control': 'max-age=60' } }),
  }),
  told({
    id: 'max-age',
    title: 'Cache-Control counts before Expires',
    spec: ['precedence', 'x-cache'],
    steps: [stored({ 'Cache-Control': 'max-age=60', Expires: '{now+600}' }), ...freshUntil(60)],
  }),
  told({
    id: 's-maxage',
    title: 's-maxage counts before max-age',
    spec: ['s-maxage'],
    steps: [stored({ 'Cache-Control': 'max-age=600, s-maxage=60' }), ...freshUntil(60)],
  }),
  told({
    id: 'expires',
    title: 'Expires counts before Max Expire',
    spec: ['precedence'],
    steps: [
      stored({ Expires: '{now+61}' }),
      { at: 55, request: {}, expect: { from: 'cache', headers: hit } },
      { at: 63, request: {}, origin: FRESH, expect: { from: 'origin' } },
    ],
  }),
  told({
    id: 'max-expire',
    title: 'Without any of them it is Max Expire, a day',
    spec: ['precedence', 'max-expire'],
    steps: [stored({}), ...freshUntil(86_400)],
  }),
  told({
    id: 'ignore',
    title: 'Ignore Cache Control: Max Expire counts',
    spec: ['ignore'],
    profile: 'keycdn:ignore-cache-control=on,max-expire=120',
    steps: [
      stored({ 'Cache-Control': 'no-store, max-age=5', Expires: '{now+5}' }),
      ...freshUntil(120),
    ],
  }),
  told({
    id: 'ignore-accel',
    title: 'X-Accel-Expires does not count then',
    spec: ['ignore'],
    profile: 'keycdn:ignore-cache-control=on,max-expire=120',
    steps: [stored({ 'X-Accel-Expires': '5' }), ...freshUntil(120)],
  }),
  told({
    id: 'revalidated',
    title: 'What a 304 confirms is REVALIDATED',
    spec: ['x-cache'],
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
];

const staleThen = (headers: HeaderScript): Case['steps'] => [
  stored(headers),
  {
    at: 61,
    request: {},
    origin: { ...FRESH, body: 'new' },
    expect: {
      from: 'cache',
      headers: word('STALE'),
      bodyOfStep: 1,
      upstream: { requests: 1 },
    },
  },
  { request: {}, expect: { from: 'cache', headers: hit, body: 'new' } },
];

const stale = [
  told({
    id: 'swr',
    title: 'stale-while-revalidate: STALE, then HIT',
    spec: ['swr', 'x-cache'],
    steps: staleThen({ 'Cache-Control': 's-maxage=60, stale-while-revalidate=600' }),
  }),
  ...(['must-revalidate', 'proxy-revalidate'] as const).map((directive) =>
    told({
      id: `swr-${directive}`,
      title: `${directive} does nothing beside it`,
      spec: ['must-revalidate'],
      steps: staleThen({
        'Cache-Control': `max-age=60, stale-while-revalidate=600, ${directive}`,
      }),
    }),
  ),
  told({
    id: 'sie',
    title: 'stale-if-error: STALE when the origin answers with an error',
    spec: ['sie'],
    steps: [
      stored({ 'Cache-Control': 'max-age=60, stale-if-error=600' }),
      {
        at: 61,
        request: {},
        origin: { status: 503 },
        expect: { from: 'cache', headers: word('STALE'), upstream: { requests: 1 } },
      },
    ],
  }),
  told({
    id: 'sie-ignored',
    title: 'With the option for it, it does nothing',
    spec: ['sie'],
    profile: 'keycdn:stale-if-error=ignored',
    steps: [
      stored({ 'Cache-Control': 'max-age=60, stale-if-error=600' }),
      { at: 61, request: {}, origin: { status: 503 }, expect: { from: 'origin', status: 503 } },
    ],
  }),
  told({
    id: 'origin-down',
    title: 'While the origin is down what is stale is served: STALE',
    spec: ['origin-down'],
    steps: [
      stored({ 'Cache-Control': 'max-age=60' }),
      {
        at: 61,
        request: {},
        origin: { fault: 'refused' },
        expect: { from: 'cache', headers: word('STALE') },
      },
    ],
  }),
  told({
    id: 'error',
    title: 'An error of the edge has no X-Cache',
    spec: ['x-cache'],
    steps: [
      {
        request: {},
        origin: { fault: 'refused' },
        expect: { from: 'edge', status: 502, absent: ['x-cache'] },
      },
    ],
  }),
];

const others = [
  told({
    id: 'query',
    title: 'The query is part of the key, its order included',
    spec: ['key'],
    steps: [
      { ...stored({ 'Cache-Control': 'max-age=60' }), request: { path: '/a?b=1&c=2' } },
      { ...stored({ 'Cache-Control': 'max-age=60' }), request: { path: '/a?c=2&b=1' } },
    ],
  }),
  told({
    id: 'query-ignored',
    title: 'Ignore Query String takes it out',
    spec: ['key'],
    profile: 'keycdn:query=none',
    steps: [
      { ...stored({ 'Cache-Control': 'max-age=60' }), request: { path: '/a?b=1' } },
      { request: { path: '/a?b=2' }, expect: { from: 'cache', headers: hit } },
    ],
  }),
  told({
    id: 'country',
    title: 'Cache Key Country: each country has its own',
    spec: ['key'],
    profile: 'keycdn:country=on',
    steps: [
      ...(['DE', 'FR'] as const).map((country): ExchangeStep => ({
        ...stored({ 'Cache-Control': 'max-age=60' }),
        request: { headers: { 'X-Poplet-Country': country } },
      })),
      {
        request: { headers: { 'X-Poplet-Country': 'DE' } },
        expect: { from: 'cache', headers: hit, bodyOfStep: 1 },
      },
    ],
  }),
  told({
    id: 'vary',
    title: 'Vary tells responses apart',
    spec: ['vary'],
    steps: (['de', 'fr'] as const).map((language): ExchangeStep => ({
      ...stored({ 'Cache-Control': 'max-age=60', Vary: 'Accept-Language' }),
      request: { headers: { 'Accept-Language': language } },
    })),
  }),
  ...(
    [
      ['gzip', 'keycdn'],
      ['brotli', 'keycdn:brotli=on'],
    ] as const
  ).map(([name, profile]) =>
    told({
      id: name,
      title: `Responses are compressed with ${name}`,
      spec: ['compression'],
      profile,
      steps: [
        {
          request: { headers: { 'Accept-Encoding': 'gzip, br' } },
          origin: {
            headers: { 'Cache-Control': 'max-age=60', 'Content-Type': 'text/css' },
            body: 'a { color: red } '.repeat(200),
          },
          expect: { from: 'origin', coding: name === 'gzip' ? 'gzip' : 'br' },
        },
      ],
    }),
  ),
  told({
    id: 'fields',
    title: 'KeyCDN’s own fields',
    spec: ['x-edge-location', 'server'],
    steps: [
      {
        request: {},
        origin: FRESH,
        expect: {
          from: 'origin',
          headers: { ...miss, Server: 'keycdn', 'X-Edge-Location': /^[a-z]{4}$/u },
        },
      },
    ],
  }),
  told({
    id: 'to-origin',
    title: 'What the origin is told',
    spec: ['to-origin'],
    steps: [
      {
        request: {
          headers: { 'User-Agent': 'a browser', 'Accept-Language': 'de', Cookie: 'a=1' },
        },
        origin: FRESH,
        expect: {
          from: 'origin',
          upstream: {
            headers: {
              'X-Forwarded-Host': /^[\w-]+-\d+\.kxcdn\.com$/u,
              'X-Forwarded-Scheme': 'http',
              'X-Forwarded-For': /./u,
              'X-Pull': 'KeyCDN',
              'User-Agent': 'a browser',
              'Accept-Language': 'de',
              Cookie: 'a=1',
            },
          },
        },
      },
    ],
  }),
];

export const keycdnCases = defineCases([...storing, ...lifetimes, ...stale, ...others]);
