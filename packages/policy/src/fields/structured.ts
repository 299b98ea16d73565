/** An item without parameters (RFC 9651 §3.3). A date counts seconds since the epoch. */
export type BareItem =
  | { readonly kind: 'integer'; readonly value: number }
  | { readonly kind: 'decimal'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'token'; readonly value: string }
  | { readonly kind: 'bytes'; readonly value: Uint8Array }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'date'; readonly value: number }
  | { readonly kind: 'display-string'; readonly value: string };

/** Parameters in the order in which their keys first appeared (RFC 9651 §3.1.2). */
type ItemParameters = ReadonlyMap<string, BareItem>;

/** An item (RFC 9651 §3.3). */
export type Item = BareItem & { readonly parameters: ItemParameters };

/** An inner list (RFC 9651 §3.1.1). */
interface InnerList {
  readonly kind: 'inner-list';
  readonly items: readonly Item[];
  readonly parameters: ItemParameters;
}

/** What a list or a dictionary consists of. */
export type Member = Item | InnerList;

/** What Poplet sends itself: the types whose serialisation it needs. */
export type SerializableItem = Extract<
  BareItem,
  { readonly kind: 'integer' | 'string' | 'token' | 'boolean' }
>;

const KEY = /[a-z*][a-z0-9_\-.*]*/y;
const WHOLE_KEY = /^[a-z*][a-z0-9_\-.*]*$/;
const TOKEN = /[A-Za-z*][!#$%&'*+\-.^_`|~0-9A-Za-z:/]*/y;
const WHOLE_TOKEN = /^[A-Za-z*][!#$%&'*+\-.^_`|~0-9A-Za-z:/]*$/;
const NUMBER = /-?([0-9]+)(?:\.([0-9]*))?/y;
const BYTES = /:[A-Za-z0-9+/]*={0,2}:/y;
const PRINTABLE = /^[ -~]*$/;
const OCTET = /%[0-9a-f]{2}/y;

const BASE64_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const LARGEST_INTEGER = 999_999_999_999_999;
const SP = 0x20;
const TILDE = 0x7e;

/** The members of a Dictionary by key; null when parsing fails (RFC 9651 §4.2.2). Lines are joined first. */
export function parseDictionary(value: string): ReadonlyMap<string, Member> | null {
  return new Parser(value).dictionary();
}

/** The members of a List; null when parsing fails (RFC 9651 §4.2.1). Lines are joined first. */
export function parseList(value: string): readonly Member[] | null {
  return new Parser(value).list();
}

/** An Item; null when parsing fails (RFC 9651 §4.2.3). */
export function parseItem(value: string): Item | null {
  return new Parser(value).soleItem();
}

/** The text as a String; null when it has characters that a String cannot have. */
export function serializeString(text: string): string | null {
  // RFC 9651 §4.1.6: printable ASCII only; double quotes and backslashes are escaped.
  if (!PRINTABLE.test(text)) return null;
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** The bytes as a Byte Sequence (RFC 9651 §4.1.8). */
export function serializeBytes(bytes: Uint8Array): string {
  let text = '';
  for (let index = 0; index < bytes.length; index += 3) {
    const [first = 0, second = 0, third = 0] = bytes.subarray(index, index + 3);
    const group = (first << 16) | (second << 8) | third;
    for (const shift of [18, 12, 6, 0]) text += BASE64_ALPHABET.charAt((group >> shift) & 0x3f);
  }
  const padding = (3 - (bytes.length % 3)) % 3;
  return `:${text.slice(0, text.length - padding)}${'='.repeat(padding)}:`;
}

/** Whether the text can stand as a Token (RFC 9651 §3.3.4). */
export function isSfToken(text: string): boolean {
  return WHOLE_TOKEN.test(text);
}

/** A bare item as text; null when its value is outside its type (RFC 9651 §4.1.3.1). */
function serializeBareItem(item: SerializableItem): string | null {
  // RFC 9651 §4.1.9.
  if (item.kind === 'boolean') return item.value ? '?1' : '?0';
  // RFC 9651 §4.1.4.
  if (item.kind === 'integer') return isSfInteger(item.value) ? String(item.value) : null;
  if (item.kind === 'string') return serializeString(item.value);
  // RFC 9651 §4.1.7.
  return isSfToken(item.value) ? item.value : null;
}

/** A parameter as it follows an item, `;a` or `;b=1`; null when its key or value cannot be serialised. */
export function serializeParameter(key: string, item: SerializableItem): string | null {
  const value = serializeBareItem(item);
  // RFC 9651 §4.1.1.3: keys begin with a lower-case letter or "*".
  if (value === null || !WHOLE_KEY.test(key)) return null;
  // RFC 9651 §4.1.1.2: the value is omitted when it is Boolean true.
  return value === '?1' ? `;${key}` : `;${key}=${value}`;
}

// RFC 9651 §3.3.1: at most fifteen digits.
function isSfInteger(value: number): boolean {
  return Number.isInteger(value) && Math.abs(value) <= LARGEST_INTEGER;
}

/**
 * RFC 9651 §4.2, algorithm by algorithm. Each method consumes what it returns and gives null where the
 * specification says "fail parsing"; nothing is tried twice, so the time is linear.
 */
class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  // RFC 9651 §4.2.2.
  dictionary(): ReadonlyMap<string, Member> | null {
    const members = new Map<string, Member>();
    this.#skipSpaces();
    while (!this.#atEnd()) {
      const key = this.#match(KEY);
      if (key === null) return null;
      const member = this.#dictionaryMember();
      if (member === null) return null;
      // RFC 9651 §4.2.2: of duplicate keys, the last value stands, where the first one stood.
      members.set(key, member);
      if (!this.#nextMember()) return null;
    }
    return members;
  }

  // RFC 9651 §4.2.1.
  list(): readonly Member[] | null {
    const members: Member[] = [];
    this.#skipSpaces();
    while (!this.#atEnd()) {
      const member = this.#itemOrInnerList();
      if (member === null) return null;
      members.push(member);
      if (!this.#nextMember()) return null;
    }
    return members;
  }

  // RFC 9651 §4.2.
  soleItem(): Item | null {
    this.#skipSpaces();
    const item = this.#item();
    this.#skipSpaces();
    return this.#atEnd() ? item : null;
  }

  #dictionaryMember(): Member | null {
    if (this.#consume('=')) return this.#itemOrInnerList();
    return this.#withParameters({ kind: 'boolean', value: true });
  }

  // RFC 9651 §4.2.1, §4.2.2: members are parted by a comma and OWS; a comma at the end fails.
  #nextMember(): boolean {
    this.#skipWhiteSpace();
    if (this.#atEnd()) return true;
    if (!this.#consume(',')) return false;
    this.#skipWhiteSpace();
    return !this.#atEnd();
  }

  // RFC 9651 §4.2.1.1.
  #itemOrInnerList(): Member | null {
    return this.#consume('(') ? this.#innerList() : this.#item();
  }

  // RFC 9651 §4.2.1.2, after the parenthesis.
  #innerList(): InnerList | null {
    const items: Item[] = [];
    while (!this.#atEnd()) {
      this.#skipSpaces();
      if (this.#consume(')')) return this.#endInnerList(items);
      const item = this.#item();
      if (item === null || !' )'.includes(this.#next())) return null;
      items.push(item);
    }
    return null;
  }

  #endInnerList(items: readonly Item[]): InnerList | null {
    const parameters = this.#parameters();
    return parameters === null ? null : { kind: 'inner-list', items, parameters };
  }

  // RFC 9651 §4.2.3.
  #item(): Item | null {
    const bare = this.#bareItem();
    return bare === null ? null : this.#withParameters(bare);
  }

  #withParameters(bare: BareItem): Item | null {
    const parameters = this.#parameters();
    return parameters === null ? null : { ...bare, parameters };
  }

  // RFC 9651 §4.2.3.2.
  #parameters(): ItemParameters | null {
    const parameters = new Map<string, BareItem>();
    while (this.#consume(';')) {
      this.#skipSpaces();
      const key = this.#match(KEY);
      const value = this.#consume('=') ? this.#bareItem() : TRUE;
      if (key === null || value === null) return null;
      parameters.set(key, value);
    }
    return parameters;
  }

  // RFC 9651 §4.2.3.1: the first character tells the type.
  #bareItem(): BareItem | null {
    switch (this.#next()) {
      case '"':
        return this.#string();
      case ':':
        return this.#bytes();
      case '?':
        return this.#boolean();
      case '@':
        return this.#date();
      case '%':
        return this.#displayString();
      default:
        return this.#number() ?? this.#token();
    }
  }

  // RFC 9651 §4.2.6.
  #token(): BareItem | null {
    const value = this.#match(TOKEN);
    return value === null ? null : { kind: 'token', value };
  }

  // RFC 9651 §4.2.4: at most 15 digits, or 12 before and 3 behind the point.
  #number(): BareItem | null {
    NUMBER.lastIndex = this.#at;
    const [written, whole = '', fraction] = NUMBER.exec(this.#text) ?? [];
    if (written === undefined) return null;
    const digits = fraction === undefined ? 15 : 12;
    if (whole.length > digits || fraction === '' || (fraction?.length ?? 0) > 3) return null;
    this.#at += written.length;
    // Adding 0 turns -0 into 0.
    return { kind: fraction === undefined ? 'integer' : 'decimal', value: Number(written) + 0 };
  }

  // RFC 9651 §4.2.5: only a double quote and a backslash can be escaped.
  #string(): BareItem | null {
    let value = '';
    let copied = ++this.#at;
    for (; this.#nextIsPrintable(); this.#at++) {
      const character = this.#next();
      if (character !== '"' && character !== '\\') continue;
      value += this.#text.slice(copied, this.#at++);
      if (character === '"') return { kind: 'string', value };
      if (this.#next() !== '"' && this.#next() !== '\\') return null;
      copied = this.#at;
    }
    return null;
  }

  // RFC 9651 §4.2.7.
  #bytes(): BareItem | null {
    const written = this.#match(BYTES);
    const value = written === null ? null : decodeBase64(written.slice(1, -1));
    return value === null ? null : { kind: 'bytes', value };
  }

  // RFC 9651 §4.2.8.
  #boolean(): BareItem | null {
    this.#at++;
    if (this.#consume('1')) return TRUE;
    return this.#consume('0') ? FALSE : null;
  }

  // RFC 9651 §4.2.9: an integer after the "@".
  #date(): BareItem | null {
    this.#at++;
    const number = this.#number();
    return number?.kind === 'integer' ? { kind: 'date', value: number.value } : null;
  }

  // RFC 9651 §4.2.10: percent-encoded UTF-8, hexadecimal digits in lower case.
  #displayString(): BareItem | null {
    this.#at++;
    if (!this.#consume('"')) return null;
    const start = this.#at;
    while (this.#nextIsPrintable() && this.#next() !== '"') {
      if (this.#next() !== '%') this.#at++;
      else if (this.#match(OCTET) === null) return null;
    }
    const value = decodeUtf8(this.#text.slice(start, this.#at));
    return this.#consume('"') && value !== null ? { kind: 'display-string', value } : null;
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? null;
    this.#at += found?.length ?? 0;
    return found;
  }

  #consume(character: string): boolean {
    if (this.#next() !== character) return false;
    this.#at++;
    return true;
  }

  /** The next character; the empty string at the end. */
  #next(): string {
    return this.#text.charAt(this.#at);
  }

  #nextIsPrintable(): boolean {
    const code = this.#text.charCodeAt(this.#at);
    return code >= SP && code <= TILDE;
  }

  #atEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  #skipSpaces(): void {
    while (this.#next() === ' ') this.#at++;
  }

  #skipWhiteSpace(): void {
    while (this.#next() === ' ' || this.#next() === '\t') this.#at++;
  }
}

const TRUE: BareItem = { kind: 'boolean', value: true };
const FALSE: BareItem = { kind: 'boolean', value: false };

// RFC 9651 §4.2.7: missing padding and non-zero pad bits are no failure; foreign characters are.
function decodeBase64(text: string): Uint8Array | null {
  const padding = text.indexOf('=');
  const length = padding === -1 ? text.length : padding;
  if (length % 4 === 1) return null;
  const bytes = new Uint8Array(Math.floor((length * 3) / 4));
  for (let index = 0, buffer = 0, filled = 0; index < length; index++) {
    buffer = ((buffer << 6) | BASE64_ALPHABET.indexOf(text.charAt(index))) & 0xffff;
    if (index % 4 !== 0) bytes[filled++] = (buffer >> (6 - 2 * (index % 4))) & 0xff;
  }
  return bytes;
}

function decodeUtf8(percentEncoded: string): string | null {
  try {
    return decodeURIComponent(percentEncoded);
  } catch {
    return null;
  }
}
