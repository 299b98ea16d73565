// Poplet with very many entries: what each takes in memory, and how long a purge takes.

import { setTimeout as sleep } from 'node:timers/promises';

import type { BenchContext } from './bench-context.ts';
import { Visitor } from './exchange.ts';
import { check } from './expected.ts';
import { memoryUse } from './inspected-memory.ts';
import { wrk } from './load/wrk.ts';
import { ALL_TAG, pathOf, tagsOf } from './origin/content.ts';
import type { Control } from './peers/peer.ts';
import { startPoplet } from './peers/poplet.ts';
import type { MemoryResult, PurgeResult } from './results.ts';
import { median } from './statistics.ts';
import { must } from './wrong-answer.ts';

const BODY_BYTES = 1024;
const PURGES = 101;
const WATCH_AFTER_MS = 2000;

const PREFIX = pathOf({ kind: 'tagged', bodyBytes: BODY_BYTES, key: '' });

/** Fills a new Poplet with `entries` responses of 1 KB, each with two tags. */
export async function measureMany(
  context: BenchContext,
  entries: number,
): Promise<{ readonly memory: MemoryResult; readonly purge: PurgeResult }> {
  const { origin, extent, newFolder, say } = context;
  const { server, running } = await startPoplet(
    {
      originPort: origin.port,
      store: 'memory',
      certificate: undefined,
      folder: newFolder(`entries-${entries}`),
    },
    { nodeOptions: ['--inspect=127.0.0.1:0'], options: ['--store-size', '8GiB'] },
  );
  const { control, port } = running;
  try {
    await wrk({
      port,
      scheme: 'http',
      target: { kind: 'fill', prefix: PREFIX, count: entries },
      fields: {},
      connections: extent.connections,
      seconds: 3600,
    });
    const { entries: stored } = await control.counts();
    must(stored === entries, () => `${stored} responses are stored, not ${entries}`);
    const { heapBytes, externalBytes } = await memoryUse(server);
    const bodyBytes = entries * BODY_BYTES;
    const headerBytes = entries * (await headerBytesOf(origin.port));
    const memory: MemoryResult = {
      entries,
      heapBytes,
      externalBytes,
      bodyBytes,
      headerBytes,
      bytesPerEntry: (heapBytes + externalBytes - bodyBytes - headerBytes) / entries,
    };
    say(
      `  ${entries} entries: ${memory.bytesPerEntry.toFixed(0)} bytes each beside body and header`,
    );
    const purge = await measurePurges(context, { control, port, entries });
    say(
      `  purge of a tag: ${purge.oneOfThousandMs.toFixed(2)} ms; of all: ${purge.allMs.toFixed(2)} ms`,
    );
    return { memory, purge };
  } finally {
    await running.stop();
  }
}

interface Filled {
  readonly control: Control;
  readonly port: number;
  readonly entries: number;
}

async function measurePurges(
  { origin }: BenchContext,
  { control, port, entries }: Filled,
): Promise<PurgeResult> {
  const visitor = new Visitor('http', port);
  /** Asks for an entry; resolves to how many requests that brought to the origin. */
  const askedOrigin = async (key: number): Promise<number> => {
    const before = await origin.requests();
    await askAndCheck(visitor, key);
    return (await origin.requests()) - before;
  };
  const timedMs = async (tag: string): Promise<number> => {
    const startedAtMs = performance.now();
    await control.purge({ tags: [tag] });
    return performance.now() - startedAtMs;
  };
  const timesMs: number[] = [];
  for (let group = 0; group < PURGES; group += 1) {
    must((await askedOrigin(group)) === 0, () => `entry ${group} is no hit before its purge`);
    timesMs.push(await timedMs(String(tagsOf(String(group))[1])));
    must((await askedOrigin(group)) === 1, () => `entry ${group} is a hit after its purge`);
  }
  const last = entries - 1;
  must((await askedOrigin(last)) === 0, () => `entry ${last} is no hit before the purge of all`);
  const allMs = await timedMs(ALL_TAG);
  must((await askedOrigin(last)) === 1, () => `entry ${last} is a hit after the purge of all`);
  const slowestHitAfterMs = await slowestHitMs(visitor, last);
  visitor.close();
  return { entries, oneOfThousandMs: median(timesMs), allMs, slowestHitAfterMs };
}

async function slowestHitMs(visitor: Visitor, key: number): Promise<number> {
  const untilMs = performance.now() + WATCH_AFTER_MS;
  let slowestMs = 0;
  while (performance.now() < untilMs) {
    const startedAtMs = performance.now();
    await askAndCheck(visitor, key);
    slowestMs = Math.max(slowestMs, performance.now() - startedAtMs);
    await sleep(1);
  }
  return slowestMs;
}

async function askAndCheck(visitor: Visitor, key: number): Promise<void> {
  const path = `${PREFIX}${key}`;
  check(await visitor.ask(path, {}), {
    path,
    oldest: 0,
    newest: 0,
    acceptLanguage: 'en',
    answer: { kind: 'whole' },
  });
}

/** How long the head of the origin's answer is. */
async function headerBytesOf(originPort: number): Promise<number> {
  const visitor = new Visitor('http', originPort);
  const { wireBytes, body } = await visitor.ask(`${PREFIX}0`, {});
  visitor.close();
  return wireBytes - body.length;
}
