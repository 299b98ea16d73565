import { InvalidArgumentError, type Command } from 'commander';

import type { Cdn, Order } from '@poplet/cdn/start';

import { collected } from '../asked-headers.ts';
import { createJsonLines } from '../json-lines.ts';
import { listenToKeys } from '../keys.ts';
import { createLiveLines } from '../live-lines.ts';
import {
  bypassText,
  elsewhereText,
  exchangeText,
  orderText,
  purgeApiText,
  purgeText,
  readyText,
  untrustedText,
  warningText,
} from '../output.ts';

interface ServeOptions {
  readonly port?: number;
  readonly host?: string;
  readonly adminPort?: number;
  readonly adminHost?: string;
  readonly https?: true;
  readonly cert?: string;
  readonly key?: string;
  readonly purgeMethod?: true;
  readonly workers?: number | 'auto';
  readonly profile?: string;
  readonly vendorId?: string;
  readonly import?: readonly string[];
  readonly hostHeader?: 'upstream' | 'viewer';
  readonly spa?: boolean | string;
  readonly store?: string;
  readonly storeSize?: string;
  readonly storeEntries?: number;
  readonly maxBodySize?: string;
  readonly headTimeout?: string;
  readonly config?: string;
  readonly json?: true;
  readonly quiet?: true;
}

/** `poplet <folder | URL>`: the edge in front of a folder or a server; what the program does without a subcommand. */
export function addServe(program: Command): Command {
  return program
    .usage('<folder | URL> [options]\n       poplet <command> [options]')
    .argument(
      '[source]',
      'a folder, the address of a server (http://localhost:5173), or its port (5173)',
    )
    .option('--port <port>', 'port of the edge; 0: any free (8080)', portNumber)
    .option('--host <address>', 'address to listen on (127.0.0.1)')
    .option('--https', 'serve HTTPS, with certificates that are made here: poplet ca install')
    .option('--cert <file>', 'serve HTTPS with a certificate of your own (PEM) …')
    .option('--key <file>', '… and the key to it')
    .option('--admin-port <port>', 'port of the admin API; 0: any free (8081)', portNumber)
    .option(
      '--admin-host <address>',
      'address of the admin API (127.0.0.1); any but loopback needs POPLET_TOKEN in the environment',
    )
    .option('--purge-method', 'obey PURGE <url> from programs on this machine')
    .option(
      '--workers <count>',
      'threads that take connections and answer hits; auto: as many as there are processors (1)',
      workers,
    )
    .option(
      '--profile <name>',
      'the CDN to imitate, also with what is set of it: cloudfront:min-ttl=0,query=whole; poplet profiles lists them (rfc9111)',
    )
    .option(
      '--import <file>',
      'in place of a profile: a distribution of CloudFront and its cache policies, or cache rules of Cloudflare, as JSON; repeatable',
      collected,
    )
    .option(
      '--vendor-id <id>',
      'what the purge API of that CDN calls the site: a zone, service or distribution (default)',
    )
    .option(
      '--host-header <which>',
      'which Host the server sees: upstream or viewer (upstream)',
      hostHeader,
    )
    .option(
      '--spa [file]',
      'answer unknown pages with index.html, or the file named; never missing assets',
    )
    .option(
      '--store <where>',
      'where responses live: memory, disk:<folder>, redis://<host> or, for one edge, a database: postgres://… (memory)',
    )
    .option('--store-size <size>', 'what all of it may take (512MiB in memory, else 10GiB)')
    .option(
      '--store-entries <count>',
      'how many responses (1000000 in memory, 200000 on disk, 100000 in a database)',
      count,
    )
    .option(
      '--max-body-size <size>',
      'longer bodies are not stored (32MiB, an eighth of the size on disk)',
    )
    .option(
      '--head-timeout <duration>',
      'how long the server may take to begin its answer: 30s, 10m; 0s: for ever (2m)',
    )
    .option('--config <file>', 'configuration file: poplet.config.ts')
    .option('--json', 'one JSON object per line: the ready object, then one per exchange')
    .option('--quiet', 'no line per exchange')
    .action(serve);
}

async function serve(source: string | undefined, options: ServeOptions): Promise<void> {
  const { createCdn, configured } = await import('@poplet/cdn/start');
  const configuration = await configured({
    source,
    configFile: options.config,
    overrides: {
      port: options.port,
      host: options.host,
      adminPort: options.adminPort,
      adminHost: options.adminHost,
      // Never on the command line, which every process of the machine can read.
      adminToken: process.env['POPLET_TOKEN'] || undefined,
      purgeMethod: options.purgeMethod,
      https: options.https,
      cert: options.cert,
      key: options.key,
      workers: options.workers,
      profile: options.profile,
      vendorId: options.vendorId,
      import: options.import ?? [],
      hostHeader: options.hostHeader,
      spaFallback: options.spa,
      store: options.store,
      storeSize: options.storeSize,
      storeEntries: options.storeEntries,
      maxBodySize: options.maxBodySize,
      headTimeoutMs: await msOf(options.headTimeout),
    },
  });
  // Until it is ready, nobody can order anything.
  let onOrder: ((order: Order) => void) | undefined;
  const cdn = await createCdn({
    ...configuration,
    onNotice: warn,
    onOrder: (order) => onOrder?.(order),
  });
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  process.once('SIGINT', () => end());
  process.once('SIGTERM', () => end());
  // A reader that went away (`poplet … | head`) ends it too.
  process.stdout.on('error', () => end());
  for (const warning of cdn.warnings) warn(warning);
  const shown = options.json === true ? undefined : await showText(cdn, options, end);
  // Other programs are asked, for whom only the ready object waits.
  const isTrusted = await isAuthorityTrusted(cdn);
  const lines = shown ?? (await showJson(cdn, options, isTrusted));
  if (options.quiet !== true) onOrder = lines.order;
  if (cdn.authority !== undefined && !isTrusted) warn(untrustedText(cdn.authority.file));
  // Asking for names may take a while; nobody waits for it.
  void warnOfHosts(cdn);
  void import('../collect-read-buffers.ts').then(({ collectReadBuffers }) => collectReadBuffers());
  await ended;
  await cdn.close();
  lines.close();
}

/** Says which names of the sites do not lead to this machine. */
async function warnOfHosts({ edge }: Cdn): Promise<void> {
  const named = edge.sites.flatMap((site) => site.hosts);
  if (named.length === 0) return;
  const { hostsElsewhere } = await import('../hosts-elsewhere.ts');
  const hosts = await hostsElsewhere(named);
  if (hosts.length > 0) warn(elsewhereText(hosts));
}

/** Whether any store of this machine trusts what makes the certificates. */
async function isAuthorityTrusted({ authority }: Cdn): Promise<boolean> {
  if (authority === undefined) return false;
  const { findStores } = await import('@poplet/certificates');
  const held = await Promise.all((await findStores()).map((store) => store.holds(authority)));
  return held.includes(true);
}

async function msOf(duration: string | undefined): Promise<number | undefined> {
  if (duration === undefined) return undefined;
  const { parseDuration } = await import('@poplet/edge');
  return parseDuration(duration);
}

/** What shows the exchanges while serving. */
interface Lines {
  readonly order: (order: Order) => void;
  close(): void;
}

async function showJson(cdn: Cdn, options: ServeOptions, trusted: boolean): Promise<Lines> {
  const { exchangeView } = await import('@poplet/edge');
  const lines = createJsonLines(process.stdout);
  const { url: edge, adminUrl: admin, profiles } = cdn;
  const { kind, entries } = cdn.edge.store.stats();
  const store = kind === 'memory' ? {} : { store: { kind, entries } };
  const sites = cdn.addresses.some((one) => one !== edge) ? { sites: cdn.addresses } : {};
  const purging = cdn.purgeApis.length === 0 ? {} : { purgeApis: cdn.purgeApis };
  const ca = cdn.authority === undefined ? {} : { ca: { file: cdn.authority.file, trusted } };
  lines.write({
    event: 'ready',
    edge,
    admin,
    profile: profiles.join(','),
    ...sites,
    ...store,
    ...purging,
    ...ca,
  });
  if (options.quiet !== true) {
    cdn.edge.journal.subscribe((record) => {
      lines.write({ event: 'exchange', ...exchangeView(record) });
    });
  }
  const order = (given: Order): void => {
    const { kind: event, ...told } = given;
    lines.write(event === 'clock' ? { event, ...given.clock } : { event, ...told });
  };
  return { order, close: () => lines.close() };
}

function warn(text: string): void {
  process.stderr.write(warningText(text));
}

function out(text: string): void {
  process.stdout.write(text);
}

async function showText(cdn: Cdn, options: ServeOptions, end: () => void): Promise<Lines> {
  const { exchangeView } = await import('@poplet/edge');
  const { addresses, adminUrl, sources } = cdn;
  const hasKeys = process.stdin.isTTY && process.stdout.isTTY;
  const store = cdn.edge.store.stats();
  out(
    readyText({ addresses, adminUrl, sources, profile: cdn.profiles.join(', '), store, hasKeys }),
  );
  for (const api of cdn.purgeApis) out(purgeApiText(api));
  const lines = createLiveLines(out);
  const hasHosts = cdn.edge.sites.some(({ hosts }) => hosts.length > 0);
  if (options.quiet !== true) {
    cdn.edge.journal.subscribe((record) => {
      lines.write(() => exchangeText(exchangeView(record), { hasHosts }));
    });
  }
  if (hasKeys) takeKeys(cdn, end);
  return { order: (order) => out(orderText(order)), close: () => lines.close() };
}

function takeKeys({ edge }: Cdn, end: () => void): void {
  const purgeAll = async (): Promise<void> => {
    const everything = {
      selector: { kind: 'everything' },
      soft: false,
      siteId: undefined,
    } as const;
    const { sequence } = await edge.purge([everything]);
    out(purgeText({ soft: false, sequence }));
  };
  const stop = listenToKeys(process.stdin, {
    purge: () => void purgeAll().catch((error: unknown) => warn(`purge: ${String(error)}`)),
    bypass: () => {
      edge.bypass = !edge.bypass;
      out(`${bypassText(edge.bypass)}\n`);
    },
    quit: () => {
      stop();
      end();
    },
  });
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535)
    throw new InvalidArgumentError('a port is a number from 0 to 65535.');
  return port;
}

function count(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError('it is a number above 0.');
  return Number(text);
}

function workers(text: string): number | 'auto' {
  if (text === 'auto') return text;
  if (!/^[1-9]\d?$/.test(text))
    throw new InvalidArgumentError('it is a number from 1 to 64, or "auto".');
  return Number(text);
}

function hostHeader(text: string): 'upstream' | 'viewer' {
  if (text !== 'upstream' && text !== 'viewer')
    throw new InvalidArgumentError('it is "upstream" or "viewer".');
  return text;
}
