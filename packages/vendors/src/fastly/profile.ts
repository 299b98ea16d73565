import { REQUEST_DIRECTIVES, rfc9111, type Policy } from '@poplet/policy';
import type { Vendor } from '../vendor.ts';
import { ownFields, upstreamFields } from './debug-headers.ts';
import { facts } from './facts.ts';

/** A VCL service with the boilerplate as it is today, and nothing else. */
const policy: Policy = {
  ...rfc9111,
  name: 'fastly',
  key: {
    ...rfc9111.key,
    noVarySearch: false,
    contentLanguageSelects: false,
    overrideFields: [],
  },
  storability: {
    ...rfc9111.storability,
    statuses: [200, 203, 300, 301, 302, 404, 410],
    setCookie: 'refused',
    authorization: 'shared',
    vary: { fields: null, others: 'ignored', star: 'ignored' },
    parts: false,
    postAnswers: false,
    maxBodyBytes: 20 * 1024 * 1024,
    tagFields: [{ name: 'surrogate-key', separator: 'space' }],
  },
  freshness: {
    ...rfc9111.freshness,
    targetedFields: [],
    lifetimeFields: ['surrogate-control'],
    ignoredDirectives: ['no-cache', 'must-revalidate', 'proxy-revalidate', 'must-understand'],
    directiveGrammar: 'searched',
    countsFromDate: false,
    defaultLifetimes: [{ statuses: null, seconds: 3600 }],
    heuristicFraction: 0,
  },
  stale: {
    ...rfc9111.stale,
    ifError: false,
    sMaxageForbidsStale: false,
    whenDisconnected: false,
  },
  validation: { ignoredRequestDirectives: REQUEST_DIRECTIVES, updatesFields: false },
  invalidation: { unsafeMethods: false, groups: 'ignored' },
  fill: { ...rfc9111.fill, ownFields: upstreamFields },
  // Compression is not on unless somebody has turned it on.
  coding: { ...rfc9111.coding, isOn: false },
  downstream: {
    ...rfc9111.downstream,
    earlyHints: 'forwarded',
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
