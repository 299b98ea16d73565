// Runs Stryker on packages/policy.

import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { bin, readJson, root, run } from '../repository.ts';
import type { MutationReport } from './report.ts';

const POLICY = 'packages/policy';
const FOLDER = '.cache/mutation';

export interface StrykerRun {
  /** Relative to the package, as Stryker's `mutate` has it. */
  readonly mutate: readonly string[];
  /** Whether what was tried before, and has not changed, is left as it was found. */
  readonly isIncremental: boolean;
  /** Find all that notice a mutant, not the first alone. */
  readonly findAllKillers: boolean;
  readonly concurrency: number;
}

/** How far it is stands on the terminal. Throws when Stryker could not judge. */
export async function runStryker(options: StrykerRun): Promise<MutationReport> {
  const folder = path.join(root, FOLDER);
  const report = `${FOLDER}/report.json`;
  mkdirSync(folder, { recursive: true });
  rmSync(path.join(root, report), { force: true });
  const configuration = path.join(folder, 'stryker.json');
  writeFileSync(
    configuration,
    JSON.stringify({
      mutate: options.mutate,
      testRunner: 'policy',
      plugins: [path.join(import.meta.dirname, 'runner.ts')],
      coverageAnalysis: 'perTest',
      disableBail: options.findAllKillers,
      concurrency: options.concurrency,
      // Most of what never ends is told by how often it is reached; a busy machine must not make a mutant look like that.
      timeoutMS: 600_000,
      incremental: true,
      force: !options.isIncremental,
      incrementalFile: path.join(folder, 'incremental.json'),
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
