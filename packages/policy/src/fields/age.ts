import { parseDeltaSeconds } from './delta-seconds.ts';
import { splitList } from './list.ts';

/** The Age field in seconds; null when it is absent or invalid. */
export function parseAge(lines: readonly string[]): number | null {
  // RFC 9111 §5.1: of a list, the first member counts and the others are discarded.
  const first = splitList(lines.join(','))[0];
  // RFC 9111 §5.1: an invalid value (negative, fractional, not a number) is ignored.
  return first === undefined ? null : parseDeltaSeconds(first);
}
