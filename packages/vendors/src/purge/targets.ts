import {
  hasFoldedTags,
  IncomingFields,
  selectionOf,
  variantKeyOf,
  type PathSelector,
  type Purge,
  type PurgeableSite,
} from '@poplet/policy';

/** What a URL names, as purge APIs take one. */
export interface PurgeUrl {
  /** Lower case, without port; IPv6 addresses in brackets. */
  readonly hostname: string;
  /** Path and query as they were written; what no request line can hold is encoded as a browser would. */
  readonly target: string;
}

/** Undefined for what is no absolute URL in http or https, or has a user in it. */
export function purgeUrlOf(text: string): PurgeUrl | undefined {
  const url = URL.parse(text);
  const written = /^https?:\/\/[^/?#\\]+(?<target>[^#]*)/iu.exec(text)?.groups?.['target'];
  if (url === null || written === undefined || url.username !== '' || url.password !== '')
    return undefined;
  const isSendable = !/[^!-~]/u.test(written);
  const target = isSendable ? written : url.pathname + url.search;
  return { hostname: url.hostname, target: target.startsWith('/') ? target : `/${target}` };
}

/** The site that a CDN calls by this name. */
export function siteNamed(
  sites: readonly PurgeableSite[],
  name: string,
): PurgeableSite | undefined {
  return sites.find(({ names }) => names.includes(name));
}

/**
 * The sites that a URL may be of. Whose host it is has them alone; a host that nobody names is the one
 * in production, which stands for all of them.
 */
export function sitesAt(
  sites: readonly PurgeableSite[],
  hostname: string,
): readonly PurgeableSite[] {
  const own = sites.filter((site) => site.hasHost(hostname));
  return own.length > 0 ? own : sites;
}

/** A path of a site, whatever host it was asked at unless the one named is the site's own. */
export function pathPurge(
  site: PurgeableSite,
  { hostname, target }: { readonly hostname: string | null; readonly target: string },
  {
    soft = false,
    ...changes
  }: Partial<Pick<PathSelector, 'extent' | 'folds' | 'variantKey'>> & {
    readonly soft?: boolean;
  } = {},
): Purge {
  const hasQuery = site.policy.key.query !== 'none';
  return {
    selector: {
      kind: 'path',
      path: hasQuery ? target : target.replace(/\?.*$/su, ''),
      extent: 'exact',
      hostname: hostname !== null && site.hasHost(hostname) ? hostname : null,
      folds: false,
      variantKey: null,
      ...changes,
    },
    soft,
    siteId: site.id,
  };
}

export function tagPurge({ id, policy }: PurgeableSite, tag: string, soft = false): Purge {
  const kept = hasFoldedTags(policy.storability) ? tag.toLowerCase() : tag;
  return { selector: { kind: 'tag', tag: kept }, soft, siteId: id };
}

export function everythingPurge(site: PurgeableSite): Purge {
  return { selector: { kind: 'everything' }, soft: false, siteId: site.id };
}

/** The key among the variants of a URL for a request with these fields, where the key alone makes variants. */
export function variantKeyFor(
  { policy }: PurgeableSite,
  fields: Readonly<Record<string, string>>,
): string | null {
  const { rule } = selectionOf(new IncomingFields([]), policy);
  return rule === null
    ? null
    : variantKeyOf(rule, new IncomingFields(Object.entries(fields).flat()));
}
