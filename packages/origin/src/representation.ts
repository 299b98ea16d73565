import { lstat } from 'node:fs/promises';
import path from 'node:path';
import { AcceptedCodings, type ContentCoding } from '@poplet/policy';
import { CODED_SIBLINGS } from './content-coding.ts';
import { type FoundFile, isAbsence } from './locate.ts';

/** Which bytes stand for a file, for one request. */
export interface Representation {
  readonly file: string;
  /** Null: the file as it is. */
  readonly coding: ContentCoding | null;
  /** Whether other requests may get other bytes. */
  readonly hasSiblings: boolean;
}

/** A sibling this much older than its file was made from an earlier version of it. */
const MAX_LAG_MS = 2000;

/** Chooses between a file and its compressed siblings; null when the client accepts none of them. */
export async function chooseRepresentation(
  { file }: FoundFile,
  acceptEncoding: string | undefined,
): Promise<Representation | null> {
  const plainMs = await modifiedAtMs(file);
  const siblings = await Promise.all(
    CODED_SIBLINGS.map(async ({ coding, suffix }) => ({
      coding,
      file: file + suffix,
      modifiedAtMs: await modifiedAtMs(file + suffix),
    })),
  );
  const present = siblings.filter((sibling) => sibling.modifiedAtMs !== null);
  const usable = present.filter(
    (sibling) => (sibling.modifiedAtMs ?? 0) + MAX_LAG_MS >= (plainMs ?? 0),
  );
  const hasSiblings = present.length > 0;
  const codings = usable.map(({ coding }) => coding);
  const accepted = new AcceptedCodings(acceptEncoding ?? '');
  // Without siblings there is nothing to choose, and nothing to vary by.
  const chosen = hasSiblings ? accepted.choose(codings) : 'identity';
  if (chosen === null) return null;
  const coded = usable.find(({ coding }) => coding === chosen);
  return { file: coded?.file ?? file, coding: coded?.coding ?? null, hasSiblings };
}

/** Null when it is no regular file; a link counts as none, since nobody checked where it leads. */
async function modifiedAtMs(file: string): Promise<number | null> {
  try {
    const stats = await lstat(file);
    return stats.isFile() ? stats.mtimeMs : null;
  } catch (error) {
    if (isAbsence(error)) return null;
    throw error;
  }
}

/** A file's path as @fastify/static wants it: relative to the root, with forward slashes. */
export function relativeName(root: string, file: string): string {
  return path.relative(root, file).split(path.sep).join('/');
}
