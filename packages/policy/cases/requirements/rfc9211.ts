import { defineRequirements } from '@poplet/conformance';

export const rfc9211Requirements = defineRequirements(
  'RFC 9211',
  [
    {
      clause: 'RFC 9211 §2',
      level: 'defines',
      requirement:
        'The value is a List of one member for each cache, the nearest to the origin server first.',
      cases: ['cache-status-chain-kept', 'cache-status-written'],
      does: 'Adds its member at the end.',
    },
    {
      clause: 'RFC 9211 §2',
      level: 'SHOULD',
      requirement: 'Keep the members that are there.',
      cases: ['cache-status-chain-kept'],
      does: 'Keeps them, stored ones too.',
    },
    {
      clause: 'RFC 9211 §2',
      level: 'SHOULD NOT',
      requirement:
        'Add a member to responses that are made here, unless they are based on a stored one.',
      cases: ['cache-status-locally-generated', 'cache-status-304', 'cache-status-206'],
      does: 'Says its reasons in the body instead.',
    },
    {
      clause: 'RFC 9211 §2',
      level: 'MUST',
      requirement: 'Identify the cache by a String or a Token.',
      cases: ['cache-status-name', 'cache-status-written', 'cache-status-escaped-string'],
      does: 'The name is a field of the policy: a Token where it can be, else a String.',
    },
    {
      clause: 'RFC 9211 §2.1',
      level: 'defines',
      requirement:
        'hit: answered from the cache, without going forward; also a 304 or 206 made from it.',
      cases: [
        'cache-status-miss-and-hit',
        'cache-status-304',
        'cache-status-206',
        'cache-status-updating',
        'cache-status-stale-validated',
      ],
      does: 'Says so.',
    },
    {
      clause: 'RFC 9211 §2.1',
      level: 'SHOULD',
      requirement: 'Not send hit and fwd together.',
      cases: ['cache-status-miss-and-hit', 'cache-status-stale-hit', 'cache-status-updating'],
      does: 'One or the other.',
    },
    {
      clause: 'RFC 9211 §2.2',
      level: 'defines',
      requirement: 'fwd: why the request went forward, one of eight words.',
      cases: [
        'cache-status-miss-and-hit',
        'cache-status-vary-miss',
        'cache-status-request',
        'cache-status-stale-validated',
        'cache-status-no-cache-stale',
        'cache-status-method',
        'cache-status-bypass',
        'partial-cut-off-completed',
      ],
      does: 'Derives the word from the reasons.',
    },
    {
      clause: 'RFC 9211 §2.2',
      level: 'SHOULD',
      requirement: 'Use the most specific word.',
      cases: ['cache-status-vary-miss', 'cache-status-miss-and-hit', 'cache-status-request'],
      does: 'Never says miss: it knows uri-miss from vary-miss.',
    },
    {
      clause: 'RFC 9211 §2.3',
      level: 'defines',
      requirement: 'fwd-status: the status that came back.',
      cases: [
        'cache-status-stale-validated',
        'cache-status-stale-replaced',
        'cache-status-method',
        'cache-status-miss-and-hit',
      ],
      does: 'Says it whenever one came back.',
    },
    {
      clause: 'RFC 9211 §2.4',
      level: 'defines',
      requirement: 'ttl: what is left of the lifetime, guessed ones included; negative when stale.',
      cases: [
        'cache-status-miss-and-hit',
        'cache-status-stale-hit',
        'cache-status-updating',
        'cache-status-heuristic-ttl',
        'cache-status-integer-bound',
      ],
      does: 'Counts whole seconds.',
    },
    {
      clause: 'RFC 9211 §2.5',
      level: 'defines',
      requirement: 'stored: whether the response was stored; only beside fwd.',
      cases: ['cache-status-miss-and-hit', 'cache-status-not-stored', 'cache-status-method'],
      does: 'Says it where it was, and is silent where not.',
    },
    {
      clause: 'RFC 9211 §2.7',
      level: 'defines',
      requirement: 'key: a String that shows the cache key.',
      cases: ['cache-status-miss-and-hit', 'cache-status-written'],
      does: 'Site, scheme, host, path and query.',
    },
    {
      clause: 'RFC 9211 §2.8',
      level: 'defines',
      requirement: "detail: a String or Token of the cache's own.",
      cases: ['cache-status-not-stored', 'cache-status-written'],
      does: 'The code of the last reason.',
    },
  ],
  {
    title: 'The Cache-Status HTTP Response Header Field',
    leftOut: [
      { clause: 'RFC 9211 §1', why: 'Introduces the field.' },
      {
        clause: 'RFC 9211 §2.6',
        why: 'collapsed needs requests at the same time, which cases do not have: packages/edge/test/scale shows it.',
      },
      { clause: 'RFC 9211 §3', why: 'Examples.' },
      { clause: 'RFC 9211 §4', why: 'Binds those who register parameters.' },
      {
        clause: 'RFC 9211 §6',
        why: 'Leaves it to the deployment whether to send the field: this one is for a laptop.',
      },
    ],
  },
);
