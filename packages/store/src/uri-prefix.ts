import { splitSearch, uriOfKey, type StoredResponse } from '@poplet/policy';

import { hostPartsOf, uriPartsOf, type UriParts } from './uri-parts.ts';

/**
 * What a prefix selector reaches: `https://host/path` as a prefix of the URI, or, as vendors write it,
 * `host/path`, which means both schemes and, without a port, every port. The host always counts
 * whole: `https://example.co` does not reach `example.com`.
 */
export interface UriPrefix {
  readonly scheme: string | undefined;
  readonly hostname: string;
  readonly port: string | undefined;
  readonly targetPrefix: string;
}

/** Undefined when the text names no host. */
export function uriPrefixOf(prefix: string): UriPrefix | undefined {
  const parts = uriPartsOf(prefix);
  if (parts !== undefined) {
    const { scheme, hostname, port, target } = parts;
    return { scheme, hostname, port, targetPrefix: target };
  }
  const slash = prefix.indexOf('/');
  const host = hostPartsOf(slash === -1 ? prefix : prefix.slice(0, slash));
  if (host === undefined) return undefined;
  return { scheme: undefined, ...host, targetPrefix: slash === -1 ? '/' : prefix.slice(slash) };
}

/**
 * Whether a prefix reaches what is stored for a URI; `answersOthers`: for other queries of its path
 * too. Which of those begin with the prefix is not told apart: all might.
 */
export function isReached(
  uri: UriParts,
  { prefix, answersOthers }: { readonly prefix: UriPrefix; readonly answersOthers: boolean },
): boolean {
  const { hostname, port, scheme, targetPrefix } = prefix;
  const mark = answersOthers ? targetPrefix.indexOf('?') : -1;
  return (
    uri.hostname === hostname &&
    (port === undefined || uri.port === port) &&
    (scheme === undefined || uri.scheme === scheme) &&
    (mark === -1
      ? uri.target.startsWith(targetPrefix)
      : splitSearch(uri.target).path === targetPrefix.slice(0, mark))
  );
}

/** Whether a prefix reaches a stored response. */
export function isUnder(
  { primaryKey, variance }: Pick<StoredResponse, 'primaryKey' | 'variance'>,
  prefix: UriPrefix,
): boolean {
  const uri = uriPartsOf(uriOfKey(primaryKey));
  return uri !== undefined && isReached(uri, { prefix, answersOthers: variance !== null });
}
