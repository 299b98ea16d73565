import { PopletError } from '@poplet/policy';

import { callAdmin, type AdminOptions } from './admin-client.ts';
import { leadsHere } from './hosts-elsewhere.ts';

/**
 * Throws PopletError `invalid-option` for what is neither a path of the edge (`/a.js`) nor a URL, with what it
 * may have been meant to be.
 */
export function mustBeAddress(text: string): void {
  if (text.startsWith('/') || /^https?:\/\/[^/]/iu.test(text)) return;
  const isAddress = /^[\w.-]+(?::\d+)?(?:[/?]|$)/u.test(text) && /^[^/]*:\d|^localhost/u.test(text);
  throw new PopletError('invalid-option', `${JSON.stringify(text)} is neither a path nor a URL`, {
    hint: isAddress
      ? `write http://${text}`
      : `a path of the running edge begins with a slash: /${text.replace(/^\.\//u, '')}`,
  });
}

export interface EdgeOrigins {
  /** By the names of this machine, and by those of its sites. */
  readonly origins: readonly string[];
  /** Hosts of sites that stand for names which only their visitors know: `*.shop.test`. */
  readonly wildcards: readonly string[];
  /**
   * The origins under which the edge may have stored what is meant by this one's: for a name of this machine
   * all those that the same site answers for.
   */
  twinsOf(url: URL): readonly string[];
  /** Whether it is the edge that answers for a URL, as far as can be known here. */
  owns(url: URL): Promise<boolean>;
  /** The server behind the site that answers for a URL of the edge; undefined: no site does. */
  upstreamOf(url: URL): string | undefined;
}

/** By these every program of this machine reaches it. */
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

interface SiteView {
  readonly hosts: readonly string[];
  readonly upstream: string;
}

/** Where clients find the running edge. */
export async function edgeOrigins(options: AdminOptions): Promise<EdgeOrigins> {
  const { edge: address } = (await callAdmin(options, 'health')) as {
    readonly edge: string | null;
  };
  const url = address === null ? null : URL.parse(address);
  if (url === null)
    throw new PopletError('invalid-option', 'the running edge does not say where it listens', {
      hint: 'give absolute URLs',
    });
  const { sites } = (await callAdmin(options, 'stats')) as {
    readonly sites: readonly SiteView[];
  };
  const port = url.port === '' ? '' : `:${url.port}`;
  const all = sites.flatMap((site) => site.hosts);
  const wildcards = all.filter((host) => host.startsWith('*.'));
  const hosts = all.filter((host) => !host.startsWith('*.'));
  const names = new Set([url.hostname, ...LOOPBACK, ...hosts]);
  const originOf = (name: string): string => `${url.protocol}//${name}${port}`;
  const origins = [...names].map(originOf);
  const isAnyHost = sites.some((site) => site.hosts.length === 0);
  const siteOf = (hostname: string): SiteView | undefined => {
    const named = sites.find((site) => site.hosts.includes(hostname));
    const below = sites
      .flatMap((site) => site.hosts.map((host) => ({ host, site })))
      .filter(({ host }) => host.startsWith('*.') && hostname.endsWith(host.slice(1)))
      // A longer wildcard before a shorter one.
      .toSorted((one, other) => other.host.length - one.host.length);
    const any = sites.find((site) => site.hosts.length === 0);
    return named ?? below[0]?.site ?? any;
  };
  return {
    origins,
    wildcards,
    async owns({ origin, protocol, hostname, port: asked }) {
      if (origins.some((own) => URL.parse(own)?.origin === origin)) return true;
      if (protocol !== url.protocol || asked !== url.port) return false;
      if (wildcards.some((host) => hostname.endsWith(host.slice(1)))) return true;
      return isAnyHost && (await leadsHere(hostname));
    },
    twinsOf({ origin, hostname }) {
      if (!LOOPBACK.includes(hostname) || originOf(hostname) !== origin) return [origin];
      return LOOPBACK.filter((name) => siteOf(name) === siteOf(hostname)).map(originOf);
    },
    upstreamOf({ hostname }) {
      return siteOf(hostname)?.upstream;
    },
  };
}
