import type { FreshnessPolicy, Policy } from '@poplet/policy';
import { plainCdn } from '../plain-cdn.ts';
import { fromSaidAddress } from '../visitor.ts';
import { MADE_OF, ownFieldsWith, upstreamFieldsFor } from './debug-headers.ts';

/** cloudfront-error-statuses */
const ERRORS_ALWAYS = [404, 414, 500, 501, 502, 503, 504];
const ERRORS_WITH_LIFETIME = [400, 403, 405, 412, 415];
const SUCCESSES = [200, 201, 202, 203, 204, 300, 301, 302, 303, 305, 307, 308];

/** Of the longest lifetime that the managed policies allow. Seconds. */
const YEAR_SECONDS = 31_536_000;

/** The TTLs of a cache policy, in seconds. */
interface Ttls {
  readonly least: number;
  readonly given: number;
  readonly most: number;
}

/**
 * What reaches the origin beside what is part of the key: request fields, lower case, or the query and all of them that
 * the client sent, or beside these what CloudFront makes (`all-and-own`).
 */
export type Forwarding = 'all' | 'all-and-own' | readonly string[];

/** What a cache policy of CloudFront says, as far as the cache goes by it. */
export interface CachePolicy {
  readonly ttls: Ttls;
  readonly query: 'none' | 'whole';
  /** Request fields of the key, lower case; all others that tell clients apart do not reach the origin. */
  readonly fields: readonly string[];
  /** Whether all cookies are part of the key, and reach the origin. */
  readonly hasCookies: boolean;
  /** Whether Accept-Encoding is part of the key. */
  readonly hasCodings: boolean;
  /** Response fields that carry tags, lower case: `CacheTagConfig` of the distribution. */
  readonly tagFields: readonly string[];
  /** What an origin request policy adds. */
  readonly forwarding: Forwarding;
  /** How long errors are stored at least. Seconds. */
  readonly errorSeconds: number;
  /** The same by status, where one has a time of its own. */
  readonly errors: ReadonlyMap<number, number>;
  /** Whether must-revalidate and proxy-revalidate count. */
  readonly forbidsStale: boolean;
  /** Whether CDN-Cache-Control counts. */
  readonly isTargeted: boolean;
  /** Whether a response headers policy adds Server-Timing. */
  readonly hasServerTiming: boolean;
}

/** CachingOptimized. */
export const CACHING_OPTIMIZED: CachePolicy = {
  ttls: { least: 1, given: 86_400, most: YEAR_SECONDS },
  query: 'none',
  fields: [],
  hasCookies: false,
  hasCodings: true,
  tagFields: [],
  forwarding: [],
  errorSeconds: 10,
  errors: new Map(),
  forbidsStale: false,
  isTargeted: false,
  hasServerTiming: false,
};

/** CachingDisabled. */
export const CACHING_DISABLED: CachePolicy = {
  ...CACHING_OPTIMIZED,
  ttls: { least: 0, given: 0, most: 0 },
  hasCodings: false,
};

/** UseOriginCacheControlHeaders. */
export const ORIGIN_HEADERS: CachePolicy = {
  ...CACHING_DISABLED,
  ttls: { least: 0, given: 0, most: YEAR_SECONDS },
  fields: ['origin', 'x-http-method', 'x-http-method-override', 'x-method-override'],
  hasCookies: true,
};

/** What tells clients apart, and does not reach the origin unless the cache policy names it. */
const NOT_FORWARDED = [
  'accept',
  'accept-charset',
  'accept-language',
  'authorization',
  'cookie',
  'referer',
  'x-real-ip',
  'x-http-method-override',
];

/** CloudFront with a cache policy, as a policy of that name. */
export function cloudFrontPolicy(name: string, cachePolicy: CachePolicy): Policy {
  const { ttls, query, fields, hasCookies, hasCodings, forwarding } = cachePolicy;
  const told = hasCookies ? [...fields, 'cookie'] : fields;
  const isForwarded = isForwardedBy(told, forwarding);
  return {
    ...plainCdn,
    name,
    key: {
      ...plainCdn.key,
      query,
      fields: (hasCodings ? ['accept-encoding', ...told] : told).map(
        (field) => MADE_OF[field] ?? field,
      ),
    },
    storability: {
      ...plainCdn.storability,
      statuses: [...SUCCESSES, ...ERRORS_ALWAYS, ...ERRORS_WITH_LIFETIME],
      // Where nothing has a lifetime, nothing is cached, be it for validation.
      neverFresh: ttls.most > 0 ? 'validated' : 'refused',
      noCache: ttls.most > 0 ? 'validated' : 'refused',
      heuristicStatuses: [],
      setCookie: hasCookies ? 'stored' : 'stripped',
      authorization: 'shared',
      vary: { fields: [], others: 'ignored', star: ttls.least > 0 ? 'ignored' : 'refused' },
      maxBodyBytes: 50 * 1024 ** 3,
      tagFields: cachePolicy.tagFields.map((field) => ({
        name: field,
        separator: 'comma',
        foldsCase: true,
      })),
    },
    freshness: freshnessOf(cachePolicy),
    stale: {
      ...plainCdn.stale,
      sMaxageForbidsStale: false,
      whenFailing: true,
      mostWindowSeconds: ttls.most,
    },
    fill: {
      ...plainCdn.fill,
      forwardsQuery: query === 'whole' || typeof forwarding === 'string',
      strip: [...plainCdn.fill.strip, ...NOT_FORWARDED.filter((field) => !isForwarded(field))],
      // CloudFront says these itself, or nobody does.
      stripPrefixes: ['x-edge-', 'cloudfront-'],
      ownFields: fromSaidAddress(upstreamFieldsFor(isForwarded)),
    },
    coding: { ...plainCdn.coding, codings: ['br', 'gzip'], minBytes: 1000 },
    downstream: {
      ...plainCdn.downstream,
      varyKept:
        typeof forwarding === 'string'
          ? null
          : ['accept-encoding', 'cookie', ...told, ...forwarding],
      ownFields: ownFieldsWith(cachePolicy.hasServerTiming),
    },
  };
}

/** Whether the origin gets a request field. */
function isForwardedBy(
  fields: readonly string[],
  forwarding: Forwarding,
): (name: string) => boolean {
  return (name) => {
    if (fields.includes(name)) return true;
    if (typeof forwarding !== 'string') return forwarding.includes(name);
    return forwarding === 'all-and-own' || !(name in MADE_OF);
  };
}

/** cloudfront-ttl: what a cache policy's three numbers make of lifetimes. */
function freshnessOf(cachePolicy: CachePolicy): FreshnessPolicy {
  const { errorSeconds, errors, forbidsStale, isTargeted } = cachePolicy;
  const ownTimes = [...errors].map(([status, seconds]) => ({ statuses: [status], seconds }));
  const { least, given, most } = cachePolicy.ttls;
  return {
    ...plainCdn.freshness,
    targetedFields: isTargeted ? ['cdn-cache-control'] : [],
    ignoredDirectives: forbidsStale
      ? ['must-understand']
      : ['must-revalidate', 'proxy-revalidate', 'must-understand'],
    refusalSeconds: least > 0 ? least : null,
    lifetimeBounds: [
      ...ownTimes.map(({ statuses, seconds }) => ({
        statuses,
        leastSeconds: seconds,
        mostSeconds: Infinity,
      })),
      { statuses: ERRORS_ALWAYS, leastSeconds: errorSeconds, mostSeconds: Infinity },
      { statuses: ERRORS_WITH_LIFETIME, leastSeconds: errorSeconds, mostSeconds: Infinity },
      { statuses: null, leastSeconds: least, mostSeconds: most },
    ],
    defaultLifetimes: [
      // Those of the second list are stored only where the origin names a lifetime.
      ...ownTimes.filter(({ statuses: [status = 0] }) => ERRORS_ALWAYS.includes(status)),
      { statuses: ERRORS_ALWAYS, seconds: errorSeconds },
      { statuses: SUCCESSES, seconds: given },
    ],
  };
}
