import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';

import { onTestFinished } from 'vitest';

const RUNNER = path.join(import.meta.dirname, '..', 'run-application.mjs');

/** What an application says of a call that failed. */
interface Failure {
  readonly name: string;
  readonly message: string;
  readonly code?: unknown;
  /** Of the answer. */
  readonly status?: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests reach into answers of every shape
  readonly body?: any;
}

/** An application in a process of its own, written as its authors would. */
export interface Application {
  /** Calls what it exports. Rejects where that throws. */
  // oxlint-disable-next-line typescript/no-explicit-any -- tests reach into answers of every shape
  readonly call: (name: string, ...args: readonly unknown[]) => Promise<any>;
  /** As `call`, where it is to throw: resolves to what it threw. */
  readonly failing: (name: string, ...args: readonly unknown[]) => Promise<Failure>;
}

/** Starts `applications/<name>.mjs`, which ends with the test. */
export function startApplication(name: string, env: Readonly<Record<string, string>>): Application {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [RUNNER, name], {
    env: { PATH, HOME, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  onTestFinished(async () => {
    child.stdin.end();
    await ended;
  });
  const ask = async (call: string, args: readonly unknown[]) => {
    child.stdin.write(`${JSON.stringify({ call, args })}\n`);
    const { value, done } = await lines.next();
    if (done === true) throw new Error(`${name} ended without an answer to ${call}`);
    return JSON.parse(value) as { readonly result?: unknown; readonly failure?: Failure };
  };
  return {
    async call(call, ...args) {
      const { result, failure } = await ask(call, args);
      if (failure !== undefined) throw new Error(`${name}: ${call}: ${JSON.stringify(failure)}`);
      return result;
    },
    async failing(call, ...args) {
      const { result, failure } = await ask(call, args);
      if (failure === undefined) throw new Error(`${call} succeeded: ${JSON.stringify(result)}`);
      return failure;
    },
  };
}
