import type { UpstreamAsk } from './contracts/decision.ts';
import type { Policy } from './contracts/policy.ts';
import type { PresentedRequest } from './contracts/request.ts';
import type { UpstreamRequest } from './contracts/upstream-request.ts';
import { hopByHopNames } from './fields/connection.ts';
import { withoutFields } from './headers.ts';

export interface ForwardInput {
  readonly request: PresentedRequest;
  readonly ask: UpstreamAsk;
  readonly policy: Policy;
  /** Which Host the upstream sees. */
  readonly hostHeader: 'upstream' | 'viewer';
  /** `host[:port]` of the upstream. */
  readonly upstreamAuthority: string;
}

/** Conditions and ranges: the client's are left out of a request that is to bring a whole, shareable response. */
const CONDITIONAL_FIELDS = [
  'if-match',
  'if-none-match',
  'if-modified-since',
  'if-unmodified-since',
  'if-range',
  'range',
];

/** Fields that this hop writes anew. Expect is answered here (RFC 9110 §10.1.1). */
const REWRITTEN_FIELDS = [
  'host',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'forwarded',
  'expect',
];

const NOT_TOKEN = /[^!#$%&'*+\-.^_`|~0-9A-Za-z]+/g;

/** The request as the upstream is to see it: RFC 9110 §7.6. */
export function upstreamRequest({
  request,
  ask,
  policy,
  hostHeader,
  upstreamAuthority,
}: ForwardInput): UpstreamRequest {
  const isFill = ask.kind !== 'as-is';
  const removed = new Set([...hopByHopNames(request.fields), ...REWRITTEN_FIELDS]);
  if (isFill) for (const name of CONDITIONAL_FIELDS) removed.add(name);
  const lines = ['Host', hostHeader === 'upstream' ? upstreamAuthority : request.authority];
  lines.push(...withoutFields(request.fields.toLines(), removed));
  if (ask.kind === 'validate') {
    // RFC 9111 §4.3.1
    if (ask.etags.length > 0) lines.push('If-None-Match', ask.etags.join(', '));
    if (ask.modifiedSince !== null) lines.push('If-Modified-Since', ask.modifiedSince);
  }
  lines.push(...forwardingFields(request, policy));
  const method =
    isFill && request.method === 'HEAD' && policy.fill.headAsGet ? 'GET' : request.method;
  return { method, target: request.target, lines };
}

/** Who asked, and by which way: Via (RFC 9110 §7.6.3), Forwarded (RFC 7239) and the X-Forwarded-* that servers read. */
function forwardingFields(request: PresentedRequest, policy: Policy): readonly string[] {
  const { fields, clientAddress, authority, scheme } = request;
  const lines: string[] = [];
  const append = (name: string, value: string): void => {
    const before = fields.get(name.toLowerCase());
    lines.push(name, before === undefined || before === '' ? value : `${before}, ${value}`);
  };
  // RFC 9110 §7.6.3: a pseudonym is a token.
  append('Via', `1.1 ${policy.downstream.cacheName.replaceAll(NOT_TOKEN, '-')}`);
  if (clientAddress !== undefined) append('X-Forwarded-For', clientAddress);
  lines.push('X-Forwarded-Host', authority, 'X-Forwarded-Proto', scheme);
  const parameters = [`host="${authority}"`, `proto=${scheme}`];
  // RFC 7239 §6: an IPv6 address stands in brackets and quotes.
  if (clientAddress !== undefined)
    parameters.unshift(
      `for=${clientAddress.includes(':') ? `"[${clientAddress}]"` : clientAddress}`,
    );
  append('Forwarded', parameters.join(';'));
  return lines;
}
