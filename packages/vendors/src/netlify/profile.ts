import type { Policy } from '@poplet/policy';
import { ASSET_FIELD } from '../asset-field.ts';
import { configurablePolicy, type Setting, unchanged } from '../configurable.ts';
import { plainCdn } from '../plain-cdn.ts';
import { authorizationSetting, staleIfErrorSetting } from '../policy-settings.ts';
import type { Vendor } from '../vendor.ts';
import { fromSaidAddress, geoFieldOf } from '../visitor.ts';
import { ownFields, upstreamFields } from './debug-headers.ts';
import { facts } from './facts.ts';
import { staticRules } from './static-rules.ts';

const policy: Policy = {
  ...plainCdn,
  name: 'netlify',
  key: {
    ...plainCdn.key,
    deployment: true,
    query: 'unordered',
    assetFields: [ASSET_FIELD],
    variation: { name: 'netlify-vary', countryField: geoFieldOf('country') },
  },
  storability: {
    ...plainCdn.storability,
    neverFresh: 'refused',
    tagFields: [
      { name: 'netlify-cache-tag', separator: 'comma', foldsCase: true },
      {
        name: 'cache-tag',
        separator: 'comma',
        unlessField: 'netlify-cache-tag',
        foldsCase: true,
      },
      { name: 'netlify-cache-id', separator: 'comma', foldsCase: true },
    ],
  },
  freshness: {
    ...plainCdn.freshness,
    targetedFields: [ASSET_FIELD, 'netlify-cdn-cache-control', 'cdn-cache-control'],
  },
  stale: { ...plainCdn.stale, sMaxageForbidsStale: false },
  fill: {
    ...plainCdn.fill,
    strip: [
      ...plainCdn.fill.strip,
      'x-country',
      'x-nf-account-id',
      'x-nf-client-connection-ip',
      'x-nf-deploy-id',
    ],
    headAsGet: false,
    ownFields: fromSaidAddress(upstreamFields),
  },
  downstream: {
    ...plainCdn.downstream,
    strip: [
      ASSET_FIELD,
      'netlify-cdn-cache-control',
      'netlify-cache-tag',
      'netlify-cache-id',
      'netlify-vary',
    ],
    cacheControl: {
      consumed: [],
      unlessFields: [],
      otherwise: 'public, max-age=0, must-revalidate',
    },
    ownFields,
  },
};

const UNSAID = 'Netlify’s pages do not say, and nobody has measured it';

const settings: readonly Setting<Policy>[] = [
  {
    name: 'no-cache',
    summary: 'what a response with no-cache is',
    standard: 'validated',
    values: {
      kind: 'choice',
      choices: {
        validated: unchanged,
        refused: (before) => ({
          ...before,
          storability: { ...before.storability, noCache: 'refused' },
        }),
      },
    },
    doubt: UNSAID,
  },
  {
    name: 'set-cookie',
    summary: 'what a response with Set-Cookie and a lifetime is',
    standard: 'stored',
    values: {
      kind: 'choice',
      choices: {
        stored: unchanged,
        refused: (before) => ({
          ...before,
          storability: { ...before.storability, setCookie: 'refused' },
        }),
      },
    },
    doubt: UNSAID,
  },
  authorizationSetting(UNSAID),
  staleIfErrorSetting(UNSAID),
];

export const netlify: Vendor = {
  name: 'netlify',
  title: 'Netlify',
  profiles: [
    {
      ...configurablePolicy(policy, settings),
      summary: 'Netlify: functions, proxies, and the files of a deploy',
    },
  ],
  staticRules,
  facts,
  purgeApi: {
    load: async () => (await import('./purge-api.ts')).createPurgeApi,
    basePath: '',
    siteWord: 'site',
  },
};
