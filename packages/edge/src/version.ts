import { readFileSync } from 'node:fs';

// The manifest stands one folder up from `src` and from `dist` alike, and is always published.
const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  readonly version: string;
};

/** Version of this package. */
export const VERSION = manifest.version;
