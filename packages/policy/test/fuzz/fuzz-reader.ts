import type { FieldReader } from './field-readers.ts';
import { randomFieldValue, type Random } from './field-values.ts';

/** Reads so many random values. Returns the first that was not taken as it ought to be, and why. */
export function fuzzReader(
  reader: FieldReader,
  { count, random }: { readonly count: number; readonly random: Random },
): string | undefined {
  for (let left = count; left > 0; left--) {
    const value = randomFieldValue(random, reader.valid);
    const problem = problemWith(reader, value);
    if (problem !== undefined) return `${reader.name}(${JSON.stringify(value)}) ${problem}`;
  }
  return undefined;
}

function problemWith(reader: FieldReader, value: string): string | undefined {
  try {
    return reader.holds(value) ? undefined : `gives ${JSON.stringify(reader.read(value))}`;
  } catch (error) {
    return `throws ${String(error)}`;
  }
}
