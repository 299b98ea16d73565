import { Command } from 'commander';

import { PopletError } from '@poplet/policy';

import { adminOptions, callAdmin, type AdminOptions } from '../admin-client.ts';
import { purgeText, type PurgeAnswer } from '../output.ts';

interface PurgeOptions extends AdminOptions {
  readonly prefix?: string;
  readonly host?: string;
  readonly tag?: readonly string[];
  readonly group?: readonly string[];
  readonly everything?: true;
  readonly soft?: true;
  readonly site?: string;
}

/** `poplet purge`: removes stored responses of a running edge, or makes them stale. */
export function purgeCommand(): Command {
  const command = new Command('purge')
    .description('remove stored responses')
    .argument('[urls...]', 'URLs, or paths of the running edge: /assets/app.js')
    .option('--prefix <url>', 'every URL, or path, that begins with it')
    .option('--host <host>', 'everything of a host')
    .option(
      '--tag <tags...>',
      'everything that carries one of these tags (Surrogate-Key, Cache-Tag)',
    )
    .option('--group <groups...>', 'everything in one of these cache groups (RFC 9875)')
    .option('--everything', 'all of it')
    .option('--soft', 'make stale instead of removing: the next request revalidates')
    .option('--site <id>', 'only in this site');
  for (const option of adminOptions()) command.addOption(option);
  return command.action(async (urls: readonly string[], options: PurgeOptions) => {
    const { edge: address } = (await callAdmin(options, 'health')) as {
      readonly edge: string | null;
    };
    const selector = selectorOf(urls, options, address);
    const answer = (await callAdmin(options, 'purge', {
      ...selector,
      ...(options.soft === undefined ? {} : { soft: true }),
      ...(options.site === undefined ? {} : { site: options.site }),
    })) as PurgeAnswer;
    process.stdout.write(purgeText(answer));
  });
}

/** The one selector that was given. Throws PopletError `invalid-option` for none or several. */
function selectorOf(
  urls: readonly string[],
  options: PurgeOptions,
  address: string | null,
): Record<string, unknown> {
  const given: Record<string, unknown>[] = [];
  if (urls.length > 0) given.push({ urls: urls.flatMap((url) => addressesOf(url, address)) });
  if (options.prefix !== undefined) given.push({ prefix: options.prefix });
  if (options.host !== undefined) given.push({ host: options.host });
  if (options.tag !== undefined) given.push({ tags: options.tag });
  if (options.group !== undefined) given.push({ groups: groupsOf(options.group, address) });
  if (options.everything === true) given.push({ everything: true });
  const [only] = given;
  if (only !== undefined && given.length === 1) return only;
  throw new PopletError(
    'invalid-option',
    only === undefined ? 'nothing to purge was named' : 'more than one kind of purge was named',
    {
      hint: 'give URLs, or one of --prefix, --host, --tag, --group, --everything',
    },
  );
}

/**
 * A path stands for that path at each name by which this machine reaches the edge: the key of
 * `localhost` and that of `127.0.0.1` are different URLs.
 */
function addressesOf(url: string, address: string | null): readonly string[] {
  if (!url.startsWith('/')) return [url];
  return localOrigins(address).map((origin) => origin + url);
}

function groupsOf(
  groups: readonly string[],
  address: string | null,
): readonly { origin: string; group: string }[] {
  return localOrigins(address).flatMap((origin) => groups.map((group) => ({ origin, group })));
}

function localOrigins(address: string | null): readonly string[] {
  const url = address === null ? null : URL.parse(address);
  if (url === null)
    throw new PopletError('invalid-option', 'the running edge does not say where it listens', {
      hint: 'give absolute URLs',
    });
  const port = url.port === '' ? '' : `:${url.port}`;
  const names = new Set([url.hostname, 'localhost', '127.0.0.1', '[::1]']);
  return [...names].map((name) => `${url.protocol}//${name}${port}`);
}
