import type { KeyPolicy, Policy } from './contracts/policy.ts';
import type { SelectionRule } from './contracts/stored-response.ts';
import { hopByHopNames } from './fields/connection.ts';
import { normalizeFieldValue } from './fields/normalize.ts';
import { parseVary } from './fields/vary.ts';
import { hyphenated, type FieldReader } from './headers.ts';
import { reason, type Reason } from './reasons.ts';
import { cookiePart, fieldOf, groupPart, isPart, valueOfPart } from './request-part.ts';
import { variationOf } from './variation-of.ts';

/** The rule of a response without Vary: every request matches. */
export const MATCHES_ALL: SelectionRule = { id: 'all', names: [] };

/** Where the edge itself says who asks: the upstream was sent more than the request has. */
const TELLING_WHO_ASKS: ReadonlySet<string> = new Set(['forwarded', 'x-forwarded-for']);

/** How later requests select a response, or why none may. */
export type Selection =
  | { readonly rule: SelectionRule; readonly refusal: null }
  | { readonly rule: null; readonly refusal: Reason };

/** What Vary, and the fields of the key, make of a response (RFC 9111 §4.1). */
export function selectionOf(
  response: FieldReader,
  { key, storability: { vary } }: Pick<Policy, 'key' | 'storability'>,
): Selection {
  const parsed = parseVary(response.lines('vary'));
  // RFC 9111 §4.1: a Vary with "*" fails to match every later request.
  if (parsed === '*' && vary.star === 'refused') return refused(reason('not-stored-vary-star'));
  const { fields } = vary;
  const names = parsed === '*' ? [] : parsed.map((name) => key.madeOf[name] ?? name);
  const counted = fields === null ? names : names.filter((name) => fields.includes(name));
  if (counted.some((name) => TELLING_WHO_ASKS.has(hyphenated(name))))
    return refused(reason('not-stored-vary-star'));
  const others = names.filter((name) => !counted.includes(name));
  if (others.length > 0 && vary.others === 'refused')
    return refused(reason('not-stored-vary', { names: others.join(', ') }));
  const parts = partsOf(response, key);
  return { rule: ruleOf([...counted, ...key.fields, ...parts]), refusal: null };
}

/** What the response names beside Vary. */
function partsOf(response: FieldReader, key: KeyPolicy): readonly string[] {
  const said = variationOf(response, key);
  if (said === null) return [];
  const { fields, cookies, languages, countries, countryField } = said;
  return [
    ...fields,
    ...cookies.map(cookiePart),
    ...(languages === '' ? [] : [groupPart('accept-language', languages)]),
    ...(countries === '' ? [] : [groupPart(countryField, countries)]),
  ];
}

function refused(why: Reason): Selection {
  return { rule: null, refusal: why };
}

/** By which requests are told apart that differ in these fields, in lower case. */
function ruleOf(fields: readonly string[]): SelectionRule {
  const names = [...new Set(fields)].toSorted();
  return names.length === 0 ? MATCHES_ALL : { id: `vary:${names.join(',')}`, names };
}

/**
 * What a request looks like under a rule: two requests match exactly when this is equal. Printable.
 * RFC 9111 §4.1: a field that is absent matches only absence, so it is written differently from an
 * empty value; so is one that Connection nominates, since the upstream never saw it (RFC 9110 §7.6.1).
 */
export function variantKeyOf(rule: SelectionRule, request: FieldReader): string {
  if (rule.names.length === 0) return '';
  const notForwarded = hopByHopNames(request);
  let key = '';
  for (const name of rule.names) {
    if (isPart(name)) {
      const isForwarded = !notForwarded.has(fieldOf(name));
      key += `${JSON.stringify([name, isForwarded ? valueOfPart(name, request) : undefined])}\n`;
      continue;
    }
    const lines = notForwarded.has(name) ? [] : request.lines(name);
    key += lines.length === 0 ? `${name}\n` : `${name}=${normalizeFieldValue(name, lines)}\n`;
  }
  return key;
}
