// `npm run bench`: Poplet beside the caches it is compared with, in one run on one machine.
//   --quick              a second each, few entries: fails on wrong answers only, and writes no page
//   --only=hit-1k,tail   these scenarios and measurements
//   --peers=poplet,nginx these caches
//   --rounds=5 --seconds=3
//   --profile=folder     Poplet leaves a CPU profile of each of its runs there

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { root, run } from '@poplet/tools/repository';

import type { BenchContext, Extent } from './bench-context.ts';
import { makeCertificate } from './certificate.ts';
import { busyWithOthers, describeMachine, moveToLoadCore } from './machine.ts';
import { measureMany } from './many-entries.ts';
import { inShort } from './page.ts';
import { Origin } from './origin/origin.ts';
import { allPeers } from './peers/index.ts';
import type { Peer } from './peers/peer.ts';
import type { PeerVersion, Results, ScenarioResult } from './results.ts';
import { loader } from './programs.ts';
import { scenarios } from './scenarios/index.ts';
import { measureStartUp } from './start-up.ts';
import { measureTail } from './tail.ts';
import { measureScenario } from './throughput.ts';

const MEASUREMENTS = ['tail', 'many-entries', 'start-up'];

const OPTIONS = {
  quick: { type: 'boolean', default: false },
  only: { type: 'string' },
  peers: { type: 'string' },
  rounds: { type: 'string' },
  seconds: { type: 'string' },
  profile: { type: 'string' },
} as const;

const FULL: Extent = {
  rounds: 5,
  secondsPerRound: 3,
  warmUpSeconds: 5,
  connections: 32,
  mostKeys: Infinity,
  entries: 1_000_000,
  starts: 11,
  isInstalled: true,
};
const QUICK: Extent = {
  rounds: 1,
  secondsPerRound: 1,
  warmUpSeconds: 0,
  connections: 32,
  mostKeys: 1000,
  entries: 5000,
  starts: 1,
  isInstalled: false,
};

/** Whoever called it can mend that. */
class Misuse extends Error {}

/** What was asked for by name; throws where there is no such thing. */
function chosen(option: string | undefined, all: readonly string[]): readonly string[] {
  if (option === undefined) return all;
  const names = option.split(',');
  const unknown = names.find((name) => !all.includes(name));
  if (unknown !== undefined) {
    throw new Misuse(`there is no '${unknown}'; there are: ${all.join(', ')}`);
  }
  return names;
}

interface Present {
  readonly peer: Peer;
  readonly version: PeerVersion;
}

async function presentPeers(names: readonly string[], all: readonly Peer[]): Promise<Present[]> {
  const present: Present[] = [];
  for (const peer of all.filter(({ id }) => names.includes(id))) {
    const version = await peer.version();
    if (version === undefined) console.log(`${peer.name} is not installed: left out`);
    else present.push({ peer, version: { id: peer.id, name: peer.name, version } });
  }
  return present;
}

async function measure(
  context: BenchContext,
  names: readonly string[],
  versions: readonly PeerVersion[],
): Promise<Results> {
  const { extent, machine } = context;
  const before = await busyWithOthers();
  const measured: ScenarioResult[] = [];
  for (const scenario of scenarios.filter(({ id }) => names.includes(id))) {
    console.log(scenario.title);
    measured.push(await measureScenario(context, scenario));
  }
  const tail = names.includes('tail') ? await measureTail(context) : undefined;
  const many = names.includes('many-entries')
    ? [await measureMany(context, 1000), await measureMany(context, extent.entries)]
    : undefined;
  const memory = many?.at(-1)?.memory;
  const startUp = names.includes('start-up') ? await measureStartUp(context) : undefined;
  return {
    measuredAt: new Date().toISOString(),
    commit: execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], { cwd: root })
      .toString()
      .trim(),
    machine,
    busyWithOthers: { before, after: await busyWithOthers() },
    peers: versions,
    rounds: extent.rounds,
    secondsPerRound: extent.secondsPerRound,
    connections: extent.connections,
    scenarios: measured,
    ...(tail === undefined ? {} : { tail }),
    ...(memory === undefined ? {} : { memory }),
    ...(many === undefined ? {} : { purge: many.map(({ purge }) => purge) }),
    ...(startUp === undefined ? {} : { startUp }),
  };
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: OPTIONS });
  const machine = describeMachine();
  const base = values.quick ? QUICK : FULL;
  const extent: Extent = {
    ...base,
    rounds: Number(values.rounds ?? base.rounds),
    secondsPerRound: Number(values.seconds ?? base.secondsPerRound),
  };
  const all = allPeers(
    values.profile === undefined
      ? {}
      : { nodeOptions: ['--cpu-prof', `--cpu-prof-dir=${path.resolve(values.profile)}`] },
  );
  const everything = [...scenarios.map(({ id }) => id), ...MEASUREMENTS];
  const names = chosen(values.only, everything);
  const peerNames = chosen(
    values.peers,
    all.map(({ id }) => id),
  );
  // Before anything is measured.
  await loader('wrk');
  await loader('h2load');
  const built = await run('npm', ['run', '-s', 'build']);
  if (built.exitCode !== 0) throw new Error(`the build failed:\n${built.output}`);
  const present = await presentPeers(peerNames, all);
  moveToLoadCore();
  const folder = mkdtempSync(path.join(os.tmpdir(), 'poplet-bench-'));
  const newFolder = (name: string): string => mkdtempSync(path.join(folder, `${name}-`));
  const origin = await Origin.start();
  try {
    const context: BenchContext = {
      extent,
      machine,
      origin,
      peers: present.map(({ peer }) => peer),
      certificate: makeCertificate(newFolder('certificate')),
      newFolder,
      say: (text) => console.log(text),
    };
    const results = await measure(
      context,
      names,
      present.map(({ version }) => version),
    );
    await keep(
      results,
      values.quick || names.length < everything.length || values.peers !== undefined,
    );
  } finally {
    await origin.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A whole run is what docs/performance.md shows; of a part, the results lie in .cache alone. */
async function keep(results: Results, isPart: boolean): Promise<void> {
  const text = `${JSON.stringify(results, toSixDigits, 2)}\n`;
  const latest = path.join(root, '.cache', 'bench', 'latest.json');
  mkdirSync(path.dirname(latest), { recursive: true });
  writeFileSync(latest, text);
  if (isPart) {
    if (results.scenarios.length > 0) console.log(`\n${inShort(results)}`);
    console.log(`\nall that was measured: ${path.relative(root, latest)}`);
    return;
  }
  writeFileSync(path.join(root, 'docs', 'performance.json'), text);
  const { exitCode, output } = await run('npm', ['run', '-s', 'docs']);
  if (exitCode !== 0) throw new Error(`docs/performance.md was not written:\n${output}`);
}

/** More would claim more than was measured. */
function toSixDigits(_name: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(6)) : value;
}

// What was started ends with this process, in good order only.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
try {
  await main();
} catch (error) {
  const isMisuse = error instanceof Misuse || (error instanceof TypeError && 'code' in error);
  console.error(isMisuse ? error.message : error);
  process.exitCode = 1;
}
