import type { SelectionRule, StoredResponse } from './contracts/stored-response.ts';
import { hopByHopNames } from './fields/connection.ts';
import { isToken } from './fields/list.ts';
import { parseWeightedList, type Weighted } from './fields/weighted-list.ts';
import type { FieldReader } from './headers.ts';
import { variantKeyOf } from './select.ts';

const ACCEPT_LANGUAGE = 'accept-language';

/**
 * The variant key of a request with its single most preferred language in place of Accept-Language;
 * null where the rule does not name that field, or the request prefers no one language.
 */
export function languageKeyOf(rule: SelectionRule, request: FieldReader): string | null {
  if (!rule.names.includes(ACCEPT_LANGUAGE)) return null;
  const language = mostPreferredLanguage(request);
  return language === null ? null : inLanguage(variantKeyOf(rule, request), language);
}

/** What `languageKeyOf` gives for the requests that a stored response is in the language of; null for none. */
export function languageKeyOfStored({
  rule,
  variantKey,
  fields,
}: Pick<StoredResponse, 'rule' | 'variantKey' | 'fields'>): string | null {
  if (!rule.names.includes(ACCEPT_LANGUAGE)) return null;
  const language = fields.get('content-language');
  // Several tags are for several audiences: which of them was asked for cannot be told.
  return language !== undefined && isToken(language)
    ? inLanguage(variantKey, language.toLowerCase())
    : null;
}

/** Whether a stored response differs from what a request selects in Accept-Language alone, and is in the language it prefers to all. */
export function isInPreferredLanguage(
  response: Pick<StoredResponse, 'rule' | 'variantKey' | 'fields'>,
  request: FieldReader,
): boolean {
  const key = languageKeyOfStored(response);
  return key !== null && key === languageKeyOf(response.rule, request);
}

/** RFC 9110 §12.5.4: the language of the highest weight, lower case; null where several share it, or the list is not as defined. */
function mostPreferredLanguage(request: FieldReader): string | null {
  const accepted = request.get(ACCEPT_LANGUAGE);
  if (accepted === undefined || hopByHopNames(request).has(ACCEPT_LANGUAGE)) return null;
  const names = new Set<string>();
  let top: Weighted[] = [];
  for (const weighted of parseWeightedList(accepted)) {
    if (weighted === null || names.has(weighted.name)) return null;
    names.add(weighted.name);
    const gain = weighted.weight - (top[0]?.weight ?? 0);
    if (gain > 0) top = [weighted];
    else if (gain === 0) top.push(weighted);
  }
  const [language, ...equals] = top;
  if (language === undefined || equals.length > 0 || language.weight === 0) return null;
  return language.name === '*' ? null : language.name;
}

/** A colon where a variant key has an equals sign: no request has such a key. */
function inLanguage(variantKey: string, language: string): string {
  return variantKey
    .split('\n')
    .map((line) =>
      line === ACCEPT_LANGUAGE || line.startsWith(`${ACCEPT_LANGUAGE}=`)
        ? `${ACCEPT_LANGUAGE}:${language}`
        : line,
    )
    .join('\n');
}
