/** A source of numbers that gives the same ones for the same seed. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 up to, not including, `limit`. */
  below(limit: number): number {
    // Mulberry32: a counter, scattered by two multiplications.
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return Math.floor((((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32) * limit);
  }

  of<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }
}

/** Pieces from which a field value is likely to be built, or broken. */
export const PIECES = [
  ',',
  ', ',
  ' ,',
  ',,',
  ' ',
  '\t',
  '"',
  '\\',
  '\\"',
  '""',
  ';',
  '=',
  '*',
  '-',
  '/',
  '(',
  ')',
  ':',
  '?',
  '?1',
  '@',
  '%',
  '%"',
  "'",
  '\0',
  '\r\n',
  '\x7f',
  '\xe9',
  '\xff',
  '\u{1f600}',
  'a',
  'A',
  '0',
  '1',
  '60',
  '-1',
  '+1',
  '1.5',
  '1e9',
  '0x10',
  '9007199254740993',
  '99999999999999999999',
  '9'.repeat(400),
  'NaN',
  'Infinity',
  '__proto__',
  'constructor',
  'W/',
  'w/',
  '"x"',
  'bytes',
  'bytes=',
  'bytes ',
  '0-9',
  '-5',
  '5-',
  'q=',
  ';q=0.5',
  ';q=1.',
  'gzip',
  'en-GB',
  'max-age',
  'max-age=',
  'max-age=60',
  's-maxage',
  'no-store',
  'private',
  'no-cache',
  'private="',
  'stale-if-error=',
  'must-understand',
  'foo=',
  'foo="',
  '%c3',
  '%bc',
  ':aGk=:',
  'GMT',
  'UTC',
  '+0000',
  'Feb',
  '29',
  '30',
  '60',
  '0000',
  'Sun, ',
  'Sunday, ',
];

/**
 * One value to read: mostly a valid one with a few mutations, sometimes pieces in any order, bytes in
 * any order, long runs, or quotes and parentheses nested.
 */
export function randomFieldValue(random: Random, valid: readonly string[]): string {
  switch (random.below(8)) {
    case 0:
      return bytes(random);
    case 1:
      return pieces(random, 1 + random.below(30));
    case 2:
      return longRun(random, valid);
    case 3:
      return nested(random, random.of(valid));
    default:
      return mutated(random, random.of(valid), valid);
  }
}

function pieces(random: Random, count: number): string {
  let text = '';
  for (let index = 0; index < count; index++) text += random.of(PIECES);
  return text;
}

function bytes(random: Random): string {
  let text = '';
  for (let left = random.below(40); left > 0; left--) {
    text += String.fromCharCode(random.below(256));
  }
  return text;
}

function longRun(random: Random, valid: readonly string[]): string {
  const piece = random.below(2) === 0 ? random.of(PIECES) : random.of(valid);
  const run = piece.repeat(random.below(100));
  return random.of(valid).slice(0, random.below(10)) + run + random.of(PIECES);
}

function nested(random: Random, text: string): string {
  let value = text;
  for (let depth = random.below(5); depth > 0; depth--) {
    const escaped = value.replaceAll(/["\\]/gu, String.raw`\$&`);
    value = random.of([
      `"${value}"`,
      `"${escaped}"`,
      `(${value})`,
      `a="${escaped}", b`,
      `${value},`,
    ]);
  }
  return value;
}

function mutated(random: Random, text: string, valid: readonly string[]): string {
  let value = text;
  for (let left = random.below(5); left > 0; left--) value = mutate(random, value, valid);
  return value;
}

function mutate(random: Random, value: string, valid: readonly string[]): string {
  const from = random.below(value.length + 1);
  const to = Math.min(value.length, from + random.below(6));
  const before = value.slice(0, from);
  const cut = value.slice(from, to);
  const after = value.slice(to);
  switch (random.below(8)) {
    case 0:
      return before + after;
    case 1:
      return before + cut + cut + after;
    case 2:
      return before + random.of(PIECES) + cut + after;
    case 3:
      return before + random.of(PIECES) + after;
    case 4:
      return before + String.fromCharCode(random.below(256)) + cut.slice(1) + after;
    case 5:
      return before + cut.toUpperCase() + after;
    case 6:
      return `${value}${random.of([',', ', ', ';', ' ', ''])}${random.of(valid)}`;
    default:
      return before + cut.split('').toReversed().join('') + after;
  }
}
