import type { FieldLines } from '../headers.ts';
import type { Reason } from '../reasons.ts';
import type { Outcome } from './outcome.ts';
import type { PresentedRequest } from './request.ts';
import type { ResponsePlan } from './response-plan.ts';

/** What a cache's own response fields can tell of one exchange. */
export interface ExchangeFacts {
  readonly request: PresentedRequest;
  readonly outcome: Outcome;
  readonly reasons: readonly Reason[];
  /** What the upstream answered for this exchange; null when it was not asked, or failed. */
  readonly upstreamStatus: number | null;
  /** Remaining freshness of what is stored, or null. */
  readonly ttlSeconds: number | null;
  /** How often what is stored has been served without waiting for the upstream since it was fetched, this time included; 0: it was not. */
  readonly hits: number;
  /** Virtual instant of receipt. */
  readonly receivedAtMs: number;
  /** Real time since then. */
  readonly elapsedMs: number;
}

/** Fields that a cache adds to its answers; lines of the same name that came from the origin server go. */
export interface OwnFields {
  /**
   * Whether the lines depend on more than the request and the outcome, so that two equal requests may get
   * different ones: then no answer is made of an earlier one.
   */
  readonly isPerRequest: boolean;
  /** Fields that go out in no case but from here, lower case. Absent: none. */
  readonly replaces?: readonly string[];
  /** `answered`: what would be sent without them. */
  readonly linesOf: (facts: ExchangeFacts, answered: ResponsePlan) => FieldLines;
}

/**
 * Fields that a cache adds to its requests; lines of the same name go, those from the client and those that
 * every edge writes (Via, X-Forwarded-For).
 */
export type UpstreamFields = (request: PresentedRequest) => FieldLines;
