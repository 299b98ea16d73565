import type { ByteSpan } from '../fields/range.ts';
import type { Reason } from '../reasons.ts';
import type { PresentedRequest } from './request.ts';
import type { Candidate } from './stored-response.ts';

/** How the upstream is to be asked. */
export type UpstreamAsk = FillAsk | ChunkAsk | ValidateAsk | PartAsk | AsIsAsk;

/** For a shared answer: the client's conditionals and ranges are left out, so that a whole 200 comes back. */
export interface FillAsk {
  readonly kind: 'fill';
}

/** As a fill, for the chunks in which the client's range lies: a part to be stored, else the whole. */
export interface ChunkAsk {
  readonly kind: 'chunk';
  readonly span: ByteSpan;
}

/** As a fill, with the validators of what is stored. */
export interface ValidateAsk {
  readonly kind: 'validate';
  readonly etags: readonly string[];
  readonly modifiedSince: string | null;
}

/** As a fill, for the bytes that are missing: a part if nothing has changed, else the whole (RFC 9110 §13.1.5). */
export interface PartAsk {
  readonly kind: 'part';
  readonly span: ByteSpan;
  /** The strong entity tag of the parts that are stored, as it goes into If-Range. */
  readonly etag: string;
}

/** As the client asked, conditionals and ranges included. */
export interface AsIsAsk {
  readonly kind: 'as-is';
}

/** What is to be done with one request; the only place where the request side of caching is decided. */
export type Decision =
  | ServeDecision
  | ServeAndRefreshDecision
  | RevalidateDecision
  | CompleteDecision
  | FetchDecision
  | PassDecision
  | TunnelDecision
  | RejectDecision;

/** Answer from the store; `stale` when the client's max-stale allowed it. */
export interface ServeDecision {
  readonly kind: 'serve';
  readonly outcome: 'hit' | 'stale';
  readonly candidate: Candidate;
  readonly reasons: readonly Reason[];
}

/** Answer a stale response at once and validate it in the background (RFC 5861 §3). */
export interface ServeAndRefreshDecision {
  readonly kind: 'serve-and-refresh';
  readonly candidate: Candidate;
  readonly refresh: RevalidateDecision | FetchDecision;
  /** What the refresh asks: it belongs to no client, so nothing of the client's own is in it. */
  readonly refreshRequest: PresentedRequest;
  readonly reasons: readonly Reason[];
}

/** Ask the upstream whether what is stored is still good. */
export interface RevalidateDecision {
  readonly kind: 'revalidate';
  /** The response that matches the request; undefined when only other variants offer validators. */
  readonly candidate: Candidate | undefined;
  /** Other responses that the request selects: a new response takes their place as well. */
  readonly others: readonly Candidate[];
  /** Every response whose validator was offered: a 304 may confirm any of them. */
  readonly offered: readonly Candidate[];
  readonly ask: ValidateAsk;
  readonly collapsible: boolean;
  readonly reasons: readonly Reason[];
}

/** Ask the upstream for what is missing of an incomplete response (RFC 9111 §3.3). */
export interface CompleteDecision {
  readonly kind: 'complete';
  readonly candidate: Candidate;
  /** Other responses that the request selects: a new response takes their place as well. */
  readonly others: readonly Candidate[];
  readonly ask: PartAsk;
  readonly collapsible: boolean;
  readonly reasons: readonly Reason[];
}

/** Ask the upstream for the whole response; store it if it may be. */
export interface FetchDecision {
  readonly kind: 'fetch';
  /** A stored response that may stand in when the upstream fails. */
  readonly fallback: Candidate | undefined;
  /** Other responses that the request selects: a new response takes their place as well. */
  readonly others: readonly Candidate[];
  readonly ask: FillAsk | ChunkAsk | AsIsAsk;
  readonly collapsible: boolean;
  readonly reasons: readonly Reason[];
}

/** Forward as it is. The answer may invalidate; only that of a POST which stands for its target is stored. */
export interface PassDecision {
  readonly kind: 'pass';
  readonly outcome: 'pass' | 'ineligible';
  /** Groups (RFC 9875) of what is stored for the target of an unsafe method. Absent: none. */
  readonly groups?: readonly string[];
  /** Whether an answer that stands for its target may be stored for later GETs. Absent: no. */
  readonly mayStore?: boolean;
  readonly reasons: readonly Reason[];
}

/** Switch protocols: bytes both ways. */
export interface TunnelDecision {
  readonly kind: 'tunnel';
  readonly reasons: readonly Reason[];
}

/** Answer from the edge itself (504 for only-if-cached). */
export interface RejectDecision {
  readonly kind: 'reject';
  readonly status: number;
  readonly reasons: readonly Reason[];
}

/** Facts about the edge that a decision depends on, besides request and store. */
export interface EdgeState {
  /** The operator switched the cache off (key `b`). */
  readonly bypass: boolean;
  /** An earlier answer under this key could not be shared: do not queue behind one another. */
  readonly doNotCollapse: boolean;
  /** A background refresh under this key failed so recently that none is begun. */
  readonly refreshHeldBack: boolean;
}
