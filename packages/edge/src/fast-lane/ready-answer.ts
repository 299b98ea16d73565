import {
  currentAgeSeconds,
  ownAnswer,
  ttlSecondsOf,
  type Candidate,
  type ExchangeRecord,
  type Found,
  type ResponsePlan,
  type StoredResponse,
} from '@poplet/policy';
import { flatCopy, versionOf, type Store } from '@poplet/store';
import type { EdgeContext } from '../edge-context.ts';
import { frame } from '../http1/frame.ts';
import { decideFor, storyOf } from '../pipeline/course.ts';
import { cacheStatusFor, deliverStored, type Story } from '../pipeline/deliver.ts';
import { key } from '../pipeline/key.ts';
import { place, type Reading } from '../pipeline/receive.ts';
import { answeredRecord } from '../pipeline/record.ts';
import { wholeContent } from '../pipeline/respond.ts';
import type { Presented } from '../exchange.ts';
import { headTextOf } from './head-text.ts';
import type { LaneAnswer } from './lane.ts';
import { piecesOf, type Pieces } from './pieces.ts';
import type { PlainHead } from './plain-head.ts';
import type { Section } from './section.ts';

/** What is asked, and what was found for it. */
export interface Question {
  readonly plain: PlainHead;
  /** Of the header section. */
  readonly reading: Reading;
  /** Under which it was found. */
  readonly primaryKey: string;
  readonly found: Found;
  /** The only one that was found; no soft purge has reached it. */
  readonly candidate: Candidate;
  /** Virtual instant of receipt. */
  readonly nowMs: number;
}

/** What never changes of a ready answer. There may be a hundred thousand, so it is little. */
interface Parts {
  /** Of the request. */
  readonly method: PlainHead['method'];
  readonly target: string;
  readonly section: Section;
  /** As `versionOf`. */
  readonly version: number | undefined;
  /** Of the plan. */
  readonly status: number;
  readonly body: ResponsePlan['body'];
  readonly conversion: ResponsePlan['conversion'] | undefined;
  readonly reasons: ResponsePlan['reasons'];
  readonly contentBytes: number;
  /** The head, up to the two lines in it that change with its age, and from there. */
  readonly headStart: string;
  readonly headEnd: string;
}

/** What it is in one second of its age. */
interface Aged {
  readonly ageSeconds: number;
  /** Of the exchange, its times still to be filled in. */
  readonly record: Omit<ExchangeRecord, 'id'>;
  readonly head: string;
  /** Head and body as they were sent, once they were. */
  joined: Pieces | undefined;
}

/**
 * What the pipeline answers to a request with a fresh stored response, worked out once by its own stages.
 * It is the answer to the same request for as long as `found` says so: what else those stages read does not change.
 */
export class ReadyAnswer {
  readonly #parts: Parts;
  /** When it was last asked for. */
  #ageSeconds: number;
  #kept: Aged | undefined;

  private constructor(parts: Parts, ageSeconds: number) {
    this.#parts = parts;
    this.#ageSeconds = ageSeconds;
  }

  /** Undefined where the answer needs more than what is in memory, or is not the same for a second. */
  static make(
    question: Question,
    keepAliveTimeoutMs: number,
    edge: EdgeContext,
  ): FoundAnswer | undefined {
    const { plain, primaryKey, candidate, nowMs } = question;
    if (plain.target.length > edge.limits.targetBytes) return undefined;
    const exchange = presentedIn(question);
    const { site, request } = exchange;
    const { policy, cdnInfo } = site;
    if (policy.downstream.ownFields?.isPerRequest === true) return undefined;
    if (ownAnswer({ request, policy, cdnInfo }) !== null) return undefined;
    // Another policy of the site may hold for this path than for the one by which the lane knows its keys.
    if (key(request, site, edge) !== primaryKey) return undefined;
    const story = freshHit(exchange, question, edge);
    if (story === undefined) return undefined;
    const { response } = candidate;
    const source = edge.store.open(response);
    if (source === undefined) return undefined;
    const delivery = deliverStored(exchange, story, {
      candidate,
      source,
      bodyBytes: response.bodyBytes,
      openCoding: (coding) => edge.store.openCoding(response, coding),
      nowMs,
    });
    if (delivery === undefined || delivery.wanted !== undefined) return undefined;
    const { plan, ttlSeconds } = delivery;
    const content = wholeContent(plan.body, delivery.source);
    if (content === undefined || delivery.trailers().length > 0) return undefined;
    const framed = frame({ httpVersion: '1.1', method: plain.method }, plan, false);
    const text = headTextOf(plan.status, framed, plain, keepAliveTimeoutMs);
    if (text === undefined) return undefined;
    const moment = { ageSeconds: currentAgeSeconds(response, nowMs), story, ttlSeconds };
    const changing = changingLines(exchange, response, moment);
    const start = text.lastIndexOf(changing);
    if (start === -1) return undefined;
    const { method, target, section } = plain;
    const { status, body, conversion, reasons } = plan;
    const parts = {
      method,
      target,
      section,
      version: versionOf(response),
      status,
      body,
      conversion,
      reasons,
      contentBytes: content.length,
      headStart: flatCopy(text.slice(0, start)),
      headEnd: flatCopy(text.slice(start + changing.length)),
    };
    const ready = new ReadyAnswer(parts, moment.ageSeconds);
    return new FoundAnswer(ready, agedOf(parts, exchange, moment, text), response);
  }

  /** Whether it answers this request, as long as it is `found`. */
  isFor({ method, target, section }: PlainHead): boolean {
    const own = this.#parts;
    return own.section === section && own.method === method && own.target === target;
  }

  /**
   * The answer as it is now; undefined where what it was made of is not what is found, or would be decided
   * about in another way.
   */
  found(question: Question, hot: HotAnswers, edge: EdgeContext): FoundAnswer | undefined {
    const { candidate, nowMs } = question;
    const { response } = candidate;
    if (versionOf(response) !== this.#parts.version) return undefined;
    const ageSeconds = currentAgeSeconds(response, nowMs);
    let aged = this.#kept;
    if (aged?.ageSeconds !== ageSeconds) {
      aged = this.#agedTo(ageSeconds, question, edge);
      if (aged === undefined) return undefined;
      // Once in a second is not worth keeping it: it would only grow old in memory.
      if (this.#ageSeconds === ageSeconds) this.#keep(aged, hot);
      this.#ageSeconds = ageSeconds;
    }
    return new FoundAnswer(this, aged, response);
  }

  #agedTo(ageSeconds: number, question: Question, edge: EdgeContext): Aged | undefined {
    const { candidate, nowMs } = question;
    const exchange = presentedIn(question);
    const story = freshHit(exchange, question, edge);
    if (story === undefined) return undefined;
    const moment = { ageSeconds, story, ttlSeconds: ttlSecondsOf(candidate, nowMs) };
    const { headStart, headEnd } = this.#parts;
    const head = headStart + changingLines(exchange, candidate.response, moment) + headEnd;
    return agedOf(this.#parts, exchange, moment, head);
  }

  #keep(aged: Aged, hot: HotAnswers): void {
    if (this.#kept === undefined) hot.add(this);
    this.#kept = aged;
  }

  /** Lets go of what is worked out quickly. */
  cool(): void {
    this.#kept = undefined;
  }

  /** Undefined where the body was evicted since the response was found. */
  contentOf(response: StoredResponse, store: Store): Uint8Array | undefined {
    const { body, conversion } = this.#parts;
    const source =
      conversion === undefined ? store.open(response) : store.openCoding(response, conversion.to);
    return source && wholeContent(body, source);
  }

  /** Of the request that it was made for; others may have the same. */
  get section(): Section {
    return this.#parts.section;
  }

  /** What remembering it takes in memory beside its section while it is not hot, in round figures. */
  get heldBytes(): number {
    const { target, headStart, headEnd } = this.#parts;
    return 450 + target.length + headStart.length + headEnd.length;
  }
}

/** A ready answer in one second of its age, and the stored response as it was found this time. */
export class FoundAnswer implements LaneAnswer {
  readonly ready: ReadyAnswer;
  readonly #aged: Aged;
  readonly #response: StoredResponse;

  constructor(ready: ReadyAnswer, aged: Aged, response: StoredResponse) {
    this.ready = ready;
    this.#aged = aged;
    this.#response = response;
  }

  get record(): Aged['record'] {
    return this.#aged.record;
  }

  /** The virtual instants between which it is as old in whole seconds: from the first, and before the second. */
  get span(): { readonly fromMs: number; readonly untilMs: number } {
    const { residentSinceMs, facts } = this.#response;
    const { ageSeconds } = this.#aged;
    const bornAtMs = residentSinceMs - facts.initialAgeMs;
    const fromMs = bornAtMs + ageSeconds * 1000;
    // Before it was resident, it is as old as it was then.
    return {
      fromMs: fromMs <= residentSinceMs ? -Infinity : fromMs,
      untilMs: bornAtMs + (ageSeconds + 1) * 1000,
    };
  }

  /** What is to be sent; undefined where the body was evicted since it was found. */
  pieces(store: Store): Pieces | undefined {
    const aged = this.#aged;
    if (aged.joined !== undefined) return aged.joined;
    const content = this.ready.contentOf(this.#response, store);
    if (content === undefined) return undefined;
    const pieces = piecesOf(aged.head, content);
    if (pieces.length === 1) aged.joined = pieces;
    return pieces;
  }
}

/** So many answers are kept as they were sent, of 16 KB at most. */
const MAX_HOT = 1024;

/** Answers that were asked for again within a second. They leave in turn. */
export class HotAnswers {
  readonly #answers: ReadyAnswer[] = [];
  #next = 0;

  add(answer: ReadyAnswer): void {
    this.#answers[this.#next]?.cool();
    this.#answers[this.#next] = answer;
    this.#next = (this.#next + 1) % MAX_HOT;
  }
}

/** The request as the stages of the pipeline know it. */
function presentedIn({ plain, reading, primaryKey, nowMs }: Question): Presented {
  const { method, target } = plain;
  const { answering, request } = reading;
  return {
    ...place({ answering, request: { ...request, method, target } }),
    receivedAt: { virtualMs: nowMs, monotonicMs: 0 },
    primaryKey,
    notes: [],
  };
}

/** The story of a plain hit, where that is decided: it is the same for all of a second of the response's age. */
function freshHit(
  exchange: Presented,
  { found, nowMs }: Question,
  edge: EdgeContext,
): Story | undefined {
  const decision = decideFor({ exchange, edge, isAlone: false, nowMs }, found);
  if (decision.kind !== 'serve' || decision.outcome !== 'hit') return undefined;
  return storyOf({ exchange }, decision);
}

/** What changes with the age of the response. */
interface Moment {
  readonly ageSeconds: number;
  readonly story: Story;
  readonly ttlSeconds: number | null;
}

function agedOf(
  plan: Parts,
  exchange: Presented,
  { ageSeconds, story, ttlSeconds }: Moment,
  head: string,
): Aged {
  const answered = answeredRecord(exchange, { story, plan, ttlSeconds });
  const record = { ...answered, bodyBytes: plan.contentBytes, complete: true };
  return { ageSeconds, record, head, joined: undefined };
}

/** As they stand in the plan of an answer from the store. */
function changingLines(
  exchange: Presented,
  { primaryKey }: StoredResponse,
  { ageSeconds, story, ttlSeconds }: Moment,
): string {
  const cacheStatus = cacheStatusFor({ ...exchange, primaryKey }, story, ttlSeconds);
  return `Age: ${ageSeconds}\r\nCache-Status: ${cacheStatus}\r\n`;
}
