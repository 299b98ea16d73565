// Runs Stryker on packages/policy.

import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { MutationReport } from './mutation-report.ts';
import { bin, readJson, root, run } from './repository.ts';

const POLICY = 'packages/policy';
const FOLDER = '.cache/mutation';

const RUNNERS = {
  cases: { testRunner: 'cases', plugins: [path.join(root, 'tools/cases-runner.ts')] },
  tests: {
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner'],
    vitest: { configFile: 'test/mutation/vitest.config.ts', related: false },
  },
};

export interface StrykerRun {
  /** What judges the mutants: the cases, or the tests with fixed inputs. */
  readonly tests: 'cases' | 'tests';
  /** Relative to the package, as Stryker's `mutate` has it. */
  readonly mutate: readonly string[];
  /** Whether what was tested before, and has not changed, is left as it was found. */
  readonly isIncremental: boolean;
  /** Find every test that notices a mutant, not the first alone. */
  readonly findAllKillers: boolean;
  readonly concurrency: number;
}

/** How far it is stands on the terminal. Throws when Stryker could not judge. */
export async function runStryker(options: StrykerRun): Promise<MutationReport> {
  const { tests } = options;
  const folder = path.join(root, FOLDER);
  const report = `${FOLDER}/${tests}.json`;
  mkdirSync(folder, { recursive: true });
  rmSync(path.join(root, report), { force: true });
  const configuration = path.join(folder, `${tests}.stryker.json`);
  writeFileSync(
    configuration,
    JSON.stringify({
      mutate: options.mutate,
      ...RUNNERS[tests],
      coverageAnalysis: 'perTest',
      disableBail: options.findAllKillers,
      concurrency: options.concurrency,
      // All take a second; a busy machine must not make a mutant look like one that never ends.
      timeoutMS: 60_000,
      incremental: true,
      force: !options.isIncremental,
      incrementalFile: path.join(folder, `${tests}.incremental.json`),
      tempDirName: '.cache/mutation',
      // The copy lies within the package: its tsconfig.json is found above, where its paths are right.
      ignorePatterns: ['**/tsconfig.json', 'dist'],
      // Stryker reads it with the compiler's JavaScript interface, which TypeScript 7 has not.
      tsconfigFile: 'none.json',
      reporters: ['json', 'progress'],
      jsonReporter: { fileName: path.join(root, report) },
      allowConsoleColors: false,
    }),
  );
  const { exitCode } = await run(bin('stryker'), ['run', configuration], {
    cwd: path.join(root, POLICY),
    inherit: true,
  });
  if (!existsSync(path.join(root, report))) throw new Error(`Stryker ended with ${exitCode}`);
  return readJson(report) as MutationReport;
}
