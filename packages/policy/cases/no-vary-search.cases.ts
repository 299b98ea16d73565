import { defineCases } from '@poplet/conformance';
import type { Case, ExchangeStep, HeaderScript, OriginAnswer } from '@poplet/conformance';

const FIELD = 'No-Vary-Search §Field';
const VARIANCE = 'No-Vary-Search §Variance';
const KEY = 'No-Vary-Search §Key';
const EQUIVALENCE = 'No-Vary-Search §Equivalence';
const CACHE = 'No-Vary-Search §Cache';

function fresh(
  value: string | readonly string[],
  headers: Readonly<Record<string, string>> = {},
): OriginAnswer {
  return { headers: { 'Cache-Control': 'max-age=600', 'No-Vary-Search': value, ...headers } };
}

/** Stored for one query, asked for with another: the same under the field's value, or not. */
function compared(
  told: Omit<Case, 'steps' | 'kind' | 'spec'> & {
    readonly kind?: Case['kind'];
    readonly spec?: readonly string[];
    readonly value: string | readonly string[];
    readonly first: string;
    readonly second: string;
    readonly same: boolean;
  },
): Case {
  const { kind, spec = [VARIANCE], value, first, second, same, ...rest } = told;
  return {
    ...rest,
    kind: kind ?? (same ? 'optimal' : 'required'),
    spec,
    steps: [
      {
        request: { path: first },
        origin: fresh(value),
        expect: { from: 'origin', stored: true },
      },
      same
        ? {
            request: { path: second },
            expect: { from: 'cache', outcome: 'hit', reasons: ['no-vary-search-match', 'fresh'] },
          }
        : {
            request: { path: second },
            origin: fresh(value),
            expect: {
              from: 'origin',
              outcome: 'miss',
              reasons: ['nothing-stored'],
              notReasons: ['no-vary-search-match'],
              upstream: { path: second },
            },
          },
    ],
  };
}

const variances = defineCases([
  compared({
    id: 'no-vary-search-params',
    title: 'params: no parameter counts',
    value: 'params',
    first: '/?a=1&b=2',
    second: '/?c=3',
    same: true,
  }),
  compared({
    id: 'no-vary-search-params-true',
    title: 'params=?1 is params',
    value: 'params=?1',
    first: '/?a=1',
    second: '/?a=2',
    same: true,
  }),
  compared({
    id: 'no-vary-search-params-no-query',
    title: 'Where no parameter counts, the URL without a query is the same too',
    spec: [VARIANCE, EQUIVALENCE],
    value: 'params',
    first: '/?a=1',
    second: '/',
    same: true,
  }),
  compared({
    id: 'no-vary-search-params-from-no-query',
    title: 'And it answers for those with one',
    spec: [VARIANCE, EQUIVALENCE],
    value: 'params',
    first: '/',
    second: '/?a=1',
    same: true,
  }),
  compared({
    id: 'no-vary-search-listed',
    title: 'params=("a"): a does not count',
    value: 'params=("a")',
    first: '/?a=1&b=2',
    second: '/?a=9&b=2',
    same: true,
  }),
  compared({
    id: 'no-vary-search-listed-missing',
    title: 'A parameter that does not count may be missing',
    value: 'params=("a")',
    first: '/?a=1&b=2',
    second: '/?b=2',
    same: true,
  }),
  compared({
    id: 'no-vary-search-listed-repeated',
    title: 'And it may be there several times, anywhere',
    value: 'params=("a")',
    first: '/?b=2',
    second: '/?a=1&b=2&a=3&a',
    same: true,
  }),
  compared({
    id: 'no-vary-search-listed-other-value',
    title: 'params=("a"): another value of b is another page',
    value: 'params=("a")',
    first: '/?a=1&b=2',
    second: '/?a=1&b=3',
    same: false,
  }),
  compared({
    id: 'no-vary-search-listed-other-missing',
    title: 'So is the absence of b',
    value: 'params=("a")',
    first: '/?a=1&b=2',
    second: '/?a=1',
    same: false,
  }),
  compared({
    id: 'no-vary-search-listed-other-added',
    title: 'And a parameter that nobody has mentioned',
    value: 'params=("a")',
    first: '/?a=1',
    second: '/?a=1&c=1',
    same: false,
  }),
  compared({
    id: 'no-vary-search-several-listed',
    title: 'Several parameters may be listed',
    value: 'params=("utm_source" "utm_medium")',
    first: '/?utm_source=x&q=1',
    second: '/?q=1&utm_medium=y',
    same: true,
  }),
  compared({
    id: 'no-vary-search-except',
    title: 'params, except=("x"): all but x do not count',
    value: 'params, except=("x")',
    first: '/?x=1&a=1',
    second: '/?b=2&x=1',
    same: true,
  }),
  compared({
    id: 'no-vary-search-except-counts',
    title: 'params, except=("x"): x counts',
    value: 'params, except=("x")',
    first: '/?x=1&a=1',
    second: '/?x=2&a=1',
    same: false,
  }),
  compared({
    id: 'no-vary-search-except-missing',
    title: 'params, except=("x"): so does its absence',
    value: 'params, except=("x")',
    first: '/?x=1',
    second: '/',
    same: false,
  }),
  compared({
    id: 'no-vary-search-except-first',
    title: 'except may stand before params',
    spec: [FIELD],
    value: 'except=("x"), params',
    first: '/?x=1&a=1',
    second: '/?x=1',
    same: true,
  }),
  compared({
    id: 'no-vary-search-except-nothing',
    title: 'params, except=() is params',
    value: 'params, except=()',
    first: '/?x=1',
    second: '/?x=2',
    same: true,
  }),
  ...(['params=?0', 'params=()', 'key-order=?0', '', 'params=?0, key-order=?0'] as const).map(
    (value, index) =>
      compared({
        id: `no-vary-search-default-${index + 1}`,
        title: `${value === '' ? 'An empty field' : value}: every parameter counts`,
        value,
        first: '/?a=1',
        second: '/?a=2',
        same: false,
      }),
  ),
  compared({
    id: 'no-vary-search-default-raw',
    title: 'Where every parameter counts, queries are compared as they are written',
    spec: [EQUIVALENCE],
    value: 'params=()',
    first: '/?a',
    second: '/?a=',
    same: false,
  }),
  compared({
    id: 'no-vary-search-default-raw-order',
    title: 'And in the order in which they are written',
    spec: [EQUIVALENCE, VARIANCE],
    value: 'key-order=?0',
    first: '/?a=1&b=2',
    second: '/?b=2&a=1',
    same: false,
  }),
]);

const keyOrder = defineCases([
  compared({
    id: 'no-vary-search-key-order',
    title: 'key-order: the order of keys does not count',
    value: 'key-order',
    first: '/?a=1&b=2&c=3',
    second: '/?c=3&a=1&b=2',
    same: true,
  }),
  compared({
    id: 'no-vary-search-key-order-values',
    title: 'key-order: values do',
    value: 'key-order',
    first: '/?a=1&b=2',
    second: '/?b=1&a=2',
    same: false,
  }),
  compared({
    id: 'no-vary-search-key-order-one-key',
    title: 'key-order: so does the order of the values of one key',
    spec: [EQUIVALENCE],
    value: 'key-order',
    first: '/?a=1&b=0&a=2',
    second: '/?a=2&b=0&a=1',
    same: false,
  }),
  compared({
    id: 'no-vary-search-key-order-stable',
    title: 'key-order: the values of one key may stand apart, in their order',
    spec: [EQUIVALENCE],
    value: 'key-order',
    first: '/?a=1&b=0&a=2',
    second: '/?b=0&a=1&a=2',
    same: true,
  }),
  compared({
    id: 'no-vary-search-key-order-code-units',
    title: 'key-order: keys are sorted by code units, surrogates before the end of the plane',
    spec: [EQUIVALENCE],
    value: 'key-order',
    first: '/?%EF%BF%BD=1&%F0%9F%8C%88=2',
    second: '/?%F0%9F%8C%88=2&%EF%BF%BD=1',
    same: true,
  }),
  compared({
    id: 'no-vary-search-key-order-repeated',
    title: 'key-order: how often a pair stands there counts',
    spec: [EQUIVALENCE],
    value: 'key-order',
    first: '/?a=1&a=1&b=2',
    second: '/?b=2&a=1',
    same: false,
  }),
  compared({
    id: 'no-vary-search-key-order-and-params',
    title: 'key-order and params together: the rest in any order',
    value: 'key-order, params=("utm")',
    first: '/?a=1&utm=x&b=2',
    second: '/?b=2&a=1&utm=y',
    same: true,
  }),
  compared({
    id: 'no-vary-search-key-order-and-except',
    title: 'key-order and except together: those that count in any order',
    value: 'params, except=("a" "b"), key-order',
    first: '/?a=1&c=3&b=2',
    second: '/?b=2&a=1',
    same: true,
  }),
  compared({
    id: 'no-vary-search-order-of-counted',
    title: 'Without key-order, the order of what counts does count',
    value: 'params=("utm")',
    first: '/?a=1&utm=x&b=2',
    second: '/?b=2&a=1&utm=x',
    same: false,
  }),
  compared({
    id: 'no-vary-search-order-of-ignored',
    title: 'Without key-order, where the parameters stand that do not count means nothing',
    value: 'params=("utm")',
    first: '/?utm=x&a=1&b=2',
    second: '/?a=1&b=2&utm=x',
    same: true,
  }),
  compared({
    id: 'no-vary-search-order-of-except',
    title: 'Without key-order, the order of what except names counts',
    value: 'params, except=("a" "b")',
    first: '/?a=1&b=2',
    second: '/?b=2&a=1',
    same: false,
  }),
]);

const ALL_SAME = 'params=("utm")';

const encoding = defineCases([
  compared({
    id: 'no-vary-search-percent',
    title: 'Under a variance %61 is a',
    spec: [EQUIVALENCE],
    value: ALL_SAME,
    first: '/?a=b',
    second: '/?%61=%62',
    same: true,
  }),
  compared({
    id: 'no-vary-search-percent-case',
    title: 'Under a variance %c3%a9 is %C3%A9',
    spec: [EQUIVALENCE],
    value: ALL_SAME,
    first: '/?a=%C3%A9',
    second: '/?a=%c3%a9',
    same: true,
  }),
  compared({
    id: 'no-vary-search-case-of-value',
    title: 'A is not a',
    spec: [EQUIVALENCE],
    value: ALL_SAME,
    first: '/?a=b',
    second: '/?A=b',
    same: false,
  }),
  compared({
    id: 'no-vary-search-plus',
    title: 'Under a variance + is %20',
    spec: [EQUIVALENCE],
    value: ALL_SAME,
    first: '/?a=x+y',
    second: '/?a=x%20y',
    same: true,
  }),
  compared({
    id: 'no-vary-search-plus-escaped',
    title: '%2B is a plus, which + is not',
    spec: [EQUIVALENCE],
    value: ALL_SAME,
    first: '/?a=x+y',
    second: '/?a=x%2By',
    same: false,
  }),
  compared({
    id: 'no-vary-search-empty-pairs',
    title: 'Under a variance a=x&& is a=x',
    spec: [EQUIVALENCE],
    value: ALL_SAME,
    first: '/?a=x',
    second: '/?&a=x&&',
    same: true,
  }),
  compared({
    id: 'no-vary-search-no-value',
    title: 'Under a variance a is a=',
    spec: [EQUIVALENCE],
    value: ALL_SAME,
    first: '/?a',
    second: '/?a=',
    same: true,
  }),
  compared({
    id: 'no-vary-search-question-mark',
    title: 'Under a variance a bare question mark is no query',
    spec: [EQUIVALENCE],
    value: ALL_SAME,
    first: '/?',
    second: '/',
    same: true,
  }),
  compared({
    id: 'no-vary-search-second-question-mark',
    title: 'A second question mark belongs to the key',
    spec: [EQUIVALENCE],
    value: ALL_SAME,
    first: '/??a=1',
    second: '/?a=1',
    same: false,
  }),
  compared({
    id: 'no-vary-search-invalid-utf-8',
    title: 'Under a variance bytes that are no UTF-8 are the replacement character',
    spec: [EQUIVALENCE],
    value: ALL_SAME,
    first: '/?a=%FF',
    second: '/?a=%EF%BF%BD',
    same: true,
  }),
  compared({
    id: 'no-vary-search-byte-order-mark',
    title: 'A byte order mark in a value is kept, and counts',
    spec: [EQUIVALENCE],
    value: ALL_SAME,
    first: '/?a=%EF%BB%BFx',
    second: '/?a=x',
    same: false,
  }),
  compared({
    id: 'no-vary-search-value-with-equals',
    title: 'Only the first equals sign separates',
    spec: [EQUIVALENCE],
    value: ALL_SAME,
    first: '/?a=b=c',
    second: '/?a=b%3Dc',
    same: true,
  }),
  compared({
    id: 'no-vary-search-escaped-ampersand',
    title: 'An escaped ampersand separates nothing',
    spec: [EQUIVALENCE],
    value: ALL_SAME,
    first: '/?a=b&c=d',
    second: '/?a=b%26c=d',
    same: false,
  }),
  compared({
    id: 'no-vary-search-empty-key',
    title: 'A pair without key and value is a pair: it counts',
    spec: [EQUIVALENCE],
    value: ALL_SAME,
    first: '/?=',
    second: '/',
    same: false,
  }),
  compared({
    id: 'no-vary-search-key-string-percent',
    title: 'A key string is percent-decoded',
    spec: [KEY],
    value: 'params=("%C3%A9")',
    first: '/?%c3%a9=1',
    second: '/?%c3%a9=2',
    same: true,
  }),
  compared({
    id: 'no-vary-search-key-string-plus',
    title: 'In a key string + is a space',
    spec: [KEY],
    value: 'params=("a+b")',
    first: '/?a%20b=1',
    second: '/?a+b=2',
    same: true,
  }),
  compared({
    id: 'no-vary-search-key-string-escaped-plus',
    title: 'In a key string %2B is a plus',
    spec: [KEY],
    value: 'params=("a%2Bb")',
    first: '/?a%2Bb=1',
    second: '/?a+b=1',
    same: false,
  }),
  compared({
    id: 'no-vary-search-key-string-separators',
    title: 'In a key string & and = separate nothing',
    spec: [KEY],
    value: 'params=("a&b=c")',
    first: '/?a%26b%3Dc=1',
    second: '/?a%26b%3Dc=2',
    same: true,
  }),
  compared({
    id: 'no-vary-search-key-string-escape',
    title: 'A key string may hold an escaped quotation mark',
    spec: [KEY, FIELD],
    value: String.raw`params=("a\"b")`,
    first: '/?a%22b=1',
    second: '/?a%22b=2',
    same: true,
  }),
  compared({
    id: 'no-vary-search-key-string-case',
    title: 'Keys are case-sensitive',
    spec: [KEY],
    value: 'params=("A")',
    first: '/?a=1',
    second: '/?a=2',
    same: false,
  }),
  compared({
    id: 'no-vary-search-key-string-empty',
    title: 'The empty key can be listed',
    spec: [KEY],
    value: 'params=("")',
    first: '/?=1&a=1',
    second: '/?a=1&=2',
    same: true,
  }),
  compared({
    id: 'no-vary-search-except-key-string',
    title: 'What except names is decoded too',
    spec: [KEY],
    value: 'params, except=("%61")',
    first: '/?a=1',
    second: '/?a=2',
    same: false,
  }),
]);

const MALFORMED = {
  'not-a-dictionary': 'params=',
  'params-token': 'params=a',
  'params-string': 'params="a"',
  'params-integer': 'params=1',
  'params-list-of-tokens': 'params=(a)',
  'params-list-mixed': 'params=("a" 1)',
  'key-order-integer': 'key-order=1, params',
  'key-order-list': 'key-order=("a"), params',
  'key-order-token': 'key-order=yes, params',
  'except-alone': 'except=("b")',
  'except-beside-false': 'params=?0, except=("b")',
  'except-beside-list': 'params=("a"), except=("b")',
  'except-boolean': 'params, except',
  'except-string': 'params, except="b"',
  'except-token': 'params, except=(b)',
  'trailing-comma': 'params,',
  'upper-case-key': 'Params',
  'list-not-closed': 'params=("a"',
} as const;

const malformed = defineCases([
  ...Object.entries(MALFORMED).map(([id, value]): Case => ({
    id: `no-vary-search-malformed-${id}`,
    title: `${value} is malformed: every query is a page of its own, and the reason says so`,
    kind: 'required',
    spec: [FIELD],
    steps: [
      {
        request: { path: '/?a=1' },
        origin: fresh(value),
        expect: { from: 'origin', stored: true, reasons: ['search-variance-malformed', 'stored'] },
      },
      {
        request: { path: '/?a=2' },
        origin: fresh(value),
        expect: { from: 'origin', outcome: 'miss', reasons: ['nothing-stored'] },
      },
      { request: { path: '/?a=1' }, expect: { from: 'cache', bodyOfStep: 1 } },
    ],
  })),
  compared({
    id: 'no-vary-search-unknown-key',
    title: 'Unknown keys are ignored',
    spec: [FIELD],
    value: 'params=("a"), colour=red, x=("y")',
    first: '/?a=1',
    second: '/?a=2',
    same: true,
  }),
  compared({
    id: 'no-vary-search-parameters',
    title: 'Parameters of members are ignored',
    spec: [FIELD],
    value: 'params=("a";x=1);y',
    first: '/?a=1',
    second: '/?a=2',
    same: true,
  }),
  compared({
    id: 'no-vary-search-lines',
    title: 'Several lines are one dictionary',
    spec: [FIELD, 'RFC 9651 §4.2'],
    value: ['params', 'except=("x")'],
    first: '/?x=1&a=1',
    second: '/?x=1&a=2',
    same: true,
  }),
  compared({
    id: 'no-vary-search-lines-contradict',
    title: 'Of one key on two lines the last stands',
    spec: [FIELD, 'RFC 9651 §4.2.2'],
    value: ['params', 'params=("a")'],
    first: '/?b=1',
    second: '/?b=2',
    same: false,
  }),
  compared({
    id: 'no-vary-search-key-twice',
    title: 'A key that is listed twice is listed',
    spec: [FIELD],
    value: 'params=("a" "a")',
    first: '/?a=1',
    second: '/?a=2',
    same: true,
  }),
]);

const places = defineCases([
  compared({
    id: 'no-vary-search-other-path',
    title: 'Another path is another resource',
    spec: [EQUIVALENCE],
    value: 'params',
    first: '/a?x=1',
    second: '/b?x=1',
    same: false,
  }),
  compared({
    id: 'no-vary-search-path-encoding',
    title: 'Paths are compared as they are written',
    spec: [EQUIVALENCE],
    value: 'params',
    first: '/a?x=1',
    second: '/%61?x=2',
    same: false,
  }),
  {
    id: 'no-vary-search-switched-off',
    title: 'A policy may leave No-Vary-Search alone',
    kind: 'check',
    spec: ['Poplet', CACHE],
    policy: { key: { noVarySearch: false } },
    steps: [
      {
        request: { path: '/?a=1' },
        origin: fresh('params'),
        expect: { from: 'origin', stored: true, notReasons: ['search-variance'] },
      },
      {
        request: { path: '/?a=2' },
        origin: fresh('params='),
        expect: {
          from: 'origin',
          reasons: ['nothing-stored'],
          notReasons: ['search-variance-malformed'],
        },
      },
    ],
  },
  {
    id: 'no-vary-search-in-words',
    title: 'The reason names both queries and the variance; the key is that of what is stored',
    kind: 'check',
    spec: ['Poplet', EQUIVALENCE, 'RFC 9211 §2.7'],
    steps: [
      {
        request: { path: '/?id=1&utm=mail' },
        origin: fresh('params=("utm"), key-order'),
        expect: {
          from: 'origin',
          headers: { 'no-vary-search': 'params=("utm"), key-order' },
          reasons: ['search-variance'],
          words: [/No-Vary-Search says key-order,params=utm$/],
          cacheStatus: { key: 'default {edge}{path}/?id=1&utm=mail', detail: 'stored' },
        },
      },
      {
        request: { path: '/?utm=chat&id=1' },
        expect: {
          from: 'cache',
          headers: { 'no-vary-search': 'params=("utm"), key-order' },
          words: [
            /^stored for the query "id=1&utm=mail"; under No-Vary-Search \(key-order,params=utm\) "utm=chat&id=1" is the same$/,
          ],
          cacheStatus: {
            hit: true,
            key: 'default {edge}{path}/?id=1&utm=mail',
            detail: 'fresh',
          },
        },
      },
      {
        request: { path: '/?id=1&utm=mail' },
        expect: { from: 'cache', notReasons: ['no-vary-search-match'] },
      },
    ],
  },
  {
    id: 'no-vary-search-head',
    title: 'A HEAD of an equivalent query is answered too',
    kind: 'optimal',
    spec: [CACHE, 'RFC 9110 §9.3.2'],
    steps: [
      { request: { path: '/?a=1' }, origin: fresh('params'), expect: { from: 'origin' } },
      {
        request: { method: 'HEAD', path: '/?a=2' },
        expect: { from: 'cache', body: '', reasons: ['no-vary-search-match'] },
      },
    ],
  },
  {
    id: 'no-vary-search-exact-too',
    title:
      'A response without the field is for its own query only, whatever others of the path say',
    kind: 'required',
    spec: [CACHE],
    steps: [
      {
        request: { path: '/?a=1&b=1' },
        origin: { headers: { 'Cache-Control': 'max-age=600' } },
        expect: { from: 'origin', stored: true },
      },
      {
        request: { path: '/?a=2&b=2' },
        origin: fresh('params=("a")'),
        expect: { from: 'origin', stored: true },
      },
      // Not step 1: its own variance is the default one.
      {
        request: { path: '/?a=3&b=1' },
        origin: fresh('params=("a")'),
        expect: { from: 'origin', reasons: ['nothing-stored'] },
      },
      { request: { path: '/?a=9&b=2' }, expect: { from: 'cache', bodyOfStep: 2 } },
    ],
  },
  {
    id: 'no-vary-search-not-kept',
    title: 'A field that may not be sent from the store selects nothing either',
    kind: 'required',
    spec: [CACHE, 'RFC 9111 §5.2.2.4'],
    steps: [
      {
        request: { path: '/?a=1' },
        origin: {
          headers: {
            'Cache-Control': 'max-age=600, no-cache="no-vary-search"',
            'No-Vary-Search': 'params',
          },
        },
        expect: { from: 'origin', stored: true },
      },
      {
        request: { path: '/?a=2' },
        origin: fresh('params'),
        expect: { from: 'origin', reasons: ['nothing-stored'] },
      },
    ],
  },
  {
    id: 'no-vary-search-connection',
    title: 'A field that Connection nominates is the last hop’s own',
    kind: 'required',
    spec: ['RFC 9110 §7.6.1', CACHE],
    steps: [
      {
        request: { path: '/?a=1' },
        origin: fresh('params', { Connection: 'no-vary-search' }),
        expect: { from: 'origin', stored: true, absent: ['no-vary-search'] },
      },
      {
        request: { path: '/?a=2' },
        origin: fresh('params'),
        expect: { from: 'origin', reasons: ['nothing-stored'] },
      },
    ],
  },
  {
    id: 'no-vary-search-status',
    title: 'It holds for a stored error as well',
    kind: 'optimal',
    spec: [CACHE],
    steps: [
      {
        request: { path: '/?a=1' },
        origin: { ...fresh('params'), status: 404 },
        expect: { from: 'origin', stored: true },
      },
      { request: { path: '/?a=2' }, expect: { from: 'cache', status: 404 } },
    ],
  },
]);

const varied = defineCases([
  {
    id: 'no-vary-search-vary',
    title: 'Vary holds beside it: another variant of an equivalent query is not selected',
    kind: 'required',
    spec: [CACHE, 'RFC 9111 §4.1'],
    steps: [
      {
        request: { path: '/?a=1', headers: { 'X-Kind': 'k' } },
        origin: fresh('params', { Vary: 'X-Kind' }),
        expect: { from: 'origin', stored: true },
      },
      {
        request: { path: '/?a=2', headers: { 'X-Kind': 'l' } },
        origin: fresh('params', { Vary: 'X-Kind' }),
        expect: { from: 'origin', stored: true, reasons: ['no-variant-matches'] },
      },
      {
        request: { path: '/?a=3', headers: { 'X-Kind': 'k' } },
        expect: { from: 'cache', bodyOfStep: 1 },
      },
      {
        request: { path: '/?a=4', headers: { 'X-Kind': 'l' } },
        expect: { from: 'cache', bodyOfStep: 2 },
      },
      {
        request: { path: '/?a=5' },
        origin: fresh('params', { Vary: 'X-Kind' }),
        expect: { from: 'origin', reasons: ['no-variant-matches'] },
      },
    ],
  },
  {
    id: 'no-vary-search-vary-siblings',
    title: 'The strong ETags of other variants of an equivalent query are offered',
    kind: 'optimal',
    spec: [CACHE, 'RFC 9111 §4.3.1'],
    steps: [
      {
        request: { path: '/?a=1', headers: { 'X-Kind': 'k' } },
        origin: fresh('params', { Vary: 'X-Kind', ETag: '"k"' }),
        expect: { from: 'origin', stored: true },
      },
      {
        request: { path: '/?a=2', headers: { 'X-Kind': 'l' } },
        origin: { status: 304, unasked304: true, headers: { ETag: '"k"' } },
        expect: {
          from: 'validated',
          bodyOfStep: 1,
          reasons: ['sibling-validators', 'confirmed-variant'],
          upstream: { path: '/?a=2', headers: { 'if-none-match': '"k"' } },
        },
      },
    ],
  },
  {
    id: 'no-vary-search-most-recent',
    title: 'Of the responses that match, by their own query or an equivalent one, the most recent',
    kind: 'required',
    spec: [CACHE, 'RFC 9111 §4'],
    steps: [
      {
        request: { path: '/?a=1' },
        origin: { headers: { 'Cache-Control': 'max-age=600', Date: '{now-10}' } },
        expect: { from: 'origin', stored: true },
      },
      {
        request: { path: '/?a=2' },
        origin: fresh('params'),
        expect: { from: 'origin', stored: true },
      },
      { at: 1, request: { path: '/?a=1' }, expect: { from: 'cache', bodyOfStep: 2 } },
    ],
  },
  {
    id: 'no-vary-search-most-recent-own',
    title: 'The most recent may be the one for the query itself',
    kind: 'required',
    spec: [CACHE, 'RFC 9111 §4'],
    steps: [
      {
        request: { path: '/?a=1' },
        origin: { headers: { 'Cache-Control': 'max-age=600' } },
        expect: { from: 'origin', stored: true },
      },
      {
        request: { path: '/?a=2' },
        origin: fresh('params', { Date: '{now-10}' }),
        expect: { from: 'origin', stored: true },
      },
      { at: 1, request: { path: '/?a=1' }, expect: { from: 'cache', bodyOfStep: 1 } },
      { at: 1, request: { path: '/?a=3' }, expect: { from: 'cache', bodyOfStep: 2 } },
    ],
  },
  {
    id: 'no-vary-search-several-variances',
    title: 'Responses of one path may differ in what they let pass; each is found by its own',
    kind: 'optimal',
    spec: [CACHE],
    steps: [
      {
        request: { path: '/?page=1&a=1' },
        origin: fresh('params=("a")'),
        expect: { from: 'origin', stored: true },
      },
      {
        request: { path: '/?page=2&b=1' },
        origin: fresh('params=("b")'),
        expect: { from: 'origin', stored: true },
      },
      { request: { path: '/?a=2&page=1' }, expect: { from: 'cache', bodyOfStep: 1 } },
      { request: { path: '/?b=2&page=2' }, expect: { from: 'cache', bodyOfStep: 2 } },
      {
        request: { path: '/?page=1&b=1' },
        origin: fresh('params=("a")'),
        expect: { from: 'origin', reasons: ['nothing-stored'] },
      },
    ],
  },
]);

/** What is stored lasts 10 s, and has a validator. */
const BRIEF = { 'Cache-Control': 'max-age=10', ETag: '"v1"' };

const overTime = defineCases([
  {
    id: 'no-vary-search-stale',
    title: 'A stale response for an equivalent query is validated with the query that was asked',
    kind: 'optimal',
    spec: [CACHE, 'RFC 9111 §4.3.1'],
    steps: [
      {
        request: { path: '/?a=1' },
        origin: { headers: { ...BRIEF, 'No-Vary-Search': 'params' } },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 11,
        request: { path: '/?a=2' },
        origin: {
          status: 304,
          unasked304: true,
          headers: { ETag: '"v1"', 'Cache-Control': 'max-age=10' },
        },
        expect: {
          from: 'validated',
          reasons: ['no-vary-search-match', 'stale', 'confirmed'],
          upstream: { path: '/?a=2', headers: { 'if-none-match': '"v1"' } },
        },
      },
      { at: 12, request: { path: '/?a=1' }, expect: { from: 'cache', bodyOfStep: 1 } },
      { at: 12, request: { path: '/?a=3' }, expect: { from: 'cache', bodyOfStep: 1 } },
    ],
  },
  {
    id: 'no-vary-search-replaced',
    title: 'A full response for an equivalent query takes the place of the old one',
    kind: 'required',
    spec: [CACHE, 'RFC 9111 §4'],
    steps: [
      {
        request: { path: '/?a=1' },
        origin: { headers: { ...BRIEF, 'No-Vary-Search': 'params' } },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 11,
        request: { path: '/?a=2' },
        origin: { headers: { ...BRIEF, ETag: '"v2"', 'No-Vary-Search': 'params' } },
        expect: { from: 'origin', stored: true, outcome: 'expired', reasons: ['replaced'] },
      },
      { at: 12, request: { path: '/?a=1' }, expect: { from: 'cache', bodyOfStep: 2 } },
      {
        at: 22,
        request: { path: '/?a=1' },
        origin: { status: 304, unasked304: true, headers: { ETag: '"v2"' } },
        expect: {
          from: 'validated',
          bodyOfStep: 2,
          upstream: { headers: { 'if-none-match': '"v2"' } },
        },
      },
    ],
  },
  {
    id: 'no-vary-search-reload-replaces',
    title: 'So does one that a reload brought',
    kind: 'required',
    spec: [CACHE, 'RFC 9111 §4', 'RFC 9111 §5.2.1.4'],
    steps: [
      { request: { path: '/?a=1' }, origin: fresh('params'), expect: { from: 'origin' } },
      {
        request: { path: '/?a=2', headers: { 'Cache-Control': 'no-cache' } },
        origin: fresh('params'),
        expect: { from: 'origin', stored: true, reasons: ['replaced'] },
      },
      { request: { path: '/?a=1' }, expect: { from: 'cache', bodyOfStep: 2 } },
    ],
  },
  {
    id: 'no-vary-search-withdrawn',
    title: 'One that may not be stored takes its place too',
    kind: 'required',
    spec: [CACHE, 'RFC 9111 §4'],
    steps: [
      {
        request: { path: '/?a=1' },
        origin: { headers: { ...BRIEF, 'No-Vary-Search': 'params' } },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 11,
        request: { path: '/?a=2' },
        origin: { headers: { 'Cache-Control': 'no-store' } },
        expect: { from: 'origin', stored: false, reasons: ['replaced', 'not-stored-no-store'] },
      },
      {
        at: 11,
        request: { path: '/?a=1' },
        origin: { headers: { 'Cache-Control': 'no-store' } },
        expect: { from: 'origin', upstream: { absent: ['if-none-match'] } },
      },
    ],
  },
  {
    id: 'no-vary-search-widened',
    title: 'A later response that lets more differences pass is used for them',
    kind: 'optimal',
    spec: [CACHE],
    steps: [
      {
        request: { path: '/?a=1' },
        origin: { headers: { 'Cache-Control': 'max-age=10' } },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 11,
        request: { path: '/?a=1' },
        origin: fresh('params'),
        expect: { from: 'origin', stored: true, reasons: ['replaced'] },
      },
      { at: 12, request: { path: '/?a=2' }, expect: { from: 'cache', bodyOfStep: 2 } },
      { at: 12, request: { path: '/?a=1' }, expect: { from: 'cache', bodyOfStep: 2 } },
    ],
  },
  {
    id: 'no-vary-search-withheld',
    title: 'A later response without the field is for its own query only',
    kind: 'required',
    spec: [CACHE],
    steps: [
      {
        request: { path: '/?a=1' },
        origin: { headers: { ...BRIEF, 'No-Vary-Search': 'params' } },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 11,
        request: { path: '/?a=1' },
        origin: { headers: { 'Cache-Control': 'max-age=600' } },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 12,
        request: { path: '/?a=2' },
        origin: { headers: { 'Cache-Control': 'max-age=600' } },
        expect: { from: 'origin', reasons: ['nothing-stored'] },
      },
      { at: 12, request: { path: '/?a=1' }, expect: { from: 'cache', bodyOfStep: 2 } },
    ],
  },
  {
    id: 'no-vary-search-304-keeps',
    title: 'A 304 without the field leaves the variance as it is',
    kind: 'optimal',
    spec: [CACHE, 'RFC 9111 §3.2'],
    steps: [
      {
        request: { path: '/?a=1' },
        origin: { headers: { ...BRIEF, 'No-Vary-Search': 'params' } },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 11,
        request: { path: '/?a=1' },
        origin: { status: 304, headers: { 'Cache-Control': 'max-age=600' } },
        expect: { from: 'validated' },
      },
      { at: 12, request: { path: '/?a=2' }, expect: { from: 'cache', bodyOfStep: 1 } },
    ],
  },
  {
    id: 'no-vary-search-304-begins',
    title: 'A 304 with the field gives what is stored a variance',
    kind: 'optimal',
    spec: [CACHE, 'RFC 9111 §3.2'],
    steps: [
      {
        request: { path: '/?a=1' },
        origin: { headers: BRIEF },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 11,
        request: { path: '/?a=1' },
        origin: { status: 304, headers: fresh('params').headers ?? {} },
        expect: { from: 'validated' },
      },
      { at: 12, request: { path: '/?a=2' }, expect: { from: 'cache', bodyOfStep: 1 } },
      { at: 12, request: { path: '/?a=1' }, expect: { from: 'cache', bodyOfStep: 1 } },
    ],
  },
  {
    id: 'no-vary-search-304-ends',
    title: 'A 304 whose field lets nothing pass ends it',
    kind: 'required',
    spec: [CACHE, 'RFC 9111 §3.2'],
    steps: [
      {
        request: { path: '/?a=1' },
        origin: { headers: { ...BRIEF, 'No-Vary-Search': 'params' } },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 11,
        request: { path: '/?a=1' },
        origin: { status: 304, headers: fresh('params=?0').headers ?? {} },
        expect: { from: 'validated' },
      },
      {
        at: 12,
        request: { path: '/?a=2' },
        origin: fresh('params=?0'),
        expect: { from: 'origin', reasons: ['nothing-stored'] },
      },
      { at: 12, request: { path: '/?a=1' }, expect: { from: 'cache', bodyOfStep: 1 } },
    ],
  },
  {
    id: 'no-vary-search-304-malformed',
    title: 'A 304 whose field is malformed ends it as well',
    kind: 'required',
    spec: [CACHE, FIELD],
    steps: [
      {
        request: { path: '/?a=1' },
        origin: { headers: { ...BRIEF, 'No-Vary-Search': 'params' } },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 11,
        request: { path: '/?a=1' },
        origin: { status: 304, headers: fresh('params=').headers ?? {} },
        expect: { from: 'validated' },
      },
      {
        at: 12,
        request: { path: '/?a=2' },
        origin: fresh('params'),
        expect: { from: 'origin', reasons: ['nothing-stored'] },
      },
    ],
  },
  {
    id: 'no-vary-search-304-parts',
    title: 'A 304 that says the two queries are no longer the same confirms nothing for this one',
    kind: 'required',
    spec: [CACHE, 'RFC 9111 §4.3.4'],
    steps: [
      {
        request: { path: '/?a=1' },
        origin: { headers: { ...BRIEF, 'No-Vary-Search': 'params' } },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 11,
        request: { path: '/?a=2' },
        origin: [
          {
            status: 304,
            unasked304: true,
            headers: { ETag: '"v1"', 'No-Vary-Search': 'params=("b")' },
          },
          { ...fresh('params=("b")'), body: 'two' },
        ],
        expect: {
          from: 'origin',
          body: 'two',
          reasons: ['unmatched-304'],
          upstream: { requests: 2 },
          upstreamAgain: { path: '/?a=2', absent: ['if-none-match'] },
        },
      },
      { at: 12, request: { path: '/?a=2&b=1' }, expect: { from: 'cache', body: 'two' } },
    ],
  },
  {
    id: 'no-vary-search-stale-if-error',
    title: 'What is stored for an equivalent query may stand in for an error',
    kind: 'optimal',
    spec: [CACHE, 'RFC 5861 §4'],
    steps: [
      {
        request: { path: '/?a=1' },
        origin: {
          headers: { 'Cache-Control': 'max-age=10, stale-if-error=60', 'No-Vary-Search': 'params' },
        },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 11,
        request: { path: '/?a=2' },
        origin: { status: 503 },
        expect: {
          from: 'cache',
          outcome: 'stale',
          upstream: { requests: 1 },
          reasons: ['no-vary-search-match', 'stale-if-error'],
        },
      },
    ],
  },
  {
    id: 'no-vary-search-refresh',
    title: 'The background refresh asks with the query that brought the response, once for all',
    kind: 'optimal',
    spec: [CACHE, 'RFC 5861 §3', 'RFC 9111 §4.3.1'],
    steps: [
      {
        request: { path: '/?a=1' },
        origin: {
          headers: {
            ...BRIEF,
            'Cache-Control': 'max-age=10, stale-while-revalidate=60',
            'No-Vary-Search': 'params',
          },
        },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 11,
        request: { path: '/?a=2' },
        origin: { status: 304, headers: { 'Cache-Control': 'max-age=10' } },
        expect: {
          from: 'cache',
          outcome: 'updating',
          upstream: { requests: 1, path: '/?a=1', headers: { 'if-none-match': '"v1"' } },
        },
      },
      { at: 12, request: { path: '/?a=3' }, expect: { from: 'cache', outcome: 'hit' } },
    ],
  },
  {
    id: 'no-vary-search-refresh-held-back',
    title: 'A refresh that failed is held back for every equivalent query',
    kind: 'check',
    spec: ['Poplet', CACHE, 'RFC 5861 §3'],
    steps: [
      {
        request: { path: '/?a=1' },
        origin: {
          headers: {
            'Cache-Control': 'max-age=10, stale-while-revalidate=60',
            'No-Vary-Search': 'params',
          },
        },
        expect: { from: 'origin', stored: true },
      },
      {
        at: 11,
        request: { path: '/?a=2' },
        origin: { status: 503 },
        expect: { from: 'cache', outcome: 'updating', upstream: { requests: 1 } },
      },
      {
        at: 12,
        request: { path: '/?a=3' },
        expect: { from: 'cache', outcome: 'stale', reasons: ['refresh-held-back'] },
      },
    ],
  },
]);

function storedFor(path: string, value = 'params=("utm")'): ExchangeStep {
  return {
    request: { path },
    origin: fresh(value, { ETag: '"v1"' }),
    expect: { from: 'origin', stored: true },
  };
}

/** Gone from the store: asked for whole. */
function gone(path: string): ExchangeStep {
  return {
    request: { path },
    origin: fresh('params=("utm")'),
    expect: {
      from: 'origin',
      outcome: 'miss',
      reasons: ['nothing-stored'],
      upstream: { absent: ['if-none-match'] },
    },
  };
}

function post(path: string, headers: HeaderScript = {}): ExchangeStep {
  return {
    request: { method: 'POST', path, body: 'x' },
    origin: { headers },
    expect: { from: 'origin', outcome: 'ineligible', reasons: ['invalidated'] },
  };
}

const reached = defineCases([
  {
    id: 'no-vary-search-invalidated',
    title: 'A POST to an equivalent URL makes the stored response invalid: a GET would get it',
    kind: 'required',
    spec: ['RFC 9111 §4.4', CACHE],
    steps: [storedFor('/?id=1&utm=a'), post('/?utm=b&id=1'), gone('/?id=1&utm=a')],
  },
  {
    id: 'no-vary-search-invalidated-bare',
    title: 'Also one whose query is empty',
    kind: 'required',
    spec: ['RFC 9111 §4.4', CACHE],
    steps: [storedFor('/?utm=a'), post('/'), gone('/?utm=a')],
  },
  {
    id: 'no-vary-search-not-invalidated',
    title: 'A POST to another query leaves it',
    kind: 'optimal',
    spec: ['RFC 9111 §4.4', CACHE],
    steps: [
      storedFor('/?id=1&utm=a'),
      post('/?id=2&utm=a'),
      { request: { path: '/?id=1&utm=b' }, expect: { from: 'cache', bodyOfStep: 1 } },
    ],
  },
  {
    id: 'no-vary-search-invalidated-by-location',
    title: 'So does an equivalent URL in Location',
    kind: 'optimal',
    spec: ['RFC 9111 §4.4', CACHE],
    steps: [
      storedFor('/list?id=1&utm=a'),
      post('/', { Location: '{path}/list?id=1' }),
      gone('/list?id=1&utm=a'),
    ],
  },
  {
    id: 'no-vary-search-default-not-invalidated',
    title: 'A response that lets nothing pass is reached by its own URL only',
    kind: 'optimal',
    spec: ['RFC 9111 §4.4', CACHE],
    steps: [
      storedFor('/?utm=a', ''),
      post('/?utm=b'),
      { request: { path: '/?utm=a' }, expect: { from: 'cache', bodyOfStep: 1 } },
    ],
  },
  {
    id: 'no-vary-search-purged',
    title: 'A purge of an equivalent URL reaches it',
    kind: 'required',
    spec: ['Poplet', CACHE],
    steps: [storedFor('/?id=1&utm=a'), { purge: { path: '/?id=1' } }, gone('/?id=1&utm=a')],
  },
  {
    id: 'no-vary-search-not-purged',
    title: 'A purge of another query does not',
    kind: 'required',
    spec: ['Poplet', CACHE],
    steps: [
      storedFor('/?id=1&utm=a'),
      { purge: { path: '/?id=2' } },
      { purge: { path: '/' } },
      { request: { path: '/?id=1' }, expect: { from: 'cache', bodyOfStep: 1 } },
    ],
  },
  {
    id: 'no-vary-search-soft-purged',
    title: 'A soft purge of an equivalent URL makes it stale',
    kind: 'required',
    spec: ['Poplet', CACHE],
    steps: [
      storedFor('/?id=1&utm=a'),
      { purge: { path: '/?id=1', soft: true } },
      {
        request: { path: '/?id=1&utm=c' },
        origin: { status: 304, unasked304: true, headers: { ETag: '"v1"' } },
        expect: { from: 'validated', reasons: ['soft-purged'] },
      },
    ],
  },
  {
    id: 'no-vary-search-purged-prefix',
    title: 'A purge of a prefix that reaches into the query reaches what may answer there',
    kind: 'required',
    spec: ['Poplet', CACHE],
    steps: [storedFor('/?utm=a'), { purge: { prefix: '/?id=' } }, gone('/?utm=a')],
  },
  {
    id: 'no-vary-search-purged-while-fetched',
    title: 'What was being fetched when an equivalent URL was purged is not stored',
    kind: 'required',
    spec: ['Poplet', CACHE],
    steps: [
      {
        request: { path: '/?id=1&utm=a' },
        origin: { ...fresh('params=("utm")'), purge: { path: '/?id=1&utm=b' } },
        expect: { from: 'origin', stored: false },
      },
      gone('/?id=1&utm=b'),
    ],
  },
  {
    id: 'no-vary-search-kept-while-fetched',
    title: 'What was being fetched when another query was purged is stored',
    kind: 'required',
    spec: ['Poplet', CACHE],
    steps: [
      {
        request: { path: '/?id=1&utm=a' },
        origin: { ...fresh('params=("utm")'), purge: { path: '/?id=2&utm=a' } },
        expect: { from: 'origin', stored: true },
      },
      { request: { path: '/?id=1&utm=b' }, expect: { from: 'cache', bodyOfStep: 1 } },
    ],
  },
  {
    id: 'no-vary-search-purged-before-variance',
    title: 'A variance that a 304 brings does not carry an old body over to a URL purged before',
    kind: 'required',
    spec: ['Poplet', CACHE],
    steps: [
      {
        request: { path: '/?id=1&utm=a' },
        origin: { headers: { ...BRIEF } },
        expect: { from: 'origin', stored: true },
      },
      { purge: { path: '/?id=1&utm=b' } },
      {
        at: 11,
        request: { path: '/?id=1&utm=a' },
        origin: [
          { status: 304, headers: fresh('params=("utm")').headers ?? {} },
          { ...fresh('params=("utm")'), body: 'new' },
        ],
        expect: { from: 'origin', body: 'new', upstream: { requests: 2 } },
      },
      { at: 12, request: { path: '/?id=1&utm=b' }, expect: { from: 'cache', body: 'new' } },
    ],
  },
  {
    id: 'no-vary-search-purged-then-stored',
    title: 'What is fetched after the purge of an equivalent URL is used',
    kind: 'required',
    spec: ['Poplet', CACHE],
    steps: [
      { purge: { path: '/?utm=b' } },
      storedFor('/?utm=a'),
      { request: { path: '/?utm=b' }, expect: { from: 'cache', bodyOfStep: 2 } },
    ],
  },
]);

export const noVarySearchCases = [
  ...variances,
  ...keyOrder,
  ...encoding,
  ...malformed,
  ...places,
  ...varied,
  ...overTime,
  ...reached,
];
