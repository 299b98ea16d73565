import type { CodingPolicy } from '../contracts/policy.ts';
import type { Coding } from '../fields/accept-encoding.ts';
import type { EntityTag } from '../fields/etag.ts';

/**
 * The entity tag of a body in a coding that was made here. RFC 9110 §8.8.1, §8.8.3.3: weak, as several
 * codings may share a weak tag, or one of its own. That is strong only where the body `isStored`: what is
 * made on the way is of the same coding and not always of the same bytes.
 */
export function codedTag(
  etag: EntityTag | null,
  { coding, isStored }: { readonly coding: Coding; readonly isStored: boolean },
  mode: CodingPolicy['etag'],
): EntityTag | null {
  if (etag === null || mode === 'strip') return null;
  if (mode === 'weak') return { ...etag, weak: true };
  const opaque = `${etag.opaque.slice(0, -1)}-${coding}"`;
  return { weak: etag.weak || !isStored, opaque };
}
