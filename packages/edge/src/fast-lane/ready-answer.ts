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
import type { Store } from '@poplet/store';
import type { EdgeContext } from '../edge-context.ts';
import { frame, type FramedHead } from '../http1/frame.ts';
import { decideFor, storyOf } from '../pipeline/course.ts';
import { cacheStatusFor, deliverStored } from '../pipeline/deliver.ts';
import { key } from '../pipeline/key.ts';
import { receive } from '../pipeline/receive.ts';
import { answeredRecord } from '../pipeline/record.ts';
import { wholeContent } from '../pipeline/respond.ts';
import type { Presented } from '../exchange.ts';
import type { Asking, LaneAnswer, Pieces } from './lane.ts';
import type { PlainHead } from './plain-head.ts';

/** Up to here a body is copied behind its head, to go out in one piece. */
const JOINED_BYTES = 16 * 1024;

/** Fields by which node:http would choose the framing otherwise than here. */
const FRAMING_FIELDS = /^(?:connection|keep-alive|transfer-encoding|upgrade|trailer)$/i;

/** RFC 9110 §5.5, and of the names §5.6.2: what node:http would not refuse to send. */
const SENDABLE = /^(?:[!#$%&'*+.^_`|~0-9A-Za-z-]+: [\t\x20-\x7e\x80-\xff]*\r\n)+$/;

/** What is asked, and what was found for it. */
export interface Question {
  readonly plain: PlainHead;
  readonly found: Found;
  /** Virtual instant of receipt. */
  readonly nowMs: number;
}

/** What never changes of a ready answer. */
interface Parts {
  readonly plain: PlainHead;
  readonly exchange: Presented;
  readonly selected: readonly Candidate[];
  readonly candidate: Candidate;
  readonly plan: Pick<ResponsePlan, 'body' | 'reasons'> & {
    readonly conversion: ResponsePlan['conversion'] | undefined;
  };
  /** The head around the two lines that change with the age. */
  readonly before: string;
  readonly after: string;
  readonly contentBytes: number;
}

/**
 * What the pipeline answers to a request with a fresh stored response, worked out once by its own stages.
 * It is the answer to the same request for as long as `holds`: what else those stages read does not change.
 */
export class ReadyAnswer implements LaneAnswer {
  readonly #parts: Parts;
  #ageSeconds: number;
  #head: string;
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
    }: { ageSeconds: number; head: string; record: ReadyAnswer['record'] },
  ) {
    this.#parts = parts;
    this.#ageSeconds = ageSeconds;
    this.#head = head;
    this.record = record;
  }

  /** Undefined where the answer needs more than what is in memory, or is not the same for a second. */
  static make(
    { plain, found, nowMs }: Question,
    { headOf, keepAliveTimeoutMs }: Asking,
    edge: EdgeContext,
  ): ReadyAnswer | undefined {
    const reception = receive(headOf(plain), { mayUpgrade: false }, edge);
    if (reception.kind !== 'received') return undefined;
    const { site, request } = reception;
    const { policy, cdnInfo } = site;
    if (policy.downstream.ownFields?.isPerRequest === true) return undefined;
    if (ownAnswer({ request, policy, cdnInfo }) !== null) return undefined;
    const exchange: Presented = {
      site,
      request,
      receivedAt: { virtualMs: nowMs, monotonicMs: 0 },
      primaryKey: key(request, site, edge),
      notes: [],
    };
    const decision = freshHit(exchange, { found, nowMs }, edge);
    if (decision === undefined) return undefined;
    const { candidate } = decision;
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
    const head = headTextOf(plan.status, framed, plain, keepAliveTimeoutMs);
    if (head === undefined) return undefined;
    const ageSeconds = currentAgeSeconds(response, nowMs);
    const changing = changingLines(
      ageSeconds,
      cacheStatusOf(exchange, { decision, response, ttlSeconds: delivery.ttlSeconds }),
    );
    const at = head.lastIndexOf(changing);
    if (at === -1) return undefined;
    const parts = {
      plain,
      exchange,
      selected: found.selected,
      candidate,
      plan: { body: plan.body, reasons: plan.reasons, conversion: plan.conversion },
      before: head.slice(0, at),
      after: head.slice(at + changing.length),
      contentBytes: content.length,
    };
    const record = {
      ...answeredRecord(exchange, delivery),
      bodyBytes: content.length,
      complete: true,
    };
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
  holds({ found, nowMs }: Question, edge: EdgeContext): boolean {
    const { selected } = found;
    const own = this.#parts.selected;
    if (selected.length !== own.length) return false;
    for (let index = 0; index < own.length; index += 1) {
      const one = selected[index] as Candidate;
      if (one.response !== own[index]?.response || one.softPurgedAtMs !== undefined) return false;
    }
    const ageSeconds = currentAgeSeconds(this.#parts.candidate.response, nowMs);
    return ageSeconds === this.#ageSeconds || this.#hasAged({ found, nowMs }, ageSeconds, edge);
  }

  #hasAged(
    seen: Pick<Question, 'found' | 'nowMs'>,
    ageSeconds: number,
    edge: EdgeContext,
  ): boolean {
    const { exchange, candidate, plan, before, after } = this.#parts;
    const { response } = candidate;
    const decision = freshHit(exchange, seen, edge);
    if (decision?.candidate.response !== response) return false;
    const ttlSeconds = ttlSecondsOf(candidate, seen.nowMs);
    const cacheStatus = cacheStatusOf(exchange, { decision, response, ttlSeconds });
    this.#ageSeconds = ageSeconds;
    this.#head = before + changingLines(ageSeconds, cacheStatus) + after;
    this.record = {
      ...this.record,
      reasons: [...decision.reasons, ...plan.reasons],
      ttlSeconds,
    };
    this.#joined = undefined;
    this.#hasBeenSent = false;
    return true;
  }

  /** The virtual instants between which it is as old in whole seconds: from the first, and before the second. */
  get span(): { readonly fromMs: number; readonly untilMs: number } {
    const { residentSinceMs, facts } = this.#parts.candidate.response;
    const bornAtMs = residentSinceMs - facts.initialAgeMs;
    const fromMs = bornAtMs + this.#ageSeconds * 1000;
    // Before it was resident, it is as old as it was then.
    return {
      fromMs: fromMs <= residentSinceMs ? -Infinity : fromMs,
      untilMs: bornAtMs + (this.#ageSeconds + 1) * 1000,
    };
  }

  /** What is to be sent, in one piece or in two; undefined where the body was evicted since it was found. */
  pieces(store: Store): Pieces | undefined {
    if (this.#joined !== undefined) return this.#joined;
    const content = this.#content(store);
    if (content === undefined) return undefined;
    const head = this.#head;
    const isOne = content.length <= JOINED_BYTES;
    const bytes = Buffer.allocUnsafe(head.length + (isOne ? content.length : 0));
    bytes.write(head, 'latin1');
    if (!isOne) return [bytes, content];
    bytes.set(content, head.length);
    const pieces: Pieces = [bytes];
    // Once in a second is not worth keeping it.
    if (this.#hasBeenSent) this.#joined = pieces;
    this.#hasBeenSent = true;
    return pieces;
  }

  #content(store: Store): Uint8Array | undefined {
    const { response } = this.#parts.candidate;
    const { body, conversion } = this.#parts.plan;
    const source =
      conversion === undefined ? store.open(response) : store.openCoding(response, conversion.to);
    return source && wholeContent(body, source);
  }

  /** What remembering it takes in memory at most, in round figures. */
  get heldBytes(): number {
    const { contentBytes, plain } = this.#parts;
    const joinedBytes = contentBytes <= JOINED_BYTES ? contentBytes : 0;
    return 1500 + this.#head.length * 2 + plain.target.length * 4 + joinedBytes;
  }
}

/** The decision, where it is a plain hit: then it is the same for all of a second of the response's age. */
function freshHit(
  exchange: Presented,
  { found, nowMs }: Pick<Question, 'found' | 'nowMs'>,
  edge: EdgeContext,
): ServeDecision | undefined {
  // A soft purge counts its seconds on its own.
  if (found.selected.some(({ softPurgedAtMs }) => softPurgedAtMs !== undefined)) return undefined;
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

/** As node:http writes it. Undefined where that would not be the same. */
function headTextOf(
  status: number,
  { statusText, lines, isCloseDelimited }: FramedHead,
  { method, section }: PlainHead,
  keepAliveTimeoutMs: number,
): string | undefined {
  let text = '';
  let isDated = false;
  let isMeasured = method === 'HEAD' || status === 204 || status === 304;
  for (let index = 0; index < lines.length; index += 2) {
    const name = lines[index] as string;
    if (FRAMING_FIELDS.test(name)) return undefined;
    if (/^date$/i.test(name)) isDated = true;
    if (/^content-length$/i.test(name)) isMeasured = true;
    text += `${name}: ${lines[index + 1]}\r\n`;
  }
  if (!isDated || !isMeasured || isCloseDelimited || !SENDABLE.test(text)) return undefined;
  return `HTTP/1.1 ${status} ${statusText}\r\n${text}${connectionLines(section.endsConnection, keepAliveTimeoutMs)}\r\n`;
}

function connectionLines(endsConnection: boolean, keepAliveTimeoutMs: number): string {
  if (endsConnection) return 'Connection: close\r\n';
  const seconds = Math.floor(keepAliveTimeoutMs / 1000);
  const hint = keepAliveTimeoutMs === 0 ? '' : `Keep-Alive: timeout=${seconds}\r\n`;
  return `Connection: keep-alive\r\n${hint}`;
}

/** What the answers of a stored response are kept by. */
export function responseOf({ selected: [first] }: Found): StoredResponse | undefined {
  return first?.response;
}
