import type { Policy } from '@poplet/policy';
import { configurablePolicy, type Setting, unchanged } from '../configurable.ts';
import { plainCdn } from '../plain-cdn.ts';
import type { Vendor } from '../vendor.ts';
import { fromSaidAddress } from '../visitor.ts';
import { ownFields, upstreamFields } from './debug-headers.ts';
import { facts } from './facts.ts';

/** Of which a default lifetime is known. */
const SUCCESSES = [200, 203, 206];
const REDIRECTS = [300, 301, 302, 307, 308];

/** azure-front-door-default: between one day and three. Seconds. */
const DAY_SECONDS = 86_400;

/** 366 days. Seconds. */
const MOST_SECONDS = 31_622_400;

/** azure-front-door-compression */
const COMPRESSED_TYPES =
  'application/eot application/font application/font-sfnt application/javascript application/json application/opentype application/otf application/pkcs7-mime application/truetype application/ttf application/vnd.ms-fontobject application/xhtml+xml application/xml application/xml+rss application/x-font-opentype application/x-font-truetype application/x-font-ttf application/x-httpd-cgi application/x-mpegurl application/x-opentype application/x-otf application/x-perl application/x-ttf application/x-javascript font/eot font/ttf font/otf font/opentype image/svg+xml text/css text/csv text/html text/javascript text/js text/plain text/richtext text/tab-separated-values text/xml text/x-script text/x-component text/x-java-source'.split(
    ' ',
  );

/** A route with caching enabled, and nothing else changed. */
const policy: Policy = {
  ...plainCdn,
  name: 'azure-front-door',
  key: { ...plainCdn.key, query: 'none' },
  storability: {
    ...plainCdn.storability,
    statuses: [...SUCCESSES, ...REDIRECTS],
    heuristicStatuses: [],
    setCookie: 'stripped-where-stored',
    noCache: 'refused',
    vary: { fields: ['accept-encoding'], others: 'ignored', star: 'ignored' },
    maxBodyBytes: Infinity,
    tagFields: [],
  },
  freshness: {
    ...plainCdn.freshness,
    targetedFields: [],
    lifetimeBounds: [{ statuses: null, leastSeconds: 0, mostSeconds: MOST_SECONDS }],
    defaultLifetimes: [{ statuses: SUCCESSES, seconds: DAY_SECONDS, mostSeconds: 3 * DAY_SECONDS }],
  },
  stale: { ...plainCdn.stale, whileRevalidate: false, ifError: false },
  fill: {
    ...plainCdn.fill,
    strip: [...plainCdn.fill.strip, 'accept', 'accept-charset', 'accept-language'],
    stripPrefixes: ['x-fd-'],
    // azure-front-door-range-chunks
    rangeBytes: 8 * 1024 * 1024,
    headAsGet: false,
    ownFields: fromSaidAddress(upstreamFields),
  },
  // Compression is not on unless somebody has turned it on.
  coding: {
    ...plainCdn.coding,
    isOn: false,
    codings: ['br', 'gzip'],
    minBytes: 1024,
    types: COMPRESSED_TYPES,
  },
  downstream: { ...plainCdn.downstream, ownFields },
};

/** What the customer sets of a route and its rules, and what nobody is sure of. */
const settings: readonly Setting<Policy>[] = [
  {
    name: 'override-always',
    summary: 'the rule Override always: every lifetime is this; 0: the origin is honoured',
    standard: '0',
    values: {
      kind: 'seconds',
      baseWith: (before, seconds) =>
        seconds === 0
          ? before
          : {
              ...before,
              freshness: {
                ...before.freshness,
                lifetimeBounds: [{ statuses: null, leastSeconds: seconds, mostSeconds: seconds }],
                defaultLifetimes: [{ statuses: [...SUCCESSES, ...REDIRECTS], seconds }],
              },
            },
    },
  },
  {
    name: 'override-if-missing',
    summary:
      'the rule Override if origin missing: the lifetime where the origin names none; 0: one to three days',
    standard: '0',
    values: {
      kind: 'seconds',
      baseWith: (before, seconds) =>
        seconds === 0
          ? before
          : {
              ...before,
              freshness: {
                ...before.freshness,
                defaultLifetimes: [{ statuses: SUCCESSES, seconds }],
              },
            },
    },
  },
  {
    name: 'query',
    summary: 'Ignore Query String (none) or Use Query String (unordered)',
    standard: 'none',
    values: {
      kind: 'choice',
      choices: {
        none: unchanged,
        unordered: (before) => ({ ...before, key: { ...before.key, query: 'unordered' } }),
      },
    },
    doubt: 'the page names Ignore Query String as what a route of the classic tier has',
  },
  {
    name: 'compression',
    summary: 'whether the edge compresses',
    standard: 'off',
    values: {
      kind: 'choice',
      choices: {
        off: unchanged,
        on: (before) => ({ ...before, coding: { ...before.coding, isOn: true } }),
      },
    },
  },
  {
    name: 'not-found',
    summary: 'whether 404 and 410 are cached, for the lifetime that they name',
    standard: 'not-cached',
    values: {
      kind: 'choice',
      choices: {
        'not-cached': unchanged,
        cached: (before) => ({
          ...before,
          storability: {
            ...before.storability,
            statuses: [...SUCCESSES, ...REDIRECTS, 404, 410],
          },
        }),
      },
    },
    doubt: 'no page of Microsoft’s lists the statuses that are cached',
  },
  {
    name: 'vary',
    summary: 'what Vary does',
    standard: 'accept-encoding',
    values: {
      kind: 'choice',
      choices: {
        'accept-encoding': unchanged,
        obeyed: (before) => ({
          ...before,
          storability: {
            ...before.storability,
            vary: { fields: null, others: 'ignored', star: 'refused' },
          },
        }),
      },
    },
    doubt: 'no page of Microsoft’s says what Vary does',
  },
  {
    name: 'stale-directives',
    summary: 'what stale-while-revalidate and stale-if-error do',
    standard: 'ignored',
    values: {
      kind: 'choice',
      choices: {
        ignored: unchanged,
        obeyed: (before) => ({
          ...before,
          stale: { ...before.stale, whileRevalidate: true, ifError: true },
        }),
      },
    },
    doubt: 'no page of Microsoft’s names them',
  },
  {
    name: 'authorization',
    summary: 'whether the origin gets Authorization',
    standard: 'forwarded',
    values: {
      kind: 'choice',
      choices: {
        forwarded: unchanged,
        removed: (before) => ({
          ...before,
          storability: { ...before.storability, authorization: 'shared' },
          fill: { ...before.fill, strip: [...before.fill.strip, 'authorization'] },
        }),
      },
    },
    doubt: 'the page of 2018 says that it is removed, and that of 2023 no longer names it',
  },
];

export const azureFrontDoor: Vendor = {
  name: 'azure-front-door',
  title: 'Azure Front Door',
  profiles: [
    {
      ...configurablePolicy(policy, settings),
      summary: 'Azure Front Door, Standard or Premium: a route with caching enabled',
    },
  ],
  facts,
  purgeApi: {
    load: async () => (await import('./purge-api.ts')).createPurgeApi,
    basePath: '',
    siteWord: 'endpoint',
  },
};
