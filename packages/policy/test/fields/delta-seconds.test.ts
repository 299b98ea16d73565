import { describe, expect, test } from 'vitest';
import { parseDeltaSeconds } from '../../src/fields/delta-seconds.ts';

describe('parseDeltaSeconds', () => {
  test.each<[string, number]>([
    ['0', 0],
    ['1', 1],
    ['00060', 60],
    ['86400', 86_400],
    ['2147483647', 2_147_483_647],
    ['2147483648', 2_147_483_648],
    ['4294967296', 4_294_967_296],
    ['9007199254740991', 9_007_199_254_740_991],
    ['9007199254740993', 9_007_199_254_740_991],
    ['99999999999999999999', 9_007_199_254_740_991],
    ['9'.repeat(1000), 9_007_199_254_740_991],
  ])('%j → %d', (text, seconds) => {
    expect(parseDeltaSeconds(text)).toBe(seconds);
  });

  test.each([
    '',
    ' ',
    '-1',
    '-0',
    '+1',
    '1.0',
    '1.5',
    '1e3',
    '0x10',
    ' 1',
    '1 ',
    '1\n',
    '1,2',
    "'1'",
    '"1"',
    '1s',
    'a',
    '١',
    'NaN',
    'Infinity',
  ])('%j is none', (text) => {
    expect(parseDeltaSeconds(text)).toBeNull();
  });
});
