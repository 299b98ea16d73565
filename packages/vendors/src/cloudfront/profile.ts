import type { FreshnessPolicy, Policy } from '@poplet/policy';
import { plainCdn } from '../plain-cdn.ts';
import type { Vendor } from '../vendor.ts';
import { ownFields, upstreamFields } from './debug-headers.ts';
import { facts } from './facts.ts';

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

/** cloudfront-ttl: what a cache policy's three numbers make of lifetimes. */
function freshness({ least, given, most }: Ttls): FreshnessPolicy {
  return {
    ...plainCdn.freshness,
    targetedFields: [],
    ignoredDirectives: ['must-revalidate', 'proxy-revalidate', 'must-understand'],
    refusalSeconds: least > 0 ? least : null,
    lifetimeBounds: [
      { statuses: ERRORS_ALWAYS, leastSeconds: 10, mostSeconds: Infinity },
      { statuses: ERRORS_WITH_LIFETIME, leastSeconds: 10, mostSeconds: Infinity },
      { statuses: null, leastSeconds: least, mostSeconds: most },
    ],
    defaultLifetimes: [
      { statuses: ERRORS_ALWAYS, seconds: 10 },
      { statuses: SUCCESSES, seconds: given },
    ],
  };
}

const optimized: Policy = {
  ...plainCdn,
  name: 'cloudfront',
  key: {
    ...plainCdn.key,
    query: 'none',
    fields: ['accept-encoding'],
  },
  storability: {
    ...plainCdn.storability,
    statuses: [...SUCCESSES, ...ERRORS_ALWAYS, ...ERRORS_WITH_LIFETIME],
    heuristicStatuses: [],
    setCookie: 'stripped',
    authorization: 'shared',
    vary: { fields: [], others: 'ignored', star: 'ignored' },
    maxBodyBytes: 50 * 1024 ** 3,
    tagFields: [],
  },
  freshness: freshness({ least: 1, given: 86_400, most: YEAR_SECONDS }),
  stale: { ...plainCdn.stale, sMaxageForbidsStale: false, whenFailing: true },
  fill: {
    ...plainCdn.fill,
    forwardsQuery: false,
    strip: [
      ...plainCdn.fill.strip,
      'accept',
      'accept-charset',
      'accept-language',
      'authorization',
      'cookie',
      'referer',
      'x-real-ip',
      'x-http-method-override',
    ],
    ownFields: upstreamFields,
  },
  coding: { ...plainCdn.coding, codings: ['br', 'gzip'], minBytes: 1000 },
  downstream: {
    ...plainCdn.downstream,
    varyKept: ['accept-encoding'],
    ownFields,
  },
};

const disabled: Policy = {
  ...optimized,
  name: 'cloudfront-caching-disabled',
  storability: {
    ...optimized.storability,
    vary: { fields: [], others: 'ignored', star: 'refused' },
  },
  freshness: freshness({ least: 0, given: 0, most: 0 }),
  key: { ...optimized.key, fields: [] },
};

const originHeaders: Policy = {
  ...disabled,
  name: 'cloudfront-origin-headers',
  freshness: freshness({ least: 0, given: 0, most: YEAR_SECONDS }),
  key: {
    ...optimized.key,
    fields: ['origin', 'x-http-method', 'x-http-method-override', 'x-method-override', 'cookie'],
  },
  storability: { ...disabled.storability, setCookie: 'stored' },
  fill: {
    ...optimized.fill,
    strip: optimized.fill.strip.filter(
      (name) => name !== 'cookie' && name !== 'x-http-method-override',
    ),
  },
  downstream: { ...optimized.downstream, varyKept: ['accept-encoding', 'cookie', 'origin'] },
};

export const cloudfront: Vendor = {
  name: 'cloudfront',
  title: 'Amazon CloudFront',
  profiles: [
    { policy: optimized, summary: 'Amazon CloudFront with the cache policy CachingOptimized' },
    { policy: disabled, summary: 'Amazon CloudFront with the cache policy CachingDisabled' },
    {
      policy: originHeaders,
      summary: 'Amazon CloudFront with the cache policy UseOriginCacheControlHeaders',
    },
  ],
  facts,
};
