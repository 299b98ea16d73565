import type { EdgeLimits } from '../edge-api.ts';
import type { Lane, LaneAnswer, LaneEnd } from '../fast-lane/lane.ts';
import type { Pieces } from '../fast-lane/pieces.ts';
import type { PlainHead } from '../fast-lane/plain-head.ts';
import type { Section, SectionTable } from '../fast-lane/section.ts';
import { bufferOf, type AnswerCopy } from './messages.ts';
import type { RecordRing } from './record-ring.ts';
import type { SharedConditions } from './shared-conditions.ts';

/** What one takes here, and what the keeper knows of it there, in round figures. */
const COPY_BYTES = 1000;

/** What has to be known of a copy that was found. */
type CopyFacts = Pick<AnswerCopy, 'id' | 'place' | 'stamp' | 'fromMs' | 'untilMs'>;

/** An answer of the keeper's, as a worker keeps it. */
class KeptAnswer implements LaneAnswer {
  readonly copy: CopyFacts;
  readonly pieces: Pieces;
  /** Given, and not yet recorded. */
  uses = 0;
  isForgotten = false;

  constructor({ id, place, stamp, fromMs, untilMs, head, body }: AnswerCopy) {
    this.copy = { id, place, stamp, fromMs, untilMs };
    this.pieces = body === undefined ? [bufferOf(head)] : [bufferOf(head), bufferOf(body)];
  }

  get record(): this {
    return this;
  }

  get bytes(): number {
    const [head, body] = this.pieces;
    return head.length + (body?.length ?? 0);
  }
}

/** By method and target. */
type Answers = Map<string, KeptAnswer>;

export interface CopiesOptions {
  readonly limits: EdgeLimits;
  readonly conditions: SharedConditions;
  readonly records: RecordRing;
  readonly sections: SectionTable;
  /** What the copies may take in memory. Those that were not used lately go first. */
  readonly maxBytes: number;
  readonly onForgotten: (copyIds: readonly number[]) => void;
  readonly onFault: (error: unknown) => void;
}

/**
 * The lane of a worker: it answers with copies of what the keeper's lane answered, for as long as that would
 * answer the same. It works nothing out: what is not at hand is the keeper's.
 */
export class Copies implements Lane<KeptAnswer> {
  readonly limits: EdgeLimits;
  answered = 0;
  underWay = 0;
  readonly #options: CopiesOptions;
  #young = new Map<Section, Answers>();
  #old = new Map<Section, Answers>();
  #youngBytes = 0;
  /** Given, and not yet recorded. */
  #unrecorded = 0;
  /** An answer is being written: the keeper waits for what becomes of that. */
  #isWriting = false;

  constructor(options: CopiesOptions) {
    this.limits = options.limits;
    this.#options = options;
  }

  nowMs(): number {
    return this.#options.conditions.nowMs(Date.now());
  }

  answerTo(plain: PlainHead, nowMs: number): KeptAnswer | undefined {
    const kept = this.#find(plain);
    if (kept === undefined || this.#options.records.room <= this.#unrecorded) return undefined;
    const { copy } = kept;
    if (nowMs < copy.fromMs || nowMs >= copy.untilMs) return undefined;
    // After the clock was read: if it was moved meanwhile, the stamp does not hold.
    if (!this.#options.conditions.holds(copy.stamp, copy.place)) return undefined;
    kept.uses += 1;
    this.#unrecorded += 1;
    this.#isWriting = true;
    this.#options.records.begin();
    return kept;
  }

  piecesOf({ pieces }: KeptAnswer): Pieces {
    return pieces;
  }

  onUnderWay(): void {
    this.#settle();
  }

  #settle(): void {
    if (this.#isWriting) this.#options.records.settle();
    this.#isWriting = false;
  }

  record(kept: KeptAnswer, end: LaneEnd): void {
    kept.uses -= 1;
    this.#unrecorded -= 1;
    this.#options.records.write({ copyId: kept.copy.id, ...end });
    this.#settle();
    if (kept.isForgotten && kept.uses === 0) this.#options.onForgotten([kept.copy.id]);
  }

  onFault(error: unknown): void {
    this.#options.onFault(error);
  }

  /** Takes up an answer of the keeper's. */
  take(copy: AnswerCopy): void {
    const section = this.#options.sections.of(copy.section);
    if (section === undefined) {
      this.#options.onForgotten([copy.id]);
      return;
    }
    const kept = new KeptAnswer(copy);
    const key = keyOf(copy);
    this.#forget(this.#remove(this.#young, section, key) ?? this.#remove(this.#old, section, key));
    this.#keep(section, key, kept);
  }

  #find(plain: PlainHead): KeptAnswer | undefined {
    const key = keyOf(plain);
    const young = this.#young.get(plain.section)?.get(key);
    if (young !== undefined) return young;
    const old = this.#remove(this.#old, plain.section, key);
    if (old !== undefined) this.#keep(plain.section, key, old);
    return old;
  }

  #remove(answers: Map<Section, Answers>, section: Section, key: string): KeptAnswer | undefined {
    const of = answers.get(section);
    const kept = of?.get(key);
    of?.delete(key);
    return kept;
  }

  #keep(section: Section, key: string, kept: KeptAnswer): void {
    this.#youngBytes += COPY_BYTES + kept.bytes + key.length;
    if (this.#youngBytes > this.#options.maxBytes / 2) {
      for (const answers of this.#old.values()) {
        for (const one of answers.values()) this.#forget(one);
      }
      this.#old = this.#young;
      this.#young = new Map();
      this.#youngBytes = 0;
    }
    let answers = this.#young.get(section);
    if (answers === undefined) {
      this.#youngBytes += section.heldBytes;
      this.#young.set(section, (answers = new Map<string, KeptAnswer>()));
    }
    answers.set(key, kept);
  }

  #forget(kept: KeptAnswer | undefined): void {
    if (kept === undefined) return;
    kept.isForgotten = true;
    if (kept.uses === 0) this.#options.onForgotten([kept.copy.id]);
  }
}

function keyOf({ method, target }: Pick<PlainHead, 'method' | 'target'>): string {
  return `${method} ${target}`;
}
