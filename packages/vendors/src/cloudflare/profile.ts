import { REQUEST_DIRECTIVES, rfc9111, type Policy } from '@poplet/policy';
import type { Vendor } from '../vendor.ts';
import { ownFields, upstreamFields } from './debug-headers.ts';
import { facts } from './facts.ts';

/** cloudflare-extensions: matched without regard to case. */
const EXTENSIONS =
  '7z avi avif apk bin bmp bz2 class css csv doc docx dmg ejs eot eps exe flac gif gz ico iso jar jpg jpeg js mid midi mkv mp3 mp4 ogg otf pdf pict pls png ppt pptx ps rar svg svgz swf tar tif tiff ttf webm webp woff woff2 xls xlsx zip zst'.split(
    ' ',
  );

/** A zone of the Free, Pro or Business plan as it is when nobody has changed it: Origin Cache Control is on. */
const policy: Policy = {
  ...rfc9111,
  name: 'cloudflare',
  key: {
    ...rfc9111.key,
    noVarySearch: false,
    contentLanguageSelects: false,
    // They are part of the key instead.
    overrideFields: [],
    fields: [
      'origin',
      'x-http-method-override',
      'x-http-method',
      'x-method-override',
      'x-forwarded-host',
      'x-host',
      'x-forwarded-scheme',
      'x-original-url',
      'x-rewrite-url',
      'forwarded',
    ],
  },
  eligibility: { paths: { extensions: EXTENSIONS, files: ['robots.txt'] } },
  storability: {
    ...rfc9111.storability,
    heuristicStatuses: [],
    setCookie: 'refused',
    noCache: 'refused',
    vary: { fields: [], others: 'ignored', star: 'refused' },
    postAnswers: false,
    maxBodyBytes: 512 * 1024 * 1024,
    tagFields: [{ name: 'cache-tag', separator: 'comma' }],
  },
  freshness: {
    ...rfc9111.freshness,
    targetedFields: ['cloudflare-cdn-cache-control', 'cdn-cache-control'],
    mutingFields: ['surrogate-control'],
    heuristicFraction: 0,
    defaultLifetimes: [
      { statuses: [200, 206, 301], seconds: 7200 },
      { statuses: [302, 303], seconds: 1200 },
      { statuses: [404, 410], seconds: 180 },
    ],
  },
  validation: { ...rfc9111.validation, ignoredRequestDirectives: REQUEST_DIRECTIVES },
  invalidation: { ...rfc9111.invalidation, groups: 'ignored' },
  fill: {
    ...rfc9111.fill,
    strip: [...rfc9111.fill.strip, 'x-poplet-country'],
    acceptEncoding: 'br, gzip',
    ownFields: upstreamFields,
  },
  coding: { ...rfc9111.coding, minBytes: 50 },
  downstream: {
    ...rfc9111.downstream,
    earlyHints: 'forwarded',
    strip: [
      'cloudflare-cdn-cache-control',
      'cache-tag',
      'x-accel-buffering',
      'x-accel-charset',
      'x-accel-limit-rate',
      'x-accel-redirect',
    ],
    ownFields,
  },
};

export const cloudflare: Vendor = {
  name: 'cloudflare',
  title: 'Cloudflare',
  profiles: [
    { policy, summary: 'Cloudflare: a Free, Pro or Business zone as it is when nobody changed it' },
  ],
  facts,
};
