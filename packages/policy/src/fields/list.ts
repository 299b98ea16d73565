import { trimOws } from '../headers.ts';
import { remembered } from '../remembered.ts';

const COMMA = 0x2c;
const DQUOTE = 0x22;
const BACKSLASH = 0x5c;
const HTAB = 0x09;
const SP = 0x20;
const DEL = 0x7f;

// RFC 9110 §5.6.2: tchar, any visible character that is not a delimiter.
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/**
 * The members of a list-based field value, in order. Commas inside quoted strings do not separate;
 * a quoted string that is never closed reaches to the end of the value.
 */
export const splitList: (value: string) => readonly string[] = remembered((value) =>
  // RFC 9110 §5.6.1.2: empty members are parsed and ignored.
  splitAtCommas(value).filter((member) => member !== ''),
);

/** As `splitList`, empty members included; an empty value is one empty member. */
export function splitAtCommas(value: string): string[] {
  const members: string[] = [];
  for (let start = 0; start <= value.length;) {
    const end = memberEnd(value, start);
    // RFC 9110 §5.6.1: OWS around a member is not part of it.
    members.push(trimOws(value.slice(start, end)));
    start = end + 1;
  }
  return members;
}

/** Index of the comma that ends the member beginning at `start`, or the length of the value. */
function memberEnd(value: string, start: number): number {
  for (let index = start; index < value.length; index++) {
    const code = value.charCodeAt(index);
    if (code === COMMA) return index;
    if (code === DQUOTE) index = closingQuote(value, index);
  }
  return value.length;
}

/**
 * Index of the double quote that closes the quoted string opening at `open`, or the length of the
 * text when it is never closed.
 */
function closingQuote(text: string, open: number): number {
  for (let index = open + 1; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === DQUOTE) return index;
    // RFC 9110 §5.6.4: a backslash takes the next octet with it.
    if (code === BACKSLASH) index++;
  }
  return text.length;
}

/** Whether the text is a token (RFC 9110 §5.6.2): not empty, no white space, no delimiters. */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/** The content of a quoted string, its quoted pairs resolved; null when the text is not exactly one. */
export function unquote(text: string): string | null {
  if (text.charCodeAt(0) !== DQUOTE) return null;
  const end = text.length - 1;
  if (closingQuote(text, 0) !== end) return null;
  let content = '';
  let copied = 1;
  for (let index = 1; index < end; index++) {
    // RFC 9110 §5.6.4: neither qdtext nor quoted-pair contains control characters besides HTAB.
    if (isControl(text.charCodeAt(index))) return null;
    if (text.charCodeAt(index) !== BACKSLASH) continue;
    content += text.slice(copied, index);
    copied = index + 1;
    index++;
    if (isControl(text.charCodeAt(index))) return null;
  }
  return content + text.slice(copied, end);
}

function isControl(code: number): boolean {
  return (code < SP && code !== HTAB) || code === DEL;
}
