import { expect, test } from 'vitest';

import { firstBytes, missingSpan } from '../src/byte-spans.ts';
import type { ByteSpan } from '../src/fields/range.ts';

function spans(...pairs: readonly (readonly [number, number])[]): readonly ByteSpan[] {
  return pairs.map(([startByte, endByte]) => ({ startByte, endByte }));
}

test.each([
  [0, spans([2, 4]), []],
  [1, spans([2, 4]), spans([2, 3])],
  [3, spans([0, 3], [5, 8]), spans([0, 3])],
  [5, spans([2, 4], [6, 10]), spans([2, 4], [6, 9])],
  [9, spans([2, 4], [6, 10]), spans([2, 4], [6, 10])],
])('the first %j bytes of %j', (bytes, of, first) => {
  expect(firstBytes(bytes, of)).toEqual(first);
});

test.each([
  [spans([0, 4]), spans([0, 4]), []],
  [spans([0, 4]), spans([6, 8]), spans([0, 4])],
  [spans([0, 4]), spans([4, 8]), spans([0, 4])],
  [spans([4, 8]), spans([0, 4]), spans([4, 8])],
  [spans([2, 9]), spans([0, 4], [6, 12]), spans([4, 6])],
  [spans([0, 2], [7, 9]), spans([1, 3], [8, 12]), spans([0, 8])],
])('of %j, where %j is held, is missing %j', (wanted, held, missing) => {
  expect(missingSpan(wanted, held)).toEqual(missing[0] ?? null);
});
