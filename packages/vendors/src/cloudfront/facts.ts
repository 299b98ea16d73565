import type { Fact } from '../vendor.ts';
import { noCase, notEmulated } from '../without-case.ts';

export const facts: readonly Fact[] = [
  {
    id: 'cloudfront-optimized',
    claim:
      'CachingOptimized: TTLs 1 / 86400 / 31536000 s; neither query nor cookies; Accept-Encoding in the key.',
    evidence: 'doc',
    source: 'docs: managed cache policies',
    caseIds: ['cloudfront-default', 'cloudfront-max', 'cloudfront-min'],
  },
  {
    id: 'cloudfront-disabled',
    claim: 'CachingDisabled: TTLs 0 / 0 / 0.',
    evidence: 'doc',
    source: 'docs: managed cache policies',
    caseIds: ['cloudfront-disabled', 'cloudfront-disabled-stale', 'cloudfront-disabled-default'],
  },
  {
    id: 'cloudfront-origin-headers',
    claim:
      'UseOriginCacheControlHeaders: TTLs 0 / 0 / 31536000 s; Host, Origin, the fields that override the method and all cookies in the key.',
    evidence: 'doc2',
    source: 'a note that quotes the vendor',
    caseIds: [
      'cloudfront-no-store-origin-headers',
      'cloudfront-no-cache-origin-headers',
      'cloudfront-private-origin-headers',
      'cloudfront-origin-headers-none',
      'cloudfront-origin-headers-max-age',
      'cloudfront-cookies-key',
    ],
  },
  {
    id: 'cloudfront-other-policies',
    claim:
      'There are other managed policies: CachingOptimizedForUncompressedObjects, UseOriginCacheControlHeaders-QueryStrings, Amplify.',
    evidence: 'doc',
    source: 'docs: managed cache policies',
    ...noCase(
      'three are profiles, and `--import` has all by their ids; of Amplify’s only the TTLs are known',
    ),
  },
  {
    id: 'cloudfront-ttl-default',
    claim: 'Where the origin names no lifetime, the default TTL holds.',
    evidence: 'doc',
    source: 'docs: managing how long content stays in the cache (2023)',
    caseIds: ['cloudfront-default'],
  },
  {
    id: 'cloudfront-ttl-clamp',
    claim: 'A lifetime is kept between the minimum and the maximum TTL.',
    evidence: 'doc',
    source: 'docs: managing how long content stays in the cache (2023)',
    caseIds: [
      'cloudfront-max',
      'cloudfront-min',
      'cloudfront-own-ttls-least',
      'cloudfront-own-ttls-given',
      'cloudfront-own-ttls-most',
    ],
  },
  {
    id: 'cloudfront-ttl-refusals',
    claim:
      'no-cache, no-store and private are respected under a minimum TTL of 0; above it the response is cached for the minimum TTL.',
    evidence: 'doc',
    source: 'docs: managing how long content stays in the cache (2023)',
    caseIds: [
      'cloudfront-no-store-optimized',
      'cloudfront-no-store-origin-headers',
      'cloudfront-no-cache-optimized',
      'cloudfront-no-cache-origin-headers',
      'cloudfront-private-optimized',
      'cloudfront-private-origin-headers',
    ],
  },
  {
    id: 'cloudfront-precedence',
    claim: 's-maxage wins over max-age, over Expires, over the default TTL.',
    evidence: 'doc',
    source: 'docs: managing how long content stays in the cache (2023)',
    caseIds: ['cloudfront-s-maxage', 'cloudfront-expires'],
  },
  {
    id: 'cloudfront-no-targeted',
    claim: 'CDN-Cache-Control and Surrogate-Control do not count.',
    evidence: 'mem',
    source: 'no page',
    caseIds: ['cloudfront-s-maxage'],
  },
  {
    id: 'cloudfront-verbatim',
    claim: 'Clients get Cache-Control as it was written.',
    evidence: 'doc',
    source: 'docs: managing how long content stays in the cache (2023)',
    caseIds: ['cloudfront-cache-control-verbatim'],
  },
  {
    id: 'cloudfront-error-statuses',
    claim: '404, 414, 500, 501, 502, 503 and 504 are always cached.',
    evidence: 'doc',
    source: 'docs: error caching',
    caseIds: [
      'cloudfront-error-404',
      'cloudfront-error-414',
      'cloudfront-error-500',
      'cloudfront-error-501',
      'cloudfront-error-502',
      'cloudfront-error-503',
      'cloudfront-error-504',
    ],
  },
  {
    id: 'cloudfront-error-conditional',
    claim: '400, 403, 405, 412 and 415 are cached where max-age or s-maxage is named.',
    evidence: 'doc',
    source: 'docs: error caching',
    caseIds: [
      'cloudfront-error-400',
      'cloudfront-error-400-lifetime',
      'cloudfront-error-403',
      'cloudfront-error-403-lifetime',
      'cloudfront-error-405',
      'cloudfront-error-405-lifetime',
      'cloudfront-error-415',
      'cloudfront-error-415-lifetime',
    ],
  },
  {
    id: 'cloudfront-error-412',
    claim: 'A 412 among them.',
    evidence: 'doc',
    source: 'docs: error caching',
    ...notEmulated('a 412 answers one client’s own condition, and is not stored'),
  },
  {
    id: 'cloudfront-error-ttl',
    claim:
      'Errors are cached for 10 s at least, and for the lifetime they name where that is longer.',
    evidence: 'doc',
    source: 'docs: error caching',
    caseIds: [
      'cloudfront-error-404',
      'cloudfront-error-414',
      'cloudfront-error-500',
      'cloudfront-error-501',
      'cloudfront-error-502',
      'cloudfront-error-503',
      'cloudfront-error-504',
      'cloudfront-error-longer',
      'cloudfront-error-shorter',
    ],
  },
  {
    id: 'cloudfront-redirects',
    claim: 'Redirects are cached and never followed.',
    evidence: 'doc',
    source: 'docs: request and response behavior',
    ...noCase('a redirect is a response like any other, as in `rfc9111`'),
  },
  {
    id: 'cloudfront-get-body',
    claim: 'A GET with a body is a 403.',
    evidence: 'doc',
    source: 'docs: request and response behavior',
    ...notEmulated('it is passed on'),
  },
  {
    id: 'cloudfront-max-object',
    claim: 'Objects of up to 50 GB are cached (30 GB in 2023).',
    evidence: 'doc',
    source: 'docs: quotas',
    ...noCase('fifty gigabytes for one case'),
  },
  {
    id: 'cloudfront-request-directives',
    claim: 'Cache-Control and Pragma of clients cannot force a fetch; both are forwarded.',
    evidence: 'doc',
    source: 'docs: managing how long content stays in the cache (2023)',
    caseIds: ['cloudfront-request-directives'],
  },
  {
    id: 'cloudfront-swr-sie',
    claim: 'stale-while-revalidate and stale-if-error are obeyed (since May 2023).',
    evidence: 'doc',
    source: 'what’s new, 2023-05-17',
    caseIds: ['cloudfront-swr', 'cloudfront-sie-0'],
  },
  {
    id: 'cloudfront-swr-cap',
    claim: 'Each is bounded by the maximum TTL.',
    evidence: 'doc',
    source: 'what’s new, 2023-05-17',
    caseIds: ['cloudfront-swr-cap', 'cloudfront-sie-cap'],
  },
  {
    id: 'cloudfront-must-revalidate',
    claim: 'must-revalidate and proxy-revalidate have no effect.',
    evidence: 'mem',
    source: 'no page',
    caseIds: ['cloudfront-swr'],
  },
  {
    id: 'cloudfront-stale',
    claim:
      'Where the origin fails or answers 5xx, an expired object is served; 4xx replaces it; stale-if-error=0 disables that.',
    evidence: 'doc',
    source: 'docs: managing how long content stays in the cache (2023)',
    caseIds: ['cloudfront-stale-on-5xx', 'cloudfront-sie-0'],
  },
  {
    id: 'cloudfront-stale-retry',
    claim: 'Meanwhile the origin is asked at the pace of the minimum TTL of errors.',
    evidence: 'doc',
    source: 'docs: managing how long content stays in the cache (2023)',
    ...notEmulated('it is asked each time'),
  },
  {
    id: 'cloudfront-set-cookie',
    claim:
      'Set-Cookie is cached with the object where cookies are forwarded, and dropped otherwise.',
    evidence: 'doc',
    source: 'docs: caching based on cookies',
    caseIds: ['cloudfront-cookies-key', 'cloudfront-set-cookie'],
  },
  {
    id: 'cloudfront-authorization',
    claim: 'Authorization does not reach the origin unless a policy names it.',
    evidence: 'doc',
    source: 'docs: request and response behavior',
    caseIds: ['cloudfront-to-origin'],
  },
  {
    id: 'cloudfront-query',
    claim: 'CachingOptimized: the query is no part of the key.',
    evidence: 'doc',
    source: 'docs: managed cache policies',
    caseIds: ['cloudfront-query'],
  },
  {
    id: 'cloudfront-forwarded',
    claim: 'What is part of the key is forwarded, and what is not is not.',
    evidence: 'doc',
    source: 'docs: understanding cache policies',
    caseIds: ['cloudfront-query', 'cloudfront-query-order', 'cloudfront-own-key'],
  },
  {
    id: 'cloudfront-query-order',
    claim: 'Where the query is part of the key, order and case count.',
    evidence: 'doc',
    source: 'docs: caching based on query strings',
    caseIds: ['cloudfront-query-order'],
  },
  {
    id: 'cloudfront-accept-encoding',
    claim:
      'Accept-Encoding is normalised to br,gzip, br, gzip or none, in the key and towards the origin.',
    evidence: 'doc',
    source: 'docs: serving compressed files',
    ...notEmulated('it is in the key without what has no meaning, and forwarded as it is'),
  },
  {
    id: 'cloudfront-vary',
    claim: 'Vary is never a key.',
    evidence: 'doc',
    source: 'docs: request and response behavior',
    caseIds: ['cloudfront-vary'],
  },
  {
    id: 'cloudfront-vary-star',
    claim: 'Vary: * under a minimum TTL of 0: the origin is asked each time without conditions.',
    evidence: 'doc',
    source: 'docs: request and response behavior',
    caseIds: ['cloudfront-vary-star'],
  },
  {
    id: 'cloudfront-vary-downstream',
    claim:
      'Clients see of Vary what the cache goes by: Accept-Encoding, Cookie, fields that are forwarded.',
    evidence: 'doc',
    source: 'docs: request and response behavior',
    caseIds: ['cloudfront-vary', 'cloudfront-vary-gone'],
  },
  {
    id: 'cloudfront-revalidation',
    claim: 'On expiry the origin is asked with If-None-Match or If-Modified-Since.',
    evidence: 'doc',
    source: 'docs: managing how long content stays in the cache (2023)',
    caseIds: ['cloudfront-revalidation'],
  },
  {
    id: 'cloudfront-viewer-conditions',
    claim: 'Conditions of clients are forwarded.',
    evidence: 'doc',
    source: 'docs: request and response behavior',
    ...notEmulated(
      'they are answered at the edge, and not forwarded where the answer may be stored',
    ),
  },
  {
    id: 'cloudfront-collapsing',
    claim:
      'Simultaneous misses of a key ask the origin once; not with CachingDisabled, nor where cookies are forwarded.',
    evidence: 'doc',
    source: 'docs: request and response behavior',
    ...notEmulated('what may be shared is collapsed under every profile'),
  },
  {
    id: 'cloudfront-ranges',
    claim:
      'A larger range than asked for may be fetched; unordered or overlapping ones get the whole.',
    evidence: 'doc',
    source: 'docs: range GETs',
    ...notEmulated('ranges as RFC 9110 §14.2 has them'),
  },
  {
    id: 'cloudfront-incomplete',
    claim: 'A body shorter than its Content-Length is not cached, nor one whose client went away.',
    evidence: 'doc',
    source: 'docs: request and response behavior',
    ...notEmulated('what came of it is kept as a part, and fills go on'),
  },
  {
    id: 'cloudfront-compression',
    claim:
      'Compressed are 46 media types, bodies of 1000 to 10,000,000 bytes, statuses 200, 403 and 404, br before gzip.',
    evidence: 'doc',
    source: 'docs: serving compressed files',
    ...notEmulated(
      'from 1000 bytes on, br before gzip, but the media types and statuses of `rfc9111`',
    ),
  },
  {
    id: 'cloudfront-shield',
    claim: 'Origin Shield is another layer.',
    evidence: 'doc2',
    source: 'docs: origin shield, quoted',
    ...notEmulated('one edge is one cache'),
  },
  {
    id: 'cloudfront-x-cache',
    claim: 'X-Cache is Hit, Miss, RefreshHit or Error from cloudfront.',
    evidence: 'doc2',
    source: 'pages that quote it',
    caseIds: ['cloudfront-fields'],
  },
  {
    id: 'cloudfront-via',
    claim:
      'Via is 1.1 <hex>.cloudfront.net (CloudFront), and X-Amz-Cf-Id is the same towards the origin.',
    evidence: 'doc',
    source: 'docs: request and response behavior',
    caseIds: ['cloudfront-fields'],
  },
  {
    id: 'cloudfront-pop',
    claim: 'X-Amz-Cf-Pop names the edge location: IAD89-C1.',
    evidence: 'mem',
    source: 'no page',
    caseIds: ['cloudfront-fields'],
  },
  {
    id: 'cloudfront-age',
    claim: 'Age stands on hits.',
    evidence: 'mem',
    source: 'no page',
    caseIds: ['cloudfront-fields'],
  },
  {
    id: 'cloudfront-server-timing',
    claim:
      'Server-Timing is sent where a response headers policy, or Pragma: server-timing, asks for it.',
    evidence: 'doc',
    source: 'docs: Server-Timing header',
    ...notEmulated('there is none'),
  },
  {
    id: 'cloudfront-to-origin',
    claim:
      'The origin gets User-Agent: Amazon CloudFront, X-Amz-Cf-Id and X-Forwarded-For, and not Accept, Accept-Charset, Accept-Language, Referer, Cookie and others.',
    evidence: 'doc',
    source: 'docs: request and response behavior',
    caseIds: ['cloudfront-to-origin'],
  },
  {
    id: 'cloudfront-device-fields',
    claim:
      'On demand the origin gets CloudFront-Viewer-Country, CloudFront-Is-Mobile-Viewer and others.',
    evidence: 'doc',
    source: 'docs: adding CloudFront request headers',
    ...notEmulated('there are none'),
  },
  // ── Invalidation ───────────────────────────────────────────────────────────────────────────
  {
    id: 'cloudfront-invalidation',
    claim:
      'POST /2020-05-31/distribution/{id}/invalidation takes and answers XML: 201 with Location and the status InProgress; GET of it says Completed by and by; errors name a code.',
    evidence: 'run',
    source: 'npm: @aws-sdk/client-cloudfront 3.1164.0',
    ...noCase(
      'purges over an API are none of the case format; sdks/test/cloudfront.test.ts has it',
    ),
  },
  {
    id: 'cloudfront-invalidation-paths',
    claim:
      'A path begins with a slash, has at most 4000 characters and a star at its end alone, spells the query where that is part of the key, and drops all that differs in headers and cookies; with and without a slash at the end are two.',
    evidence: 'doc',
    source: 'docs: invalidating files',
    ...noCase(
      'purges over an API are none of the case format; sdks/test/cloudfront.test.ts has it',
    ),
  },
  {
    id: 'cloudfront-invalidation-tags',
    claim:
      'An item #tag invalidates by tag, without regard to letter case, under the response header that the distribution names; at most 256 characters, no star.',
    evidence: 'doc',
    source: 'docs: cache tags',
    ...noCase(
      'purges over an API are none of the case format; sdks/test/cloudfront.test.ts has it',
    ),
  },
  {
    id: 'cloudfront-invalidation-limits',
    claim: 'At most 3000 paths and 15 wildcards are in progress at a time.',
    evidence: 'doc',
    source: 'docs: invalidation quotas, 2023',
    ...noCase(
      'purges over an API are none of the case format; sdks/test/cloudfront.test.ts has it',
    ),
  },
  {
    id: 'cloudfront-invalidation-rate',
    claim: '150 paths or tags a second, and one wildcard a second.',
    evidence: 'doc2',
    source: 'a note that quotes the vendor',
    ...notEmulated('only what is in progress at a time is bounded'),
  },
  {
    id: 'cloudfront-invalidation-reference',
    claim:
      'A caller reference names one batch: the same again gives the same invalidation, another batch an error.',
    evidence: 'mem',
    source: 'no page',
    ...noCase(
      'purges over an API are none of the case format; sdks/test/cloudfront.test.ts has it',
    ),
  },
  {
    id: 'cloudfront-invalidation-auth',
    claim: 'Calls are signed (SigV4, service cloudfront); a call without a signature is a 403.',
    evidence: 'run',
    source: 'npm: @aws-sdk/client-cloudfront 3.1164.0',
    ...noCase(
      'purges over an API are none of the case format; sdks/test/cloudfront.test.ts has it',
    ),
  },
  {
    id: 'cloudfront-tags-per-object',
    claim: 'At most 50 tags an object.',
    evidence: 'doc',
    source: 'docs: cache tags',
    ...notEmulated('any number is taken'),
  },
];
