import type { FieldLines } from '../headers.ts';

/** What the upstream is sent. */
export interface UpstreamRequest {
  readonly method: string;
  /** Origin form. */
  readonly target: string;
  /** End-to-end fields plus Via, Forwarded and X-Forwarded-*; Host included, framing left to the client library. */
  readonly lines: FieldLines;
}
