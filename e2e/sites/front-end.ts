import { realpathSync } from 'node:fs';
import path from 'node:path';
import type { Page } from '@playwright/test';

/** A web page as its authors publish it, and how to tell that it works. */
export interface FrontEnd {
  readonly name: string;
  /** Writes the site into an empty folder. */
  prepare(folder: string): Promise<void>;
  /** Where a visitor begins. */
  readonly path: string;
  /** Uses the opened page until everything it is made of has been asked for; fails when it does not work. */
  use(page: Page): Promise<void>;
  /** Paths that every visit asks for, hashes and other variable parts left open. */
  readonly assets: readonly RegExp[];
}

/** Where a package is installed. */
export function packageFolder(name: string): string {
  return realpathSync(path.join(import.meta.dirname, '..', 'node_modules', name));
}
