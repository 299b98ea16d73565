import type { SelectionRule } from './contracts/stored-response.ts';
import { splitList } from './fields/list.ts';
import type { FieldReader } from './headers.ts';
import { reason, type Reason } from './reasons.ts';

/** RFC 9842 §4, §5: codings that only a client with the same dictionary can undo. */
const DICTIONARY_CODINGS = new Set(['dcb', 'dcz']);

/** RFC 9842 §6.2: what a response in such a coding has to be told apart by. */
export const DICTIONARY_FIELDS = ['accept-encoding', 'available-dictionary'];

export function isDictionaryCompressed(response: FieldReader): boolean {
  const codings = splitList(response.get('content-encoding') ?? '');
  return codings.some((coding) => DICTIONARY_CODINGS.has(coding.toLowerCase()));
}

/**
 * RFC 9842 §6.2: a response that was compressed with a client's dictionary MUST say so in Vary. One
 * that does not would be handed to clients that cannot read it.
 */
export function refusedByDictionary(response: FieldReader, rule: SelectionRule): Reason | null {
  const missing = DICTIONARY_FIELDS.filter((name) => !rule.names.includes(name));
  if (missing.length === 0 || !isDictionaryCompressed(response)) return null;
  return reason('not-stored-dictionary', { missing: missing.join(' and ') });
}
