import { Command } from 'commander';

import { PopletError } from '@poplet/policy';

import { adminOptions, callAdmin, type AdminOptions } from '../admin-client.ts';
import { edgeOrigins, mustBeAddress, type EdgeOrigins } from '../edge-origins.ts';
import { noNameText, purgeText, warningText, wildcardText, type PurgeAnswer } from '../output.ts';

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
    const edge = await edgeOrigins(options);
    // The admin API takes one prefix at a time.
    return (await addressesOf([prefix], edge)).map((address) => ({ prefix: address }));
  }
  if (host !== undefined) return hostsOf(host, await edgeOrigins(options));
  if (tag !== undefined) return [{ tags: tag }];
  if (group !== undefined) {
    const origins = namedOrigins(await edgeOrigins(options));
    return [
      { groups: origins.flatMap((origin) => group.map((each) => ({ origin, group: each }))) },
    ];
  }
  if (everything === true) return [{ everything: true }];
  return [{ urls: await addressesOf(urls, await edgeOrigins(options)) }];
}

/** Says which names it cannot know. */
function namedOrigins({ origins, wildcards }: EdgeOrigins): readonly string[] {
  if (wildcards.length > 0) warn(wildcardText(wildcards));
  return origins;
}

/**
 * A path stands for that path at each name by which the edge is reached: the key of `localhost` and
 * that of `127.0.0.1` are different URLs. A URL at one name of this machine stands for all of them.
 */
async function addressesOf(
  addresses: readonly string[],
  edge: EdgeOrigins,
): Promise<readonly string[]> {
  const origins = addresses.some((one) => one.startsWith('/')) ? namedOrigins(edge) : [];
  const all = addresses.map(async (address) => {
    if (address.startsWith('/')) return origins.map((origin) => origin + address);
    const twins = await twinsOf(address, edge);
    return twins.map((origin) => address.replace(/^https?:\/\/[^/?#]*/iu, origin));
  });
  return (await Promise.all(all)).flat();
}

/** As of a URL, of all that is stored for a host, with its port or without. */
async function hostsOf(host: string, edge: EdgeOrigins): Promise<readonly { host: string }[]> {
  const { protocol, port } = new URL(edge.origins[0] as string);
  const hasPort = /:\d+$/u.test(host);
  const twins = await twinsOf(
    `${protocol}//${host}${hasPort || port === '' ? '' : `:${port}`}`,
    edge,
  );
  const hosts = twins
    .map((origin) => new URL(origin))
    .map((url) => (hasPort ? url.host : url.hostname));
  return hosts.map((one) => ({ host: one }));
}

/** The origins that one origin stands for, itself at least. Says where it is none of the edge's. */
async function twinsOf(address: string, edge: EdgeOrigins): Promise<readonly string[]> {
  const url = URL.parse(address);
  // What is wrong with it, the admin API says.
  if (url === null) return [address];
  if (!(await edge.owns(url))) warn(noNameText(url.origin, edge.origins));
  return edge.twinsOf(url);
}

function warn(text: string): void {
  process.stderr.write(warningText(text));
}
