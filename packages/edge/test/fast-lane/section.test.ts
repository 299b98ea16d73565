// Header sections of requests, of which equal ones are one: what is remembered of answers is found by them.

import { expect, it } from 'vitest';

import { readPlainHead } from '../../src/fast-lane/plain-head.ts';
import { SectionTable, type Section } from '../../src/fast-lane/section.ts';

const TEXT = 'Host: www.test\r\nAccept: */*\r\n\r\n';

function sectionOf(sections: SectionTable, lastSection: Section | undefined): Section {
  const bytes = Buffer.from(`GET / HTTP/1.1\r\n${TEXT}`);
  const plain = readPlainHead(bytes, 0, { sections, lastSection, maxBytes: 16_384 });
  if (typeof plain === 'string') throw new Error(plain);
  return plain.section;
}

it('equal ones are one, whichever connection they come by', () => {
  const sections = new SectionTable();
  const first = sectionOf(sections, undefined);
  expect(sectionOf(sections, undefined)).toBe(first);
  expect(sectionOf(sections, first)).toBe(first);
  expect(sections.of(TEXT)).toBe(first);
});

it('they still are when so many others came that the first are forgotten', () => {
  const sections = new SectionTable();
  const before = sectionOf(sections, undefined);
  for (let count = 0; count < 2000; count += 1)
    sections.of(`Host: www.test\r\nX-Id: ${count}\r\n\r\n`);
  // A connection that stays, and asks as it always did.
  const staying = sectionOf(sections, before);
  expect(staying).not.toBe(before);
  expect(sectionOf(sections, undefined)).toBe(staying);
  expect(sections.of(TEXT)).toBe(staying);
});
