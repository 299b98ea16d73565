import { globSync } from 'node:fs';
import path from 'node:path';
import { defineConfig } from 'vitest/config';

// Workspace packages are tested from their sources; the other switches do not reach vitest's resolver.
const ssr = { resolve: { conditions: ['source'] } };

const folders = globSync('{packages/*,apps/*,bench,sdks,tools}/test', { cwd: import.meta.dirname })
  .map((folder) => path.dirname(folder))
  .toSorted();

export default defineConfig({
  ssr,
  test: {
    projects: folders.map((folder) => ({
      root: folder,
      ssr,
      test: {
        name: path.basename(folder),
        include: ['test/**/*.test.ts'],
        // A machine that is busy with other things has its time: what has to be quick is measured by its test.
        testTimeout: 60_000,
        hookTimeout: 60_000,
        expect: { poll: { timeout: 30_000 } },
      },
    })),
    passWithNoTests: true,
    coverage: {
      provider: 'v8',
      include: ['packages/*/src/**/*.ts', 'apps/*/src/**/*.ts'],
      reporter: ['text-summary', 'html'],
      reportsDirectory: 'coverage',
      thresholds: {
        'packages/policy/src/decide.ts': { lines: 100, branches: 100 },
        'packages/policy/src/settle/*.ts': { lines: 100, branches: 100 },
      },
    },
  },
});
