import type { RequestHead } from '@poplet/policy';
import type { EdgeLimits } from '../edge-api.ts';
import type { LaneClient } from './lane-client.ts';
import type { Pieces } from './pieces.ts';
import type { PlainHead } from './plain-head.ts';

/** An answer that is at hand. */
export interface LaneAnswer {
  /** What `Lane.record` is told of what was sent. */
  readonly record: unknown;
}

/** What became of an answer. */
export interface LaneEnd {
  /** Virtual. */
  readonly receivedAtMs: number;
  readonly durationMs: number;
  /** Its client did not get the whole of it: it left, took nothing, or had left before any of it was sent. */
  readonly unread: 'left' | 'stalled' | 'unsent' | undefined;
}

/** What connections are asked on, and have answered. */
export interface Lane<Answer extends LaneAnswer = LaneAnswer> {
  readonly limits: EdgeLimits;
  /** Virtual. */
  nowMs(): number;
  /** The answer that is at hand for a request; undefined: somebody else is to see to it. */
  answerTo(plain: PlainHead, nowMs: number, asking: Asking): Answer | undefined;
  /** Has a request answered that no answer is at hand for. Absent: whoever reads what the lane does not, sees to it. */
  begin?(client: LaneClient): void;
  /** What is to be sent; undefined where the body has gone since. */
  piecesOf(answer: Answer): Pieces | undefined;
  /** All of it was written, and some of it not yet taken by the system: `record` is called later. */
  onUnderWay?(): void;
  record(record: Answer['record'], end: LaneEnd): void;
  onFault(error: unknown): void;
  /** Requests answered since the start. */
  answered: number;
  /** Answers that are on their way. */
  underWay: number;
}

/** What a connection says of a request on it. */
export interface Asking {
  /** As node:http would hand it over. */
  readonly headOf: (plain: PlainHead) => RequestHead;
  /** How long it stays open behind an answer. */
  readonly keepAliveTimeoutMs: number;
}
