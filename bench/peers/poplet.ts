import path from 'node:path';

import { freePort } from '@poplet/conformance/free-port';
import { root, run } from '@poplet/tools/repository';

import { Child } from '../child.ts';
import { onServerCore } from '../machine.ts';
import { createControl } from './poplet-control.ts';
import type { Peer, RunningPeer, Setting } from './peer.ts';

/** The command as it is published; `npm run build` writes it. */
export const POPLET = path.join(root, 'apps/cli/dist/main.cjs');

export interface PopletOptions {
  /** Options for Node, as `--cpu-prof`. */
  readonly nodeOptions?: readonly string[];
  /** Options for Poplet beyond where it listens and stores. */
  readonly options?: readonly string[];
}

/** Poplet as people run it: what is published, with `--quiet`, its journal and its admin API on. */
export function createPoplet(given: PopletOptions): Peer {
  return {
    id: 'poplet',
    name: 'Poplet',
    async version() {
      const { output } = await run(process.execPath, [POPLET, '--version']);
      return output.trim();
    },
    async cannot() {
      const { output } = await run(process.execPath, [POPLET, '--help']);
      const why = 'not offered by this version';
      return output.includes('--https') ? {} : { tls: why, h2: why };
    },
    start: async (setting) => (await startPoplet(setting, given)).running,
  };
}

/** Starts it, and waits until it is ready. */
export async function startPoplet(
  { originPort, store, certificate, folder }: Setting,
  { nodeOptions = [], options = [] }: PopletOptions,
): Promise<{ readonly server: Child; readonly running: Required<RunningPeer> }> {
  const port = await freePort();
  const tls =
    certificate === undefined
      ? []
      : ['--https', '--cert', certificate.certFile, '--key', certificate.keyFile];
  const server = new Child(
    onServerCore([
      process.execPath,
      ...nodeOptions,
      POPLET,
      `http://127.0.0.1:${originPort}`,
      '--port',
      String(port),
      '--admin-port',
      '0',
      '--store',
      store === 'memory' ? 'memory' : `disk:${path.join(folder, 'store')}`,
      '--json',
      '--quiet',
      ...tls,
      ...options,
    ]),
  );
  const [, admin] = await server.says(/"admin":"([^"]+)"/u);
  const control = createControl(String(admin));
  return { server, running: { port, control, stop: () => server.stop() } };
}
