import { ttlSecondsOf } from '../age.ts';
import { cacheStatusOf } from '../cache-status.ts';
import type { Outcome } from '../contracts/outcome.ts';
import type { ResponsePlan } from '../contracts/response-plan.ts';
import type { Settlement } from '../contracts/settlement.ts';
import type { Candidate } from '../contracts/stored-response.ts';
import { parseDeltaSeconds } from '../fields/delta-seconds.ts';
import { isServedAtOnce, withOwnFields } from '../own-fields.ts';
import { planProblem, planStored, planUpstream } from '../plan.ts';
import type { Reason } from '../reasons.ts';
import type { ExplainInput } from './explain.ts';
import { insertedBy } from './rehearsal.ts';

/** What the client is answered; undefined where that depends on an upstream that was not asked. */
export function answerOf(
  input: ExplainInput,
  settlement: Settlement | undefined,
): ResponsePlan | undefined {
  const { decision, request, policy } = input;
  switch (decision.kind) {
    case 'serve':
      return fromStore(input, decision.candidate, { ...decision, settlement: undefined });
    case 'serve-and-refresh':
      return fromStore(input, decision.candidate, {
        outcome: 'updating',
        reasons: decision.reasons,
        settlement: undefined,
      });
    case 'reject':
      return planProblem({ request, policy, status: decision.status, reasons: decision.reasons });
    case 'fetch':
    case 'revalidate':
    case 'complete':
    case 'pass':
      return settlement === undefined ? undefined : settledAnswer(input, settlement);
    case 'tunnel':
      return undefined;
    default:
      return decision satisfies never;
  }
}

function settledAnswer(input: ExplainInput, settlement: Settlement): ResponsePlan | undefined {
  const { request, policy, exchange, decision } = input;
  const { answer, outcome, store } = settlement;
  const reasons = [...decision.reasons, ...(exchange?.notes ?? []), ...settlement.reasons];
  switch (answer.kind) {
    case 'stored':
      return fromStore(input, answer.candidate, { outcome, reasons, settlement });
    case 'arriving': {
      const candidate =
        store.kind === 'insert'
          ? insertedBy(store)
          : { response: answer.response, softPurgedAtMs: undefined };
      return fromStore(input, candidate, { outcome, reasons, settlement });
    }
    case 'problem':
      return planProblem({ request, policy, status: answer.status, reasons });
    case 'upstream': {
      const stored =
        store.kind === 'insert'
          ? { response: store.response, softPurgedAtMs: undefined }
          : undefined;
      const cacheStatus = cacheStatusFor(input, {
        outcome,
        reasons,
        settlement,
        candidate: stored,
      });
      const bodyBytes = contentLengthOf(input);
      const isShared = stored?.response.facts.isPersonal === false;
      const plan = planUpstream({ request, policy, answer, bodyBytes, isShared, cacheStatus });
      return ownPlan(input, plan, { outcome, reasons, settlement, candidate: stored });
    }
    case 'again':
      return undefined;
    default:
      return answer satisfies never;
  }
}

interface Story {
  readonly outcome: Outcome;
  readonly reasons: readonly Reason[];
  readonly settlement: Settlement | undefined;
}

function fromStore(input: ExplainInput, candidate: Candidate, story: Story): ResponsePlan {
  const { request, policy } = input;
  const { response } = candidate;
  const plan = planStored({
    request,
    policy,
    response,
    bodyBytes: response.bodyBytes,
    nowMs: instantOf(input),
    cacheStatus: cacheStatusFor(input, { ...story, candidate }),
  });
  return ownPlan(input, plan, { ...story, candidate });
}

interface Told extends Story {
  readonly candidate: Candidate | undefined;
}

/** What the policy's own fields would say, in no time, of what nobody counted. */
function ownPlan(
  input: ExplainInput,
  plan: ResponsePlan,
  { outcome, reasons, settlement, candidate }: Told,
): ResponsePlan {
  const { request, policy } = input;
  const factsOf = () => ({
    request,
    outcome,
    reasons,
    upstreamStatus: upstreamStatusOf(input, settlement),
    ttlSeconds: candidate === undefined ? null : ttlSecondsOf(candidate, instantOf(input)),
    // Whoever is served at once is one of them.
    hits: isServedAtOnce(outcome) ? 1 : 0,
    receivedAtMs: instantOf(input),
    elapsedMs: 0,
  });
  return withOwnFields(plan, factsOf, policy);
}

function upstreamStatusOf(
  { exchange }: ExplainInput,
  settlement: Settlement | undefined,
): number | null {
  const upstream = settlement === undefined ? undefined : exchange?.outcome;
  return upstream?.kind === 'response' ? upstream.status : null;
}

function cacheStatusFor(
  input: ExplainInput,
  { outcome, reasons, settlement, candidate }: Told,
): string {
  const { policy, primaryKey } = input;
  return cacheStatusOf({
    policy,
    outcome,
    reasons,
    primaryKey,
    ttlSeconds: candidate === undefined ? null : ttlSecondsOf(candidate, instantOf(input)),
    stored: settlement?.store.kind === 'insert' || settlement?.store.kind === 'update',
    collapsed: false,
    upstreamStatus: upstreamStatusOf(input, settlement),
  });
}

/** Virtual: when the upstream's head arrived, or when the request did. */
function instantOf({ exchange, nowMs }: ExplainInput): number {
  return exchange?.times.nowMs ?? nowMs;
}

function contentLengthOf({ exchange }: ExplainInput): number | undefined {
  if (exchange?.outcome.kind !== 'response') return undefined;
  return parseDeltaSeconds(exchange.outcome.fields.get('content-length') ?? '') ?? undefined;
}
