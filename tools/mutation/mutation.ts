// `npm run mutation`: removes or inverts each branch of packages/policy/src, one at a time, and says what
// neither a case nor a test notices. What was tried before and has not changed is not tried again.
//   --fresh          try everything
//   --rows           find all that notice a mutant, not the first alone (but of mutants that act when a
//                    module is loaded), and show how closely the requirements are watched by their cases
//   --concurrency=2  so many at a time
//   age.ts fields    only these files and folders of packages/policy/src
// Fails when a mutant survives without a proof (equivalent-mutants.ts), when a proof proves nothing any
// more, and when a requirement has no case that noticed anything. Closes with one line of JSON, as
// tools/figures reads it.

import { parseArgs } from 'node:util';
import { policyCases, policyRequirements } from '@poplet/policy/cases';
import { findFiles, readText } from '../repository.ts';
import { EQUIVALENT_MUTANTS } from './equivalent-mutants.ts';
import { judge, mutationScore, noticedBy, sharpnessOf, type MutationReport } from './report.ts';
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

/** What was found of these files: an earlier run may have tried others. */
function filesOf(mutate: readonly string[], report: MutationReport): MutationReport {
  const paths = new Set(mutate.map((one) => one.split(':', 1)[0]));
  const files = Object.entries(report.files).filter(([path]) => paths.has(path));
  return { ...report, files: Object.fromEntries(files) };
}

interface WatchedRow {
  readonly clause: string;
  readonly requirement: string;
  readonly cases: readonly string[];
  /** How many cases noticed the mutant that fewest noticed, of those that the row's own noticed; Infinity: they noticed none. */
  readonly closest: number;
}

/** The requirements that are watched by cases on the pure functions, which are what is mutated. */
function watchedRows(report: MutationReport): readonly WatchedRow[] {
  const sharpness = sharpnessOf(report, caseIds);
  return rows
    .filter(({ cases }) => !isOverSocketsOnly(cases))
    .map(({ clause, requirement, cases }) => {
      const closest = Math.min(...cases.map((id) => sharpness.get(id) ?? Infinity));
      return { clause, requirement, cases, closest };
    });
}

/** How many rows have a case that noticed what at most so many cases did. */
function countByCloseness(watched: readonly WatchedRow[]): Record<string, number> {
  return Object.fromEntries(
    [1, 10, 100, 1000].map((most) => [most, watched.filter((row) => row.closest <= most).length]),
  );
}

const caseIds = new Set(policyCases.map(({ id }) => id));
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
const report = filesOf(
  mutate,
  await runStryker({
    mutate,
    isIncremental: !values.fresh,
    findAllKillers: values.rows,
    concurrency: Number(values.concurrency),
  }),
);
const { mutants, killed } = mutationScore(report);
const { unproven, stale, proven } = judge(report, EQUIVALENT_MUTANTS);
const watched = values.rows ? watchedRows(report) : [];
const unwatched = watched.filter(({ closest }) => closest === Infinity);

for (const { file, line, within, code, replacement, mutator } of unproven) {
  console.log(`✗ ${POLICY}/src/${file}:${line} (${within}) survives: ${mutator}`);
  console.log(`    ${code}\n  → ${replacement}`);
}
for (const { file, within, code, replacement } of stale) {
  console.log(`✗ proven, but does not survive: ${file} (${within}): ${code} → ${replacement}`);
}
for (const { clause, requirement, cases } of unwatched) {
  console.log(`✗ no mutant fails a case of ${clause}: ${requirement} (${cases.join(', ')})`);
}

const holds = unproven.length === 0 && stale.length === 0 && unwatched.length === 0;
console.log(
  JSON.stringify({
    holds,
    measured: {
      files: mutate.length,
      mutants,
      killed,
      killedByCases: noticedBy(report, caseIds),
      scorePercent: Number(((100 * killed) / mutants).toFixed(2)),
      provenEquivalent: proven,
      survivorsWithoutProof: unproven.length,
      staleProofs: stale.length,
      ...(values.rows
        ? {
            requirements: rows.length,
            requirementsOverSocketsOnly: rows.length - watched.length,
            requirementsThatNoMutantFails: unwatched.length,
            requirementsByCasesThatNoticeIt: countByCloseness(watched),
          }
        : {}),
    },
  }),
);
process.exitCode = holds ? 0 : 1;
