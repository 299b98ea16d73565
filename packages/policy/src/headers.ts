/**
 * Three representations of header fields, and when each is used:
 *
 * - **field lines** (`FieldLines`): the flat `[name, value, name, value, …]` list that node:http calls
 *   `rawHeaders`. It keeps order, case and duplicates. Used at both sockets, never searched.
 * - **incoming fields** (`IncomingFields`): field lines that came from a client or an upstream,
 *   with look-up by lower-case name. Not yet judged, so never stored as they are.
 * - **stored fields** (`StoredFields`): one packed wire block, `Name: value\r\n…`, that passed
 *   `storableFields` (hop-by-hop fields removed). One string per entry instead of one array per line.
 *
 * Incoming and stored fields are different classes on purpose: a function that merges a 304 cannot
 * mix up which side it reads.
 */

import { remembered } from './remembered.ts';

/** `[name, value, name, value, …]`, in the order of the wire. Even length. */
export type FieldLines = readonly string[];

/** What a decision may ask of a header section. Names are given in lower case. */
export interface FieldReader {
  /** The value of each field line of that name, in order, without surrounding white space. */
  lines(name: string): readonly string[];
  /** All lines of that name joined by `", "` (RFC 9110 §5.3), or undefined when there is none. */
  get(name: string): string | undefined;
  has(name: string): boolean;
  /** The whole section as field lines, for the wire. */
  toLines(): FieldLines;
}

const EMPTY: readonly string[] = [];

// RFC 9110 §5.5: optional white space (SP / HTAB) around a field value is not part of it.
export function trimOws(text: string): string {
  let start = 0;
  let end = text.length;
  while (isOws(text.charCodeAt(start))) start++;
  while (isOws(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isOws(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** Fields that arrived on a socket. Look-up is by linear scan: sections are short. */
export class IncomingFields implements FieldReader {
  declare readonly kind: 'incoming';
  readonly #lines: FieldLines;
  /** The name of each line in lower case, from the first look-up on. */
  #names: readonly string[] | undefined;

  constructor(lines: FieldLines) {
    this.#lines = lines;
  }

  lines(name: string): readonly string[] {
    let found: string[] | undefined;
    for (let at = this.#indexOf(name, 0); at !== -1; at = this.#indexOf(name, at + 1))
      (found ??= []).push(this.#valueAt(at));
    return found ?? EMPTY;
  }

  get(name: string): string | undefined {
    const index = this.#indexOf(name, 0);
    if (index === -1) return undefined;
    const isOnly = this.#indexOf(name, index + 1) === -1;
    return isOnly ? this.#valueAt(index) : this.lines(name).join(', ');
  }

  has(name: string): boolean {
    return this.#indexOf(name, 0) !== -1;
  }

  toLines(): FieldLines {
    return this.#lines;
  }

  /** Which line from `first` on has this name; -1: none. */
  #indexOf(name: string, first: number): number {
    return (this.#names ??= namesOf(this.#lines)).indexOf(name, first);
  }

  #valueAt(index: number): string {
    return trimOws(this.#lines[2 * index + 1] as string);
  }
}

function namesOf(lines: FieldLines): readonly string[] {
  const names: string[] = [];
  for (let index = 0; index < lines.length; index += 2)
    names.push((lines[index] as string).toLowerCase());
  return names;
}

/** Fields of a stored response: one packed wire block. */
export class StoredFields implements FieldReader {
  declare readonly kind: 'stored';
  /** `Name: value\r\n` for every line, without the blank line that ends a section. */
  readonly block: string;

  constructor(block: string) {
    this.block = block;
  }

  /** Packs field lines. Values must already be free of CR and LF, as both HTTP parsers ensure. */
  static fromLines(lines: FieldLines): StoredFields {
    let block = '';
    for (let index = 0; index < lines.length; index += 2) {
      block += `${lines[index]}: ${trimOws(lines[index + 1] as string)}\r\n`;
    }
    return new StoredFields(block);
  }

  lines(name: string): readonly string[] {
    let found: string[] | undefined;
    for (let at = this.#startOf(name, 0); at !== -1; at = this.#startOf(name, this.#endFrom(at)))
      (found ??= []).push(this.#valueAt(at, name));
    return found ?? EMPTY;
  }

  get(name: string): string | undefined {
    const start = this.#startOf(name, 0);
    if (start === -1) return undefined;
    const isOnly = this.#startOf(name, this.#endFrom(start)) === -1;
    return isOnly ? this.#valueAt(start, name) : this.lines(name).join(', ');
  }

  has(name: string): boolean {
    return this.#startOf(name, 0) !== -1;
  }

  /** Where the next line of this name begins, at the line that begins at `first` or behind it; -1: there is none. */
  #startOf(name: string, first: number): number {
    const { block } = this;
    for (let start = first; start < block.length; start = this.#endFrom(start)) {
      const colon = start + name.length;
      if (block[colon] === ':' && block.slice(start, colon).toLowerCase() === name) return start;
    }
    return -1;
  }

  /** Where the line behind the one at `start` begins. */
  #endFrom(start: number): number {
    return this.block.indexOf('\r\n', start) + 2;
  }

  #valueAt(start: number, name: string): string {
    return this.block.slice(start + name.length + 2, this.#endFrom(start) - 2);
  }

  toLines(): FieldLines {
    const lines: string[] = [];
    for (const line of this.block.split('\r\n')) {
      if (line === '') continue;
      const colon = line.indexOf(':');
      lines.push(line.slice(0, colon), line.slice(colon + 2));
    }
    return lines;
  }
}

/**
 * A field's name in lower case, as servers know it that turn names into variables (CGI, WSGI, PHP):
 * `X_Forwarded_Host` is `X-Forwarded-Host` to them.
 */
export const hyphenated: (name: string) => string = remembered((name) =>
  name.toLowerCase().replaceAll('_', '-'),
);

/** Field lines without the named fields. Names are lower case. */
export function withoutFields(
  lines: FieldLines,
  names: Pick<ReadonlySet<string>, 'has'>,
): string[] {
  const kept: string[] = [];
  for (let index = 0; index < lines.length; index += 2) {
    const name = lines[index] as string;
    if (!names.has(name.toLowerCase())) kept.push(name, lines[index + 1] as string);
  }
  return kept;
}
