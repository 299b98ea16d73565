import { defineCases } from '@poplet/conformance';

import { checkedEachTime, reused } from './patterns.ts';

const UNSTORED = { headers: { 'Cache-Control': 'no-store' } };
const STORED = { 'Cache-Control': 'max-age=600', ETag: '"v1"' };
const IMF_FIXDATE =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d GMT$/u;

const dates = defineCases([
  checkedEachTime({
    id: 'fields-date-two-digit-year',
    title: 'A two-digit year more than 50 years ahead is the last one that ended so: 94 is 1994',
    kind: 'required',
    spec: ['RFC 9110 §5.6.7'],
    origin: { headers: { Expires: 'Sunday, 06-Nov-94 08:49:37 GMT', ETag: '"v1"' } },
  }),
  reused({
    id: 'fields-date-leap-second',
    title: 'The second 60 of the last minute of a day is a time',
    kind: 'required',
    spec: ['RFC 9110 §5.6.7'],
    origin: { headers: { Expires: 'Sat, 31 Dec 2089 23:59:60 GMT' } },
  }),
  ...(
    [
      ['second-61', 'Sat, 31 Dec 2089 23:59:61 GMT'],
      ['second-60-at-noon', 'Sat, 31 Dec 2089 12:00:60 GMT'],
      ['extra-space', 'Mon,  02 Jan 2090 00:00:00 GMT'],
    ] as const
  ).map(([id, value]) =>
    checkedEachTime({
      id: `fields-date-${id}`,
      title: `What is no date is none, and in Expires the past (${id})`,
      kind: 'check',
      spec: ['RFC 9110 §5.6.7', 'RFC 9111 §5.3'],
      origin: { headers: { Expires: value, ETag: '"v1"' } },
    }),
  ),
  {
    id: 'fields-date-generated',
    title: 'A Date that the edge adds is an IMF-fixdate, whether the response is stored or not',
    kind: 'required',
    spec: ['RFC 9110 §5.6.7', 'RFC 9110 §6.6.1'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60' }, dateless: true },
        expect: { from: 'origin', headers: { Date: IMF_FIXDATE } },
      },
      { request: {}, expect: { from: 'cache', headers: { Date: IMF_FIXDATE } } },
      {
        request: { method: 'POST', body: 'x' },
        origin: { status: 404, dateless: true },
        expect: { from: 'origin', headers: { Date: IMF_FIXDATE } },
      },
    ],
  },
]);

const syntax = defineCases([
  reused({
    id: 'fields-names-case',
    title: 'Field names are case-insensitive',
    kind: 'required',
    spec: ['RFC 9110 §5.1'],
    origin: { headers: { 'cAcHe-CoNtRoL': 'max-age=60', eTAG: '"v1"' } },
  }),
  {
    id: 'fields-names-case-request',
    title: 'Field names of requests are case-insensitive as well',
    kind: 'required',
    spec: ['RFC 9110 §5.1'],
    steps: [
      { request: {}, origin: { headers: STORED }, expect: { from: 'origin', stored: true } },
      {
        request: { headers: { 'IF-NONE-MATCH': '"v1"' } },
        expect: { from: 'cache', status: 304 },
      },
      {
        request: { headers: { 'cache-CONTROL': 'no-cache' } },
        origin: { status: 304 },
        expect: { from: 'validated' },
      },
    ],
  },
  {
    id: 'fields-empty-members',
    title: 'Empty members of a list mean nothing: in Vary, Connection, If-None-Match',
    kind: 'required',
    spec: ['RFC 9110 §5.6.1.2'],
    steps: [
      {
        request: { headers: { 'X-Kind': 'a' } },
        origin: {
          headers: {
            ...STORED,
            'Cache-Control': ',, max-age=600 ,',
            Vary: ', ,X-Kind,',
          },
        },
        expect: { from: 'origin', stored: true },
      },
      {
        request: { headers: { 'X-Kind': 'a', 'If-None-Match': ', "v0" ,,\t"v1",' } },
        expect: { from: 'cache', status: 304 },
      },
      {
        request: {
          path: '/other',
          headers: { Connection: ', x-hop,,', 'X-Hop': '1', 'X-End': '2' },
        },
        origin: UNSTORED,
        expect: { from: 'origin', upstream: { absent: ['x-hop'], headers: { 'X-End': '2' } } },
      },
    ],
  },
  {
    id: 'fields-order-of-lines',
    title: 'Lines of one name keep their order, in both directions and in the store',
    kind: 'required',
    spec: ['RFC 9110 §5.3'],
    steps: [
      {
        request: {
          headers: [
            ['X-Line', 'b'],
            ['X-Other', '1'],
            ['X-Line', 'a'],
            ['x-line', 'c'],
          ],
        },
        origin: {
          headers: [
            ['Cache-Control', 'max-age=60'],
            ['X-Line', 'z'],
            ['X-Other', '1'],
            ['x-line', 'x'],
            ['X-Line', 'y'],
          ],
        },
        expect: {
          from: 'origin',
          headers: { 'X-Line': 'z, x, y' },
          upstream: { headers: { 'X-Line': 'b, a, c' } },
        },
      },
      { request: {}, expect: { from: 'cache', headers: { 'X-Line': 'z, x, y' } } },
    ],
  },
  reused({
    id: 'fields-quoted-pair',
    title: 'A quoted pair stands for the octet behind its backslash',
    kind: 'required',
    spec: ['RFC 9110 §5.6.4'],
    origin: {
      headers: {
        'Cache-Control': 'max-age=60, private="x\\-\\user"',
        'X-User': 'me',
        'X-All': '1',
      },
    },
    first: { headers: { 'X-User': 'me' } },
    second: { headers: { 'X-All': '1' }, absent: ['x-user'] },
  }),
  reused({
    id: 'fields-token-or-quoted',
    title: 'An argument means the same as a token and as a quoted string',
    kind: 'required',
    spec: ['RFC 9110 §5.6.6'],
    origin: { headers: { 'Cache-Control': 'max-age="60", private="x-user"', 'X-User': 'me' } },
    second: { absent: ['x-user'] },
  }),
]);

const entityTags = defineCases([
  {
    id: 'fields-etag-lower-case-weak',
    title: 'The mark of weakness is W/, in upper case: w/ makes no entity tag',
    kind: 'required',
    spec: ['RFC 9110 §8.8.3'],
    steps: [
      { request: {}, origin: { headers: STORED }, expect: { from: 'origin', stored: true } },
      {
        request: { headers: { 'If-None-Match': 'w/"v1"' } },
        expect: { from: 'cache', status: 200 },
      },
    ],
  },
  {
    id: 'fields-etag-empty',
    title: 'An entity tag without a character between its quotes is one',
    kind: 'check',
    spec: ['RFC 9110 §8.8.3'],
    steps: [
      {
        request: {},
        origin: { headers: { ...STORED, ETag: '""' } },
        expect: { from: 'origin', stored: true },
      },
      { request: { headers: { 'If-None-Match': '""' } }, expect: { from: 'cache', status: 304 } },
    ],
  },
  {
    id: 'fields-etag-opaque',
    title: 'Entity tags are compared character by character: case and backslashes count',
    kind: 'required',
    spec: ['RFC 9110 §8.8.3.2', 'RFC 9110 §8.8.3'],
    steps: [
      {
        request: {},
        origin: { headers: { ...STORED, ETag: '"a\\b"' } },
        expect: { from: 'origin', stored: true },
      },
      ...['"A\\b"', '"ab"', '"a\\\\b"'].map((tag) => ({
        request: { headers: { 'If-None-Match': tag } },
        expect: { from: 'cache', status: 200 } as const,
      })),
      {
        request: { headers: { 'If-None-Match': '"a\\b"' } },
        expect: { from: 'cache', status: 304 },
      },
    ],
  },
  {
    id: 'fields-etag-strong-comparison',
    title: 'Strongly compared, a weak tag equals nothing, on whichever side it stands',
    kind: 'required',
    spec: ['RFC 9110 §8.8.3.2', 'RFC 9110 §13.1.5'],
    steps: [
      {
        request: {},
        origin: { headers: STORED, body: '0123456789' },
        expect: { from: 'origin', stored: true },
      },
      {
        request: { headers: { Range: 'bytes=0-1', 'If-Range': 'W/"v1"' } },
        expect: { from: 'cache', status: 200 },
      },
      {
        request: { headers: { Range: 'bytes=0-1', 'If-Range': '"v1"' } },
        expect: { from: 'cache', status: 206, body: '01' },
      },
      {
        request: { path: '/weak' },
        origin: { headers: { ...STORED, ETag: 'W/"v1"' }, body: '0123456789' },
        expect: { from: 'origin', stored: true },
      },
      {
        request: { path: '/weak', headers: { Range: 'bytes=0-1', 'If-Range': '"v1"' } },
        expect: { from: 'cache', status: 200 },
      },
    ],
  },
]);

/** Two values of a request field that mean the same, or not. */
const WISHES: readonly (readonly [
  id: string,
  field: string,
  first: string,
  second: string,
  same: boolean,
  title: string,
  clauses: readonly string[],
])[] = [
  [
    'coding-alias',
    'Accept-Encoding',
    'x-gzip, x-compress;q=0.5',
    'gzip, compress;q=0.5',
    true,
    'x-gzip is gzip, x-compress is compress',
    ['RFC 9110 §8.4.1.3', 'RFC 9110 §8.4.1.1'],
  ],
  [
    'coding-case',
    'Accept-Encoding',
    'GZIP, Br',
    'gzip, br',
    true,
    'content codings are case-insensitive',
    ['RFC 9110 §8.4.1'],
  ],
  [
    'coding-star',
    'Accept-Encoding',
    'gzip, *;q=0',
    'gzip',
    false,
    '* speaks of all other codings',
    ['RFC 9110 §12.5.3', 'RFC 9110 §12.4.3'],
  ],
  [
    'weight-default',
    'Accept-Encoding',
    'gzip;q=1, br;Q=0.50',
    'gzip, br;q=0.5',
    true,
    'no weight is weight 1, q is case-insensitive, zeros behind the digits count nothing',
    ['RFC 9110 §12.4.2'],
  ],
  [
    'weight-0',
    'Accept-Encoding',
    'gzip, br;q=0',
    'gzip, br;q=0.001',
    false,
    'weight 0 is not acceptable, 0.001 is least preferred',
    ['RFC 9110 §12.4.2'],
  ],
  [
    'language-case',
    'Accept-Language',
    'de-CH, EN;q=0.5',
    'DE-ch, en;q=0.5',
    true,
    'language tags are case-insensitive',
    ['RFC 9110 §8.5.1', 'RFC 9110 §12.5.4'],
  ],
];

const wishes = defineCases(
  WISHES.map(([id, field, first, second, same, title, clauses]) => {
    const origin = { headers: { 'Cache-Control': 'max-age=60', Vary: field } };
    return {
      id: `fields-${id}`,
      title: `Of ${field}: ${title}`,
      kind: same ? 'optimal' : 'required',
      spec: ['RFC 9111 §4.1', ...clauses],
      steps: [
        {
          request: { headers: { [field]: first } },
          origin,
          expect: { from: 'origin', stored: true },
        },
        same
          ? { request: { headers: { [field]: second } }, expect: { from: 'cache', outcome: 'hit' } }
          : {
              request: { headers: { [field]: second } },
              origin,
              expect: { from: 'origin', reasons: ['no-variant-matches'] },
            },
      ],
    };
  }),
);

/** How fields are read: names, lists, quoted strings, dates, entity tags, weights. */
export const fieldCases = [...dates, ...syntax, ...entityTags, ...wishes];
