import type { FieldLines } from '../headers.ts';

/** A change of a header section: fields set to one line each, and fields removed. */
export interface HeaderPatch {
  readonly set: readonly (readonly [name: string, value: string])[];
  readonly remove: readonly string[];
}

/**
 * The section under a patch. A field that is set stands where its first line stood, or else at the end;
 * its other lines go. Applying a patch twice is applying it once.
 */
export function applyHeaderPatch(lines: FieldLines, { set, remove }: HeaderPatch): FieldLines {
  const values = new Map(set.map(([name, value]) => [name.toLowerCase(), [name, value] as const]));
  const removed = new Set(remove.map((name) => name.toLowerCase()));
  const written = new Set<string>();
  const patched: string[] = [];
  for (let index = 0; index < lines.length; index += 2) {
    const name = lines[index] as string;
    const key = name.toLowerCase();
    const changed = values.get(key);
    if (changed === undefined) {
      if (!removed.has(key)) patched.push(name, lines[index + 1] as string);
    } else if (!written.has(key)) {
      written.add(key);
      patched.push(...changed);
    }
  }
  for (const [key, line] of values) if (!written.has(key)) patched.push(...line);
  return patched;
}
