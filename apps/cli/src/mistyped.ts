import { existsSync } from 'node:fs';

import { PopletError } from '@poplet/policy';
import type { Command } from 'commander';

/** What could be a command, rather than a folder or an address. */
const WORD = /^[a-z]{2,}$/iu;

/**
 * Throws PopletError `invalid-option` where the first words are almost a command: else its arguments
 * would be complained of, or a folder of that name.
 */
export async function mustBeSpelt(words: readonly string[], program: Command): Promise<void> {
  const [first = '', second = ''] = words;
  const known = program.commands.find((one) => one.name() === first);
  if (known === undefined) {
    if (!existsSync(first)) await suggest(first, program);
  } else if (known.commands.length > 0) await suggest(second, known);
}

async function suggest(word: string, parent: Command): Promise<void> {
  const names = [...parent.commands.map((one) => one.name()), 'help'];
  if (!WORD.test(word) || names.includes(word)) return;
  // All else is loaded only where it is needed.
  const { nearestName } = await import('@poplet/cdn/start');
  const meant = nearestName(word, names);
  const path = pathOf(parent);
  // Of commands that take nothing else, any other word is a mistake.
  if (meant === undefined && parent.parent === null) return;
  const what =
    parent.parent === null
      ? `there is neither a folder nor a command "${word}"`
      : `there is no command "${path} ${word}"`;
  throw new PopletError('invalid-option', what, {
    hint:
      meant === undefined
        ? `${path} --help shows its commands`
        : `did you mean "${path} ${meant}"?`,
  });
}

/** As one types it: `poplet clock`. */
export function pathOf(command: Command): string {
  const above = command.parent;
  return above === null ? command.name() : `${pathOf(above)} ${command.name()}`;
}
