import {
  isAmount,
  isPermissive,
  isQualifiable,
  isRestrictive,
  parseFieldNames,
} from './cache-control.ts';
import type { CacheControl } from './cache-control.ts';
import { DirectiveCollector } from './directive-collector.ts';
import type { AmountName, QualifiableName } from './directive-collector.ts';
import { parseDictionary } from './structured.ts';
import type { Member } from './structured.ts';

/**
 * A targeted field such as CDN-Cache-Control (RFC 9213). Null when it is absent, empty or malformed:
 * then it is as if it were not there, and the next field on the target list counts.
 */
export function parseTargetedCacheControl(lines: readonly string[]): CacheControl | null {
  // RFC 9213 §2.1: targeted fields are Dictionaries; an empty one, or one that does not parse, is ignored.
  const dictionary = parseDictionary(lines.join(', '));
  if (dictionary === null || dictionary.size === 0) return null;
  const collector = new DirectiveCollector();
  for (const [name, member] of dictionary) {
    if (!readDirective(name, member, collector)) collector.addMalformed(name);
  }
  return collector.result();
}

/**
 * Takes in one directive; false when its value is not of the type that RFC 9213 §2.1 infers. Such a
 * value is not consumed, but the field is still in force: what forbids holds, what permits does not, as
 * in Cache-Control (RFC 9213 §2.2: the semantics are the same). Parameters are ignored.
 */
function readDirective(name: string, member: Member, collector: DirectiveCollector): boolean {
  if (isRestrictive(name)) {
    collector.addFlag(name);
    return isTrue(member);
  }
  if (isPermissive(name)) {
    // RFC 8246 §2: any argument of immutable has no meaning and is ignored.
    if (name === 'immutable' || isTrue(member)) collector.addFlag(name);
    return isTrue(member);
  }
  if (isQualifiable(name)) return readQualifiable(name, member, collector);
  if (isAmount(name)) return readAmount(name, member, collector);
  // RFC 9213 §2.2: unrecognised extension directives are ignored.
  return true;
}

// RFC 9213 §2.1: either Boolean true or a String that lists field names.
function readQualifiable(
  name: QualifiableName,
  member: Member,
  collector: DirectiveCollector,
): boolean {
  const fields = member.kind === 'string' ? parseFieldNames(member.value) : null;
  if (fields === null) collector.addFlag(name);
  else collector.addFields(name, fields);
  return isTrue(member) || fields !== null;
}

// RFC 9213 §2.1: an Integer. A Decimal or a String is not coerced into one.
function readAmount(name: AmountName, member: Member, collector: DirectiveCollector): boolean {
  const valid = member.kind === 'integer' && member.value >= 0;
  collector.addAmount(name, valid ? member.value : 'invalid');
  return valid;
}

// RFC 9213 §2.1: a directive without a value maps to Boolean true.
function isTrue(member: Member): boolean {
  return member.kind === 'boolean' && member.value;
}
