import type { ExplainRequest } from '@poplet/edge';
import { PopletError } from '@poplet/policy';

/** For options that may be repeated; undefined as long as none was given, which help would show as a default. */
export function collected(line: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), line];
}

/** What a browser sends with everything; given headers win. */
const BROWSER_HEADERS = { Accept: '*/*', 'Accept-Encoding': 'gzip, deflate, br, zstd' };

/** `Name: value` lines by name. Throws PopletError `invalid-option`. */
export function headersOf(lines: readonly string[] = []): ExplainRequest['headers'] & {} {
  const given = new Map<string, string[]>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon < 1) {
      throw new PopletError('invalid-option', `${JSON.stringify(line)} is not a header`, {
        hint: `write it as -H "Accept-Language: de"`,
      });
    }
    const name = line.slice(0, colon).trim();
    given.set(name, [...(given.get(name) ?? []), line.slice(colon + 1).trim()]);
  }
  const names = new Set(given.keys().map((name) => name.toLowerCase()));
  const added = Object.entries(BROWSER_HEADERS).filter(([name]) => !names.has(name.toLowerCase()));
  return Object.fromEntries([...added, ...given]);
}
