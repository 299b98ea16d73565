import path from 'node:path';

import type { CdnOptions, CdnSite } from './cdn.ts';
import type { LimitsConfig, PopletConfig, SiteConfig, TimeoutsConfig } from './config.ts';
import { parseDuration, type EdgeLimits, type UpstreamTimeouts } from '@poplet/edge';
import { PopletError } from '@poplet/policy';
import type { StoreChoice } from './open-store.ts';
import { sourceIn } from './source.ts';

/** What a command line says over a configuration file. */
export interface Overrides extends StoreChoice {
  readonly port?: number | undefined;
  readonly host?: string | undefined;
  readonly adminPort?: number | undefined;
  readonly adminHost?: string | undefined;
  readonly adminToken?: string | undefined;
  readonly purgeMethod?: boolean | undefined;
  readonly workers?: number | 'auto' | undefined;
  readonly https?: boolean | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly profile?: string | undefined;
  /** For the one site that there is. */
  readonly vendorId?: string | undefined;
  /** Files; none: what the configuration says. */
  readonly import?: readonly string[] | undefined;
  readonly hostHeader?: 'upstream' | 'viewer' | undefined;
  readonly spaFallback?: boolean | string | undefined;
  /** For every site. Real milliseconds; 0: for ever. */
  readonly headTimeoutMs?: number | undefined;
}

export interface ConfiguredInput {
  /** Folder or address named on the command line; it takes the place of the file's sites. */
  readonly source: string | undefined;
  readonly configFile: string | undefined;
  readonly overrides: Overrides;
}

/** Ports that a person finds again: the ready line, and `poplet purge`, count on them. */
const DEFAULT_PORT = 8080;
const DEFAULT_ADMIN_PORT = 8081;

/** Options of `createCdn` from a command line and a configuration file: the command line wins. */
export async function configured({
  source,
  configFile,
  overrides,
}: ConfiguredInput): Promise<CdnOptions> {
  const config = configFile === undefined ? {} : await configIn(configFile);
  return {
    sites: sitesOf(config, source, overrides),
    port: overrides.port ?? config.port ?? DEFAULT_PORT,
    host: overrides.host ?? config.host,
    adminPort: overrides.adminPort ?? config.adminPort ?? DEFAULT_ADMIN_PORT,
    adminHost: overrides.adminHost ?? config.adminHost,
    adminToken: overrides.adminToken,
    purgeMethod: purgeMethodOf(config, overrides),
    https: httpsOf(config, overrides),
    workers: overrides.workers ?? config.workers,
    visitor: config.visitor,
    store: overrides.store ?? config.store,
    storeSize: overrides.storeSize ?? config.storeSize,
    storeEntries: overrides.storeEntries ?? config.storeEntries,
    maxBodySize: overrides.maxBodySize ?? config.maxBodySize,
    limits: limitsOf(config.limits),
  };
}

/** What is relative in a file is so to the file: it means the same wherever it is read from. */
async function configIn(file: string): Promise<PopletConfig> {
  // With the schema, which takes longer to make than a CDN to start.
  const { loadConfig } = await import('./load-config.ts');
  const config = await loadConfig(file);
  const folder = path.dirname(path.resolve(file));
  if (folder === process.cwd()) return config;
  const inFolder = (text: string): string => path.resolve(folder, text);
  const { cert, key, store, sites } = config;
  return {
    ...config,
    ...(cert === undefined ? {} : { cert: inFolder(cert) }),
    ...(key === undefined ? {} : { key: inFolder(key) }),
    ...(store === undefined ? {} : { store: store.replace(/(?<=^disk:).+$/su, inFolder) }),
    ...(sites === undefined
      ? {}
      : {
          sites: sites.map((site) => ({
            ...site,
            source: sourceIn(folder, site.source),
            ...(site.import === undefined ? {} : { import: filesOf(site).map(inFolder) }),
          })),
        }),
  };
}

/** The command line turns it on; what token it asks for is for the file to say. */
function purgeMethodOf(
  { purgeMethod: wanted = false }: PopletConfig,
  { purgeMethod: isOn }: Overrides,
): CdnOptions['purgeMethod'] {
  if (typeof wanted === 'object') return wanted;
  return (isOn ?? wanted) ? {} : undefined;
}

/** A certificate that is named is one to be shown. */
function httpsOf(config: PopletConfig, overrides: Overrides): CdnOptions['https'] {
  const isWanted = overrides.https ?? config.https;
  const named = overrides.cert ?? overrides.key;
  // A pair comes from one place.
  const { cert, key } = named === undefined ? config : overrides;
  const isGiven = cert !== undefined || key !== undefined;
  return isWanted === false || !isGiven ? isWanted : { cert, key };
}

function sitesOf(
  config: PopletConfig,
  source: string | undefined,
  overrides: Overrides,
): readonly CdnSite[] {
  if (overrides.vendorId === '')
    throw new PopletError('invalid-option', '--vendor-id is empty', {
      hint: 'name what the CDN calls the site: its zone, service or distribution',
    });
  if (source !== undefined) return [siteOf({ source }, config, overrides)];
  if (overrides.vendorId !== undefined && config.sites !== undefined && config.sites.length > 1)
    throw new PopletError('invalid-option', '--vendor-id is for one site, and there are several', {
      hint: 'give each its vendorIds in the configuration file',
    });
  if (config.sites !== undefined)
    return config.sites.map((site) => siteOf(site, config, overrides));
  throw new PopletError('no-sites', 'nothing to serve was named', {
    hint: 'poplet ./dist serves a folder; poplet http://localhost:5173 stands in front of a server',
  });
}

function siteOf(site: SiteConfig, config: PopletConfig, overrides: Overrides): CdnSite {
  const spaFallback = overrides.spaFallback ?? site.spaFallback;
  return {
    id: site.id,
    hosts: site.hosts,
    source: site.source,
    vendorIds: overrides.vendorId === undefined ? site.vendorIds : [overrides.vendorId],
    ...cdnOf(site, config, overrides),
    hostHeader: overrides.hostHeader ?? site.hostHeader,
    timeouts: timeoutsOf(site.timeouts, overrides),
    connections: site.connections,
    http2: site.http2,
    origin: {
      ...(spaFallback === undefined ? {} : { spaFallback }),
      ...(site.cleanUrls === undefined ? {} : { cleanUrls: site.cleanUrls }),
      rules: (site.headers ?? []).map((rule, index) => ({
        source: `headers[${index}]`,
        pattern: rule.for,
        set: Object.entries(rule.set ?? {}).map(([name, value]) => ({ name, value })),
        unset: (rule.unset ?? []).map((name) => name.toLowerCase()),
      })),
    },
  };
}

/** The profile, or what is imported in its place: the command line wins over the site, and that over the file. */
function cdnOf(
  site: SiteConfig,
  config: PopletConfig,
  { profile, import: files = [] }: Overrides,
): Pick<CdnSite, 'profile' | 'import'> {
  if (profile !== undefined || files.length > 0) return { profile, import: files };
  const own = filesOf(site);
  return { profile: site.profile ?? (own.length > 0 ? undefined : config.profile), import: own };
}

function filesOf({ import: files = [] }: SiteConfig): readonly string[] {
  return typeof files === 'string' ? [files] : files;
}

/** Durations as the edge counts them; what is not said keeps the edge's default. */
function limitsOf({
  handshakeTimeout,
  headersTimeout,
  requestTimeout,
  keepAliveTimeout,
  writeTimeout,
  halfClosedTimeout,
  ...counts
}: LimitsConfig = {}): Partial<EdgeLimits> {
  return {
    ...known(counts),
    ...inMs({
      handshakeTimeoutMs: handshakeTimeout,
      headersTimeoutMs: headersTimeout,
      requestTimeoutMs: requestTimeout,
      keepAliveTimeoutMs: keepAliveTimeout,
      writeTimeoutMs: writeTimeout,
      halfClosedTimeoutMs: halfClosedTimeout,
    }),
  };
}

function timeoutsOf(
  { connect, head, bodyIdle, body }: TimeoutsConfig = {},
  { headTimeoutMs }: Overrides = {},
): Partial<UpstreamTimeouts> {
  return {
    ...inMs({ connectMs: connect, headMs: head, bodyIdleMs: bodyIdle, bodyMs: body }),
    ...known({ headMs: headTimeoutMs }),
  };
}

/** What is said, in milliseconds. */
function inMs<Name extends string>(
  durations: Readonly<Record<Name, string | undefined>>,
): Partial<Record<Name, number>> {
  const entries = Object.entries<string | undefined>(durations).flatMap(([name, text]) =>
    text === undefined ? [] : [[name, parseDuration(text)] as const],
  );
  return Object.fromEntries(entries) as Partial<Record<Name, number>>;
}

function known<Name extends string>(
  numbers: Readonly<Partial<Record<Name, number | undefined>>>,
): Partial<Record<Name, number>> {
  const entries = Object.entries(numbers).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Partial<Record<Name, number>>;
}
