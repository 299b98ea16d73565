import { trimOws } from '../headers.ts';
import { splitAtCommas } from './list.ts';
import { parseItem, serializeBytes } from './structured.ts';
import { CODING_ALIASES, FULL_WEIGHT, parseWeightedList, type Weighted } from './weighted-list.ts';

/**
 * A request field's value in a form that all values of the same meaning share, for variant keys. `name`
 * is lower case. Only differences that the field's definition makes meaningless disappear. An absent
 * field and an empty one give the same text: telling them apart is up to the caller (RFC 9111 §4.1).
 */
export function normalizeFieldValue(name: string, lines: readonly string[]): string {
  // RFC 9111 §4.1: combining field lines makes no difference. RFC 9113 §8.2.3: those of Cookie are no list.
  const value = lines.map((line) => trimOws(line)).join(name === 'cookie' ? '; ' : ', ');
  // RFC 9110 §8.4.1, §12.5.3: codings are case-insensitive, their weights alone rank them.
  if (name === 'accept-encoding') return normalizeWeights(value, CODING_ALIASES) ?? compact(value);
  // RFC 9110 §8.5.1, §12.5.4: language tags are case-insensitive; that some recipients take the order of
  // equal weights for a ranking "cannot be relied upon".
  if (name === 'accept-language') return normalizeWeights(value) ?? compact(value);
  // RFC 9842 §2.2: a Byte Sequence, whose padding and unused bits mean nothing.
  if (name === 'available-dictionary') return normalizeBytes(value) ?? value;
  return LIST_FIELDS.has(name) ? compact(value) : value;
}

/** Request fields whose definition is a list: white space around their commas means nothing. */
const LIST_FIELDS: ReadonlySet<string> = new Set(['accept', 'accept-charset', 'prefer', 'te']);

// RFC 9111 §4.1: white space may be removed where the syntax allows it: around the commas of a list.
function compact(value: string): string {
  return splitAtCommas(value).join(',');
}

/** The list by falling weight, equal weights by name; null when any member is not as defined. */
function normalizeWeights(value: string, aliases?: ReadonlyMap<string, string>): string | null {
  const weights = new Map<string, number>();
  for (const weighted of parseWeightedList(value, aliases)) {
    if (weighted === null) return null;
    const { name, weight } = weighted;
    // Which of two weights a server goes by is not defined: such a list is left as it is.
    if ((weights.get(name) ?? weight) !== weight) return null;
    weights.set(name, weight);
  }
  return [...weights]
    .toSorted(([aName, a], [bName, b]) => b - a || (aName < bName ? -1 : 1))
    .map(([name, weight]) => formatWeighted({ name, weight }))
    .join(',');
}

/** A Byte Sequence as RFC 9651 §4.1.8 writes it; null when it is none, or has parameters. */
function normalizeBytes(value: string): string | null {
  const item = parseItem(value);
  if (item?.kind !== 'bytes' || item.parameters.size > 0) return null;
  return serializeBytes(item.value);
}

function formatWeighted({ name, weight }: Weighted): string {
  return weight === FULL_WEIGHT ? name : `${name};q=${weight / FULL_WEIGHT}`;
}
