import { describe, expect, test } from 'vitest';

import {
  IncomingFields,
  StoredFields,
  hyphenated,
  trimOws,
  withoutFields,
} from '../src/headers.ts';

test.each([
  ['', ''],
  [' ', ''],
  ['\t \t', ''],
  ['a', 'a'],
  [' a', 'a'],
  ['a\t', 'a'],
  [' a b ', 'a b'],
  ['\u00A0a', '\u00A0a'],
])('%j without white space around it is %j', (text, trimmed) => {
  expect(trimOws(text)).toBe(trimmed);
});

describe.each([
  ['incoming', (lines: readonly string[]) => new IncomingFields(lines)],
  ['stored', (lines: readonly string[]) => StoredFields.fromLines(lines)],
])('%s fields', (_, fieldsOf) => {
  const lines = ['A', '1', 'Ab', '2', 'a', '3', 'B', ''];
  const fields = fieldsOf(lines);

  test('are found by name, in any case, in order', () => {
    expect(fields.lines('a')).toEqual(['1', '3']);
    expect(fields.get('a')).toBe('1, 3');
    expect(fields.get('ab')).toBe('2');
    expect(fields.get('b')).toBe('');
    expect([fields.has('a'), fields.has('b')]).toEqual([true, true]);
  });

  test('are not found by another', () => {
    expect(fields.lines('c')).toEqual([]);
    expect(fields.get('abc')).toBeUndefined();
    expect(fields.has('')).toBe(false);
  });

  test('come back as they were', () => {
    expect(fields.toLines()).toEqual(lines);
    expect(fieldsOf([]).toLines()).toEqual([]);
    expect(fieldsOf([]).lines('a')).toEqual([]);
  });

  test('have no white space around their values', () => {
    expect(fieldsOf(['A', ' 1 ']).lines('a')).toEqual(['1']);
  });
});

test('a stored value may look like a field', () => {
  const fields = StoredFields.fromLines(['A', 'B: 1', 'C', ':']);
  expect(fields.block).toBe('A: B: 1\r\nC: :\r\n');
  expect(fields.has('b')).toBe(false);
  expect(fields.get('a')).toBe('B: 1');
  expect(fields.toLines()).toEqual(['A', 'B: 1', 'C', ':']);
});

test('a name as it is to servers that turn it into a variable', () => {
  expect(hyphenated('X_Forwarded_HOST')).toBe('x-forwarded-host');
});

test('fields are left out by name, whatever the case', () => {
  expect(withoutFields(['A', '1', 'b', '2', 'C', '3'], new Set(['a', 'c']))).toEqual(['b', '2']);
});
