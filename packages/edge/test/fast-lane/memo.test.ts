// What ready answers may take in memory, the header sections of the requests that they are for included.

import { expect, it } from 'vitest';

import { Memo } from '../../src/fast-lane/memo.ts';
import { Section } from '../../src/fast-lane/section.ts';

const MIB = 1024 * 1024;

interface Kept {
  readonly section: Section;
  readonly heldBytes: number;
}

function sectionWith(cookieBytes: number): Section {
  const cookie = 'c'.repeat(cookieBytes);
  return new Section(`Cookie: ${cookie}\r\n\r\n`, ['Cookie', cookie], false);
}

/** Whether the first of so many answers, each for a body of its own, is known when the last has come. */
function isFirstKnown(count: number, sectionOfEach: () => Section): boolean {
  const memo = new Memo<Kept>();
  const bodies = Array.from({ length: count }, () => ({}));
  for (const body of bodies)
    memo.set(body, { section: sectionOfEach(), heldBytes: 2500 }, undefined);
  return memo.of(bodies[0] as object).length > 0;
}

it('a section counts once, however many answers are for it', () => {
  const section = sectionWith(15_000);
  // Half of 128 MB is less than 26,900 of them.
  expect(isFirstKnown(53_000, () => section)).toBe(true);
  expect(isFirstKnown(54_000, () => section)).toBe(false);
});

it('sections of their own count each', () => {
  expect(isFirstKnown(4700, () => sectionWith(15_000))).toBe(false);
});

it('what was used lately stays', () => {
  const memo = new Memo<Kept>();
  const section = sectionWith(100);
  const body = {};
  const answer = { section, heldBytes: MIB };
  memo.set(body, answer, undefined);
  for (let count = 0; count < 300; count += 1) {
    memo.set({}, { section, heldBytes: MIB }, undefined);
    expect(memo.of(body)).toEqual([answer]);
  }
});
