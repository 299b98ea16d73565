import { expect, it } from 'vitest';
import { isFieldValue } from '../../src/fields/field-value.ts';

it.each(['', 'a', 'a\tb c', '"q"; ~', 'caf\u00e9'])('%j can be carried', (text) => {
  expect(isFieldValue(text)).toBe(true);
});

it.each(['a\r\nb', 'a\nb', 'a\0b', '\u007f', '✓', '😀'])('%j cannot', (text) => {
  expect(isFieldValue(text)).toBe(false);
});
