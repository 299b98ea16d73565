import type { Candidate, StoredFacts, StoredResponse } from './contracts/stored-response.ts';

/** RFC 9111 §4.2.3, in real milliseconds: `max(apparent_age, age_value + response_delay)`. */
export function correctedInitialAgeMs(exchange: {
  readonly ageSeconds: number | null;
  readonly dateAtMs: number;
  readonly requestAtMs: number;
  readonly responseAtMs: number;
}): number {
  // Date has a resolution of one second: anything below that is no sign of age.
  const apparentSeconds = Math.max(
    0,
    Math.floor((exchange.responseAtMs - exchange.dateAtMs) / 1000),
  );
  const delayMs = Math.max(0, exchange.responseAtMs - exchange.requestAtMs);
  return Math.max(apparentSeconds * 1000, (exchange.ageSeconds ?? 0) * 1000 + delayMs);
}

/**
 * `current_age` of RFC 9111 §4.2.3 in whole seconds. Resident time is virtual and never negative:
 * a clock set back does not make a response younger than it arrived.
 */
export function currentAgeSeconds(response: StoredResponse, nowMs: number): number {
  const residentMs = Math.max(0, nowMs - response.residentSinceMs);
  return Math.floor((response.facts.initialAgeMs + residentMs) / 1000);
}

/** RFC 9111 §4.2: `freshness_lifetime > current_age`. */
export function isFreshAt(facts: StoredFacts, ageSeconds: number): boolean {
  return facts.lifetimeSeconds > ageSeconds;
}

/** Remaining freshness; 0 or negative once stale. A soft purge ends it at its instant. */
export function ttlSecondsOf(candidate: Candidate, nowMs: number): number {
  const { response, softPurgedAtMs } = candidate;
  const ttl = response.facts.lifetimeSeconds - currentAgeSeconds(response, nowMs);
  if (softPurgedAtMs === undefined) return ttl;
  return Math.min(ttl, -Math.floor(Math.max(0, nowMs - softPurgedAtMs) / 1000));
}
