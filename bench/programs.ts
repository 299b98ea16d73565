// The programs that are measured and that measure; they come with the system, not from npm.

import path from 'node:path';

import { findOnPath } from '@poplet/tools/find-browser';
import { run } from '@poplet/tools/repository';
import { installPackage } from '@poplet/tools/system-package';

// Where servers lie, which the PATH of a person may leave out.
process.env['PATH'] = [process.env['PATH'], '/usr/local/sbin', '/usr/sbin'].join(path.delimiter);

/** The path of an installed program. */
export function findProgram(name: string): string | undefined {
  return findOnPath([name]);
}

/** Installs a program by its package of Debian where it is missing and that can be done. Throws with the way out. */
export async function needProgram(name: string, debianPackage: string): Promise<void> {
  const isThere = (): boolean => findProgram(name) !== undefined;
  if (isThere()) return;
  const tried = await installPackage(debianPackage, isThere);
  if (isThere()) return;
  throw new Error(
    [
      `No ${name} found, and none could be installed.`,
      ...tried,
      `Install it (Debian: apt-get install ${debianPackage}).`,
    ].join('\n'),
  );
}

/** What an installed program says of its version, the first match of the pattern; undefined where it is not installed. */
export async function versionOf(
  name: string,
  flag: string,
  pattern: RegExp,
): Promise<string | undefined> {
  const program = findProgram(name);
  if (program === undefined) return undefined;
  const { output } = await run(program, [flag]);
  return pattern.exec(output)?.[0] ?? 'of unknown version';
}
