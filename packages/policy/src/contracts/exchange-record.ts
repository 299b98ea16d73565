import type { Reason } from '../reasons.ts';
import type { Outcome } from './outcome.ts';

/** One exchange as the journal keeps it. Words are rendered when it is read. */
export interface ExchangeRecord {
  /** Rises by one per exchange. */
  readonly id: number;
  /** Virtual instant of receipt. */
  readonly receivedAtMs: number;
  readonly siteId: string;
  readonly method: string;
  /** Absolute URL as the client asked for it. */
  readonly url: string;
  /** Empty when the request never reached the key stage. */
  readonly primaryKey: string;
  readonly status: number;
  readonly outcome: Outcome;
  readonly reasons: readonly Reason[];
  /** Whether the response was stored or its stored twin updated. */
  readonly stored: boolean;
  /** Whether another request's upstream exchange answered this one (RFC 9211 §2.6). */
  readonly collapsed: boolean;
  /** Status the upstream answered with; null when it was not asked or did not answer. */
  readonly upstreamStatus: number | null;
  /** Whether the upstream was asked for this very exchange. */
  readonly askedUpstream: boolean;
  /** Remaining freshness when answered, negative when stale; null when nothing stored was involved. */
  readonly ttlSeconds: number | null;
  /** Body bytes written to the client. */
  readonly bodyBytes: number;
  /** Real time from receipt to the last byte. */
  readonly durationMs: number;
  /** Whether the client got the whole answer. */
  readonly complete: boolean;
  /** A refresh that the edge began by itself: no client asked, and none was answered. */
  readonly background?: true;
}
