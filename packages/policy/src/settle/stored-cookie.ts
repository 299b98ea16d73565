import type { UpstreamResponse } from '../contracts/settlement.ts';
import type { StoredResponse } from '../contracts/stored-response.ts';
import { reason, type Reason } from '../reasons.ts';

/** RFC 9111 §7.3: storing Set-Cookie is allowed, and worth knowing. */
export function storedCookie(
  { fields }: UpstreamResponse,
  updated: StoredResponse,
): readonly Reason[] {
  const isStored = fields.has('set-cookie') && updated.fields.has('set-cookie');
  return isStored ? [reason('stored-set-cookie')] : [];
}
