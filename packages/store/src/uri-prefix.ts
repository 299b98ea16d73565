import { splitSearch, uriOfKey, type PathSelector, type StoredResponse } from '@poplet/policy';

import { hostPartsOf, uriPartsOf, type UriParts } from './uri-parts.ts';

/**
 * What a prefix selector reaches: `https://host/path` as a prefix of the URI, or, as vendors write it,
 * `host/path`, which means both schemes and, without a port, every port. The host always counts
 * whole: `https://example.co` does not reach `example.com`.
 */
export interface UriPrefix {
  readonly scheme: string | undefined;
  /** Undefined: any. */
  readonly hostname: string | undefined;
  readonly port: string | undefined;
  readonly targetPrefix: string;
  /** Whether letter case and query do not count. */
  readonly folds: boolean;
}

/** Undefined when the text names no host. */
export function uriPrefixOf(prefix: string): UriPrefix | undefined {
  const parts = uriPartsOf(prefix);
  if (parts !== undefined) {
    const { scheme, hostname, port, target } = parts;
    return { scheme, hostname, port, targetPrefix: target, folds: false };
  }
  const slash = prefix.indexOf('/');
  const host = hostPartsOf(slash === -1 ? prefix : prefix.slice(0, slash));
  if (host === undefined) return undefined;
  const targetPrefix = slash === -1 ? '/' : prefix.slice(slash);
  return { scheme: undefined, ...host, targetPrefix, folds: false };
}

/** What a path selector reaches that means all that begins with it. */
export function pathPrefixOf({ path, hostname, folds }: PathSelector): UriPrefix {
  return {
    scheme: undefined,
    hostname: hostname ?? undefined,
    port: undefined,
    targetPrefix: folds ? foldedTarget(path) : path,
    folds,
  };
}

/** A request target where letter case and query do not count. */
export function foldedTarget(target: string): string {
  return splitSearch(target).path.toLowerCase();
}

/**
 * Whether a prefix reaches what is stored for a URI; `answersOthers`: for other queries of its path
 * too. Which of those begin with the prefix is not told apart: all might.
 */
export function isReached(
  uri: UriParts,
  { prefix, answersOthers }: { readonly prefix: UriPrefix; readonly answersOthers: boolean },
): boolean {
  const { hostname, port, scheme, targetPrefix, folds } = prefix;
  const mark = answersOthers ? targetPrefix.indexOf('?') : -1;
  return (
    (hostname === undefined || uri.hostname === hostname) &&
    (port === undefined || uri.port === port) &&
    (scheme === undefined || uri.scheme === scheme) &&
    (mark === -1
      ? (folds ? foldedTarget(uri.target) : uri.target).startsWith(targetPrefix)
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
