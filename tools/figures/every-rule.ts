import { stripVTControlCharacters } from 'node:util';
import { bin, run } from '../repository.ts';
import type { Figure, FigureResult } from './figure.ts';
import { program } from './program.ts';
import { property, tests } from './tests.ts';

const ISSUE = 'Every rule of HTTP caching, each with its reason';

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

export const everyRule: readonly Figure[] = [
  {
    id: 'suggestions-kept',
    issue: ISSUE,
    claim:
      'of 100,000 random exchanges, every suggestion of explain does what it promises when it is applied, and needs all of its patch; what it foretells of the next request happens',
    command: 'npm run verify suggestions-kept',
    run: suggestionsKept,
  },
  {
    id: 'conformance',
    issue: ISSUE,
    claim:
      'every row of docs/conformance.md has a case; every case holds on the pure functions and over real sockets',
    command: 'npm run verify conformance',
    run: conformance,
  },
  {
    id: 'whose-answer',
    issue: ISSUE,
    claim:
      'in 100,000 random histories of three clients, nobody gets what was made for another, withdrawn, or of another variant',
    command: 'npm run verify whose-answer',
    run: property('packages/policy/test/leaks.test.ts', 100_000),
  },
  {
    id: 'bytes-of-one-version',
    issue: ISSUE,
    claim:
      'in 100,000 random histories of ranges, changes and broken connections, every answer is bytes of one version, at the place that it says',
    command: 'npm run verify bytes-of-one-version',
    run: property('packages/policy/test/parts.test.ts', 100_000),
  },
  {
    id: 'properties',
    issue: ISSUE,
    claim: 'the properties of the decisions and of the fields hold on 20,000 random inputs each',
    command: 'npm run verify properties',
    run: property('packages/policy/test/properties.test.ts', 20_000),
  },
  program({
    id: 'field-parsers',
    issue: ISSUE,
    claim:
      '1,000,000 random values: no field parser throws, and 64 KB takes at most 3 times what 32 KB takes',
    file: 'packages/policy/test/fuzz/field-parsers-figure.ts',
    args: ['1000000'],
  }),
  program({
    id: 'oracle-agreement',
    issue: ISSUE,
    claim: '1,000,000 random exchanges agree with http-cache-semantics, or a clause excuses them',
    file: 'packages/conformance/test/oracle-figure.ts',
    args: ['1000000'],
  }),
  program({
    id: 'mutation',
    issue: ISSUE,
    claim:
      'no mutant of decide, settle and what they call survives without a proof; every requirement that cases on the pure functions watch has a case that noticed a mutant',
    file: 'tools/mutation/mutation.ts',
    args: ['--fresh', '--rows'],
  }),
];
