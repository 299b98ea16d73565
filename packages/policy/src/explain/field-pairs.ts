import type { FieldLines } from '../headers.ts';

/** Names and values, as JSON has them. */
export type FieldPairs = readonly (readonly [name: string, value: string])[];

/** Field lines as pairs. */
export function fieldPairs(lines: FieldLines): FieldPairs {
  const pairs: (readonly [string, string])[] = [];
  for (let index = 0; index < lines.length; index += 2)
    pairs.push([lines[index] as string, lines[index + 1] as string]);
  return pairs;
}
