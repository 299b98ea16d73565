import type { Fact } from '../vendor.ts';
import { inSdks, noCase, notEmulated } from '../without-case.ts';

const CDN = 'docs: CDN cache (March 2026)';
const CONTROL = 'docs: Cache-Control headers (April 2026)';
const STATUS = 'docs: cache status (July 2026)';
const RESPONSE = 'docs: response headers (2026)';
const REQUEST = 'docs: request headers (2026)';

export const facts: readonly Fact[] = [
  {
    id: 'vercel-methods',
    claim: 'GET and HEAD are cached.',
    evidence: 'doc',
    source: CDN,
    caseIds: ['vercel-methods'],
  },
  {
    id: 'vercel-request-fields',
    claim: 'Nothing is cached for a request with Range or Authorization.',
    evidence: 'doc',
    source: CDN,
    caseIds: ['vercel-range', 'vercel-authorization'],
  },
  {
    id: 'vercel-statuses',
    claim: 'Cached are 200, 404, 410, 301, 302, 307 and 308, and no other status.',
    evidence: 'doc',
    source: CDN,
    caseIds: [
      'vercel-status-200',
      'vercel-status-404',
      'vercel-status-410',
      'vercel-status-301',
      'vercel-status-302',
      'vercel-status-307',
      'vercel-status-308',
      'vercel-status-203-not',
      'vercel-status-300-not',
      'vercel-status-303-not',
      'vercel-status-500-not',
    ],
  },
  {
    id: 'vercel-max-object',
    claim: 'Responses of up to 10 MB are cached.',
    evidence: 'doc',
    source: CDN,
    caseIds: ['vercel-too-large'],
  },
  {
    id: 'vercel-max-stream',
    claim: 'Streamed responses are cached up to 20 MB.',
    evidence: 'doc',
    source: CDN,
    ...notEmulated('10 MB is the bound of all'),
  },
  {
    id: 'vercel-set-cookie',
    claim: 'A response with Set-Cookie is not cached.',
    evidence: 'doc',
    source: CDN,
    caseIds: ['vercel-set-cookie'],
  },
  {
    id: 'vercel-refusals',
    claim: 'Nor is one with private, no-cache or no-store.',
    evidence: 'doc',
    source: CDN,
    caseIds: ['vercel-private', 'vercel-no-cache', 'vercel-no-store'],
  },
  {
    id: 'vercel-vary-star',
    claim: 'Vary: * is as good as private.',
    evidence: 'doc',
    source: CDN,
    caseIds: ['vercel-vary-star'],
  },
  {
    id: 'vercel-explicit',
    claim:
      'A function’s response is cached where it names a lifetime: s-maxage in Cache-Control, or max-age or s-maxage in a CDN’s field.',
    evidence: 'doc',
    source: CDN,
    caseIds: ['vercel-s-maxage', 'vercel-cdn-field', 'vercel-own-field', 'vercel-without'],
  },
  {
    id: 'vercel-max-age',
    claim: 'max-age in Cache-Control alone is for browsers, and does not have it cached.',
    evidence: 'doc2',
    source:
      'a note that quotes the vendor; whether it is so is an open point, and the option function-max-age=counted the other reading',
    caseIds: ['vercel-max-age', 'vercel-max-age-counted'],
  },
  {
    id: 'vercel-default',
    claim:
      'Without Cache-Control it is `public, max-age=0, must-revalidate`, which caches nothing.',
    evidence: 'doc',
    source: CONTROL,
    caseIds: ['vercel-without', 'vercel-default-not-stored'],
  },
  {
    id: 'vercel-ttl',
    claim: 'A response is cached for 1 s at least and 31,536,000 s at most.',
    evidence: 'doc',
    source: CONTROL,
    caseIds: ['vercel-ttl-most', 'vercel-ttl-least', 'vercel-ttl-zero'],
  },
  {
    id: 'vercel-static',
    claim:
      'Files of a deployment are cached after the first request, for as long as the deployment lives, whatever their headers say.',
    evidence: 'doc',
    source: CDN,
    caseIds: ['vercel-asset', 'vercel-deployment'],
  },
  {
    id: 'vercel-static-query',
    claim: 'The query is no part of the key of a file.',
    evidence: 'doc',
    source: CDN,
    caseIds: ['vercel-asset'],
  },
  {
    id: 'vercel-static-unchanged',
    claim: 'Files that a deployment does not change stay cached over it.',
    evidence: 'doc',
    source: CDN,
    ...notEmulated('each deployment starts with nothing'),
  },
  {
    id: 'vercel-external',
    claim: 'What an external rewrite brings is cached as its Cache-Control says.',
    evidence: 'doc',
    source: 'changelog, by its title',
    caseIds: ['vercel-s-maxage'],
  },
  {
    id: 'vercel-precedence',
    claim:
      'Vercel-CDN-Cache-Control counts before CDN-Cache-Control, and that before Cache-Control.',
    evidence: 'doc',
    source: CONTROL,
    caseIds: ['vercel-cdn-field', 'vercel-own-field'],
  },
  {
    id: 'vercel-config-headers',
    claim:
      'Headers of a function win over those of vercel.json of the same name; a more specific one of vercel.json wins over a less specific one of a function.',
    evidence: 'doc',
    source: CONTROL,
    caseIds: ['vercel-cdn-field', 'vercel-own-field'],
  },
  {
    id: 'vercel-consumed',
    claim:
      'Where Cache-Control is alone, clients get it without s-maxage, stale-while-revalidate and stale-if-error.',
    evidence: 'doc',
    source: CONTROL,
    caseIds: ['vercel-consumed', 'vercel-consumed-all'],
  },
  {
    id: 'vercel-stripped',
    claim:
      'Clients never get Vercel-CDN-Cache-Control; CDN-Cache-Control, and Cache-Control beside it, they get as they are.',
    evidence: 'doc',
    source: CONTROL,
    caseIds: ['vercel-cdn-field', 'vercel-own-field'],
  },
  {
    id: 'vercel-s-maxage-stale',
    claim: 'When s-maxage is over, the stale response is served while it is refreshed.',
    evidence: 'doc',
    source: CONTROL,
    caseIds: ['vercel-s-maxage', 'vercel-swr-trap'],
  },
  {
    id: 'vercel-swr',
    claim: 'stale-while-revalidate is obeyed.',
    evidence: 'doc',
    source: CONTROL,
    caseIds: ['vercel-swr', 'vercel-swr-trap'],
  },
  {
    id: 'vercel-pragma',
    claim:
      'Pragma: no-cache of a client has a stale response revalidated while it waits: REVALIDATED.',
    evidence: 'doc',
    source: CONTROL,
    caseIds: ['vercel-pragma', 'vercel-pragma-304'],
  },
  {
    id: 'vercel-revalidated-deleted',
    claim: 'REVALIDATED is what follows on a deletion.',
    evidence: 'doc',
    source: STATUS,
    ...notEmulated('what was deleted is a MISS; the older page, on Pragma, is followed'),
  },
  {
    id: 'vercel-proxy-revalidate',
    claim: 'proxy-revalidate is not supported.',
    evidence: 'doc',
    source: CONTROL,
    caseIds: ['vercel-proxy-revalidate'],
  },
  {
    id: 'vercel-must-revalidate',
    claim: 'must-revalidate keeps nothing from being served stale.',
    evidence: 'mem-low',
    source: 'no page',
    caseIds: ['vercel-must-revalidate'],
  },
  {
    id: 'vercel-sie',
    claim:
      'stale-if-error is supported (one page) or not (another): the former is followed, and the option stale-if-error=ignored follows the latter.',
    evidence: 'doc',
    source: `${CONTROL}; ${CDN}`,
    caseIds: ['vercel-sie', 'vercel-sie-window', 'vercel-sie-ignored'],
  },
  {
    id: 'vercel-client-directives',
    claim: 'Cache-Control of clients counts for nothing.',
    evidence: 'mem',
    source: 'no page',
    caseIds: ['vercel-client-directives'],
  },
  {
    id: 'vercel-key',
    claim:
      'The key is method, URL, host, scheme and the deployment’s own URL, with Accept and Accept-Encoding.',
    evidence: 'doc',
    source: CDN,
    caseIds: ['vercel-key-query', 'vercel-key-accept', 'vercel-deployment'],
  },
  {
    id: 'vercel-key-fixed',
    claim: 'It cannot be configured.',
    evidence: 'doc',
    source: CDN,
    ...noCase('there is nothing to configure it with'),
  },
  {
    id: 'vercel-deployments',
    claim: 'Each deployment has a cache of its own.',
    evidence: 'doc',
    source: CDN,
    caseIds: ['vercel-deployment'],
  },
  {
    id: 'vercel-vary',
    claim:
      'Vary is obeyed in full, also for fields that the CDN makes, such as X-Vercel-IP-Country.',
    evidence: 'doc',
    source: CDN,
    caseIds: ['vercel-vary', 'vercel-vary-country'],
  },
  {
    id: 'vercel-vary-denied',
    claim: 'Fields with too many values are refused as part of Vary (vary_key_denied).',
    evidence: 'doc',
    source: STATUS,
    ...notEmulated('the bound is not documented'),
  },
  {
    id: 'vercel-collapsing',
    claim: 'Requests for a page (ISR) that is being generated wait for it, and show MISS.',
    evidence: 'doc',
    source: STATUS,
    ...notEmulated('those that waited show HIT'),
  },
  {
    id: 'vercel-regions',
    claim: 'Each region has a cache, with a shield for ISR.',
    evidence: 'doc',
    source: CDN,
    ...notEmulated('one edge is one cache'),
  },
  {
    id: 'vercel-plain-get',
    claim: 'Revalidation asks the function without conditions.',
    evidence: 'mem',
    source: 'no page',
    ...notEmulated('validators that are stored are offered'),
  },
  {
    id: 'vercel-status-words',
    claim:
      'x-vercel-cache is HIT, MISS (generated, and stored if it may be), STALE (past its time, soft-purged or after an error), REVALIDATED or BYPASS.',
    evidence: 'doc',
    source: STATUS,
    caseIds: [
      'vercel-s-maxage',
      'vercel-without',
      'vercel-pragma',
      'vercel-soft-purge',
      'vercel-bypass',
      'vercel-methods',
      'vercel-swr-over',
      'vercel-unreachable',
    ],
  },
  {
    id: 'vercel-draft-mode',
    claim: 'BYPASS is draft mode, experimentalBypassFor, or a crawler on a fallback page.',
    evidence: 'doc',
    source: STATUS,
    ...notEmulated('it is said where the cache is switched off; __prerender_bypass is any cookie'),
  },
  {
    id: 'vercel-prerender',
    claim: 'PRERENDER is what came from static storage.',
    evidence: 'doc',
    source: STATUS,
    ...notEmulated('the first request for a file is a MISS'),
  },
  {
    id: 'vercel-id',
    claim:
      'x-vercel-id names the regions that the request went through, here and towards functions.',
    evidence: 'doc',
    source: RESPONSE,
    caseIds: ['vercel-s-maxage', 'vercel-to-origin'],
  },
  {
    id: 'vercel-server',
    claim: 'Server is Vercel, and Age stands on what came from the cache.',
    evidence: 'doc',
    source: RESPONSE,
    caseIds: ['vercel-s-maxage'],
  },
  {
    id: 'vercel-hsts',
    claim: 'Strict-Transport-Security is max-age=63072000 by default.',
    evidence: 'doc',
    source: RESPONSE,
    ...notEmulated(
      'for two years it would keep a browser from plain HTTP on every port of the host',
    ),
  },
  {
    id: 'vercel-robots',
    claim: 'Previews say X-Robots-Tag: noindex.',
    evidence: 'doc',
    source: RESPONSE,
    ...notEmulated('it is production that is imitated'),
  },
  {
    id: 'vercel-matched-path',
    claim: 'x-matched-path is Vercel’s own.',
    evidence: 'doc',
    source: RESPONSE,
    ...notEmulated('frameworks set it for themselves'),
  },
  {
    id: 'vercel-to-origin',
    claim:
      'Functions get X-Forwarded-For with the client’s address alone, X-Vercel-Forwarded-For, X-Real-IP, X-Forwarded-Host, X-Forwarded-Proto, x-vercel-id and x-vercel-deployment-url.',
    evidence: 'doc',
    source: REQUEST,
    caseIds: ['vercel-to-origin'],
  },
  {
    id: 'vercel-geo',
    claim:
      'and X-Vercel-IP-Country, -Country-Region, -City, -Latitude, -Longitude, -Timezone, -Continent and -Postal-Code.',
    evidence: 'doc',
    source: REQUEST,
    caseIds: ['vercel-geo', 'vercel-geo-none'],
  },
  {
    id: 'vercel-tags',
    claim: 'Vercel-Cache-Tag names tags, separated by commas; clients do not get it.',
    evidence: 'doc2',
    source: 'docs: purge, quoted',
    caseIds: ['vercel-tags', 'vercel-soft-purge'],
  },
  {
    id: 'vercel-tag-limits',
    claim: 'A response has 128 tags at most, of 256 bytes.',
    evidence: 'doc2',
    source: 'docs: purge, quoted',
    ...notEmulated('all are taken'),
  },
  {
    id: 'vercel-invalidate',
    claim: 'Invalidation leaves a stale response that is served once more; deletion leaves none.',
    evidence: 'doc',
    source: 'docs: purge',
    caseIds: ['vercel-soft-purge', 'vercel-tags'],
  },
  {
    id: 'vercel-json',
    claim:
      'vercel.json has headers by source, with has and missing, redirects (308, 307), rewrites, cleanUrls and trailingSlash; sources are those of path-to-regexp, and of several rules for a header the last wins.',
    evidence: 'doc',
    source: 'docs: project configuration',
    ...noCase('it is the origin server that does it: packages/origin/test/vercel.test.ts'),
  },
  {
    id: 'vercel-json-limit',
    claim: 'It has 2048 routes at most.',
    evidence: 'mem',
    source: 'no page',
    ...noCase(
      'a file with more is refused, as it would be there: packages/origin/test/vercel.test.ts',
    ),
  },
  // ── Purging ────────────────────────────────────────────────────────────────────────────────
  {
    id: 'vercel-purge-calls',
    claim:
      'POST /v1/edge-cache/invalidate-by-tags, dangerously-delete-by-tags, invalidate-by-src-images and dangerously-delete-by-src-images with ?projectIdOrName; tags as a text or a list; an empty 200.',
    evidence: 'run',
    source: 'npm: @vercel/sdk 1.28.35',
    ...inSdks('vercel'),
  },
  {
    id: 'vercel-purge-limits',
    claim: 'A call has at most 16 tags, and a tag at most 256 bytes.',
    evidence: 'doc2',
    source: 'a page that quotes the vendor',
    ...inSdks('vercel'),
  },
  {
    id: 'vercel-purge-images',
    claim: 'A purge by source image reaches what was optimised of it, not the source.',
    evidence: 'doc',
    source: 'docs: purge',
    ...inSdks('vercel'),
  },
  {
    id: 'vercel-purge-deadline',
    claim:
      'revalidationDeadlineSeconds has what is deleted served until then while it is revalidated.',
    evidence: 'doc',
    source: 'docs: purge',
    ...notEmulated('what is deleted is gone at once'),
  },
  {
    id: 'vercel-purge-target',
    claim: 'target is production or preview.',
    evidence: 'run',
    source: 'npm: @vercel/sdk 1.28.35',
    ...notEmulated('there is one deployment, which stands for both'),
  },
  {
    id: 'vercel-purge-context',
    claim: '@vercel/functions purges through the context of the request, without an address.',
    evidence: 'doc',
    source: 'source: vercel/vercel',
    ...notEmulated('there is no such context: use the SDK, or poplet purge'),
  },
  {
    id: 'vercel-purge-data',
    claim: 'A purge by tag reaches the runtime cache and the data cache, too.',
    evidence: 'doc',
    source: 'docs: purge',
    ...notEmulated('these are of the application'),
  },
];
