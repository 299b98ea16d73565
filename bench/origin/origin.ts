import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

import type { FromOrigin, ToOrigin } from './origin-process.ts';

const PROCESS = path.join(import.meta.dirname, 'origin-process.ts');

/** The origin server of a run. It stays on the core of the load, where this process is. */
export class Origin {
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #versions = new Map<string, number>();

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
  }

  static async start(): Promise<Origin> {
    const child = fork(PROCESS, { execArgv: ['--conditions=source'] });
    const [listening] = (await once(child, 'message')) as [
      Extract<FromOrigin, { kind: 'listening' }>,
    ];
    return new Origin(child, listening.port);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Requests it has got so far. */
  async requests(): Promise<number> {
    const answer = await this.#ask({ kind: 'count' });
    if (answer.kind !== 'count') throw new Error(`the origin answered ${answer.kind}`);
    return answer.requests;
  }

  /** The version that it serves under a path; 0 at first. */
  version(under: string): number {
    return this.#versions.get(under) ?? 0;
  }

  /** From when it resolves, the path has its next version. */
  async publish(under: string): Promise<void> {
    const version = this.version(under) + 1;
    this.#versions.set(under, version);
    await this.#ask({ kind: 'version', path: under, version });
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.disconnect();
    await ended;
  }

  async #ask(message: ToOrigin): Promise<FromOrigin> {
    const answer = once(this.#child, 'message');
    this.#child.send(message);
    const [received] = (await answer) as [FromOrigin];
    return received;
  }
}
