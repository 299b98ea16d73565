import { createHash } from 'node:crypto';
import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, open, readlink, realpath } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

/** A file held open, and the hash of what is in it. */
export interface OpenFile {
  readonly handle: FileHandle;
  readonly stats: BigIntStats;
  readonly sizeBytes: number;
  readonly modifiedAtMs: number;
  /** Of the whole content: 22 characters of base64url. */
  readonly hash: string;
}

/** The file is being written to. */
export class FileBusyError extends Error {
  override readonly name = 'FileBusyError';
}

/** How often, and how many milliseconds apart, a file that is being written to is looked at. */
const ATTEMPTS = 20;
const PAUSE_MS = 15;

/**
 * A file written to within one tick of the file system's clock shows the same times before and after.
 * The times are trusted only once they lie this far back: the coarsest clock in use (FAT) ticks at 2 s.
 */
const SETTLED_AFTER_MS = 2100;

/** Hashes kept; a few megabytes. */
const MAX_HASHES = 20_000;

const CHUNK_BYTES = 1_048_576;

/**
 * Opens files together with the hash of their content, which is their entity tag. Size and time would
 * be cheaper, but two builds of the same length made at a set time (SOURCE_DATE_EPOCH) would share
 * them. A hash is made on first use and kept for as long as inode, size, mtime and ctime stay.
 */
export class FileVersions {
  readonly #hashes = new Map<string, string>();
  readonly #nowMs: () => number;
  #hashed = 0;

  /** File times are real time, and compared with nothing else. */
  constructor({ nowMs = Date.now }: { readonly nowMs?: () => number } = {}) {
    this.#nowMs = nowMs;
  }

  /** How many hashes have been made. */
  get hashed(): number {
    return this.#hashed;
  }

  /**
   * `file` is a real path, without symbolic links. The caller closes the handle. Throws what `open` throws
   * (ELOOP where a link has taken the file's place), and FileBusyError when the file does not stand still.
   */
  async open(file: string): Promise<OpenFile> {
    for (let attempt = 1; ; attempt++) {
      // A FIFO put in the file's place must not hold the request up.
      const handle = await open(file, FLAGS);
      try {
        const stats = await handle.stat({ bigint: true });
        // A folder above it may have become a link since the path was vetted.
        const isVetted = stats.isFile() && (await pathOf(handle, file)) === file;
        const hash = isVetted ? await this.#hashOf(handle, stats) : null;
        if (hash !== null) {
          const modifiedAtMs = Number(stats.mtimeNs / 1_000_000n);
          return { handle, stats, sizeBytes: Number(stats.size), modifiedAtMs, hash };
        }
      } catch (error) {
        await handle.close();
        throw error;
      }
      await handle.close();
      if (attempt === ATTEMPTS) throw new FileBusyError(`${file} keeps changing`);
      await pause(PAUSE_MS);
    }
  }

  /** Null when the file changed while it was read. */
  async #hashOf(handle: FileHandle, stats: BigIntStats): Promise<string | null> {
    const { dev, ino, size, mtimeNs, ctimeNs } = stats;
    const key = [dev, ino, size, mtimeNs, ctimeNs].join(':');
    const known = this.#hashes.get(key);
    if (known !== undefined) return known;

    const settledMs = this.#nowMs() - SETTLED_AFTER_MS;
    const isSettled = Number((mtimeNs > ctimeNs ? mtimeNs : ctimeNs) / 1_000_000n) < settledMs;
    this.#hashed++;
    const hash = await hashContent(handle, Number(size));
    if (hash === null || !(await isUnchanged(handle, stats))) return null;
    if (isSettled) this.#keep(key, hash);
    return hash;
  }

  #keep(key: string, hash: string): void {
    const [oldest] = this.#hashes.keys();
    if (this.#hashes.size >= MAX_HASHES && oldest !== undefined) this.#hashes.delete(oldest);
    this.#hashes.set(key, hash);
  }
}

// Windows has none of these but the first.
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0);

/** Where an open file really lies: what its descriptor says (Linux), or what its name leads to by now. */
async function pathOf({ fd }: FileHandle, file: string): Promise<string> {
  const known = await readlink(`/proc/self/fd/${fd}`).catch(() => null);
  return known ?? realpath(file);
}

/** The hash that makes an entity tag; 128 bits and a few are beyond chance. */
export class ContentHash {
  readonly #hash = createHash('sha256');

  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  digest(): string {
    return this.#hash.digest('base64url').slice(0, 22);
  }
}

/** Whether the open file still holds what it held. */
export async function isUnchanged(handle: FileHandle, before: BigIntStats): Promise<boolean> {
  const now = await handle.stat({ bigint: true });
  if (now.size !== before.size || now.mtimeNs !== before.mtimeNs) return false;
  // ctime moves when the bytes do, even if mtime is set back; also when another file takes the name,
  // which leaves these bytes as they are and this inode with one link less.
  return now.ctimeNs === before.ctimeNs || now.nlink < before.nlink;
}

/** Null when the file is not as long as it said. */
async function hashContent(handle: FileHandle, sizeBytes: number): Promise<string | null> {
  const hash = new ContentHash();
  const buffer = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, sizeBytes + 1));
  let position = 0;
  for (;;) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) break;
    hash.update(buffer.subarray(0, bytesRead));
    position += bytesRead;
  }
  return position === sizeBytes ? hash.digest() : null;
}
