import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { bin, readJson, root, run } from '../repository.ts';
import type { Figure, FigureResult } from './figure.ts';

interface TestCounts {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
}

/** At full count nothing is said about time. */
const PATIENCE = ['--testTimeout=1800000', '--hookTimeout=1800000'];

/** Test files run to their end, with what Vitest counted. */
export async function tests(
  id: string,
  files: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<FigureResult & { readonly passed: number }> {
  const file = `.cache/${id}.json`;
  rmSync(path.join(root, file), { force: true });
  // Errors that belong to no test are not in the report.
  const report = ['--reporter=dot', '--reporter=json', `--outputFile.json=${file}`];
  const args = ['run', ...files, ...PATIENCE, ...report];
  const { exitCode, output } = await run(bin('vitest'), args, { env: { NO_COLOR: '1', ...env } });
  if (!existsSync(path.join(root, file))) {
    return { holds: false, passed: 0, measured: { output: output.slice(-2000) } };
  }
  const counts = readJson(file) as TestCounts;
  const { numPassedTests: passed, numFailedTests: failed, numPendingTests: skipped } = counts;
  const holds = exitCode === 0 && passed > 0 && failed === 0 && skipped === 0;
  // A run can fail although each test passes: by an error that belongs to none.
  const isUnexplained = !holds && failed === 0;
  const explanation = isUnexplained ? { exitCode, output: output.slice(-2000) } : {};
  return { holds, passed, measured: { passed, failed, skipped, ...explanation } };
}

/** A property test alone, at a count of its own. */
export function property(file: string, runs: number): () => Promise<FigureResult> {
  return async () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    const env = { POPLET_PROPERTY_RUNS: String(runs), POPLET_SEED: String(seed) };
    const { holds, measured } = await tests(path.basename(file), [file], env);
    return { holds, measured: { runs, seed, ...measured } };
  };
}

interface TestFigure extends Pick<Figure, 'id' | 'issue' | 'claim'> {
  readonly files: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What the tests do not count themselves. */
  readonly counts?: Readonly<Record<string, number>>;
}

/** Tests that show a claim by passing, all of them. */
export function testFigure({ id, issue, claim, files, env, counts }: TestFigure): Figure {
  return {
    id,
    issue,
    claim,
    command: `npm run verify ${id}`,
    async run() {
      const { holds, measured } = await tests(id, files, env);
      return { holds, measured: { ...counts, ...measured } };
    },
  };
}
