// `npm test`: every stage that CI runs. `pnpm test`: the quick tier, unit tests only.
//   --full          all stages, whoever calls
//   --only=a,b      these stages
// Closes with the tests that failed and one line, `N passed, N failed`: those of vitest and Playwright.
// A stage that failed without a failing test counts as one failure.

import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { findOrInstallBrowser, playwrightCli } from './find-browser.ts';
import { findOrInstallPostgres, findOrInstallRedis, type Found } from './find-server.ts';
import { findOrInstallTlsTools } from './find-tls-tools.ts';
import { bin, reports, root, run, seconds } from './repository.ts';
import {
  readPlaywrightReport,
  readVitestReport,
  type FailedTest,
  type TestReport,
} from './test-reports.ts';

interface StageResult {
  readonly isGood: boolean;
  readonly report?: TestReport;
}

interface Stage {
  readonly name: string;
  /** Stages that must have passed, or this one cannot run. */
  readonly needs?: readonly string[];
  readonly run: () => Promise<StageResult>;
}

const NO_TESTS: TestReport = { passed: 0, failed: 0, skipped: 0, failures: [] };

/** Enough for what was expected and what came; the rest stands further up. */
const LINES_OF_A_MESSAGE = 8;

type Environment = Readonly<Record<string, string>>;

/** Random exchanges and runs of a property, more than in the quick tier. */
const COUNTS: Environment = { POPLET_ORACLE_COUNT: '100000', POPLET_PROPERTY_RUNS: '2000' };

async function program(
  command: string,
  args: readonly string[],
  env: Environment = {},
): Promise<StageResult> {
  const { exitCode } = await run(command, args, { inherit: true, env });
  return { isGood: exitCode === 0 };
}

async function browser(): Promise<StageResult> {
  const { executablePath, source } = await findOrInstallBrowser();
  console.log(`Browser: ${executablePath} (${source})`);
  return { isGood: true };
}

/** The tests of the remote stores need real ones; none of them is left out where one is missing. */
async function server(title: string, finding: Promise<Found>): Promise<StageResult> {
  const { program: file, source } = await finding;
  console.log(`${title}: ${file} (${source})`);
  return { isGood: true };
}

/** What changes the browsers' stores, and clients that are not Node's. */
async function tlsTools(): Promise<StageResult> {
  const found = await findOrInstallTlsTools();
  console.log(`TLS: ${found.map(({ program: file }) => file).join(', ')}`);
  return { isGood: true };
}

/** Every scenario of the benchmark for a second: it fails on wrong answers, and on nothing else. */
function bench(): Promise<StageResult> {
  return program(process.execPath, ['--conditions=source', 'bench/bench.ts', '--quick']);
}

async function vitest(args: readonly string[], env: Environment = {}): Promise<StageResult> {
  const file = path.join(reports, 'vitest.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const result = await program(bin('vitest'), ['run', ...reporters, ...args], env);
  const report = readVitestReport(file);
  return report === undefined ? { isGood: false } : { isGood: result.isGood, report };
}

async function playwright(): Promise<StageResult> {
  const file = path.join(reports, 'playwright.json');
  const args = [
    '--conditions=source',
    playwrightCli(),
    'test',
    '--config',
    'e2e/playwright.config.ts',
  ];
  const result = await program(process.execPath, args);
  const report = readPlaywrightReport(file);
  if (report === undefined) return { isGood: false };
  return { isGood: result.isGood && report.failed === 0, report };
}

const full: readonly Stage[] = [
  { name: 'browser', run: browser },
  { name: 'redis', run: () => server('Redis', findOrInstallRedis()) },
  { name: 'postgres', run: () => server('PostgreSQL', findOrInstallPostgres()) },
  { name: 'tls-tools', run: tlsTools },
  { name: 'check', run: () => program(process.execPath, ['tools/check.ts']) },
  { name: 'build', run: () => program('npm', ['run', '-s', 'build']) },
  {
    name: 'unit',
    needs: ['redis', 'postgres', 'tls-tools'],
    run: () => vitest(['--coverage'], COUNTS),
  },
  {
    name: 'packages',
    needs: ['build'],
    run: () => program(process.execPath, ['tools/test-packages.ts']),
  },
  { name: 'e2e', needs: ['browser', 'tls-tools'], run: playwright },
  { name: 'bench', needs: ['build'], run: bench },
];
const quick: readonly Stage[] = [{ name: 'unit', run: () => vitest([]) }];

function chooseStages(): readonly Stage[] {
  const { values } = parseArgs({
    options: { full: { type: 'boolean', default: false }, only: { type: 'string' } },
  });
  if (values.only !== undefined) {
    const names = values.only.split(',');
    const unknown = names.find((name) => !full.some((stage) => stage.name === name));
    if (unknown !== undefined) {
      throw new Error(
        `No stage '${unknown}'. There are: ${full.map(({ name }) => name).join(', ')}`,
      );
    }
    return full.filter(({ name }) => names.includes(name));
  }
  const isCalledByPnpm = process.env['npm_config_user_agent']?.startsWith('pnpm/') === true;
  return isCalledByPnpm && !values.full ? quick : full;
}

const stages = chooseStages();
const failedStages: string[] = [];
const summary: string[] = [];
const failedTests: FailedTest[] = [];
const total = { passed: 0, failed: 0, skipped: 0 };

rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });
process.chdir(root);

for (const { name, needs = [], run: start } of stages) {
  const missing = needs.filter((need) => failedStages.includes(need));
  if (missing.length > 0) {
    failedStages.push(name);
    total.failed += 1;
    summary.push(`✗ ${name}: not run, it needs ${missing.join(' and ')}`);
    continue;
  }
  console.log(`\n── ${name}`);
  const startedAtMs = performance.now();
  const result = await start().catch((error: unknown): StageResult => {
    console.error(error instanceof Error ? error.message : error);
    return { isGood: false };
  });
  const { passed, failed, skipped, failures } = result.report ?? NO_TESTS;
  failedTests.push(...failures);
  total.passed += passed;
  total.skipped += skipped;
  total.failed += result.isGood ? failed : Math.max(failed, 1);
  if (!result.isGood) failedStages.push(name);
  const line = `${result.isGood ? '✓' : '✗'} ${name} (${seconds(performance.now() - startedAtMs)})`;
  console.log(line);
  summary.push(line);
}

// Once more at the end, where who reads the log of CI begins.
for (const { title, message } of failedTests) {
  const lines = message.split('\n').slice(0, LINES_OF_A_MESSAGE);
  console.log(`\n✗ ${title}\n    ${lines.join('\n    ')}`);
}
console.log(`\n${summary.join('\n')}`);
const skippedPart = total.skipped === 0 ? '' : `, ${total.skipped} skipped`;
console.log(`${total.passed} passed, ${total.failed} failed${skippedPart}`);
process.exitCode = failedStages.length === 0 ? 0 : 1;
