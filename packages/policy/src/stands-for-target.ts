import type { PresentedRequest } from './contracts/request.ts';
import type { UpstreamResponse } from './contracts/settlement.ts';
import { absoluteUriOf } from './key.ts';

/** Unsafe methods whose definition lets a response of theirs answer later GETs. */
const REPRESENTING_METHODS = new Set([
  // RFC 9110 §9.3.3
  'POST',
  // RFC 5789 §2
  'PATCH',
]);

/**
 * RFC 9110 §9.3.3, §8.7: whether the answer to an unsafe method is the new representation of its
 * target, and not only a report of what was done: a 200 whose Content-Location is the target URI.
 */
export function standsForTarget(
  request: PresentedRequest,
  { status, fields }: UpstreamResponse,
): boolean {
  if (status !== 200 || !REPRESENTING_METHODS.has(request.method)) return false;
  const reference = fields.get('content-location');
  if (reference === undefined) return false;
  // RFC 9110 §8.7: absolute-URI or partial-URI. What has a fragment is neither, nor equal to a target.
  const target = absoluteUriOf(request);
  const uri = URL.parse(reference, target);
  return uri !== null && uri.href === URL.parse(target)?.href;
}
