import type { Policy } from '@poplet/policy';
import { configurablePolicy, type Setting, unchanged } from '../configurable.ts';
import { plainCdn } from '../plain-cdn.ts';
import type { Vendor } from '../vendor.ts';
import { fromSaidAddress } from '../visitor.ts';
import { ownFieldsWith, upstreamFields } from './debug-headers.ts';
import { facts } from './facts.ts';
import { staticRules } from './static-rules.ts';

/** cloudflare-extensions: matched without regard to case. */
const EXTENSIONS =
  '7z avi avif apk bin bmp bz2 class css csv doc docx dmg ejs eot eps exe flac gif gz ico iso jar jpg jpeg js mid midi mkv mp3 mp4 ogg otf pdf pict pls png ppt pptx ps rar svg svgz swf tar tif tiff ttf webm webp woff woff2 xls xlsx zip zst'.split(
    ' ',
  );

/** A zone of the Free, Pro or Business plan as it is when nobody has changed it: Origin Cache Control is on. */
export const cloudflarePolicy: Policy = {
  ...plainCdn,
  name: 'cloudflare',
  key: {
    ...plainCdn.key,
    // Those that override the method or the host are among them.
    fields: [
      'origin',
      'x-http-method-override',
      'x-http-method',
      'x-method-override',
      'x-forwarded-host',
      'x-host',
      'x-original-url',
      'x-rewrite-url',
      'forwarded',
    ],
  },
  eligibility: {
    ...plainCdn.eligibility,
    paths: { extensions: EXTENSIONS, files: ['robots.txt'] },
  },
  storability: {
    ...plainCdn.storability,
    heuristicStatuses: [],
    setCookie: 'refused',
    noCache: 'refused',
    vary: { fields: [], others: 'ignored', star: 'refused' },
    maxBodyBytes: 512 * 1024 * 1024,
    tagFields: [{ name: 'cache-tag', separator: 'comma', foldsCase: true }],
  },
  freshness: {
    ...plainCdn.freshness,
    targetedFields: ['cloudflare-cdn-cache-control', 'cdn-cache-control'],
    mutingFields: ['surrogate-control'],
    defaultLifetimes: [
      { statuses: [200, 206, 301], seconds: 7200 },
      { statuses: [302, 303], seconds: 1200 },
      { statuses: [404, 410], seconds: 180 },
    ],
  },
  fill: {
    ...plainCdn.fill,
    acceptEncoding: 'br, gzip',
    ownFields: fromSaidAddress(upstreamFields),
  },
  coding: { ...plainCdn.coding, minBytes: 50 },
  downstream: {
    ...plainCdn.downstream,
    strip: [
      'cloudflare-cdn-cache-control',
      'cache-tag',
      'x-accel-buffering',
      'x-accel-charset',
      'x-accel-limit-rate',
      'x-accel-redirect',
    ],
    ownFields: ownFieldsWith(0),
  },
};

/** cloudflare-occ-off: Origin Cache Control as an Enterprise zone may switch it off. */
export function withoutOriginCacheControl(before: Policy): Policy {
  const { freshness, stale, storability } = before;
  return {
    ...before,
    storability: {
      ...storability,
      authorization: 'shared',
      neverFresh: 'refused',
      noCache: 'refused',
      setCookie: 'stripped-where-stored',
    },
    freshness: {
      ...freshness,
      ignoredDirectives: [...freshness.ignoredDirectives, 'must-revalidate', 'proxy-revalidate'],
    },
    stale: { ...stale, sMaxageForbidsStale: false },
  };
}

const settings: readonly Setting<Policy>[] = [
  {
    name: 'no-cache',
    summary: 'what a response with no-cache is',
    standard: 'refused',
    values: {
      kind: 'choice',
      choices: {
        refused: unchanged,
        validated: (before) => ({
          ...before,
          storability: { ...before.storability, noCache: 'validated' },
        }),
      },
    },
    doubt:
      'of Cloudflare’s own pages one says BYPASS, and another that it is stored and revalidated',
  },
  {
    name: 'max-age-0',
    summary: 'what a response with max-age=0 or s-maxage=0 is',
    standard: 'validated',
    values: {
      kind: 'choice',
      choices: {
        validated: unchanged,
        refused: (before) => ({
          ...before,
          storability: { ...before.storability, neverFresh: 'refused' },
        }),
      },
    },
    doubt:
      'of Cloudflare’s own pages one says that it is stored and revalidated, and others that it is not cached',
  },
  {
    name: 'browser-ttl',
    summary:
      'Browser Cache TTL: the least max-age of what is cached, for browsers; 0: existing headers are respected',
    standard: '0',
    values: {
      kind: 'seconds',
      baseWith: (before, seconds) => ({
        ...before,
        downstream: { ...before.downstream, ownFields: ownFieldsWith(seconds) },
      }),
    },
    doubt: 'people remember 4 hours as what a new zone has, and no page that was read says so',
    instead: ['14400'],
  },
  {
    name: 'origin-cache-control',
    summary: 'Origin Cache Control, which Enterprise zones may switch off',
    standard: 'on',
    values: { kind: 'choice', choices: { on: unchanged, off: withoutOriginCacheControl } },
  },
];

export const cloudflare: Vendor = {
  name: 'cloudflare',
  title: 'Cloudflare',
  profiles: [
    {
      ...configurablePolicy(cloudflarePolicy, settings),
      summary: 'Cloudflare: a Free, Pro or Business zone as it is when nobody changed it',
    },
  ],
  staticRules,
  facts,
  purgeApi: {
    load: async () => (await import('./purge-api.ts')).createPurgeApi,
    basePath: '/client/v4',
    siteWord: 'zone',
  },
};
