// Each dependency of the catalog has one line in docs/dependencies.md, and each line names a real one.

import { readText } from './repository.ts';

const DOCUMENT = 'docs/dependencies.md';

/** The names under `catalog:` in pnpm-workspace.yaml. */
export function catalogNames(workspaceYaml: string): string[] {
  const block = /^catalog:\n((?:[ #].*\n|\n)*)/mu.exec(workspaceYaml)?.[1] ?? '';
  return block
    .matchAll(/^ {2}'?([\w@/.-]+)'?: /gmu)
    .map((match) => match[1] ?? '')
    .toArray();
}

/** The first cell of each table row, where it is a name in backticks. */
export function documentedNames(markdown: string): string[] {
  return markdown
    .matchAll(/^\| `([^`]+)` \|/gmu)
    .map((match) => match[1] ?? '')
    .toArray();
}

export function compareNames(catalog: readonly string[], documented: readonly string[]): string[] {
  const twice = documented.filter((name, index) => documented.indexOf(name) !== index);
  return [
    ...catalog
      .filter((name) => !documented.includes(name))
      .map((name) => `${DOCUMENT}: no line for ${name}, which the catalog has`),
    ...documented
      .filter((name) => !catalog.includes(name))
      .map((name) => `${DOCUMENT}: names ${name}, which the catalog has not`),
    ...twice.map((name) => `${DOCUMENT}: names ${name} twice`),
  ];
}

export function checkDependencies(): string[] {
  return compareNames(
    catalogNames(readText('pnpm-workspace.yaml')),
    documentedNames(readText(DOCUMENT)),
  );
}
