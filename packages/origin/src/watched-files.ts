import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { isAbsence } from './locate.ts';

/**
 * A build empties its folder before it writes. For this long after a file vanished what stood in it still
 * holds: a page must not lose its `no-store` in between.
 */
const GRACE_MS = 2000;

/** One file, by the name under which it is told of. */
export interface WatchedFile {
  readonly name: string;
  readonly file: string;
}

interface FileState {
  /** What tells one state of the file from another; null: there is no file. */
  readonly identity: string | null;
  /** Null: there is no file. */
  readonly text: string | null;
  readonly goneSinceMs: number | null;
}

const ABSENT: FileState = { identity: null, text: null, goneSinceMs: null };

/** What stands in some files, read again when they change. */
export class WatchedFiles {
  readonly #files: readonly WatchedFile[];
  #states: ReadonlyMap<string, FileState> = new Map();

  constructor(files: readonly WatchedFile[]) {
    this.#files = files;
  }

  /** The text of each file that there is, by name. */
  get texts(): ReadonlyMap<string, string> {
    const texts = new Map<string, string>();
    for (const [name, { text }] of this.#states) if (text !== null) texts.set(name, text);
    return texts;
  }

  /** Reads what has changed; whether anything has. `isFresh`: without waiting for files that vanished. */
  async look({ isFresh }: { readonly isFresh: boolean }): Promise<boolean> {
    const states = new Map<string, FileState>();
    let hasChanged = false;
    await Promise.all(
      this.#files.map(async ({ name, file }) => {
        const before = this.#states.get(name) ?? ABSENT;
        const after = await stateOf(file, before, isFresh);
        hasChanged ||= after.text !== before.text;
        states.set(name, after);
      }),
    );
    this.#states = states;
    return hasChanged;
  }
}

async function stateOf(file: string, before: FileState, isFresh: boolean): Promise<FileState> {
  const identity = await identityOf(file);
  if (identity === before.identity && identity !== null && !isFresh)
    return { ...before, goneSinceMs: null };
  if (identity === null) {
    if (before.text === null || isFresh) return ABSENT;
    const goneSinceMs = before.goneSinceMs ?? Date.now();
    return Date.now() - goneSinceMs < GRACE_MS ? { ...before, goneSinceMs } : ABSENT;
  }
  try {
    // After its identity: should it change meanwhile, the next look sees it.
    return { identity, text: await readFile(file, 'utf8'), goneSinceMs: null };
  } catch (error) {
    if (isAbsence(error)) return before;
    throw error;
  }
}

/** A folder of that name is none; nor is an empty file: that is how one that is just being written looks. */
async function identityOf(file: string): Promise<string | null> {
  try {
    const found = await stat(file, { bigint: true });
    const { dev, ino, size, mtimeNs, ctimeNs } = found;
    return found.isFile() && size > 0n ? [dev, ino, size, mtimeNs, ctimeNs].join(':') : null;
  } catch (error) {
    if (isAbsence(error)) return null;
    throw error;
  }
}

/** Where a project's own file lies: in the folder that is served, or in one above it, up to the project's root; else undefined. */
export async function projectFile(folder: string, name: string): Promise<string | undefined> {
  for (let at = folder; ; at = path.dirname(at)) {
    const file = path.join(at, name);
    if (await isThere(file)) return file;
    const isRoot =
      (await isThere(path.join(at, 'package.json'))) || (await isThere(path.join(at, '.git')));
    if (isRoot || path.dirname(at) === at) return undefined;
  }
}

/** Whether there is anything of that name. */
export async function isThere(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
