import type { FieldReader } from './field-readers.ts';

/** Shapes that make careless parsers quadratic. */
export interface Adversary {
  readonly prefix: string;
  /** Repeated up to the length that is asked for. */
  readonly piece: string | ((index: number) => string);
}

const REPEATED: readonly (readonly [prefix: string, piece: string])[] = [
  ['', ','],
  ['', ', '],
  ['', ' '],
  ['', '\t'],
  ['', 'a'],
  ['', 'A'],
  ['', '9'],
  ['', '0'],
  ['', '1.'],
  ['', '\xe9'],
  ['', '"'],
  ['', '"\\'],
  ['"', '\\'],
  ['"', 'a'],
  ['"', '\\"'],
  ['', '"",'],
  ['', '"a" '],
  ['', 'W/'],
  ['', 'W/"'],
  ['', 'W/"a",'],
  ['', '"a",'],
  ['', 'a,'],
  ['', 'a b,'],
  ['', 'a;q=0.5,'],
  ['', 'a;'],
  ['a;', ' '],
  ['a', ' ;'],
  ['', ';'],
  ['', '('],
  ['(', 'a '],
  ['', '(),'],
  ['', 'a='],
  ['', 'a=1,'],
  ['', ';a=1'],
  ['a', ';a=1'],
  ['', ':'],
  [':', 'A'],
  ['', ':AA==:,'],
  ['%"', '%c3%bc'],
  ['%"', 'a'],
  ['', '='],
  ['', 'no-store '],
  ['', 'max-age=x,'],
  ['private="', 'a,'],
  ['x="', 'private '],
  ['bytes=', '1-2,'],
  ['bytes=', '-'],
  ['bytes=', '9'],
  ['bytes ', '9'],
  ['bytes 0-', '9'],
  ['Sun, ', ' '],
];

export const ADVERSARIES: readonly Adversary[] = [
  ...REPEATED.map(([prefix, piece]) => ({ prefix, piece })),
  // No two members are the same, so that what is kept of them grows.
  { prefix: '', piece: (index) => `a${index},` },
  { prefix: '', piece: (index) => `a${index}=${index},` },
  { prefix: '', piece: (index) => `a${index};q=0.${index % 1000},` },
  { prefix: '', piece: (index) => `"a${index}",` },
  { prefix: 'private="', piece: (index) => `a${index},` },
  { prefix: 'a', piece: (index) => `;a${index}=1` },
  { prefix: 'bytes=', piece: (index) => `${index * 10}-${index * 10 + 5},` },
];

export function adversaryName({ prefix, piece }: Adversary): string {
  const repeated = typeof piece === 'string' ? piece : `${piece(1)}${piece(2)}`;
  return `${JSON.stringify(prefix)} + ${JSON.stringify(repeated)}…`;
}

function adversaryText({ prefix, piece }: Adversary, characters: number): string {
  let text = prefix;
  for (let index = 0; text.length < characters; index++) {
    text += typeof piece === 'string' ? piece : piece(index);
  }
  // Flat, as a string from a socket is: V8 keeps a concatenation as a tree.
  return JSON.parse(JSON.stringify(text.slice(0, characters))) as string;
}

export interface GrowthInput {
  readonly reader: FieldReader;
  readonly adversary: Adversary;
  readonly smallCharacters: number;
  readonly largeCharacters: number;
  /** What is measured again, while time lasts, when it is over this. */
  readonly bound: number;
  /** Timings of each text, at least. Default: 3. */
  readonly rounds?: number;
  /** Default: 4 seconds. */
  readonly budgetMs?: number;
}

/** One timing lasts at least so long, by repetition: below it the clock is measured. */
const TIMING_MS = 0.05;
const MOST_CALLS = 4096;

/**
 * How often as long the large text takes as the small one, by the least of several timings of each:
 * noise only ever adds. A function that takes too long is measured again, and stays there if it is to blame.
 */
export function growth({
  reader,
  adversary,
  smallCharacters,
  largeCharacters,
  bound,
  rounds = 3,
  budgetMs = 4000,
}: GrowthInput): number {
  const small = adversaryText(adversary, smallCharacters);
  const large = adversaryText(adversary, largeCharacters);
  const startMs = performance.now();
  const calls = callsPerTiming(reader, small);
  let leastSmall = Number.POSITIVE_INFINITY;
  let leastLarge = Number.POSITIVE_INFINITY;
  let ratio = Number.POSITIVE_INFINITY;
  const goesOn = (): boolean => ratio > bound && performance.now() - startMs < budgetMs;
  for (let round = 0; round < rounds || goesOn(); round++) {
    leastSmall = Math.min(leastSmall, elapsedMs(reader, small, calls));
    leastLarge = Math.min(leastLarge, elapsedMs(reader, large, calls));
    ratio = leastLarge / leastSmall;
  }
  return ratio;
}

function callsPerTiming(reader: FieldReader, text: string): number {
  let calls = 1;
  while (calls < MOST_CALLS && elapsedMs(reader, text, calls) < TIMING_MS) calls *= 2;
  return calls;
}

function elapsedMs(reader: FieldReader, text: string, calls: number): number {
  const startMs = performance.now();
  for (let left = calls; left > 0; left--) reader.read(text);
  return performance.now() - startMs;
}
