import type { Section, SectionTable } from './section.ts';

/** A request that can be read without knowing the whole of HTTP/1.1: see `readPlainHead`. */
export interface PlainHead {
  readonly method: 'GET' | 'HEAD';
  /** Origin form, as sent. */
  readonly target: string;
  readonly section: Section;
  /** Where it begins, and where what follows it does, in the bytes it was read from. */
  readonly start: number;
  readonly end: number;
}

export interface HeadContext {
  readonly sections: SectionTable;
  /** What the last request of the connection had: most have the same. */
  readonly lastSection: Section | undefined;
  /** Longer heads are for the full parser. */
  readonly maxBytes: number;
}

const GET = Buffer.from('GET /');
const HEAD = Buffer.from('HEAD /');
const VERSION = Buffer.from(' HTTP/1.1\r\n');
const SECTION_END = Buffer.from('\r\n\r\n');
const SLASH_BYTES = 1;
const LINE_END_BYTES = 2;

/** Visible ASCII. A fragment is no part of a target (RFC 9112 §3.2). */
const IN_TARGET = Uint8Array.from({ length: 256 }, (_, code) =>
  code > 0x20 && code < 0x7f && code !== 0x23 ? 1 : 0,
);

/**
 * Reads the plainest form of a request, and nothing else: `GET` or `HEAD`, a path, HTTP/1.1, whole field
 * lines that end in CRLF, one Host, no content, nothing to be negotiated for the connection but whether it
 * stays. Every recipient reads these bytes in the same way (RFC 9112 §2.2 to §5.1 leave no choice in them).
 * `partial`: its end has not come yet, and it may be anything. `other`: it is for the full parser.
 */
export function readPlainHead(
  bytes: Buffer,
  start: number,
  { sections, lastSection, maxBytes }: HeadContext,
): PlainHead | 'partial' | 'other' {
  const method = methodAt(bytes, start);
  const targetStart = start + (method === 'HEAD' ? HEAD.length : GET.length) - SLASH_BYTES;
  let targetEnd = targetStart;
  while (IN_TARGET[bytes[targetEnd] as number] === 1) targetEnd += 1;
  if (method === undefined || !isAt(bytes, VERSION, targetEnd))
    return unread(bytes, start, maxBytes);
  const sectionStart = targetEnd + VERSION.length;
  let section = lastSection;
  if (section === undefined || !sections.has(section) || !section.isAt(bytes, sectionStart)) {
    // Of a section without lines the line end before it is part.
    const sectionEnd = bytes.indexOf(SECTION_END, sectionStart - LINE_END_BYTES);
    if (sectionEnd === -1) return unread(bytes, start, maxBytes);
    if (sectionEnd + SECTION_END.length - start > maxBytes) return 'other';
    section = sections.of(bytes.toString('latin1', sectionStart, sectionEnd + SECTION_END.length));
    if (section === undefined) return 'other';
  }
  const end = sectionStart + section.bytes.length;
  if (end - start > maxBytes) return 'other';
  return { method, target: bytes.toString('latin1', targetStart, targetEnd), section, start, end };
}

function methodAt(bytes: Buffer, at: number): PlainHead['method'] | undefined {
  if (isAt(bytes, GET, at)) return 'GET';
  return isAt(bytes, HEAD, at) ? 'HEAD' : undefined;
}

/** False also where not all of it is there. */
function isAt(bytes: Buffer, text: Buffer, at: number): boolean {
  for (let index = 0; index < text.length; index += 1)
    if (bytes[at + index] !== text[index]) return false;
  return true;
}

function unread(bytes: Buffer, start: number, maxBytes: number): 'partial' | 'other' {
  const isWhole = bytes.indexOf(SECTION_END, start) !== -1;
  return isWhole || bytes.length - start > maxBytes ? 'other' : 'partial';
}
