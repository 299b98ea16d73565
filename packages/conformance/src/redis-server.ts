import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { freePort } from './free-port.ts';
import { findProgram, ServerProcess } from './server-process.ts';

const NAMES = ['redis-server', 'valkey-server'];

/**
 * A real Redis or Valkey for tests: on a free port of the loopback, with nothing on disk, ended by
 * its process id. POPLET_REDIS_SERVER names the program where it is not on the PATH.
 */
export class RedisServer {
  readonly port: number;
  readonly #folder: string;
  #process: ServerProcess | undefined;

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
    const ready = /ready to accept connections/iu;
    this.#process = await ServerProcess.start({ program, args, ready });
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
    this.#process?.signal('SIGSTOP');
  }

  resume(): void {
    this.#process?.signal('SIGCONT');
  }

  /** At once, with all that it knows. */
  async kill(): Promise<void> {
    const running = this.#process;
    this.#process = undefined;
    await running?.end('SIGKILL');
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
  const found = findProgram(NAMES);
  if (found !== undefined) return found;
  throw new Error(
    'No redis-server and no valkey-server found: install one (Debian: apt-get install redis-server), or set POPLET_REDIS_SERVER to the path of its program.',
  );
}
