import { isAsking, MAX_RESUMES } from '../asking.ts';
import type { Decision } from '../contracts/decision.ts';
import type { Policy } from '../contracts/policy.ts';
import type { PresentedRequest } from '../contracts/request.ts';
import type {
  ExchangeTimes,
  Settlement,
  UpstreamOutcome,
  UpstreamResponse,
} from '../contracts/settlement.ts';
import type { Candidate, Found } from '../contracts/stored-response.ts';
import { decide } from '../decide.ts';
import { IncomingFields } from '../headers.ts';
import { storedBytesOf } from '../incomplete.ts';
import type { Reason } from '../reasons.ts';
import { answersFor } from '../search-variance.ts';
import { variantKeyOf } from '../select.ts';
import { settle } from '../settle/settle.ts';

/** One request and the response it brings, to be played through before an empty cache. */
export interface Scene {
  readonly request: PresentedRequest;
  readonly response: UpstreamResponse;
  readonly primaryKey: string;
  readonly policy: Policy;
  readonly times: ExchangeTimes;
}

/** What became of a scene: nothing of it is guessed, all of it is what `decide` and `settle` answered. */
export interface Rehearsal {
  readonly scene: Scene;
  /** The last one, where the upstream was asked again. */
  readonly decision: Decision;
  /** Undefined where the upstream was not asked. */
  readonly settlement: Settlement | undefined;
  /** What is stored now; undefined when nothing is. */
  readonly candidate: Candidate | undefined;
}

/** An origin server in trouble. */
export const UNAVAILABLE: UpstreamOutcome = {
  kind: 'response',
  status: 503,
  statusText: 'Service Unavailable',
  fields: new IncomingFields([]),
};

/** An origin server that is not there. */
export const UNREACHABLE: UpstreamOutcome = {
  kind: 'failure',
  failure: 'refused',
  message: 'nothing listens there',
};

/** No operator, no flights: what matters is the request and the response. */
export const QUIET_EDGE = { bypass: false, doNotCollapse: false, refreshHeldBack: false };

export const NOTHING: Found = { selected: [], siblings: [], inLanguage: [] };

/** Plays a request through; the upstream answers with the response, however often it is asked. */
export function rehearse(scene: Scene): Rehearsal {
  const { request, policy, times } = scene;
  const { nowMs } = times;
  let decision = decide({ request, found: NOTHING, policy, edge: QUIET_EDGE, nowMs });
  let settlement: Settlement | undefined;
  for (let resumes = 0; isAsking(decision) && resumes <= MAX_RESUMES; resumes++) {
    settlement = settle({ ...scene, decision, outcome: scene.response });
    if (settlement.answer.kind !== 'again') break;
    ({ decision } = settlement.answer);
  }
  const candidate = settlement?.store.kind === 'insert' ? insertedBy(settlement.store) : undefined;
  return { scene, decision, settlement, candidate };
}

/** What is stored once the body has arrived. */
export function insertedBy({
  response,
  arriving,
}: Extract<Settlement['store'], { kind: 'insert' }>): Candidate {
  const bodyBytes = arriving === undefined ? response.bodyBytes : storedBytesOf(arriving);
  return { response: { ...response, bodyBytes }, softPurgedAtMs: undefined };
}

/** What happens to the same request so many milliseconds later. */
export function decideAgain({ scene, candidate }: Rehearsal, laterByMs = 0): Decision {
  const { request, policy, times } = scene;
  return decide({
    request,
    found: { ...NOTHING, selected: candidate === undefined ? [] : [candidate] },
    policy,
    edge: QUIET_EDGE,
    nowMs: times.nowMs + laterByMs,
  });
}

/** A request that differs from the one of the scene in so much. */
export interface OtherRequest {
  readonly request: PresentedRequest;
  readonly primaryKey: string;
}

/** What happens to another request a moment later. */
export function decideOther(
  { scene, candidate }: Rehearsal,
  { request, primaryKey }: OtherRequest,
): Decision {
  const isFound =
    candidate !== undefined &&
    answersFor(candidate.response, primaryKey) &&
    variantKeyOf(candidate.response.rule, request.fields) === candidate.response.variantKey;
  const { policy, times } = scene;
  const found = isFound ? { ...NOTHING, selected: [candidate] } : NOTHING;
  return decide({ request, found, policy, edge: QUIET_EDGE, nowMs: times.nowMs });
}

/** Whether what is stored is served, so many milliseconds later, when the upstream answers like this; and why. */
export function standsIn(
  rehearsal: Rehearsal,
  { laterByMs, outcome }: { readonly laterByMs: number; readonly outcome: UpstreamOutcome },
): { readonly isServed: boolean; readonly reasons: readonly Reason[] } {
  const decision = decideAgain(rehearsal, laterByMs);
  if (!isAsking(decision)) {
    const isServed = decision.kind === 'serve' || decision.kind === 'serve-and-refresh';
    return { isServed, reasons: decision.reasons };
  }
  const { scene } = rehearsal;
  const { answer, reasons } = settle({
    ...scene,
    decision,
    outcome,
    times: later(scene.times, laterByMs),
  });
  return { isServed: answer.kind === 'stored', reasons };
}

function later(times: ExchangeTimes, ms: number): ExchangeTimes {
  const { requestAtMs, responseAtMs, nowMs, seq } = times;
  return { requestAtMs: requestAtMs + ms, responseAtMs: responseAtMs + ms, nowMs: nowMs + ms, seq };
}

/** Milliseconds from the scene until a second after freshness has ended; 0 where nothing is fresh. */
export function untilStaleMs({ candidate, scene }: Rehearsal): number {
  if (candidate === undefined || candidate.softPurgedAtMs !== undefined) return 0;
  const { facts, residentSinceMs } = candidate.response;
  const freshMs = facts.lifetimeSeconds * 1000 - facts.initialAgeMs;
  return Math.max(0, residentSinceMs + freshMs + 1000 - scene.times.nowMs);
}
