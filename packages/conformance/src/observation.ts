import type { FieldLines, InformationalHead, Outcome, ReasonCode } from '@poplet/policy';

/** What one step of a case did, as either runner saw it. */
export interface Observation {
  readonly status: number;
  readonly lines: FieldLines;
  /** As it came, taken for UTF-8. */
  readonly body: string;
  readonly content: Uint8Array;
  readonly cutOff: boolean;
  readonly trailers: FieldLines;
  readonly informational: readonly InformationalHead[];
  /** Of a raw request: statuses of the answers behind the first, and whether the edge ended the connection. */
  readonly followedBy?: readonly number[];
  readonly isClosed?: boolean;
  /** What the origin was asked, background requests included. */
  readonly upstream: readonly UpstreamObservation[];
  readonly outcome: Outcome;
  readonly reasons: readonly ReasonCode[];
  /** The same in words. */
  readonly words: readonly string[];
  /** What the words speak of and the reasons do not say, as `code {value}`. */
  readonly unfilled: readonly string[];
  readonly stored: boolean;
}

/** One request as the origin received it, and what it sent back. */
export interface UpstreamObservation {
  readonly method: string;
  /** With the prefix of the case. */
  readonly target: string;
  readonly lines: FieldLines;
  readonly body: string;
  /** Of the protocol, as the request line said. */
  readonly version: string;
  /** Null when the origin failed to answer. */
  readonly answeredStatus: number | null;
}
