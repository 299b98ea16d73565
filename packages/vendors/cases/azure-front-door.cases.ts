/** What Azure Front Door does, each value as the reference has it. `spec` names the facts that a case shows. */
import { defineCases } from '@poplet/conformance';
import type { ExchangeStep, OriginAnswer } from '@poplet/conformance';

import { patternsOf } from './patterns.ts';

const hit = { 'X-Cache': 'TCP_HIT' } as const;
const miss = { 'X-Cache': 'TCP_MISS' } as const;
const { told, stored, freshUntil } = patternsOf('azure-front-door', { hit, miss, expired: miss });

const FRESH = { headers: { 'Cache-Control': 'max-age=60' } };

function never(origin: OriginAnswer, word: string): readonly ExchangeStep[] {
  const expect = { from: 'origin', stored: false, headers: { 'X-Cache': word } } as const;
  return [
    { request: {}, origin, expect },
    { at: 1, request: {}, origin, expect },
  ];
}

const lifetimes = [
  ...['/a.png', '/page.html', '/api', '/very/long/path.js', '/?x'].map((path, index) =>
    told({
      id: `default-${index + 1}`,
      title: `Without Cache-Control ${path} is cached for a day at least, and for three at most`,
      spec: ['default'],
      steps: [
        { ...stored({}), request: { path } },
        { at: 86_399, request: { path }, expect: { from: 'cache', headers: hit } },
        {
          at: 259_201,
          request: { path },
          origin: FRESH,
          expect: { from: 'origin', headers: miss },
        },
      ],
    }),
  ),
  told({
    id: 'max',
    title: 'A lifetime above 366 days is 366 days',
    spec: ['max'],
    steps: [stored({ 'Cache-Control': 'max-age=99999999' }), ...freshUntil(31_622_400)],
  }),
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
    title: 'Expires counts where nothing else is said',
    spec: ['precedence'],
    steps: [
      stored({ Expires: '{now+61}' }),
      { at: 55, request: {}, expect: { from: 'cache', headers: hit } },
      { at: 63, request: {}, origin: FRESH, expect: { from: 'origin' } },
    ],
  }),
  told({
    id: 'override-always',
    title: 'Override always: every lifetime is that of the rule',
    spec: ['rules'],
    profile: 'azure-front-door:override-always=120',
    steps: [
      { ...stored({ 'Cache-Control': 'max-age=60' }), request: { path: '/a' } },
      { ...stored({ 'Cache-Control': 'max-age=600' }), request: { path: '/b' } },
      { ...stored({}), request: { path: '/c' } },
      ...['/a', '/b', '/c'].map((path, index): ExchangeStep => ({
        at: 119,
        request: { path },
        expect: { from: 'cache', bodyOfStep: index + 1 },
      })),
      ...['/a', '/b', '/c'].map((path): ExchangeStep => ({
        at: 121,
        request: { path },
        origin: FRESH,
        expect: { from: 'origin' },
      })),
    ],
  }),
  told({
    id: 'override-if-missing',
    title: 'Override if origin missing: that of the rule where the origin names none',
    spec: ['rules'],
    profile: 'azure-front-door:override-if-missing=120',
    steps: [
      { ...stored({ 'Cache-Control': 'max-age=600' }), request: { path: '/b' } },
      { ...stored({}), request: { path: '/c' } },
      { at: 119, request: { path: '/c' }, expect: { from: 'cache' } },
      { at: 121, request: { path: '/c' }, origin: FRESH, expect: { from: 'origin' } },
      { at: 599, request: { path: '/b' }, expect: { from: 'cache', bodyOfStep: 1 } },
    ],
  }),
  ...(['private', 'no-cache', 'no-store'] as const).flatMap((value) => [
    told({
      id: value,
      title: `${value}: not cached`,
      spec: ['refusals', 'x-cache'],
      steps: never({ headers: { 'Cache-Control': `max-age=60, ${value}` } }, 'PRIVATE_NOSTORE'),
    }),
    told({
      id: `${value}-rule`,
      title: `${value} wins over a rule that overrides always`,
      spec: ['rules-refusals'],
      profile: 'azure-front-door:override-always=120',
      steps: never({ headers: { 'Cache-Control': value } }, 'PRIVATE_NOSTORE'),
    }),
  ]),
  told({
    id: 'no-targeted',
    title: 'CDN-Cache-Control and Surrogate-Control do not count',
    spec: ['no-targeted'],
    steps: [
      stored({
        'CDN-Cache-Control': 'no-store',
        'Surrogate-Control': 'max-age=5',
        'Cache-Control': 'max-age=60',
      }),
      ...freshUntil(60),
    ],
  }),
  ...([301, 302, 308] as const).map((status) =>
    told({
      id: `status-${status}`,
      title: `A ${status} with a lifetime is cached`,
      spec: ['redirects'],
      steps: [stored({ 'Cache-Control': 'max-age=60' }, { status }), ...freshUntil(60)],
    }),
  ),
  ...([301, 302, 404, 500] as const).map((status) =>
    told({
      id: `status-${status}-not`,
      title: `A ${status} without one is not`,
      spec: ['redirects', 'errors'],
      steps: never({ status, headers: { ETag: '"v1"' } }, 'TCP_MISS'),
    }),
  ),
  told({
    id: 'not-found-cached',
    title: 'An option has a 404 cached for the lifetime that it names',
    spec: ['errors'],
    profile: 'azure-front-door:not-found=cached',
    steps: [stored({ 'Cache-Control': 'max-age=60' }, { status: 404 }), ...freshUntil(60)],
  }),
];

const staleness = [
  told({
    id: 'stale-unreachable',
    title: 'A stale response stands in while the origin is down',
    spec: ['stale'],
    steps: [
      stored({ 'Cache-Control': 'max-age=60' }),
      {
        at: 62,
        request: {},
        origin: { fault: 'refused' },
        expect: { from: 'cache', outcome: 'stale', headers: hit, upstream: { requests: 0 } },
      },
    ],
  }),
  told({
    id: 'stale-must-revalidate',
    title: 'not where it says must-revalidate',
    spec: ['must-revalidate'],
    steps: [
      stored({ 'Cache-Control': 'max-age=60, must-revalidate' }),
      { at: 62, request: {}, origin: { fault: 'refused' }, expect: { from: 'edge', status: 504 } },
    ],
  }),
  told({
    id: 'stale-directives',
    title: 'stale-while-revalidate and stale-if-error have no effect',
    spec: ['stale-directives'],
    steps: [
      stored({ 'Cache-Control': 'max-age=60, stale-while-revalidate=600, stale-if-error=600' }),
      {
        at: 62,
        request: {},
        origin: { status: 503, body: 'down' },
        expect: { from: 'origin', status: 503 },
      },
    ],
  }),
  told({
    id: 'stale-directives-obeyed',
    title: 'An option has them obeyed',
    spec: ['stale-directives'],
    profile: 'azure-front-door:stale-directives=obeyed',
    steps: [
      stored({ 'Cache-Control': 'max-age=60, stale-while-revalidate=600' }),
      {
        at: 62,
        request: {},
        origin: FRESH,
        expect: { from: 'cache', outcome: 'updating', upstream: { requests: 1 } },
      },
    ],
  }),
];

const sharing = [
  told({
    id: 'set-cookie',
    title: 'Set-Cookie is taken out of what is cached, for the first client too',
    spec: ['set-cookie'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60', 'Set-Cookie': 'a=1' } },
        expect: { from: 'origin', stored: true, absent: ['set-cookie'], headers: miss },
      },
      { request: {}, expect: { from: 'cache', absent: ['set-cookie'], headers: hit } },
    ],
  }),
  told({
    id: 'set-cookie-private',
    title: 'and left in what is not',
    spec: ['set-cookie'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'no-store', 'Set-Cookie': 'a=1' } },
        expect: {
          from: 'origin',
          stored: false,
          headers: { 'Set-Cookie': 'a=1', 'X-Cache': 'PRIVATE_NOSTORE' },
        },
      },
    ],
  }),
  told({
    id: 'authorization',
    title: 'Authorization is forwarded, and what it brought needs leave to be cached',
    spec: ['authorization'],
    steps: [
      {
        request: { headers: { Authorization: 'Bearer a' } },
        origin: FRESH,
        expect: {
          from: 'origin',
          stored: false,
          upstream: { headers: { Authorization: 'Bearer a' } },
        },
      },
    ],
  }),
  told({
    id: 'authorization-removed',
    title: 'An option has it removed, as it was in 2018: then what comes is like any other',
    spec: ['authorization'],
    profile: 'azure-front-door:authorization=removed',
    steps: [
      {
        request: { headers: { Authorization: 'Bearer a' } },
        origin: FRESH,
        expect: { from: 'origin', stored: true, upstream: { absent: ['authorization'] } },
      },
      { request: {}, expect: { from: 'cache', headers: hit } },
    ],
  }),
  told({
    id: 'query-ignored',
    title:
      'Ignore Query String: all queries of a path get one answer, the origin sees that of the first',
    spec: ['query-ignored'],
    steps: [
      {
        request: { path: '/a?x=1' },
        origin: FRESH,
        expect: { from: 'origin', stored: true, upstream: { path: '/a?x=1' } },
      },
      { request: { path: '/a?x=2' }, expect: { from: 'cache', headers: hit } },
      { request: { path: '/a' }, expect: { from: 'cache', headers: hit } },
    ],
  }),
  told({
    id: 'query-used',
    title: 'Use Query String: queries are told apart, whatever the order of their parameters',
    spec: ['query-used'],
    profile: 'azure-front-door:query=unordered',
    steps: [
      { ...stored({ 'Cache-Control': 'max-age=60' }), request: { path: '/a?x=1&y=2' } },
      { request: { path: '/a?y=2&x=1' }, expect: { from: 'cache', headers: hit } },
      {
        request: { path: '/a?x=1&y=3' },
        origin: FRESH,
        expect: { from: 'origin', headers: miss },
      },
    ],
  }),
  told({
    id: 'vary',
    title: 'Of Vary, Accept-Encoding counts alone; * is nothing',
    spec: ['vary'],
    steps: [
      {
        request: { headers: { 'Accept-Encoding': 'gzip', 'X-A': '1' } },
        origin: { headers: { 'Cache-Control': 'max-age=60', Vary: 'Accept-Encoding, X-A' } },
        expect: { from: 'origin', stored: true },
      },
      {
        request: { headers: { 'Accept-Encoding': 'gzip', 'X-A': '2' } },
        expect: { from: 'cache', headers: hit },
      },
      {
        request: { headers: { 'Accept-Encoding': 'br', 'X-A': '1' } },
        origin: { headers: { 'Cache-Control': 'max-age=60', Vary: '*' } },
        expect: { from: 'origin', stored: true },
      },
    ],
  }),
  told({
    id: 'vary-obeyed',
    title: 'An option has Vary obeyed',
    spec: ['vary'],
    profile: 'azure-front-door:vary=obeyed',
    steps: [
      {
        request: { headers: { 'X-A': '1' } },
        origin: { headers: { 'Cache-Control': 'max-age=60', Vary: 'X-A' } },
        expect: { from: 'origin', stored: true },
      },
      { request: { headers: { 'X-A': '2' } }, origin: FRESH, expect: { from: 'origin' } },
    ],
  }),
  told({
    id: 'request-directives',
    title: 'Nothing that a client says makes the cache ask the origin',
    spec: ['request-directives'],
    steps: [
      stored({ 'Cache-Control': 'max-age=60' }),
      {
        at: 10,
        request: { headers: { 'Cache-Control': 'no-cache, max-age=0', Pragma: 'no-cache' } },
        expect: { from: 'cache', headers: hit },
      },
    ],
  }),
  told({
    id: 'methods',
    title: 'GET alone is cached: HEAD and POST are passed on, and nothing of them is stored',
    spec: ['methods'],
    steps: [
      {
        request: { method: 'HEAD' },
        origin: FRESH,
        expect: { from: 'origin', stored: false, upstream: { method: 'HEAD' } },
      },
      {
        request: { method: 'POST', body: 'x' },
        origin: { headers: { 'Cache-Control': 'max-age=60', 'Content-Location': '{path}/' } },
        expect: { from: 'origin', stored: false, headers: { 'X-Cache': 'CONFIG_NOCACHE' } },
      },
      stored({ 'Cache-Control': 'max-age=60' }),
      { request: {}, expect: { from: 'cache', headers: hit } },
    ],
  }),
];

const LONG = 'body { margin: 0 }\n'.repeat(100);

const exchange = [
  told({
    id: 'range-chunks',
    title: 'A range is asked for in whole chunks of 8388608 bytes',
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
          upstream: { headers: { Range: 'bytes=0-8388607' } },
        },
      },
      {
        request: { path: '/b', headers: { Range: 'bytes=8388609-8388610' } },
        origin: {
          status: 206,
          headers: {
            'Cache-Control': 'max-age=60',
            'Content-Range': 'bytes 8388608-8388615/8388616',
            ETag: '"v1"',
          },
          body: 'abcdefgh',
        },
        expect: {
          from: 'origin',
          stored: true,
          status: 206,
          body: 'bc',
          upstream: { headers: { Range: 'bytes=8388608-16777215' } },
        },
      },
      {
        request: { path: '/b', headers: { Range: 'bytes=8388614-8388615' } },
        expect: { from: 'cache', status: 206, body: 'gh' },
      },
    ],
  }),
  told({
    id: 'to-origin',
    title: 'What the origin gets: who asks, and by which Front Door',
    spec: ['to-origin', 'fd-fields'],
    steps: [
      {
        request: {
          headers: {
            Via: '1.0 other',
            'X-FD-HealthProbe': '1',
            'X-FD-Other': '1',
            'X-Azure-FDID': 'mine',
            'X-Forwarded-For': '203.0.113.7',
            'x-poplet-country': 'DE',
          },
        },
        origin: FRESH,
        expect: {
          from: 'origin',
          upstream: {
            headers: {
              Via: /^1\.0 other, (?:1\.1|2) Azure$/u,
              'X-Azure-ClientIP': '127.0.0.1',
              'X-Azure-SocketIP': '127.0.0.1',
              'X-Azure-Ref': /^0\S+$/u,
              'X-Azure-RequestChain': 'hops=1',
              'X-Azure-FDID': /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u,
              'X-Forwarded-For': '203.0.113.7, 127.0.0.1',
              'X-Forwarded-Host': /./u,
              'X-Forwarded-Proto': /^https?$/u,
            },
            absent: ['x-fd-healthprobe', 'x-fd-other', 'x-poplet-country'],
          },
        },
      },
    ],
  }),
  told({
    id: 'not-forwarded',
    title: 'Accept, Accept-Charset and Accept-Language are not forwarded',
    spec: ['not-forwarded'],
    steps: [
      {
        request: {
          headers: {
            Accept: 'text/html',
            'Accept-Charset': 'utf-8',
            'Accept-Language': 'de',
            'Accept-Encoding': 'gzip',
          },
        },
        origin: FRESH,
        expect: {
          from: 'origin',
          upstream: {
            headers: { 'Accept-Encoding': 'gzip' },
            absent: ['accept', 'accept-charset', 'accept-language'],
          },
        },
      },
    ],
  }),
  told({
    id: 'fields',
    title:
      'X-Cache and X-Azure-Ref stand on every answer; with X-Azure-DebugInfo: 1 the status of the origin',
    spec: ['x-cache', 'ref', 'debug'],
    steps: [
      {
        request: {},
        origin: FRESH,
        expect: {
          from: 'origin',
          headers: { ...miss, 'X-Azure-Ref': /^0\S+$/u },
          absent: ['x-azure-originstatuscode'],
        },
      },
      {
        request: {},
        expect: { from: 'cache', headers: { ...hit, 'X-Azure-Ref': /^0\S+$/u } },
      },
      {
        request: { path: '/gone', headers: { 'X-Azure-DebugInfo': '1' } },
        origin: { status: 410 },
        expect: {
          from: 'origin',
          headers: { ...miss, 'X-Azure-OriginStatusCode': '410' },
        },
      },
      {
        request: { headers: { 'X-Azure-DebugInfo': '1' } },
        expect: {
          from: 'cache',
          headers: hit,
          absent: ['x-azure-originstatuscode'],
          bodyOfStep: 1,
        },
      },
    ],
  }),
  told({
    id: 'revalidated',
    title: 'What a 304 confirms is TCP_HIT',
    spec: ['x-cache-revalidated'],
    steps: [
      stored({ 'Cache-Control': 'max-age=60', ETag: '"v1"' }),
      { at: 62, request: {}, origin: { status: 304 }, expect: { from: 'validated', headers: hit } },
    ],
  }),
  told({
    id: 'compression',
    title: 'Turned on, compression makes br rather than gzip, of its media types, from 1 KB on',
    spec: ['compression'],
    profile: 'azure-front-door:compression=on',
    steps: [
      {
        request: { path: '/a', headers: { 'Accept-Encoding': 'gzip, br' } },
        origin: {
          headers: { 'Cache-Control': 'max-age=60', 'Content-Type': 'text/css' },
          body: LONG,
        },
        expect: { from: 'origin', coding: 'br', body: LONG },
      },
      {
        request: { path: '/b', headers: { 'Accept-Encoding': 'gzip' } },
        origin: {
          headers: { 'Cache-Control': 'max-age=60', 'Content-Type': 'text/css' },
          body: LONG,
        },
        expect: { from: 'origin', coding: 'gzip', body: LONG },
      },
      {
        request: { path: '/c', headers: { 'Accept-Encoding': 'gzip, br' } },
        origin: {
          headers: { 'Cache-Control': 'max-age=60', 'Content-Type': 'text/x-other' },
          body: LONG,
        },
        expect: { from: 'origin', coding: 'identity' },
      },
      {
        request: { path: '/d', headers: { 'Accept-Encoding': 'gzip, br' } },
        origin: {
          headers: { 'Cache-Control': 'max-age=60', 'Content-Type': 'text/css' },
          body: LONG.slice(0, 1000),
        },
        expect: { from: 'origin', coding: 'identity' },
      },
    ],
  }),
  told({
    id: 'range',
    title:
      'A range that the origin answers is cached; what it answers with the whole is cached whole',
    spec: ['range-answers'],
    steps: [
      {
        request: { path: '/a', headers: { Range: 'bytes=0-3' } },
        origin: {
          status: 206,
          headers: { 'Cache-Control': 'max-age=60', 'Content-Range': 'bytes 0-3/8', ETag: '"v1"' },
          body: 'abcd',
        },
        expect: { from: 'origin', stored: true },
      },
      {
        request: { path: '/a', headers: { Range: 'bytes=1-2' } },
        expect: { from: 'cache', status: 206, body: 'bc' },
      },
      {
        request: { path: '/b', headers: { Range: 'bytes=0-3' } },
        origin: { headers: { 'Cache-Control': 'max-age=60' }, body: 'abcdefgh' },
        expect: { from: 'origin', stored: true, status: 206, body: 'abcd' },
      },
      { request: { path: '/b' }, expect: { from: 'cache', body: 'abcdefgh' } },
    ],
  }),
];

export const azureFrontDoorCases = defineCases([
  ...lifetimes,
  ...staleness,
  ...sharing,
  ...exchange,
]);
