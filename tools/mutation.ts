// `npm run mutation`: removes or inverts each branch of packages/policy/src, one at a time, and says what
// neither a case nor a test notices. What was tried on the cases before and has not changed is not tried
// on them again.
//   --fresh          try everything
//   --rows           find every case that notices a mutant, not the first alone (but of those that act
//                    when a module is loaded), and show which requirements have no case that noticed anything
//   --concurrency=2  so many at a time
//   age.ts fields    only these files and folders of packages/policy/src
// Fails when a mutant survives without a proof (tools/equivalent-mutants.ts), when a proof proves
// nothing any more, and when a requirement has no such case. Closes with one line of JSON, as
// tools/figures.ts reads it.

import { parseArgs } from 'node:util';
import { policyCases, policyRequirements } from '@poplet/policy/cases';
import { EQUIVALENT_MUTANTS } from './equivalent-mutants.ts';
import {
  judge,
  killingCases,
  mutationScore,
  placesOfSurvivors,
  withFurtherKills,
} from './mutation-report.ts';
import { findFiles, readText } from './repository.ts';
import { runStryker } from './stryker.ts';

const POLICY = 'packages/policy';

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
const concurrency = Number(values.concurrency);
const byCases = await runStryker({
  tests: 'cases',
  mutate,
  isIncremental: !values.fresh,
  findAllKillers: values.rows,
  concurrency,
});
const places = placesOfSurvivors(byCases);
// Small enough to be tested each time.
const byTests =
  places.length === 0
    ? { files: {} }
    : await runStryker({
        tests: 'tests',
        mutate: places,
        isIncremental: false,
        findAllKillers: false,
        concurrency,
      });

const report = withFurtherKills(byCases, byTests);
const { mutants, killed } = mutationScore(report);
const { unproven, stale, proven } = judge(report, EQUIVALENT_MUTANTS);
const idle = values.rows ? idleRows(killingCases(byCases)) : [];

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
      killedByCases: mutationScore(byCases).killed,
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
