import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';

import { IncomingFields, reason, withoutFields, type PresentedRequest } from '@poplet/policy';
import type { EdgeContext } from '../edge-context.ts';
import type { Problem } from '../problem.ts';
import type { Site } from '../site.ts';

export interface ReceiveOptions {
  /** Whether the connection may be handed over to another protocol. */
  readonly mayUpgrade: boolean;
}

export type Reception = Received | Unreadable;

interface Received {
  readonly kind: 'received';
  readonly site: Site;
  readonly request: PresentedRequest;
}

interface Unreadable {
  readonly kind: 'unreadable';
  readonly problem: Problem;
  /** As far as it could be made out, for the journal. */
  readonly url: string;
}

/** Fields that ask for another protocol; ignored where none is to be had (RFC 9110 §7.8). */
const UPGRADE_FIELDS: ReadonlySet<string> = new Set(['upgrade', 'http2-settings']);

/** First stage: what node:http parsed becomes a frozen request that belongs to a site. Never throws. */
export function receive(
  message: IncomingMessage,
  { mayUpgrade }: ReceiveOptions,
  edge: EdgeContext,
): Reception {
  const { limits } = edge;
  const target = message.url ?? '';
  const scheme = (message.socket as Partial<TLSSocket>).encrypted === true ? 'https' : 'http';
  const lines = mayUpgrade ? message.rawHeaders : withoutFields(message.rawHeaders, UPGRADE_FIELDS);
  const fields = new IncomingFields(lines);
  const unreadable = (status: number, problem: string): Unreadable => ({
    kind: 'unreadable',
    problem: { status, reasons: [reason('malformed-request', { problem })] },
    url: urlOf(message, scheme),
  });

  if (Buffer.byteLength(target, 'latin1') > limits.targetBytes) {
    return unreadable(414, `the request target is over ${limits.targetBytes} bytes`);
  }
  const headerCount = message.rawHeaders.length / 2;
  if (headerCount > limits.headerCount) {
    return unreadable(431, `${headerCount} header fields; at most ${limits.headerCount} are read`);
  }
  // RFC 9112 §2.3: without a version it is HTTP/0.9.
  if (message.httpVersion !== '1.1' && message.httpVersion !== '1.0') {
    return unreadable(
      400,
      `its version is HTTP/${message.httpVersion}, and only HTTP/1.1 is spoken here`,
    );
  }
  const coding = fields.get('transfer-encoding')?.toLowerCase() ?? 'chunked';
  // RFC 9112 §6.3: where chunked is not the last coding, nobody knows where the content ends.
  if (!/(?:^|[,\s])chunked$/.test(coding))
    return unreadable(400, `Transfer-Encoding "${coding}" does not end in chunked`);
  // RFC 9112 §6.1
  if (coding !== 'chunked')
    return unreadable(501, `Transfer-Encoding "${coding}" is not known here`);
  // RFC 9112 §3.2: exactly one Host line in HTTP/1.1, also where the target names the host.
  const hosts = fields.lines('host');
  if (hosts.length > 1) return unreadable(400, 'more than one Host field');
  if (hosts.length === 0 && message.httpVersion === '1.1') return unreadable(400, 'no Host field');

  const asked = targetOf(target, message.method ?? '');
  if (asked.kind === 'malformed') return unreadable(400, asked.problem);
  // RFC 9112 §3.2.2: an absolute-form target's authority replaces what Host says.
  const authorityText = asked.authority ?? hosts[0] ?? localAuthority(message);
  const authority = normalizedAuthority(authorityText, scheme);
  if (authority === null) return unreadable(400, `"${authorityText}" is not a host`);
  // RFC 9110 §7.4: https is not spoken for over a connection that is not secured.
  if (asked.scheme !== null && asked.scheme !== scheme) {
    return unreadable(421, `the target is ${asked.scheme}: but the connection is ${scheme}:`);
  }

  const site = edge.sites.forAuthority(authority);
  if (site === undefined) {
    return {
      kind: 'unreadable',
      problem: { status: 421, reasons: [reason('unknown-host', { host: authority })] },
      url: `${scheme}://${authority}${asked.target}`,
    };
  }
  const request: PresentedRequest = Object.freeze({
    siteId: site.id,
    method: message.method ?? '',
    scheme,
    authority,
    target: asked.target,
    fields,
    hasContent: hasContent(fields),
    clientAddress: message.socket.remoteAddress?.replace(/^::ffff:/, ''),
  });
  return { kind: 'received', site, request };
}

type AskedTarget =
  | {
      readonly kind: 'target';
      readonly target: string;
      readonly scheme: 'http' | 'https' | null;
      readonly authority: string | undefined;
    }
  | { readonly kind: 'malformed'; readonly problem: string };

function targetOf(text: string, method: string): AskedTarget {
  // RFC 9112 §3.2: no form of the target has a fragment.
  if (text.includes('#'))
    return { kind: 'malformed', problem: 'the request target has a fragment (#)' };
  // RFC 9112 §3.2.1
  if (text.startsWith('/'))
    return { kind: 'target', target: text, scheme: null, authority: undefined };
  // RFC 9112 §3.2.4
  if (text === '*') {
    if (method !== 'OPTIONS')
      return { kind: 'malformed', problem: `the target * belongs to OPTIONS, not ${method}` };
    return { kind: 'target', target: '*', scheme: null, authority: undefined };
  }
  // RFC 9112 §3.2.2
  const absolute = /^(https?):\/\/([^/?]+)(.*)$/i.exec(text);
  if (absolute === null)
    return { kind: 'malformed', problem: 'the request target is neither a path nor an http URL' };
  const [, scheme, authority, rest = ''] = absolute;
  const path = rest.startsWith('/') ? rest : `/${rest}`;
  // RFC 9112 §3.2.4: an OPTIONS for a URL without path and query means the server.
  const target = rest === '' && method === 'OPTIONS' ? '*' : path;
  return {
    kind: 'target',
    target,
    scheme: (scheme as string).toLowerCase() as 'http' | 'https',
    authority,
  };
}

/** RFC 3986 §3.2: a name or an IP literal, and a port; no user information (RFC 9110 §4.2.4). */
const AUTHORITY = /^(\[[0-9a-f:.]+\]|(?:[a-z0-9._~!$&'()*+,;=-]|%[0-9a-f]{2})+)(?::(\d*))?$/;

/** `host[:port]` in lower case without the scheme's default port (RFC 9110 §4.2.3); null when it is none. */
function normalizedAuthority(text: string, scheme: 'http' | 'https'): string | null {
  const match = AUTHORITY.exec(text.toLowerCase());
  if (match === null) return null;
  const [, host = '', port = ''] = match;
  if (Number(port) > 65_535) return null;
  const isDefault = port === '' || Number(port) === (scheme === 'http' ? 80 : 443);
  return isDefault ? host : `${host}:${Number(port)}`;
}

/** RFC 9112 §3.3: an HTTP/1.0 client without Host means the address it connected to. */
function localAuthority({ socket }: IncomingMessage): string {
  const { localAddress = '127.0.0.1', localPort = 80 } = socket;
  const address = localAddress.replace(/^::ffff:/, '');
  return address.includes(':') ? `[${address}]:${localPort}` : `${address}:${localPort}`;
}

/** RFC 9112 §6: Content-Length above 0, or any Transfer-Encoding. */
function hasContent(fields: IncomingFields): boolean {
  if (fields.has('transfer-encoding')) return true;
  const length = fields.get('content-length');
  return length !== undefined && !/^0*$/.test(length);
}

function urlOf({ url = '', headers, method }: IncomingMessage, scheme: string): string {
  if (!url.startsWith('/')) return method === 'CONNECT' ? `//${url}` : url;
  return `${scheme}://${headers.host ?? ''}${url}`;
}
