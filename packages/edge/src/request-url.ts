import type { IncomingMessage } from 'node:http';

/** RFC 9112 §3.3: an HTTP/1.0 client without Host means the address it connected to. */
export function localAuthorityOf({ socket }: IncomingMessage): string {
  const { localAddress = '127.0.0.1', localPort = 80 } = socket;
  const address = localAddress.replace(/^::ffff:/, '');
  return address.includes(':') ? `[${address}]:${localPort}` : `${address}:${localPort}`;
}

/** What a request names, as far as it can be made out. */
export function requestUrlOf(
  { url = '', headers, method }: IncomingMessage,
  scheme: 'http' | 'https',
): string {
  if (!url.startsWith('/')) return method === 'CONNECT' ? `//${url}` : url;
  return `${scheme}://${headers.host ?? ''}${url}`;
}
