import type { Fact } from '../vendor.ts';
import { inRates, inSdks, noCase, notEmulated } from '../without-case.ts';

export const facts: readonly Fact[] = [
  // ── What is cached ─────────────────────────────────────────────────────────────────────────
  {
    id: 'cloudflare-methods',
    claim:
      'Only answers to GET are cached; a HEAD on an eligible URL is asked for as a GET and stored.',
    evidence: 'doc',
    source: 'docs: default cache behavior',
    caseIds: ['cloudflare-post-dynamic', 'cloudflare-head-as-get'],
  },
  {
    id: 'cloudflare-extensions',
    claim:
      'Eligible are 56 extensions, compared without regard to case: 7z avi avif apk bin bmp bz2 class css csv doc docx dmg ejs eot eps exe flac gif gz ico iso jar jpg jpeg js mid midi mkv mp3 mp4 ogg otf pdf pict pls png ppt pptx ps rar svg svgz swf tar tif tiff ttf webm webp woff woff2 xls xlsx zip zst.',
    evidence: 'doc',
    source: 'docs: default cache behavior',
    caseIds: [
      'cloudflare-extension-cached',
      'cloudflare-extension-case',
      'cloudflare-each-extension',
    ],
  },
  {
    id: 'cloudflare-robots',
    claim: 'robots.txt is eligible.',
    evidence: 'doc',
    source: 'docs: default cache behavior',
    caseIds: ['cloudflare-robots'],
  },
  {
    id: 'cloudflare-not-by-type',
    claim: 'The extension of the URL decides, never the media type.',
    evidence: 'doc',
    source: 'docs: default cache behavior',
    caseIds: ['cloudflare-extension-cached', 'cloudflare-no-extension-dynamic'],
  },
  {
    id: 'cloudflare-not-eligible',
    claim: 'What is not eligible (HTML, JSON, paths without an extension) is DYNAMIC.',
    evidence: 'doc',
    source: 'docs: default cache behavior',
    caseIds: ['cloudflare-html-dynamic', 'cloudflare-no-extension-dynamic'],
  },
  {
    id: 'cloudflare-bypass',
    claim: 'An eligible response that the origin forbids to cache is BYPASS.',
    evidence: 'doc',
    source: 'docs: cache responses',
    caseIds: ['cloudflare-no-store', 'cloudflare-private'],
  },
  {
    id: 'cloudflare-max-object',
    claim: 'Objects of up to 512 MB are cached (Free, Pro, Business); 5 GB on Enterprise.',
    evidence: 'doc',
    source: 'docs: default cache behavior',
    ...noCase('half a gigabyte for one case'),
  },
  {
    id: 'cloudflare-fills-on',
    claim: 'Once the origin has begun to answer, the cache is filled even if the client goes away.',
    evidence: 'doc',
    source: 'docs: default cache behavior',
    ...noCase(
      'a client that goes away is none of the case format; packages/edge/test/pipeline has it',
    ),
  },
  // ── For how long ───────────────────────────────────────────────────────────────────────────
  {
    id: 'cloudflare-default-lifetimes',
    claim:
      'Without Cache-Control and Expires: 200, 206, 301 for 7200 s; 302, 303 for 1200 s; 404, 410 for 180 s.',
    evidence: 'doc',
    source: 'docs: edge TTL',
    caseIds: [
      'cloudflare-default-200',
      'cloudflare-default-301',
      'cloudflare-default-302',
      'cloudflare-default-303',
      'cloudflare-default-404',
      'cloudflare-default-410',
    ],
  },
  {
    id: 'cloudflare-default-others',
    claim: 'Any other status is stored only where the origin names a lifetime.',
    evidence: 'doc',
    source: 'docs: edge TTL',
    caseIds: [
      'cloudflare-default-none-203',
      'cloudflare-default-none-307',
      'cloudflare-default-none-308',
      'cloudflare-default-none-403',
      'cloudflare-default-none-500',
      'cloudflare-explicit-status',
    ],
  },
  {
    id: 'cloudflare-no-heuristics',
    claim: 'No lifetime is guessed from Last-Modified.',
    evidence: 'mem',
    source: 'no page',
    caseIds: ['cloudflare-no-heuristic'],
  },
  {
    id: 'cloudflare-precedence',
    claim:
      'Cloudflare-CDN-Cache-Control wins over CDN-Cache-Control, over s-maxage, over max-age, over Expires.',
    evidence: 'doc',
    source: 'docs: CDN-Cache-Control; origin cache control',
    caseIds: [
      'cloudflare-max-age-over-expires',
      'cloudflare-expires',
      'cloudflare-s-maxage-over-max-age',
      'cloudflare-cdn-cache-control',
      'cloudflare-own-cache-control',
    ],
  },
  {
    id: 'cloudflare-expires-beside-targeted',
    claim: 'Expires has no influence beside either CDN-Cache-Control field.',
    evidence: 'doc',
    source: 'docs: CDN-Cache-Control',
    caseIds: ['cloudflare-targeted-mutes-expires'],
  },
  {
    id: 'cloudflare-surrogate-control',
    claim: 'Where Surrogate-Control is present, even empty, Cache-Control is disregarded.',
    evidence: 'doc',
    source: 'docs: CDN-Cache-Control',
    caseIds: ['cloudflare-surrogate-control'],
  },
  {
    id: 'cloudflare-targeted-forwarded',
    claim:
      'CDN-Cache-Control and Cache-Control reach clients; of both CDN fields the unprefixed one is only forwarded.',
    evidence: 'doc',
    source: 'docs: CDN-Cache-Control',
    caseIds: ['cloudflare-cdn-cache-control', 'cloudflare-own-cache-control'],
  },
  {
    id: 'cloudflare-edge-ttl-rules',
    claim:
      'Cache rules may override all of it: respect_origin, bypass_by_default, override_origin, and lifetimes by status.',
    evidence: 'doc',
    source: 'docs: cache rules settings',
    ...noCase('`--import` reads them: packages/vendors/test/import.test.ts'),
  },
  {
    id: 'cloudflare-response-rules',
    claim:
      'A Cache Response Rule’s set_cache_control counts before what the origin says, and behind an Edge TTL that overrides.',
    evidence: 'doc',
    source: 'docs: CDN-Cache-Control',
    ...notEmulated('`--import` reads cache rules alone'),
  },
  {
    id: 'cloudflare-304-lifetime',
    claim: 'A 304 without a lifetime inherits that of the 200; another replaces it.',
    evidence: 'doc',
    source: 'docs: cache rules settings',
    caseIds: ['cloudflare-304-lifetime'],
  },
  {
    id: 'cloudflare-browser-ttl',
    claim:
      'Browser Cache TTL raises a max-age that is lower than the zone’s setting, or absent, unless existing headers are respected; the CDN-Cache-Control fields stay as they are.',
    evidence: 'doc',
    source: 'docs: edge and browser cache TTL',
    caseIds: [
      'cloudflare-browser-ttl',
      'cloudflare-browser-ttl-more',
      'cloudflare-browser-ttl-not-cached',
      'cloudflare-browser-ttl-respected',
    ],
  },
  {
    id: 'cloudflare-browser-ttl-default',
    claim: 'A new zone has 4 hours.',
    evidence: 'mem',
    source: 'no page',
    ...notEmulated(
      'existing headers are respected unless the option says otherwise; explain plays 4 hours through',
    ),
  },
  // ── Directives ─────────────────────────────────────────────────────────────────────────────
  {
    id: 'cloudflare-zero-lifetime',
    claim:
      'max-age=0 and s-maxage=0 are stored and validated each time (origin cache control), or not cached (default cache behavior, cache responses): the former is followed, which is what people see, and an option follows the latter.',
    evidence: 'doc',
    source: 'docs: origin cache control; default cache behavior; cache responses',
    caseIds: ['cloudflare-max-age-0', 'cloudflare-s-maxage-0', 'cloudflare-max-age-0-refused'],
  },
  {
    id: 'cloudflare-no-cache',
    claim:
      'no-cache: Cloudflare’s pages conflict. One says BYPASS, one "not cached", one "stored and always revalidated". The profile takes BYPASS, which is what people see, and an option the last.',
    evidence: 'doc',
    source: 'docs: cache responses; default cache behavior; origin cache control',
    caseIds: ['cloudflare-no-cache', 'cloudflare-no-cache-validated'],
  },
  {
    id: 'cloudflare-no-cache-field',
    claim: 'no-cache="h" is stored where the named fields are absent, else always revalidated.',
    evidence: 'doc',
    source: 'docs: origin cache control',
    ...notEmulated('the named fields are left out of what is stored, as RFC 9111 §5.2.2.4 has it'),
  },
  {
    id: 'cloudflare-private-field',
    claim: 'private="h" is stored without the named fields.',
    evidence: 'doc',
    source: 'docs: origin cache control',
    caseIds: ['cloudflare-private-field'],
  },
  {
    id: 'cloudflare-must-revalidate',
    claim: 'must-revalidate and proxy-revalidate: never served stale.',
    evidence: 'doc',
    source: 'docs: origin cache control',
    caseIds: ['cloudflare-swr-must-revalidate', 'cloudflare-swr-proxy-revalidate'],
  },
  {
    id: 'cloudflare-s-maxage-stale',
    claim: 's-maxage implies proxy-revalidate.',
    evidence: 'doc',
    source: 'docs: origin cache control',
    caseIds: ['cloudflare-swr-s-maxage-60'],
  },
  {
    id: 'cloudflare-no-transform',
    claim: 'no-transform: the body stays as it is, its coding included.',
    evidence: 'doc',
    source: 'docs: origin cache control',
    caseIds: ['cloudflare-no-transform'],
  },
  {
    id: 'cloudflare-immutable',
    claim: 'immutable is sent downstream.',
    evidence: 'doc',
    source: 'docs: origin cache control',
    caseIds: ['cloudflare-immutable'],
  },
  {
    id: 'cloudflare-authorization',
    claim:
      'The answer to a request with Authorization is cached with must-revalidate, public or s-maxage only.',
    evidence: 'doc',
    source: 'docs: origin cache control',
    caseIds: [
      'cloudflare-authorization',
      'cloudflare-authorization-public',
      'cloudflare-authorization-s-maxage-60',
      'cloudflare-authorization-must-revalidate',
    ],
  },
  {
    id: 'cloudflare-set-cookie',
    claim: 'A response with Set-Cookie is not cached, keeps the cookie, and is BYPASS.',
    evidence: 'doc',
    source: 'docs: origin cache control; default cache behavior',
    caseIds: ['cloudflare-set-cookie'],
  },
  {
    id: 'cloudflare-swr',
    claim:
      'stale-while-revalidate is asynchronous (Free, Pro, Business): the first request after expiry gets the stale response with UPDATING, and HIT follows.',
    evidence: 'doc',
    source: 'docs: revalidation',
    caseIds: ['cloudflare-swr'],
  },
  {
    id: 'cloudflare-occ-off',
    claim:
      'Origin Cache Control off (Enterprise): max-age=0 and no-cache are not cached, must-revalidate and proxy-revalidate are ignored, s-maxage is like max-age, Authorization does not count, Set-Cookie is taken out of what is cached.',
    evidence: 'doc',
    source: 'docs: origin cache control',
    caseIds: [
      'cloudflare-occ-off-max-age-0',
      'cloudflare-occ-off-no-cache',
      'cloudflare-occ-off-must-revalidate',
      'cloudflare-occ-off-proxy-revalidate',
      'cloudflare-occ-off-s-maxage',
      'cloudflare-occ-off-authorization',
      'cloudflare-occ-off-set-cookie',
    ],
  },
  {
    id: 'cloudflare-occ-off-others',
    claim:
      'Then no-cache="h" and private="h" are not cached either, bodies may be changed beside no-transform, and immutable is not sent to clients.',
    evidence: 'doc',
    source: 'docs: origin cache control',
    ...notEmulated('these are as they are with it on'),
  },
  {
    id: 'cloudflare-swr-before',
    claim:
      'Before 2026 it was not: the first request after expiry waited, and others got UPDATING meanwhile.',
    evidence: 'doc',
    source: 'docs: revalidation',
    ...notEmulated('it is asynchronous'),
  },
  {
    id: 'cloudflare-no-swr',
    claim: 'Without it clients wait: EXPIRED or REVALIDATED.',
    evidence: 'doc',
    source: 'docs: revalidation',
    caseIds: ['cloudflare-no-swr-waits'],
  },
  {
    id: 'cloudflare-swr-forbidden',
    claim: 'Beside s-maxage, must-revalidate or proxy-revalidate it does nothing: EXPIRED.',
    evidence: 'doc',
    source: 'docs: revalidation',
    caseIds: [
      'cloudflare-swr-must-revalidate',
      'cloudflare-swr-proxy-revalidate',
      'cloudflare-swr-s-maxage-60',
    ],
  },
  {
    id: 'cloudflare-sie',
    claim: 'stale-if-error serves the stale response for so many seconds; =0 forbids it.',
    evidence: 'doc',
    source: 'docs: revalidation',
    caseIds: ['cloudflare-sie', 'cloudflare-sie-0'],
  },
  {
    id: 'cloudflare-sie-forbidden',
    claim: 'Beside must-revalidate, proxy-revalidate or s-maxage it is ignored.',
    evidence: 'doc',
    source: 'docs: origin cache control',
    caseIds: [
      'cloudflare-sie-must-revalidate',
      'cloudflare-sie-proxy-revalidate',
      'cloudflare-sie-s-maxage-60',
    ],
  },
  {
    id: 'cloudflare-always-online',
    claim: 'With Always Online, stale-while-revalidate and stale-if-error are ignored.',
    evidence: 'doc',
    source: 'docs: revalidation',
    ...notEmulated('Always Online serves copies from the Internet Archive'),
  },
  {
    id: 'cloudflare-request-directives',
    claim: 'Cache-Control and Pragma of clients are ignored.',
    evidence: 'mem',
    source: 'no page',
    caseIds: ['cloudflare-request-directives'],
  },
  // ── The key ────────────────────────────────────────────────────────────────────────────────
  {
    id: 'cloudflare-query',
    claim: 'The whole query is part of the key, its order included.',
    evidence: 'doc',
    source: 'docs: cache keys',
    caseIds: ['cloudflare-query-order'],
  },
  {
    id: 'cloudflare-key',
    claim:
      'So are Origin, X-HTTP-Method-Override, X-HTTP-Method and X-Method-Override, X-Forwarded-Host, X-Host, X-Original-URL, X-Rewrite-URL and Forwarded.',
    evidence: 'doc',
    source: 'docs: cache keys',
    caseIds: [
      'cloudflare-key-origin',
      'cloudflare-key-x-http-method-override',
      'cloudflare-key-x-http-method',
      'cloudflare-key-x-method-override',
      'cloudflare-key-x-forwarded-host',
      'cloudflare-key-x-host',
      'cloudflare-key-x-original-url',
      'cloudflare-key-x-rewrite-url',
      'cloudflare-key-forwarded',
    ],
  },
  {
    id: 'cloudflare-key-forwarded-scheme',
    claim: 'X-Forwarded-Scheme is, unless it says http or https.',
    evidence: 'doc',
    source: 'docs: cache keys',
    ...notEmulated('it never is, and no origin server gets it'),
  },
  {
    id: 'cloudflare-custom-key',
    claim:
      'Custom keys may sort or drop the query, and add fields, cookies, device, country, language.',
    evidence: 'doc',
    source: 'docs: cache keys',
    ...noCase('`--import` reads them: packages/vendors/test/import.test.ts'),
  },
  {
    id: 'cloudflare-vary',
    claim: 'Vary does not tell responses apart.',
    evidence: 'doc',
    source: 'docs: cache control',
    caseIds: ['cloudflare-vary'],
  },
  {
    id: 'cloudflare-vary-images',
    claim: 'Vary for images tells those apart that differ in Accept.',
    evidence: 'doc',
    source: 'docs: vary for images',
    ...notEmulated('images are like others'),
  },
  {
    id: 'cloudflare-vary-star',
    claim: 'Vary: * is BYPASS.',
    evidence: 'doc',
    source: 'docs: vary',
    caseIds: ['cloudflare-vary-star'],
  },
  {
    id: 'cloudflare-vary-rules',
    claim: 'Since 2026 a cache rule may normalize, pass through or bypass by named request fields.',
    evidence: 'doc',
    source: 'docs: vary',
    ...notEmulated('`--import` lists it among what is not emulated'),
  },
  // ── Asking the origin ──────────────────────────────────────────────────────────────────────
  {
    id: 'cloudflare-revalidated',
    claim:
      'On expiry the origin is asked with If-None-Match or If-Modified-Since; a 304 is REVALIDATED.',
    evidence: 'doc',
    source: 'docs: ETag headers',
    caseIds: ['cloudflare-max-age-0', 'cloudflare-no-swr-waits'],
  },
  {
    id: 'cloudflare-conditions',
    claim: 'Validators of a client are not forwarded on a miss of a cacheable URL.',
    evidence: 'doc',
    source: 'docs: ETag headers',
    caseIds: ['cloudflare-conditions-kept'],
  },
  {
    id: 'cloudflare-smart-revalidation',
    claim:
      'Where the origin sends neither ETag nor Last-Modified, Cloudflare makes a Last-Modified.',
    evidence: 'doc',
    source: 'docs: ETag headers',
    ...notEmulated('no validator is made up'),
  },
  {
    id: 'cloudflare-collapsing',
    claim: 'Of simultaneous misses one asks the origin, and the others get its body as it comes.',
    evidence: 'doc',
    source: 'docs: revalidation',
    ...noCase(
      'simultaneous requests are none of the case format; packages/edge/test/pipeline has it',
    ),
  },
  {
    id: 'cloudflare-tiered',
    claim: 'Tiered Cache asks an upper tier first.',
    evidence: 'doc',
    source: 'docs: tiered cache',
    ...notEmulated('one edge is one data centre'),
  },
  {
    id: 'cloudflare-accept-encoding',
    claim: 'The origin is always asked with Accept-Encoding: br, gzip.',
    evidence: 'doc',
    source: 'docs: content compression',
    caseIds: ['cloudflare-accept-encoding'],
  },
  {
    id: 'cloudflare-compression',
    claim:
      'Towards visitors: zstd, br or gzip by plan, for 200, 403, 404 only, from 48 bytes (gzip) or 50 (br, zstd) on.',
    evidence: 'doc',
    source: 'docs: content compression',
    ...notEmulated('any status, 50 bytes for all codings, and the media types of `rfc9111`'),
  },
  {
    id: 'cloudflare-etag',
    claim: 'A strong ETag becomes weak where Cloudflare codes the body.',
    evidence: 'doc',
    source: 'docs: ETag headers',
    caseIds: ['cloudflare-etag-weak'],
  },
  {
    id: 'cloudflare-etag-malformed',
    claim: 'One that is malformed is dropped.',
    evidence: 'doc',
    source: 'docs: ETag headers',
    ...notEmulated('it is passed on, and is no validator'),
  },
  {
    id: 'cloudflare-etag-respected',
    claim: 'Respect Strong ETags keeps bodies from being coded.',
    evidence: 'doc',
    source: 'docs: ETag headers',
    ...notEmulated('it is off'),
  },
  // ── To the origin ──────────────────────────────────────────────────────────────────────────
  {
    id: 'cloudflare-to-origin',
    claim:
      'The origin gets CF-Connecting-IP, X-Forwarded-For (appended), X-Forwarded-Proto, CF-RAY, CF-IPCountry (XX where unknown) and CF-Visitor.',
    evidence: 'doc',
    source: 'docs: HTTP headers',
    caseIds: ['cloudflare-to-origin', 'cloudflare-country'],
  },
  {
    id: 'cloudflare-to-origin-others',
    claim:
      'and Connection: Keep-Alive; True-Client-IP, CF-Connecting-IPv6 and CF-Pseudo-IPv4 on demand; CF-EW-Via and CF-Worker where a Worker asks.',
    evidence: 'doc',
    source: 'docs: HTTP headers',
    ...notEmulated('it does not get them'),
  },
  {
    id: 'cloudflare-loop',
    claim: 'The origin gets CDN-Loop: cloudflare.',
    evidence: 'doc',
    source: 'docs: HTTP headers',
    ...notEmulated('CDN-Loop names poplet, which finds its own loops by it'),
  },
  // ── To the client ──────────────────────────────────────────────────────────────────────────
  {
    id: 'cloudflare-age',
    claim:
      'Age stands on what the cache serves, begins anew with each revalidation, and stands on no MISS and no DYNAMIC.',
    evidence: 'doc',
    source: 'docs: cache responses',
    caseIds: ['cloudflare-extension-cached', 'cloudflare-html-dynamic', 'cloudflare-swr'],
  },
  {
    id: 'cloudflare-stale',
    claim: 'STALE: the origin could not be reached, and the stale response was served.',
    evidence: 'doc',
    source: 'docs: cache responses',
    caseIds: ['cloudflare-sie'],
  },
  {
    id: 'cloudflare-ray',
    claim: 'CF-RAY is 16 hexadecimal digits, a dash and a data centre; the origin gets the same.',
    evidence: 'doc',
    source: 'docs: HTTP headers',
    caseIds: ['cloudflare-to-origin', 'cloudflare-fields'],
  },
  {
    id: 'cloudflare-server',
    claim: 'Server is cloudflare.',
    evidence: 'doc',
    source: 'docs: HTTP headers',
    caseIds: ['cloudflare-fields'],
  },
  {
    id: 'cloudflare-stripped',
    claim:
      'Clients do not get Cloudflare-CDN-Cache-Control, Cache-Tag, X-Accel-Buffering, -Charset, -Limit-Rate and -Redirect.',
    evidence: 'doc',
    source: 'docs: HTTP headers; CDN-Cache-Control; purge by tag',
    caseIds: ['cloudflare-own-cache-control', 'cloudflare-stripped'],
  },
  {
    id: 'cloudflare-tags',
    claim: 'Cache-Tag names tags, separated by commas; a purge by tag removes, and a MISS follows.',
    evidence: 'doc',
    source: 'docs: purge by tag',
    caseIds: ['cloudflare-stripped'],
  },
  {
    id: 'cloudflare-tag-limits',
    claim: 'Cache-Tag has at most 16 KB, about 1000 tags.',
    evidence: 'doc',
    source: 'docs: purge by tag',
    ...notEmulated('all are taken'),
  },
  // ── Purging ────────────────────────────────────────────────────────────────────────────────
  {
    id: 'cloudflare-purge-call',
    claim:
      'POST /client/v4/zones/{zone_id}/purge_cache takes one of purge_everything, files, tags, hosts and prefixes, and answers with the envelope success, errors, messages, result, and an id of 32 hexadecimal digits.',
    evidence: 'run',
    source: 'npm: cloudflare 7.3.0',
    ...inSdks('cloudflare'),
  },
  {
    id: 'cloudflare-purge-hard',
    claim: 'A purge removes: a MISS follows.',
    evidence: 'doc',
    source: 'docs: purge cache',
    ...inSdks('cloudflare'),
  },
  {
    id: 'cloudflare-purge-files',
    claim:
      'A purge of a file compares the path with its letter case, knows no wildcard, and takes what differs in Origin, device or country only where headers name it.',
    evidence: 'doc',
    source: 'docs: purge by single file',
    ...inSdks('cloudflare'),
  },
  {
    id: 'cloudflare-purge-prefixes',
    claim: 'A prefix is a host and whole segments of a path, without scheme and query.',
    evidence: 'doc',
    source: 'docs: purge by prefix',
    ...inSdks('cloudflare'),
  },
  {
    id: 'cloudflare-purge-tags',
    claim:
      'Tags are compared without regard to letter case; printable ASCII without spaces, at most 1024 characters in a call.',
    evidence: 'doc',
    source: 'docs: purge by tag',
    ...inSdks('cloudflare'),
  },
  {
    id: 'cloudflare-purge-limits',
    claim: 'At most 100 items in a call.',
    evidence: 'doc',
    source: 'docs: purge cache, availability and limits',
    ...inSdks('cloudflare'),
  },
  {
    id: 'cloudflare-purge-rates',
    claim:
      'By plan, 5 calls a minute to 10 a second, and 800 to 1500 URLs a second, as a token bucket; then 429. Taken is the bucket of the Business plan.',
    evidence: 'doc',
    source: 'docs: purge cache, availability and limits',
    ...inRates(),
  },
  {
    id: 'cloudflare-api-credentials',
    claim:
      'Without credentials 400 with code 9106, malformed ones 400 with code 6003, wrong ones code 10000; an unknown zone 404 with code 7003.',
    evidence: 'doc2',
    source: 'answers that people quote in issue threads',
    ...inSdks('cloudflare'),
  },
  {
    id: 'cloudflare-pages-headers',
    claim:
      'Pages reads _headers: 100 rules, lines of 2000 characters, one * for each rule (:splat), :name for a segment, `! Name` removes, URLs in https without a port; of the rules that match the first replaces what stands there by default, and later ones append.',
    evidence: 'doc',
    source: 'docs: Pages, headers; source: cloudflare/workers-sdk',
    ...noCase(
      'it is the origin server that does it: packages/origin/test/cloudflare-pages.test.ts',
    ),
  },
  {
    id: 'cloudflare-pages-redirects',
    claim:
      'and _redirects: `from to [status=302]` with 200, 301, 302, 303, 307 and 308; 2000 fixed and 100 dynamic rules, from the first dynamic one on all count as such; the first of two for a path; the first that matches, for any method; rules before files, and headers on what they lead to; 200 rewrites to paths of the site, once; `/* /index.html` is a loop.',
    evidence: 'doc',
    source: 'source: cloudflare/workers-sdk',
    ...noCase('the same'),
  },
  {
    id: 'cloudflare-pages-defaults',
    claim:
      'Files of Pages are `public, max-age=0, must-revalidate`, and no-store where they are missing, with Access-Control-Allow-Origin: *, Referrer-Policy and X-Content-Type-Options.',
    evidence: 'doc',
    source: 'docs: Pages, serving pages; source: cloudflare/workers-sdk',
    ...notEmulated(
      'a zone may stand before any server: a folder says what it says under every profile',
    ),
  },
  {
    id: 'cloudflare-pages-names',
    claim:
      'Pages leads /x.html to /x, /x/index.html to /x/ and /dir to /dir/ with 308, and answers what is missing with the nearest 404.html, else with /index.html.',
    evidence: 'doc',
    source: 'source: cloudflare/workers-sdk',
    ...notEmulated(
      'pages are found as under every profile, with 301 to the slash; --spa answers with index.html',
    ),
  },
  {
    id: 'cloudflare-pages-serving',
    claim:
      'Pages answers other methods than GET and HEAD with 405, ranges with the whole, compares If-None-Match as text, adds no-transform to files that were compressed beforehand, and keeps those of the last deployment for seven days.',
    evidence: 'doc',
    source: 'source: cloudflare/workers-sdk',
    ...notEmulated('files are served as under every profile'),
  },
];
