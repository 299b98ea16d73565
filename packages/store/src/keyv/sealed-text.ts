import { checksumOf } from '../checksum.ts';

/** Plain data as a text in ASCII that says whether it is whole. */
export function sealed(value: unknown): string {
  // Databases differ in what they take beyond ASCII, and in how they count it.
  const text = JSON.stringify(value).replaceAll(/[^\0-\u007F]/gu, (character) =>
    Array.from({ length: character.length }, (_, index) =>
      escaped(character.charCodeAt(index)),
    ).join(''),
  );
  return `${checksumOf(text)} ${text}`;
}

function escaped(code: number): string {
  return `\\u${code.toString(16).padStart(4, '0')}`;
}

/** Undefined for what is missing, damaged or cut off. */
export function unsealed(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  const space = text.indexOf(' ');
  const rest = text.slice(space + 1);
  if (checksumOf(rest) !== text.slice(0, space)) return undefined;
  return JSON.parse(rest);
}
