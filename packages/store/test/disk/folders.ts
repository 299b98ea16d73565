import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { onTestFinished } from 'vitest';

import { openDiskStore, type DiskStoreOptions } from '../../src/disk/disk-store.ts';
import type { LocalStore } from '../../src/store.ts';

/** A folder of its own for the test at hand. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'poplet-disk-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface Opened {
  readonly store: LocalStore;
  readonly folder: string;
  /** What a person was told. */
  readonly notices: string[];
}

/** A store on disk without anything hot: what is read is read from the disk. */
export function openOnDisk(options: Partial<DiskStoreOptions> = {}): Opened {
  const notices: string[] = [];
  const folder = options.folder ?? temporaryFolder();
  const onNotice = (text: string): void => void notices.push(text.replace(folder, 'F'));
  const store = openDiskStore({ hotBytes: 0, onNotice, ...options, folder });
  onTestFinished(() => store.close());
  return { store, folder, notices };
}

/** Ends it as a process that ends well would, and opens it again. */
export async function reopened(
  { store, folder }: Opened,
  options: Partial<DiskStoreOptions> = {},
): Promise<Opened> {
  await store.close();
  return openOnDisk({ ...options, folder });
}

/** What a process that is killed at this moment leaves behind: the files as they are. */
export function crashImage({ folder }: Pick<Opened, 'folder'>): string {
  const image = temporaryFolder();
  cpSync(folder, image, { recursive: true });
  return image;
}

/** The files of all segments. */
export function segmentFiles(folder: string): string[] {
  const contents = path.join(folder, 'segments', 'content-v2');
  return readdirSync(contents, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

/** Turns one bit over. */
export function flip(file: string, byte: number): void {
  const bytes = readFileSync(file);
  bytes[byte] = (bytes[byte] as number) ^ 0x10;
  writeFileSync(file, bytes);
}
