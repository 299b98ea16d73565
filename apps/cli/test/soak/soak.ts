// Mixed traffic with everything going wrong: every byte that reaches a client is compared with what the
// origin would have sent, and what the edge holds is watched.
//
//   node --conditions=source apps/cli/test/soak/soak.ts 600 [memory | disk]
//
// Closes with one line of JSON, as tools/figures reads it.

import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { callAdmin } from '../../src/admin-client.ts';
import { served, type Run } from '../poplet.ts';
import { Damage } from './damage.ts';
import { FaultyOrigin } from './faulty-origin.ts';
import { PATHS } from './resources.ts';
import { Versions } from './versions.ts';
import { Visitor, type Verdict } from './visitor.ts';
import { holdingsOf, type Holdings } from './watched-process.ts';

export interface SoakOptions {
  readonly seconds: number;
  /** As `--store` has it; `disk` alone means a folder that is made and removed. */
  readonly store: string;
}

export interface SoakReport {
  readonly holds: boolean;
  readonly measured: Readonly<Record<string, number | string | boolean>>;
  /** What was wrong, in words; not all of it where that is much. */
  readonly wrong: readonly string[];
}

const VISITORS = 24;
const FAULT_PERCENT = 20;
const WARM_UP_SECONDS = 3;
/** Idle connections live for 5 seconds. */
const REST_MS = 7000;
/** What is resident late may be so much more than what was early on, when everything had been in use. */
const GROWTH = 1.25;
const GROWTH_BYTES = 32 * 1024 * 1024;

export async function soak({ seconds, store }: SoakOptions): Promise<SoakReport> {
  if (store !== 'disk') return await soakOn({ seconds, store });
  const folder = await mkdtemp(path.join(tmpdir(), 'poplet-soak-'));
  try {
    const onDisk = await soakOn({ seconds, store: `disk:${folder}` });
    return { ...onDisk, measured: { ...onDisk.measured, store } };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function soakOn({ seconds, store }: SoakOptions): Promise<SoakReport> {
  const versions = new Versions();
  const origin = new FaultyOrigin({ versions, faultPercent: FAULT_PERCENT });
  await origin.listen();
  const edge = await served(origin.url, '--quiet', '--store', store);
  const pid = edge.child.pid as number;
  try {
    // What is opened once and kept is open after this.
    await traffic(new SoakRun({ edge, versions }), {
      origin,
      versions,
      pid,
      seconds: WARM_UP_SECONDS,
    });
    const before = await atRest(pid);
    const run = new SoakRun({ edge, versions });
    const damage = new Damage(store);
    const [samples] = await Promise.all([
      traffic(run, { origin, versions, pid, seconds }),
      damage.go(seconds),
    ]);
    const after = await atRest(pid);
    return report({ run, origin, damage, samples, before, after, seconds, store });
  } finally {
    edge.child.kill('SIGTERM');
    await Promise.all([edge.ended, origin.close()]);
  }
}

interface Traffic {
  readonly origin: FaultyOrigin;
  readonly versions: Versions;
  readonly pid: number;
  readonly seconds: number;
}

/** Resolves to what the edge held each second. */
async function traffic(
  run: SoakRun,
  { origin, versions, pid, seconds }: Traffic,
): Promise<readonly Holdings[]> {
  const samples: Holdings[] = [];
  const endsAtMs = performance.now() + seconds * 1000;
  const isOver = (): boolean => performance.now() >= endsAtMs;
  await Promise.all([
    ...Array.from({ length: VISITORS }, (_, index) => run.visitor(index, isOver)),
    everyNowAndThen(isOver, 40, () => versions.supersede(anyPath())),
    everyNowAndThen(isOver, 300, () => run.purge(anyPath())),
    everyNowAndThen(isOver, 7000, () => origin.beAway(400)),
    everyNowAndThen(isOver, 1000, () => samples.push(holdingsOf(pid))),
  ]);
  return samples;
}

class SoakRun {
  readonly #edge: URL;
  readonly #admin: URL;
  readonly #versions: Versions;
  readonly #purges = new Map<string, number>();
  readonly counts = new Map<string, number>();
  readonly wrong: string[] = [];
  purgeCount = 0;

  constructor({ edge, versions }: { readonly edge: Served; readonly versions: Versions }) {
    this.#edge = new URL(edge.ready.edge);
    this.#admin = new URL(edge.ready.admin);
    this.#versions = versions;
  }

  async visitor(index: number, isOver: () => boolean): Promise<void> {
    const visitor = new Visitor({
      edge: this.#edge,
      versions: this.#versions,
      purges: this.#purges,
      name: 'visitor'.padEnd(8 + index, 'x'),
    });
    while (!isOver()) this.#count(await visitor.visit());
    visitor.close();
  }

  /** What is stored of a path must never be seen again once this is confirmed. */
  async purge(resource: string): Promise<void> {
    const sentAtMs = performance.now();
    const url = new URL(resource, this.#edge).href;
    await callAdmin({ admin: this.#admin.href }, 'purge', { urls: [url] });
    this.#purges.set(resource, sentAtMs);
    this.purgeCount += 1;
  }

  #count(verdict: Verdict): void {
    const name = 'status' in verdict ? `${verdict.kind} ${verdict.status}` : verdict.kind;
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
    if (verdict.kind === 'wrong') this.wrong.push(verdict.why);
  }
}

type Served = Awaited<ReturnType<typeof served>> & Run;

function anyPath(): string {
  return PATHS[randomInt(PATHS.length)] as string;
}

async function everyNowAndThen(
  isOver: () => boolean,
  everyMs: number,
  act: () => unknown,
): Promise<void> {
  while (!isOver()) {
    await act();
    await sleep(everyMs);
  }
}

/** What is held once nothing has changed for longer than idle connections are kept. */
async function atRest(pid: number): Promise<Holdings> {
  const deadlineMs = performance.now() + 60_000;
  let held = holdingsOf(pid);
  let sinceMs = performance.now();
  while (performance.now() - sinceMs < REST_MS && performance.now() < deadlineMs) {
    await sleep(200);
    const now = holdingsOf(pid);
    if (now.descriptors !== held.descriptors) sinceMs = performance.now();
    held = now;
  }
  return held;
}

interface Outcome extends SoakOptions {
  readonly run: SoakRun;
  readonly origin: FaultyOrigin;
  readonly damage: Damage;
  readonly samples: readonly Holdings[];
  readonly before: Holdings;
  readonly after: Holdings;
}

function report(outcome: Outcome): SoakReport {
  const { run, origin, damage, samples, before, after, seconds, store } = outcome;
  const quarter = Math.floor(samples.length / 4);
  const earlyBytes = meanBytes(samples.slice(quarter, 2 * quarter));
  const lateBytes = meanBytes(samples.slice(-quarter));
  const isFlat = lateBytes <= earlyBytes * GROWTH + GROWTH_BYTES;
  const right = total(run.counts, 'right');
  const faults = [...origin.faults.values()].reduce((sum, count) => sum + count, 0);
  const leaked = after.descriptors - before.descriptors;
  return {
    wrong: run.wrong.slice(0, 20),
    holds: run.wrong.length === 0 && isFlat && leaked <= 0 && right > 0 && faults > 0,
    measured: {
      seconds,
      store,
      right,
      ownErrors: total(run.counts, 'error'),
      brokenOff: total(run.counts, 'broken-off'),
      clientsThatLeft: total(run.counts, 'left'),
      wrong: run.wrong.length,
      statuses: [...run.counts].map(([name, count]) => `${name}: ${count}`).join(', '),
      originRequests: origin.requests,
      faults,
      faultsByKind: [...origin.faults].map(([name, count]) => `${name}: ${count}`).join(', '),
      purges: run.purgeCount,
      bytesFlippedInStore: damage.flipped,
      filesDeletedFromStore: damage.deleted,
      residentMegabytesInSecondQuarter: Math.round(earlyBytes / 1e6),
      residentMegabytesInLastQuarter: Math.round(lateBytes / 1e6),
      mostDescriptors: Math.max(...samples.map(({ descriptors }) => descriptors)),
      descriptorsBefore: before.descriptors,
      descriptorsAfter: after.descriptors,
    },
  };
}

function total(counts: ReadonlyMap<string, number>, kind: string): number {
  return [...counts].reduce((sum, [name, count]) => sum + (name.startsWith(kind) ? count : 0), 0);
}

function meanBytes(samples: readonly Holdings[]): number {
  return samples.reduce((sum, one) => sum + one.residentBytes, 0) / Math.max(1, samples.length);
}

if (import.meta.main) {
  const [seconds = '', store = 'memory'] = process.argv.slice(2);
  if (!/^\d+$/u.test(seconds)) throw new Error('Say for how many seconds.');
  const { holds, measured, wrong } = await soak({ seconds: Number(seconds), store });
  for (const why of wrong) console.error(why);
  console.log(JSON.stringify({ holds, measured }));
  process.exitCode = holds ? 0 : 1;
}
