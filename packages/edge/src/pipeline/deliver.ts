import {
  cacheStatusOf,
  isServedAtOnce,
  planProblem,
  planStored,
  planUpstream,
  reason,
  ttlSecondsOf,
  withOwnFields,
  type Answer,
  type BodyPlan,
  type Candidate,
  type Coding,
  type FieldLines,
  type Outcome,
  type Reason,
  type ResponsePlan,
  type StoredResponse,
} from '@poplet/policy';
import type { BodySource } from '@poplet/store';
import { monotonicMs } from '../clock.ts';
import type { WantedCoding } from '../codings/coder.ts';
import { ConvertedBody, isBusy } from '../codings/conversion.ts';
import type { Exchange, Presented } from '../exchange.ts';
import type { Flight, FlightBody } from '../flight.ts';

/** One answer, ready to be written: what is sent, and what the journal will say about it. */
export interface Delivery {
  readonly plan: ResponsePlan;
  readonly source: BodySource | undefined;
  readonly trailers: () => FieldLines;
  readonly story: Story;
  readonly ttlSeconds: number | null;
  /** The flight that the body comes from; joined, to be left when the answer is over. */
  readonly followed: Flight | undefined;
  /** The flight that this exchange began; how it lands belongs to the exchange. */
  readonly led: Flight | undefined;
  /** The stored response that was opened, to be dropped should its body prove corrupt. */
  readonly opened: StoredResponse | undefined;
  /** A coding that was made while it went out, and would be worth storing. */
  readonly wanted?: WantedCoding | undefined;
}

/** How the answer came about. */
export interface Story {
  readonly outcome: Outcome;
  readonly reasons: readonly Reason[];
  readonly collapsed: boolean;
  readonly upstreamStatus: number | null;
  readonly askedUpstream: boolean;
  /** Whether the response is, or is about to be, stored or updated. */
  readonly isStored: boolean;
}

const NO_TRAILERS = (): FieldLines => [];

export interface StoredAnswer {
  readonly candidate: Candidate;
  readonly source: BodySource;
  /** Undefined while a body of unknown length is arriving. */
  readonly bodyBytes: number | undefined;
  readonly trailers?: () => FieldLines;
  readonly followed?: Flight;
  readonly led?: Flight;
  /** Absent: none are stored yet. */
  readonly openCoding?: (coding: Coding) => BodySource | undefined;
}

/** From the store, or from a flight that is filling it. Undefined where the coding it is to be sent in is gone: look again. */
export function deliverStored(
  exchange: Presented,
  story: Story,
  answer: StoredAnswer & { readonly nowMs: number },
): Delivery | undefined {
  const { candidate, bodyBytes, trailers, followed, led, nowMs } = answer;
  const { request, site } = exchange;
  const { response } = candidate;
  const ttlSeconds = ttlSecondsOf(candidate, nowMs);
  const { primaryKey } = response;
  const cacheStatus = cacheStatusFor({ ...exchange, primaryKey }, story, ttlSeconds);
  const plan = planStored({
    request,
    response,
    bodyBytes,
    nowMs,
    policy: site.policy,
    cacheStatus,
    isBusy: isBusy(),
  });
  const source =
    plan.conversion?.isStored === true
      ? answer.openCoding?.(plan.conversion.to)
      : converted(answer.source, plan, exchange);
  if (source === undefined) return undefined;
  const hits = isServedAtOnce(story.outcome) ? (site.hits?.served(response) ?? 0) : 0;
  return {
    plan: ownPlan(plan, exchange, { story, ttlSeconds, hits }),
    source,
    wanted: wantedFor(plan, response, exchange),
    trailers: trailers ?? (() => response.trailers),
    story,
    ttlSeconds,
    followed,
    led,
    opened: followed === undefined ? response : undefined,
  };
}

export interface UpstreamAnswer {
  readonly answer: Extract<Answer, { kind: 'upstream' }>;
  readonly body: FlightBody | undefined;
  /** Undefined for an exchange that is not a flight (an upgrade that was refused). */
  readonly led: Flight | undefined;
  readonly nowMs: number;
}

/** The upstream's own response, as it arrives. */
export function deliverUpstream(
  exchange: Exchange,
  story: Story,
  { answer, body, led, nowMs }: UpstreamAnswer,
): Delivery {
  const { request, site } = exchange;
  const stored = body?.stored;
  const ttlSeconds =
    stored === undefined || !story.isStored
      ? null
      : ttlSecondsOf({ response: stored, softPurgedAtMs: undefined }, nowMs);
  const cacheStatus = cacheStatusFor(exchange, story, ttlSeconds);
  const isShared = stored?.facts.isPersonal === false;
  const input = { request, answer, policy: site.policy, cacheStatus, isShared, isBusy: isBusy() };
  let plan = planUpstream({ ...input, bodyBytes: body?.bodyBytes });
  // RFC 9110 §14.2 allows ignoring Range: a body that is only passed on cannot be read backwards.
  if (stored === undefined && !isInOrder(plan.body))
    plan = planUpstream({ ...input, bodyBytes: undefined });
  if (stored !== undefined) site.hits?.fetched(stored);
  return {
    plan: ownPlan(plan, exchange, { story, ttlSeconds, hits: 0 }),
    source: body && converted(body.source, plan, exchange),
    wanted: stored && wantedFor(plan, stored, exchange),
    trailers: body?.trailers ?? NO_TRAILERS,
    story,
    ttlSeconds,
    followed: led,
    led,
    opened: undefined,
  };
}

/** The body as the plan counts its bytes. */
function converted(
  source: BodySource,
  { conversion }: ResponsePlan,
  { site, notes }: Presented,
): BodySource {
  if (conversion === undefined) return source;
  const { from, to } = conversion;
  return new ConvertedBody(source, {
    conversion,
    policy: site.policy.coding,
    use: 'stream',
    onFailed: ({ message }) => notes.push(reason('coding-failed', { from, to, message })),
  });
}

function wantedFor(
  { conversion, body }: ResponsePlan,
  response: StoredResponse,
  { site }: Presented,
): WantedCoding | undefined {
  if (conversion === undefined || conversion.isStored || body.kind === 'none') return undefined;
  return { response, conversion, policy: site.policy.coding };
}

/** A problem that the edge reports itself. */
export function deliverProblem(exchange: Exchange, story: Story, status: number): Delivery {
  const { request, site } = exchange;
  const plan = planProblem({ request, status, reasons: story.reasons, policy: site.policy });
  return deliverPlan(ownPlan(plan, exchange, { story, ttlSeconds: null, hits: 0 }), story);
}

/** The plan with what the policy says of the exchange beside Cache-Status. */
function ownPlan(
  plan: ResponsePlan,
  { request, site, receivedAt }: Presented,
  { story, ttlSeconds, hits }: Pick<Delivery, 'story' | 'ttlSeconds'> & { readonly hits: number },
): ResponsePlan {
  const { outcome, reasons, upstreamStatus } = story;
  const factsOf = () => ({
    request,
    outcome,
    reasons,
    upstreamStatus,
    ttlSeconds,
    hits,
    receivedAtMs: receivedAt.virtualMs,
    elapsedMs: monotonicMs() - receivedAt.monotonicMs,
  });
  return withOwnFields(plan, factsOf, site.policy);
}

/** An answer that needs neither store nor upstream. */
export function deliverPlan(plan: ResponsePlan, story: Story): Delivery {
  return {
    plan,
    source: undefined,
    trailers: NO_TRAILERS,
    story,
    ttlSeconds: null,
    followed: undefined,
    led: undefined,
    opened: undefined,
  };
}

/** What Cache-Status says of an answer. */
export function cacheStatusFor(
  { site, primaryKey }: Presented,
  story: Story,
  ttlSeconds: number | null,
): string {
  return cacheStatusOf({
    policy: site.policy,
    outcome: story.outcome,
    reasons: story.reasons,
    ttlSeconds,
    stored: story.isStored,
    collapsed: story.collapsed,
    upstreamStatus: story.upstreamStatus,
    primaryKey,
  });
}

function isInOrder(body: BodyPlan): boolean {
  if (body.kind !== 'multipart') return true;
  let end = 0;
  for (const { startByte, endByte } of body.parts) {
    if (startByte < end) return false;
    end = endByte;
  }
  return true;
}
