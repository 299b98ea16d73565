import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { bin, findFiles, readJson, root, run } from '../repository.ts';
import type { Figure, FigureResult } from './figure.ts';
import { AS_POPLET, program } from './program.ts';

const ISSUE = 'A page loads through the edge';
const SPEED = 'The fastest cache on one core';
/** What the measuring programs take for `--workers 2`. */
const WITH_WORKERS = { POPLET_TEST_WORKERS: '2' };
const COLLAPSE = 'packages/edge/test/scale/collapse.ts';
const PASSING_BODY = 'packages/edge/test/scale/passing-body.ts';
const VIRTUAL_TIME = 'packages/cdn/test/virtual-time.ts';
const TWO_GIGABYTES = String(2 * 1024 ** 3);

/** Where the two decisions are taken, by name. */
const DECISIONS = {
  decide: 'packages/policy/src/decide.ts',
  settle: 'packages/policy/src/settle/*.ts',
};

/** What the cases alone, without any other test, reach of the two decisions. */
async function decisionCoverage(): Promise<FigureResult> {
  const folder = '.cache/decision-coverage';
  rmSync(path.join(root, folder), { recursive: true, force: true });
  const { output } = await run(bin('vitest'), [
    'run',
    'packages/policy/test/cases-pure.test.ts',
    '--reporter=json',
    `--outputFile.json=${folder}.json`,
    '--coverage',
    '--coverage.reporter=json-summary',
    '--coverage.reportOnFailure',
    `--coverage.reportsDirectory=${folder}`,
    ...Object.values(DECISIONS).map((files) => `--coverage.include=${files}`),
  ]);
  const summary = `${folder}/coverage-summary.json`;
  if (!existsSync(path.join(root, summary))) {
    return { holds: false, measured: { output: output.slice(-2000) } };
  }
  const cases = readJson(`${folder}.json`) as { numPassedTests: number; numFailedTests: number };
  const files = readJson(summary) as Readonly<Record<string, Covered>>;
  const measured: Record<string, number> = {
    casesPassed: cases.numPassedTests,
    casesFailed: cases.numFailedTests,
  };
  let isWhole = true;
  for (const [decision, pattern] of Object.entries(DECISIONS)) {
    for (const what of ['lines', 'branches'] as const) {
      const counts = findFiles(pattern).map((file) => {
        // A file of nothing but types has nothing to cover, and is not spoken of.
        return files[path.join(root, file)]?.[what] ?? { total: 0, covered: 0 };
      });
      const total = counts.reduce((sum, one) => sum + one.total, 0);
      const covered = counts.reduce((sum, one) => sum + one.covered, 0);
      if (total === 0) throw new Error(`${summary} does not speak of ${pattern}`);
      const name = `${decision}${what === 'lines' ? 'Lines' : 'Branches'}`;
      measured[name] = total;
      measured[`${name}Percent`] = Number(((100 * covered) / total).toFixed(2));
      isWhole &&= covered === total;
    }
  }
  const holds = isWhole && cases.numFailedTests === 0 && cases.numPassedTests > 0;
  return { holds, measured };
}

/** Of one file in coverage-summary.json. */
type Covered = Readonly<
  Record<'lines' | 'branches', { readonly covered: number; readonly total: number }>
>;

/** Packed, installed with plain npm, and run on every line of Node. */
async function packages(): Promise<FigureResult> {
  const { exitCode, output } = await run(process.execPath, ['tools/test-packages.ts']);
  const versions = output.matchAll(/^✓ .* runs on Node (?<version>\S+):/gmu);
  const nodes = Array.from(versions, (match) => match.groups?.['version']).join(', ');
  return {
    holds: exitCode === 0,
    measured: { nodes, ...(exitCode === 0 ? {} : { output: output.slice(-2000) }) },
  };
}

export const pageLoads: readonly Figure[] = [
  program({
    id: 'collapse-one-key',
    issue: ISSUE,
    claim: '10,000 concurrent requests for one cold key make 1 origin request',
    file: COLLAPSE,
    args: ['one-key', '10000'],
  }),
  program({
    id: 'collapse-three-variants',
    issue: ISSUE,
    claim: '10,000 concurrent requests over 3 Vary values make 3 origin requests',
    file: COLLAPSE,
    args: ['three-variants', '10000'],
  }),
  program({
    id: 'collapse-one-key-workers',
    issue: SPEED,
    claim: '10,000 concurrent requests for one cold key over 2 workers make 1 origin request',
    file: COLLAPSE,
    args: ['one-key', '10000'],
    env: WITH_WORKERS,
  }),
  program({
    id: 'collapse-three-variants-workers',
    issue: SPEED,
    claim: '10,000 concurrent requests over 3 Vary values and 2 workers make 3 origin requests',
    file: COLLAPSE,
    args: ['three-variants', '10000'],
    env: WITH_WORKERS,
  }),
  program({
    id: 'private-answers-workers',
    issue: SPEED,
    claim: 'of 10,000 concurrent private answers over 2 workers no two clients share one',
    file: COLLAPSE,
    args: ['private', '10000'],
    env: WITH_WORKERS,
  }),
  program({
    id: 'private-answers',
    issue: ISSUE,
    claim:
      'of 10,000 concurrent private answers no two clients share one, and none waits for another: 9,900 bodies are held back at one time (20,000 descriptors)',
    file: COLLAPSE,
    args: ['private', '10000'],
  }),
  program({
    id: 'private-answers-bounded',
    issue: ISSUE,
    claim:
      'the same through the pool as shipped: as many answers under way as its 1,024 connections',
    file: COLLAPSE,
    args: ['private-bounded', '10000'],
  }),
  program({
    id: 'passing-body-length',
    issue: ISSUE,
    claim:
      '2 GB with Content-Length stream through `poplet`, stored nowhere, under 200 MB of memory',
    file: PASSING_BODY,
    args: ['length', TWO_GIGABYTES],
    env: AS_POPLET,
  }),
  program({
    id: 'passing-body-chunked',
    issue: ISSUE,
    claim: '2 GB in chunks, which the store gives up on midway, under 200 MB of memory',
    file: PASSING_BODY,
    args: ['chunked', TWO_GIGABYTES],
    env: AS_POPLET,
  }),
  program({
    id: 'passing-body-no-store',
    issue: ISSUE,
    claim: '2 GB in chunks that may not be stored, under 200 MB of memory',
    file: PASSING_BODY,
    args: ['no-store', TWO_GIGABYTES],
    env: AS_POPLET,
  }),
  {
    id: 'decision-coverage',
    issue: ISSUE,
    claim: 'the cases reach every line and branch of decide and settle',
    command: 'npm run verify decision-coverage',
    run: decisionCoverage,
  },
  program({
    id: 'clock-advanced',
    issue: ISSUE,
    claim: '2 minutes later, max-age=60 and an origin with a real clock: one 304, then hits',
    file: VIRTUAL_TIME,
    args: ['advanced'],
  }),
  program({
    id: 'clock-frozen',
    issue: ISSUE,
    claim:
      'under a frozen clock a purge reaches what was stored or asked for before it, and nothing after',
    file: VIRTUAL_TIME,
    args: ['frozen'],
  }),
  program({
    id: 'clock-advanced-workers',
    issue: SPEED,
    claim: 'with 2 workers, 2 minutes later, max-age=60: one 304, then hits',
    file: VIRTUAL_TIME,
    args: ['advanced'],
    env: WITH_WORKERS,
  }),
  program({
    id: 'clock-frozen-workers',
    issue: SPEED,
    claim:
      'with 2 workers, under a frozen clock a purge reaches what was before it, and nothing after',
    file: VIRTUAL_TIME,
    args: ['frozen'],
    env: WITH_WORKERS,
  }),
  {
    id: 'packages',
    issue: ISSUE,
    claim:
      'what would be published, installed by npm into an empty folder, runs on Node 22, 24 and 26',
    command: 'npm run verify packages',
    run: packages,
  },
];
