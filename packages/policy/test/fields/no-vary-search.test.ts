import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseNoVarySearch, type SearchVariance } from '../../src/fields/no-vary-search.ts';
import { answersFor, searchKeyOf, splitSearch } from '../../src/search-variance.ts';

function parsed(...lines: string[]): SearchVariance {
  const variance = parseNoVarySearch(lines);
  if (typeof variance === 'string') throw new Error(`${lines.join()} is ${variance}`);
  return variance;
}

describe('what is read', () => {
  test.each<[string[], string, SearchVariance['named'], string[], boolean]>([
    [['params'], 'params', 'counted', [], true],
    [['params=?1'], 'params', 'counted', [], true],
    [['params;x=1'], 'params', 'counted', [], true],
    [['params, except=()'], 'params', 'counted', [], true],
    [['params=("a")'], 'params=a', 'ignored', ['a'], true],
    [['params=("b" "a" "b")'], 'params=a,b', 'ignored', ['a', 'b'], true],
    [['params=("a";x "b");y'], 'params=a,b', 'ignored', ['a', 'b'], true],
    [['params=("")'], 'params=', 'ignored', [''], true],
    [['params, except=("x")'], 'params,except=x', 'counted', ['x'], true],
    [['except=("x"), params'], 'params,except=x', 'counted', ['x'], true],
    [['key-order'], 'key-order', 'ignored', [], false],
    [['key-order=?1, params=?0'], 'key-order', 'ignored', [], false],
    [['key-order, params=()'], 'key-order', 'ignored', [], false],
    [['key-order, params'], 'key-order,params', 'counted', [], false],
    [['params=("a"), key-order'], 'key-order,params=a', 'ignored', ['a'], false],
    [['params', 'except=("x"), key-order'], 'key-order,params,except=x', 'counted', ['x'], false],
    // Of one key twice, the last counts.
    [['params', 'params=("a")'], 'params=a', 'ignored', ['a'], true],
    [['params=1, params'], 'params', 'counted', [], true],
    [['params, other=(a 1), z'], 'params', 'counted', [], true],
    // Keys are read as form-urlencoded bytes.
    [['params=("a+b")'], 'params=a%20b', 'ignored', ['a b'], true],
    [['params=("a%2Bb")'], 'params=a%2Bb', 'ignored', ['a+b'], true],
    [['params=("%C3%a9")'], 'params=%C3%A9', 'ignored', ['é'], true],
    [['params=("%FF")'], 'params=%EF%BF%BD', 'ignored', ['\uFFFD'], true],
    [['params=("%EF%BB%BFa")'], 'params=%EF%BB%BFa', 'ignored', ['\uFEFFa'], true],
    [['params=("%zz%")'], 'params=%25zz%25', 'ignored', ['%zz%'], true],
    [['params=("a&b=c,d")'], 'params=a%26b%3Dc%2Cd', 'ignored', ['a&b=c,d'], true],
    [['params=("?")'], 'params=%3F', 'ignored', ['?'], true],
    [[String.raw`params=("a\"\\")`], 'params=a%22%5C', 'ignored', ['a"\\'], true],
  ])('%j is %s', (lines, id, named, names, orderCounts) => {
    const variance = parsed(...lines);
    expect({ ...variance, names: [...variance.names].toSorted() }).toEqual({
      id,
      named,
      names,
      orderCounts,
    });
  });

  test.each<[string[]]>([
    [[]],
    [['']],
    [[' ']],
    [['params=?0']],
    [['params=()']],
    [['key-order=?0']],
    [['params=?0, key-order=?0']],
    [['params, params=?0']],
    [['other']],
  ])('%j is the default', (lines) => {
    expect(parseNoVarySearch(lines)).toBe('default');
  });

  test.each<[string]>([
    ['params='],
    ['params,'],
    ['Params'],
    ['params=a'],
    ['params="a"'],
    ['params=1'],
    ['params=1.5'],
    ['params=:YQ==:'],
    ['params=@1'],
    ['params=("a" b)'],
    ['params=("a" 1)'],
    ['params=(?1)'],
    ['params=("a"'],
    ['params=("é")'],
    ['key-order=1'],
    ['key-order="a"'],
    ['key-order=()'],
    ['key-order=yes, params'],
    ['except=("a")'],
    ['except=()'],
    ['except'],
    ['params=?0, except=("a")'],
    ['params=("a"), except=("b")'],
    ['params=(), except=()'],
    ['params, except'],
    ['params, except=?0'],
    ['params, except="a"'],
    ['params, except=(a)'],
    ['params, except=("a" 1)'],
    ['params="a", except=("a")'],
  ])('%j is malformed', (line) => {
    expect(parseNoVarySearch([line])).toBe('malformed');
  });
});

describe('what counts of a query', () => {
  test.each([
    ['params', 'a=1&b', ''],
    ['params=("a")', 'a=1&b&a&c=2', 'b=&c=2'],
    ['params=("a")', '', ''],
    ['params=("a")', '&&', ''],
    ['params=("a")', '=', '='],
    ['params=("a")', '?a=1', '%3Fa=1'],
    ['params=("a")', 'b=x%20y+z&%62=%C3%A9', 'b=x+y+z&b=%C3%A9'],
    ['params=("a")', 'b=%FF', 'b=%EF%BF%BD'],
    ['params=("a")', 'b=c=d', 'b=c%3Dd'],
    ['params, except=("b" "a")', 'b=1&c=2&a=3', 'b=1&a=3'],
    ['key-order', 'b=2&a=2&b=1&a=1', 'a=2&a=1&b=2&b=1'],
    // U+1F308 begins with a surrogate, which is less than U+FFFD.
    ['key-order', '%EF%BF%BD&%F0%9F%8C%88', '%F0%9F%8C%88=&%EF%BF%BD='],
    ['key-order, params=("a")', 'c&b&a', 'b=&c='],
  ])('under %s, %j comes to %j', (value, search, key) => {
    expect(searchKeyOf(parsed(value), search)).toBe(key);
  });

  test('path and query part at the first question mark', () => {
    expect(splitSearch('site http://a/b?c?d')).toEqual({ path: 'site http://a/b', search: 'c?d' });
    expect(splitSearch('http://a/b?')).toEqual({ path: 'http://a/b', search: '' });
    expect(splitSearch('http://a/b')).toEqual({ path: 'http://a/b', search: '' });
  });

  test('without a variance a response is for its own key only', () => {
    const stored = { primaryKey: 's http://a/?x', variance: null };
    expect(answersFor(stored, 's http://a/?x')).toBe(true);
    expect(answersFor(stored, 's http://a/?x=')).toBe(false);
  });

  test('another site, host or path is never equivalent', () => {
    const stored = { primaryKey: 's http://a/b?x', variance: parsed('params') };
    expect(answersFor(stored, 's http://a/b')).toBe(true);
    for (const other of ['t http://a/b', 's https://a/b', 's http://c/b', 's http://a/B']) {
      expect(answersFor(stored, other)).toBe(false);
    }
  });
});

// ── properties ─────────────────────────────────────────────────────────────────────────────────

const SEED = Number(process.env['POPLET_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const RUNS = { numRuns: Number(process.env['POPLET_PROPERTY_RUNS'] ?? 1000), seed: SEED };

const name = fc.constantFrom('a', 'b', 'utm', 'é', '', 'a b', '\u{1F308}', '\uFFFD');
const value = fc.oneof(
  fc.constantFrom('', '1', '2', 'x y', '&=', '?'),
  fc.string({ maxLength: 4 }),
);
const pairs = fc.array(fc.tuple(name, value), { maxLength: 6 });
const written = fc.oneof(
  pairs.map((list) => new URLSearchParams(list).toString()),
  fc.string({ maxLength: 20 }),
  fc
    .array(fc.constantFrom('a', '=', '&', '+', '%', '%41', '%FF', '?', ';', 'b'), { maxLength: 12 })
    .map((parts) => parts.join('')),
);

const listed = fc
  .array(name, { maxLength: 3 })
  .map((names) => `(${names.map((one) => `"${encodeURIComponent(one)}"`).join(' ')})`);
const field = fc
  .tuple(
    fc.constantFrom('', 'key-order, ', 'key-order=?0, '),
    fc.oneof(
      fc.constantFrom('params', 'params=?0'),
      listed.map((list) => `params=${list}`),
      listed.map((list) => `params, except=${list}`),
    ),
  )
  .map((parts) => parts.join(''));
const variance = field
  .map((text) => parseNoVarySearch([text]))
  .filter((found): found is SearchVariance => typeof found !== 'string');

function answers(under: SearchVariance, stored: string, presented: string): boolean {
  const key = (search: string): string => `s http://a/?${search}`;
  return answersFor({ primaryKey: key(stored), variance: under }, key(presented));
}

/** Whether a parameter counts, by the words of the specification. */
function counts({ named, names }: SearchVariance, parameter: string): boolean {
  return named === 'ignored' ? !names.has(parameter) : names.has(parameter);
}

describe(`equivalence (seed ${SEED})`, () => {
  test('is reflexive, symmetric and transitive', () => {
    fc.assert(
      fc.property(variance, written, written, written, (under, one, other, third) => {
        expect(answers(under, one, one)).toBe(true);
        expect(answers(under, one, other)).toBe(answers(under, other, one));
        const isChain = answers(under, one, other) && answers(under, other, third);
        expect(!isChain || answers(under, one, third)).toBe(true);
      }),
      RUNS,
    );
  });

  test('what counts of what counts is all of it, and has no white space', () => {
    fc.assert(
      fc.property(variance, written, (under, search) => {
        const key = searchKeyOf(under, search);
        expect(searchKeyOf(under, key)).toBe(key);
        expect(key).toMatch(/^[!-~]*$/);
        expect(answers(under, search, key)).toBe(true);
      }),
      RUNS,
    );
  });

  test('is found exactly where the pairs that count are equal, sorted by key where order does not, and where a semicolon stands only for the same text', () => {
    fc.assert(
      fc.property(variance, written, written, (under, one, other) => {
        const counted = (search: string): string => {
          if (search.includes(';'))
            return search.replace(/[^!-~]+/gu, (part) => encodeURIComponent(part.toWellFormed()));
          const kept = [...new URLSearchParams(`?${search}`)].filter(([key]) => counts(under, key));
          if (!under.orderCounts) kept.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
          return JSON.stringify(kept);
        };
        expect(answers(under, one, other)).toBe(counted(one) === counted(other));
      }),
      RUNS,
    );
  });

  test('is always found when a parameter that does not count is added, anywhere', () => {
    fc.assert(
      fc.property(
        variance,
        pairs,
        fc.tuple(name, value),
        fc.nat({ max: 6 }),
        (under, list, added, at) => {
          fc.pre(!counts(under, added[0]));
          const [before, after] = [list, list.toSpliced(at, 0, added)];
          const text = (found: [string, string][]): string => new URLSearchParams(found).toString();
          expect(answers(under, text(before), text(after))).toBe(true);
        },
      ),
      RUNS,
    );
  });

  test('equal variances have equal ids, and others have others', () => {
    fc.assert(
      fc.property(variance, variance, (one, other) => {
        const plain = ({ named, names, orderCounts }: SearchVariance): string =>
          JSON.stringify([named, [...names].toSorted(), orderCounts]);
        expect(one.id === other.id).toBe(plain(one) === plain(other));
        expect(one.id).toMatch(/^[!-~]+$/);
      }),
      RUNS,
    );
  });
});
