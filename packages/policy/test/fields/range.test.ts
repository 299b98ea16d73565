import { describe, expect, test } from 'vitest';
import {
  formatContentRange,
  formatUnsatisfiedRange,
  parseContentRange,
  parseRange,
  parseUnsatisfiedRange,
  resolveRanges,
} from '../../src/fields/range.ts';
import type { ByteSpan, RangeSpec } from '../../src/fields/range.ts';

describe('parseRange', () => {
  test.each<[string, RangeSpec[]]>([
    ['bytes=0-499', [{ kind: 'from-to', first: 0, last: 499 }]],
    ['bytes=0-0', [{ kind: 'from-to', first: 0, last: 0 }]],
    ['BYTES=0-0', [{ kind: 'from-to', first: 0, last: 0 }]],
    ['bytes=9500-', [{ kind: 'from', first: 9500 }]],
    ['bytes=-500', [{ kind: 'suffix', length: 500 }]],
    ['bytes=-0', [{ kind: 'suffix', length: 0 }]],
    ['bytes=0007-0009', [{ kind: 'from-to', first: 7, last: 9 }]],
    [
      'bytes=0-0,-1',
      [
        { kind: 'from-to', first: 0, last: 0 },
        { kind: 'suffix', length: 1 },
      ],
    ],
    [
      'bytes= 0-999, 4500-5499, -1000',
      [
        { kind: 'from-to', first: 0, last: 999 },
        { kind: 'from-to', first: 4500, last: 5499 },
        { kind: 'suffix', length: 1000 },
      ],
    ],
    ['bytes=,1-2,,', [{ kind: 'from-to', first: 1, last: 2 }]],
    // RFC 9110 §14.1.2: large numerals are anticipated.
    ['bytes=0-99999999999999999999', [{ kind: 'from-to', first: 0, last: 9_007_199_254_740_991 }]],
    ['bytes=99999999999999999999-', [{ kind: 'from', first: 9_007_199_254_740_991 }]],
    ['bytes=-99999999999999999999', [{ kind: 'suffix', length: 9_007_199_254_740_991 }]],
  ])('%s', (value, ranges) => {
    expect(parseRange(value)).toStrictEqual({ unit: 'bytes', ranges });
  });

  test.each([
    '',
    'bytes',
    'bytes=',
    'bytes=,',
    'bytes=-',
    'bytes=a-b',
    'bytes=1',
    'bytes=5-4',
    'bytes=0-1,5-4',
    'bytes=0-1,x',
    'bytes=1 -2',
    'bytes=1- 2',
    'bytes=--1',
    'bytes=-1-2',
    'bytes=1-2-3',
    'bytes=1.5-2',
    'bytes=0x1-2',
    'bytes =0-1',
    'bytes:0-1',
    '0-1',
    'items=0-1',
    'seconds=0-1',
    'none=',
  ])('%s is ignored', (value) => {
    expect(parseRange(value)).toBeNull();
  });

  // RFC 9110 §17.15.
  test('up to 100 ranges are read, more are ignored', () => {
    const ranges = (count: number): string =>
      `bytes=${Array.from({ length: count }, (_, n) => `${n * 10}-${n * 10}`).join(',')}`;
    expect(parseRange(ranges(100))?.ranges).toHaveLength(100);
    expect(parseRange(ranges(101))).toBeNull();
  });
});

describe('resolveRanges', () => {
  const span = (startByte: number, endByte: number): ByteSpan => ({ startByte, endByte });

  test.each<[string, number, ByteSpan[]]>([
    ['bytes=0-499', 10_000, [span(0, 500)]],
    ['bytes=9500-', 10_000, [span(9500, 10_000)]],
    ['bytes=-500', 10_000, [span(9500, 10_000)]],
    ['bytes=0-0,-1', 10_000, [span(0, 1), span(9999, 10_000)]],
    ['bytes=0-999,4500-5499,-1000', 10_000, [span(0, 1000), span(4500, 5500), span(9000, 10_000)]],
    ['bytes=9999-9999', 10_000, [span(9999, 10_000)]],
    ['bytes=9999-10000', 10_000, [span(9999, 10_000)]],
    ['bytes=0-99999999999999999999', 10, [span(0, 10)]],
    ['bytes=-20', 10, [span(0, 10)]],
    ['bytes=-99999999999999999999', 10, [span(0, 10)]],
    // Unsatisfiable ones are left out.
    ['bytes=10000-', 10_000, []],
    ['bytes=10000-10001', 10_000, []],
    ['bytes=-0', 10_000, []],
    ['bytes=99999999999999999999-', 10_000, []],
    ['bytes=20-30,5-6', 10, [span(5, 7)]],
    ['bytes=-0,20-', 10, []],
    // A body of no bytes.
    ['bytes=0-', 0, []],
    ['bytes=0-0', 0, []],
    ['bytes=-1', 0, []],
    // RFC 9110 §15.3.7.2: in the order asked for; what overlaps or touches is one.
    ['bytes=-1,0-0', 10, [span(9, 10), span(0, 1)]],
    ['bytes=8-9,4-5,0-1', 10, [span(8, 10), span(4, 6), span(0, 2)]],
    ['bytes=500-600,601-999', 10_000, [span(500, 1000)]],
    ['bytes=500-700,601-999', 10_000, [span(500, 1000)]],
    ['bytes=601-999,500-700', 10_000, [span(500, 1000)]],
    ['bytes=0-1,8-9,1-3', 10, [span(0, 4), span(8, 10)]],
    ['bytes=8-9,0-1,1-3', 10, [span(8, 10), span(0, 4)]],
    ['bytes=5-6,0-9', 10, [span(0, 10)]],
    ['bytes=0-,0-,0-', 10, [span(0, 10)]],
    ['bytes=0-2,4-6', 10, [span(0, 3), span(4, 7)]],
  ])('%s of %d', (value, bodyBytes, spans) => {
    expect(resolveRanges(parseRange(value)?.ranges ?? [], bodyBytes)).toStrictEqual(spans);
  });
});

describe('Content-Range', () => {
  test.each<[string, number, number, number | null]>([
    ['bytes 0-499/1234', 0, 500, 1234],
    ['bytes 734-1233/1234', 734, 1234, 1234],
    ['bytes 42-1233/*', 42, 1234, null],
    ['bytes 0-0/1', 0, 1, 1],
    ['bytes 0-9007199254740989/9007199254740991', 0, 9_007_199_254_740_990, 9_007_199_254_740_991],
  ])('%s', (value, startByte, endByte, completeBytes) => {
    expect(parseContentRange(value)).toStrictEqual({ startByte, endByte, completeBytes });
    expect(formatContentRange({ startByte, endByte, completeBytes })).toBe(value);
  });

  test('the unit is case-insensitive', () => {
    expect(parseContentRange('Bytes 0-0/1')).toStrictEqual({
      startByte: 0,
      endByte: 1,
      completeBytes: 1,
    });
  });

  test.each([
    '',
    'bytes',
    'bytes */1234',
    'bytes */*',
    'bytes 5-4/10',
    'bytes 0-10/10',
    'bytes 0-9/9',
    'bytes 0-/10',
    'bytes -5/10',
    'bytes 0-4',
    'bytes 0-4/',
    'bytes=0-4/10',
    'bytes  0-4/10',
    'bytes 0 - 4/10',
    'bytes 0-4/10, bytes 5-9/10',
    'bytes 0-4/10 ',
    'items 0-4/10',
    'bytes 0-99999999999999999999/*',
    'bytes 0-4/99999999999999999999',
    'bytes 99999999999999999998-99999999999999999999/*',
  ])('%j is no range of a 206', (value) => {
    expect(parseContentRange(value)).toBeNull();
  });

  test.each<[string, number | null]>([
    ['bytes */1234', 1234],
    ['BYTES */0', 0],
    ['bytes 0-4/10', null],
    ['bytes */*', null],
    ['x bytes */1', null],
    ['bytes */1x', null],
    ['bytes */', null],
    ['bytes */99999999999999999999', null],
    ['', null],
  ])('unsatisfied: %j → %j', (value, completeBytes) => {
    expect(parseUnsatisfiedRange(value)).toBe(completeBytes);
  });

  test('formatUnsatisfiedRange', () => {
    expect(formatUnsatisfiedRange(1234)).toBe('bytes */1234');
  });
});
