import type { Coding } from '../fields/accept-encoding.ts';
import type { EntityTag } from '../fields/etag.ts';
import type { SearchVariance } from '../fields/no-vary-search.ts';
import type { ByteSpan } from '../fields/range.ts';
import type { FieldLines, StoredFields } from '../headers.ts';
import type { StaleForbiddance } from '../reasons.ts';

/**
 * How requests are told apart under one primary key. Learnt from a stored response's Vary.
 * `names` are lower case, sorted, without duplicates; empty when the response has no Vary.
 */
export interface SelectionRule {
  /** Printable and unique under a key: `vary:accept-encoding,accept-language`, or `all`. */
  readonly id: string;
  readonly names: readonly string[];
}

/** Whose request brought a body: with it, what may be shared depends on the origin server's word. */
export type Provenance = 'anonymous' | 'cookie' | 'authorization';

/** Where a freshness lifetime came from (RFC 9111 §4.2.1, RFC 9213). */
export type LifetimeSource =
  | 'cdn-cache-control'
  | 'surrogate-control'
  | 'edge-control'
  /** What the policy gives a response that forbids storing it, or reuse. */
  | 'overruled'
  | 's-maxage'
  | 'max-age'
  | 'expires'
  | 'heuristic'
  /** What the policy gives a response that names none. */
  | 'default'
  /** The answer to a HEAD showed that it is outdated (RFC 9111 §4.3.5). */
  | 'head'
  | 'none';

/**
 * Everything `decide` needs that depends only on the stored response and the policy: computed once,
 * when it is stored or updated by a 304, so that a hit compares a few numbers.
 */
export interface StoredFacts {
  /** RFC 9111 §4.2.1. 0 when there is none. */
  readonly lifetimeSeconds: number;
  readonly lifetimeSource: LifetimeSource;
  /** `corrected_initial_age` of RFC 9111 §4.2.3, in milliseconds, from real instants. */
  readonly initialAgeMs: number;
  /** Unqualified `no-cache`: never served without validation (RFC 9111 §5.2.2.4). */
  readonly alwaysValidate: boolean;
  /** Why stale reuse is forbidden (must-revalidate, proxy-revalidate, s-maxage), or null. */
  readonly staleForbiddenBy: StaleForbiddance | null;
  /** Windows of RFC 5861 in seconds; null when the response names none. */
  readonly staleWhileRevalidateSeconds: number | null;
  readonly staleIfErrorSeconds: number | null;
  readonly immutable: boolean;
  /** Whose request brought the body; a 304 does not change it. */
  readonly provenance: Provenance;
  /** Made for somebody, by an origin server that said nothing of sharing it: only it can tell whom it is for. */
  readonly isPersonal: boolean;
  readonly etag: EntityTag | null;
  /** Last-Modified as an instant, null when absent or malformed. */
  readonly lastModifiedAtMs: number | null;
  /** By the Date of the response that brought the body: a 304 says when it was confirmed, not when it was made (RFC 9110 §8.8.2.2). */
  readonly isLastModifiedStrong: boolean;
  /** Date as an instant; the time of receipt when the origin sent none (RFC 9110 §6.6.1). */
  readonly dateAtMs: number;
}

/** One stretch of a body, at most 1 MiB. Integrity is an SRI string on stores that verify. */
export interface Segment {
  readonly startByte: number;
  readonly lengthBytes: number;
  readonly integrity: string | null;
}

/** Which bytes of a representation are stored (RFC 9111 §3.3): parts are kept as an incomplete 200. */
export interface StoredPart {
  /** Length of the whole representation. */
  readonly completeBytes: number;
  /** Ascending; they neither overlap nor touch. The stored body is these bytes, one span after the other. */
  readonly spans: readonly ByteSpan[];
}

/** The body of a stored response in another coding than it came in: stored beside it, and gone with it. */
export interface StoredCoding {
  readonly coding: Coding;
  readonly bodyBytes: number;
}

/** A stored response without its bytes. Immutable: a 304 makes a new one around the same body. */
export interface StoredResponse {
  readonly primaryKey: string;
  readonly rule: SelectionRule;
  /** The rule applied to the request that brought the response. */
  readonly variantKey: string;
  /** For which other queries of the path it answers too (No-Vary-Search); null for none. */
  readonly variance: SearchVariance | null;
  readonly status: number;
  readonly statusText: string;
  readonly fields: StoredFields;
  readonly trailers: FieldLines;
  /** Length of the stored body: of the whole, or of the parts that are stored. */
  readonly bodyBytes: number;
  /** What is stored of an incomplete response; null when it is complete. */
  readonly part: StoredPart | null;
  /** Known to the store: nobody else sets them. Absent: none. */
  readonly codings?: readonly StoredCoding[];
  /** Real instants around the upstream exchange that brought or last validated it. */
  readonly requestAtMs: number;
  readonly responseAtMs: number;
  /** Virtual instant from which resident time counts. */
  readonly residentSinceMs: number;
  /** Purge sequence when the upstream request that brought the body began. */
  readonly fetchedSeq: number;
  /** Purge sequence when the upstream request that last validated it began. */
  readonly validatedSeq: number;
  /** Surrogate keys, for purge selectors. */
  readonly tags: readonly string[];
  /** Cache-Groups (RFC 9875). */
  readonly groups: readonly string[];
  readonly facts: StoredFacts;
}

/** A stored response as `lookup` found it: alive, perhaps made stale by a soft purge. */
export interface Candidate {
  readonly response: StoredResponse;
  /** Virtual instant of the soft purge that reached it, or undefined. */
  readonly softPurgedAtMs: number | undefined;
}

/** What `lookup` hands to `decide`. */
export interface Found {
  /** Responses that the selection rules point at for this request, newest first. */
  readonly selected: readonly Candidate[];
  /** Other variants under the same key, or an equivalent one: their validators may be offered upstream. */
  readonly siblings: readonly Candidate[];
  /** Those of the siblings that differ in Accept-Language alone and are in the language that the request prefers to all. */
  readonly inLanguage: readonly Candidate[];
}
