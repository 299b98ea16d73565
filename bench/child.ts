import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

import type { Command } from './machine.ts';

const STOP_WITHIN_MS = 20_000;
const KEPT_OUTPUT = 4000;

export interface ChildOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** Where it runs; by default here. */
  readonly folder?: string;
}

/** A server that this run started. It ends with the run, however that ends. */
export class Child {
  readonly process: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #command: Command;
  #output = '';

  constructor(command: Command, { environment = {}, folder }: ChildOptions = {}) {
    const [program, ...args] = command;
    this.#command = command;
    this.process = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
      cwd: folder,
    });
    const keep = (text: string): void => {
      this.#output = (this.#output + text).slice(-KEPT_OUTPUT);
    };
    this.process.stdout?.setEncoding('utf8').on('data', keep);
    this.process.stderr?.setEncoding('utf8').on('data', keep);
    this.process.on('error', (error) => keep(error.message));
    const endToo = (): void => void this.process.kill('SIGKILL');
    process.once('exit', endToo);
    this.#ended = once(this.process, 'close').finally(() => process.off('exit', endToo));
    // Who waits for what it says hears of an error; nobody else needs to.
    this.#ended.catch(() => {});
  }

  get pid(): number {
    const { pid } = this.process;
    if (pid === undefined) throw this.failure('did not start');
    return pid;
  }

  get hasEnded(): boolean {
    return this.process.exitCode !== null || this.process.signalCode !== null;
  }

  failure(what: string): Error {
    return new Error(`${this.#command.join(' ')} ${what}\n${this.#output}`);
  }

  /** The first match in what it writes, from its start. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.#output);
      if (match !== null) return match;
      if (this.hasEnded) throw this.failure(`ended before it said ${pattern}`);
      await Promise.race([
        once(this.process.stdout as NodeJS.ReadableStream, 'data'),
        once(this.process.stderr as NodeJS.ReadableStream, 'data'),
        this.#ended,
      ]);
    }
  }

  async stop(): Promise<void> {
    if (this.hasEnded) return;
    this.process.kill('SIGTERM');
    const timer = setTimeout(() => this.process.kill('SIGKILL'), STOP_WITHIN_MS);
    await this.#ended;
    clearTimeout(timer);
  }
}
