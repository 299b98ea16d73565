// The programs that are measured and that measure; they come with the system, not from npm.

import path from 'node:path';

import { findOnPath } from '@poplet/tools/find-browser';
import { findOrInstall } from '@poplet/tools/find-server';
import { run } from '@poplet/tools/repository';

// Where servers lie, which the PATH of a person may leave out.
process.env['PATH'] = [process.env['PATH'], '/usr/local/sbin', '/usr/sbin'].join(path.delimiter);

/** The path of an installed program. */
export function findProgram(name: string): string | undefined {
  return findOnPath([name]);
}

/** What makes the load, each with the package of Debian that brings it. */
const LOADERS = { wrk: 'wrk', h2load: 'nghttp2-client' };

/** The path of what makes the load; it is installed where it is missing and that can be done. Throws with the way out. */
export async function loader(name: keyof typeof LOADERS): Promise<string> {
  const debianPackage = LOADERS[name];
  const variable = `POPLET_${name.toUpperCase()}`;
  const { program } = await findOrInstall({
    title: name,
    debianPackage,
    variable,
    wayOut: `Install ${debianPackage}, or set ${variable} to the path of its program.`,
    find: (named) => named ?? findProgram(name),
  });
  return program;
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
