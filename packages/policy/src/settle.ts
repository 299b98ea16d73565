import { currentAgeSeconds, isFreshAt, ttlSecondsOf } from './age.ts';
import type { FetchDecision, PassDecision, RevalidateDecision } from './contracts/decision.ts';
import type { Policy } from './contracts/policy.ts';
import type { PresentedRequest } from './contracts/request.ts';
import type {
  Answer,
  ExchangeTimes,
  FailureKind,
  Settlement,
  UpstreamFailure,
  UpstreamOutcome,
  UpstreamResponse,
} from './contracts/settlement.ts';
import type {
  Candidate,
  Provenance,
  StoredFacts,
  StoredResponse,
} from './contracts/stored-response.ts';
import { effectiveCacheControl } from './effective-cache-control.ts';
import { factsOf } from './facts.ts';
import { hopByHopNames } from './fields/connection.ts';
import { formatEntityTag } from './fields/etag.ts';
import { freshenByHead } from './freshen-by-head.ts';
import { withoutFields } from './headers.ts';
import { invalidationOf } from './invalidate.ts';
import { confirmedBy, mergeNotModified } from './merge-304.ts';
import { groupsOf, tagsOf } from './purge-labels.ts';
import { reason, type Reason } from './reasons.ts';
import { requestDirectives } from './request-directives.ts';
import { answersFor, searchVarianceOf, searchVarianceReasons } from './search-variance.ts';
import { variantKeyOf } from './select.ts';
import { standsForTarget } from './stands-for-target.ts';
import { storability, unstorableSince304 } from './storable.ts';
import { storableFields, withDate } from './stored-fields.ts';

export interface SettleInput {
  readonly request: PresentedRequest;
  readonly primaryKey: string;
  readonly decision: RevalidateDecision | FetchDecision | PassDecision;
  readonly outcome: UpstreamOutcome;
  readonly policy: Policy;
  readonly times: ExchangeTimes;
}

/** A settle step once it is known that the upstream answered a request the cache takes part in. */
interface Context extends SettleInput {
  readonly decision: RevalidateDecision | FetchDecision;
  readonly outcome: UpstreamResponse;
}

/**
 * The response side of caching: what an upstream's head (or its absence) means for the client and for
 * the store. Total, synchronous and clock-free; every branch taken leaves a reason. The decision's own
 * reasons are not repeated.
 */
export function settle(input: SettleInput): Settlement {
  const { decision, outcome } = input;
  if (outcome.kind === 'failure') return settleFailure(input, outcome);
  if (decision.kind === 'pass') return settlePass(input, decision, outcome);
  const context: Context = { ...input, decision, outcome };
  if (outcome.status === 304) return settleNotModified(context);
  if (input.policy.stale.errorStatuses.includes(outcome.status)) return settleErrorStatus(context);
  return settleResponse(context, []);
}

/** The stored response that a decision was about: to be confirmed, or to stand in. */
function standInOf(
  decision: RevalidateDecision | FetchDecision | PassDecision,
): Candidate | undefined {
  if (decision.kind === 'revalidate') return decision.candidate;
  return decision.kind === 'fetch' ? decision.fallback : undefined;
}

// ── no answer ──────────────────────────────────────────────────────────────────────────────────

/** RFC 9110 §15.6.3 to §15.6.5: what each failure is called towards the client. */
const FAILURE_STATUS: Record<FailureKind, number> = {
  refused: 502,
  unresolved: 502,
  reset: 502,
  malformed: 502,
  timeout: 504,
  overloaded: 503,
};

function settleFailure(input: SettleInput, outcome: UpstreamFailure): Settlement {
  const reasons = [
    reason('upstream-failure', { failure: outcome.failure, message: outcome.message }),
  ];
  const candidate = standInOf(input.decision);
  const stale = candidate === undefined ? null : staleOnError(input, candidate, outcome);
  if (stale === null || candidate === undefined)
    return failed(FAILURE_STATUS[outcome.failure], reasons);
  reasons.push(stale.reason);
  if (stale.kind === 'serve') return servedStale(candidate, reasons);
  if (stale.kind === 'refuse') return failed(FAILURE_STATUS[outcome.failure], reasons);
  // RFC 9111 §5.2.2.2: with must-revalidate, an error is the required answer once stale.
  return failed(504, [...reasons, reason('must-revalidate-unreachable')]);
}

function failed(status: number, reasons: readonly Reason[]): Settlement {
  const answer: Answer = { kind: 'problem', status };
  return {
    outcome: 'error',
    answer,
    store: { kind: 'none' },
    invalidate: [],
    sharing: 'unknown',
    reasons,
  };
}

function servedStale(candidate: Candidate, reasons: readonly Reason[]): Settlement {
  const answer: Answer = { kind: 'stored', candidate };
  return {
    outcome: 'stale',
    answer,
    store: { kind: 'none' },
    invalidate: [],
    sharing: 'unknown',
    reasons,
  };
}

/** Whether a stored response may stand in for an error, and why or why not; null when nothing speaks for it. */
type StaleOnError = { readonly kind: 'serve' | 'refuse' | 'forbidden'; readonly reason: Reason };

function staleOnError(
  { request, policy, times }: SettleInput,
  candidate: Candidate,
  outcome: UpstreamOutcome,
): StaleOnError | null {
  const { facts } = candidate.response;
  // RFC 9111 §5.2.2.4: no-cache rules out reuse even by caches that send stale responses.
  if (facts.alwaysValidate) return { kind: 'forbidden', reason: reason('response-no-cache') };
  const ageSeconds = currentAgeSeconds(candidate.response, times.nowMs);
  const isFresh = candidate.softPurgedAtMs === undefined && isFreshAt(facts, ageSeconds);
  if (facts.staleForbiddenBy !== null && !isFresh)
    return { kind: 'forbidden', reason: reason(facts.staleForbiddenBy) };
  const staleSeconds = Math.max(0, -ttlSecondsOf(candidate, times.nowMs));
  const windowSeconds = staleIfErrorWindow(facts, request, policy);
  if (windowSeconds !== null) {
    // RFC 5861 §4
    return staleSeconds <= windowSeconds
      ? { kind: 'serve', reason: reason('stale-if-error', { staleSeconds, windowSeconds }) }
      : { kind: 'refuse', reason: reason('stale-if-error-over', { staleSeconds, windowSeconds }) };
  }
  // RFC 9111 §4.2.4: without leave from either side, stale is served only when disconnected. A fresh
  // response is here because the client demanded validation, which cannot be had.
  const isDisconnected = outcome.kind === 'failure' && outcome.failure !== 'malformed';
  if (!isDisconnected || !policy.stale.whenDisconnected || isFresh) return null;
  return { kind: 'serve', reason: reason('stale-disconnected') };
}

/** RFC 5861 §4: the directive may stand in the response, or in the request for that request alone. */
function staleIfErrorWindow(
  facts: StoredFacts,
  request: PresentedRequest,
  policy: Policy,
): number | null {
  if (!policy.stale.ifError) return null;
  const fromClient = policy.validation.requestDirectives
    ? requestDirectives(request).staleIfErrorSeconds
    : null;
  if (fromClient === null) return facts.staleIfErrorSeconds;
  return Math.max(fromClient, facts.staleIfErrorSeconds ?? 0);
}

// ── passed through ─────────────────────────────────────────────────────────────────────────────

function settlePass(
  input: SettleInput,
  { outcome, groups = [], mayStore = false }: PassDecision,
  response: UpstreamResponse,
): Settlement {
  const { request, policy } = input;
  const { invalidate, reasons } = invalidationOf({ request, response, groups, policy });
  const answer = forwarded(response, input.times, false);
  const passed: Settlement = {
    outcome,
    answer,
    store: { kind: 'none' },
    invalidate,
    sharing: 'unknown',
    reasons,
  };
  if (!mayStore || !standsForTarget(request, response)) return passed;
  // RFC 9110 §9.3.3: judged and stored as what a GET would have brought.
  const context: Context = { ...input, decision: AS_A_GET, outcome: response };
  const kept = settleResponse(context, reasons);
  return { ...passed, store: kept.store, reasons: kept.reasons };
}

/** The answer is the client's own; nothing stored stands in for it. */
const AS_A_GET: FetchDecision = {
  kind: 'fetch',
  fallback: undefined,
  ask: { kind: 'as-is' },
  collapsible: false,
  reasons: [],
};

/** RFC 9110 §7.6.1: the upstream's response without what belongs to its connection. */
function forwarded(
  response: UpstreamResponse,
  times: ExchangeTimes,
  applyRequest: boolean,
): Answer {
  const lines = withoutFields(response.fields.toLines(), hopByHopNames(response.fields));
  const { status, statusText } = response;
  return {
    kind: 'upstream',
    status,
    statusText,
    lines: withDate(lines, times.responseAtMs),
    applyRequest,
  };
}

// ── 304 ────────────────────────────────────────────────────────────────────────────────────────

function settleNotModified(context: Context): Settlement {
  const { decision, outcome, request, primaryKey, policy, times } = context;
  // RFC 9111 §4.3.3: the client's own condition was forwarded, so the 304 is the client's.
  if (decision.ask.kind === 'as-is') {
    const answer = forwarded(outcome, times, false);
    const reasons = [reason('forwarded-304')];
    return {
      outcome: 'bypass',
      answer,
      store: { kind: 'none' },
      invalidate: [],
      sharing: 'unshareable',
      reasons,
    };
  }
  // RFC 9110 §15.4.5: nobody asked on a condition, so nothing can be "not modified".
  if (decision.kind === 'fetch') {
    return settleFailure(context, {
      kind: 'failure',
      failure: 'malformed',
      message: 'a 304 to a request without conditions',
    });
  }
  const chosen = confirmedBy(outcome.fields, decision.candidate, decision.offered);
  if (chosen === undefined) return askAgain(decision, reason('unmatched-304'));

  const isSelected = chosen === decision.candidate;
  const updated = mergeNotModified(
    chosen.response,
    {
      fields: outcome.fields,
      request: request.fields,
      isPersonalRequest: provenanceOf(request) !== 'anonymous',
      isSelected,
    },
    { times, policy },
  );
  // No-Vary-Search §Cache: by its own variance, as the 304 gives it, the response is not for this query.
  if (!answersFor(updated, primaryKey)) return askAgain(decision, reason('unmatched-304'));
  // RFC 9111 §3.2: what the 304 says holds for what is stored, even that it may not be.
  const refusal = unstorableSince304(chosen.response, updated, policy);
  if (refusal !== null) return withdraw(decision, chosen, refusal);
  const { etag, lifetimeSeconds } = updated.facts;
  const reasons: Reason[] = [
    isSelected || etag === null
      ? reason('confirmed', { lifetimeSeconds })
      : reason('confirmed-variant', { etag: formatEntityTag(etag) }),
  ];
  // RFC 9111 §7.3
  if (isSelected && outcome.fields.has('set-cookie') && updated.fields.has('set-cookie'))
    reasons.push(reason('stored-set-cookie'));
  return {
    outcome: 'revalidated',
    answer: { kind: 'stored', candidate: { response: updated, softPurgedAtMs: undefined } },
    store: { kind: 'update', pairs: [{ old: chosen.response, updated }] },
    invalidate: [],
    sharing: isReusable(updated.facts) ? 'shareable' : 'unknown',
    reasons,
  };
}

/** The same question without conditions: RFC 9111 §4.3.4 leaves nothing else when a 304 fits nothing stored. */
export function askAgain(decision: RevalidateDecision | FetchDecision, why: Reason): Settlement {
  const answer: Answer = {
    kind: 'again',
    decision: {
      kind: 'fetch',
      fallback: standInOf(decision),
      others: decision.others ?? [],
      ask: { kind: 'fill' },
      collapsible: false,
      reasons: [...decision.reasons, why],
    },
  };
  return {
    outcome: 'miss',
    answer,
    store: { kind: 'none' },
    invalidate: [],
    sharing: 'unknown',
    reasons: [],
  };
}

/** The 304 forbids keeping what it confirms: it goes at once, stands in for nothing, and is asked for anew. */
function withdraw(decision: RevalidateDecision, chosen: Candidate, why: Reason): Settlement {
  const store: Settlement['store'] = { kind: 'remove', responses: [chosen.response] };
  return { ...askAgain({ ...decision, candidate: undefined }, why), store };
}

// ── a response ─────────────────────────────────────────────────────────────────────────────────

function settleErrorStatus(context: Context): Settlement {
  const { decision, outcome } = context;
  const reasons = [reason('upstream-error', { status: outcome.status })];
  const candidate = standInOf(decision);
  if (candidate !== undefined) {
    const stale = staleOnError(context, candidate, outcome);
    // RFC 9111 §4.3.3: act as if the server failed to respond, or forward the error.
    if (stale?.kind === 'serve') return servedStale(candidate, [...reasons, stale.reason]);
    if (stale !== null) reasons.push(stale.reason);
  }
  return settleResponse(context, reasons);
}

/** A full response: it answers the client, and is stored if it may be. */
function settleResponse(context: Context, reasonsSoFar: readonly Reason[]): Settlement {
  const { request, decision, outcome: response, policy, times } = context;
  const { status } = response;
  const askedMethod =
    request.method === 'HEAD' && decision.ask.kind !== 'as-is' && policy.fill.headAsGet
      ? 'GET'
      : request.method;
  if (askedMethod === 'HEAD') return settleHead(context, reasonsSoFar);
  const { requestAtMs, responseAtMs } = times;
  const provenance = provenanceOf(request);
  const effective = effectiveCacheControl(response.fields, policy.freshness);
  const kept = storableFields(response.fields, effective, responseAtMs);
  const isPersonalRequest = provenance !== 'anonymous';
  const { fields } = response;
  const facts = factsOf(
    { status, fields, kept, effective, requestAtMs, responseAtMs, provenance, isPersonalRequest },
    policy,
  );
  const judged = storability({ request, askedMethod, response, effective, kept, facts, policy });
  const candidate = standInOf(decision);
  const { others = [] } = decision;
  const reasons = [...reasonsSoFar];
  const answer = forwarded(response, times, decision.ask.kind !== 'as-is');

  if (judged.kind === 'refused') {
    const selected = candidate === undefined ? others : [candidate, ...others];
    const isWithdrawn = selected.length > 0 && judged.by === 'response' && isSuperseding(status);
    if (isWithdrawn) reasons.push(reason('replaced', { status }));
    reasons.push(...heuristicRefusal(response, facts, isPersonalRequest), ...judged.reasons);
    const store: Settlement['store'] = isWithdrawn
      ? { kind: 'remove', responses: selected.map(({ response: old }) => old) }
      : { kind: 'none' };
    // What this client, or a server in trouble, brought about says nothing of the next answer.
    const sharing = judged.by === 'request' || status >= 500 ? 'unknown' : 'unshareable';
    return { outcome: 'bypass', answer, store, invalidate: [], sharing, reasons };
  }
  if (candidate !== undefined) reasons.push(reason('replaced', { status }));
  reasons.push(...heuristicRefusal(response, facts, isPersonalRequest));
  reasons.push(...searchVarianceReasons(kept, policy), ...judged.reasons);
  const stored: StoredResponse = {
    primaryKey: context.primaryKey,
    rule: judged.rule,
    variantKey: variantKeyOf(judged.rule, request.fields),
    // As stored: what a qualified no-cache or private keeps out must not select either.
    variance: searchVarianceOf(kept, policy),
    status,
    statusText: response.statusText,
    fields: kept,
    trailers: [],
    bodyBytes: 0,
    requestAtMs,
    responseAtMs,
    residentSinceMs: times.nowMs,
    fetchedSeq: times.seq,
    validatedSeq: times.seq,
    tags: tagsOf(response.fields, policy.storability),
    groups: groupsOf(response.fields),
    facts,
  };
  return {
    outcome: candidate === undefined ? 'miss' : 'expired',
    answer,
    store: { kind: 'insert', response: stored, replaces: supersededBy(stored, candidate, others) },
    invalidate: [],
    // What has to be validated each time needs no mark: `decide` sees that by itself.
    sharing: isReusable(facts) ? 'shareable' : 'unknown',
    reasons,
  };
}

/** The answer to a HEAD that was asked as such is for its client; what it tells of stored responses is kept. */
function settleHead(context: Context, reasonsSoFar: readonly Reason[]): Settlement {
  const { request, decision, outcome: response, policy, times } = context;
  const candidate = standInOf(decision);
  const { others = [] } = decision;
  const selected = candidate === undefined ? others : [candidate, ...others];
  const isPersonalRequest = provenanceOf(request) !== 'anonymous';
  const freshened = isSuperseding(response.status)
    ? freshenByHead({ request, response, isPersonalRequest, selected, policy, times })
    : { store: { kind: 'none' } as const, reasons: [] };
  return {
    outcome: 'bypass',
    answer: forwarded(response, times, decision.ask.kind !== 'as-is'),
    store: freshened.store,
    invalidate: [],
    sharing: 'unknown',
    reasons: [
      ...reasonsSoFar,
      reason('not-stored-method', { method: request.method }),
      ...freshened.reasons,
    ],
  };
}

/** Whether a response that is not stored takes the place of the one that is: it tells of the resource, not of trouble or of the client. */
function isSuperseding(status: number): boolean {
  return status < 400 || status === 404 || status === 410;
}

/** RFC 9111 §4: the most recent response is used. Under another key, rule or variant the old one would still be selected. */
function supersededBy(
  { primaryKey, rule, variantKey, variance }: StoredResponse,
  candidate: Candidate | undefined,
  others: readonly Candidate[],
): readonly StoredResponse[] {
  const selected = candidate === undefined ? others : [candidate, ...others];
  return selected
    .map(({ response }) => response)
    .filter(
      (old) =>
        old.primaryKey !== primaryKey ||
        old.rule.id !== rule.id ||
        old.variantKey !== variantKey ||
        old.variance?.id !== variance?.id,
    );
}

/** Whether requests that waited may reuse a response that has just arrived (RFC 9111 §4). */
function isReusable(facts: StoredFacts): boolean {
  return !facts.alwaysValidate && isFreshAt(facts, Math.floor(facts.initialAgeMs / 1000));
}

export function provenanceOf({ fields }: PresentedRequest): Provenance {
  if (fields.has('authorization')) return 'authorization';
  return fields.has('cookie') ? 'cookie' : 'anonymous';
}

/** Names the guess that was not made, so that nobody wonders why a validator alone did not help. */
function heuristicRefusal(
  response: UpstreamResponse,
  facts: StoredFacts,
  isPersonalRequest: boolean,
): readonly Reason[] {
  if (facts.lifetimeSource !== 'none' || facts.lastModifiedAtMs === null) return [];
  if (response.fields.has('set-cookie'))
    return [reason('heuristic-refused-cookie', { what: 'the response sets a cookie' })];
  return isPersonalRequest
    ? [reason('heuristic-refused-cookie', { what: 'the request carried Cookie or Authorization' })]
    : [];
}
