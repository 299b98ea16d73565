import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { isHidden } from './hidden-files.ts';
import { isAbsence } from './locate.ts';
import { encodeSegment } from './request-path.ts';

/** Larger sites are not listed: nothing could be said about them in time. */
const MAX_FILES = 20_000;

/** Every path that the folder answers with a file; null when they cannot all be known. */
export async function listSitePaths(
  root: string,
  { cleanUrls }: { readonly cleanUrls: boolean },
): Promise<readonly string[] | null> {
  const paths: string[] = [];
  const folders: (readonly string[])[] = [[]];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const above = folder;
    const entries = await readdir(path.join(root, ...above), { withFileTypes: true }).catch(
      (error: unknown) => {
        // A build may take it away at this very moment.
        if (isAbsence(error)) return null;
        throw error;
      },
    );
    if (entries === null) return null;
    for (const entry of entries) {
      const segments = [...above, entry.name];
      if (isHidden(segments)) continue;
      // Where a link leads is not followed here.
      if (entry.isSymbolicLink()) return null;
      if (entry.isDirectory()) folders.push(segments);
      else if (entry.isFile()) paths.push(...pathsOf(segments, cleanUrls));
      if (paths.length > MAX_FILES) return null;
    }
  }
  return paths;
}

function pathsOf(segments: readonly string[], cleanUrls: boolean): readonly string[] {
  const own = `/${segments.map(encodeSegment).join('/')}`;
  if (own.endsWith('/index.html')) return [own, own.slice(0, -'index.html'.length)];
  return cleanUrls && own.endsWith('.html') ? [own, own.slice(0, -'.html'.length)] : [own];
}
