// A long response streams through an edge that stores nothing of it: client, edge and origin as
// three processes.
//
//   node --conditions=source packages/edge/test/scale/passing-body.ts length 2147483648
//
// With POPLET=apps/cli/src/main.ts the edge is the `poplet` command instead of a bare `createEdge`.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import readline from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

import { startChild } from './calls.ts';
import type { ClientCalls, ReceiveReport } from './client-process.ts';
import type { EdgeCalls } from './edge-process.ts';
import { type FigureResult, runFigure } from './figure.ts';
import type { OriginCalls } from './origin-process.ts';
import { peakResidentBytes } from './peak-memory.ts';

/** What the process may take while a body passes. */
const MOST_RESIDENT_BYTES = 200e6;

const STALL_MS = 2000;

/** By then the buffers of the four sockets are full (40 MB each pair, on Linux), and the origin must wait. */
const FULL_AFTER_MS = 1000;

const SLOW_BYTES = 50e6;
const SAMPLE_MS = 50;

export interface Passage {
  readonly bytes: number;
  readonly framing: 'length' | 'chunked';
  readonly cacheControl: string;
  /** The `poplet` program to measure. Default: an edge alone. */
  readonly poplet?: string | undefined;
}

interface MeasuredEdge {
  readonly pid: number;
  readonly url: string;
  /** Responses stored now. */
  storedEntries(): Promise<number>;
  stop(): Promise<void>;
}

async function startEdge(originUrl: string): Promise<MeasuredEdge> {
  const child = startChild<EdgeCalls>('edge-process.ts');
  const url = await child.call('listen', { sites: [{ upstream: { url: originUrl } }] });
  return {
    pid: child.pid,
    url,
    storedEntries: async () => (await child.call('report')).storedEntries,
    stop: () => child.stop(),
  };
}

async function startPoplet(program: string, originUrl: string): Promise<MeasuredEdge> {
  const options = ['--port', '0', '--admin-port', '0', '--json', '--quiet'];
  const conditions = program.endsWith('.ts') ? ['--conditions=source'] : [];
  const child = spawn(process.execPath, [...conditions, program, originUrl, ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = readline.createInterface({ input: child.stdout });
  const [ready] = (await once(lines, 'line')) as [string];
  const { edge: url, admin } = JSON.parse(ready) as { edge: string; admin: string };
  return {
    pid: child.pid as number,
    url,
    async storedEntries() {
      const response = await fetch(new URL('/poplet/v1/stats', admin));
      const { store } = (await response.json()) as { store: { entries: number } };
      return store.entries;
    },
    async stop() {
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      await exit;
    },
  };
}

export async function measurePassage(passage: Passage): Promise<FigureResult> {
  const { bytes, framing, cacheControl, poplet } = passage;
  const origin = startChild<OriginCalls>('origin-process.ts');
  const client = startChild<ClientCalls>('client-process.ts');
  const originUrl = await origin.call('listen', { streamBytes: bytes });
  const edge = await (poplet === undefined ? startEdge(originUrl) : startPoplet(poplet, originUrl));
  try {
    const idleBytes = peakResidentBytes(edge.pid);
    const url = new URL(`/stream?framing=${framing}&cache-control=${cacheControl}`, edge.url).href;
    const startedMs = performance.now();
    const receiving = client.call('receive', {
      url,
      stallAtBytes: Math.floor(bytes / 2),
      stallMs: STALL_MS,
      slowBytes: Math.min(SLOW_BYTES, bytes / 8),
    });
    const watched = watch({ receiving, client, origin, pid: edge.pid });
    const received = await receiving;
    const durationMs = Math.round(performance.now() - startedMs);
    const { peakBytes, aheadBytes, sentIntoStallBytes } = await watched;
    const { sha256, sentBytes } = await origin.call('report');
    const storedEntries = await edge.storedEntries();
    const measured = {
      bytes,
      framing: received.framing,
      receivedBytes: received.receivedBytes,
      sha256: received.sha256,
      complete: received.complete,
      peakResidentMegabytes: Math.round(peakBytes / 1e5) / 10,
      idleResidentMegabytes: Math.round(idleBytes / 1e5) / 10,
      aheadOfStalledClientMegabytes: Math.round(aheadBytes / 1e5) / 10,
      sentIntoStallBytes,
      storedEntries,
      durationMs,
    };
    const holds =
      received.status === 200 &&
      received.framing === framing &&
      received.complete &&
      sentBytes === bytes &&
      received.receivedBytes === bytes &&
      received.sha256 === sha256 &&
      peakBytes < MOST_RESIDENT_BYTES &&
      sentIntoStallBytes === 0 &&
      storedEntries === 0;
    return { holds, measured };
  } finally {
    await Promise.all([client.stop(), edge.stop(), origin.stop()]);
  }
}

interface Watched {
  readonly receiving: Promise<ReceiveReport>;
  readonly client: ReturnType<typeof startChild<ClientCalls>>;
  readonly origin: ReturnType<typeof startChild<OriginCalls>>;
  readonly pid: number;
}

interface Observed {
  readonly peakBytes: number;
  /** How far the origin was ahead of the client that had stopped reading, the kernel's buffers included. */
  readonly aheadBytes: number;
  /** What the origin could still send once these were full. */
  readonly sentIntoStallBytes: number;
}

/** The edge's memory, and whether the origin waits for a client that has stopped reading. */
async function watch({ receiving, client, origin, pid }: Watched): Promise<Observed> {
  let peakBytes = 0;
  let aheadBytes = 0;
  let stalledSinceMs: number | undefined;
  let sentBytesWhenFull: number | undefined;
  let sentIntoStallBytes = 0;
  const isOver = receiving.then(
    () => true,
    () => true,
  );
  const look = async (): Promise<void> => {
    peakBytes = Math.max(peakBytes, peakResidentBytes(pid));
    const { sentBytes } = await origin.call('report');
    // Asked afterwards: had it read meanwhile, it would not be stalled any more.
    const { isStalled, receivedBytes } = await client.call('progress');
    if (!isStalled) return;
    stalledSinceMs ??= performance.now();
    aheadBytes = Math.max(aheadBytes, sentBytes - receivedBytes);
    if (performance.now() - stalledSinceMs < FULL_AFTER_MS) return;
    sentBytesWhenFull ??= sentBytes;
    sentIntoStallBytes = sentBytes - sentBytesWhenFull;
  };
  do await look();
  while (!(await Promise.race([isOver, sleep(SAMPLE_MS, false)])));
  peakBytes = Math.max(peakBytes, peakResidentBytes(pid));
  // Nothing was seen of the stall: nothing is proved.
  if (sentBytesWhenFull === undefined) sentIntoStallBytes = Number.NaN;
  return { peakBytes, aheadBytes, sentIntoStallBytes };
}

if (import.meta.main) {
  const poplet = process.env['POPLET'];
  await runFigure({
    length: (bytes) =>
      measurePassage({ bytes, framing: 'length', cacheControl: 'max-age=60', poplet }),
    chunked: (bytes) =>
      measurePassage({ bytes, framing: 'chunked', cacheControl: 'max-age=60', poplet }),
    'no-store': (bytes) =>
      measurePassage({ bytes, framing: 'chunked', cacheControl: 'no-store', poplet }),
  });
}
