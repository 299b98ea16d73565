import { defineCases } from '@poplet/conformance';
import type { Case } from '@poplet/conformance';

import { checkedEachTime, reused } from './patterns.ts';

/** Values of Cache-Control that give a lifetime of a minute, beside an Expires that says otherwise. */
const MINUTE: readonly (readonly [id: string, value: string, title: string])[] = [
  ['plain', 'max-age=60', 'max-age in seconds'],
  ['upper-case', 'MAX-AGE=60', 'directive names are case-insensitive'],
  ['quoted', 'max-age="60"', 'the quoted form of the argument is accepted'],
  ['leading-zeros', 'max-age=0060', 'leading zeros mean nothing'],
  ['unknown-before', 'x-unknown=3, max-age=60', 'an unknown directive is ignored'],
  ['unknown-after', 'max-age=60, x-unknown="a, b"', 'a comma inside quotes does not separate'],
  ['in-quotes', 'x="max-age=3600", max-age=60', 'max-age inside a quoted string is none'],
  [
    'escaped-quotes',
    'x="a\\", max-age=3600", max-age=60',
    'an escaped quote does not end the string',
  ],
  ['empty-members', ', ,max-age=60,,', 'empty members are ignored'],
  ['white-space', '  max-age=60\t,\tpublic', 'white space around members is ignored'],
  ['duplicate-lowest', 'max-age=3600, max-age=60', 'of two values the more restrictive counts'],
  ['duplicate-lowest-first', 'max-age=60, max-age=3600', 'whatever their order'],
];

/** Values that are no lifetime: the response is stale at once. */
const INVALID: readonly (readonly [id: string, value: string, title: string])[] = [
  ['not-a-number', 'max-age=abc', 'letters'],
  ['negative', 'max-age=-1', 'a negative number'],
  ['signed', 'max-age=+60', 'a signed number'],
  ['fraction', 'max-age=60.5', 'a fraction'],
  ['missing', 'max-age', 'no argument'],
  ['empty', 'max-age=', 'an empty argument'],
  ['empty-quoted', 'max-age=""', 'an empty quoted string'],
  ['spaces-around-equals', 'max-age = 60', 'spaces around the equals sign'],
  ['unit', 'max-age=60s', 'a unit'],
  ['colon', 'max-age: 60', 'a colon'],
  ['duplicate-invalid', 'max-age=60, max-age=abc', 'one of two values'],
  ['s-maxage', 'max-age=60, s-maxage=abc', 's-maxage, which would take precedence'],
];

const values: Case[] = [
  ...MINUTE.map(([id, value, title]): Case => ({
    id: `freshness-max-age-${id}`,
    title: `Fresh for 60 seconds: ${title}`,
    kind: id === 'plain' ? 'required' : 'check',
    spec: ['RFC 9111 §5.2.2.1', 'RFC 9111 §4.2.1', 'RFC 9111 §5.2'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': value, ETag: '"v1"', Expires: '{now+9000}' } },
        expect: { from: 'origin', cacheStatus: { ttl: 60 } },
      },
      { at: 59, request: {}, expect: { from: 'cache', outcome: 'hit', cacheStatus: { ttl: 1 } } },
      { at: 60, request: {}, origin: { status: 304 }, expect: { from: 'validated' } },
    ],
  })),
  ...INVALID.map(([id, value, title]) =>
    checkedEachTime({
      id: `freshness-invalid-${id}`,
      title: `An invalid lifetime is stale at once, not ignored in favour of Expires: ${title}`,
      kind: 'check',
      spec: ['RFC 9111 §4.2.1', 'RFC 9111 §5.3'],
      origin: { headers: { 'Cache-Control': value, ETag: '"v1"', Expires: '{now+9000}' } },
      second: { outcome: 'revalidated', reasons: ['stale'] },
    }),
  ),
];

const precedence = defineCases([
  {
    id: 'freshness-s-maxage-over-max-age',
    title: 's-maxage is the lifetime in a shared cache, max-age and Expires are not',
    kind: 'required',
    spec: ['RFC 9111 §4.2.1', 'RFC 9111 §5.2.2.10'],
    steps: [
      {
        request: {},
        origin: {
          headers: {
            'Cache-Control': 'max-age=3600, s-maxage=60',
            Expires: '{now+9000}',
            ETag: '"v1"',
          },
        },
        expect: {
          from: 'origin',
          cacheStatus: { ttl: 60 },
          words: [/^stored for 60 s \(s-maxage\)$/u],
        },
      },
      { at: 59, request: {}, expect: { from: 'cache' } },
      { at: 60, request: {}, origin: { status: 304 }, expect: { from: 'validated' } },
    ],
  },
  {
    id: 'freshness-s-maxage-longer',
    title: 's-maxage counts where it is longer than max-age, too',
    kind: 'optimal',
    spec: ['RFC 9111 §5.2.2.10'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=0, s-maxage=60' } },
        expect: { from: 'origin' },
      },
      { at: 59, request: {}, expect: { from: 'cache', outcome: 'hit' } },
    ],
  },
  {
    id: 'freshness-max-age-over-expires',
    title: 'Expires is ignored beside max-age',
    kind: 'required',
    spec: ['RFC 9111 §5.3', 'RFC 9111 §4.2.1', 'RFC 9111 §5.2.2.1'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60', Expires: '{now-9000}' } },
        expect: { from: 'origin' },
      },
      { at: 59, request: {}, expect: { from: 'cache', outcome: 'hit' } },
    ],
  },
  {
    id: 'freshness-s-maxage-over-expires',
    title: 'Expires is ignored beside s-maxage',
    kind: 'required',
    spec: ['RFC 9111 §5.3', 'RFC 9111 §5.2.2.10'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 's-maxage=60', Expires: '{now-9000}' } },
        expect: { from: 'origin', cacheStatus: { ttl: 60 } },
      },
      { at: 59, request: {}, expect: { from: 'cache', outcome: 'hit' } },
    ],
  },
  {
    id: 'freshness-expires-minus-date',
    title: 'Expires counts from Date, whatever this machine’s clock says',
    kind: 'required',
    spec: ['RFC 9111 §4.2.1', 'RFC 9110 §5.6.7'],
    steps: [
      {
        request: {},
        origin: { headers: { Date: '{now+3600}', Expires: '{now+3660}', ETag: '"v1"' } },
        expect: { from: 'origin', cacheStatus: { ttl: 60 } },
      },
      { at: 59, request: {}, expect: { from: 'cache', outcome: 'hit' } },
      { at: 60, request: {}, origin: { status: 304 }, expect: { from: 'validated' } },
    ],
  },
  {
    id: 'freshness-expires-without-date',
    title: 'Without Date, Expires counts from the time of receipt',
    kind: 'required',
    spec: ['RFC 9111 §4.2.1', 'RFC 9110 §6.6.1'],
    steps: [
      {
        request: {},
        origin: { headers: { Expires: '{now+600}', ETag: '"v1"' }, dateless: true },
        expect: { from: 'origin' },
      },
      { at: 590, request: {}, expect: { from: 'cache', outcome: 'hit' } },
      { at: 610, request: {}, origin: { status: 304 }, expect: { from: 'validated' } },
    ],
  },
  {
    id: 'freshness-explicit-beats-no-cache-less',
    title: 'max-age and no-cache conflict: the restrictive one is honoured',
    kind: 'required',
    spec: ['RFC 9111 §4.2.1', 'RFC 9111 §5.2.2.4'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=600, no-cache', ETag: '"v1"' } },
        expect: {
          from: 'origin',
          stored: true,
          reasons: ['stored-for-validation'],
          notReasons: ['stored'],
        },
      },
      {
        request: {},
        origin: { status: 304 },
        expect: { from: 'validated', reasons: ['response-no-cache'] },
      },
    ],
  },
  {
    id: 'freshness-lifetime-beyond-2-31',
    title: 'A lifetime beyond 2^31 seconds does not overflow',
    kind: 'required',
    spec: ['RFC 9111 §1.2.2'],
    steps: [
      {
        request: { path: '/a' },
        origin: { headers: { 'Cache-Control': 'max-age=2147483649' } },
        expect: { from: 'origin' },
      },
      {
        request: { path: '/b' },
        origin: { headers: { 'Cache-Control': 'max-age=99999999999999999999999999' } },
        expect: { from: 'origin' },
      },
      { at: 1_000_000_000, request: { path: '/a' }, expect: { from: 'cache', bodyOfStep: 1 } },
      { at: 1_000_000_000, request: { path: '/b' }, expect: { from: 'cache', bodyOfStep: 2 } },
    ],
  },
]);

/** Values of Expires in the past, or taken for it. */
const EXPIRED: readonly (readonly [id: string, value: string, title: string])[] = [
  ['past', '{now-60}', 'a date in the past'],
  ['same-as-date', '{start}', 'the value of Date itself'],
  ['zero', '0', 'the value 0'],
  ['minus-one', '-1', 'the value -1'],
  ['never', 'never', 'a word'],
  ['iso', '2090-01-01T00:00:00Z', 'an ISO date'],
  ['other-zone', 'Mon, 02 Jan 2090 00:00:00 EST', 'a zone other than GMT'],
  ['offset', 'Mon, 02 Jan 2090 00:00:00 +0000', 'an offset'],
  ['no-weekday', '02 Jan 2090 00:00:00 GMT', 'no day of the week'],
  ['impossible-day', 'Mon, 31 Feb 2090 00:00:00 GMT', 'a day that does not exist'],
  ['impossible-hour', 'Mon, 02 Jan 2090 24:00:01 GMT', 'an hour that does not exist'],
  ['one-digit-day', 'Mon, 2 Jan 2090 00:00:00 GMT', 'a day of one digit'],
];

/** Values of Expires in the future. */
const UNEXPIRED: readonly (readonly [id: string, value: string, title: string])[] = [
  ['rfc850', 'Wednesday, 02-Jan-70 00:00:00 GMT', 'the obsolete format with a two-digit year'],
  ['asctime', 'Mon Jan  2 00:00:00 2090', 'the obsolete format of asctime'],
  ['lower-case', 'mon, 02 jan 2090 00:00:00 gmt', 'lower case'],
];

const expires: Case[] = [
  ...EXPIRED.map(([id, value, title]) =>
    checkedEachTime({
      id: `freshness-expires-${id}`,
      title: `Expires is over: ${title}`,
      kind: 'required',
      spec: ['RFC 9111 §5.3', 'RFC 9111 §4.2'],
      origin: { headers: { Expires: value, ETag: '"v1"' } },
    }),
  ),
  ...UNEXPIRED.map(([id, value, title]) =>
    reused({
      id: `freshness-expires-${id}`,
      title: `Expires lies in the future: ${title}`,
      kind: 'required',
      spec: ['RFC 9110 §5.6.7', 'RFC 9111 §4.2'],
      origin: { headers: { Expires: value } },
    }),
  ),
  {
    id: 'freshness-expires-leap-second',
    title: 'A leap second in Expires is the second before it, never a later one',
    kind: 'required',
    spec: ['RFC 9111 §4.2', 'RFC 9110 §5.6.7'],
    steps: [
      {
        request: {},
        origin: {
          headers: {
            Date: 'Mon, 31 Dec 2096 23:58:00 GMT',
            Expires: 'Mon, 31 Dec 2096 23:59:60 GMT',
          },
        },
        expect: { from: 'origin', cacheStatus: { ttl: 119 } },
      },
    ],
  },
  reused({
    id: 'freshness-expires-twice-equal',
    title: 'Expires twice with one value is that value',
    kind: 'check',
    spec: ['RFC 9111 §4.2.1'],
    origin: {
      headers: [
        ['Expires', 'Mon, 02 Jan 2090 00:00:00 GMT'],
        ['Expires', 'Mon, 02 Jan 2090 00:00:00 GMT'],
      ],
    },
  }),
  checkedEachTime({
    id: 'freshness-expires-twice-different',
    title: 'Expires twice with different values is stale',
    kind: 'check',
    spec: ['RFC 9111 §4.2.1'],
    origin: {
      headers: [
        ['Expires', 'Mon, 02 Jan 2090 00:00:00 GMT'],
        ['Expires', 'Tue, 03 Jan 2090 00:00:00 GMT'],
        ['ETag', '"v1"'],
      ],
    },
  }),
];

const age = defineCases([
  {
    id: 'freshness-age-received',
    title: 'The Age that arrives is part of the age here',
    kind: 'required',
    spec: ['RFC 9111 §4.2.3'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60', Age: '30', ETag: '"v1"' } },
        expect: { from: 'origin', cacheStatus: { ttl: 30 } },
      },
      { at: 29, request: {}, expect: { from: 'cache', headers: { Age: '59' } } },
      { at: 30, request: {}, origin: { status: 304 }, expect: { from: 'validated' } },
    ],
  },
  {
    id: 'freshness-age-date-in-past',
    title: 'An old Date is a sign of age even without Age',
    kind: 'required',
    spec: ['RFC 9111 §4.2.3'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60', Date: '{now-40}', ETag: '"v1"' } },
        expect: { from: 'origin', cacheStatus: { ttl: 20 } },
      },
      { at: 19, request: {}, expect: { from: 'cache', headers: { Age: '59' } } },
      { at: 20, request: {}, origin: { status: 304 }, expect: { from: 'validated' } },
    ],
  },
  {
    id: 'freshness-age-larger-of-both',
    title: 'Of apparent age and received Age the larger counts',
    kind: 'required',
    spec: ['RFC 9111 §4.2.3'],
    steps: [
      {
        request: { path: '/date' },
        origin: { headers: { 'Cache-Control': 'max-age=60', Date: '{now-40}', Age: '10' } },
        expect: { from: 'origin', cacheStatus: { ttl: 20 } },
      },
      {
        request: { path: '/age' },
        origin: { headers: { 'Cache-Control': 'max-age=60', Date: '{now-10}', Age: '40' } },
        expect: { from: 'origin', cacheStatus: { ttl: 20 } },
      },
    ],
  },
  {
    id: 'freshness-age-date-in-future',
    title: 'A Date in the future makes nothing younger than 0',
    kind: 'required',
    spec: ['RFC 9111 §4.2.3'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60', Date: '{now+3600}', ETag: '"v1"' } },
        expect: { from: 'origin', cacheStatus: { ttl: 60 } },
      },
      { at: 59, request: {}, expect: { from: 'cache', headers: { Age: '59' } } },
      { at: 60, request: {}, origin: { status: 304 }, expect: { from: 'validated' } },
    ],
  },
  {
    id: 'freshness-age-invalid-date',
    title: 'A Date that cannot be read is replaced by the time of receipt, from which age counts',
    kind: 'check',
    spec: ['RFC 9110 §6.6.1'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60', Date: 'today', ETag: '"v1"' } },
        expect: { from: 'origin', cacheStatus: { ttl: 60 }, headers: { Date: /^\w{3}, .* GMT$/u } },
      },
      {
        at: 59,
        request: {},
        expect: { from: 'cache', headers: { Age: '59', Date: /^\w{3}, .* GMT$/u } },
      },
      { at: 60, request: {}, origin: { status: 304 }, expect: { from: 'validated' } },
    ],
  },
  {
    id: 'freshness-age-response-delay',
    title: 'Time in transit counts: Age is relative to when the request began',
    kind: 'required',
    spec: ['RFC 9111 §4.2.3'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60', Age: '10' }, delayMs: 1100 },
        expect: { from: 'origin', cacheStatus: { ttl: 49 } },
      },
      { request: {}, expect: { from: 'cache', headers: { Age: '11' } } },
    ],
  },
  checkedEachTime({
    id: 'freshness-age-over-lifetime',
    title: 'A response that arrives older than its lifetime is stale at once',
    kind: 'required',
    spec: ['RFC 9111 §4.2'],
    origin: { headers: { 'Cache-Control': 'max-age=60', Age: '60', ETag: '"v1"' } },
  }),
  checkedEachTime({
    id: 'freshness-age-huge',
    title: 'A huge Age does not overflow into youth',
    kind: 'required',
    spec: ['RFC 9111 §1.2.2', 'RFC 9111 §5.1'],
    origin: {
      headers: { 'Cache-Control': 'max-age=60', Age: '99999999999999999999999', ETag: '"v1"' },
    },
  }),
  ...(
    [
      ['list', '30, 5', 'of a list the first member counts', 30],
      ['negative', '-30', 'a negative Age is ignored', 60],
      ['fraction', '30.5', 'a fractional Age is ignored', 60],
      ['word', 'old', 'a word is ignored', 60],
      ['parameter', '30;a=1', 'an Age with a parameter is ignored', 60],
      ['quoted', '"30"', 'a quoted Age is ignored', 60],
    ] as const
  ).map(([id, value, title, ttl]): Case => ({
    id: `freshness-age-${id}`,
    title: `Age that is not one number: ${title}`,
    kind: 'check',
    spec: ['RFC 9111 §5.1'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60', Age: value } },
        expect: { from: 'origin', cacheStatus: { ttl } },
      },
    ],
  })),
  {
    id: 'freshness-age-two-lines',
    title: 'Of two Age lines the first counts',
    kind: 'check',
    spec: ['RFC 9111 §5.1'],
    steps: [
      {
        request: {},
        origin: {
          headers: [
            ['Cache-Control', 'max-age=60'],
            ['Age', '40'],
            ['Age', '10'],
          ],
        },
        expect: { from: 'origin', cacheStatus: { ttl: 20 } },
      },
    ],
  },
  {
    id: 'freshness-age-generated',
    title: 'A hit carries one Age, replacing what arrived, and the origin’s own Date',
    kind: 'required',
    spec: ['RFC 9111 §4', 'RFC 9111 §5.1', 'RFC 9111 §4.2.3'],
    steps: [
      {
        request: {},
        origin: {
          headers: {
            'Cache-Control': 'max-age=600',
            Age: '5',
            Date: '{start-5}',
            Expires: '{start+99}',
          },
        },
        expect: { from: 'origin', headers: { Age: '5' } },
      },
      {
        at: 100,
        request: {},
        expect: {
          from: 'cache',
          headers: { Age: '105', Date: '{start-5}', Expires: '{start+99}' },
        },
      },
    ],
  },
  reused({
    id: 'freshness-pragma-in-response',
    title: 'Pragma in a response means nothing',
    kind: 'check',
    spec: ['RFC 9111 §5.4'],
    origin: { headers: { Expires: '{now+600}', Pragma: 'no-cache' } },
  }),
  {
    id: 'freshness-real-origin-clock',
    title:
      'Two minutes later by the virtual clock, an origin with a real clock is asked once, then hits',
    kind: 'check',
    spec: ['RFC 9111 §4.2.3', 'Poplet'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60', ETag: '"v1"' } },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 120,
        request: {},
        origin: { status: 304, headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'validated', outcome: 'revalidated', headers: { Age: '0' } },
      },
      { at: 120, request: {}, expect: { from: 'cache', outcome: 'hit', headers: { Age: '0' } } },
      { at: 179, request: {}, expect: { from: 'cache', outcome: 'hit', headers: { Age: '59' } } },
    ],
  },
]);

const targeted = defineCases([
  {
    id: 'freshness-cdn-over-cache-control',
    title: 'CDN-Cache-Control governs alone: Cache-Control and Expires are for others',
    kind: 'required',
    spec: ['RFC 9213 §2.2', 'RFC 9213 §3', 'RFC 9111 §5.2', 'RFC 9213 §2.1'],
    steps: [
      {
        request: {},
        origin: {
          headers: {
            'CDN-Cache-Control': 'max-age=600',
            'Cache-Control': 'max-age=60, s-maxage=120',
            Expires: '{now+10}',
          },
        },
        expect: {
          from: 'origin',
          words: [/^stored for 600 s \(cdn-cache-control\)$/u],
          cacheStatus: { ttl: 600 },
          headers: {
            'Cache-Control': 'max-age=60, s-maxage=120',
            'CDN-Cache-Control': 'max-age=600',
          },
        },
      },
      { at: 599, request: {}, expect: { from: 'cache', outcome: 'hit' } },
    ],
  },
  reused({
    id: 'freshness-cdn-overrides-no-store',
    title: 'CDN-Cache-Control: max-age beside Cache-Control: no-store is stored here',
    kind: 'optimal',
    spec: ['RFC 9213 §3.1', 'RFC 9213 §2.2'],
    origin: { headers: { 'CDN-Cache-Control': 'max-age=600', 'Cache-Control': 'no-store' } },
  }),
  checkedEachTime({
    id: 'freshness-cdn-ignores-expires',
    title: 'Beside CDN-Cache-Control even without a lifetime, Expires is ignored',
    kind: 'required',
    spec: ['RFC 9213 §2.2'],
    origin: { headers: { 'CDN-Cache-Control': 'public', Expires: '{now+600}', ETag: '"v1"' } },
  }),
  checkedEachTime({
    id: 'freshness-cdn-max-age-0',
    title: 'CDN-Cache-Control: max-age=0 is stale at once, Cache-Control or not',
    kind: 'required',
    spec: ['RFC 9213 §2.2'],
    origin: {
      headers: { 'CDN-Cache-Control': 'max-age=0', 'Cache-Control': 'max-age=600', ETag: '"v1"' },
    },
  }),
  checkedEachTime({
    id: 'freshness-cdn-no-cache',
    title: 'CDN-Cache-Control: no-cache makes max-age inoperative',
    kind: 'required',
    spec: ['RFC 9213 §2.2'],
    origin: { headers: { 'CDN-Cache-Control': 'no-cache, max-age=600', ETag: '"v1"' } },
    second: { reasons: ['response-no-cache'] },
  }),
  checkedEachTime({
    id: 'freshness-cdn-decimal',
    title: 'A decimal max-age in a targeted field is not made an integer',
    kind: 'check',
    spec: ['RFC 9213 §2.1'],
    origin: { headers: { 'CDN-Cache-Control': 'max-age=60.5', ETag: '"v1"' } },
  }),
  reused({
    id: 'freshness-cdn-s-maxage',
    title: 's-maxage in a targeted field counts as anywhere',
    kind: 'check',
    spec: ['RFC 9213 §2.2'],
    origin: { headers: { 'CDN-Cache-Control': 'max-age=0, s-maxage=60' } },
    first: { cacheStatus: { ttl: 60 }, words: [/\(cdn-cache-control\)/u] },
  }),
  ...(
    [
      ['malformed', 'max-age=600, ="x'],
      ['empty', ''],
      ['uppercase', 'Max-Age=600'],
    ] as const
  ).map(([id, value]): Case => ({
    id: `freshness-cdn-${id}`,
    title: `A targeted field that does not parse is as if it were not there (${id})`,
    kind: 'required',
    spec: ['RFC 9213 §2.1'],
    steps: [
      {
        request: {},
        origin: { headers: { 'CDN-Cache-Control': value, 'Cache-Control': 'max-age=60' } },
        expect: { from: 'origin', cacheStatus: { ttl: 60 } },
      },
    ],
  })),
  ...(['no-store', 'private'] as const).map((directive): Case => ({
    id: `freshness-cdn-${directive}`,
    title: `CDN-Cache-Control: ${directive} keeps it out of this cache, whatever Cache-Control says`,
    kind: 'required',
    spec: ['RFC 9213 §2.2'],
    steps: [
      {
        request: {},
        origin: {
          headers: { 'CDN-Cache-Control': directive, 'Cache-Control': 'public, max-age=600' },
        },
        expect: { from: 'origin', stored: false, reasons: [`not-stored-${directive}`] },
      },
    ],
  })),
  ...(
    [
      ['string', 'max-age="600"', 'a String is not made an Integer'],
      ['token', 'max-age=a600', 'a Token is not made an Integer'],
      ['negative', 'max-age=-600', 'a negative number is no lifetime'],
      ['no-value', 'max-age', 'a lifetime without a value is none'],
    ] as const
  ).map(([id, value, title]) =>
    checkedEachTime({
      id: `freshness-cdn-max-age-${id}`,
      title: `Values of other types are not consumed: ${title}`,
      kind: 'check',
      spec: ['RFC 9213 §2.1'],
      origin: { headers: { 'CDN-Cache-Control': value, ETag: '"v1"' } },
    }),
  ),
  {
    id: 'freshness-cdn-must-revalidate',
    title:
      'CDN-Cache-Control: must-revalidate forbids stale answers here, whatever Cache-Control allows',
    kind: 'required',
    spec: ['RFC 9213 §2.2'],
    steps: [
      {
        request: {},
        origin: {
          headers: {
            'CDN-Cache-Control': 'max-age=60, must-revalidate, stale-if-error=600',
            'Cache-Control': 'max-age=60, stale-if-error=600',
          },
        },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 100,
        request: {},
        origin: { fault: 'refused' },
        expect: { from: 'edge', status: 504, reasons: ['stale-forbidden-must-revalidate'] },
      },
    ],
  },
  {
    id: 'freshness-cdn-qualified',
    title:
      'The Strings of no-cache and private name fields in CDN-Cache-Control as in Cache-Control',
    kind: 'required',
    spec: ['RFC 9213 §2.1', 'RFC 9213 §2.2'],
    steps: [
      {
        request: {},
        origin: {
          headers: {
            'CDN-Cache-Control': 'max-age=60, no-cache="x-stamp, x-seal", private="x-user"',
            'X-Stamp': '1',
            'X-Seal': '2',
            'X-User': '3',
            'X-Kept': '4',
          },
        },
        expect: { from: 'origin', stored: true, headers: { 'X-Stamp': '1', 'X-User': '3' } },
      },
      {
        at: 1,
        request: {},
        expect: {
          from: 'cache',
          headers: { 'X-Kept': '4' },
          absent: ['x-stamp', 'x-seal', 'x-user'],
        },
      },
    ],
  },
  {
    id: 'freshness-cdn-stale-while-revalidate',
    title: 'Extension directives that are known in Cache-Control are known in CDN-Cache-Control',
    kind: 'optimal',
    spec: ['RFC 9213 §2.2', 'RFC 5861 §3'],
    steps: [
      {
        request: {},
        origin: {
          headers: {
            'CDN-Cache-Control': 'max-age=60, stale-while-revalidate=60',
            'Cache-Control': 'max-age=60',
            ETag: '"v1"',
          },
        },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 100,
        request: {},
        origin: { status: 304 },
        expect: { from: 'cache', outcome: 'updating', upstream: { requests: 1 } },
      },
    ],
  },
  checkedEachTime({
    id: 'freshness-cdn-unknown-directive',
    title: 'CDN-Cache-Control with nothing but an unknown directive governs all the same',
    kind: 'optimal',
    spec: ['RFC 9213 §3.1', 'RFC 9213 §2.2'],
    origin: {
      headers: { 'CDN-Cache-Control': 'none', 'Cache-Control': 'no-store', ETag: '"v1"' },
    },
  }),
  {
    id: 'freshness-targeted-not-ours',
    title: 'A targeted field for other caches changes nothing here and is passed on',
    kind: 'required',
    spec: ['RFC 9213 §2.2', 'RFC 9213 §2.4'],
    steps: [
      {
        request: {},
        origin: {
          headers: { 'Example-Cache-Control': 'no-store', 'Cache-Control': 'max-age=60' },
        },
        expect: {
          from: 'origin',
          stored: true,
          cacheStatus: { ttl: 60 },
          headers: { 'Example-Cache-Control': 'no-store' },
        },
      },
      {
        at: 1,
        request: {},
        expect: { from: 'cache', headers: { 'Example-Cache-Control': 'no-store' } },
      },
    ],
  },
  {
    id: 'freshness-targeted-order',
    title: 'The first valid field of the target list governs',
    kind: 'required',
    spec: ['RFC 9213 §2.2'],
    policy: { freshness: { targetedFields: ['example-cache-control', 'cdn-cache-control'] } },
    steps: [
      {
        request: { path: '/both' },
        origin: {
          headers: { 'Example-Cache-Control': 'max-age=30', 'CDN-Cache-Control': 'max-age=600' },
        },
        expect: { from: 'origin', cacheStatus: { ttl: 30 } },
      },
      {
        request: { path: '/second' },
        origin: {
          headers: { 'Example-Cache-Control': '!', 'CDN-Cache-Control': 'max-age=600' },
        },
        expect: { from: 'origin', cacheStatus: { ttl: 600 } },
      },
    ],
  },
]);

export const freshnessCases = [
  ...defineCases(values),
  ...precedence,
  ...defineCases(expires),
  ...age,
  ...targeted,
];
