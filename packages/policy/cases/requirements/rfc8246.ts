import { defineRequirements } from '@poplet/conformance';

export const rfc8246Requirements = defineRequirements(
  'RFC 8246',
  [
    {
      clause: 'RFC 8246 §2',
      level: 'SHOULD',
      requirement: 'Validate a stale response as if it were not immutable.',
      cases: ['immutable-stale', 'immutable-without-lifetime'],
      does: 'Validates: immutable is looked at only while the response is fresh.',
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
      clause: 'RFC 8246 §2.1',
      level: 'SHOULD',
      requirement: 'A proxy skips the validation of a fresh immutable response.',
      cases: ['immutable-reload', 'immutable-conditional-reload'],
      does: 'Answers a reload (max-age=0) from the store.',
    },
    {
      clause: 'RFC 8246 §2.1',
      level: 'SHOULD',
      requirement: 'A signal of the client that validation is necessary, such as no-cache, counts.',
      cases: ['immutable-forced-reload', 'immutable-min-fresh'],
      does: 'Validates on no-cache, and where min-fresh asks for more than there is.',
    },
    {
      clause: 'RFC 8246 §2.1',
      level: 'MAY',
      requirement: 'Answer 304 or 200, by the fields of the request.',
      cases: ['immutable-reload', 'immutable-conditional-reload'],
      does: 'Answers 304 to a conditional request that matches, else 200.',
    },
    {
      clause: 'RFC 8246 §3',
      level: 'SHOULD',
      requirement: 'A forced reload ignores immutable.',
      cases: ['immutable-forced-reload'],
      does: 'Validates on a request with no-cache.',
    },
  ],
  { title: 'HTTP Immutable Responses' },
);
