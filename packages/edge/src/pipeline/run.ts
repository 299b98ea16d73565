import {
  decide,
  learntHints,
  ownAnswer,
  reason,
  type Candidate,
  type Decision,
  type Found,
  type OwnAnswer,
} from '@poplet/policy';
import { isCorrupt } from '@poplet/store';
import type { Client } from '../client.ts';
import { monotonicMs } from '../clock.ts';
import type { EdgeContext } from '../edge-context.ts';
import { errorOf } from '../error-of.ts';
import type { Exchange, Receipt } from '../exchange.ts';
import type { Landing } from '../flight.ts';
import { planUnreadable, type Problem } from '../problem.ts';
import { decideFor, storyOf, type Course, type Ending, type Gone, type Step } from './course.ts';
import { deliverPlan, deliverProblem, deliverStored, type Delivery } from './deliver.ts';
import { key } from './key.ts';
import { lead, refresh } from './lead.ts';
import { lookup } from './lookup.ts';
import { open } from './open.ts';
import { answerPurge } from './purge-method.ts';
import { receive } from './receive.ts';
import { record, recordGone, recordUnreadable } from './record.ts';
import { respond } from './respond.ts';
import { share } from './share.ts';
import { tunnel, type Changeover } from './tunnel.ts';

/** Rounds of lookup and decide after which a request goes to the upstream on its own. */
const MAX_ROUNDS = 12;

/** How often an answer is looked for anew because the stored body proved corrupt. */
const MAX_CORRUPT = 2;

/**
 * The order of the stages: receive → key → lookup → decide → open | (fetch → settle → store: see
 * `fly`) → respond → record. Never rejects: a fault of the edge is a 500, a record, and a call of `onFault`.
 */
export async function run(
  client: Client,
  edge: EdgeContext,
  changeover?: Changeover,
): Promise<void> {
  const receivedAt = { virtualMs: edge.clock.nowMs(), monotonicMs: monotonicMs() };
  const reception = receive(client.head, { mayUpgrade: changeover !== undefined }, edge);
  if (reception.kind === 'unreadable') {
    await refuse(client, { problem: reception.problem, url: reception.url, receivedAt }, edge);
    return;
  }
  const { site, request } = reception;
  const exchange: Exchange = {
    site,
    request,
    client,
    receivedAt,
    primaryKey: key(request, site, edge),
    notes: [],
  };
  try {
    await handle(exchange, changeover, edge);
  } catch (error) {
    edge.onFault(`${request.method} ${exchange.primaryKey}`, error);
    await confess(exchange, error, edge);
  }
}

async function handle(
  exchange: Exchange,
  changeover: Changeover | undefined,
  edge: EdgeContext,
): Promise<void> {
  const { request, site } = exchange;
  if (request.method === 'PURGE') {
    await hasDelivered(exchange, ownDelivery(await answerPurge(exchange, edge)), edge);
    return;
  }
  const own = ownAnswer({ request, policy: site.policy, cdnInfo: site.cdnInfo });
  if (own !== null) {
    await hasDelivered(exchange, ownDelivery(own), edge);
    return;
  }
  if (changeover !== undefined) {
    const state = { bypass: edge.bypass, doNotCollapse: false, refreshHeldBack: false };
    const nothing = { selected: [], siblings: [], inLanguage: [] };
    const decision = decide({
      request,
      found: nothing,
      policy: site.policy,
      edge: state,
      nowMs: exchange.receivedAt.virtualMs,
    });
    if (decision.kind === 'tunnel') {
      await tunnel(exchange, { decision, changeover }, edge);
      return;
    }
  }
  for (let attempt = 0; attempt <= MAX_CORRUPT; attempt++) {
    const delivery = await obtain(exchange, edge);
    if (isGone(delivery)) {
      recordGone(exchange, delivery.story, edge);
      return;
    }
    if (await hasDelivered(exchange, delivery, edge)) return;
  }
  throw new Error('the store handed out corrupt bodies again and again');
}

/** What `refuse` needs to know of a request that never became an exchange. */
interface Refused {
  readonly problem: Problem;
  readonly url: string;
  readonly receivedAt: Receipt;
}

/** Answers what could not be read, or is for no site. */
async function refuse(
  client: Client,
  { problem, url, receivedAt }: Refused,
  edge: EdgeContext,
): Promise<void> {
  const { method } = client.head;
  const plan = planUnreadable(problem, method);
  // RFC 9112 §9.6: where a message could not be understood, neither can what follows it.
  client.endsConnection();
  const sent = await respond(client, {
    plan,
    source: undefined,
    trailers: () => [],
    isOpened: false,
  });
  const { bodyBytes, isComplete } =
    sent.kind === 'sent' ? sent : { bodyBytes: 0, isComplete: false };
  recordUnreadable({ problem, method, url, receivedAt, bodyBytes, isComplete }, edge);
}

/** Says that the edge itself is at fault, where that can still be said. */
async function confess(exchange: Exchange, error: unknown, edge: EdgeContext): Promise<void> {
  const { client } = exchange;
  const message = errorOf(error).message;
  const reasons = [reason('edge-fault', { message })];
  const story = {
    outcome: 'error',
    reasons,
    collapsed: false,
    upstreamStatus: null,
    askedUpstream: false,
    isStored: false,
  } as const;
  if (client.hasBegun) {
    client.cut();
    recordGone(exchange, story, edge);
    return;
  }
  const delivery = deliverProblem(exchange, story, 500);
  await hasDelivered(exchange, delivery, edge);
}

function ownDelivery({ plan, outcome, reasons }: OwnAnswer): Delivery {
  return deliverPlan(plan, {
    outcome,
    reasons,
    collapsed: false,
    upstreamStatus: null,
    askedUpstream: false,
    isStored: false,
  });
}

function isGone(value: Delivery | Gone): value is Gone {
  return 'kind' in value;
}

/** Writes the answer and records it. False when the stored body cannot be had, and nothing was sent; what is corrupt is dropped. */
async function hasDelivered(
  exchange: Exchange,
  delivery: Delivery,
  edge: EdgeContext,
): Promise<boolean> {
  const { client } = exchange;
  const { followed, led, opened } = delivery;
  let hasLeft = false;
  const leave = (): void => {
    if (!hasLeft) followed?.leave();
    hasLeft = true;
  };
  const stopListening = client.onGone(leave);
  try {
    const sent = await respond(client, { ...delivery, isOpened: opened !== undefined });
    if (sent.kind === 'corrupt') {
      if (opened !== undefined) edge.store.remove(opened);
      exchange.notes.push(reason('body-corrupt'));
      return false;
    }
    if (sent.kind === 'unreachable') {
      exchange.notes.push(reason('body-unreachable'));
      return false;
    }
    if (isCorrupt(sent.cutOff) && opened !== undefined) edge.store.remove(opened);
    const endedAtMs = monotonicMs();
    // The last byte, or the client, may leave before the store has answered: what it says is part of the record.
    const landing = await led?.landed.catch(notLanded);
    record(exchange, { delivery, sent, endedAtMs, landing }, edge);
    if (delivery.wanted !== undefined) edge.coder.want(delivery.wanted, edge);
    return true;
  } finally {
    stopListening();
    leave();
  }
}

/** A fault of the store says nothing of what the client got; `fly` has reported it. */
function notLanded(error: unknown): Landing {
  const message = errorOf(error).message;
  return { isStored: false, correction: reason('not-stored-store-failed', { message }) };
}

/** Everything up to the answer: rounds of lookup and decide until one leads to it. */
async function obtain(exchange: Exchange, edge: EdgeContext): Promise<Delivery | Gone> {
  const course: Course = {
    exchange,
    edge,
    nowMs: exchange.receivedAt.virtualMs,
    isAlone: false,
    hasWaited: false,
    held: undefined,
    foreignFailures: 0,
    firstReasons: undefined,
  };
  try {
    for (let round = 1; round <= 2 * MAX_ROUNDS; round++) {
      if (round > 1) course.nowMs = edge.clock.nowMs();
      if (round === MAX_ROUNDS) course.isAlone = true;
      const { held } = course;
      course.held = undefined;
      try {
        const found = await lookup(exchange, edge);
        const decision = decideFor(course, found);
        if (course.firstReasons === undefined) {
          course.firstReasons = decision.reasons;
          sendHints(exchange, decision);
        }
        const step = await pursue(course, decision, found);
        if (step !== undefined) return step;
      } finally {
        held?.leave();
      }
    }
    throw new Error('a request found no answer in many rounds');
  } finally {
    // The last round may have waited too: for an error, or until its client went away.
    course.held?.leave();
  }
}

/** RFC 8297 §2: what a client may load while it waits. */
function sendHints({ request, site, client, notes }: Exchange, decision: Decision): void {
  const hints = learntHints({ request, decision, policy: site.policy });
  if (hints === null) return;
  client.inform(hints, request);
  notes.push(reason('early-hints', { count: hints.lines.length / 2 }));
}

/** Follows a decision. Undefined: go round again. */
async function pursue(course: Course, decision: Decision, found: Found): Promise<Step> {
  switch (decision.kind) {
    case 'serve':
      return serve(course, decision.candidate, {
        outcome: decision.outcome,
        reasons: decision.reasons,
      });
    case 'serve-and-refresh': {
      const delivery = serve(course, decision.candidate, {
        outcome: 'updating',
        reasons: decision.reasons,
      });
      if (delivery !== undefined) refresh(course, decision);
      return delivery;
    }
    case 'revalidate':
    case 'complete':
    case 'fetch':
      return decision.collapsible
        ? await share(course, decision, found)
        : await lead(course, decision, undefined);
    case 'pass':
      return await lead(course, decision, undefined);
    case 'reject': {
      const story = storyOf(course, { outcome: 'error', reasons: decision.reasons });
      return deliverProblem(course.exchange, story, decision.status);
    }
    case 'tunnel':
      // `receive` hides the upgrade where the connection cannot change hands, and `tunnel` takes the others.
      throw new Error('a request to switch protocols came into the pipeline');
    default:
      return decision satisfies never;
  }
}

/** From the store. Undefined when the body was evicted or purged meanwhile. */
function serve(course: Course, candidate: Candidate, ending: Ending): Delivery | undefined {
  const { exchange, edge, hasWaited, nowMs } = course;
  const source = open(candidate.response, exchange, edge);
  if (source === undefined) return undefined;
  // What another's flight stored while this request waited: its reasons are those of the miss.
  if (hasWaited) exchange.notes.push(reason('collapsed'));
  const story = hasWaited
    ? storyOf(course, { ...ending, reasons: course.firstReasons ?? [], collapsed: true })
    : storyOf(course, ending);
  return deliverStored(exchange, story, {
    candidate,
    source,
    bodyBytes: candidate.response.bodyBytes,
    openCoding: (coding) => edge.store.openCoding(candidate.response, coding),
    nowMs,
  });
}
