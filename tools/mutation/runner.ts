// A test runner for Stryker that plays cases and tests in a thread: each is a function call, so that judging
// a mutant takes milliseconds. Only what a module does when it is loaded needs a fresh thread.

import { Worker } from 'node:worker_threads';
import { declareFactoryPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import {
  DryRunStatus,
  MutantRunStatus,
  TestStatus,
  type DryRunOptions,
  type DryRunResult,
  type MutantRunOptions,
  type MutantRunResult,
  type TestRunner,
} from '@stryker-mutator/api/test-runner';
import type { PlayAnswer, PlayOrder, ThreadPurpose } from './thread.ts';

const THREAD = new URL('./thread.ts', import.meta.url);

class PolicyRunner implements TestRunner {
  /** Holds all modules as they are without a mutant. */
  readonly #thread = new PlayThread({ isCounting: false });

  capabilities(): { readonly reloadEnvironment: boolean } {
    return { reloadEnvironment: true };
  }

  async dryRun({ disableBail }: DryRunOptions): Promise<DryRunResult> {
    const thread = new PlayThread({ isCounting: true });
    const counted = await thread.play({ bail: !disableBail });
    await thread.end();
    const errorMessage = problemIn(counted) ?? problemIn(await this.#thread.play({}));
    if (errorMessage !== undefined) return { status: DryRunStatus.Error, errorMessage };
    const { ran, coverage } = counted;
    const tests = ran.map(({ id, spentMs }) => {
      return { id, name: id, timeSpentMs: spentMs, status: TestStatus.Success } as const;
    });
    return { status: DryRunStatus.Complete, tests, mutantCoverage: coverage };
  }

  async mutantRun(options: MutantRunOptions): Promise<MutantRunResult> {
    const { activeMutant, disableBail, hitLimit, mutantActivation, testFilter } = options;
    const { id: mutant } = activeMutant;
    if (mutantActivation === 'runtime')
      return resultOf(
        await this.#thread.play({ ids: testFilter, bail: !disableBail, mutant, hitLimit }),
      );
    // A thread of its own for each takes its time: the first that notices has to do.
    const thread = new PlayThread({ isCounting: false, mutant, hitLimit });
    try {
      return resultOf(await thread.play({ ids: testFilter, bail: true, mutant, hitLimit }));
    } finally {
      await thread.end();
    }
  }

  dispose(): Promise<void> {
    return this.#thread.end();
  }
}

/** What is wrong without a mutant. */
function problemIn({ failed, loadError }: PlayAnswer): string | undefined {
  const [broken] = failed;
  if (loadError === undefined && broken === undefined) return undefined;
  return `without a mutant: ${loadError ?? `${broken?.id} fails: ${broken?.problem}`}`;
}

function resultOf({ ran, failed, isOverHitLimit, loadError }: PlayAnswer): MutantRunResult {
  // What cannot even be loaded fails everything.
  if (loadError !== undefined) return { status: MutantRunStatus.Error, errorMessage: loadError };
  if (isOverHitLimit) return { status: MutantRunStatus.Timeout, reason: 'it never ends' };
  const [first] = failed;
  if (first === undefined) return { status: MutantRunStatus.Survived, nrOfTests: ran.length };
  return {
    status: MutantRunStatus.Killed,
    killedBy: failed.map(({ id }) => id),
    failureMessage: first.problem,
    nrOfTests: ran.length,
  };
}

/** One thread with the mutated package in it. */
class PlayThread {
  readonly #worker: Worker;

  constructor(purpose: ThreadPurpose) {
    this.#worker = new Worker(THREAD, { workerData: purpose, execArgv: ['--conditions=source'] });
  }

  async play(order: PlayOrder): Promise<PlayAnswer> {
    const { promise, resolve, reject } = Promise.withResolvers<PlayAnswer>();
    this.#worker.once('message', resolve);
    this.#worker.once('error', reject);
    this.#worker.postMessage(order, []);
    try {
      return await promise;
    } finally {
      this.#worker.off('message', resolve);
      this.#worker.off('error', reject);
    }
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}

function policyRunner(): TestRunner {
  return new PolicyRunner();
}

/** Read by Stryker, which is told of this file. */
export const strykerPlugins = [declareFactoryPlugin(PluginKind.TestRunner, 'policy', policyRunner)];
