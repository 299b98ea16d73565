// Plays cases against the copy of packages/policy that Stryker has mutated, in the working directory.
// What the mutated code reads and counts is described where Stryker's instrumenter writes it: one object
// at `globalThis.__stryker__`.

import { registerHooks } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';

/** What is to be played. */
export interface CasesOrder {
  /** All that run on the pure functions when undefined. */
  readonly ids?: readonly string[] | undefined;
  /** Stop at the first case that fails. */
  readonly bail?: boolean;
  /** The mutant to switch on. */
  readonly mutant?: string | undefined;
  /** How often it may be reached before it counts as a loop without an end. */
  readonly hitLimit?: number | undefined;
}

export interface CasesAnswer {
  readonly ran: readonly { readonly id: string; readonly spentMs: number }[];
  readonly failed: readonly { readonly id: string; readonly problem: string }[];
  readonly isOverHitLimit: boolean;
  /** Set when the modules could not be loaded with the mutant. */
  readonly loadError: string | undefined;
  /** Which mutants each case reached, and which were reached by loading. */
  readonly coverage: MutantCoverage;
}

interface MutantCoverage {
  static: Record<string, number>;
  perTest: Record<string, Record<string, number>>;
}

/** Shared with the mutated code, which keeps the object it found first. */
interface Switchboard {
  activeMutant: string | undefined;
  currentTestId: string | undefined;
  hitCount: number;
  hitLimit: number | undefined;
  mutantCoverage: MutantCoverage;
}

const { mutant, hitLimit } = workerData as CasesOrder;
const switchboard: Switchboard = {
  activeMutant: mutant,
  currentTestId: undefined,
  hitCount: 0,
  hitLimit,
  mutantCoverage: { static: {}, perTest: {} },
};
Object.assign(globalThis, { __stryker__: switchboard });

const COPIES = new Map([
  ['@poplet/policy', 'src/index.ts'],
  ['@poplet/policy/cases', 'cases/index.ts'],
]);

registerHooks({
  resolve(specifier, context, next) {
    const copy = COPIES.get(specifier);
    return next(copy === undefined ? specifier : pathToFileURL(path.resolve(copy)).href, context);
  },
});

async function load() {
  const { runPure, runsOn } = await import('@poplet/conformance');
  const { policyCases } = await import('@poplet/policy/cases');
  return { runPure, cases: policyCases.filter((one) => runsOn('pure', one)) };
}

type Loaded = Awaited<ReturnType<typeof load>>;

function play({ runPure, cases }: Loaded, order: CasesOrder): CasesAnswer {
  const ids = order.ids === undefined ? undefined : new Set(order.ids);
  const ran: CasesAnswer['ran'][number][] = [];
  const failed: CasesAnswer['failed'][number][] = [];
  switchboard.activeMutant = order.mutant;
  switchboard.hitLimit = order.hitLimit;
  if (mutant === undefined) switchboard.hitCount = 0;
  for (const one of cases) {
    if (ids !== undefined && !ids.has(one.id)) continue;
    switchboard.currentTestId = one.id;
    const beganMs = performance.now();
    const [problem] = problemsOf(() => runPure(one));
    ran.push({ id: one.id, spentMs: performance.now() - beganMs });
    if (isOverHitLimit()) break;
    if (problem !== undefined) failed.push({ id: one.id, problem });
    if (problem !== undefined && order.bail === true) break;
  }
  switchboard.currentTestId = undefined;
  switchboard.activeMutant = mutant;
  return answer({ ran, failed });
}

function problemsOf(run: () => readonly string[]): readonly string[] {
  try {
    return run();
  } catch (error) {
    return [String(error)];
  }
}

function isOverHitLimit(): boolean {
  const { hitCount, hitLimit: limit = Infinity } = switchboard;
  return hitCount > limit;
}

function answer(found: Partial<CasesAnswer>): CasesAnswer {
  return {
    ran: [],
    failed: [],
    isOverHitLimit: isOverHitLimit(),
    loadError: undefined,
    coverage: switchboard.mutantCoverage,
    ...found,
  };
}

const loaded = load().catch((error: unknown) => ({ loadError: String(error) }));

parentPort?.on('message', (order: CasesOrder) => {
  void loaded
    .then((found) => ('loadError' in found ? answer(found) : play(found, order)))
    .then((message) => parentPort?.postMessage(message, []));
});
