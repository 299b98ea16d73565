import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Writes the configuration of this folder's `name` to `file`, each `@word@` in it replaced. */
export function writeConfiguration(
  name: string,
  file: string,
  values: Readonly<Record<string, string | number>>,
): void {
  const template = readFileSync(path.join(import.meta.dirname, name), 'utf8');
  const text = template.replaceAll(/@(\w+)@/gu, (_, word: string) => {
    const value = values[word];
    if (value === undefined) throw new Error(`${name} asks for @${word}@, which is not given`);
    return String(value);
  });
  writeFileSync(file, text);
}
