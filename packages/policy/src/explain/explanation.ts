import type { Outcome } from '../contracts/outcome.ts';
import type { LifetimeSource } from '../contracts/stored-response.ts';
import type { ReasonView } from '../reasons.ts';
import type { Suggestion } from './suggestion.ts';

/** Why one request is answered as it is, and what would change that. Plain data: it is JSON as it stands. */
export interface Explanation {
  readonly method: string;
  /** Absolute, as the client asks for it. */
  readonly url: string;
  readonly verdict: Verdict;
  /** Null where the upstream would have to be asked and was not. */
  readonly outcome: Outcome | null;
  /** The chain of reasons, in the order in which they were found. */
  readonly steps: readonly ExplainedStep[];
  /** What the upstream answered; null when it was not asked. */
  readonly upstream: UpstreamView | null;
  /** What is stored for this request afterwards; null when nothing is. */
  readonly stored: StoredView | null;
  /** The same request again a moment later; null where that depends on an upstream that was not asked. */
  readonly next: NextView | null;
  /** What happens once what is stored is stale; null when nothing is stored. */
  readonly whenStale: WhenStaleView | null;
  /** What the client is told; null when there is nothing to tell. */
  readonly downstream: DownstreamView | null;
  readonly suggestions: readonly Suggestion[];
  /** Where it is not cached and no header can change that: why not. */
  readonly obstacle: ReasonView | null;
}

/**
 * | kind | meaning |
 * |---|---|
 * | hit | it is in the cache, and served from there |
 * | stale | it is in the cache, and served although it is stale |
 * | cached | it was fetched or confirmed, and the next request is a hit |
 * | cached-for-others | as above, but this client's own directives ask the origin server each time |
 * | kept | it is stored, and each use asks the origin server, be it for what is missing of it |
 * | not-cached | it was fetched, and not stored |
 * | passed | no cache looks at such a request |
 * | rejected | the edge answers by itself |
 * | failed | no answer could be had from the upstream |
 */
export type VerdictKind =
  | 'hit'
  | 'stale'
  | 'cached'
  | 'cached-for-others'
  | 'kept'
  | 'not-cached'
  | 'passed'
  | 'rejected'
  | 'failed';

export interface Verdict {
  readonly kind: VerdictKind;
  /** One line. */
  readonly text: string;
}

export interface ExplainedStep extends ReasonView {
  /**
   * Found in the request and the store, in the upstream's response, or in what the client asked of the
   * answer (its own conditions and ranges); `refresh`: in the response to a background refresh.
   */
  readonly stage: 'request' | 'response' | 'answer' | 'refresh';
}

export type UpstreamView =
  | { readonly kind: 'response'; readonly status: number }
  | { readonly kind: 'failure'; readonly failure: string; readonly message: string };

export interface StoredView {
  readonly key: string;
  /** Request fields that tell its variants apart; empty when there is one for all requests. */
  readonly variesOn: readonly string[];
  /** What those fields were in the request that brought it. */
  readonly variant: string;
  readonly status: number;
  readonly ageSeconds: number;
  readonly lifetimeSeconds: number;
  readonly lifetimeSource: LifetimeSource;
  /** Freshness left; 0 or negative when stale. */
  readonly ttlSeconds: number;
  /** Each use asks the origin server. */
  readonly alwaysValidate: boolean;
  readonly etag: string | null;
  readonly lastModified: string | null;
  readonly tags: readonly string[];
  readonly groups: readonly string[];
}

export interface NextView {
  readonly isHit: boolean;
  readonly reasons: readonly ReasonView[];
}

export interface WhenStaleView {
  /** From now; 0 when it is stale already. */
  readonly inSeconds: number;
  /** What the same request leads to then. */
  readonly request: 'served-and-refreshed' | 'served' | 'validated' | 'fetched' | 'rejected';
  readonly reasons: readonly ReasonView[];
  /** When the origin server answers 503. */
  readonly onError: StandIn;
  /** When it cannot be reached at all. */
  readonly unreachable: StandIn;
}

export interface StandIn {
  /** Whether what is stored stands in for the answer. */
  readonly isServed: boolean;
  readonly reasons: readonly ReasonView[];
}

export interface DownstreamView {
  readonly status: number;
  /** Those fields of the answer that say how long it may be kept, and by whom; Cache-Status among them. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** What a browser makes of them. */
  readonly browser: BrowserView;
}

export interface BrowserView {
  readonly kind: 'not-kept' | 'validated' | 'fresh' | 'guessed';
  /** How long it may be used without asking; 0 unless fresh. */
  readonly seconds: number;
  /** One sentence. */
  readonly text: string;
}
