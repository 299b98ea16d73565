import type { ByteSpan } from './fields/range.ts';

/** Every byte of any of the spans: ascending, without overlap, touching spans joined. */
export function unionOf(spans: readonly ByteSpan[]): readonly ByteSpan[] {
  const union: { startByte: number; endByte: number }[] = [];
  for (const { startByte, endByte } of spans.toSorted((a, b) => a.startByte - b.startByte)) {
    const last = union.at(-1);
    if (last === undefined || startByte > last.endByte) union.push({ startByte, endByte });
    else last.endByte = Math.max(last.endByte, endByte);
  }
  return union;
}

/** How many bytes they are together. */
export function bytesOf(spans: readonly ByteSpan[]): number {
  let bytes = 0;
  for (const { startByte, endByte } of spans) bytes += endByte - startByte;
  return bytes;
}

/** How many of the bytes lie before `byte`: where it stands when the spans are put one after the other. */
export function bytesBefore(byte: number, spans: readonly ByteSpan[]): number {
  let bytes = 0;
  for (const { startByte, endByte } of spans) {
    bytes += Math.max(0, Math.min(byte, endByte) - startByte);
  }
  return bytes;
}

/** The first `bytes` of the spans put one after the other. */
export function firstBytes(bytes: number, spans: readonly ByteSpan[]): readonly ByteSpan[] {
  const first: ByteSpan[] = [];
  let left = bytes;
  for (const { startByte, endByte } of spans) {
    if (left <= 0) break;
    first.push({ startByte, endByte: Math.min(endByte, startByte + left) });
    left -= endByte - startByte;
  }
  return first;
}

/** Whether one of the `held` spans contains it. */
export function isHeld(wanted: ByteSpan, held: readonly ByteSpan[]): boolean {
  return held.some((one) => one.startByte <= wanted.startByte && wanted.endByte <= one.endByte);
}

/** The shortest span with every wanted byte that is not held; null when there is none. */
export function missingSpan(
  wanted: readonly ByteSpan[],
  held: readonly ByteSpan[],
): ByteSpan | null {
  let startByte = Infinity;
  let endByte = -1;
  for (const one of wanted) {
    const first = firstNotHeld(one, held);
    if (first >= one.endByte) continue;
    startByte = Math.min(startByte, first);
    endByte = Math.max(endByte, lastNotHeld(one, held));
  }
  return endByte === -1 ? null : { startByte, endByte };
}

// Held spans do not touch: after one there is always a byte that is not held.
function firstNotHeld({ startByte }: ByteSpan, held: readonly ByteSpan[]): number {
  const holder = held.find((one) => one.startByte <= startByte && startByte < one.endByte);
  return holder === undefined ? startByte : holder.endByte;
}

/** Exclusive. */
function lastNotHeld({ endByte }: ByteSpan, held: readonly ByteSpan[]): number {
  const holder = held.find((one) => one.startByte < endByte && endByte <= one.endByte);
  return holder === undefined ? endByte : holder.startByte;
}
