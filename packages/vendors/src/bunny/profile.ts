import type { PathSelection, Policy } from '@poplet/policy';
import { configurablePolicy, type Setting, unchanged } from '../configurable.ts';
import { plainCdn } from '../plain-cdn.ts';
import { authorizationSetting, countrySetting } from '../policy-settings.ts';
import type { Vendor } from '../vendor.ts';
import { fromSaidAddress } from '../visitor.ts';
import { ownFields, upstreamFields } from './debug-headers.ts';
import { facts } from './facts.ts';

/** bunny-smart-cache-extensions */
const SMART_CACHE: PathSelection = {
  extensions:
    'avif bmp gif heic ico jpg jpeg pict png svg svg2 tif tiff webp 3g2 3gp asf avi flv m3u8 m4u mkv mp4 mpg swf ts vob webm yuv aif flac mid midi mp3 mpa ogg wav wma eot otf ttf woff woff2 csv doc docx odt pdf ppt pptx ps psd srt txt xls xlsx 7z bz2 gz iso jar rar tar xz zip zst bat class css dll ejs exe js apk bin dat dmg eps pls'.split(
      ' ',
    ),
  files: [],
};

const SUCCESSES = [200, 203, 204, 206];
const REDIRECTS = [300, 301, 302, 303, 307, 308];

/** A pull zone as it is made, which respects the origin, without Smart Cache. */
const policy: Policy = {
  ...plainCdn,
  name: 'bunny',
  key: { ...plainCdn.key, query: 'none' },
  storability: {
    ...plainCdn.storability,
    statuses: [...SUCCESSES, ...REDIRECTS],
    setCookie: 'stripped',
    vary: { fields: [], others: 'ignored', star: 'ignored' },
    tagFields: [{ name: 'cdn-tag', separator: 'comma' }],
  },
  freshness: { ...plainCdn.freshness, targetedFields: [] },
  stale: { ...plainCdn.stale, whileRevalidate: false, ifError: false, whenDisconnected: false },
  fill: {
    ...plainCdn.fill,
    ownFields: fromSaidAddress(upstreamFields),
  },
  coding: { ...plainCdn.coding, codings: ['br', 'gzip'] },
  downstream: { ...plainCdn.downstream, strip: ['cdn-tag'], ownFields },
};

/** What the customer sets of a pull zone, and what nobody is sure of. */
const settings: readonly Setting<Policy>[] = [
  {
    name: 'smart-cache',
    summary: 'Smart Cache: only paths with one of 79 extensions are cached',
    standard: 'off',
    values: {
      kind: 'choice',
      choices: {
        off: unchanged,
        on: (before) => ({ ...before, eligibility: { ...before.eligibility, paths: SMART_CACHE } }),
      },
    },
  },
  {
    name: 'cache-time',
    summary: 'Cache Expiration Time that overrides the origin’s; 0: the origin is respected',
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
                standardFields: 'ignored',
                defaultLifetimes: [{ statuses: [...SUCCESSES, ...REDIRECTS], seconds }],
              },
            },
    },
  },
  {
    name: 'default-time',
    summary: 'the lifetime where the origin names none; 0: it is not cached',
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
    doubt:
      'a page says that the origin has to send headers which allow caching; others remember 30 days without',
    instead: ['2592000'],
  },
  {
    name: 'query',
    summary:
      'Vary Cache, URL Query String: in any order (unordered), or left out of the key (none)',
    standard: 'none',
    values: {
      kind: 'choice',
      choices: {
        none: unchanged,
        unordered: (before) => ({ ...before, key: { ...before.key, query: 'unordered' } }),
        whole: (before) => ({ ...before, key: { ...before.key, query: 'whole' } }),
      },
    },
  },
  countrySetting('Vary Cache, Country Code: whether each country has what is stored for it'),
  {
    name: 'cookies',
    summary: 'whether Set-Cookie is taken out of responses, or kept with what is stored',
    standard: 'stripped',
    values: {
      kind: 'choice',
      choices: {
        stripped: unchanged,
        kept: (before) => ({
          ...before,
          storability: { ...before.storability, setCookie: 'stored' },
        }),
      },
    },
    doubt: 'that they are taken out is remembered, not read',
  },
  authorizationSetting('that it is not cached without leave is remembered, not read'),
  {
    name: 'stale',
    summary: 'Stale Cache, while updating and while the origin is offline',
    standard: 'off',
    values: {
      kind: 'choice',
      choices: {
        off: unchanged,
        on: (before) => ({
          ...before,
          stale: {
            ...before.stale,
            whileRevalidate: true,
            whileRevalidateByDefaultSeconds: Infinity,
            ifError: true,
            whenDisconnected: true,
            whenFailing: true,
          },
        }),
      },
    },
    doubt: 'no page says for how long',
  },
];

export const bunny: Vendor = {
  name: 'bunny',
  title: 'Bunny',
  profiles: [
    {
      ...configurablePolicy(policy, settings),
      summary: 'Bunny: a pull zone that respects the origin, without Smart Cache',
    },
  ],
  facts,
  purgeApi: {
    load: async () => (await import('./purge-api.ts')).createPurgeApi,
    basePath: '',
    siteWord: 'pull zone',
  },
};
