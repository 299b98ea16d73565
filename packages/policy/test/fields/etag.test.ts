import { describe, expect, test } from 'vitest';
import {
  formatEntityTag,
  parseEntityTag,
  parseEntityTagList,
  strongMatch,
  weakMatch,
} from '../../src/fields/etag.ts';

describe('parseEntityTag', () => {
  test.each<[string, boolean, string]>([
    ['"xyzzy"', false, '"xyzzy"'],
    ['W/"xyzzy"', true, '"xyzzy"'],
    ['""', false, '""'],
    ['W/""', true, '""'],
    ['"a,b"', false, '"a,b"'],
    ['"a\\b"', false, '"a\\b"'],
    ['"\\"', false, '"\\"'],
    ['"W/x"', false, '"W/x"'],
    ['"é"', false, '"é"'],
    ['"*"', false, '"*"'],
  ])('%j', (text, weak, opaque) => {
    expect(parseEntityTag(text)).toStrictEqual({ weak, opaque });
  });

  test.each([
    '',
    '*',
    'xyzzy',
    '"',
    '"a',
    'a"',
    "'a'",
    'w/"a"',
    'W/a',
    'W/',
    'W/ "a"',
    '"a b"',
    '"a\t"',
    '"a""b"',
    '"a", "b"',
    ' "a"',
    '"a" ',
    '"a\u007F"',
    '"\0"',
  ])('%j is malformed', (text) => {
    expect(parseEntityTag(text)).toBeNull();
  });
});

describe('parseEntityTagList', () => {
  const a = { weak: false, opaque: '"a"' };
  const b = { weak: true, opaque: '"b"' };

  test.each<[string, ReturnType<typeof parseEntityTagList>]>([
    ['*', '*'],
    [' * ', '*'],
    ['', []],
    [', ,', []],
    ['"a"', [a]],
    ['"a", W/"b"', [a, b]],
    ['"a",W/"b"', [a, b]],
    [', "a" ,, \tW/"b",', [a, b]],
    [
      '"a,b", "c"',
      [
        { weak: false, opaque: '"a,b"' },
        { weak: false, opaque: '"c"' },
      ],
    ],
    [
      '"a\\", "c"',
      [
        { weak: false, opaque: '"a\\"' },
        { weak: false, opaque: '"c"' },
      ],
    ],
    ['"*"', [{ weak: false, opaque: '"*"' }]],
  ])('%j → %j', (value, tags) => {
    expect(parseEntityTagList(value)).toStrictEqual(tags);
  });

  test.each([
    'a',
    '"a", b',
    '"a" "b"',
    '"a" "b", "c"',
    '"a"W/"b"',
    '*, "a"',
    '"a", *',
    '**',
    '"a',
    '"a", "',
  ])('%j is malformed', (value) => {
    expect(parseEntityTagList(value)).toBeNull();
  });
});

test('formatEntityTag', () => {
  expect(formatEntityTag({ weak: false, opaque: '"a"' })).toBe('"a"');
  expect(formatEntityTag({ weak: true, opaque: '"a"' })).toBe('W/"a"');
});

// RFC 9110 §8.8.3.2, table 3.
describe('comparison', () => {
  const strong1 = { weak: false, opaque: '"1"' };
  const weak1 = { weak: true, opaque: '"1"' };
  const weak2 = { weak: true, opaque: '"2"' };

  test.each([
    { left: weak1, right: weak1, strong: false, weak: true },
    { left: weak1, right: weak2, strong: false, weak: false },
    { left: weak1, right: strong1, strong: false, weak: true },
    { left: strong1, right: weak1, strong: false, weak: true },
    { left: strong1, right: strong1, strong: true, weak: true },
    { left: strong1, right: { weak: false, opaque: '"2"' }, strong: false, weak: false },
    {
      left: { weak: false, opaque: '"a"' },
      right: { weak: false, opaque: '"A"' },
      strong: false,
      weak: false,
    },
  ])('$left and $right', ({ left, right, strong, weak }) => {
    expect(strongMatch(left, right)).toBe(strong);
    expect(weakMatch(left, right)).toBe(weak);
  });
});
