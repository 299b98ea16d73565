import type { Policy } from '@poplet/policy';
import { plainCdn } from '../plain-cdn.ts';
import type { Vendor } from '../vendor.ts';
import { ownFields, upstreamFields } from './debug-headers.ts';
import { facts } from './facts.ts';

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
  fill: { ...plainCdn.fill, ownFields: upstreamFields },
  // Compression is not on unless somebody has turned it on.
  coding: { ...plainCdn.coding, isOn: false },
  downstream: {
    ...plainCdn.downstream,
    strip: ['surrogate-control', 'surrogate-key'],
    ownFields,
  },
};

export const fastly: Vendor = {
  name: 'fastly',
  title: 'Fastly',
  profiles: [
    { policy, summary: 'Fastly: a VCL service with today’s boilerplate and nothing else' },
  ],
  facts,
};
