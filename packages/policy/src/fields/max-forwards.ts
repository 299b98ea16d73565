/** More hops than any chain has; RFC 9110 §7.6.2 lets each recipient name its own maximum. */
const MOST = 2_147_483_647;

/** How many times the message may still be forwarded, at most 2^31 - 1; null when the value is no number (RFC 9110 §7.6.2). */
export function parseMaxForwards(value: string): number | null {
  return /^\d+$/.test(value) ? Math.min(Number(value), MOST) : null;
}
