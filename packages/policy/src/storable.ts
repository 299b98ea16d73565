import type { Policy } from './contracts/policy.ts';
import type { PresentedRequest } from './contracts/request.ts';
import type { UpstreamResponse } from './contracts/settlement.ts';
import type { SelectionRule, StoredFacts, StoredResponse } from './contracts/stored-response.ts';
import { effectiveCacheControl, type EffectiveCacheControl } from './effective-cache-control.ts';
import { parseDeltaSeconds } from './fields/delta-seconds.ts';
import type { FieldReader } from './headers.ts';
import { reason, type Reason } from './reasons.ts';
import { requestDirectives } from './request-directives.ts';
import { selectionRuleOf } from './select.ts';

/** Statuses whose caching requirements are implemented here (for must-understand, RFC 9111 §5.2.2.3). */
const UNDERSTOOD_STATUSES = new Set([
  200, 203, 204, 300, 301, 302, 303, 307, 308, 400, 401, 403, 404, 405, 410, 414, 421, 451, 500,
  501, 502, 503, 504,
]);

export interface StorableInput {
  readonly request: PresentedRequest;
  /** The method the upstream was asked with: a HEAD may have been filled by a GET. */
  readonly askedMethod: string;
  readonly response: UpstreamResponse;
  readonly facts: StoredFacts;
  readonly policy: Policy;
}

/** Whether a response may be stored, and every reason on the way. */
export type Storability =
  | { readonly kind: 'storable'; readonly rule: SelectionRule; readonly reasons: readonly Reason[] }
  | { readonly kind: 'refused'; readonly reasons: readonly Reason[] };

/** RFC 9111 §3: the conditions under which a shared cache may store, in the order of the clause. */
export function storability(input: StorableInput): Storability {
  const effective = effectiveCacheControl(input.response.fields, input.policy.freshness);
  const refusal =
    forbidden(input, effective) ?? useless(input.facts, input.response.fields, effective);
  if (refusal !== null) return { kind: 'refused', reasons: [refusal] };
  const rule = selectionRuleOf(input.response.fields);
  // RFC 9111 §4.1: a Vary with "*" fails to match every later request.
  if (rule === '*') return { kind: 'refused', reasons: [reason('not-stored-vary-star')] };
  return {
    kind: 'storable',
    rule,
    reasons: storedReasons(input.facts, rule, input.response.fields.has('set-cookie')),
  };
}

/** Why a stored response may not stay so under the metadata that a 304 gave it (RFC 9111 §3.2), or null. */
export function unstorableSince304(updated: StoredResponse, policy: Policy): Reason | null {
  const { status, fields, facts } = updated;
  const effective = effectiveCacheControl(fields, policy.freshness);
  const refusal = forbiddenByDirectives(status, effective) ?? useless(facts, fields, effective);
  if (refusal !== null) return refusal;
  return selectionRuleOf(fields) === '*' ? reason('not-stored-vary-star') : null;
}

/** What the origin server's directives forbid. */
function forbiddenByDirectives(
  status: number,
  { directives, field }: Pick<EffectiveCacheControl, 'directives' | 'field'>,
): Reason | null {
  if (directives.mustUnderstand) {
    // RFC 9111 §5.2.2.3: an understood status makes no-store void; another forbids storing.
    if (!UNDERSTOOD_STATUSES.has(status)) return reason('not-stored-must-understand', { status });
  } else if (directives.noStore) {
    // RFC 9111 §5.2.2.5
    return reason('not-stored-no-store', { field });
  }
  // RFC 9111 §5.2.2.7: the unqualified form.
  return directives.private ? reason('not-stored-private', { field }) : null;
}

/** What the specification forbids. */
function forbidden(
  input: StorableInput,
  { directives, field }: EffectiveCacheControl,
): Reason | null {
  const { request, response, askedMethod, policy } = input;
  const { status } = response;
  if (askedMethod !== 'GET') return reason('not-stored-method', { method: askedMethod });
  // RFC 9111 §3.3: part of a body is only stored as such.
  if (status === 206) return reason('not-stored-partial', { status });
  // RFC 9110 §15.5.13, §15.5.17: what one client's own condition or range brought about is no answer to others.
  if (status === 412 || status === 416) return reason('not-stored-conditional', { status });
  // RFC 9111 §5.2.1.5
  if (requestDirectives(request).noStore) return reason('request-no-store');
  const refusal = forbiddenByDirectives(status, { directives, field });
  if (refusal !== null) return refusal;
  // RFC 9111 §3.5
  const isShareable =
    directives.public || directives.mustRevalidate || directives.sMaxageSeconds !== null;
  if (request.fields.has('authorization') && !isShareable)
    return reason('not-stored-authorization');
  // RFC 9111 §3, last condition: explicit freshness, public, or a heuristically cacheable status.
  const isHeuristic = policy.storability.heuristicStatuses.includes(status);
  if (input.facts.lifetimeSource === 'none' && !directives.public && !isHeuristic) {
    return reason('not-stored-status', { status });
  }
  const bytes = parseDeltaSeconds(response.fields.get('content-length') ?? '');
  if (bytes !== null && bytes > policy.storability.maxBodyBytes) {
    return reason('not-stored-too-large', { bytes, limitBytes: policy.storability.maxBodyBytes });
  }
  return null;
}

/** What could be stored, but would be of no use or could leak. */
function useless(
  facts: StoredFacts,
  fields: FieldReader,
  { directives }: EffectiveCacheControl,
): Reason | null {
  const { etag, lastModifiedAtMs, lifetimeSource, lifetimeSeconds } = facts;
  const isEverFresh = lifetimeSeconds > 0 && !facts.alwaysValidate;
  // A 304 to the next visitor would hand out this one's cookie.
  if (fields.has('set-cookie') && !isEverFresh) return reason('not-stored-set-cookie');
  const hasValidator = etag !== null || lastModifiedAtMs !== null;
  if (isEverFresh || hasValidator || (facts.staleWhileRevalidateSeconds ?? 0) > 0) return null;
  // RFC 9111 §3, last paragraph: neither a validator nor a lifetime.
  const why = directives.noCache
    ? 'no-cache'
    : lifetimeSource === 'none'
      ? 'none given'
      : `${lifetimeSource}: 0 s`;
  return reason('not-stored-no-freshness', { why });
}

function storedReasons(facts: StoredFacts, rule: SelectionRule, setsCookie: boolean): Reason[] {
  const { lifetimeSeconds, lifetimeSource: source } = facts;
  const reasons: Reason[] = [];
  if (facts.alwaysValidate) reasons.push(reason('stored-for-validation', { source: 'no-cache' }));
  else if (lifetimeSeconds === 0) reasons.push(reason('stored-for-validation', { source }));
  else if (source === 'heuristic') reasons.push(reason('heuristic-lifetime', { lifetimeSeconds }));
  else reasons.push(reason('stored', { lifetimeSeconds, source }));
  // RFC 9111 §7.3: storing Set-Cookie is allowed; origin servers are expected to forbid it where it matters.
  if (setsCookie) reasons.push(reason('stored-set-cookie'));
  if (rule.names.length > 0) reasons.push(reason('vary-variant', { names: rule.names.join(', ') }));
  return reasons;
}
