import { spawn, type ChildProcess } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';

const READY_WITHIN_MS = 30_000;

export interface ServerProgram {
  readonly program: string;
  readonly args: readonly string[];
  /** What it prints when it answers. */
  readonly ready: RegExp;
  /** Whom it runs as, where that is somebody else. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  readonly env?: Readonly<Record<string, string>>;
}

/** A server of the system for a test, ended by its process id. */
export class ServerProcess {
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess) {
    this.#process = process;
  }

  /** Resolves when it is ready. */
  static async start({ program, args, ready, user, env }: ServerProgram): Promise<ServerProcess> {
    const started = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
      ...user,
    });
    // It does not outlive the tests, however they end.
    const endToo = (): void => void started.kill('SIGKILL');
    process.once('exit', endToo);
    started.once('exit', () => process.off('exit', endToo));
    await new Promise<void>((resolve, reject) => {
      let output = '';
      const fail = (why: string): void => {
        started.kill('SIGKILL');
        reject(new Error(`${program} ${why}\n${output}`));
      };
      const timer = setTimeout(() => fail('was not ready in time'), READY_WITHIN_MS);
      const read = (chunk: Buffer): void => {
        output += chunk.toString();
        if (!ready.test(output)) return;
        clearTimeout(timer);
        resolve();
      };
      started.stdout.on('data', read);
      started.stderr.on('data', read);
      started.once('error', (error) => fail(error.message));
      started.once('exit', (code) => {
        clearTimeout(timer);
        fail(`ended with ${code}`);
      });
    });
    return new ServerProcess(started);
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** Resolves when it has ended. */
  async end(signal: NodeJS.Signals): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill(signal);
    await ended;
  }
}

/** The first of these programs on the PATH, or in other folders. */
export function findProgram(
  names: readonly string[],
  furtherFolders: readonly string[] = [],
): string | undefined {
  const onPath = (process.env['PATH'] ?? '').split(path.delimiter).filter((one) => one !== '');
  const folders = [...onPath, ...furtherFolders];
  return names
    .flatMap((name) => folders.map((folder) => path.join(folder, name)))
    .find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
