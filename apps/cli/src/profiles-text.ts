/** All text of `poplet profiles`. */
import type { ProfileOption } from '@poplet/cdn';

import { width, wrapped } from './lines.ts';
import { paint } from './output.ts';

interface ListedProfile {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly ProfileOption[];
}

/** One line for each profile; of one alone, also what can be set of it. */
export function profilesText(
  profiles: readonly ListedProfile[],
  { isAlone }: { readonly isAlone: boolean },
): string {
  const nameWidth = Math.max(...profiles.map(({ name }) => name.length));
  const lines = profiles.map(({ name, summary }) => `${name.padEnd(nameWidth)}  ${summary}`);
  return `${(isAlone ? [...lines, ...profiles.flatMap(optionLines)] : lines).join('\n')}\n`;
}

function optionLines({ name: profile, options }: ListedProfile): readonly string[] {
  const [first] = options;
  if (first === undefined) return ['', 'Nothing of it can be set.'];
  const usage = `--profile ${profile}:${first.name}=${valuesOf(first).split('|').at(-1)}`;
  return ['', `To be set as in ${usage}`, ...options.flatMap(linesOf)];
}

function linesOf(option: ProfileOption): readonly string[] {
  const { name, summary, standard, doubt } = option;
  const doubts = doubt === undefined ? [] : [`not sure: ${doubt}`];
  const words = [summary, `${valuesOf(option)}; else ${standard || 'none'}`, ...doubts];
  return [
    '',
    `  ${paint('bold', name)}`,
    ...words.flatMap((text) => wrapped(text, width() - 4).map((line) => `    ${line}`)),
  ];
}

function valuesOf({ values }: ProfileOption): string {
  switch (values.kind) {
    case 'choice':
      return values.choices.join('|');
    case 'seconds':
      return '<seconds>';
    case 'fields':
      return '<name>+<name>';
    default:
      return values satisfies never;
  }
}
