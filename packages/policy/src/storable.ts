import type { Policy } from './contracts/policy.ts';
import type { PresentedRequest } from './contracts/request.ts';
import type { UpstreamResponse } from './contracts/settlement.ts';
import type { SelectionRule, StoredFacts, StoredResponse } from './contracts/stored-response.ts';
import { refusedByDictionary } from './dictionary.ts';
import { effectiveCacheControl, type EffectiveCacheControl } from './effective-cache-control.ts';
import { parseDeltaSeconds } from './fields/delta-seconds.ts';
import { parseVary } from './fields/vary.ts';
import type { FieldReader } from './headers.ts';
import { reason, type Reason, type ReasonCode } from './reasons.ts';
import { requestDirectives } from './request-directives.ts';
import { selectionOf } from './select.ts';

/**
 * Statuses whose caching requirements are implemented here (for must-understand, RFC 9111 §5.2.2.3):
 * those of RFC 9110, of which most have none of their own, and 451.
 */
const UNDERSTOOD_STATUSES = new Set([
  200, 201, 202, 203, 204, 205, 300, 301, 302, 303, 305, 307, 308, 400, 401, 402, 403, 404, 405,
  406, 407, 408, 409, 410, 411, 413, 414, 415, 417, 421, 422, 426, 451, 500, 501, 502, 503, 504,
  505,
]);

/** RFC 6585 §3 to §6: what answers one client's conduct MUST NOT be stored. */
const FORBIDDEN_STATUSES = new Set([428, 429, 431, 511]);

export interface StorableInput {
  readonly request: PresentedRequest;
  /** The method the upstream was asked with: GET, or one whose answer stands for its target. */
  readonly askedMethod: string;
  readonly response: UpstreamResponse;
  readonly effective: EffectiveCacheControl;
  /** The header section as it would be stored. */
  readonly kept: FieldReader;
  readonly facts: StoredFacts;
  readonly policy: Policy;
}

/** Whether a response may be stored, and every reason on the way. */
export type Storability =
  | { readonly kind: 'storable'; readonly rule: SelectionRule; readonly reasons: readonly Reason[] }
  | {
      readonly kind: 'refused';
      /** Whether the origin server's word refuses it, or only this client's request. */
      readonly by: 'response' | 'request';
      readonly why: Reason;
    };

/** RFC 9111 §3: the conditions under which a shared cache may store. */
export function storability(input: StorableInput): Storability {
  const { effective, facts, kept, response } = input;
  const forRequest = refusedByRequest(input);
  if (forRequest !== null) return { kind: 'refused', by: 'request', why: forRequest };
  const { policy } = input;
  const selection = selectionOf(response.fields, policy);
  const refusal =
    refusedByDirectives(response.status, effective) ??
    refusedByPolicy({ status: response.status, fields: kept, effective }, policy) ??
    refusedByLifetime(input) ??
    neverFresh(facts, effective, policy) ??
    useless(facts, kept, effective);
  if (refusal !== null) return { kind: 'refused', by: 'response', why: refusal };
  const { rule } = selection;
  if (rule === null) return { kind: 'refused', by: 'response', why: selection.refusal };
  // RFC 9842 §6.2
  const forDictionary = refusedByDictionary(response.fields, rule);
  if (forDictionary !== null) return { kind: 'refused', by: 'response', why: forDictionary };
  // What the key tells apart anyway is no news.
  const varied = rule.names.filter((name) => !policy.key.fields.includes(name));
  return { kind: 'storable', rule, reasons: storedReasons(facts, varied, kept.has('set-cookie')) };
}

/** A stored response, and what it is under the fields that came for it. */
export interface UpdateOfStored {
  readonly stored: StoredResponse;
  readonly updated: StoredResponse;
  readonly received: FieldReader;
}

/** Why a stored response may not stay so under the metadata that came for it (RFC 9111 §3.2), or null. */
export function unstorableSinceUpdate(
  { stored, updated, received }: UpdateOfStored,
  policy: Policy,
): Reason | null {
  const { status, fields, facts } = updated;
  // What was made for somebody, and might be shared until now, may be so no more.
  if (facts.isPersonal && !stored.facts.isPersonal) return reason('not-stored-personal');
  const effective = effectiveCacheControl(fields, policy.freshness);
  // RFC 9111 §3.5: what Authorization brought needs leave to be shared, for as long as it is stored.
  if (facts.provenance === 'authorization' && !allowsAuthorization(effective, policy)) {
    return reason('not-stored-authorization');
  }
  return (
    refusedByDirectives(status, effective) ??
    refusedByPolicy({ status, fields, effective }, policy) ??
    neverFresh(facts, effective, policy) ??
    useless(facts, fields, effective) ??
    // Not of the merged fields: a qualified `private` may keep Vary out of them, and what is stored had none such.
    selectionOf(received, policy).refusal ??
    refusedByDictionary(fields, updated.rule)
  );
}

/** RFC 9111 §3.5: the directives that let a shared cache store the answer to an Authorization. A value that cannot be read gives no leave. */
function allowsAuthorization(
  { directives }: EffectiveCacheControl,
  { storability: { authorization } }: Policy,
): boolean {
  return (
    authorization === 'shared' ||
    directives.public ||
    directives.mustRevalidate ||
    typeof directives.sMaxageSeconds === 'number'
  );
}

/** What the origin server's directives forbid. */
function refusedByDirectives(
  status: number,
  { directives, field }: EffectiveCacheControl,
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

interface JudgedResponse {
  readonly status: number;
  /** As stored. */
  readonly fields: FieldReader;
  readonly effective: EffectiveCacheControl;
}

/** What the specification would allow, and this policy does not. */
function refusedByPolicy(
  { status, fields, effective: { directives, field } }: JudgedResponse,
  { storability: { statuses, setCookie, noCache, vary } }: Policy,
): Reason | null {
  if (statuses !== null && !statuses.includes(status))
    return reason('not-stored-status-not-listed', { status });
  if (setCookie === 'refused' && fields.has('set-cookie')) return reason('not-stored-cookie-set');
  if (noCache === 'refused' && directives.noCache) return reason('not-stored-no-cache', { field });
  return vary.acceptEncodingNeedsCoding === true && variesWithoutCoding(fields)
    ? reason('not-stored-vary-uncoded')
    : null;
}

/** Whether it says that it might have come in another coding, and came in none. */
function variesWithoutCoding(fields: FieldReader): boolean {
  const names = parseVary(fields.lines('vary'));
  return names.includes('accept-encoding') && !fields.has('content-encoding');
}

/** What is about this request alone: the next one may bring a response that can be stored. */
function refusedByRequest(input: StorableInput): Reason | null {
  const { request, response, askedMethod, effective } = input;
  const { status } = response;
  // RFC 9110 §9.3.3: what stands for its target needs explicit freshness; nothing is guessed.
  if (askedMethod !== 'GET' && !hasExplicitLifetime(input.facts, effective))
    return reason('not-stored-no-explicit-lifetime', { method: askedMethod });
  // RFC 9111 §3.3: part of a body is only stored as such.
  if (status === 206) return reason('not-stored-partial', { status });
  // RFC 9110 §15.5.13, §15.5.17: what one client's own condition or range brought about is no answer to others.
  if (status === 412 || status === 416) return reason('not-stored-conditional', { status });
  if (FORBIDDEN_STATUSES.has(status)) return reason('not-stored-forbidden-status', { status });
  const large = status < 400 ? null : largeHeaderOf(request, input.policy);
  if (large !== null) return reason('not-stored-large-request', { status, ...large });
  return refusedByClient(request, effective, input.policy);
}

/** What a request's header section measures, where that is more than every server takes; or null. */
function largeHeaderOf(
  { fields: received }: PresentedRequest,
  { storability: { largeHeader } }: Policy,
): { readonly bytes: number; readonly fields: number } | null {
  const lines = received.toLines();
  const fields = lines.length / 2;
  // Each line has a colon, a space and a line end besides.
  let bytes = 4 * fields;
  for (const text of lines) bytes += text.length;
  return bytes > largeHeader.bytes || fields > largeHeader.fields ? { bytes, fields } : null;
}

/** Whether the origin server said for how long. A value that cannot be read says nothing. */
function hasExplicitLifetime(
  { lifetimeSource }: StoredFacts,
  { directives }: EffectiveCacheControl,
): boolean {
  if (['none', 'heuristic', 'default', 'overruled'].includes(lifetimeSource)) return false;
  return directives.sMaxageSeconds !== 'invalid' && directives.maxAgeSeconds !== 'invalid';
}

/** Why nothing of the answer to this client may be stored, whatever it is; or null. */
export function refusedByClient(
  request: PresentedRequest,
  effective: EffectiveCacheControl,
  policy: Policy,
): Reason | null {
  // RFC 9111 §5.2.1.5
  if (requestDirectives(request, policy.validation).noStore) return reason('request-no-store');
  // RFC 9111 §3.5
  const isRefused = request.fields.has('authorization') && !allowsAuthorization(effective, policy);
  return isRefused ? reason('not-stored-authorization') : null;
}

/** RFC 9111 §3, last condition: explicit freshness, public, or a heuristically cacheable status; and what fits. */
function refusedByLifetime({ response, effective, facts, policy }: StorableInput): Reason | null {
  const { status } = response;
  const isHeuristic = policy.storability.heuristicStatuses.includes(status);
  if (facts.lifetimeSource === 'none' && !effective.directives.public && !isHeuristic) {
    return reason('not-stored-status', { status });
  }
  const bytes = parseDeltaSeconds(response.fields.get('content-length') ?? '') ?? 0;
  const limitBytes = policy.storability.maxBodyBytes;
  return bytes > limitBytes ? reason('not-stored-too-large', { bytes, limitBytes }) : null;
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
  // Neither a date nor a weak tag is proof that one visitor's page is another's.
  if (facts.isPersonal && etag?.weak !== false) {
    return reason('not-stored-personal');
  }
  const hasValidator = etag !== null || lastModifiedAtMs !== null;
  if (isEverFresh || hasValidator || (facts.staleWhileRevalidateSeconds ?? 0) > 0) return null;
  // RFC 9111 §3, last paragraph: neither a validator nor a lifetime.
  const why = directives.noCache ? 'no-cache' : noLifetimeIn(lifetimeSource);
  return reason('not-stored-no-freshness', { why });
}

function noLifetimeIn(source: StoredFacts['lifetimeSource']): string {
  return source === 'none' ? 'none given' : `${source}: 0 s`;
}

/** What could be stored to be validated each time, under a policy that does not. */
function neverFresh(
  { lifetimeSeconds, lifetimeSource }: StoredFacts,
  { directives }: EffectiveCacheControl,
  { storability: { neverFresh: fate } }: Policy,
): Reason | null {
  if (fate === 'validated' || lifetimeSeconds > 0 || directives.noCache) return null;
  return reason('not-stored-never-fresh', { why: noLifetimeIn(lifetimeSource) });
}

/** Why it is stored, and for how long: one of these stands among the reasons of whatever is. */
export const STORED_BECAUSE: ReadonlySet<ReasonCode> = new Set([
  'stored',
  'stored-for-validation',
  'heuristic-lifetime',
  'default-lifetime',
  'refusal-overruled',
]);

function storedReasons(
  facts: StoredFacts,
  varied: readonly string[],
  setsCookie: boolean,
): Reason[] {
  const { lifetimeSeconds, lifetimeSource: source } = facts;
  const reasons: Reason[] = [];
  if (facts.alwaysValidate) reasons.push(reason('stored-for-validation', { source: 'no-cache' }));
  else if (lifetimeSeconds === 0)
    reasons.push(
      reason('stored-for-validation', { source: source === 'none' ? 'no lifetime' : source }),
    );
  else if (source === 'heuristic') reasons.push(reason('heuristic-lifetime', { lifetimeSeconds }));
  else if (source === 'overruled') reasons.push(reason('refusal-overruled', { lifetimeSeconds }));
  else if (source === 'default') reasons.push(reason('default-lifetime', { lifetimeSeconds }));
  else reasons.push(reason('stored', { lifetimeSeconds, source }));
  // RFC 9111 §7.3: storing Set-Cookie is allowed; origin servers are expected to forbid it where it matters.
  if (setsCookie) reasons.push(reason('stored-set-cookie'));
  if (varied.length > 0) reasons.push(reason('vary-variant', { names: varied.join(', ') }));
  return reasons;
}
