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
  const here = new Set(
    Object.values(networkInterfaces()).flatMap((entries = []) =>
      entries.map(({ address }) => address),
    ),
  );
  const isElsewhere = async (host: string): Promise<boolean> => {
    const found = await find(nameUnder(host)).catch(() => []);
    return !found.some(({ address }) => here.has(address) || address.startsWith('127.'));
  };
  const elsewhere = await Promise.all(named.map(isElsewhere));
  return named.filter((_host, index) => elsewhere[index]);
}
