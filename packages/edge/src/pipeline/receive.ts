import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';

import { readRequest, reason, withoutFields, type PresentedRequest } from '@poplet/policy';
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
  const read = readRequest({
    method: message.method ?? '',
    target,
    version: message.httpVersion,
    lines,
    scheme,
    localAuthority: localAuthority(message),
    clientAddress: message.socket.remoteAddress?.replace(/^::ffff:/, ''),
  });
  if (read.kind === 'malformed') return unreadable(read.status, read.problem);
  const { authority } = read.request;
  const site = edge.sites.forAuthority(authority);
  if (site === undefined) {
    return {
      kind: 'unreadable',
      problem: { status: 421, reasons: [reason('unknown-host', { host: authority })] },
      url: `${scheme}://${authority}${read.request.target}`,
    };
  }
  const request: PresentedRequest = Object.freeze({ siteId: site.id, ...read.request });
  return { kind: 'received', site, request };
}

/** RFC 9112 §3.3: an HTTP/1.0 client without Host means the address it connected to. */
function localAuthority({ socket }: IncomingMessage): string {
  const { localAddress = '127.0.0.1', localPort = 80 } = socket;
  const address = localAddress.replace(/^::ffff:/, '');
  return address.includes(':') ? `[${address}]:${localPort}` : `${address}:${localPort}`;
}

function urlOf({ url = '', headers, method }: IncomingMessage, scheme: string): string {
  if (!url.startsWith('/')) return method === 'CONNECT' ? `//${url}` : url;
  return `${scheme}://${headers.host ?? ''}${url}`;
}
