// Packs what would be published, installs it with plain npm into an empty folder, and runs
// `npx poplet ./site` there on every supported line of Node.

import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { installPacked, must } from './install-packed.ts';
import { root, run } from './repository.ts';

/** The oldest of each line that `engines` admits, and the one the repository uses. */
const NODE_VERSIONS = ['22.22.2', '24.15.0', '26.10.0'];

const PAGE = '<!doctype html><title>Packed</title><h1>It works</h1>\n';
/** As docs/configuration.md shows them. */
const CONFIGURATIONS = {
  'poplet.config.ts': `import { defineConfig, type PopletConfig } from 'poplet';

const config: PopletConfig = { sites: [{ source: './site' }] };
export default defineConfig(config);
`,
  'typed.config.ts': `import type { PopletConfig } from 'poplet';

export default { sites: [{ source: './site' }] } satisfies PopletConfig;
`,
};

/** What is to be served, as a person says it. */
const SOURCES: readonly (readonly string[])[] = [
  ['./site'],
  ...Object.keys(CONFIGURATIONS).map((name) => ['--config', name]),
];
const READY_WITHIN_MS = 30_000;
const EXIT_WITHIN_MS = 10_000;

function nodePackage(): string {
  const platform = `${process.platform}-${process.arch}`;
  return platform === 'darwin-arm64' ? `node-bin-${platform}` : `node-${platform}`;
}

/** Installs that Node under .cache, once. */
async function installNode(version: string): Promise<string> {
  const folder = path.join(root, '.cache', 'node', version);
  const name = nodePackage();
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    path.join(folder, 'package.json'),
    JSON.stringify({ private: true, dependencies: { [name]: version } }),
  );
  await must('npm', ['install', '--prefer-offline', '--no-package-lock'], folder);
  return path.join(folder, 'node_modules', name, 'bin', 'node');
}

/** What a person types, in a terminal whose `node` is of this version. */
async function tryPoplet(version: string, cwd: string, source: readonly string[]): Promise<string> {
  const node = await installNode(version);
  const env = { PATH: `${path.dirname(node)}${path.delimiter}${process.env['PATH']}` };
  const { output } = await run('npx', ['-c', 'node --version'], { cwd, env });
  // The last line: npm may warn before it.
  if (output.trim().split('\n').at(-1) !== `v${version}`) {
    throw new Error(`npx runs ${output}, not v${version}`);
  }
  const args = ['--no-install', 'poplet', ...source, '--port', '0', '--admin-port', '0'];
  const child = spawn('npx', [...args, '--json', '--quiet'], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, which Ctrl-C reaches as a whole.
    detached: true,
  });
  /** False when nobody of the group is left. */
  const signal = (name: NodeJS.Signals | 0): boolean => {
    try {
      return child.pid !== undefined && process.kill(-child.pid, name);
    } catch {
      return false;
    }
  };
  const exit = Promise.withResolvers<string>();
  child.on('error', exit.reject);
  child.on('exit', (code, by) => exit.resolve(by ?? String(code)));
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    errors += chunk;
  });
  try {
    const edge = await Promise.race([
      readyAddress(child.stdout),
      exit.promise.then((how): never => {
        throw new Error(`poplet ended (${how}) before it was ready:\n${errors}`);
      }),
    ]);
    await fetchPage(edge);
    const cacheStatus = await fetchPage(edge);
    signal('SIGINT');
    const how = await within(EXIT_WITHIN_MS, 'npx did not stop on SIGINT', exit.promise);
    if (how !== '0' && how !== 'SIGINT') throw new Error(`npx ended with ${how}:\n${errors}`);
    await within(
      EXIT_WITHIN_MS,
      'poplet did not stop on SIGINT',
      untilFalse(() => signal(0)),
    );
    return cacheStatus;
  } finally {
    signal('SIGKILL');
  }
}

async function untilFalse(condition: () => boolean): Promise<void> {
  while (condition()) await sleep(20);
}

async function readyAddress(stdout: NodeJS.ReadableStream): Promise<string> {
  const lines = readline.createInterface({ input: stdout })[Symbol.asyncIterator]();
  const { value } = await within(READY_WITHIN_MS, 'no ready line came', lines.next());
  const ready = JSON.parse(String(value)) as { event: string; edge: string };
  if (ready.event !== 'ready') throw new Error(`The first line is not the ready event: ${value}`);
  return ready.edge;
}

async function fetchPage(edge: string): Promise<string> {
  const response = await fetch(new URL('/', edge));
  const body = await response.text();
  if (response.status !== 200 || body !== PAGE) {
    throw new Error(`GET / answered ${response.status} with ${JSON.stringify(body)}`);
  }
  const cacheStatus = response.headers.get('cache-status');
  if (cacheStatus === null) throw new Error('GET / was answered without Cache-Status');
  return cacheStatus;
}

async function within<T>(limitMs: number, message: string, promise: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`${message} within ${limitMs} ms`)), limitMs);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

const folder = mkdtempSync(path.join(os.tmpdir(), 'poplet-packages-'));
try {
  mkdirSync(path.join(folder, 'site'));
  writeFileSync(path.join(folder, 'site', 'index.html'), PAGE);
  for (const [name, text] of Object.entries(CONFIGURATIONS))
    writeFileSync(path.join(folder, name), text);
  await installPacked(folder);
  for (const version of NODE_VERSIONS) {
    for (const source of SOURCES) {
      const cacheStatus = await tryPoplet(version, folder, source);
      console.log(
        `✓ npx poplet ${source.join(' ')} runs on Node ${version}: second answer ${cacheStatus}`,
      );
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
