import { constants } from 'node:fs/promises';
import path from 'node:path';

import { may } from './may.ts';

/** Where a program is, by the PATH; undefined: it is not there. */
export async function findProgram(
  name: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  // An ordinary user's PATH lacks where programs for the administrator are.
  const folders = [...(env['PATH'] ?? '').split(path.delimiter), '/usr/sbin', '/sbin'];
  for (const folder of folders) {
    if (!path.isAbsolute(folder)) continue;
    const file = path.join(folder, name);
    if (await may(file, constants.X_OK)) return file;
  }
  return undefined;
}
