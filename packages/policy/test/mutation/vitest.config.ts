// What `npm run mutation` runs against each mutant that no case noticed: the tests with fixed inputs.
// Random tests are left out, so that what kills a mutant once kills it always.

import path from 'node:path';
import { defineConfig } from 'vitest/config';

const policy = path.join(import.meta.dirname, '../..');

export default defineConfig({
  root: policy,
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [
      'test/{byte-spans,cases-pure,explain,explain-words,leaks,parts,requirements}.test.ts',
      'test/fuzz/**',
      'test/**/properties.test.ts',
    ],
    // Nothing here keeps state in a module. Stryker loads all anew for what a module does at once.
    isolate: false,
  },
});
