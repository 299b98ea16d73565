import { trimOws } from '../headers.ts';
import { isToken, splitAtCommas, splitList } from './list.ts';

/** A member of a list with weights. The weight counts in thousandths. */
interface Weighted {
  readonly name: string;
  readonly weight: number;
}

const FULL_WEIGHT = 1000;

// RFC 9110 §12.4.2: qvalue, with at most three digits after the point. "q" is case-insensitive.
const WEIGHT = /^q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/i;

// RFC 9110 §8.4.1.1, §8.4.1.3: names to be considered equivalent.
const CODING_ALIASES: ReadonlyMap<string, string> = new Map([
  ['x-compress', 'compress'],
  ['x-gzip', 'gzip'],
]);
const NO_ALIASES: ReadonlyMap<string, string> = new Map();

/**
 * A request field's value in a form that all values of the same meaning share, for variant keys. `name`
 * is lower case. Only differences that the field's definition makes meaningless disappear. An absent
 * field and an empty one give the same text: telling them apart is up to the caller (RFC 9111 §4.1).
 */
export function normalizeFieldValue(name: string, lines: readonly string[]): string {
  // RFC 9111 §4.1: combining field lines makes no difference.
  const value = lines.join(', ');
  // RFC 9110 §8.4.1, §12.5.3: codings are case-insensitive, their weights alone rank them.
  if (name === 'accept-encoding') return normalizeWeights(value, CODING_ALIASES) ?? compact(value);
  // RFC 9110 §8.5.1, §12.5.4: language tags are case-insensitive; that some recipients take the order of
  // equal weights for a ranking "cannot be relied upon".
  if (name === 'accept-language') return normalizeWeights(value, NO_ALIASES) ?? compact(value);
  return compact(value);
}

// RFC 9111 §4.1: white space may be removed where the syntax allows it: around the commas of a list.
function compact(value: string): string {
  return splitAtCommas(value).join(',');
}

/** The list by falling weight, equal weights by name; null when any member is not as defined. */
function normalizeWeights(value: string, aliases: ReadonlyMap<string, string>): string | null {
  const weights = new Map<string, number>();
  for (const member of splitList(value)) {
    const weighted = parseWeighted(member);
    if (weighted === null) return null;
    const name = aliases.get(weighted.name) ?? weighted.name;
    // Which of two weights a server goes by is not defined: such a list is left as it is.
    if ((weights.get(name) ?? weighted.weight) !== weighted.weight) return null;
    weights.set(name, weighted.weight);
  }
  return [...weights]
    .toSorted(([aName, a], [bName, b]) => b - a || (aName < bName ? -1 : 1))
    .map(([name, weight]) => formatWeighted({ name, weight }))
    .join(',');
}

function parseWeighted(member: string): Weighted | null {
  const semicolon = member.indexOf(';');
  const written = semicolon === -1 ? member : trimOws(member.slice(0, semicolon));
  if (!isToken(written)) return null;
  const name = written.toLowerCase();
  // RFC 9110 §12.4.2: without "q" the weight is 1.
  if (semicolon === -1) return { name, weight: FULL_WEIGHT };
  const weight = WEIGHT.exec(trimOws(member.slice(semicolon + 1)))?.[1];
  return weight === undefined ? null : { name, weight: Math.round(Number(weight) * FULL_WEIGHT) };
}

function formatWeighted({ name, weight }: Weighted): string {
  return weight === FULL_WEIGHT ? name : `${name};q=${weight / FULL_WEIGHT}`;
}
