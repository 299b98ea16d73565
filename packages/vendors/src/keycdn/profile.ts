import type { Policy } from '@poplet/policy';
import { configurablePolicy, type Setting, unchanged } from '../configurable.ts';
import { plainCdn } from '../plain-cdn.ts';
import { authorizationSetting, countrySetting, staleIfErrorSetting } from '../policy-settings.ts';
import type { Vendor } from '../vendor.ts';
import { fromSaidAddress } from '../visitor.ts';
import { ownFields, upstreamFields } from './debug-headers.ts';
import { facts } from './facts.ts';

/** keycdn-statuses */
const STATUSES = [200, 301, 302];

/** A pull zone as it is made. */
const policy: Policy = {
  ...plainCdn,
  name: 'keycdn',
  storability: {
    ...plainCdn.storability,
    statuses: STATUSES,
    heuristicStatuses: [],
    setCookie: 'refused',
    noCache: 'refused',
    neverFresh: 'refused',
    parts: false,
    tagFields: [{ name: 'cache-tag', separator: 'space' }],
  },
  freshness: {
    ...plainCdn.freshness,
    targetedFields: ['x-accel-expires'],
    secondsFields: ['x-accel-expires'],
    ignoredDirectives: ['must-revalidate', 'proxy-revalidate', 'must-understand'],
    // keycdn-max-expire
    defaultLifetimes: [{ statuses: STATUSES, seconds: 86_400 }],
  },
  stale: { ...plainCdn.stale, sMaxageForbidsStale: false },
  invalidation: { ...plainCdn.invalidation, unsafeMethods: false },
  fill: {
    ...plainCdn.fill,
    ownFields: fromSaidAddress(upstreamFields),
  },
  coding: { ...plainCdn.coding, codings: ['gzip'] },
  downstream: { ...plainCdn.downstream, strip: ['x-accel-expires'], ownFields },
};

/** What the customer sets of a zone, and what nobody is sure of. */
const settings: readonly Setting<Policy>[] = [
  {
    name: 'max-expire',
    summary: 'Max Expire: the lifetime where the origin names none',
    standard: '86400',
    values: {
      kind: 'seconds',
      baseWith: (before, seconds) => ({
        ...before,
        freshness: { ...before.freshness, defaultLifetimes: [{ statuses: STATUSES, seconds }] },
      }),
    },
    doubt: 'that a new zone has 1440 minutes is remembered, not read: it may have a week as well',
    instead: ['604800'],
  },
  {
    name: 'ignore-cache-control',
    summary: 'Ignore Cache Control: Max Expire counts, whatever the origin says',
    standard: 'off',
    values: {
      kind: 'choice',
      choices: {
        off: unchanged,
        on: (before) => ({
          ...before,
          freshness: {
            ...before.freshness,
            targetedFields: [],
            secondsFields: [],
            standardFields: 'ignored',
          },
        }),
      },
    },
  },
  {
    name: 'query',
    summary: 'Ignore Query String (none), or the query is part of the key (whole)',
    standard: 'whole',
    values: {
      kind: 'choice',
      choices: {
        whole: unchanged,
        none: (before) => ({ ...before, key: { ...before.key, query: 'none' } }),
      },
    },
  },
  countrySetting('Cache Key Country: whether each country has what is stored for it'),
  {
    name: 'cookies',
    summary: 'a response with Set-Cookie is not cached (refused), or Strip Cookies (stripped)',
    standard: 'refused',
    values: {
      kind: 'choice',
      choices: {
        refused: unchanged,
        stripped: (before) => ({
          ...before,
          storability: { ...before.storability, setCookie: 'stripped' },
        }),
      },
    },
  },
  {
    name: 'brotli',
    summary: 'Cache Brotli',
    standard: 'off',
    values: {
      kind: 'choice',
      choices: {
        off: unchanged,
        on: (before) => ({ ...before, coding: { ...before.coding, codings: ['br', 'gzip'] } }),
      },
    },
  },
  {
    name: 'vary',
    summary: 'what Vary does',
    standard: 'obeyed',
    values: {
      kind: 'choice',
      choices: {
        obeyed: unchanged,
        ignored: (before) => ({
          ...before,
          storability: {
            ...before.storability,
            vary: { fields: ['accept-encoding'], others: 'ignored', star: 'ignored' },
          },
        }),
      },
    },
    doubt: 'no page says; nginx, which it is built on, obeys it',
  },
  authorizationSetting(
    'that it is not cached without leave is remembered, not read; nginx, which it is built on, shares it',
  ),
  staleIfErrorSetting('no page says; nginx, which it is built on, obeys it'),
];

export const keycdn: Vendor = {
  name: 'keycdn',
  title: 'KeyCDN',
  profiles: [
    {
      ...configurablePolicy(policy, settings),
      summary: 'KeyCDN: a pull zone as it is made',
    },
  ],
  facts,
  purgeApi: {
    load: async () => (await import('./purge-api.ts')).createPurgeApi,
    basePath: '',
    siteWord: 'zone',
  },
};
