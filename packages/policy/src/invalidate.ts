import type { Policy } from './contracts/policy.ts';
import type { PurgeSelector } from './contracts/purge.ts';
import type { PresentedRequest } from './contracts/request.ts';
import type { UpstreamResponse } from './contracts/settlement.ts';
import { absoluteUriOf } from './key.ts';
import { invalidatedGroupsOf } from './purge-labels.ts';
import { reason, type Reason } from './reasons.ts';
import { isUnsafe } from './request-kind.ts';

export interface InvalidationInput {
  readonly request: PresentedRequest;
  readonly response: UpstreamResponse;
  /** Groups of what was stored for the target when the request came. */
  readonly groups: readonly string[];
  readonly policy: Policy;
}

export interface Invalidation {
  readonly invalidate: readonly PurgeSelector[];
  readonly reasons: readonly Reason[];
}

/** What the answer to an unsafe method makes invalid. */
export function invalidationOf(input: InvalidationInput): Invalidation {
  const { request, response, policy } = input;
  // RFC 9111 §4.4; RFC 9875 §3: Cache-Group-Invalidation MUST be ignored on responses to safe methods.
  if (!isUnsafe(request.method)) return { invalidate: [], reasons: [] };
  const { method } = request;
  // RFC 9111 §4.4: a non-error response is a 2xx or a 3xx; what is below is not final.
  const isNonError = response.status < 400;
  const invalidate: PurgeSelector[] = [];
  const reasons: Reason[] = [];
  const isInvalidating = isNonError && policy.invalidation.unsafeMethods;
  for (const url of isInvalidating ? invalidatedUris(request, response) : []) {
    invalidate.push({ kind: 'url', url });
    reasons.push(reason('invalidated', { method, url }));
  }
  const { groups: mode } = policy.invalidation;
  // RFC 9875 §3 sets no condition on the status: the field says what has changed.
  const named = mode === 'ignored' ? [] : invalidatedGroupsOf(response.fields);
  if (named.length > 0) reasons.push(reason('invalidated-groups', { groups: named.join(', ') }));
  // RFC 9875 §2.2.1: what shares a group with an invalidated response; those groups go no further.
  const isShared = mode === 'shared' && isNonError;
  const shared = isShared ? input.groups.filter((group) => !named.includes(group)) : [];
  if (shared.length > 0)
    reasons.push(reason('invalidated-shared-groups', { groups: shared.join(', ') }));
  const origin = originOf(request);
  for (const group of [...named, ...shared]) invalidate.push({ kind: 'group', origin, group });
  return { invalidate, reasons };
}

/** RFC 9111 §4.4: the target, and Location and Content-Location where they are of the same origin. */
function invalidatedUris(
  request: PresentedRequest,
  { fields }: UpstreamResponse,
): ReadonlySet<string> {
  const target = absoluteUriOf(request);
  const uris = new Set([target]);
  for (const reference of [...fields.lines('location'), ...fields.lines('content-location')]) {
    const uri = URL.parse(reference, target);
    // A different origin is never touched: that would be a way to deny service.
    if (uri === null || uri.origin !== originOf(request)) continue;
    uri.hash = '';
    uris.add(uri.href);
  }
  return uris;
}

/** RFC 9110 §4.3.1: the default port is left out of an authority as it is of an origin. */
function originOf({ scheme, authority }: PresentedRequest): string {
  return `${scheme}://${authority}`;
}
