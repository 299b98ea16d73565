import {
  reason,
  STORE_AWAY,
  type AskingDecision,
  type InformationalHead,
  type Policy,
  type Reason,
  type ServeAndRefreshDecision,
  type Settlement,
} from '@poplet/policy';
import { monotonicMs } from '../clock.ts';
import type { Flight, FlightHead } from '../flight.ts';
import { storyOf, type Course, type Step } from './course.ts';
import { deliverProblem, deliverStored, deliverUpstream, type Delivery } from './deliver.ts';
import { takeOff, type Listing } from './fly.ts';
import { open } from './open.ts';
import { recordRefresh } from './record.ts';

/** Begins a flight and answers with what it brings. */
export async function lead(
  course: Course,
  decision: AskingDecision,
  listing: Listing | undefined,
): Promise<Step> {
  const { client, request } = course.exchange;
  const flight = takeOff(course, decision, {
    listing,
    content: client.content,
  });
  flight.join();
  const onInformational = (head: InformationalHead): void => client.inform(head, request);
  const waited = await flight.waitForHead(client, { onInformational }).catch((error: unknown) => {
    flight.leave();
    throw error;
  });
  const { head } = flight;
  if (waited !== 'arrived' || head === undefined) {
    flight.leave();
    return {
      kind: 'gone',
      story: storyOf(course, { outcome: 'error', reasons: decision.reasons, askedUpstream: true }),
    };
  }
  if (client.content.isTooLarge) {
    flight.leave();
    return tooLarge(course, decision);
  }
  const delivery = answerWith(course, { flight, head, reasons: decision.reasons });
  if (delivery?.followed === undefined) flight.leave();
  return delivery;
}

/** RFC 9110 §15.5.14: whatever the upstream made of the part that it got. */
function tooLarge(course: Course, { reasons }: AskingDecision): Delivery {
  const { exchange, edge } = course;
  const why = reason('content-too-large', { limitBytes: edge.limits.contentBytes });
  const ending = { outcome: 'error', reasons: [...reasons, why], askedUpstream: true } as const;
  return deliverProblem(exchange, storyOf(course, ending), 413);
}

/** Whether the response is to be stored, or to update what is. */
function isKept({ store: action, reasons }: Settlement): boolean {
  if (reasons.includes(STORE_AWAY)) return false;
  if (action.kind === 'freshen') return action.confirmed.length > 0;
  return action.kind === 'insert' || action.kind === 'update';
}

/** The answer that a flight's head settled on. */
function answerWith(
  course: Course,
  {
    flight,
    head,
    reasons,
  }: { readonly flight: Flight; readonly head: FlightHead; readonly reasons: readonly Reason[] },
): Delivery | undefined {
  const { exchange, edge } = course;
  const { settlement, outcome, notes, body } = head;
  const { nowMs } = head.times;
  const { answer } = settlement;
  const story = storyOf(course, {
    outcome: settlement.outcome,
    reasons: [...reasons, ...notes, ...settlement.reasons],
    upstreamStatus: outcome.kind === 'response' ? outcome.status : null,
    askedUpstream: true,
    isStored: isKept(settlement),
  });
  switch (answer.kind) {
    case 'upstream':
      return deliverUpstream(exchange, story, { answer, body, led: flight, nowMs });
    case 'arriving': {
      if (body === undefined) throw new Error('a part that is being stored has a body');
      return deliverStored(exchange, story, {
        candidate: { response: answer.response, softPurgedAtMs: undefined },
        ...body,
        followed: flight,
        led: flight,
        nowMs,
      });
    }
    case 'stored': {
      const { candidate } = answer;
      const source = open(candidate.response, exchange, edge);
      if (source === undefined) return undefined;
      return deliverStored(exchange, story, {
        candidate,
        source,
        bodyBytes: candidate.response.bodyBytes,
        openCoding: (coding) => edge.store.openCoding(candidate.response, coding),
        led: flight,
        nowMs,
      });
    }
    case 'problem':
      return { ...deliverProblem(exchange, story, answer.status), led: flight };
    case 'again':
      // More resumes than are allowed: the store has changed under the request; it starts over, alone.
      course.isAlone = true;
      return undefined;
    default:
      return answer satisfies never;
  }
}

/** Validates in the background what was just served stale (RFC 5861 §3), unless that is under way. */
export function refresh(course: Course, decision: ServeAndRefreshDecision): void {
  const { edge } = course;
  // What was stored for an equivalent query is refreshed by its own.
  const { primaryKey, rule } = decision.candidate.response;
  const receivedAt = { virtualMs: edge.clock.nowMs(), monotonicMs: monotonicMs() };
  const request = decision.refreshRequest;
  const exchange = { ...course.exchange, primaryKey, request, receivedAt };
  const { site } = exchange;
  if (edge.flights.board(primaryKey, request.fields, rule).kind !== 'none') return;
  const flight = takeOff({ ...course, exchange }, decision.refresh, {
    listing: { indexRule: rule },
    content: undefined,
  });
  flight.join();
  edge.tasks.run('refresh', async () => {
    // Nobody reads along: a body that is not stored is given up.
    // A fault of the edge, which `takeOff` has reported, is a failed refresh like any other.
    const landing = await flight.landed.catch(() => undefined);
    flight.leave();
    const { head } = flight;
    if (head !== undefined && landing !== undefined)
      recordRefresh({ exchange, head, landing }, edge);
    const hasFailed =
      head === undefined ||
      hasFallenShort(head, site.policy) ||
      // What should have taken the place of the stale response did not come whole, or could not be stored.
      landing === undefined ||
      landing.correction !== undefined;
    if (hasFailed)
      edge.refreshHeldBack.set(
        primaryKey,
        edge.clock.nowMs(),
        site.policy.stale.refreshRetrySeconds,
      );
    else edge.refreshHeldBack.clear(primaryKey);
  });
}

/** No answer, an error, or one that makes no sense: it takes the place of nothing. */
function hasFallenShort({ outcome, settlement }: FlightHead, { stale }: Policy): boolean {
  if (outcome.kind !== 'response' || stale.errorStatuses.includes(outcome.status)) return true;
  return settlement.outcome === 'error' || settlement.outcome === 'stale';
}
