// Bytes that are nearly requests: one to three of them on a connection, with what attackers change.

/** Numbers that a seed determines (mulberry32). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0, below `bound`. */
  below(bound: number): number {
    this.#state = (this.#state + 0x6d_2b_79_f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  }

  oneOf<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }

  /** Twelve letters: no change to one word makes another one of it. */
  word(): string {
    return Array.from({ length: 12 }, () => this.oneOf(Array.from('bcdfghjklmnp'))).join('');
  }

  chance(percent: number): boolean {
    return this.below(100) < percent;
  }
}

/** What is put between, or in place of, other bytes. */
const PIECES = [
  '\r',
  '\n',
  '\r\n',
  '\r\n\r\n',
  '\n\n',
  ' ',
  '\t',
  '\0',
  '\x0b',
  '\x0c',
  '\x7f',
  '\x85',
  '\xa0',
  ':',
  ';',
  ',',
  '"',
  '/',
  '#',
  '@',
  '0',
  '5',
  'a',
  '-',
  '+',
  '0x',
  'chunked',
  'identity',
  'Content-Length: 5\r\n',
  'Content-Length: 0\r\n',
  'content-length:5\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Transfer-Encoding : chunked\r\n',
  'transfer-encoding:\tchunked\r\n',
  'Transfer-Encoding: identity\r\n',
  'Connection: close\r\n',
  'Connection: Content-Length\r\n',
  'Connection: Transfer-Encoding\r\n',
  'Connection: Upgrade\r\nUpgrade: websocket\r\n',
  'Expect: 100-continue\r\n',
  'Host: evil.test\r\n',
  'X: 1\r\n 2\r\n',
  '0\r\n\r\n',
  '5\r\n',
  ';ext',
  ' HTTP/1.1',
  ' HTTP/1.0',
] as const;

/** Bytes for one connection; `path` begins every target. */
export function randomBytes(random: Random, path: string): string {
  const count = 1 + random.below(3);
  let bytes = '';
  for (let index = 0; index < count; index += 1) bytes += randomRequest(random, `${path}/${index}`);
  const changes = random.chance(15) ? 0 : 1 + random.below(4);
  for (let change = 0; change < changes; change += 1) bytes = changed(random, bytes);
  return bytes;
}

function randomRequest(random: Random, path: string): string {
  const method = random.oneOf([
    'GET',
    'GET',
    'POST',
    'POST',
    'POST',
    'HEAD',
    'PUT',
    'DELETE',
    'OPTIONS',
    'TRACE',
    'PATCH',
  ]);
  const target = random.chance(10) ? `http://edge.test${path}` : path;
  const version = random.chance(8) ? '1.0' : '1.1';
  const lines = ['Host: edge.test'];
  if (random.chance(15))
    lines.push(random.oneOf(['X-A: 1', 'Cookie: a=b', 'Accept: */*', 'X-Empty:']));
  if (random.chance(6)) lines.push('Connection: close');
  if (random.chance(4)) lines.push('Expect: 100-continue');
  const content = randomContent(random, path);
  const framing = random.below(method === 'GET' || method === 'HEAD' ? 5 : 3);
  let framed = '';
  if (framing === 0) {
    lines.push('Transfer-Encoding: chunked');
    framed = inChunks(random, content);
  } else if (framing === 1) {
    lines.push(`Content-Length: ${content.length}`);
    framed = content;
  }
  if (random.chance(30)) lines.reverse();
  return [`${method} ${target} HTTP/${version}`, ...lines, '', framed].join('\r\n');
}

function randomContent(random: Random, path: string): string {
  const hidden = `GET ${path}/hidden HTTP/1.1\r\nHost: edge.test\r\n\r\n`;
  return random.oneOf([
    '',
    'abcde',
    hidden,
    `0\r\n\r\n${hidden}`,
    `x${hidden}${hidden}`,
    `5\r\nabcde\r\n`,
  ]);
}

function inChunks(random: Random, content: string): string {
  let chunks = '';
  for (let rest = content; rest !== '';) {
    const size = 1 + random.below(rest.length);
    const written = random.oneOf([
      size.toString(16),
      size.toString(16).toUpperCase(),
      `0${size.toString(16)}`,
    ]);
    const extension = random.chance(10) ? random.oneOf([';a', ';a=b', ';a="b;c"']) : '';
    chunks += `${written}${extension}\r\n${rest.slice(0, size)}\r\n`;
    rest = rest.slice(size);
  }
  const trailers = random.chance(10) ? 'X-Trailer: 1\r\n' : '';
  return `${chunks}0\r\n${trailers}\r\n`;
}

function changed(random: Random, bytes: string): string {
  // Near a line end more often than not: that is where messages are told apart.
  const ends = [...bytes.matchAll(/\r\n|: /gu)].map(({ index }) => index);
  const place =
    random.chance(60) && ends.length > 0
      ? random.oneOf(ends) + random.below(3)
      : random.below(bytes.length + 1);
  const before = bytes.slice(0, place);
  const after = bytes.slice(place);
  const piece = random.oneOf(PIECES);
  switch (random.below(7)) {
    case 0:
    case 1:
      return before + piece + after;
    case 2:
      return before + after.slice(1 + random.below(3));
    case 3:
      return before + piece + after.slice(piece.length);
    case 4:
      return before + after.replace('\r\n', random.oneOf(['\n', '\r', '\r\r\n', '\n\r', '']));
    case 5: {
      // A line once more.
      const [line = ''] = /[^\n]*\n/u.exec(after) ?? [];
      return before + line + after;
    }
    default: {
      const flipped = after.replace(/[a-z]|\d/iu, (character) =>
        /\d/u.test(character)
          ? String(random.below(10))
          : character === character.toLowerCase()
            ? character.toUpperCase()
            : character.toLowerCase(),
      );
      return before + flipped;
    }
  }
}
