import type { Stats } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { isHidden } from './hidden-files.ts';
import { encodeSegment, type RequestPath } from './request-path.ts';

/** A file of the folder. */
export interface FoundFile {
  /** Where it really lies, symbolic links resolved. */
  readonly file: string;
  /** Its path inside the folder as the URL spells it, `docs/index.html`. */
  readonly name: string;
}

export type Located =
  | { readonly kind: 'file'; readonly found: FoundFile }
  /** The same thing has a better URL. */
  | { readonly kind: 'redirect'; readonly location: string }
  | { readonly kind: 'missing' };

/** How pages are called. */
export interface PageNames {
  /** `/about` is `about.html`. */
  readonly cleanUrls: boolean;
  /** Whether a page answers with a slash at the end and without (`either`), or leads to the one of the two that is right. Default: `canonical`. */
  readonly slashes?: 'canonical' | 'either';
}

/**
 * Finds what a path stands for: the file itself, with `cleanUrls` also `about.html` for `/about`, and
 * `index.html` for a folder. `root` is the folder's real path; nothing outside it is found.
 */
export async function locate(
  root: string,
  { segments, hasTrailingSlash, search }: RequestPath,
  { cleanUrls, slashes = 'canonical' }: PageNames,
): Promise<Located> {
  const file = async (candidate: readonly string[]): Promise<Located | null> => {
    const found = await findFile(root, candidate);
    return found && { kind: 'file', found };
  };
  const asHtml = [...segments.slice(0, -1), `${segments.at(-1)}.html`];
  const index = [...segments, 'index.html'];

  if (hasTrailingSlash || segments.length === 0) {
    const found = await file(index);
    if (found !== null || segments.length === 0) return found ?? { kind: 'missing' };
    // The page's own URL has no slash.
    const page = cleanUrls ? await file(asHtml) : null;
    if (page === null) return { kind: 'missing' };
    if (slashes === 'either') return page;
    return { kind: 'redirect', location: urlOf(segments, search) };
  }
  const found = (await file(segments)) ?? (cleanUrls ? await file(asHtml) : null);
  if (found !== null) return found;
  // Relative references of the page count from its folder.
  const below = await file(index);
  if (below === null) return { kind: 'missing' };
  if (slashes === 'either') return below;
  return { kind: 'redirect', location: urlOf([...segments, ''], search) };
}

/** A regular file inside the folder, not hidden; null when there is none. */
export async function findFile(
  root: string,
  segments: readonly string[],
): Promise<FoundFile | null> {
  if (isHidden(segments)) return null;
  try {
    const file = await realpath(path.join(root, ...segments));
    const inside = path.relative(root, file).split(path.sep);
    // A link may lead out of the folder, or to what is hidden in it.
    if (inside[0] === '..' || path.isAbsolute(inside.join(path.sep)) || isHidden(inside))
      return null;
    // A disk that folds case knows the file by more names than the server in production will.
    if (isMisspelt(inside.join('/'), segments.join('/'))) return null;
    const stats: Stats = await stat(file);
    return stats.isFile() ? { file, name: segments.join('/') } : null;
  } catch (error) {
    if (isAbsence(error)) return null;
    throw error;
  }
}

function isMisspelt(real: string, asked: string): boolean {
  return real !== asked && real.toLowerCase() === asked.toLowerCase();
}

/** Whether an error means that there is no such file, or none that may be read. */
export function isAbsence(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  return code !== undefined && ABSENCE.has(code);
}

export function isForbidden(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  return code === 'EACCES' || code === 'EPERM';
}

const ABSENCE: ReadonlySet<string> = new Set([
  'EACCES',
  'EINVAL',
  'ELOOP',
  'ENAMETOOLONG',
  'ENOENT',
  'ENOTDIR',
  'EPERM',
]);

function urlOf(segments: readonly string[], search: string): string {
  return `/${segments.map(encodeSegment).join('/')}${search}`;
}
