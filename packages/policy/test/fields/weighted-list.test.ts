import { expect, it } from 'vitest';
import { CODING_ALIASES, parseWeightedList } from '../../src/fields/weighted-list.ts';

it('reads names and weights in order', () => {
  expect(parseWeightedList('br;q=0.5, GZIP ; Q=1.000,, zstd;q=1, *;q=0')).toEqual([
    { name: 'br', weight: 500 },
    { name: 'gzip', weight: 1000 },
    { name: 'zstd', weight: 1000 },
    { name: '*', weight: 0 },
  ]);
  expect(parseWeightedList('')).toEqual([]);
});

it('gives null for a member that is not as defined', () => {
  const list = 'br;q=2, gzip;q=0.1234, b r, zstd;level=1, br;xq=1, de';
  expect(parseWeightedList(list)).toEqual([
    null,
    null,
    null,
    null,
    null,
    { name: 'de', weight: 1000 },
  ]);
});

it('makes equivalent names one', () => {
  expect(parseWeightedList('x-gzip;q=0.2, X-Compress', CODING_ALIASES)).toEqual([
    { name: 'gzip', weight: 200 },
    { name: 'compress', weight: 1000 },
  ]);
  expect(parseWeightedList('x-gzip')).toEqual([{ name: 'x-gzip', weight: 1000 }]);
});
