import { defineCases } from '@poplet/conformance';
import type { Case, ExchangeStep, OriginAnswer, OriginFault } from '@poplet/conformance';

import { ALL_BUT_NO_STORE } from './patterns.ts';

/** Stored with a lifetime of a minute and these further directives. */
function minute(directives = '', etag: string | null = '"v1"'): ExchangeStep {
  const headers = {
    'Cache-Control': `max-age=60${directives}`,
    ...(etag === null ? {} : { ETag: etag }),
  };
  return { request: {}, origin: { headers }, expect: { from: 'origin', stored: true } };
}

const whileRevalidate = defineCases([
  {
    id: 'stale-swr-confirmed',
    title:
      'Within stale-while-revalidate the stale response is served at once and confirmed in the background',
    kind: 'optimal',
    spec: ['RFC 5861 §3', 'RFC 9111 §4.2.4'],
    steps: [
      minute(', stale-while-revalidate=30'),
      {
        at: 70,
        request: {},
        origin: { status: 304, headers: { 'Cache-Control': 'max-age=60' } },
        expect: {
          from: 'cache',
          outcome: 'updating',
          reasons: ['stale', 'stale-while-revalidate'],
          headers: { Age: '70' },
          cacheStatus: { hit: true, fwd: null, ttl: -10 },
          upstream: { requests: 1, headers: { 'If-None-Match': '"v1"' } },
        },
      },
      { at: 71, request: {}, expect: { from: 'cache', outcome: 'hit', headers: { Age: '1' } } },
      { at: 129, request: {}, expect: { from: 'cache', outcome: 'hit', headers: { Age: '59' } } },
    ],
  },
  {
    id: 'stale-swr-replaced',
    title: 'A background refresh that brings a new response replaces the stale one',
    kind: 'optimal',
    spec: ['RFC 5861 §3', 'RFC 9111 §4.3.3'],
    steps: [
      minute(', stale-while-revalidate=30'),
      {
        at: 70,
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60', ETag: '"v2"' }, body: 'new' },
        expect: { from: 'cache', outcome: 'updating', upstream: { requests: 1 } },
      },
      { at: 71, request: {}, expect: { from: 'cache', outcome: 'hit', body: 'new' } },
    ],
  },
  {
    id: 'stale-swr-without-validator',
    title: 'Without a validator the background refresh is a plain request',
    kind: 'optimal',
    spec: ['RFC 5861 §3'],
    steps: [
      minute(', stale-while-revalidate=30', null),
      {
        at: 70,
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60' }, body: 'new' },
        expect: {
          from: 'cache',
          outcome: 'updating',
          upstream: { requests: 1, absent: ['if-none-match', 'if-modified-since'] },
        },
      },
      { at: 71, request: {}, expect: { from: 'cache', outcome: 'hit', body: 'new' } },
    ],
  },
  {
    id: 'stale-swr-last-second',
    title: 'The last second of the window still counts',
    kind: 'optimal',
    spec: ['RFC 5861 §3'],
    steps: [
      minute(', stale-while-revalidate=30'),
      {
        at: 90,
        request: {},
        origin: { status: 304 },
        expect: { from: 'cache', outcome: 'updating', upstream: { requests: 1 } },
      },
    ],
  },
  {
    id: 'stale-swr-over',
    title: 'Past the window the client waits for the origin',
    kind: 'required',
    spec: ['RFC 5861 §3', 'RFC 9111 §4.2.4', 'RFC 5861 §5'],
    steps: [
      minute(', stale-while-revalidate=30'),
      {
        at: 91,
        request: {},
        origin: { status: 304 },
        expect: {
          from: 'validated',
          outcome: 'revalidated',
          reasons: ['stale', 'stale-while-revalidate-over', 'validate', 'confirmed'],
        },
      },
    ],
  },
  {
    id: 'stale-swr-zero',
    title: 'stale-while-revalidate=0 permits nothing',
    kind: 'required',
    spec: ['RFC 5861 §3'],
    steps: [
      minute(', stale-while-revalidate=0'),
      { at: 60, request: {}, origin: { status: 304 }, expect: { from: 'validated' } },
    ],
  },
  {
    id: 'stale-swr-without-seconds',
    title: 'stale-while-revalidate without seconds permits nothing',
    kind: 'required',
    spec: ['RFC 5861 §3'],
    steps: [
      minute(', stale-while-revalidate'),
      { at: 61, request: {}, origin: { status: 304 }, expect: { from: 'validated' } },
    ],
  },
  {
    id: 'stale-swr-refresh-fails',
    title:
      'After a failed refresh none is begun for five seconds; the stale response is still served',
    kind: 'check',
    spec: ['RFC 5861 §3', 'RFC 5861 §5', 'Poplet'],
    steps: [
      minute(', stale-while-revalidate=30'),
      {
        at: 70,
        request: {},
        origin: { status: 500 },
        expect: { from: 'cache', outcome: 'updating', upstream: { requests: 1 } },
      },
      {
        at: 74,
        request: {},
        expect: {
          from: 'cache',
          outcome: 'stale',
          reasons: ['stale', 'stale-while-revalidate', 'refresh-held-back'],
        },
      },
      {
        at: 75,
        request: {},
        origin: { status: 304 },
        expect: { from: 'cache', outcome: 'updating', upstream: { requests: 1 } },
      },
      { at: 76, request: {}, expect: { from: 'cache', outcome: 'hit', headers: { Age: '1' } } },
    ],
  },
  {
    id: 'stale-swr-refresh-disconnected',
    title: 'A refresh that finds nobody at the other end leaves the stale response in place',
    kind: 'required',
    spec: ['RFC 5861 §3'],
    steps: [
      minute(', stale-while-revalidate=30'),
      {
        at: 70,
        request: {},
        origin: { fault: 'refused' },
        expect: { from: 'cache', outcome: 'updating' },
      },
      {
        at: 80,
        request: {},
        origin: { status: 304 },
        expect: { from: 'cache', outcome: 'updating', upstream: { requests: 1 } },
      },
    ],
  },
  {
    id: 'stale-swr-refresh-unasked-304',
    title: 'A 304 to a refresh without validators confirms nothing',
    kind: 'required',
    spec: ['RFC 9110 §15.4.5', 'RFC 5861 §3'],
    steps: [
      minute(', stale-while-revalidate=30', null),
      {
        at: 70,
        request: {},
        origin: { status: 304, unasked304: true },
        expect: { from: 'cache', outcome: 'updating', upstream: { requests: 1 } },
      },
      {
        at: 80,
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'cache', outcome: 'updating', upstream: { requests: 1 } },
      },
    ],
  },
  {
    id: 'stale-swr-refresh-unstorable',
    title: 'A refresh that brings no-store takes the stale response out of the store',
    kind: 'check',
    spec: ['RFC 9111 §4.3.3'],
    steps: [
      minute(', stale-while-revalidate=30'),
      {
        at: 70,
        request: {},
        origin: { headers: { 'Cache-Control': 'no-store' } },
        expect: { from: 'cache', outcome: 'updating', upstream: { requests: 1 } },
      },
      {
        at: 71,
        request: {},
        origin: { headers: { 'Cache-Control': 'no-store' } },
        expect: {
          from: 'origin',
          reasons: ['do-not-collapse'],
          upstream: { absent: ['if-none-match'] },
        },
      },
    ],
  },
  ...(
    [
      ['must-revalidate', 'stale-forbidden-must-revalidate'],
      ['proxy-revalidate', 'stale-forbidden-proxy-revalidate'],
      ['s-maxage=60', 'stale-forbidden-s-maxage'],
    ] as const
  ).map(([directive, code]): Case => ({
    id: `stale-swr-beside-${directive.replace('=', '-')}`,
    title: `${directive} forbids what stale-while-revalidate would permit`,
    kind: 'required',
    spec: ['RFC 9111 §4.2.4', 'RFC 9111 §5.2.2.2', 'RFC 9111 §5.2.2.8', 'RFC 9111 §5.2.2.10'],
    steps: [
      minute(`, stale-while-revalidate=30, ${directive}`),
      {
        at: 70,
        request: {},
        origin: { status: 304 },
        expect: { from: 'validated', reasons: ['stale', code] },
      },
    ],
  })),
  {
    id: 'stale-swr-no-cache-response',
    title: 'no-cache forbids what stale-while-revalidate would permit',
    kind: 'required',
    spec: ['RFC 9111 §5.2.2.4'],
    steps: [
      minute(', stale-while-revalidate=30, no-cache'),
      { at: 70, request: {}, origin: { status: 304 }, expect: { from: 'validated' } },
    ],
  },
  {
    id: 'stale-swr-in-cdn-cache-control',
    title: 'In CDN-Cache-Control, stale-while-revalidate stands beside s-maxage meant for others',
    kind: 'optimal',
    spec: ['RFC 9213 §2.2', 'RFC 5861 §3'],
    steps: [
      {
        request: {},
        origin: {
          headers: {
            'CDN-Cache-Control': 'max-age=60, stale-while-revalidate=30',
            'Cache-Control': 's-maxage=60, must-revalidate',
            ETag: '"v1"',
          },
        },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 70,
        request: {},
        origin: { status: 304 },
        expect: { from: 'cache', outcome: 'updating', upstream: { requests: 1 } },
      },
    ],
  },
  {
    id: 'stale-swr-s-maxage-departure',
    title: 'A policy may depart from the RFC and let stale-while-revalidate stand beside s-maxage',
    kind: 'check',
    spec: ['RFC 9111 §5.2.2.10'],
    policy: { stale: { sMaxageForbidsStale: false } },
    steps: [
      minute(', s-maxage=60, stale-while-revalidate=30'),
      {
        at: 70,
        request: {},
        origin: { status: 304 },
        expect: { from: 'cache', outcome: 'updating', upstream: { requests: 1 } },
      },
    ],
  },
  {
    id: 'stale-swr-off',
    title: 'A policy may ignore stale-while-revalidate',
    kind: 'check',
    spec: ['RFC 5861 §3'],
    policy: { stale: { whileRevalidate: false } },
    steps: [
      minute(', stale-while-revalidate=30'),
      { at: 70, request: {}, origin: { status: 304 }, expect: { from: 'validated' } },
    ],
  },
  ...(['no-cache', 'max-age=3600', 'min-fresh=1'] as const).map((directive): Case => ({
    id: `stale-swr-client-${directive.replace('=', '-')}`,
    title: `A client that says ${directive} does not wish to receive a stale response`,
    kind: 'optimal',
    spec: ['RFC 9111 §5.2.1.1', 'RFC 9111 §5.2.1.3', 'RFC 9111 §5.2.1.4'],
    steps: [
      minute(', stale-while-revalidate=30'),
      {
        at: 70,
        request: { headers: { 'Cache-Control': directive } },
        origin: { status: 304 },
        expect: { from: 'validated', reasons: ['request-refuses-stale'] },
      },
    ],
  })),
  {
    id: 'stale-swr-client-ignored',
    title:
      'Where the policy ignores request directives, such a client is served the stale response',
    kind: 'check',
    spec: ['RFC 9111 §5.2.1'],
    policy: { validation: { ignoredRequestDirectives: ALL_BUT_NO_STORE } },
    steps: [
      minute(', stale-while-revalidate=30'),
      {
        at: 70,
        request: { headers: { 'Cache-Control': 'no-cache' } },
        origin: { status: 304 },
        expect: { from: 'cache', outcome: 'updating', upstream: { requests: 1 } },
      },
    ],
  },
]);

/** RFC 5861 §4: any situation that would result in one of these. */
const ERROR_STATUSES = [500, 502, 503, 504];
const OTHER_STATUSES = [404, 410, 429, 501, 505];
const FAULTS: readonly OriginFault[] = ['refused', 'reset', 'malformed', 'timeout'];

const ifError: Case[] = [
  ...ERROR_STATUSES.map((status): Case => ({
    id: `stale-sie-${status}`,
    title: `Within stale-if-error the stale response is served instead of a ${status}`,
    kind: 'optimal',
    spec: ['RFC 5861 §4', 'RFC 9111 §4.3.3'],
    steps: [
      minute(', stale-if-error=300'),
      {
        at: 100,
        request: {},
        origin: { status },
        expect: {
          from: 'cache',
          outcome: 'stale',
          reasons: ['stale', 'validate', 'upstream-error', 'stale-if-error'],
          headers: { Age: '100' },
          cacheStatus: { ttl: -40 },
          upstream: { requests: 1, headers: { 'If-None-Match': '"v1"' } },
        },
      },
    ],
  })),
  ...OTHER_STATUSES.map((status): Case => ({
    id: `stale-sie-not-${status}`,
    title: `A ${status} is an answer, not an error in the sense of stale-if-error`,
    kind: 'required',
    spec: ['RFC 5861 §4'],
    steps: [
      minute(', stale-if-error=300'),
      { at: 100, request: {}, origin: { status }, expect: { from: 'origin', status } },
    ],
  })),
  ...FAULTS.map((fault): Case => ({
    id: `stale-sie-${fault}`,
    title: `Within stale-if-error the stale response is served when the origin fails (${fault})`,
    kind: 'optimal',
    spec: ['RFC 5861 §4'],
    steps: [
      minute(', stale-if-error=300'),
      {
        at: 100,
        request: {},
        origin: { fault },
        expect: {
          from: 'edge',
          status: 200,
          outcome: 'stale',
          body: `stale-sie-${fault}, step 1, answer 1`,
          reasons: ['stale', 'upstream-failure', 'stale-if-error'],
          headers: { Age: '100' },
        },
      },
    ],
  })),
  {
    id: 'stale-sie-last-second',
    title: 'The last second of stale-if-error still counts',
    kind: 'optimal',
    spec: ['RFC 5861 §4'],
    steps: [
      minute(', stale-if-error=300'),
      {
        at: 360,
        request: {},
        origin: { status: 500 },
        expect: { from: 'cache', outcome: 'stale', upstream: { requests: 1 } },
      },
    ],
  },
  {
    id: 'stale-sie-over',
    title: 'Past stale-if-error the error is passed on',
    kind: 'required',
    spec: ['RFC 5861 §4', 'RFC 9111 §4.2.4'],
    steps: [
      minute(', stale-if-error=300'),
      {
        at: 361,
        request: {},
        origin: { status: 500 },
        expect: { from: 'origin', status: 500, reasons: ['upstream-error', 'stale-if-error-over'] },
      },
      {
        at: 362,
        request: {},
        origin: { status: 304 },
        expect: { from: 'validated', bodyOfStep: 1 },
      },
    ],
  },
  {
    id: 'stale-sie-over-disconnected',
    title:
      'Past stale-if-error the origin server has said how long is too long: no stale answer even when disconnected',
    kind: 'check',
    spec: ['RFC 5861 §4'],
    steps: [
      minute(', stale-if-error=300'),
      {
        at: 361,
        request: {},
        origin: { fault: 'reset' },
        expect: { from: 'edge', status: 502, outcome: 'error', reasons: ['stale-if-error-over'] },
      },
    ],
  },
  {
    id: 'stale-sie-zero',
    title:
      'stale-if-error=0: the origin server wants no stale answer at all, not even when disconnected',
    kind: 'check',
    spec: ['RFC 5861 §4'],
    steps: [
      minute(', stale-if-error=0'),
      {
        at: 61,
        request: {},
        origin: { status: 500 },
        expect: { from: 'origin', status: 500, reasons: ['stale-if-error-over'] },
      },
      {
        at: 62,
        request: {},
        origin: { fault: 'reset' },
        expect: { from: 'edge', status: 502, outcome: 'error', reasons: ['stale-if-error-over'] },
      },
    ],
  },
  {
    id: 'stale-sie-unreadable',
    title: 'A stale-if-error that cannot be read permits nothing',
    kind: 'required',
    spec: ['RFC 5861 §4'],
    steps: [
      minute(', stale-if-error=soon'),
      {
        at: 61,
        request: {},
        origin: { status: 500 },
        expect: { from: 'origin', status: 500, notReasons: ['stale-if-error'] },
      },
    ],
  },
  {
    id: 'stale-sie-without-validator',
    title: 'stale-if-error works without a validator to ask with',
    kind: 'optimal',
    spec: ['RFC 5861 §4'],
    steps: [
      minute(', stale-if-error=300', null),
      {
        at: 100,
        request: {},
        origin: { status: 503 },
        expect: {
          from: 'cache',
          outcome: 'stale',
          reasons: ['no-validator', 'stale-if-error'],
          upstream: { requests: 1 },
        },
      },
    ],
  },
  {
    id: 'stale-sie-of-client',
    title: 'A client may allow a stale response in case of error, for its own request',
    kind: 'optimal',
    spec: ['RFC 5861 §4'],
    steps: [
      minute(),
      {
        at: 100,
        request: { headers: { 'Cache-Control': 'stale-if-error=40' } },
        origin: { status: 500 },
        expect: { from: 'cache', outcome: 'stale', upstream: { requests: 1 } },
      },
      {
        at: 101,
        request: { headers: { 'Cache-Control': 'stale-if-error=40' } },
        origin: { status: 500 },
        expect: { from: 'origin', status: 500, reasons: ['stale-if-error-over'] },
      },
      { at: 101, request: {}, origin: { status: 500 }, expect: { from: 'origin', status: 500 } },
    ],
  },
  {
    id: 'stale-sie-of-both',
    title: 'Where both allow it, the longer window counts',
    kind: 'optimal',
    spec: ['RFC 5861 §4'],
    steps: [
      minute(', stale-if-error=300'),
      {
        at: 300,
        request: { headers: { 'Cache-Control': 'stale-if-error=10' } },
        origin: { status: 500 },
        expect: { from: 'cache', outcome: 'stale', upstream: { requests: 1 } },
      },
      {
        at: 500,
        request: { headers: { 'Cache-Control': 'stale-if-error=1000' } },
        origin: { status: 500 },
        expect: { from: 'cache', outcome: 'stale', upstream: { requests: 1 } },
      },
    ],
  },
  {
    id: 'stale-sie-of-client-ignored',
    title: 'Where the policy ignores request directives, a client cannot allow it',
    kind: 'check',
    spec: ['RFC 9111 §5.2.1', 'RFC 5861 §4'],
    policy: { validation: { ignoredRequestDirectives: ALL_BUT_NO_STORE } },
    steps: [
      minute(),
      {
        at: 100,
        request: { headers: { 'Cache-Control': 'stale-if-error=400' } },
        origin: { status: 500 },
        expect: { from: 'origin', status: 500 },
      },
    ],
  },
  {
    id: 'stale-sie-off',
    title: 'A policy may ignore stale-if-error',
    kind: 'check',
    spec: ['RFC 5861 §4'],
    policy: { stale: { ifError: false } },
    steps: [
      minute(', stale-if-error=300'),
      {
        at: 100,
        request: { headers: { 'Cache-Control': 'stale-if-error=400' } },
        origin: { status: 500 },
        expect: { from: 'origin', status: 500 },
      },
    ],
  },
  {
    id: 'stale-sie-forced-validation',
    title: 'A reload of a fresh response that meets an error is served the fresh response',
    kind: 'optimal',
    spec: ['RFC 5861 §4'],
    steps: [
      minute(', stale-if-error=300'),
      {
        at: 10,
        request: { headers: { 'Cache-Control': 'no-cache' } },
        origin: { status: 503 },
        expect: {
          from: 'cache',
          outcome: 'stale',
          upstream: { requests: 1 },
          headers: { Age: '10' },
        },
      },
    ],
  },
  {
    id: 'stale-error-without-permission',
    title: 'Without stale-if-error a 5xx is passed on, and the stored response stays for later',
    kind: 'required',
    spec: ['RFC 9111 §4.2.4', 'RFC 9111 §4.3.3'],
    steps: [
      minute(),
      {
        at: 100,
        request: {},
        origin: { status: 500 },
        expect: {
          from: 'origin',
          status: 500,
          outcome: 'bypass',
          reasons: ['upstream-error'],
          stored: false,
        },
      },
      {
        at: 101,
        request: {},
        origin: { status: 304 },
        expect: { from: 'validated', bodyOfStep: 1 },
      },
    ],
  },
];

/** RFC 9110 §15.6: what each failure is called. */
const FAILURES: readonly (readonly [fault: OriginFault, status: number, text: string])[] = [
  ['refused', 502, 'Bad Gateway'],
  ['reset', 502, 'Bad Gateway'],
  ['malformed', 502, 'Bad Gateway'],
  ['timeout', 504, 'Gateway Timeout'],
];

const FORBIDDING = [
  ['must-revalidate', 'max-age=60, must-revalidate'],
  ['proxy-revalidate', 'max-age=60, proxy-revalidate'],
  ['s-maxage', 's-maxage=60'],
] as const;

const disconnected: Case[] = [
  ...FAILURES.map(([fault, status, text]): Case => ({
    id: `stale-nothing-stored-${fault}`,
    title: `With nothing stored, a failing origin (${fault}) is a ${status} in the edge’s own words`,
    kind: 'required',
    spec: ['RFC 9110 §15.6.3', 'RFC 9110 §15.6.5'],
    steps: [
      {
        request: {},
        origin: { fault },
        expect: {
          from: 'edge',
          status,
          outcome: 'error',
          stored: false,
          reasons: ['nothing-stored', 'upstream-failure'],
          headers: { 'Cache-Control': 'no-store', 'Content-Type': 'text/plain; charset=utf-8' },
          body: new RegExp(
            `^poplet: ${status} ${text}\n(?:- .*\n)*- no answer from the origin: .* \\(${fault}\\)\n`,
            'u',
          ),
        },
      },
    ],
  })),
  ...(['refused', 'reset', 'timeout'] as const).map((fault): Case => ({
    id: `stale-disconnected-${fault}`,
    title: `A disconnected cache serves what it has, stale as it is (${fault})`,
    kind: 'optimal',
    spec: ['RFC 9111 §4.2.4'],
    steps: [
      minute(),
      {
        at: 1000,
        request: {},
        origin: { fault },
        expect: {
          from: 'edge',
          status: 200,
          outcome: 'stale',
          body: `stale-disconnected-${fault}, step 1, answer 1`,
          reasons: ['stale', 'upstream-failure', 'stale-disconnected'],
          headers: { Age: '1000' },
        },
      },
    ],
  })),
  {
    id: 'stale-malformed-is-not-disconnected',
    title: 'An origin that talks nonsense is not disconnected: 502',
    kind: 'required',
    spec: ['RFC 9111 §4.2.4', 'RFC 9110 §15.6.3'],
    steps: [
      minute(),
      {
        at: 100,
        request: {},
        origin: { fault: 'malformed' },
        expect: { from: 'edge', status: 502, outcome: 'error' },
      },
    ],
  },
  {
    id: 'stale-disconnected-off',
    title: 'A policy may refuse stale responses even when disconnected',
    kind: 'check',
    spec: ['RFC 9111 §4.2.4'],
    policy: { stale: { whenDisconnected: false } },
    steps: [
      minute(),
      {
        at: 100,
        request: {},
        origin: { fault: 'reset' },
        expect: { from: 'edge', status: 502, outcome: 'error' },
      },
    ],
  },
  ...FORBIDDING.flatMap(([name, value]): Case[] =>
    [
      ['disconnected', { fault: 'reset' }],
      ['sie', { fault: 'reset' }],
    ].map(([situation, origin]): Case => ({
      id: `stale-${situation as string}-${name}`,
      title: `${name}: a disconnected cache must answer with an error${situation === 'sie' ? ', stale-if-error or not' : ''}`,
      kind: 'required',
      spec: ['RFC 9111 §5.2.2.2', 'RFC 9111 §5.2.2.8', 'RFC 9111 §5.2.2.10', 'RFC 9111 §4.2.4'],
      steps: [
        {
          request: {},
          origin: {
            headers: {
              'Cache-Control': `${value}${situation === 'sie' ? ', stale-if-error=3600' : ''}`,
              ETag: '"v1"',
            },
          },
          expect: { from: 'origin', stored: true },
        },
        {
          at: 100,
          request: {},
          origin: origin as OriginAnswer,
          expect: {
            from: 'edge',
            status: 504,
            outcome: 'error',
            reasons: ['must-revalidate-unreachable'],
          },
        },
      ],
    })),
  ),
  {
    id: 'stale-must-revalidate-500',
    title: 'must-revalidate: an error of the origin is passed on, stale-if-error or not',
    kind: 'required',
    spec: ['RFC 9111 §5.2.2.2'],
    steps: [
      minute(', must-revalidate, stale-if-error=3600'),
      {
        at: 100,
        request: {},
        origin: { status: 500 },
        expect: {
          from: 'origin',
          status: 500,
          reasons: ['upstream-error', 'stale-forbidden-must-revalidate'],
          notReasons: ['must-revalidate-unreachable'],
        },
      },
    ],
  },
  {
    id: 'stale-must-revalidate-while-fresh',
    title: 'must-revalidate asks for nothing while the response is fresh',
    kind: 'optimal',
    spec: ['RFC 9111 §5.2.2.2'],
    steps: [
      minute(', must-revalidate'),
      { at: 59, request: {}, expect: { from: 'cache', outcome: 'hit' } },
    ],
  },
  {
    id: 'stale-no-cache-disconnected',
    title: 'no-cache: a disconnected cache must not reuse the response, fresh or not',
    kind: 'required',
    spec: ['RFC 9111 §5.2.2.4', 'RFC 9111 §4', 'RFC 9111 §4.2.4'],
    steps: [
      minute(', no-cache, stale-if-error=3600'),
      {
        at: 10,
        request: {},
        origin: { fault: 'reset' },
        expect: { from: 'edge', status: 504, outcome: 'error', reasons: ['response-no-cache'] },
      },
    ],
  },
  {
    id: 'stale-fresh-reload-disconnected',
    title: 'A client that demands validation of a fresh response while disconnected is told so',
    kind: 'check',
    spec: ['RFC 9111 §5.2.1.4'],
    steps: [
      minute(),
      {
        at: 10,
        request: { headers: { 'Cache-Control': 'no-cache' } },
        origin: { fault: 'reset' },
        expect: { from: 'edge', status: 502, outcome: 'error' },
      },
      { at: 11, request: {}, expect: { from: 'cache', outcome: 'hit' } },
    ],
  },
  {
    id: 'stale-must-revalidate-fresh-reload-error',
    title: 'must-revalidate does not forbid a fresh response in place of an error',
    kind: 'optimal',
    spec: ['RFC 9111 §5.2.2.2', 'RFC 5861 §4'],
    steps: [
      minute(', must-revalidate, stale-if-error=300'),
      {
        at: 10,
        request: { headers: { 'Cache-Control': 'no-cache' } },
        origin: { status: 500 },
        expect: { from: 'cache', outcome: 'stale', upstream: { requests: 1 } },
      },
    ],
  },
];

const plain = defineCases([
  ...(['must-revalidate', 'proxy-revalidate'] as const).map((directive): Case => ({
    id: `stale-${directive}-validates`,
    title: `${directive}: once stale, the response is validated before it is used`,
    kind: 'required',
    spec: ['RFC 9111 §5.2.2.2', 'RFC 9111 §5.2.2.8'],
    steps: [
      minute(`, ${directive}`),
      {
        at: 61,
        request: {},
        origin: { status: 304 },
        expect: {
          from: 'validated',
          reasons: [`stale-forbidden-${directive}`, 'validate', 'confirmed'],
        },
      },
    ],
  })),
  {
    id: 'stale-no-permission',
    title: 'A stale response is not served without permission from either side',
    kind: 'required',
    spec: ['RFC 9111 §4.2.4'],
    steps: [
      minute(),
      {
        at: 60,
        request: {},
        origin: { status: 304 },
        expect: { from: 'validated', reasons: ['stale'] },
      },
    ],
  },
  {
    id: 'stale-freshened',
    title: 'A 304 makes the response fresh again, from the time of validation',
    kind: 'required',
    spec: ['RFC 9111 §4.2.3', 'RFC 9111 §4.3.4', 'RFC 9111 §4.3.3'],
    steps: [
      minute(),
      {
        at: 100,
        request: {},
        origin: { status: 304 },
        expect: {
          from: 'validated',
          stored: true,
          headers: { Age: '0' },
          cacheStatus: { ttl: 60 },
        },
      },
      { at: 159, request: {}, expect: { from: 'cache', outcome: 'hit', headers: { Age: '59' } } },
      {
        at: 160,
        request: {},
        origin: { status: 304 },
        expect: { from: 'validated', notReasons: ['do-not-collapse'] },
      },
    ],
  },
  {
    id: 'stale-replaced',
    title: 'A full response to the validation replaces the stored one',
    kind: 'required',
    spec: ['RFC 9111 §4.3.3'],
    steps: [
      minute(),
      {
        at: 100,
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60', ETag: '"v2"' }, body: 'new' },
        expect: {
          from: 'origin',
          outcome: 'expired',
          stored: true,
          reasons: ['stale', 'replaced', 'stored'],
        },
      },
      { at: 101, request: {}, expect: { from: 'cache', outcome: 'hit', body: 'new' } },
    ],
  },
  {
    id: 'stale-replaced-by-unstorable',
    title: 'A new response that may not be stored takes the old one out of the store',
    kind: 'check',
    spec: ['RFC 9111 §4.3.3', 'RFC 9111 §5.2.2.5'],
    steps: [
      minute(', stale-if-error=3600'),
      {
        at: 100,
        request: {},
        origin: { headers: { 'Cache-Control': 'no-store' } },
        expect: { from: 'origin', stored: false, reasons: ['replaced', 'not-stored-no-store'] },
      },
      { at: 101, request: {}, origin: { fault: 'reset' }, expect: { from: 'edge', status: 502 } },
    ],
  },
  {
    id: 'stale-replaced-by-unstorable-404',
    title:
      'A 404 in place of what was stored takes it out of the store even if it is not stored itself',
    kind: 'check',
    spec: ['RFC 9111 §4.3.3'],
    steps: [
      minute(),
      { at: 100, request: {}, origin: { status: 404 }, expect: { from: 'origin', status: 404 } },
      { at: 101, request: {}, origin: { fault: 'reset' }, expect: { from: 'edge', status: 502 } },
    ],
  },
]);

/** Asks after the answer that somebody's own request brought; nobody gets it while the origin is in trouble. */
const personal = defineCases(
  (
    [
      ['cookie-weak-etag', { Cookie: 'sid=ada' }, { ETag: 'W/"v1"' }],
      ['cookie-strong-etag', { Cookie: 'sid=ada' }, { ETag: '"v1"' }],
      [
        'cookie-both-validators',
        { Cookie: 'sid=ada' },
        { ETag: '"v1"', 'Last-Modified': '{start-1000}' },
      ],
      ['cookie-max-age-0', { Cookie: 'sid=ada' }, { ETag: '"v1"', 'Cache-Control': 'max-age=0' }],
      ['cookie-nothing', { Cookie: 'sid=ada' }, {}],
      ['authorization-weak-etag', { Authorization: 'Basic YTpi' }, { ETag: 'W/"v1"' }],
      ['authorization-strong-etag', { Authorization: 'Basic YTpi' }, { ETag: '"v1"' }],
    ] as const
  ).map(([id, own, given]): Case => {
    const inTrouble = (headers: Record<string, string>): ExchangeStep => ({
      at: 10,
      request: { headers },
      origin: { status: 503 },
      expect: { from: 'origin', status: 503, stored: false, notReasons: ['stale-if-error'] },
    });
    const silent = (headers: Record<string, string>): ExchangeStep => ({
      at: 11,
      request: { headers },
      origin: { fault: 'timeout' },
      expect: {
        from: 'edge',
        status: 504,
        outcome: 'error',
        reasons: ['upstream-failure'],
        notReasons: ['stale-disconnected', 'stale-if-error'],
      },
    });
    return {
      id: `stale-personal-${id}`,
      title: `One visitor’s answer without explicit lifetime is never served stale, to anyone (${id.replaceAll('-', ' ')})`,
      kind: 'check',
      spec: ['RFC 9111 §4.2.2', 'RFC 9111 §4.2.4', 'Poplet'],
      steps: [
        { request: { headers: own }, origin: { headers: given }, expect: { from: 'origin' } },
        inTrouble({}),
        inTrouble({ 'Cache-Control': 'max-stale' }),
        inTrouble({ 'Cache-Control': 'stale-if-error=600' }),
        inTrouble({ ...own, 'Cache-Control': 'max-stale, stale-if-error=600' }),
        silent({}),
        silent(own),
      ],
    };
  }),
);

/** What says nothing of the stored response leaves it in its place, to stand in for an error. */
function keeps(
  told: Pick<Case, 'id' | 'title' | 'spec'> & {
    readonly request?: ExchangeStep['request'];
    readonly origin: OriginAnswer;
  },
): Case {
  const { request = {}, origin, ...rest } = told;
  return {
    ...rest,
    kind: 'check',
    steps: [
      minute(', stale-if-error=3600'),
      {
        at: 100,
        request,
        origin,
        expect: { from: 'origin', status: origin.status ?? 200, stored: false },
      },
      {
        at: 101,
        request: {},
        origin: { status: 503 },
        expect: {
          from: 'cache',
          bodyOfStep: 1,
          outcome: 'stale',
          reasons: ['stale-if-error'],
          upstream: { requests: 1, headers: { 'If-None-Match': '"v1"' } },
        },
      },
    ],
  };
}

const kept = defineCases([
  keeps({
    id: 'stale-kept-if-match-412',
    title: 'A 412 to one client’s If-Match leaves what is stored in its place',
    spec: ['RFC 9110 §15.5.13', 'RFC 9111 §4.3.3'],
    request: { headers: { 'If-Match': '"v9"' } },
    origin: { status: 412 },
  }),
  keeps({
    id: 'stale-kept-if-unmodified-since-412',
    title: 'A 412 to one client’s If-Unmodified-Since leaves what is stored in its place',
    spec: ['RFC 9110 §15.5.13', 'RFC 9111 §4.3.3'],
    request: { headers: { 'If-Unmodified-Since': '{start-9000}' } },
    origin: { status: 412 },
  }),
  keeps({
    id: 'stale-kept-no-store-206',
    title: 'A part that a client with no-store asked for leaves the stored whole in its place',
    spec: ['RFC 9111 §5.2.1.5', 'RFC 9111 §3.3'],
    request: { headers: { 'Cache-Control': 'no-store', Range: 'bytes=0-1' } },
    origin: { status: 206, headers: { 'Content-Range': 'bytes 0-1/10', ETag: '"v1"' }, body: '01' },
  }),
  keeps({
    id: 'stale-kept-no-store-206-lifetime',
    title: 'That part leaves it there whatever it says of its own lifetime',
    spec: ['RFC 9111 §5.2.1.5', 'RFC 9111 §3.3'],
    request: { headers: { 'Cache-Control': 'no-store', Range: 'bytes=0-1' } },
    origin: {
      status: 206,
      headers: { 'Cache-Control': 'max-age=60', 'Content-Range': 'bytes 0-1/10' },
      body: '01',
    },
  }),
  keeps({
    id: 'stale-kept-no-store-416',
    title: 'A 416 to one client’s range leaves what is stored in its place',
    spec: ['RFC 9110 §15.5.17', 'RFC 9111 §5.2.1.5'],
    request: { headers: { 'Cache-Control': 'no-store', Range: 'bytes=500-' } },
    origin: { status: 416, headers: { 'Content-Range': 'bytes */10' }, body: '' },
  }),
  keeps({
    id: 'stale-kept-no-store-head',
    title: 'A HEAD with no-store brings no body, and takes none away',
    spec: ['RFC 9111 §5.2.1.5', 'RFC 9110 §9.3.2'],
    request: { method: 'HEAD', headers: { 'Cache-Control': 'no-store' } },
    origin: { headers: { 'Cache-Control': 'max-age=60' } },
  }),
  keeps({
    id: 'stale-kept-no-store-200',
    title: 'What a client with no-store gets is not stored, and takes nothing out of the store',
    spec: ['RFC 9111 §5.2.1.5'],
    request: { headers: { 'Cache-Control': 'no-store' } },
    origin: { headers: { 'Cache-Control': 'max-age=60' } },
  }),
  keeps({
    id: 'stale-kept-authorization-200',
    title: 'An answer for one client’s Authorization takes nothing from the others',
    spec: ['RFC 9111 §3.5'],
    request: { headers: { Authorization: 'Basic YTpi' } },
    origin: { headers: { 'Cache-Control': 'max-age=60' } },
  }),
  ...[428, 429, 431, 511].map((status) =>
    keeps({
      id: `stale-kept-${status}`,
      title: `A ${status} is about the client, not the resource: what is stored stays`,
      spec: ['RFC 6585 §3', 'RFC 6585 §4', 'RFC 6585 §5', 'RFC 6585 §6'],
      origin: { status, headers: { 'Cache-Control': 'max-age=60' } },
    }),
  ),
]);

const withdrawn = defineCases(
  (
    [
      ['no-store', { headers: { 'Cache-Control': 'no-store' } }],
      ['private', { headers: { 'Cache-Control': 'private, max-age=60' } }],
      ['404', { status: 404 }],
      ['410', { status: 410 }],
    ] as const
  ).map(([id, origin]): Case => ({
    id: `stale-withdrawn-${id}`,
    title: `What the origin server replaced by a response that is not stored does not come back (${id})`,
    kind: 'check',
    spec: ['RFC 9111 §4.3.3'],
    steps: [
      minute(', stale-if-error=3600'),
      {
        at: 100,
        request: {},
        origin,
        expect: { from: 'origin', stored: false, reasons: ['replaced'] },
      },
      {
        at: 101,
        request: {},
        origin: { status: 503 },
        expect: {
          from: 'origin',
          status: 503,
          reasons: ['nothing-stored'],
          upstream: { absent: ['if-none-match'] },
        },
      },
    ],
  })),
);

const OF_ONE_CLIENT = [
  ['no-store', { 'Cache-Control': 'no-store' }],
  ['if-match', { 'If-Match': '"v9"' }],
  ['if-unmodified-since', { 'If-Unmodified-Since': '{start-9000}' }],
] as const;

const ofNobody = defineCases([
  ...OF_ONE_CLIENT.flatMap(([id, headers]): readonly Case[] => [
    {
      id: `stale-swr-refresh-not-by-${id}`,
      title: `A background refresh belongs to no client: the ${id} of the one who caused it is not passed on`,
      kind: 'check',
      spec: ['RFC 5861 §3', 'RFC 9111 §4.3.1', 'Poplet'],
      steps: [
        minute(', stale-while-revalidate=30'),
        {
          at: 70,
          request: { headers },
          origin: { status: 304 },
          expect: {
            from: 'cache',
            outcome: 'updating',
            upstream: {
              requests: 1,
              headers: { 'If-None-Match': '"v1"' },
              absent: ['if-match', 'if-unmodified-since', 'cache-control'],
            },
          },
        },
        { at: 71, request: {}, expect: { from: 'cache', outcome: 'hit', headers: { Age: '1' } } },
      ],
    },
    {
      id: `stale-swr-replaced-not-by-${id}`,
      title: `What a background refresh brings is stored, whoever caused it (${id})`,
      kind: 'check',
      spec: ['RFC 5861 §3', 'Poplet'],
      steps: [
        minute(', stale-while-revalidate=30', null),
        {
          at: 70,
          request: { headers },
          origin: { headers: { 'Cache-Control': 'max-age=60' }, body: 'new' },
          expect: {
            from: 'cache',
            outcome: 'updating',
            upstream: { requests: 1, absent: ['if-match', 'if-unmodified-since'] },
          },
        },
        { at: 71, request: {}, expect: { from: 'cache', outcome: 'hit', body: 'new' } },
      ],
    },
  ]),
  {
    id: 'stale-swr-refresh-authorization',
    title:
      'The Authorization of the client who was served stale neither fails nor ends what is stored for all',
    kind: 'check',
    spec: ['RFC 5861 §3', 'RFC 9111 §3.5'],
    steps: [
      minute(', stale-while-revalidate=300'),
      {
        at: 70,
        request: { headers: { Authorization: 'Basic YTpi' } },
        origin: { status: 403 },
        expect: { from: 'cache', outcome: 'updating', upstream: { requests: 1 } },
      },
      {
        at: 80,
        request: {},
        origin: { status: 304 },
        expect: {
          from: 'cache',
          bodyOfStep: 1,
          outcome: 'updating',
          upstream: { requests: 1, headers: { 'If-None-Match': '"v1"' } },
        },
      },
      { at: 81, request: {}, expect: { from: 'cache', outcome: 'hit', headers: { Age: '1' } } },
    ],
  },
]);

const anonymousRefresh = defineCases([
  {
    id: 'stale-while-revalidate-refresh-anonymous',
    title: 'The refresh carries what Vary nominates, and nothing else of whoever came by',
    kind: 'required',
    spec: ['RFC 9111 §4.3.1', 'RFC 5861 §3'],
    steps: [
      {
        request: { headers: { 'X-Kind': 'a', Cookie: 'sid=ada' } },
        origin: {
          headers: {
            'Cache-Control': 'max-age=10, stale-while-revalidate=60',
            Vary: 'X-Kind',
            ETag: '"v1"',
          },
        },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 20,
        request: { headers: { 'X-Kind': 'a', Cookie: 'sid=bob', 'User-Agent': 'Bob/1' } },
        origin: { status: 304 },
        expect: {
          from: 'cache',
          outcome: 'updating',
          bodyOfStep: 1,
          upstream: {
            requests: 1,
            headers: { 'X-Kind': 'a', 'If-None-Match': '"v1"' },
            absent: ['cookie', 'user-agent', 'x-forwarded-for'],
          },
        },
      },
      {
        at: 21,
        request: { headers: { 'X-Kind': 'a' } },
        expect: { from: 'cache', outcome: 'hit', bodyOfStep: 1 },
      },
    ],
  },
  {
    id: 'stale-while-revalidate-refresh-nominated',
    title: 'A field that Connection nominates selects nothing, and is not in the refresh either',
    kind: 'required',
    spec: ['RFC 9110 §7.6.1', 'RFC 9111 §4.1', 'RFC 9111 §4.3.1'],
    steps: [
      {
        request: {},
        origin: {
          headers: {
            'Cache-Control': 'max-age=10, stale-while-revalidate=60',
            Vary: 'X-Kind',
            'Last-Modified': '{start-1000}',
          },
        },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 20,
        request: { headers: { 'X-Kind': 'a', Connection: 'X-Kind' } },
        origin: { status: 304 },
        expect: {
          from: 'cache',
          outcome: 'updating',
          bodyOfStep: 1,
          upstream: { requests: 1, absent: ['x-kind'] },
        },
      },
      { at: 21, request: {}, expect: { from: 'cache', outcome: 'hit', bodyOfStep: 1 } },
    ],
  },
]);

export const staleCases = [
  ...anonymousRefresh,
  ...personal,
  ...kept,
  ...withdrawn,
  ...ofNobody,
  ...whileRevalidate,
  ...defineCases(ifError),
  ...defineCases(disconnected),
  ...plain,
];
