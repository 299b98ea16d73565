import type { ContentCoding } from '../fields/accept-encoding.ts';

/**
 * A CDN's caching behaviour as plain data, grouped by the stage that reads it. `rfc9111` (profile.ts)
 * is the default; a vendor's profile is another value of this type, and each departure from the
 * specification is one of these fields.
 */
export interface Policy {
  readonly name: string;
  readonly key: KeyPolicy;
  readonly storability: StorabilityPolicy;
  readonly freshness: FreshnessPolicy;
  readonly stale: StalePolicy;
  readonly validation: ValidationPolicy;
  readonly invalidation: InvalidationPolicy;
  readonly fill: FillPolicy;
  readonly coding: CodingPolicy;
  readonly downstream: DownstreamPolicy;
}

/** Read by `key`, and by `settle` where it notes how a response is found again. */
export interface KeyPolicy {
  /** Whether the current deployment id is part of the key (Vercel, Netlify). RFC: no. */
  readonly deployment: boolean;
  /** Whether No-Vary-Search lets a stored response answer for other queries of its path. */
  readonly noVarySearch: boolean;
  /** Whether a stored response in the one language that the request prefers to all is used, whatever else its Accept-Language says. */
  readonly contentLanguageSelects: boolean;
  /**
   * Request fields, lower case, by which an origin server may answer for another method, path or host than
   * the key names. A request that carries one is passed on, neither answered from the store nor stored.
   * RFC: none; Cloudflare puts them into the key, Fastly keys on path, query and Host alone.
   */
  readonly overrideFields: readonly string[];
}

/** Read by `settle` when it asks whether a response may be stored. */
export interface StorabilityPolicy {
  /** Statuses with heuristic freshness (RFC 9110 §15.1). */
  readonly heuristicStatuses: readonly number[];
  /** Bodies above this are passed on, not stored. Bytes. */
  readonly maxBodyBytes: number;
  /**
   * An error status that answers a request with a header section above either is taken to be about its
   * size, and not stored. RFC: no such bound.
   */
  readonly largeHeader: { readonly bytes: number; readonly fields: number };
  /** Response fields that carry purge tags, lower case, and what separates them. */
  readonly tagFields: readonly { readonly name: string; readonly separator: 'space' | 'comma' }[];
}

/** Read by `factsOf`. */
export interface FreshnessPolicy {
  /** Targeted fields (RFC 9213), most specific first, lower case. */
  readonly targetedFields: readonly string[];
  /** Share of the time since Last-Modified used as heuristic lifetime (RFC 9111 §4.2.2: 0.1). */
  readonly heuristicFraction: number;
  /** Upper bound of a heuristic lifetime, in seconds. */
  readonly heuristicMaxSeconds: number;
}

/** Read by `decide` and `settle` where a stale response might be served. */
export interface StalePolicy {
  /** Whether stale-while-revalidate and stale-if-error (RFC 5861) are obeyed. */
  readonly whileRevalidate: boolean;
  readonly ifError: boolean;
  /** Statuses that stale-if-error treats as errors (RFC 5861 §4). */
  readonly errorStatuses: readonly number[];
  /** RFC 9111 §5.2.2.10: s-maxage implies proxy-revalidate, hence no stale reuse. */
  readonly sMaxageForbidsStale: boolean;
  /** Whether a stale response stands in when the origin cannot be reached at all (RFC 9111 §4.2.4: disconnected). */
  readonly whenDisconnected: boolean;
  /** After a background refresh failed, none is begun for this long. Virtual seconds. */
  readonly refreshRetrySeconds: number;
}

/** Read by `decide`. */
export interface ValidationPolicy {
  /** Whether the client's no-cache, max-age, min-fresh, max-stale, only-if-cached are obeyed. */
  readonly requestDirectives: boolean;
}

/** Read by `settle` where a response to an unsafe method makes what is stored invalid. */
export interface InvalidationPolicy {
  /**
   * What Cache Groups do (RFC 9875): `ignored`; `named`: the groups that Cache-Group-Invalidation lists
   * become invalid; `shared`: beside them those that what was stored for the target belonged to (§2.2.1).
   */
  readonly groups: 'ignored' | 'named' | 'shared';
}

/** Read by `upstreamRequest` and by the flights. */
export interface FillPolicy {
  /** Request fields removed before the upstream sees them, lower case. */
  readonly strip: readonly string[];
  /** A HEAD that misses is forwarded as GET, so that its answer can be stored. */
  readonly headAsGet: boolean;
  /** Whether a fill goes on when the client that caused it is gone. */
  readonly finishWhenAbandoned: boolean;
  /** How long an unshareable answer keeps later requests from queueing behind one another, seconds. */
  readonly doNotCollapseSeconds: number;
}

/**
 * Read where an answer is planned, and by whatever compresses it: content codings that are made here, and
 * undone for clients that do not accept what the upstream sent. RFC 9110 §7.7 permits it.
 */
export interface CodingPolicy {
  readonly isOn: boolean;
  /** What is made of a body without a coding, in order of preference among what a client wants alike. */
  readonly codings: readonly ContentCoding[];
  /** How hard the compressor tries, in its own measure. */
  readonly levels: Readonly<Record<ContentCoding, CodingLevels>>;
  /** Shorter bodies stay as they are. Bytes. */
  readonly minBytes: number;
  /** Media types that are worth it, lower case: `text/*`, `+json` for a structured syntax suffix, or a whole one. */
  readonly types: readonly string[];
  /**
   * The entity tag of a body that was coded here: the same as a weak one; its own (`"v1-br"`), strong if
   * that of the origin server is; or none.
   */
  readonly etag: 'weak' | 'suffix' | 'strip';
  /** Whether what is for one visitor alone is compressed too. What is compressed together shows by its length (BREACH). */
  readonly forOne: boolean;
  /** Longer bodies are coded anew for each answer; of shorter ones the coding is made once and stored. Bytes, before and after. */
  readonly maxStoredBytes: number;
  /** A body that turns out longer when it is decoded is cut off. Bytes. */
  readonly maxDecodedBytes: number;
}

export interface CodingLevels {
  /** While it goes out. */
  readonly stream: number;
  /** In the background, to be stored. */
  readonly stored: number;
}

/** Read by `respond`. */
export interface DownstreamPolicy {
  /** Response fields removed before the client sees them, lower case. */
  readonly strip: readonly string[];
  /** Name of this cache in Cache-Status (RFC 9211 §2). */
  readonly cacheName: string;
  /**
   * What clients are sent ahead of an answer (103, RFC 8297): `forwarded`: what the upstream sends;
   * `learnt`: beside it, to clients in HTTP/2, the links of the stale response that they wait for anew.
   */
  readonly earlyHints: 'forwarded' | 'learnt';
}
