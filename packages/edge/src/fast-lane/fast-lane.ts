import type { Socket } from 'node:net';

import type { RequestHead } from '@poplet/policy';
import { bodyIdOf } from '@poplet/store';
import type { Client } from '../client.ts';
import { isBusy } from '../codings/conversion.ts';
import type { EdgeLimits } from '../edge-api.ts';
import type { EdgeContext } from '../edge-context.ts';
import { key } from '../pipeline/key.ts';
import { place, readHead, type Reading } from '../pipeline/receive.ts';
import { unreadReason } from '../pipeline/record.ts';
import { EndOfTurn } from './end-of-turn.ts';
import { LaneConnection, type LanePort } from './lane-connection.ts';
import type { Asking, Lane, LaneEnd } from './lane.ts';
import type { Pieces } from './pieces.ts';
import { Memo } from './memo.ts';
import type { PlainHead } from './plain-head.ts';
import { HotAnswers, ReadyAnswer, type FoundAnswer } from './ready-answer.ts';
import { SectionTable, type Section } from './section.ts';

/** What is known of all requests with one header section. */
interface Understood {
  /** At which this holds. */
  readonly deployment: string;
  /** Null: it is refused. */
  readonly reading: Reading | null;
  /** What their keys begin with. */
  readonly keyPrefix: string;
}

/**
 * Answers plain HTTP/1.1 requests with fresh stored responses, on the connections themselves, and has the
 * pipeline answer other plain ones there; whatever else comes goes to node:http, untouched (docs/adr/0011
 * and 0017). What it answers itself is what the stages of the pipeline said to the same request in the same
 * second of the stored response's age.
 */
export class FastLane implements Lane<FoundAnswer> {
  readonly begin: (client: Client) => void;
  readonly #edge: EdgeContext;
  readonly #memo = new Memo<ReadyAnswer>();
  readonly #hot = new HotAnswers();
  readonly #endOfTurn = new EndOfTurn();
  readonly #sections = { http: new SectionTable(), https: new SectionTable() };
  readonly #understood = new WeakMap<Section, Understood>();
  /** Requests answered since the start. */
  answered = 0;
  /** Answers that are on their way. */
  underWay = 0;

  /** `begin`: has the pipeline answer a request. */
  constructor(edge: EdgeContext, begin: (client: Client) => void) {
    this.#edge = edge;
    this.begin = begin;
  }

  /** Takes a connection on which nothing was read. */
  accept(socket: Socket, scheme: 'http' | 'https', port: LanePort<FoundAnswer>): void {
    const sections = this.#sections[scheme];
    const endOfTurn = this.#endOfTurn;
    new LaneConnection(socket, { lane: this, scheme, sections, endOfTurn, port }).begin();
  }

  get limits(): EdgeLimits {
    return this.#edge.limits;
  }

  nowMs(): number {
    return this.#edge.clock.nowMs();
  }

  onFault(error: unknown): void {
    this.#edge.onFault('fast lane', error);
  }

  piecesOf(answer: FoundAnswer): Pieces | undefined {
    return answer.pieces(this.#edge.store);
  }

  record(record: FoundAnswer['record'], { receivedAtMs, durationMs, unread }: LaneEnd): void {
    const edge = this.#edge;
    if (unread === undefined) {
      edge.journal.recordLike(record, receivedAtMs, durationMs);
      return;
    }
    const reasons = [...record.reasons, unreadReason(unread === 'stalled', edge)];
    const bodyBytes = unread === 'unsent' ? 0 : record.bodyBytes;
    const unlike = { ...record, reasons, bodyBytes, complete: false };
    edge.journal.recordLike(unlike, receivedAtMs, durationMs);
  }

  answerTo(plain: PlainHead, nowMs: number, asking: Asking): FoundAnswer | undefined {
    const edge = this.#edge;
    const { store, limits } = edge;
    if (edge.bypass || edge.exchanges >= limits.exchanges || isBusy()) return undefined;
    const { reading, keyPrefix } = this.#understand(plain, asking);
    if (reading === null) return undefined;
    const primaryKey = keyPrefix + plain.target;
    const found = store.find(primaryKey, reading.request.fields);
    const [candidate] = found.selected;
    // Where several answer to a request, the pipeline chooses.
    if (candidate === undefined || found.selected.length > 1) return undefined;
    // A soft purge counts its seconds on its own.
    if (candidate.softPurgedAtMs !== undefined) return undefined;
    const body = bodyIdOf(candidate.response);
    if (body === undefined || store.isAway === true) return undefined;
    const memo = this.#memo;
    const known = memo.of(body).find((answer) => answer.isFor(plain));
    const question = { plain, reading, primaryKey, found, candidate, nowMs };
    const answer = known?.found(question, this.#hot, edge);
    if (answer !== undefined) return answer;
    const made = ReadyAnswer.make(question, asking.keepAliveTimeoutMs, edge);
    if (made !== undefined) memo.set(body, made.ready, known);
    return made;
  }

  /** The same for all requests with this section. */
  #understand(plain: PlainHead, { headOf }: Asking): Understood {
    const { section } = plain;
    const edge = this.#edge;
    const known = this.#understood.get(section);
    if (known?.deployment === edge.deployment) return known;
    const understood = this.#read({ ...headOf(plain), target: '/' });
    this.#understood.set(section, understood);
    return understood;
  }

  #read(head: RequestHead): Understood {
    const edge = this.#edge;
    const { deployment } = edge;
    const reading = readHead(head, { mayUpgrade: false }, edge);
    if (reading.kind !== 'read') return { deployment, reading: null, keyPrefix: '' };
    const { site, request } = place(reading);
    return { deployment, reading, keyPrefix: key({ ...request, target: '' }, site, edge) };
  }
}
