import { describe, expect, test } from 'vitest';
import { parseAge } from '../../src/fields/age.ts';

describe('parseAge', () => {
  test.each<[string[], number | null]>([
    [[], null],
    [[''], null],
    [['0'], 0],
    [['7200'], 7200],
    [['007200'], 7200],
    [['2147483648'], 2_147_483_648],
    [['99999999999999999999'], 9_007_199_254_740_991],
    // RFC 9111 §5.1: the first member of a list counts.
    [['7200, 0'], 7200],
    [['0, 7200'], 0],
    [['7200', '0'], 7200],
    [['7200, x'], 7200],
    [['', '60'], 60],
    // RFC 9111 §5.1: invalid values are ignored, also where a later member would be valid.
    [['x, 7200'], null],
    [['-7200'], null],
    [['-1', '60'], null],
    [['7200.0'], null],
    [['+7200'], null],
    [['"7200"'], null],
    [['7200;foo=bar'], null],
    [['7200 0'], null],
    [['abc'], null],
  ])('%j → %j', (lines, seconds) => {
    expect(parseAge(lines)).toBe(seconds);
  });
});
