import {
  cdnInfoOf,
  PopletError,
  rfc9111,
  type Policy,
  type PresentedRequest,
  type PurgeMethod,
} from '@poplet/policy';

import type { EdgeOptions, ResolvedSite, SiteOptions } from './edge-api.ts';
import { upstreamAddress } from './upstream/address.ts';
import { Hits } from './hits.ts';
import { HandlerUpstream } from './upstream/handler-upstream.ts';
import { PoolUpstream } from './upstream/pool-upstream.ts';
import type { Upstream } from './upstream/upstream.ts';

/** One site, its options checked and its upstream made; or that site under another policy of its own (`for`). */
export class Site implements ResolvedSite {
  readonly id: string;
  /** Lower case, without port. */
  readonly hosts: readonly string[];
  readonly policy: Policy;
  readonly hostHeader: 'upstream' | 'viewer';
  readonly upstream: Upstream;
  readonly cdnInfo: string;
  readonly purgeMethod: PurgeMethod | undefined;
  /** Undefined where nobody is told of them. */
  readonly hits: Hits | undefined;
  readonly #choosePolicy: SiteOptions['policyFor'];
  readonly #under = new Map<Policy, Site>();
  readonly #loopId: string;

  constructor(
    { id = 'default', hosts = [], policy = rfc9111, ...options }: Omit<SiteOptions, 'upstream'>,
    { upstream, loopId }: { readonly upstream: Upstream; readonly loopId: string },
  ) {
    this.id = id;
    this.hosts = hosts.map((host) => host.toLowerCase());
    this.policy = policy;
    this.hostHeader = options.hostHeader ?? 'upstream';
    this.purgeMethod = options.purgeMethod;
    this.upstream = upstream;
    this.hits = policy.downstream.ownFields === null ? undefined : new Hits();
    this.cdnInfo = cdnInfoOf(policy.downstream.cacheName, loopId);
    this.#choosePolicy = options.policyFor;
    this.#loopId = loopId;
  }

  policyFor(request: PresentedRequest): Policy {
    return this.#choosePolicy?.(request) ?? this.policy;
  }

  /** This site under the policy that holds for a request: the same in all but that. */
  for(request: PresentedRequest): Site {
    const policy = this.policyFor(request);
    if (policy === this.policy) return this;
    const known = this.#under.get(policy);
    if (known !== undefined) return known;
    const { id, hosts, hostHeader, purgeMethod, upstream } = this;
    const under = new Site(
      { id, hosts, hostHeader, purgeMethod, policy },
      { upstream, loopId: this.#loopId },
    );
    this.#under.set(policy, under);
    return under;
  }

  /** Of an in-process handler: final once it has been asked. */
  get upstreamUrl(): string {
    return this.upstream.origin;
  }
}

/** The sites of an edge, and which one a host belongs to. */
export class Sites {
  readonly all: readonly Site[];
  readonly #byHost: ReadonlyMap<string, Site>;
  /** By what stands behind the `*`: `.shop.test`. */
  readonly #byWildcard: ReadonlyMap<string, Site>;
  /** The site that answers to any host. */
  readonly #anyHost: Site | undefined;

  /**
   * Checks the options and makes the upstreams. Throws PopletError `no-sites`, `duplicate-site`,
   * `invalid-option`, `bad-upstream-url`.
   */
  constructor(
    options: readonly SiteOptions[],
    { edgeId, onFault }: { readonly edgeId: string; readonly onFault: EdgeOptions['onFault'] & {} },
  ) {
    checkSites(options);
    this.all = options.map((site, index) => {
      const upstream = makeUpstream(site, onFault);
      // One site behind another of the same edge is no loop.
      return new Site(site, { upstream, loopId: `${edgeId}.${index}` });
    });
    const byName = this.all.flatMap((site) => site.hosts.map((host) => [host, site] as const));
    this.#byHost = new Map(byName);
    this.#byWildcard = new Map(
      byName.flatMap(([host, site]) => (host.startsWith('*.') ? [[host.slice(1), site]] : [])),
    );
    this.#anyHost = this.all.find(({ hosts }) => hosts.length === 0);
  }

  /** By `host[:port]`; undefined when hosts are named and this is none of them (RFC 9110 §15.5.20). */
  forAuthority(authority: string): Site | undefined {
    const host = authority.replace(/:\d+$/, '');
    return this.#byHost.get(host) ?? this.#underWildcard(host) ?? this.#anyHost;
  }

  /** A longer wildcard before a shorter one. */
  #underWildcard(host: string): Site | undefined {
    if (this.#byWildcard.size === 0) return undefined;
    for (let dot = host.indexOf('.', 1); dot !== -1; dot = host.indexOf('.', dot + 1)) {
      const site = this.#byWildcard.get(host.slice(dot));
      if (site !== undefined) return site;
    }
    return undefined;
  }
}

function makeUpstream({ upstream }: SiteOptions, onFault: EdgeOptions['onFault'] & {}): Upstream {
  if ('url' in upstream) return new PoolUpstream(upstreamAddress(upstream.url), upstream);
  const { handler, upgrade } = upstream;
  return new HandlerUpstream({
    handler,
    upgrade,
    onFault: (error) => onFault('upstream handler', error),
  });
}

function checkSites(sites: readonly SiteOptions[]): void {
  if (sites.length === 0) {
    throw new PopletError('no-sites', 'no site is configured', {
      hint: 'name at least one, with its upstream',
    });
  }
  const ids = new Set<string>();
  const hosts = new Set<string>();
  for (const { id = 'default', hosts: named = [] } of sites) {
    if (!/^[^\s@]+$/.test(id)) {
      throw new PopletError(
        'invalid-option',
        `the site id "${id}" is empty, or has white space or @ in it`,
        {
          hint: 'use letters, digits and dashes',
        },
      );
    }
    if (ids.has(id)) {
      throw new PopletError('duplicate-site', `two sites have the id "${id}"`, {
        hint: 'give each site an id of its own',
      });
    }
    ids.add(id);
    if (named.length === 0 && sites.length > 1) {
      throw new PopletError('invalid-option', `the site "${id}" names no host`, {
        hint: 'with several sites, each says which hosts it answers to',
      });
    }
    for (const host of named) checkHost(host.toLowerCase(), id, hosts);
  }
}

function checkHost(host: string, siteId: string, seen: Set<string>): void {
  if (/\*/.test(host) && !/^\*\.[^*.]/.test(host)) {
    throw new PopletError('invalid-option', `"${host}" in site "${siteId}" is no wildcard`, {
      hint: 'names below a domain are written *.example.test; for any host, leave hosts out',
    });
  }
  if (!/^(?:\[[0-9a-f:.]+\]|[^\s/:@[\]]+)$/.test(host)) {
    throw new PopletError('invalid-option', `"${host}" in site "${siteId}" is not a host name`, {
      hint: 'write the name alone, without scheme and port: www.example.test',
    });
  }
  if (seen.has(host)) {
    throw new PopletError('duplicate-site', `the host "${host}" is named twice`, {
      hint: 'a host belongs to one site',
    });
  }
  seen.add(host);
}
