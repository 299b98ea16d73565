import {
  currentAgeSeconds,
  ownAnswer,
  type Candidate,
  type ExchangeRecord,
  type Found,
  type RequestHead,
  type ResponsePlan,
  type StoredResponse,
} from '@poplet/policy';
import type { Store } from '@poplet/store';
import type { EdgeContext } from '../edge-context.ts';
import { frame, type FramedHead } from '../http1/frame.ts';
import { decideFor, storyOf } from '../pipeline/course.ts';
import { deliverStored } from '../pipeline/deliver.ts';
import { key } from '../pipeline/key.ts';
import { receive } from '../pipeline/receive.ts';
import { answeredRecord } from '../pipeline/record.ts';
import { wholeContent } from '../pipeline/respond.ts';
import type { Presented } from '../exchange.ts';
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
  readonly head: RequestHead;
  readonly found: Found;
  /** Virtual instant of receipt. */
  readonly nowMs: number;
}

/**
 * What the pipeline answers to a request with a fresh stored response, worked out once by its own stages.
 * It is the answer to the same request for as long as `holds`: what else those stages read does not change.
 */
export class ReadyAnswer {
  readonly #plain: PlainHead;
  readonly #selected: readonly Candidate[];
  readonly #candidate: Candidate;
  readonly #ageSeconds: number;
  readonly #plan: ResponsePlan;
  /** Of the exchange, its times and its end still to be filled in. */
  readonly record: Omit<ExchangeRecord, 'id'>;
  readonly head: Buffer;
  /** Head and body, where they are sent as one. */
  readonly joined: Buffer | undefined;

  private constructor(
    { plain, found, nowMs }: Question,
    parts: Pick<ReadyAnswer, 'record' | 'head' | 'joined'> & {
      readonly candidate: Candidate;
      readonly plan: ResponsePlan;
    },
  ) {
    this.#plain = plain;
    this.#selected = found.selected;
    this.#candidate = parts.candidate;
    this.#ageSeconds = currentAgeSeconds(parts.candidate.response, nowMs);
    this.#plan = parts.plan;
    this.record = parts.record;
    this.head = parts.head;
    this.joined = parts.joined;
  }

  /** Undefined where the answer needs more than what is in memory, or is not the same for a second. */
  static make(
    question: Question,
    edge: EdgeContext,
    keepAliveTimeoutMs: number,
  ): ReadyAnswer | undefined {
    const { plain, head, found, nowMs } = question;
    const reception = receive(head, { mayUpgrade: false }, edge);
    if (reception.kind !== 'received') return undefined;
    const { site, request } = reception;
    const { policy, cdnInfo } = site;
    if (ownAnswer({ request, policy, cdnInfo }) !== null) return undefined;
    const exchange: Presented = {
      site,
      request,
      receivedAt: { virtualMs: nowMs, monotonicMs: 0 },
      primaryKey: key(request, site, edge),
      notes: [],
    };
    const decision = decideFor({ exchange, edge, isAlone: false, nowMs }, found);
    // Fresh, it is so for all of a second of its age. A soft purge counts its seconds on its own.
    if (decision.kind !== 'serve' || decision.outcome !== 'hit') return undefined;
    if (found.selected.some(({ softPurgedAtMs }) => softPurgedAtMs !== undefined)) return undefined;
    const { candidate, outcome, reasons } = decision;
    const { response } = candidate;
    const source = edge.store.open(response);
    if (source === undefined) return undefined;
    const delivery = deliverStored(exchange, storyOf({ exchange }, { outcome, reasons }), {
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
    const headText = headTextOf(plan.status, framed, plain, keepAliveTimeoutMs);
    if (headText === undefined) return undefined;
    const headBytes = Buffer.from(headText, 'latin1');
    return new ReadyAnswer(question, {
      candidate,
      plan,
      record: {
        ...answeredRecord(exchange, delivery),
        bodyBytes: content.length,
        complete: true,
      },
      head: headBytes,
      joined: content.length <= JOINED_BYTES ? Buffer.concat([headBytes, content]) : undefined,
    });
  }

  /** Whether it answers this request, apart from `holds`. */
  isFor({ method, target, section }: PlainHead): boolean {
    const own = this.#plain;
    return own.section === section && own.method === method && own.target === target;
  }

  /** Whether what it was made of is still what is found, and as old in whole seconds. */
  holds({ selected }: Found, nowMs: number): boolean {
    const own = this.#selected;
    if (selected.length !== own.length) return false;
    for (let index = 0; index < own.length; index += 1) {
      const one = selected[index] as Candidate;
      if (one.response !== own[index]?.response || one.softPurgedAtMs !== undefined) return false;
    }
    return currentAgeSeconds(this.#candidate.response, nowMs) === this.#ageSeconds;
  }

  /** The body, where it is sent by itself; undefined when it was evicted since it was found. */
  content(store: Store): Uint8Array | undefined {
    const { response } = this.#candidate;
    const { body, conversion } = this.#plan;
    const source =
      conversion === undefined ? store.open(response) : store.openCoding(response, conversion.to);
    return source && wholeContent(body, source);
  }

  /** What remembering it takes in memory, in round figures. */
  get heldBytes(): number {
    return 1500 + this.#plain.target.length * 4 + (this.joined ?? this.head).length;
  }
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
