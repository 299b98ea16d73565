import { defineCases } from '@poplet/conformance';
import type { Case } from '@poplet/conformance';

import { checkedEachTime, notStored, reused } from './patterns.ts';

/** Final statuses of RFC 9110, but for those that answer one client's condition or range (206, 304, 412, 416). */
const SPECIFIED = [
  200, 201, 202, 203, 204, 205, 300, 301, 302, 303, 305, 307, 308, 400, 401, 402, 403, 404, 405,
  406, 407, 408, 409, 410, 411, 413, 414, 415, 417, 421, 422, 426, 500, 501, 502, 503, 504, 505,
];

/** Registered by other specifications. */
const REGISTERED = [207, 208, 226, 423, 424, 425, 451, 506, 507, 508, 510];

/** Registered by nobody, or reserved. */
const UNKNOWN = [209, 299, 306, 399, 418, 419, 499, 512, 599];

/** RFC 6585 §3 to §6: never stored, whatever the origin server says. */
const FORBIDDEN = [428, 429, 431, 511];

/** RFC 9110 §15.1, without 206; and RFC 7725 §3. */
const HEURISTIC = [200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 451, 501];

const FINAL = [...SPECIFIED, ...REGISTERED, ...UNKNOWN];

/** RFC 9110 §15.3.6: a 205 has no content, whatever the origin sends. */
function bodyOf(status: number): { readonly body?: string } {
  return status === 205 ? { body: '' } : {};
}

const byStatus: Case[] = [
  ...FORBIDDEN.map((status) =>
    notStored({
      id: `storability-status-${status}-forbidden`,
      title: `A ${status} answers one client’s conduct: it is not stored, max-age or not`,
      kind: 'required',
      spec: ['RFC 6585 §3'],
      origin: { status, headers: { 'Cache-Control': 'max-age=60' } },
      first: { outcome: 'bypass', reasons: ['not-stored-forbidden-status'] },
    }),
  ),
  ...FINAL.map((status) =>
    reused({
      id: `storability-status-${status}-explicit`,
      title: `A ${status} with max-age is stored and reused`,
      kind: 'optimal',
      spec: ['RFC 9111 §3'],
      origin: { status, headers: { 'Cache-Control': 'max-age=60' } },
      first: { outcome: 'miss', reasons: ['nothing-stored', 'stored'], ...bodyOf(status) },
      second: { status, ...bodyOf(status) },
    }),
  ),
  ...HEURISTIC.map((status) =>
    reused({
      id: `storability-status-${status}-heuristic`,
      title: `A ${status} with nothing but Last-Modified is stored for a tenth of its age`,
      kind: 'optimal',
      spec: ['RFC 9111 §4.2.2', status === 451 ? 'RFC 7725 §3' : 'RFC 9110 §15.1'],
      origin: { status, headers: { 'Last-Modified': '{now-86400}' } },
      first: { reasons: ['heuristic-lifetime'] },
      second: { status },
    }),
  ),
  ...FINAL.filter((status) => !HEURISTIC.includes(status)).map((status) =>
    notStored({
      id: `storability-status-${status}-no-heuristic`,
      title: `A ${status} without explicit freshness is not stored, Last-Modified or not`,
      kind: 'required',
      spec: ['RFC 9111 §3', 'RFC 9111 §4.2.2', 'RFC 9110 §15.1'],
      origin: { status, headers: { 'Last-Modified': '{now-86400}', ETag: '"v1"' } },
      first: { outcome: 'bypass', reasons: ['not-stored-status'], ...bodyOf(status) },
      second: bodyOf(status),
    }),
  ),
  ...([412, 416] as const).map((status) =>
    notStored({
      id: `storability-status-${status}-conditional`,
      title: `A ${status} answers one client’s condition or range: it is not stored, max-age or not`,
      kind: 'check',
      spec: [status === 412 ? 'RFC 9110 §15.5.13' : 'RFC 9110 §15.5.17'],
      origin: { status, headers: { 'Cache-Control': 'public, max-age=60', ETag: '"v1"' } },
      first: { outcome: 'bypass', reasons: ['not-stored-conditional'] },
    }),
  ),
  ...SPECIFIED.map((status) =>
    reused({
      id: `storability-must-understand-status-${status}`,
      title: `must-understand makes no-store void for a ${status}, whose rules are implemented`,
      kind: 'optimal',
      spec: ['RFC 9111 §5.2.2.3', 'RFC 9111 §3'],
      origin: { status, headers: { 'Cache-Control': 'must-understand, no-store, max-age=60' } },
      first: { reasons: ['stored'], ...bodyOf(status) },
      second: { status, ...bodyOf(status) },
    }),
  ),
  ...[...REGISTERED, ...UNKNOWN]
    .filter((status) => status !== 451)
    .flatMap((status) =>
      (['', ', no-store'] as const).map((noStore) =>
        notStored({
          id: `storability-must-understand-status-${status}${noStore === '' ? '-alone' : ''}`,
          title: `must-understand${noStore} forbids storing a ${status}, whose rules are not known here`,
          kind: 'required',
          spec: ['RFC 9111 §5.2.2.3', 'RFC 9111 §3'],
          origin: {
            status,
            headers: { 'Cache-Control': `must-understand, public, max-age=60${noStore}` },
          },
          first: { outcome: 'bypass', reasons: ['not-stored-must-understand'] },
        }),
      ),
    ),
  ...(
    [
      ['private', 'must-understand, no-store, private, max-age=60', 200, 'not-stored-private'],
      ['no-lifetime', 'must-understand, no-store', 302, 'not-stored-status'],
      ['in-quotes', 'note="must-understand", no-store, max-age=60', 200, 'not-stored-no-store'],
    ] as const
  ).map(([id, directives, status, why]) =>
    notStored({
      id: `storability-must-understand-not-${id}`,
      title: `must-understand makes nothing void but no-store: ${directives}`,
      kind: 'required',
      spec: ['RFC 9111 §5.2.2.3', 'RFC 9111 §3'],
      origin: { status, headers: { 'Cache-Control': directives } },
      first: { outcome: 'bypass', reasons: [why] },
    }),
  ),
];

const never = defineCases(
  FORBIDDEN.flatMap((status) => [
    notStored({
      id: `storability-status-${status}-never`,
      title: `A ${status} is never stored, whatever it says of its lifetime`,
      kind: 'required',
      spec: ['RFC 6585 §3', 'RFC 6585 §4', 'RFC 6585 §5', 'RFC 6585 §6'],
      origin: {
        status,
        headers: { 'Cache-Control': 'public, max-age=60, s-maxage=60', ETag: '"v1"' },
      },
      first: { outcome: 'bypass' },
    }),
    notStored({
      id: `storability-status-${status}-never-heuristic`,
      title: `Nor is a ${status} with nothing but Last-Modified`,
      kind: 'required',
      spec: ['RFC 6585 §3', 'RFC 6585 §4', 'RFC 6585 §5', 'RFC 6585 §6'],
      origin: { status, headers: { 'Last-Modified': '{now-86400}', ETag: '"v1"' } },
    }),
  ]),
);

const freshness = defineCases([
  reused({
    id: 'storability-max-age',
    title: 'A response with max-age is stored; the next request is a hit',
    kind: 'optimal',
    spec: ['RFC 9111 §3', 'RFC 9111 §4.2', 'RFC 9110 §9.1', 'RFC 9110 §9.3.1'],
    origin: { headers: { 'Cache-Control': 'max-age=60' } },
    first: {
      outcome: 'miss',
      reasons: ['nothing-stored', 'stored'],
      notReasons: ['no-validator', 'replaced', 'stored-set-cookie', 'vary-variant'],
      words: [/^stored for 60 s \(max-age\)$/u],
    },
    second: { reasons: ['fresh'], headers: { Age: '0' }, words: [/age 0 s of 60 s \(max-age\)/u] },
  }),
  notStored({
    id: 'storability-nothing-given',
    title: 'A response with neither lifetime nor validator is of no use and not stored',
    kind: 'check',
    spec: ['RFC 9111 §3'],
    origin: {},
    first: {
      outcome: 'bypass',
      reasons: ['not-stored-no-freshness'],
      words: [/no lifetime \(none given\)/u],
    },
  }),
  notStored({
    id: 'storability-public-alone',
    title:
      'public makes a response cacheable, but without lifetime or validator there is nothing to reuse',
    kind: 'check',
    spec: ['RFC 9111 §5.2.2.9'],
    origin: { status: 201, headers: { 'Cache-Control': 'public' } },
    first: { reasons: ['not-stored-no-freshness'] },
  }),
  checkedEachTime({
    id: 'storability-etag-alone',
    title: 'A response with an ETag and no lifetime is stored, and confirmed at each use',
    kind: 'optimal',
    spec: ['RFC 9111 §3', 'RFC 9111 §4.3'],
    origin: { headers: { ETag: '"v1"' } },
    first: { reasons: ['stored-for-validation'] },
    second: { outcome: 'revalidated', upstream: { headers: { 'If-None-Match': '"v1"' } } },
  }),
  notStored({
    id: 'storability-max-age-0-without-validator',
    title: 'max-age=0 without a validator: there is no way to reuse it',
    kind: 'check',
    spec: ['RFC 9111 §3'],
    origin: { headers: { 'Cache-Control': 'max-age=0' } },
    first: { reasons: ['not-stored-no-freshness'], words: [/no lifetime \(max-age: 0 s\)/u] },
  }),
  notStored({
    id: 'storability-no-cache-without-validator',
    title: 'no-cache without a validator: nothing could be asked with',
    kind: 'check',
    spec: ['RFC 9111 §5.2.2.4'],
    origin: { headers: { 'Cache-Control': 'no-cache, max-age=60' } },
    first: { reasons: ['not-stored-no-freshness'], words: [/no lifetime \(no-cache\)/u] },
  }),
  {
    id: 'storability-swr-without-validator',
    title: 'max-age=0 with stale-while-revalidate is worth storing even without a validator',
    kind: 'optimal',
    spec: ['RFC 5861 §3'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=0, stale-while-revalidate=60' } },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 5,
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60' }, body: 'second' },
        expect: { from: 'cache', outcome: 'updating', upstream: { requests: 1 } },
      },
      { at: 6, request: {}, expect: { from: 'cache', outcome: 'hit', body: 'second' } },
    ],
  },
]);

const forbidden = defineCases([
  notStored({
    id: 'storability-no-store',
    title: 'no-store is not stored',
    kind: 'required',
    spec: ['RFC 9111 §5.2.2.5', 'RFC 9111 §3'],
    origin: { headers: { 'Cache-Control': 'no-store' } },
    first: { outcome: 'bypass', reasons: ['not-stored-no-store'] },
  }),
  notStored({
    id: 'storability-no-store-beats-max-age',
    title: 'no-store forbids what max-age would allow',
    kind: 'required',
    spec: ['RFC 9111 §5.2.2.5', 'RFC 9111 §4.2.1'],
    origin: { headers: { 'Cache-Control': 'max-age=600, no-store', ETag: '"v1"' } },
    first: { reasons: ['not-stored-no-store'] },
  }),
  notStored({
    id: 'storability-no-store-upper-case',
    title: 'Directives are compared case-insensitively: NO-STORE',
    kind: 'required',
    spec: ['RFC 9111 §5.2', 'RFC 9111 §3'],
    origin: { headers: { 'Cache-Control': 'max-age=600, No-STORE' } },
    first: { reasons: ['not-stored-no-store'] },
  }),
  notStored({
    id: 'storability-no-store-second-line',
    title: 'no-store on a second Cache-Control line counts',
    kind: 'required',
    spec: ['RFC 9110 §5.2', 'RFC 9111 §3'],
    origin: {
      headers: [
        ['Cache-Control', 'max-age=600'],
        ['Cache-Control', 'no-store'],
      ],
    },
    first: { reasons: ['not-stored-no-store'] },
  }),
  notStored({
    id: 'storability-no-store-with-argument',
    title: 'A malformed no-store fails safe: no-store=1 forbids all the same',
    kind: 'check',
    spec: ['RFC 9111 §5.2.2.5', 'RFC 9111 §3'],
    origin: { headers: { 'Cache-Control': 'max-age=600, no-store=1' } },
    first: { reasons: ['not-stored-no-store'] },
  }),
  notStored({
    id: 'storability-no-store-after-semicolon',
    title: 'A directive behind a mistaken semicolon fails safe',
    kind: 'check',
    spec: ['RFC 9111 §4.2.1'],
    origin: { headers: { 'Cache-Control': 'max-age=600; no-store' } },
    first: { reasons: ['not-stored-no-store'] },
  }),
  reused({
    id: 'storability-no-store-in-quotes',
    title: 'no-store inside the quoted string of another directive is no directive',
    kind: 'optimal',
    spec: ['RFC 9111 §5.2', 'RFC 9111 §5.2.3'],
    origin: { headers: { 'Cache-Control': 'note="max-age=1, no-store", max-age=600' } },
  }),
  notStored({
    id: 'storability-private',
    title: 'private is not stored by a shared cache',
    kind: 'required',
    spec: ['RFC 9111 §5.2.2.7', 'RFC 9111 §3'],
    origin: { headers: { 'Cache-Control': 'private, max-age=60' } },
    first: { outcome: 'bypass', reasons: ['not-stored-private'] },
  }),
  notStored({
    id: 'storability-private-and-public',
    title: 'private and public together: the restrictive one is honoured',
    kind: 'required',
    spec: ['RFC 9111 §4.2.1', 'RFC 9111 §5.2.2.7', 'RFC 9111 §3'],
    origin: { headers: { 'Cache-Control': 'public, max-age=60, private' } },
    first: { reasons: ['not-stored-private'] },
  }),
  notStored({
    id: 'storability-private-empty-list',
    title: 'private="" names nobody knows what: the whole response is private',
    kind: 'check',
    spec: ['RFC 9111 §5.2.2.7', 'RFC 9111 §3'],
    origin: { headers: { 'Cache-Control': 'private="", max-age=60' } },
    first: { reasons: ['not-stored-private'] },
  }),
  reused({
    id: 'storability-private-qualified',
    title: 'private="x-user" keeps that field from other clients and lets the rest be stored',
    kind: 'required',
    spec: ['RFC 9111 §5.2.2.7', 'RFC 9111 §3.1'],
    origin: {
      headers: {
        'Cache-Control': 'max-age=60, private="X-User, X-Cart"',
        'X-User': 'ada',
        'X-Cart': '3',
        'X-Kept': 'yes',
      },
    },
    first: { headers: { 'X-User': 'ada', 'X-Cart': '3' } },
    second: { headers: { 'X-Kept': 'yes' }, absent: ['x-user', 'x-cart'] },
  }),
  reused({
    id: 'storability-private-token-form',
    title: 'private=x-user, without quotes, is understood as well',
    kind: 'check',
    spec: ['RFC 9111 §5.2', 'RFC 9111 §5.2.2.7'],
    origin: { headers: { 'Cache-Control': 'max-age=60, private=X-User', 'X-User': 'ada' } },
    second: { absent: ['x-user'] },
  }),
  reused({
    id: 'storability-no-cache-qualified',
    title: 'no-cache="x-stamp" allows reuse without that field',
    kind: 'required',
    spec: ['RFC 9111 §5.2.2.4'],
    origin: { headers: { 'Cache-Control': 'max-age=60, no-cache="x-stamp"', 'X-Stamp': '1' } },
    first: { headers: { 'X-Stamp': '1' } },
    second: { absent: ['x-stamp'] },
  }),
  reused({
    id: 'storability-private-qualified-set-cookie',
    title: 'private="set-cookie" keeps one visitor’s cookie from the next',
    kind: 'required',
    spec: ['RFC 9111 §5.2.2.7', 'RFC 9111 §3.1'],
    origin: {
      headers: { 'Cache-Control': 'max-age=60, private="set-cookie"', 'Set-Cookie': 'sid=1' },
    },
    first: { headers: { 'Set-Cookie': 'sid=1' }, notReasons: ['stored-set-cookie'] },
    second: { absent: ['set-cookie'] },
  }),
  notStored({
    id: 'storability-vary-star',
    title: 'Vary: * matches no later request',
    kind: 'required',
    spec: ['RFC 9111 §4.1', 'RFC 9110 §12.5.5'],
    origin: { headers: { 'Cache-Control': 'max-age=60', Vary: '*' } },
    first: { outcome: 'bypass', reasons: ['not-stored-vary-star'] },
  }),
  notStored({
    id: 'storability-vary-star-in-list',
    title: 'A member * anywhere in Vary matches no later request',
    kind: 'required',
    spec: ['RFC 9111 §4.1', 'RFC 9110 §12.5.5'],
    origin: {
      headers: [
        ['Cache-Control', 'max-age=60'],
        ['Vary', 'Accept'],
        ['Vary', 'Accept-Language , *'],
      ],
    },
    first: { reasons: ['not-stored-vary-star'] },
  }),
  notStored({
    id: 'storability-206',
    title: 'A 206 of a body of unknown length is passed on and not stored',
    kind: 'required',
    spec: ['RFC 9111 §3.3'],
    origin: {
      status: 206,
      headers: { 'Cache-Control': 'max-age=60', 'Content-Range': 'bytes 0-3/*', ETag: '"v1"' },
      body: '0123',
    },
    first: { reasons: ['not-stored-partial'] },
  }),
  {
    id: 'storability-request-no-store',
    title: 'What a request with no-store brings is not stored',
    kind: 'required',
    spec: ['RFC 9111 §5.2.1.5'],
    steps: [
      {
        request: { headers: { 'Cache-Control': 'no-store' } },
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'origin', outcome: 'bypass', stored: false, reasons: ['request-no-store'] },
      },
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'origin', outcome: 'miss' },
      },
    ],
  },
  notStored({
    id: 'storability-too-large',
    title: 'A body over the limit is passed on, not stored',
    kind: 'check',
    spec: ['Poplet'],
    policy: { storability: { maxBodyBytes: 5 } },
    origin: { headers: { 'Cache-Control': 'max-age=60' }, body: '123456' },
    first: { reasons: ['not-stored-too-large'] },
  }),
  reused({
    id: 'storability-just-small-enough',
    title: 'A body of exactly the limit is stored',
    kind: 'check',
    spec: ['Poplet'],
    policy: { storability: { maxBodyBytes: 6 } },
    origin: { headers: { 'Cache-Control': 'max-age=60' }, body: '123456' },
  }),
  {
    id: 'storability-cut-off',
    title: 'A body shorter than its Content-Length is never stored as complete',
    kind: 'required',
    spec: ['RFC 9111 §3.3', 'RFC 9112 §8'],
    steps: [
      {
        request: {},
        origin: {
          headers: { 'Cache-Control': 'max-age=60', ETag: '"v1"' },
          body: '0123456789',
          cutOffAfterBytes: 4,
        },
        expect: { from: 'origin', cutOff: true },
      },
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'origin', outcome: 'miss', reasons: ['stored-in-part'] },
      },
    ],
  },
]);

const understood = defineCases([
  reused({
    id: 'storability-must-understand-overrides-no-store',
    title: 'must-understand makes no-store void for a status whose rules are implemented',
    kind: 'optimal',
    spec: ['RFC 9111 §5.2.2.3'],
    origin: { headers: { 'Cache-Control': 'max-age=60, must-understand, no-store' } },
  }),
  notStored({
    id: 'storability-must-understand-unknown-status',
    title: 'must-understand forbids storing a status that is not understood',
    kind: 'required',
    spec: ['RFC 9111 §3', 'RFC 9111 §5.2.2.3'],
    origin: { status: 299, headers: { 'Cache-Control': 'max-age=60, must-understand, no-store' } },
    first: { reasons: ['not-stored-must-understand'] },
  }),
  notStored({
    id: 'storability-must-understand-unknown-status-alone',
    title: 'must-understand without no-store forbids storing an unknown status just as well',
    kind: 'required',
    spec: ['RFC 9111 §3'],
    origin: { status: 299, headers: { 'Cache-Control': 'max-age=60, must-understand' } },
    first: { reasons: ['not-stored-must-understand'] },
  }),
  notStored({
    id: 'storability-must-understand-with-argument',
    title: 'must-understand=1 is malformed and does not void no-store',
    kind: 'check',
    spec: ['RFC 9111 §5.2.2.3'],
    origin: { headers: { 'Cache-Control': 'max-age=60, must-understand=1, no-store' } },
    first: { reasons: ['not-stored-no-store'] },
  }),
]);

const WITH_AUTHORIZATION = { headers: { Authorization: 'Basic YTpi' } };

const personal = defineCases([
  notStored({
    id: 'storability-authorization',
    title: 'The answer to a request with Authorization is not shared on the strength of max-age',
    kind: 'required',
    spec: ['RFC 9111 §3.5'],
    request: WITH_AUTHORIZATION,
    origin: { headers: { 'Cache-Control': 'max-age=60' } },
    first: { outcome: 'bypass', reasons: ['not-stored-authorization'] },
  }),
  notStored({
    id: 'storability-authorization-proxy-revalidate',
    title: 'proxy-revalidate does not open what Authorization closes',
    kind: 'required',
    spec: ['RFC 9111 §3.5'],
    request: WITH_AUTHORIZATION,
    origin: { headers: { 'Cache-Control': 'max-age=60, proxy-revalidate' } },
    first: { reasons: ['not-stored-authorization'] },
  }),
  reused({
    id: 'storability-authorization-public',
    title: 'public opens the answer to a request with Authorization',
    kind: 'optimal',
    spec: ['RFC 9111 §3.5', 'RFC 9111 §5.2.2.9'],
    request: WITH_AUTHORIZATION,
    origin: { headers: { 'Cache-Control': 'public, max-age=60' } },
  }),
  reused({
    id: 'storability-authorization-s-maxage',
    title: 's-maxage opens the answer to a request with Authorization',
    kind: 'optimal',
    spec: ['RFC 9111 §3.5', 'RFC 9111 §5.2.2.10'],
    request: WITH_AUTHORIZATION,
    origin: { headers: { 'Cache-Control': 's-maxage=60' } },
  }),
  reused({
    id: 'storability-authorization-must-revalidate',
    title: 'must-revalidate opens the answer to a request with Authorization, while it is fresh',
    kind: 'optimal',
    spec: ['RFC 9111 §3.5', 'RFC 9111 §5.2.2.2'],
    request: WITH_AUTHORIZATION,
    origin: { headers: { 'Cache-Control': 'max-age=60, must-revalidate' } },
  }),
  notStored({
    id: 'storability-authorization-s-maxage-malformed',
    title: 'An s-maxage that cannot be read opens nothing, ETag or not',
    kind: 'required',
    spec: ['RFC 9111 §3.5', 'RFC 9111 §5.2.2.10'],
    request: WITH_AUTHORIZATION,
    origin: { headers: { 'Cache-Control': 's-maxage=abc', ETag: '"v1"' } },
    first: { outcome: 'bypass', reasons: ['not-stored-authorization'] },
  }),
  notStored({
    id: 'storability-authorization-s-maxage-malformed-beside-max-age',
    title: 'Nor does it beside a max-age that can be read',
    kind: 'required',
    spec: ['RFC 9111 §3.5', 'RFC 9111 §5.2.2.10'],
    request: WITH_AUTHORIZATION,
    origin: { headers: { 'Cache-Control': 'max-age=600, s-maxage=-1', ETag: '"v1"' } },
    first: { reasons: ['not-stored-authorization'] },
  }),
  ...[
    ['nothing', {}],
    ['max-age-0', { 'Cache-Control': 'max-age=0' }],
    ['no-cache', { 'Cache-Control': 'no-cache' }],
    ['malformed-etag', { ETag: 'v1' }],
  ].map(([id, headers]) =>
    notStored({
      id: `storability-personal-last-modified-${id as string}`,
      title: `One visitor’s answer that nothing but a date could confirm to another is not stored (${id as string})`,
      kind: 'check',
      spec: ['RFC 9111 §4.2.2', 'RFC 9110 §8.8.2', 'Poplet'],
      request: { headers: { Cookie: 'sid=ada' } },
      origin: { headers: { 'Last-Modified': '{start-864000}', ...(headers as object) } },
      first: { outcome: 'bypass' },
    }),
  ),
  ...(
    [
      ['bare', {}],
      ['weak', { ETag: 'W/"v1"' }],
      ['last-modified', { 'Last-Modified': '{start-1000}' }],
    ] as const
  ).map(([id, headers]): Case => ({
    id: `storability-personal-304-ends-sharing-${id}`,
    title: `A 304 without a strong ETag that ends the sharing of one visitor’s answer does not give it to another (${id})`,
    kind: 'check',
    spec: ['RFC 9111 §3.2', 'RFC 9111 §4.3.4', 'Poplet'],
    steps: [
      {
        request: { headers: { Cookie: 'sid=ada' } },
        origin: {
          headers: {
            'Cache-Control': 'public, max-age=60',
            ETag: '"v1"',
            'Last-Modified': '{start-1000}',
          },
        },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 100,
        request: { headers: { Cookie: 'sid=bob' } },
        origin: [
          {
            status: 304,
            unasked304: true,
            headers: { 'Cache-Control': 'no-cache', ...headers },
          },
          { headers: { 'Cache-Control': 'no-cache' }, body: 'for bob' },
        ],
        expect: { from: 'origin', body: 'for bob', upstream: { requests: 2 } },
      },
      {
        at: 101,
        request: {},
        origin: { body: 'for nobody' },
        expect: { from: 'origin', body: 'for nobody' },
      },
    ],
  })),
  {
    id: 'storability-personal-guess-not-by-304',
    title: 'A 304 to an anonymous request guesses no lifetime for a body that a Cookie brought',
    kind: 'check',
    spec: ['RFC 9111 §4.2.2', 'RFC 9111 §4.3.4'],
    steps: [
      {
        request: { headers: { Cookie: 'sid=ada' } },
        origin: { headers: { ETag: '"v1"', 'Last-Modified': '{start-864000}' } },
        expect: { from: 'origin', stored: true, notReasons: ['heuristic-lifetime'] },
      },
      { at: 10, request: {}, origin: { status: 304 }, expect: { from: 'validated' } },
      {
        at: 11,
        request: {},
        origin: { status: 304, headers: { 'Last-Modified': '{start-864000}' } },
        expect: { from: 'validated', cacheStatus: { ttl: 0 } },
      },
      {
        at: 12,
        request: { headers: { Cookie: 'sid=bob' } },
        origin: { body: 'for bob' },
        expect: { from: 'origin', body: 'for bob' },
      },
    ],
  },
  {
    id: 'storability-authorization-guess-not-by-304',
    title:
      'Nor for one that Authorization brought: public lets it be shared, but says not for how long',
    kind: 'check',
    spec: ['RFC 9111 §4.2.2', 'RFC 9111 §4.3.4', 'RFC 9111 §3.5'],
    steps: [
      {
        request: WITH_AUTHORIZATION,
        origin: {
          headers: {
            'Cache-Control': 'public',
            ETag: '"v1"',
            'Last-Modified': '{start-864000}',
          },
        },
        expect: { from: 'origin', stored: true },
      },
      { at: 10, request: {}, origin: { status: 304 }, expect: { from: 'validated' } },
      {
        at: 11,
        request: {},
        origin: { status: 304 },
        expect: { from: 'validated', reasons: ['stale'] },
      },
    ],
  },
  ...(
    [
      ['public', 'public, max-age=60', 'max-age=60'],
      ['must-revalidate', 'max-age=60, must-revalidate', 'max-age=60'],
      ['s-maxage', 's-maxage=60', 's-maxage=abc, max-age=60'],
    ] as const
  ).map(([id, before, after]): Case => ({
    id: `storability-authorization-304-without-${id}`,
    title: `A 304 that takes ${id} away ends the sharing of what Authorization brought`,
    kind: 'required',
    spec: ['RFC 9111 §3.5', 'RFC 9111 §3.2'],
    steps: [
      {
        request: WITH_AUTHORIZATION,
        origin: { headers: { 'Cache-Control': before, ETag: '"v1"' } },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 100,
        request: WITH_AUTHORIZATION,
        origin: [
          { status: 304, headers: { 'Cache-Control': after } },
          { headers: { 'Cache-Control': after, ETag: '"v1"' }, body: 'asked anew' },
        ],
        expect: {
          from: 'origin',
          body: 'asked anew',
          stored: false,
          reasons: ['not-stored-authorization'],
          upstream: { requests: 2 },
          upstreamAgain: { absent: ['if-none-match'] },
        },
      },
      {
        at: 101,
        request: {},
        origin: { status: 401, headers: { 'WWW-Authenticate': 'Basic' } },
        expect: {
          from: 'origin',
          status: 401,
          reasons: ['nothing-stored'],
          upstream: { absent: ['if-none-match'] },
        },
      },
    ],
  })),
  {
    id: 'storability-authorization-304-to-anonymous-without-public',
    title: 'So does one that answers an anonymous request',
    kind: 'required',
    spec: ['RFC 9111 §3.5', 'RFC 9111 §3.2'],
    steps: [
      {
        request: WITH_AUTHORIZATION,
        origin: { headers: { 'Cache-Control': 'public, max-age=60', ETag: '"v1"' } },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 100,
        request: {},
        origin: [
          { status: 304, headers: { 'Cache-Control': 'max-age=60' } },
          { headers: { 'Cache-Control': 'max-age=60' }, body: 'for all' },
        ],
        expect: { from: 'origin', body: 'for all', stored: true, upstream: { requests: 2 } },
      },
      { at: 101, request: {}, expect: { from: 'cache', outcome: 'hit', body: 'for all' } },
    ],
  },
  {
    id: 'storability-authorization-on-hit',
    title: 'A response stored for everybody also answers a request that carries Authorization',
    kind: 'optimal',
    spec: ['RFC 9111 §3.5'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'origin', stored: true },
      },
      { request: WITH_AUTHORIZATION, expect: { from: 'cache', outcome: 'hit' } },
    ],
  },
  reused({
    id: 'storability-set-cookie-explicit',
    title: 'A fresh response that sets a cookie is stored, as the RFC says, with a warning',
    kind: 'check',
    spec: ['RFC 9111 §7.3'],
    origin: { headers: { 'Cache-Control': 'max-age=60', 'Set-Cookie': 'theme=dark' } },
    first: { reasons: ['stored', 'stored-set-cookie'] },
    second: { headers: { 'Set-Cookie': 'theme=dark' } },
  }),
  notStored({
    id: 'storability-set-cookie-without-lifetime',
    title:
      'A cookie without explicit freshness is not kept: a 304 would hand it to the next visitor',
    kind: 'check',
    spec: ['RFC 9111 §7.3'],
    origin: { headers: { ETag: '"v1"', 'Set-Cookie': 'sid=1' } },
    first: { reasons: ['not-stored-set-cookie'] },
  }),
  reused({
    id: 'storability-cookie-in-request',
    title: 'A request with Cookie does not keep an explicitly fresh response from being stored',
    kind: 'optimal',
    spec: ['RFC 9111 §3'],
    request: { headers: { Cookie: 'a=1' } },
    origin: { headers: { 'Cache-Control': 'max-age=60', 'Last-Modified': '{now-86400}' } },
    first: { notReasons: ['heuristic-refused-cookie'] },
  }),
]);

const heuristic = defineCases([
  {
    id: 'storability-heuristic-fraction',
    title: 'The guessed lifetime is a tenth of the time since Last-Modified',
    kind: 'optimal',
    spec: ['RFC 9111 §4.2.2'],
    steps: [
      {
        request: {},
        origin: { headers: { Date: '{now}', 'Last-Modified': '{now-1000}' } },
        expect: { from: 'origin', reasons: ['heuristic-lifetime'] },
      },
      { at: 98, request: {}, expect: { from: 'cache', outcome: 'hit', headers: { Age: '98' } } },
      {
        at: 101,
        request: {},
        origin: { status: 304 },
        expect: { from: 'validated', upstream: { headers: { 'If-Modified-Since': /GMT$/u } } },
      },
    ],
  },
  {
    id: 'storability-heuristic-bound',
    title: 'The guess is bounded: never more than a week',
    kind: 'check',
    spec: ['RFC 9111 §4.2.2'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Last-Modified': '{now-315360000}' } },
        expect: { from: 'origin', cacheStatus: { ttl: 604_800 } },
      },
      { at: 604_799, request: {}, expect: { from: 'cache', outcome: 'hit' } },
      { at: 604_801, request: {}, origin: { status: 304 }, expect: { from: 'validated' } },
    ],
  },
  {
    id: 'storability-heuristic-patched-fraction',
    title: 'Fraction and bound of the guess are fields of the policy',
    kind: 'check',
    spec: ['RFC 9111 §4.2.2'],
    policy: { freshness: { heuristicFraction: 0.5, heuristicMaxSeconds: 300 } },
    steps: [
      {
        request: { path: '/a' },
        origin: { headers: { 'Last-Modified': '{now-400}' } },
        expect: { from: 'origin', cacheStatus: { ttl: 200 } },
      },
      {
        request: { path: '/b' },
        origin: { headers: { 'Last-Modified': '{now-4000}' } },
        expect: { from: 'origin', cacheStatus: { ttl: 300 } },
      },
    ],
  },
  reused({
    id: 'storability-heuristic-public',
    title: 'public makes any status heuristically cacheable',
    kind: 'optimal',
    spec: ['RFC 9111 §4.2.2', 'RFC 9111 §5.2.2.9'],
    origin: {
      status: 302,
      headers: { 'Cache-Control': 'public', 'Last-Modified': '{now-86400}', Location: '/there' },
    },
    first: { reasons: ['heuristic-lifetime'] },
  }),
  checkedEachTime({
    id: 'storability-heuristic-not-beside-explicit',
    title: 'No lifetime is guessed beside an explicit one, even when that is over',
    kind: 'required',
    spec: ['RFC 9111 §4.2.2'],
    origin: { headers: { 'Cache-Control': 'max-age=0', 'Last-Modified': '{now-864000}' } },
    first: { reasons: ['stored-for-validation'], notReasons: ['heuristic-lifetime'] },
  }),
  checkedEachTime({
    id: 'storability-heuristic-not-with-cookie',
    title: 'No lifetime is guessed for the answer to a request with Cookie',
    kind: 'check',
    spec: ['RFC 9111 §4.2.2'],
    request: { headers: { Cookie: 'sid=1' } },
    origin: { headers: { ETag: '"v1"', 'Last-Modified': '{now-864000}' } },
    first: {
      reasons: ['heuristic-refused-cookie', 'stored-for-validation'],
      words: [/where the request carried Cookie or Authorization/u],
    },
  }),
  checkedEachTime({
    id: 'storability-heuristic-not-with-authorization',
    title: 'No lifetime is guessed for the answer to a request with Authorization',
    kind: 'check',
    spec: ['RFC 9111 §4.2.2', 'RFC 9111 §3.5'],
    request: WITH_AUTHORIZATION,
    origin: { headers: { 'Cache-Control': 'public', 'Last-Modified': '{now-864000}' } },
    first: { reasons: ['heuristic-refused-cookie', 'stored-for-validation'] },
  }),
  notStored({
    id: 'storability-heuristic-not-with-set-cookie',
    title: 'No lifetime is guessed for a response that sets a cookie',
    kind: 'check',
    spec: ['RFC 9111 §4.2.2', 'RFC 9111 §7.3'],
    origin: { headers: { 'Last-Modified': '{now-864000}', 'Set-Cookie': 'sid=1' } },
    first: {
      reasons: ['heuristic-refused-cookie', 'not-stored-set-cookie'],
      words: [/where the response sets a cookie/u],
    },
  }),
  checkedEachTime({
    id: 'storability-heuristic-not-with-etag-only',
    title: 'Nothing is guessed from an ETag',
    kind: 'check',
    spec: ['RFC 9111 §4.2.2'],
    origin: { headers: { ETag: '"v1"', 'Cache-Control': 'public' } },
    first: { notReasons: ['heuristic-lifetime', 'heuristic-refused-cookie'] },
  }),
  checkedEachTime({
    id: 'storability-heuristic-last-modified-now',
    title: 'Last-Modified equal to Date gives no lifetime',
    kind: 'check',
    spec: ['RFC 9111 §4.2.2'],
    origin: { headers: { Date: '{start}', 'Last-Modified': '{start}' } },
    first: {
      words: [/^stored, but the origin is asked each time whether it has changed \(no lifetime\)/u],
    },
  }),
  checkedEachTime({
    id: 'storability-heuristic-last-modified-in-future',
    title: 'Last-Modified after Date gives no lifetime',
    kind: 'check',
    spec: ['RFC 9111 §4.2.2'],
    origin: { headers: { 'Last-Modified': '{start+86400}' } },
  }),
  notStored({
    id: 'storability-heuristic-malformed-last-modified',
    title: 'A malformed Last-Modified is neither a basis for a guess nor a validator',
    kind: 'check',
    spec: ['RFC 9110 §8.8.2', 'RFC 9111 §4.2.2'],
    origin: { headers: { 'Last-Modified': 'yesterday' } },
    first: { reasons: ['not-stored-no-freshness'] },
  }),
]);

const fields = defineCases([
  reused({
    id: 'storability-all-fields-kept',
    title: 'All response fields are stored, unknown ones and repeated ones included',
    kind: 'required',
    spec: ['RFC 9111 §3.1', 'RFC 9110 §5.1'],
    origin: {
      headers: [
        ['Cache-Control', 'max-age=60'],
        ['X-Unheard-Of', 'yes'],
        ['Link', '</a.css>; rel=preload'],
        ['Link', '</b.js>; rel=preload'],
        ['Content-Type', 'text/plain'],
        ['Server', 'scripted'],
      ],
    },
    second: {
      headers: {
        'X-Unheard-Of': 'yes',
        Link: '</a.css>; rel=preload, </b.js>; rel=preload',
        'Content-Type': 'text/plain',
        Server: 'scripted',
        'Cache-Control': 'max-age=60',
      },
    },
  }),
  reused({
    id: 'storability-hop-by-hop-fields',
    title:
      'Connection, what it names, and fields of the connection are neither stored nor passed on',
    kind: 'required',
    spec: ['RFC 9111 §3.1', 'RFC 9110 §7.6.1'],
    origin: {
      headers: {
        'Cache-Control': 'max-age=60',
        Connection: 'keep-alive, X-Hop',
        'X-Hop': '1',
        'Keep-Alive': 'timeout=5',
        'Proxy-Connection': 'keep-alive',
        'X-End': '2',
      },
    },
    first: { headers: { 'X-End': '2' }, absent: ['x-hop', 'proxy-connection'] },
    second: { headers: { 'X-End': '2' }, absent: ['x-hop', 'proxy-connection'] },
  }),
  reused({
    id: 'storability-proxy-fields',
    title: 'Fields that are specific to a proxy are not stored',
    kind: 'required',
    spec: ['RFC 9111 §3.1'],
    origin: {
      headers: {
        'Cache-Control': 'max-age=60',
        'Proxy-Authenticate': 'Basic',
        'Proxy-Authentication-Info': 'x',
        'Proxy-Authorization': 'y',
      },
    },
    second: { absent: ['proxy-authenticate', 'proxy-authentication-info', 'proxy-authorization'] },
  }),
  reused({
    id: 'storability-dateless',
    title: 'A response without Date gets one: when it was received',
    kind: 'required',
    spec: ['RFC 9110 §6.6.1'],
    origin: { headers: { 'Cache-Control': 'max-age=60' }, dateless: true },
    first: { headers: { Date: /GMT$/u } },
    second: { headers: { Date: /GMT$/u, Age: '0' } },
  }),
]);

export const storabilityCases = [
  ...defineCases(byStatus),
  ...never,
  ...freshness,
  ...forbidden,
  ...understood,
  ...personal,
  ...heuristic,
  ...fields,
];
