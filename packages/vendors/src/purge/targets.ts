import {
  hasFoldedTags,
  IncomingFields,
  selectionOf,
  splitSearch,
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
  const target = written.startsWith('/') ? written : `/${written}`;
  return { hostname: url.hostname, target: sendable(target) };
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

/** How a path is meant. */
interface PathMeaning extends Partial<Pick<PathSelector, 'extent' | 'folds'>> {
  readonly soft?: boolean;
  /** Of the variants that the key makes, only that of a request with these fields. Absent: all. */
  readonly variantOf?: Readonly<Record<string, string>>;
}

/**
 * A path of a site, whatever host it was asked at unless the one named is the site's own. What is stored stands
 * under the key that its policy makes of the path: without the query, where that is no part of it.
 */
export function pathPurges(
  site: PurgeableSite,
  { hostname, target }: { readonly hostname: string | null; readonly target: string },
  { soft = false, extent = 'exact', folds = false, variantOf }: PathMeaning = {},
): readonly Purge[] {
  const sent = sendable(target);
  const own = hostname !== null && site.hasHost(hostname) ? hostname : null;
  const asked = { hostname, target: sent, fields: variantOf ?? {} };
  const selectors = site.policiesFor(asked).map((policy): PathSelector => {
    const isCut = policy.key.query === 'none' && sent.includes('?');
    return {
      kind: 'path',
      path: isCut ? splitSearch(sent).path : sent,
      extent: isCut ? 'exact' : extent,
      hostname: own,
      folds,
      variantKey: variantOf === undefined ? null : variantKeyFor(policy, variantOf),
    };
  });
  // Most policies of a site make the same key.
  const unlike = new Map(selectors.map((selector) => [JSON.stringify(selector), selector]));
  return [...unlike.values()].map((selector) => ({ selector, soft, siteId: site.id }));
}

/** What no request line can hold is encoded as a browser would. */
function sendable(target: string): string {
  const url = /[^!-~]/u.test(target) ? URL.parse(`http://localhost${target}`) : null;
  return url === null ? target : url.pathname + url.search;
}

export function tagPurge({ id, policy }: PurgeableSite, tag: string, soft = false): Purge {
  const kept = hasFoldedTags(policy.storability) ? tag.toLowerCase() : tag;
  return { selector: { kind: 'tag', tag: kept }, soft, siteId: id };
}

export function everythingPurge(site: PurgeableSite): Purge {
  return { selector: { kind: 'everything' }, soft: false, siteId: site.id };
}

/** The key among the variants of a URL for a request with these fields, where the key alone makes variants. */
function variantKeyFor(
  policy: PurgeableSite['policy'],
  fields: Readonly<Record<string, string>>,
): string | null {
  const { rule } = selectionOf(new IncomingFields([]), policy);
  return rule === null
    ? null
    : variantKeyOf(rule, new IncomingFields(Object.entries(fields).flat()));
}
