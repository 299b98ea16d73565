import { PopletError } from '@poplet/policy';
import type { Imported } from '@poplet/vendors/import';

import { readJson } from './load-config.ts';

/**
 * What a vendor's own configuration, in one file or several, comes to. Throws PopletError `config-invalid` with
 * file, place and what was expected.
 */
export async function importPolicy(files: readonly string[]): Promise<Imported> {
  const { importFiles } = await import('@poplet/vendors/import');
  const read = files.map(async (file) => ({ file, value: await readImported(file) }));
  return importFiles(await Promise.all(read));
}

async function readImported(file: string): Promise<unknown> {
  try {
    return await readJson(file);
  } catch (error) {
    if (error instanceof PopletError) throw error;
    throw new PopletError('config-invalid', `${file} cannot be read: ${(error as Error).message}`, {
      hint: 'name a file that aws cloudfront get-distribution-config wrote, or a ruleset of Cloudflare',
      cause: error,
    });
  }
}
