import { trimOws } from '../headers.ts';
import { isToken, splitList } from './list.ts';

/** A member of a list with weights. The weight counts in thousandths. */
export interface Weighted {
  /** Lower case. */
  readonly name: string;
  readonly weight: number;
}

export const FULL_WEIGHT = 1000;

// RFC 9110 §12.4.2: qvalue, with at most three digits after the point. "q" is case-insensitive.
const WEIGHT = /^q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/i;

/** RFC 9110 §8.4.1.1, §8.4.1.3: names of content codings to be considered equivalent. */
export const CODING_ALIASES: ReadonlyMap<string, string> = new Map([
  ['x-compress', 'compress'],
  ['x-gzip', 'gzip'],
]);

/** A content coding by the name that it has in the registry. */
export function codingName(written: string): string {
  const lower = written.toLowerCase();
  return CODING_ALIASES.get(lower) ?? lower;
}

const NO_ALIASES: ReadonlyMap<string, string> = new Map();

/** The members of Accept-Encoding, Accept-Language and the like, in order; null for each that is not as defined. */
export function parseWeightedList(
  value: string,
  aliases: ReadonlyMap<string, string> = NO_ALIASES,
): readonly (Weighted | null)[] {
  return splitList(value).map((member) => parseWeighted(member, aliases));
}

function parseWeighted(member: string, aliases: ReadonlyMap<string, string>): Weighted | null {
  const semicolon = member.indexOf(';');
  const written = semicolon === -1 ? member : trimOws(member.slice(0, semicolon));
  if (!isToken(written)) return null;
  const lower = written.toLowerCase();
  const name = aliases.get(lower) ?? lower;
  // RFC 9110 §12.4.2: without "q" the weight is 1.
  if (semicolon === -1) return { name, weight: FULL_WEIGHT };
  const weight = parseWeightParameter(trimOws(member.slice(semicolon + 1)));
  return weight === null ? null : { name, weight };
}

/** RFC 9110 §12.4.2: `q=0.5` in thousandths; null when it is not as defined. */
export function parseWeightParameter(parameter: string): number | null {
  const weight = WEIGHT.exec(parameter)?.[1];
  return weight === undefined ? null : Math.round(Number(weight) * FULL_WEIGHT);
}
