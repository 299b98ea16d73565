import { defineRequirements } from '@poplet/conformance';

export const rfc8297Requirements = defineRequirements(
  'RFC 8297',
  [
    {
      clause: 'RFC 8297 §2',
      level: 'MUST NOT',
      requirement: 'The fields of a 103 affect how the final response is processed.',
      cases: ['transfer-early-hints', 'transfer-interim-while-validating'],
      does: 'Passes the 103 on and forgets it: neither the answer nor what is stored has its fields.',
    },
    {
      clause: 'RFC 8297 §2',
      level: 'MUST NOT',
      requirement: 'Interpret the fields of a 103 as if they applied to the 103 itself.',
      cases: ['transfer-early-hints'],
      does: 'Passes Cache-Control of a 103 on without obeying it.',
    },
    {
      clause: 'RFC 8297 §2',
      level: 'MAY',
      requirement: 'A server sends several 103 before the final response.',
      cases: ['transfer-early-hints', 'transfer-interim-responses'],
      does: 'Passes each on with its own fields, in order.',
    },
    {
      clause: 'RFC 8297 §2',
      level: 'MAY',
      requirement: 'A 103 of the origin precedes the final response to a revalidation.',
      cases: ['transfer-interim-while-validating'],
      does: 'Passes it on ahead of the stored response that a 304 confirms; makes none of its own.',
    },
  ],
  {
    title: 'An HTTP Status Code for Indicating Hints',
    leftOut: [
      {
        clause: 'RFC 8297 §3',
        why: 'advice on clients that mishandle interim responses: a server might refrain, and need not',
      },
    ],
  },
);
