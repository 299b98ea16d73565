import { splitList } from './list.ts';

/** One directive as it is written: what is not to be changed goes back as it came. */
export interface WrittenDirective {
  /** Lower case; empty when the member does not begin with a token. */
  readonly name: string;
  /** The whole member, its argument included. */
  readonly text: string;
}

const LEADING_TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+/;

/**
 * The directives of Cache-Control, or of a targeted field (RFC 9213), in order: known, unknown and
 * malformed. Empty members are left out, as they mean nothing (RFC 9110 §5.6.1.2).
 */
export function writtenDirectives(lines: readonly string[]): readonly WrittenDirective[] {
  return splitList(lines.join(', ')).map(writtenDirective);
}

/** One directive from its text: `max-age=60`. */
export function writtenDirective(text: string): WrittenDirective {
  return { name: (LEADING_TOKEN.exec(text)?.[0] ?? '').toLowerCase(), text };
}

/** The value of the field that has these directives. */
export function formatDirectives(directives: readonly WrittenDirective[]): string {
  return directives.map(({ text }) => text).join(', ');
}

/**
 * With this directive: in the place of the first one of its name, or else at the end. Others of the name
 * go, and so does a member whose quoted string is never closed: it would swallow what follows it.
 */
export function withDirective(
  directives: readonly WrittenDirective[],
  added: WrittenDirective,
): readonly WrittenDirective[] {
  const closed = directives.filter(({ text }) => isClosed(text));
  const at = closed.findIndex(({ name }) => name === added.name);
  if (at === -1) return [...closed, added];
  const others = closed.filter(({ name }, index) => index === at || name !== added.name);
  return others.with(at, added);
}

/** With this directive before all others: where `public` and `private` are looked for. */
export function withFirstDirective(
  directives: readonly WrittenDirective[],
  added: WrittenDirective,
): readonly WrittenDirective[] {
  return [added, ...directives.filter(({ name }) => name !== added.name)];
}

function isClosed(text: string): boolean {
  return splitList(`${text},x`).length === 2;
}
