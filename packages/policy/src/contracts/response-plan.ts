import type { Coding } from '../fields/accept-encoding.ts';
import type { FieldLines } from '../headers.ts';
import type { Reason } from '../reasons.ts';

/** What is to be written to the client. */
export interface ResponsePlan {
  readonly status: number;
  readonly statusText: string;
  /** Complete field lines, without Connection and Transfer-Encoding: framing belongs to the listener. */
  readonly lines: FieldLines;
  readonly body: BodyPlan;
  /** In which coding the body plan counts its bytes, where that is not the one of the source. */
  readonly conversion?: Conversion;
  /** Reasons added while planning (a 304 for the client's own copy, a range …). */
  readonly reasons: readonly Reason[];
}

/** A change of content coding. */
export interface Conversion {
  readonly from: Coding;
  readonly to: Coding;
  /** The body is stored in that coding, too. */
  readonly isStored: boolean;
}

/** Which bytes of the body source follow the head. */
export type BodyPlan =
  | { readonly kind: 'none' }
  | { readonly kind: 'whole' }
  /** `endByte` is exclusive. */
  | { readonly kind: 'range'; readonly startByte: number; readonly endByte: number }
  | { readonly kind: 'multipart'; readonly parts: readonly BodyPart[]; readonly closing: string }
  /** Text made by the edge itself (problem reports). */
  | { readonly kind: 'text'; readonly text: string };

/** One part of a multipart/byteranges body: its delimiter and head, then bytes of the source. */
export interface BodyPart {
  readonly head: string;
  readonly startByte: number;
  /** Exclusive. */
  readonly endByte: number;
}
