import type { Outcome } from '@poplet/policy';

const NONE: Readonly<Record<Outcome, number>> = {
  hit: 0,
  miss: 0,
  expired: 0,
  revalidated: 0,
  updating: 0,
  stale: 0,
  bypass: 0,
  ineligible: 0,
  pass: 0,
  error: 0,
};

/** Every outcome there is; the type above keeps the list closed. */
export const OUTCOMES = Object.keys(NONE) as readonly Outcome[];

/** A fresh count of exchanges per outcome, all zero. */
export function noOutcomes(): Record<Outcome, number> {
  return { ...NONE };
}
