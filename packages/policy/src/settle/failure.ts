import { currentAgeSeconds, isFreshAt, ttlSecondsOf } from '../age.ts';
import type { Policy } from '../contracts/policy.ts';
import type { PresentedRequest } from '../contracts/request.ts';
import type { Answer, FailureKind, Settlement, UpstreamFailure } from '../contracts/settlement.ts';
import type { Candidate, StoredFacts } from '../contracts/stored-response.ts';
import { reason, type Reason } from '../reasons.ts';
import { requestDirectives } from '../request-directives.ts';
import { NOTHING_DONE, standInOf, type Context, type SettleInput } from './context.ts';
import { settleResponse } from './response.ts';

/** RFC 9110 §15.6.3 to §15.6.5: what each failure is called towards the client. */
const FAILURE_STATUS: Record<FailureKind, number> = {
  refused: 502,
  unresolved: 502,
  reset: 502,
  malformed: 502,
  timeout: 504,
  overloaded: 503,
};

export function settleFailure(
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

export function settleErrorStatus(context: Context): Settlement {
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
  const isFailing = failure === null && policy.stale.whenFailing;
  const isDisconnected =
    failure !== null && failure !== 'malformed' && policy.stale.whenDisconnected;
  if ((!isDisconnected && !isFailing) || isFresh) return null;
  if (isFailing) return { kind: 'serve', reason: reason('stale-failing', { staleSeconds }) };
  return { kind: 'serve', reason: reason('stale-disconnected', { staleSeconds }) };
}

/** RFC 5861 §4: the directive may stand in the response, or in the request for that request alone. */
function staleIfErrorWindow(
  facts: StoredFacts,
  request: PresentedRequest,
  policy: Policy,
): number | null {
  if (!policy.stale.ifError) return null;
  const fromClient = requestDirectives(request, policy.validation).staleIfErrorSeconds;
  if (fromClient === null) return facts.staleIfErrorSeconds;
  return Math.max(fromClient, facts.staleIfErrorSeconds ?? 0);
}
