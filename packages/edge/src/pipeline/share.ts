import {
  reason,
  settle as judge,
  sharedTrailers,
  type AskingDecision,
  type Candidate,
  type Found,
  type PassDecision,
  type Settlement,
  type StoredResponse,
} from '@poplet/policy';
import type { Flight, FlightBody, FlightHead } from '../flight.ts';
import { decideFor, storyOf, type Course, type Step } from './course.ts';
import { deliverProblem, deliverStored, type Delivery } from './deliver.ts';
import { indexRuleOf } from './lookup.ts';
import { lead } from './lead.ts';
import { open } from './open.ts';

/** Joins a flight that may answer this request, or begins one that others may join. */
export async function share(
  course: Course,
  decision: Exclude<AskingDecision, PassDecision>,
  found: Found,
): Promise<Step> {
  const { exchange, edge } = course;
  const { primaryKey, request } = exchange;
  const rule = indexRuleOf(found);
  const boarding = edge.flights.board(primaryKey, request.fields, rule);
  switch (boarding.kind) {
    case 'none':
      return await lead(course, decision, { indexRule: rule });
    case 'follow':
      return follow(course, boarding);
    case 'wait':
      return await waitFor(course, boarding.flight, decision);
    default:
      return boarding satisfies never;
  }
}

/** Reads along with a flight whose response is selected by this request, if that may be reused for it. */
function follow(
  course: Course,
  {
    flight,
    body,
    stored,
  }: { readonly flight: Flight; readonly body: FlightBody; readonly stored: StoredResponse },
): Delivery | undefined {
  const { exchange } = course;
  const candidate: Candidate = { response: stored, softPurgedAtMs: undefined };
  const decision = decideFor(course, { selected: [candidate], siblings: [], inLanguage: [] });
  if (decision.kind !== 'serve') {
    goAlone(course, 'it may not be reused for this request');
    return undefined;
  }
  flight.join();
  exchange.notes.push(reason('collapsed'));
  const story = storyOf(course, {
    outcome: decision.outcome,
    reasons: course.firstReasons ?? [],
    collapsed: true,
  });
  const { source, bodyBytes, trailers } = body;
  return deliverStored(exchange, story, {
    candidate,
    source,
    bodyBytes,
    trailers: () => sharedTrailers(trailers(), stored.fields, exchange.site.policy),
    followed: flight,
    nowMs: course.nowMs,
  });
}

/** Waits for a head that may turn out to fit. Undefined: look again, now that it is known; the flight is left after that. */
async function waitFor(
  course: Course,
  flight: Flight,
  decision: Exclude<AskingDecision, PassDecision>,
): Promise<Step> {
  const { exchange, edge } = course;
  flight.join();
  course.held = flight;
  const { client, request } = exchange;
  const waited = await flight.waitForHead(client, {
    waitMs: edge.collapseWaitMs,
    onInformational: flight.isInformationShared
      ? (head) => client.inform(head, request)
      : undefined,
  });
  if (waited === 'gone')
    return {
      kind: 'gone',
      story: storyOf(course, { outcome: 'error', reasons: decision.reasons }),
    };
  const { head } = flight;
  if (waited === 'timeout' || head === undefined) {
    course.isAlone = true;
    exchange.notes.push(reason('collapse-timeout', { ms: edge.collapseWaitMs }));
    return undefined;
  }
  const { settlement } = head;
  if (settlement.sharing === 'shareable') {
    course.hasWaited = true;
    return undefined;
  }
  if (mayBeItsOwn(head) && course.foreignFailures < MAX_FOREIGN_FAILURES) {
    course.foreignFailures += 1;
    exchange.notes.push(
      reason('collapse-refused', { why: 'the other request may have failed by itself' }),
    );
    return undefined;
  }
  return shareFailure(course, head, decision) ?? goAlone(course, whyUnshareable(settlement));
}

/** After so many failures of others it is the upstream that fails: a burst of requests asks it no more often than that. */
const MAX_FOREIGN_FAILURES = 3;

/** An upstream that breaks off, or makes no sense, may mean that very request: a field too large for it, say. */
function mayBeItsOwn({ outcome }: FlightHead): boolean {
  return (
    outcome.kind === 'failure' && (outcome.failure === 'reset' || outcome.failure === 'malformed')
  );
}

/** A failure is a value that each judges for itself; so is an error for which something stored may stand in. */
function shareFailure(
  course: Course,
  { outcome, times }: FlightHead,
  decision: Exclude<AskingDecision, PassDecision>,
): Delivery | undefined {
  const { exchange, edge } = course;
  const { request, primaryKey, site } = exchange;
  const nowMs = edge.clock.nowMs();
  const isError =
    outcome.kind === 'failure' || site.policy.stale.errorStatuses.includes(outcome.status);
  if (!isError) return undefined;
  const settlement = judge({
    request,
    primaryKey,
    decision,
    outcome,
    policy: site.policy,
    times: { ...times, nowMs },
  });
  const story = storyOf(course, {
    outcome: settlement.outcome,
    reasons: [...decision.reasons, reason('collapsed'), ...settlement.reasons],
    collapsed: true,
    upstreamStatus: outcome.kind === 'response' ? outcome.status : null,
  });
  const { answer } = settlement;
  if (answer.kind === 'problem') return deliverProblem(exchange, story, answer.status);
  if (answer.kind !== 'stored') return undefined;
  const source = open(answer.candidate.response, exchange, edge);
  if (source === undefined) return undefined;
  const { response } = answer.candidate;
  return deliverStored(exchange, story, {
    candidate: answer.candidate,
    source,
    bodyBytes: response.bodyBytes,
    openCoding: (coding) => edge.store.openCoding(response, coding),
    nowMs,
  });
}

function goAlone(course: Course, why: string): undefined {
  course.isAlone = true;
  course.exchange.notes.push(reason('collapse-refused', { why }));
}

function whyUnshareable({ reasons }: Settlement): string {
  return reasons.at(-1)?.code ?? 'it is for one client';
}
