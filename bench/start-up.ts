// From the start of a process to the end of its first answer.

import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { get } from 'node:http';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

import { freePort } from '@poplet/conformance/free-port';
import { installPacked } from '@poplet/tools/install-packed';

import type { BenchContext } from './bench-context.ts';
import { Child } from './child.ts';
import { onAnyCore } from './machine.ts';
import { POPLET } from './peers/poplet.ts';
import type { StartUpResult } from './results.ts';
import { median } from './statistics.ts';
import { must } from './wrong-answer.ts';

const PAGE = '<!doctype html><title>Started</title><h1>It works</h1>\n';
const PAUSE_MS = 1;
const WITHIN_MS = 30_000;

/** Poplet and `vite preview` on the same folder, in turn. */
export async function measureStartUp({
  extent,
  newFolder,
  say,
}: BenchContext): Promise<StartUpResult> {
  const folder = newFolder('start-up');
  const site = path.join(folder, 'dist');
  mkdirSync(site);
  writeFileSync(path.join(site, 'index.html'), PAGE);
  if (extent.isInstalled) await installPacked(folder);
  const command = extent.isInstalled
    ? path.join(folder, 'node_modules', 'poplet', 'dist', 'main.cjs')
    : POPLET;
  const vite = path.join(
    path.dirname(createRequire(import.meta.url).resolve('vite/package.json')),
    'bin',
    'vite.js',
  );
  // Compiled code is kept in a folder of this run: the first start finds none.
  const environment = { NODE_COMPILE_CACHE: path.join(folder, 'compiled') };
  const poplet = (): Promise<number> =>
    firstAnswerMs({
      folder,
      environment,
      args: (port) => [command, site, '--port', port, '--admin-port', '0'],
    });
  const vitePreview = (): Promise<number> =>
    firstAnswerMs({
      folder,
      environment,
      args: (port) => [vite, 'preview', '--outDir', site, '--host', '127.0.0.1', '--port', port],
    });
  const popletFirstMs = await poplet();
  await vitePreview();
  const popletMs: number[] = [];
  const vitePreviewMs: number[] = [];
  for (let start = 1; start <= extent.starts; start += 1) {
    popletMs.push(await poplet());
    vitePreviewMs.push(await vitePreview());
  }
  const result = {
    isInstalled: extent.isInstalled,
    popletMs: median(popletMs),
    popletFirstMs,
    vitePreviewMs: median(vitePreviewMs),
  };
  say(
    `  first answer: Poplet ${result.popletMs.toFixed(0)} ms, vite preview ${result.vitePreviewMs.toFixed(0)} ms`,
  );
  return result;
}

interface Start {
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly args: (port: string) => readonly string[];
}

async function firstAnswerMs({ folder, environment, args }: Start): Promise<number> {
  const port = await freePort();
  const startedAtMs = performance.now();
  const server = new Child(onAnyCore([process.execPath, ...args(String(port))]), {
    environment,
    folder,
  });
  try {
    for (;;) {
      const page = await pageAt(port).catch(() => undefined);
      const tookMs = performance.now() - startedAtMs;
      if (page !== undefined) {
        must(page === PAGE, () => `the first answer is ${JSON.stringify(page)}`);
        return tookMs;
      }
      if (server.hasEnded) throw server.failure('ended before it answered');
      if (tookMs > WITHIN_MS) throw server.failure('does not answer');
      await sleep(PAUSE_MS);
    }
  } finally {
    await server.stop();
  }
}

async function pageAt(port: number): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const request = get({ host: '127.0.0.1', port, path: '/', agent: false }, (response) => {
    buffer(response).then((body) => resolve(body.toString()), reject);
  });
  request.on('error', reject);
  return await promise;
}
