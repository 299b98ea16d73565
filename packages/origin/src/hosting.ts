import type { DialectName } from './dialect.ts';

/** How a host of static sites stands in for the site's own server. */
export interface Hosting {
  /** Whose files are read, and how. */
  readonly dialect: Exclude<DialectName, 'neutral'>;
  /** As the host calls itself, for warnings. */
  readonly title: string;
  /** Cache-Control of files where no rule says otherwise; null: as `CACHE_DEFAULTS` has it. */
  readonly cacheControl: string | null;
  /** Field lines by which an edge is told that it gets a file that is the same for everybody. */
  readonly assetLines: readonly { readonly name: string; readonly value: string }[];
}
