import { defineRequirements } from '@poplet/conformance';

export const rfc8586Requirements = defineRequirements(
  'RFC 8586',
  [
    {
      clause: 'RFC 8586 §2',
      level: 'SHOULD',
      requirement:
        'Add a cdn-info to CDN-Loop in all requests that are forwarded or generated, creating the field if necessary.',
      cases: ['cdn-loop-created', 'cdn-loop-generated-request', 'cdn-loop-appended'],
      does: 'Adds its own behind the others, to background refreshes and handshakes as well.',
    },
    {
      clause: 'RFC 8586 §2',
      level: 'defines',
      requirement: 'A cdn-info is a host or a token that identifies the CDN, and parameters.',
      cases: ['cdn-loop-created', 'cdn-loop-name'],
      does: 'Names the cache as the profile does; the parameter id tells edge and site.',
    },
    {
      clause: 'RFC 8586 §2',
      level: 'defines',
      requirement: 'Values separated by commas and several field lines are one list.',
      cases: ['cdn-loop-lines-combined', 'cdn-loop-found-among-others'],
      does: 'Reads all lines and all members, and sends one line.',
    },
    {
      clause: 'RFC 8586 §2',
      level: 'SHOULD',
      requirement: 'Choose a pseudonym that nobody else has, by a known name or enough entropy.',
      cases: ['cdn-loop-created', 'cdn-loop-another-server', 'cdn-loop-name-alone'],
      does: 'A random id for each edge: a second Poplet in the chain is no loop.',
    },
    {
      clause: 'RFC 8586 §2',
      level: 'defines',
      requirement: 'A request that carries the CDN’s own cdn-info has been through it before.',
      cases: [
        'cdn-loop-found',
        'cdn-loop-found-with-parameters',
        'cdn-loop-found-behind-malformed',
        'cdn-loop-found-quoted',
        'cdn-loop-stored',
        'cdn-loop-upstream',
      ],
      does: 'Answers 508 before anything is looked up, whatever stands around its own member.',
    },
    {
      clause: 'RFC 8586 §2',
      level: 'MUST NOT',
      requirement: 'Remove the field, or what others said in it, under any circumstances.',
      cases: ['cdn-loop-appended', 'cdn-loop-malformed', 'cdn-loop-not-removed'],
      does: 'Passes on all of it, and ignores a Connection that names it.',
    },
    {
      clause: 'RFC 8586 §3',
      level: 'MUST NOT',
      requirement: 'Let those who use the CDN modify or remove the field.',
      cases: ['cdn-loop-not-removed'],
      does: 'No option and no Connection removes it.',
    },
    {
      clause: 'RFC 8586 §3',
      level: 'SHOULD',
      requirement: 'The contents cannot be trusted: acting on them must open no attack.',
      cases: ['cdn-loop-not-for-others'],
      does: 'Refuses that one request, and stores nothing of the refusal.',
    },
  ],
  { title: 'CDN Loop Detection' },
);
