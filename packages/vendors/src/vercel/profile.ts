import type { Policy } from '@poplet/policy';
import { ASSET_FIELD } from '../asset-field.ts';
import { configurablePolicy, type Setting, unchanged } from '../configurable.ts';
import { plainCdn } from '../plain-cdn.ts';
import { staleIfErrorSetting } from '../policy-settings.ts';
import type { Vendor } from '../vendor.ts';
import { fromSaidAddress, geoFieldOf, type GeoPart } from '../visitor.ts';
import { GEO_NAMES, ownFields, upstreamFields } from './debug-headers.ts';
import { facts } from './facts.ts';
import { staticRules } from './static-rules.ts';

/** vercel-ttl, in seconds. */
const MOST_SECONDS = 31_536_000;

/** What names a lifetime for Vercel alone, or for CDNs. */
const CDN_FIELDS = ['vercel-cdn-cache-control', 'cdn-cache-control'];

const GEO_NAMES_LOWER = Object.entries(GEO_NAMES).map(
  ([part, name]) => [name.toLowerCase(), geoFieldOf(part as GeoPart)] as const,
);

const policy: Policy = {
  ...plainCdn,
  name: 'vercel',
  key: {
    ...plainCdn.key,
    deployment: true,
    fields: ['accept', 'accept-encoding'],
    assetFields: [ASSET_FIELD],
    madeOf: Object.fromEntries(GEO_NAMES_LOWER),
  },
  eligibility: { ...plainCdn.eligibility, withoutFields: ['range', 'authorization'] },
  storability: {
    ...plainCdn.storability,
    heuristicStatuses: [],
    statuses: [200, 404, 410, 301, 302, 307, 308],
    setCookie: 'refused',
    noCache: 'refused',
    neverFresh: 'refused',
    maxBodyBytes: 10 * 1024 * 1024,
    tagFields: [{ name: 'vercel-cache-tag', separator: 'comma' }],
  },
  freshness: {
    ...plainCdn.freshness,
    targetedFields: [ASSET_FIELD, ...CDN_FIELDS],
    untargetedLifetimes: 's-maxage',
    ignoredDirectives: ['must-revalidate', 'proxy-revalidate', 'must-understand'],
    lifetimeBounds: [{ statuses: null, leastSeconds: 0, mostSeconds: MOST_SECONDS }],
  },
  stale: {
    ...plainCdn.stale,
    sMaxageForbidsStale: false,
    whileRevalidateByDefaultSeconds: MOST_SECONDS,
  },
  validation: { ...plainCdn.validation, pragma: 'waits' },
  fill: {
    ...plainCdn.fill,
    strip: [
      ...plainCdn.fill.strip,
      ...GEO_NAMES_LOWER.map(([name]) => name),
      'x-vercel-forwarded-for',
      'x-real-ip',
    ],
    ownFields: fromSaidAddress(upstreamFields),
  },
  downstream: {
    ...plainCdn.downstream,
    strip: [ASSET_FIELD, 'vercel-cdn-cache-control', 'vercel-cache-tag'],
    cacheControl: {
      consumed: ['s-maxage', 'stale-while-revalidate', 'stale-if-error'],
      unlessFields: CDN_FIELDS,
      otherwise: 'public, max-age=0, must-revalidate',
    },
    ownFields,
  },
};

const settings: readonly Setting<Policy>[] = [
  {
    name: 'function-max-age',
    summary: 'what max-age and Expires of a function’s Cache-Control are',
    standard: 'for-browsers',
    values: {
      kind: 'choice',
      choices: {
        'for-browsers': unchanged,
        counted: (before) => ({
          ...before,
          freshness: { ...before.freshness, untargetedLifetimes: 'all' },
        }),
      },
    },
    doubt:
      'Vercel’s pages name s-maxage as what has a response cached, and do not say that max-age has not',
  },
  staleIfErrorSetting(
    'one of Vercel’s own pages says that it is supported, and another that it is not',
  ),
];

export const vercel: Vendor = {
  name: 'vercel',
  title: 'Vercel',
  profiles: [
    {
      ...configurablePolicy(policy, settings),
      summary: 'Vercel: functions, and the files of a deployment',
    },
  ],
  staticRules,
  facts,
  purgeApi: {
    load: async () => (await import('./purge-api.ts')).createPurgeApi,
    basePath: '',
    siteWord: 'project',
  },
};
