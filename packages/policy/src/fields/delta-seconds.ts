const DIGITS = /^[0-9]+$/;

/**
 * A number of seconds written as digits only; null for anything else (signs, fractions, white space).
 * What is too large to count exactly becomes `Number.MAX_SAFE_INTEGER`.
 */
export function parseDeltaSeconds(text: string): number | null {
  // RFC 9111 §1.2.2: delta-seconds = 1*DIGIT.
  if (!DIGITS.test(text)) return null;
  // RFC 9111 §1.2.2: a value over what can be represented is 2^31 or the greatest one that can.
  return Math.min(Number(text), Number.MAX_SAFE_INTEGER);
}
