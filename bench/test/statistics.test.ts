import { expect, test } from 'vitest';

import { median, quantile } from '../statistics.ts';

test('the median is the value in the middle, or between the two', () => {
  expect(median([30, 10, 20])).toBe(20);
  expect(median([40, 10, 20, 30])).toBe(25);
  expect(() => median([])).toThrow(RangeError);
});

test('a quantile lies between two values in proportion', () => {
  const values = Array.from({ length: 101 }, (_, index) => index);
  expect(quantile(values, 0.99)).toBe(99);
  expect(quantile([0, 10], 0.25)).toBe(2.5);
});
