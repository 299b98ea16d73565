import type { FieldLines, IncomingFields } from '../headers.ts';
import type { Reason } from '../reasons.ts';
import type { Decision } from './decision.ts';
import type { Outcome } from './outcome.ts';
import type { PurgeSelector } from './purge.ts';
import type { Candidate, StoredResponse } from './stored-response.ts';

/** Why no usable response head came from the upstream. A value, not an exception: stale-if-error is policy. */
export type FailureKind =
  | 'refused'
  | 'unresolved'
  | 'timeout'
  | 'reset'
  | 'malformed'
  | 'overloaded';

/** What came back from the upstream. */
export type UpstreamOutcome = UpstreamFailure | UpstreamResponse;

export interface UpstreamFailure {
  readonly kind: 'failure';
  readonly failure: FailureKind;
  /** What the client library said; for the journal and the body of a 502, free of addresses of memory. */
  readonly message: string;
}

/** The head of an upstream response; its body is the edge's business. */
export interface UpstreamResponse {
  readonly kind: 'response';
  readonly status: number;
  readonly statusText: string;
  readonly fields: IncomingFields;
}

/** Instants of the upstream exchange. */
export interface ExchangeTimes {
  /** Real: when the upstream request was sent, and when its head arrived. */
  readonly requestAtMs: number;
  readonly responseAtMs: number;
  /** Virtual: now. */
  readonly nowMs: number;
  /** Purge sequence when the upstream request began. */
  readonly seq: number;
}

/** What the client is answered with. */
export type Answer =
  /** The upstream's response, its hop-by-hop fields removed; `applyRequest` when Range and conditionals may be applied to it. */
  | {
      readonly kind: 'upstream';
      readonly status: number;
      readonly statusText: string;
      readonly lines: FieldLines;
      readonly applyRequest: boolean;
    }
  /** The response that is being stored: what the client asked for is in it. */
  | { readonly kind: 'arriving'; readonly response: StoredResponse }
  /** A stored response (confirmed, or stale). */
  | { readonly kind: 'stored'; readonly candidate: Candidate }
  /** A problem the edge reports itself: 502, 504. */
  | { readonly kind: 'problem'; readonly status: number }
  /** Resume at the stage that the decision names. */
  | { readonly kind: 'again'; readonly decision: Decision };

/** A part of a body on its way, and what is already stored of the same representation. */
export interface ArrivingPart {
  /** How many bytes the upstream's Content-Range announces; another number is an error. */
  readonly bytes: number;
  /** Set when it is joined to what is stored. */
  readonly splice: Splice | undefined;
}

/** The new body is the first bytes of the stored one, then what arrives, then the stored one from some byte on. */
export interface Splice {
  readonly base: StoredResponse;
  readonly beforeBytes: number;
  /** Of the stored body; its length when nothing follows. */
  readonly afterStartByte: number;
}

/** What happens to the store. */
export type StoreAction =
  | { readonly kind: 'none' }
  /** A new response: its body follows. `bodyBytes` of the record is 0 until the commit says how long it was. */
  | {
      readonly kind: 'insert';
      readonly response: StoredResponse;
      /** What it supersedes under another rule or variant: it must not be selected any more. */
      readonly replaces: readonly StoredResponse[];
      /** Whether it may be stored as incomplete should its body be cut off (RFC 9111 §3.3); never in the place of what is complete. */
      readonly mayBeIncomplete: boolean;
      /** Set when the upstream sends a part of the body only. */
      readonly arriving?: ArrivingPart;
    }
  /** A new response that may not be stored replaced these: they must not stand in for it later. */
  | { readonly kind: 'remove'; readonly responses: readonly StoredResponse[] }
  /** A 304: the same bodies under new metadata. */
  | { readonly kind: 'update'; readonly pairs: readonly StoredUpdate[] }
  /** The answer to a HEAD: what it means for stored responses to GET (RFC 9111 §4.3.5). */
  | {
      readonly kind: 'freshen';
      readonly confirmed: readonly StoredUpdate[];
      /** The same, but stale from now on. */
      readonly outdated: readonly StoredUpdate[];
      /** What it says of them forbids keeping them. */
      readonly withdrawn: readonly StoredResponse[];
    };

/** A stored response, and the same body under new metadata. */
export interface StoredUpdate {
  readonly old: StoredResponse;
  readonly updated: StoredResponse;
}

/** What the upstream's head means; the only place where the response side of caching is decided. */
export interface Settlement {
  readonly outcome: Outcome;
  readonly answer: Answer;
  readonly store: StoreAction;
  /** What is invalid now (RFC 9111 §4.4, RFC 9875 §3): purged at once, all under one sequence. */
  readonly invalidate: readonly PurgeSelector[];
  /** Whether requests waiting on the same key may share this answer, and what mark it leaves on the key. */
  readonly sharing: 'shareable' | 'unshareable' | 'unknown';
  readonly reasons: readonly Reason[];
}
