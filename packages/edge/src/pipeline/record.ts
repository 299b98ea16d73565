import {
  absoluteUriOf,
  reason,
  STORED_BECAUSE,
  type ExchangeRecord,
  type Reason,
} from '@poplet/policy';
import { isCorrupt } from '@poplet/store';
import { monotonicMs } from '../clock.ts';
import type { EdgeContext } from '../edge-context.ts';
import type { Exchange, Presented, Receipt } from '../exchange.ts';
import type { FlightHead, Landing } from '../flight.ts';
import type { Problem } from '../problem.ts';
import type { Delivery, Story } from './deliver.ts';
import type { Sent } from './respond.ts';

export interface Result {
  readonly delivery: Delivery;
  readonly sent: Extract<Sent, { kind: 'sent' }>;
  /** Monotonic instant of the last byte to the client, or of its leaving. */
  readonly endedAtMs: number;
  /** How the flight that it began ended; undefined when it began none. */
  readonly landing: Landing | undefined;
}

/** Says in the journal what became of an exchange that was answered, wholly or in part. */
export function record(
  exchange: Exchange,
  { delivery, sent, endedAtMs, landing }: Result,
  edge: EdgeContext,
): void {
  const { story } = delivery;
  const answered = answeredRecord(exchange, delivery);
  // What came to light while the answer was on its way stands behind what led to it.
  const late = exchange.notes.filter((note) => !story.reasons.includes(note));
  const reasons = [...answered.reasons, ...late];
  if (landing?.correction !== undefined) replaceStored(reasons, landing.correction);
  if (isCorrupt(sent.cutOff)) reasons.push(reason('body-corrupt'));
  if (sent.cutOff !== undefined && !edge.isClosing) reasons.push(reason('answer-cut-off'));
  else if (!sent.isComplete) reasons.push(unreadReason(exchange.client.hasStalled, edge));
  edge.journal.record({
    ...answered,
    reasons,
    stored: landing?.isStored === true,
    bodyBytes: sent.bodyBytes,
    durationMs: endedAtMs - exchange.receivedAt.monotonicMs,
    complete: sent.isComplete,
  });
}

/** Of a delivery, what its record says. */
export interface Answered extends Pick<Delivery, 'story' | 'ttlSeconds'> {
  readonly plan: Pick<Delivery['plan'], 'status' | 'reasons'>;
}

/** A record of an answer as it was planned, before it is known what became of it: nothing sent, in no time. */
export function answeredRecord(
  presented: Presented,
  { story, plan, ttlSeconds }: Answered,
): Omit<ExchangeRecord, 'id'> {
  return {
    ...identityOf(presented),
    ...factsOf(story),
    status: plan.status,
    reasons: [...story.reasons, ...plan.reasons],
    stored: false,
    ttlSeconds,
    bodyBytes: 0,
    durationMs: 0,
    complete: false,
  };
}

/** Why a client did not get the whole of an answer that was there for it. */
export function unreadReason(
  hasStalled: boolean,
  { limits, isClosing }: Pick<EdgeContext, 'limits' | 'isClosing'>,
): Reason {
  if (isClosing) return reason('edge-closed');
  if (!hasStalled) return reason('client-gone');
  return reason('client-stalled', { seconds: limits.writeTimeoutMs / 1000 });
}

/** The client went away before there was anything to send it. */
export function recordGone(exchange: Exchange, story: Story, edge: EdgeContext): void {
  const { refusal } = exchange.client;
  edge.journal.record({
    ...identityOf(exchange),
    ...factsOf(story),
    // No status was sent; 499 is what proxies write into their logs for this.
    status: refusal?.status ?? 499,
    reasons: [...story.reasons, ...(refusal?.reasons ?? [unreadReason(false, edge)])],
    stored: false,
    ttlSeconds: null,
    bodyBytes: 0,
    durationMs: monotonicMs() - exchange.receivedAt.monotonicMs,
    complete: false,
  });
}

export interface RefreshResult {
  /** Of the refresh: its request, and when it began. */
  readonly exchange: Pick<Exchange, 'request' | 'primaryKey' | 'receivedAt'>;
  readonly head: FlightHead;
  readonly landing: Landing;
}

/** What became of a refresh in the background: nobody was answered. */
export function recordRefresh(
  { exchange, head, landing }: RefreshResult,
  edge: Pick<EdgeContext, 'journal'>,
): void {
  const { outcome, settlement, notes } = head;
  const { answer } = settlement;
  const reasons = [reason('background-refresh'), ...notes, ...settlement.reasons];
  if (landing.correction !== undefined) replaceStored(reasons, landing.correction);
  const upstreamStatus = outcome.kind === 'response' ? outcome.status : null;
  edge.journal.record({
    ...identityOf(exchange),
    // What would have been answered, had somebody waited.
    status: upstreamStatus ?? (answer.kind === 'problem' ? answer.status : 502),
    outcome: settlement.outcome,
    reasons,
    stored: landing.isStored,
    collapsed: false,
    upstreamStatus,
    askedUpstream: true,
    ttlSeconds: null,
    bodyBytes: 0,
    durationMs: monotonicMs() - exchange.receivedAt.monotonicMs,
    complete: true,
    background: true,
  });
}

export interface UnreadableRecord {
  readonly problem: Problem;
  /** As far as they could be made out. */
  readonly method: string;
  readonly url: string;
  readonly receivedAt: Receipt;
  readonly bodyBytes: number;
  readonly isComplete: boolean;
}

/** A request that could not be read, belongs to no site, or came to the wrong port. */
export function recordUnreadable(
  { problem, method, url, receivedAt, bodyBytes, isComplete }: UnreadableRecord,
  edge: Pick<EdgeContext, 'journal'>,
): void {
  edge.journal.record({
    receivedAtMs: receivedAt.virtualMs,
    siteId: '',
    method,
    url,
    primaryKey: '',
    status: problem.status,
    outcome: problem.location === undefined ? 'error' : 'ineligible',
    reasons: problem.reasons,
    stored: false,
    collapsed: false,
    upstreamStatus: null,
    askedUpstream: false,
    ttlSeconds: null,
    bodyBytes,
    durationMs: monotonicMs() - receivedAt.monotonicMs,
    complete: isComplete,
  });
}

function identityOf({
  request,
  receivedAt,
  primaryKey,
}: Pick<Exchange, 'request' | 'primaryKey' | 'receivedAt'>): {
  readonly receivedAtMs: number;
  readonly siteId: string;
  readonly method: string;
  readonly url: string;
  readonly primaryKey: string;
} {
  const { siteId, method } = request;
  return {
    receivedAtMs: receivedAt.virtualMs,
    siteId,
    method,
    url: absoluteUriOf(request),
    primaryKey,
  };
}

function factsOf({
  outcome,
  collapsed,
  upstreamStatus,
  askedUpstream,
}: Story): Omit<Story, 'reasons' | 'isStored'> {
  return { outcome, collapsed, upstreamStatus, askedUpstream };
}

/** What the head promised to store was not stored after all. */
function replaceStored(reasons: Reason[], correction: Reason): void {
  const promised = reasons.findIndex(({ code }) => STORED_BECAUSE.has(code));
  const instead = reasons.includes(correction) ? [] : [correction];
  if (promised === -1) reasons.push(...instead);
  else reasons.splice(promised, 1, ...instead);
}
