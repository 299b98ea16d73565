import type { FreshnessPolicy } from './contracts/policy.ts';
import type { LifetimeSource } from './contracts/stored-response.ts';
import { readCacheControl, type EffectiveCacheControl } from './effective-cache-control.ts';
import type { DeltaValue } from './fields/cache-control.ts';
import { parseEdgeControl } from './fields/edge-control.ts';
import { parseHttpDate } from './fields/http-date.ts';
import { isOfType, mediaTypeOf } from './fields/media-type.ts';
import { fnv1a } from './fnv1a.ts';
import type { FieldReader } from './headers.ts';

export interface FreshnessLifetime {
  readonly lifetimeSeconds: number;
  readonly source: LifetimeSource;
}

const NO_LIFETIME: FreshnessLifetime = { lifetimeSeconds: 0, source: 'none' };

/** What the origin server says of a lifetime. */
export interface LifetimeInput {
  readonly fields: FieldReader;
  readonly effective: EffectiveCacheControl;
  readonly dateAtMs: number;
}

/**
 * The lifetime that the origin server gave, RFC 9111 §4.2.1. `source: 'none'` when it gave none;
 * an invalid value is a lifetime of 0 with its source named.
 */
export function explicitLifetime(
  { fields: response, effective, dateAtMs }: LifetimeInput,
  policy: FreshnessPolicy,
): FreshnessLifetime {
  const { overruledSeconds } = effective;
  if (overruledSeconds !== null) return { lifetimeSeconds: overruledSeconds, source: 'overruled' };
  for (const field of policy.overridingFields) {
    const { lifetimeSeconds } = parseEdgeControl(response.lines(field));
    if (lifetimeSeconds !== null) return { lifetimeSeconds, source: 'edge-control' };
  }
  for (const field of policy.lifetimeFields) {
    const { maxAgeSeconds } = readCacheControl(response.lines(field), policy);
    if (maxAgeSeconds !== null)
      return { lifetimeSeconds: secondsOrStale(maxAgeSeconds), source: 'surrogate-control' };
  }
  if (isForBrowsers(effective, policy)) return NO_LIFETIME;
  const named = directiveLifetime(effective);
  const until = expiresCounts(effective, policy) ? response.lines('expires') : [];
  if (until.length === 0) return named ?? NO_LIFETIME;
  const lifetimeSeconds = expiresLifetime(until, dateAtMs);
  if (named !== null && lifetimeSeconds <= named.lifetimeSeconds) return named;
  return { lifetimeSeconds, source: 'expires' };
}

function directiveLifetime({
  directives: { sMaxageSeconds, maxAgeSeconds },
  targeted,
}: EffectiveCacheControl): FreshnessLifetime | null {
  if (sMaxageSeconds !== null) {
    return {
      lifetimeSeconds: secondsOrStale(sMaxageSeconds),
      source: targeted ? 'cdn-cache-control' : 's-maxage',
    };
  }
  if (maxAgeSeconds !== null) {
    return {
      lifetimeSeconds: secondsOrStale(maxAgeSeconds),
      source: targeted ? 'cdn-cache-control' : 'max-age',
    };
  }
  return null;
}

/** Whether what Cache-Control and Expires say is for browsers alone. */
function isForBrowsers(
  { directives, targeted }: EffectiveCacheControl,
  { untargetedLifetimes }: FreshnessPolicy,
): boolean {
  return !targeted && untargetedLifetimes === 's-maxage' && directives.sMaxageSeconds === null;
}

/** Whether Expires has a say beside the directives that count. */
function expiresCounts(
  { directives, targeted }: EffectiveCacheControl,
  { expires }: FreshnessPolicy,
): boolean {
  // RFC 9213 §2.2: Expires is ignored beside a targeted field.
  if (targeted) return false;
  if (expires === 'without-cache-control') return !directives.present;
  // RFC 9111 §5.3
  const isSilent = directives.sMaxageSeconds === null && directives.maxAgeSeconds === null;
  return expires === 'where-later' || isSilent;
}

// RFC 9111 §4.2.1: invalid freshness information is best treated as stale.
function secondsOrStale(value: Exclude<DeltaValue, null>): number {
  return value === 'invalid' ? 0 : value;
}

function expiresLifetime(lines: readonly string[], dateAtMs: number): number {
  // RFC 9111 §4.2.1: of several values the first is used, or the response is stale; the safe one of the two.
  if (lines.some((line) => line !== lines[0])) return 0;
  // RFC 9111 §5.3: an invalid date, "0" above all, is in the past.
  const expiresAtMs = parseHttpDate(lines[0] as string, dateAtMs) ?? dateAtMs;
  return Math.max(0, Math.floor((expiresAtMs - dateAtMs) / 1000));
}

/** What a default lifetime may depend on. */
export interface DefaultLifetimeInput {
  readonly status: number;
  readonly fields: FieldReader;
  readonly primaryKey: string;
}

/** The lifetime that the policy gives a response which names none, or null. */
export function defaultLifetime(
  { status, fields, primaryKey }: DefaultLifetimeInput,
  { defaultLifetimes }: FreshnessPolicy,
): FreshnessLifetime | null {
  const found = defaultLifetimes.find(
    ({ statuses, types }) =>
      (statuses?.includes(status) ?? true) &&
      (types?.some((pattern) => isOfType(mediaTypeOf(fields), pattern)) ?? true),
  );
  if (found === undefined) return null;
  const { seconds, mostSeconds = seconds } = found;
  const spread = fnv1a(primaryKey) % (mostSeconds - seconds + 1);
  return { lifetimeSeconds: seconds + spread, source: 'default' };
}

/** A lifetime within the bounds that the policy sets for the status. */
export function boundedLifetime(
  lifetime: FreshnessLifetime,
  status: number,
  { lifetimeBounds }: FreshnessPolicy,
): FreshnessLifetime {
  const bounds = lifetimeBounds.find(({ statuses }) => statuses?.includes(status) ?? true);
  if (bounds === undefined || lifetime.source === 'none') return lifetime;
  const { leastSeconds, mostSeconds } = bounds;
  const lifetimeSeconds = Math.max(leastSeconds, Math.min(lifetime.lifetimeSeconds, mostSeconds));
  return { ...lifetime, lifetimeSeconds };
}

/**
 * A guessed lifetime (RFC 9111 §4.2.2): a share of the time between Last-Modified and Date.
 * Null when there is nothing to guess from.
 */
export function heuristicLifetime(
  lastModifiedAtMs: number | null,
  dateAtMs: number,
  policy: FreshnessPolicy,
): FreshnessLifetime | null {
  if (lastModifiedAtMs === null || lastModifiedAtMs >= dateAtMs) return null;
  const guessed = Math.floor(((dateAtMs - lastModifiedAtMs) / 1000) * policy.heuristicFraction);
  return { lifetimeSeconds: Math.min(guessed, policy.heuristicMaxSeconds), source: 'heuristic' };
}
