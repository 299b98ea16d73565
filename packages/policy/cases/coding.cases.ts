/** Content codings that the edge makes and undoes: when, for whom, and what is said of it. */
import { defineCases } from '@poplet/conformance';
import type {
  Case,
  ExchangeStep,
  Expectation,
  OriginAnswer,
  PolicyPatch,
} from '@poplet/conformance';
import type { Coding, ReasonCode } from '@poplet/policy';

import { ALL_BUT_NO_STORE, LONG_BODY } from './patterns.ts';

type Fields = Readonly<Record<string, string>>;

const NEGOTIATED = ['RFC 9110 §12.5.3', 'RFC 9110 §12.5.5', 'RFC 9110 §7.7'];

/** Fresh for ten minutes, with a strong tag. */
function page(headers: Fields = {}, answer: Partial<OriginAnswer> = {}): OriginAnswer {
  return {
    headers: {
      'Cache-Control': 'max-age=600',
      'Content-Type': 'text/css',
      ETag: '"v1"',
      ...headers,
    },
    body: LONG_BODY,
    ...answer,
  };
}

function asking(acceptEncoding: string | undefined, headers: Fields = {}) {
  const wish = acceptEncoding === undefined ? {} : { 'Accept-Encoding': acceptEncoding };
  return { headers: { ...wish, ...headers } };
}

// ── negotiation ────────────────────────────────────────────────────────────────────────────────

/** The same answer while it comes and when it is stored: which coding it is in. */
function negotiated(
  told: Pick<Case, 'id' | 'title'> & {
    readonly wants: string | undefined;
    readonly coding: Coding;
    readonly policy?: PolicyPatch;
  },
): Case {
  const { wants, coding, ...rest } = told;
  const headers = { Vary: 'Accept-Encoding', ETag: coding === 'identity' ? '"v1"' : 'W/"v1"' };
  const given = { coding, headers, stored: true } as const;
  return {
    ...rest,
    kind: 'optimal',
    spec: NEGOTIATED,
    steps: [
      { request: asking(wants), origin: page(), expect: { from: 'origin', ...given } },
      { at: 1, request: asking(wants), expect: { from: 'cache', ...given, stored: false } },
    ],
  };
}

const negotiation = [
  negotiated({
    id: 'coding-wish',
    title: 'A client gets the coding it wants',
    wants: 'gzip',
    coding: 'gzip',
  }),
  negotiated({
    id: 'coding-weights',
    title: 'Of several the one that it wants most',
    wants: 'zstd;q=0.1, br;q=0.2, gzip;q=0.3',
    coding: 'gzip',
  }),
  negotiated({
    id: 'coding-tie',
    title: 'Of several that it wants alike, the one that the policy prefers',
    wants: 'gzip, deflate, br, zstd',
    coding: 'zstd',
  }),
  negotiated({
    id: 'coding-tie-of-policy',
    title: 'Another policy prefers another',
    wants: 'gzip, deflate, br, zstd',
    coding: 'br',
    policy: { coding: { codings: ['br', 'gzip'] } },
  }),
  negotiated({
    id: 'coding-x-gzip',
    title: 'x-gzip is gzip, in any case',
    wants: 'X-GZip',
    coding: 'gzip',
  }),
  negotiated({
    id: 'coding-any',
    title: 'The wildcard stands for any coding',
    wants: '*;q=0.1, zstd;q=0',
    coding: 'br',
  }),
  negotiated({
    id: 'coding-unknown',
    title: 'A coding that is not known here is not made',
    wants: 'compress, exi, dcb',
    coding: 'identity',
  }),
  negotiated({
    id: 'coding-refused',
    title: 'A weight of 0 refuses a coding',
    wants: 'gzip;q=0, br;q=0.0, zstd;q=0.000',
    coding: 'identity',
  }),
  negotiated({
    id: 'coding-none-preferred',
    title: 'None, where the client wants that most',
    wants: 'identity, br;q=0.5',
    coding: 'identity',
  }),
  negotiated({
    id: 'coding-none-alike',
    title: 'A coding, where it wants none alike',
    wants: 'identity, br',
    coding: 'br',
  }),
  negotiated({
    id: 'coding-none-refused',
    title: 'A coding that it wants little, where it refuses none',
    wants: 'br;q=0.001, identity;q=0',
    coding: 'br',
  }),
  negotiated({
    id: 'coding-all-refused',
    title: 'What no coding suits goes out as it is',
    wants: 'identity;q=0, deflate',
    coding: 'identity',
  }),
  negotiated({
    id: 'coding-not-asked',
    title: 'Who does not ask may not be able to decode',
    wants: undefined,
    coding: 'identity',
  }),
  negotiated({
    id: 'coding-empty',
    title: 'An empty Accept-Encoding wants none',
    wants: '',
    coding: 'identity',
  }),
  negotiated({
    id: 'coding-malformed',
    title: 'A member that is not as defined does not count; the others do',
    wants: 'zstd;q=high, br;q=2, gzip;q=0.5',
    coding: 'gzip',
  }),
];

// ── what is coded, and what is not ─────────────────────────────────────────────────────────────

const MODERN = 'gzip, deflate, br, zstd';

/** Left as it is for a client that wants a coding, while it comes and when it is stored. */
function leftAlone(
  told: Omit<Case, 'steps' | 'kind'> & {
    readonly kind?: Case['kind'];
    readonly origin: OriginAnswer;
    readonly why: ReasonCode;
    readonly words?: RegExp;
    readonly asks?: Fields;
    /** Whether others get it in a coding, so that Vary has to say so. */
    readonly varies?: boolean;
  },
): Case {
  const { origin, why, words, asks = {}, varies = false, kind = 'required', ...rest } = told;
  const before = (origin.headers as Fields)['Content-Encoding'];
  const expect: Omit<Expectation, 'from'> = {
    body: LONG_BODY,
    reasons: [why],
    headers: {
      ETag: '"v1"',
      ...(before === undefined ? {} : { 'Content-Encoding': before }),
      ...(varies ? { Vary: 'Accept-Encoding' } : {}),
    },
    absent: [...(before === undefined ? ['content-encoding'] : []), ...(varies ? [] : ['vary'])],
    ...(words === undefined ? {} : { words: [words] }),
    ...(origin.body === undefined || origin.body === LONG_BODY ? {} : { body: origin.body }),
  };
  const request = asking(MODERN, asks);
  return {
    ...rest,
    kind,
    steps: [
      { request, origin, expect: { from: 'origin', stored: true, ...expect } },
      { at: 1, request, expect: { from: 'cache', ...expect } },
    ],
  };
}

const TRANSFORMING = ['RFC 9110 §7.7', 'RFC 9111 §5.2.2.6'];

const untouched = [
  leftAlone({
    id: 'coding-no-transform',
    title: 'What says no-transform is not compressed',
    spec: TRANSFORMING,
    origin: page({ 'Cache-Control': 'max-age=600, no-transform' }),
    why: 'not-coded-no-transform',
    words: /^not compressed: the response says no-transform$/u,
  }),
  leftAlone({
    id: 'coding-no-transform-targeted',
    title: 'Nor what says so to CDNs',
    spec: [...TRANSFORMING, 'RFC 9213 §2.2'],
    origin: page({ 'CDN-Cache-Control': 'max-age=600, no-transform' }),
    why: 'not-coded-no-transform',
  }),
  leftAlone({
    id: 'coding-no-transform-beside-targeted',
    title: 'Nor what says so to all, beside what it says to CDNs',
    spec: [...TRANSFORMING, 'RFC 9213 §2.2'],
    origin: page({
      'Cache-Control': 'no-transform',
      'CDN-Cache-Control': 'max-age=600',
    }),
    why: 'not-coded-no-transform',
  }),
  leftAlone({
    id: 'coding-no-transform-asked',
    title: 'A client that says no-transform gets what the origin sent',
    spec: ['RFC 9111 §5.2.1.6'],
    kind: 'optimal',
    origin: page(),
    asks: { 'Cache-Control': 'no-transform' },
    why: 'not-coded-no-transform',
    words: /^not compressed: the request says no-transform$/u,
    varies: true,
  }),
  ...['Content-Digest', 'Repr-Digest', 'Digest', 'Content-MD5'].map((field) =>
    leftAlone({
      id: `coding-beside-${field.toLowerCase()}`,
      title: `A body that ${field} speaks of stays as it is`,
      spec: ['RFC 9110 §7.7'],
      origin: page({ [field]: 'x' }),
      why: 'not-coded-digest',
      words: new RegExp(`^not compressed: ${field.toLowerCase()} is about the bytes`, 'u'),
    }),
  ),
  leftAlone({
    id: 'coding-beside-digest-trailer',
    title: 'Also where that comes behind the body',
    spec: ['RFC 9110 §7.7', 'RFC 9110 §6.6.2'],
    origin: page({ Trailer: 'X-Sum, Repr-Digest' }, { trailers: { 'Repr-Digest': 'x' } }),
    why: 'not-coded-digest',
  }),
  leftAlone({
    id: 'coding-image',
    title: 'A picture does not get smaller',
    spec: ['Poplet', 'RFC 9110 §12.5.5'],
    kind: 'check',
    origin: page({ 'Content-Type': 'image/png' }),
    why: 'not-coded-type',
    words: /^not compressed: image\/png is not worth it$/u,
  }),
  leftAlone({
    id: 'coding-type-unsaid',
    title: 'What does not say its type is left alone',
    spec: ['Poplet'],
    kind: 'check',
    origin: { ...page(), headers: { 'Cache-Control': 'max-age=600', ETag: '"v1"' } },
    why: 'not-coded-type',
    words: /^not compressed: content that does not say its type is not worth it$/u,
  }),
  leftAlone({
    id: 'coding-type-in-suffix-only',
    title: 'A type that merely ends like one that is worth it',
    spec: ['Poplet'],
    kind: 'check',
    origin: page({ 'Content-Type': 'application/not-json' }),
    why: 'not-coded-type',
  }),
  leftAlone({
    id: 'coding-type-longer',
    title: 'Or begins like one',
    spec: ['Poplet'],
    kind: 'check',
    origin: page({ 'Content-Type': 'application/jsonp' }),
    why: 'not-coded-type',
  }),
  leftAlone({
    id: 'coding-type-longer-prefix',
    title: 'Or with the same letter as one',
    spec: ['Poplet'],
    kind: 'check',
    origin: page({ 'Content-Type': 'tensor/dense' }),
    why: 'not-coded-type',
  }),
  {
    id: 'coding-image-unwished',
    title: 'Who wants no coding is not told why there is none',
    kind: 'check',
    spec: ['Poplet'],
    steps: [
      {
        request: asking('identity'),
        origin: page({ 'Content-Type': 'image/png' }),
        expect: { from: 'origin', coding: 'identity', notReasons: ['not-coded-type'] },
      },
    ],
  },
  {
    id: 'coding-part-passed-on',
    title: 'A part that is passed on to the one who asked is not coded: it is of the body as it is',
    kind: 'required',
    spec: ['RFC 9110 §15.3.7'],
    steps: [
      {
        request: asking('br', { Range: 'bytes=0-1499', 'Cache-Control': 'no-store' }),
        origin: page(
          { 'Content-Range': `bytes 0-1499/${LONG_BODY.length}` },
          { status: 206, body: LONG_BODY.slice(0, 1500) },
        ),
        expect: {
          from: 'origin',
          stored: false,
          headers: { ETag: '"v1"' },
          absent: ['content-encoding', 'vary'],
        },
      },
    ],
  },
  {
    id: 'coding-304-passed-on',
    title: 'Nor is a 304 that answers the client’s own condition, which was forwarded',
    kind: 'required',
    spec: ['RFC 9110 §15.4.5'],
    steps: [
      {
        request: asking('br', { 'If-None-Match': '"v1"', 'Cache-Control': 'no-store' }),
        origin: { ...page(), status: 304, unasked304: true },
        expect: {
          from: 'origin',
          status: 304,
          headers: { ETag: '"v1"' },
          absent: ['content-encoding', 'vary'],
        },
      },
    ],
  },
  leftAlone({
    id: 'coding-events',
    title: 'A stream of events is passed on event by event',
    spec: ['Poplet'],
    kind: 'check',
    origin: page({ 'Content-Type': 'Text/Event-Stream' }),
    why: 'not-coded-type',
  }),
  leftAlone({
    id: 'coding-short',
    title: 'A short body is not worth it',
    spec: ['Poplet'],
    kind: 'check',
    origin: page({}, { body: 'x'.repeat(1023) }),
    why: 'not-coded-too-small',
    words: /^not compressed: 1023 bytes are too few to be worth it \(1024 are the least\)$/u,
  }),
  leftAlone({
    id: 'coding-several',
    title: 'What came in two codings stays in both',
    spec: ['RFC 9110 §8.4'],
    origin: page({ 'Content-Encoding': 'gzip, br' }),
    why: 'not-coded-already',
    words: /^not compressed here: it came as gzip, br$/u,
  }),
  leftAlone({
    id: 'coding-strange',
    title: 'And what came in one that is not known here in that',
    spec: ['RFC 9110 §8.4'],
    origin: page({ 'Content-Encoding': 'exi' }),
    why: 'not-coded-already',
  }),
  {
    id: 'coding-off',
    title: 'A policy may switch all of it off',
    kind: 'check',
    spec: ['Poplet'],
    policy: { coding: { isOn: false } },
    steps: [
      {
        request: asking(MODERN),
        origin: page(),
        expect: {
          from: 'origin',
          stored: true,
          body: LONG_BODY,
          headers: { ETag: '"v1"' },
          absent: ['content-encoding', 'vary'],
        },
      },
      {
        at: 1,
        request: asking(MODERN),
        expect: { from: 'cache', body: LONG_BODY, absent: ['content-encoding', 'vary'] },
      },
    ],
  },
  {
    id: 'coding-off-decoding',
    title: 'Then nothing is decoded either',
    kind: 'check',
    spec: ['Poplet'],
    policy: { coding: { isOn: false } },
    steps: [
      {
        request: asking('gzip'),
        origin: page({}, { coding: 'gzip' }),
        expect: { from: 'origin', stored: true, coding: 'gzip' },
      },
      { at: 1, request: asking('identity'), expect: { from: 'cache', coding: 'gzip' } },
    ],
  },
  {
    id: 'coding-decoding-only',
    title: 'A policy that makes no codings undoes them all the same',
    kind: 'check',
    spec: ['Poplet'],
    policy: { coding: { codings: [] } },
    steps: [
      {
        request: asking('gzip'),
        origin: page({}, { coding: 'gzip' }),
        expect: {
          from: 'origin',
          stored: true,
          coding: 'gzip',
          headers: { Vary: 'Accept-Encoding' },
        },
      },
      {
        at: 1,
        request: asking('br'),
        expect: { from: 'cache', coding: 'identity', reasons: ['decoded'] },
      },
    ],
  },
  {
    id: 'coding-decoding-only-plain',
    title: 'It has nothing to choose between where none came',
    kind: 'check',
    spec: ['Poplet'],
    policy: { coding: { codings: [] } },
    steps: [
      {
        request: asking('br'),
        origin: page(),
        expect: { from: 'origin', coding: 'identity', absent: ['vary'] },
      },
    ],
  },
  {
    id: 'coding-no-transform-unheeded',
    title: 'A policy that does not obey the client’s directives compresses whatever it says',
    kind: 'check',
    spec: ['Poplet'],
    policy: { validation: { ignoredRequestDirectives: ALL_BUT_NO_STORE } },
    steps: [
      {
        request: asking('br', { 'Cache-Control': 'no-transform' }),
        origin: page(),
        expect: { from: 'origin', coding: 'br' },
      },
    ],
  },
] satisfies readonly Case[];

/** Compressed, of whatever kind it is. */
function compressed(
  told: Omit<Case, 'steps' | 'kind'> & { readonly origin: OriginAnswer; readonly asks?: Fields },
): Case {
  const { origin, asks = {}, ...rest } = told;
  return {
    ...rest,
    kind: 'optimal',
    steps: [
      {
        request: asking('br', asks),
        origin,
        expect: {
          from: 'origin',
          coding: 'br',
          reasons: ['coded-on-the-way'],
          headers: { Vary: /Accept-Encoding$/iu },
        },
      },
    ],
  };
}

const worthIt = [
  ...(
    [
      ['text', 'text/html; charset=utf-8', 'Text, whatever its parameters'],
      ['case', 'Text/HTML', 'Types are compared without regard to case'],
      ['json', 'application/json', 'A type that is named'],
      ['suffix', 'application/ld+json', 'A type by its structured syntax suffix'],
      ['svg', 'image/svg+xml', 'A picture that is text'],
      ['wasm', 'application/wasm', 'Programs'],
    ] as const
  ).map(([id, type, title]) =>
    compressed({
      id: `coding-type-${id}`,
      title: `${title}: ${type}`,
      spec: NEGOTIATED,
      origin: page({ 'Content-Type': type }),
    }),
  ),
  compressed({
    id: 'coding-floor',
    title: 'A body of exactly the least length is worth it',
    spec: ['Poplet'],
    origin: page({}, { body: 'x'.repeat(1024) }),
  }),
  compressed({
    id: 'coding-unknown-length',
    title: 'So may be one whose length nobody knows yet',
    spec: NEGOTIATED,
    origin: page({}, { chunked: true, body: 'short' }),
  }),
  compressed({
    id: 'coding-not-found',
    title: 'A long page that says 404',
    spec: NEGOTIATED,
    origin: page({}, { status: 404 }),
  }),
  compressed({
    id: 'coding-not-stored',
    title: 'What may not be stored is compressed as it passes',
    spec: NEGOTIATED,
    origin: page({ 'Cache-Control': 'no-store' }),
  }),
  compressed({
    id: 'coding-vary-kept',
    title: 'Vary is continued, not replaced',
    spec: ['RFC 9110 §12.5.5'],
    origin: page({ Vary: 'X-Kind' }),
  }),
  compressed({
    id: 'coding-vary-once',
    title: 'Nor said twice',
    spec: ['RFC 9110 §12.5.5'],
    origin: page({ Vary: 'accept-encoding' }),
  }),
  {
    id: 'coding-vary-star',
    title: 'A Vary of everything says it already',
    kind: 'required',
    spec: ['RFC 9110 §12.5.5'],
    steps: [
      {
        request: asking('br'),
        origin: page({ Vary: '*' }),
        expect: { from: 'origin', coding: 'br', headers: { Vary: '*' } },
      },
    ],
  },
  {
    id: 'coding-vary-on-what-was-left',
    title: 'Who wants no coding is told that others may get one',
    kind: 'required',
    spec: ['RFC 9110 §12.5.5'],
    steps: [
      {
        request: asking(undefined),
        origin: page(),
        expect: {
          from: 'origin',
          coding: 'identity',
          headers: { Vary: 'Accept-Encoding', ETag: '"v1"' },
          notReasons: ['coded-on-the-way'],
        },
      },
    ],
  },
  {
    id: 'coding-post',
    title: 'The answer to a POST is compressed like any other',
    kind: 'optimal',
    spec: NEGOTIATED,
    steps: [
      {
        request: { method: 'POST', body: 'a=1', ...asking('br', { 'If-None-Match': '"v1"' }) },
        origin: page({}, { status: 201 }),
        expect: { from: 'origin', coding: 'br', headers: { ETag: 'W/"v1"' } },
      },
    ],
  },
  {
    id: 'coding-post-conditions',
    title: 'What conditions say in a POST is for the origin to judge',
    kind: 'required',
    spec: ['RFC 9111 §4.3.2'],
    steps: [
      {
        request: { method: 'POST', body: 'a=1', ...asking('br', { 'If-None-Match': '"v1"' }) },
        origin: page(),
        expect: { from: 'origin', coding: 'br', headers: { ETag: 'W/"v1"' } },
      },
    ],
  },
] satisfies readonly Case[];

// ── one stored response ────────────────────────────────────────────────────────────────────────

const CODED = { headers: { ETag: 'W/"v1"', Vary: 'Accept-Encoding' } } as const;

const stored = [
  {
    id: 'coding-stored',
    title: 'A coding is made on the way, stored, and sent with its length from then on',
    kind: 'optimal',
    spec: NEGOTIATED,
    steps: [
      {
        request: asking('br'),
        origin: page(),
        expect: {
          from: 'origin',
          coding: 'br',
          reasons: ['coded-on-the-way'],
          absent: ['content-length'],
          ...CODED,
        },
      },
      {
        at: 1,
        request: asking('br'),
        expect: {
          from: 'cache',
          coding: 'br',
          reasons: ['coded-as-stored'],
          headers: { ...CODED.headers, 'Content-Length': /^\d+$/u },
          words: [/^sent as it is stored in br, \d+ bytes$/u],
        },
      },
    ],
  },
  {
    id: 'coding-stored-not',
    title: 'A body that is too long for that is compressed anew for everybody',
    kind: 'check',
    spec: ['Poplet'],
    policy: { coding: { maxStoredBytes: LONG_BODY.length - 1 } },
    runs: { only: 'sockets', because: 'the pure runner keeps every coding' },
    steps: [
      { request: asking('br'), origin: page(), expect: { from: 'origin', coding: 'br' } },
      {
        at: 1,
        request: asking('br'),
        expect: { from: 'cache', coding: 'br', reasons: ['coded-on-the-way'] },
      },
    ],
  },
  {
    id: 'coding-after-304',
    title: 'One 304 confirms what is stored in all codings',
    kind: 'required',
    spec: ['RFC 9111 §4.3.4'],
    steps: [
      { request: asking('br'), origin: page(), expect: { from: 'origin', coding: 'br' } },
      {
        at: 601,
        request: asking('gzip'),
        origin: { status: 304, headers: { 'Cache-Control': 'max-age=600', 'X-Checked': '1' } },
        expect: {
          from: 'validated',
          coding: 'gzip',
          upstream: { headers: { 'If-None-Match': '"v1"' } },
        },
      },
      {
        at: 602,
        request: asking('br'),
        expect: {
          from: 'cache',
          bodyOfStep: 1,
          coding: 'br',
          reasons: ['coded-as-stored'],
          headers: { 'X-Checked': '1' },
        },
      },
      {
        at: 603,
        request: asking(''),
        expect: { from: 'cache', bodyOfStep: 1, coding: 'identity', headers: { ETag: '"v1"' } },
      },
    ],
  },
  {
    id: 'coding-after-purge',
    title: 'One purge reaches all codings',
    kind: 'required',
    spec: ['Poplet'],
    steps: [
      { request: asking('br'), origin: page(), expect: { from: 'origin', coding: 'br' } },
      { purge: { path: '/' } },
      {
        at: 1,
        request: asking('br'),
        origin: page({ ETag: '"v2"' }, { body: LONG_BODY.toUpperCase() }),
        expect: {
          from: 'origin',
          coding: 'br',
          reasons: ['coded-on-the-way'],
          headers: { ETag: 'W/"v2"' },
        },
      },
      {
        at: 2,
        request: asking('br'),
        expect: { from: 'cache', coding: 'br', reasons: ['coded-as-stored'] },
      },
    ],
  },
  {
    id: 'coding-after-replacement',
    title: 'A new version takes the place of all codings of the old one',
    kind: 'required',
    spec: ['RFC 9111 §4.3.3'],
    steps: [
      { request: asking('br'), origin: page(), expect: { from: 'origin', coding: 'br' } },
      {
        at: 601,
        request: asking('identity'),
        origin: page({ ETag: '"v2"' }, { body: LONG_BODY.toUpperCase() }),
        expect: { from: 'origin', coding: 'identity', headers: { ETag: '"v2"' } },
      },
      {
        at: 602,
        request: asking('br'),
        expect: { from: 'cache', coding: 'br', headers: { ETag: 'W/"v2"' } },
      },
    ],
  },
  {
    id: 'coding-head',
    title: 'A HEAD has the fields that a GET would have',
    kind: 'required',
    spec: ['RFC 9110 §9.3.2'],
    steps: [
      {
        request: { method: 'HEAD', ...asking('br') },
        origin: page(),
        expect: { from: 'origin', coding: 'br', absent: ['content-length'], ...CODED },
      },
      { at: 1, request: asking('br'), expect: { from: 'cache', coding: 'br', ...CODED } },
      {
        at: 2,
        request: { method: 'HEAD', ...asking('br') },
        expect: {
          from: 'cache',
          coding: 'br',
          headers: { ...CODED.headers, 'Content-Length': /^\d+$/u },
        },
      },
    ],
  },
  {
    id: 'coding-head-as-head',
    title: 'Also a HEAD that is asked as one',
    kind: 'required',
    spec: ['RFC 9110 §9.3.2'],
    policy: { fill: { headAsGet: false } },
    steps: [
      {
        request: { method: 'HEAD', ...asking('br') },
        origin: page(),
        expect: { from: 'origin', coding: 'br', upstream: { method: 'HEAD' }, ...CODED },
      },
    ],
  },
  {
    id: 'coding-no-content',
    title: 'Nothing is coded where there is no content',
    kind: 'required',
    spec: ['RFC 9110 §15.3.5'],
    steps: [
      {
        request: asking('br'),
        origin: {
          status: 204,
          headers: { 'Cache-Control': 'max-age=600', 'Content-Type': 'text/css', ETag: '"v1"' },
        },
        expect: {
          from: 'origin',
          headers: { ETag: '"v1"' },
          absent: ['content-encoding', 'vary'],
        },
      },
    ],
  },
  {
    id: 'coding-reset-content',
    title: 'Nor in a 205',
    kind: 'required',
    spec: ['RFC 9110 §15.3.6'],
    steps: [
      {
        request: asking('br'),
        origin: page({}, { status: 205 }),
        expect: {
          from: 'origin',
          body: '',
          headers: { ETag: '"v1"' },
          absent: ['content-encoding', 'vary'],
        },
      },
    ],
  },
  {
    id: 'coding-ranges-said',
    title: 'Accept-Ranges goes where there are no ranges of what is sent',
    kind: 'required',
    spec: ['RFC 9110 §14.3'],
    steps: [
      {
        request: asking('br'),
        origin: page({ 'Accept-Ranges': 'bytes' }),
        expect: { from: 'origin', coding: 'br', absent: ['accept-ranges'] },
      },
      {
        at: 1,
        request: asking(''),
        expect: { from: 'cache', coding: 'identity', headers: { 'Accept-Ranges': 'bytes' } },
      },
    ],
  },
  {
    id: 'coding-ranges-said-of-strong',
    title: 'And stays where there are',
    kind: 'required',
    spec: ['RFC 9110 §14.3'],
    policy: { coding: { etag: 'suffix' } },
    steps: [
      {
        request: asking('br'),
        origin: page({ 'Accept-Ranges': 'bytes' }),
        expect: { from: 'origin', coding: 'br', absent: ['accept-ranges'] },
      },
      {
        at: 1,
        request: asking('br'),
        expect: { from: 'cache', coding: 'br', headers: { 'Accept-Ranges': 'bytes' } },
      },
    ],
  },
  {
    id: 'coding-weak-tag',
    title: 'A tag that is weak already stays as it is',
    kind: 'required',
    spec: ['RFC 9110 §8.8.1'],
    steps: [
      {
        request: asking('br'),
        origin: page({ ETag: 'W/"v1"' }),
        expect: { from: 'origin', coding: 'br', ...CODED },
      },
      {
        at: 1,
        request: asking('br', { 'If-None-Match': 'W/"v1"' }),
        expect: { from: 'cache', status: 304, headers: { ETag: 'W/"v1"' } },
      },
    ],
  },
  {
    id: 'coding-weak-tag-suffix',
    title: 'One with a suffix is as weak as what it was made of: there are no ranges',
    kind: 'required',
    spec: ['RFC 9110 §8.8.1', 'RFC 9110 §8.8.3.3'],
    policy: { coding: { etag: 'suffix' } },
    steps: [
      {
        request: asking('br, identity;q=0'),
        origin: page({ ETag: 'W/"v1"' }),
        expect: { from: 'origin', coding: 'br', headers: { ETag: 'W/"v1-br"' } },
      },
      {
        at: 1,
        request: asking('br, identity;q=0', { Range: 'bytes=0-9' }),
        expect: { from: 'cache', status: 200, coding: 'br', headers: { ETag: 'W/"v1-br"' } },
      },
    ],
  },
  {
    id: 'coding-no-tag',
    title: 'Where there is no tag none is made',
    kind: 'required',
    spec: ['RFC 9110 §8.8.3'],
    steps: [
      {
        request: asking('br'),
        origin: {
          headers: { 'Cache-Control': 'max-age=600', 'Content-Type': 'text/css' },
          body: LONG_BODY,
        },
        expect: { from: 'origin', coding: 'br', absent: ['etag'] },
      },
      {
        at: 1,
        request: asking('br', { 'If-None-Match': '"v1"' }),
        expect: { from: 'cache', coding: 'br' },
      },
    ],
  },
  {
    id: 'coding-any-tag',
    title: 'If-None-Match: * is about any form of it',
    kind: 'required',
    spec: ['RFC 9110 §13.1.2'],
    steps: [
      { request: asking('br'), origin: page(), expect: { from: 'origin', coding: 'br' } },
      {
        at: 1,
        request: asking('gzip', { 'If-None-Match': '*' }),
        expect: { from: 'cache', status: 304, headers: { ETag: 'W/"v1"' } },
      },
    ],
  },
  {
    id: 'coding-malformed-tag',
    title: 'An If-None-Match that cannot be read matches no form of it',
    kind: 'required',
    spec: ['RFC 9110 §13.1.2'],
    steps: [
      { request: asking('br'), origin: page(), expect: { from: 'origin', coding: 'br' } },
      {
        at: 1,
        request: asking('br', { 'If-None-Match': 'v1' }),
        expect: { from: 'cache', coding: 'br' },
      },
    ],
  },
  {
    id: 'coding-range-unwished',
    title: 'Who wants no coding is told nothing of one when it asks for a range',
    kind: 'check',
    spec: ['Poplet'],
    steps: [
      { request: asking('br'), origin: page(), expect: { from: 'origin', coding: 'br' } },
      {
        at: 1,
        request: asking('identity', { Range: 'bytes=0-9' }),
        expect: {
          from: 'cache',
          status: 206,
          body: LONG_BODY.slice(0, 10),
          notReasons: ['not-coded-range'],
        },
      },
    ],
  },
  {
    id: 'coding-not-found-conditions',
    title: 'Conditions are for a 200: another status has its own body',
    kind: 'required',
    spec: ['RFC 9110 §13.2.1'],
    steps: [
      {
        request: asking('br'),
        origin: page({}, { status: 404 }),
        expect: { from: 'origin', coding: 'br' },
      },
      {
        at: 1,
        request: asking('br', { 'If-None-Match': '"v1"', Range: 'bytes=0-9' }),
        expect: { from: 'cache', status: 404, coding: 'br', headers: { ETag: 'W/"v1"' } },
      },
    ],
  },
  {
    id: 'coding-miss-range',
    title: 'A range of what is not stored yet is cut out of what the origin sends',
    kind: 'optimal',
    spec: ['RFC 9110 §14.2'],
    steps: [
      {
        request: asking('br', { Range: 'bytes=0-9' }),
        origin: page(),
        expect: {
          from: 'origin',
          status: 206,
          body: LONG_BODY.slice(0, 10),
          reasons: ['not-coded-range'],
          headers: { ETag: '"v1"', Vary: 'Accept-Encoding' },
          absent: ['content-encoding'],
        },
      },
      { at: 1, request: asking('br'), expect: { from: 'cache', coding: 'br', ...CODED } },
    ],
  },
  {
    id: 'coding-miss-range-of-unknown',
    title: 'Of a body whose length nobody knows yet there is no range: it comes whole, in a coding',
    kind: 'optimal',
    spec: ['RFC 9110 §14.2'],
    steps: [
      {
        request: asking('br', { Range: 'bytes=0-9' }),
        origin: page({}, { chunked: true }),
        expect: { from: 'origin', coding: 'br', notReasons: ['not-coded-range'] },
      },
    ],
  },
  {
    id: 'coding-head-range',
    title: 'Range is for GET: a HEAD is about the whole',
    kind: 'required',
    spec: ['RFC 9110 §14.2'],
    steps: [
      { request: asking('br'), origin: page(), expect: { from: 'origin', coding: 'br' } },
      {
        at: 1,
        request: { method: 'HEAD', ...asking('br', { Range: 'bytes=0-9' }) },
        expect: { from: 'cache', status: 200, coding: 'br', ...CODED },
      },
    ],
  },
  {
    id: 'coding-of-parts',
    title: 'What is stored in part is never coded: its bytes belong together as they are',
    kind: 'required',
    spec: ['RFC 9111 §3.3', 'RFC 9110 §15.3.7'],
    steps: [
      {
        request: asking('br', { Range: 'bytes=0-9' }),
        origin: {
          status: 206,
          headers: {
            'Cache-Control': 'max-age=600',
            'Content-Type': 'text/css',
            'Content-Range': `bytes 0-9/${LONG_BODY.length}`,
            ETag: '"v1"',
          },
          body: LONG_BODY.slice(0, 10),
        },
        expect: {
          from: 'origin',
          status: 206,
          stored: true,
          body: LONG_BODY.slice(0, 10),
          absent: ['content-encoding', 'vary'],
        },
      },
      {
        at: 1,
        request: asking('br, identity;q=0', { Range: 'bytes=2-5' }),
        expect: {
          from: 'cache',
          status: 206,
          body: LONG_BODY.slice(2, 6),
          headers: { ETag: '"v1"' },
          absent: ['content-encoding', 'vary'],
        },
      },
    ],
  },
  {
    id: 'coding-own-variants',
    title: 'An origin that chooses codings by itself keeps its variants, with its own tags',
    kind: 'required',
    spec: ['RFC 9111 §4.1'],
    steps: [
      {
        request: asking('gzip'),
        origin: page({ Vary: 'Accept-Encoding', ETag: '"v1-gz"' }, { coding: 'gzip' }),
        expect: {
          from: 'origin',
          stored: true,
          coding: 'gzip',
          upstream: { headers: { 'Accept-Encoding': 'gzip' } },
        },
      },
      {
        at: 1,
        request: asking('br, gzip;q=0.5'),
        origin: page({ Vary: 'Accept-Encoding', ETag: '"v1-br"' }, { coding: 'br' }),
        expect: {
          from: 'origin',
          stored: true,
          coding: 'br',
          upstream: { headers: { 'Accept-Encoding': 'br, gzip;q=0.5' } },
        },
      },
      {
        at: 2,
        request: asking('gzip'),
        expect: {
          from: 'cache',
          bodyOfStep: 1,
          coding: 'gzip',
          headers: { ETag: '"v1-gz"', Vary: 'Accept-Encoding' },
        },
      },
      {
        at: 3,
        request: asking('br, gzip;q=0.5'),
        expect: { from: 'cache', bodyOfStep: 2, coding: 'br', headers: { ETag: '"v1-br"' } },
      },
    ],
  },
  {
    id: 'coding-dictionary-untouched',
    title: 'What was compressed with a dictionary is passed on as it is',
    kind: 'required',
    spec: ['RFC 9842 §6.2'],
    steps: [
      {
        request: asking('br, dcb', {
          'Available-Dictionary': ':pZGm1Av0IEBKARczz7exkNYsZb8LzaMrV7J32a2fFG4=:',
        }),
        origin: page({ 'Content-Encoding': 'dcb', Vary: 'accept-encoding, available-dictionary' }),
        expect: {
          from: 'origin',
          stored: true,
          body: LONG_BODY,
          reasons: ['not-coded-already'],
          headers: { 'Content-Encoding': 'dcb', ETag: '"v1"' },
        },
      },
    ],
  },
] satisfies readonly Case[];

// ── decoding ───────────────────────────────────────────────────────────────────────────────────

const decoding = [
  {
    id: 'coding-decoded',
    title: 'What came in gzip, whoever asked, is decoded for who does not accept it',
    kind: 'optimal',
    spec: NEGOTIATED,
    steps: [
      {
        request: asking(undefined),
        origin: page({}, { coding: 'gzip' }),
        expect: {
          from: 'origin',
          stored: true,
          coding: 'identity',
          reasons: ['decoded'],
          headers: { ETag: 'W/"v1"', Vary: 'Accept-Encoding' },
          words: [
            /^it came compressed as gzip, which the client does not accept: decompressed here$/u,
          ],
        },
      },
      {
        at: 1,
        request: asking('gzip'),
        expect: {
          from: 'cache',
          coding: 'gzip',
          headers: { ETag: '"v1"' },
          reasons: ['not-coded-already'],
        },
      },
      {
        at: 2,
        request: asking(undefined),
        expect: {
          from: 'cache',
          coding: 'identity',
          headers: { 'Content-Length': String(LONG_BODY.length) },
        },
      },
    ],
  },
  {
    id: 'coding-decoded-x-gzip',
    title: 'x-gzip is gzip',
    kind: 'optimal',
    spec: ['RFC 9110 §8.4.1.3'],
    steps: [
      {
        request: asking(''),
        origin: page({ 'Content-Encoding': 'X-GZIP' }, { coding: 'gzip' }),
        expect: { from: 'origin', coding: 'identity' },
      },
    ],
  },
  ...(['br', 'zstd'] as const).map((coding): Case => ({
    id: `coding-decoded-${coding}`,
    title: `And so is what came in ${coding}`,
    kind: 'optimal',
    spec: NEGOTIATED,
    steps: [
      {
        request: asking('gzip;q=0.5, identity'),
        origin: page({}, { coding }),
        expect: { from: 'origin', coding: 'identity' },
      },
      {
        at: 1,
        request: asking('gzip'),
        expect: { from: 'cache', coding: 'gzip', headers: { ETag: 'W/"v1"' } },
      },
    ],
  })),
  {
    id: 'coding-decoded-picture',
    title: 'Whatever it is is decoded, but not coded anew',
    kind: 'check',
    spec: ['Poplet'],
    steps: [
      {
        request: asking('br'),
        origin: page({ 'Content-Type': 'image/png' }, { coding: 'gzip' }),
        expect: { from: 'origin', coding: 'identity', reasons: ['decoded'] },
      },
    ],
  },
  {
    id: 'coding-decoded-picture-any',
    title: 'Also for who takes any other coding',
    kind: 'check',
    spec: ['Poplet'],
    steps: [
      {
        request: asking('gzip;q=0, *'),
        origin: page({ 'Content-Type': 'image/png' }, { coding: 'gzip' }),
        expect: { from: 'origin', coding: 'identity', reasons: ['decoded'] },
      },
    ],
  },
  {
    id: 'coding-decoded-short',
    title: 'How long it is in its coding says nothing of whether another is worth it',
    kind: 'check',
    spec: ['Poplet'],
    steps: [
      {
        request: asking('br'),
        origin: page({}, { coding: 'gzip', body: 'short' }),
        expect: { from: 'origin', coding: 'br' },
      },
    ],
  },
  {
    id: 'coding-no-transform-decoding',
    title: 'What says no-transform is not decoded either, though the client cannot read it',
    kind: 'required',
    spec: TRANSFORMING,
    steps: [
      {
        request: asking(''),
        origin: page({ 'Cache-Control': 'max-age=600, no-transform' }, { coding: 'gzip' }),
        expect: { from: 'origin', coding: 'gzip', headers: { ETag: '"v1"' }, absent: ['vary'] },
      },
    ],
  },
  {
    id: 'coding-no-transform-asked-decoding',
    title: 'Nor for a client that says so itself',
    kind: 'required',
    spec: ['RFC 9111 §5.2.1.6'],
    steps: [
      {
        request: asking('', { 'Cache-Control': 'no-transform' }),
        origin: page({}, { coding: 'gzip' }),
        expect: {
          from: 'origin',
          coding: 'gzip',
          headers: { ETag: '"v1"', Vary: 'Accept-Encoding' },
          reasons: ['not-coded-no-transform'],
        },
      },
    ],
  },
  {
    id: 'coding-untrue',
    title:
      'A body that is not what its Content-Encoding says cannot be decoded: the client notices',
    kind: 'check',
    spec: ['RFC 9110 §8.4'],
    steps: [
      {
        request: asking(''),
        origin: page({ 'Content-Encoding': 'gzip' }),
        expect: {
          from: 'origin',
          cutOff: true,
          reasons: ['coding-failed'],
          words: [/^the body could not be turned from gzip into identity: /u],
        },
      },
      {
        at: 1,
        request: asking('gzip'),
        expect: { from: 'cache', body: LONG_BODY, headers: { 'Content-Encoding': 'gzip' } },
      },
    ],
  },
  {
    id: 'coding-bomb',
    title: 'A body that grows out of bounds when it is decoded is cut off',
    kind: 'check',
    spec: ['Poplet'],
    policy: { coding: { maxDecodedBytes: LONG_BODY.length - 1 } },
    runs: { only: 'sockets', because: 'the pure runner decodes in one go' },
    steps: [
      {
        request: asking(''),
        origin: page({}, { coding: 'gzip' }),
        expect: {
          from: 'origin',
          cutOff: true,
          reasons: ['coding-failed'],
          words: [/it is longer than 3\d{3} bytes$|it is longer than 2\d{3} bytes$/u],
        },
      },
      { at: 1, request: asking('gzip'), expect: { from: 'cache', coding: 'gzip' } },
    ],
  },
  {
    id: 'coding-bomb-not',
    title: 'One that is exactly as long as may be is not',
    kind: 'check',
    spec: ['Poplet'],
    policy: { coding: { maxDecodedBytes: LONG_BODY.length } },
    steps: [
      {
        request: asking(''),
        origin: page({}, { coding: 'gzip' }),
        expect: { from: 'origin', coding: 'identity' },
      },
    ],
  },
  {
    id: 'coding-empty-body',
    title: 'A body without bytes is one in any coding',
    kind: 'check',
    spec: ['Poplet'],
    steps: [
      {
        request: asking(''),
        origin: page({ 'Content-Encoding': 'gzip' }, { body: '' }),
        expect: { from: 'origin', coding: 'identity', body: '' },
      },
    ],
  },
] satisfies readonly Case[];

// ── for one visitor ────────────────────────────────────────────────────────────────────────────

const PRIVATE = { 'Cache-Control': 'private, max-age=60' };

const forOne = [
  ...(
    [
      ['cookie', { Cookie: 'session=1' }],
      ['authorization', { Authorization: 'Basic YTpi' }],
    ] as const
  ).map(([id, credentials]): Case => ({
    id: `coding-for-one-${id}`,
    title: `What is for one visitor, who sent ${Object.keys(credentials)[0]}, is not compressed`,
    kind: 'check',
    spec: ['Poplet'],
    steps: [
      {
        request: asking('br', credentials),
        origin: page(PRIVATE),
        expect: {
          from: 'origin',
          stored: false,
          body: LONG_BODY,
          absent: ['content-encoding'],
          reasons: ['not-coded-for-one'],
        },
      },
    ],
  })),
  {
    id: 'coding-for-one-said',
    title: 'A policy may compress that, too',
    kind: 'check',
    spec: ['Poplet'],
    policy: { coding: { forOne: true } },
    steps: [
      {
        request: asking('br', { Cookie: 'session=1' }),
        origin: page(PRIVATE),
        expect: { from: 'origin', stored: false, coding: 'br' },
      },
    ],
  },
  {
    id: 'coding-for-one-without-credentials',
    title: 'Who sent no credentials has no secrets that could be in it',
    kind: 'optimal',
    spec: NEGOTIATED,
    steps: [
      {
        request: asking('br'),
        origin: page(PRIVATE),
        expect: { from: 'origin', stored: false, coding: 'br' },
      },
    ],
  },
  {
    id: 'coding-for-all-with-cookie',
    title: 'What is for all is compressed, whoever brought it',
    kind: 'optimal',
    spec: NEGOTIATED,
    steps: [
      {
        request: asking('br', { Cookie: 'session=1' }),
        origin: page(),
        expect: { from: 'origin', stored: true, coding: 'br' },
      },
      {
        at: 1,
        request: asking('br', { Cookie: 'session=2' }),
        expect: { from: 'cache', coding: 'br' },
      },
    ],
  },
  {
    id: 'coding-for-one-stored',
    title: 'What is stored for its own visitor alone is not compressed when it is confirmed either',
    kind: 'check',
    spec: ['Poplet'],
    steps: [
      {
        request: asking('br', { Cookie: 'session=1' }),
        origin: page({ 'Cache-Control': 'no-cache' }),
        expect: { from: 'origin', stored: true, reasons: ['not-coded-for-one'], body: LONG_BODY },
      },
      {
        at: 1,
        request: asking('br', { Cookie: 'session=1' }),
        origin: { status: 304, headers: { 'Cache-Control': 'no-cache' } },
        expect: { from: 'validated', reasons: ['not-coded-for-one'], body: LONG_BODY },
      },
    ],
  },
  {
    id: 'coding-for-one-decoded',
    title: 'To decode it gives nothing away',
    kind: 'check',
    spec: ['Poplet'],
    steps: [
      {
        request: asking('br', { Cookie: 'session=1' }),
        origin: page(PRIVATE, { coding: 'gzip' }),
        expect: { from: 'origin', coding: 'identity', reasons: ['decoded'] },
      },
    ],
  },
] satisfies readonly Case[];

/** The first bytes of what the origin keeps in gzip, asked for by a client that accepts that. */
function codedPart(): ExchangeStep {
  return {
    request: asking('gzip', { Range: 'bytes=0-9' }),
    origin: {
      ...page({ 'Content-Encoding': 'gzip', 'Content-Range': 'bytes 0-9/400' }),
      status: 206,
      body: '0123456789',
    },
    expect: { from: 'origin', status: 206, stored: true, reasons: ['part-stored'] },
  };
}

const parts = [
  {
    id: 'coding-part',
    title: 'A part of a body in a coding is for those who accept it',
    kind: 'required',
    spec: ['RFC 9110 §12.5.3', 'RFC 9111 §3.3'],
    steps: [
      codedPart(),
      {
        at: 1,
        request: asking('br, gzip', { Range: 'bytes=3-5' }),
        expect: {
          from: 'cache',
          status: 206,
          body: '345',
          headers: { 'Content-Encoding': 'gzip', ETag: '"v1"', Vary: 'Accept-Encoding' },
        },
      },
    ],
  },
  ...[undefined, 'br', 'gzip;q=0'].map((wish, index): Case => ({
    id: `coding-part-not-accepted-${index + 1}`,
    title: 'Others get the whole, decoded: what is missing is asked for',
    kind: 'required',
    spec: ['RFC 9110 §12.5.3', 'RFC 9111 §3.3'],
    steps: [
      codedPart(),
      {
        at: 1,
        request: asking(wish, { Range: 'bytes=3-5' }),
        origin: page({}, { coding: 'gzip' }),
        expect: {
          from: 'origin',
          status: 200,
          coding: wish === 'br' ? 'br' : 'identity',
          body: LONG_BODY,
          headers: { ETag: 'W/"v1"', Vary: 'Accept-Encoding' },
          upstream: { headers: { Range: 'bytes=10-399', 'If-Range': '"v1"' } },
        },
      },
    ],
  })),
  {
    id: 'coding-part-no-transform',
    title: 'Unless they want it as it is',
    kind: 'check',
    spec: ['RFC 9111 §5.2.1.6'],
    steps: [
      codedPart(),
      {
        at: 1,
        request: asking(undefined, { Range: 'bytes=3-5', 'Cache-Control': 'no-transform' }),
        expect: { from: 'cache', status: 206, body: '345' },
      },
    ],
  },
  {
    id: 'coding-part-nothing-accepted',
    title: 'Or accept nothing that could be made',
    kind: 'check',
    spec: ['RFC 9110 §12.5.3'],
    steps: [
      codedPart(),
      {
        at: 1,
        request: asking('identity;q=0', { Range: 'bytes=3-5' }),
        expect: { from: 'cache', status: 206, body: '345' },
      },
    ],
  },
  {
    id: 'coding-part-refreshed',
    title: 'A stale part is confirmed in the background for those who accept its coding',
    kind: 'optimal',
    spec: ['RFC 5861 §3'],
    steps: [
      {
        ...codedPart(),
        origin: {
          ...page({
            'Cache-Control': 'max-age=10, stale-while-revalidate=60',
            'Content-Encoding': 'gzip',
            'Content-Range': 'bytes 0-9/400',
          }),
          status: 206,
          body: '0123456789',
        },
      },
      {
        at: 20,
        request: asking('gzip', { Range: 'bytes=3-5' }),
        origin: { status: 304, headers: { ETag: '"v1"' } },
        expect: {
          from: 'cache',
          status: 206,
          body: '345',
          outcome: 'updating',
          upstream: { requests: 1 },
        },
      },
      {
        at: 21,
        request: asking('gzip', { Range: 'bytes=3-5' }),
        expect: { from: 'cache', status: 206, body: '345', outcome: 'hit' },
      },
    ],
  },
] satisfies readonly Case[];

export const codingCases = defineCases([
  ...negotiation,
  ...untouched,
  ...worthIt,
  ...stored,
  ...decoding,
  ...forOne,
  ...parts,
]);
