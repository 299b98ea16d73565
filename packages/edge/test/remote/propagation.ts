// How long what was purged on one edge can be had from the other.

import { setTimeout as sleep } from 'node:timers/promises';

import { VersionedOrigin } from '../disk/versioned-origin.ts';
import type { FigureResult } from '../scale/figure.ts';
import { EdgeGroup } from './edge-group.ts';

const ITEM = 2;
const BODY_BYTES = 1000;
/** The other edge is asked by so many at once, so that it answers from memory all the time. */
const VISITORS = 4;
const LONGEST_REST_MS = 60;

interface Watched {
  /** Of the requests that were answered with a version, when the last one began. */
  readonly lastAskedMs: Map<number, number>;
  isOver: boolean;
  problems: number;
  answers: number;
}

async function watch(pair: EdgeGroup, watched: Watched): Promise<void> {
  while (!watched.isOver) {
    const startedMs = performance.now();
    const checked = await pair.get(1, ITEM);
    watched.answers += 1;
    if (checked.kind !== 'right') {
      watched.problems += 1;
      continue;
    }
    const known = watched.lastAskedMs.get(checked.version) ?? 0;
    watched.lastAskedMs.set(checked.version, Math.max(known, startedMs));
  }
}

export async function purgePropagation(purges: number): Promise<FigureResult> {
  const pair = await EdgeGroup.onRedis(new VersionedOrigin(() => BODY_BYTES));
  const watched: Watched = { lastAskedMs: new Map(), isOver: false, problems: 0, answers: 0 };
  const watching = Array.from({ length: VISITORS }, () => watch(pair, watched));
  let lastVersion = 0;
  const acknowledged: { readonly version: number; readonly atMs: number }[] = [];
  try {
    for (let count = 0; count < purges; count++) {
      await sleep(Math.random() * LONGEST_REST_MS);
      const before = pair.origin.versionOf(ITEM);
      pair.origin.change(ITEM);
      if (!(await pair.purge(0, ITEM))) throw new Error('a purge was not acknowledged');
      acknowledged.push({ version: before, atMs: performance.now() });
    }
    await sleep(300);
    const last = await pair.get(1, ITEM);
    if (last.kind === 'right') lastVersion = last.version;
  } finally {
    watched.isOver = true;
    await Promise.all(watching);
    await pair.close();
  }
  const lags = acknowledged
    .map(({ version, atMs }) => Math.max(0, (watched.lastAskedMs.get(version) ?? 0) - atMs))
    .toSorted((a, b) => a - b);
  const worstMs = round(lags.at(-1) ?? 0);
  return {
    holds: worstMs < 100 && watched.problems === 0 && lastVersion === purges + 1,
    measured: {
      purges,
      answers: watched.answers,
      problems: watched.problems,
      lastVersion,
      medianMs: round(lags[lags.length >> 1] ?? 0),
      worstMs,
    },
  };
}

function round(ms: number): number {
  return Number(ms.toFixed(1));
}
