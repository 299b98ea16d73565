// Every figure an issue asks for. `pnpm verify` measures them at full count.

import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { bin, findFiles, readJson, root, run } from './repository.ts';

export interface FigureResult {
  /** Whether the claim holds. */
  readonly holds: boolean;
  /** What was measured, with units in the names: `{requests: 10000, mismatches: 0}`. */
  readonly measured: Readonly<Record<string, number | string | boolean>>;
}

export interface Figure {
  /** Short and stable, as in `oracle-agreement`. */
  readonly id: string;
  /** The issue that asks for it. */
  readonly issue: string;
  /** The claim in words, as in `10,000 random exchanges agree with the oracle`. */
  readonly claim: string;
  /** What a person types to measure this one alone. */
  readonly command: string;
  readonly run: () => Promise<FigureResult>;
}

interface Program {
  readonly id: string;
  readonly issue?: string;
  readonly claim: string;
  /** Relative to the root; prints a FigureResult as its last line. */
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const PAGE_LOADS = 'A page loads through the edge';
const SOAK = 'apps/cli/test/soak/soak.ts';
const NOTHING_LOST = 'Nothing lost, nobody let in';
const EVERY_RULE = 'Every rule of HTTP caching, each with its reason';

function program({ id, issue = PAGE_LOADS, claim, file, args, env = {} }: Program): Figure {
  return {
    id,
    issue,
    claim,
    command: `npm run verify ${id}`,
    async run() {
      // What is published must be what the sources say now.
      const built = env === AS_POPLET ? await run('npm', ['run', '-s', 'build']) : undefined;
      if (built !== undefined && built.exitCode !== 0) {
        return { holds: false, measured: { output: built.output.slice(-2000) } };
      }
      const source = ['--conditions=source', file, ...args];
      const { exitCode, output } = await run(process.execPath, source, { env });
      const lastLine = output.trimEnd().split('\n').at(-1) ?? '';
      if (exitCode !== 0 || !lastLine.startsWith('{')) {
        return { holds: false, measured: { exitCode, output: output.slice(-2000) } };
      }
      return JSON.parse(lastLine) as FigureResult;
    },
  };
}

const COLLAPSE = 'packages/edge/test/scale/collapse.ts';
const UPSTREAM_FAULTS = 'packages/edge/test/scale/upstream-faults.ts';
const ABUSIVE_CLIENTS = 'packages/edge/test/scale/abusive-clients.ts';
const PASSING_BODY = 'packages/edge/test/scale/passing-body.ts';
const DISK = 'packages/edge/test/disk';
const REMOTE = 'packages/edge/test/remote/remote-figure.ts';
const VIRTUAL_TIME = 'packages/cdn/test/virtual-time.ts';
const TWO_GIGABYTES = String(2 * 1024 ** 3);
/** The command as it is published, with all that it loads. */
const AS_POPLET = { POPLET: path.join(root, 'apps/cli/dist/main.js') };

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

/** Every suggestion applied, and the exchange played through. */
async function suggestionsKept(): Promise<FigureResult> {
  const file = 'packages/policy/test/explain.test.ts';
  const { exitCode, output } = await run(bin('vitest'), ['run', file], {
    env: { POPLET_PROPERTY_RUNS: '100000' },
  });
  const [, seed, exchanges, goals = ''] =
    /suggestions: seed (\d+), (\d+) exchanges (\{[^}]*\})/u.exec(
      stripVTControlCharacters(output),
    ) ?? [];
  if (exitCode !== 0 || seed === undefined) {
    return { holds: false, measured: { exitCode, output: output.slice(-2000) } };
  }
  const given = JSON.parse(goals) as Readonly<Record<string, number>>;
  const suggestions = Object.values(given).reduce((sum, count) => sum + count, 0);
  return {
    holds: Number(exchanges) === 100_000,
    measured: { seed: Number(seed), exchanges: Number(exchanges), suggestions, ...given },
  };
}

interface TestCounts {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
}

/** Test files run to their end, with what Vitest counted. */
async function tests(
  id: string,
  files: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<FigureResult & { readonly passed: number }> {
  const file = `.cache/${id}.json`;
  rmSync(path.join(root, file), { force: true });
  const args = ['run', ...files, '--reporter=json', `--outputFile.json=${file}`];
  const { exitCode, output } = await run(bin('vitest'), args, { env });
  if (!existsSync(path.join(root, file))) {
    return { holds: false, passed: 0, measured: { output: output.slice(-2000) } };
  }
  const counts = readJson(file) as TestCounts;
  const { numPassedTests: passed, numFailedTests: failed, numPendingTests: skipped } = counts;
  const holds = exitCode === 0 && passed > 0 && failed === 0 && skipped === 0;
  return { holds, passed, measured: { passed, failed, skipped } };
}

/** Every row of docs/conformance.md, and every case on both runners. */
async function conformance(): Promise<FigureResult> {
  const requirements = await tests('requirements', ['packages/policy/test/requirements.test.ts']);
  const pure = await tests('cases-pure', ['packages/policy/test/cases-pure.test.ts']);
  const sockets = await tests('cases-sockets', ['packages/conformance/test/cases-sockets.test.ts']);
  const all = [requirements, pure, sockets];
  const counted = await run(process.execPath, ['--conditions=source', 'tools/count-cases.ts']);
  const counts = JSON.parse(counted.output) as Readonly<Record<string, number>>;
  const measured = { ...counts, onPureFunctions: pure.passed, overSockets: sockets.passed };
  return all.every(({ holds }) => holds)
    ? { holds: true, measured }
    : { holds: false, measured: { ...measured, ...all.find(({ holds }) => !holds)?.measured } };
}

/** A property test alone, at a count of its own. */
function property(file: string, runs: number): () => Promise<FigureResult> {
  return async () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    const env = { POPLET_PROPERTY_RUNS: String(runs), POPLET_SEED: String(seed) };
    const { holds, measured } = await tests(path.basename(file), [file], env);
    return { holds, measured: { runs, seed, ...measured } };
  };
}

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

export const figures: readonly Figure[] = [
  program({
    id: 'collapse-one-key',
    claim: '10,000 concurrent requests for one cold key make 1 origin request',
    file: COLLAPSE,
    args: ['one-key', '10000'],
  }),
  program({
    id: 'collapse-three-variants',
    claim: '10,000 concurrent requests over 3 Vary values make 3 origin requests',
    file: COLLAPSE,
    args: ['three-variants', '10000'],
  }),
  program({
    id: 'private-answers',
    claim:
      'of 10,000 concurrent private answers no two clients share one, and none waits for another: 9,900 bodies are held back at one time (20,000 descriptors)',
    file: COLLAPSE,
    args: ['private', '10000'],
  }),
  program({
    id: 'private-answers-bounded',
    claim:
      'the same through the pool as shipped: as many answers under way as its 1,024 connections',
    file: COLLAPSE,
    args: ['private-bounded', '10000'],
  }),
  program({
    id: 'passing-body-length',
    claim:
      '2 GB with Content-Length stream through `poplet`, stored nowhere, under 200 MB of memory',
    file: PASSING_BODY,
    args: ['length', TWO_GIGABYTES],
    env: AS_POPLET,
  }),
  program({
    id: 'passing-body-chunked',
    claim: '2 GB in chunks, which the store gives up on midway, under 200 MB of memory',
    file: PASSING_BODY,
    args: ['chunked', TWO_GIGABYTES],
    env: AS_POPLET,
  }),
  program({
    id: 'passing-body-no-store',
    claim: '2 GB in chunks that may not be stored, under 200 MB of memory',
    file: PASSING_BODY,
    args: ['no-store', TWO_GIGABYTES],
    env: AS_POPLET,
  }),
  {
    id: 'suggestions-kept',
    issue: 'Every rule of HTTP caching, each with its reason',
    claim:
      'of 100,000 random exchanges, every suggestion of explain does what it promises when it is applied, and needs all of its patch; what it foretells of the next request happens',
    command: 'npm run verify suggestions-kept',
    run: suggestionsKept,
  },
  {
    id: 'decision-coverage',
    issue: PAGE_LOADS,
    claim: 'the cases reach every line and branch of decide and settle',
    command: 'npm run verify decision-coverage',
    run: decisionCoverage,
  },
  program({
    id: 'clock-advanced',
    claim: '2 minutes later, max-age=60 and an origin with a real clock: one 304, then hits',
    file: VIRTUAL_TIME,
    args: ['advanced'],
  }),
  program({
    id: 'clock-frozen',
    claim:
      'under a frozen clock a purge reaches what was stored or asked for before it, and nothing after',
    file: VIRTUAL_TIME,
    args: ['frozen'],
  }),
  {
    id: 'packages',
    issue: PAGE_LOADS,
    claim:
      'what would be published, installed by npm into an empty folder, runs on Node 22, 24 and 26',
    command: 'npm run verify packages',
    run: packages,
  },
  {
    id: 'conformance',
    issue: EVERY_RULE,
    claim:
      'every row of docs/conformance.md has a case; every case holds on the pure functions and over real sockets',
    command: 'npm run verify conformance',
    run: conformance,
  },
  {
    id: 'whose-answer',
    issue: EVERY_RULE,
    claim:
      'in 100,000 random histories of three clients, nobody gets what was made for another, withdrawn, or of another variant',
    command: 'npm run verify whose-answer',
    run: property('packages/policy/test/leaks.test.ts', 100_000),
  },
  {
    id: 'bytes-of-one-version',
    issue: EVERY_RULE,
    claim:
      'in 100,000 random histories of ranges, changes and broken connections, every answer is bytes of one version, at the place that it says',
    command: 'npm run verify bytes-of-one-version',
    run: property('packages/policy/test/parts.test.ts', 100_000),
  },
  {
    id: 'properties',
    issue: EVERY_RULE,
    claim: 'the properties of the decisions and of the fields hold on 20,000 random inputs each',
    command: 'npm run verify properties',
    run: property('packages/policy/test/properties.test.ts', 20_000),
  },
  program({
    id: 'field-parsers',
    issue: EVERY_RULE,
    claim:
      '1,000,000 random values: no field parser throws, and 64 KB takes at most 3 times what 32 KB takes',
    file: 'packages/policy/test/fuzz/field-parsers-figure.ts',
    args: ['1000000'],
  }),
  program({
    id: 'hostile-requests',
    issue: NOTHING_LOST,
    claim:
      'random bytes on 100,000 connections: each message that the origin gets is whole, and one that a second reader finds in what the client sent; every client is answered by responses of its own, or cut',
    file: 'packages/edge/test/hostile/fuzz-requests-figure.ts',
    args: ['100000'],
  }),
  program({
    id: 'oracle-agreement',
    issue: EVERY_RULE,
    claim: '1,000,000 random exchanges agree with http-cache-semantics, or a clause excuses them',
    file: 'packages/conformance/test/oracle-figure.ts',
    args: ['1000000'],
  }),
  program({
    id: 'mutation',
    issue: EVERY_RULE,
    claim:
      'no mutant of decide, settle and what they call survives without a proof; every requirement has a case that noticed one',
    file: 'tools/mutation/mutation.ts',
    args: ['--fresh', '--rows'],
  }),
  program({
    id: 'upstream-faults',
    issue: NOTHING_LOST,
    claim:
      '78 faults and oddities of an upstream, 100 times each where nothing is stored, where an error may be stood in for and where a refresh fails: no wrong byte, no part taken for the whole, nothing left open',
    file: UPSTREAM_FAULTS,
    args: ['every', '100'],
  }),
  program({
    id: 'upstream-unreachable',
    issue: NOTHING_LOST,
    claim:
      'an upstream that is down, unknown, or ends or never accepts its connections, 200 times each: 502, 504, or what is stored',
    file: UPSTREAM_FAULTS,
    args: ['unreachable', '200'],
  }),
  program({
    id: 'upstream-flapping',
    issue: NOTHING_LOST,
    claim:
      'an upstream that is killed and started 200 times under load: no wrong byte, and all is well once it is back',
    file: UPSTREAM_FAULTS,
    args: ['flapping', '200'],
  }),
  program({
    id: 'upstream-stale-connections',
    issue: NOTHING_LOST,
    claim:
      '20,000 requests to an upstream that closes connections as requests leave on them: all are answered',
    file: UPSTREAM_FAULTS,
    args: ['stale-connections', '20000'],
  }),
  program({
    id: 'abusive-clients',
    issue: NOTHING_LOST,
    claim:
      '34 ways to abuse the edge, 100 clients each, and twice as many idle connections as may be open: each is told what it should be, the journal says why, a browser beside them is answered, and nothing of them is left',
    file: ABUSIVE_CLIENTS,
    args: ['abuse', '100'],
  }),
  program({
    id: 'soak',
    issue: NOTHING_LOST,
    claim:
      '10 minutes of mixed traffic with all faults of the origin: every byte as the origin would have sent it, memory flat, no descriptor left behind',
    file: SOAK,
    args: ['600', 'memory'],
  }),
  program({
    id: 'soak-disk',
    issue: NOTHING_LOST,
    claim: 'the same over a disk store whose files are damaged and deleted meanwhile',
    file: SOAK,
    args: ['600', 'disk'],
  }),
  program({
    id: 'disk-kill',
    issue: NOTHING_LOST,
    claim:
      'an edge with a disk store of 100,000 entries and more, killed (-9) at 200 random moments under load: no wrong, short or purged body, nothing committed is lost, the folder opens in under 1 s',
    file: `${DISK}/kill-figure.ts`,
    args: ['disk', '200', '100000'],
  }),
  program({
    id: 'disk-damage',
    issue: NOTHING_LOST,
    claim:
      'of 300 stored bodies with a byte flipped, a file deleted or cut short before they are served, and 30 while they are, none is served wrong, and each is reported',
    file: `${DISK}/damage-figure.ts`,
    args: ['300'],
  }),
  program({
    id: 'full-disk',
    issue: NOTHING_LOST,
    claim:
      'on a file system of 16 MiB that is full, every request gets its answer; caching resumes when there is room; each said once',
    file: `${DISK}/full-disk-figure.ts`,
    args: ['300'],
  }),
  {
    id: 'disk-purge-model',
    issue: NOTHING_LOST,
    claim:
      'in 2 × 5,000 random histories of storing, validating, purging and restarting, a disk store says what a model says that compares every purge with every entry',
    command: 'npm run verify disk-purge-model',
    async run() {
      const file = 'packages/store/test/purge-model.test.ts';
      const { holds, measured } = await tests('disk-purge-model', [file], {
        POPLET_DISK_RUNS: '5000',
      });
      return { holds, measured: { histories: 10_000, ...measured } };
    },
  },
  {
    id: 'disk-cases',
    issue: NOTHING_LOST,
    claim: 'every case holds over real sockets with a disk store that keeps nothing in memory',
    command: 'npm run verify disk-cases',
    async run() {
      const { holds, measured } = await tests('disk-cases', [
        'packages/conformance/test/cases-disk.test.ts',
      ]);
      return { holds, measured };
    },
  },
  program({
    id: 'redis-outages',
    issue: NOTHING_LOST,
    claim:
      'Redis killed and started again 15 times, and stopped and continued 15 times, under load on two edges: no request fails, no body is wrong, nothing is served that was purged 100 ms before, and each is said once',
    file: REMOTE,
    args: ['outages', '30'],
  }),
  program({
    id: 'database-outages',
    issue: NOTHING_LOST,
    claim:
      'a PostgreSQL that one edge has killed and started again 10 times, and stopped and continued 10 times, under load: no request fails, no body is wrong, nothing is served that was purged, and each is said once',
    file: REMOTE,
    args: ['database-outages', '20'],
  }),
  program({
    id: 'database-kill',
    issue: NOTHING_LOST,
    claim:
      'an edge that stores in a PostgreSQL, with 20,000 entries and more, killed (-9) at 100 random moments under load: no wrong, short or purged body, nothing committed is lost',
    file: `${DISK}/kill-figure.ts`,
    args: ['database', '100', '20000'],
  }),
  {
    id: 'keyv-purge-model',
    issue: NOTHING_LOST,
    claim:
      'in 2 × 1,000 random histories of storing, validating, purging and restarting, a store on the least that Keyv can do says what a model says that compares every purge with every entry',
    command: 'npm run verify keyv-purge-model',
    async run() {
      const file = 'packages/store/test/purge-model.test.ts';
      const { holds, measured } = await tests('keyv-purge-model', [file], {
        POPLET_KEYV_RUNS: '1000',
      });
      return { holds, measured: { histories: 2000, ...measured } };
    },
  },
  {
    id: 'keyv-cases',
    issue: NOTHING_LOST,
    claim: 'every case holds over real sockets with a store on Keyv that keeps nothing in memory',
    command: 'npm run verify keyv-cases',
    async run() {
      const { holds, measured } = await tests('keyv-cases', [
        'packages/conformance/test/cases-keyv.test.ts',
      ]);
      return { holds, measured };
    },
  },
  program({
    id: 'redis-purges',
    issue: NOTHING_LOST,
    claim: 'of 100 purges on one edge, the other serves what was purged for at most 100 ms',
    file: REMOTE,
    args: ['propagation', '100'],
  }),
  {
    id: 'redis-purge-model',
    issue: NOTHING_LOST,
    claim:
      'in 2 × 1,000 random histories of two edges that take turns on one Redis, storing, validating and purging, they say what a model says that compares every purge with every entry',
    command: 'npm run verify redis-purge-model',
    async run() {
      const file = 'packages/store/test/remote/purge-model.test.ts';
      const { holds, measured } = await tests('redis-purge-model', [file], {
        POPLET_REDIS_RUNS: '1000',
      });
      return { holds, measured: { histories: 2000, ...measured } };
    },
  },
  {
    id: 'redis-cases',
    issue: NOTHING_LOST,
    claim: 'every case holds over real sockets with a store on Redis',
    command: 'npm run verify redis-cases',
    async run() {
      const { holds, measured } = await tests('redis-cases', [
        'packages/conformance/test/cases-redis.test.ts',
      ]);
      return { holds, measured };
    },
  },
];
