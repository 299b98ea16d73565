import type { Policy } from './contracts/policy.ts';

/**
 * The specification at its best: every MUST, every optimisation that a SHOULD or MAY allows, except
 * guesses that can leak. Each field's RFC source stands beside it.
 */
export const rfc9111: Policy = {
  name: 'rfc9111',
  key: {
    deployment: false,
    // RFC 9111 §2
    query: 'whole',
    noVarySearch: true,
    contentLanguageSelects: true,
    // Not in any RFC: what frameworks are known to obey.
    overrideFields: [
      'x-http-method-override',
      'x-http-method',
      'x-method-override',
      'x-original-url',
      'x-rewrite-url',
      'x-original-uri',
      'x-forwarded-uri',
      'x-forwarded-path',
      'x-forwarded-prefix',
      'x-host',
      'x-original-host',
      'x-http-host-override',
    ],
    fields: [],
    assetFields: [],
    madeOf: {},
    variation: null,
  },
  eligibility: { paths: null, withoutFields: [] },
  storability: {
    // RFC 9110 §15.1, and RFC 7725 §3; 206 is left out because partial responses are judged apart.
    heuristicStatuses: [200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 451, 501],
    // RFC 9111 §3
    statuses: null,
    // RFC 9111 §7.3
    setCookie: 'stored',
    // RFC 9111 §3.5
    authorization: 'with-leave',
    // RFC 9111 §5.2.2.4
    noCache: 'validated',
    // RFC 9111 §3
    neverFresh: 'validated',
    // RFC 9111 §4.1
    vary: { fields: null, others: 'ignored', star: 'refused' },
    // RFC 9111 §3.3
    parts: true,
    // RFC 9110 §9.3.3
    postAnswers: true,
    maxBodyBytes: 32 * 1024 * 1024,
    // The least that widely used servers take: 8 KiB, and 100 fields.
    largeHeader: { bytes: 8192, fields: 100 },
    // Not in any RFC: the two fields most widely sent for purging by tag.
    tagFields: [
      { name: 'surrogate-key', separator: 'space' },
      { name: 'cache-tag', separator: 'comma' },
    ],
  },
  freshness: {
    // RFC 9213 §3.1
    targetedFields: ['cdn-cache-control'],
    secondsFields: [],
    mutingFields: [],
    overridingFields: [],
    lifetimeFields: [],
    // RFC 9111 §5.2
    directiveGrammar: 'rfc9111',
    // RFC 9111 §4.2.1, §4.2.3
    countsFromDate: true,
    standardFields: 'obeyed',
    // RFC 9111 §5.3
    expires: 'without-lifetime',
    // RFC 9111 §4.2.1
    untargetedLifetimes: 'all',
    ignoredDirectives: [],
    lifetimeBounds: [],
    refusalSeconds: null,
    defaultLifetimes: [],
    // RFC 9111 §4.2.2
    heuristicFraction: 0.1,
    heuristicMaxSeconds: 604_800,
  },
  stale: {
    // RFC 5861 §3, §4
    whileRevalidate: true,
    ifError: true,
    whileRevalidateByDefaultSeconds: null,
    mostWindowSeconds: Infinity,
    errorStatuses: [500, 502, 503, 504],
    // RFC 9111 §5.2.2.10
    sMaxageForbidsStale: true,
    // RFC 9111 §4.2.4
    whenDisconnected: true,
    whenFailing: false,
    refreshRetrySeconds: 5,
  },
  // RFC 9111 §5.2.1, §5.4, §4.3.4
  validation: {
    ignoredRequestDirectives: [],
    pragma: 'no-cache',
    updatesFields: true,
    offersVariants: true,
  },
  // RFC 9111 §4.4; RFC 9875 §2.2.1, §3
  invalidation: { unsafeMethods: true, groups: 'shared' },
  // RFC 9110 §9.3.2: a HEAD has the header section of the GET.
  fill: {
    // Not in any RFC: what proxies say of the client's connection, which ends here. X-Forwarded-Host and
    // X-Forwarded-Proto, written anew, say it all.
    strip: [
      'x-forwarded-port',
      'x-forwarded-protocol',
      'x-forwarded-scheme',
      'x-forwarded-server',
      'x-forwarded-ssl',
      'x-url-scheme',
      'front-end-https',
    ],
    stripPrefixes: [],
    forwardsQuery: true,
    acceptEncoding: null,
    ownFields: null,
    rangeBytes: null,
    headAsGet: true,
    finishWhenAbandoned: true,
    doNotCollapseSeconds: 120,
  },
  coding: {
    isOn: true,
    codings: ['zstd', 'br', 'gzip'],
    levels: {
      gzip: { stream: 6, stored: 9 },
      br: { stream: 5, stored: 10 },
      zstd: { stream: 3, stored: 17 },
    },
    // Below this, what a packet holds anyway is saved.
    minBytes: 1024,
    types: [
      'text/*',
      '+json',
      '+text',
      '+xml',
      'application/ecmascript',
      'application/graphql',
      'application/javascript',
      'application/json',
      'application/json5',
      'application/jsonlines',
      'application/rtf',
      'application/sql',
      'application/toml',
      'application/vnd.ms-fontobject',
      'application/wasm',
      'application/x-javascript',
      'application/x-ndjson',
      'application/xml',
      'application/xml-dtd',
      'application/yaml',
      'font/otf',
      'font/ttf',
      'image/bmp',
      'image/vnd.microsoft.icon',
      'image/x-icon',
    ],
    // RFC 9110 §8.8.1
    etag: 'weak',
    forOne: false,
    maxStoredBytes: 16 * 1024 * 1024,
    maxDecodedBytes: 256 * 1024 * 1024,
  },
  // RFC 8297 §2
  downstream: {
    strip: [],
    varyKept: null,
    cacheControl: null,
    ownFields: null,
    cacheName: 'poplet',
    earlyHints: 'learnt',
  },
};
