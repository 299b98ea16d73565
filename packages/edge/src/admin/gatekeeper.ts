import type { IncomingMessage } from 'node:http';
import { isIP, isIPv4 } from 'node:net';
import type { TLSSocket } from 'node:tls';

import { carriesToken } from '../bearer-token.ts';
import { withoutMapping } from '../request-url.ts';
import { AdminProblem } from './problem.ts';

/** What the admin API demands. */
export interface GateRules {
  /** The host it was told to listen on. */
  readonly host: string;
  readonly token: string | undefined;
}

/**
 * Who may talk to the admin API, judged from the head of a request alone. A web page anywhere can
 * make the browser of a developer send requests to a loopback port; these rules turn them away:
 *
 * - `Host` names loopback or the bound host, with the right port (a rebound DNS name does not);
 * - `Origin`, when sent, is the admin API's own;
 * - `Sec-Fetch-Site`, when sent, is `same-origin` or `none`. `same-site` is refused too: ports do not
 *   matter to it, so the cached site itself would be let in;
 * - the bearer token is right, where one is set.
 *
 * Returns what is wrong, or undefined.
 */
export function findRefusal(request: IncomingMessage, rules: GateRules): AdminProblem | undefined {
  // RFC 9112 §3.2.2: the authority of an absolute-form target would override Host.
  if (!request.url?.startsWith('/') && request.url !== '*') {
    return new AdminProblem('malformed-target', {
      detail: 'the request target must be a path',
      hint: 'the admin API is not a proxy: send its requests to it directly',
    });
  }

  const host = soleHost(request);
  const scheme = schemeOf(request);
  const { localAddress, localPort = 0 } = request.socket;
  const ownEnd = { boundHost: rules.host, localAddress, localPort, scheme };
  if (host === undefined || !isOurs(host, ownEnd)) {
    return new AdminProblem('misdirected-host', {
      detail: `Host is ${host === undefined ? 'missing or repeated' : JSON.stringify(host)}`,
      hint: `use ${urlOf(scheme, rules.host, localPort)}; other names are refused so that no web page can reach this API by DNS rebinding`,
    });
  }

  const { origin } = request.headers;
  if (origin !== undefined && origin !== `${scheme}://${host}`) {
    return new AdminProblem('foreign-origin', {
      detail: `the request comes from a page of ${origin}`,
      hint: 'call the admin API from a program, not from a web page',
    });
  }
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') {
    return new AdminProblem('foreign-origin', {
      detail: `the browser says that the request is ${site}`,
      hint: 'open the address by typing it, not from another page',
    });
  }

  if (rules.token !== undefined && !carriesToken(request.headers, rules.token)) {
    return new AdminProblem('unauthorized', {
      detail: 'the admin API asks for its token',
      hint: 'send it as "Authorization: Bearer <token>"',
      // RFC 6750 §3.
      fields: { 'www-authenticate': 'Bearer realm="poplet admin"' },
    });
  }
  return undefined;
}

/** Whether only programs on this machine can reach a host: `localhost`, 127.0.0.0/8, `::1`. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase();
  return name === 'localhost' || name === '::1' || (isIPv4(name) && name.startsWith('127.'));
}

/** Where a program on this machine reaches a server that listens on a host: `http://127.0.0.1:8081`. */
export function urlOf(scheme: Scheme, host: string, port: number): string {
  const name = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `${scheme}://${isIP(name) === 6 ? `[${name}]` : name}:${port}`;
}

type Scheme = 'http' | 'https';

export function schemeOf({ socket }: IncomingMessage): Scheme {
  return (socket as Partial<TLSSocket>).encrypted === true ? 'https' : 'http';
}

// RFC 9112 §3.2: one Host field line. Lower case.
function soleHost(request: IncomingMessage): string | undefined {
  const lines = request.headersDistinct.host;
  return lines?.length === 1 ? lines[0]?.toLowerCase() : undefined;
}

const AUTHORITY = /^(?:\[(?<address>[\da-f:.]+)\]|(?<name>[^\s:/?#@[\]]+))(?::(?<port>\d{1,5}))?$/u;

/** The end of a connection that is ours. */
interface LocalEnd {
  readonly boundHost: string;
  readonly localAddress: string | undefined;
  readonly localPort: number;
  readonly scheme: Scheme;
}

function isOurs(
  authority: string,
  { boundHost, localAddress, localPort, scheme }: LocalEnd,
): boolean {
  const groups = AUTHORITY.exec(authority)?.groups;
  if (groups === undefined) return false;
  if (Number(groups.port ?? (scheme === 'http' ? 80 : 443)) !== localPort) return false;
  const name = (groups.address ?? groups.name) as string;
  if (isLoopback(name) || name === boundHost.toLowerCase()) return true;
  // Bound to every interface (0.0.0.0, ::): the address that the connection came in on.
  if (isIP(name) === 0 || localAddress === undefined) return false;
  return name === withoutMapping(localAddress).toLowerCase();
}
