// Each `DEVIATION(rfcNNNN#x)` of the sources is listed in docs/deviations.md, and back.

import { findFiles, readText } from './repository.ts';
import { lineAt } from './source-text.ts';

const DOCUMENT = 'docs/deviations.md';

export interface Deviation {
  /** As in `rfc9111#5.2.2.10`. */
  readonly id: string;
  /** `file:line` of the comment. */
  readonly at: string;
}

export function deviationsIn(file: string, text: string): Deviation[] {
  return text
    .matchAll(/\bDEVIATION\((rfc\d+#[\w.-]+)\)/gu)
    .map((match) => ({ id: match[1] ?? '', at: `${file}:${lineAt(text, match.index)}` }))
    .toArray();
}

/** An entry is a heading, list item or table row that begins with the id in backticks. */
export function documentedDeviations(markdown: string): string[] {
  return markdown
    .matchAll(/^(?:#+|[-*|]) `(rfc\d+#[\w.-]+)`/gmu)
    .map((match) => match[1] ?? '')
    .toArray();
}

export function compareDeviations(
  found: readonly Deviation[],
  documented: readonly string[],
): string[] {
  return [
    ...found
      .filter(({ id }) => !documented.includes(id))
      .map(({ id, at }) => `${at}: ${id} is not listed in ${DOCUMENT}`),
    ...documented
      .filter((id) => !found.some((deviation) => deviation.id === id))
      .map((id) => `${DOCUMENT}: lists ${id}, which no source marks`),
    ...documented
      .filter((id, index) => documented.indexOf(id) !== index)
      .map((id) => `${DOCUMENT}: lists ${id} twice`),
  ];
}

export function checkDeviations(): string[] {
  const found = findFiles('{packages,apps}/*/src/**/*.{ts,tsx}').flatMap((file) =>
    deviationsIn(file, readText(file)),
  );
  return compareDeviations(found, documentedDeviations(readText(DOCUMENT)));
}
