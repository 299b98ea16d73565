/** Bytes of a body; `endByte` is exclusive. */
export interface ByteRange {
  readonly startByte: number;
  readonly endByte: number;
}

export function bytesOf({ startByte, endByte }: ByteRange): number {
  return endByte - startByte;
}

const ONE_RANGE = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/iu;

/**
 * The stretch that a Range field asks for. Null: the field is to be ignored, the whole body is sent.
 * Several ranges are ignored too, as RFC 9110 §14.2 permits: an edge asks for one at a time.
 */
export function readByteRange(
  field: string,
  bodyBytes: number,
): ByteRange | 'unsatisfiable' | null {
  // RFC 9110 §14.2: Range may be ignored where there are no bytes.
  if (bodyBytes === 0) return null;
  const [, first, last] = ONE_RANGE.exec(field) ?? [];
  if (first === undefined || last === undefined) return null;
  if (first === '') {
    if (last === '') return null;
    // RFC 9110 §14.1.2: a suffix longer than the body is the whole of it; one of no bytes cannot be met.
    const startByte = Math.max(0, bodyBytes - Number(last));
    return startByte === bodyBytes ? 'unsatisfiable' : { startByte, endByte: bodyBytes };
  }
  const startByte = Number(first);
  // RFC 9110 §14.1.1: a last position before the first makes the range invalid.
  if (last !== '' && Number(last) < startByte) return null;
  if (startByte >= bodyBytes) return 'unsatisfiable';
  return { startByte, endByte: last === '' ? bodyBytes : Math.min(Number(last) + 1, bodyBytes) };
}
