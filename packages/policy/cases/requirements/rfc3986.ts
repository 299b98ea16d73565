import { defineRequirements } from '@poplet/conformance';

export const rfc3986Requirements = defineRequirements(
  'RFC 3986',
  [
    {
      clause: 'RFC 3986 §4.2',
      level: 'defines',
      requirement: 'A reference that begins with // names another authority under the same scheme.',
      cases: ['forwarding-location-network-path'],
      does: "Compares its authority with the upstream's before Location is rewritten.",
    },
  ],
  { title: 'Uniform Resource Identifier (URI): Generic Syntax', isUnverified: true },
);
