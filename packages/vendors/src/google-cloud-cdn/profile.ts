import { REQUEST_DIRECTIVES, type OwnFields, type Policy } from '@poplet/policy';
import { configurable, type Setting } from '../configurable.ts';
import { plainCdn } from '../plain-cdn.ts';
import type { Profile, Vendor } from '../vendor.ts';
import { fromSaidAddress } from '../visitor.ts';
import {
  forcedModeFields,
  originModeFields,
  staticModeFields,
  upstreamFields,
} from './debug-headers.ts';
import { facts } from './facts.ts';

/** google-cloud-cdn-statuses */
const STATUSES = [200, 203, 204, 206, 300, 301, 302, 307, 308, 404, 405, 410, 421, 451, 501];
const SUCCESSES = [200, 203, 204, 206];

/** google-cloud-cdn-static-types */
const STATIC_TYPES = [
  'text/css',
  'text/ecmascript',
  'text/javascript',
  'application/javascript',
  'font/*',
  'image/*',
  'video/*',
  'audio/*',
  'application/pdf',
  'application/postscript',
];

/** google-cloud-cdn-negative */
const NEGATIVE = [
  { statuses: [300, 301, 308], seconds: 600 },
  { statuses: [404, 410, 451], seconds: 120 },
  { statuses: [405, 501], seconds: 60 },
];

/** What no lifetime is above. Seconds. */
const CAP_SECONDS = 2_592_000;

/** google-cloud-cdn-vary: what may stand in Vary. */
const VARY = [
  'accept',
  'accept-encoding',
  'access-control-request-headers',
  'access-control-request-method',
  'origin',
  'sec-fetch-dest',
  'sec-fetch-mode',
  'sec-fetch-site',
  'x-goog-allowed-resources',
  'x-origin',
];

/** How a backend is set up, as far as the cache goes by it. */
interface Backend {
  readonly mode: 'CACHE_ALL_STATIC' | 'USE_ORIGIN_HEADERS' | 'FORCE_CACHE_ALL';
  /** default_ttl, max_ttl and client_ttl. Seconds. */
  readonly defaultTtlSeconds: number;
  readonly maxTtlSeconds: number;
  readonly clientTtlSeconds: number;
  readonly query: Policy['key']['query'];
  /** Request fields of the key, lower case. */
  readonly fields: readonly string[];
  /** Request fields that lead around the cache, lower case. */
  readonly bypassFields: readonly string[];
  readonly hasNegativeCaching: boolean;
  readonly serveWhileStaleSeconds: number;
  /** Whether CDN-Cache-Control counts. */
  readonly isTargeted: boolean;
}

/** A backend service as it is when nobody has changed it. */
const BACKEND_SERVICE: Backend = {
  mode: 'CACHE_ALL_STATIC',
  defaultTtlSeconds: 3600,
  maxTtlSeconds: 86_400,
  clientTtlSeconds: 3600,
  query: 'unordered',
  fields: [],
  bypassFields: [],
  hasNegativeCaching: true,
  serveWhileStaleSeconds: 0,
  isTargeted: true,
};

function ownFieldsOf({ mode, clientTtlSeconds, defaultTtlSeconds }: Backend): OwnFields {
  switch (mode) {
    case 'CACHE_ALL_STATIC':
      return staticModeFields(clientTtlSeconds);
    case 'USE_ORIGIN_HEADERS':
      return originModeFields;
    case 'FORCE_CACHE_ALL':
      return forcedModeFields(Math.min(clientTtlSeconds, defaultTtlSeconds));
    default:
      return mode satisfies never;
  }
}

function policyOf(name: string, backend: Backend): Policy {
  const { mode, serveWhileStaleSeconds } = backend;
  return {
    ...plainCdn,
    name,
    key: { ...plainCdn.key, query: backend.query, fields: backend.fields },
    eligibility: { ...plainCdn.eligibility, withoutFields: backend.bypassFields },
    storability: {
      ...plainCdn.storability,
      statuses: STATUSES,
      heuristicStatuses: [],
      setCookie: 'refused',
      authorization: mode === 'FORCE_CACHE_ALL' ? 'shared' : 'with-leave',
      vary: { fields: [...VARY, ...backend.fields], others: 'refused', star: 'refused' },
      maxBodyBytes: 100 * 1024 ** 3,
      tagFields: [{ name: 'cache-tag', separator: 'comma' }],
    },
    freshness: freshnessOf(backend),
    stale: {
      ...plainCdn.stale,
      ifError: false,
      whenDisconnected: false,
      whileRevalidateByDefaultSeconds: serveWhileStaleSeconds === 0 ? null : serveWhileStaleSeconds,
    },
    validation: {
      ...plainCdn.validation,
      ignoredRequestDirectives: REQUEST_DIRECTIVES.filter(
        (directive) => directive !== 'no-store' && directive !== 'max-stale',
      ),
    },
    fill: {
      ...plainCdn.fill,
      // google-cloud-cdn-range-chunks
      rangeBytes: 2_097_136,
      headAsGet: false,
      ownFields: fromSaidAddress(upstreamFields),
    },
    // Compression is not on unless somebody has turned it on.
    coding: { ...plainCdn.coding, isOn: false },
    downstream: { ...plainCdn.downstream, ownFields: ownFieldsOf(backend) },
  };
}

function freshnessOf(backend: Backend): Policy['freshness'] {
  const { mode, defaultTtlSeconds: seconds, maxTtlSeconds, isTargeted } = backend;
  const negative = backend.hasNegativeCaching ? NEGATIVE : [];
  const mostSeconds =
    mode === 'CACHE_ALL_STATIC' ? Math.min(maxTtlSeconds, CAP_SECONDS) : CAP_SECONDS;
  const common = {
    ...plainCdn.freshness,
    expires: 'without-cache-control',
    lifetimeBounds: [{ statuses: null, leastSeconds: 0, mostSeconds }],
  } as const;
  const targetedFields = isTargeted ? ['cdn-cache-control'] : [];
  switch (mode) {
    case 'CACHE_ALL_STATIC':
      return {
        ...common,
        targetedFields,
        defaultLifetimes: [{ statuses: SUCCESSES, types: STATIC_TYPES, seconds }, ...negative],
      };
    case 'USE_ORIGIN_HEADERS':
      return { ...common, targetedFields, defaultLifetimes: negative };
    case 'FORCE_CACHE_ALL':
      return {
        ...common,
        standardFields: 'ignored',
        targetedFields: [],
        defaultLifetimes: [{ statuses: SUCCESSES, seconds }, ...negative],
      };
    default:
      return mode satisfies never;
  }
}

function secondsSetting(
  name: string,
  summary: string,
  {
    standard,
    key,
    ...doubt
  }: { standard: number; key: keyof Backend } & Pick<Setting<Backend>, 'doubt' | 'instead'>,
): Setting<Backend> {
  return {
    name,
    summary,
    standard: String(standard),
    values: { kind: 'seconds', baseWith: (before, value) => ({ ...before, [key]: value }) },
    ...doubt,
  };
}

function fieldsSetting(
  name: string,
  summary: string,
  key: 'fields' | 'bypassFields',
): Setting<Backend> {
  const values: Setting<Backend>['values'] = {
    kind: 'fields',
    baseWith: (before, names) => ({ ...before, [key]: names }),
  };
  return { name, summary, standard: '', values };
}

/** What the customer sets of a backend, and what nobody is sure of. */
function settingsOf(base: Backend): readonly Setting<Backend>[] {
  const { mode, defaultTtlSeconds, maxTtlSeconds, clientTtlSeconds, serveWhileStaleSeconds } = base;
  const defaultTtl = secondsSetting('default-ttl', 'the lifetime where the origin names none', {
    standard: defaultTtlSeconds,
    key: 'defaultTtlSeconds',
  });
  const maxTtl = secondsSetting('max-ttl', 'the greatest lifetime, where the origin names it', {
    standard: maxTtlSeconds,
    key: 'maxTtlSeconds',
  });
  const clientTtl = secondsSetting('client-ttl', 'the greatest max-age that clients are sent', {
    standard: clientTtlSeconds,
    key: 'clientTtlSeconds',
  });
  const targeted: Setting<Backend> = {
    name: 'cdn-cache-control',
    summary: 'what CDN-Cache-Control does',
    standard: 'obeyed',
    values: {
      kind: 'choice',
      choices: {
        obeyed: (before) => ({ ...before, isTargeted: true }),
        ignored: (before) => ({ ...before, isTargeted: false }),
      },
    },
    doubt: 'the page of 2026 names it, and not how it ranks; before that it did not count',
  };
  return [
    ...(mode === 'USE_ORIGIN_HEADERS' ? [] : [defaultTtl, clientTtl]),
    ...(mode === 'CACHE_ALL_STATIC' ? [maxTtl] : []),
    {
      name: 'negative-caching',
      summary: 'whether errors and redirects have lifetimes by status',
      standard: 'on',
      values: {
        kind: 'choice',
        choices: {
          on: (before) => ({ ...before, hasNegativeCaching: true }),
          off: (before) => ({ ...before, hasNegativeCaching: false }),
        },
      },
    },
    {
      name: 'query',
      summary: 'whether the query is part of the key, in any order',
      standard: base.query,
      values: {
        kind: 'choice',
        choices: {
          unordered: (before) => ({ ...before, query: 'unordered' }),
          none: (before) => ({ ...before, query: 'none' }),
        },
      },
    },
    fieldsSetting(
      'headers',
      'request headers that are part of the key: x-device+x-market',
      'fields',
    ),
    fieldsSetting(
      'bypass-headers',
      'bypassCacheOnRequestHeaders: request headers that lead around the cache',
      'bypassFields',
    ),
    secondsSetting(
      'serve-while-stale',
      'for how long what has expired is served while the origin is asked',
      {
        standard: serveWhileStaleSeconds,
        key: 'serveWhileStaleSeconds',
        doubt: 'a page of Google’s names 86400 as the default, and not for which backends it holds',
        instead: ['86400'],
      },
    ),
    ...(mode === 'FORCE_CACHE_ALL' ? [] : [targeted]),
  ];
}

function profile(name: string, base: Backend, summary: string): Profile {
  return {
    ...configurable({
      base,
      policyOf: (backend) => policyOf(name, backend),
      settings: settingsOf(base),
    }),
    summary,
  };
}

export const googleCloudCdn: Vendor = {
  name: 'google-cloud-cdn',
  title: 'Google Cloud CDN',
  profiles: [
    profile(
      'google-cloud-cdn',
      BACKEND_SERVICE,
      'Google Cloud CDN with CACHE_ALL_STATIC, the mode of a new backend service',
    ),
    profile(
      'google-cloud-cdn-origin-headers',
      { ...BACKEND_SERVICE, mode: 'USE_ORIGIN_HEADERS' },
      'Google Cloud CDN with USE_ORIGIN_HEADERS',
    ),
    profile(
      'google-cloud-cdn-force-cache-all',
      { ...BACKEND_SERVICE, mode: 'FORCE_CACHE_ALL' },
      'Google Cloud CDN with FORCE_CACHE_ALL',
    ),
    profile(
      'google-cloud-cdn-bucket',
      { ...BACKEND_SERVICE, query: 'none' },
      'Google Cloud CDN before a backend bucket: the query is no part of the key',
    ),
  ],
  facts,
  purgeApi: {
    load: async () => (await import('./purge-api.ts')).createPurgeApi,
    basePath: '',
    siteWord: 'URL map',
  },
};
