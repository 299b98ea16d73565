import { PopletError } from '@poplet/policy';

import { callAdmin, type AdminOptions } from './admin-client.ts';

/** Where clients find the running edge: by the names of this machine, and by those of its sites. */
export async function edgeOrigins(options: AdminOptions): Promise<readonly string[]> {
  const { edge: address } = (await callAdmin(options, 'health')) as {
    readonly edge: string | null;
  };
  const url = address === null ? null : URL.parse(address);
  if (url === null)
    throw new PopletError('invalid-option', 'the running edge does not say where it listens', {
      hint: 'give absolute URLs',
    });
  const { sites } = (await callAdmin(options, 'stats')) as {
    readonly sites: readonly { readonly hosts: readonly string[] }[];
  };
  const port = url.port === '' ? '' : `:${url.port}`;
  // What is below a wildcard is for the person to name.
  const hosts = sites.flatMap((site) => site.hosts).filter((host) => !host.startsWith('*.'));
  const names = new Set([url.hostname, 'localhost', '127.0.0.1', '[::1]', ...hosts]);
  return [...names].map((name) => `${url.protocol}//${name}${port}`);
}
