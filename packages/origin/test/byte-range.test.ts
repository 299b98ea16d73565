import { expect, test } from 'vitest';
import { readByteRange } from '../src/byte-range.ts';

// RFC 9110 §14.1.2, §14.2; a body of 100 bytes.
test.each([
  ['bytes=0-9', { startByte: 0, endByte: 10 }],
  ['bytes=0-0', { startByte: 0, endByte: 1 }],
  ['bytes=99-', { startByte: 99, endByte: 100 }],
  ['bytes=0-', { startByte: 0, endByte: 100 }],
  ['bytes=50-1000', { startByte: 50, endByte: 100 }],
  ['bytes=-5', { startByte: 95, endByte: 100 }],
  ['bytes=-1000', { startByte: 0, endByte: 100 }],
  ['bytes=50-99999999999999999999', { startByte: 50, endByte: 100 }],
  ['Bytes=0-9', { startByte: 0, endByte: 10 }],
  ['bytes=100-', 'unsatisfiable'],
  ['bytes=100-200', 'unsatisfiable'],
  ['bytes=99999999999999999999-', 'unsatisfiable'],
  ['bytes=-0', 'unsatisfiable'],
  ['bytes=9-0', null],
  ['bytes=-', null],
  ['bytes=', null],
  ['bytes=a-b', null],
  ['bytes=0-9,20-29', null],
  ['items=0-9', null],
  ['0-9', null],
])('%s', (field, expected) => {
  expect(readByteRange(field, 100)).toEqual(expected);
});

test('nothing of an empty body', () => {
  expect(readByteRange('bytes=0-', 0)).toBeNull();
  expect(readByteRange('bytes=-5', 0)).toBeNull();
});
