import { SEGMENT_BYTES } from './segment-buffer.ts';
import type { BodySource } from './store.ts';

/** A complete body in memory. All segments but the last have `SEGMENT_BYTES`. */
export class SegmentedBody implements BodySource {
  readonly bodyBytes: number;
  readonly #segments: readonly ArrayBuffer[];

  constructor(segments: readonly ArrayBuffer[]) {
    this.#segments = segments;
    this.bodyBytes = bodyBytesOf(segments);
  }

  bytes(): Uint8Array | undefined {
    const [only] = this.#segments;
    if (only === undefined) return Buffer.alloc(0);
    return this.#segments.length === 1 ? Buffer.from(only) : undefined;
  }

  slice(startByte: number, endByte: number): Uint8Array | undefined {
    const index = Math.floor(startByte / SEGMENT_BYTES);
    const segment = this.#segments[index];
    const start = startByte - index * SEGMENT_BYTES;
    const lengthBytes = endByte - startByte;
    if (segment === undefined || start + lengthBytes > segment.byteLength) return undefined;
    return Buffer.from(segment, start, lengthBytes);
  }

  async *read(startByte: number, endByte = this.bodyBytes): AsyncGenerator<Uint8Array, void> {
    const end = Math.min(endByte, this.bodyBytes);
    for (let at = startByte; at < end;) {
      const index = Math.floor(at / SEGMENT_BYTES);
      const segment = this.#segments[index] as ArrayBuffer;
      const base = index * SEGMENT_BYTES;
      const stop = Math.min(end, base + segment.byteLength);
      yield Buffer.from(segment, at - base, stop - at);
      at = stop;
    }
  }
}

/** Length of a body in segments of which all but the last are full. */
export function bodyBytesOf(segments: readonly ArrayBuffer[]): number {
  const last = segments.at(-1);
  return last === undefined ? 0 : (segments.length - 1) * SEGMENT_BYTES + last.byteLength;
}
