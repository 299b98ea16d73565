import { defineCases } from '@poplet/conformance';
import type { Case } from '@poplet/conformance';

const UNSTORED = { headers: { 'Cache-Control': 'no-store' } };
const MINUTE = { headers: { 'Cache-Control': 'max-age=60', ETag: '"v1"' } };

/** A request that this edge has forwarded before is refused, whatever else is in the field. */
function looped(id: string, title: string, field: string | readonly string[]): Case {
  return {
    id: `cdn-loop-${id}`,
    title,
    kind: 'required',
    spec: ['RFC 8586 §2', 'RFC 9110 §7.6'],
    steps: [
      {
        request: { headers: { 'CDN-Loop': field } },
        expect: {
          from: 'edge',
          status: 508,
          outcome: 'error',
          stored: false,
          headers: { 'Cache-Control': 'no-store' },
          absent: ['cache-status'],
          body: /the request has been here before/,
          reasons: ['forwarding-loop'],
          upstream: { requests: 0 },
        },
      },
    ],
  };
}

/** What came in the field, and how it goes on. */
function passed(
  id: string,
  title: string,
  { field, forwarded }: { readonly field: string | readonly string[]; readonly forwarded: string },
): Case {
  return {
    id: `cdn-loop-${id}`,
    title,
    kind: 'required',
    spec: ['RFC 8586 §2'],
    steps: [
      {
        request: { headers: { 'CDN-Loop': field } },
        origin: UNSTORED,
        expect: {
          from: 'origin',
          notReasons: ['forwarding-loop'],
          upstream: { headers: { 'CDN-Loop': forwarded } },
        },
      },
    ],
  };
}

export const cdnLoopCases = defineCases([
  {
    id: 'cdn-loop-created',
    title: 'Every request to the origin says which CDN, and which of its servers, it went through',
    kind: 'required',
    spec: ['RFC 8586 §2'],
    steps: [
      {
        request: {},
        origin: UNSTORED,
        expect: {
          from: 'origin',
          upstream: { headers: { 'CDN-Loop': '{cdn-info}' } },
        },
      },
      {
        request: { method: 'POST', body: 'x' },
        origin: {},
        expect: {
          from: 'origin',
          upstream: { headers: { 'CDN-Loop': /^poplet;id=[!#$%&'*+.^_`|~\w-]+$/ } },
        },
      },
    ],
  },
  {
    id: 'cdn-loop-generated-request',
    title: 'A request that the edge makes by itself says so, too',
    kind: 'required',
    spec: ['RFC 8586 §2', 'RFC 5861 §3'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=1, stale-while-revalidate=60' } },
        expect: { from: 'origin' },
      },
      {
        at: 10,
        request: { headers: { 'CDN-Loop': 'other.example' } },
        origin: { headers: { 'Cache-Control': 'max-age=1' } },
        expect: {
          from: 'cache',
          outcome: 'updating',
          upstream: { requests: 1, headers: { 'CDN-Loop': '{cdn-info}' } },
        },
      },
    ],
  },
  {
    id: 'cdn-loop-name',
    title: 'The CDN is named as the profile names it, as a token',
    kind: 'check',
    spec: ['RFC 8586 §2', 'Poplet'],
    policy: { downstream: { cacheName: 'Example Cache' } },
    steps: [
      {
        request: {},
        origin: UNSTORED,
        expect: { from: 'origin', upstream: { headers: { 'CDN-Loop': /^Example-Cache;id=/ } } },
      },
    ],
  },
  passed('appended', 'What other CDNs said stays, and ours stands behind it', {
    field: 'foo123.foocdn.example, barcdn.example; trace="abc,def"',
    forwarded: 'foo123.foocdn.example, barcdn.example; trace="abc,def", {cdn-info}',
  }),
  passed('lines-combined', 'Several lines are one list', {
    field: ['foo123.foocdn.example, barcdn.example; trace="abcdef"', 'AnotherCDN; abc=123'],
    forwarded:
      'foo123.foocdn.example, barcdn.example; trace="abcdef", AnotherCDN; abc=123, {cdn-info}',
  }),
  passed('malformed', 'What makes no sense is passed on as it came', {
    field: '@@ , ;;=, "never closed',
    forwarded: '@@ , ;;=, "never closed, {cdn-info}',
  }),
  passed('another-server', 'Another server of the same name is no loop: a shield behind a PoP', {
    field: 'poplet;id=other.0',
    forwarded: 'poplet;id=other.0, {cdn-info}',
  }),
  passed('name-alone', 'The name alone could be anybody’s', {
    field: 'poplet',
    forwarded: 'poplet, {cdn-info}',
  }),
  looped('found', 'A request that has been here before goes no further', '{cdn-info}'),
  looped('found-among-others', 'Nor does one that went through others in between', [
    'foo123.foocdn.example',
    '{cdn-info}, barcdn.example; trace="abcdef"',
  ]),
  looped('found-with-parameters', 'A hop in between may have added to it', '{cdn-info} ; hop=3'),
  looped('found-behind-malformed', 'Nothing malformed hides it', '"never closed, {cdn-info}'),
  looped('found-quoted', 'Nor do quotes', ['a;b="x, {cdn-info}"']),
  {
    id: 'cdn-loop-stored',
    title: 'A loop is not answered from the store, fresh or stale: it would be found too late',
    kind: 'check',
    spec: ['RFC 8586 §2', 'Poplet'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60, stale-if-error=600', ETag: '"v1"' } },
        expect: { from: 'origin', stored: true },
      },
      ...[1, 61].map((at) => ({
        at,
        request: { headers: { 'CDN-Loop': '{cdn-info}' } },
        expect: {
          from: 'edge' as const,
          status: 508,
          reasons: ['forwarding-loop' as const],
          upstream: { requests: 0 },
        },
      })),
    ],
  },
  {
    id: 'cdn-loop-not-for-others',
    title: 'Who pretends to be a loop harms nobody else',
    kind: 'check',
    spec: ['RFC 8586 §3'],
    steps: [
      {
        request: { headers: { 'CDN-Loop': '{cdn-info}' } },
        expect: { from: 'edge', status: 508, upstream: { requests: 0 } },
      },
      { request: {}, origin: MINUTE, expect: { from: 'origin', outcome: 'miss', stored: true } },
      { request: {}, expect: { from: 'cache', outcome: 'hit' } },
    ],
  },
  {
    id: 'cdn-loop-upstream',
    title: 'A loop that shows further on is an error of the upstream, and nothing stale hides it',
    kind: 'check',
    spec: ['RFC 8586 §2', 'RFC 9111 §4.3.3'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60, stale-if-error=600', ETag: '"v1"' } },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 61,
        request: {},
        origin: { status: 508, headers: { 'Cache-Control': 'no-store' } },
        expect: { from: 'origin', status: 508, stored: false, reasons: ['loop-behind'] },
      },
    ],
  },
  {
    id: 'cdn-loop-not-removed',
    title: 'No client can have the field removed by nominating it in Connection',
    kind: 'required',
    spec: ['RFC 8586 §2', 'RFC 8586 §3'],
    steps: [
      {
        request: { headers: { Connection: 'CDN-Loop', 'CDN-Loop': 'other.example' } },
        origin: UNSTORED,
        expect: {
          from: 'origin',
          upstream: { headers: { 'CDN-Loop': 'other.example, {cdn-info}' } },
        },
      },
      {
        request: { headers: { Connection: 'CDN-Loop', 'CDN-Loop': '{cdn-info}' } },
        expect: { from: 'edge', status: 508, upstream: { requests: 0 } },
      },
    ],
  },
]);
