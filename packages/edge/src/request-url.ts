import type { IncomingMessage } from 'node:http';

import { IncomingFields, type RequestHead } from '@poplet/policy';

/** RFC 9112 §3.3: an HTTP/1.0 client without Host means the address it connected to. */
export function localAuthorityOf({ socket }: Pick<IncomingMessage, 'socket'>): string {
  const { localAddress = '127.0.0.1', localPort = 80 } = socket;
  const address = withoutMapping(localAddress);
  return address.includes(':') ? `[${address}]:${localPort}` : `${address}:${localPort}`;
}

/** An IPv4 address as such, where the listener's is IPv6. */
export function withoutMapping(address: string): string {
  return address.replace(/^::ffff:/, '');
}

/** What a request names, as far as it can be made out. */
export function requestUrlOf({
  target,
  lines,
  method,
  scheme,
}: Pick<RequestHead, 'target' | 'lines' | 'method' | 'scheme'>): string {
  if (!target.startsWith('/')) return method === 'CONNECT' ? `//${target}` : target;
  return `${scheme}://${new IncomingFields(lines).lines('host')[0] ?? ''}${target}`;
}
