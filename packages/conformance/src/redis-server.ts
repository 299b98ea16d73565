import { spawn, type ChildProcess } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { freePort } from './free-port.ts';

const READY_WITHIN_MS = 20_000;
const NAMES = ['redis-server', 'valkey-server'];

/**
 * A real Redis or Valkey for tests: on a free port of the loopback, with nothing on disk, ended by
 * its process id. POPLET_REDIS_SERVER names the program where it is not on the PATH.
 */
export class RedisServer {
  readonly port: number;
  readonly #folder: string;
  #process: ChildProcess | undefined;

  private constructor(port: number, folder: string) {
    this.port = port;
    this.#folder = folder;
  }

  static async start(): Promise<RedisServer> {
    const folder = mkdtempSync(path.join(tmpdir(), 'poplet-redis-'));
    const server = new RedisServer(await freePort(), folder);
    await server.startAgain();
    return server;
  }

  /** Of one of its databases; they share nothing. */
  url(database = 0): string {
    return `redis://127.0.0.1:${this.port}/${database}`;
  }

  /** After `kill`: on the same port, empty. */
  async startAgain(): Promise<void> {
    const program = redisProgram();
    const options = {
      port: String(this.port),
      bind: '127.0.0.1',
      dir: this.#folder,
      save: '',
      appendonly: 'no',
      databases: '4096',
    };
    const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
    const started = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process = started;
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
        if (!/ready to accept connections/iu.test(output)) return;
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
  }

  /** Does what a person would do with `redis-cli`, in the first database: the strings and numbers of the reply. */
  async command(...words: readonly string[]): Promise<readonly string[]> {
    const end = 'nothing follows';
    const socket = connect(this.port, '127.0.0.1');
    socket.write(`${words.join(' ')}\r\nPING "${end}"\r\n`);
    let reply = '';
    for await (const chunk of socket) {
      reply += String(chunk);
      if (reply.endsWith(`${end}\r\n`)) break;
    }
    const lines = reply.split('\r\n').slice(0, -3);
    return lines.flatMap((line) => (/^[$*]/u.test(line) ? [] : [line.replace(/^[:+-]/u, '')]));
  }

  /** It answers nothing, and keeps its connections. */
  pause(): void {
    this.#process?.kill('SIGSTOP');
  }

  resume(): void {
    this.#process?.kill('SIGCONT');
  }

  /** At once, with all that it knows. */
  async kill(): Promise<void> {
    const running = this.#process;
    this.#process = undefined;
    if (running === undefined || running.exitCode !== null) return;
    const ended = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGKILL');
    await ended;
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Throws with the way out where there is none. */
function redisProgram(): string {
  const named = process.env['POPLET_REDIS_SERVER'];
  if (named !== undefined && named !== '') return named;
  const folders = (process.env['PATH'] ?? '').split(path.delimiter).filter((one) => one !== '');
  for (const name of NAMES) {
    const found = folders.map((folder) => path.join(folder, name)).find(isExecutable);
    if (found !== undefined) return found;
  }
  throw new Error(
    'No redis-server and no valkey-server found: install one (Debian: apt-get install redis-server), or set POPLET_REDIS_SERVER to the path of its program.',
  );
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
