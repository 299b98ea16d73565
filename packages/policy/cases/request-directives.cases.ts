import { defineCases } from '@poplet/conformance';
import type { Case, ExchangeStep, Expectation } from '@poplet/conformance';

import { ALL_BUT_NO_STORE } from './patterns.ts';

const FRESH_HOUR: ExchangeStep = {
  request: {},
  origin: { headers: { 'Cache-Control': 'max-age=3600', ETag: '"v1"' } },
  expect: { from: 'origin', stored: true },
};

const FRESH_MINUTE: ExchangeStep = {
  request: {},
  origin: { headers: { 'Cache-Control': 'max-age=60', ETag: '"v1"' } },
  expect: { from: 'origin', stored: true },
};

function asking(value: string): ExchangeStep['request'] {
  return { headers: { 'Cache-Control': value } };
}

/** Stored for an hour, and 100 seconds old when a client asks with these directives. */
function atAge100(
  told: Omit<Case, 'steps'> & { readonly value: string; readonly expect: Expectation },
): Case {
  const { value, expect, ...rest } = told;
  const origin = expect.from === 'validated' ? { origin: { status: 304 } } : {};
  return { ...rest, steps: [FRESH_HOUR, { at: 100, request: asking(value), ...origin, expect }] };
}

/** Stored for a minute, and stale by 40 seconds when a client asks with these directives. */
function staleBy40(
  told: Omit<Case, 'steps'> & { readonly value: string; readonly expect: Expectation },
): Case {
  const { value, expect, ...rest } = told;
  const origin = expect.from === 'validated' ? { origin: { status: 304 } } : {};
  return { ...rest, steps: [FRESH_MINUTE, { at: 100, request: asking(value), ...origin, expect }] };
}

const ageAndFreshness = defineCases([
  atAge100({
    id: 'request-no-cache',
    title: 'no-cache: the client wants the origin asked, fresh or not',
    kind: 'optimal',
    spec: ['RFC 9111 §5.2.1.4'],
    value: 'no-cache',
    expect: { from: 'validated', outcome: 'revalidated', reasons: ['fresh', 'request-no-cache'] },
  }),
  {
    id: 'request-pragma-no-cache',
    title: 'Pragma: no-cache means no-cache where there is no Cache-Control',
    kind: 'check',
    spec: ['RFC 9111 §5.4'],
    steps: [
      FRESH_HOUR,
      {
        request: { headers: { Pragma: 'no-cache' } },
        origin: { status: 304 },
        expect: { from: 'validated', reasons: ['request-no-cache'] },
      },
    ],
  },
  {
    id: 'request-pragma-in-list',
    title: 'Pragma: no-cache is recognised among other pragmas, case-insensitively',
    kind: 'check',
    spec: ['RFC 9111 §5.4'],
    steps: [
      FRESH_HOUR,
      {
        request: { headers: { Pragma: 'x=1, No-Cache' } },
        origin: { status: 304 },
        expect: { from: 'validated' },
      },
    ],
  },
  {
    id: 'request-no-cache-qualified',
    title: 'A request knows no qualified no-cache: whatever it names, validation is asked for',
    kind: 'check',
    spec: ['RFC 9111 §5.2.1.4'],
    steps: [
      FRESH_HOUR,
      {
        request: { headers: { 'Cache-Control': 'no-cache="set-cookie"' } },
        origin: { status: 304 },
        expect: { from: 'validated', reasons: ['request-no-cache'] },
      },
    ],
  },
  {
    id: 'request-pragma-lines',
    title: 'Lines of Pragma are one list',
    kind: 'check',
    spec: ['RFC 9111 §5.4', 'RFC 9110 §5.2'],
    steps: [
      FRESH_HOUR,
      {
        request: {
          headers: [
            ['Pragma', 'x=1'],
            ['Pragma', 'no-cache'],
          ],
        },
        origin: { status: 304 },
        expect: { from: 'validated' },
      },
    ],
  },
  {
    id: 'request-pragma-other',
    title: 'Any other Pragma means nothing',
    kind: 'check',
    spec: ['RFC 9111 §5.4'],
    steps: [
      FRESH_HOUR,
      { request: { headers: { Pragma: 'x-no-cache' } }, expect: { from: 'cache', outcome: 'hit' } },
    ],
  },
  {
    id: 'request-pragma-beside-cache-control',
    title: 'Pragma is ignored beside Cache-Control',
    kind: 'check',
    spec: ['RFC 9111 §5.4'],
    steps: [
      FRESH_HOUR,
      {
        request: { headers: { Pragma: 'no-cache', 'Cache-Control': 'max-age=600' } },
        expect: { from: 'cache', outcome: 'hit' },
      },
    ],
  },
  atAge100({
    id: 'request-max-age-over',
    title: 'max-age=99 and an age of 100: the client wants something younger',
    kind: 'optimal',
    spec: ['RFC 9111 §5.2.1.1'],
    value: 'max-age=99',
    expect: { from: 'validated', reasons: ['request-max-age'] },
  }),
  atAge100({
    id: 'request-max-age-equal',
    title: 'max-age=100 and an age of 100: less than or equal is what the client prefers',
    kind: 'optimal',
    spec: ['RFC 9111 §5.2.1.1'],
    value: 'max-age=100',
    expect: { from: 'cache', outcome: 'hit' },
  }),
  atAge100({
    id: 'request-max-age-0',
    title: 'max-age=0, as a reload sends it: the origin is asked',
    kind: 'optimal',
    spec: ['RFC 9111 §5.2.1.1'],
    value: 'max-age=0',
    expect: { from: 'validated', reasons: ['request-no-cache'] },
  }),
  atAge100({
    id: 'request-max-age-quoted',
    title: 'max-age="99": the quoted form is understood',
    kind: 'check',
    spec: ['RFC 9111 §5.2'],
    value: 'max-age="99"',
    expect: { from: 'validated', reasons: ['request-max-age'] },
  }),
  atAge100({
    id: 'request-max-age-malformed',
    title: 'A max-age that cannot be read is no wish',
    kind: 'check',
    spec: ['RFC 9111 §5.2.1'],
    value: 'max-age=soon',
    expect: { from: 'cache', outcome: 'hit' },
  }),
  atAge100({
    id: 'request-max-age-with-max-stale-still-fresh',
    title: 'max-stale does not lift the limit that max-age sets',
    kind: 'check',
    spec: ['RFC 9111 §5.2.1.1'],
    value: 'max-age=50, max-stale=1000',
    expect: { from: 'validated', reasons: ['request-max-age'] },
  }),
  atAge100({
    id: 'request-min-fresh-enough',
    title: 'min-fresh=3500 with 3500 seconds left is satisfied',
    kind: 'optimal',
    spec: ['RFC 9111 §5.2.1.3'],
    value: 'min-fresh=3500',
    expect: { from: 'cache', outcome: 'hit' },
  }),
  atAge100({
    id: 'request-min-fresh-too-little',
    title: 'min-fresh=3501 with 3500 seconds left is not',
    kind: 'optimal',
    spec: ['RFC 9111 §5.2.1.3'],
    value: 'min-fresh=3501',
    expect: { from: 'validated', reasons: ['request-min-fresh'] },
  }),
  atAge100({
    id: 'request-min-fresh-malformed',
    title: 'A min-fresh that cannot be read is no wish',
    kind: 'check',
    spec: ['RFC 9111 §5.2.1'],
    value: 'min-fresh=-1',
    expect: { from: 'cache', outcome: 'hit' },
  }),
  atAge100({
    id: 'request-no-store-on-hit',
    title: 'no-store does not apply to what is stored already: it may answer',
    kind: 'optimal',
    spec: ['RFC 9111 §5.2.1.5'],
    value: 'no-store',
    expect: { from: 'cache', outcome: 'hit' },
  }),
  atAge100({
    id: 'request-response-directives',
    title: 'Directives of responses mean nothing in a request',
    kind: 'check',
    spec: ['RFC 9111 §5.2', 'RFC 8246 §2'],
    value: 'private, must-revalidate, s-maxage=1, immutable, stale-while-revalidate=0',
    expect: { from: 'cache', outcome: 'hit' },
  }),
  {
    id: 'request-directives-off',
    title: 'A policy may ignore what clients ask for',
    kind: 'check',
    spec: ['RFC 9111 §5.2.1'],
    policy: { validation: { ignoredRequestDirectives: ALL_BUT_NO_STORE } },
    steps: [
      FRESH_HOUR,
      {
        at: 100,
        request: asking('no-cache, max-age=0, min-fresh=3600'),
        expect: { from: 'cache', outcome: 'hit' },
      },
      {
        at: 4000,
        request: asking('max-stale, only-if-cached'),
        origin: { status: 304 },
        expect: { from: 'validated', notReasons: ['request-max-stale', 'only-if-cached'] },
      },
    ],
  },
]);

const stale = defineCases([
  staleBy40({
    id: 'request-max-stale-any',
    title: 'max-stale without a value accepts any staleness',
    kind: 'optimal',
    spec: ['RFC 9111 §5.2.1.2', 'RFC 9111 §4.2.4'],
    value: 'max-stale',
    expect: {
      from: 'cache',
      outcome: 'stale',
      reasons: ['stale', 'request-max-stale'],
      words: [/accepts a stale response \(max-stale\); it is stale by 40 s/u],
      headers: { Age: '100' },
      cacheStatus: { hit: true, ttl: -40 },
    },
  }),
  staleBy40({
    id: 'request-max-stale-within',
    title: 'max-stale=40 accepts a response that is stale by 40 seconds',
    kind: 'optimal',
    spec: ['RFC 9111 §5.2.1.2', 'RFC 9111 §4.2.4'],
    value: 'max-stale=40',
    expect: {
      from: 'cache',
      outcome: 'stale',
      reasons: ['request-max-stale'],
      words: [/\(max-stale=40\)/u],
    },
  }),
  staleBy40({
    id: 'request-max-stale-over',
    title: 'max-stale=39 does not',
    kind: 'required',
    spec: ['RFC 9111 §5.2.1.2', 'RFC 9111 §4.2.4'],
    value: 'max-stale=39',
    expect: { from: 'validated', notReasons: ['request-max-stale'] },
  }),
  staleBy40({
    id: 'request-max-stale-malformed',
    title: 'A max-stale that cannot be read permits nothing',
    kind: 'check',
    spec: ['RFC 9111 §5.2.1.2'],
    value: 'max-stale=lots',
    expect: { from: 'validated' },
  }),
  staleBy40({
    id: 'request-max-stale-with-no-cache',
    title: 'max-stale beside no-cache: the client demands validation',
    kind: 'check',
    spec: ['RFC 9111 §5.2.1.4', 'RFC 9111 §4.2.1'],
    value: 'max-stale, no-cache',
    expect: { from: 'validated' },
  }),
  staleBy40({
    id: 'request-max-stale-with-max-age-0',
    title: 'max-stale beside max-age=0: the client demands validation',
    kind: 'check',
    spec: ['RFC 9111 §5.2.1.1'],
    value: 'max-stale, max-age=0',
    expect: { from: 'validated' },
  }),
  staleBy40({
    id: 'request-max-stale-within-max-age',
    title: 'max-stale beside a max-age that the age does not exceed: stale is accepted',
    kind: 'optimal',
    spec: ['RFC 9111 §5.2.1.1'],
    value: 'max-age=100, max-stale=50',
    expect: { from: 'cache', outcome: 'stale' },
  }),
  staleBy40({
    id: 'request-max-stale-over-max-age',
    title: 'max-stale beside a max-age that the age exceeds: too old all the same',
    kind: 'check',
    spec: ['RFC 9111 §5.2.1.1'],
    value: 'max-age=99, max-stale=50',
    expect: { from: 'validated' },
  }),
  {
    id: 'request-max-stale-beside-must-revalidate',
    title: 'max-stale cannot override must-revalidate',
    kind: 'required',
    spec: ['RFC 9111 §5.2.2.2', 'RFC 9111 §4.2.4'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60, must-revalidate', ETag: '"v1"' } },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 100,
        request: asking('max-stale'),
        origin: { status: 304 },
        expect: { from: 'validated', reasons: ['stale-forbidden-must-revalidate'] },
      },
    ],
  },
  {
    id: 'request-max-stale-beside-no-cache-response',
    title: 'max-stale cannot override the origin’s no-cache',
    kind: 'required',
    spec: ['RFC 9111 §5.2.2.4', 'RFC 9111 §4.2.4'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'no-cache', ETag: '"v1"' } },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 100,
        request: asking('max-stale'),
        origin: { status: 304 },
        expect: { from: 'validated', reasons: ['response-no-cache'] },
      },
    ],
  },
]);

const onlyIfCached = defineCases([
  {
    id: 'request-only-if-cached-hit',
    title: 'only-if-cached is answered from the store',
    kind: 'required',
    spec: ['RFC 9111 §5.2.1.7'],
    steps: [
      FRESH_HOUR,
      { request: asking('only-if-cached'), expect: { from: 'cache', outcome: 'hit' } },
    ],
  },
  {
    id: 'request-only-if-cached-nothing',
    title: 'only-if-cached with nothing stored is a 504, and the origin is left in peace',
    kind: 'required',
    spec: ['RFC 9111 §5.2.1.7'],
    steps: [
      {
        request: asking('only-if-cached'),
        expect: {
          from: 'edge',
          status: 504,
          outcome: 'error',
          reasons: ['nothing-stored', 'only-if-cached'],
          upstream: { requests: 0 },
        },
      },
    ],
  },
  {
    id: 'request-only-if-cached-stale',
    title: 'only-if-cached with a stale response only is a 504 as well',
    kind: 'required',
    spec: ['RFC 9111 §5.2.1.7', 'RFC 9111 §4.2.4'],
    steps: [
      FRESH_MINUTE,
      {
        at: 100,
        request: asking('only-if-cached'),
        expect: {
          from: 'edge',
          status: 504,
          reasons: ['stale', 'only-if-cached'],
          upstream: { requests: 0 },
        },
      },
    ],
  },
  {
    id: 'request-only-if-cached-max-stale',
    title: 'only-if-cached with max-stale takes the stale response',
    kind: 'optimal',
    spec: ['RFC 9111 §5.2.1.7', 'RFC 9111 §5.2.1.2'],
    steps: [
      FRESH_MINUTE,
      {
        at: 100,
        request: asking('only-if-cached, max-stale'),
        expect: { from: 'cache', outcome: 'stale' },
      },
    ],
  },
  {
    id: 'request-only-if-cached-no-cache',
    title: 'only-if-cached with no-cache cannot be satisfied',
    kind: 'check',
    spec: ['RFC 9111 §5.2.1.7', 'RFC 9111 §5.2.1.4'],
    steps: [
      FRESH_HOUR,
      {
        request: asking('only-if-cached, no-cache'),
        expect: { from: 'edge', status: 504, upstream: { requests: 0 } },
      },
    ],
  },
  {
    id: 'request-no-store-miss',
    title: 'A request with no-store goes forward as the client sent it, conditions included',
    kind: 'check',
    spec: ['RFC 9111 §5.2.1.5', 'RFC 9110 §15.4.5'],
    steps: [
      {
        request: { path: '/seen' },
        origin: { headers: { ETag: '"v1"', 'Cache-Control': 'no-store' } },
        expect: { from: 'origin' },
      },
      {
        request: {
          path: '/seen',
          headers: { 'Cache-Control': 'no-store', 'If-None-Match': '"v1"', Range: 'bytes=0-1' },
        },
        origin: { status: 304, headers: { ETag: '"v1"' } },
        expect: {
          from: 'origin',
          status: 304,
          outcome: 'bypass',
          reasons: ['request-no-store', 'forwarded-304'],
          upstream: { headers: { 'If-None-Match': '"v1"', Range: 'bytes=0-1' } },
        },
      },
    ],
  },
  {
    id: 'request-no-store-stale',
    title:
      'A request with no-store that finds a stale response brings a new one and stores nothing',
    kind: 'required',
    spec: ['RFC 9111 §5.2.1.5'],
    steps: [
      FRESH_MINUTE,
      {
        at: 100,
        request: asking('no-store'),
        origin: { headers: { 'Cache-Control': 'max-age=60' }, body: 'for this client alone' },
        expect: { from: 'origin', outcome: 'bypass', stored: false },
      },
    ],
  },
]);

export const requestDirectiveCases = [...ageAndFreshness, ...stale, ...onlyIfCached];
