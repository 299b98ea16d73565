import {
  currentAgeSeconds,
  ownAnswer,
  ttlSecondsOf,
  type Candidate,
  type ExchangeRecord,
  type Found,
  type ResponsePlan,
  type ServeDecision,
  type StoredResponse,
} from '@poplet/policy';
import { versionOf, type Store } from '@poplet/store';
import type { EdgeContext } from '../edge-context.ts';
import { frame } from '../http1/frame.ts';
import { decideFor, storyOf } from '../pipeline/course.ts';
import { cacheStatusFor, deliverStored } from '../pipeline/deliver.ts';
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
  /** The only one that was found. */
  readonly candidate: Candidate;
  /** Virtual instant of receipt. */
  readonly nowMs: number;
}

/** The head of an answer, with the place of the two lines in it that change with its age. */
interface AgingHead {
  readonly text: string;
  readonly start: number;
  readonly length: number;
}

/** What never changes of a ready answer. There may be a hundred thousand, so it is little. */
interface Parts {
  readonly plain: PlainHead;
  /** As `versionOf`. */
  readonly version: number | undefined;
  readonly residentSinceMs: number;
  readonly bornAtMs: number;
  readonly body: ResponsePlan['body'];
  readonly conversion: ResponsePlan['conversion'] | undefined;
  /** Of the plan. */
  readonly reasons: ResponsePlan['reasons'];
}

/**
 * What the pipeline answers to a request with a fresh stored response, worked out once by its own stages.
 * It is the answer to the same request for as long as `holds`: what else those stages read does not change.
 */
export class ReadyAnswer {
  readonly #parts: Parts;
  #ageSeconds: number;
  #head: AgingHead;
  /** Of the exchange, its times still to be filled in. */
  record: Omit<ExchangeRecord, 'id'>;
  /** Head and body as they were sent in this second. */
  #joined: Pieces | undefined;
  #hasBeenSent = false;

  private constructor(
    parts: Parts,
    {
      ageSeconds,
      head,
      record,
    }: { ageSeconds: number; head: AgingHead; record: ReadyAnswer['record'] },
  ) {
    this.#parts = parts;
    this.#ageSeconds = ageSeconds;
    this.#head = head;
    this.record = record;
  }

  /** Undefined where the answer needs more than what is in memory, or is not the same for a second. */
  static make(
    question: Question,
    keepAliveTimeoutMs: number,
    edge: EdgeContext,
  ): ReadyAnswer | undefined {
    const { plain, primaryKey, candidate, nowMs } = question;
    if (plain.target.length > edge.limits.targetBytes) return undefined;
    const exchange = presentedIn(question);
    const { site, request } = exchange;
    const { policy, cdnInfo } = site;
    if (policy.downstream.ownFields?.isPerRequest === true) return undefined;
    if (ownAnswer({ request, policy, cdnInfo }) !== null) return undefined;
    // Another policy of the site may hold for this path than for the one by which the lane knows its keys.
    if (key(request, site, edge) !== primaryKey) return undefined;
    const decision = freshHit(exchange, question, edge);
    if (decision === undefined) return undefined;
    const { response } = candidate;
    const source = edge.store.open(response);
    if (source === undefined) return undefined;
    const delivery = deliverStored(exchange, storyOf({ exchange }, decision), {
      candidate,
      source,
      bodyBytes: response.bodyBytes,
      openCoding: (coding) => edge.store.openCoding(response, coding),
      nowMs,
    });
    if (delivery === undefined || delivery.wanted !== undefined) return undefined;
    const { plan } = delivery;
    const content = wholeContent(plan.body, delivery.source);
    if (content === undefined || delivery.trailers().length > 0) return undefined;
    const framed = frame({ httpVersion: '1.1', method: plain.method }, plan, false);
    const text = headTextOf(plan.status, framed, plain, keepAliveTimeoutMs);
    if (text === undefined) return undefined;
    const ageSeconds = currentAgeSeconds(response, nowMs);
    const { ttlSeconds } = delivery;
    const changing = changingLines(
      ageSeconds,
      cacheStatusOf(exchange, { decision, response, ttlSeconds }),
    );
    const start = text.lastIndexOf(changing);
    if (start === -1) return undefined;
    const { residentSinceMs, facts } = response;
    const parts = {
      plain,
      version: versionOf(response),
      residentSinceMs,
      bornAtMs: residentSinceMs - facts.initialAgeMs,
      body: plan.body,
      conversion: plan.conversion,
      reasons: plan.reasons,
    };
    const record = {
      ...answeredRecord(exchange, delivery),
      bodyBytes: content.length,
      complete: true,
    };
    const head = { text, start, length: changing.length };
    return new ReadyAnswer(parts, { ageSeconds, head, record });
  }

  /** Whether it answers this request, apart from `holds`. */
  isFor({ method, target, section }: PlainHead): boolean {
    const own = this.#parts.plain;
    return own.section === section && own.method === method && own.target === target;
  }

  /**
   * Whether what it was made of is still what is found, and decided in the same way: as long as it is as old
   * in whole seconds that needs no second look. What is older has other numbers in it.
   */
  holds(question: Question, edge: EdgeContext): boolean {
    const { candidate, nowMs } = question;
    if (candidate.softPurgedAtMs !== undefined) return false;
    if (versionOf(candidate.response) !== this.#parts.version) return false;
    const ageSeconds = currentAgeSeconds(candidate.response, nowMs);
    return ageSeconds === this.#ageSeconds || this.#hasAged(question, ageSeconds, edge);
  }

  #hasAged(question: Question, ageSeconds: number, edge: EdgeContext): boolean {
    const { candidate, nowMs } = question;
    const exchange = presentedIn(question);
    const decision = freshHit(exchange, question, edge);
    if (decision === undefined) return false;
    const ttlSeconds = ttlSecondsOf(candidate, nowMs);
    const { response } = candidate;
    const cacheStatus = cacheStatusOf(exchange, { decision, response, ttlSeconds });
    this.#ageSeconds = ageSeconds;
    this.#head = aged(this.#head, changingLines(ageSeconds, cacheStatus));
    this.record = {
      ...this.record,
      reasons: [...decision.reasons, ...this.#parts.reasons],
      ttlSeconds,
    };
    this.#joined = undefined;
    this.#hasBeenSent = false;
    return true;
  }

  /** The virtual instants between which it is as old in whole seconds: from the first, and before the second. */
  get span(): { readonly fromMs: number; readonly untilMs: number } {
    const { residentSinceMs, bornAtMs } = this.#parts;
    const fromMs = bornAtMs + this.#ageSeconds * 1000;
    // Before it was resident, it is as old as it was then.
    return {
      fromMs: fromMs <= residentSinceMs ? -Infinity : fromMs,
      untilMs: bornAtMs + (this.#ageSeconds + 1) * 1000,
    };
  }

  /** What is to be sent; undefined where the body was evicted since it was found. `response`: as it was found. */
  pieces(response: StoredResponse, store: Store, hot: HotAnswers): Pieces | undefined {
    if (this.#joined !== undefined) return this.#joined;
    const content = this.#content(response, store);
    if (content === undefined) return undefined;
    const pieces = piecesOf(this.#head.text, content);
    if (pieces.length > 1) return pieces;
    // Once in a second is not worth keeping it.
    if (this.#hasBeenSent) {
      this.#joined = pieces;
      hot.add(this);
    }
    this.#hasBeenSent = true;
    return pieces;
  }

  #content(response: StoredResponse, store: Store): Uint8Array | undefined {
    const { body, conversion } = this.#parts;
    const source =
      conversion === undefined ? store.open(response) : store.openCoding(response, conversion.to);
    return source && wholeContent(body, source);
  }

  /** Lets go of what is worked out quickly. */
  cool(): void {
    this.#joined = undefined;
  }

  /** Of the request that it was made for; others may have the same. */
  get section(): Section {
    return this.#parts.plain.section;
  }

  /** What remembering it takes in memory beside its section while it is not hot, in round figures. */
  get heldBytes(): number {
    return 700 + this.#head.text.length + this.#parts.plain.target.length * 3;
  }
}

/** A ready answer, and the stored response as it was found this time. */
export class FoundAnswer implements LaneAnswer {
  readonly record: ReadyAnswer['record'];
  readonly #ready: ReadyAnswer;
  readonly #response: StoredResponse;
  readonly #hot: HotAnswers;

  constructor(ready: ReadyAnswer, response: StoredResponse, hot: HotAnswers) {
    this.record = ready.record;
    this.#ready = ready;
    this.#response = response;
    this.#hot = hot;
  }

  /** As `ReadyAnswer.span`. */
  get span(): ReadyAnswer['span'] {
    return this.#ready.span;
  }

  /** What is to be sent; undefined where the body was evicted since it was found. */
  pieces(store: Store): Pieces | undefined {
    return this.#ready.pieces(this.#response, store, this.#hot);
  }
}

/** So many answers are kept as they were sent, of 16 KB at most. */
const MAX_HOT = 256;

/** Answers that were sent again within a second. They leave in turn. */
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

function aged({ text, start, length }: AgingHead, lines: string): AgingHead {
  return {
    text: text.slice(0, start) + lines + text.slice(start + length),
    start,
    length: lines.length,
  };
}

/** The decision, where it is a plain hit: then it is the same for all of a second of the response's age. */
function freshHit(
  exchange: Presented,
  { found, candidate, nowMs }: Question,
  edge: EdgeContext,
): ServeDecision | undefined {
  // A soft purge counts its seconds on its own.
  if (candidate.softPurgedAtMs !== undefined) return undefined;
  const decision = decideFor({ exchange, edge, isAlone: false, nowMs }, found);
  return decision.kind === 'serve' && decision.outcome === 'hit' ? decision : undefined;
}

interface Served {
  readonly decision: ServeDecision;
  readonly response: StoredResponse;
  readonly ttlSeconds: number | null;
}

function cacheStatusOf(
  exchange: Presented,
  { decision, response: { primaryKey }, ttlSeconds }: Served,
): string {
  return cacheStatusFor({ ...exchange, primaryKey }, storyOf({ exchange }, decision), ttlSeconds);
}

/** As they stand in the plan of an answer from the store. */
function changingLines(ageSeconds: number, cacheStatus: string): string {
  return `Age: ${ageSeconds}\r\nCache-Status: ${cacheStatus}\r\n`;
}
