import type { Policy } from './contracts/policy.ts';
import type { PresentedRequest } from './contracts/request.ts';

/** The target URI (RFC 9110 §7.1): scheme, authority, path and query as asked for. */
export function absoluteUriOf(request: PresentedRequest): string {
  return `${request.scheme}://${request.authority}${request.target}`;
}

/** A URI or a request target up to its query. */
export function withoutQuery(uri: string): string {
  const mark = uri.indexOf('?');
  return mark === -1 ? uri : uri.slice(0, mark);
}

/**
 * The primary cache key, from the request and the policy alone: `<siteId> <absolute-uri>`, or
 * `<siteId>@<deployment> <absolute-uri>` where deployments have caches of their own.
 * The method is not part of it: only GET responses are stored, and they answer HEAD too.
 */
export function primaryKeyOf(
  request: PresentedRequest,
  policy: Policy,
  deployment: string,
): string {
  const site = policy.key.deployment ? `${request.siteId}@${deployment}` : request.siteId;
  const uri = absoluteUriOf(request);
  return `${site} ${policy.key.query === 'none' ? withoutQuery(uri) : uri}`;
}

/** The absolute URI inside a primary key. */
export function uriOfKey(primaryKey: string): string {
  return primaryKey.slice(primaryKey.indexOf(' ') + 1);
}

/** The site id inside a primary key. */
export function siteOfKey(primaryKey: string): string {
  const site = primaryKey.slice(0, primaryKey.indexOf(' '));
  const at = site.indexOf('@');
  return at === -1 ? site : site.slice(0, at);
}
