import { defineRequirements } from '@poplet/conformance';

import { rfc9112Framing } from './rfc9112-framing.ts';
import { rfc9112Syntax } from './rfc9112-syntax.ts';

export const rfc9112Requirements = defineRequirements(
  'RFC 9112',
  [...rfc9112Syntax, ...rfc9112Framing],
  {
    title: 'HTTP/1.1',
    leftOut: [
      { clause: 'RFC 9112 §3.2.1', why: 'binds clients; what is forwarded is RFC 9110 §7.7' },
      { clause: 'RFC 9112 §6', why: 'see §6.1 to §6.3' },
      { clause: 'RFC 9112 §7.2', why: 'Poplet undoes no transfer coding but chunked: §6.1' },
      {
        clause: 'RFC 9112 §9.4',
        why: 'binds the number of connections: bounded per upstream, tested with the edge',
      },
      {
        clause: 'RFC 9112 §9.5',
        why: 'timeouts are tested with the edge (packages/edge/test/bad-input)',
      },
      { clause: 'RFC 9112 §9.7', why: 'no case runs over TLS' },
      { clause: 'RFC 9112 §9.8', why: 'no case runs over TLS' },
      { clause: 'RFC 9112 §10.1', why: 'Poplet sends no message/http' },
    ],
  },
);
