import { randomBytes } from 'node:crypto';

import { withoutFields, type FieldLines, type RequestHead } from '@poplet/policy';

/** What all requests of one connection have in common. */
export interface ConnectionFacts {
  readonly scheme: 'http' | 'https';
  readonly localAuthority: string;
  readonly clientAddress: string | undefined;
}

/** A request in HTTP/2 as the pipeline reads requests. */
export interface Http2Head {
  readonly head: RequestHead;
  /** Of an extended CONNECT (RFC 8441 §4): `websocket`. */
  readonly protocol: string | undefined;
  /** RFC 9113 §6.5.2: names, values, and 32 bytes for each line. */
  readonly listBytes: number;
  /** Why it is malformed, as far as nghttp2 lets it pass; undefined: it is not. */
  readonly flaw: string | undefined;
}

const LINE_OVERHEAD_BYTES = 32;

const SPACE_AROUND = /^[ \t]|[ \t]$/;

/** RFC 8441 §5: it means nothing in HTTP/2. */
const WEBSOCKET_KEY: ReadonlySet<string> = new Set(['sec-websocket-key']);

/**
 * Puts pseudo-header fields where HTTP/1.1 has them: `:authority` is a Host field (RFC 9113 §8.3.1). Pieces
 * of a Cookie become one (§8.2.3). Most of what is malformed nghttp2 has refused by now. `goesOn`: the
 * stream does not end with the head.
 */
export function readHead(raw: FieldLines, goesOn: boolean, connection: ConnectionFacts): Http2Head {
  const pseudo = new Map<string, string>();
  const lines: string[] = [];
  let cookieAt = -1;
  let hasHost = false;
  let listBytes = 0;
  let isEmpty = !goesOn;
  let flaw: string | undefined;
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index] as string;
    const value = raw[index + 1] as string;
    listBytes += name.length + value.length + LINE_OVERHEAD_BYTES;
    // DEVIATION(rfc9113#8.2.1): fields with other forbidden bytes, which nghttp2 leaves out, are not missed.
    // RFC 9113 §8.2.1
    if (SPACE_AROUND.test(value)) flaw ??= `the value of ${name} begins or ends with white space`;
    if (name === 'content-length' && /^0+$/.test(value)) isEmpty = true;
    if (name.startsWith(':')) {
      pseudo.set(name, value);
    } else if (name === 'cookie' && cookieAt !== -1) {
      lines[cookieAt] += `; ${value}`;
    } else {
      if (name === 'cookie') cookieAt = lines.length + 1;
      if (name === 'host') hasHost = true;
      lines.push(name, value);
    }
  }
  const authority = pseudo.get(':authority');
  if (authority !== undefined && !hasHost) lines.unshift('host', authority);
  const method = pseudo.get(':method') ?? '';
  const protocol = pseudo.get(':protocol');
  const head = {
    method,
    // RFC 9113 §8.5: CONNECT has no path.
    target: pseudo.get(':path') ?? authority ?? '',
    version: '2',
    lines,
    pseudo: { scheme: pseudo.get(':scheme') ?? connection.scheme, authority, hasContent: !isEmpty },
    ...connection,
  };
  return { head, protocol, listBytes, flaw };
}

/** A request for WebSockets as HTTP/1.1 makes it (RFC 8441 §5), with a key of the edge's own. */
export function asUpgrade(
  head: RequestHead,
  protocol: string,
): { readonly head: RequestHead; readonly key: string } {
  const key = randomBytes(16).toString('base64');
  const { lines, pseudo } = head;
  const upgrade = ['connection', 'Upgrade', 'upgrade', protocol, 'sec-websocket-key', key];
  return {
    head: {
      ...head,
      method: 'GET',
      // What follows belongs to the other protocol.
      ...(pseudo === undefined ? {} : { pseudo: { ...pseudo, hasContent: false } }),
      lines: [...withoutFields(lines, WEBSOCKET_KEY), ...upgrade],
    },
    key,
  };
}
