import { isToken, splitList } from './list.ts';

/**
 * The request fields that Vary nominates: lower case, sorted, without duplicates; `'*'` when no later
 * request can be known to match. An absent or empty field nominates none.
 */
export function parseVary(lines: readonly string[]): readonly string[] | '*' {
  const names = new Set<string>();
  for (const member of splitList(lines.join(','))) {
    // RFC 9111 §4.1: a value containing a member "*", wherever it stands, always fails to match.
    if (member === '*') return '*';
    // RFC 9110 §12.5.5: members are field names. What a malformed one meant cannot be known, so the
    // response must not be taken to match anything.
    if (!isToken(member)) return '*';
    names.add(member.toLowerCase());
  }
  return [...names].toSorted();
}
