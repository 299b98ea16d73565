import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  bytesBefore,
  bytesOf,
  firstBytes,
  isHeld,
  missingSpan,
  unionOf,
} from '../src/byte-spans.ts';
import type { ByteSpan } from '../src/fields/range.ts';

const span: fc.Arbitrary<ByteSpan> = fc
  .tuple(fc.nat(30), fc.integer({ min: 1, max: 8 }))
  .map(([startByte, length]) => ({ startByte, endByte: startByte + length }));
const spans = fc.array(span, { maxLength: 6 });

/** The bytes of the spans, one by one. */
function positions(of: readonly ByteSpan[]): number[] {
  const all = new Set<number>();
  for (const { startByte, endByte } of of)
    for (let byte = startByte; byte < endByte; byte++) all.add(byte);
  return [...all].toSorted((a, b) => a - b);
}

describe('spans of bytes', () => {
  test('a union has every byte once, in spans that do not touch', () => {
    fc.assert(
      fc.property(spans, (some) => {
        const union = unionOf(some);
        expect(positions(union)).toEqual(positions(some));
        expect(bytesOf(union)).toBe(positions(some).length);
        const gaps = union
          .slice(1)
          .map((one, index) => one.startByte - (union[index]?.endByte ?? 0));
        expect(gaps.filter((bytes) => bytes <= 0)).toEqual([]);
      }),
    );
  });

  test('a byte stands where the bytes before it end', () => {
    fc.assert(
      fc.property(spans, fc.nat(40), (some, byte) => {
        const union = unionOf(some);
        expect(bytesBefore(byte, union)).toBe(positions(some).filter((one) => one < byte).length);
        expect(positions(firstBytes(byte, union))).toEqual(positions(some).slice(0, byte));
        expect(firstBytes(byte, union).every((one) => one.endByte > one.startByte)).toBe(true);
      }),
    );
  });

  test('what is missing begins and ends with a byte that is not held, and leaves none out', () => {
    fc.assert(
      fc.property(spans, spans, (wanted, some) => {
        const held = unionOf(some);
        const bytes = new Set(positions(held));
        const missing = positions(wanted).filter((byte) => !bytes.has(byte));
        const found = missingSpan(wanted, held);
        const first = missing[0];
        expect(found).toEqual(
          first === undefined
            ? null
            : { startByte: first, endByte: (missing.at(-1) as number) + 1 },
        );
        for (const one of wanted)
          expect(isHeld(one, held)).toBe(positions([one]).every((byte) => bytes.has(byte)));
      }),
    );
  });
});
