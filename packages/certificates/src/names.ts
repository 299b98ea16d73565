import { isIP } from 'node:net';

/** Names below which certificates are always made: `localhost`, `*.localhost`, `test`, `*.test` (RFC 6761 §6). */
export const LOCAL_DOMAINS: readonly string[] = ['localhost', 'test'];

/** Addresses for which certificates are always made: loopback. */
export const LOCAL_NETWORKS: readonly string[] = ['127.0.0.0/8', '::1/128'];

const LABEL = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/u;

/** A name as certificates have it: lower case, no dot at its end; null where it is no name of a host. */
export function hostName(text: string): string | null {
  const name = text
    .toLowerCase()
    .replace(/\.$/u, '')
    .replace(/^\[(.*)\]$/u, '$1');
  if (isIP(name) !== 0) return name;
  if (name.length > 253 || !name.split('.').every((label) => LABEL.test(label))) return null;
  return name;
}

/** Whether no more than the local domains, the loopback addresses and these hosts is needed for a name. */
export function isPermitted(name: string, hosts: readonly string[]): boolean {
  if (isIP(name) !== 0) return isLoopback(name) || hosts.includes(name);
  return [...LOCAL_DOMAINS, ...hosts].some(
    (domain) => name === domain || (isIP(domain) === 0 && name.endsWith(`.${domain}`)),
  );
}

function isLoopback(address: string): boolean {
  return isIP(address) === 4 ? address.startsWith('127.') : address === '::1';
}
