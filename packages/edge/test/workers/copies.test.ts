// What the copies of a worker may take in memory, the header sections of the requests that they are for included.

import { expect, it } from 'vitest';

import { SectionTable } from '../../src/fast-lane/section.ts';
import { DEFAULT_LIMITS } from '../../src/limits.ts';
import { Copies } from '../../src/workers/copies.ts';
import { RecordRing } from '../../src/workers/record-ring.ts';
import { SharedConditions } from '../../src/workers/shared-conditions.ts';

/** Which of so many copies of an answer of 100 bytes are forgotten when all have come. */
function forgottenOf(count: number, sectionOf: (id: number) => string): readonly number[] {
  const forgotten: number[] = [];
  const conditions = new SharedConditions();
  const copies = new Copies({
    limits: DEFAULT_LIMITS,
    conditions,
    records: new RecordRing(),
    sections: new SectionTable(),
    maxBytes: 64 * 1024 * 1024,
    onForgotten: (copyIds) => void forgotten.push(...copyIds),
    onFault: (error) => {
      throw error;
    },
  });
  for (let id = 1; id <= count; id += 1) {
    copies.take({
      id,
      method: 'GET',
      target: `/${id}`,
      section: sectionOf(id),
      place: conditions.placeOf('key'),
      stamp: conditions.stampOf('key'),
      fromMs: 0,
      untilMs: 1000,
      head: new Uint8Array(100),
      body: undefined,
    });
  }
  return forgotten;
}

const COOKIE = `Host: a\r\nCookie: ${'c'.repeat(10_000)}`;

it('copies for one section are as many as fit', () => {
  expect(forgottenOf(5000, () => `${COOKIE}\r\n\r\n`)).toEqual([]);
});

it('copies for sections of their own are fewer, and those that came first are forgotten', () => {
  const forgotten = forgottenOf(5000, (id) => `${COOKIE}${id}\r\n\r\n`);
  expect(forgotten.slice(0, 3)).toEqual([1, 2, 3]);
  // Of 64 MB, what is left takes at least a half.
  expect(5000 - forgotten.length).toBeGreaterThan(1400);
});
