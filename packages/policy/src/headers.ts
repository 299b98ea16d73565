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

function joinLines(lines: readonly string[]): string | undefined {
  if (lines.length === 0) return undefined;
  return lines.length === 1 ? lines[0] : lines.join(', ');
}

/** Fields that arrived on a socket. Look-up is by linear scan: sections are short. */
export class IncomingFields implements FieldReader {
  declare readonly kind: 'incoming';
  readonly #lines: FieldLines;

  constructor(lines: FieldLines) {
    this.#lines = lines;
  }

  lines(name: string): readonly string[] {
    let found: string[] | undefined;
    const lines = this.#lines;
    for (let index = 0; index < lines.length; index += 2) {
      const candidate = lines[index] as string;
      if (candidate.length === name.length && candidate.toLowerCase() === name) {
        (found ??= []).push(trimOws(lines[index + 1] as string));
      }
    }
    return found ?? EMPTY;
  }

  get(name: string): string | undefined {
    return joinLines(this.lines(name));
  }

  has(name: string): boolean {
    return this.lines(name).length > 0;
  }

  toLines(): FieldLines {
    return this.#lines;
  }
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
    const block = this.block;
    for (let start = 0; start < block.length;) {
      const end = block.indexOf('\r\n', start);
      const colon = start + name.length;
      if (block[colon] === ':' && block.slice(start, colon).toLowerCase() === name) {
        (found ??= []).push(block.slice(colon + 2, end));
      }
      start = end + 2;
    }
    return found ?? EMPTY;
  }

  get(name: string): string | undefined {
    return joinLines(this.lines(name));
  }

  has(name: string): boolean {
    return this.lines(name).length > 0;
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
export function hyphenated(name: string): string {
  return name.toLowerCase().replaceAll('_', '-');
}

/** Field lines without the named fields. Names are lower case. */
export function withoutFields(lines: FieldLines, names: ReadonlySet<string>): string[] {
  const kept: string[] = [];
  for (let index = 0; index < lines.length; index += 2) {
    const name = lines[index] as string;
    if (!names.has(name.toLowerCase())) kept.push(name, lines[index + 1] as string);
  }
  return kept;
}
