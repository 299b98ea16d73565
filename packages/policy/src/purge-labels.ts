import type { StorabilityPolicy } from './contracts/policy.ts';
import { parseList } from './fields/structured.ts';
import type { FieldReader } from './headers.ts';

/** Purge tags of a response, from the fields that the policy names; without duplicates. */
export function tagsOf(response: FieldReader, policy: StorabilityPolicy): readonly string[] {
  const tags = new Set<string>();
  for (const { name, separator } of policy.tagFields) {
    const value = response.get(name);
    if (value === undefined) continue;
    const parts = separator === 'space' ? value.split(/[ \t,]+/) : value.split(',');
    for (const part of parts) if (part.trim() !== '') tags.add(part.trim());
  }
  return [...tags];
}

/** Cache-Groups (RFC 9875 §2): a list of strings; members of another type, and a field that cannot be read, are ignored. */
export function groupsOf(response: FieldReader): readonly string[] {
  const members = parseList(response.get('cache-groups') ?? '') ?? [];
  return [...new Set(members.flatMap((one) => (one.kind === 'string' ? [one.value] : [])))];
}
