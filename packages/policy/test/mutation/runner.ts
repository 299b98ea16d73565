// What `npm run mutation` runs against each mutant: first the cases; then, against what survived, the
// tests with fixed inputs. Random tests are left out, so that what kills a mutant once kills it always.

import path from 'node:path';
import { defineConfig, type ViteUserConfig } from 'vitest/config';

const policy = path.join(import.meta.dirname, '../..');

/** Runs these test files of the copy of this package that Stryker mutates. */
export function runnerOf(test: {
  readonly include: string[];
  readonly exclude?: string[];
}): ViteUserConfig {
  return defineConfig({
    root: policy,
    ssr: { resolve: { conditions: ['source'] } },
    resolve: {
      // The runner of the cases must import the copy too.
      alias: [
        { find: /^@poplet\/policy$/u, replacement: path.join(policy, 'src/index.ts') },
        { find: /^@poplet\/policy\/cases$/u, replacement: path.join(policy, 'cases/index.ts') },
      ],
    },
    // Nothing here keeps state in a module. Stryker loads all anew for what a module does at once.
    test: { ...test, isolate: false },
  });
}
