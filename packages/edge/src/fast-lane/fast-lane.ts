import type { Socket } from 'node:net';

import { bodyIdOf } from '@poplet/store';
import { isBusy } from '../codings/conversion.ts';
import type { EdgeLimits } from '../edge-api.ts';
import type { EdgeContext } from '../edge-context.ts';
import { key } from '../pipeline/key.ts';
import { receive } from '../pipeline/receive.ts';
import { unreadReason } from '../pipeline/record.ts';
import { LaneConnection, type LanePort } from './lane-connection.ts';
import type { Asking, Lane, LaneEnd, Pieces } from './lane.ts';
import { Memo } from './memo.ts';
import type { PlainHead } from './plain-head.ts';
import { FoundAnswer, HotAnswers, ReadyAnswer } from './ready-answer.ts';
import { SectionTable, type Section } from './section.ts';

/**
 * Answers plain HTTP/1.1 requests with fresh stored responses, on the connections themselves; whatever else
 * comes goes to node:http and the pipeline, untouched (docs/adr/0011). What it answers is what the stages of
 * the pipeline said to the same request in the same second of the stored response's age.
 */
export class FastLane implements Lane<FoundAnswer> {
  readonly #edge: EdgeContext;
  readonly #memo = { GET: new Memo(), HEAD: new Memo() };
  readonly #hot = new HotAnswers();
  readonly #sections = { http: new SectionTable(), https: new SectionTable() };
  /** What the keys of all requests with a section begin with; null: it is refused. */
  readonly #prefixes = new WeakMap<
    Section,
    { readonly text: string | null; readonly of: string }
  >();
  /** Requests answered since the start. */
  answered = 0;
  /** Answers that are on their way. */
  underWay = 0;

  constructor(edge: EdgeContext) {
    this.#edge = edge;
  }

  /** Takes a connection on which nothing was read. */
  accept(socket: Socket, scheme: 'http' | 'https', port: LanePort<FoundAnswer>): void {
    const sections = this.#sections[scheme];
    new LaneConnection(socket, { lane: this, scheme, sections, port }).begin();
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
    const unlike = { ...record, reasons, complete: false };
    edge.journal.recordLike(unlike, receivedAtMs, durationMs);
  }

  answerTo(plain: PlainHead, nowMs: number, asking: Asking): FoundAnswer | undefined {
    const edge = this.#edge;
    const { store, limits } = edge;
    if (edge.bypass || edge.exchanges >= limits.exchanges || isBusy()) return undefined;
    const prefix = this.#prefixOf(plain, asking);
    if (prefix === null) return undefined;
    const found = store.find(prefix + plain.target, plain.section.fields);
    const [candidate] = found.selected;
    // Where several answer to a request, the pipeline chooses.
    if (candidate === undefined || found.selected.length > 1) return undefined;
    const { response } = candidate;
    const body = bodyIdOf(response);
    if (body === undefined || store.isAway === true) return undefined;
    const memo = this.#memo[plain.method];
    const known = memo.of(body).find((answer) => answer.isFor(plain));
    const question = { plain, found, candidate, nowMs };
    const isKnown = known?.holds(question, edge) === true;
    const ready = isKnown ? known : ReadyAnswer.make(question, asking, edge);
    if (ready === undefined) return undefined;
    if (!isKnown) memo.set(body, ready, known);
    return new FoundAnswer(ready, response, this.#hot);
  }

  #prefixOf(plain: PlainHead, { headOf }: Asking): string | null {
    const { section } = plain;
    const edge = this.#edge;
    const known = this.#prefixes.get(section);
    if (known?.of === edge.deployment) return known.text;
    const reception = receive({ ...headOf(plain), target: '/' }, { mayUpgrade: false }, edge);
    const text =
      reception.kind === 'received'
        ? key({ ...reception.request, target: '' }, reception.site, edge)
        : null;
    this.#prefixes.set(section, { text, of: edge.deployment });
    return text;
  }
}
