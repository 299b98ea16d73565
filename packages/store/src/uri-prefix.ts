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

export function hasPrefix(uri: UriParts, prefix: UriPrefix): boolean {
  return (
    uri.hostname === prefix.hostname &&
    (prefix.port === undefined || uri.port === prefix.port) &&
    (prefix.scheme === undefined || uri.scheme === prefix.scheme) &&
    uri.target.startsWith(prefix.targetPrefix)
  );
}
