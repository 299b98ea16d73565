import { defineRequirements } from '@poplet/conformance';

import { rfc9110Conditions } from './rfc9110-conditions.ts';
import { rfc9110Fields } from './rfc9110-fields.ts';
import { rfc9110Methods } from './rfc9110-methods.ts';
import { rfc9110Representations } from './rfc9110-representations.ts';
import { rfc9110Routing } from './rfc9110-routing.ts';
import { rfc9110Statuses } from './rfc9110-statuses.ts';

export const rfc9110Requirements = defineRequirements(
  'RFC 9110',
  [
    ...rfc9110Fields,
    ...rfc9110Routing,
    ...rfc9110Representations,
    ...rfc9110Methods,
    ...rfc9110Conditions,
    ...rfc9110Statuses,
  ],
  {
    title: 'HTTP Semantics',
    leftOut: [
      {
        clause: 'RFC 9110 §2.2',
        why: 'general: each grammar that Poplet writes has a row of its own',
      },
      { clause: 'RFC 9110 §2.4', why: 'general: each kind of error has a row of its own' },
      {
        clause: 'RFC 9110 §3.7',
        why: 'says that a gateway answers as an origin server does; its requirements are rows where they stand',
      },
      { clause: 'RFC 9110 §3.8', why: 'explains what a cache is; RFC 9111 says what it does' },
      { clause: 'RFC 9110 §4.2.5', why: 'explains; see §7.1' },
      {
        clause: 'RFC 9110 §4.3.4',
        why: 'TLS towards the upstream is tested with the edge (packages/edge/test/pipeline/upstream.test.ts); no case runs over TLS',
      },
      {
        clause: 'RFC 9110 §6.4.2',
        why: 'explains what content stands for; RFC 9111 says what is stored of it',
      },
      {
        clause: 'RFC 9110 §6.6.2',
        why: 'Trailer is advice to the recipient, and is passed on where trailers are',
      },
      {
        clause: 'RFC 9110 §7.5',
        why: 'binds clients that send content, not what is stored or forwarded',
      },
      {
        clause: 'RFC 9110 §8.3',
        why: 'binds who makes a representation; Content-Type is passed on as it is',
      },
      { clause: 'RFC 9110 §8.8.2.1', why: 'binds the origin server that makes the date' },
      { clause: 'RFC 9110 §8.8.3.1', why: 'binds the origin server that makes the tag' },
      { clause: 'RFC 9110 §10.1.2', why: 'binds user agents' },
      { clause: 'RFC 9110 §10.1.5', why: 'binds user agents; User-Agent is passed on as it is' },
      { clause: 'RFC 9110 §10.2.3', why: 'binds user agents; Retry-After is passed on as it is' },
      { clause: 'RFC 9110 §10.2.4', why: 'binds origin servers; Poplet adds no Server' },
      {
        clause: 'RFC 9110 §11.4',
        why: 'binds origin servers and user agents; RFC 9111 §3.5 says what a cache makes of Authorization',
      },
      {
        clause: 'RFC 9110 §12.5.1',
        why: 'binds origin servers and user agents; Accept is compared as RFC 9111 §4.1 has it',
      },
      { clause: 'RFC 9110 §12.5.2', why: 'binds origin servers and user agents' },
      {
        clause: 'RFC 9110 §14.5',
        why: 'binds origin servers; Content-Range of a PUT is passed on',
      },
      { clause: 'RFC 9110 §15.2.2', why: 'see §7.8' },
      { clause: 'RFC 9110 §15.4', why: 'binds user agents: Poplet follows no redirect' },
      { clause: 'RFC 9110 §15.5.8', why: 'binds proxies that authenticate their clients' },
      { clause: 'RFC 9110 §15.5.22', why: 'binds servers that require an upgrade' },
      { clause: 'RFC 9110 §15.6.6', why: 'see §2.5' },
      {
        clause: 'RFC 9110 §2.5',
        why: 'defines what a version says; §6.2 says what is done about it',
      },
    ],
  },
);
