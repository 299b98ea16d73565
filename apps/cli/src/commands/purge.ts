import { Command } from 'commander';

import { PopletError } from '@poplet/policy';

import { adminOptions, callAdmin, type AdminOptions } from '../admin-client.ts';
import { edgeOrigins, mustBeAddress } from '../edge-origins.ts';
import { purgeText, warningText, wildcardText, type PurgeAnswer } from '../output.ts';

interface PurgeOptions extends AdminOptions {
  readonly prefix?: string;
  readonly host?: string;
  readonly tag?: readonly string[];
  readonly group?: readonly string[];
  readonly everything?: true;
  readonly soft?: true;
  readonly site?: string;
  readonly json?: true;
}

/** `poplet purge`: removes stored responses of a running edge, or makes them stale. */
export function purgeCommand(): Command {
  const command = new Command('purge')
    .description('remove stored responses')
    .argument('[urls...]', 'URLs, or paths of the running edge: /assets/app.js')
    .option('--prefix <url>', 'every URL that begins with it; a path, as above')
    .option('--host <host>', 'everything of a host')
    .option(
      '--tag <tags...>',
      'everything that carries one of these tags (Surrogate-Key, Cache-Tag)',
    )
    .option('--group <groups...>', 'everything in one of these cache groups (RFC 9875)')
    .option('--everything', 'all of it')
    .option('--soft', 'make stale instead of removing: the next request revalidates')
    .option('--site <id>', 'only in this site')
    .option('--json', 'what was done, as one JSON object');
  for (const option of adminOptions()) command.addOption(option);
  return command.action(async (urls: readonly string[], options: PurgeOptions) => {
    const answers: PurgeAnswer[] = [];
    for (const selector of await selectorsOf(urls, options)) {
      const answer = await callAdmin(options, 'purge', {
        ...selector,
        ...(options.soft === undefined ? {} : { soft: true }),
        ...(options.site === undefined ? {} : { site: options.site }),
      });
      answers.push(answer as PurgeAnswer);
    }
    const last = answers.at(-1);
    if (last === undefined) return;
    const selectors = answers.reduce((sum, one) => sum + one.selectors, 0);
    process.stdout.write(
      options.json === true ? `${JSON.stringify({ ...last, selectors })}\n` : purgeText(last),
    );
  });
}

/**
 * The one selector that was given; a prefix that is a path takes several. Throws PopletError
 * `invalid-option` for none or several kinds.
 */
async function selectorsOf(
  urls: readonly string[],
  options: PurgeOptions,
): Promise<readonly Record<string, unknown>[]> {
  const { prefix, host, tag, group, everything } = options;
  const kinds = [urls.length > 0 ? urls : undefined, prefix, host, tag, group, everything];
  const given = kinds.filter((kind) => kind !== undefined).length;
  if (given !== 1) {
    throw new PopletError(
      'invalid-option',
      given === 0 ? 'nothing to purge was named' : 'more than one kind of purge was named',
      {
        hint: 'give URLs, or one of --prefix, --host, --tag, --group, --everything',
      },
    );
  }
  for (const address of prefix === undefined ? urls : [prefix]) mustBeAddress(address);
  if (prefix !== undefined) {
    const origins = await originsFor([prefix], options);
    // The admin API takes one prefix at a time.
    return addressesOf(prefix, origins).map((address) => ({ prefix: address }));
  }
  if (host !== undefined) return [{ host }];
  if (tag !== undefined) return [{ tags: tag }];
  if (group !== undefined) {
    const origins = await namedOrigins(options);
    return [
      { groups: origins.flatMap((origin) => group.map((each) => ({ origin, group: each }))) },
    ];
  }
  if (everything === true) return [{ everything: true }];
  const origins = await originsFor(urls, options);
  return [{ urls: urls.flatMap((url) => addressesOf(url, origins)) }];
}

/** The origins that paths among these URLs stand for; none where there are no paths. */
async function originsFor(
  urls: readonly string[],
  options: AdminOptions,
): Promise<readonly string[]> {
  return urls.some((url) => url.startsWith('/')) ? namedOrigins(options) : [];
}

/** Says which names it cannot know. */
async function namedOrigins(options: AdminOptions): Promise<readonly string[]> {
  const { origins, wildcards } = await edgeOrigins(options);
  if (wildcards.length > 0) process.stderr.write(warningText(wildcardText(wildcards)));
  return origins;
}

/**
 * A path stands for that path at each name by which the edge is reached: the key of `localhost` and
 * that of `127.0.0.1` are different URLs.
 */
function addressesOf(url: string, origins: readonly string[]): readonly string[] {
  return url.startsWith('/') ? origins.map((origin) => origin + url) : [url];
}
