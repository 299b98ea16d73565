import type { Policy, ResponseDirective } from '@poplet/policy';
import { configurable, type Setting } from '../configurable.ts';
import { plainCdn } from '../plain-cdn.ts';
import type { Profile, Vendor } from '../vendor.ts';
import { fromSaidAddress } from '../visitor.ts';
import { ownFieldsOf, upstreamFields } from './debug-headers.ts';
import { facts } from './facts.ts';

const CACHED = [200, 206, 300, 301, 302, 307, 308];
/** Of which the TTL of the property holds where the origin names none. */
const CACHED_BY_DEFAULT = [200, 206, 300, 301, 308];

/** akamai-negative, akamai-cache-error. Seconds. */
const NEGATIVE = [204, 305, 404, 405, 501];
const ERRORS = [500, 502, 503, 504];
const NEGATIVE_SECONDS = 10;

/** akamai-forever: ten years. Seconds. */
const FOREVER_SECONDS = 315_360_000;

/** akamai-enhanced-rfc: what does not count without it. */
const ENHANCED: readonly ResponseDirective[] = [
  'no-store',
  'private',
  'no-cache',
  's-maxage',
  'must-revalidate',
  'proxy-revalidate',
  'must-understand',
];

/** How a property is set up, as far as the cache goes by it. */
interface Property {
  /** The option of the Caching behaviour. */
  readonly caching: 'CACHE_CONTROL_AND_EXPIRES' | 'MAX_AGE' | 'NO_STORE' | 'BYPASS_CACHE';
  /** Maxage of the option MAX_AGE, the default TTL of the other. */
  readonly ttlSeconds: number;
  readonly hasEnhancedRfc: boolean;
  readonly mustRevalidate: boolean;
  readonly cachesErrors: boolean;
  readonly removesVary: boolean;
  readonly query: 'whole' | 'none';
  readonly setCookie: Policy['storability']['setCookie'];
  /** Whether CDN-Cache-Control counts. */
  readonly isTargeted: boolean;
  /** Whether answers have Server-Timing. */
  readonly hasServerTiming: boolean;
}

/** One that honours what the origin says. */
const HONOURING: Property = {
  caching: 'CACHE_CONTROL_AND_EXPIRES',
  ttlSeconds: 0,
  hasEnhancedRfc: true,
  mustRevalidate: false,
  cachesErrors: false,
  removesVary: false,
  query: 'whole',
  setCookie: 'refused',
  isTargeted: false,
  hasServerTiming: false,
};

/** One that nobody has given rules. */
const UNRULED: Property = { ...HONOURING, caching: 'MAX_AGE', ttlSeconds: FOREVER_SECONDS };

function policyOf(name: string, property: Property): Policy {
  const { caching, cachesErrors, removesVary } = property;
  const isCaching = caching === 'CACHE_CONTROL_AND_EXPIRES' || caching === 'MAX_AGE';
  const errors = cachesErrors ? [...NEGATIVE, ...ERRORS] : NEGATIVE;
  return {
    ...plainCdn,
    name,
    key: { ...plainCdn.key, query: property.query },
    storability: {
      ...plainCdn.storability,
      statuses: isCaching ? [...CACHED, ...errors] : [],
      heuristicStatuses: [],
      setCookie: property.setCookie,
      authorization: 'shared',
      vary: removesVary
        ? { fields: [], others: 'ignored', star: 'ignored' }
        : {
            fields: ['accept-encoding'],
            others: 'refused',
            star: 'refused',
            acceptEncodingNeedsCoding: true,
          },
      tagFields: [{ name: 'edge-cache-tag', separator: 'comma' }],
    },
    freshness: freshnessOf(property),
    stale: {
      ...plainCdn.stale,
      whileRevalidate: false,
      ifError: false,
      sMaxageForbidsStale: false,
      whenDisconnected: !property.mustRevalidate,
      whenFailing: cachesErrors && !property.mustRevalidate,
    },
    fill: {
      ...plainCdn.fill,
      acceptEncoding: 'gzip',
      headAsGet: false,
      ownFields: fromSaidAddress(upstreamFields),
    },
    coding: { ...plainCdn.coding, codings: ['gzip'] },
    downstream: {
      ...plainCdn.downstream,
      strip: ['edge-control', 'edge-cache-tag'],
      ownFields: ownFieldsOf({ isCaching, hasServerTiming: property.hasServerTiming }),
    },
  };
}

function freshnessOf(property: Property): Policy['freshness'] {
  const { caching, ttlSeconds, cachesErrors, hasEnhancedRfc, isTargeted } = property;
  const errors = cachesErrors ? [...NEGATIVE, ...ERRORS] : NEGATIVE;
  return {
    ...plainCdn.freshness,
    targetedFields: isTargeted ? ['cdn-cache-control'] : [],
    overridingFields: ['edge-control'],
    standardFields: caching === 'CACHE_CONTROL_AND_EXPIRES' ? 'obeyed' : 'ignored',
    expires: 'where-later',
    ignoredDirectives: hasEnhancedRfc ? ['must-understand'] : ENHANCED,
    defaultLifetimes: [
      { statuses: errors, seconds: NEGATIVE_SECONDS },
      { statuses: CACHED_BY_DEFAULT, seconds: ttlSeconds },
    ],
  };
}

/** An option with a value for each state of one part of the property; the first one is the standard. */
function choice<Key extends keyof Property>(
  name: string,
  summary: string,
  {
    key,
    choices,
    doubt,
  }: {
    readonly key: Key;
    readonly choices: Readonly<Record<string, Property[Key]>>;
    readonly doubt?: string;
  },
): Setting<Property> {
  const changes = Object.entries(choices).map(
    ([value, state]) => [value, (before: Property) => ({ ...before, [key]: state })] as const,
  );
  return {
    name,
    summary,
    standard: Object.keys(choices)[0] as string,
    values: { kind: 'choice', choices: Object.fromEntries(changes) },
    ...(doubt === undefined ? {} : { doubt }),
  };
}

/** What the customer sets of a property, and what nobody is sure of. */
function settingsOf({ caching, ttlSeconds }: Property): readonly Setting<Property>[] {
  const options = {
    'cache-control-and-expires': 'CACHE_CONTROL_AND_EXPIRES',
    'max-age': 'MAX_AGE',
    'no-store': 'NO_STORE',
    'bypass-cache': 'BYPASS_CACHE',
  } as const;
  const isHonouring = caching === 'CACHE_CONTROL_AND_EXPIRES';
  const ttl: Setting<Property> = {
    name: 'ttl',
    summary: isHonouring
      ? 'the default TTL, where the origin names none; 0: stored, and revalidated each time'
      : 'Maxage of the option Cache; 0: stored, and revalidated each time',
    standard: String(ttlSeconds),
    values: {
      kind: 'seconds',
      baseWith: (before, seconds) => ({ ...before, ttlSeconds: seconds }),
    },
  };
  const enhanced = choice(
    'enhanced-rfc',
    'whether private, no-store, no-cache, s-maxage and *-revalidate count',
    {
      key: 'hasEnhancedRfc',
      choices: { on: true, off: false },
      doubt:
        'that no-store does not count without it is said by others than Akamai, and others yet say that it does',
    },
  );
  return [
    ...(isHonouring
      ? [
          choice('caching', 'the option of the Caching behaviour', {
            key: 'caching',
            choices: options,
          }),
        ]
      : []),
    ttl,
    ...(isHonouring ? [enhanced] : []),
    choice(
      'must-revalidate',
      'Force revalidation of stale objects: nothing stale while the origin is away',
      {
        key: 'mustRevalidate',
        choices: { off: false, on: true },
      },
    ),
    choice(
      'cache-http-errors',
      'whether 500, 502, 503 and 504 are cached, and stale objects kept for them',
      {
        key: 'cachesErrors',
        choices: { off: false, on: true },
      },
    ),
    choice('remove-vary', 'Remove Vary Header: Vary does not keep responses out', {
      key: 'removesVary',
      choices: { off: false, on: true },
    }),
    choice('query', 'whether the query is part of the Cache ID', {
      key: 'query',
      choices: { whole: 'whole', none: 'none' },
    }),
    choice('set-cookie', 'what a response with Set-Cookie is', {
      key: 'setCookie',
      choices: { refused: 'refused', stored: 'stored', stripped: 'stripped' },
      doubt: 'no page of Akamai’s that was read says it, and it depends on the product',
    }),
    choice('cdn-cache-control', 'what CDN-Cache-Control does', {
      key: 'isTargeted',
      choices: { ignored: false, obeyed: true },
      doubt: 'no page of Akamai’s that was read names it',
    }),
    choice('server-timing', 'whether answers say in Server-Timing what the cache did', {
      key: 'hasServerTiming',
      choices: { off: false, on: true },
      doubt: 'people remember it of some properties, and no page that was read says of which',
    }),
  ];
}

function profile(name: string, base: Property, summary: string): Profile {
  return {
    ...configurable({
      base,
      policyOf: (property) => policyOf(name, property),
      settings: settingsOf(base),
    }),
    summary,
  };
}

export const akamai: Vendor = {
  name: 'akamai',
  title: 'Akamai',
  profiles: [
    profile(
      'akamai',
      HONOURING,
      'Akamai: a property that honours the origin’s Cache-Control and Expires, with enhanced RFC support',
    ),
    profile(
      'akamai-max-age',
      UNRULED,
      'Akamai: a property without rules of its own caches everything for good, whatever the origin says',
    ),
  ],
  facts,
  purgeApi: {
    load: async () => (await import('./purge-api.ts')).createPurgeApi,
    basePath: '',
    siteWord: 'CP code',
  },
};
