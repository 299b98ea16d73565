import { chmod, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { PopletError } from '@poplet/policy';

/** What says where a program keeps what belongs to one user. */
export interface UserFolders {
  readonly platform: NodeJS.Platform;
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Of the user who runs this process. */
export function userFolders(): UserFolders {
  return { platform: process.platform, home: homedir(), env: process.env };
}

/** Where the authority of a user is kept, by the custom of the system. */
export function authorityFolder({ platform, home, env }: UserFolders): string {
  if (platform === 'darwin') return path.join(home, 'Library/Application Support/poplet/ca');
  if (platform === 'win32')
    return path.join(env['LOCALAPPDATA'] || path.join(home, 'AppData/Local'), 'poplet', 'ca');
  // XDG Base Directory Specification: a relative path is to be ignored.
  const given = env['XDG_DATA_HOME'] ?? '';
  const data = path.isAbsolute(given) ? given : path.join(home, '.local/share');
  return path.join(data, 'poplet', 'ca');
}

/** The certificate alone: what `--cacert` and the trust stores take. */
export const CERTIFICATE_FILE = 'ca.pem';

/** Where the certificate of the user's authority is, if there is one. */
export function certificateFile(): string {
  return path.join(authorityFolder(userFolders()), CERTIFICATE_FILE);
}

/** Key and certificate in one file, so that the two are always of a pair. */
const SECRET_FILE = 'ca-key.pem';
const LOCK_FILE = 'ca.lock';

const LOCK_WAIT_MS = 15_000;
/** An authority is made in a moment: who holds the lock for longer has died. */
const LOCK_STALE_MS = 10_000;

/** Key and certificate as PEM; undefined where there are none. Throws PopletError `authority-unusable`. */
export async function readSecret(folder: string): Promise<string | undefined> {
  const file = path.join(folder, SECRET_FILE);
  try {
    await mustBePrivate(file);
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    if (error instanceof PopletError) throw error;
    throw unusable(`the local CA cannot be read: ${(error as Error).message}`, error);
  }
}

async function mustBePrivate(file: string): Promise<void> {
  const { mode } = await stat(file);
  // Windows has no such bits; there the user's own folder is closed to others.
  if (process.platform === 'win32' || (mode & 0o077) === 0) return;
  throw new PopletError('authority-unusable', `others may read the key of the local CA: ${file}`, {
    hint: `if nobody else had access: chmod 600 ${quoted(file)}; else remove it, and poplet ca install makes and trusts another`,
  });
}

/** Puts a new authority in place at once: readers see the old or the new. */
export async function writeSecret(
  folder: string,
  { secret, certificate }: { readonly secret: string; readonly certificate: string },
): Promise<void> {
  await replaceFile(path.join(folder, SECRET_FILE), secret, 0o600);
  await replaceFile(path.join(folder, CERTIFICATE_FILE), certificate, 0o644);
}

/** Has the certificate beside the key be that of the key. */
export async function mendCertificate(folder: string, certificate: string): Promise<void> {
  const file = path.join(folder, CERTIFICATE_FILE);
  const present = await readFile(file, 'utf8').catch(() => '');
  if (present !== certificate) await replaceFile(file, certificate, 0o644);
}

async function replaceFile(file: string, text: string, mode: number): Promise<void> {
  const aside = `${file}.${process.pid}-${crypto.randomUUID()}`;
  const handle = await open(aside, 'wx', mode);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(aside, file);
}

/**
 * Runs while no other process changes the authority. The folder is made, for its owner alone, where it is
 * missing. Throws PopletError `authority-unusable`.
 */
export async function whileLocked<Result>(
  folder: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const lock = path.join(folder, LOCK_FILE);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await chmod(folder, 0o700);
    await take(lock);
  } catch (error) {
    if (error instanceof PopletError) throw error;
    throw unusable(`the local CA cannot be kept in ${folder}: ${(error as Error).message}`, error);
  }
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}

async function take(lock: string): Promise<void> {
  for (let waitedMs = 0; waitedMs < LOCK_WAIT_MS; waitedMs += 50) {
    try {
      const handle = await open(lock, 'wx', 0o600);
      await handle.close();
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const { mtimeMs } = await stat(lock).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > LOCK_STALE_MS) await rm(lock, { force: true });
    await sleep(50);
  }
  throw new PopletError('authority-unusable', `another process holds ${lock}`, {
    hint: 'end it, or remove that file',
  });
}

function unusable(message: string, cause: unknown): PopletError {
  return new PopletError('authority-unusable', message, {
    hint: 'the folder and what is in it must belong to the user who runs poplet (was it once run with sudo?)',
    cause,
  });
}

/** As a shell takes it. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./~-]+$/u.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
