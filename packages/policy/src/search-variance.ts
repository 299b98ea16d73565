import type { KeyPolicy, Policy } from './contracts/policy.ts';
import type { PresentedRequest } from './contracts/request.ts';
import type { StoredResponse } from './contracts/stored-response.ts';
import { parseNoVarySearch, searchVariance, type SearchVariance } from './fields/no-vary-search.ts';
import type { FieldReader } from './headers.ts';
import { absoluteUriOf, uriOfKey } from './key.ts';
import { reason, type Reason } from './reasons.ts';
import { variationOf } from './variation-of.ts';

/** No parameter makes a difference. */
const ALL_QUERIES = parseNoVarySearch(['key-order, params']) as SearchVariance;

/** That of every response, where the policy makes nothing of the order. */
const UNORDERED = parseNoVarySearch(['key-order']) as SearchVariance;

/** For which other queries of its path a response answers too; null when for none. */
export function searchVarianceOf(response: FieldReader, { key }: Policy): SearchVariance | null {
  const said = variationOf(response, key);
  if (said !== null && said.query !== null)
    return searchVariance('counted', new Set(said.query), false);
  if (said?.allQueries !== true && isAsset(response, key)) return ALL_QUERIES;
  if (key.query === 'unordered') return UNORDERED;
  if (!key.noVarySearch) return null;
  const variance = parseNoVarySearch(response.lines('no-vary-search'));
  return typeof variance === 'string' ? null : variance;
}

/** Whether it is a file of the CDN's own, which is for all queries. */
function isAsset(response: FieldReader, { assetFields }: KeyPolicy): boolean {
  return assetFields.some((name) => response.has(name));
}

/** What is worth knowing of the variance that a response is stored with. */
export function searchVarianceReasons(response: FieldReader, policy: Policy): readonly Reason[] {
  const { key } = policy;
  const said = variationOf(response, key);
  if (said !== null && said.query !== null)
    return [reason('search-variance-named', { names: said.query.join(', ') })];
  if (said?.allQueries !== true && isAsset(response, key)) return [reason('search-variance-asset')];
  if (key.query === 'unordered') return [];
  const variance = searchVarianceOf(response, policy);
  if (variance !== null) return [reason('search-variance', { variance: variance.id })];
  const isMalformed =
    key.noVarySearch && parseNoVarySearch(response.lines('no-vary-search')) === 'malformed';
  return isMalformed ? [reason('search-variance-malformed')] : [];
}

/** A URI, or a primary key, as what stands before the first `?` and what stands behind it. */
export function splitSearch(uri: string): { readonly path: string; readonly search: string } {
  const mark = uri.indexOf('?');
  if (mark === -1) return { path: uri, search: '' };
  return { path: uri.slice(0, mark), search: uri.slice(mark + 1) };
}

/**
 * What counts of a query under a variance: two queries of one path are equivalent exactly when this is
 * equal. Read as application/x-www-form-urlencoded, without white space. A semicolon, which the URL
 * Standard makes part of a value and some servers take for a separator, could hide a parameter that
 * counts in one that does not: such a query is equivalent to itself alone.
 */
export function searchKeyOf(variance: SearchVariance, search: string): string {
  if (search.includes(';'))
    return search.replace(/[^!-~]/gu, (part) => encodeURIComponent(part.toWellFormed()));
  const counted = new URLSearchParams();
  for (const [name, value] of new URLSearchParams(`?${search}`)) {
    const isNamed = variance.names.has(name);
    if (isNamed === (variance.named === 'counted')) counted.append(name, value);
  }
  // By code units, and stable: values of one key stay in order.
  if (!variance.orderCounts) counted.sort();
  return counted.toString();
}

/** Whether a stored response is for this key, or for one that is equivalent under its variance. */
export function answersFor(
  { primaryKey: stored, variance }: Pick<StoredResponse, 'primaryKey' | 'variance'>,
  primaryKey: string,
): boolean {
  if (stored === primaryKey) return true;
  if (variance === null) return false;
  const one = splitSearch(stored);
  const other = splitSearch(primaryKey);
  return (
    one.path === other.path &&
    searchKeyOf(variance, one.search) === searchKeyOf(variance, other.search)
  );
}

/** The target that brought the stored response: the presented one, or one that is equivalent. */
export function targetOf(
  request: PresentedRequest,
  { primaryKey, variance }: StoredResponse,
): string {
  const { scheme, authority, target } = request;
  // A key without the query says nothing of it.
  if (variance === null) return target;
  return uriOfKey(primaryKey).slice(`${scheme}://${authority}`.length);
}

/** Names the two queries where a response answers for another than the one it was fetched for. */
export function equivalenceReason(
  request: PresentedRequest,
  { primaryKey, variance }: StoredResponse,
  { key }: Policy,
): Reason | null {
  if (variance === null) return null;
  const presentedUri = absoluteUriOf(request);
  const storedUri = uriOfKey(primaryKey);
  if (presentedUri === storedUri) return null;
  const presented = splitSearch(presentedUri).search;
  const stored = splitSearch(storedUri).search;
  return key.query === 'unordered' || !key.noVarySearch
    ? reason('query-order-ignored', { presented, stored })
    : reason('no-vary-search-match', { presented, stored, variance: variance.id });
}
