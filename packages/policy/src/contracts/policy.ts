import type { ContentCoding } from '../fields/accept-encoding.ts';
import type { OwnFields, UpstreamFields } from './own-fields.ts';

/**
 * A CDN's caching behaviour as plain data, grouped by the stage that reads it. `rfc9111` (profile.ts)
 * is the default; a vendor's profile is another value of this type, and each departure from the
 * specification is one of these fields.
 */
export interface Policy {
  readonly name: string;
  readonly key: KeyPolicy;
  readonly eligibility: EligibilityPolicy;
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
  /**
   * Whether the query is part of the key; `none`: all queries of a path are answered alike (CloudFront, Bunny);
   * `unordered`: those that differ in the order of their parameters alone (Google Cloud CDN, Azure Front
   * Door), as if each response said `No-Vary-Search: key-order`.
   */
  readonly query: 'whole' | 'unordered' | 'none';
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
  /**
   * Request fields that are part of the key whatever the response says, lower case: as if its Vary named
   * them. A purge by URL reaches all that differ in them. RFC: none; Cloudflare: Origin and the fields that
   * override the method or the host; Vercel: Accept, Accept-Encoding; CloudFront: those of its cache policy.
   */
  readonly fields: readonly string[];
  /**
   * Response fields that say that the response is a file of the CDN's own, lower case: it answers all queries
   * of its path. RFC: none; Vercel and Netlify leave queries out for files of a deployment.
   */
  readonly assetFields: readonly string[];
  /**
   * Request fields that this cache makes for the upstream, lower case, and the presented field that each is made
   * of: requests are told apart by that where Vary names it. RFC: none; Vercel: X-Vercel-IP-Country and the like.
   */
  readonly madeOf: Readonly<Record<string, string>>;
  /** A response field that says, beside Vary, which parts of a request it depends on; null: none. RFC: none; Netlify. */
  readonly variation: VariationField | null;
}

/** A field with the grammar of Netlify-Vary: query parameters, cookies, groups of languages and of countries. */
export interface VariationField {
  /** Lower case. */
  readonly name: string;
  /** The request field that says the client's country, lower case. */
  readonly countryField: string;
}

/** Read by `decide`, before anything is looked up: what no cache looks at is passed on and not stored. */
export interface EligibilityPolicy {
  /**
   * Paths that the cache looks at, by what they end in; null: all of them. RFC: all; Cloudflare and Bunny's
   * Smart Cache go by a list of extensions.
   */
  readonly paths: PathSelection | null;
  /** Request fields that keep a request from the cache, lower case. RFC: none; Vercel: Range, Authorization. */
  readonly withoutFields: readonly string[];
}

/** Compared without regard to case, the query left out. */
export interface PathSelection {
  /** What stands behind the last dot of the last segment, lower case. */
  readonly extensions: readonly string[];
  /** Whole last segments, lower case: `robots.txt`. */
  readonly files: readonly string[];
}

/** Read by `settle` when it asks whether a response may be stored. */
export interface StorabilityPolicy {
  /** Statuses with heuristic freshness (RFC 9110 §15.1). */
  readonly heuristicStatuses: readonly number[];
  /**
   * Statuses that may be stored at all; null: those that RFC 9111 §3 admits. Fastly, Vercel, KeyCDN and
   * Google Cloud CDN name theirs.
   */
  readonly statuses: readonly number[] | null;
  /**
   * A response with Set-Cookie: `stored` where it has a lifetime (RFC 9111 §7.3), or `refused`, as
   * Cloudflare, Fastly, Vercel and Google Cloud CDN do, or `stripped`: without the cookie it is like any
   * other, and no client gets it, as with CloudFront; `stripped-where-stored`: what is not stored keeps it, as
   * with Azure Front Door.
   */
  readonly setCookie: 'stored' | 'refused' | 'stripped' | 'stripped-where-stored';
  /**
   * What Authorization brought: stored where the response gives leave (RFC 9111 §3.5), or like any other
   * (`shared`), as Fastly and Akamai do.
   */
  readonly authorization: 'with-leave' | 'shared';
  /**
   * An unqualified `no-cache`: stored and validated each time (RFC 9111 §5.2.2.4), or not stored
   * (`refused`), as with Azure Front Door, Vercel and, as people see it, Cloudflare.
   */
  readonly noCache: 'validated' | 'refused';
  /**
   * What has no lifetime, or one of 0 s, and does not say no-cache: stored where it can be validated each time
   * (RFC 9111 §3), or not (`refused`), as with Vercel and Netlify.
   */
  readonly neverFresh: 'validated' | 'refused';
  readonly vary: VaryPolicy;
  /** Whether part of a body is stored, a 206 or what is left of a body that broke off (RFC 9111 §3.3). Fastly: no. */
  readonly parts: boolean;
  /** Whether the answer to a POST that stands for its target answers later GETs (RFC 9110 §9.3.3). */
  readonly postAnswers: boolean;
  /** Bodies above this are passed on, not stored. Bytes. */
  readonly maxBodyBytes: number;
  /**
   * An error status that answers a request with a header section above either is taken to be about its
   * size, and not stored. RFC: no such bound.
   */
  readonly largeHeader: { readonly bytes: number; readonly fields: number };
  /** Response fields that carry purge tags. */
  readonly tagFields: readonly TagField[];
}

/** A response field that carries purge tags. */
export interface TagField {
  /** Lower case. */
  readonly name: string;
  readonly separator: 'space' | 'comma';
  /** A field beside which this one does not count, lower case. Absent: it always does. */
  readonly unlessField?: string;
  /** Whether letter case does not count (Cloudflare, CloudFront, Netlify): they are kept in lower case then. */
  readonly foldsCase?: true;
}

/** What Vary (RFC 9110 §12.5.5) means for what is stored. */
export interface VaryPolicy {
  /** Request fields that tell stored responses apart where Vary names them, lower case; null: all (RFC 9111 §4.1). */
  readonly fields: readonly string[] | null;
  /**
   * What becomes of a response whose Vary names another: told apart by the rest alone (`ignored`: Cloudflare,
   * CloudFront), or not stored (`refused`: Akamai, Google Cloud CDN).
   */
  readonly others: 'ignored' | 'refused';
  /** Whether what names Accept-Encoding is stored only with a content coding, as with Akamai. Absent: no. */
  readonly acceptEncodingNeedsCoding?: boolean;
  /** `Vary: *`: not stored, since nothing matches it (RFC 9111 §4.1), or as if it were not there (`ignored`: Fastly). */
  readonly star: 'refused' | 'ignored';
}

/** Read by `factsOf`. */
export interface FreshnessPolicy {
  /** Targeted fields (RFC 9213), most specific first, lower case. */
  readonly targetedFields: readonly string[];
  /**
   * Those of the targeted fields whose value is a lifetime in seconds and nothing else; 0: not to be stored.
   * RFC: none; KeyCDN: X-Accel-Expires, as nginx has it.
   */
  readonly secondsFields: readonly string[];
  /** Fields whose presence makes Cache-Control void, lower case. RFC: none; Cloudflare: Surrogate-Control. */
  readonly mutingFields: readonly string[];
  /**
   * Fields with the syntax of Edge-Control that have the last word, lower case: `no-store` and `bypass-cache` keep
   * a response out, `!no-store` has that of Cache-Control not count, `max-age=60` or `cache-maxage=1d` is the
   * lifetime. RFC: none; Akamai: Edge-Control.
   */
  readonly overridingFields: readonly string[];
  /**
   * Fields whose max-age is the lifetime, whatever Cache-Control says of it, lower case; what Cache-Control
   * forbids holds beside them. RFC: none; Fastly: Surrogate-Control.
   */
  readonly lifetimeFields: readonly string[];
  /**
   * How Cache-Control of responses is read: by its grammar (RFC 9111 §5.2), or `searched` for each directive
   * as text, of which the first place that fits counts alone. Fastly does the latter.
   */
  readonly directiveGrammar: 'rfc9111' | 'searched';
  /**
   * Whether lifetimes and ages count from Date (RFC 9111 §4.2.1, §4.2.3). Else Date means nothing, and
   * Expires is compared with the clock whatever Age says, as with Fastly.
   */
  readonly countsFromDate: boolean;
  /**
   * Whether Cache-Control and Expires of responses count. Else they are as if they were not there, and the
   * default lifetimes hold, as with Google Cloud CDN's FORCE_CACHE_ALL and Akamai's option Cache.
   */
  readonly standardFields: 'obeyed' | 'ignored';
  /**
   * When Expires counts: where no directive says how long (RFC 9111 §5.3); where there is no Cache-Control at
   * all, as with Google Cloud CDN; or beside max-age where it is later, as with Akamai.
   */
  readonly expires: 'without-lifetime' | 'without-cache-control' | 'where-later';
  /**
   * Which lifetimes count where no targeted field governs: all of RFC 9111 §4.2.1, or s-maxage alone, as with
   * Vercel: max-age and Expires are for browsers.
   */
  readonly untargetedLifetimes: 'all' | 's-maxage';
  /** Response directives that have no effect. RFC: none; Fastly: no-cache, must-revalidate and others. */
  readonly ignoredDirectives: readonly ResponseDirective[];
  /** Least and greatest lifetimes: the first entry that fits. RFC: none; CloudFront: those of its cache policy. */
  readonly lifetimeBounds: readonly LifetimeBounds[];
  /**
   * How long a response is stored that says no-store, no-cache or private; null: what it says is obeyed.
   * CloudFront: the minimum TTL, where it is above 0.
   */
  readonly refusalSeconds: number | null;
  /** Lifetimes of responses that name none: the first that fits. RFC: none. */
  readonly defaultLifetimes: readonly DefaultLifetime[];
  /** Share of the time since Last-Modified used as heuristic lifetime (RFC 9111 §4.2.2: 0.1). */
  readonly heuristicFraction: number;
  /** Upper bound of a heuristic lifetime, in seconds. */
  readonly heuristicMaxSeconds: number;
}

/** Directives of Cache-Control in responses that a policy may ignore (RFC 9111 §5.2.2). */
export type ResponseDirective =
  | 'no-cache'
  | 'no-store'
  | 'private'
  | 'must-revalidate'
  | 'proxy-revalidate'
  | 'must-understand'
  | 's-maxage';

/** Between which a lifetime is kept, whatever the origin server says. */
export interface LifetimeBounds {
  /** Null: any. */
  readonly statuses: readonly number[] | null;
  readonly leastSeconds: number;
  readonly mostSeconds: number;
}

/** A lifetime where the origin server gives none. */
export interface DefaultLifetime {
  /** Null: any. */
  readonly statuses: readonly number[] | null;
  /** Media types, lower case, `image/*` for all of a kind. Absent: any. Google Cloud CDN goes by a list. */
  readonly types?: readonly string[];
  readonly seconds: number;
  /**
   * Where given, lifetimes are spread from `seconds` to this, both included, by the key: the same for one key at all
   * times. Azure Front Door picks one at random.
   */
  readonly mostSeconds?: number;
}

/** Read by `decide` and `settle` where a stale response might be served. */
export interface StalePolicy {
  /** Whether stale-while-revalidate and stale-if-error (RFC 5861) are obeyed. */
  readonly whileRevalidate: boolean;
  readonly ifError: boolean;
  /**
   * The window of stale-while-revalidate of a response that has a lifetime and names no window; null: none.
   * What forbids stale reuse forbids it here. Google Cloud CDN: serveWhileStale; Vercel: s-maxage implies one.
   */
  readonly whileRevalidateByDefaultSeconds: number | null;
  /**
   * The longest that stale-while-revalidate and stale-if-error of responses may be, seconds. RFC: no bound;
   * CloudFront: the maximum TTL.
   */
  readonly mostWindowSeconds: number;
  /** Statuses that stale-if-error treats as errors (RFC 5861 §4). */
  readonly errorStatuses: readonly number[];
  /** RFC 9111 §5.2.2.10: s-maxage implies proxy-revalidate, hence no stale reuse. */
  readonly sMaxageForbidsStale: boolean;
  /** Whether a stale response stands in when the origin cannot be reached at all (RFC 9111 §4.2.4: disconnected). */
  readonly whenDisconnected: boolean;
  /** Whether it does so for the statuses of `errorStatuses` too, where stale-if-error says nothing (CloudFront). */
  readonly whenFailing: boolean;
  /** After a background refresh failed, none is begun for this long. Virtual seconds. */
  readonly refreshRetrySeconds: number;
}

/** Read by `decide`. */
export interface ValidationPolicy {
  /**
   * The client's directives that have no effect (RFC 9111 §5.2.1). RFC: none; CDNs ignore all or most of
   * them, so that no client can make them ask the origin server.
   */
  readonly ignoredRequestDirectives: readonly RequestDirective[];
  /**
   * `Pragma: no-cache` of clients: as no-cache, where that is not ignored (RFC 9111 §5.4), or its sender is
   * served nothing stale and waits (`waits`), as with Vercel.
   */
  readonly pragma: 'no-cache' | 'waits';
  /**
   * Whether a 304 updates the stored fields (RFC 9111 §4.3.4). Else it only starts the lifetime anew, as
   * with Fastly.
   */
  readonly updatesFields: boolean;
  /**
   * Whether the upstream is offered the entity tags of variants that the request could not select, so that a 304 may
   * say that one of them is the answer (RFC 9111 §4.3.1). RFC: yes; to CDNs, which keep variants apart, the first
   * request of each is a miss.
   */
  readonly offersVariants: boolean;
}

/** Directives of Cache-Control in requests (RFC 9111 §5.2.1, RFC 5861 §4). `no-cache` stands for Pragma too. */
export type RequestDirective =
  | 'no-cache'
  | 'no-store'
  | 'max-age'
  | 'min-fresh'
  | 'max-stale'
  | 'only-if-cached'
  | 'no-transform'
  | 'stale-if-error';

/** Read by `settle` where a response to an unsafe method makes what is stored invalid. */
export interface InvalidationPolicy {
  /** Whether a response to an unsafe method invalidates what is stored for its target (RFC 9111 §4.4). Fastly: no. */
  readonly unsafeMethods: boolean;
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
  /** How the names of others begin that are removed, lower case. RFC: none; Azure Front Door: `x-fd-`. */
  readonly stripPrefixes: readonly string[];
  /** Whether the upstream gets the query of a request. CloudFront forwards what is part of the key. */
  readonly forwardsQuery: boolean;
  /** Accept-Encoding as the upstream sees it when it is asked for what may be stored; null: the client's. */
  readonly acceptEncoding: string | null;
  /** What this cache tells the upstream about the client; null: what RFC 7239 and X-Forwarded-* say. */
  readonly ownFields: UpstreamFields | null;
  /**
   * In chunks of how many bytes a range is asked for that is not stored, each beginning at a multiple of it; null: all
   * of the body is. RFC: either; Google Cloud CDN and Azure Front Door have chunks.
   */
  readonly rangeBytes: number | null;
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
  /** Which members of Vary clients see, lower case; null: all (RFC 9110 §12.5.5). CloudFront leaves out what it does not go by. */
  readonly varyKept: readonly string[] | null;
  /** What becomes of Cache-Control; null: clients get it as it was sent. */
  readonly cacheControl: DownstreamCacheControl | null;
  /** What this cache says of the exchange beside Cache-Status; null: nothing. */
  readonly ownFields: OwnFields | null;
  /** Name of this cache in Cache-Status (RFC 9211 §2). */
  readonly cacheName: string;
  /**
   * What clients are sent ahead of an answer (103, RFC 8297): `forwarded`: what the upstream sends;
   * `learnt`: beside it, to clients in HTTP/2, the links of the stale response that they wait for anew.
   */
  readonly earlyHints: 'forwarded' | 'learnt';
}

/** Cache-Control as clients get it, where the cache takes some of it for itself. Vercel does. */
export interface DownstreamCacheControl {
  /** Directives that clients do not see, lower case. */
  readonly consumed: readonly string[];
  /** Where the response has one of these fields, lower case, Cache-Control is for clients alone, and stays as it is. */
  readonly unlessFields: readonly string[];
  /** The value where none was sent, or nothing of it is left. */
  readonly otherwise: string;
}
