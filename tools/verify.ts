// `pnpm verify [id …]`: measures the registered figures and writes docs/verification.json.
// Figures that were not named keep what was measured before.

import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { figures } from './figures.ts';
import type { Figure, FigureResult } from './figures/figure.ts';
import { readJson, root, run, seconds } from './repository.ts';

const DOCUMENT = 'docs/verification.json';

interface Verified extends Omit<Figure, 'run'>, FigureResult {
  readonly commit: string;
  /** True when files differed from that commit. */
  readonly isDirty: boolean;
  readonly date: string;
  readonly node: string;
  readonly durationMs: number;
}

async function git(...args: string[]): Promise<string> {
  const { exitCode, output } = await run('git', args);
  if (exitCode !== 0) throw new Error(`git ${args.join(' ')} failed: ${output}`);
  return output.trim();
}

async function verify(figure: Figure): Promise<Verified> {
  const startedAtMs = performance.now();
  const { holds, measured } = await figure.run();
  const durationMs = Math.round(performance.now() - startedAtMs);
  console.log(`${holds ? '✓' : '✗'} ${figure.id} (${seconds(durationMs)}): ${figure.claim}`);
  console.log(`  ${JSON.stringify(measured)}`);
  const { id, issue, claim, command } = figure;
  const date = new Date().toISOString();
  const node = process.version;
  return { id, issue, claim, command, holds, measured, commit, isDirty, date, node, durationMs };
}

/** In the order of the register. */
function write(): readonly Verified[] {
  const known = figures.flatMap(({ id }) => results.get(id) ?? []);
  writeFileSync(path.join(root, DOCUMENT), `${JSON.stringify({ figures: known }, null, 2)}\n`);
  return known;
}

const ids = process.argv.slice(2);
const unknown = ids.find((id) => !figures.some((figure) => figure.id === id));
if (unknown !== undefined) {
  throw new Error(`No figure '${unknown}'. There are: ${figures.map(({ id }) => id).join(', ')}`);
}

const commit = await git('rev-parse', 'HEAD');
const isDirty = (await git('status', '--porcelain', '--', '.', `:!${DOCUMENT}`)) !== '';
const before = existsSync(path.join(root, DOCUMENT))
  ? (readJson(DOCUMENT) as { figures: readonly Verified[] }).figures
  : [];

const results = new Map(before.map((verified) => [verified.id, verified]));
let kept = write();
for (const figure of figures) {
  if (ids.length > 0 && !ids.includes(figure.id)) continue;
  results.set(figure.id, await verify(figure));
  // At once: many figures take an hour, and who stops in between keeps those that are there.
  kept = write();
}

const failures = kept.filter(({ holds }) => !holds).length;
console.log(`${kept.length - failures} of ${kept.length} figures hold; written to ${DOCUMENT}.`);
process.exitCode = failures === 0 ? 0 : 1;
