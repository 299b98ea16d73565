import { defineCases } from '@poplet/conformance';
import type {
  Case,
  ExchangeStep,
  Expectation,
  HeaderScript,
  OriginAnswer,
  Step,
} from '@poplet/conformance';

/** Ten digits; each is its own position. */
const DIGITS = '0123456789';
const FRESH = { 'Cache-Control': 'max-age=600', ETag: '"v1"', 'Content-Type': 'text/plain' };

/** The origin's 206 with these bytes of the digits. */
function part(
  first: number,
  last: number,
  headers: Readonly<Record<string, string>> = FRESH,
): OriginAnswer & { readonly body: string } {
  return {
    status: 206,
    headers: { ...headers, 'Content-Range': `bytes ${first}-${last}/10` },
    body: DIGITS.slice(first, last + 1),
  };
}

/** A client asks for bytes, and gets and leaves behind these. */
function storing(
  first: number,
  last: number,
  headers?: Readonly<Record<string, string>>,
): ExchangeStep {
  const origin = part(first, last, headers);
  return {
    request: { headers: { Range: `bytes=${first}-${last}` } },
    origin,
    expect: {
      from: 'origin',
      status: 206,
      stored: true,
      reasons: ['part-stored'],
      cacheStatus: { stored: true },
    },
  };
}

/** The whole is asked for, and breaks off after four of ten bytes. */
function breakingOff(
  headers: HeaderScript = FRESH,
  more: Partial<OriginAnswer> = {},
): ExchangeStep {
  return {
    request: {},
    origin: { headers, body: DIGITS, cutOffAfterBytes: 4, ...more },
    expect: { from: 'origin', cutOff: true },
  };
}

/** The stored part, and one request that is answered from it. */
function within(
  id: string,
  title: string,
  [first, last]: readonly [number, number],
  told: { readonly headers: HeaderScript; readonly expect: Omit<Expectation, 'from'> },
): Case {
  return {
    id: `partial-within-${id}`,
    title,
    kind: 'optimal',
    spec: ['RFC 9111 §3.3', 'RFC 9110 §14.1.2', 'RFC 9110 §15.3.7'],
    steps: [
      storing(first, last),
      {
        at: 5,
        request: { headers: told.headers },
        expect: {
          from: 'cache',
          status: 206,
          outcome: 'hit',
          ...told.expect,
          headers: { Age: '5', ETag: '"v1"', ...told.expect.headers },
        },
      },
    ],
  };
}

const reused = defineCases([
  within('first-last', 'A stored part answers a range that lies within it', [2, 7], {
    headers: { Range: 'bytes=3-5' },
    expect: {
      body: '345',
      headers: {
        'Content-Range': 'bytes 3-5/10',
        'Content-Length': '3',
        'Content-Type': 'text/plain',
      },
      cacheStatus: { hit: true, fwd: null },
    },
  }),
  within('same', 'A stored part answers the range that brought it', [2, 7], {
    headers: { Range: 'bytes=2-7' },
    expect: { body: '234567', headers: { 'Content-Range': 'bytes 2-7/10' } },
  }),
  within('open', 'A stored end answers a range that is open at the end', [4, 9], {
    headers: { Range: 'bytes=6-' },
    expect: { body: '6789', headers: { 'Content-Range': 'bytes 6-9/10' } },
  }),
  within('suffix', 'A stored end answers a range counted from the end', [4, 9], {
    headers: { Range: 'bytes=-3' },
    expect: { body: '789', headers: { 'Content-Range': 'bytes 7-9/10' } },
  }),
  within('several', 'A stored part answers several ranges within it', [2, 7], {
    headers: { Range: 'bytes=6-7,3-4' },
    expect: {
      body: /^--/u,
      parts: [
        { range: 'bytes 6-7/10', type: 'text/plain', body: '67' },
        { range: 'bytes 3-4/10', type: 'text/plain', body: '34' },
      ],
    },
  }),
  within(
    'if-range',
    'A stored part answers a range on the condition that it is of this version',
    [2, 7],
    {
      headers: { Range: 'bytes=3-5', 'If-Range': '"v1"' },
      expect: { body: '345', headers: { 'Content-Type': 'text/plain' } },
    },
  ),
  {
    id: 'partial-within-none-match',
    title: 'A client that has this version already is told so from the part that holds its range',
    kind: 'optimal',
    spec: ['RFC 9111 §4.3.2', 'RFC 9110 §13.2.2'],
    steps: [
      storing(2, 7),
      {
        request: { headers: { Range: 'bytes=3-5', 'If-None-Match': '"v1"' } },
        expect: { from: 'cache', status: 304, body: '', absent: ['Content-Range'] },
      },
    ],
  },
  {
    id: 'partial-within-without-validator',
    title: 'A stored part needs no validator to answer ranges within it',
    kind: 'optimal',
    spec: ['RFC 9111 §3.3'],
    steps: [
      storing(2, 7, { 'Cache-Control': 'max-age=600' }),
      {
        request: { headers: { Range: 'bytes=3-5' } },
        expect: { from: 'cache', status: 206, body: '345' },
      },
    ],
  },
  {
    id: 'partial-within-heuristic',
    title: 'A part is heuristically cacheable like the whole',
    kind: 'optimal',
    spec: ['RFC 9110 §15.3.7', 'RFC 9111 §4.2.2', 'RFC 9111 §3.3'],
    steps: [
      storing(2, 7, { 'Last-Modified': '{start-1000}', ETag: '"v1"' }),
      {
        at: 50,
        request: { headers: { Range: 'bytes=3-5' } },
        expect: { from: 'cache', status: 206, body: '345' },
      },
    ],
  },
  {
    id: 'partial-within-stale-validated',
    title: 'A stale part is validated by its entity tag, and a 304 makes it fresh',
    kind: 'optimal',
    spec: ['RFC 9111 §4.3.1', 'RFC 9111 §4.3.4', 'RFC 9111 §4.3.2'],
    steps: [
      storing(2, 7),
      {
        at: 700,
        request: { headers: { Range: 'bytes=3-5' } },
        origin: { status: 304, headers: { 'Cache-Control': 'max-age=600' } },
        expect: {
          from: 'validated',
          status: 206,
          body: '345',
          outcome: 'revalidated',
          upstream: { headers: { 'If-None-Match': '"v1"' }, absent: ['Range', 'If-Range'] },
        },
      },
      {
        at: 1000,
        request: { headers: { Range: 'bytes=5-5' } },
        expect: { from: 'cache', status: 206, body: '5' },
      },
    ],
  },
  {
    id: 'partial-within-stale-while-revalidate',
    title: 'A stale part is served, and validated in the background for the range that it answered',
    kind: 'optimal',
    spec: ['RFC 5861 §3', 'RFC 9111 §4.3.4', 'RFC 9111 §3.3'],
    steps: [
      storing(2, 7, { ...FRESH, 'Cache-Control': 'max-age=10, stale-while-revalidate=60' }),
      {
        at: 20,
        request: { headers: { Range: 'bytes=3-5', 'If-Range': '"v1"' } },
        origin: { status: 304 },
        expect: {
          from: 'cache',
          outcome: 'updating',
          status: 206,
          body: '345',
          upstream: {
            requests: 1,
            headers: { 'If-None-Match': '"v1"' },
            absent: ['Range', 'If-Range'],
          },
        },
      },
      {
        at: 21,
        request: { headers: { Range: 'bytes=5-5' } },
        expect: { from: 'cache', outcome: 'hit', status: 206, body: '5' },
      },
    ],
  },
  {
    id: 'partial-if-range-date-confirmed-later',
    title: 'A Last-Modified that was weak when it came stays so, however late a 304 confirms it',
    kind: 'required',
    spec: ['RFC 9110 §8.8.2.2', 'RFC 9110 §13.1.5'],
    steps: [
      {
        request: {},
        origin: {
          headers: { 'Cache-Control': 'max-age=5', 'Last-Modified': '{start}', Date: '{start}' },
          body: DIGITS,
        },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 10,
        request: {},
        origin: { status: 304, headers: { 'Cache-Control': 'max-age=600', Date: '{start+10}' } },
        expect: { from: 'validated', body: DIGITS },
      },
      {
        at: 10,
        request: { headers: { Range: 'bytes=1-2', 'If-Range': '{start}' } },
        expect: { from: 'cache', status: 200, body: DIGITS },
      },
    ],
  },
  {
    id: 'partial-within-no-longer',
    title:
      'Where a 304 leaves a validator that the client’s If-Range does not match, the whole is asked for',
    kind: 'required',
    spec: ['RFC 9110 §13.1.5', 'RFC 9111 §3.3', 'RFC 9111 §4.3.4'],
    steps: [
      storing(2, 7),
      {
        at: 700,
        request: { headers: { Range: 'bytes=3-5', 'If-Range': '"v1"' } },
        origin: [
          { status: 304, headers: { ETag: 'W/"v1"' }, unasked304: true },
          { headers: { ...FRESH, ETag: 'W/"v1"' }, body: 'whole' },
        ],
        expect: {
          from: 'origin',
          status: 200,
          body: 'whole',
          reasons: ['part-unfit'],
          upstream: { requests: 2 },
          upstreamAgain: { absent: ['Range', 'If-Range', 'If-None-Match'] },
        },
      },
    ],
  },
  {
    id: 'partial-within-stale-disconnected',
    title:
      'With the origin out of reach, a stale part answers what lies within it, and nothing else',
    kind: 'required',
    spec: ['RFC 9111 §3.3', 'RFC 9111 §4.2.4'],
    steps: [
      storing(2, 7),
      {
        at: 700,
        request: { headers: { Range: 'bytes=3-5' } },
        origin: { fault: 'refused' },
        expect: { from: 'cache', status: 206, body: '345', outcome: 'stale' },
      },
      {
        at: 700,
        request: {},
        origin: { fault: 'refused' },
        expect: { from: 'edge', status: 502, notReasons: ['stale-disconnected'] },
      },
    ],
  },
]);

/** What has to be asked for, after bytes 2 to 5 are stored; and what the client gets. */
const MISSING: readonly (readonly [
  id: string,
  title: string,
  asked: string | null,
  missing: readonly [number, number],
  expect: Omit<Expectation, 'from'>,
])[] = [
  ['before', 'before it', 'bytes=0-3', [0, 1], { status: 206, body: '0123' }],
  ['after', 'after it', 'bytes=4-7', [6, 7], { status: 206, body: '4567' }],
  ['beside', 'apart from it', 'bytes=8-8', [8, 8], { status: 206, body: '8' }],
  ['around', 'on both sides of it', 'bytes=1-6', [1, 6], { status: 206, body: '123456' }],
  ['open', 'up to the end', 'bytes=4-', [6, 9], { status: 206, body: '456789' }],
  ['suffix', 'counted from the end', 'bytes=-5', [6, 9], { status: 206, body: '56789' }],
  [
    'several',
    'in several ranges, of which one is there',
    'bytes=3-4,8-9',
    [8, 9],
    {
      status: 206,
      body: /^--/u,
      parts: [
        { range: 'bytes 3-4/10', type: 'text/plain', body: '34' },
        { range: 'bytes 8-9/10', type: 'text/plain', body: '89' },
      ],
    },
  ],
  ['whole', 'and it is all of it', null, [0, 9], { status: 200, body: DIGITS }],
];

const completed = defineCases([
  ...MISSING.map(([id, title, asked, [first, last], expect]): Case => ({
    id: `partial-missing-${id}`,
    title: `Only what is missing of the range is asked for: ${title}`,
    kind: 'optimal',
    spec: ['RFC 9111 §3.3', 'RFC 9111 §3.4', 'RFC 9110 §15.3.7.3', 'RFC 9110 §13.1.5'],
    steps: [
      storing(2, 5),
      {
        at: 5,
        request: asked === null ? {} : { headers: { Range: asked } },
        origin: part(first, last),
        expect: {
          from: 'origin',
          outcome: 'miss',
          stored: true,
          reasons: ['stored-in-part', 'asks-for-missing', 'part-joined'],
          cacheStatus: { fwd: 'partial', 'fwd-status': 206, stored: true, hit: null },
          upstream: { headers: { Range: `bytes=${first}-${last}`, 'If-Range': '"v1"' } },
          ...expect,
        },
      },
      {
        at: 6,
        request: asked === null ? {} : { headers: { Range: asked } },
        expect: { from: 'cache', outcome: 'hit', ...expect, headers: { Age: '1' } },
      },
    ],
  })),
  {
    id: 'partial-completed',
    title: 'Part by part, a body becomes whole, and answers like any other',
    kind: 'optimal',
    spec: ['RFC 9111 §3.3', 'RFC 9111 §3.4', 'RFC 9110 §15.3.7.3'],
    steps: [
      storing(0, 3),
      {
        request: { headers: { Range: 'bytes=6-9' } },
        origin: part(6, 9),
        expect: { from: 'origin', status: 206, body: '6789', words: [/8 of 10 bytes/u] },
      },
      {
        request: {},
        origin: part(4, 5),
        expect: {
          from: 'origin',
          status: 200,
          body: DIGITS,
          headers: { 'Content-Length': '10', 'Content-Type': 'text/plain' },
          absent: ['Content-Range'],
          upstream: { headers: { Range: 'bytes=4-5' } },
        },
      },
      {
        at: 3,
        request: {},
        expect: { from: 'cache', status: 200, body: DIGITS, headers: { 'Content-Length': '10' } },
      },
      {
        at: 3,
        request: { method: 'HEAD' },
        expect: { from: 'cache', status: 200, headers: { 'Content-Length': '10' } },
      },
      {
        at: 3,
        request: { headers: { Range: 'bytes=3-6' } },
        expect: { from: 'cache', status: 206, body: '3456' },
      },
    ],
  },
  {
    id: 'partial-more-than-missing',
    title: 'Of bytes that are sent although they are stored, the new ones count',
    kind: 'check',
    spec: ['RFC 9110 §15.3.7.3', 'RFC 9111 §3.4'],
    steps: [
      storing(2, 5),
      {
        request: { headers: { Range: 'bytes=4-7' } },
        origin: part(3, 8),
        expect: { from: 'origin', status: 206, body: '4567' },
      },
      {
        request: { headers: { Range: 'bytes=2-8' } },
        expect: { from: 'cache', status: 206, body: '2345678' },
      },
    ],
  },
  {
    id: 'partial-head',
    title: 'A part does not answer a HEAD: the whole is completed for it',
    kind: 'required',
    spec: ['RFC 9111 §3.3'],
    steps: [
      storing(0, 3),
      {
        request: { method: 'HEAD' },
        origin: part(4, 9),
        expect: {
          from: 'origin',
          status: 200,
          headers: { 'Content-Length': '10' },
          upstream: { method: 'GET', headers: { Range: 'bytes=4-9' } },
        },
      },
      { request: {}, expect: { from: 'cache', status: 200, body: DIGITS } },
    ],
  },
  {
    id: 'partial-head-as-head',
    title:
      'Where a HEAD is asked as such, it renews a part whose whole it agrees with, and is no GET',
    kind: 'required',
    spec: ['RFC 9111 §4.3.5', 'RFC 9110 §14.2'],
    policy: { fill: { headAsGet: false } },
    steps: [
      storing(0, 3),
      {
        at: 500,
        request: { method: 'HEAD' },
        origin: { headers: { ...FRESH, 'Content-Length': '10' } },
        expect: {
          from: 'origin',
          status: 200,
          reasons: ['head-confirms'],
          upstream: { method: 'HEAD', absent: ['Range', 'If-Range'] },
        },
      },
      {
        at: 1000,
        request: { headers: { Range: 'bytes=1-2' } },
        expect: { from: 'cache', status: 206, body: '12' },
      },
      {
        at: 1000,
        request: { method: 'HEAD' },
        origin: { headers: { ...FRESH, 'Content-Length': '11' } },
        expect: { from: 'origin', status: 200, reasons: ['head-differs'] },
      },
      {
        at: 1000,
        request: { headers: { Range: 'bytes=1-2' } },
        origin: { status: 304 },
        expect: { from: 'validated', status: 206, body: '12' },
      },
    ],
  },
  {
    id: 'partial-no-vary-search',
    title:
      'A part answers ranges within it under an equivalent URL, but is completed under its own only',
    kind: 'required',
    spec: ['RFC 9111 §3.4', 'RFC 9110 §8.8.3', 'No-Vary-Search §Equivalence'],
    steps: [
      {
        ...storing(0, 3, { ...FRESH, 'No-Vary-Search': 'params=("utm")' }),
        request: { path: '/?a=1', headers: { Range: 'bytes=0-3' } },
      },
      {
        request: { path: '/?a=1&utm=x', headers: { Range: 'bytes=1-2' } },
        expect: { from: 'cache', status: 206, body: '12' },
      },
      {
        request: { path: '/?a=1&utm=x' },
        origin: { headers: { ...FRESH, 'No-Vary-Search': 'params=("utm")' }, body: 'whole' },
        expect: {
          from: 'origin',
          status: 200,
          body: 'whole',
          upstream: { path: '/?a=1&utm=x', absent: ['Range', 'If-Range'] },
        },
      },
      { request: { path: '/?a=1' }, expect: { from: 'cache', status: 200, body: 'whole' } },
    ],
  },
  {
    id: 'partial-headers-updated',
    title: 'A part that is joined renews the stored header section',
    kind: 'required',
    spec: ['RFC 9111 §3.4', 'RFC 9111 §3.2', 'RFC 9110 §15.3.7.3'],
    steps: [
      storing(0, 3, { ...FRESH, 'X-Kept': 'old', 'X-Renewed': 'old' }),
      {
        at: 100,
        request: {},
        origin: part(4, 9, { ...FRESH, 'X-Renewed': 'new', 'Cache-Control': 'max-age=5000' }),
        expect: { from: 'origin', status: 200, body: DIGITS },
      },
      {
        at: 3000,
        request: {},
        expect: {
          from: 'cache',
          status: 200,
          body: DIGITS,
          headers: { 'X-Kept': 'old', 'X-Renewed': 'new', 'Cache-Control': 'max-age=5000' },
        },
      },
    ],
  },
  {
    id: 'partial-same-coding',
    title: 'Parts in one content coding are joined, whether the second one repeats it or not',
    kind: 'optimal',
    spec: ['RFC 9111 §3.4', 'RFC 9110 §8.8.3'],
    steps: [
      storing(0, 3, { ...FRESH, 'Content-Encoding': 'x-coded' }),
      {
        request: { headers: { Range: 'bytes=4-5' } },
        origin: part(4, 5, { ...FRESH, 'Content-Encoding': 'x-coded' }),
        expect: { from: 'origin', status: 206, body: '45', reasons: ['part-joined'] },
      },
      {
        request: {},
        origin: part(6, 9),
        expect: {
          from: 'origin',
          status: 200,
          body: DIGITS,
          headers: { 'Content-Encoding': 'x-coded' },
          reasons: ['part-joined'],
        },
      },
    ],
  },
  {
    id: 'partial-joined-set-cookie',
    title: 'A cookie that comes with a part is stored like one that comes with a 304, and named',
    kind: 'check',
    spec: ['RFC 9111 §7.3', 'RFC 9111 §3.4'],
    steps: [
      storing(0, 3),
      {
        request: {},
        origin: part(4, 9, { ...FRESH, 'Set-Cookie': 'a=b' }),
        expect: {
          from: 'origin',
          status: 200,
          body: DIGITS,
          reasons: ['part-joined', 'stored-set-cookie'],
        },
      },
      {
        request: {},
        expect: { from: 'cache', status: 200, headers: { 'Set-Cookie': 'a=b' }, body: DIGITS },
      },
    ],
  },
  {
    id: 'partial-stale-completed',
    title: 'A stale part is validated by the very request that completes it',
    kind: 'optimal',
    spec: ['RFC 9111 §3.3', 'RFC 9110 §13.1.5'],
    steps: [
      storing(0, 3),
      {
        at: 700,
        request: {},
        origin: part(4, 9),
        expect: { from: 'origin', status: 200, body: DIGITS, upstream: { requests: 1 } },
      },
      { at: 1000, request: {}, expect: { from: 'cache', status: 200, body: DIGITS } },
    ],
  },
  {
    id: 'partial-no-cache',
    title: 'With no-cache, a part that is completed is still validated before it is used again',
    kind: 'required',
    spec: ['RFC 9111 §5.2.2.4'],
    steps: [
      storing(0, 3, { ...FRESH, 'Cache-Control': 'no-cache' }),
      {
        request: {},
        origin: part(4, 9, { ...FRESH, 'Cache-Control': 'no-cache' }),
        expect: { from: 'origin', status: 200, body: DIGITS },
      },
      {
        request: {},
        origin: { status: 304 },
        expect: { from: 'validated', status: 200, body: DIGITS },
      },
    ],
  },
  {
    id: 'partial-if-range-other-version',
    title: 'A range on the condition of another version asks for the whole, which is completed',
    kind: 'required',
    spec: ['RFC 9110 §13.1.5', 'RFC 9111 §3.3', 'RFC 9111 §4.3.2'],
    steps: [
      storing(0, 3),
      {
        request: { headers: { Range: 'bytes=1-2', 'If-Range': '"v0"' } },
        origin: part(4, 9),
        expect: {
          from: 'origin',
          status: 200,
          body: DIGITS,
          upstream: { headers: { Range: 'bytes=4-9', 'If-Range': '"v1"' } },
        },
      },
    ],
  },
  {
    id: 'partial-other-unit',
    title: 'A Range that is to be ignored asks for the whole, which is completed',
    kind: 'required',
    spec: ['RFC 9110 §14.2', 'RFC 9111 §3.3'],
    steps: [
      storing(0, 3),
      {
        request: { headers: { Range: 'lines=1-2' } },
        origin: part(4, 9),
        expect: { from: 'origin', status: 200, body: DIGITS },
      },
    ],
  },
  {
    id: 'partial-only-if-cached',
    title: 'What is stored in part is not what only-if-cached asks for',
    kind: 'required',
    spec: ['RFC 9111 §5.2.1.7', 'RFC 9111 §3.3'],
    steps: [
      storing(0, 3),
      {
        request: { headers: { 'Cache-Control': 'only-if-cached' } },
        expect: { from: 'edge', status: 504, reasons: ['stored-in-part', 'only-if-cached'] },
      },
      {
        request: { headers: { 'Cache-Control': 'only-if-cached', Range: 'bytes=1-2' } },
        expect: { from: 'cache', status: 206, body: '12' },
      },
    ],
  },
  {
    id: 'partial-vary',
    title: 'A part belongs to the variant that it was sent for',
    kind: 'required',
    spec: ['RFC 9111 §4.1', 'RFC 9111 §3.3'],
    steps: [
      {
        ...storing(0, 3, { ...FRESH, Vary: 'X-Kind' }),
        request: { headers: { Range: 'bytes=0-3', 'X-Kind': 'a' } },
      },
      {
        request: { headers: { Range: 'bytes=0-3', 'X-Kind': 'b' } },
        origin: part(0, 3, { ...FRESH, Vary: 'X-Kind', ETag: '"b"' }),
        expect: { from: 'origin', status: 206 },
      },
      {
        request: { headers: { 'X-Kind': 'a' } },
        origin: part(4, 9, { ...FRESH, Vary: 'X-Kind' }),
        expect: {
          from: 'origin',
          status: 200,
          body: DIGITS,
          upstream: { headers: { 'If-Range': '"v1"' } },
        },
      },
    ],
  },
  {
    id: 'partial-sibling-not-offered',
    title: 'A part of another variant stands in for no whole: its entity tag is not offered',
    kind: 'required',
    spec: ['RFC 9111 §3.3', 'RFC 9111 §4.3.1', 'RFC 9111 §4.3.2'],
    steps: [
      {
        ...storing(0, 3, { ...FRESH, Vary: 'X-Kind' }),
        request: { headers: { Range: 'bytes=0-3', 'X-Kind': 'a' } },
      },
      {
        request: { headers: { 'X-Kind': 'b' } },
        origin: { headers: FRESH, body: 'whole' },
        expect: {
          from: 'origin',
          body: 'whole',
          upstream: { absent: ['If-None-Match', 'If-Range', 'Range'] },
        },
      },
    ],
  },
]);

/** Answers to the request for bytes 4 to 9 that fit nothing: the whole is asked for once more. */
const UNFIT: readonly (readonly [id: string, title: string, answer: OriginAnswer])[] = [
  ['other-version', 'it is of another version', part(4, 9, { ...FRESH, ETag: '"v2"' })],
  ['no-tag', 'it names no version', part(4, 9, { 'Cache-Control': 'max-age=600' })],
  ['weak-tag', 'its validator is weak', part(4, 9, { ...FRESH, ETag: 'W/"v1"' })],
  [
    'other-length',
    'it is of a body of another length',
    { status: 206, headers: { ...FRESH, 'Content-Range': 'bytes 4-9/11' }, body: '456789' },
  ],
  [
    'unknown-length',
    'the whole length is left open',
    { status: 206, headers: { ...FRESH, 'Content-Range': 'bytes 4-9/*' }, body: '456789' },
  ],
  ['no-content-range', 'it does not say which bytes it has', { status: 206, headers: FRESH }],
  [
    'content-coding',
    'it is in another content coding, though its tag is the same',
    part(4, 9, { ...FRESH, 'Content-Encoding': 'gzip' }),
  ],
  ['too-little', 'it leaves out some of what is missing', part(4, 7)],
  [
    'content-length',
    'Content-Length and Content-Range contradict one another',
    { status: 206, headers: { ...FRESH, 'Content-Range': 'bytes 4-9/10' }, body: '45678' },
  ],
  [
    'multipart',
    'it comes in several parts',
    {
      status: 206,
      headers: {
        ...FRESH,
        'Content-Type': 'multipart/byteranges; boundary=x',
        'Content-Range': 'bytes 4-9/10',
      },
      body: '456789',
    },
  ],
  [
    'unsatisfiable',
    'there is no such range any more',
    { status: 416, headers: { 'Content-Range': 'bytes */3' }, body: '' },
  ],
  ['not-modified', 'it is a 304 that nobody asked for', { status: 304, unasked304: true }],
];

const unfit = defineCases([
  ...UNFIT.map(([id, title, answer]): Case => ({
    id: `partial-unfit-${id}`,
    title: `A part is never joined to what it does not belong to: ${title}`,
    kind: 'required',
    spec: ['RFC 9111 §3.4', 'RFC 9110 §15.3.7.3', 'RFC 9110 §14.4'],
    steps: [
      storing(0, 3),
      {
        request: {},
        origin: [answer, { headers: { ...FRESH, ETag: '"v2"' }, body: 'another' }],
        expect: {
          from: 'origin',
          status: 200,
          body: 'another',
          reasons: ['part-unfit'],
          stored: true,
          upstream: { requests: 2 },
          upstreamAgain: { absent: ['Range', 'If-Range'] },
        },
      },
      { request: {}, expect: { from: 'cache', status: 200, body: 'another' } },
      {
        request: { headers: { Range: 'bytes=1-2' } },
        expect: { from: 'cache', status: 206, body: 'no' },
      },
    ],
  })),
  {
    id: 'partial-unfit-length-of-range',
    title: 'Nor where it would fill the range: the body that it is of has another length',
    kind: 'required',
    spec: ['RFC 9111 §3.4', 'RFC 9110 §15.3.7.3', 'RFC 9110 §14.4'],
    steps: [
      storing(0, 3),
      {
        request: { headers: { Range: 'bytes=2-5' } },
        origin: [
          { status: 206, headers: { ...FRESH, 'Content-Range': 'bytes 4-5/11' }, body: '45' },
          { headers: { ...FRESH, ETag: '"v2"' }, body: 'another' },
        ],
        expect: {
          from: 'origin',
          status: 206,
          body: 'othe',
          reasons: ['part-unfit'],
          upstream: { requests: 2 },
          upstreamAgain: { absent: ['Range', 'If-Range'] },
        },
      },
    ],
  },
  {
    id: 'partial-changed',
    title:
      'If the resource has changed, the origin sends the whole, which takes the place of the part',
    kind: 'required',
    spec: ['RFC 9110 §13.1.5', 'RFC 9111 §3.4'],
    steps: [
      storing(0, 3),
      {
        request: { headers: { Range: 'bytes=2-5' } },
        origin: { headers: { ...FRESH, ETag: '"v2"' }, body: 'abcdefgh' },
        expect: {
          from: 'origin',
          status: 206,
          body: 'cdef',
          stored: true,
          upstream: { headers: { Range: 'bytes=4-5', 'If-Range': '"v1"' } },
        },
      },
      { request: {}, expect: { from: 'cache', status: 200, body: 'abcdefgh' } },
    ],
  },
  {
    id: 'partial-changed-may-not-be-kept',
    title: 'A part whose successor may not be stored is no longer used',
    kind: 'required',
    spec: ['RFC 9111 §5.2.2.5', 'RFC 9111 §3.4'],
    steps: [
      storing(0, 3),
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'no-store' }, body: 'secret' },
        expect: { from: 'origin', body: 'secret', stored: false },
      },
      {
        request: { headers: { Range: 'bytes=0-1' } },
        origin: { headers: { 'Cache-Control': 'no-store' }, body: 'secret' },
        expect: { from: 'origin', status: 200, body: 'secret' },
      },
    ],
  },
  {
    id: 'partial-joined-may-not-be-kept',
    title: 'A part that says no-store ends the storing of what it belongs to',
    kind: 'required',
    spec: ['RFC 9111 §5.2.2.5', 'RFC 9111 §3.2', 'RFC 9111 §3.4'],
    steps: [
      storing(0, 3),
      {
        request: {},
        origin: [
          part(4, 9, { ...FRESH, 'Cache-Control': 'no-store' }),
          { headers: { 'Cache-Control': 'no-store' }, body: DIGITS },
        ],
        expect: { from: 'origin', body: DIGITS, stored: false, upstream: { requests: 2 } },
      },
      {
        request: { headers: { Range: 'bytes=0-1' } },
        origin: { headers: { 'Cache-Control': 'no-store' }, body: DIGITS },
        expect: { from: 'origin', status: 206, body: '01' },
      },
    ],
  },
  {
    id: 'partial-joined-authorization',
    title: 'A part that Authorization brought is joined only where it may be shared',
    kind: 'required',
    spec: ['RFC 9111 §3.5', 'RFC 9111 §3.4'],
    steps: [
      storing(0, 3),
      {
        request: { headers: { Authorization: 'Basic YTpi', Range: 'bytes=2-9' } },
        origin: [part(4, 9), part(2, 9)],
        expect: {
          from: 'origin',
          status: 206,
          body: '23456789',
          stored: false,
          reasons: ['asks-for-missing', 'not-stored-authorization'],
          notReasons: ['part-joined'],
          upstream: { requests: 2, headers: { 'If-Range': '"v1"' } },
          upstreamAgain: { headers: { Range: 'bytes=2-9' }, absent: ['If-Range'] },
        },
      },
      {
        request: { headers: { Authorization: 'Basic YTpi', Range: 'bytes=4-5' } },
        origin: part(4, 5, { ...FRESH, 'Cache-Control': 'public, max-age=600' }),
        expect: { from: 'origin', status: 206, body: '45', reasons: ['part-joined'] },
      },
      {
        request: { headers: { Range: 'bytes=3-4' } },
        expect: { from: 'cache', status: 206, body: '34' },
      },
    ],
  },
  {
    id: 'partial-error',
    title: 'An error instead of the missing part is passed on, and the part stays',
    kind: 'required',
    spec: ['RFC 9111 §3.3', 'RFC 9111 §4.3.3'],
    steps: [
      storing(0, 3),
      {
        request: {},
        origin: { status: 503, headers: { 'Cache-Control': 'no-store' }, body: 'down' },
        expect: { from: 'origin', status: 503, body: 'down', stored: false },
      },
      {
        request: {},
        origin: { fault: 'reset' },
        expect: { from: 'edge', status: 502, upstream: {} },
      },
      {
        request: { headers: { Range: 'bytes=1-2' } },
        expect: { from: 'cache', status: 206, body: '12' },
      },
      {
        request: {},
        origin: part(4, 9),
        expect: { from: 'origin', status: 200, body: DIGITS },
      },
    ],
  },
  {
    id: 'partial-wrong-length',
    title: 'A part that ends before its announced length is not stored, and its client is told',
    kind: 'required',
    spec: ['RFC 9110 §14.4', 'RFC 9112 §8', 'RFC 9111 §3.3'],
    steps: [
      storing(0, 3),
      {
        request: {},
        origin: { ...part(4, 9), body: '45678', chunked: true },
        expect: { from: 'origin', status: 200, cutOff: true, stored: false },
      },
      {
        request: {},
        origin: { ...part(4, 9), body: '4567890', chunked: true },
        expect: { from: 'origin', status: 200, cutOff: true, stored: false },
      },
      {
        request: {},
        origin: part(4, 9),
        expect: { from: 'origin', status: 200, body: DIGITS },
      },
    ],
  },
  ...(
    [
      ['weak', { ...FRESH, ETag: 'W/"v1"' }],
      ['none', { 'Cache-Control': 'max-age=600', 'Last-Modified': '{start-1000}' }],
    ] as const
  ).map(([id, headers]): Case => ({
    id: `partial-no-strong-validator-${id}`,
    title: `Without a strong validator nothing is joined: what lies outside is asked for anew (${id})`,
    kind: 'required',
    spec: ['RFC 9111 §3.4', 'RFC 9110 §15.3.7.3', 'RFC 9110 §8.8.1', 'RFC 9110 §13.1.5'],
    steps: [
      storing(0, 3, headers),
      {
        request: { headers: { Range: 'bytes=2-5' } },
        origin: part(2, 5, headers),
        expect: {
          from: 'origin',
          status: 206,
          body: '2345',
          notReasons: ['part-joined'],
          upstream: { headers: { Range: 'bytes=2-5' }, absent: ['If-Range'] },
        },
      },
      {
        request: {},
        origin: { headers, body: 'whole' },
        expect: {
          from: 'origin',
          status: 200,
          body: 'whole',
          upstream: { absent: ['Range', 'If-Range'] },
        },
      },
      { request: {}, expect: { from: 'cache', status: 200, body: 'whole' } },
    ],
  })),
  {
    id: 'partial-unsatisfiable',
    title: 'A range beyond the end of what is stored in part is for the origin to refuse',
    kind: 'required',
    spec: ['RFC 9111 §3.3', 'RFC 9110 §15.5.17'],
    steps: [
      storing(0, 3),
      {
        request: { headers: { Range: 'bytes=10-12' } },
        origin: { status: 416, headers: { 'Content-Range': 'bytes */10' }, body: '' },
        expect: {
          from: 'origin',
          status: 416,
          stored: false,
          upstream: { headers: { Range: 'bytes=10-12' } },
        },
      },
      {
        request: { headers: { Range: 'bytes=1-2' } },
        expect: { from: 'cache', status: 206, body: '12' },
      },
    ],
  },
  {
    id: 'partial-precondition',
    title: 'A client with a condition for the origin server gets the origin’s own answer',
    kind: 'required',
    spec: ['RFC 9111 §4.3.2', 'RFC 9111 §3.3'],
    steps: [
      storing(0, 3),
      {
        request: { headers: { Range: 'bytes=6-7', 'If-Match': '"v1"' } },
        origin: part(6, 7),
        expect: {
          from: 'origin',
          status: 206,
          body: '67',
          upstream: { headers: { Range: 'bytes=6-7', 'If-Match': '"v1"' }, absent: ['If-Range'] },
        },
      },
      {
        request: { headers: { Range: 'bytes=6-7' } },
        expect: { from: 'cache', status: 206, body: '67' },
      },
    ],
  },
]);

/** A 206 that is passed on and leaves nothing behind. */
const UNSTORABLE: readonly (readonly [id: string, title: string, answer: OriginAnswer])[] = [
  [
    'unknown-length',
    'the whole length is not known',
    { status: 206, headers: { ...FRESH, 'Content-Range': 'bytes 0-3/*' }, body: '0123' },
  ],
  ['no-content-range', 'it does not say which bytes it has', { status: 206, headers: FRESH }],
  [
    'content-range-invalid',
    'its Content-Range cannot be read',
    { status: 206, headers: { ...FRESH, 'Content-Range': 'bytes 3-0/10' }, body: '0123' },
  ],
  [
    'other-unit',
    'its unit is not bytes',
    { status: 206, headers: { ...FRESH, 'Content-Range': 'lines 0-3/10' }, body: '0123' },
  ],
  [
    'wrong-length',
    'Content-Length and Content-Range contradict one another',
    { status: 206, headers: { ...FRESH, 'Content-Range': 'bytes 0-4/10' }, body: '0123' },
  ],
  [
    'multipart',
    'it comes in several parts',
    {
      status: 206,
      headers: {
        ...FRESH,
        'Content-Type': 'Multipart/ByteRanges; boundary=x',
        'Content-Range': 'bytes 0-3/10',
      },
      body: '0123',
    },
  ],
];

const unstorable = defineCases([
  ...UNSTORABLE.map(([id, title, answer]): Case => ({
    id: `partial-unstorable-${id}`,
    title: `A part is not stored when it cannot be told which it is: ${title}`,
    kind: 'required',
    spec: ['RFC 9111 §3.3', 'RFC 9110 §14.4', 'RFC 9110 §15.3.7'],
    steps: [
      {
        request: { headers: { Range: 'bytes=0-3' } },
        origin: answer,
        expect: { from: 'origin', status: 206, stored: false, reasons: ['not-stored-partial'] },
      },
      {
        request: { headers: { Range: 'bytes=0-3' } },
        origin: { headers: FRESH, body: DIGITS },
        expect: { from: 'origin', status: 206, body: '0123' },
      },
    ],
  })),
  ...(['no-store', 'private'] as const).map((directive): Case => ({
    id: `partial-unstorable-${directive}`,
    title: `A part is subject to the same directives as the whole (${directive})`,
    kind: 'required',
    spec: ['RFC 9111 §3', 'RFC 9111 §5.2.2'],
    steps: [
      {
        request: { headers: { Range: 'bytes=0-3' } },
        origin: part(0, 3, { ...FRESH, 'Cache-Control': directive }),
        expect: { from: 'origin', status: 206, stored: false },
      },
      {
        request: { headers: { Range: 'bytes=0-3' } },
        origin: { headers: FRESH, body: 'whole' },
        expect: { from: 'origin', status: 200, body: 'whole' },
      },
    ],
  })),
  {
    id: 'partial-unstorable-if-range',
    title:
      'A part that was sent to a client which knows the header section lacks it, and is not stored',
    kind: 'required',
    spec: ['RFC 9110 §15.3.7', 'RFC 9111 §3.3'],
    steps: [
      {
        request: {
          headers: { Range: 'bytes=0-3', 'If-Range': '"v1"', 'If-Match': '"v1"' },
        },
        origin: part(0, 3, { 'Cache-Control': 'max-age=600', ETag: '"v1"' }),
        expect: { from: 'origin', status: 206, body: '0123', stored: false },
      },
      {
        request: { headers: { Range: 'bytes=0-3' } },
        origin: { headers: FRESH, body: DIGITS },
        expect: { from: 'origin', status: 206, body: '0123' },
      },
    ],
  },
  {
    id: 'partial-whole-is-known',
    title: 'A part of what is stored as a whole takes nothing away',
    kind: 'optimal',
    spec: ['RFC 9111 §3.4'],
    steps: [
      {
        request: {},
        origin: { headers: FRESH, body: DIGITS },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 700,
        request: { headers: { Range: 'bytes=0-3', 'If-Match': '"v1"' } },
        origin: part(0, 3),
        expect: { from: 'origin', status: 206, stored: false, reasons: ['part-known'] },
      },
      {
        at: 700,
        request: {},
        origin: { status: 304 },
        expect: { from: 'validated', status: 200, body: DIGITS },
      },
    ],
  },
  {
    id: 'partial-whole-is-known-weak',
    title: 'Nor does a part of an equivalent version: to answer the whole, that is enough',
    kind: 'optimal',
    spec: ['RFC 9111 §3.4', 'RFC 9110 §8.8.3.2'],
    steps: [
      {
        request: {},
        origin: { headers: { ...FRESH, ETag: 'W/"v1"' }, body: DIGITS },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 10,
        request: {
          headers: { Range: 'bytes=0-0', 'If-Match': '*', 'Cache-Control': 'no-cache' },
        },
        origin: part(0, 0, { ...FRESH, ETag: 'W/"v1"' }),
        expect: { from: 'origin', status: 206, stored: false, reasons: ['part-known'] },
      },
      { at: 11, request: {}, expect: { from: 'cache', status: 200, body: DIGITS } },
    ],
  },
  {
    id: 'partial-part-is-known',
    title: 'A part of what is stored in part takes nothing away either, unless it reaches further',
    kind: 'optimal',
    spec: ['RFC 9111 §3.4'],
    steps: [
      storing(0, 7),
      {
        at: 10,
        request: {
          headers: { Range: 'bytes=0-0', 'If-Match': '*', 'Cache-Control': 'no-cache' },
        },
        origin: part(0, 0),
        expect: { from: 'origin', status: 206, stored: false, reasons: ['part-known'] },
      },
      {
        request: { headers: { Range: 'bytes=2-3' } },
        expect: { from: 'cache', status: 206, body: '23' },
      },
      {
        request: {
          headers: { Range: 'bytes=7-8', 'If-Match': '*', 'Cache-Control': 'no-cache' },
        },
        origin: part(7, 8),
        expect: { from: 'origin', status: 206, stored: true, reasons: ['part-stored'] },
      },
    ],
  },
  {
    id: 'partial-newer-than-whole',
    title: 'A part of a newer version takes the place of the whole of the old one',
    kind: 'required',
    spec: ['RFC 9111 §4', 'RFC 9110 §15.3.7.3'],
    steps: [
      {
        request: {},
        origin: { headers: FRESH, body: 'old' },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 700,
        request: { headers: { Range: 'bytes=0-3', 'If-Match': '"v2"' } },
        origin: part(0, 3, { ...FRESH, ETag: '"v2"' }),
        expect: { from: 'origin', status: 206, stored: true },
      },
      {
        at: 700,
        request: {},
        origin: part(4, 9, { ...FRESH, ETag: '"v2"' }),
        expect: { from: 'origin', status: 200, body: DIGITS },
      },
    ],
  },
  {
    id: 'partial-that-is-all',
    title: 'A part that is all of the body is stored as the whole',
    kind: 'required',
    spec: ['RFC 9110 §15.3.7.3', 'RFC 9111 §3.3'],
    steps: [
      {
        request: { headers: { Range: 'bytes=0-' } },
        origin: part(0, 9),
        expect: { from: 'origin', status: 206, body: DIGITS, notReasons: ['part-stored'] },
      },
      {
        request: {},
        expect: {
          from: 'cache',
          status: 200,
          body: DIGITS,
          headers: { 'Content-Length': '10' },
          absent: ['Content-Range'],
        },
      },
    ],
  },
  {
    id: 'partial-not-for-the-whole',
    title: 'A part that comes unasked is passed on as what it is, and never as the whole',
    kind: 'required',
    spec: ['RFC 9111 §3.3'],
    steps: [
      {
        request: {},
        origin: part(0, 3),
        expect: { from: 'origin', status: 206, body: '0123', stored: true },
      },
      {
        request: {},
        origin: part(4, 9),
        expect: { from: 'origin', status: 200, body: DIGITS },
      },
    ],
  },
]);

const cutOff = defineCases([
  {
    id: 'partial-cut-off-completed',
    title: 'A body that was cut off is completed by asking for the rest only',
    kind: 'optimal',
    spec: [
      'RFC 9111 §3.3',
      'RFC 9112 §8',
      'RFC 9211 §2.2',
      'RFC 9110 §13.1.5',
      'RFC 9110 §15.3.7.3',
    ],
    steps: [
      breakingOff(),
      {
        at: 5,
        request: {},
        origin: part(4, 9),
        expect: {
          from: 'origin',
          status: 200,
          body: DIGITS,
          headers: { 'Content-Length': '10' },
          cacheStatus: { fwd: 'partial', 'fwd-status': 206 },
          upstream: { headers: { Range: 'bytes=4-9', 'If-Range': '"v1"' } },
        },
      },
      { at: 6, request: {}, expect: { from: 'cache', status: 200, body: DIGITS } },
    ],
  },
  {
    id: 'partial-cut-off-post',
    title: 'The answer to a POST that breaks off is not stored, though it stood for its target',
    kind: 'required',
    spec: ['RFC 9111 §3.3', 'RFC 9110 §9.3.3'],
    steps: [
      {
        request: { method: 'POST', body: 'x' },
        origin: {
          headers: { ...FRESH, 'Content-Location': '{path}/' },
          body: DIGITS,
          cutOffAfterBytes: 4,
        },
        expect: { from: 'origin', cutOff: true, stored: false },
      },
      {
        request: { headers: { Range: 'bytes=0-1' } },
        origin: { headers: FRESH, body: 'new' },
        expect: { from: 'origin', status: 206, body: 'ne' },
      },
    ],
  },
  {
    id: 'partial-cut-off-within',
    title: 'Of a body that was cut off, a range within what arrived is answered',
    kind: 'optimal',
    spec: ['RFC 9111 §3.3', 'RFC 9110 §15.3.7.3'],
    steps: [
      breakingOff(),
      {
        request: { headers: { Range: 'bytes=1-3' } },
        expect: { from: 'cache', status: 206, body: '123' },
      },
    ],
  },
  {
    id: 'partial-cut-off-twice',
    title: 'What arrived before a second break is not asked for again either',
    kind: 'optimal',
    spec: ['RFC 9111 §3.3', 'RFC 9111 §3.4'],
    steps: [
      breakingOff(),
      {
        request: {},
        origin: { ...part(4, 9), cutOffAfterBytes: 3 },
        expect: { from: 'origin', status: 200, cutOff: true },
      },
      {
        request: {},
        origin: part(7, 9),
        expect: {
          from: 'origin',
          status: 200,
          body: DIGITS,
          upstream: { headers: { Range: 'bytes=7-9' } },
        },
      },
    ],
  },
  {
    id: 'partial-cut-off-in-between',
    title: 'A part that is cut off takes nothing away from what is stored after it',
    kind: 'required',
    spec: ['RFC 9111 §3.4'],
    steps: [
      storing(6, 9),
      {
        request: {},
        origin: { ...part(0, 5), cutOffAfterBytes: 3 },
        expect: { from: 'origin', status: 200, cutOff: true, stored: false },
      },
      {
        request: { headers: { Range: 'bytes=7-9' } },
        expect: { from: 'cache', status: 206, body: '789' },
      },
    ],
  },
  {
    id: 'partial-cut-off-part',
    title: 'Of a part that is cut off, what arrived is kept',
    kind: 'optimal',
    spec: ['RFC 9111 §3.3'],
    steps: [
      {
        request: { headers: { Range: 'bytes=2-7' } },
        origin: { ...part(2, 7), cutOffAfterBytes: 3 },
        expect: { from: 'origin', status: 206, cutOff: true },
      },
      {
        request: { headers: { Range: 'bytes=2-4' } },
        expect: { from: 'cache', status: 206, body: '234' },
      },
      {
        request: { headers: { Range: 'bytes=3-5' } },
        origin: part(5, 5),
        expect: { from: 'origin', status: 206, body: '345' },
      },
    ],
  },
  {
    id: 'partial-cut-off-part-that-is-all',
    title: 'Of a part that would have been all of the body, what arrived is kept',
    kind: 'optimal',
    spec: ['RFC 9111 §3.3'],
    steps: [
      {
        request: { headers: { Range: 'bytes=0-' } },
        origin: { ...part(0, 9), cutOffAfterBytes: 3 },
        expect: { from: 'origin', status: 206, cutOff: true },
      },
      {
        request: {},
        origin: part(3, 9),
        expect: { from: 'origin', status: 200, body: DIGITS },
      },
    ],
  },
  {
    id: 'partial-cut-off-part-at-once',
    title: 'Of a part that breaks off before its first byte, nothing is added to what is stored',
    kind: 'required',
    spec: ['RFC 9111 §3.3'],
    steps: [
      storing(0, 3),
      {
        request: { headers: { Range: 'bytes=6-9' } },
        origin: { ...part(6, 9), cutOffAfterBytes: 0 },
        expect: { from: 'origin', status: 206, cutOff: true },
      },
      {
        request: { headers: { Range: 'bytes=0-6' } },
        origin: part(4, 6),
        expect: {
          from: 'origin',
          status: 206,
          body: '0123456',
          upstream: { headers: { Range: 'bytes=4-6' } },
        },
      },
    ],
  },
  ...(
    [
      ['without-tag', { 'Cache-Control': 'max-age=600' }, {}],
      ['weak-tag', { ...FRESH, ETag: 'W/"v1"' }, {}],
      ['chunked', FRESH, { chunked: true }],
      ['not-200', FRESH, { status: 404 }],
      ['at-once', FRESH, { cutOffAfterBytes: 0 }],
    ] as const
  ).map(([id, headers, more]): Case => ({
    id: `partial-cut-off-dropped-${id}`,
    title: `A body that was cut off is dropped where it could not be completed safely (${id})`,
    kind: 'required',
    spec: ['RFC 9111 §3.3', 'RFC 9111 §3.4', 'RFC 9112 §8', 'RFC 9110 §13.1.5'],
    steps: [
      breakingOff(headers, more),
      {
        request: { headers: { Range: 'bytes=0-1' } },
        origin: { headers: FRESH, body: 'whole' },
        expect: {
          from: 'origin',
          status: 206,
          body: 'wh',
          notReasons: ['stored-in-part'],
          upstream: { absent: ['Range'] },
        },
      },
    ],
  })),
]);

const purged: readonly Case[] = defineCases([
  ...(['before', 'while'] as const).map((when): Case => {
    const purge = { path: '/' } as const;
    const between: readonly Step[] = when === 'before' ? [{ purge }] : [];
    const fresh: OriginAnswer = { headers: { ...FRESH, ETag: '"v2"' }, body: 'new' };
    return {
      id: `partial-purged-${when}`,
      title: `What a purge has reached is never completed (${when} it is asked for)`,
      kind: 'required',
      spec: ['Poplet'],
      steps: [
        storing(0, 3),
        ...between,
        when === 'before'
          ? { request: {}, origin: fresh, expect: { from: 'origin', body: 'new' } }
          : {
              request: {},
              origin: [{ ...part(4, 9), purge }, fresh],
              expect: {
                from: 'origin',
                status: 200,
                body: 'new',
                reasons: ['part-gone'],
                upstream: { requests: 2 },
              },
            },
        { request: {}, expect: { from: 'cache', body: 'new' } },
      ],
    };
  }),
  {
    id: 'partial-soft-purged',
    title: 'A part that was soft-purged is as good as stale: what completes it validates it',
    kind: 'check',
    spec: ['Poplet', 'RFC 9110 §13.1.5'],
    steps: [
      storing(0, 3),
      { purge: { path: '/', soft: true } },
      {
        request: { headers: { Range: 'bytes=1-2' } },
        origin: { status: 304 },
        expect: { from: 'validated', status: 206, body: '12' },
      },
      { purge: { path: '/', soft: true } },
      { request: {}, origin: part(4, 9), expect: { from: 'origin', status: 200, body: DIGITS } },
      { request: {}, expect: { from: 'cache', status: 200, body: DIGITS } },
    ],
  },
]);

const tooLarge = defineCases([
  {
    id: 'partial-range-instead',
    title: 'Of a body too large to store, a client that wants a range gets it without the rest',
    kind: 'optimal',
    spec: ['RFC 9110 §14.2', 'RFC 9111 §3.3'],
    policy: { storability: { maxBodyBytes: 6 } },
    steps: [
      {
        request: { headers: { Range: 'bytes=2-5' } },
        origin: [{ headers: FRESH, body: DIGITS }, part(2, 5)],
        expect: {
          from: 'origin',
          status: 206,
          body: '2345',
          stored: true,
          reasons: ['range-instead', 'part-stored'],
          upstream: { requests: 2, absent: ['Range'] },
          upstreamAgain: { headers: { Range: 'bytes=2-5' } },
        },
      },
      {
        request: { headers: { Range: 'bytes=3-4' } },
        expect: { from: 'cache', status: 206, body: '34' },
      },
      {
        request: { headers: { Range: 'bytes=6-7' } },
        origin: part(6, 7),
        expect: { from: 'origin', status: 206, body: '67', reasons: ['part-joined'] },
      },
      {
        request: { headers: { Range: 'bytes=8-9' } },
        origin: part(8, 9),
        expect: {
          from: 'origin',
          status: 206,
          body: '89',
          notReasons: ['part-joined'],
          upstream: { headers: { Range: 'bytes=8-9' }, absent: ['If-Range'] },
        },
      },
      {
        request: {},
        origin: { headers: FRESH, body: DIGITS },
        expect: {
          from: 'origin',
          status: 200,
          body: DIGITS,
          stored: false,
          reasons: ['not-stored-too-large'],
        },
      },
    ],
  },
  {
    id: 'partial-range-instead-withdraws',
    title: 'What the too large body replaces is gone, though only a range of it is asked for',
    kind: 'check',
    spec: ['RFC 9111 §4', 'RFC 9110 §14.2'],
    policy: { storability: { maxBodyBytes: 6 } },
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=600' }, body: 'old' },
        expect: { from: 'origin', stored: true },
      },
      {
        request: { headers: { Range: 'bytes=0-0,5-5', 'Cache-Control': 'no-cache' } },
        origin: [
          { headers: FRESH, body: DIGITS },
          {
            status: 206,
            headers: { 'Content-Type': 'multipart/byteranges; boundary=x' },
            body: '--x--',
          },
        ],
        expect: {
          from: 'origin',
          status: 206,
          reasons: ['range-instead', 'not-stored-partial'],
          upstream: { requests: 2 },
        },
      },
      {
        request: {},
        origin: { headers: FRESH, body: DIGITS },
        expect: { from: 'origin', body: DIGITS },
      },
    ],
  },
  {
    id: 'partial-range-instead-error',
    title: 'Of an answer that is no 200, no range is asked for, however large it is',
    kind: 'check',
    spec: ['RFC 9110 §14.2'],
    policy: { storability: { maxBodyBytes: 6 } },
    steps: [
      {
        request: { headers: { Range: 'bytes=2-5' } },
        origin: { status: 404, headers: FRESH, body: DIGITS },
        expect: { from: 'origin', status: 404, stored: false, notReasons: ['range-instead'] },
      },
    ],
  },
  {
    id: 'partial-range-instead-unreadable',
    title: 'A Range that is to be ignored asks for the whole, however large',
    kind: 'required',
    spec: ['RFC 9110 §14.2'],
    policy: { storability: { maxBodyBytes: 6 } },
    steps: [
      {
        request: { headers: { Range: 'lines=2-5' } },
        origin: { headers: FRESH, body: DIGITS },
        expect: { from: 'origin', status: 200, body: DIGITS, stored: false },
      },
    ],
  },
]);

export const partialCases = [
  ...reused,
  ...completed,
  ...unfit,
  ...unstorable,
  ...cutOff,
  ...purged,
  ...tooLarge,
];
