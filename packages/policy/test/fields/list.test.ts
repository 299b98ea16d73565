import { describe, expect, test } from 'vitest';
import { isToken, splitAtCommas, splitList, unquote } from '../../src/fields/list.ts';

describe('splitList', () => {
  test.each<[string, string[]]>([
    ['', []],
    [' \t ', []],
    [',', []],
    [',   ,', []],
    ['foo,bar', ['foo', 'bar']],
    ['foo ,bar,', ['foo', 'bar']],
    ['foo , ,bar,charlie', ['foo', 'bar', 'charlie']],
    ['\tfoo\t,\tbar\t', ['foo', 'bar']],
    ['a="x,y",b', ['a="x,y"', 'b']],
    [String.raw`a="x\",y",b`, [String.raw`a="x\",y"`, 'b']],
    [String.raw`a="x\\",b`, [String.raw`a="x\\"`, 'b']],
    ['a=\\,b', ['a=\\', 'b']],
    ['"", "a" ,"b,c"', ['""', '"a"', '"b,c"']],
    ['a,"never closed, b, c', ['a', '"never closed, b, c']],
    ['"ends in a backslash\\', ['"ends in a backslash\\']],
    [
      '"http://example.com/a.html,foo", "http://no-comma.example"',
      ['"http://example.com/a.html,foo"', '"http://no-comma.example"'],
    ],
  ])('%j → %j', (value, members) => {
    expect(splitList(value)).toStrictEqual(members);
  });
});

describe('splitAtCommas', () => {
  test.each<[string, string[]]>([
    ['', ['']],
    [',', ['', '']],
    ['a, ,b', ['a', '', 'b']],
    ['a,', ['a', '']],
  ])('%j → %j', (value, members) => {
    expect(splitAtCommas(value)).toStrictEqual(members);
  });
});

describe('isToken', () => {
  test.each(['a', 'max-age', '0', "!#$%&'*+-.^_`|~09azAZ", 'x'.repeat(10_000)])(
    '%j is one',
    (text) => {
      expect(isToken(text)).toBe(true);
    },
  );

  test.each([
    '',
    ' ',
    'a b',
    'a ',
    ' a',
    'a,b',
    'a=b',
    '"a"',
    'a/b',
    'a:b',
    'a;',
    '(a)',
    'é',
    'a\n',
    '\0',
  ])('%j is none', (text) => {
    expect(isToken(text)).toBe(false);
  });
});

describe('unquote', () => {
  test.each<[string, string]>([
    ['""', ''],
    ['"a"', 'a'],
    ['"a, b"', 'a, b'],
    ['"\t"', '\t'],
    [String.raw`"a\"b"`, 'a"b'],
    [String.raw`"\\"`, '\\'],
    [String.raw`"\a\b"`, 'ab'],
    ['"é"', 'é'],
  ])('%j → %j', (text, content) => {
    expect(unquote(text)).toBe(content);
  });

  test.each([
    '',
    '"',
    'a',
    'a"b"',
    '"a',
    'a"',
    '"a"b',
    '"a" ',
    ' "a"',
    '"a"b"',
    String.raw`"a\"`,
    '"a\0"',
    '"a\u007F"',
    '"\\\0"',
  ])('%j is malformed', (text) => {
    expect(unquote(text)).toBeNull();
  });
});
