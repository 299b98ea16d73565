import type { Policy, ResponseDirective } from '@poplet/policy';
import { configurablePolicy, type Setting, unchanged } from '../configurable.ts';
import { plainCdn } from '../plain-cdn.ts';
import type { Vendor } from '../vendor.ts';
import { fromSaidAddress } from '../visitor.ts';
import { ownFields, upstreamFields } from './debug-headers.ts';
import { facts } from './facts.ts';
import { purgeMethod } from './purge-method.ts';

/** A VCL service with the boilerplate as it is today, and nothing else. */
const policy: Policy = {
  ...plainCdn,
  name: 'fastly',
  storability: {
    ...plainCdn.storability,
    statuses: [200, 203, 300, 301, 302, 404, 410],
    setCookie: 'refused',
    authorization: 'shared',
    vary: { fields: null, others: 'ignored', star: 'ignored' },
    parts: false,
    maxBodyBytes: 20 * 1024 * 1024,
    tagFields: [{ name: 'surrogate-key', separator: 'space' }],
  },
  freshness: {
    ...plainCdn.freshness,
    targetedFields: [],
    lifetimeFields: ['surrogate-control'],
    ignoredDirectives: ['no-cache', 'must-revalidate', 'proxy-revalidate', 'must-understand'],
    directiveGrammar: 'searched',
    countsFromDate: false,
    defaultLifetimes: [{ statuses: null, seconds: 3600 }],
  },
  stale: {
    ...plainCdn.stale,
    ifError: false,
    sMaxageForbidsStale: false,
    whenDisconnected: false,
  },
  validation: { ...plainCdn.validation, updatesFields: false },
  invalidation: { ...plainCdn.invalidation, unsafeMethods: false },
  fill: { ...plainCdn.fill, ownFields: fromSaidAddress(upstreamFields) },
  // Compression is not on unless somebody has turned it on.
  coding: { ...plainCdn.coding, isOn: false },
  downstream: {
    ...plainCdn.downstream,
    strip: ['surrogate-control', 'surrogate-key'],
    ownFields,
  },
};

const settings: readonly Setting<Policy>[] = [
  {
    name: 'fallback-ttl',
    summary:
      'the lifetime where the origin names none: 120 where custom VCL lacks the block that sets it',
    standard: '3600',
    values: {
      kind: 'seconds',
      baseWith: (before, seconds) => ({
        ...before,
        freshness: { ...before.freshness, defaultLifetimes: [{ statuses: null, seconds }] },
      }),
    },
  },
  {
    name: 'no-store',
    summary: 'what a response with no-store is',
    standard: 'refused',
    values: {
      kind: 'choice',
      choices: { refused: unchanged, ignored: (before) => ignoring(before, 'no-store') },
    },
    doubt: 'services with an older boilerplate ignore it, and many are still live',
  },
  {
    name: 's-maxage-stale',
    summary: 'whether stale-while-revalidate counts beside s-maxage',
    standard: 'allowed',
    values: {
      kind: 'choice',
      choices: {
        allowed: unchanged,
        forbidden: (before) => ({
          ...before,
          stale: { ...before.stale, sMaxageForbidsStale: true },
        }),
      },
    },
    doubt: 'that it does is said by others than Fastly, and was not measured',
  },
  {
    name: 'stale-if-error',
    summary: 'whether stale-if-error is obeyed: VCL has to call deliver_stale',
    standard: 'off',
    values: {
      kind: 'choice',
      choices: {
        off: unchanged,
        on: (before) => ({ ...before, stale: { ...before.stale, ifError: true } }),
      },
    },
  },
];

function ignoring(before: Policy, directive: ResponseDirective): Policy {
  const { ignoredDirectives } = before.freshness;
  return {
    ...before,
    freshness: { ...before.freshness, ignoredDirectives: [...ignoredDirectives, directive] },
  };
}

export const fastly: Vendor = {
  name: 'fastly',
  title: 'Fastly',
  profiles: [
    {
      ...configurablePolicy(policy, settings),
      summary: 'Fastly: a VCL service with today’s boilerplate and nothing else',
    },
  ],
  facts,
  purgeApi: {
    load: async () => (await import('./purge-api.ts')).createPurgeApi,
    basePath: '',
    siteWord: 'service',
  },
  purgeMethod,
};
