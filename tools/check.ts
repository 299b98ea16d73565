// `pnpm check`: everything that can be said about the code without running it.

import { checkDependencies } from './check-dependencies.ts';
import { checkDeviations } from './check-deviations.ts';
import { checkImports } from './check-imports.ts';
import { bin, pnpm, publishedPackages, run, seconds } from './repository.ts';

interface Check {
  readonly name: string;
  /** Resolves to what is wrong, for a person to read; empty when nothing is. */
  readonly run: () => Promise<string> | string;
}

async function program(command: string, ...args: string[]): Promise<string> {
  const { exitCode, output } = await run(command, args);
  if (exitCode === 0) return '';
  return output === '' ? `${command} ended with ${exitCode}` : output;
}

/** What would be published is what is linted: publint packs with pnpm, which applies publishConfig. */
async function publint(): Promise<string> {
  const built = await program('npm', 'run', '-s', 'build');
  if (built !== '') return built;
  const filters = publishedPackages().map(({ manifest }) => `--filter=${manifest.name}`);
  const lint = [bin('publint'), 'run', '.', '--pack', 'pnpm', '--strict'];
  return program('npx', ...pnpm('-s', '-r', '--no-bail', ...filters, 'exec', ...lint));
}

const types: Check = { name: 'types', run: () => program(bin('tsc'), '-b') };

const others: readonly Check[] = [
  { name: 'lint', run: () => program(bin('oxlint')) },
  { name: 'format', run: () => program(bin('oxfmt'), '--check') },
  { name: 'unused code and dependencies', run: () => program(bin('knip')) },
  { name: 'what would be published', run: publint },
  { name: 'import rules', run: () => checkImports().join('\n') },
  { name: 'docs/dependencies.md', run: () => checkDependencies().join('\n') },
  { name: 'docs/deviations.md', run: () => checkDeviations().join('\n') },
  {
    name: 'pages written from the code',
    run: () => program('node', '--conditions=source', 'tools/generate-docs.ts', '--check'),
  },
];

async function report({ name, run: start }: Check): Promise<boolean> {
  const startedAtMs = performance.now();
  const problems = await start();
  const duration = seconds(performance.now() - startedAtMs);
  console.log(`${problems === '' ? '✓' : '✗'} ${name} (${duration})`);
  if (problems !== '') console.log(`${problems.trimEnd()}\n`);
  return problems === '';
}

// Types first: publint looks at what tsc emits.
const passed = [await report(types), ...(await Promise.all(others.map(report)))];
const failures = passed.filter((isGood) => !isGood).length;
console.log(
  failures === 0 ? 'All checks passed.' : `${failures} of ${passed.length} checks failed.`,
);
process.exitCode = failures === 0 ? 0 : 1;
