import type { Outcome } from './contracts/outcome.ts';
import type { Policy } from './contracts/policy.ts';
import { formatCacheStatus } from './fields/cache-status.ts';
import type { Reason, ReasonCode } from './reasons.ts';

/** What the edge tells downstream about one exchange. */
export interface CacheStatusInput {
  readonly policy: Policy;
  readonly outcome: Outcome;
  readonly reasons: readonly Reason[];
  readonly ttlSeconds: number | null;
  readonly stored: boolean;
  readonly collapsed: boolean;
  /** What the upstream answered for this exchange; null when it was not asked, or failed. */
  readonly upstreamStatus: number | null;
  readonly primaryKey: string;
}

/** The Cache-Status member of this cache (RFC 9211 §2). */
export function cacheStatusOf(input: CacheStatusInput): string {
  const { policy, outcome, reasons, ttlSeconds, primaryKey } = input;
  const shared = {
    cacheName: policy.downstream.cacheName,
    ttlSeconds: ttlSeconds ?? undefined,
    ...(primaryKey === '' ? {} : { key: primaryKey }),
    ...detailOf(reasons),
  };
  const fwd = forwardedBecause(outcome, reasons, input);
  // RFC 9211 §2.1: hit and fwd are exclusive.
  if (fwd === null) return formatCacheStatus({ ...shared, hit: true });
  return formatCacheStatus({
    ...shared,
    fwd,
    fwdStatus: input.upstreamStatus ?? undefined,
    ...(input.stored ? { stored: true } : {}),
    ...(input.collapsed ? { collapsed: true } : {}),
  });
}

/** RFC 9211 §2.2, most specific first; null when the request did not go forward. */
function forwardedBecause(
  outcome: Outcome,
  reasons: readonly Reason[],
  input: CacheStatusInput,
): string | null {
  const has = (code: ReasonCode): boolean => reasons.some((one) => one.code === code);
  if (outcome === 'ineligible') return IN_THE_WAY.some(has) ? 'bypass' : 'method';
  const wentForward = input.collapsed || input.upstreamStatus !== null || has('upstream-failure');
  if (!wentForward) return null;
  // What its own no-cache keeps from being used is as good as stale; "request" is for what the client asks.
  if (has('stale') || has('soft-purged') || has('response-no-cache')) return 'stale';
  if (has('stored-in-part')) return 'partial';
  if (has('fresh')) return 'request';
  if (has('no-variant-matches')) return 'vary-miss';
  return has('nothing-stored') ? 'uri-miss' : 'bypass';
}

/** Why a request is ineligible whose method is not the matter. */
const IN_THE_WAY: readonly ReasonCode[] = [
  'request-content',
  'request-override',
  'path-not-cached',
  'request-field-not-cached',
];

/** The last reason is the one that settled the matter. */
function detailOf(reasons: readonly Reason[]): { readonly detail?: string } {
  const last = reasons.at(-1);
  return last === undefined ? {} : { detail: last.code };
}
