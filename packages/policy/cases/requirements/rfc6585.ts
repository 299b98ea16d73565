import { defineRequirements } from '@poplet/conformance';

export const rfc6585Requirements = defineRequirements(
  'RFC 6585',
  [
    {
      clause: 'RFC 6585 §3',
      level: 'MUST NOT',
      requirement: 'Store a 428.',
      cases: ['storability-status-428-never', 'storability-status-428-never-heuristic'],
      does: 'Does not store it, whatever lifetime it gives.',
    },
    {
      clause: 'RFC 6585 §4',
      level: 'MUST NOT',
      requirement: 'Store a 429.',
      cases: ['storability-status-429-never', 'storability-status-429-never-heuristic'],
      does: 'Does not store it, whatever lifetime it gives.',
    },
    {
      clause: 'RFC 6585 §5',
      level: 'MUST NOT',
      requirement: 'Store a 431.',
      cases: ['storability-status-431-never', 'storability-status-431-never-heuristic'],
      does: 'Does not store it, whatever lifetime it gives.',
    },
    {
      clause: 'RFC 6585 §6',
      level: 'MUST NOT',
      requirement: 'Store a 511.',
      cases: ['storability-status-511-never', 'storability-status-511-never-heuristic'],
      does: 'Does not store it, whatever lifetime it gives.',
    },
  ],
  { title: 'Additional HTTP Status Codes', isUnverified: true },
);
