import { defineRequirements } from '@poplet/conformance';

export const rfc7725Requirements = defineRequirements(
  'RFC 7725',
  [
    {
      clause: 'RFC 7725 §3',
      level: 'MAY',
      requirement: 'Give a 451 a heuristic lifetime.',
      cases: ['storability-status-451-heuristic'],
      does: 'Does, like to the statuses that RFC 9110 §15.1 lists.',
    },
  ],
  { title: 'An HTTP Status Code to Report Legal Obstacles', isUnverified: true },
);
