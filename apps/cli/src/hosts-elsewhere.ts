import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';

/** Addresses of a name, as programs of this machine are told them. Rejects where there are none. */
type Lookup = (host: string) => Promise<readonly { readonly address: string }[]>;

/** Which of these hosts do not lead to this machine. Browsers know `*.localhost` by themselves (RFC 6761 §6.3). */
export async function hostsElsewhere(
  hosts: readonly string[],
  find: Lookup = (host) => lookup(host, { all: true }),
): Promise<readonly string[]> {
  const named = hosts.filter((host) => isIP(host) === 0 && !/(?:^|\.)localhost$/u.test(host));
  // Loaded by whoever has sites.
  const { nameUnder } = await import('@poplet/edge');
  const here = ownAddresses();
  const isElsewhere = async (host: string): Promise<boolean> => {
    const found = await find(nameUnder(host)).catch(() => []);
    return !found.some(({ address }) => isHere(address, here));
  };
  const elsewhere = await Promise.all(named.map(isElsewhere));
  return named.filter((_host, index) => elsewhere[index]);
}

/** Whether the host of a URL is this machine. */
export async function leadsHere(hostname: string): Promise<boolean> {
  const name = hostname.replace(/^\[(.*)\]$/u, '$1');
  if (isIP(name) !== 0) return isHere(name, ownAddresses());
  return (await hostsElsewhere([name])).length === 0;
}

function ownAddresses(): ReadonlySet<string> {
  const entries = Object.values(networkInterfaces()).flatMap((found = []) => found);
  return new Set(entries.map(({ address }) => address));
}

function isHere(address: string, own: ReadonlySet<string>): boolean {
  return own.has(address) || address.startsWith('127.');
}
