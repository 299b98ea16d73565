import type { BodyPart, BodyPlan } from './contracts/response-plan.ts';
import { fnv1a } from './fnv1a.ts';
import { formatContentRange, parseRange, resolveRanges, type ByteSpan } from './fields/range.ts';

/** A range request applied to a whole body of known length. */
export type RangeAnswer =
  | { readonly kind: 'whole' }
  | { readonly kind: 'unsatisfiable' }
  | {
      readonly kind: 'partial';
      readonly count: number;
      readonly body: BodyPlan;
      readonly contentLength: number;
      /** `Content-Range` of a single part, or null for several. */
      readonly contentRange: string | null;
      /** `Content-Type` of several parts, or null for one. */
      readonly contentType: string | null;
    };

/**
 * RFC 9110 §14.2 and §15.3.7: which bytes answer a Range. Ranges that cannot be read are ignored.
 * `contentType` is that of the whole body; `boundarySeed` makes the multipart boundary.
 */
export function applyRange(
  range: string,
  bodyBytes: number,
  part: { readonly contentType: string | undefined; readonly boundarySeed: string },
): RangeAnswer {
  const parsed = parseRange(range);
  // RFC 9110 §14.2: a representation without content may ignore Range.
  if (parsed === null || bodyBytes === 0) return { kind: 'whole' };
  const ranges = resolveRanges(parsed.ranges, bodyBytes);
  const [first] = ranges;
  if (first === undefined) return { kind: 'unsatisfiable' };
  if (ranges.length === 1) {
    return {
      kind: 'partial',
      count: 1,
      body: { kind: 'range', ...first },
      contentLength: first.endByte - first.startByte,
      contentRange: formatContentRange({ ...first, completeBytes: bodyBytes }),
      contentType: null,
    };
  }
  return multipart(ranges, bodyBytes, part);
}

/** RFC 9110 §14.6: multipart/byteranges, the parts in the order asked for. */
function multipart(
  ranges: readonly ByteSpan[],
  bodyBytes: number,
  {
    contentType,
    boundarySeed,
  }: { readonly contentType: string | undefined; readonly boundarySeed: string },
): RangeAnswer {
  const boundary = `poplet-${hash(boundarySeed)}-${hash(`${boundarySeed}/${bodyBytes}`)}`;
  const typeLine = contentType === undefined ? '' : `Content-Type: ${contentType}\r\n`;
  const parts: BodyPart[] = ranges.map((range, index) => ({
    head: `${index === 0 ? '' : '\r\n'}--${boundary}\r\n${typeLine}Content-Range: ${formatContentRange({ ...range, completeBytes: bodyBytes })}\r\n\r\n`,
    ...range,
  }));
  const closing = `\r\n--${boundary}--\r\n`;
  let contentLength = closing.length;
  for (const { head, startByte, endByte } of parts)
    contentLength += head.length + endByte - startByte;
  return {
    kind: 'partial',
    count: parts.length,
    body: { kind: 'multipart', parts, closing },
    contentLength,
    contentRange: null,
    contentType: `multipart/byteranges; boundary=${boundary}`,
  };
}

/** A boundary has to be unlikely in the body, not secret. */
function hash(text: string): string {
  return fnv1a(text).toString(16).padStart(8, '0');
}
