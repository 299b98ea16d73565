import { splitList } from './list.ts';

/** One range-spec of a Range field, positions as sent: both inclusive. */
export type RangeSpec =
  | { readonly kind: 'from-to'; readonly first: number; readonly last: number }
  | { readonly kind: 'from'; readonly first: number }
  | { readonly kind: 'suffix'; readonly length: number };

/** A valid Range field in bytes. */
export interface ByteRanges {
  readonly unit: 'bytes';
  readonly ranges: readonly RangeSpec[];
}

/** A stretch of bytes; `endByte` is exclusive. */
export interface ByteSpan {
  readonly startByte: number;
  readonly endByte: number;
}

/** A Content-Range of a 206: the enclosed bytes, and the whole length where the sender knew it. */
export interface ContentRange extends ByteSpan {
  readonly completeBytes: number | null;
}

/** More range-specs than this are a denial of service or a broken client: the field is ignored. */
const MAX_RANGES = 100;

const BYTES = 'bytes=';
const RANGE_SPEC = /^(\d*)-(\d*)$/;
const CONTENT_RANGE = /^bytes (\d+)-(\d+)\/(\d+|\*)$/i;
const UNSATISFIED_RANGE = /^bytes \*\/(\d+)$/i;

/**
 * The ranges a Range field asks for. Null when the field is to be ignored: another unit, invalid, or
 * more than 100 ranges.
 */
export function parseRange(value: string): ByteRanges | null {
  // RFC 9110 §14.1: unit names are case-insensitive. §14.2: a unit that is not understood is ignored.
  if (value.slice(0, BYTES.length).toLowerCase() !== BYTES) return null;
  const ranges: RangeSpec[] = [];
  for (const member of splitList(value.slice(BYTES.length))) {
    const range = parseRangeSpec(member);
    // RFC 9110 §14.1.1: a specifier with any invalid range-spec is invalid. §14.2: it may be ignored, as
    // may a set of many small ranges (§17.15).
    if (range === null || ranges.length === MAX_RANGES) return null;
    ranges.push(range);
  }
  // RFC 9110 §14.1.1: range-set = 1#range-spec, at least one.
  return ranges.length === 0 ? null : { unit: 'bytes', ranges };
}

/**
 * The satisfiable ranges of a body, in the order they were asked for; those that overlap or touch are
 * one, so that no byte is sent twice. None means 416. A body of no bytes has no satisfiable range:
 * a server answers it with 200 instead (RFC 9110 §14.2).
 */
export function resolveRanges(
  ranges: readonly RangeSpec[],
  bodyBytes: number,
): readonly ByteSpan[] {
  const spans: ByteSpan[] = [];
  for (const range of ranges) {
    const span = resolveRange(range, bodyBytes);
    if (span !== null) spans.push(span);
  }
  return coalesce(spans);
}

/** The bytes that a 206 encloses; null when the field is invalid, in another unit, or not for a 206. */
export function parseContentRange(value: string): ContentRange | null {
  const found = CONTENT_RANGE.exec(value);
  if (found === null) return null;
  const [, first, last, complete] = found;
  const startByte = Number(first);
  const endByte = Number(last) + 1;
  const completeBytes = complete === '*' ? null : Number(complete);
  // RFC 9110 §14.4: invalid when the last position lies before the first, or at or past the length.
  if (endByte <= startByte || (completeBytes !== null && completeBytes < endByte)) return null;
  // RFC 9110 §14.1.2: positions too large to compute with must not be taken for others.
  return Number.isSafeInteger(completeBytes ?? endByte)
    ? { startByte, endByte, completeBytes }
    : null;
}

/** The whole length that the Content-Range of a 416 names; null when it names none. */
export function parseUnsatisfiedRange(value: string): number | null {
  const complete = Number(UNSATISFIED_RANGE.exec(value)?.[1]);
  return Number.isSafeInteger(complete) ? complete : null;
}

/** Content-Range of a 206 or of one of its parts. */
export function formatContentRange({ startByte, endByte, completeBytes }: ContentRange): string {
  return `bytes ${startByte}-${endByte - 1}/${completeBytes ?? '*'}`;
}

/** Content-Range of a 416 (RFC 9110 §14.4). */
export function formatUnsatisfiedRange(completeBytes: number): string {
  return `bytes */${completeBytes}`;
}

function parseRangeSpec(text: string): RangeSpec | null {
  const found = RANGE_SPEC.exec(text);
  if (found === null) return null;
  const [, first, last] = found;
  if (first === '') return last === '' ? null : { kind: 'suffix', length: position(last) };
  if (last === '') return { kind: 'from', first: position(first) };
  const range = { kind: 'from-to', first: position(first), last: position(last) } as const;
  // RFC 9110 §14.1.1: an int-range whose last position is less than its first is invalid.
  return range.last < range.first ? null : range;
}

// RFC 9110 §14.1.2: large numerals are anticipated; none of them lies inside a body.
function position(text: string | undefined): number {
  return Math.min(Number(text), Number.MAX_SAFE_INTEGER);
}

function resolveRange(range: RangeSpec, bodyBytes: number): ByteSpan | null {
  if (range.kind === 'suffix') {
    // RFC 9110 §14.1.2: a suffix of length 0 is unsatisfiable; one longer than the body is all of it.
    const startByte = Math.max(0, bodyBytes - range.length);
    return startByte < bodyBytes ? { startByte, endByte: bodyBytes } : null;
  }
  // RFC 9110 §14.1.2: satisfiable when the first position lies inside the body; a last position that is
  // absent or past the end stands for the last byte.
  if (range.first >= bodyBytes) return null;
  const endByte = range.kind === 'from' ? bodyBytes : Math.min(range.last + 1, bodyBytes);
  return { startByte: range.first, endByte };
}

/** A span that remembers where it stood in the request. */
interface RankedSpan {
  startByte: number;
  endByte: number;
  rank: number;
}

// RFC 9110 §15.3.7.2: overlapping ranges may be coalesced, in whatever order they came. §17.15: and
// ought to be, since asking for the same bytes many times costs the asker nothing.
function coalesce(spans: readonly ByteSpan[]): readonly ByteSpan[] {
  const merged: RankedSpan[] = [];
  for (const span of byStart(spans)) {
    const last = merged.at(-1);
    if (last === undefined || span.startByte > last.endByte) merged.push(span);
    else {
      last.endByte = Math.max(last.endByte, span.endByte);
      last.rank = Math.min(last.rank, span.rank);
    }
  }
  // RFC 9110 §15.3.7.2: parts are sent in the order in which their ranges were asked for.
  return merged
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ startByte, endByte }) => ({ startByte, endByte }));
}

function byStart(spans: readonly ByteSpan[]): RankedSpan[] {
  return spans
    .map(({ startByte, endByte }, rank) => ({ startByte, endByte, rank }))
    .toSorted((a, b) => a.startByte - b.startByte);
}
