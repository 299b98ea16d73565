import type { CodingPolicy } from '../contracts/policy.ts';
import type { Coding } from '../fields/accept-encoding.ts';
import type { EntityTag } from '../fields/etag.ts';

/**
 * The entity tag of a body in a coding that was made here. RFC 9110 §8.8.1, §8.8.3.3: weak, as several
 * codings may share a weak tag, or one of its own.
 */
export function codedTag(
  etag: EntityTag | null,
  coding: Coding,
  mode: CodingPolicy['etag'],
): EntityTag | null {
  if (etag === null || mode === 'strip') return null;
  if (mode === 'weak') return { ...etag, weak: true };
  return { ...etag, opaque: `${etag.opaque.slice(0, -1)}-${coding}"` };
}
