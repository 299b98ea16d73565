import { defineCases } from '@poplet/conformance';
import type { Case, HeaderScript } from '@poplet/conformance';

import { checkedEachTime, notStored, reused } from './patterns.ts';

const REQUEST = { headers: { Authorization: 'Basic YTpi' } };

/** What the answer to a request with Authorization says, and what becomes of it. */
const TABLE: readonly (readonly [
  id: string,
  headers: HeaderScript,
  becomes: 'shared' | 'checked' | 'not-stored',
  clause: string,
])[] = [
  ['max-age', { 'Cache-Control': 'max-age=60', ETag: '"v1"' }, 'not-stored', 'RFC 9111 §3.5'],
  ['expires', { Expires: '{now+60}', ETag: '"v1"' }, 'not-stored', 'RFC 9111 §3.5'],
  ['nothing', { ETag: '"v1"' }, 'not-stored', 'RFC 9111 §3.5'],
  ['no-cache', { 'Cache-Control': 'no-cache', ETag: '"v1"' }, 'not-stored', 'RFC 9111 §3.5'],
  ['immutable', { 'Cache-Control': 'max-age=60, immutable' }, 'not-stored', 'RFC 9111 §3.5'],
  [
    'stale-while-revalidate',
    { 'Cache-Control': 'max-age=60, stale-while-revalidate=60' },
    'not-stored',
    'RFC 9111 §3.5',
  ],
  ['public-malformed', { 'Cache-Control': 'public=1, max-age=60' }, 'not-stored', 'RFC 9111 §3.5'],
  [
    'public-in-quotes',
    { 'Cache-Control': 'a="public", max-age=60' },
    'not-stored',
    'RFC 9111 §5.2',
  ],
  ['public-private', { 'Cache-Control': 'public, private' }, 'not-stored', 'RFC 9111 §5.2.2.7'],
  ['public-no-store', { 'Cache-Control': 'public, no-store' }, 'not-stored', 'RFC 9111 §5.2.2.5'],
  ['public-upper-case', { 'Cache-Control': 'PUBLIC, max-age=60' }, 'shared', 'RFC 9111 §5.2'],
  ['public-expires', { 'Cache-Control': 'public', Expires: '{now+60}' }, 'shared', 'RFC 9111 §3.5'],
  ['public-second-line', { 'Cache-Control': ['max-age=60', 'public'] }, 'shared', 'RFC 9111 §3.5'],
  [
    'public-no-cache',
    { 'Cache-Control': 'public, no-cache', ETag: '"v1"' },
    'checked',
    'RFC 9111 §5.2.2.4',
  ],
  ['public-alone', { 'Cache-Control': 'public', ETag: '"v1"' }, 'checked', 'RFC 9111 §5.2.2.9'],
  ['s-maxage-0', { 'Cache-Control': 's-maxage=0', ETag: '"v1"' }, 'checked', 'RFC 9111 §5.2.2.10'],
  [
    's-maxage-over-max-age',
    { 'Cache-Control': 'max-age=0, s-maxage=60' },
    'shared',
    'RFC 9111 §5.2.2.10',
  ],
  [
    'must-revalidate-stale',
    { 'Cache-Control': 'max-age=0, must-revalidate', ETag: '"v1"' },
    'checked',
    'RFC 9111 §5.2.2.2',
  ],
  [
    'targeted-public',
    { 'CDN-Cache-Control': 'public, max-age=60', 'Cache-Control': 'max-age=60' },
    'shared',
    'RFC 9213 §2.2',
  ],
  [
    'targeted-without',
    { 'CDN-Cache-Control': 'max-age=60', 'Cache-Control': 'public' },
    'not-stored',
    'RFC 9213 §2.2',
  ],
];

const WORDS = {
  shared: 'is shared',
  checked: 'is stored, and checked at each use',
  'not-stored': 'is not stored',
} as const;

const answers: Case[] = TABLE.map(([id, headers, becomes, clause]) => {
  const told = {
    id: `authorization-${id}`,
    title: `The answer to a request with Authorization ${WORDS[becomes]}: ${id}`,
    kind: becomes === 'not-stored' ? ('required' as const) : ('optimal' as const),
    spec: clause === 'RFC 9111 §3.5' ? [clause] : ['RFC 9111 §3.5', clause],
    request: REQUEST,
    origin: { headers },
  };
  if (becomes === 'shared') return reused(told);
  return becomes === 'checked' ? checkedEachTime(told) : notStored(told);
});

export const authorizationCases = defineCases([
  ...answers,
  {
    id: 'authorization-public-to-others',
    title:
      'What is public is given to everybody, whatever credentials they show, and to those without',
    kind: 'optimal',
    spec: ['RFC 9111 §3.5', 'RFC 9111 §5.2.2.9'],
    steps: [
      {
        request: REQUEST,
        origin: { headers: { 'Cache-Control': 'public, max-age=60' } },
        expect: { from: 'origin', stored: true },
      },
      {
        request: { headers: { Authorization: 'Basic Yzpk' } },
        expect: { from: 'cache', outcome: 'hit' },
      },
      { request: {}, expect: { from: 'cache', outcome: 'hit' } },
    ],
  },
  {
    id: 'authorization-empty',
    title: 'An Authorization without a value is there all the same',
    kind: 'required',
    spec: ['RFC 9111 §3.5'],
    steps: [
      {
        request: { headers: { Authorization: '' } },
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'origin', stored: false, reasons: ['not-stored-authorization'] },
      },
      { request: {}, origin: {}, expect: { from: 'origin', reasons: ['nothing-stored'] } },
    ],
  },
  {
    id: 'authorization-must-revalidate-disconnected',
    title: 'What must-revalidate opened is given to nobody once stale, error or not',
    kind: 'required',
    spec: ['RFC 9111 §3.5', 'RFC 9111 §5.2.2.2'],
    steps: [
      {
        request: REQUEST,
        origin: { headers: { 'Cache-Control': 'max-age=60, must-revalidate', ETag: '"v1"' } },
        expect: { from: 'origin', stored: true },
      },
      { at: 59, request: {}, expect: { from: 'cache', outcome: 'hit' } },
      {
        at: 61,
        request: {},
        origin: { fault: 'timeout' },
        expect: { from: 'edge', status: 504, reasons: ['must-revalidate-unreachable'] },
      },
    ],
  },
  {
    id: 'authorization-401-stored',
    title: 'A 401 to a request without credentials is stored like any other response',
    kind: 'optimal',
    spec: ['RFC 9111 §3', 'RFC 9111 §3.5'],
    steps: [
      {
        request: {},
        origin: {
          status: 401,
          headers: { 'Cache-Control': 'max-age=60', 'WWW-Authenticate': 'Basic' },
        },
        expect: { from: 'origin', stored: true },
      },
      {
        request: {},
        expect: { from: 'cache', status: 401, headers: { 'WWW-Authenticate': 'Basic' } },
      },
    ],
  },
]);
