// `npm run mutation`: removes or inverts each branch of packages/policy/src, one at a time, and says what
// no test notices. What was tested before and has not changed is not tested again.
//   --fresh          test everything
//   --rows           find every test that notices a mutant, not the first alone: it takes three times as
//                    long, and shows which requirements have no case that noticed anything
//   --concurrency=2  so many at a time
//   age.ts fields    only these files and folders of packages/policy/src
// Fails when a mutant survives without a proof (tools/equivalent-mutants.ts), when a proof proves
// nothing any more, and when a requirement has no such case. Closes with one line of JSON, as
// tools/figures.ts reads it.

import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { policyCases, policyRequirements } from '@poplet/policy/cases';
import { EQUIVALENT_MUTANTS } from './equivalent-mutants.ts';
import { judge, killingCases, mutationScore, type MutationReport } from './mutation-report.ts';
import { bin, findFiles, readJson, readText, root, run } from './repository.ts';

const POLICY = 'packages/policy';
const FOLDER = '.cache/mutation';
const REPORT = `${FOLDER}/mutation.json`;

/** Types, words for people, and what explains decisions after they were taken. */
const NOT_MUTATED = ['contracts/', 'explain/', 'index.ts', 'errors.ts', 'status-text.ts'];

/** What Stryker is to mutate, relative to the package. */
function mutated(chosen: readonly string[]): string[] {
  return findFiles(`${POLICY}/src/**/*.ts`)
    .map((file) => file.slice(`${POLICY}/src/`.length))
    .filter((file) => !NOT_MUTATED.some((one) => file.startsWith(one)))
    .filter((file) => chosen.length === 0 || chosen.some((one) => isWithin(file, one)))
    .map((file) => `src/${file}${file === 'reasons.ts' ? functionsOfReasons() : ''}`);
}

function isWithin(file: string, chosen: string): boolean {
  return file === chosen || file.startsWith(`${chosen}/`);
}

/** Below the list of reasons, which is words. */
function functionsOfReasons(): string {
  const lines = readText(`${POLICY}/src/reasons.ts`).split('\n');
  const first = lines.findIndex((line) => line.startsWith('export function'));
  return `:${first + 1}-${lines.length}`;
}

async function runStryker(
  mutate: readonly string[],
  options: { readonly isFresh: boolean; readonly concurrency: number; readonly rows: boolean },
): Promise<void> {
  mkdirSync(path.join(root, FOLDER), { recursive: true });
  rmSync(path.join(root, REPORT), { force: true });
  const configuration = `${FOLDER}/stryker.json`;
  writeFileSync(
    path.join(root, configuration),
    JSON.stringify({
      mutate,
      testRunner: 'vitest',
      plugins: ['@stryker-mutator/vitest-runner'],
      vitest: { configFile: 'test/mutation/vitest.config.ts', related: false },
      coverageAnalysis: 'perTest',
      disableBail: options.rows,
      concurrency: options.concurrency,
      // The slowest test takes milliseconds: what has not ended by then never does.
      timeoutMS: 2000,
      incremental: true,
      force: options.isFresh,
      incrementalFile: path.join(root, FOLDER, 'incremental.json'),
      tempDirName: '.cache/mutation',
      // The copy lies within the package: its tsconfig.json is found above, where its paths are right.
      ignorePatterns: ['**/tsconfig.json', 'dist'],
      // Stryker reads it with the compiler's JavaScript interface, which TypeScript 7 has not.
      tsconfigFile: 'none.json',
      reporters: ['json', 'progress'],
      jsonReporter: { fileName: path.join(root, REPORT) },
      allowConsoleColors: false,
    }),
  );
  // How far it is stands on the terminal: a whole run takes most of an hour.
  const { exitCode } = await run(bin('stryker'), ['run', path.join(root, configuration)], {
    cwd: path.join(root, POLICY),
    inherit: true,
  });
  if (!existsSync(path.join(root, REPORT))) throw new Error(`Stryker ended with ${exitCode}`);
}

/** Rows none of whose cases noticed a mutant, although one of them runs against the pure functions. */
function idleRows(killers: ReadonlySet<string>): string[] {
  return rows
    .filter(({ cases }) => !isOverSocketsOnly(cases) && !cases.some((id) => killers.has(id)))
    .map(({ clause, requirement, cases }) => `${clause}: ${requirement} (${cases.join(', ')})`);
}

const overSocketsOnly = new Set(
  policyCases.filter(({ runs }) => runs?.only === 'sockets').map(({ id }) => id),
);

function isOverSocketsOnly(cases: readonly string[]): boolean {
  return cases.every((id) => overSocketsOnly.has(id));
}

const { values, positionals } = parseArgs({
  options: {
    fresh: { type: 'boolean', default: false },
    rows: { type: 'boolean', default: false },
    concurrency: { type: 'string', default: '2' },
  },
  allowPositionals: true,
});
if (values.rows && (!values.fresh || positionals.length > 0)) {
  throw new Error('--rows is for all files, and --fresh: every test counts');
}
const mutate = mutated(positionals);
if (mutate.length === 0) throw new Error(`No file of ${POLICY}/src is ${positionals.join(', ')}`);

const rows = policyRequirements.flatMap(({ requirements }) => requirements);
await runStryker(mutate, {
  isFresh: values.fresh,
  concurrency: Number(values.concurrency),
  rows: values.rows,
});

const report = readJson(REPORT) as MutationReport;
const { mutants, killed } = mutationScore(report);
const { unproven, stale, proven } = judge(report, EQUIVALENT_MUTANTS);
const idle = values.rows ? idleRows(killingCases(report)) : [];

for (const { file, line, within, code, replacement, mutator } of unproven) {
  console.log(`✗ ${POLICY}/src/${file}:${line} (${within}) survives: ${mutator}`);
  console.log(`    ${code}\n  → ${replacement}`);
}
for (const { file, within, code, replacement } of stale) {
  console.log(`✗ proven, but does not survive: ${file} (${within}): ${code} → ${replacement}`);
}
for (const row of idle) console.log(`✗ no mutant fails a case of ${row}`);

const holds = unproven.length === 0 && stale.length === 0 && idle.length === 0;
console.log(
  JSON.stringify({
    holds,
    measured: {
      files: mutate.length,
      mutants,
      killed,
      scorePercent: Number(((100 * killed) / mutants).toFixed(2)),
      provenEquivalent: proven,
      survivorsWithoutProof: unproven.length,
      staleProofs: stale.length,
      ...(values.rows
        ? {
            requirements: rows.length,
            requirementsOverSocketsOnly: rows.filter(({ cases }) => isOverSocketsOnly(cases))
              .length,
            requirementsThatNoMutantFails: idle.length,
          }
        : {}),
    },
  }),
);
process.exitCode = holds ? 0 : 1;
