import { defineCases } from '@poplet/conformance';
import type { Case, ExchangeStep, HeaderScript } from '@poplet/conformance';

/** Stored for one request, asked for with another: the same as far as the named field goes, or not. */
function compared(
  told: Omit<Case, 'steps' | 'kind' | 'spec'> & {
    readonly kind?: Case['kind'];
    readonly spec?: readonly string[];
    readonly vary: string;
    readonly first: HeaderScript;
    readonly second: HeaderScript;
    readonly same: boolean;
  },
): Case {
  const {
    kind,
    spec = ['RFC 9111 §4.1', 'RFC 9110 §12.5.5'],
    vary,
    first,
    second,
    same,
    ...rest
  } = told;
  const origin = { headers: { 'Cache-Control': 'max-age=60', Vary: vary } };
  return {
    ...rest,
    kind: kind ?? (same ? 'optimal' : 'required'),
    spec,
    steps: [
      { request: { headers: first }, origin, expect: { from: 'origin', stored: true } },
      same
        ? { request: { headers: second }, expect: { from: 'cache', outcome: 'hit' } }
        : {
            request: { headers: second },
            origin,
            expect: { from: 'origin', outcome: 'miss', reasons: ['no-variant-matches'] },
          },
    ],
  };
}

const matching = defineCases([
  compared({
    id: 'vary-same',
    title: 'The same value of the named field selects the stored response',
    vary: 'X-Kind',
    first: { 'X-Kind': 'a' },
    second: { 'X-Kind': 'a', 'X-Other': '1' },
    same: true,
  }),
  compared({
    id: 'vary-different',
    title: 'Another value does not',
    vary: 'X-Kind',
    first: { 'X-Kind': 'a' },
    second: { 'X-Kind': 'b' },
    same: false,
  }),
  compared({
    id: 'vary-missing-then-present',
    title: 'A field that was absent does not match one that is present',
    vary: 'X-Kind',
    first: {},
    second: { 'X-Kind': 'a' },
    same: false,
  }),
  compared({
    id: 'vary-present-then-missing',
    title: 'A field that was present does not match its absence',
    vary: 'X-Kind',
    first: { 'X-Kind': 'a' },
    second: {},
    same: false,
  }),
  compared({
    id: 'vary-missing-both',
    title: 'Absent both times matches',
    vary: 'X-Kind',
    first: {},
    second: {},
    same: true,
  }),
  compared({
    id: 'vary-empty-is-not-missing',
    title: 'An empty field is not an absent one',
    kind: 'required',
    vary: 'X-Kind',
    first: {},
    second: { 'X-Kind': '' },
    same: false,
  }),
  compared({
    id: 'vary-two-fields',
    title: 'All named fields must match',
    vary: 'X-Kind, X-Colour',
    first: { 'X-Kind': 'a', 'X-Colour': 'red' },
    second: { 'X-Kind': 'a', 'X-Colour': 'blue' },
    same: false,
  }),
  compared({
    id: 'vary-name-case',
    title: 'Names in Vary are case-insensitive',
    vary: 'x-KIND',
    first: { 'X-Kind': 'a' },
    second: { 'x-kind': 'a' },
    same: true,
  }),
  compared({
    id: 'vary-value-case',
    title: 'The case of an unknown field’s value means something',
    vary: 'X-Kind',
    first: { 'X-Kind': 'a' },
    second: { 'X-Kind': 'A' },
    same: false,
  }),
  compared({
    id: 'vary-white-space',
    title: 'White space around the members of a field that is a list means nothing',
    vary: 'Accept',
    first: { Accept: 'a/b,c/d' },
    second: { Accept: ' a/b , c/d ' },
    same: true,
  }),
  compared({
    id: 'vary-white-space-around',
    title: 'White space around a value means nothing',
    vary: 'X-Kind',
    first: { 'X-Kind': 'a, b' },
    second: { 'X-Kind': ' \t a, b  ' },
    same: true,
  }),
  compared({
    id: 'vary-white-space-inside-unknown',
    title: 'White space inside an unknown field means something: it may not be a list',
    vary: 'X-Title',
    first: { 'X-Title': 'a, b' },
    second: { 'X-Title': 'a,b' },
    same: false,
  }),
  compared({
    id: 'vary-white-space-before-comma-unknown',
    title: 'So does white space before a comma of an unknown field',
    vary: 'X-Title',
    first: { 'X-Title': 'a, b' },
    second: { 'X-Title': 'a , b' },
    same: false,
  }),
  compared({
    id: 'vary-white-space-cookie',
    title: 'A Cookie is no list: white space in it means something',
    vary: 'Cookie',
    first: { Cookie: 'a=1, 2' },
    second: { Cookie: 'a=1,2' },
    same: false,
  }),
  compared({
    id: 'vary-lines',
    title: 'One line or several is the same',
    vary: 'X-Kind',
    first: { 'X-Kind': 'a, b' },
    second: { 'X-Kind': ['a', 'b'] },
    same: true,
  }),
  compared({
    id: 'vary-order-unknown',
    title: 'The order of an unknown field’s members means something',
    vary: 'X-Kind',
    first: { 'X-Kind': 'a, b' },
    second: { 'X-Kind': 'b, a' },
    same: false,
  }),
  compared({
    id: 'vary-quoted-string',
    title: 'White space inside a quoted string means something',
    vary: 'X-Kind',
    first: { 'X-Kind': '"a,  b"' },
    second: { 'X-Kind': '"a, b"' },
    same: false,
  }),
  compared({
    id: 'vary-accept-encoding-order',
    title: 'Accept-Encoding: the order of equally wanted codings means nothing',
    spec: ['RFC 9111 §4.1', 'RFC 9110 §12.5.3'],
    vary: 'Accept-Encoding',
    first: { 'Accept-Encoding': 'gzip, br' },
    second: { 'Accept-Encoding': 'br,GZIP' },
    same: true,
  }),
  compared({
    id: 'vary-accept-encoding-weights',
    title: 'Accept-Encoding: other weights are another wish',
    spec: ['RFC 9111 §4.1', 'RFC 9110 §12.5.3'],
    vary: 'Accept-Encoding',
    first: { 'Accept-Encoding': 'gzip;q=1, br;q=0.5' },
    second: { 'Accept-Encoding': 'gzip;q=0.5, br;q=1' },
    same: false,
  }),
  compared({
    id: 'vary-accept-language-order',
    title: 'Accept-Language: the order of languages with one weight means nothing',
    spec: ['RFC 9111 §4.1', 'RFC 9110 §12.5.4'],
    vary: 'Accept-Language',
    first: { 'Accept-Language': 'de, en;q=0.8, fr;q=0.8' },
    second: { 'Accept-Language': 'DE,fr;q=0.8,en; q=0.8' },
    same: true,
  }),
  compared({
    id: 'vary-accept-language-weights',
    title: 'Accept-Language: other weights are another wish',
    spec: ['RFC 9111 §4.1', 'RFC 9110 §12.5.4'],
    vary: 'Accept-Language',
    first: { 'Accept-Language': 'de;q=0.9, en;q=0.8' },
    second: { 'Accept-Language': 'de;q=0.8, en;q=0.9' },
    same: false,
  }),
  compared({
    id: 'vary-duplicate-names',
    title: 'A name twice in Vary, on two lines, is that name',
    vary: 'X-Kind, X-Kind',
    first: { 'X-Kind': 'a' },
    second: { 'X-Kind': 'a' },
    same: true,
  }),
  compared({
    id: 'vary-empty',
    title: 'An empty Vary names nothing',
    vary: '',
    first: { 'X-Kind': 'a' },
    second: { 'X-Kind': 'b' },
    same: true,
  }),
]);

function variant(value: string, headers: Record<string, string> = {}) {
  return {
    request: { headers: { 'X-Kind': value } },
    origin: { headers: { 'Cache-Control': 'max-age=60', Vary: 'X-Kind', ...headers } },
    expect: { from: 'origin', stored: true, reasons: ['vary-variant'] },
  } as const;
}

const several = defineCases([
  {
    id: 'vary-several-variants',
    title: 'Several variants are stored side by side',
    kind: 'optimal',
    spec: ['RFC 9111 §4.1'],
    steps: [
      variant('a'),
      variant('b'),
      variant('c'),
      { at: 5, request: { headers: { 'X-Kind': 'a' } }, expect: { from: 'cache', bodyOfStep: 1 } },
      { at: 5, request: { headers: { 'X-Kind': 'b' } }, expect: { from: 'cache', bodyOfStep: 2 } },
      { at: 5, request: { headers: { 'X-Kind': 'c' } }, expect: { from: 'cache', bodyOfStep: 3 } },
    ],
  },
  {
    id: 'vary-replaces-own-variant',
    title: 'A new response replaces the variant that it matches, and no other',
    kind: 'required',
    spec: ['RFC 9111 §4.1', 'RFC 9111 §4'],
    steps: [
      variant('a'),
      variant('b'),
      {
        at: 61,
        request: { headers: { 'X-Kind': 'a' } },
        origin: { headers: { 'Cache-Control': 'max-age=600', Vary: 'X-Kind' }, body: 'a again' },
        expect: { from: 'origin', outcome: 'expired' },
      },
      {
        at: 62,
        request: { headers: { 'X-Kind': 'a' } },
        expect: { from: 'cache', body: 'a again' },
      },
    ],
  },
  {
    id: 'vary-changes',
    title: 'A resource that begins to vary on another field is asked for under the new rule',
    kind: 'required',
    spec: ['RFC 9111 §4.1'],
    steps: [
      {
        request: { headers: { 'X-Kind': 'a', 'X-Colour': 'red' } },
        origin: { headers: { 'Cache-Control': 'max-age=10', Vary: 'X-Kind' } },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 11,
        request: { headers: { 'X-Kind': 'a', 'X-Colour': 'red' } },
        origin: { headers: { 'Cache-Control': 'max-age=600', Vary: 'X-Colour' } },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 12,
        request: { headers: { 'X-Kind': 'b', 'X-Colour': 'red' } },
        expect: { from: 'cache', outcome: 'hit', bodyOfStep: 2 },
      },
      {
        at: 12,
        request: { headers: { 'X-Kind': 'b', 'X-Colour': 'blue' } },
        origin: { headers: { 'Cache-Control': 'max-age=600', Vary: 'X-Colour' } },
        expect: { from: 'origin', reasons: ['no-variant-matches'] },
      },
    ],
  },
  {
    id: 'vary-most-recent',
    title: 'Of several matching responses the most recent is used',
    kind: 'required',
    spec: ['RFC 9111 §4', 'RFC 9111 §4.1'],
    steps: [
      {
        request: { headers: { 'X-Kind': 'a', 'X-Colour': 'red' } },
        origin: { headers: { 'Cache-Control': 'max-age=600', Vary: 'X-Kind', Date: '{now-10}' } },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 1,
        request: { headers: { 'X-Kind': 'b', 'X-Colour': 'red' } },
        origin: { headers: { 'Cache-Control': 'max-age=600', Vary: 'X-Colour' } },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 2,
        request: { headers: { 'X-Kind': 'a', 'X-Colour': 'red' } },
        expect: { from: 'cache', outcome: 'hit', bodyOfStep: 2 },
      },
    ],
  },
  {
    id: 'vary-most-recent-by-date',
    title: 'The most recent is so by its Date, not by when it was stored',
    kind: 'required',
    spec: ['RFC 9111 §4', 'RFC 9111 §4.1'],
    steps: [
      {
        request: { headers: { 'X-Kind': 'a', 'X-Colour': 'red' } },
        origin: { headers: { 'Cache-Control': 'max-age=600', Vary: 'X-Kind' } },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 1,
        request: { headers: { 'X-Kind': 'b', 'X-Colour': 'red' } },
        origin: {
          headers: { 'Cache-Control': 'max-age=600', Vary: 'X-Colour', Date: '{now-100}' },
        },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 2,
        request: { headers: { 'X-Kind': 'a', 'X-Colour': 'red' } },
        expect: { from: 'cache', outcome: 'hit', bodyOfStep: 1 },
      },
    ],
  },
  {
    id: 'vary-most-recent-of-one-date',
    title: 'Of several matching responses with one Date, the one stored last is used',
    kind: 'check',
    spec: ['RFC 9111 §4.1'],
    steps: [
      {
        request: { headers: { 'X-Kind': 'a', 'X-Colour': 'red' } },
        origin: { headers: { 'Cache-Control': 'max-age=600', Vary: 'X-Kind', Date: '{start}' } },
        expect: { from: 'origin', stored: true },
      },
      {
        request: { headers: { 'X-Kind': 'b', 'X-Colour': 'red' } },
        origin: { headers: { 'Cache-Control': 'max-age=600', Vary: 'X-Colour', Date: '{start}' } },
        expect: { from: 'origin', stored: true },
      },
      {
        request: { headers: { 'X-Kind': 'a', 'X-Colour': 'red' } },
        expect: { from: 'cache', outcome: 'hit', bodyOfStep: 2 },
      },
    ],
  },
  {
    id: 'vary-preferred-to-forgotten',
    title: 'A response that names Vary is preferred to one whose author forgot it',
    kind: 'optimal',
    spec: ['RFC 9111 §4.1'],
    steps: [
      {
        request: { headers: { 'X-Kind': 'a' } },
        origin: { headers: { 'Cache-Control': 'max-age=600', Vary: 'X-Kind', Date: '{now-10}' } },
        expect: { from: 'origin', stored: true },
      },
      {
        request: { headers: { 'X-Kind': 'b' } },
        origin: { headers: { 'Cache-Control': 'max-age=600' } },
        expect: { from: 'origin', stored: true },
      },
      { at: 1, request: { headers: { 'X-Kind': 'a' } }, expect: { from: 'cache', bodyOfStep: 1 } },
      { at: 1, request: { headers: { 'X-Kind': 'c' } }, expect: { from: 'cache', bodyOfStep: 2 } },
    ],
  },
  {
    id: 'vary-nominated-by-connection',
    title: 'A field that Connection nominates is not forwarded, so it selects nothing',
    kind: 'required',
    spec: ['RFC 9110 §7.6.1', 'RFC 9111 §4.1'],
    steps: [
      {
        request: { headers: { 'X-Kind': 'a', Connection: 'x-kind' } },
        origin: { headers: { 'Cache-Control': 'max-age=600', Vary: 'X-Kind' } },
        expect: { from: 'origin', stored: true, upstream: { absent: ['x-kind'] } },
      },
      {
        request: { headers: { 'X-Kind': 'a' } },
        origin: { headers: { 'Cache-Control': 'max-age=600', Vary: 'X-Kind' } },
        expect: { from: 'origin', stored: true },
      },
      { request: {}, expect: { from: 'cache', bodyOfStep: 1 } },
      { request: { headers: { 'X-Kind': 'a' } }, expect: { from: 'cache', bodyOfStep: 2 } },
    ],
  },
  {
    id: 'vary-begun-replaces',
    title: 'A response that begins to name Vary takes the place of the one it replaces',
    kind: 'required',
    spec: ['RFC 9111 §4', 'RFC 9111 §4.1'],
    steps: [
      {
        request: { headers: { 'X-Kind': 'a' } },
        origin: { headers: { 'Cache-Control': 'max-age=600' } },
        expect: { from: 'origin', stored: true },
      },
      {
        request: { headers: { 'X-Kind': 'a', 'Cache-Control': 'no-cache' } },
        origin: {
          headers: { 'Cache-Control': 'max-age=600', Vary: 'X-Kind', Date: '{now-10}' },
        },
        expect: { from: 'origin', stored: true },
      },
      { at: 1, request: { headers: { 'X-Kind': 'a' } }, expect: { from: 'cache', bodyOfStep: 2 } },
      {
        at: 1,
        request: { headers: { 'X-Kind': 'b' } },
        origin: { headers: { 'Cache-Control': 'max-age=600', Vary: 'X-Kind' } },
        expect: { from: 'origin', stored: true, reasons: ['no-variant-matches'] },
      },
    ],
  },
  {
    id: 'vary-dropped-replaces',
    title: 'A response that no longer names Vary takes the place of the one it replaces',
    kind: 'required',
    spec: ['RFC 9111 §4'],
    steps: [
      {
        request: { headers: { 'X-Kind': 'a' } },
        origin: { headers: { 'Cache-Control': 'max-age=60', Vary: 'X-Kind' } },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 100,
        request: { headers: { 'X-Kind': 'a' } },
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'origin', stored: true, outcome: 'expired' },
      },
      {
        at: 101,
        request: { headers: { 'X-Kind': 'a' } },
        expect: { from: 'cache', bodyOfStep: 2 },
      },
      {
        at: 101,
        request: { headers: { 'X-Kind': 'b' } },
        expect: { from: 'cache', bodyOfStep: 2 },
      },
    ],
  },
  {
    id: 'vary-star-replaces',
    title: 'A response with Vary: * is not stored, and what it replaces is not kept',
    kind: 'required',
    spec: ['RFC 9111 §4.1', 'RFC 9111 §4.3.3'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=0', ETag: '"v1"' } },
        expect: { from: 'origin', stored: true },
      },
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=600', ETag: '"v2"', Vary: '*' } },
        expect: { from: 'origin', stored: false, reasons: ['replaced', 'not-stored-vary-star'] },
      },
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=600' } },
        expect: { from: 'origin', stored: true, reasons: ['nothing-stored'] },
      },
    ],
  },
  {
    id: 'vary-malformed',
    title: 'A Vary with a member that is no field name matches no later request',
    kind: 'check',
    spec: ['RFC 9111 §4.1', 'RFC 9110 §12.5.5'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=600', Vary: 'Accept; q=1' } },
        expect: { from: 'origin', stored: false, reasons: ['not-stored-vary-star'] },
      },
    ],
  },
]);

const KIND_A = { 'X-Kind': 'a', 'X-Colour': 'red' };

/** One request, twice: what the second answer supersedes is selected by a rule that it does not share. */
const superseded = defineCases(
  (
    [
      ['dropped', 'X-Kind', {}],
      ['replaced', 'X-Kind', { Vary: 'X-Colour' }],
      ['widened', 'X-Kind', { Vary: 'X-Kind, X-Colour' }],
      ['narrowed', 'X-Kind, X-Colour', { Vary: 'X-Kind' }],
      ['added', '', { Vary: 'X-Kind' }],
    ] as const
  ).flatMap(([id, before, vary]): readonly Case[] => [
    {
      id: `vary-superseded-${id}`,
      title: `A full response under another Vary takes the place of the stale one that was selected before (${id})`,
      kind: 'required',
      spec: ['RFC 9111 §4', 'RFC 9111 §4.1'],
      steps: [
        {
          request: { headers: KIND_A },
          origin: { headers: { 'Cache-Control': 'max-age=10', Vary: before, ETag: '"1"' } },
          expect: { from: 'origin', stored: true },
        },
        {
          at: 11,
          request: { headers: KIND_A },
          origin: { headers: { 'Cache-Control': 'max-age=600', ...vary, ETag: '"2"' } },
          expect: { from: 'origin', stored: true, reasons: ['replaced'] },
        },
        {
          at: 12,
          request: { headers: KIND_A },
          expect: { from: 'cache', outcome: 'hit', bodyOfStep: 2 },
        },
      ],
    },
    {
      id: `vary-superseded-${id}-reload`,
      title: `So does one that a reload brought while the other was fresh: the next client gets the newer (${id})`,
      kind: 'required',
      spec: ['RFC 9111 §4', 'RFC 9111 §4.1', 'RFC 9111 §5.2.1.4'],
      steps: [
        {
          request: { headers: KIND_A },
          origin: { headers: { 'Cache-Control': 'max-age=600', Vary: before } },
          expect: { from: 'origin', stored: true },
        },
        {
          at: 5,
          request: { headers: { ...KIND_A, 'Cache-Control': 'no-cache' } },
          origin: { headers: { 'Cache-Control': 'max-age=60', ...vary } },
          expect: { from: 'origin', stored: true, reasons: ['replaced'] },
        },
        {
          at: 6,
          request: { headers: KIND_A },
          expect: { from: 'cache', outcome: 'hit', bodyOfStep: 2 },
        },
        {
          at: 66,
          request: { headers: KIND_A },
          origin: { headers: { 'Cache-Control': 'no-store' } },
          expect: { from: 'origin', reasons: ['stale'] },
        },
      ],
    },
  ]),
);

/** Two responses match the request; one full response takes the place of both. */
function bothMatch(): readonly ExchangeStep[] {
  return [
    {
      request: { headers: { 'X-Kind': 'a', 'X-Colour': 'blue' } },
      origin: { headers: { 'Cache-Control': 'max-age=600', Vary: 'X-Kind', ETag: '"1"' } },
      expect: { from: 'origin', stored: true },
    },
    {
      at: 1,
      request: { headers: { 'X-Kind': 'b', 'X-Colour': 'red' } },
      origin: { headers: { 'Cache-Control': 'max-age=600', Vary: 'X-Colour', ETag: '"2"' } },
      expect: { from: 'origin', stored: true },
    },
  ];
}

const supersededBoth = defineCases([
  {
    id: 'vary-superseded-all-selected',
    title: 'A full response takes the place of every response that its request selects',
    kind: 'required',
    spec: ['RFC 9111 §4', 'RFC 9111 §4.1'],
    steps: [
      ...bothMatch(),
      {
        at: 2,
        request: { headers: { ...KIND_A, 'Cache-Control': 'no-cache' } },
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'origin', stored: true, reasons: ['replaced'] },
      },
      { at: 3, request: { headers: KIND_A }, expect: { from: 'cache', bodyOfStep: 3 } },
    ],
  },
  {
    id: 'vary-withdrawn-all-selected',
    title: 'So does one that is not stored itself: no older one comes back in its place',
    kind: 'required',
    spec: ['RFC 9111 §4', 'RFC 9111 §4.3.3'],
    steps: [
      ...bothMatch(),
      {
        at: 2,
        request: { headers: { ...KIND_A, 'Cache-Control': 'no-cache' } },
        origin: { headers: { 'Cache-Control': 'no-store' } },
        expect: { from: 'origin', stored: false, reasons: ['replaced'] },
      },
      {
        at: 3,
        request: { headers: KIND_A },
        origin: { headers: { 'Cache-Control': 'no-store' } },
        expect: { from: 'origin', body: 'vary-withdrawn-all-selected, step 4, answer 1' },
      },
    ],
  },
]);

const withdrawnBoth = defineCases(
  (
    [
      ['no-store', { headers: { 'Cache-Control': 'no-store' } }, false],
      ['stored', { headers: { 'Cache-Control': 'max-age=60' } }, true],
    ] as const
  ).map(([id, second, stored]): Case => ({
    id: `vary-withdrawn-304-then-${id}`,
    title: `A 304 that forbids keeping one of them, and then a full response, leave neither (${id})`,
    kind: 'required',
    spec: ['RFC 9111 §4', 'RFC 9111 §4.3.3', 'RFC 9111 §3.2'],
    steps: [
      ...bothMatch(),
      {
        at: 2,
        request: { headers: { ...KIND_A, 'Cache-Control': 'no-cache' } },
        origin: [
          { status: 304, headers: { ETag: '"2"', 'Cache-Control': 'no-store' } },
          { ...second, body: 'newest' },
        ],
        expect: { from: 'origin', body: 'newest', stored, upstream: { requests: 2 } },
      },
      stored
        ? { at: 3, request: { headers: KIND_A }, expect: { from: 'cache', body: 'newest' } }
        : {
            at: 3,
            request: { headers: KIND_A },
            origin: { headers: { 'Cache-Control': 'no-store' }, body: 'asked again' },
            expect: { from: 'origin', body: 'asked again' },
          },
    ],
  })),
);

export const varyCases = [
  ...matching,
  ...several,
  ...superseded,
  ...supersededBoth,
  ...withdrawnBoth,
];
