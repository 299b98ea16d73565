import type { StorabilityPolicy } from './contracts/policy.ts';
import type { Found } from './contracts/stored-response.ts';
import { parseList } from './fields/structured.ts';
import type { FieldReader } from './headers.ts';

/** Purge tags of a response, from the fields that the policy names; without duplicates. */
export function tagsOf(response: FieldReader, policy: StorabilityPolicy): readonly string[] {
  const tags = new Set<string>();
  for (const { name, separator, unlessField, foldsCase } of policy.tagFields) {
    const value = response.get(name);
    if (value === undefined) continue;
    if (unlessField !== undefined && response.has(unlessField)) continue;
    const text = foldsCase === true ? value.toLowerCase() : value;
    const parts = separator === 'space' ? text.split(/[ \t,]/) : text.split(',');
    for (const part of parts) if (part.trim() !== '') tags.add(part.trim());
  }
  return [...tags];
}

/** Whether tags are kept in lower case: those of a purge have to be, too. */
export function hasFoldedTags({ tagFields }: StorabilityPolicy): boolean {
  return tagFields.some(({ foldsCase }) => foldsCase === true);
}

/** The groups that a response belongs to (RFC 9875 §2). */
export function groupsOf(response: FieldReader): readonly string[] {
  return groupsIn(response, 'cache-groups');
}

/** The groups that any of the stored responses for one URI belongs to. */
export function groupsOfAll({ selected, siblings }: Found): readonly string[] {
  return [...new Set([...selected, ...siblings].flatMap(({ response }) => response.groups))];
}

/** The groups that a response to an unsafe method makes invalid (RFC 9875 §3). */
export function invalidatedGroupsOf(response: FieldReader): readonly string[] {
  return groupsIn(response, 'cache-group-invalidation');
}

/** RFC 9875 §2, §3: a list of strings, without duplicates; their order and parameters mean nothing. */
function groupsIn(response: FieldReader, field: string): readonly string[] {
  const members = parseList(response.get(field) ?? '') ?? [];
  const groups = new Set<string>();
  for (const member of members) {
    // RFC 9651 §2.2: a field with a member of another type is ignored as a whole.
    if (member.kind !== 'string') return [];
    groups.add(member.value);
  }
  return [...groups];
}
