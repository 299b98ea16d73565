import { defineRequirements } from '@poplet/conformance';

export const rfc9842Requirements = defineRequirements(
  'RFC 9842',
  [
    {
      clause: 'RFC 9842 §2.1',
      level: 'defines',
      requirement: 'Use-As-Dictionary tells the client that a response may serve as a dictionary.',
      cases: ['dictionary-offered'],
      does: 'Stores it and sends it with every hit; the Age beside it lets the client tell whether it is fresh.',
    },
    {
      clause: 'RFC 9842 §2.2',
      level: 'defines',
      requirement:
        'Available-Dictionary is a Byte Sequence, the hash of the one dictionary offered.',
      cases: [
        'dictionary-request-fields',
        'dictionary-padding',
        'dictionary-pad-bits',
        'dictionary-white-space',
        'dictionary-case',
        'dictionary-not-a-byte-sequence',
        'dictionary-with-parameters',
      ],
      does: 'Forwards it as it was sent; where Vary names it, compares the bytes.',
    },
    {
      clause: 'RFC 9842 §2.3',
      level: 'defines',
      requirement: 'Dictionary-ID is the String that the server gave the dictionary.',
      cases: ['dictionary-request-fields', 'dictionary-id-selects'],
      does: 'Forwards it as it was sent; where Vary names it, it must be the same.',
    },
    {
      clause: 'RFC 9842 §3',
      level: 'defines',
      requirement: 'A link of the type compression-dictionary names a dictionary to fetch.',
      cases: ['dictionary-offered'],
      does: 'Stores Link and sends it with every hit.',
    },
    {
      clause: 'RFC 9842 §6.1',
      level: 'defines',
      requirement: 'Clients with a dictionary add dcb and dcz to Accept-Encoding.',
      cases: ['dictionary-request-fields'],
      does: 'Forwards Accept-Encoding as it was sent.',
    },
    {
      clause: 'RFC 9842 §6.2',
      level: 'MUST',
      requirement:
        'A dictionary-compressed response that is cacheable names Accept-Encoding and Available-Dictionary in Vary, so that caches serve it to no client that cannot read it.',
      cases: [
        'dictionary-same',
        'dictionary-other',
        'dictionary-none',
        'dictionary-coding-not-accepted',
        'dictionary-codings-in-another-order',
        'dictionary-side-by-side',
        'dictionary-no-vary-search',
        'dictionary-language',
        'dictionary-refreshed',
      ],
      does: 'Selects by both fields; neither an equivalent query nor a preferred language makes up for them.',
    },
    {
      clause: 'RFC 9842 §6.2',
      level: 'defines',
      requirement: 'Without that Vary a cache would serve it to clients that cannot read it.',
      cases: [
        'dictionary-unsaid-dcb',
        'dictionary-unsaid-dcz',
        'dictionary-unsaid-accept-encoding-alone',
        'dictionary-unsaid-available-dictionary-alone',
        'dictionary-unsaid-listed',
        'dictionary-unsaid-replaces',
        'dictionary-unsaid-by-304',
        'dictionary-sibling-not-offered',
      ],
      does: 'Does not store it, and never offers the entity tag of one to a client that it was not for.',
    },
  ],
  {
    title: 'Compression Dictionary Transport',
    leftOut: [
      { clause: 'RFC 9842 §2.2.1', why: 'Binds clients: which dictionary they may offer.' },
      { clause: 'RFC 9842 §4', why: 'The format of dcb; Poplet does not decode bodies.' },
      { clause: 'RFC 9842 §5', why: 'The format of dcz; Poplet does not decode bodies.' },
      {
        clause: 'RFC 9842 §8',
        why: 'Secure contexts only: browsers take localhost for one, with or without TLS.',
      },
      { clause: 'RFC 9842 §9.3', why: 'Binds clients and origin servers.' },
      { clause: 'RFC 9842 §10', why: 'Binds clients.' },
    ],
  },
);
