import { defineRequirements } from '@poplet/conformance';

export const rfc8246Requirements = defineRequirements(
  'RFC 8246',
  [
    {
      clause: 'RFC 8246 §2',
      level: 'SHOULD NOT',
      requirement:
        'Ask on a condition about a fresh immutable response, unless the user overrides that.',
      cases: ['immutable-reload', 'immutable-conditional-reload', 'immutable-forced-reload'],
      does: 'Answers a reload (max-age=0) from the store.',
    },
    {
      clause: 'RFC 8246 §2',
      level: 'SHOULD',
      requirement: 'Validate a stale response as if it were not immutable.',
      cases: ['immutable-stale', 'immutable-without-lifetime'],
      does: 'Looks at immutable only while the response is fresh.',
    },
    {
      clause: 'RFC 8246 §2',
      level: 'MUST',
      requirement: 'Ignore arguments of immutable.',
      cases: ['immutable-with-argument'],
      does: 'Looks only at whether the directive is there.',
    },
    {
      clause: 'RFC 8246 §2',
      level: 'defines',
      requirement: 'Several immutable directives are one.',
      cases: ['immutable-twice'],
      does: 'Looks only at whether the directive is there.',
    },
    {
      clause: 'RFC 8246 §2',
      level: 'defines',
      requirement: 'immutable in a request has no effect.',
      cases: ['immutable-in-request', 'request-response-directives'],
      does: 'Ignores it.',
    },
    {
      clause: 'RFC 8246 §2.1',
      level: 'SHOULD',
      requirement:
        'A proxy skips the validation of a fresh immutable response, unless the client shows that it is necessary.',
      cases: ['immutable-reload', 'immutable-forced-reload', 'immutable-min-fresh'],
      does: 'no-cache is such a sign, and a min-fresh that is not met.',
    },
    {
      clause: 'RFC 8246 §2.1',
      level: 'MAY',
      requirement: 'Answer 304 or 200, by the fields of the request.',
      cases: ['immutable-reload', 'immutable-conditional-reload'],
      does: '304 to a condition that says so, else 200.',
    },
    {
      clause: 'RFC 8246 §3',
      level: 'SHOULD',
      requirement: 'A forced reload ignores immutable.',
      cases: ['immutable-forced-reload'],
      does: 'Validates on a request with no-cache.',
    },
  ],
  {
    title: 'HTTP Immutable Responses',
    leftOut: [
      { clause: 'RFC 8246 §1', why: 'Introduces the directive.' },
      { clause: 'RFC 8246 §2.2', why: 'An example.' },
      {
        clause: 'RFC 8246 §3',
        why: 'That immutable be ignored without HTTPS, and for a body that ended with its connection: a named departure.',
      },
    ],
  },
);
