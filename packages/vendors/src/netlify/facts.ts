import type { Fact } from '../vendor.ts';
import { inRates, inSdks, noCase, notEmulated } from '../without-case.ts';

const CACHING = 'docs: caching overview (2026)';
const NOTE = 'a note that quotes the vendor';
const PRIMITIVES = 'source: netlify/primitives';
const HEADERS = 'source: @netlify/headers-parser';
const REDIRECTS = 'source: @netlify/redirect-parser';
const IN_ORIGIN = noCase(
  'it is the origin server that does it: packages/origin/test/netlify.test.ts',
);

export const facts: readonly Fact[] = [
  {
    id: 'netlify-static-default',
    claim:
      'A file without headers of its own is `Netlify-CDN-Cache-Control: public, s-maxage=31536000, must-revalidate` for the edge, and `Cache-Control: public, max-age=0, must-revalidate` for browsers.',
    evidence: 'doc',
    source: CACHING,
    caseIds: ['netlify-asset', 'netlify-s-maxage-year'],
  },
  {
    id: 'netlify-static-shorter',
    claim: 'Files stay fresh until the next deploy or a purge, whatever shorter max-age is set.',
    evidence: 'doc',
    source: CACHING,
    caseIds: ['netlify-asset', 'netlify-deploy'],
  },
  {
    id: 'netlify-dynamic-default',
    claim:
      'What functions and proxies answer is `public, max-age=0, must-revalidate` by default, and not cached.',
    evidence: 'doc',
    source: CACHING,
    caseIds: ['netlify-without', 'netlify-default-not-stored'],
  },
  {
    id: 'netlify-methods',
    claim: 'Only GET is cached.',
    evidence: 'doc2',
    source: NOTE,
    caseIds: ['netlify-post', 'netlify-head'],
  },
  {
    id: 'netlify-basic-auth',
    claim: 'Basic-Auth on any page turns caching off for the whole site.',
    evidence: 'doc',
    source: CACHING,
    ...notEmulated('the rule is refused with a warning'),
  },
  {
    id: 'netlify-precedence',
    claim:
      'Netlify-CDN-Cache-Control counts before CDN-Cache-Control, and that before Cache-Control.',
    evidence: 'doc',
    source: CACHING,
    caseIds: ['netlify-own-field', 'netlify-cdn-field', 'netlify-cache-control'],
  },
  {
    id: 'netlify-stripped',
    claim:
      'Clients do not get Netlify-CDN-Cache-Control, Netlify-Cache-Tag and Netlify-Cache-ID; CDN-Cache-Control, Cache-Control and Cache-Tag they always do.',
    evidence: 'doc',
    source: CACHING,
    caseIds: ['netlify-own-field', 'netlify-cdn-field', 'netlify-tags', 'netlify-tags-unprefixed'],
  },
  {
    id: 'netlify-vary-stripped',
    claim: 'Nor Netlify-Vary.',
    evidence: 'mem',
    source: 'no page',
    caseIds: ['netlify-vary-query'],
  },
  {
    id: 'netlify-directives',
    claim: 'public, private, no-store, s-maxage, max-age and stale-while-revalidate are obeyed.',
    evidence: 'doc',
    source: CACHING,
    caseIds: [
      'netlify-private',
      'netlify-no-store',
      'netlify-cache-control',
      'netlify-own-field',
      'netlify-swr',
    ],
  },
  {
    id: 'netlify-s-maxage',
    claim: 's-maxage is a lifetime, and keeps nothing from being served stale.',
    evidence: 'doc',
    source: CACHING,
    caseIds: ['netlify-swr'],
  },
  {
    id: 'netlify-no-cache',
    claim: 'no-cache is stored and revalidated.',
    evidence: 'mem',
    source: 'no page; the option no-cache=refused is the other reading',
    caseIds: ['netlify-no-cache', 'netlify-no-cache-refused'],
  },
  {
    id: 'netlify-must-revalidate',
    claim: 'must-revalidate keeps a response from being served stale.',
    evidence: 'mem',
    source: 'no page',
    caseIds: ['netlify-must-revalidate'],
  },
  {
    id: 'netlify-set-cookie',
    claim: 'Set-Cookie is cached with the response.',
    evidence: 'mem-low',
    source: 'no page; the option set-cookie=refused is the other reading',
    caseIds: ['netlify-set-cookie', 'netlify-set-cookie-refused'],
  },
  {
    id: 'netlify-authorization',
    claim: 'What Authorization brought is cached with leave alone; an option has it shared.',
    evidence: 'mem-low',
    source: 'no page',
    caseIds: ['netlify-authorization', 'netlify-authorization-shared'],
  },
  {
    id: 'netlify-sie',
    claim: 'stale-if-error is obeyed; an option has it ignored.',
    evidence: 'mem-low',
    source: 'no page',
    caseIds: ['netlify-stale', 'netlify-sie-ignored'],
  },
  {
    id: 'netlify-durable',
    claim: 'durable, in serverless functions, stores in a second tier that all edges share.',
    evidence: 'doc',
    source: CACHING,
    ...notEmulated('one edge is one cache: there is no second tier, and durable means nothing'),
  },
  {
    id: 'netlify-request-directives',
    claim: 'Directives of clients count for nothing.',
    evidence: 'mem',
    source: 'no page',
    caseIds: ['netlify-request-directives'],
  },
  {
    id: 'netlify-key',
    claim:
      'The key is the path and the deploy; of what functions answer the query too, whose order does not count and whose case does.',
    evidence: 'doc',
    source: CACHING,
    caseIds: ['netlify-query', 'netlify-asset', 'netlify-deploy'],
  },
  {
    id: 'netlify-query-whole',
    claim: 'Without `query=` every query of a function is an entry of its own.',
    evidence: 'doc2',
    source: NOTE,
    caseIds: ['netlify-query'],
  },
  {
    id: 'netlify-query-redirects',
    claim: 'The query also counts for redirects with conditions on it.',
    evidence: 'doc',
    source: CACHING,
    caseIds: ['netlify-query'],
  },
  {
    id: 'netlify-vary',
    claim: 'Vary is obeyed, and Netlify-Vary beside it.',
    evidence: 'doc',
    source: CACHING,
    caseIds: ['netlify-vary', 'netlify-vary-header'],
  },
  {
    id: 'netlify-vary-grammar',
    claim:
      'Netlify-Vary lists query, query=a|b, header=X|Y, language=en|es+pt, country=us|es+pt and cookie=a|b: `|` separates, `+` groups.',
    evidence: 'doc',
    source: CACHING,
    caseIds: [
      'netlify-vary-query',
      'netlify-vary-query-all',
      'netlify-vary-header',
      'netlify-vary-language',
      'netlify-vary-country',
      'netlify-vary-cookie',
    ],
  },
  {
    id: 'netlify-vary-case',
    claim:
      'Names of cookies and of query parameters are case-sensitive; the order of parameters does not count.',
    evidence: 'doc',
    source: CACHING,
    caseIds: ['netlify-vary-query', 'netlify-vary-cookie'],
  },
  {
    id: 'netlify-vary-others',
    claim: 'Requests that fit none of the values share one entry.',
    evidence: 'doc',
    source: CACHING,
    caseIds: ['netlify-vary-language', 'netlify-vary-country', 'netlify-vary-cookie'],
  },
  {
    id: 'netlify-vary-weights',
    claim: 'The language goes by the weights of Accept-Language.',
    evidence: 'doc',
    source: CACHING,
    caseIds: ['netlify-vary-language'],
  },
  {
    id: 'netlify-vary-not-allowed',
    claim:
      'header= takes none of Accept, Accept-Charset, Accept-Datetime, Accept-Encoding, Accept-Language, Cache-Control, Connection, Content-Length, Cookie, Host, If-*, Range, Referer, Upgrade and User-Agent.',
    evidence: 'doc',
    source: CACHING,
    caseIds: ['netlify-vary-not-allowed'],
  },
  {
    id: 'netlify-vary-first',
    claim:
      'The Netlify-Vary of the first response that is cached for a URL holds for those that follow.',
    evidence: 'doc',
    source: CACHING,
    ...notEmulated('each response is told apart by its own'),
  },
  {
    id: 'netlify-swr-background',
    claim: 'stale-while-revalidate refreshes in the background.',
    evidence: 'doc',
    source: CACHING,
    caseIds: ['netlify-swr'],
  },
  {
    id: 'netlify-tiers',
    claim: 'A node asks the durable tier, and that the origin.',
    evidence: 'doc',
    source: CACHING,
    ...notEmulated('one edge is one cache'),
  },
  {
    id: 'netlify-deploys',
    claim: 'A deploy makes what its context has cached invalid.',
    evidence: 'doc',
    source: CACHING,
    caseIds: ['netlify-deploy'],
  },
  {
    id: 'netlify-cache-id',
    claim: 'Netlify-Cache-ID keeps a response over deploys; its values are tags as well.',
    evidence: 'doc',
    source: CACHING,
    caseIds: ['netlify-cache-id'],
  },
  {
    id: 'netlify-cache-id-limits',
    claim: 'There are 500 of them at most, of 1024 characters, whose case does not count.',
    evidence: 'doc',
    source: CACHING,
    ...notEmulated('all are taken; their case does not count'),
  },
  {
    id: 'netlify-cache-id-kept',
    claim: 'With it a response outlives a deploy.',
    evidence: 'doc',
    source: CACHING,
    ...notEmulated('a deploy starts with nothing'),
  },
  {
    id: 'netlify-cache-status',
    claim:
      'Cache-Status stands on every response: `"Netlify Edge"; fwd=miss`, `; hit`, `; fwd=stale` or `; hit; fwd=stale`.',
    evidence: 'doc',
    source: CACHING,
    caseIds: [
      'netlify-cache-control',
      'netlify-swr',
      'netlify-stale',
      'netlify-without',
      'netlify-post',
      'netlify-unreachable',
      'netlify-bypass',
      'netlify-cache-status-origin',
    ],
  },
  {
    id: 'netlify-cache-status-durable',
    claim: 'and a line for "Netlify Durable" where that tier was asked.',
    evidence: 'doc',
    source: CACHING,
    ...notEmulated('there is no such tier'),
  },
  {
    id: 'netlify-cache-status-detail',
    claim: 'The cache that programs use says detail=client-revalidate.',
    evidence: 'doc',
    source: PRIMITIVES,
    ...notEmulated('there is none for programs'),
  },
  {
    id: 'netlify-fields',
    claim: 'x-nf-request-id is a ULID, the same as towards the origin; Server is Netlify.',
    evidence: 'mem',
    source: 'no page',
    caseIds: ['netlify-cache-control', 'netlify-to-origin'],
  },
  {
    id: 'netlify-to-origin',
    claim:
      'Functions and proxies get x-nf-client-connection-ip, x-nf-request-id, x-nf-site-id, x-nf-deploy-context, x-nf-geo (JSON in Base64), x-country and x-language.',
    evidence: 'doc',
    source: PRIMITIVES,
    caseIds: ['netlify-to-origin', 'netlify-geo'],
  },
  {
    id: 'netlify-account',
    claim: 'and x-nf-account-id and x-nf-deploy-id.',
    evidence: 'doc',
    source: PRIMITIVES,
    ...notEmulated('there is no account, and the deploy’s id is not known where these are made'),
  },
  {
    id: 'netlify-local-visitor',
    claim:
      'netlify dev takes the country from the cookie nf_country and the language from nf_lang, then from Accept-Language, else en and us.',
    evidence: 'doc',
    source: PRIMITIVES,
    ...noCase(
      'it is about rules with conditions, in the origin server: packages/origin/test/netlify.test.ts',
    ),
  },
  {
    id: 'netlify-tags',
    claim: 'Netlify-Cache-Tag, or Cache-Tag where there is none, names tags, separated by commas.',
    evidence: 'doc',
    source: CACHING,
    caseIds: ['netlify-tags', 'netlify-tags-unprefixed', 'netlify-tags-beside'],
  },
  {
    id: 'netlify-tags-case',
    claim: 'The case of tags does not count.',
    evidence: 'doc',
    source: CACHING,
    caseIds: ['netlify-tags-case'],
  },
  {
    id: 'netlify-tag-limits',
    claim: 'A response has 500 tags at most, of 1024 characters.',
    evidence: 'doc',
    source: CACHING,
    ...notEmulated('all are taken'),
  },
  {
    id: 'netlify-headers-file',
    claim:
      '_headers: # comments, a path opens a rule, `Name: value`, repeated names are joined; paths without regard to case, :seg is one segment, a standalone * the optional rest; no way to remove a field; a field before any path is an error; netlify.toml follows and wins.',
    evidence: 'doc',
    source: HEADERS,
    ...IN_ORIGIN,
  },
  {
    id: 'netlify-headers-scope',
    claim: 'Its rules hold for files, and not for functions and proxies.',
    evidence: 'doc',
    source: HEADERS,
    ...IN_ORIGIN,
  },
  {
    id: 'netlify-redirects-file',
    claim:
      '_redirects: `from [k=v …] to [status[!]] [Condition=v …]`; ! forces; Country, Language, Role and Cookie are conditions; the first that matches wins; 200 rewrites; :x and :splat are filled in; 301 where no status is named.',
    evidence: 'doc',
    source: REDIRECTS,
    ...IN_ORIGIN,
  },
  // ── Purging ────────────────────────────────────────────────────────────────────────────────
  {
    id: 'netlify-purge-call',
    claim:
      'POST /api/v1/purge with site_id, site_slug or domain, and cache_tags: without them a whole site, an empty list nothing.',
    evidence: 'run',
    source: 'npm: @netlify/functions 5.3.0',
    ...inSdks('netlify'),
  },
  {
    id: 'netlify-purge-status',
    claim: 'It answers 202.',
    evidence: 'mem',
    source: 'no page',
    ...inSdks('netlify'),
  },
  {
    id: 'netlify-purge-rate',
    claim: 'Each tag, and each site, has at most two purges in five seconds; then 429.',
    evidence: 'doc',
    source: 'docs: caching overview',
    ...inRates(),
  },
  {
    id: 'netlify-purge-tags',
    claim: 'Tags are compared without regard to letter case.',
    evidence: 'doc',
    source: 'docs: caching overview',
    ...inSdks('netlify'),
  },
  {
    id: 'netlify-purge-alias',
    claim: 'deploy_alias purges a deploy of that name.',
    evidence: 'doc',
    source: 'docs: caching overview',
    ...notEmulated('there is one deploy, which stands for all'),
  },
];
