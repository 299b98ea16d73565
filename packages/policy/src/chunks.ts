import type { ChunkAsk } from './contracts/decision.ts';
import type { Policy } from './contracts/policy.ts';
import type { PresentedRequest } from './contracts/request.ts';
import { parseRange, type ByteSpan, type RangeSpec } from './fields/range.ts';

/** The whole chunks, each of so many bytes, in which these bytes lie. */
export function inChunks({ startByte, endByte }: ByteSpan, chunkBytes: number): ByteSpan {
  return {
    startByte: Math.floor(startByte / chunkBytes) * chunkBytes,
    endByte: Math.ceil(endByte / chunkBytes) * chunkBytes,
  };
}

/**
 * What is asked for so that one range of something that is not stored comes in whole chunks. Null where the policy
 * knows none, or the range does not say where it ends: then all of it is asked for.
 */
export function chunkAsk(
  { method, fields }: PresentedRequest,
  { fill: { rangeBytes } }: Policy,
): ChunkAsk | null {
  const range = fields.get('range');
  if (rangeBytes === null || range === undefined) return null;
  // RFC 9110 §14.2: Range is defined for GET. §13.1.5: with If-Range, the client may want all of it.
  if (method !== 'GET' || fields.has('if-range')) return null;
  const parsed = parseRange(range);
  if (parsed?.ranges.length !== 1) return null;
  const only = parsed.ranges[0] as RangeSpec;
  if (only.kind !== 'from-to') return null;
  const { first: startByte, last } = only;
  return { kind: 'chunk', span: inChunks({ startByte, endByte: last + 1 }, rangeBytes) };
}
