import { isIP } from 'node:net';

import { availableParallelism } from 'node:os';

import {
  createAdminServer,
  createEdge,
  nameUnder,
  type AdminServer,
  type ClockView,
  type Edge,
  type EdgeLimits,
  type FaultsPort,
  type SiteOptions,
  type UpstreamTimeouts,
} from '@poplet/edge';
import type { Authority } from '@poplet/certificates';
import type { Origin, OriginOptions } from '@poplet/origin';
import { type Policy, PopletError, type Purge, rfc9111 } from '@poplet/policy';
import type { Store } from '@poplet/store';
import type { Imported } from '@poplet/vendors/import';
import { visitorFields, type Vendor, type Visitor } from '@poplet/vendors';

import type { Https, HttpsOptions } from './https.ts';
import { openStore, type StoreChoice } from './open-store.ts';
import { profileNamed, vendorOf } from './profiles.ts';
import { mustBeReachable } from './reachable.ts';
import { readSource, type Source } from './source.ts';
import { mustLieApart } from './store-apart.ts';

/** One site: what is served, and as which CDN. */
export interface CdnSite {
  /** Leads every key and selector. Default: `default`. */
  readonly id?: string | undefined;
  /** Host names the site answers to; `*.shop.test`: every name below that. None: any. */
  readonly hosts?: readonly string[] | undefined;
  /** A folder, or the address of a server. */
  readonly source: string;
  /** A profile by name, or a policy of your own. Default: `rfc9111`. */
  readonly profile?: string | Policy | undefined;
  /** What the purge API of the profile's CDN calls the site, beside its id: a zone, a service, a distribution. */
  readonly vendorIds?: readonly string[] | undefined;
  /**
   * Files of a vendor's own configuration that take the place of a profile: a distribution of CloudFront and its
   * cache policies, or cache rules of Cloudflare. What is not emulated of them is among the warnings.
   */
  readonly import?: readonly string[] | undefined;
  readonly hostHeader?: 'upstream' | 'viewer' | undefined;
  /** For folders: options of the origin server. */
  readonly origin?: Omit<OriginOptions, 'folder'> | undefined;
  /** How long the folder's or the address's server may take. Real milliseconds; 0: for ever. */
  readonly timeouts?: Partial<UpstreamTimeouts> | undefined;
  /** Connections to it at most; further requests wait. Default 1024. */
  readonly connections?: number | undefined;
  /** Whether HTTP/2 is spoken where an https server offers it. Default: true. */
  readonly http2?: boolean | undefined;
}

export interface CdnOptions extends Omit<StoreChoice, 'store'> {
  readonly sites: readonly CdnSite[];
  /** Default 0: any free port. */
  readonly port?: number | undefined;
  /** Default 127.0.0.1. */
  readonly host?: string | undefined;
  /** HTTPS, with certificates of the user's local authority (made where there is none), or with one of your own. Default: plain HTTP. */
  readonly https?: boolean | HttpsOptions | undefined;
  /** Default 0: any free port. */
  readonly adminPort?: number | undefined;
  /** Default 127.0.0.1. Anything but loopback needs `adminToken`. */
  readonly adminHost?: string | undefined;
  /** What every request to the admin API must bring: `Authorization: Bearer <token>`. Default: none. */
  readonly adminToken?: string | undefined;
  /** Whether `PURGE <url>` is obeyed on the edge's own port, and from whom; see `EdgeOptions`. Default: refused. */
  readonly purgeMethod?: { readonly token?: string | undefined } | undefined;
  /** `memory`, `disk:<folder>`, `redis://host:port`, the address of another database that Keyv knows, or a store of your own, whose limits are its own business. Default: `memory`. */
  readonly store?: Store | string | undefined;
  /** Told what a person should know: of the store, such as that the disk is full (default: a process warning), and of folders whose build outdates what is at the edge. */
  readonly onNotice?: ((text: string) => void) | undefined;
  /** Told of what was ordered over the admin API, once it is in force. */
  readonly onOrder?: ((order: Order) => void) | undefined;
  /**
   * Where clients are, for requests that do not say it themselves (`x-poplet-country` and the like): what origin servers
   * are told of it is for the profile to say. Default: nobody knows.
   */
  readonly visitor?: Visitor | undefined;
  /** Threads that take connections in plain HTTP; see `EdgeOptions`. `auto`: as many as there are processors. Default 1. */
  readonly workers?: number | 'auto' | undefined;
  /** What a client may do: bytes, counts, real milliseconds. */
  readonly limits?: Partial<EdgeLimits> | undefined;
}

/** What somebody had the CDN do over its admin API. */
export type Order =
  | { readonly kind: 'purge'; readonly purges: readonly Purge[]; readonly sequence: number }
  | { readonly kind: 'clock'; readonly clock: ClockView }
  | { readonly kind: 'deployment'; readonly deployment: string };

/** Where a CDN's own clients purge, and what they call the sites. */
export interface PurgeApiView {
  /** The CDN, as it calls itself. */
  readonly title: string;
  /** What its clients are told as the address of the API. */
  readonly url: string;
  /** `zone`, `service`, `distribution`. */
  readonly siteWord: string;
  readonly names: readonly string[];
}

/** A running CDN: origin servers, an edge in front of them, and its admin API. */
export interface Cdn {
  /** Where browsers go: `http://localhost:8080`. */
  readonly url: string;
  /** The same by the names of the sites, one for each: what a person opens. */
  readonly addresses: readonly string[];
  readonly adminUrl: string;
  readonly edge: Edge;
  readonly admin: AdminServer;
  /** The origin server of each site that serves a folder, by site id. */
  readonly origins: ReadonlyMap<string, Origin>;
  /** Sources as they were named, and the profiles in use. */
  readonly sources: readonly string[];
  readonly profiles: readonly string[];
  /** The purge APIs of the CDNs that are imitated, each at its own paths of the admin API. */
  readonly purgeApis: readonly PurgeApiView[];
  /** The local authority that makes the certificates; undefined where none is used. */
  readonly authority: Authority | undefined;
  /** What in the sites' own rules will not work as written. */
  readonly warnings: readonly string[];
  close(): Promise<void>;
}

/**
 * Starts a CDN. Everything listens on loopback unless told otherwise, and nothing stays when it is
 * closed. Throws PopletError (`folder-missing`, `bad-upstream-url`, `upstream-unreachable`, `port-in-use`, …); what was begun
 * by then is closed again.
 */
export async function createCdn(options: CdnOptions): Promise<Cdn> {
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    const failures: unknown[] = [];
    // The last begun goes first: nobody asks what is already closed. One that fails keeps no other open.
    for (const closer of closers.splice(0).toReversed()) {
      await closer().catch((error: unknown) => void failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  };
  try {
    return await start(options, { closers, close });
  } catch (error) {
    // Why it cannot be started says more than what came of that.
    await close().catch(() => {});
    throw error;
  }
}

async function start(
  options: CdnOptions,
  {
    closers,
    close,
  }: { readonly closers: (() => Promise<void>)[]; readonly close: () => Promise<void> },
): Promise<Cdn> {
  mustHavePortsApart(options);
  const told = await Promise.all(options.sites.map(toldSite));
  const purgeApis = purgeApisOf(told);
  const sources = await Promise.all(told.map((site) => readSource(site.source)));
  if (typeof options.store !== 'object') {
    const served = sources.flatMap((source) => (source.kind === 'folder' ? [source.folder] : []));
    await mustLieApart(options.store, served);
  }
  const store = await storeOf(options);
  // Where nothing else comes to stand, nobody else closes it.
  closers.push(() => store.close());
  const origins = new Map<string, Origin>();
  const sites: SiteOptions[] = [];
  for (const [index, site] of told.entries()) {
    const id = site.id ?? 'default';
    const source = sources[index] as Source;
    let url: string;
    if (source.kind === 'folder') {
      // Loaded only where a folder is served.
      const { createOrigin } = await import('@poplet/origin');
      const hosting = site.vendor?.staticRules;
      const origin = await createOrigin({ hosting, ...site.origin, folder: source.folder });
      closers.push(() => origin.close());
      origins.set(id, origin);
      const { onNotice } = options;
      // What lies at the edge for as long as the deployment outlives a build.
      if (onNotice !== undefined && hosting !== undefined && hosting.assetLines.length > 0) {
        closers.push(await announceBuilds(site.source, { folder: source.folder, onNotice }));
      }
      url = (await origin.listen({ port: 0, host: '127.0.0.1' })).url;
    } else {
      url = source.url;
      mustNeedNoFolder(site);
      await mustBeReachable(url);
    }
    sites.push({
      id,
      upstream: {
        url,
        ...(site.timeouts === undefined ? {} : { timeouts: site.timeouts }),
        ...(site.connections === undefined ? {} : { connections: site.connections }),
        ...(site.http2 === undefined ? {} : { http2: site.http2 }),
      },
      purgeMethod: site.vendor?.purgeMethod,
      ...policiesOf(site, store.stats().maxBodyBytes),
      ...(site.hosts === undefined ? {} : { hosts: site.hosts }),
      ...(site.hostHeader === undefined ? {} : { hostHeader: site.hostHeader }),
    });
  }
  const edge = createEdge({
    sites,
    purgeMethod: options.purgeMethod,
    workers: workersOf(options),
    requestDefaults: visitorFields(options.visitor ?? {}),
    store,
    ...(options.limits === undefined ? {} : { limits: options.limits }),
  });
  closers.push(() => edge.close());
  const host = options.host ?? '127.0.0.1';
  const adminHost = options.adminHost ?? '127.0.0.1';
  const https = await httpsOf(options, { host, adminHost });
  const { url } = await edge.listen({ port: options.port ?? 0, host, tls: https?.edge });
  const admin = createAdminServer(edge, {
    edgeUrl: url,
    port: options.adminPort ?? 0,
    origin: await faultsOf(origins),
    host: adminHost,
    tls: https?.admin,
    purgeApis: purgeApis.map(({ vendor: { purgeApi }, sites: own }) => ({
      load: purgeApi.load,
      sites: own,
    })),
    onPurge: (purges, sequence) => options.onOrder?.({ kind: 'purge', purges, sequence }),
    onClock: (clock) => options.onOrder?.({ kind: 'clock', clock }),
    onDeploy: (deployment) => options.onOrder?.({ kind: 'deployment', deployment }),
    ...(options.adminToken === undefined ? {} : { token: options.adminToken }),
  });
  closers.push(() => admin.close());
  const { url: adminUrl } = await admin.listen();
  return {
    url,
    addresses: addressesOf(options.sites, url),
    adminUrl,
    edge,
    admin,
    origins,
    sources: options.sites.map(({ source }) => source),
    profiles: [...new Set(edge.sites.map(({ policy }) => policy.name))],
    purgeApis: purgeApis.map(({ vendor: { title, purgeApi }, sites: own }) => ({
      title,
      url: adminUrl + purgeApi.basePath,
      siteWord: purgeApi.siteWord,
      names: own.flatMap(({ id, names }) => [id, ...names]),
    })),
    authority: https?.authority,
    warnings: [
      ...told.flatMap(({ imported }) =>
        (imported?.notEmulated ?? []).map((text) => `not emulated: ${text}`),
      ),
      ...told.flatMap(hostWarnings),
      ...[...origins.values()].flatMap((origin) => origin.warnings),
      ...(https?.warnings ?? []),
      ...workerWarnings(options, edge),
      ...vendorIdWarnings(told),
    ],
    close,
  };
}

/** A site, what its vendor's own configuration comes to, and whose it is. */
interface ToldSite extends CdnSite {
  readonly imported: Imported | undefined;
  /** Undefined: nobody's, as a policy of somebody's own is. */
  readonly vendor: Vendor | undefined;
}

/** Throws PopletError `invalid-option`, `config-invalid`. */
async function toldSite(site: CdnSite): Promise<ToldSite> {
  const { profile, import: files = [] } = site;
  if (files.length === 0) {
    const vendor = typeof profile === 'string' ? vendorOf(profile) : undefined;
    return { ...site, imported: undefined, vendor };
  }
  if (profile !== undefined) {
    throw new PopletError('invalid-option', 'what is imported says which CDN it is', {
      hint: 'leave the profile out, or the import',
    });
  }
  const { importPolicy } = await import('./import-policy.ts');
  const imported = await importPolicy(files);
  return { ...site, imported, vendor: vendorOf(imported.vendor) };
}

/** Rules of production that go by its hosts, where nobody asks for those. */
function hostWarnings({ hosts = [], imported }: ToldSite): readonly string[] {
  if (hosts.length > 0) return [];
  return (imported?.goesByHost ?? []).map(
    (rule) =>
      `${rule} goes by the host, which is localhost here: give the site the hosts of production (hosts in the configuration) and open it by them`,
  );
}

interface VendorSites {
  readonly vendor: Vendor;
  readonly sites: readonly { readonly id: string; readonly names: readonly string[] }[];
}

/** The CDNs that the sites imitate, each with its sites. */
function purgeApisOf(sites: readonly ToldSite[]): readonly VendorSites[] {
  const vendors = new Set(sites.map(({ vendor }) => vendor));
  return [...vendors].flatMap((vendor) => {
    if (vendor === undefined) return [];
    const own = sites.filter((site) => site.vendor === vendor);
    mustBeToldApart(own, vendor);
    return [
      {
        vendor,
        sites: own.map(({ id = 'default', vendorIds = [] }) => ({ id, names: vendorIds })),
      },
    ];
  });
}

/** Throws PopletError `duplicate-site`. */
function mustBeToldApart(sites: readonly CdnSite[], { title }: Vendor): void {
  const names = sites.flatMap(({ id = 'default', vendorIds = [] }) => [
    ...new Set([id, ...vendorIds]),
  ]);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return;
  throw new PopletError('duplicate-site', `${title} would call two sites "${twice}"`, {
    hint: 'its ids and vendorIds say which site a purge is for: give each its own',
  });
}

/** Says when a folder has changed. Returns how to stop. */
async function announceBuilds(
  source: string,
  { folder, onNotice }: { readonly folder: string; readonly onNotice: (text: string) => void },
): Promise<() => Promise<void>> {
  const { watchFolder } = await import('./watch-folder.ts');
  const stop = watchFolder(folder, () =>
    onNotice(
      `${source} has changed: its files stay at the edge until the next deployment (poplet deploy)`,
    ),
  );
  return async () => stop();
}

/** Told before anything is opened. Throws PopletError `invalid-option`. */
function mustHavePortsApart({ port = 0, host, adminPort = 0, adminHost }: CdnOptions): void {
  const one = host ?? '127.0.0.1';
  const other = adminHost ?? '127.0.0.1';
  const areApart = isIP(one) !== 0 && isIP(other) !== 0 && one !== other && !isEvery(one, other);
  if (port === 0 || port !== adminPort || areApart) return;
  throw new PopletError(
    'invalid-option',
    `the edge and the admin API cannot both listen on port ${port}`,
    { hint: 'give the admin API another: --admin-port 8082, or 0 for any free one' },
  );
}

/** Whether one of the addresses stands for all. */
function isEvery(...addresses: readonly string[]): boolean {
  return addresses.includes('0.0.0.0') || addresses.includes('::');
}

/** A site with names of its own is not found by the address that the edge listens on. */
function addressesOf(sites: readonly CdnSite[], url: string): readonly string[] {
  return sites.map(({ hosts: [host] = [] }) => {
    if (host === undefined) return url;
    const named = new URL(url);
    named.hostname = nameUnder(host);
    return named.origin;
  });
}

/** Undefined: plain HTTP. */
async function httpsOf(
  { https = false, sites }: CdnOptions,
  listening: { readonly host: string; readonly adminHost: string },
): Promise<Https | undefined> {
  if (https === false) return undefined;
  // Loaded only where certificates are needed.
  const { openHttps } = await import('./https.ts');
  const hosts = sites.flatMap((site) => site.hosts ?? []);
  return openHttps(https === true ? {} : https, { ...listening, hosts });
}

/** `auto` where the system does not divide the connections to a port (SO_REUSEPORT): this thread alone. */
function workersOf({ workers = 1 }: CdnOptions): number {
  if (workers !== 'auto') return workers;
  return process.platform === 'linux' ? availableParallelism() : 1;
}

function workerWarnings(options: CdnOptions, { store, sites }: Edge): readonly string[] {
  if (workersOf(options) === 1) return [];
  if (options.https !== undefined && options.https !== false) {
    return ['workers answer plain HTTP only: over HTTPS one thread does all'];
  }
  if (store.onChanged === undefined)
    return [
      `workers have nothing to answer by themselves where responses lie in ${store.stats().kind}`,
    ];
  const single = sites.filter(({ policy }) => policy.downstream.ownFields?.isPerRequest === true);
  const names = new Set(single.map(({ policy }) => policy.name));
  return names.size === 0
    ? []
    : [
        `workers have nothing to answer by themselves under ${[...names].join(', ')}, where each answer says something of its own: one thread does all`,
      ];
}

/** Names that no purge API asks for would be thought to be in force. */
function vendorIdWarnings(sites: readonly ToldSite[]): readonly string[] {
  return sites.flatMap(({ vendor, vendorIds = [] }) =>
    vendor === undefined && vendorIds.length > 0
      ? [
          `${vendorIds.join(', ')}: only under the profile of a CDN is there a purge API that calls a site so`,
        ]
      : [],
  );
}

/** The fault scripts of the folders, if there are any. */
async function faultsOf(origins: ReadonlyMap<string, Origin>): Promise<FaultsPort | undefined> {
  if (origins.size === 0) return undefined;
  const { faultsPortOf } = await import('./faults-port.ts');
  return faultsPortOf(origins);
}

/** Options of the origin server are of no effect where there is none. Throws PopletError `invalid-option`. */
function mustNeedNoFolder({ source, origin = {} }: CdnSite): void {
  const { rules = [], ...others } = origin;
  const given = Object.entries(others).flatMap(([name, value]) =>
    value === undefined ? [] : [name],
  );
  if (rules.length > 0) given.push('headers');
  if (given.length === 0) return;
  throw new PopletError(
    'invalid-option',
    `${given.join(', ')}: only for folders, and ${source} is a server`,
    {
      hint: 'let that server send the headers itself',
    },
  );
}

function storeOf(options: CdnOptions): Promise<Store> {
  const { store, onNotice, ...choice } = options;
  if (typeof store !== 'object') return openStore({ ...choice, store }, onNotice);
  if (choice.storeSize ?? choice.storeEntries ?? choice.maxBodySize) {
    throw new PopletError('invalid-option', 'the store that was handed over has limits already', {
      hint: 'give them to the store when it is made',
    });
  }
  return Promise.resolve(store);
}

/** The policy of a site, or those that were imported. */
function policiesOf(
  { profile, imported }: ToldSite,
  maxBodyBytes: number,
): Pick<SiteOptions, 'policy' | 'policyFor'> {
  return imported === undefined
    ? { policy: policyOf(profile, maxBodyBytes) }
    : { policy: imported.policy, policyFor: imported.policyFor };
}

function policyOf(profile: string | Policy | undefined, maxBodyBytes: number): Policy {
  if (typeof profile === 'object') return profile;
  const policy = profile === undefined ? rfc9111 : profileNamed(profile);
  const { storability } = policy;
  // 32 MiB is what memory bears; a CDN that says how long a body may be is taken at its word.
  if (storability.maxBodyBytes !== rfc9111.storability.maxBodyBytes) return policy;
  return { ...policy, storability: { ...storability, maxBodyBytes } };
}
