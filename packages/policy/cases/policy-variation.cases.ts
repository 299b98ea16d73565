/** A response field that says, beside Vary, which parts of a request it depends on; and which tags count. */
import { defineCases } from '@poplet/conformance';
import type { Case, ExchangeStep, HeaderScript, PolicyPatch } from '@poplet/conformance';

function told(found: Omit<Case, 'kind' | 'spec' | 'policy'>): Case {
  return { kind: 'check', spec: ['Poplet'], policy: VARIES, ...found };
}

const VARIES: PolicyPatch = {
  key: { variation: { name: 'x-varies', countryField: 'x-land' }, noVarySearch: false },
};

const DIRECTIVES = { 'Cache-Control': 'max-age=60' };

/** The first answer, which says what it depends on. */
function stored(
  varies: string | readonly string[],
  request: ExchangeStep['request'],
): ExchangeStep {
  return {
    request,
    origin: { headers: { ...DIRECTIVES, 'X-Varies': varies } },
    expect: { from: 'origin', stored: true },
  };
}

function same(request: ExchangeStep['request']): ExchangeStep {
  return { request, expect: { from: 'cache', outcome: 'hit', bodyOfStep: 1 } };
}

/** Not stored, so that it answers none of the later steps. */
function other(request: ExchangeStep['request']): ExchangeStep {
  return {
    request,
    origin: { headers: { 'Cache-Control': 'no-store' } },
    expect: { from: 'origin' },
  };
}

const cookie = (text: string): ExchangeStep['request'] => ({ headers: { Cookie: text } });
const language = (text: string): ExchangeStep['request'] => ({
  headers: { 'Accept-Language': text },
});
const country = (text: string): ExchangeStep['request'] => ({ headers: { 'X-Land': text } });
const path = (text: string): ExchangeStep['request'] => ({ path: text });

const queries = [
  told({
    id: 'policy-variation-query',
    title: 'A response may name the query parameters that count: their order and others do not',
    steps: [
      {
        ...stored('query=a|B', path('/?a=1&B=2&c=3')),
        expect: {
          from: 'origin',
          stored: true,
          reasons: ['search-variance-named'],
          words: [/agree in what it names: a, B$/u],
        },
      },
      {
        request: path('/?B=2&c=4&a=1'),
        expect: { from: 'cache', words: [/this CDN takes "B=2&c=4&a=1" for the same/u] },
      },
      same(path('/?a=1&B=2&b=9')),
      other(path('/?a=2&B=2&c=3')),
      other(path('/?a=1&b=2')),
      other(path('/')),
    ],
  }),
  told({
    id: 'policy-variation-query-all',
    title: 'query alone names all of them',
    steps: [stored('query', path('/?a=1')), same(path('/?a=1')), other(path('/?a=2'))],
  }),
  {
    ...told({
      id: 'policy-variation-query-asset',
      title: 'Also for a file, which is for all queries unless it says otherwise',
      steps: [
        {
          ...stored('query=a', path('/?a=1&b=1')),
          origin: { headers: { ...DIRECTIVES, 'X-Varies': 'query=a', 'X-Asset': '1' } },
        },
        same(path('/?a=1&b=2')),
        other(path('/?a=2&b=1')),
        {
          request: path('/all?a=1'),
          origin: { headers: { ...DIRECTIVES, 'X-Varies': 'query', 'X-Asset': '1' } },
          expect: { from: 'origin', stored: true, notReasons: ['search-variance-asset'] },
        },
        other(path('/all?a=2')),
        {
          request: path('/none?a=1'),
          origin: { headers: { ...DIRECTIVES, 'X-Varies': 'cookie=a', 'X-Asset': '1' } },
          expect: { from: 'origin', stored: true, reasons: ['search-variance-asset'] },
        },
        { request: path('/none?a=2'), expect: { from: 'cache' } },
      ],
    }),
    policy: { key: { ...VARIES.key, assetFields: ['x-asset'] } },
  },
  told({
    id: 'policy-variation-query-304',
    title: 'A 304 may change which count, and says nothing where it is silent',
    steps: [
      {
        request: path('/?a=1&b=1'),
        origin: { headers: { ...DIRECTIVES, ETag: '"v1"', 'X-Varies': 'query=a' } },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 61,
        request: path('/?a=1&b=1'),
        origin: { status: 304 },
        expect: { from: 'validated' },
      },
      { at: 62, request: path('/?a=1&b=3'), expect: { from: 'cache' } },
      {
        at: 130,
        request: path('/?a=1&b=1'),
        origin: { status: 304, headers: { 'X-Varies': 'query=b' } },
        expect: { from: 'validated' },
      },
      { at: 131, request: path('/?a=2&b=1'), expect: { from: 'cache' } },
      other(path('/?a=1&b=2')),
    ],
  }),
];

const parts = [
  told({
    id: 'policy-variation-header',
    title: 'It may name request fields, in any case, beside Vary',
    steps: [
      {
        request: { headers: { 'X-A': '1', 'X-B': '1', 'X-C': '1' } },
        origin: { headers: { ...DIRECTIVES, 'X-Varies': 'header=X-A|x-b', Vary: 'X-C' } },
        expect: { from: 'origin', stored: true },
      },
      same({ headers: { 'X-A': '1', 'X-B': '1', 'X-C': '1', 'X-D': '1' } }),
      other({ headers: { 'X-A': '2', 'X-B': '1', 'X-C': '1' } }),
      other({ headers: { 'X-A': '1', 'X-B': '2', 'X-C': '1' } }),
      other({ headers: { 'X-A': '1', 'X-B': '1', 'X-C': '2' } }),
    ],
  }),
  ...[
    'Accept',
    'Accept-Charset',
    'Accept-Datetime',
    'Accept-Encoding',
    'Accept-Language',
    'Cookie',
    'Range',
    'Referer',
    'User-Agent',
  ].map((name) =>
    told({
      id: `policy-variation-header-${name.toLowerCase()}`,
      title: `but not ${name}`,
      steps: [
        stored(`header=${name}`, {}),
        {
          request: { headers: { [name]: name === 'Range' ? 'bytes=0-' : 'x' } },
          expect: {
            from: 'cache',
            ...(name === 'Range' ? { status: 206 } : {}),
          },
        },
      ],
    }),
  ),
  ...[
    'Cache-Control',
    'Connection',
    'Content-Length',
    'Host',
    'If-Match',
    'If-Modified-Since',
    'If-None-Match',
    'If-Range',
    'If-Unmodified-Since',
    'Upgrade',
    'no field',
  ].map((name) =>
    told({
      id: `policy-variation-header-${name.toLowerCase().replace(' ', '-')}`,
      title: `nor ${name}`,
      steps: [
        {
          ...stored(`header=${name}`, {}),
          expect: { from: 'origin', stored: true, notReasons: ['vary-variant'] },
        },
      ],
    }),
  ),
  told({
    id: 'policy-variation-cookie',
    title: 'It may name cookies, whose case counts; the others do not',
    steps: [
      stored('cookie=ab|C', cookie('ab=1; x=1; C=a=b')),
      same(cookie('y=2;C=a=b; ab=1')),
      same({
        headers: [
          ['Cookie', 'ab=1'],
          ['Cookie', 'C=a=b'],
        ],
      }),
      other(cookie('ab=2; C=a=b')),
      other(cookie('ab=1; c=a=b')),
      other(cookie('aab=1; C=a=b')),
      other({}),
    ],
  }),
  told({
    id: 'policy-variation-cookie-none',
    title: 'Requests without the cookie share one response, which is not that of an empty one',
    steps: [
      stored('cookie=a', {}),
      same(cookie('b=1')),
      same(cookie('ba=1')),
      other(cookie('a=1')),
      other(cookie('a=')),
      other(cookie('a=undefined')),
      other(cookie('a=null')),
    ],
  }),
  told({
    id: 'policy-variation-language',
    title: 'It may name languages: the group that a client wants most counts',
    steps: [
      stored('language=en|ES+pt', language('pt-BR, en;q=0.5')),
      same(language('es')),
      same(language('de, en;q=0.1, es;q=0.2')),
      same(language('PT')),
      same(language('en;q=0, es;q=0.1')),
      same(language('"x", es')),
      other(language('en-GB, es;q=0.9')),
      other(language('es;q=0.4, en;q=0.5')),
      other(language('de')),
      other({}),
    ],
  }),
  told({
    id: 'policy-variation-language-others',
    title: 'Who wants none of them shares one response',
    steps: [
      stored('language=en|es+pt', language('de')),
      same(language('fr, de;q=0.5')),
      same(language('en;q=0')),
      same(language('*')),
      same({}),
      other(language('en')),
    ],
  }),
  told({
    id: 'policy-variation-language-whole',
    title: 'A language with its region counts before the language',
    steps: [
      stored('language=en-gb|en', language('en-GB')),
      same(language('EN-gb')),
      other(language('en-US')),
      other(language('en')),
    ],
  }),
  told({
    id: 'policy-variation-country',
    title: 'It may name countries, in groups; the others share one response',
    steps: [
      stored('country=us|es+PT', country('ES')),
      same(country('pt')),
      other(country('US')),
      other(country('DE')),
      other({}),
    ],
  }),
  told({
    id: 'policy-variation-country-others',
    title: 'as one that lies in none of them does',
    steps: [
      stored('country=us|es+pt', country('DE')),
      same(country('FR')),
      same(country('us, es')),
      same({}),
      other(country('US')),
    ],
  }),
  told({
    id: 'policy-variation-several',
    title:
      'Instructions stand in one list, on any number of lines; those that nobody knows count for nothing',
    steps: [
      stored(['moon=full, cookie=a', 'country=us,'], {
        headers: { Cookie: 'a=1', 'X-Land': 'US' },
      }),
      same({ headers: { Cookie: 'a=1', 'X-Land': 'us', 'X-Moon': 'new' } }),
      other({ headers: { Cookie: 'a=2', 'X-Land': 'US' } }),
      other({ headers: { Cookie: 'a=1', 'X-Land': 'DE' } }),
    ],
  }),
  told({
    id: 'policy-variation-connection',
    title: 'What Connection nominates is as absent, since the origin never saw it',
    steps: [
      stored('country=us|de', { headers: { 'X-Land': 'DE', Connection: 'X-Land' } }),
      same({}),
      other(country('DE')),
    ],
  }),
  told({
    id: 'policy-variation-refresh',
    title: 'A refresh in the background tells the origin these parts, and of cookies no others',
    steps: [
      {
        request: {
          headers: { Cookie: 'x=1; a=2; b=3', 'X-Land': 'DE', 'Accept-Language': 'de, en' },
        },
        origin: {
          headers: {
            'Cache-Control': 'max-age=60, stale-while-revalidate=60',
            'X-Varies': 'cookie=a|z, country=us, language=de',
          },
        },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 61,
        request: {
          headers: { Cookie: 'x=4; a=2; b=3', 'X-Land': 'FR', 'Accept-Language': 'de' },
        },
        origin: { headers: DIRECTIVES },
        expect: {
          from: 'cache',
          outcome: 'updating',
          upstream: {
            requests: 1,
            headers: { Cookie: 'a=2', 'X-Land': 'FR', 'Accept-Language': 'de' },
          },
        },
      },
    ],
  }),
  told({
    id: 'policy-variation-304',
    title: 'A 304 with Vary alone leaves what was named; one that names anew changes it',
    steps: [
      {
        request: { headers: { Cookie: 'a=1', 'X-A': '1' } },
        origin: { headers: { ...DIRECTIVES, ETag: '"v1"', 'X-Varies': 'cookie=a' } },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 61,
        request: { headers: { Cookie: 'a=1', 'X-A': '1' } },
        origin: { status: 304, headers: { Vary: 'X-A' } },
        expect: { from: 'validated' },
      },
      { at: 62, request: { headers: { Cookie: 'a=1', 'X-A': '1' } }, expect: { from: 'cache' } },
      other({ headers: { Cookie: 'a=1', 'X-A': '2' } }),
      other({ headers: { Cookie: 'a=2', 'X-A': '1' } }),
      {
        at: 130,
        request: { headers: { Cookie: 'a=1', 'X-A': '1' } },
        origin: { status: 304, headers: { 'X-Varies': 'country=us' } },
        expect: { from: 'validated', bodyOfStep: 1 },
      },
      {
        at: 131,
        request: { headers: { Cookie: 'a=2', 'X-A': '1' } },
        expect: { from: 'cache', bodyOfStep: 1 },
      },
      other({ headers: { Cookie: 'a=1', 'X-A': '1', 'X-Land': 'US' } }),
    ],
  }),
  {
    ...told({
      id: 'policy-variation-off-private-vary',
      title:
        'Where a policy knows no such field, a 304 whose Vary is kept out of what is stored counts all the same',
      steps: [
        {
          request: { headers: { 'X-A': '1' } },
          origin: { headers: { ...DIRECTIVES, ETag: '"v1"' } },
          expect: { from: 'origin', stored: true },
        },
        {
          at: 61,
          request: { headers: { 'X-A': '1' } },
          origin: {
            status: 304,
            headers: { Vary: 'X-A', 'Cache-Control': 'max-age=60, private="vary"' },
          },
          expect: { from: 'validated' },
        },
        { at: 62, request: { headers: { 'X-A': '1' } }, expect: { from: 'cache', bodyOfStep: 1 } },
        other({ headers: { 'X-A': '2' } }),
      ],
    }),
    policy: {},
  },
  {
    ...told({
      id: 'policy-variation-off',
      title: 'Where a policy knows no such field, it says nothing',
      steps: [stored('cookie=a, query=b', path('/?b=1')), other(path('/?b=1&c=1'))],
    }),
    policy: { key: { noVarySearch: false } },
  },
];

const TAGGED: HeaderScript = { ...DIRECTIVES, 'X-Own': 'one', 'X-Any': 'two' };

const tags = (
  [
    ['own', 'one', TAGGED, 'origin'],
    ['beside', 'two', TAGGED, 'cache'],
    ['alone', 'two', { ...DIRECTIVES, 'X-Any': 'two' }, 'origin'],
  ] as const
).map(([which, tag, headers, from]) => ({
  ...told({
    id: `policy-tags-unless-${which}`,
    title: `A field of tags may count only where another is not there (${which})`,
    steps: [
      { request: {}, origin: { headers }, expect: { from: 'origin', stored: true } },
      { purge: { tag } },
      from === 'cache'
        ? { request: {}, expect: { from: 'cache' } }
        : { request: {}, origin: { headers }, expect: { from: 'origin' } },
    ],
  }),
  policy: {
    storability: {
      tagFields: [
        { name: 'x-own', separator: 'comma' },
        { name: 'x-any', separator: 'comma', unlessField: 'x-own' },
      ],
    },
  } satisfies PolicyPatch,
}));

export const policyVariationCases = defineCases([...queries, ...parts, ...tags]);
