import { configurable, type Setting } from '../configurable.ts';
import type { Profile, Vendor } from '../vendor.ts';
import {
  CACHING_DISABLED,
  CACHING_OPTIMIZED,
  cloudFrontPolicy,
  ORIGIN_HEADERS,
  type CachePolicy,
} from './cache-policy.ts';
import { facts } from './facts.ts';

/** What the customer sets in a cache policy and a distribution, and what nobody is sure of. */
function settingsOf(base: CachePolicy): readonly Setting<CachePolicy>[] {
  return [
    {
      name: 'min-ttl',
      summary: 'the least lifetime; above 0 no-store, no-cache and private do not count',
      standard: String(base.ttls.least),
      values: {
        kind: 'seconds',
        baseWith: (before, least) => ({ ...before, ttls: { ...before.ttls, least } }),
      },
    },
    {
      name: 'default-ttl',
      summary: 'the lifetime where the origin names none',
      standard: String(base.ttls.given),
      values: {
        kind: 'seconds',
        baseWith: (before, given) => ({ ...before, ttls: { ...before.ttls, given } }),
      },
    },
    {
      name: 'max-ttl',
      summary: 'the greatest lifetime',
      standard: String(base.ttls.most),
      values: {
        kind: 'seconds',
        baseWith: (before, most) => ({ ...before, ttls: { ...before.ttls, most } }),
      },
    },
    {
      name: 'error-ttl',
      summary: 'the least lifetime of errors',
      standard: String(base.errorSeconds),
      values: {
        kind: 'seconds',
        baseWith: (before, errorSeconds) => ({ ...before, errorSeconds }),
      },
    },
    {
      name: 'query',
      summary: 'whether the query is part of the key, and forwarded',
      standard: base.query,
      values: {
        kind: 'choice',
        choices: {
          none: (before) => ({ ...before, query: 'none' }),
          whole: (before) => ({ ...before, query: 'whole' }),
        },
      },
    },
    {
      name: 'headers',
      summary: 'request headers that are part of the key, and forwarded: origin+accept-language',
      standard: base.fields.join('+'),
      values: { kind: 'fields', baseWith: (before, fields) => ({ ...before, fields }) },
    },
    {
      name: 'cookies',
      summary: 'whether cookies are part of the key, and forwarded; Set-Cookie is stored then',
      standard: base.hasCookies ? 'all' : 'none',
      values: {
        kind: 'choice',
        choices: {
          none: (before) => ({ ...before, hasCookies: false }),
          all: (before) => ({ ...before, hasCookies: true }),
        },
      },
    },
    {
      name: 'tag-header',
      summary: 'response headers that carry tags, for invalidations of #tag',
      standard: base.tagFields.join('+'),
      values: { kind: 'fields', baseWith: (before, tagFields) => ({ ...before, tagFields }) },
    },
    {
      name: 'must-revalidate',
      summary: 'what must-revalidate and proxy-revalidate do',
      standard: 'ignored',
      values: {
        kind: 'choice',
        choices: {
          ignored: (before) => ({ ...before, forbidsStale: false }),
          obeyed: (before) => ({ ...before, forbidsStale: true }),
        },
      },
      doubt: 'no page of Amazon’s says what they do',
    },
    {
      name: 'cdn-cache-control',
      summary: 'what CDN-Cache-Control does',
      standard: 'ignored',
      values: {
        kind: 'choice',
        choices: {
          ignored: (before) => ({ ...before, isTargeted: false }),
          obeyed: (before) => ({ ...before, isTargeted: true }),
        },
      },
      doubt: 'no page of Amazon’s says that it counts, nor that it does not',
    },
    {
      name: 'server-timing',
      summary: 'whether a response headers policy adds Server-Timing to every answer',
      standard: 'off',
      values: {
        kind: 'choice',
        choices: {
          off: (before) => ({ ...before, hasServerTiming: false }),
          on: (before) => ({ ...before, hasServerTiming: true }),
        },
      },
    },
  ];
}

function profile(name: string, cachePolicy: CachePolicy, managed: string): Profile {
  return {
    ...configurable({
      base: cachePolicy,
      policyOf: (base) => cloudFrontPolicy(name, base),
      settings: settingsOf(cachePolicy),
    }),
    summary: `Amazon CloudFront with the cache policy ${managed}`,
  };
}

export const cloudfront: Vendor = {
  name: 'cloudfront',
  title: 'Amazon CloudFront',
  profiles: [
    profile('cloudfront', CACHING_OPTIMIZED, 'CachingOptimized'),
    profile('cloudfront-caching-disabled', CACHING_DISABLED, 'CachingDisabled'),
    profile('cloudfront-origin-headers', ORIGIN_HEADERS, 'UseOriginCacheControlHeaders'),
  ],
  facts,
  purgeApi: {
    load: async () => (await import('./purge-api.ts')).createPurgeApi,
    basePath: '',
    siteWord: 'distribution',
  },
};
