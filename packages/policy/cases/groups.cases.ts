import { defineCases } from '@poplet/conformance';
import type { Case, ExchangeStep, HeaderScript, Step } from '@poplet/conformance';

/** A response that belongs to these groups. */
function member(path: string, groups: string | readonly string[]): ExchangeStep {
  return {
    request: { path },
    origin: { headers: { 'Cache-Control': 'max-age=3600', 'Cache-Groups': groups } },
    expect: { from: 'origin', stored: true },
  };
}

function answered(
  method: string,
  headers: HeaderScript,
  { path = '/form', status = 200 }: { readonly path?: string; readonly status?: number } = {},
): ExchangeStep {
  return {
    request: { method, path, body: 'x=1' },
    origin: { status, headers },
    expect: { from: 'origin', outcome: 'ineligible', stored: false },
  };
}

function gone(path: string): ExchangeStep {
  return {
    request: { path },
    origin: { headers: { 'Cache-Control': 'max-age=3600' } },
    expect: { from: 'origin', outcome: 'miss', reasons: ['nothing-stored'] },
  };
}

function kept(path: string, bodyOfStep: number): ExchangeStep {
  return { request: { path }, expect: { from: 'cache', outcome: 'hit', bodyOfStep } };
}

const INVALIDATED = { 'Cache-Group-Invalidation': '"news"' };

const byMethod: Case[] = ['POST', 'PUT', 'DELETE', 'PATCH', 'M-SEARCH'].map((method) => ({
  id: `groups-invalidated-by-${method.toLowerCase()}`,
  title: `Cache-Group-Invalidation in the answer to a ${method} makes the group invalid`,
  kind: 'optimal',
  spec: ['RFC 9875 §3', 'RFC 9875 §2.1'],
  steps: [
    member('/a', '"news"'),
    member('/b', '"sport", "news"'),
    member('/c', '"sport"'),
    {
      ...answered(method, INVALIDATED),
      expect: {
        from: 'origin',
        reasons: ['unsafe-method', 'invalidated', 'invalidated-groups'],
        words: [/in the groups news is invalid/u],
      },
    },
    gone('/a'),
    gone('/b'),
    kept('/c', 3),
  ],
}));

const bySafeMethod: Case[] = [
  ...['GET', 'HEAD'].map((method): Case => ({
    id: `groups-safe-${method.toLowerCase()}`,
    title: `Cache-Group-Invalidation is ignored in the answer to a ${method}`,
    kind: 'required',
    spec: ['RFC 9875 §3'],
    steps: [
      member('/a', '"news"'),
      {
        request: { method, path: '/form' },
        origin: { headers: INVALIDATED, body: '' },
        expect: { from: 'origin', notReasons: ['invalidated', 'invalidated-groups'] },
      },
      kept('/a', 1),
    ],
  })),
  ...['OPTIONS', 'TRACE', 'PROPFIND', 'REPORT', 'SEARCH', 'QUERY'].map((method): Case => ({
    id: `groups-safe-${method.toLowerCase()}`,
    title: `Cache-Group-Invalidation is ignored in the answer to ${method}, which is safe`,
    kind: 'required',
    spec: ['RFC 9875 §3', 'RFC 9110 §9.2.1'],
    steps: [
      member('/a', '"news"'),
      {
        request: { method, path: '/form' },
        origin: { headers: INVALIDATED },
        expect: {
          from: 'origin',
          outcome: 'ineligible',
          reasons: ['method-not-cached'],
          notReasons: ['invalidated', 'invalidated-groups'],
        },
      },
      kept('/a', 1),
    ],
  })),
];

/** What Cache-Group-Invalidation says, and whether the group `news` is invalid after it. */
const SPELLINGS: readonly (readonly [
  id: string,
  value: string | readonly string[],
  isGone: boolean,
  title: string,
])[] = [
  ['in-list', '"sport", "news", "weather"', true, 'any position in the list counts'],
  ['in-lines', ['"sport"', '"news"'], true, 'the lines of the field are one list'],
  ['parameters', '"news";since=2026;x', true, 'unrecognised parameters are ignored'],
  ['twice', '"news", "news"', true, 'a group may be named twice'],
  ['other-case', '"News"', false, 'strings are compared case-sensitively'],
  ['spaces', '" news"', false, 'strings are compared character by character'],
  ['prefix', '"new"', false, 'the beginning of a name is another name'],
  ['token', 'news', false, 'a token is no string'],
  ['mixed-types', '"news", 7', false, 'a member of another type makes the field void'],
  ['inner-list', '("news")', false, 'an inner list is no string'],
  ['unclosed', '"news', false, 'a field that cannot be parsed is ignored'],
  ['trailing-comma', '"news",', false, 'a list that ends with a comma cannot be parsed'],
  ['not-ascii', '"news\\n"', false, 'a string with a false escape cannot be parsed'],
  ['empty', '', false, 'an empty list names nothing'],
];

const bySpelling: Case[] = SPELLINGS.map(([id, value, isGone, title]) => ({
  id: `groups-invalidation-${id}`,
  title: `Cache-Group-Invalidation: ${title}`,
  kind: isGone ? 'optimal' : 'required',
  spec: ['RFC 9875 §3', 'RFC 9875 §2.1', 'RFC 9651 §2.2'],
  steps: [
    member('/a', '"news"'),
    answered('POST', { 'Cache-Group-Invalidation': value }),
    isGone ? gone('/a') : kept('/a', 1),
  ],
}));

const ofMembers: Case[] = (
  [
    ['parameters', '"news";x=1', true, 'Unrecognised parameters of Cache-Groups are ignored'],
    ['lines', ['"sport"', '"news"'], true, 'The lines of Cache-Groups are one list'],
    ['token', 'news', false, 'A token in Cache-Groups is no group'],
    ['mixed-types', '"news", 7', false, 'A member of another type makes Cache-Groups void'],
    ['unclosed', '"news', false, 'A Cache-Groups that cannot be parsed is ignored'],
  ] as const
).map(([id, value, isGone, title]) => ({
  id: `groups-member-${id}`,
  title,
  kind: isGone ? 'optimal' : 'required',
  spec: ['RFC 9875 §2', 'RFC 9651 §2.2'],
  steps: [member('/a', value), answered('POST', INVALIDATED), isGone ? gone('/a') : kept('/a', 1)],
}));

const byStatus: Case[] = [
  ...[201, 204, 303, 404, 422, 500, 503].map((status): Case => ({
    id: `groups-status-${status}`,
    title: `A ${status} that names groups makes them invalid: the field says what has changed`,
    kind: 'check',
    spec: ['RFC 9875 §3'],
    steps: [
      member('/a', '"news"'),
      {
        ...answered('POST', INVALIDATED, { status }),
        expect: { from: 'origin', status, reasons: ['invalidated-groups'] },
      },
      gone('/a'),
    ],
  })),
  {
    id: 'groups-error-leaves-target',
    title: 'An error that names groups leaves alone what is stored for its target',
    kind: 'optimal',
    spec: ['RFC 9875 §3', 'RFC 9111 §4.4'],
    steps: [
      member('/a', '"news"'),
      member('/form', '"forms"'),
      {
        ...answered('POST', INVALIDATED, { status: 500 }),
        expect: {
          from: 'origin',
          notReasons: ['invalidated', 'invalidated-shared-groups'],
        },
      },
      gone('/a'),
      kept('/form', 2),
    ],
  },
];

/** 40 names of 48 characters. */
const NAMES = Array.from({ length: 40 }, (_, index) => `"${String(index).padStart(48, 'g')}"`);

const others = defineCases([
  {
    id: 'groups-many-long-names',
    title: 'More than 32 groups with names of more than 32 characters are told apart',
    kind: 'required',
    spec: ['RFC 9875 §2', 'RFC 9875 §3'],
    steps: [
      member('/all', NAMES.join(', ')),
      member('/last', NAMES[39] as string),
      member('/other', `"${'g'.repeat(48)}"`),
      answered('POST', { 'Cache-Group-Invalidation': NAMES.slice(0, 39).join(', ') }),
      gone('/all'),
      kept('/last', 2),
      kept('/other', 3),
      answered('POST', { 'Cache-Group-Invalidation': NAMES.join(', ') }),
      gone('/last'),
    ],
  },
  {
    id: 'groups-not-cascading',
    title: 'What a group invalidation reaches takes nothing with it that is not in the group',
    kind: 'required',
    spec: ['RFC 9875 §2.2.1'],
    steps: [
      member('/a', '"news", "sport"'),
      member('/b', '"sport", "weather"'),
      answered('POST', INVALIDATED),
      gone('/a'),
      kept('/b', 2),
    ],
  },
  {
    id: 'groups-other-origin',
    title: 'A group of one origin is not the group of that name on another',
    kind: 'required',
    spec: ['RFC 9875 §2.1', 'RFC 9875 §3'],
    steps: [
      ...['one.test', 'one.test:81', 'two.test'].map((host): Step => ({
        ...member('/a', '"news"'),
        request: { path: '/a', host },
      })),
      {
        ...answered('POST', INVALIDATED),
        request: { method: 'POST', path: '/form', host: 'one.test' },
      },
      {
        request: { path: '/a', host: 'one.test' },
        origin: {},
        expect: { from: 'origin', reasons: ['nothing-stored'] },
      },
      { request: { path: '/a', host: 'one.test:81' }, expect: { from: 'cache', bodyOfStep: 2 } },
      { request: { path: '/a', host: 'two.test' }, expect: { from: 'cache', bodyOfStep: 3 } },
    ],
  },
  {
    id: 'groups-shared-with-target',
    title: 'What shares a group with an invalidated response becomes invalid as well',
    kind: 'optimal',
    spec: ['RFC 9875 §2.2.1'],
    steps: [
      member('/cart', '"shop"'),
      member('/total', '"shop", "sums"'),
      member('/sums', '"sums"'),
      member('/a', '"news"'),
      {
        ...answered('POST', {}, { path: '/cart' }),
        expect: {
          from: 'origin',
          reasons: ['invalidated', 'invalidated-shared-groups'],
          notReasons: ['invalidated-groups'],
          words: [/shares the groups shop with others/u],
        },
      },
      gone('/cart'),
      gone('/total'),
      // No cascade: it shares a group only with what was reached by one.
      kept('/sums', 3),
      kept('/a', 4),
    ],
  },
  {
    id: 'groups-shared-with-variants',
    title: 'The groups of all stored variants of the target count, each once',
    kind: 'optimal',
    spec: ['RFC 9875 §2.2.1'],
    steps: [
      ...['a', 'b'].map((kind): Step => ({
        request: { path: '/cart', headers: { 'X-Kind': kind } },
        origin: {
          headers: {
            'Cache-Control': 'max-age=3600',
            Vary: 'X-Kind',
            'Cache-Groups': `"both", "${kind}"`,
          },
        },
        expect: { from: 'origin', stored: true },
      })),
      member('/of-a', '"a"'),
      member('/of-b', '"b"'),
      member('/of-both', '"both"'),
      {
        ...answered('DELETE', {}, { path: '/cart' }),
        request: { method: 'DELETE', path: '/cart', headers: { 'X-Kind': 'a' } },
        expect: { from: 'origin', words: [/shares the groups (?:both, a, b|a, both, b) with/u] },
      },
      gone('/of-a'),
      gone('/of-b'),
      gone('/of-both'),
    ],
  },
  {
    id: 'groups-shared-and-named',
    title: 'A group that is both named and shared is told of once, as named',
    kind: 'check',
    spec: ['RFC 9875 §2.2.1', 'RFC 9875 §3'],
    steps: [
      member('/cart', '"news"'),
      {
        ...answered('POST', INVALIDATED, { path: '/cart' }),
        expect: {
          from: 'origin',
          reasons: ['invalidated-groups'],
          notReasons: ['invalidated-shared-groups'],
        },
      },
      gone('/cart'),
    ],
  },
  {
    id: 'groups-shared-not-on-error',
    title: 'A failed request invalidates neither its target nor what shares a group with it',
    kind: 'required',
    spec: ['RFC 9875 §2.2.1', 'RFC 9111 §4.4'],
    steps: [
      member('/cart', '"shop"'),
      member('/total', '"shop"'),
      answered('POST', {}, { path: '/cart', status: 500 }),
      kept('/cart', 1),
      kept('/total', 2),
    ],
  },
  {
    id: 'groups-named-only',
    title: 'A policy may take only the groups that the answer names',
    kind: 'check',
    spec: ['RFC 9875 §2.2.1', 'RFC 9875 §3'],
    policy: { invalidation: { groups: 'named' } },
    steps: [
      member('/cart', '"shop"'),
      member('/total', '"shop"'),
      member('/a', '"news"'),
      answered('POST', INVALIDATED, { path: '/cart' }),
      gone('/cart'),
      kept('/total', 2),
      gone('/a'),
    ],
  },
  {
    id: 'groups-ignored',
    title: 'A policy may know nothing of cache groups',
    kind: 'check',
    spec: ['RFC 9875 §2.2.1', 'RFC 9875 §3'],
    policy: { invalidation: { groups: 'ignored' } },
    steps: [
      member('/cart', '"shop"'),
      member('/total', '"shop"'),
      member('/a', '"news"'),
      answered('POST', INVALIDATED, { path: '/cart' }),
      gone('/cart'),
      kept('/total', 2),
      kept('/a', 3),
    ],
  },
  {
    id: 'groups-while-bypassed',
    title: 'While the operator has the cache switched off, groups become invalid all the same',
    kind: 'optimal',
    spec: ['RFC 9875 §3', 'RFC 9875 §2.2.1', 'Poplet'],
    steps: [
      member('/a', '"news"'),
      member('/cart', '"shop"'),
      member('/total', '"shop"'),
      { bypass: true },
      {
        ...answered('POST', INVALIDATED, { path: '/cart' }),
        expect: {
          from: 'origin',
          outcome: 'pass',
          reasons: ['operator-bypass', 'invalidated', 'invalidated-groups'],
        },
      },
      { bypass: false },
      gone('/a'),
      gone('/cart'),
      gone('/total'),
    ],
  },
  {
    id: 'groups-not-confirmed-again',
    title: 'What a group invalidation reached is fetched anew, not validated',
    kind: 'required',
    spec: ['RFC 9875 §3', 'RFC 9111 §4.4'],
    steps: [
      {
        request: { path: '/a' },
        origin: {
          headers: { 'Cache-Control': 'max-age=3600', 'Cache-Groups': '"news"', ETag: '"v1"' },
        },
        expect: { from: 'origin', stored: true },
      },
      answered('POST', INVALIDATED),
      {
        request: { path: '/a' },
        origin: { headers: { 'Cache-Control': 'max-age=3600', 'Cache-Groups': '"news"' } },
        expect: {
          from: 'origin',
          stored: true,
          upstream: { absent: ['if-none-match'] },
        },
      },
      // The invalidation is over: what was fetched after it stays.
      kept('/a', 3),
    ],
  },
  {
    id: 'groups-passed-on',
    title: 'Both fields reach the client: other caches may be on the way',
    kind: 'required',
    spec: ['RFC 9110 §7.6', 'RFC 9875 §2', 'RFC 9875 §3'],
    steps: [
      {
        ...member('/a', '"news"'),
        expect: { from: 'origin', headers: { 'Cache-Groups': '"news"' } },
      },
      { request: { path: '/a' }, expect: { from: 'cache', headers: { 'Cache-Groups': '"news"' } } },
      {
        ...answered('POST', INVALIDATED),
        expect: { from: 'origin', headers: INVALIDATED },
      },
    ],
  },
]);

export const groupCases = [
  ...defineCases([...byMethod, ...bySafeMethod, ...bySpelling, ...ofMembers, ...byStatus]),
  ...others,
];
