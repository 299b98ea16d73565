// What `npm run mutation` runs against each mutant: the cases and the tests with fixed inputs. Random
// tests are left out, so that what kills a mutant once kills it always.

import path from 'node:path';
import { defineConfig } from 'vitest/config';

const policy = path.join(import.meta.dirname, '../..');

export default defineConfig({
  root: policy,
  ssr: { resolve: { conditions: ['source'] } },
  resolve: {
    // Stryker mutates a copy of this package; the runner of the cases must import the copy too.
    alias: [
      { find: /^@poplet\/policy$/u, replacement: path.join(policy, 'src/index.ts') },
      { find: /^@poplet\/policy\/cases$/u, replacement: path.join(policy, 'cases/index.ts') },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [
      'test/fuzz/**',
      'test/{byte-spans,explain,leaks,parts}.test.ts',
      'test/**/properties.test.ts',
    ],
    // Nothing here keeps state in a module. Stryker loads all anew for what a module does at once.
    isolate: false,
  },
});
