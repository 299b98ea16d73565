import { type ByteSpan, parseRange, resolveRanges } from '@poplet/policy';

export function bytesOf({ startByte, endByte }: ByteSpan): number {
  return endByte - startByte;
}

/**
 * The stretch that a Range field asks for. Null: the field is to be ignored, the whole body is sent.
 * Several ranges are ignored too, as RFC 9110 §14.2 permits: an edge asks for one at a time.
 */
export function readByteRange(field: string, bodyBytes: number): ByteSpan | 'unsatisfiable' | null {
  const asked = parseRange(field);
  // RFC 9110 §14.2: Range may be ignored where there are no bytes.
  if (asked === null || asked.ranges.length > 1 || bodyBytes === 0) return null;
  return resolveRanges(asked.ranges, bodyBytes)[0] ?? 'unsatisfiable';
}
