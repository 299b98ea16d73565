/**
 * The table of encodings × validators × ranges: a first client brings a page into the store, in one
 * coding; what does a second one get, that wants another? Each row is a case.
 */
import { defineCases } from '@poplet/conformance';
import type { Case, Expectation, OriginAnswer } from '@poplet/conformance';
import type { Coding, CodingPolicy, ContentCoding } from '@poplet/policy';

import { LONG_BODY } from './patterns.ts';

/** Long before any Date of a case: it is strong (RFC 9110 §8.8.2.2). */
const MODIFIED = 'Sun, 01 Nov 2026 10:00:00 GMT';
const FIRST_TEN = LONG_BODY.slice(0, 10);

interface Row {
  /** Behind `coding-<mode>-<native>-`. */
  readonly id: string;
  readonly title: string;
  /** Accept-Encoding of the second client. */
  readonly wants: string;
  /** What else it says. */
  readonly says?: Readonly<Record<string, string>>;
  readonly gets: Row200 | Row206 | Row304;
  readonly spec?: readonly string[];
}

/** A tag of null: no ETag. */
interface Row200 {
  readonly status: 200;
  readonly coding: Coding;
  readonly tag: string | null;
}

interface Row206 {
  readonly status: 206;
  /** Of which body the bytes are. */
  readonly of: Coding;
  readonly tag: string;
}

interface Row304 {
  readonly status: 304;
  readonly tag: string;
}

interface Table {
  readonly mode: CodingPolicy['etag'];
  /** What the origin sends. */
  readonly native: Coding;
  /** Accept-Encoding of the first client. */
  readonly first: string;
  readonly rows: readonly Row[];
}

function tabled({ mode, native, first, rows }: Table): readonly Case[] {
  const origin: OriginAnswer = {
    headers: {
      'Cache-Control': 'max-age=600',
      'Content-Type': 'text/css',
      'Accept-Ranges': 'bytes',
      'Last-Modified': MODIFIED,
      ETag: '"v1"',
    },
    body: LONG_BODY,
    ...(native === 'identity' ? {} : { coding: native satisfies ContentCoding }),
  };
  return rows.map((row) => ({
    id: `coding-${mode}-${native}-${row.id}`,
    title: row.title,
    kind: 'required',
    spec: [...(row.spec ?? ['RFC 9110 §12.5.3', 'RFC 9110 §8.8.1']), 'RFC 9110 §12.5.5'],
    policy: { coding: { etag: mode } },
    steps: [
      { request: { headers: { 'Accept-Encoding': first } }, origin, expect: STORED },
      {
        at: 1,
        request: { headers: { 'Accept-Encoding': row.wants, ...row.says } },
        expect: gotten(row.gets, native),
      },
    ],
  }));
}

const STORED: Expectation = { from: 'origin', stored: true, body: /[^]*/u };

function gotten(gets: Row['gets'], native: Coding): Expectation {
  const { status, tag } = gets;
  const headers = { Vary: 'Accept-Encoding', ...(tag === null ? {} : { ETag: tag }) };
  const shared = { from: 'cache', outcome: 'hit', status, headers } as const;
  const absent = tag === null ? ['etag'] : [];
  switch (gets.status) {
    case 200:
      return { ...shared, absent, coding: gets.coding, body: LONG_BODY };
    case 304:
      return { ...shared, absent: ['content-encoding', 'content-length'] };
    case 206:
      // The bytes of a coded body are those of whoever made it.
      return gets.of === 'identity'
        ? { ...shared, coding: 'identity', body: FIRST_TEN, absent: ['content-encoding'] }
        : {
            ...shared,
            headers: {
              ...headers,
              'Content-Encoding': gets.of,
              'Content-Length': '10',
              'Content-Range': /^bytes 0-9\/\d+$/u,
            },
            body: /[^]*/u,
            reasons: ['client-range'],
            ...(gets.of === native ? { notReasons: ['coded-as-stored'] } : {}),
          };
    default:
      return gets satisfies never;
  }
}

const TEN = { Range: 'bytes=0-9' };
const TAGS = ['RFC 9110 §13.1.2', 'RFC 9110 §8.8.3.2'];
const RANGES = ['RFC 9110 §14.2', 'RFC 9110 §15.3.7'];
const IF_RANGE = ['RFC 9110 §13.1.5', 'RFC 9110 §8.8.3.2'];

/** What the origin sent without a coding, and br that was made of it. Coded bodies have its tag, weak. */
const weakIdentity: Table = {
  mode: 'weak',
  native: 'identity',
  first: 'br',
  rows: [
    {
      id: 'same',
      title: 'A second client that wants br gets br, under a weak tag',
      wants: 'br',
      gets: { status: 200, coding: 'br', tag: 'W/"v1"' },
      spec: ['RFC 9110 §8.8.1', 'RFC 9110 §8.8.3.3'],
    },
    {
      id: 'gzip',
      title: 'One that wants gzip gets gzip',
      wants: 'gzip',
      gets: { status: 200, coding: 'gzip', tag: 'W/"v1"' },
    },
    {
      id: 'zstd',
      title: 'One that wants zstd gets zstd',
      wants: 'zstd',
      gets: { status: 200, coding: 'zstd', tag: 'W/"v1"' },
    },
    {
      id: 'none',
      title: 'One that wants no coding gets what the origin sent',
      wants: '',
      gets: { status: 200, coding: 'identity', tag: '"v1"' },
    },
    {
      id: 'gzip-has-coded',
      title: 'Whoever has a coded copy has the same as anybody who gets a coded one: 304',
      wants: 'gzip',
      says: { 'If-None-Match': 'W/"v1"' },
      gets: { status: 304, tag: 'W/"v1"' },
      spec: TAGS,
    },
    {
      id: 'none-has-coded',
      title: 'A coded copy is current for a client that wants none now',
      wants: '',
      says: { 'If-None-Match': 'W/"v1"' },
      gets: { status: 304, tag: '"v1"' },
      spec: TAGS,
    },
    {
      id: 'gzip-has-plain',
      title: 'A copy of what the origin sent is current: the 304 is about that very copy',
      wants: 'gzip',
      says: { 'If-None-Match': '"v0", "v1"' },
      gets: { status: 304, tag: '"v1"' },
      spec: [...TAGS, 'RFC 9110 §15.4.5'],
    },
    {
      id: 'plain-unwelcome-has-plain',
      title: 'Where no coding is not acceptable, the 304 is about the coded body',
      wants: 'gzip, identity;q=0',
      says: { 'If-None-Match': '"v1"' },
      gets: { status: 304, tag: 'W/"v1"' },
      spec: TAGS,
    },
    {
      id: 'gzip-has-another',
      title: 'A copy of another version is not current',
      wants: 'gzip',
      says: { 'If-None-Match': 'W/"v0"' },
      gets: { status: 200, coding: 'gzip', tag: 'W/"v1"' },
      spec: TAGS,
    },
    {
      id: 'gzip-modified-since',
      title: 'A date tells versions apart, whatever the coding',
      wants: 'gzip',
      says: { 'If-Modified-Since': MODIFIED },
      gets: { status: 304, tag: 'W/"v1"' },
      spec: ['RFC 9110 §13.1.3'],
    },
    {
      id: 'gzip-range',
      title: 'A range is cut out of what the origin sent',
      wants: 'gzip',
      says: TEN,
      gets: { status: 206, of: 'identity', tag: '"v1"' },
      spec: RANGES,
    },
    {
      id: 'same-range',
      title: 'Also for a client whose coding is stored: no two weak tags promise the same bytes',
      wants: 'br',
      says: TEN,
      gets: { status: 206, of: 'identity', tag: '"v1"' },
      spec: [...RANGES, 'RFC 9110 §15.3.7.3'],
    },
    {
      id: 'gzip-only-range',
      title: 'Where no coding is not acceptable, Range is ignored',
      wants: 'gzip, identity;q=0',
      says: TEN,
      gets: { status: 200, coding: 'gzip', tag: 'W/"v1"' },
      spec: RANGES,
    },
    {
      id: 'same-only-range',
      title: 'Also where that coding is stored',
      wants: 'br, identity;q=0',
      says: TEN,
      gets: { status: 200, coding: 'br', tag: 'W/"v1"' },
      spec: RANGES,
    },
    {
      id: 'gzip-if-range',
      title: 'If-Range with the tag of what the origin sent holds for a range of that',
      wants: 'gzip',
      says: { ...TEN, 'If-Range': '"v1"' },
      gets: { status: 206, of: 'identity', tag: '"v1"' },
      spec: IF_RANGE,
    },
    {
      id: 'gzip-if-range-weak',
      title: 'The weak tag of a coded body is no match: the whole is sent',
      wants: 'gzip',
      says: { ...TEN, 'If-Range': 'W/"v1"' },
      gets: { status: 200, coding: 'gzip', tag: 'W/"v1"' },
      spec: IF_RANGE,
    },
    {
      id: 'none-if-range-weak',
      title: 'Nor for a client that wants no coding now',
      wants: '',
      says: { ...TEN, 'If-Range': 'W/"v1"' },
      gets: { status: 200, coding: 'identity', tag: '"v1"' },
      spec: IF_RANGE,
    },
    {
      id: 'gzip-if-range-date',
      title: 'A strong date holds for a range of what the origin sent',
      wants: 'gzip',
      says: { ...TEN, 'If-Range': MODIFIED },
      gets: { status: 206, of: 'identity', tag: '"v1"' },
      spec: [...IF_RANGE, 'RFC 9110 §8.8.2.2'],
    },
    {
      id: 'gzip-only-if-range-date',
      title: 'And for none of a coded body: dates do not tell codings apart',
      wants: 'gzip, identity;q=0',
      says: { ...TEN, 'If-Range': MODIFIED },
      gets: { status: 200, coding: 'gzip', tag: 'W/"v1"' },
      spec: [...IF_RANGE, 'RFC 9110 §8.8.2.2'],
    },
  ],
};

/** The same with a tag for each coding, strong for what is stored. */
const suffixIdentity: Table = {
  mode: 'suffix',
  native: 'identity',
  first: 'br',
  rows: [
    {
      id: 'same',
      title: 'A coding has a tag of its own',
      wants: 'br',
      gets: { status: 200, coding: 'br', tag: '"v1-br"' },
      spec: ['RFC 9110 §8.8.3.3'],
    },
    {
      id: 'gzip',
      title:
        'One that is made on the way has a weak one: what is stored later differs in its bytes',
      wants: 'gzip',
      gets: { status: 200, coding: 'gzip', tag: 'W/"v1-gzip"' },
      spec: ['RFC 9110 §8.8.3.3'],
    },
    {
      id: 'same-has-it',
      title: 'The copy in the same coding is current',
      wants: 'br',
      says: { 'If-None-Match': '"v1-br"' },
      gets: { status: 304, tag: '"v1-br"' },
      spec: TAGS,
    },
    {
      id: 'same-has-it-weak',
      title: 'Also through a cache that made its tag a weak one',
      wants: 'br',
      says: { 'If-None-Match': 'W/"v1-br"' },
      gets: { status: 304, tag: '"v1-br"' },
      spec: TAGS,
    },
    {
      id: 'gzip-has-br-weak',
      title: 'And so is one that was made on the way',
      wants: 'gzip, br;q=0.5',
      says: { 'If-None-Match': 'W/"v1-br"' },
      gets: { status: 304, tag: '"v1-br"' },
      spec: TAGS,
    },
    {
      id: 'same-if-range-weak',
      title: 'Whoever has half of what was made on the way begins anew',
      wants: 'br',
      says: { ...TEN, 'If-Range': 'W/"v1-br"' },
      gets: { status: 200, coding: 'br', tag: '"v1-br"' },
      spec: IF_RANGE,
    },
    {
      id: 'gzip-has-br',
      title:
        'The copy in another coding that the client accepts is current, and the 304 says which',
      wants: 'gzip, br;q=0.5',
      says: { 'If-None-Match': '"v1-br"' },
      gets: { status: 304, tag: '"v1-br"' },
      spec: [...TAGS, 'RFC 9110 §15.4.5'],
    },
    {
      id: 'gzip-only-has-br',
      title:
        'The copy in a coding that it does not accept is not: a cache would hand it to this client',
      wants: 'gzip',
      says: { 'If-None-Match': '"v1-br"' },
      gets: { status: 200, coding: 'gzip', tag: 'W/"v1-gzip"' },
      spec: [...TAGS, 'RFC 9110 §15.4.5'],
    },
    {
      id: 'gzip-has-plain',
      title: 'The copy without a coding is',
      wants: 'gzip',
      says: { 'If-None-Match': '"v1"' },
      gets: { status: 304, tag: '"v1"' },
      spec: TAGS,
    },
    {
      id: 'none-has-br',
      title: 'The coded copy of a client that wants none now is not',
      wants: 'identity',
      says: { 'If-None-Match': '"v1-br"' },
      gets: { status: 200, coding: 'identity', tag: '"v1"' },
      spec: TAGS,
    },
    {
      id: 'same-range',
      title: 'A range is cut out of what the origin sent, where that is accepted',
      wants: 'br',
      says: TEN,
      gets: { status: 206, of: 'identity', tag: '"v1"' },
      spec: RANGES,
    },
    {
      id: 'same-only-range',
      title: 'Else out of the coded body, which is stored whole under a strong tag',
      wants: 'br, identity;q=0',
      says: TEN,
      gets: { status: 206, of: 'br', tag: '"v1-br"' },
      spec: RANGES,
    },
    {
      id: 'gzip-only-range',
      title: 'Of a coding that is not stored yet there is no range',
      wants: 'gzip, identity;q=0',
      says: TEN,
      gets: { status: 200, coding: 'gzip', tag: 'W/"v1-gzip"' },
      spec: RANGES,
    },
    {
      id: 'same-if-range',
      title: 'Whoever has half of the coded body gets the rest of it',
      wants: 'br',
      says: { ...TEN, 'If-Range': '"v1-br"' },
      gets: { status: 206, of: 'br', tag: '"v1-br"' },
      spec: IF_RANGE,
    },
    {
      id: 'gzip-if-range',
      title: 'Not where the client accepts that coding no longer',
      wants: 'gzip',
      says: { ...TEN, 'If-Range': '"v1-br"' },
      gets: { status: 200, coding: 'gzip', tag: 'W/"v1-gzip"' },
      spec: IF_RANGE,
    },
    {
      id: 'gzip-if-range-plain',
      title: 'Whoever has half of what the origin sent gets the rest of that',
      wants: 'gzip',
      says: { ...TEN, 'If-Range': '"v1"' },
      gets: { status: 206, of: 'identity', tag: '"v1"' },
      spec: IF_RANGE,
    },
    {
      id: 'same-only-if-range-date',
      title: 'A date does not tell which half it is',
      wants: 'br, identity;q=0',
      says: { ...TEN, 'If-Range': MODIFIED },
      gets: { status: 200, coding: 'br', tag: '"v1-br"' },
      spec: [...IF_RANGE, 'RFC 9110 §8.8.2.2'],
    },
  ],
};

/** And without a tag. */
const stripIdentity: Table = {
  mode: 'strip',
  native: 'identity',
  first: 'br',
  rows: [
    {
      id: 'same',
      title: 'A coded body has no tag',
      wants: 'br',
      gets: { status: 200, coding: 'br', tag: null },
    },
    {
      id: 'none',
      title: 'What the origin sent has its own',
      wants: '',
      gets: { status: 200, coding: 'identity', tag: '"v1"' },
    },
    {
      id: 'same-has-plain',
      title: 'A copy of what the origin sent is current',
      wants: 'br',
      says: { 'If-None-Match': '"v1"' },
      gets: { status: 304, tag: '"v1"' },
      spec: TAGS,
    },
    {
      id: 'same-has-plain-weak',
      title: 'Also through a cache that made its tag a weak one',
      wants: 'br',
      says: { 'If-None-Match': 'W/"v1"' },
      gets: { status: 304, tag: '"v1"' },
      spec: TAGS,
    },
    {
      id: 'same-only-has-plain',
      title: 'Not where no coding is not acceptable',
      wants: 'br, identity;q=0',
      says: { 'If-None-Match': '"v1"' },
      gets: { status: 200, coding: 'br', tag: null },
      spec: TAGS,
    },
    {
      id: 'same-only-range',
      title: 'Without a tag there are no ranges of a coded body',
      wants: 'br, identity;q=0',
      says: TEN,
      gets: { status: 200, coding: 'br', tag: null },
      spec: RANGES,
    },
    {
      id: 'same-range',
      title: 'But of what the origin sent',
      wants: 'br',
      says: TEN,
      gets: { status: 206, of: 'identity', tag: '"v1"' },
      spec: RANGES,
    },
  ],
};

/** What the origin sent in gzip, whoever asked: it stays what it is for whoever accepts it. */
const weakGzip: Table = {
  mode: 'weak',
  native: 'gzip',
  first: 'gzip',
  rows: [
    {
      id: 'same',
      title: 'What came in gzip goes out as it came, to whoever accepts that',
      wants: 'br, gzip;q=0.1',
      gets: { status: 200, coding: 'gzip', tag: '"v1"' },
    },
    {
      id: 'none',
      title: 'It is decoded for whoever does not',
      wants: 'identity',
      gets: { status: 200, coding: 'identity', tag: 'W/"v1"' },
    },
    {
      id: 'br',
      title: 'And coded anew for whoever wants another coding',
      wants: 'br',
      gets: { status: 200, coding: 'br', tag: 'W/"v1"' },
    },
    {
      id: 'zstd',
      title: 'Whichever that is',
      wants: 'br;q=0.5, zstd',
      gets: { status: 200, coding: 'zstd', tag: 'W/"v1"' },
    },
    {
      id: 'none-has-gzip',
      title: 'The gzip copy is current for a client that wants none now',
      wants: 'identity',
      says: { 'If-None-Match': '"v1"' },
      gets: { status: 304, tag: 'W/"v1"' },
      spec: TAGS,
    },
    {
      id: 'same-has-decoded',
      title:
        'The decoded copy is current for a client that would get gzip now: it is that very copy',
      wants: 'gzip',
      says: { 'If-None-Match': 'W/"v1"' },
      gets: { status: 304, tag: 'W/"v1"' },
      spec: TAGS,
    },
    {
      id: 'same-range',
      title: 'A range for whoever accepts gzip is one of the gzip body',
      wants: 'gzip',
      says: TEN,
      gets: { status: 206, of: 'gzip', tag: '"v1"' },
      spec: RANGES,
    },
    {
      id: 'same-if-range',
      title: 'Whoever has half of it gets the rest',
      wants: 'gzip',
      says: { ...TEN, 'If-Range': '"v1"' },
      gets: { status: 206, of: 'gzip', tag: '"v1"' },
      spec: IF_RANGE,
    },
    {
      id: 'none-range',
      title: 'Of what is decoded on the way there is no range',
      wants: 'identity',
      says: TEN,
      gets: { status: 200, coding: 'identity', tag: 'W/"v1"' },
      spec: RANGES,
    },
    {
      id: 'none-if-range',
      title: 'Nor for whoever has half of the gzip body',
      wants: 'identity',
      says: { ...TEN, 'If-Range': '"v1"' },
      gets: { status: 200, coding: 'identity', tag: 'W/"v1"' },
      spec: IF_RANGE,
    },
    {
      id: 'nothing',
      title: 'What nobody can make goes out as it is',
      wants: 'compress, identity;q=0',
      gets: { status: 200, coding: 'gzip', tag: '"v1"' },
    },
  ],
};

/** The same, brought by a client for whom it was decoded, and that is stored. */
const suffixGzip: Table = {
  mode: 'suffix',
  native: 'gzip',
  first: 'identity',
  rows: [
    {
      id: 'same',
      title: 'What was decoded has a tag of its own',
      wants: 'identity',
      gets: { status: 200, coding: 'identity', tag: '"v1-identity"' },
      spec: ['RFC 9110 §8.8.3.3'],
    },
    {
      id: 'same-range',
      title: 'Of what is stored decoded there are ranges',
      wants: 'identity',
      says: TEN,
      gets: { status: 206, of: 'identity', tag: '"v1-identity"' },
      spec: RANGES,
    },
    {
      id: 'same-if-range',
      title: 'Also for whoever has half of it',
      wants: 'identity',
      says: { ...TEN, 'If-Range': '"v1-identity"' },
      gets: { status: 206, of: 'identity', tag: '"v1-identity"' },
      spec: IF_RANGE,
    },
    {
      id: 'gzip-if-range-decoded',
      title: 'And wants gzip now, but accepts none as well',
      wants: 'gzip',
      says: { ...TEN, 'If-Range': '"v1-identity"' },
      gets: { status: 206, of: 'identity', tag: '"v1-identity"' },
      spec: IF_RANGE,
    },
    {
      id: 'gzip-has-decoded',
      title: 'The decoded copy is current for a client that wants gzip now',
      wants: 'gzip',
      says: { 'If-None-Match': '"v1-identity"' },
      gets: { status: 304, tag: '"v1-identity"' },
      spec: TAGS,
    },
    {
      id: 'gzip',
      title: 'Whoever wants gzip gets what the origin sent',
      wants: 'gzip',
      gets: { status: 200, coding: 'gzip', tag: '"v1"' },
    },
  ],
};

export const codingTableCases = defineCases(
  [weakIdentity, suffixIdentity, stripIdentity, weakGzip, suffixGzip].flatMap(tabled),
);
