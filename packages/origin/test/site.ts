import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { createOrigin, type Origin, type OriginOptions } from '@poplet/origin';

/** File contents by path. */
export type Files = Readonly<Record<string, string | Buffer>>;

/** Writes a site into a folder of its own, gone after the test. */
export async function writeSite(files: Files): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'poplet-origin-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await addFiles(folder, files);
  return folder;
}

export async function addFiles(folder: string, files: Files): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
  }
}

export interface ServedSite {
  readonly origin: Origin;
  readonly folder: string;
  readonly url: string;
  readonly port: number;
}

/** Serves a site over a real socket until the test ends. */
export async function serveSite(
  files: Files,
  options: Omit<OriginOptions, 'folder'> = {},
): Promise<ServedSite> {
  const folder = await writeSite(files);
  return serveFolder(folder, options);
}

export async function serveFolder(
  folder: string,
  options: Omit<OriginOptions, 'folder'> = {},
): Promise<ServedSite> {
  const origin = await createOrigin({ ...options, folder });
  onTestFinished(() => origin.close());
  return { origin, folder, ...(await origin.listen()) };
}
