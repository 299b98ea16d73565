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
import type { Candidate, StoredFacts, StoredResponse } from './contracts/stored-response.ts';
import { effectiveCacheControl } from './effective-cache-control.ts';
import { factsOf } from './facts.ts';
import { hopByHopNames } from './fields/connection.ts';
import { formatEntityTag } from './fields/etag.ts';
import { withoutFields } from './headers.ts';
import { invalidatedUris } from './invalidate.ts';
import { confirmedBy, mergeNotModified } from './merge-304.ts';
import { groupsOf, tagsOf } from './purge-labels.ts';
import { reason, type Reason } from './reasons.ts';
import { requestDirectives } from './request-directives.ts';
import { variantKeyOf } from './select.ts';
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
  if (decision.kind === 'pass') return settlePass(input, decision.outcome, outcome);
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
  return failed(stale.kind === 'forbidden' ? 504 : FAILURE_STATUS[outcome.failure], reasons);
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
  // RFC 9111 §5.2.2.2: with must-revalidate, an error is the required answer once stale.
  if (facts.staleForbiddenBy !== null && !isFresh)
    return { kind: 'forbidden', reason: reason('must-revalidate-unreachable') };
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
  outcome: PassDecision['outcome'],
  response: UpstreamResponse,
): Settlement {
  const { invalidate, reasons } = invalidationOf(input.request, response);
  const answer = forwarded(response, input.times, false);
  return { outcome, answer, store: { kind: 'none' }, invalidate, sharing: 'unknown', reasons };
}

function invalidationOf(
  request: PresentedRequest,
  response: UpstreamResponse,
): { readonly invalidate: readonly string[]; readonly reasons: readonly Reason[] } {
  const invalidate = invalidatedUris(request, response);
  const { method } = request;
  return { invalidate, reasons: invalidate.map((url) => reason('invalidated', { method, url })) };
}

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
  const { decision, outcome, request, policy, times } = context;
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
  if (decision.kind === 'fetch' || decision.ask.kind === 'fill') {
    return settleFailure(context, {
      kind: 'failure',
      failure: 'malformed',
      message: 'a 304 to a request without conditions',
    });
  }
  const confirmed = confirmedBy(outcome.fields, decision.offered);
  const [chosen] = confirmed;
  if (chosen === undefined) return askAgain(decision, reason('unmatched-304'));

  const received = {
    fields: outcome.fields,
    request: request.fields,
    personalRequest: isPersonal(request),
  };
  const answered = mergeNotModified(chosen.response, received, { times, policy });
  // RFC 9111 §3.2: what the 304 says holds for what is stored, even that it may not be.
  const refusal = unstorableSince304(answered, policy);
  if (refusal !== null) return askAgain(decision, refusal);
  const pairs = confirmed
    .map(({ response: old }) => ({
      old,
      updated:
        old === chosen.response ? answered : mergeNotModified(old, received, { times, policy }),
    }))
    // RFC 9111 §4.1: under a new Vary, only the response to this very request can be placed.
    .filter(({ old, updated }) => old === chosen.response || updated.rule.id === old.rule.id);
  const { etag, lifetimeSeconds } = answered.facts;
  const reasons: Reason[] = [
    chosen === decision.candidate || etag === null
      ? reason('confirmed', { lifetimeSeconds })
      : reason('confirmed-variant', { etag: formatEntityTag(etag) }),
  ];
  // RFC 9111 §7.3
  if (outcome.fields.has('set-cookie')) reasons.push(reason('stored-set-cookie'));
  return {
    outcome: 'revalidated',
    answer: { kind: 'stored', candidate: { response: answered, softPurgedAtMs: undefined } },
    store: { kind: 'update', pairs },
    invalidate: [],
    sharing: isReusable(answered.facts) ? 'shareable' : 'unshareable',
    reasons,
  };
}

/**
 * The same question without conditions: RFC 9111 §4.3.4 leaves nothing else when a 304 fits nothing
 * stored, or forbids keeping what it fits.
 */
export function askAgain(decision: RevalidateDecision | FetchDecision, why: Reason): Settlement {
  const again: FetchDecision = {
    kind: 'fetch',
    fallback: standInOf(decision),
    ask: { kind: 'fill' },
    collapsible: false,
    reasons: [...decision.reasons, why],
  };
  const answer: Answer = { kind: 'again', decision: again };
  return {
    outcome: 'miss',
    answer,
    store: { kind: 'none' },
    invalidate: [],
    sharing: 'unknown',
    reasons: [],
  };
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
  const { requestAtMs, responseAtMs } = times;
  const personalRequest = isPersonal(request);
  const facts = factsOf(
    { status, fields: response.fields, requestAtMs, responseAtMs, personalRequest },
    policy,
  );
  const judged = storability({ request, askedMethod, response, facts, policy });
  const candidate = standInOf(decision);
  const reasons = [...reasonsSoFar];
  if (candidate !== undefined) reasons.push(reason('replaced', { status }));
  reasons.push(...heuristicRefusal(response, facts, personalRequest), ...judged.reasons);
  const answer = forwarded(response, times, decision.ask.kind !== 'as-is');

  if (judged.kind === 'refused') {
    // What the origin no longer vouches for must not stand in for it later; a server error says nothing of that.
    const isReplaced = candidate !== undefined && status < 500;
    const store: Settlement['store'] = isReplaced
      ? { kind: 'remove', responses: [candidate.response] }
      : { kind: 'none' };
    return { outcome: 'bypass', answer, store, invalidate: [], sharing: 'unshareable', reasons };
  }
  const stored: StoredResponse = {
    primaryKey: context.primaryKey,
    rule: judged.rule,
    variantKey: variantKeyOf(judged.rule, request.fields),
    status,
    statusText: response.statusText,
    fields: storableFields(
      response.fields,
      effectiveCacheControl(response.fields, policy.freshness),
      responseAtMs,
    ),
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
    store: { kind: 'insert', response: stored },
    invalidate: [],
    sharing: isReusable(facts) ? 'shareable' : 'unshareable',
    reasons,
  };
}

/** Whether requests that waited may reuse a response that has just arrived (RFC 9111 §4). */
function isReusable(facts: StoredFacts): boolean {
  return !facts.alwaysValidate && isFreshAt(facts, Math.floor(facts.initialAgeMs / 1000));
}

function isPersonal(request: PresentedRequest): boolean {
  return request.fields.has('cookie') || request.fields.has('authorization');
}

/** Names the guess that was not made, so that nobody wonders why a validator alone did not help. */
function heuristicRefusal(
  response: UpstreamResponse,
  facts: StoredFacts,
  personalRequest: boolean,
): readonly Reason[] {
  if (facts.lifetimeSource !== 'none' || facts.lastModifiedAtMs === null) return [];
  if (response.fields.has('set-cookie'))
    return [reason('heuristic-refused-cookie', { what: 'the response sets a cookie' })];
  return personalRequest
    ? [reason('heuristic-refused-cookie', { what: 'the request carried Cookie or Authorization' })]
    : [];
}
