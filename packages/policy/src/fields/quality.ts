import { trimOws } from '../headers.ts';
import { isToken, splitList } from './list.ts';
import {
  CODING_ALIASES,
  codingName,
  FULL_WEIGHT,
  parseWeightedList,
  parseWeightParameter,
} from './weighted-list.ts';

// How much a request wants a representation, in thousandths; null where that cannot be told, because
// a list is not as defined or the representation does not say what it is.

/** No language tag is nearly as long; each part of one is looked at. */
const LONGEST_TAG = 256;
/** No representation is in nearly as many languages, or codings. */
const MOST_NAMES = 64;

/** RFC 9110 §12.5.4, RFC 4647 §3.3.1: the longest range that a language begins with gives its weight. */
export function languageQuality(
  accepted: string,
  contentLanguage: string | undefined,
): number | null {
  const tags = splitList(contentLanguage ?? '');
  if (tags.length === 0 || tags.length > MOST_NAMES) return null;
  if (tags.some((tag) => tag.length > LONGEST_TAG)) return null;
  const ranges = tags.map((tag) => rangesOf(tag.toLowerCase()));
  const weights = weightsOf(accepted);
  if (weights === null) return null;
  const qualities = ranges.map((fitting) => {
    const longest = fitting.find((range) => weights.has(range)) ?? '*';
    return weights.get(longest) ?? 0;
  });
  return Math.max(...qualities);
}

/** The ranges that a language tag falls under, the longest first. */
function rangesOf(tag: string): readonly string[] {
  const parts = tag.split('-');
  return parts.map((_, index) => parts.slice(0, parts.length - index).join('-'));
}

/** RFC 9110 §12.5.3. Of several codings all must be wanted. */
export function codingQuality(
  accepted: string,
  contentEncoding: string | undefined,
): number | null {
  const codings = splitList(contentEncoding ?? '').map(codingName);
  if (codings.length > MOST_NAMES) return null;
  const weights = weightsOf(accepted, CODING_ALIASES);
  if (weights === null) return null;
  // No coding is acceptable unless it is excluded, but nobody asked for it.
  if (codings.length === 0) return weights.get('identity') ?? weights.get('*') ?? 1;
  const any = weights.get('*') ?? 0;
  return codings.reduce(
    (least, coding) => Math.min(least, weights.get(coding) ?? any),
    FULL_WEIGHT,
  );
}

/** The weight of each name; null where one is not as defined. */
function weightsOf(
  accepted: string,
  aliases?: ReadonlyMap<string, string>,
): ReadonlyMap<string, number> | null {
  const weights = new Map<string, number>();
  for (const weighted of parseWeightedList(accepted, aliases)) {
    if (weighted === null) return null;
    weights.set(weighted.name, weighted.weight);
  }
  return weights;
}

interface MediaRange {
  /** Lower case, `*` for any. */
  readonly type: string;
  readonly subtype: string;
  /** `name=value` in lower case, without the weight. */
  readonly parameters: ReadonlySet<string>;
  readonly weight: number;
}

/** RFC 9110 §12.5.1: the most specific range that a media type falls under gives its weight. */
export function mediaQuality(accepted: string, contentType: string | undefined): number | null {
  const given = contentType === undefined ? null : parseMediaRange(contentType);
  if (given === null) return null;
  let best: { readonly specificity: number; readonly weight: number } = {
    specificity: -1,
    weight: 0,
  };
  for (const member of splitList(accepted)) {
    const range = parseMediaRange(member);
    if (range === null) return null;
    const specificity = specificityFor(range, given);
    if (specificity > best.specificity) best = { specificity, weight: range.weight };
  }
  return best.weight;
}

/** How closely a range fits a media type; -1 when not at all. */
function specificityFor(range: MediaRange, given: MediaRange): number {
  if (range.type === '*') return 0;
  if (range.type !== given.type) return -1;
  if (range.subtype === '*') return 1;
  if (range.subtype !== given.subtype) return -1;
  return range.parameters.isSubsetOf(given.parameters) ? 2 + range.parameters.size : -1;
}

function isWeight(parameter: string): boolean {
  return parameter.startsWith('q=');
}

/** Null where it is not as defined, or has a quoted string: those are rare, and taking them apart is not worth it. */
function parseMediaRange(text: string): MediaRange | null {
  if (text.includes('"')) return null;
  const [name = '', ...written] = text
    .toLowerCase()
    .split(';')
    .map((part) => trimOws(part));
  const slash = name.indexOf('/');
  const type = name.slice(0, slash);
  const subtype = name.slice(slash + 1);
  if (slash === -1 || !isToken(type) || !isToken(subtype)) return null;
  const parameters = new Set(written.filter((one) => one !== '' && !isWeight(one)));
  const weights = written.filter(isWeight);
  const [weight = FULL_WEIGHT] = weights.map((parameter) => parseWeightParameter(parameter));
  return weight === null ? null : { type, subtype, parameters, weight };
}
