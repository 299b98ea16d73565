import type { UpstreamAsk } from './contracts/decision.ts';
import type { Policy } from './contracts/policy.ts';
import type { PresentedRequest } from './contracts/request.ts';
import type { UpstreamRequest } from './contracts/upstream-request.ts';
import { hopByHopNames } from './fields/connection.ts';
import { parseMaxForwards } from './fields/max-forwards.ts';
import { hyphenated, trimOws, withoutFields, type FieldLines } from './headers.ts';
import { withoutQuery } from './key.ts';
import { pseudonymOf } from './pseudonym.ts';

export interface ForwardInput {
  readonly request: PresentedRequest;
  readonly ask: UpstreamAsk;
  readonly policy: Policy;
  /** Which Host the upstream sees. */
  readonly hostHeader: 'upstream' | 'viewer';
  /** `host[:port]` of the upstream. */
  readonly upstreamAuthority: string;
  /** This edge's member of CDN-Loop. */
  readonly cdnInfo: string;
}

/** Conditions and ranges: the client's are left out of a request that is to bring a whole, shareable response. */
const CONDITIONAL_FIELDS: ReadonlySet<string> = new Set([
  'if-match',
  'if-none-match',
  'if-modified-since',
  'if-unmodified-since',
  'if-range',
  'range',
]);

/** Fields that this hop writes anew. Expect is answered here (RFC 9110 §10.1.1). */
const REWRITTEN_FIELDS: ReadonlySet<string> = new Set([
  'host',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'forwarded',
  'cdn-loop',
  'expect',
]);

/** The request as the upstream is to see it: RFC 9110 §7.6. */
export function upstreamRequest({
  request,
  ask,
  policy,
  hostHeader,
  upstreamAuthority,
  cdnInfo,
}: ForwardInput): UpstreamRequest {
  const isFill = ask.kind !== 'as-is';
  const { acceptEncoding, strip, stripPrefixes } = policy.fill;
  const own = [
    ...(isFill && acceptEncoding !== null ? ['Accept-Encoding', acceptEncoding] : []),
    ...(policy.fill.ownFields?.(request) ?? []),
  ];
  const ownNames = new Set<string>();
  for (let index = 0; index < own.length; index += 2)
    ownNames.add((own[index] as string).toLowerCase());
  const hopByHop = hopByHopNames(request.fields);
  const isRemoved = (name: string): boolean =>
    hopByHop.has(name) ||
    REWRITTEN_FIELDS.has(name) ||
    (isFill && CONDITIONAL_FIELDS.has(name)) ||
    ownNames.has(name) ||
    strip.includes(name) ||
    stripPrefixes.some((prefix) => name.startsWith(prefix));
  const lines = ['Host', hostHeader === 'upstream' ? upstreamAuthority : request.authority];
  const forwarded = withoutDisguised(request.fields.toLines(), isRemoved);
  lines.push(...countedDown(request.method, forwarded));
  if (ask.kind === 'validate') {
    // RFC 9111 §4.3.1
    if (ask.etags.length > 0) lines.push('If-None-Match', ask.etags.join(', '));
    if (ask.modifiedSince !== null) lines.push('If-Modified-Since', ask.modifiedSince);
  }
  if (ask.kind === 'chunk' || ask.kind === 'part') {
    const { startByte, endByte } = ask.span;
    lines.push('Range', `bytes=${startByte}-${endByte - 1}`);
  }
  if (ask.kind === 'part') lines.push('If-Range', ask.etag);
  lines.push(...withoutFields(forwardingFields(request, policy, cdnInfo), ownNames), ...own);
  const method =
    isFill && request.method === 'HEAD' && policy.fill.headAsGet ? 'GET' : request.method;
  const { target } = request;
  return { method, target: policy.fill.forwardsQuery ? target : withoutQuery(target), lines };
}

/** Field lines without those that are removed, also where they are written with underscores, as none is that this edge reads. */
function withoutDisguised(lines: FieldLines, isRemoved: (name: string) => boolean): string[] {
  const kept: string[] = [];
  for (let index = 0; index < lines.length; index += 2) {
    const name = lines[index] as string;
    const known = hyphenated(name);
    const isDisguised = name.includes('_') && known === 'content-length';
    if (!isRemoved(known) && !isDisguised) kept.push(name, lines[index + 1] as string);
  }
  return kept;
}

/** RFC 9110 §7.6.2: each hop takes one off the Max-Forwards of OPTIONS and TRACE; one that is 0 or malformed came no further (`ownAnswer`). */
function countedDown(method: string, lines: string[]): readonly string[] {
  if (method !== 'OPTIONS' && method !== 'TRACE') return lines;
  const counted: string[] = [];
  for (let index = 0; index < lines.length; index += 2) {
    const name = lines[index] as string;
    const value = lines[index + 1] as string;
    const left = name.toLowerCase() === 'max-forwards' ? parseMaxForwards(trimOws(value)) : null;
    counted.push(name, left === null ? value : String(left - 1));
  }
  return counted;
}

/**
 * Who asked, and by which way: Via (RFC 9110 §7.6.3), CDN-Loop (RFC 8586), Forwarded (RFC 7239) and the
 * X-Forwarded-* that servers read.
 */
function forwardingFields(
  request: PresentedRequest,
  policy: Policy,
  cdnInfo: string,
): readonly string[] {
  const { fields, clientAddress, authority, scheme, receivedVersion = '1.1' } = request;
  const lines: string[] = [];
  const append = (
    name: string,
    value: string,
    before: string = fields.get(name.toLowerCase()) ?? '',
  ): void => {
    lines.push(name, before === '' ? value : `${before}, ${value}`);
  };
  // RFC 9110 §7.6.3: the version is that of the message received, and a pseudonym is a token.
  append('Via', `${receivedVersion} ${pseudonymOf(policy.downstream.cacheName)}`);
  // RFC 8586 §2: nothing in it is altered or left out, malformed members included.
  append('CDN-Loop', cdnInfo);
  if (clientAddress !== undefined) append('X-Forwarded-For', clientAddress);
  lines.push('X-Forwarded-Host', authority, 'X-Forwarded-Proto', scheme);
  const parameters = [`host="${authority}"`, `proto=${scheme}`];
  // RFC 7239 §6: an IPv6 address stands in brackets and quotes.
  if (clientAddress !== undefined)
    parameters.unshift(
      `for=${clientAddress.includes(':') ? `"[${clientAddress}]"` : clientAddress}`,
    );
  append('Forwarded', parameters.join(';'), earlierHops(fields.lines('forwarded')));
  return lines;
}

/** RFC 7239 §6: `for` and `by` with an address or an identifier, in which nothing separates. */
const HOP = /^(?:for|by)=(?:"[\w.:[\]-]+"|[\w.-]+)$/i;

/**
 * RFC 7239 §8.1: what came before may be anything. Who asked is kept; the host and the scheme that were
 * asked for are those of this connection, and servers that read the first member get no others.
 */
function earlierHops(forwarded: readonly string[]): string {
  const members = forwarded
    .join(',')
    .split(',')
    .map((member) => {
      const pairs = member.split(';').map((pair) => trimOws(pair));
      return pairs.filter((pair) => HOP.test(pair)).join(';');
    });
  return members.filter((member) => member !== '').join(', ');
}
