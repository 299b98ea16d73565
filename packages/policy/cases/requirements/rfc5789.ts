import { defineRequirements } from '@poplet/conformance';

export const rfc5789Requirements = defineRequirements(
  'RFC 5789',
  [
    {
      clause: 'RFC 5789 §2',
      level: 'MAY',
      requirement:
        'Answer later GETs and HEADs with the answer to a PATCH that has explicit freshness and a Content-Location equal to the target.',
      cases: ['post-content-location-patch'],
      does: 'Stores it as it does that to a POST.',
    },
    {
      clause: 'RFC 5789 §2',
      level: 'MUST NOT',
      requirement: 'Answer another method than GET and HEAD with it.',
      cases: ['post-content-location-patch-again'],
      does: 'Writes each PATCH through.',
    },
  ],
  { title: 'PATCH Method for HTTP', isUnverified: true },
);
