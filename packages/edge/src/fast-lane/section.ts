import { IncomingFields, trimOws, type FieldLines } from '@poplet/policy';

/** So many header sections, and so many bytes of them, are known at once; then all are forgotten. */
const MAX_SECTIONS = 1024;
const MAX_BYTES = 2 * 1024 * 1024;

/** Fields that are about the message or the connection: the full parser knows what they ask for. */
const FOR_THE_PARSER: ReadonlySet<string> = new Set([
  'content-length',
  'expect',
  'http2-settings',
  'proxy-connection',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** RFC 9110 §5.6.2 and §5.5: a token, a colon, visible characters and white space; no folding. */
const LINE = /([!#$%&'*+.^_`|~0-9A-Za-z-]+):([\t\x20-\x7e\x80-\xff]*)\r\n/y;

/** The header section of requests: a client that asks for many things says most of it each time. */
export class Section {
  /** With the empty line that ends it. */
  readonly bytes: Buffer;
  readonly lines: FieldLines;
  readonly fields: IncomingFields;
  /** RFC 9112 §9.6: the client wants no answer behind this one. */
  readonly endsConnection: boolean;

  constructor(text: string, lines: FieldLines, endsConnection: boolean) {
    this.bytes = Buffer.from(text, 'latin1');
    this.lines = lines;
    this.fields = new IncomingFields(lines);
    this.endsConnection = endsConnection;
  }

  /** What it takes in memory, in round figures: as bytes, as the text that its lines are cut out of, and those. */
  get heldBytes(): number {
    return 200 + this.bytes.length * 2 + this.lines.length * 40;
  }

  /** Whether these bytes are the same section. */
  isAt(bytes: Buffer, start: number): boolean {
    const end = start + this.bytes.length;
    return end <= bytes.length && bytes.compare(this.bytes, 0, this.bytes.length, start, end) === 0;
  }
}

/** The sections that came lately: equal ones are one. */
export class SectionTable {
  readonly #known = new Map<string, Section | undefined>();
  #current = new WeakSet<Section>();
  #bytes = 0;

  /** Whether it is the one for its text. */
  has(section: Section): boolean {
    return this.#current.has(section);
  }

  /** Undefined where it takes the full parser to understand it. `text`: with the empty line that ends it. */
  of(text: string): Section | undefined {
    const known = this.#known.get(text);
    if (known !== undefined || this.#known.has(text)) return known;
    if (this.#known.size >= MAX_SECTIONS || this.#bytes + text.length > MAX_BYTES) {
      this.#known.clear();
      this.#current = new WeakSet();
      this.#bytes = 0;
    }
    const section = readSection(text);
    this.#known.set(text, section);
    if (section !== undefined) this.#current.add(section);
    this.#bytes += text.length;
    return section;
  }
}

function readSection(text: string): Section | undefined {
  const lines: string[] = [];
  let hosts = 0;
  let connection: string | undefined;
  LINE.lastIndex = 0;
  while (LINE.lastIndex < text.length - 2) {
    const line = LINE.exec(text);
    if (line === null) return undefined;
    const [, name, rest] = line as unknown as readonly [string, string, string];
    const value = trimOws(rest);
    lines.push(name, value);
    const known = name.toLowerCase();
    if (FOR_THE_PARSER.has(known)) return undefined;
    if (known === 'host') hosts += 1;
    if (known === 'connection') {
      if (connection !== undefined) return undefined;
      connection = value.toLowerCase();
    }
  }
  // RFC 9112 §3.2: which of two hosts is meant is anybody's guess.
  if (hosts !== 1) return undefined;
  if (connection !== undefined && connection !== 'keep-alive' && connection !== 'close')
    return undefined;
  return new Section(text, lines, connection === 'close');
}
