/** An absolute http(s) URI taken apart and spelled as primary keys spell it. */
export interface UriParts {
  /** Lower case. */
  readonly scheme: string;
  /** Lower case; IPv6 addresses in brackets. */
  readonly hostname: string;
  /** Always written out: the scheme's default where the URI names none, '' for unknown schemes. */
  readonly port: string;
  /** Path and query, exactly as written; `/` where empty. */
  readonly target: string;
}

const ABSOLUTE_URI = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)([^#]*)/i;
const AUTHORITY = /^(?:[^@]*@)?(\[[^\]]*\]|[^:]*)(?::(\d*))?$/;
const BEYOND_ASCII = /[^\0-\u007F]/;
const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: '80', https: '443' };

/** Undefined when the text is not an absolute URI with a host. The fragment is not part of it. */
export function uriPartsOf(uri: string): UriParts | undefined {
  const match = ABSOLUTE_URI.exec(uri);
  if (match === null) return undefined;
  const [, givenScheme = '', authority = '', target = ''] = match;
  const host = hostPartsOf(authority);
  if (host === undefined) return undefined;
  const scheme = givenScheme.toLowerCase();
  return {
    scheme,
    hostname: host.hostname,
    port: host.port ?? DEFAULT_PORTS[scheme] ?? '',
    target: target.startsWith('/') ? target : `/${target}`,
  };
}

/** `host`, `host:port` or `[ipv6]:port`, the host in lower case and in its ASCII form. */
export function hostPartsOf(
  authority: string,
): { readonly hostname: string; readonly port: string | undefined } | undefined {
  const match = AUTHORITY.exec(authority);
  const hostname = match?.[1] ?? '';
  if (hostname === '') return undefined;
  const port = match?.[2] ?? '';
  return { hostname: asciiHost(hostname), port: port === '' ? undefined : String(Number(port)) };
}

/** Scheme, host and port as RFC 6454 writes an origin: the default port is left out. */
export function originOf({ scheme, hostname, port }: UriParts): string {
  const isDefault = port === '' || port === DEFAULT_PORTS[scheme];
  return isDefault ? `${scheme}://${hostname}` : `${scheme}://${hostname}:${port}`;
}

// A browser sends the ASCII form of an international name; a person may write the other.
function asciiHost(hostname: string): string {
  const lower = hostname.toLowerCase();
  if (!BEYOND_ASCII.test(lower)) return lower;
  return URL.parse(`http://${lower}`)?.hostname ?? lower;
}
