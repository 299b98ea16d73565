import { expect, it } from 'vitest';

import { Marks } from '../src/marks.ts';

it('a mark lasts as long as it was set for, in virtual time', () => {
  const marks = new Marks();
  marks.set('a', 1000, 60);
  expect([1000, 60_999, 61_000].map((nowMs) => marks.has('a', nowMs))).toEqual([true, true, false]);
  expect(marks.has('b', 1000)).toBe(false);
});

it('a mark of a time that has been taken back does not count', () => {
  const marks = new Marks();
  marks.set('a', 100_000, 60);
  expect(marks.has('a', 50_000)).toBe(false);
  expect(marks.has('a', 110_000)).toBe(true);
});

it('can be cleared, and set for no time', () => {
  const marks = new Marks();
  marks.set('a', 0, 60);
  marks.clear('a');
  marks.set('b', 0, 60);
  marks.set('b', 0, 0);
  expect(['a', 'b'].map((key) => marks.has(key, 0))).toEqual([false, false]);
});

it('are bounded: the oldest goes first', () => {
  const marks = new Marks();
  for (let index = 0; index < 10_001; index += 1) marks.set(`key ${index}`, 0, 60);
  expect(marks.size).toBe(10_000);
  expect([0, 1, 10_000].map((index) => marks.has(`key ${index}`, 0))).toEqual([false, true, true]);
});
