import type { PresentedRequest } from './contracts/request.ts';
import { IncomingFields, type FieldLines } from './headers.ts';

/** A request as the parser of the connection left it. */
export interface RequestHead {
  readonly method: string;
  /** The request-target in any of its four forms, as sent. */
  readonly target: string;
  /** `1.1`, `2`; empty where the request line named none. */
  readonly version: string;
  readonly lines: FieldLines;
  /** Of the connection. */
  readonly scheme: 'http' | 'https';
  /** What HTTP/2 says apart from the fields; absent in HTTP/1. */
  readonly pseudo?: PseudoFields;
  /** `host[:port]` that the connection leads to, for a request that names none. */
  readonly localAuthority: string;
  readonly clientAddress: string | undefined;
}

/** RFC 9113 §8.3.1. `:authority` stands as Host among the fields, too, where those have none. */
export interface PseudoFields {
  /** `:scheme` */
  readonly scheme: string;
  /** `:authority` */
  readonly authority: string | undefined;
  /** RFC 9113 §8.1: content follows, whatever the fields say of it. */
  readonly hasContent: boolean;
}

export type ReadRequest =
  | { readonly kind: 'request'; readonly request: Omit<PresentedRequest, 'siteId'> }
  | Malformed;

interface Malformed {
  readonly kind: 'malformed';
  readonly status: number;
  readonly problem: string;
}

/** The target URI and the framing of a request, or what is wrong with them (RFC 9112 §3, §6; RFC 9113 §8.3.1). */
export function readRequest(head: RequestHead): ReadRequest {
  const { method, version, lines, scheme, pseudo, localAuthority, clientAddress } = head;
  // RFC 9112 §2.3: without a version it is HTTP/0.9.
  if (version !== '1.1' && version !== '1.0' && version !== '2')
    return malformed(400, `its version is HTTP/${version}, and only HTTP/1.1 is spoken here`);
  const fields = new IncomingFields(lines);
  const coding = fields.get('transfer-encoding')?.toLowerCase() ?? 'chunked';
  // RFC 9112 §6.3: where chunked is not the last coding, nobody knows where the content ends.
  if (!/(?:^|[,\s])chunked$/.test(coding))
    return malformed(400, `Transfer-Encoding "${coding}" does not end in chunked`);
  // RFC 9112 §6.1
  if (coding !== 'chunked')
    return malformed(501, `Transfer-Encoding "${coding}" is not known here`);
  // RFC 9112 §3.2: exactly one Host line in HTTP/1.1, also where the target names the host.
  const hosts = fields.lines('host');
  if (hosts.length > 1) return malformed(400, 'more than one Host field');
  if (hosts.length === 0 && version !== '1.0') return malformed(400, 'no Host field');

  const isFollowed = pseudo?.hasContent ?? hasContent(fields);
  // RFC 9110 §9.3.8: nobody sends content with it, nor may it be sent on.
  if (method === 'TRACE' && isFollowed) return malformed(400, 'a TRACE has no content');
  const asked = readTarget(head.target, method);
  if (asked.kind === 'malformed') return asked;
  // RFC 9113 §8.3.1: in HTTP/2 the path is a path.
  if (pseudo !== undefined && asked.authority !== undefined)
    return malformed(400, 'the :path is a URL');
  // RFC 9112 §3.2.2: an absolute-form target's authority replaces what Host says.
  const authorityText = asked.authority ?? hosts[0] ?? localAuthority;
  const authority = normalizedAuthority(authorityText, scheme);
  if (authority === null) return malformed(400, `"${authorityText}" is not a host`);
  // RFC 9113 §8.3.1: Host and :authority name the same, or it is not known which is meant.
  const named = pseudo?.authority;
  if (named !== undefined && normalizedAuthority(named, scheme) !== authority)
    return malformed(400, `Host is "${authorityText}" and :authority "${named}"`);
  // RFC 9110 §7.4: https is not spoken for over a connection that is not secured.
  const askedScheme = asked.scheme ?? pseudo?.scheme ?? scheme;
  if (askedScheme !== scheme)
    return malformed(421, `the target is ${askedScheme}: but the connection is ${scheme}:`);
  return {
    kind: 'request',
    request: {
      method,
      scheme,
      authority,
      target: asked.target,
      receivedVersion: version,
      fields,
      hasContent: isFollowed,
      clientAddress,
    },
  };
}

type AskedTarget =
  | {
      readonly kind: 'target';
      readonly target: string;
      readonly scheme: 'http' | 'https' | null;
      readonly authority: string | undefined;
    }
  | Malformed;

function malformed(status: number, problem: string): Malformed {
  return { kind: 'malformed', status, problem };
}

function readTarget(text: string, method: string): AskedTarget {
  // RFC 9112 §3.2: no form of the target has a fragment.
  if (text.includes('#')) return malformed(400, 'the request target has a fragment (#)');
  // RFC 9112 §3.2.1
  if (text.startsWith('/'))
    return { kind: 'target', target: text, scheme: null, authority: undefined };
  // RFC 9112 §3.2.4
  if (text === '*') {
    if (method !== 'OPTIONS')
      return malformed(400, `the target * belongs to OPTIONS, not ${method}`);
    return { kind: 'target', target: '*', scheme: null, authority: undefined };
  }
  // RFC 9112 §3.2.2
  const absolute = /^(https?):\/\/([^/?]+)(.*)$/i.exec(text);
  if (absolute === null)
    return malformed(400, 'the request target is neither a path nor an http URL');
  const [, scheme, authority, rest = ''] = absolute;
  const path = rest.startsWith('/') ? rest : `/${rest}`;
  // RFC 9112 §3.2.4: an OPTIONS for a URL without path and query means the server.
  const target = rest === '' && method === 'OPTIONS' ? '*' : path;
  return {
    kind: 'target',
    target,
    scheme: (scheme as string).toLowerCase() as 'http' | 'https',
    authority,
  };
}

/**
 * RFC 3986 §3.2: a name or an IP literal, and a port; no user information (RFC 9110 §4.2.4). A comma, which
 * no host name on a network has, would make two hosts of one in X-Forwarded-Host.
 */
const AUTHORITY = /^(\[[0-9a-f:.]+\]|(?:[a-z0-9._~!$&'()*+;=-]|%[0-9a-f]{2})+)(?::(\d*))?$/;

/** `host[:port]` in lower case without the scheme's default port (RFC 9110 §4.2.3); null when it is none. */
function normalizedAuthority(text: string, scheme: 'http' | 'https'): string | null {
  const match = AUTHORITY.exec(text.toLowerCase());
  if (match === null) return null;
  const [, host = '', port = ''] = match;
  if (Number(port) > 65_535) return null;
  const isDefault = port === '' || Number(port) === (scheme === 'http' ? 80 : 443);
  return isDefault ? host : `${host}:${Number(port)}`;
}

/** RFC 9112 §6: Content-Length above 0, or any Transfer-Encoding. */
export function hasContent(fields: IncomingFields): boolean {
  if (fields.has('transfer-encoding')) return true;
  const length = fields.get('content-length');
  return length !== undefined && !/^0*$/.test(length);
}
