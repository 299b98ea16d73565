import { execFile, execFileSync } from 'node:child_process';
import { chownSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { freePort } from './free-port.ts';
import { findProgram, ServerProcess } from './server-process.ts';

const execute = promisify(execFile);

/** Where Debian keeps what is not on the PATH. */
const DEBIAN_FOLDER = '/usr/lib/postgresql';
const USER = 'poplet';

/**
 * A real PostgreSQL for tests: on a free port of the loopback, with its data in a temporary folder,
 * ended by its process id. POPLET_POSTGRES_FOLDER names the folder of its programs where they are not
 * on the PATH. It refuses to run as root, so that it runs as `postgres` or `nobody` then.
 */
export class PostgresServer {
  readonly port: number;
  readonly #folder: string;
  readonly #user: { readonly uid: number; readonly gid: number } | undefined;
  #process: ServerProcess | undefined;
  #databases = 0;

  private constructor(port: number, folder: string) {
    this.port = port;
    this.#folder = folder;
    this.#user = process.getuid?.() === 0 ? unprivileged() : undefined;
  }

  static async start(): Promise<PostgresServer> {
    const folder = mkdtempSync(path.join(tmpdir(), 'poplet-postgres-'));
    const server = new PostgresServer(await freePort(), folder);
    await server.#initialize();
    await server.startAgain();
    return server;
  }

  async #initialize(): Promise<void> {
    if (this.#user !== undefined) chownSync(this.#folder, this.#user.uid, this.#user.gid);
    const args = [
      '--auth=trust',
      `--username=${USER}`,
      '--no-sync',
      '--no-locale',
      '--encoding=UTF8',
    ];
    await this.#run('initdb', [...args, '-D', this.#data]);
  }

  get #data(): string {
    return path.join(this.#folder, 'data');
  }

  async #run(name: string, args: readonly string[]): Promise<void> {
    await execute(programOf(name), args, { cwd: this.#folder, ...this.#user });
  }

  /** Of a new database. */
  async newDatabase(): Promise<string> {
    const name = `database${this.#databases++}`;
    const where = ['-h', '127.0.0.1', '-p', String(this.port), '-U', USER];
    await this.#run('createdb', [...where, name]);
    return `postgres://${USER}@127.0.0.1:${this.port}/${name}`;
  }

  /** After `kill` or `stop`: on the same port, with what it was told. */
  async startAgain(): Promise<void> {
    const settings = {
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      port: String(this.port),
      max_connections: '60',
      shared_buffers: '32MB',
      // A process that ends loses nothing by it.
      fsync: 'off',
      logging_collector: 'off',
    };
    const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    this.#process = await ServerProcess.start({
      program: programOf('postgres'),
      args: ['-D', this.#data, ...options],
      ready: /ready to accept connections/iu,
      user: this.#user,
      env: { LC_ALL: 'C' },
    });
  }

  /** It answers nothing, and keeps its connections. */
  pause(): void {
    this.#process?.signal('SIGSTOP');
    this.#signalSessions('SIGSTOP');
  }

  resume(): void {
    this.#signalSessions('SIGCONT');
    this.#process?.signal('SIGCONT');
  }

  /** Each connection has a process of its own, which no signal to the server stops. */
  #signalSessions(signal: NodeJS.Signals): void {
    const { pid } = this.#process ?? {};
    if (pid === undefined) return;
    const listed = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
    for (const line of listed.split('\n')) {
      const [session, parent] = line.trim().split(/\s+/u).map(Number);
      if (session === undefined || parent !== pid) continue;
      try {
        process.kill(session, signal);
      } catch {
        // It has just ended.
      }
    }
  }

  /** At once: what was not acknowledged may be lost. */
  async kill(): Promise<void> {
    const running = this.#process;
    this.#process = undefined;
    // With SIGKILL its sessions would live on for a while, and keep the next server out.
    await running?.end('SIGQUIT');
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Throws with the way out where there is none. */
function programOf(name: string): string {
  const named = process.env['POPLET_POSTGRES_FOLDER'];
  const folders = named === undefined || named === '' ? debianFolders() : [named];
  const found = findProgram([name], folders);
  if (found !== undefined) return found;
  throw new Error(
    `No ${name} found: install PostgreSQL (Debian: apt-get install postgresql), or set POPLET_POSTGRES_FOLDER to the folder of its programs.`,
  );
}

function debianFolders(): string[] {
  try {
    const versions = readdirSync(DEBIAN_FOLDER);
    return versions.map((version) => path.join(DEBIAN_FOLDER, version, 'bin'));
  } catch {
    return [];
  }
}

function unprivileged(): { readonly uid: number; readonly gid: number } {
  for (const name of ['postgres', 'nobody']) {
    try {
      const idOf = (which: '-u' | '-g'): number =>
        Number(execFileSync('id', [which, name], { encoding: 'utf8', stdio: 'pipe' }));
      return { uid: idOf('-u'), gid: idOf('-g') };
    } catch {
      continue;
    }
  }
  throw new Error('PostgreSQL refuses to run as root, and there is nobody else here');
}
