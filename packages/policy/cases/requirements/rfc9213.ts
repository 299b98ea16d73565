import { defineRequirements } from '@poplet/conformance';

export const rfc9213Requirements = defineRequirements(
  'RFC 9213',
  [
    {
      clause: 'RFC 9213 §2',
      level: 'defines',
      requirement: 'A targeted field means what Cache-Control means, for the caches that it names.',
      cases: ['freshness-cdn-over-cache-control', 'range-unsatisfiable-targeted-fields'],
      does: 'Reads CDN-Cache-Control; the target list is a field of the policy.',
    },
    {
      clause: 'RFC 9213 §2.1',
      level: 'defines',
      requirement:
        'A targeted field is a Dictionary; directives without value are true, others Integers, Strings or Tokens.',
      cases: [
        'freshness-cdn-over-cache-control',
        'freshness-cdn-qualified',
        'structured-parameters',
        'structured-boolean',
      ],
      does: 'Reads it as RFC 9651 says (table below).',
    },
    {
      clause: 'RFC 9213 §2.1',
      level: 'SHOULD NOT',
      requirement: 'Consume values of other types.',
      cases: [
        'freshness-cdn-decimal',
        'freshness-cdn-max-age-string',
        'freshness-cdn-max-age-token',
        'freshness-cdn-max-age-negative',
        'freshness-cdn-max-age-no-value',
      ],
      does: 'A lifetime of another type is none, and the response stale; what forbids holds whatever its value.',
    },
    {
      clause: 'RFC 9213 §2.1',
      level: 'defines',
      requirement: 'Parameters of directives are ignored.',
      cases: ['structured-parameters', 'structured-many-parameters'],
      does: 'Ignores them.',
    },
    {
      clause: 'RFC 9213 §2.1',
      level: 'MUST',
      requirement: 'Ignore a targeted field that is empty or does not parse.',
      cases: [
        'freshness-cdn-empty',
        'freshness-cdn-malformed',
        'freshness-cdn-uppercase',
        'structured-fails-trailing-comma',
      ],
      does: 'The next field of the list counts, else Cache-Control.',
    },
    {
      clause: 'RFC 9213 §2.2',
      level: 'MUST',
      requirement: 'Select the first field of the target list that is valid and not empty.',
      cases: ['freshness-targeted-order', 'freshness-cdn-over-cache-control'],
      does: 'Takes them in the order of the policy.',
    },
    {
      clause: 'RFC 9213 §2.2',
      level: 'MUST',
      requirement: 'Ignore Cache-Control and Expires beside it.',
      cases: [
        'freshness-cdn-over-cache-control',
        'freshness-cdn-ignores-expires',
        'freshness-cdn-max-age-0',
        'freshness-cdn-overrides-no-store',
        'stale-swr-in-cdn-cache-control',
      ],
      does: 'Ignores them, and passes them on.',
    },
    {
      clause: 'RFC 9213 §2.2',
      level: 'MUST NOT',
      requirement: 'Let targeted fields that are not on the list change anything.',
      cases: ['freshness-targeted-not-ours'],
      does: 'Knows the names of its list only.',
    },
    {
      clause: 'RFC 9213 §2.2',
      level: 'MUST',
      requirement: 'Pass such fields through.',
      cases: ['freshness-targeted-not-ours'],
      does: 'Stores and passes them on like any field.',
    },
    {
      clause: 'RFC 9213 §2.2',
      level: 'MUST',
      requirement: 'Implement max-age, must-revalidate, no-store, no-cache and private.',
      cases: [
        'freshness-cdn-over-cache-control',
        'freshness-cdn-must-revalidate',
        'freshness-cdn-no-store',
        'freshness-cdn-no-cache',
        'freshness-cdn-private',
      ],
      does: 'Implements them.',
    },
    {
      clause: 'RFC 9213 §2.2',
      level: 'SHOULD',
      requirement: 'Implement the other directives that it knows in Cache-Control.',
      cases: ['freshness-cdn-s-maxage', 'freshness-cdn-stale-while-revalidate'],
      does: 'Implements all of them.',
    },
    {
      clause: 'RFC 9213 §2.2',
      level: 'defines',
      requirement:
        'no-store and no-cache make max-age inoperative; unknown directives are ignored.',
      cases: [
        'freshness-cdn-no-cache',
        'freshness-cdn-no-store',
        'freshness-cdn-unknown-directive',
      ],
      does: 'The precedence is that of Cache-Control.',
    },
    {
      clause: 'RFC 9213 §2.4',
      level: 'MUST NOT',
      requirement: 'Take a field for a targeted one by its suffix alone.',
      cases: ['freshness-targeted-not-ours'],
      does: 'Knows the names of its list only.',
    },
    {
      clause: 'RFC 9213 §3',
      level: 'defines',
      requirement: 'CDN-Cache-Control is for caches that work on behalf of the origin server.',
      cases: ['freshness-cdn-over-cache-control', 'freshness-cdn-overrides-no-store'],
      does: 'Poplet is one.',
    },
    {
      clause: 'RFC 9213 §3',
      level: 'MAY',
      requirement: 'Remove CDN-Cache-Control on the way to the client.',
      cases: ['freshness-cdn-over-cache-control'],
      does: 'Not used: passes it on; a policy can remove it.',
    },
    {
      clause: 'RFC 9213 §3.1',
      level: 'defines',
      requirement:
        'Beside Cache-Control: no-store, CDN-Cache-Control lets CDN caches store, even with an unknown directive alone.',
      cases: ['freshness-cdn-overrides-no-store', 'freshness-cdn-unknown-directive'],
      does: 'Stores.',
    },
  ],
  {
    title: 'Targeted HTTP Cache Control',
    leftOut: [
      {
        clause: 'RFC 9213 §1',
        why: 'Introduces targeted fields. That values be generated as they are inferred (§2.1) binds origin servers.',
      },
      {
        clause: 'RFC 9213 §2.3',
        why: 'Leaves it open how Age is told downstream: Age is sent as it is.',
      },
    ],
  },
);
