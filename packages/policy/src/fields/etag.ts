/** A validator for one representation (RFC 9110 §8.8.3). */
export interface EntityTag {
  readonly weak: boolean;
  /** The opaque tag, including its quotes. */
  readonly opaque: string;
}

/** One entity tag of a text, and where it ends. */
interface ReadTag {
  readonly tag: EntityTag;
  readonly end: number;
}

const DQUOTE = 0x22;
const COMMA = 0x2c;
const SP = 0x20;
const HTAB = 0x09;
const DEL = 0x7f;

/** The entity tag that the text consists of; null when it is anything else (unquoted, more than one …). */
export function parseEntityTag(text: string): EntityTag | null {
  const read = readTag(text, 0);
  return read !== null && read.end === text.length ? read.tag : null;
}

/**
 * The value of If-Match or If-None-Match: `'*'`, or the entity tags it lists. Null when any member is
 * malformed: such a field is present, but nothing can be known to match it.
 */
export function parseEntityTagList(value: string): readonly EntityTag[] | '*' | null {
  const tags: EntityTag[] = [];
  let index = afterSeparators(value, 0);
  // RFC 9110 §13.1.2: "*" stands alone, it is not a member of the list.
  if (value[index] === '*') return afterSeparators(value, index + 1) === value.length ? '*' : null;
  while (index < value.length) {
    const read = readTag(value, index);
    if (read === null) return null;
    tags.push(read.tag);
    index = afterSeparators(value, read.end);
    // RFC 9110 §5.6.1: members are separated by at least one comma.
    if (index < value.length && !value.slice(read.end, index).includes(',')) return null;
  }
  return tags;
}

/** The entity tag as it stands in a field. */
export function formatEntityTag(tag: EntityTag): string {
  return tag.weak ? `W/${tag.opaque}` : tag.opaque;
}

/** Whether two entity tags name the same bytes. */
export function strongMatch(a: EntityTag, b: EntityTag): boolean {
  // RFC 9110 §8.8.3.2: neither is weak, and the opaque tags match character by character.
  return !a.weak && !b.weak && a.opaque === b.opaque;
}

/** Whether two entity tags name equivalent representations. */
export function weakMatch(a: EntityTag, b: EntityTag): boolean {
  // RFC 9110 §8.8.3.2: the opaque tags match, weak or not.
  return a.opaque === b.opaque;
}

function readTag(text: string, start: number): ReadTag | null {
  // RFC 9110 §8.8.3: the weakness indicator "W/" is case-sensitive.
  const weak = text.startsWith('W/', start);
  const open = weak ? start + 2 : start;
  if (text.charCodeAt(open) !== DQUOTE) return null;
  let index = open + 1;
  // RFC 9110 §8.8.3: etagc has no double quote and no white space; a comma or backslash is plain data.
  while (isEtagCharacter(text.charCodeAt(index))) index++;
  if (text.charCodeAt(index) !== DQUOTE) return null;
  return { tag: { weak, opaque: text.slice(open, index + 1) }, end: index + 1 };
}

/** Never true past the end, where the code is NaN. */
function isEtagCharacter(code: number): boolean {
  return code > SP && code !== DQUOTE && code !== DEL;
}

// RFC 9110 §5.6.1.2: OWS and empty members between the members of a list are skipped.
function afterSeparators(value: string, start: number): number {
  let index = start;
  while (isSeparator(value.charCodeAt(index))) index++;
  return index;
}

function isSeparator(code: number): boolean {
  return code === COMMA || code === SP || code === HTAB;
}
