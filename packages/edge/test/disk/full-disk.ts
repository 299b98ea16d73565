// A disk store on a small file system of its own that fills up, and has room again.

import { appendFileSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

import type { FigureResult } from '../scale/figure.ts';
import { EdgeOnDisk } from './edge-on-disk.ts';

const SIZE = '16m';
const BALLAST_PIECE_BYTES = 4096;

interface Phase {
  readonly requests: number;
  readonly right: number;
  readonly hits: number;
  readonly stored: number;
}

/** Asks for these items, each once. */
async function ask(
  cdn: EdgeOnDisk,
  { from, count, before = () => {} }: { from: number; count: number; before?: () => void },
): Promise<Phase> {
  const phase = { requests: 0, right: 0, hits: 0, stored: 0 };
  for (let item = from; item < from + count; item++) {
    before();
    const { checked, stored } = await cdn.get(item);
    phase.requests += 1;
    if (checked.kind === 'right') phase.right += 1;
    if (checked.kind === 'right' && checked.isHit) phase.hits += 1;
    if (stored) phase.stored += 1;
  }
  return phase;
}

/** Takes what room there is. */
function takeRoom(folder: string): void {
  const piece = Buffer.alloc(BALLAST_PIECE_BYTES, 'x');
  try {
    for (;;) appendFileSync(path.join(folder, 'ballast'), piece);
  } catch {
    // Full.
  }
}

/** Runs where `folder` is a file system of its own. */
export async function fillUp(folder: string, count: number): Promise<FigureResult> {
  // Some without a body, which need room for their record alone; some in two segments.
  const lengthOf = (item: number): number =>
    item % 10 === 0 ? 0 : item % 7 === 0 ? 1_200_000 : 20_000 + item * 50;
  const cdn = await EdgeOnDisk.open({ folder: path.join(folder, 'store') }, lengthOf);
  try {
    // More than fits: the store makes room by itself.
    const crowded = await ask(cdn, { from: 0, count });
    const evictions = cdn.edge.store.stats().evictions;
    const noticesWhileCrowded = cdn.notices.length;
    // Others take all the room, and there is nothing to give.
    await cdn.purgeAll();
    await new Promise((resolve) => {
      setTimeout(resolve, 200);
    });
    takeRoom(folder);
    const freeBytes = statfsSync(folder).bavail * statfsSync(folder).bsize;
    // Whatever becomes free, by a checkpoint of the index, say, is taken as well.
    const full = await ask(cdn, { from: count, count, before: () => takeRoom(folder) });
    const noticesWhileFull = cdn.notices.length - noticesWhileCrowded;
    // There is room again.
    rmSync(path.join(folder, 'ballast'));
    const after = await ask(cdn, { from: 2 * count, count: 20 });
    const again = await ask(cdn, { from: 2 * count, count: 20 });
    const noticesAfter = cdn.notices.length - noticesWhileCrowded - noticesWhileFull;
    const phases = [crowded, full, after, again];
    return {
      holds:
        phases.every(({ right, requests }) => right === requests) &&
        evictions > 0 &&
        full.stored < full.requests / 2 &&
        noticesWhileCrowded === 0 &&
        noticesWhileFull === 1 &&
        noticesAfter === 1 &&
        after.stored === 20 &&
        again.hits === 20,
      measured: {
        requests: phases.reduce((sum, { requests }) => sum + requests, 0),
        rightBodies: phases.reduce((sum, { right }) => sum + right, 0),
        storedWhileCrowded: crowded.stored,
        evictions,
        noticesWhileCrowded,
        freeBytesWhileFull: freeBytes,
        requestsWhileFull: full.requests,
        storedWhileFull: full.stored,
        noticesWhileFull,
        storedAfter: after.stored,
        hitsAfter: again.hits,
        noticesAfter,
      },
    };
  } finally {
    await cdn.close();
  }
}

/**
 * Mounts a small file system that only this program sees, and runs `fillUp` there; nothing has to be
 * root for that, but the system must allow user namespaces.
 */
export async function fullDisk(count: number): Promise<FigureResult> {
  const folder = mkdtempSync(path.join(tmpdir(), 'poplet-full-'));
  try {
    const child = spawn(
      'unshare',
      [
        '--user',
        '--map-root-user',
        '--mount',
        'sh',
        '-ec',
        `mount -t tmpfs -o size=${SIZE} none "$0"; exec "$@"`,
        folder,
        process.execPath,
        '--conditions=source',
        path.join(import.meta.dirname, 'full-disk-figure.ts'),
        String(count),
        folder,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
    if (code !== 0) throw new Error(`it ended with ${code}: ${output}`);
    return JSON.parse(output) as FigureResult;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
