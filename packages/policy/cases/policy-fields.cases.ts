/** Fields of a policy in which CDNs depart from the specification, one at a time. */
import { defineCases } from '@poplet/conformance';
import type { Case, ExchangeStep, PolicyPatch } from '@poplet/conformance';
import type { RequestDirective, ResponseDirective } from '@poplet/policy';

import { checkedEachTime, notStored, reused } from './patterns.ts';

const FRESH = { headers: { 'Cache-Control': 'max-age=60' } };
const MISS: ExchangeStep = { request: {}, origin: FRESH, expect: { from: 'origin', stored: true } };

function told(found: Omit<Case, 'kind' | 'spec'> & { readonly spec?: Case['spec'] }): Case {
  return { kind: 'check', spec: ['Poplet'], ...found };
}

const IMAGES: PolicyPatch = {
  eligibility: { paths: { extensions: ['png', 'css'], files: ['robots.txt'] } },
};

function onPath(path: string, isCached: boolean): readonly ExchangeStep[] {
  const request = { path };
  return isCached
    ? [
        { request, origin: FRESH, expect: { from: 'origin', stored: true } },
        { request, expect: { from: 'cache', outcome: 'hit' } },
      ]
    : [
        {
          request,
          origin: FRESH,
          expect: {
            from: 'origin',
            outcome: 'ineligible',
            stored: false,
            reasons: ['path-not-cached'],
            cacheStatus: { fwd: 'bypass' },
          },
        },
      ];
}

const paths = [
  told({
    id: 'policy-paths-cached',
    title: 'A policy may select paths by extension or name, without regard to case',
    policy: IMAGES,
    steps: [
      ...onPath('/a.png', true),
      ...onPath('/x/B.CSS?a=/c.html', true),
      ...onPath('/a.tar.png', true),
      ...onPath('/x/Robots.txt', true),
    ],
  }),
  told({
    id: 'policy-paths-passed-on',
    title: 'What it does not select is passed on, and nothing of it stored',
    policy: IMAGES,
    steps: [
      ...onPath('/', false),
      ...onPath('/a.html', false),
      ...onPath('/a.html?b.png', false),
      ...onPath('/png', false),
      ...onPath('/a.png/b', false),
      ...onPath('/a.txt', false),
      ...onPath('/a.png.', false),
    ],
  }),
  told({
    id: 'policy-paths-post',
    title: 'Nor is the answer to a POST stored for such a path',
    policy: IMAGES,
    steps: [
      {
        request: { method: 'POST', body: 'x' },
        origin: { headers: { 'Cache-Control': 'max-age=60', 'Content-Location': '{path}/' } },
        expect: { from: 'origin', stored: false },
      },
    ],
  }),
  told({
    id: 'policy-post-answers-off',
    title: 'A policy may store no answer to a POST',
    spec: ['RFC 9110 §9.3.3'],
    policy: { storability: { postAnswers: false } },
    steps: [
      {
        request: { method: 'POST', body: 'x' },
        origin: { headers: { 'Cache-Control': 'max-age=60', 'Content-Location': '{path}/' } },
        expect: { from: 'origin', stored: false },
      },
      MISS,
    ],
  }),
];

const storing = [
  notStored({
    id: 'policy-statuses-others',
    title: 'Where a policy lists statuses, others are not stored, whatever lifetime they have',
    kind: 'check',
    spec: ['Poplet'],
    policy: { storability: { statuses: [200, 404] } },
    origin: { status: 203, ...FRESH },
    first: { reasons: ['not-stored-status-not-listed'] },
  }),
  reused({
    id: 'policy-statuses-listed',
    title: 'Those that it lists are',
    kind: 'check',
    spec: ['Poplet'],
    policy: { storability: { statuses: [200, 404] } },
    origin: { status: 404, ...FRESH },
  }),
  notStored({
    id: 'policy-set-cookie-refused',
    title: 'A policy may store nothing that sets a cookie',
    kind: 'check',
    spec: ['RFC 9111 §7.3'],
    policy: { storability: { setCookie: 'refused' } },
    origin: { headers: { 'Cache-Control': 'public, max-age=60', 'Set-Cookie': 'a=1' } },
    first: { reasons: ['not-stored-cookie-set'], headers: { 'Set-Cookie': 'a=1' } },
  }),
  reused({
    id: 'policy-set-cookie-refused-without',
    title: 'Where it does, what sets none is stored',
    kind: 'check',
    spec: ['RFC 9111 §7.3'],
    policy: { storability: { setCookie: 'refused' } },
    origin: FRESH,
  }),
  told({
    id: 'policy-set-cookie-refused-304',
    title: 'Where it does, a 304 that sets a cookie ends what is stored',
    spec: ['RFC 9111 §7.3'],
    policy: { storability: { setCookie: 'refused' } },
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60', ETag: '"v1"' } },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 61,
        request: {},
        origin: [
          { status: 304, headers: { 'Set-Cookie': 'a=1' } },
          { headers: { 'Cache-Control': 'max-age=60' }, body: 'anew' },
        ],
        expect: { from: 'origin', body: 'anew', upstream: { requests: 2 } },
      },
    ],
  }),
  told({
    id: 'policy-authorization-shared',
    title: 'A policy may store what Authorization brought like any other response',
    spec: ['RFC 9111 §3.5'],
    policy: { storability: { authorization: 'shared' } },
    steps: [
      {
        request: { headers: { Authorization: 'Bearer a' } },
        origin: FRESH,
        expect: { from: 'origin', stored: true },
      },
      { request: {}, expect: { from: 'cache', outcome: 'hit' } },
    ],
  }),
  notStored({
    id: 'policy-no-cache-refused',
    title: 'A policy may take no-cache for no-store',
    kind: 'check',
    spec: ['RFC 9111 §5.2.2.4'],
    policy: { storability: { noCache: 'refused' } },
    origin: { headers: { 'Cache-Control': 'no-cache, max-age=60', ETag: '"v1"' } },
    first: { reasons: ['not-stored-no-cache'] },
  }),
  reused({
    id: 'policy-no-cache-refused-without',
    title: 'Where it does, what says nothing of the kind is stored',
    kind: 'check',
    spec: ['RFC 9111 §5.2.2.4'],
    policy: { storability: { noCache: 'refused' } },
    origin: FRESH,
  }),
];

const NEEDS_CODING = {
  fields: null,
  others: 'ignored',
  star: 'refused',
  acceptEncodingNeedsCoding: true,
} as const;

function asking(headers: Readonly<Record<string, string>>, step: ExchangeStep): ExchangeStep {
  return { ...step, request: { headers } };
}

const varying = [
  told({
    id: 'policy-vary-others-ignored',
    title: 'Fields of Vary that a policy does not know are ignored, those that it knows are not',
    spec: ['RFC 9111 §4.1'],
    policy: { storability: { vary: { fields: ['x-a'], others: 'ignored', star: 'refused' } } },
    steps: [
      asking(
        { 'X-A': '1', 'X-B': '1' },
        {
          request: {},
          origin: { headers: { 'Cache-Control': 'max-age=60', Vary: 'X-A, X-B, X-Forwarded-For' } },
          expect: { from: 'origin', stored: true },
        },
      ),
      asking({ 'X-A': '1', 'X-B': '2' }, { request: {}, expect: { from: 'cache' } }),
      asking({ 'X-A': '2', 'X-B': '1' }, MISS),
    ],
  }),
  notStored({
    id: 'policy-vary-others-refused',
    title: 'A policy may refuse to store what varies by a field that it does not know',
    kind: 'check',
    spec: ['RFC 9111 §4.1'],
    policy: { storability: { vary: { fields: ['x-a'], others: 'refused', star: 'refused' } } },
    origin: { headers: { 'Cache-Control': 'max-age=60', Vary: 'X-A, X-B, X-C' } },
    first: { reasons: ['not-stored-vary'], words: [/Vary names x-b, x-c,/u] },
  }),
  reused({
    id: 'policy-vary-others-refused-known',
    title: 'Where it does, fields that it knows tell responses apart',
    kind: 'check',
    spec: ['RFC 9111 §4.1'],
    policy: { storability: { vary: { fields: ['x-a'], others: 'refused', star: 'refused' } } },
    origin: { headers: { 'Cache-Control': 'max-age=60', Vary: 'X-A' } },
  }),
  notStored({
    id: 'policy-vary-uncoded',
    title: 'A policy may store what varies by Accept-Encoding only with a coding',
    kind: 'check',
    spec: ['RFC 9110 §12.5.3'],
    policy: { storability: { vary: NEEDS_CODING } },
    origin: { headers: { 'Cache-Control': 'max-age=60', Vary: 'Accept-Encoding' } },
    first: { reasons: ['not-stored-vary-uncoded'] },
  }),
  reused({
    id: 'policy-vary-coded',
    title: 'With one it does',
    kind: 'check',
    spec: ['RFC 9110 §12.5.3'],
    policy: { storability: { vary: NEEDS_CODING } },
    request: { headers: { 'Accept-Encoding': 'gzip' } },
    origin: { coding: 'gzip', headers: { 'Cache-Control': 'max-age=60', Vary: 'Accept-Encoding' } },
    first: { coding: 'gzip' },
    second: { coding: 'gzip' },
  }),
  ...(['Accept', ''] as const).map((value, index) =>
    reused({
      id: `policy-vary-uncoded-other-${index + 1}`,
      title: 'What does not vary by it needs none',
      kind: 'check',
      spec: ['RFC 9110 §12.5.3'],
      policy: { storability: { vary: NEEDS_CODING } },
      origin: { headers: { 'Cache-Control': 'max-age=60', Vary: value } },
    }),
  ),
  told({
    id: 'policy-vary-coded-304',
    title: 'A 304 that says so is about the body that is stored, and that has one',
    spec: ['RFC 9111 §4.3.4'],
    policy: { storability: { vary: NEEDS_CODING } },
    steps: [
      asking(
        { 'Accept-Encoding': 'gzip' },
        {
          request: {},
          origin: {
            coding: 'gzip',
            headers: { 'Cache-Control': 'max-age=60', ETag: '"v1"', Vary: 'Accept-Encoding' },
          },
          expect: { from: 'origin', stored: true, coding: 'gzip' },
        },
      ),
      asking(
        { 'Accept-Encoding': 'gzip' },
        {
          at: 61,
          request: {},
          origin: { status: 304, headers: { Vary: 'Accept-Encoding' } },
          expect: { from: 'validated', coding: 'gzip' },
        },
      ),
    ],
  }),
  notStored({
    id: 'policy-vary-star-refused',
    title: 'Vary: * is refused also where all other fields are ignored',
    kind: 'check',
    spec: ['RFC 9111 §4.1'],
    policy: { storability: { vary: { fields: [], others: 'ignored', star: 'refused' } } },
    origin: { headers: { 'Cache-Control': 'max-age=60', Vary: '*' } },
    first: { reasons: ['not-stored-vary-star'] },
  }),
  reused({
    id: 'policy-vary-star-ignored',
    title: 'A policy may ignore Vary: *',
    kind: 'check',
    spec: ['RFC 9111 §4.1'],
    policy: { storability: { vary: { fields: null, others: 'ignored', star: 'ignored' } } },
    origin: { headers: { 'Cache-Control': 'max-age=60', Vary: '*' } },
  }),
  told({
    id: 'policy-key-fields-alone',
    title: 'Fields of the key are none of Vary: nothing is said of them',
    policy: { key: { fields: ['x-a'] } },
    steps: [
      {
        request: {},
        origin: FRESH,
        expect: { from: 'origin', stored: true, notReasons: ['vary-variant'] },
      },
    ],
  }),
  told({
    id: 'policy-key-fields',
    title: 'Fields of the key tell responses apart whatever Vary says, and beside it',
    policy: { key: { fields: ['x-a'] } },
    steps: [
      asking(
        { 'X-A': '1', 'X-B': '1' },
        {
          request: {},
          origin: { headers: { 'Cache-Control': 'max-age=60', Vary: 'X-B' } },
          expect: { from: 'origin', stored: true, words: [/each value of x-b \(Vary\)/u] },
        },
      ),
      asking({ 'X-A': '1', 'X-B': '1', 'X-C': '1' }, { request: {}, expect: { from: 'cache' } }),
      asking({ 'X-A': '2', 'X-B': '1' }, MISS),
      asking({ 'X-A': '1', 'X-B': '2' }, MISS),
    ],
  }),
];

const RESPONSE_DIRECTIVES: readonly ResponseDirective[] = [
  'no-cache',
  'no-store',
  'private',
  'must-revalidate',
  'proxy-revalidate',
  'must-understand',
  's-maxage',
];

function ignoring(...ignoredDirectives: readonly ResponseDirective[]): PolicyPatch {
  return { freshness: { ignoredDirectives } };
}

const directives = [
  ...(['no-cache', 'no-store', 'private'] as const).flatMap((name) => [
    reused({
      id: `policy-ignores-${name}`,
      title: `A policy may ignore ${name}`,
      kind: 'check',
      spec: ['RFC 9111 §5.2.2'],
      policy: ignoring(name),
      origin: { headers: { 'Cache-Control': `${name}, max-age=60` } },
    }),
    reused({
      id: `policy-ignores-${name}-targeted`,
      title: `${name} of a targeted field too`,
      kind: 'check',
      spec: ['RFC 9111 §5.2.2'],
      policy: ignoring(name),
      origin: { headers: { 'CDN-Cache-Control': `${name}, max-age=60` } },
    }),
  ]),
  ...(['no-cache', 'private'] as const).map((name) =>
    reused({
      id: `policy-ignores-${name}-fields`,
      title: `Where ${name} is ignored, so are the fields that it names`,
      kind: 'check',
      spec: ['RFC 9111 §5.2.2'],
      policy: ignoring(name),
      origin: { headers: { 'Cache-Control': `${name}="x-a", max-age=60`, 'X-A': '1' } },
      second: { headers: { 'X-A': '1' } },
    }),
  ),
  ...(['must-revalidate', 'proxy-revalidate', 's-maxage=10'] as const).map((directive) => {
    const name = directive.replace('=10', '') as ResponseDirective;
    return told({
      id: `policy-ignores-${name}`,
      title: `A policy may ignore ${name}: stale-while-revalidate counts beside it`,
      spec: ['RFC 9111 §5.2.2'],
      policy: ignoring(name),
      steps: [
        {
          request: {},
          origin: {
            headers: { 'Cache-Control': `max-age=60, stale-while-revalidate=60, ${directive}` },
          },
          expect: { from: 'origin', stored: true },
        },
        { at: 59, request: {}, expect: { from: 'cache', outcome: 'hit' } },
        {
          at: 61,
          request: {},
          origin: { headers: { 'Cache-Control': 'max-age=60' } },
          expect: { from: 'cache', outcome: 'updating', upstream: { requests: 1 } },
        },
      ],
    });
  }),
  notStored({
    id: 'policy-ignores-must-understand',
    title: 'Where must-understand is ignored, no-store holds beside it',
    kind: 'check',
    spec: ['RFC 9111 §5.2.2.3'],
    policy: ignoring('must-understand'),
    origin: { headers: { 'Cache-Control': 'must-understand, no-store, max-age=60' } },
    first: { reasons: ['not-stored-no-store'] },
  }),
  ...RESPONSE_DIRECTIVES.filter((name) => name !== 'no-store').map((name) =>
    notStored({
      id: `policy-ignores-${name}-alone`,
      title: `Where ${name} alone is ignored, no-store holds`,
      kind: 'check',
      spec: ['RFC 9111 §5.2.2'],
      policy: ignoring(name),
      origin: { headers: { 'Cache-Control': 'no-store, max-age=60' } },
    }),
  ),
];

const lifetimes = [
  told({
    id: 'policy-muting-field',
    title: 'A field may make Cache-Control void: Expires counts, and what is forbidden does not',
    policy: { freshness: { mutingFields: ['surrogate-control'] } },
    steps: [
      {
        request: {},
        origin: {
          headers: {
            'Surrogate-Control': '',
            'Cache-Control': 'no-store, max-age=5',
            Expires: '{now+61}',
          },
        },
        expect: { from: 'origin', stored: true },
      },
      { at: 55, request: {}, expect: { from: 'cache', outcome: 'hit' } },
    ],
  }),
  told({
    id: 'policy-lifetime-field',
    title: 'A field may say the lifetime where Cache-Control says another',
    policy: { freshness: { lifetimeFields: ['x-other', 'surrogate-control'] } },
    steps: [
      {
        request: {},
        origin: {
          headers: { 'Surrogate-Control': 'max-age=60', 'Cache-Control': 's-maxage=5, max-age=5' },
        },
        expect: { from: 'origin', stored: true, words: [/60 s \(surrogate-control\)/u] },
      },
      { at: 59, request: {}, expect: { from: 'cache', outcome: 'hit' } },
      { at: 61, request: {}, origin: FRESH, expect: { from: 'origin', outcome: 'expired' } },
    ],
  }),
  notStored({
    id: 'policy-lifetime-field-forbidden',
    title: 'Beside such a field what Cache-Control forbids holds',
    kind: 'check',
    spec: ['Poplet'],
    policy: { freshness: { lifetimeFields: ['surrogate-control'] } },
    origin: { headers: { 'Surrogate-Control': 'max-age=60', 'Cache-Control': 'private' } },
  }),
  told({
    id: 'policy-lifetime-field-empty',
    title: 'Such a field without max-age leaves the lifetime to Cache-Control',
    policy: { freshness: { lifetimeFields: ['surrogate-control'] } },
    steps: [
      {
        request: {},
        origin: { headers: { 'Surrogate-Control': 'content="x"', 'Cache-Control': 'max-age=60' } },
        expect: { from: 'origin', stored: true, words: [/60 s \(max-age\)/u] },
      },
    ],
  }),
  reused({
    id: 'policy-overriding-field-lifetime',
    title: 'A field may have the last word on how long',
    kind: 'check',
    spec: ['Poplet'],
    policy: {
      freshness: {
        overridingFields: ['x-other', 'edge-control'],
        lifetimeFields: ['surrogate-control'],
      },
    },
    origin: {
      headers: {
        'Edge-Control': 'cache-maxage=2m',
        'Surrogate-Control': 'max-age=60',
        'Cache-Control': 's-maxage=5, max-age=5',
        Expires: '{now+3600}',
      },
    },
    first: { words: [/stored for 120 s \(edge-control\)/u] },
  }),
  ...(['no-store', 'bypass-cache'] as const).map((directive) =>
    notStored({
      id: `policy-overriding-field-${directive}`,
      title: `and on whether: ${directive}`,
      kind: 'check',
      spec: ['Poplet'],
      policy: { freshness: { overridingFields: ['edge-control'] } },
      origin: {
        headers: { 'Edge-Control': directive, 'Cache-Control': 'must-understand, max-age=60' },
      },
      first: { reasons: ['not-stored-no-store'], words: [/edge-control/u] },
    }),
  ),
  reused({
    id: 'policy-overriding-field-lifts',
    title: 'It may lift the no-store of Cache-Control',
    kind: 'check',
    spec: ['Poplet'],
    policy: { freshness: { overridingFields: ['edge-control'] } },
    origin: { headers: { 'Edge-Control': '!no-store', 'Cache-Control': 'no-store, max-age=60' } },
    first: { words: [/stored for 60 s \(max-age\)/u] },
  }),
  notStored({
    id: 'policy-overriding-field-silent',
    title: 'Where it says neither, Cache-Control holds',
    kind: 'check',
    spec: ['Poplet'],
    policy: { freshness: { overridingFields: ['edge-control'] } },
    origin: { headers: { 'Edge-Control': 'dca=esi', 'Cache-Control': 'no-store, max-age=60' } },
    first: { reasons: ['not-stored-no-store'] },
  }),
  ...(
    [
      ['listed', 404, 20],
      ['any', 500, 30],
    ] as const
  ).map(([which, status, seconds]) =>
    told({
      id: `policy-default-lifetime-${which}`,
      title: `A policy may have a lifetime for what names none: the first that fits (${which})`,
      policy: {
        freshness: {
          defaultLifetimes: [
            { statuses: [200], seconds: 10 },
            { statuses: [404, 410], seconds: 20 },
            { statuses: null, seconds: 30 },
          ],
        },
      },
      steps: [
        {
          request: { headers: { Cookie: 'a=1' } },
          origin: { status, headers: { 'Last-Modified': '{now-86400}' } },
          expect: {
            from: 'origin',
            stored: true,
            reasons: ['default-lifetime'],
            words: [new RegExp(`stored for ${seconds} s, the default`, 'u')],
          },
        },
        { at: seconds - 1, request: {}, expect: { from: 'cache', outcome: 'hit' } },
      ],
    }),
  ),
  reused({
    id: 'policy-default-lifetime-explicit',
    title: 'What names a lifetime has that',
    kind: 'check',
    spec: ['Poplet'],
    policy: { freshness: { defaultLifetimes: [{ statuses: null, seconds: 30 }] } },
    origin: FRESH,
    first: { words: [/stored for 60 s \(max-age\)/u] },
  }),
  told({
    id: 'policy-default-lifetime-none',
    title: 'Where no default fits, it is as if there were none',
    policy: { freshness: { defaultLifetimes: [{ statuses: [404], seconds: 30 }] } },
    steps: [
      {
        request: {},
        origin: {},
        expect: { from: 'origin', stored: false, reasons: ['not-stored-no-freshness'] },
      },
    ],
  }),
  told({
    id: 'policy-default-lifetime-post',
    title: 'A default is no explicit lifetime: the answer to a POST needs one',
    spec: ['RFC 9110 §9.3.3'],
    policy: { freshness: { defaultLifetimes: [{ statuses: null, seconds: 30 }] } },
    steps: [
      {
        request: { method: 'POST', body: 'x' },
        origin: { headers: { 'Content-Location': '{path}/' } },
        expect: { from: 'origin', stored: false, reasons: ['not-stored-no-explicit-lifetime'] },
      },
    ],
  }),
];

const SEARCHED: PolicyPatch = { freshness: { directiveGrammar: 'searched' } };
const CLOCK: PolicyPatch = { freshness: { countsFromDate: false } };

const reading = [
  reused({
    id: 'policy-searched-first',
    title: 'A policy may search for directives: the first max-age counts',
    kind: 'check',
    spec: ['RFC 9111 §4.2.1'],
    policy: SEARCHED,
    origin: { headers: { 'Cache-Control': 'x="max-age = 60", max-age=0' } },
    first: { words: [/stored for 60 s \(max-age\)/u] },
  }),
  notStored({
    id: 'policy-searched-private',
    title: 'and private is found wherever it stands',
    kind: 'check',
    spec: ['RFC 9111 §5.2.2.7'],
    policy: SEARCHED,
    origin: { headers: { 'Cache-Control': 'max-age=60, private="x-a"' } },
    first: { reasons: ['not-stored-private'] },
  }),
  reused({
    id: 'policy-searched-lifetime-field',
    title: 'and fields that say a lifetime are searched too',
    kind: 'check',
    spec: ['Poplet'],
    policy: {
      freshness: { directiveGrammar: 'searched', lifetimeFields: ['surrogate-control'] },
    },
    origin: { headers: { 'Surrogate-Control': 'max-age = 60' } },
    first: { words: [/stored for 60 s \(surrogate-control\)/u] },
  }),
  told({
    id: 'policy-date-ignored',
    title: 'A policy may ignore Date: nothing is older by it',
    spec: ['RFC 9111 §4.2.3'],
    policy: CLOCK,
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60', Date: '{now-3600}' } },
        expect: { from: 'origin', stored: true },
      },
      { at: 30, request: {}, expect: { from: 'cache', headers: { Age: '30' } } },
    ],
  }),
  told({
    id: 'policy-date-ignored-expires',
    title: 'Then Expires is compared with the clock, whatever Age says',
    spec: ['RFC 9111 §4.2.1'],
    policy: CLOCK,
    steps: [
      {
        request: {},
        origin: { headers: { Expires: '{now+61}', Date: '{now-3600}', Age: '40' } },
        expect: { from: 'origin', stored: true },
      },
      { at: 55, request: {}, expect: { from: 'cache', headers: { Age: '95' } } },
      { at: 63, request: {}, origin: FRESH, expect: { from: 'origin', outcome: 'expired' } },
    ],
  }),
  told({
    id: 'policy-date-ignored-expires-alone',
    title: 'also where there is no Age',
    spec: ['RFC 9111 §4.2.1'],
    policy: CLOCK,
    steps: [
      {
        request: {},
        origin: { headers: { Expires: '{now+61}', Date: '{now-3600}' } },
        expect: { from: 'origin', stored: true },
      },
      { at: 55, request: {}, expect: { from: 'cache', outcome: 'hit' } },
      { at: 63, request: {}, origin: FRESH, expect: { from: 'origin', outcome: 'expired' } },
    ],
  }),
  told({
    id: 'policy-date-ignored-age',
    title: 'and an Age counts against max-age as ever',
    spec: ['RFC 9111 §4.2.3'],
    policy: CLOCK,
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60', Age: '40' } },
        expect: { from: 'origin', stored: true },
      },
      { at: 18, request: {}, expect: { from: 'cache', headers: { Age: '58' } } },
      { at: 22, request: {}, origin: FRESH, expect: { from: 'origin', outcome: 'expired' } },
    ],
  }),
  told({
    id: 'policy-parts-off',
    title: 'A policy may store no part of a body',
    spec: ['RFC 9111 §3.3'],
    policy: { storability: { parts: false } },
    steps: [
      {
        request: { headers: { Range: 'bytes=0-1' } },
        origin: {
          status: 206,
          headers: { 'Cache-Control': 'max-age=60', 'Content-Range': 'bytes 0-1/4', ETag: '"v1"' },
          body: 'ab',
        },
        expect: { from: 'origin', stored: false, reasons: ['not-stored-partial'] },
      },
    ],
  }),
  told({
    id: 'policy-parts-off-cut-off',
    title: 'nor what came of a body that broke off',
    spec: ['RFC 9111 §3.3'],
    policy: { storability: { parts: false } },
    steps: [
      {
        request: {},
        origin: {
          headers: { 'Cache-Control': 'max-age=60', ETag: '"v1"' },
          body: 'abcdef',
          cutOffAfterBytes: 3,
        },
        expect: { from: 'origin', stored: false, cutOff: true },
      },
      {
        request: { headers: { Range: 'bytes=0-1' } },
        origin: { headers: { 'Cache-Control': 'max-age=60', ETag: '"v1"' }, body: 'abcdef' },
        expect: { from: 'origin', status: 206, body: 'ab' },
      },
    ],
  }),
];

/** Bounds by status: 404 from 10 s on, all else between 5 s and 100 s. */
const BOUNDS: PolicyPatch = {
  freshness: {
    lifetimeBounds: [
      { statuses: [404], leastSeconds: 10, mostSeconds: Infinity },
      { statuses: null, leastSeconds: 5, mostSeconds: 100 },
    ],
  },
};

function keptFor(seconds: number): readonly ExchangeStep[] {
  return [
    { at: seconds - 1, request: {}, expect: { from: 'cache', outcome: 'hit' } },
    { at: seconds + 1, request: {}, origin: FRESH, expect: { from: 'origin', outcome: 'expired' } },
  ];
}

const bounded = [
  ...(
    [
      ['least', 200, 'max-age=1', 5],
      ['within', 200, 'max-age=50', 50],
      ['most', 200, 'max-age=1000', 100],
      ['by-status', 404, 'max-age=1', 10],
      ['by-status-most', 404, 'max-age=1000', 1000],
    ] as const
  ).map(([name, status, value, seconds]) =>
    told({
      id: `policy-bounds-${name}`,
      title: `A policy may keep lifetimes within bounds: ${value} of a ${status} is ${seconds} s`,
      policy: BOUNDS,
      steps: [
        {
          request: {},
          origin: { status, headers: { 'Cache-Control': value } },
          expect: { from: 'origin', stored: true },
        },
        ...keptFor(seconds),
      ],
    }),
  ),
  notStored({
    id: 'policy-bounds-none',
    title: 'What names no lifetime has none by them',
    kind: 'check',
    spec: ['Poplet'],
    policy: BOUNDS,
    origin: {},
  }),
  reused({
    id: 'policy-bounds-others',
    title: 'A status that no bounds are for is as it says',
    kind: 'check',
    spec: ['Poplet'],
    policy: {
      freshness: { lifetimeBounds: [{ statuses: [404], leastSeconds: 10, mostSeconds: 20 }] },
    },
    origin: FRESH,
    first: { words: [/stored for 60 s \(max-age\)/u] },
  }),
  ...(['no-store', 'no-cache', 'private'] as const).map((directive) =>
    told({
      id: `policy-refusal-overruled-${directive}`,
      title: `A policy may store what says ${directive} for so many seconds, whatever else it says`,
      spec: ['RFC 9111 §5.2.2'],
      policy: { freshness: { refusalSeconds: 3 } },
      steps: [
        {
          request: {},
          origin: { headers: { 'Cache-Control': `max-age=60, ${directive}` } },
          expect: {
            from: 'origin',
            stored: true,
            reasons: ['refusal-overruled'],
            words: [/stored for 3 s/u],
          },
        },
        ...keptFor(3),
      ],
    }),
  ),
  reused({
    id: 'policy-refusal-overruled-without',
    title: 'What forbids nothing has the lifetime that it names',
    kind: 'check',
    spec: ['Poplet'],
    policy: { freshness: { refusalSeconds: 3 } },
    origin: FRESH,
    first: { words: [/stored for 60 s \(max-age\)/u], notReasons: ['refusal-overruled'] },
  }),
  told({
    id: 'policy-refusal-overruled-post',
    title: 'The answer to a POST needs a lifetime of its own all the same',
    spec: ['RFC 9110 §9.3.3'],
    policy: { freshness: { refusalSeconds: 3 } },
    steps: [
      {
        request: { method: 'POST', body: 'x' },
        origin: {
          headers: { 'Cache-Control': 'no-store, max-age=60', 'Content-Location': '{path}/' },
        },
        expect: { from: 'origin', stored: false, reasons: ['not-stored-no-explicit-lifetime'] },
      },
    ],
  }),
];

const further = [
  told({
    id: 'policy-query-none',
    title: 'A policy may answer all queries of a path alike',
    policy: { key: { query: 'none' } },
    steps: [
      {
        request: { path: '/a?x=1' },
        origin: FRESH,
        expect: { from: 'origin', stored: true, upstream: { path: '/a?x=1' } },
      },
      { request: { path: '/a?x=2?y' }, expect: { from: 'cache', outcome: 'hit' } },
      { request: { path: '/a' }, expect: { from: 'cache', outcome: 'hit' } },
      { request: { path: '/b' }, origin: FRESH, expect: { from: 'origin' } },
    ],
  }),
  told({
    id: 'policy-query-not-forwarded',
    title: 'and forward none of them',
    policy: { key: { query: 'none' }, fill: { forwardsQuery: false } },
    steps: [
      {
        request: { path: '/a?x=1?y' },
        origin: FRESH,
        expect: { from: 'origin', upstream: { path: '/a' } },
      },
      {
        request: { path: '/b' },
        origin: FRESH,
        expect: { from: 'origin', upstream: { path: '/b' } },
      },
    ],
  }),
  told({
    id: 'policy-set-cookie-stripped',
    title: 'A policy may take cookies out of responses, and store the rest',
    spec: ['RFC 9111 §7.3'],
    policy: { storability: { setCookie: 'stripped' } },
    steps: [
      {
        request: {},
        origin: {
          headers: { 'Cache-Control': 'max-age=60', 'Set-Cookie': 'a=1', ETag: '"v1"', 'X-A': '1' },
        },
        expect: {
          from: 'origin',
          stored: true,
          absent: ['set-cookie'],
          headers: { 'X-A': '1' },
          notReasons: ['stored-set-cookie'],
        },
      },
      { request: {}, expect: { from: 'cache', absent: ['set-cookie'] } },
      {
        at: 61,
        request: {},
        origin: { status: 304, headers: { 'Set-Cookie': 'a=2' } },
        expect: { from: 'validated', absent: ['set-cookie'] },
      },
      {
        at: 122,
        request: {},
        origin: { headers: { 'Cache-Control': 'no-store', 'Set-Cookie': 'a=3' } },
        expect: { from: 'origin', stored: false, absent: ['set-cookie'] },
      },
    ],
  }),
  told({
    id: 'policy-set-cookie-stripped-where-stored',
    title: 'A policy may take cookies out of what it stores alone',
    spec: ['RFC 9111 §7.3'],
    policy: { storability: { setCookie: 'stripped-where-stored' } },
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'private', 'Set-Cookie': 'a=1' } },
        expect: { from: 'origin', stored: false, headers: { 'Set-Cookie': 'a=1' } },
      },
      {
        request: {},
        origin: {
          headers: { 'Cache-Control': 'max-age=60', 'Set-Cookie': 'a=1', ETag: '"v1"', 'X-A': '1' },
        },
        expect: {
          from: 'origin',
          stored: true,
          absent: ['set-cookie'],
          headers: { 'X-A': '1' },
          notReasons: ['stored-set-cookie'],
        },
      },
      { request: {}, expect: { from: 'cache', absent: ['set-cookie'] } },
      {
        at: 61,
        request: {},
        origin: { status: 304, headers: { 'Set-Cookie': 'a=2' } },
        expect: { from: 'validated', absent: ['set-cookie'] },
      },
      {
        at: 122,
        request: {},
        origin: { headers: { 'Cache-Control': 'no-store', 'Set-Cookie': 'a=3' } },
        expect: { from: 'origin', stored: false, headers: { 'Set-Cookie': 'a=3' } },
      },
    ],
  }),
  told({
    id: 'policy-stale-when-failing',
    title:
      'A policy may serve the stale response instead of any error, where stale-if-error says nothing',
    spec: ['RFC 9111 §4.2.4'],
    policy: { stale: { whenFailing: true } },
    steps: [
      MISS,
      {
        at: 61,
        request: {},
        origin: { status: 503 },
        expect: {
          from: 'cache',
          outcome: 'stale',
          reasons: ['stale-failing'],
          words: [/stale by 1 s: served instead/u],
          upstream: { requests: 1 },
        },
      },
      {
        at: 61,
        request: {},
        origin: { fault: 'refused' },
        expect: {
          from: 'cache',
          outcome: 'stale',
          reasons: ['stale-disconnected'],
          upstream: { requests: 0 },
        },
      },
      {
        at: 61,
        request: {},
        origin: { fault: 'malformed' },
        expect: { from: 'edge', status: 502, outcome: 'error' },
      },
    ],
  }),
  told({
    id: 'policy-stale-when-failing-fresh',
    title: 'but not where a client had a fresh one validated',
    spec: ['RFC 9111 §4.2.4'],
    policy: { stale: { whenFailing: true } },
    steps: [
      MISS,
      {
        at: 10,
        request: { headers: { 'Cache-Control': 'no-cache' } },
        origin: { status: 503 },
        expect: { from: 'origin', status: 503 },
      },
    ],
  }),
  told({
    id: 'policy-stale-when-failing-only',
    title: 'nor, by itself, where the origin cannot be reached',
    spec: ['RFC 9111 §4.2.4'],
    policy: { stale: { whenFailing: true, whenDisconnected: false } },
    steps: [
      MISS,
      {
        at: 61,
        request: {},
        origin: { fault: 'reset' },
        expect: { from: 'edge', status: 502, outcome: 'error' },
      },
    ],
  }),
  told({
    id: 'policy-windows-bounded',
    title: 'A policy may bound how long stale-while-revalidate and stale-if-error are',
    spec: ['RFC 5861 §3', 'RFC 5861 §4'],
    policy: { stale: { mostWindowSeconds: 30 } },
    steps: [
      {
        request: {},
        origin: {
          headers: {
            'Cache-Control': 'max-age=60, stale-while-revalidate=10, stale-if-error=600',
          },
        },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 90,
        request: {},
        origin: { status: 503 },
        expect: {
          from: 'cache',
          outcome: 'stale',
          reasons: ['stale-if-error'],
          upstream: { requests: 1 },
        },
      },
      {
        at: 91,
        request: {},
        origin: { status: 503 },
        expect: { from: 'origin', status: 503 },
      },
    ],
  }),
  told({
    id: 'policy-windows-bounded-refresh',
    title: 'as long as it says where that is less, and not beyond the bound',
    spec: ['RFC 5861 §3'],
    policy: { stale: { mostWindowSeconds: 30 } },
    steps: [
      {
        request: { path: '/short' },
        origin: { headers: { 'Cache-Control': 'max-age=60, stale-while-revalidate=10' } },
        expect: { from: 'origin', stored: true },
      },
      {
        request: { path: '/long' },
        origin: { headers: { 'Cache-Control': 'max-age=60, stale-while-revalidate=600' } },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 71,
        request: { path: '/short' },
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'origin' },
      },
      {
        at: 91,
        request: { path: '/long' },
        origin: { headers: { 'Cache-Control': 'max-age=60' } },
        expect: { from: 'origin' },
      },
    ],
  }),
  told({
    id: 'policy-vary-kept',
    title: 'A policy may leave members of Vary out of what clients see',
    spec: ['RFC 9110 §12.5.5'],
    policy: { downstream: { varyKept: ['x-a', 'x-c'] } },
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60', Vary: ['X-A, X-B', 'X-C'] } },
        expect: { from: 'origin', headers: { Vary: 'X-A, X-C' } },
      },
      { request: {}, expect: { from: 'cache', headers: { Vary: 'X-A, X-C' } } },
    ],
  }),
  told({
    id: 'policy-vary-kept-none',
    title: 'and Vary altogether where none is left',
    spec: ['RFC 9110 §12.5.5'],
    policy: { downstream: { varyKept: ['x-a'] } },
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60', Vary: 'X-B', 'X-C': '1' } },
        expect: { from: 'origin', absent: ['vary'], headers: { 'X-C': '1' } },
      },
    ],
  }),
];

/** What the client says, at which second, and what it gets where that is ignored. */
const IGNORED: readonly (readonly [RequestDirective, string, number, 'cache' | 'validated'])[] = [
  ['no-cache', 'no-cache', 10, 'cache'],
  ['max-age', 'max-age=5', 10, 'cache'],
  ['min-fresh', 'min-fresh=55', 10, 'cache'],
  ['max-stale', 'max-stale=100', 61, 'validated'],
];

const asked = [
  ...IGNORED.map(([name, value, at, from]) =>
    told({
      id: `policy-client-ignored-${name}`,
      title: `A policy may ignore ${name} of clients`,
      spec: ['RFC 9111 §5.2.1'],
      policy: { validation: { ignoredRequestDirectives: [name] } },
      steps: [
        {
          request: {},
          origin: { headers: { 'Cache-Control': 'max-age=60', ETag: '"v1"' } },
          expect: { from: 'origin', stored: true },
        },
        {
          at,
          request: { headers: { 'Cache-Control': value } },
          ...(from === 'validated' ? { origin: { status: 304 } } : {}),
          expect: { from },
        },
      ],
    }),
  ),
  told({
    id: 'policy-client-ignored-pragma',
    title: 'Where no-cache of clients is ignored, so is Pragma',
    spec: ['RFC 9111 §5.4'],
    policy: { validation: { ignoredRequestDirectives: ['no-cache'] } },
    steps: [MISS, { request: { headers: { Pragma: 'no-cache' } }, expect: { from: 'cache' } }],
  }),
  told({
    id: 'policy-client-ignored-no-store',
    title: 'A policy may ignore no-store of clients: what they brought is stored',
    spec: ['RFC 9111 §5.2.1.5'],
    policy: { validation: { ignoredRequestDirectives: ['no-store'] } },
    steps: [
      {
        request: { headers: { 'Cache-Control': 'no-store' } },
        origin: FRESH,
        expect: { from: 'origin', stored: true, notReasons: ['request-no-store'] },
      },
    ],
  }),
  told({
    id: 'policy-client-ignored-only-if-cached',
    title: 'A policy may ignore only-if-cached of clients',
    spec: ['RFC 9111 §5.2.1.7'],
    policy: { validation: { ignoredRequestDirectives: ['only-if-cached'] } },
    steps: [
      {
        request: { headers: { 'Cache-Control': 'only-if-cached' } },
        origin: FRESH,
        expect: { from: 'origin' },
      },
    ],
  }),
  told({
    id: 'policy-client-ignored-stale-if-error',
    title: 'A policy may ignore stale-if-error of clients',
    spec: ['RFC 5861 §4'],
    policy: { validation: { ignoredRequestDirectives: ['stale-if-error'] } },
    steps: [
      MISS,
      {
        at: 61,
        request: { headers: { 'Cache-Control': 'stale-if-error=60' } },
        origin: { status: 500 },
        expect: { from: 'origin', status: 500 },
      },
    ],
  }),
  told({
    id: 'policy-304-updates-nothing',
    title: 'Where a policy says so, a 304 starts the lifetime anew and changes no field',
    spec: ['RFC 9111 §4.3.4'],
    policy: { validation: { updatesFields: false } },
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60', ETag: '"v1"', 'X-A': '1' } },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 61,
        request: {},
        origin: { status: 304, headers: { 'Cache-Control': 'max-age=600', 'X-A': '2' } },
        expect: {
          from: 'validated',
          headers: { 'X-A': '1', 'Cache-Control': 'max-age=60', Age: '0' },
        },
      },
      { at: 120, request: {}, expect: { from: 'cache', headers: { 'X-A': '1' } } },
      {
        at: 122,
        request: {},
        origin: { headers: { ETag: '"v2"' } },
        expect: { from: 'origin', outcome: 'expired' },
      },
    ],
  }),
  told({
    id: 'policy-variants-apart',
    title:
      'Where a policy says so, the first request of each variant is a miss, whatever the others are tagged',
    spec: ['RFC 9111 §4.3.1'],
    policy: { validation: { offersVariants: false } },
    steps: [
      {
        request: { headers: { 'X-A': '1' } },
        origin: { headers: { 'Cache-Control': 'max-age=60', Vary: 'X-A', ETag: '"v1"' } },
        expect: { from: 'origin', stored: true },
      },
      {
        request: { headers: { 'X-A': '2' } },
        origin: { headers: { 'Cache-Control': 'max-age=60', Vary: 'X-A', ETag: '"v1"' } },
        expect: {
          from: 'origin',
          outcome: 'miss',
          stored: true,
          reasons: ['no-variant-matches'],
          notReasons: ['sibling-validators'],
          upstream: { absent: ['if-none-match'] },
        },
      },
      { request: { headers: { 'X-A': '2' } }, expect: { from: 'cache', bodyOfStep: 2 } },
      { request: { headers: { 'X-A': '1' } }, expect: { from: 'cache', bodyOfStep: 1 } },
      // A variant that is stale is validated by its own tag.
      {
        at: 61,
        request: { headers: { 'X-A': '1' } },
        origin: { status: 304, headers: { 'Cache-Control': 'max-age=60' } },
        expect: {
          from: 'validated',
          bodyOfStep: 1,
          upstream: { headers: { 'If-None-Match': '"v1"' } },
        },
      },
    ],
  }),
  told({
    id: 'policy-unsafe-methods-leave',
    title: 'Where a policy says so, a POST leaves what is stored for its target',
    spec: ['RFC 9111 §4.4'],
    policy: { invalidation: { unsafeMethods: false } },
    steps: [
      MISS,
      {
        request: { method: 'POST', body: 'x' },
        origin: {},
        expect: { from: 'origin', notReasons: ['invalidated'] },
      },
      { request: {}, expect: { from: 'cache', bodyOfStep: 1 } },
    ],
  }),
];

/** What the CDN holds itself, by its own word. */
const ASSET: PolicyPatch = { key: { assetFields: ['x-other', 'x-asset'], noVarySearch: false } };

const hosted = [
  told({
    id: 'policy-asset',
    title: 'A field may say that a response is a file, which answers all queries of its path',
    policy: ASSET,
    steps: [
      {
        request: { path: '/a?x=1' },
        origin: { headers: { 'Cache-Control': 'max-age=60', 'X-Asset': '1' } },
        expect: {
          from: 'origin',
          stored: true,
          reasons: ['search-variance-asset'],
          words: [/all other queries/u],
        },
      },
      {
        request: { path: '/a?x=2&y' },
        expect: { from: 'cache', outcome: 'hit', words: [/takes "x=2&y" for the same/u] },
      },
      { request: { path: '/a' }, expect: { from: 'cache', outcome: 'hit' } },
    ],
  }),
  told({
    id: 'policy-asset-unordered',
    title:
      'also where the order of queries counts for nothing, and beside files it goes on to do so',
    policy: { key: { ...ASSET.key, query: 'unordered' } },
    steps: [
      {
        request: { path: '/a?x=1' },
        origin: { headers: { 'Cache-Control': 'max-age=60', 'X-Asset': '1' } },
        expect: { from: 'origin', stored: true, reasons: ['search-variance-asset'] },
      },
      { request: { path: '/a?x=2' }, expect: { from: 'cache', outcome: 'hit' } },
      {
        request: { path: '/b?x=1&y=2' },
        origin: FRESH,
        expect: { from: 'origin', stored: true, notReasons: ['search-variance-asset'] },
      },
      { request: { path: '/b?y=2&x=1' }, expect: { from: 'cache', outcome: 'hit' } },
      { request: { path: '/b?x=2&y=2' }, origin: FRESH, expect: { from: 'origin' } },
    ],
  }),
  told({
    id: 'policy-asset-not',
    title: 'Without it queries are told apart',
    policy: ASSET,
    steps: [
      {
        request: { path: '/a?x=1' },
        origin: FRESH,
        expect: { from: 'origin', stored: true, notReasons: ['search-variance-asset'] },
      },
      { request: { path: '/a?x=2' }, origin: FRESH, expect: { from: 'origin' } },
    ],
  }),
  told({
    id: 'policy-deployment',
    title: 'A policy may give each deployment a cache of its own',
    policy: { key: { deployment: true } },
    steps: [
      MISS,
      { request: {}, expect: { from: 'cache', outcome: 'hit' } },
      { deploy: true },
      MISS,
      { request: {}, expect: { from: 'cache', outcome: 'hit' } },
    ],
  }),
  told({
    id: 'policy-deployment-none',
    title: 'Else a deployment changes nothing',
    steps: [MISS, { deploy: true }, { request: {}, expect: { from: 'cache', outcome: 'hit' } }],
  }),
  told({
    id: 'policy-made-of',
    title: 'A field of Vary that the cache makes for the origin counts as what it is made of',
    spec: ['RFC 9111 §4.1'],
    policy: { key: { madeOf: { 'x-made': 'x-a' } } },
    steps: [
      asking(
        { 'X-A': '1', 'X-B': '1' },
        {
          request: {},
          origin: { headers: { 'Cache-Control': 'max-age=60', Vary: 'X-Made, X-B' } },
          expect: { from: 'origin', stored: true },
        },
      ),
      asking(
        { 'X-A': '1', 'X-B': '1', 'X-Made': '1' },
        { request: {}, expect: { from: 'cache', outcome: 'hit' } },
      ),
      asking(
        { 'X-A': '2', 'X-B': '1' },
        {
          request: {},
          origin: { headers: { 'Cache-Control': 'max-age=60', Vary: 'X-Made, X-B' } },
          expect: { from: 'origin', stored: true },
        },
      ),
      asking({ 'X-A': '1', 'X-B': '2' }, MISS),
    ],
  }),
  ...(
    [
      ['first', { Range: 'bytes=0-1' }, 'range'],
      ['second', { Authorization: 'Bearer a' }, 'authorization'],
    ] as const
  ).map(([which, headers, field]) =>
    told({
      id: `policy-without-fields-${which}`,
      title: `A policy may keep requests with certain fields from the cache (${field})`,
      policy: { eligibility: { withoutFields: ['range', 'authorization'] } },
      steps: [
        MISS,
        {
          request: { headers },
          origin: { headers: { 'Cache-Control': 'public, max-age=60' } },
          expect: {
            from: 'origin',
            outcome: 'ineligible',
            stored: false,
            reasons: ['request-field-not-cached'],
            words: [new RegExp(`nothing for a request with ${field}:`, 'u')],
            cacheStatus: { fwd: 'bypass' },
          },
        },
        { request: {}, expect: { from: 'cache', outcome: 'hit', bodyOfStep: 1 } },
      ],
    }),
  ),
  told({
    id: 'policy-without-fields-post',
    title: 'Nor is the answer to a POST with such a field stored',
    policy: { eligibility: { withoutFields: ['x-a'] } },
    steps: [
      {
        request: { method: 'POST', body: 'x', headers: { 'X-A': '1' } },
        origin: { headers: { 'Cache-Control': 'max-age=60', 'Content-Location': '{path}/' } },
        expect: { from: 'origin', stored: false },
      },
    ],
  }),
];

const NEVER_FRESH: PolicyPatch = { storability: { neverFresh: 'refused' } };

const ownLifetimes = [
  ...(
    [
      ['none', {}, 'none given'],
      ['public', { 'Cache-Control': 'public' }, 'none given'],
      ['zero', { 'Cache-Control': 'max-age=0, must-revalidate' }, 'max-age: 0 s'],
      ['window', { 'Cache-Control': 's-maxage=0, stale-while-revalidate=60' }, 's-maxage: 0 s'],
    ] as const
  ).map(([which, headers, why]) =>
    notStored({
      id: `policy-never-fresh-${which}`,
      title: `A policy may store nothing that is never fresh, even to validate it (${which})`,
      kind: 'check',
      spec: ['RFC 9111 §3'],
      policy: NEVER_FRESH,
      origin: { headers: { ETag: '"v1"', ...headers } },
      first: { reasons: ['not-stored-never-fresh'], words: [new RegExp(`\\(${why}\\)`, 'u')] },
    }),
  ),
  checkedEachTime({
    id: 'policy-never-fresh-no-cache',
    title: 'What says no-cache is stored all the same',
    kind: 'check',
    spec: ['RFC 9111 §5.2.2.4'],
    policy: NEVER_FRESH,
    origin: { headers: { 'Cache-Control': 'no-cache', ETag: '"v1"' } },
  }),
  reused({
    id: 'policy-never-fresh-fresh',
    title: 'So is what is fresh for a while',
    kind: 'check',
    spec: ['Poplet'],
    policy: NEVER_FRESH,
    origin: { headers: { 'Cache-Control': 'max-age=1' } },
  }),
  told({
    id: 'policy-never-fresh-304',
    title: 'A 304 that takes the lifetime away ends what is stored',
    spec: ['RFC 9111 §3.2'],
    policy: NEVER_FRESH,
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60', ETag: '"v1"' } },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 61,
        request: {},
        origin: [
          { status: 304, headers: { 'Cache-Control': 'max-age=0' } },
          { headers: { 'Cache-Control': 'max-age=60' }, body: 'anew' },
        ],
        expect: { from: 'origin', body: 'anew', upstream: { requests: 2 } },
      },
    ],
  }),
  ...(
    [
      ['max-age', { 'Cache-Control': 'max-age=60' }],
      ['expires', { Expires: '{now+60}' }],
    ] as const
  ).map(([which, headers]) =>
    notStored({
      id: `policy-s-maxage-alone-${which}`,
      title: `A policy may go by s-maxage alone: ${which} is no lifetime`,
      kind: 'check',
      spec: ['RFC 9111 §4.2.1'],
      policy: { freshness: { untargetedLifetimes: 's-maxage' } },
      origin: { headers },
      first: { reasons: ['not-stored-no-freshness'] },
    }),
  ),
  reused({
    id: 'policy-s-maxage-alone',
    title: 'while s-maxage is',
    kind: 'check',
    spec: ['RFC 9111 §4.2.1'],
    policy: { freshness: { untargetedLifetimes: 's-maxage' } },
    origin: { headers: { 'Cache-Control': 'max-age=0, s-maxage=60' } },
    first: { words: [/60 s \(s-maxage\)/u] },
  }),
  reused({
    id: 'policy-s-maxage-alone-targeted',
    title: 'and max-age of a targeted field',
    kind: 'check',
    spec: ['RFC 9213 §2.2'],
    policy: { freshness: { untargetedLifetimes: 's-maxage' } },
    origin: { headers: { 'CDN-Cache-Control': 'max-age=60' } },
    first: { words: [/60 s \(cdn-cache-control\)/u] },
  }),
  told({
    id: 'policy-pragma-ignored',
    title: 'Where no-cache is ignored, so is Pragma by whoever may be served what is stale',
    spec: ['RFC 9111 §5.4'],
    policy: { validation: { ignoredRequestDirectives: ['no-cache'] } },
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60, stale-while-revalidate=60' } },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 61,
        request: { headers: { Pragma: 'no-cache' } },
        origin: FRESH,
        expect: { from: 'cache', outcome: 'updating', upstream: { requests: 1 } },
      },
    ],
  }),
  ...(
    [
      ['waits', 'no-cache', 'validated'],
      ['other', 'x', 'cache'],
    ] as const
  ).map(([which, pragma, from]) =>
    told({
      id: `policy-pragma-${which}`,
      title: `A policy may have who sends Pragma: ${pragma} wait for what is stale, and for nothing else (${which})`,
      spec: ['RFC 9111 §5.4'],
      policy: { validation: { ignoredRequestDirectives: ['no-cache'], pragma: 'waits' } },
      steps: [
        {
          request: {},
          origin: {
            headers: { 'Cache-Control': 'max-age=60, stale-while-revalidate=60', ETag: '"v1"' },
          },
          expect: { from: 'origin', stored: true },
        },
        { at: 30, request: { headers: { Pragma: pragma } }, expect: { from: 'cache' } },
        {
          at: 61,
          request: { headers: { Pragma: pragma, 'Cache-Control': 'no-transform' } },
          origin: { status: 304 },
          expect: {
            from,
            upstream: { requests: 1 },
            ...(from === 'validated'
              ? { reasons: ['request-refuses-stale'], words: [/\(Pragma: no-cache\)/u] }
              : { outcome: 'updating' }),
          },
        },
      ],
    }),
  ),
];

const CONSUMES: PolicyPatch = {
  downstream: {
    cacheControl: {
      consumed: ['s-maxage', 'stale-while-revalidate'],
      unlessFields: ['cdn-cache-control', 'x-cdn'],
      otherwise: 'no-cache',
    },
    strip: ['x-cdn'],
  },
};

const consumed = (
  [
    [
      'some',
      { 'Cache-Control': ['max-age=5, S-MaxAge=60', 'stale-while-revalidate=1, x="a,b"'] },
      'max-age=5, x="a,b"',
    ],
    ['nothing', { 'Cache-Control': 'max-age=60,public' }, 'max-age=60,public'],
    ['all', { 'Cache-Control': 's-maxage = 60' }, 'no-cache'],
    ['none', {}, 'no-cache'],
    [
      'targeted',
      { 'Cache-Control': 's-maxage=5', 'CDN-Cache-Control': 'max-age=60' },
      's-maxage=5',
    ],
    ['stripped', { 'Cache-Control': 's-maxage=5', 'X-CDN': '1' }, 's-maxage=5'],
    ['targeted-none', { 'CDN-Cache-Control': 'max-age=60' }, 'no-cache'],
  ] as const
).map(([which, headers, value]) =>
  told({
    id: `policy-cache-control-${which}`,
    title: `A policy may keep directives for itself, and say what clients get instead (${which})`,
    spec: ['RFC 9111 §5.2'],
    policy: CONSUMES,
    steps: [
      {
        request: {},
        origin: { headers },
        expect: { from: 'origin', headers: { 'Cache-Control': value }, absent: ['x-cdn'] },
      },
    ],
  }),
);

const upstream = [
  told({
    id: 'policy-strip-prefixes',
    title: 'A policy may remove request fields by how their names begin',
    policy: { fill: { stripPrefixes: ['x-a-'] } },
    steps: [
      {
        request: { headers: { 'X-A-B': '1', x_a_c: '2', 'X-A': '3', 'Y-X-A-B': '4' } },
        origin: FRESH,
        expect: {
          from: 'origin',
          upstream: {
            headers: { 'X-A': '3', 'Y-X-A-B': '4' },
            absent: ['x-a-b', 'x_a_c'],
          },
        },
      },
    ],
  }),
  told({
    id: 'policy-accept-encoding',
    title: 'A policy may ask for codings of its own where the answer may be stored',
    policy: { fill: { acceptEncoding: 'br, gzip' } },
    steps: [
      {
        request: { headers: { 'Accept-Encoding': 'zstd' } },
        origin: FRESH,
        expect: { from: 'origin', upstream: { headers: { 'Accept-Encoding': 'br, gzip' } } },
      },
      {
        request: { headers: { 'Accept-Encoding': 'zstd' }, method: 'POST', body: 'x' },
        origin: {},
        expect: { from: 'origin', upstream: { headers: { 'Accept-Encoding': 'zstd' } } },
      },
    ],
  }),
];

const X_SECONDS: PolicyPatch = {
  freshness: { targetedFields: ['x-seconds', 'cdn-cache-control'], secondsFields: ['x-seconds'] },
};

const seconds = [
  told({
    id: 'policy-seconds-field',
    title: 'A policy may take the lifetime from a field that is a number of seconds',
    policy: X_SECONDS,
    steps: [
      {
        request: {},
        origin: { headers: { 'X-Seconds': '60', 'Cache-Control': 'no-store' } },
        expect: { from: 'origin', stored: true },
      },
      { at: 59, request: {}, expect: { from: 'cache' } },
      { at: 61, request: {}, origin: FRESH, expect: { from: 'origin' } },
    ],
  }),
  ...['0', '00'].map((value, index) =>
    notStored({
      kind: 'check',
      spec: ['Poplet'],
      id: `policy-seconds-field-none-${index + 1}`,
      title: `A lifetime of ${value} by itself says not to store`,
      policy: X_SECONDS,
      origin: { headers: { 'X-Seconds': value, 'Cache-Control': 'max-age=60', ETag: '"v1"' } },
    }),
  ),
  ...['60s', '@1', '-1', 'x60', 'max-age=600', '', ['6', '0']].map((value, index) =>
    told({
      id: `policy-seconds-field-malformed-${index + 1}`,
      title: `What is no number of seconds, ${JSON.stringify(value)}, does not count`,
      policy: X_SECONDS,
      steps: [
        {
          request: {},
          origin: { headers: { 'X-Seconds': value, 'Cache-Control': 'max-age=30' } },
          expect: { from: 'origin', stored: true },
        },
        { at: 29, request: {}, expect: { from: 'cache' } },
        { at: 31, request: {}, origin: FRESH, expect: { from: 'origin' } },
      ],
    }),
  ),
];

const tags = [
  told({
    id: 'policy-tags-folded',
    title: 'A policy may keep tags in lower case',
    policy: {
      storability: { tagFields: [{ name: 'x-tags', separator: 'comma', foldsCase: true }] },
    },
    steps: [
      {
        request: {},
        origin: { headers: { 'Cache-Control': 'max-age=60', 'X-Tags': 'One, TWO' } },
        expect: { from: 'origin', stored: true },
      },
      { purge: { tag: 'TWO' } },
      { request: {}, expect: { from: 'cache' } },
      { purge: { tag: 'two' } },
      { request: {}, origin: FRESH, expect: { from: 'origin' } },
    ],
  }),
];

export const policyFieldCases = defineCases([
  ...paths,
  ...storing,
  ...varying,
  ...directives,
  ...lifetimes,
  ...reading,
  ...bounded,
  ...further,
  ...asked,
  ...upstream,
  ...hosted,
  ...ownLifetimes,
  ...consumed,
  ...tags,
  ...seconds,
]);
