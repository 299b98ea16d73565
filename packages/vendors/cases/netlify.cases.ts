/** What Netlify does, each value as the reference has it. `spec` names the facts that a case shows. */
import { defineCases } from '@poplet/conformance';
import type { Case, ExchangeStep, HeaderScript, OriginAnswer } from '@poplet/conformance';

function told(found: Omit<Case, 'kind' | 'profile'>): Case {
  return { kind: 'check', profile: 'netlify', ...found };
}

/** Netlify's member stands before that of this edge. */
const edge = (text: string): { readonly 'Cache-Status': RegExp } => ({
  'Cache-Status': new RegExp(`^"Netlify Edge"; ${text}, poplet;`, 'u'),
});

const MISS = edge('fwd=miss');
const HIT = edge('hit');

const KEPT: HeaderScript = { 'Netlify-CDN-Cache-Control': 'public, max-age=60' };

function stored(headers: HeaderScript = KEPT, request: ExchangeStep['request'] = {}): ExchangeStep {
  return {
    request,
    origin: { headers },
    expect: { from: 'origin', stored: true, headers: MISS },
  };
}

function hit(request: ExchangeStep['request'] = {}): ExchangeStep {
  return { request, expect: { from: 'cache', bodyOfStep: 1, headers: HIT } };
}

/** Goes to the origin, whose answer is not stored. */
function miss(request: ExchangeStep['request']): ExchangeStep {
  return { request, origin: {}, expect: { from: 'origin', stored: false, headers: MISS } };
}

function never(origin: OriginAnswer, request: ExchangeStep['request'] = {}): Case['steps'] {
  const expect = { from: 'origin', stored: false, headers: MISS } as const;
  return [
    { request, origin, expect },
    { request, origin, expect },
  ];
}

const lifetimes = [
  told({
    id: 'netlify-without',
    title: 'What a function says nothing of is not cached, and browsers are told to validate',
    spec: ['netlify-dynamic-default', 'netlify-cache-status'],
    steps: [
      {
        request: {},
        origin: { headers: { ETag: '"v1"', 'Last-Modified': '{now-86400}' } },
        expect: {
          from: 'origin',
          stored: false,
          headers: { ...MISS, 'Cache-Control': 'public, max-age=0, must-revalidate' },
        },
      },
      miss({}),
    ],
  }),
  told({
    id: 'netlify-default-not-stored',
    title: 'Nor is what says the default itself, though it could be validated',
    spec: ['netlify-dynamic-default'],
    steps: never({
      headers: { 'Cache-Control': 'public, max-age=0, must-revalidate', ETag: '"v1"' },
    }),
  }),
  told({
    id: 'netlify-cache-control',
    title: 'Cache-Control alone has it cached',
    spec: ['netlify-precedence', 'netlify-directives', 'netlify-cache-status', 'netlify-fields'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'public, max-age=60' } },
        expect: {
          from: 'origin',
          stored: true,
          headers: {
            ...MISS,
            Server: 'Netlify',
            'X-Nf-Request-Id': /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/u,
          },
          absent: ['age'],
        },
      },
      { at: 59, request: {}, expect: { from: 'cache', headers: { ...HIT, Age: '59' } } },
      { at: 61, request: {}, origin: {}, expect: { from: 'origin', headers: edge('fwd=stale') } },
    ],
  }),
  told({
    id: 'netlify-cdn-field',
    title: 'CDN-Cache-Control counts before it, and both go on to clients',
    spec: ['netlify-precedence', 'netlify-stripped'],
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'no-store', 'CDN-Cache-Control': 'max-age=60' } },
        expect: {
          from: 'origin',
          stored: true,
          headers: { 'Cache-Control': 'no-store', 'CDN-Cache-Control': 'max-age=60' },
        },
      },
      { at: 59, request: {}, expect: { from: 'cache', headers: HIT } },
    ],
  }),
  told({
    id: 'netlify-own-field',
    title: 'Netlify-CDN-Cache-Control counts before both, and no client gets it',
    spec: ['netlify-precedence', 'netlify-stripped', 'netlify-directives'],
    steps: [
      {
        request: {},
        origin: {
          headers: {
            'Cache-Control': 'no-store',
            'CDN-Cache-Control': 'max-age=5',
            'Netlify-CDN-Cache-Control': 'public, s-maxage=60',
          },
        },
        expect: {
          from: 'origin',
          stored: true,
          headers: { 'Cache-Control': 'no-store', 'CDN-Cache-Control': 'max-age=5' },
          absent: ['netlify-cdn-cache-control'],
        },
      },
      { at: 59, request: {}, expect: { from: 'cache', headers: HIT } },
      { at: 61, request: {}, origin: {}, expect: { from: 'origin', headers: edge('fwd=stale') } },
    ],
  }),
  told({
    id: 'netlify-s-maxage-year',
    title: 'What a file has by default, to the letter, is a year at the edge',
    spec: ['netlify-static-default'],
    steps: [
      stored({
        'Netlify-CDN-Cache-Control': 'public, s-maxage=31536000, must-revalidate',
        'Cache-Control': 'public, max-age=0, must-revalidate',
      }),
      {
        at: 31_535_999,
        request: {},
        expect: {
          from: 'cache',
          headers: { ...HIT, 'Cache-Control': 'public, max-age=0, must-revalidate' },
        },
      },
    ],
  }),
  ...(['private', 'no-store'] as const).map((directive) =>
    told({
      id: `netlify-${directive}`,
      title: `${directive} is not cached`,
      spec: ['netlify-directives'],
      steps: never({ headers: { 'Netlify-CDN-Cache-Control': `${directive}, max-age=60` } }),
    }),
  ),
  told({
    id: 'netlify-no-cache',
    title: 'no-cache is stored, and the origin asked each time',
    spec: ['netlify-no-cache'],
    steps: [
      stored({ 'Cache-Control': 'no-cache', ETag: '"v1"' }),
      {
        request: {},
        origin: { status: 304 },
        expect: { from: 'validated', headers: edge('fwd=stale') },
      },
    ],
  }),
  {
    ...told({
      id: 'netlify-no-cache-refused',
      title: 'or not at all: no-cache=refused',
      spec: ['netlify-no-cache'],
      steps: never({ headers: { 'Cache-Control': 'no-cache', ETag: '"v1"' } }),
    }),
    profile: 'netlify:no-cache=refused',
  },
  {
    ...told({
      id: 'netlify-set-cookie-refused',
      title: 'What sets a cookie is not cached under set-cookie=refused',
      spec: ['netlify-set-cookie'],
      steps: never({ headers: { ...KEPT, 'Set-Cookie': 'a=1' } }),
    }),
    profile: 'netlify:set-cookie=refused',
  },
  told({
    id: 'netlify-set-cookie',
    title: 'A cookie is cached with the response that sets it',
    spec: ['netlify-set-cookie'],
    steps: [
      stored({ ...KEPT, 'Set-Cookie': 'a=1' }),
      { request: {}, expect: { from: 'cache', headers: { ...HIT, 'Set-Cookie': 'a=1' } } },
    ],
  }),
  told({
    id: 'netlify-swr',
    title: 'stale-while-revalidate is served stale and refreshed, beside s-maxage too',
    spec: [
      'netlify-directives',
      'netlify-s-maxage',
      'netlify-swr-background',
      'netlify-cache-status',
    ],
    steps: [
      stored({ 'Cache-Control': 's-maxage=60, stale-while-revalidate=600' }),
      {
        at: 62,
        request: {},
        origin: { headers: { 'Cache-Control': 's-maxage=60' }, body: 'new' },
        expect: {
          from: 'cache',
          bodyOfStep: 1,
          headers: edge('hit; fwd=stale'),
          upstream: { requests: 1 },
        },
      },
      { at: 63, request: {}, expect: { from: 'cache', body: 'new', headers: HIT } },
    ],
  }),
  told({
    id: 'netlify-must-revalidate',
    title: 'must-revalidate keeps it from being served stale',
    spec: ['netlify-must-revalidate'],
    steps: [
      stored({ 'Cache-Control': 'max-age=60, must-revalidate, stale-while-revalidate=600' }),
      { at: 62, request: {}, origin: {}, expect: { from: 'origin', headers: edge('fwd=stale') } },
    ],
  }),
  told({
    id: 'netlify-stale',
    title: 'What is confirmed is told as stale, and what stands in for an error as a stale hit',
    spec: ['netlify-cache-status', 'netlify-sie'],
    steps: [
      stored({ 'Cache-Control': 'max-age=60, stale-if-error=600', ETag: '"v1"' }),
      {
        at: 61,
        request: {},
        origin: { status: 304 },
        expect: { from: 'validated', headers: edge('fwd=stale') },
      },
      {
        at: 130,
        request: {},
        origin: { status: 503 },
        expect: {
          from: 'cache',
          bodyOfStep: 1,
          headers: edge('hit; fwd=stale'),
          upstream: { requests: 1 },
        },
      },
    ],
  }),
  {
    ...told({
      id: 'netlify-sie-ignored',
      title: 'With the option for it, stale-if-error does nothing',
      spec: ['netlify-sie'],
      steps: [
        stored({ 'Cache-Control': 'max-age=60, stale-if-error=600' }),
        {
          at: 61,
          request: {},
          origin: { status: 503 },
          expect: { from: 'origin', status: 503, headers: edge('fwd=stale') },
        },
      ],
    }),
    profile: 'netlify:stale-if-error=ignored',
  },
  told({
    id: 'netlify-authorization',
    title: 'What Authorization brought is not cached without leave',
    spec: ['netlify-authorization'],
    steps: [
      ...never(
        { headers: { 'Cache-Control': 'max-age=60' } },
        { headers: { Authorization: 'Bearer a' } },
      ),
      stored({ 'Cache-Control': 'public, max-age=60' }, { headers: { Authorization: 'Bearer a' } }),
      { request: {}, expect: { from: 'cache', headers: HIT } },
    ],
  }),
  {
    ...told({
      id: 'netlify-authorization-shared',
      title: 'With the option for it, it is, and given to others',
      spec: ['netlify-authorization'],
      steps: [
        stored({ 'Cache-Control': 'max-age=60' }, { headers: { Authorization: 'Bearer a' } }),
        hit(),
      ],
    }),
    profile: 'netlify:authorization=shared',
  },
  told({
    id: 'netlify-head',
    title: 'A HEAD fills nothing, and is answered with what a GET brought',
    spec: ['netlify-methods'],
    steps: [
      {
        request: { method: 'HEAD' },
        origin: { headers: KEPT },
        expect: { from: 'origin', stored: false, upstream: { method: 'HEAD' } },
      },
      stored(),
      { request: { method: 'HEAD' }, expect: { from: 'cache', headers: HIT, body: '' } },
    ],
  }),
  told({
    id: 'netlify-request-directives',
    title: 'Directives of clients count for nothing',
    spec: ['netlify-request-directives'],
    steps: [stored(), hit({ headers: { 'Cache-Control': 'no-cache', Pragma: 'no-cache' } })],
  }),
  told({
    id: 'netlify-post',
    title: 'A POST is not cached',
    spec: ['netlify-methods', 'netlify-cache-status'],
    steps: never(
      { headers: { ...KEPT, 'Content-Location': '{path}/' } },
      { method: 'POST', body: 'x' },
    ),
  }),
  told({
    id: 'netlify-bypass',
    title: 'Where the cache is switched off it says fwd=miss',
    spec: ['netlify-cache-status'],
    steps: [stored(), { bypass: true }, miss({})],
  }),
  told({
    id: 'netlify-unreachable',
    title: 'An error of the edge says so too',
    spec: ['netlify-cache-status'],
    steps: [
      {
        request: {},
        origin: { fault: 'refused' },
        expect: {
          from: 'edge',
          status: 502,
          headers: { 'Cache-Status': '"Netlify Edge"; fwd=miss' },
          upstream: { requests: 0 },
        },
      },
    ],
  }),
  told({
    id: 'netlify-cache-status-origin',
    title: 'What caches before it said stands before it',
    spec: ['netlify-cache-status'],
    steps: [
      {
        request: {},
        origin: { headers: { ...KEPT, 'Cache-Status': 'inner; hit' } },
        expect: {
          from: 'origin',
          headers: { 'Cache-Status': /^inner; hit, "Netlify Edge"; fwd=miss, poplet;/u },
        },
      },
      {
        request: {},
        expect: {
          from: 'cache',
          headers: { 'Cache-Status': /^inner; hit, "Netlify Edge"; hit, poplet;/u },
        },
      },
    ],
  }),
];

/** How an origin server says that it answers with a file. */
const FILE: HeaderScript = { 'X-Poplet-Asset': 'max-age=31536000', 'Cache-Control': 'max-age=5' };

const key = [
  told({
    id: 'netlify-query',
    title: 'The query of a function counts, in any order, with its case',
    spec: ['netlify-key', 'netlify-query-whole', 'netlify-query-redirects'],
    steps: [
      stored(KEPT, { path: '/f?a=1&b=2' }),
      hit({ path: '/f?b=2&a=1' }),
      miss({ path: '/f?a=1&b=2&utm_source=x' }),
      miss({ path: '/f?A=1&b=2' }),
      miss({ path: '/f' }),
    ],
  }),
  told({
    id: 'netlify-asset',
    title: 'A file stays fresh for a year, for all queries, whatever shorter max-age browsers get',
    spec: ['netlify-static-default', 'netlify-static-shorter', 'netlify-key'],
    steps: [
      {
        request: { path: '/a.css?v=1' },
        origin: { headers: FILE },
        expect: {
          from: 'origin',
          stored: true,
          headers: { ...MISS, 'Cache-Control': 'max-age=5' },
          absent: ['x-poplet-asset'],
        },
      },
      hit({ path: '/a.css' }),
      {
        at: 31_535_999,
        request: { path: '/a.css?v=2' },
        expect: { from: 'cache', headers: HIT, absent: ['x-poplet-asset'] },
      },
    ],
  }),
  told({
    id: 'netlify-deploy',
    title: 'A deploy starts with nothing',
    spec: ['netlify-static-shorter', 'netlify-key', 'netlify-deploys'],
    steps: [stored(FILE), hit(), { deploy: true }, stored(FILE)],
  }),
  told({
    id: 'netlify-vary',
    title: 'Vary is obeyed',
    spec: ['netlify-vary'],
    steps: [
      stored({ ...KEPT, Vary: 'X-A' }, { headers: { 'X-A': '1' } }),
      hit({ headers: { 'X-A': '1' } }),
      miss({ headers: { 'X-A': '2' } }),
    ],
  }),
  told({
    id: 'netlify-vary-header',
    title: 'Netlify-Vary: header= is obeyed beside it',
    spec: ['netlify-vary', 'netlify-vary-grammar'],
    steps: [
      stored(
        { ...KEPT, Vary: 'X-A', 'Netlify-Vary': 'header=X-B|X-C' },
        { headers: { 'X-A': '1', 'X-B': '1', 'X-C': '1' } },
      ),
      hit({ headers: { 'X-A': '1', 'X-B': '1', 'X-C': '1', 'X-D': '1' } }),
      miss({ headers: { 'X-A': '2', 'X-B': '1', 'X-C': '1' } }),
      miss({ headers: { 'X-A': '1', 'X-B': '2', 'X-C': '1' } }),
      miss({ headers: { 'X-A': '1', 'X-B': '1', 'X-C': '2' } }),
    ],
  }),
  told({
    id: 'netlify-vary-query',
    title: 'query=a|b: these count, with their case, in any order, and no others',
    spec: ['netlify-vary-grammar', 'netlify-vary-case', 'netlify-vary-stripped'],
    steps: [
      {
        ...stored({ ...KEPT, 'Netlify-Vary': 'query=item|page' }, { path: '/f?item=1&page=2&x=3' }),
        expect: { from: 'origin', stored: true, absent: ['netlify-vary'] },
      },
      hit({ path: '/f?page=2&item=1&utm_source=x' }),
      hit({ path: '/f?page=2&item=1&Item=9' }),
      miss({ path: '/f?item=2&page=2' }),
      miss({ path: '/f?Item=1&page=2' }),
    ],
  }),
  told({
    id: 'netlify-vary-query-all',
    title: 'query: all count, for files too',
    spec: ['netlify-vary-grammar'],
    steps: [
      stored({ ...FILE, 'Netlify-Vary': 'query' }, { path: '/f?a=1' }),
      hit({ path: '/f?a=1' }),
      miss({ path: '/f?a=2' }),
    ],
  }),
  told({
    id: 'netlify-vary-language',
    title:
      'language=en|es+pt: what is wanted most counts, Spanish and Portuguese are one, and all others one',
    spec: ['netlify-vary-grammar', 'netlify-vary-others', 'netlify-vary-weights'],
    steps: [
      stored(
        { ...KEPT, 'Netlify-Vary': 'language=en|es+pt' },
        { headers: { 'Accept-Language': 'en;q=0.5, es' } },
      ),
      hit({ headers: { 'Accept-Language': 'pt-BR, en;q=0.9' } }),
      miss({ headers: { 'Accept-Language': 'en, es;q=0.5' } }),
      {
        request: { headers: { 'Accept-Language': 'de' } },
        origin: { headers: { ...KEPT, 'Netlify-Vary': 'language=en|es+pt' } },
        expect: { from: 'origin', stored: true, headers: MISS },
      },
      {
        request: { headers: { 'Accept-Language': 'fr' } },
        expect: { from: 'cache', bodyOfStep: 4, headers: HIT },
      },
    ],
  }),
  told({
    id: 'netlify-vary-country',
    title: 'country=us|es+pt: Spain and Portugal are one, and all others one',
    spec: ['netlify-vary-grammar', 'netlify-vary-others'],
    steps: [
      stored(
        { ...KEPT, 'Netlify-Vary': 'country=us|es+pt' },
        { headers: { 'X-Poplet-Country': 'ES' } },
      ),
      hit({ headers: { 'X-Poplet-Country': 'PT' } }),
      miss({ headers: { 'X-Poplet-Country': 'US' } }),
      {
        request: { headers: { 'X-Poplet-Country': 'DE' } },
        origin: { headers: { ...KEPT, 'Netlify-Vary': 'country=us|es+pt' } },
        expect: { from: 'origin', stored: true, headers: MISS },
      },
      {
        request: { headers: { 'X-Poplet-Country': 'FR' } },
        expect: { from: 'cache', bodyOfStep: 4, headers: HIT },
      },
    ],
  }),
  told({
    id: 'netlify-vary-cookie',
    title:
      'cookie=a|b: the values of these count, with the case of their names; who has none shares one',
    spec: ['netlify-vary-grammar', 'netlify-vary-case', 'netlify-vary-others'],
    steps: [
      stored({ ...KEPT, 'Netlify-Vary': 'cookie=ab|beta' }, { headers: { Cookie: 'ab=1; x=1' } }),
      hit({ headers: { Cookie: 'y=1; ab=1' } }),
      miss({ headers: { Cookie: 'ab=2' } }),
      miss({ headers: { Cookie: 'ab=1; beta=1' } }),
      miss({ headers: { Cookie: 'AB=1' } }),
      {
        request: {},
        origin: { headers: { ...KEPT, 'Netlify-Vary': 'cookie=ab|beta' } },
        expect: { from: 'origin', stored: true, headers: MISS },
      },
      {
        request: { headers: { Cookie: 'z=1' } },
        expect: { from: 'cache', bodyOfStep: 6, headers: HIT },
      },
    ],
  }),
  told({
    id: 'netlify-vary-not-allowed',
    title: 'header=User-Agent counts for nothing, nor do the others of their kind',
    spec: ['netlify-vary-not-allowed'],
    steps: [
      stored({
        ...KEPT,
        'Netlify-Vary':
          'header=Accept|Accept-Charset|Accept-Datetime|Accept-Encoding|Accept-Language|Cookie|Referer|User-Agent',
      }),
      hit({
        headers: {
          Accept: 'text/html',
          'Accept-Charset': 'utf-8',
          'Accept-Datetime': 'x',
          'Accept-Encoding': 'identity',
          'Accept-Language': 'de',
          Cookie: 'a=1',
          Referer: 'https://a.test/',
          'User-Agent': 'x',
        },
      }),
    ],
  }),
];

const tags = [
  told({
    id: 'netlify-tags',
    title: 'Netlify-Cache-Tag names tags, which clients do not get',
    spec: ['netlify-tags', 'netlify-stripped'],
    steps: [
      {
        ...stored({ ...KEPT, 'Netlify-Cache-Tag': 'one,two' }),
        expect: { from: 'origin', stored: true, absent: ['netlify-cache-tag'] },
      },
      { purge: { tag: 'two' } },
      miss({}),
    ],
  }),
  told({
    id: 'netlify-tags-unprefixed',
    title: 'Without it Cache-Tag does, which they get',
    spec: ['netlify-tags', 'netlify-stripped'],
    steps: [
      {
        ...stored({ ...KEPT, 'Cache-Tag': 'one,two' }),
        expect: { from: 'origin', stored: true, headers: { 'Cache-Tag': 'one,two' } },
      },
      { purge: { tag: 'two' } },
      miss({}),
    ],
  }),
  told({
    id: 'netlify-tags-case',
    title: 'The case of a tag does not count',
    spec: ['netlify-tags-case'],
    steps: [
      stored({ ...KEPT, 'Netlify-Cache-Tag': 'Product-1, ÄRGER' }),
      { purge: { tag: 'product-2' } },
      hit(),
      { purge: { tag: 'product-1' } },
      miss({}),
    ],
  }),
  told({
    id: 'netlify-tags-beside',
    title: 'Beside it Cache-Tag does not count',
    spec: ['netlify-tags'],
    steps: [
      stored({ ...KEPT, 'Netlify-Cache-Tag': 'one', 'Cache-Tag': 'two' }),
      { purge: { tag: 'two' } },
      hit(),
      { purge: { tag: 'one' } },
      miss({}),
    ],
  }),
  told({
    id: 'netlify-cache-id',
    title: 'The values of Netlify-Cache-ID are tags as well, which clients do not get',
    spec: ['netlify-cache-id'],
    steps: [
      {
        ...stored({ ...KEPT, 'Netlify-Cache-ID': 'product-1' }),
        expect: { from: 'origin', stored: true, absent: ['netlify-cache-id'] },
      },
      { purge: { tag: 'product-1' } },
      miss({}),
    ],
  }),
];

const upstream = [
  told({
    id: 'netlify-to-origin',
    title: 'What functions get, and nothing that a client says in Netlify’s place',
    spec: ['netlify-to-origin', 'netlify-fields'],
    steps: [
      {
        request: {
          headers: {
            'X-Nf-Client-Connection-Ip': '192.0.2.1',
            'X-Nf-Account-Id': 'x',
            'X-Nf-Deploy-Context': 'x',
            'X-Nf-Deploy-Id': 'x',
            'X-Country': 'US',
            'X-Language': 'x',
          },
        },
        origin: {},
        expect: {
          from: 'origin',
          upstream: {
            headers: {
              'X-Nf-Client-Connection-Ip': '127.0.0.1',
              'X-Nf-Request-Id': /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/u,
              'X-Nf-Site-Id': 'default',
              'X-Nf-Deploy-Context': 'production',
              'X-Nf-Geo': 'e30=',
              'X-Language': 'en',
            },
            absent: ['x-nf-account-id', 'x-nf-deploy-id', 'x-country'],
          },
        },
      },
    ],
  }),
  told({
    id: 'netlify-geo',
    title: 'Where the client is they are told in JSON',
    spec: ['netlify-to-origin'],
    steps: [
      {
        request: {
          headers: {
            'X-Poplet-Country': 'DE',
            'X-Poplet-Region': 'BE',
            'X-Poplet-City': 'Berlin',
            'X-Poplet-Latitude': '52.5',
            'X-Poplet-Longitude': '13.4',
            'X-Poplet-Timezone': 'Europe/Berlin',
            'X-Poplet-Postal-Code': '10117',
            'Accept-Language': 'DE-de, en;q=0.5',
          },
        },
        origin: {},
        expect: {
          from: 'origin',
          upstream: {
            headers: {
              'X-Country': 'DE',
              'X-Language': 'de',
              'X-Nf-Geo': btoa(
                '{"city":"Berlin","country":{"code":"DE"},"subdivision":{"code":"BE"},"timezone":"Europe/Berlin","latitude":52.5,"longitude":13.4,"postal_code":"10117"}',
              ),
            },
            absent: ['x-poplet-country', 'x-poplet-city'],
          },
        },
      },
    ],
  }),
];

export const netlifyCases = defineCases([...lifetimes, ...key, ...tags, ...upstream]);
