import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createServer, type ViteDevServer } from 'vite';

/** Vite's dev server over a copy of the application that may be edited. */
export interface DevServer {
  readonly url: string;
  /** Replaces text in a source file, as an editor does on saving. Resolves when Vite has taken the change. */
  edit(file: string, from: string, to: string): Promise<void>;
  close(): Promise<void>;
}

// Inside the workspace, so that the application's dependencies are found on the way up.
const CACHE = path.join(import.meta.dirname, '..', '..', '.cache');

export async function startDevServer(): Promise<DevServer> {
  await mkdir(CACHE, { recursive: true });
  const folder = await mkdtemp(path.join(CACHE, 'vite-app-'));
  for (const part of ['index.html', 'public', 'src']) {
    await cp(path.join(import.meta.dirname, part), path.join(folder, part), { recursive: true });
  }
  const server = await createServer({
    root: folder,
    configFile: false,
    logLevel: 'warn',
    cacheDir: path.join(folder, '.vite'),
    server: { host: '127.0.0.1', port: 0 },
  });
  await server.listen();
  const address = server.httpServer?.address();
  return {
    url: `http://127.0.0.1:${(address as AddressInfo).port}`,
    async edit(file, from, to) {
      const target = path.join(folder, file);
      const before = await readFile(target, 'utf8');
      if (!before.includes(from)) throw new Error(`${file} does not contain: ${from}`);
      const taken = changeTaken(server, target);
      await writeFile(target, before.replace(from, to));
      await taken;
    },
    async close() {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** One saving may be seen as several changes, and each may reload the pages that are open by then. */
const QUIET_MS = 300;

async function changeTaken({ watcher }: ViteDevServer, file: string): Promise<void> {
  let seenAtMs = Infinity;
  const onChange = (changed: string): void => {
    if (path.normalize(changed) === file) seenAtMs = performance.now();
  };
  watcher.on('change', onChange);
  try {
    while (performance.now() - seenAtMs < QUIET_MS) await delay(20);
  } finally {
    watcher.off('change', onChange);
  }
}
