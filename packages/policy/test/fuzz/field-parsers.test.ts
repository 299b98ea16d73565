// `npm run verify field-parsers` has the full count, and compares 64 KB with 32 KB.

import { globSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

import { FIELD_READERS } from './field-readers.ts';
import { Random } from './field-values.ts';
import { fuzzReader } from './fuzz-reader.ts';
import { ADVERSARIES, adversaryName, growth } from './growth.ts';

const SEED = Number(process.env['POPLET_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const COUNT = 50_000;
const FOLDER = path.join(import.meta.dirname, '../../src/fields');

// At most three times as long for twice as much, over three doublings at once: 8 for a linear function,
// 64 for a quadratic one, 27 in between, which no noise reaches.
const THREE_DOUBLINGS = { smallCharacters: 8192, largeCharacters: 65_536, bound: 27 };

test('every function that src/fields exports is fuzzed: a new one needs its line in field-readers.ts', async () => {
  const exported: string[] = [];
  for (const file of globSync('**/*.ts', { cwd: FOLDER })) {
    const module = (await import(path.join(FOLDER, file))) as Readonly<Record<string, unknown>>;
    for (const [name, value] of Object.entries(module)) {
      if (typeof value === 'function') exported.push(`fields/${file} ${name}`);
    }
  }
  const fuzzed = new Set(FIELD_READERS.map(({ file, name }) => `${file} ${name}`));
  expect(exported.filter((one) => !fuzzed.has(one))).toEqual([]);
});

// A check that cannot fail would find nothing.
test('a reader that throws, or returns what it may not, is found', () => {
  const [reader] = FIELD_READERS;
  if (reader === undefined) throw new Error('there are readers');
  const random = new Random(SEED);
  const throwing = {
    ...reader,
    holds: (value: string) => {
      if (value.includes(',,')) throw new RangeError('empty');
      return true;
    },
  };
  expect(fuzzReader(throwing, { count: 10_000, random })).toContain('throws RangeError: empty');
  const strict = { ...reader, holds: (value: string) => !value.includes('"') };
  expect(fuzzReader(strict, { count: 10_000, random })).toContain('gives');
});

test('a reader that looks back at every step is found', () => {
  const [reader] = FIELD_READERS;
  if (reader === undefined) throw new Error('there are readers');
  const quadratic = {
    ...reader,
    read(value: string) {
      let found = 0;
      for (let end = 0; end < value.length; end += 8) found += value.lastIndexOf('x', end);
      return found;
    },
  };
  const adversary = { prefix: '', piece: 'a' };
  const ratio = growth({ reader: quadratic, adversary, ...THREE_DOUBLINGS, budgetMs: 100 });
  expect(ratio).toBeGreaterThan(27);
});

describe(`random values (seed ${SEED})`, () => {
  test.each(FIELD_READERS)('$file $name', (reader) => {
    const count = Math.ceil(COUNT / FIELD_READERS.length);
    expect(fuzzReader(reader, { count, random: new Random(SEED) })).toBeUndefined();
  });
});

describe('linear time', () => {
  test.each(FIELD_READERS)('$file $name', (reader) => {
    const slow = ADVERSARIES.filter(
      (adversary) => growth({ reader, adversary, ...THREE_DOUBLINGS }) > THREE_DOUBLINGS.bound,
    );
    expect(slow.map(adversaryName)).toEqual([]);
  });
});
