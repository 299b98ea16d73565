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
import type { Reason } from '../reasons.ts';
import { settle } from '../settle.ts';

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
  readonly decision: Decision;
  /** Undefined where the upstream was not asked, or not on behalf of the cache. */
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
const QUIET_EDGE = { bypass: false, doNotCollapse: false, refreshHeldBack: false };

/** Plays a request and its response through. */
export function rehearse(scene: Scene): Rehearsal {
  const { request, policy, times } = scene;
  const found: Found = { selected: [], siblings: [], inLanguage: [] };
  const decision = decide({ request, found, policy, edge: QUIET_EDGE, nowMs: times.nowMs });
  if (decision.kind !== 'fetch') {
    return { scene, decision, settlement: undefined, candidate: undefined };
  }
  const settlement = settle({ ...scene, decision, outcome: scene.response });
  const { store } = settlement;
  const candidate =
    store.kind === 'insert' ? { response: store.response, softPurgedAtMs: undefined } : undefined;
  return { scene, decision, settlement, candidate };
}

/** What happens to the same request so many milliseconds later. */
export function decideAgain({ scene, candidate }: Rehearsal, laterByMs = 0): Decision {
  const { request, policy, times } = scene;
  return decide({
    request,
    found: { selected: candidate === undefined ? [] : [candidate], siblings: [], inLanguage: [] },
    policy,
    edge: QUIET_EDGE,
    nowMs: times.nowMs + laterByMs,
  });
}

/** Whether what is stored is served, so many milliseconds later, when the upstream answers like this; and why. */
export function standsIn(
  rehearsal: Rehearsal,
  { laterByMs, outcome }: { readonly laterByMs: number; readonly outcome: UpstreamOutcome },
): { readonly isServed: boolean; readonly reasons: readonly Reason[] } {
  const decision = decideAgain(rehearsal, laterByMs);
  if (decision.kind !== 'fetch' && decision.kind !== 'revalidate') {
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
