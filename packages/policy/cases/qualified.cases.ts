import { defineCases } from '@poplet/conformance';
import type { Case } from '@poplet/conformance';

import { checkedEachTime, notStored, reused } from './patterns.ts';

/** The argument of `private` or `no-cache` as written after `=`, and which of X-A, X-B and X-C it names. */
const LISTS: readonly (readonly [id: string, argument: string, named: readonly string[]])[] = [
  ['one', '"x-a"', ['x-a']],
  ['upper-case', '"X-A"', ['x-a']],
  ['several', '"x-a, x-b"', ['x-a', 'x-b']],
  ['without-spaces', '"x-a,x-b,x-c"', ['x-a', 'x-b', 'x-c']],
  ['odd-spaces', '"  x-a ,\tx-b  "', ['x-a', 'x-b']],
  ['empty-members', '", x-a,, x-b ,"', ['x-a', 'x-b']],
  ['twice', '"x-a, X-A"', ['x-a']],
  ['absent-fields', '"x-nowhere, x-b"', ['x-b']],
  ['only-absent-fields', '"x-nowhere"', []],
  ['quoted-pairs', '"\\x-a"', ['x-a']],
  ['token', 'x-a', ['x-a']],
];

/** Arguments that name nothing that can be made out. */
const VOID: readonly (readonly [id: string, argument: string])[] = [
  ['empty', '""'],
  ['only-commas', '" , ,"'],
  ['not-a-name', '"x-a x-b"'],
  ['one-not-a-name', '"x-a, x b"'],
  ['missing', ''],
  ['unclosed', '"x-a'],
  ['quote-inside', '"x-a""'],
];

const VALUES = { 'X-A': '1', 'X-B': '2', 'X-C': '3' };

const directives = ['private', 'no-cache'] as const;

function clauseOf(directive: (typeof directives)[number]): string {
  return directive === 'private' ? 'RFC 9111 §5.2.2.7' : 'RFC 9111 §5.2.2.4';
}

const lists: Case[] = directives.flatMap((directive) =>
  LISTS.map(([id, argument, named]) => {
    const kept = Object.entries(VALUES).filter(([name]) => !named.includes(name.toLowerCase()));
    return reused({
      id: `qualified-${directive}-${id}`,
      title: `${directive}=${argument} keeps back ${named.length === 0 ? 'nothing that is there' : named.join(', ')}, and nothing else`,
      kind: named.length === 0 ? 'optimal' : 'required',
      spec: [clauseOf(directive), 'RFC 9111 §3.1'],
      origin: {
        headers: { 'Cache-Control': `max-age=60, ${directive}=${argument}`, ...VALUES },
      },
      // The first client is the one that they are for.
      first: { headers: VALUES },
      second: {
        headers: { ...Object.fromEntries(kept), 'Cache-Control': /max-age=60/u },
        absent: named,
      },
    });
  }),
);

const voids: Case[] = VOID.flatMap(([id, argument]) => [
  notStored({
    id: `qualified-private-void-${id}`,
    title: `private=${argument} names nothing that can be made out: all of it is private`,
    kind: 'check',
    spec: ['RFC 9111 §5.2.2.7', 'RFC 9111 §4.2.1'],
    origin: { headers: { 'Cache-Control': `max-age=60, private=${argument}`, ...VALUES } },
    first: { outcome: 'bypass', reasons: ['not-stored-private'] },
  }),
  checkedEachTime({
    id: `qualified-no-cache-void-${id}`,
    title: `no-cache=${argument} names nothing that can be made out: each use is checked`,
    kind: 'check',
    spec: ['RFC 9111 §5.2.2.4', 'RFC 9111 §4.2.1'],
    origin: {
      headers: { 'Cache-Control': `max-age=60, no-cache=${argument}`, ETag: '"v1"', ...VALUES },
    },
    second: { reasons: ['response-no-cache'] },
  }),
]);

const combined = defineCases([
  ...directives.map((directive) =>
    reused({
      id: `qualified-${directive}-lines`,
      title: `Several ${directive} with fields add up, over several lines too`,
      kind: 'required',
      spec: [clauseOf(directive), 'RFC 9111 §3.1', 'RFC 9110 §5.2'],
      origin: {
        headers: {
          'Cache-Control': [`${directive}="x-a"`, `max-age=60, ${directive}="x-b"`],
          ...VALUES,
        },
      },
      second: { absent: ['x-a', 'x-b'], headers: { 'X-C': '3' } },
    }),
  ),
  reused({
    id: 'qualified-private-and-no-cache',
    title: 'private and no-cache may each name fields',
    kind: 'required',
    spec: ['RFC 9111 §5.2.2.4', 'RFC 9111 §5.2.2.7', 'RFC 9111 §3.1'],
    origin: {
      headers: { 'Cache-Control': 'private="x-a", max-age=60, no-cache="x-b"', ...VALUES },
    },
    second: { absent: ['x-a', 'x-b'], headers: { 'X-C': '3' } },
  }),
  ...(['private="x-a", private', 'private, private="x-a"'] as const).map((value, index) =>
    notStored({
      id: `qualified-private-and-unqualified-${index + 1}`,
      title: `Beside private without fields, one with fields opens nothing: ${value}`,
      kind: 'required',
      spec: ['RFC 9111 §5.2.2.7', 'RFC 9111 §4.2.1'],
      origin: { headers: { 'Cache-Control': `max-age=60, ${value}`, ...VALUES } },
      first: { reasons: ['not-stored-private'] },
    }),
  ),
  checkedEachTime({
    id: 'qualified-no-cache-and-unqualified',
    title: 'Beside no-cache without fields, one with fields opens nothing',
    kind: 'required',
    spec: ['RFC 9111 §5.2.2.4', 'RFC 9111 §4.2.1'],
    origin: {
      headers: { 'Cache-Control': 'no-cache="x-a", max-age=60, no-cache', ETag: '"v1"' },
    },
    second: { reasons: ['response-no-cache'] },
  }),
  reused({
    id: 'qualified-private-targeted',
    title: 'In CDN-Cache-Control the names may stand in a string, as structured fields have it',
    kind: 'required',
    spec: ['RFC 9213 §2.1', 'RFC 9111 §5.2.2.7'],
    origin: {
      headers: { 'CDN-Cache-Control': 'max-age=60, private="x-a, x-b"', ...VALUES },
    },
    second: { absent: ['x-a', 'x-b'], headers: { 'X-C': '3' } },
  }),
  {
    id: 'qualified-private-etag',
    title: 'A validator that private names is not kept, so nothing is asked with it',
    kind: 'required',
    spec: ['RFC 9111 §5.2.2.7', 'RFC 9111 §4.3.1'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60, private="etag"', ETag: '"v1"' } },
        expect: { from: 'origin', stored: true, headers: { ETag: '"v1"' } },
      },
      { at: 1, request: {}, expect: { from: 'cache', absent: ['etag'] } },
      {
        at: 61,
        request: {},
        origin: {},
        expect: {
          from: 'origin',
          reasons: ['no-validator'],
          upstream: { absent: ['if-none-match'] },
        },
      },
    ],
  },
  {
    id: 'qualified-no-cache-revalidated',
    title: 'A 304 may bring the field that no-cache keeps back; it is kept back again',
    kind: 'required',
    spec: ['RFC 9111 §5.2.2.4', 'RFC 9111 §3.2'],
    steps: [
      {
        request: {},
        origin: {
          headers: { 'Cache-Control': 'max-age=60, no-cache="x-a"', ETag: '"v1"', ...VALUES },
        },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 61,
        request: {},
        origin: { status: 304, headers: { 'X-A': '4' } },
        expect: { from: 'validated', absent: ['x-a'], headers: { 'X-B': '2' } },
      },
      { at: 62, request: {}, expect: { from: 'cache', absent: ['x-a'], headers: { 'X-B': '2' } } },
    ],
  },
]);

/** Fields of the connection and of proxies; those that node:http writes for its own connections cannot be seen over sockets. */
const NOT_STORED: readonly (readonly [name: string, value: string])[] = [
  ['Proxy-Authenticate', 'Basic realm="x"'],
  ['Proxy-Authentication-Info', 'nextnonce="x"'],
  ['Proxy-Authorization', 'Basic YTpi'],
  ['Proxy-Connection', 'keep-alive'],
  ['TE', 'trailers'],
  ['Upgrade', 'h2c'],
];

const ofTheConnection: Case[] = [
  ...NOT_STORED.map(([name, value]) =>
    reused({
      id: `qualified-field-${name.toLowerCase()}`,
      title: `${name} is neither stored nor passed on`,
      kind: 'required',
      spec: ['RFC 9111 §3.1', 'RFC 9110 §7.6.1'],
      origin: { headers: { 'Cache-Control': 'max-age=60', [name]: value, 'X-A': '1' } },
      first: { absent: [name.toLowerCase()], headers: { 'X-A': '1' } },
      second: { absent: [name.toLowerCase()], headers: { 'X-A': '1' } },
    }),
  ),
  reused({
    id: 'qualified-field-connection-lines',
    title:
      'Whatever Connection names is not stored: in any case, over several lines, with empty members',
    kind: 'required',
    spec: ['RFC 9111 §3.1', 'RFC 9110 §7.6.1'],
    origin: {
      headers: {
        'Cache-Control': 'max-age=60',
        Connection: ['X-A ,, keep-alive', 'x-B, x-nowhere,'],
        ...VALUES,
      },
    },
    first: { absent: ['x-a', 'x-b', 'x-nowhere'], headers: { 'X-C': '3' } },
    second: { absent: ['x-a', 'x-b', 'x-nowhere'], headers: { 'X-C': '3' } },
  }),
  reused({
    id: 'qualified-field-connection-cache-control',
    title: 'Connection cannot take Cache-Control away',
    kind: 'required',
    spec: ['RFC 9111 §5.2', 'RFC 9110 §7.6.1'],
    origin: { headers: { 'Cache-Control': 'max-age=60', Connection: 'cache-control' } },
    first: { headers: { 'Cache-Control': 'max-age=60' } },
    second: { headers: { 'Cache-Control': 'max-age=60' } },
  }),
];

export const qualifiedCases = [
  ...defineCases([...lists, ...voids, ...ofTheConnection]),
  ...combined,
];
