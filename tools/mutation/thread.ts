// Plays the cases, and the tests with fixed inputs, against the copy of packages/policy that Stryker has
// mutated, in the working directory. What the mutated code reads and counts is described where Stryker's
// instrumenter writes it: one object at `globalThis.__stryker__`.

import { globSync } from 'node:fs';
import { registerHooks } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { isMutated, reach, withQuickSwitches } from './quick-switches.ts';

/** What a thread is for. */
export interface ThreadPurpose {
  /** Whether it counts what reaches each mutant, which takes its time. */
  readonly isCounting: boolean;
  /** The mutant that is there from the start. */
  readonly mutant?: string | undefined;
  readonly hitLimit?: number | undefined;
}

/** What is to be played. */
export interface PlayOrder {
  /** All when undefined. */
  readonly ids?: readonly string[] | undefined;
  /** Stop at the first that fails. */
  readonly bail?: boolean;
  /** The mutant to switch on. */
  readonly mutant?: string | undefined;
  /** How often it may be reached before it counts as a loop without an end. */
  readonly hitLimit?: number | undefined;
}

export interface PlayAnswer {
  readonly ran: readonly { readonly id: string; readonly spentMs: number }[];
  readonly failed: readonly { readonly id: string; readonly problem: string }[];
  readonly isOverHitLimit: boolean;
  /** Set when the modules could not be loaded with the mutant. */
  readonly loadError: string | undefined;
  /** Which mutants each one reached, and which were reached by loading. */
  readonly coverage: MutantCoverage;
}

interface MutantCoverage {
  static: Record<string, number>;
  perTest: Record<string, Record<string, number>>;
}

/** Shared with the mutated code: each file keeps this object, and the coverage that it found at its first branch. */
export interface Switchboard {
  activeMutant: number | undefined;
  currentTestId: string | undefined;
  hitCount: number;
  hitLimit: number | undefined;
  /** What a mutant calls that is active, where nothing is counted. */
  reach: () => true;
  mutantCoverage: MutantCoverage;
}

/** One thing that may notice a mutant. */
interface Play {
  readonly id: string;
  /** Returns, or throws, what is wrong. */
  readonly run: () => string | undefined | void;
}

/** Of packages/policy, but for random tests: what notices a mutant once notices it always. */
const TESTS = 'test/{,fields/}*.test.ts';
const RANDOM_TESTS =
  /^test\/(?:fields\/)?(?:byte-spans|cases-pure|explain|explain-words|leaks|parts|properties|requirements)\.test\.ts$/u;

const { isCounting, mutant, hitLimit } = workerData as ThreadPurpose;
const switchboard: Switchboard = {
  activeMutant: numberOf(mutant),
  currentTestId: undefined,
  hitCount: 0,
  hitLimit,
  reach: () => reach(switchboard),
  mutantCoverage: noCoverage(),
};
Object.assign(globalThis, { __stryker__: switchboard });

const STANDS_FOR = new Map([
  ['@poplet/policy', pathToFileURL(path.resolve('src/index.ts')).href],
  ['@poplet/policy/cases', pathToFileURL(path.resolve('cases/index.ts')).href],
  ['vitest', new URL('./fixed-tests.ts', import.meta.url).href],
]);

const SOURCES = pathToFileURL(path.resolve('src')).href;
const REMEMBERED = pathToFileURL(path.resolve('src/remembered.ts')).href;
const FORGETFUL = new URL('./forgetful.ts', import.meta.url).href;

registerHooks({
  resolve(specifier, context, next) {
    const resolved = next(STANDS_FOR.get(specifier) ?? specifier, context);
    const isForSources = context.parentURL?.startsWith(SOURCES) === true;
    return resolved.url === REMEMBERED && isForSources ? next(FORGETFUL, context) : resolved;
  },
  load(url, context, next) {
    const loaded = next(url, context);
    if (isCounting || loaded.source == null) return loaded;
    const source = Buffer.from(loaded.source as Uint8Array).toString();
    if (!isMutated(source)) return loaded;
    return { ...loaded, source: withQuickSwitches(source) };
  },
});

/** Cases first: where one notices a mutant, no test is needed. */
async function load(): Promise<readonly Play[]> {
  const cases = await loadCases();
  // What a test computes while it is loaded belongs to no test, nor to the modules themselves.
  const notATest = 'loading';
  switchboard.currentTestId = notATest;
  const tests = await loadTests();
  switchboard.currentTestId = undefined;
  delete switchboard.mutantCoverage.perTest[notATest];
  return [...cases, ...tests];
}

async function loadCases(): Promise<readonly Play[]> {
  const { runPure, runsOn } = await import('@poplet/conformance');
  const { policyCases } = await import('@poplet/policy/cases');
  return policyCases
    .filter((one) => runsOn('pure', one))
    .map((one) => ({ id: one.id, run: () => runPure(one)[0] }));
}

async function loadTests(): Promise<readonly Play[]> {
  const { testsOf } = await import('./fixed-tests.ts');
  const plays: Play[] = [];
  for (const file of globSync(TESTS).toSorted()) {
    if (RANDOM_TESTS.test(file)) continue;
    const tests = await testsOf(file, () => import(pathToFileURL(path.resolve(file)).href));
    plays.push(...tests);
  }
  return plays;
}

function play(plays: readonly Play[], order: PlayOrder): PlayAnswer {
  const ids = order.ids === undefined ? undefined : new Set(order.ids);
  const ran: PlayAnswer['ran'][number][] = [];
  const failed: PlayAnswer['failed'][number][] = [];
  switchboard.activeMutant = numberOf(order.mutant);
  switchboard.hitLimit = order.hitLimit;
  if (mutant === undefined) switchboard.hitCount = 0;
  for (const one of plays) {
    if (ids !== undefined && !ids.has(one.id)) continue;
    switchboard.currentTestId = one.id;
    const beganMs = performance.now();
    const problem = problemOf(one);
    ran.push({ id: one.id, spentMs: performance.now() - beganMs });
    if (isOverHitLimit()) break;
    if (problem !== undefined) failed.push({ id: one.id, problem });
    if (problem !== undefined && order.bail === true) break;
  }
  switchboard.currentTestId = undefined;
  switchboard.activeMutant = numberOf(mutant);
  return answer({ ran, failed });
}

function problemOf({ run }: Play): string | undefined {
  try {
    return run() ?? undefined;
  } catch (error) {
    return String(error);
  }
}

function isOverHitLimit(): boolean {
  const { hitCount, hitLimit: limit = Infinity } = switchboard;
  return hitCount > limit;
}

function answer(found: Partial<PlayAnswer>): PlayAnswer {
  return {
    ran: [],
    failed: [],
    isOverHitLimit: isOverHitLimit(),
    loadError: undefined,
    coverage: switchboard.mutantCoverage,
    ...found,
  };
}

/** Stryker numbers them, in text. */
function numberOf(id: string | undefined): number | undefined {
  return id === undefined ? undefined : Number(id);
}

function noCoverage(): MutantCoverage {
  return { static: {}, perTest: {} };
}

const loaded = load().catch((error: unknown) => ({ loadError: String(error) }));

parentPort?.on('message', (order: PlayOrder) => {
  void loaded
    .then((plays) => ('loadError' in plays ? answer(plays) : play(plays, order)))
    .then((message) => parentPort?.postMessage(message, []));
});
