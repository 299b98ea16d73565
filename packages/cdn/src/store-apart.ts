import { realpath } from 'node:fs/promises';
import path from 'node:path';

import { PopletError } from '@poplet/policy';

/**
 * What is stored must not lie where it would be served: visitors could fetch it, and what is served
 * would change with every request. Hidden folders (`.store`) are not served. Throws PopletError
 * `invalid-option`.
 */
export async function mustLieApart(
  store: string | undefined,
  served: readonly string[],
): Promise<void> {
  const named = /^disk:(?<folder>.+)$/su.exec(store ?? '')?.groups?.['folder'];
  if (named === undefined) return;
  const folder = await realPathOf(path.resolve(named));
  for (const source of served) {
    const inside = path.relative(await realPathOf(path.resolve(source)), folder);
    const segments = inside.split(path.sep);
    const isOutside = segments[0] === '..' || path.isAbsolute(inside);
    const isHidden = segments.some((one) => one.startsWith('.') && one !== '.well-known');
    if (isOutside || isHidden) continue;
    throw new PopletError(
      'invalid-option',
      `the store ${named} lies in ${source}, which is served`,
      {
        hint: 'keep it elsewhere, or in a hidden folder: --store disk:.poplet-store',
      },
    );
  }
}

/** Links followed as far as the path exists. */
async function realPathOf(file: string): Promise<string> {
  const above = path.dirname(file);
  return await realpath(file).catch(async () =>
    above === file ? file : path.join(await realPathOf(above), path.basename(file)),
  );
}
