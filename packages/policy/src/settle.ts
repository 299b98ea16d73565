import type { AskingDecision } from './asking.ts';
import { currentAgeSeconds, isFreshAt, ttlSecondsOf } from './age.ts';
import type { CompleteDecision, FetchDecision, PassDecision } from './contracts/decision.ts';
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
  StoredPart,
  StoredResponse,
} from './contracts/stored-response.ts';
import { bytesOf } from './byte-spans.ts';
import { effectiveCacheControl } from './effective-cache-control.ts';
import { factsOf } from './facts.ts';
import { hopByHopNames } from './fields/connection.ts';
import { freshenByHead } from './freshen-by-head.ts';
import { invalidationOf } from './invalidate.ts';
import { formatEntityTag, type EntityTag } from './fields/etag.ts';
import { parseRange } from './fields/range.ts';
import { withoutFields } from './headers.ts';
import { canAnswer, holdsAlready, joinParts, partOf } from './incomplete.ts';
import { confirmedBy, mergeNotModified } from './merge-304.ts';
import { groupsOf, tagsOf } from './purge-labels.ts';
import { reason, type Reason } from './reasons.ts';
import { requestDirectives } from './request-directives.ts';
import { answersFor, searchVarianceOf, searchVarianceReasons } from './search-variance.ts';
import { variantKeyOf } from './select.ts';
import { standsForTarget } from './stands-for-target.ts';
import { refusedByClient, storability, unstorableSince304, type Storability } from './storable.ts';
import { storableFields, withDate } from './stored-fields.ts';

export interface SettleInput {
  readonly request: PresentedRequest;
  readonly primaryKey: string;
  readonly decision: AskingDecision;
  readonly outcome: UpstreamOutcome;
  readonly policy: Policy;
  readonly times: ExchangeTimes;
}

/** A settle step once it is known that the upstream answered a request the cache takes part in. */
interface Context extends SettleInput {
  readonly decision: Exclude<AskingDecision, PassDecision>;
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
  if (decision.kind === 'complete' && COMPLETION_STATUSES.has(outcome.status))
    return settleCompletion({ ...context, decision });
  if (outcome.status === 304) return settleNotModified(context);
  if (input.policy.stale.errorStatuses.includes(outcome.status)) return settleErrorStatus(context);
  return settleResponse(context, []);
}

/** Every stored response that the request selects: what a new one supersedes. */
function selectedBy(decision: Context['decision']): readonly Candidate[] {
  const { others } = decision;
  const candidate = decision.kind === 'fetch' ? decision.fallback : decision.candidate;
  return candidate === undefined ? others : [candidate, ...others];
}

/** The stored response that a decision was about: to be confirmed, or to stand in. */
function standInOf(decision: AskingDecision): Candidate | undefined {
  if (decision.kind === 'revalidate') return decision.candidate;
  return decision.kind === 'fetch' ? decision.fallback : undefined;
}

/** What most settlements leave as it was: the store, and what requests that wait are told. */
const NOTHING_DONE: Pick<Settlement, 'store' | 'invalidate' | 'sharing'> = {
  store: { kind: 'none' },
  invalidate: [],
  sharing: 'unknown',
};

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

function settleFailure(
  input: SettleInput,
  { failure, message }: Pick<UpstreamFailure, 'failure' | 'message'>,
): Settlement {
  const status = FAILURE_STATUS[failure];
  const reasons = [reason('upstream-failure', { failure, message })];
  const candidate = standInOf(input.decision);
  if (candidate === undefined) return failed(status, reasons);
  const stale = staleOnError(input, candidate, failure);
  if (stale === null) return failed(status, reasons);
  reasons.push(stale.reason);
  if (stale.kind === 'serve') return servedStale(candidate, reasons);
  if (stale.kind === 'refuse') return failed(status, reasons);
  // RFC 9111 §5.2.2.2: with must-revalidate, an error is the required answer once stale.
  return failed(504, [...reasons, reason('must-revalidate-unreachable')]);
}

function failed(status: number, reasons: readonly Reason[]): Settlement {
  const answer: Answer = { kind: 'problem', status };
  return { ...NOTHING_DONE, outcome: 'error', answer, reasons };
}

function servedStale(candidate: Candidate, reasons: readonly Reason[]): Settlement {
  const answer: Answer = { kind: 'stored', candidate };
  return { ...NOTHING_DONE, outcome: 'stale', answer, reasons };
}

/** Whether a stored response may stand in for an error, and why or why not. */
type StaleOnError = { readonly kind: 'serve' | 'refuse' | 'forbidden'; readonly reason: Reason };

/** Null when nothing speaks for it; `failure` is null where the upstream answered with an error. */
function staleOnError(
  { request, policy, times }: SettleInput,
  candidate: Candidate,
  failure: FailureKind | null,
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
  const isDisconnected = failure !== null && failure !== 'malformed';
  if (!isDisconnected || !policy.stale.whenDisconnected || isFresh) return null;
  return { kind: 'serve', reason: reason('stale-disconnected', { staleSeconds }) };
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
  const passed: Settlement = { ...NOTHING_DONE, outcome, answer, invalidate, reasons };
  if (!mayStore || !standsForTarget(request, response)) return passed;
  // RFC 9110 §9.3.3: judged and stored as what a GET would have brought.
  const context: Context = { ...input, decision: AS_A_GET, outcome: response };
  const kept = settleResponse(context, reasons);
  return { ...passed, store: kept.store, reasons: kept.reasons };
}

/** The answer is the client's own; nothing stored stands in for it. */
const AS_A_GET = fetching({
  fallback: undefined,
  others: [],
  ask: { kind: 'as-is' },
  reasons: [],
});

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
    return { ...NOTHING_DONE, outcome: 'bypass', answer, sharing: 'unshareable', reasons };
  }
  // RFC 9110 §15.4.5: nobody asked on a condition, so nothing can be "not modified".
  if (decision.kind !== 'revalidate') {
    const message = 'a 304 to a request without conditions';
    return settleFailure(context, { failure: 'malformed', message });
  }
  const chosen = confirmedBy(outcome.fields, decision.candidate, decision.offered);
  if (chosen === undefined) return askAgain(decision, reason('unmatched-304'));

  const isSelected = chosen === decision.candidate;
  const updated = mergeNotModified(
    chosen.response,
    {
      fields: outcome.fields,
      request: request.fields,
      isPersonalRequest: isPersonal(request),
      isSelected,
    },
    { times, policy },
  );
  // No-Vary-Search §Cache: by its own variance, as the 304 gives it, the response is not for this query.
  if (!answersFor(updated, primaryKey)) return askAgain(decision, reason('unmatched-304'));
  // RFC 9111 §3.2: what the 304 says holds for what is stored, even that it may not be.
  const refusal = unstorableSince304(
    { stored: chosen.response, updated, received: outcome.fields },
    policy,
  );
  if (refusal !== null) return withdraw(decision, [chosen], { why: refusal });
  // RFC 9111 §3.3: by what the 304 says, an If-Range may fail that held before, and all of it is wanted.
  if (!canAnswer(updated, request))
    return askAgain(decision, reason('part-unfit', { status: outcome.status }));
  const { etag, lifetimeSeconds } = updated.facts;
  const reasons: Reason[] = [
    isSelected || etag === null
      ? reason('confirmed', { lifetimeSeconds })
      : reason('confirmed-variant', { etag: formatEntityTag(etag) }),
  ];
  if (isSelected) reasons.push(...storedCookie(outcome, updated));
  return {
    outcome: 'revalidated',
    answer: { kind: 'stored', candidate: { response: updated, softPurgedAtMs: undefined } },
    store: { kind: 'update', pairs: [{ old: chosen.response, updated }] },
    invalidate: [],
    sharing: isReusable(updated.facts) ? 'shareable' : 'unknown',
    reasons,
  };
}

/** The same question in another way; without conditions where a 304 fits nothing stored (RFC 9111 §4.3.4). */
export function askAgain(
  decision: Context['decision'],
  why: Reason,
  ask: FetchDecision['ask'] = { kind: 'fill' },
): Settlement {
  const fallback = standInOf(decision);
  const others = selectedBy(decision).filter((one) => one !== fallback);
  return resumed({ fallback, others, ask, reasons: [...decision.reasons, why] });
}

/** What came forbids keeping these: they go at once, stand in for nothing, and are asked for anew. */
function withdraw(
  decision: Context['decision'],
  withdrawn: readonly Candidate[],
  { why, ask = { kind: 'fill' } }: { readonly why: Reason; readonly ask?: FetchDecision['ask'] },
): Settlement {
  const responses = withdrawn.map(({ response }) => response);
  const others = selectedBy(decision).filter((one) => !withdrawn.includes(one));
  const reasons = [...decision.reasons, why];
  return {
    ...resumed({ fallback: undefined, others, ask, reasons }),
    store: { kind: 'remove', responses },
  };
}

/** What is known of a fetch that no other request waits for. */
type OwnFetch = Omit<FetchDecision, 'kind' | 'collapsible'>;

function resumed(next: OwnFetch): Settlement {
  const answer: Answer = { kind: 'again', decision: fetching(next) };
  return { ...NOTHING_DONE, outcome: 'miss', answer, reasons: [] };
}

function fetching(asked: OwnFetch): FetchDecision {
  return { kind: 'fetch', collapsible: false, ...asked };
}

/** RFC 9111 §7.3: storing Set-Cookie is allowed, and worth knowing. */
function storedCookie({ fields }: UpstreamResponse, updated: StoredResponse): readonly Reason[] {
  const isStored = fields.has('set-cookie') && updated.fields.has('set-cookie');
  return isStored ? [reason('stored-set-cookie')] : [];
}

// ── a part ─────────────────────────────────────────────────────────────────────────────────────

/** The part that was asked for, and what says that there is none: nothing has changed that a 304 could tell. */
const COMPLETION_STATUSES: ReadonlySet<number> = new Set([206, 304, 416]);

/** RFC 9111 §3.4: the part that was missing is joined to what is stored, or the whole is asked for. */
function settleCompletion(context: Context & { readonly decision: CompleteDecision }): Settlement {
  const { decision, outcome, request, policy, times } = context;
  const { candidate } = decision;
  const joined = joinParts(candidate.response, outcome);
  const unfit = reason('part-unfit', { status: outcome.status });
  if (joined === null) return askAgain(decision, unfit);
  const merged = mergeNotModified(
    candidate.response,
    {
      fields: outcome.fields,
      request: request.fields,
      isPersonalRequest: isPersonal(request),
      isSelected: true,
    },
    { times, policy },
  );
  const refusal = unstorableSince304(
    { stored: candidate.response, updated: merged, received: outcome.fields },
    policy,
  );
  if (refusal !== null) return withdraw(decision, [candidate], { why: refusal });
  // RFC 9111 §3.5: what this client's Authorization brought is for it alone, unless the part says otherwise.
  const effective = effectiveCacheControl(outcome.fields, policy.freshness);
  const forOne = refusedByClient(request, effective);
  if (forOne !== null) return askAgain(decision, forOne, { kind: 'as-is' });
  const { part: left, arriving, bytes, completeBytes } = joined;
  const response: StoredResponse = { ...merged, part: left, bodyBytes: 0, trailers: [] };
  if (!canAnswer(response, request)) return askAgain(decision, unfit);
  return {
    outcome: 'miss',
    answer: { kind: 'arriving', response },
    store: {
      kind: 'insert',
      response,
      replaces: supersededBy(response, selectedBy(decision)),
      mayBeIncomplete: true,
      arriving,
    },
    invalidate: [],
    sharing: isReusable(response.facts) ? 'shareable' : 'unknown',
    reasons: [
      reason('part-joined', { etag: decision.ask.etag, bytes, completeBytes }),
      ...storedCookie(outcome, merged),
    ],
  };
}

// ── a response ─────────────────────────────────────────────────────────────────────────────────

function settleErrorStatus(context: Context): Settlement {
  const reasons = [reason('upstream-error', { status: context.outcome.status })];
  const candidate = standInOf(context.decision);
  if (candidate !== undefined) {
    const stale = staleOnError(context, candidate, null);
    // RFC 9111 §4.3.3: act as if the server failed to respond, or forward the error.
    if (stale?.kind === 'serve') return servedStale(candidate, [...reasons, stale.reason]);
    if (stale !== null) reasons.push(stale.reason);
  }
  return settleResponse(context, reasons);
}

/** A full response: it answers the client, and is stored if it may be. */
function settleResponse(context: Context, reasonsSoFar: readonly Reason[]): Settlement {
  const { request, decision, outcome: received, policy, times } = context;
  const part = partOf(received);
  // RFC 9111 §3.3: a part is stored as if it were an incomplete 200.
  const response = part === null ? received : { ...received, status: 200, statusText: 'OK' };
  const { status } = response;
  const askedMethod =
    decision.ask.kind !== 'as-is' && policy.fill.headAsGet ? 'GET' : request.method;
  if (askedMethod === 'HEAD') return settleHead(context, reasonsSoFar);
  const { requestAtMs, responseAtMs } = times;
  const provenance = provenanceOf(request);
  const effective = effectiveCacheControl(response.fields, policy.freshness);
  const kept = storableFields(response.fields, effective, responseAtMs);
  const isPersonalRequest = isPersonal(request);
  const { fields } = response;
  const facts = factsOf(
    { status, fields, kept, effective, requestAtMs, responseAtMs, provenance, isPersonalRequest },
    policy,
  );
  const fit = storability({ request, askedMethod, response, effective, kept, facts, policy });
  const candidate = standInOf(decision);
  const reasons = [...reasonsSoFar];
  // RFC 5842 §7.2: Loop Detected.
  if (status === 508) reasons.push(reason('loop-behind'));
  const answer = forwarded(received, times, decision.ask.kind !== 'as-is');

  const selected = selectedBy(decision);
  const unfit = part === null ? null : uselessPart(request, { part, etag: facts.etag }, selected);
  const judged: Storability =
    fit.kind === 'refused' || unfit === null ? fit : { kind: 'refused', by: 'request', why: unfit };
  if (judged.kind === 'refused') {
    const range = rangeInstead(context, judged.why);
    if (range !== null) return range;
    const isWithdrawn = selected.length > 0 && judged.by === 'response' && isSuperseding(status);
    if (isWithdrawn) reasons.push(reason('replaced', { status }));
    reasons.push(...heuristicRefusal(response, facts, isPersonalRequest), judged.why);
    const store: Settlement['store'] = isWithdrawn
      ? { kind: 'remove', responses: selected.map(({ response: old }) => old) }
      : NOTHING_DONE.store;
    // What this client, or a server in trouble, brought about says nothing of the next answer.
    const sharing = judged.by === 'request' || status >= 500 ? 'unknown' : 'unshareable';
    return { outcome: 'bypass', answer, store, invalidate: [], sharing, reasons };
  }
  if (candidate !== undefined) reasons.push(reason('replaced', { status }));
  reasons.push(...heuristicRefusal(response, facts, isPersonalRequest));
  reasons.push(...searchVarianceReasons(kept, policy), ...judged.reasons);
  const bytes = part === null ? 0 : bytesOf(part.spans);
  // RFC 9110 §15.3.7.3: a part that is all of it is processed as a complete 200.
  const left = part?.completeBytes === bytes ? null : part;
  if (left !== null)
    reasons.push(reason('part-stored', { bytes, completeBytes: left.completeBytes }));
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
    part: left,
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
    store: {
      kind: 'insert',
      response: stored,
      replaces: supersededBy(stored, selected),
      mayBeIncomplete:
        askedMethod === 'GET' && !selected.some(({ response: old }) => old.part === null),
      ...(part === null ? {} : { arriving: { bytes, splice: undefined } }),
    },
    invalidate: [],
    // What has to be validated each time needs no mark: `decide` sees that by itself.
    sharing: part === null && isReusable(facts) ? 'shareable' : 'unknown',
    reasons,
  };
}

/** The answer to a HEAD that was asked as such is for its client; what it tells of stored responses is kept. */
function settleHead(context: Context, reasonsSoFar: readonly Reason[]): Settlement {
  const { request, primaryKey, decision, outcome: response, policy, times } = context;
  const selected = selectedBy(decision);
  const freshened = isSuperseding(response.status)
    ? freshenByHead({
        request,
        primaryKey,
        response,
        isPersonalRequest: isPersonal(request),
        selected,
        policy,
        times,
      })
    : { store: NOTHING_DONE.store, reasons: [] };
  return {
    ...NOTHING_DONE,
    outcome: 'bypass',
    answer: forwarded(response, times, decision.ask.kind !== 'as-is'),
    store: freshened.store,
    reasons: [
      ...reasonsSoFar,
      reason('not-stored-method', { method: request.method }),
      ...freshened.reasons,
    ],
  };
}

/** Why a part is not worth storing, though it might be; or null. */
function uselessPart(
  request: PresentedRequest,
  arriving: { readonly part: StoredPart; readonly etag: EntityTag | null },
  selected: readonly Candidate[],
): Reason | null {
  // RFC 9110 §15.3.7: to a request with If-Range, a 206 leaves out what the client knows.
  if (request.fields.has('if-range')) return reason('not-stored-partial', { status: 206 });
  const isKnown = selected.some(({ response }) => holdsAlready(response, arriving));
  return isKnown ? reason('part-known') : null;
}

/** RFC 9110 §14.2: of a body that is too large to store, a client that wants a range need not wait for the rest. What it replaces goes all the same. */
function rangeInstead(
  { request, decision, outcome }: Context,
  { code }: Reason,
): Settlement | null {
  const range = request.method === 'GET' ? request.fields.get('range') : undefined;
  if (code !== 'not-stored-too-large' || decision.ask.kind !== 'fill') return null;
  // RFC 9110 §14.2: Range applies where the answer is a 200.
  if (range === undefined || outcome.status !== 200 || parseRange(range) === null) return null;
  const bytes = outcome.fields.get('content-length') as string;
  const why = reason('range-instead', { bytes });
  return withdraw(decision, selectedBy(decision), { why, ask: { kind: 'as-is' } });
}

/** Whether a response that is not stored takes the place of the one that is: it tells of the resource, not of trouble or of the client. */
function isSuperseding(status: number): boolean {
  return status < 400 || status === 404 || status === 410;
}

/** RFC 9111 §4: the most recent response is used. Under another key, rule or variant the old one would still be selected. */
function supersededBy(
  { primaryKey, rule, variantKey, variance }: StoredResponse,
  selected: readonly Candidate[],
): readonly StoredResponse[] {
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

/** Whether a request is somebody's own. */
function isPersonal(request: PresentedRequest): boolean {
  return provenanceOf(request) !== 'anonymous';
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
