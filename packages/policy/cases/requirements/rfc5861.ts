import { defineRequirements } from '@poplet/conformance';

export const rfc5861Requirements = defineRequirements(
  'RFC 5861',
  [
    {
      clause: 'RFC 5861 §3',
      level: 'MAY',
      requirement: 'Serve a stale response within the seconds of stale-while-revalidate.',
      cases: [
        'stale-swr-confirmed',
        'stale-swr-last-second',
        'stale-swr-zero',
        'stale-swr-without-seconds',
        'stale-swr-off',
      ],
      does: 'Serves it at once; the bound counts from the end of the lifetime, its last second included.',
    },
    {
      clause: 'RFC 5861 §3',
      level: 'SHOULD',
      requirement: 'Try to validate meanwhile, without blocking.',
      cases: [
        'stale-swr-confirmed',
        'stale-swr-replaced',
        'stale-swr-without-validator',
        'stale-swr-refresh-fails',
      ],
      does: 'Begins one validation in the background; after one that failed, waits five seconds.',
    },
    {
      clause: 'RFC 5861 §3',
      level: 'defines',
      requirement: 'A response so served has an Age that is not zero.',
      cases: ['stale-swr-confirmed'],
      does: 'Sends its current age (and no Warning: RFC 9111 §5.5).',
    },
    {
      clause: 'RFC 5861 §3',
      level: 'SHOULD NOT',
      requirement: 'Serve it any longer once these seconds have passed without validation.',
      cases: ['stale-swr-over'],
      does: 'The next client waits for the origin server.',
    },
    {
      clause: 'RFC 5861 §4',
      level: 'MAY',
      requirement:
        'Serve a stale response within the seconds of stale-if-error when an error is met.',
      cases: [
        'stale-sie-500',
        'stale-sie-refused',
        'stale-sie-timeout',
        'stale-sie-malformed',
        'stale-sie-without-validator',
        'stale-sie-off',
        'stale-sie-unreadable',
      ],
      does: 'Serves it.',
    },
    {
      clause: 'RFC 5861 §4',
      level: 'defines',
      requirement:
        'In a request it holds for that request, in a response for all that it may answer.',
      cases: ['stale-sie-of-client', 'stale-sie-of-both', 'stale-sie-of-client-ignored'],
      does: 'Where both say so, the longer window counts.',
    },
    {
      clause: 'RFC 5861 §4',
      level: 'SHOULD NOT',
      requirement: 'Serve a response that has been stale for longer.',
      cases: [
        'stale-sie-over',
        'stale-sie-last-second',
        'stale-sie-over-disconnected',
        'stale-sie-zero',
      ],
      does: 'Passes the error on, even where nobody answers at all.',
    },
    {
      clause: 'RFC 5861 §4',
      level: 'defines',
      requirement: 'An error is what would make a 500, 502, 503 or 504.',
      cases: [
        'stale-sie-500',
        'stale-sie-502',
        'stale-sie-503',
        'stale-sie-504',
        'stale-sie-refused',
        'stale-sie-reset',
        'stale-sie-timeout',
        'stale-sie-not-501',
        'stale-sie-not-505',
        'stale-sie-not-404',
      ],
      does: 'These statuses, and no usable answer.',
    },
    {
      clause: 'RFC 5861 §4',
      level: 'SHOULD',
      requirement: 'Let what is served be visibly stale, with an Age that is not zero.',
      cases: ['stale-sie-500', 'stale-sie-refused'],
      does: 'Sends its current age (and no Warning: RFC 9111 §5.5).',
    },
    {
      clause: 'RFC 5861 §5',
      level: 'defines',
      requirement: 'Background validation is caused by a request, so that it amplifies nothing.',
      cases: ['stale-swr-refresh-fails', 'stale-swr-over'],
      does: 'Begins none without a request, and none within five seconds of one that failed.',
    },
  ],
  {
    title: 'HTTP Cache-Control Extensions for Stale Content',
    leftOut: [{ clause: 'RFC 5861 §1', why: 'Introduces both directives.' }],
  },
);
