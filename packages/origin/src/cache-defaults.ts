import { isHtml } from './content-type.ts';
import { hasHashedName } from './hashed-name.ts';

/** Cache-Control of files for which no rule says anything; null: none is sent. */
export interface CacheDefaults {
  /** Names that carry a hash of the content. */
  readonly hashed: string | null;
  /** Pages, and scripts whose name a browser keeps for good. */
  readonly pages: string | null;
  /** Everything else. */
  readonly others: string | null;
}

/**
 * - A hashed name never changes its bytes: a year, and `immutable` (RFC 8246) spares the check on reload.
 * - A page names the hashed files. After a rebuild an old page asks for files that are gone, so each use
 *   is validated; the answer is a 304 nearly always.
 * - Anything else may be replaced under the same name, and only the edge can be purged, never a
 *   browser. A minute is long enough to see hits and to take the load off a server, and bounds how
 *   long a browser shows an old picture. Longer lifetimes belong into `_headers`, where somebody has
 *   thought about the file; `CDN-Cache-Control` there gives the edge more than the browser.
 */
export const CACHE_DEFAULTS: CacheDefaults = {
  hashed: 'public, max-age=31536000, immutable',
  pages: 'public, max-age=0, must-revalidate',
  others: 'public, max-age=60',
};

/** Service workers are registered by a name that cannot change: an old one outlives every deploy. */
const WORKER_SCRIPT = /(?:^|\/)(?:sw|service-?worker|ngsw-worker|firebase-messaging-sw)\.m?js$/iu;

/** `fileName` is the file that answers, with its folders: `docs/index.html` for `/docs/`. */
export function defaultCacheControl(fileName: string, defaults: CacheDefaults): string | null {
  if (isHtml(fileName) || WORKER_SCRIPT.test(fileName)) return defaults.pages;
  return hasHashedName(`/${fileName}`) ? defaults.hashed : defaults.others;
}
