import { defineCases } from '@poplet/conformance';
import type { Case, Expectation, HeaderScript } from '@poplet/conformance';

const DIGITS = '0123456789';
const STORED = {
  'Cache-Control': 'max-age=600',
  ETag: '"v1"',
  'Content-Type': 'text/plain',
  'Last-Modified': '{start-1000}',
  Expires: '{start+600}',
};

/** Ten digits are stored; then one client asks for ranges of them. */
function ofDigits(
  told: Omit<Case, 'steps' | 'kind'> & {
    readonly kind?: Case['kind'];
    readonly stored?: HeaderScript;
    readonly body?: string;
    readonly headers: HeaderScript;
    readonly expect: Omit<Expectation, 'from'>;
  },
): Case {
  const { kind = 'optimal', stored = STORED, body = DIGITS, headers, expect, ...rest } = told;
  return {
    ...rest,
    kind,
    steps: [
      { request: {}, origin: { headers: stored, body }, expect: { from: 'origin', stored: true } },
      { at: 7, request: { headers }, expect: { from: 'cache', outcome: 'hit', ...expect } },
    ],
  };
}

/** A single satisfiable range: what is asked, what is sent. */
const SINGLE: readonly (readonly [
  id: string,
  asked: string,
  range: string,
  body: string,
  title: string,
])[] = [
  ['first-last', 'bytes=2-4', '2-4', '234', 'from one byte to another, both inclusive'],
  ['first-byte', 'bytes=0-0', '0-0', '0', 'the first byte alone'],
  ['last-byte', 'bytes=9-9', '9-9', '9', 'the last byte alone'],
  ['open', 'bytes=7-', '7-9', '789', 'from a byte to the end'],
  ['open-from-start', 'bytes=0-', '0-9', '0123456789', 'everything, as a range'],
  ['suffix', 'bytes=-3', '7-9', '789', 'the last bytes'],
  ['suffix-too-long', 'bytes=-99', '0-9', '0123456789', 'more last bytes than there are'],
  ['past-the-end', 'bytes=8-99', '8-9', '89', 'past the end: up to the last byte'],
  [
    'huge',
    'bytes=8-99999999999999999999999999',
    '8-9',
    '89',
    'a last position too large for any integer',
  ],
  ['unit-upper-case', 'BYTES=2-4', '2-4', '234', 'unit names are case-insensitive'],
  [
    'one-of-two-satisfiable',
    'bytes=2-4,50-60',
    '2-4',
    '234',
    'two ranges of which one lies in the body',
  ],
  ['overlapping', 'bytes=2-5,4-7', '2-7', '234567', 'two that overlap are one'],
  ['adjacent', 'bytes=2-4,5-7', '2-7', '234567', 'two that touch are one'],
  ['empty-member', 'bytes=,2-4,', '2-4', '234', 'empty members of the list'],
];

const single = defineCases(
  SINGLE.map(([id, asked, range, body, title]) =>
    ofDigits({
      id: `range-${id}`,
      title: `One part of the stored body: ${title}`,
      spec: [
        'RFC 9110 §14.1.2',
        'RFC 9110 §14.2',
        'RFC 9110 §14.4',
        'RFC 9110 §15.3.7.1',
        'RFC 9110 §15.3.7.2',
      ],
      headers: { Range: asked },
      expect: {
        status: 206,
        body,
        reasons: ['client-range'],
        headers: {
          'Content-Range': `bytes ${range}/10`,
          'Content-Length': String(body.length),
          'Content-Type': 'text/plain',
          ETag: '"v1"',
          'Cache-Control': 'max-age=600',
          Age: '7',
        },
      },
    }),
  ),
);

/** Range fields that are to be ignored. */
const IGNORED: readonly (readonly [id: string, asked: string, title: string])[] = [
  ['reversed', 'bytes=4-2', 'the last position is less than the first'],
  ['other-unit', 'lines=1-2', 'a unit that is not understood'],
  ['no-unit', '2-4', 'no unit'],
  ['no-range', 'bytes=', 'no range'],
  ['dash', 'bytes=-', 'neither position'],
  ['word', 'bytes=a-b', 'letters'],
  ['one-invalid', 'bytes=0-1,4-2', 'one invalid range makes the field invalid'],
  ['negative', 'bytes=--3', 'a double dash'],
  ['space-inside', 'bytes=2 - 4', 'spaces inside a range'],
];

const ignored = defineCases([
  ...IGNORED.map(([id, asked, title]) =>
    ofDigits({
      id: `range-ignored-${id}`,
      title: `A Range that is to be ignored gets the whole body: ${title}`,
      kind: 'check',
      spec: ['RFC 9110 §14.1.1', 'RFC 9110 §14.2'],
      headers: { Range: asked },
      expect: {
        status: 200,
        body: DIGITS,
        notReasons: ['client-range'],
        absent: ['content-range'],
      },
    }),
  ),
  ofDigits({
    id: 'range-ignored-too-many',
    title: 'More than a hundred ranges are taken for an attack, and ignored',
    kind: 'check',
    spec: ['RFC 9110 §14.2', 'RFC 9110 §17.15'],
    headers: { Range: `bytes=${Array.from({ length: 101 }, () => '0-0').join(',')}` },
    expect: { status: 200, body: DIGITS },
  }),
  {
    id: 'range-ignored-head',
    title: 'Range is defined for GET: a HEAD with Range is a HEAD',
    kind: 'required',
    spec: ['RFC 9110 §14.2', 'RFC 9110 §8.6'],
    steps: [
      {
        request: {},
        origin: { headers: STORED, body: DIGITS },
        expect: { from: 'origin', stored: true },
      },
      {
        request: { method: 'HEAD', headers: { Range: 'bytes=2-4' } },
        expect: {
          from: 'cache',
          status: 200,
          headers: { 'Content-Length': '10' },
          absent: ['content-range'],
        },
      },
    ],
  },
  {
    id: 'range-ignored-404',
    title: 'Range applies to what would be a 200 only',
    kind: 'required',
    spec: ['RFC 9110 §14.2'],
    steps: [
      {
        request: {},
        origin: { status: 404, headers: STORED, body: DIGITS },
        expect: { from: 'origin', stored: true },
      },
      { request: { headers: { Range: 'bytes=2-4' } }, expect: { from: 'cache', status: 404 } },
    ],
  },
  ofDigits({
    id: 'range-ignored-beside-304',
    title: 'Range is ignored where the condition gives a 304',
    kind: 'required',
    spec: ['RFC 9110 §14.2', 'RFC 9110 §13.2.2'],
    headers: { Range: 'bytes=2-4', 'If-None-Match': '"v1"' },
    expect: { status: 304, reasons: ['client-not-modified'], notReasons: ['client-range'] },
  }),
  ofDigits({
    id: 'range-ignored-empty-body',
    title: 'A body without bytes has no ranges',
    kind: 'check',
    spec: ['RFC 9110 §14.2'],
    body: '',
    headers: { Range: 'bytes=0-0' },
    expect: { status: 200, body: '' },
  }),
]);

const several = defineCases([
  ofDigits({
    id: 'range-several',
    title: 'Several ranges come as multipart/byteranges, in the order asked for',
    spec: ['RFC 9110 §14.6', 'RFC 9110 §15.3.7.2'],
    headers: { Range: 'bytes=7-8, 0-1,-1' },
    expect: {
      status: 206,
      body: /^--/u,
      reasons: ['client-range'],
      headers: { 'Content-Type': /^multipart\/byteranges; boundary=/u, 'Content-Length': /^\d+$/u },
      absent: ['content-range'],
      parts: [
        { range: 'bytes 7-9/10', type: 'text/plain', body: '789' },
        { range: 'bytes 0-1/10', type: 'text/plain', body: '01' },
      ],
    },
  }),
  ofDigits({
    id: 'range-several-apart',
    title: 'Ranges that lie apart are parts of their own',
    spec: ['RFC 9110 §14.6'],
    headers: { Range: 'bytes=0-1,4-5,-1' },
    expect: {
      status: 206,
      body: /^--/u,
      parts: [
        { range: 'bytes 0-1/10', type: 'text/plain', body: '01' },
        { range: 'bytes 4-5/10', type: 'text/plain', body: '45' },
        { range: 'bytes 9-9/10', type: 'text/plain', body: '9' },
      ],
    },
  }),
  ofDigits({
    id: 'range-several-without-type',
    title: 'Parts of a body without Content-Type have none either',
    kind: 'check',
    spec: ['RFC 9110 §14.6', 'RFC 9110 §15.3.7.2'],
    stored: { 'Cache-Control': 'max-age=600' },
    headers: { Range: 'bytes=0-0,9-9' },
    expect: {
      status: 206,
      body: /^--/u,
      parts: [
        { range: 'bytes 0-0/10', body: '0' },
        { range: 'bytes 9-9/10', body: '9' },
      ],
    },
  }),
]);

/** Valid, and outside the body. */
const UNSATISFIABLE: readonly (readonly [id: string, asked: string, title: string])[] = [
  ['past-end', 'bytes=10-', 'the first byte after the end'],
  ['far', 'bytes=50-60', 'far after the end'],
  ['empty-suffix', 'bytes=-0', 'a suffix of no bytes'],
  ['all-of-several', 'bytes=10-11,20-', 'none of several'],
];

const unsatisfiable = defineCases(
  UNSATISFIABLE.map(([id, asked, title]) =>
    ofDigits({
      id: `range-unsatisfiable-${id}`,
      title: `No byte of the body is asked for: 416 with its length (${title})`,
      spec: ['RFC 9110 §14.2', 'RFC 9110 §14.4', 'RFC 9110 §15.5.17'],
      headers: { Range: asked },
      expect: {
        status: 416,
        body: '',
        reasons: ['client-range-unsatisfiable'],
        headers: { 'Content-Range': 'bytes */10', 'Content-Length': '0' },
        absent: ['cache-control', 'expires', 'content-type'],
      },
    }),
  ),
);

const ifRange = defineCases([
  ofDigits({
    id: 'range-if-range-same',
    title: 'If-Range with the stored strong tag: the range',
    spec: ['RFC 9110 §13.1.5', 'RFC 9111 §4.3.2'],
    headers: { Range: 'bytes=2-4', 'If-Range': '"v1"' },
    expect: { status: 206, body: '234' },
  }),
  ofDigits({
    id: 'range-if-range-changed',
    title: 'If-Range with another tag: the whole body',
    kind: 'required',
    spec: ['RFC 9110 §13.1.5', 'RFC 9111 §4.3.2'],
    headers: { Range: 'bytes=2-4', 'If-Range': '"v0"' },
    expect: { status: 200, body: DIGITS, reasons: ['client-if-range-changed'] },
  }),
  ofDigits({
    id: 'range-if-range-weak',
    title: 'If-Range compares strongly: a weak tag never matches',
    kind: 'required',
    spec: ['RFC 9110 §13.1.5', 'RFC 9110 §8.8.3.2'],
    stored: { ...STORED, ETag: 'W/"v1"' },
    headers: { Range: 'bytes=2-4', 'If-Range': 'W/"v1"' },
    expect: { status: 200, body: DIGITS },
  }),
  ofDigits({
    id: 'range-if-range-tag-without-etag',
    title: 'If-Range with a tag, where none is stored: the whole body',
    kind: 'required',
    spec: ['RFC 9110 §13.1.5'],
    stored: { 'Cache-Control': 'max-age=600' },
    headers: { Range: 'bytes=2-4', 'If-Range': '"v1"' },
    expect: { status: 200, body: DIGITS },
  }),
  ofDigits({
    id: 'range-if-range-date',
    title: 'If-Range with the exact Last-Modified, well before Date: the range',
    spec: ['RFC 9110 §13.1.5', 'RFC 9110 §8.8.2.2'],
    headers: { Range: 'bytes=2-4', 'If-Range': '{start-1000}' },
    expect: { status: 206, body: '234' },
  }),
  ofDigits({
    id: 'range-if-range-later-date',
    title: 'If-Range compares dates exactly: a later one does not match',
    kind: 'required',
    spec: ['RFC 9110 §13.1.5'],
    headers: { Range: 'bytes=2-4', 'If-Range': '{start-999}' },
    expect: { status: 200, body: DIGITS },
  }),
  ofDigits({
    id: 'range-if-range-date-a-second-before',
    title: 'Last-Modified one second before Date is a strong validator',
    spec: ['RFC 9110 §8.8.2.2'],
    stored: { 'Cache-Control': 'max-age=600', Date: '{start-50}', 'Last-Modified': '{start-51}' },
    headers: { Range: 'bytes=2-4', 'If-Range': '{start-51}' },
    expect: { status: 206, body: '234' },
  }),
  ofDigits({
    id: 'range-if-range-weak-date',
    title: 'Last-Modified in the second of Date is a weak validator: the whole body',
    kind: 'required',
    spec: ['RFC 9110 §13.1.5', 'RFC 9110 §8.8.2.2'],
    stored: { 'Cache-Control': 'max-age=600', Date: '{start-50}', 'Last-Modified': '{start-50}' },
    headers: { Range: 'bytes=2-4', 'If-Range': '{start-50}' },
    expect: { status: 200, body: DIGITS },
  }),
  ofDigits({
    id: 'range-if-range-date-without-last-modified',
    title: 'If-Range with a date, where no Last-Modified is stored: the whole body',
    kind: 'required',
    spec: ['RFC 9110 §13.1.5'],
    stored: { 'Cache-Control': 'max-age=600' },
    headers: { Range: 'bytes=2-4', 'If-Range': '{start-1000}' },
    expect: { status: 200, body: DIGITS },
  }),
  ofDigits({
    id: 'range-if-range-nonsense-without-last-modified',
    title: 'What is neither tag nor date matches no Last-Modified that is not there',
    kind: 'required',
    spec: ['RFC 9110 §13.1.5'],
    stored: { 'Cache-Control': 'max-age=600' },
    headers: { Range: 'bytes=2-4', 'If-Range': 'v1' },
    expect: { status: 200, body: DIGITS },
  }),
  ofDigits({
    id: 'range-if-range-nonsense',
    title: 'If-Range that is neither tag nor date: the whole body',
    kind: 'check',
    spec: ['RFC 9110 §13.1.5'],
    headers: { Range: 'bytes=2-4', 'If-Range': 'v1' },
    expect: { status: 200, body: DIGITS },
  }),
  ofDigits({
    id: 'range-if-range-alone',
    title: 'If-Range without Range means nothing',
    kind: 'required',
    spec: ['RFC 9110 §13.1.5'],
    headers: { 'If-Range': '"v0"' },
    expect: { status: 200, body: DIGITS, notReasons: ['client-if-range-changed'] },
  }),
]);

const withoutLifetime = defineCases([
  {
    id: 'range-unsatisfiable-targeted-fields',
    title: 'A 416 carries no lifetime at all: targeted fields are left out like the others',
    kind: 'check',
    spec: ['RFC 9110 §15.5.17', 'RFC 9213 §2'],
    policy: { freshness: { targetedFields: ['vendor-cdn-cache-control', 'cdn-cache-control'] } },
    steps: [
      {
        request: {},
        origin: {
          headers: {
            'Vendor-CDN-Cache-Control': 'max-age=60',
            'CDN-Cache-Control': 'max-age=60',
            'Cache-Control': 'max-age=60',
            Expires: '{now+60}',
            ETag: '"v1"',
          },
          body: DIGITS,
        },
        expect: { from: 'origin', stored: true },
      },
      {
        request: { headers: { Range: 'bytes=50-' } },
        expect: {
          from: 'cache',
          status: 416,
          body: '',
          headers: { 'Content-Range': 'bytes */10' },
          absent: ['vendor-cdn-cache-control', 'cdn-cache-control', 'cache-control', 'expires'],
        },
      },
    ],
  },
  {
    id: 'range-if-range-changed-head',
    title: 'If-Range is of no interest to a HEAD: nothing is said of it',
    kind: 'check',
    spec: ['RFC 9110 §14.2', 'RFC 9110 §13.1.5'],
    steps: [
      {
        request: {},
        origin: { headers: STORED, body: DIGITS },
        expect: { from: 'origin', stored: true },
      },
      {
        request: { method: 'HEAD', headers: { Range: 'bytes=0-1', 'If-Range': '"v0"' } },
        expect: { from: 'cache', status: 200, notReasons: ['client-if-range-changed'] },
      },
      {
        request: { headers: { Range: 'bytes=0-1', 'If-Range': '"v0"' } },
        expect: { from: 'cache', status: 200, reasons: ['client-if-range-changed'] },
      },
    ],
  },
]);

const filling = defineCases([
  {
    id: 'range-on-miss',
    title: 'A range request that misses fetches the whole, stores it, and answers the range',
    kind: 'optimal',
    spec: ['RFC 9111 §3', 'RFC 9110 §14.2', 'RFC 9110 §8.6'],
    steps: [
      {
        request: { headers: { Range: 'bytes=2-4', 'If-Range': '"v1"' } },
        origin: { headers: STORED, body: DIGITS },
        expect: {
          from: 'origin',
          status: 206,
          body: '234',
          outcome: 'miss',
          stored: true,
          headers: { 'Content-Range': 'bytes 2-4/10', 'Content-Length': '3' },
          upstream: { absent: ['range', 'if-range'] },
        },
      },
      { request: {}, expect: { from: 'cache', outcome: 'hit', status: 200, body: DIGITS } },
    ],
  },
  {
    id: 'range-on-miss-unstorable',
    title: 'The range is answered even from a response that may not be stored',
    kind: 'optimal',
    spec: ['RFC 9110 §14.2'],
    steps: [
      {
        request: { headers: { Range: 'bytes=-2' } },
        origin: { headers: { 'Cache-Control': 'no-store' }, body: DIGITS },
        expect: { from: 'origin', status: 206, body: '89', stored: false },
      },
    ],
  },
  {
    id: 'range-passed-on',
    title: 'Where the last answer could not be shared, the range goes to the origin as asked',
    kind: 'optimal',
    spec: ['Poplet', 'RFC 9110 §14.2'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'private' }, body: DIGITS },
        expect: { from: 'origin', stored: false },
      },
      {
        request: { headers: { Range: 'bytes=2-4' } },
        origin: {
          status: 206,
          headers: { 'Content-Range': 'bytes 2-4/10', 'Cache-Control': 'private' },
          body: '234',
        },
        expect: {
          from: 'origin',
          status: 206,
          body: '234',
          reasons: ['do-not-collapse'],
          headers: { 'Content-Range': 'bytes 2-4/10', 'Content-Length': '3' },
          upstream: { headers: { Range: 'bytes=2-4' } },
        },
      },
    ],
  },
  {
    id: 'range-416-not-stored',
    title:
      'A 416 that one client’s range brought about is not stored for all, whatever its lifetime',
    kind: 'check',
    spec: ['RFC 9110 §15.5.17', 'RFC 9111 §4'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'private' }, body: DIGITS },
        expect: { from: 'origin', stored: false },
      },
      {
        request: { headers: { Range: 'bytes=50-' } },
        origin: {
          status: 416,
          headers: { 'Content-Range': 'bytes */10', 'Cache-Control': 'max-age=600' },
        },
        expect: { from: 'origin', status: 416, stored: false },
      },
      { request: {}, origin: { body: DIGITS }, expect: { from: 'origin', status: 200 } },
    ],
  },
  {
    id: 'range-if-range-date-on-miss',
    title: 'If-Range with a date is compared with what arrives on a miss',
    kind: 'optimal',
    spec: ['RFC 9110 §13.1.5', 'RFC 9110 §8.8.2.2'],
    steps: [
      {
        request: {
          path: '/strong',
          headers: { Range: 'bytes=2-4', 'If-Range': '{start-51}' },
        },
        origin: {
          headers: {
            'Cache-Control': 'max-age=600',
            Date: '{start-50}',
            'Last-Modified': '{start-51}',
          },
          body: DIGITS,
        },
        expect: { from: 'origin', status: 206, body: '234' },
      },
      {
        request: {
          path: '/weak',
          headers: { Range: 'bytes=2-4', 'If-Range': '{start-50}' },
        },
        origin: {
          headers: {
            'Cache-Control': 'max-age=600',
            Date: '{start-50}',
            'Last-Modified': '{start-50}',
          },
          body: DIGITS,
        },
        expect: { from: 'origin', status: 200, body: DIGITS },
      },
    ],
  },
  {
    id: 'range-of-stale-confirmed',
    title: 'A range of a stale body: validated first, then cut',
    kind: 'optimal',
    spec: ['RFC 9111 §4.3', 'RFC 9110 §14.2'],
    steps: [
      {
        request: {},
        origin: { headers: { ...STORED, 'Cache-Control': 'max-age=60' }, body: DIGITS },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 100,
        request: { headers: { Range: 'bytes=2-4' } },
        origin: { status: 304 },
        expect: {
          from: 'validated',
          status: 206,
          body: '234',
          upstream: { absent: ['range'], headers: { 'If-None-Match': '"v1"' } },
        },
      },
    ],
  },
]);

export const rangeCases = [
  ...single,
  ...ignored,
  ...several,
  ...unsatisfiable,
  ...withoutLifetime,
  ...ifRange,
  ...filling,
];
