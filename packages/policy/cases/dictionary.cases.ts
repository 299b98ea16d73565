import { defineCases } from '@poplet/conformance';
import type { Case, HeaderScript } from '@poplet/conformance';

const ONE = ':pZGm1Av0IEBKARczz7exkNYsZb8LzaMrV7J32a2fFG4=:';
const OTHER = ':LzaMrV7J32a2fFG4pZGm1Av0IEBKARczz7exkNYsZb8=:';
const CODINGS = 'gzip, br, zstd, dcb, dcz';

const VARY = { Vary: 'accept-encoding, available-dictionary' };
const COMPRESSED = { 'Cache-Control': 'max-age=600', 'Content-Encoding': 'dcb', ...VARY };

function having(dictionary: string | undefined, headers: Readonly<Record<string, string>> = {}) {
  return {
    headers: {
      'Accept-Encoding': dictionary === undefined ? 'gzip, br, zstd' : CODINGS,
      ...(dictionary === undefined ? {} : { 'Available-Dictionary': dictionary }),
      ...headers,
    },
  };
}

/** Stored for a client that has one dictionary, asked for by another client. */
function shared(
  told: Omit<Case, 'steps' | 'kind' | 'spec'> & {
    readonly spec?: readonly string[];
    readonly second: { readonly headers: HeaderScript };
    readonly same: boolean;
  },
): Case {
  const { spec = ['RFC 9842 §6.2', 'RFC 9111 §4.1'], second, same, ...rest } = told;
  return {
    ...rest,
    kind: same ? 'optimal' : 'required',
    spec,
    steps: [
      {
        request: having(ONE),
        origin: { headers: COMPRESSED },
        expect: { from: 'origin', stored: true, headers: { 'content-encoding': 'dcb' } },
      },
      same
        ? {
            request: second,
            expect: { from: 'cache', outcome: 'hit', headers: { 'content-encoding': 'dcb' } },
          }
        : {
            request: second,
            origin: { headers: { 'Cache-Control': 'max-age=600', ...VARY } },
            expect: {
              from: 'origin',
              reasons: ['no-variant-matches'],
              absent: ['content-encoding'],
            },
          },
    ],
  };
}

const keyed = defineCases([
  shared({
    id: 'dictionary-same',
    title: 'A client with the same dictionary gets what was compressed with it',
    second: having(ONE),
    same: true,
  }),
  shared({
    id: 'dictionary-other',
    title: 'A client with another dictionary does not',
    second: having(OTHER),
    same: false,
  }),
  shared({
    id: 'dictionary-none',
    title: 'Nor does one without a dictionary',
    second: having(undefined),
    same: false,
  }),
  shared({
    id: 'dictionary-coding-not-accepted',
    title: 'Nor one that has it, but does not accept the coding',
    second: { headers: { 'Accept-Encoding': 'gzip, br, zstd', 'Available-Dictionary': ONE } },
    same: false,
  }),
  shared({
    id: 'dictionary-codings-in-another-order',
    title: 'The order in which codings are accepted means nothing',
    second: having(ONE, { 'Accept-Encoding': 'dcz, dcb, zstd, br, gzip' }),
    same: true,
  }),
  shared({
    id: 'dictionary-padding',
    title: 'Available-Dictionary is a Byte Sequence: its padding means nothing',
    spec: ['RFC 9842 §2.2', 'RFC 9651 §4.2.7'],
    second: having(ONE.replace('=', '')),
    same: true,
  }),
  shared({
    id: 'dictionary-pad-bits',
    title: 'Nor do the bits that fill up its last character',
    spec: ['RFC 9842 §2.2', 'RFC 9651 §4.2.7'],
    second: having(ONE.replace('4=:', '5=:')),
    same: true,
  }),
  shared({
    id: 'dictionary-white-space',
    title: 'Nor does white space around it',
    spec: ['RFC 9842 §2.2', 'RFC 9651 §4.2'],
    second: having(`  ${ONE} `),
    same: true,
  }),
  shared({
    id: 'dictionary-case',
    title: 'The case of its characters means something',
    spec: ['RFC 9842 §2.2'],
    second: having(ONE.toLowerCase()),
    same: false,
  }),
  shared({
    id: 'dictionary-not-a-byte-sequence',
    title: 'What is no Byte Sequence is left as it is',
    spec: ['RFC 9842 §2.2', 'RFC 9651 §4.2.7'],
    second: having(ONE.slice(1, -1)),
    same: false,
  }),
  shared({
    id: 'dictionary-with-parameters',
    title: 'So is one with parameters, whose meaning nobody knows',
    spec: ['RFC 9842 §2.2'],
    second: having(`${ONE};v=2`),
    same: false,
  }),
  {
    id: 'dictionary-side-by-side',
    title: 'One response for each dictionary, and one for who has none',
    kind: 'optimal',
    spec: ['RFC 9842 §6.2', 'RFC 9111 §4.1'],
    steps: [
      { request: having(ONE), origin: { headers: COMPRESSED }, expect: { from: 'origin' } },
      {
        request: having(OTHER),
        origin: { headers: { ...COMPRESSED, 'Content-Encoding': 'dcz' } },
        expect: { from: 'origin', stored: true },
      },
      {
        request: having(undefined),
        origin: { headers: { 'Cache-Control': 'max-age=600', ...VARY } },
        expect: { from: 'origin', stored: true },
      },
      { at: 1, request: having(ONE), expect: { from: 'cache', bodyOfStep: 1 } },
      { at: 1, request: having(OTHER), expect: { from: 'cache', bodyOfStep: 2 } },
      { at: 1, request: having(undefined), expect: { from: 'cache', bodyOfStep: 3 } },
    ],
  },
  {
    id: 'dictionary-id-selects',
    title: 'Dictionary-ID selects where Vary names it',
    kind: 'required',
    spec: ['RFC 9842 §2.3', 'RFC 9111 §4.1'],
    steps: [
      {
        request: having(ONE, { 'Dictionary-ID': '"a"' }),
        origin: { headers: { ...COMPRESSED, Vary: `${VARY.Vary}, dictionary-id` } },
        expect: { from: 'origin', stored: true },
      },
      {
        request: having(ONE, { 'Dictionary-ID': '"b"' }),
        origin: { headers: { ...COMPRESSED, Vary: `${VARY.Vary}, dictionary-id` } },
        expect: { from: 'origin', reasons: ['no-variant-matches'] },
      },
      {
        request: having(ONE, { 'Dictionary-ID': '"a"' }),
        expect: { from: 'cache', bodyOfStep: 1 },
      },
    ],
  },
  {
    id: 'dictionary-no-vary-search',
    title: 'An equivalent query is answered for the same dictionary only',
    kind: 'required',
    spec: ['RFC 9842 §6.2', 'No-Vary-Search §Cache'],
    steps: [
      {
        request: { path: '/?v=1', ...having(ONE) },
        origin: { headers: { ...COMPRESSED, 'No-Vary-Search': 'params' } },
        expect: { from: 'origin', stored: true },
      },
      {
        request: { path: '/?v=2', ...having(undefined) },
        origin: { headers: { 'Cache-Control': 'max-age=600', ...VARY } },
        expect: { from: 'origin', reasons: ['no-variant-matches'] },
      },
      { request: { path: '/?v=3', ...having(ONE) }, expect: { from: 'cache', bodyOfStep: 1 } },
    ],
  },
  {
    id: 'dictionary-language',
    title: 'The language that a client prefers does not make up for a dictionary that it lacks',
    kind: 'required',
    spec: ['RFC 9842 §6.2', 'RFC 9110 §12.5.4'],
    steps: [
      {
        request: having(ONE, { 'Accept-Language': 'de' }),
        origin: {
          headers: {
            ...COMPRESSED,
            'Content-Language': 'de',
            Vary: `${VARY.Vary}, accept-language`,
          },
        },
        expect: { from: 'origin', stored: true },
      },
      {
        request: having(undefined, { 'Accept-Language': 'de, en;q=0.5' }),
        origin: { headers: { 'Cache-Control': 'max-age=600', ...VARY } },
        expect: { from: 'origin', notReasons: ['content-language-match'] },
      },
    ],
  },
]);

/** What is compressed with the client's dictionary and does not say so in full. */
function unsaid(
  id: string,
  title: string,
  headers: Readonly<Record<string, string>>,
  missing: string,
): Case {
  return {
    id: `dictionary-unsaid-${id}`,
    title,
    kind: 'required',
    spec: ['RFC 9842 §6.2'],
    steps: [
      {
        request: having(ONE),
        origin: { headers: { 'Cache-Control': 'max-age=600', ...headers } },
        expect: {
          from: 'origin',
          stored: false,
          outcome: 'bypass',
          reasons: ['not-stored-dictionary'],
          words: [new RegExp(`Vary does not name ${missing};`)],
        },
      },
      {
        request: having(undefined),
        origin: { headers: { 'Cache-Control': 'max-age=600' } },
        expect: { from: 'origin', stored: true, absent: ['content-encoding'] },
      },
    ],
  };
}

const BOTH = 'accept-encoding and available-dictionary';

const unsafe = defineCases([
  unsaid(
    'dcb',
    'A dcb response without Vary is not stored: others could not read it',
    { 'Content-Encoding': 'dcb' },
    BOTH,
  ),
  unsaid('dcz', 'Nor is a dcz response', { 'Content-Encoding': 'dcz' }, BOTH),
  unsaid(
    'accept-encoding-alone',
    'Nor one whose Vary leaves out Available-Dictionary',
    { 'Content-Encoding': 'dcb', Vary: 'Accept-Encoding' },
    'available-dictionary',
  ),
  unsaid(
    'available-dictionary-alone',
    'Nor one whose Vary leaves out Accept-Encoding',
    { 'Content-Encoding': 'dcb', Vary: 'Available-Dictionary' },
    'accept-encoding',
  ),
  unsaid(
    'listed',
    'Nor one that was compressed twice, the name in capitals',
    { 'Content-Encoding': 'gzip, DCB' },
    BOTH,
  ),
  {
    id: 'dictionary-unsaid-replaces',
    title: 'It takes the place of what was stored all the same',
    kind: 'required',
    spec: ['RFC 9842 §6.2', 'RFC 9111 §4'],
    steps: [
      {
        request: having(undefined),
        origin: { headers: { 'Cache-Control': 'max-age=10', ETag: '"1"' } },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 11,
        request: having(ONE),
        origin: { headers: { 'Cache-Control': 'max-age=10', 'Content-Encoding': 'dcb' } },
        expect: { from: 'origin', stored: false, reasons: ['replaced', 'not-stored-dictionary'] },
      },
      {
        at: 11,
        request: having(undefined),
        origin: { headers: { 'Cache-Control': 'max-age=10' } },
        expect: { from: 'origin', upstream: { absent: ['if-none-match'] } },
      },
    ],
  },
  {
    id: 'dictionary-unsaid-by-304',
    title: 'A 304 after which Vary no longer names both ends the storing',
    kind: 'required',
    spec: ['RFC 9842 §6.2', 'RFC 9111 §3.2'],
    steps: [
      {
        request: having(ONE),
        origin: { headers: { ...COMPRESSED, 'Cache-Control': 'max-age=10', ETag: '"1"' } },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 11,
        request: having(ONE),
        origin: [
          { status: 304, headers: { Vary: 'accept-encoding' } },
          { headers: { 'Cache-Control': 'max-age=10', ...VARY }, body: 'plain' },
        ],
        expect: {
          from: 'origin',
          body: 'plain',
          reasons: ['not-stored-dictionary'],
          upstream: { requests: 2 },
        },
      },
    ],
  },
  {
    id: 'dictionary-sibling-not-offered',
    title:
      'The ETag of what another’s dictionary compressed is not offered: a 304 could not be read',
    kind: 'required',
    spec: ['RFC 9842 §6.2', 'RFC 9111 §4.3.1'],
    steps: [
      {
        request: having(ONE),
        origin: { headers: { ...COMPRESSED, ETag: '"same"' } },
        expect: { from: 'origin', stored: true },
      },
      {
        request: having(undefined),
        origin: { headers: { 'Cache-Control': 'max-age=600', ...VARY, ETag: '"same"' } },
        expect: {
          from: 'origin',
          notReasons: ['sibling-validators'],
          upstream: { absent: ['if-none-match'] },
        },
      },
    ],
  },
]);

const carried = defineCases([
  {
    id: 'dictionary-offered',
    title: 'Use-As-Dictionary and a link to a dictionary are stored, and sent with every hit',
    kind: 'required',
    spec: ['RFC 9842 §2.1', 'RFC 9842 §3'],
    steps: [
      {
        request: having(undefined),
        origin: {
          headers: {
            'Cache-Control': 'max-age=600',
            'Use-As-Dictionary': 'match="/app/*/main.js", id="d-1"',
            Link: '</dict.dat>; rel="compression-dictionary"',
          },
        },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 10,
        request: having(undefined),
        expect: {
          from: 'cache',
          headers: {
            'use-as-dictionary': 'match="/app/*/main.js", id="d-1"',
            link: '</dict.dat>; rel="compression-dictionary"',
            age: '10',
          },
        },
      },
    ],
  },
  {
    id: 'dictionary-request-fields',
    title: 'Available-Dictionary, Dictionary-ID and the codings reach the origin as they were sent',
    kind: 'required',
    spec: ['RFC 9842 §2.2', 'RFC 9842 §2.3', 'RFC 9842 §6.1'],
    steps: [
      {
        request: having(` ${ONE}`, { 'Dictionary-ID': '"d-1"' }),
        origin: { headers: COMPRESSED },
        expect: {
          from: 'origin',
          upstream: {
            headers: {
              'available-dictionary': ONE,
              'dictionary-id': '"d-1"',
              'accept-encoding': CODINGS,
            },
          },
        },
      },
    ],
  },
  {
    id: 'dictionary-refreshed',
    title: 'A background refresh asks for the same dictionary',
    kind: 'required',
    spec: ['RFC 9842 §6.2', 'RFC 5861 §3', 'RFC 9111 §4.3.1'],
    steps: [
      {
        request: having(ONE),
        origin: {
          headers: { ...COMPRESSED, 'Cache-Control': 'max-age=10, stale-while-revalidate=60' },
        },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 11,
        request: having(ONE),
        origin: { headers: COMPRESSED, body: 'new' },
        expect: {
          from: 'cache',
          outcome: 'updating',
          bodyOfStep: 1,
          upstream: {
            requests: 1,
            headers: { 'available-dictionary': ONE, 'accept-encoding': CODINGS },
          },
        },
      },
      { at: 12, request: having(ONE), expect: { from: 'cache', body: 'new' } },
    ],
  },
]);

export const dictionaryCases = [...keyed, ...unsafe, ...carried];
