import { describe, expect, test } from 'vitest';
import { parseVary } from '../../src/fields/vary.ts';

describe('parseVary', () => {
  test.each<[string[], readonly string[]]>([
    [[], []],
    [[''], []],
    [[', ,'], []],
    [['Accept-Encoding'], ['accept-encoding']],
    [['User-Agent, accept-ENCODING'], ['accept-encoding', 'user-agent']],
    [
      ['b', 'a'],
      ['a', 'b'],
    ],
    [['a, A', 'a'], ['a']],
    [['x*'], ['x*']],
  ])('%j nominates %j', (lines, names) => {
    expect(parseVary(lines)).toStrictEqual(names);
  });

  test.each<[string[]]>([
    [['*']],
    [[' * ']],
    [[', *']],
    [['*, foo']],
    [['foo, *']],
    [['foo', '*']],
    [['', '*']],
    [['foo,*,bar']],
    // What a malformed member meant cannot be known.
    [['accept encoding']],
    [['accept-encoding; user-agent']],
    [['"*"']],
    [['a, é']],
  ])('%j never matches', (lines) => {
    expect(parseVary(lines)).toBe('*');
  });
});
