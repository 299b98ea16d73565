import { expect, it } from 'vitest';

import { SegmentBuffer } from '../src/segment-buffer.ts';
import { patternBytes } from './bodies.ts';

const MIB = 1024 * 1024;

function sealed(chunks: readonly Uint8Array[]): ArrayBuffer[] {
  const buffer = new SegmentBuffer();
  for (const chunk of chunks) buffer.append(chunk);
  return buffer.seal();
}

function lengths(segments: readonly ArrayBuffer[]): number[] {
  return segments.map(({ byteLength }) => byteLength);
}

it('keeps a small body in a buffer of exactly its size', () => {
  expect(lengths(sealed([patternBytes(700)]))).toEqual([700]);
  expect(lengths(sealed([patternBytes(700), patternBytes(1), patternBytes(1)]))).toEqual([702]);
  expect(lengths(sealed([]))).toEqual([]);
});

it('cuts a body into segments of 1 MiB, whatever the chunks', () => {
  const body = patternBytes(2 * MIB + 7);
  for (const chunkBytes of [1_000, 65_536, 1_500_000, 3 * MIB]) {
    const chunks: Uint8Array[] = [];
    for (let start = 0; start < body.length; start += chunkBytes) {
      chunks.push(body.subarray(start, start + chunkBytes));
    }
    const segments = sealed(chunks);
    expect(lengths(segments)).toEqual([1_048_576, 1_048_576, 7]);
    expect(Buffer.concat(segments.map((segment) => Buffer.from(segment))).equals(body)).toBe(true);
  }
  expect(lengths(sealed([patternBytes(MIB)]))).toEqual([1_048_576]);
});

it('does not keep the slab that a chunk is a view of', () => {
  const slab = new Uint8Array(65_536).fill(1);
  const [segment] = sealed([slab.subarray(100, 200)]);
  expect(segment?.byteLength).toBe(100);
  expect(segment).not.toBe(slab.buffer);
});

it('views the bytes that lie in one piece', () => {
  const buffer = new SegmentBuffer();
  const body = patternBytes(MIB + 10);
  buffer.append(body);
  const view = (start: number, end: number) => {
    const bytes = buffer.view(start, end);
    return bytes && Buffer.from(bytes).equals(body.subarray(start, start + bytes.length))
      ? bytes.length
      : undefined;
  };
  expect(view(0, 5)).toBe(5);
  expect(view(1_048_570, Infinity)).toBe(6);
  expect(view(1_048_576, Infinity)).toBe(10);
  expect(view(1_048_580, 1_048_583)).toBe(3);
  expect(view(1_048_586, Infinity)).toBeUndefined();
  expect(view(9, 9)).toBeUndefined();
});

it('leaves views as they were while it grows', () => {
  const buffer = new SegmentBuffer();
  buffer.append(patternBytes(10));
  const view = buffer.view(0, 10);
  for (let count = 0; count < 2_000; count++) buffer.append(new Uint8Array(1_000).fill(255));
  expect(Buffer.from(view ?? []).equals(patternBytes(10))).toBe(true);
});

it('takes few steps for a body that trickles in', () => {
  const buffer = new SegmentBuffer();
  const tails = new Set<ArrayBufferLike | undefined>();
  const byte = new Uint8Array(1);
  for (let count = 0; count < 100_000; count++) {
    buffer.append(byte);
    tails.add(buffer.view(0, 1)?.buffer);
  }
  // Doubling from 1 byte to 131,072.
  expect(tails.size).toBe(18);
  expect(buffer.retainedBytes).toBe(131_072);
});

it('lets go of whole segments, and refuses to view them', () => {
  const buffer = new SegmentBuffer();
  const body = patternBytes(3 * MIB + 10);
  buffer.append(body);
  // Past the first MiB, space is taken a MiB at a time.
  expect(buffer.retainedBytes).toBe(4_194_304);
  buffer.dropBefore(2 * MIB - 1);
  expect(buffer.retainedBytes).toBe(3_145_728);
  buffer.dropBefore(2 * MIB);
  expect(buffer.retainedBytes).toBe(2_097_152);
  expect(buffer.totalBytes).toBe(3_145_738);
  expect(Buffer.from(buffer.view(2_097_160, 2_097_170) ?? [])).toEqual(
    Buffer.from(body.subarray(2_097_160, 2_097_170)),
  );
  expect(() => buffer.view(2_097_151, 2_097_152)).toThrow(RangeError);
});
