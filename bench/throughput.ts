// How many requests a second each cache answers, and whether it answered them right.

import { setTimeout as sleep } from 'node:timers/promises';

import { startFor, type BenchContext, type Extent } from './bench-context.ts';
import { checkBytes, checkCounts, checkOrigin } from './load-checks.ts';
import { runLoad } from './load/run-load.ts';
import type { Target } from './load/target.ts';
import { wrk } from './load/wrk.ts';
import { coreMeter, LOAD_CORE, SERVER_CORE } from './machine.ts';
import { changeMidRun } from './mid-run-changes.ts';
import type { Control, Counts, Peer, PeerId, RunningPeer } from './peers/peer.ts';
import type { PeerResult, ScenarioResult } from './results.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { median } from './statistics.ts';
import { Witness } from './witness.ts';
import { must, WrongAnswer } from './wrong-answer.ts';

/** Before the first round: code is compiled, connections to the origin stand. */
const WARM_UP_ROUND = 0;

interface Contender {
  readonly peer: Peer;
  readonly running: RunningPeer;
  readonly samples: Sample[];
}

interface Sample {
  readonly requestsPerSecond: number;
  readonly serverCoreBusy: number | undefined;
  readonly loadCoreBusy: number | undefined;
}

/** Rounds of a scenario, each with every cache in turn. Throws WrongAnswer. */
export async function measureScenario(
  context: BenchContext,
  scenario: Scenario,
): Promise<ScenarioResult> {
  const results: Partial<Record<PeerId, PeerResult>> = {};
  const contenders: Contender[] = [];
  try {
    for (const peer of context.peers) {
      const cannot = await peer.cannot();
      const because = scenario.needs.map((ability) => cannot[ability]).find(Boolean);
      if (because === undefined) {
        const running = await startFor(context, peer, scenario);
        contenders.push({ peer, running, samples: [] });
      } else {
        results[peer.id] = { kind: 'left-out', because };
      }
    }
    // What another cache gets wrong is no figure of it; it does not make Poplet's void.
    const unlessWrong = async (peer: Peer, measure: () => Promise<void>): Promise<void> => {
      if (results[peer.id] !== undefined) return;
      try {
        await measure();
      } catch (error) {
        if (peer.id === 'poplet' || !(error instanceof WrongAnswer)) throw error;
        context.say(`  left out: ${error.message}`);
        results[peer.id] = { kind: 'left-out', because: error.message };
      }
    };
    for (const contender of contenders)
      await unlessWrong(contender.peer, () => warmUp(context, scenario, contender));
    for (let round = 1; round <= context.extent.rounds; round += 1) {
      // Nobody is always the first.
      const first = (round - 1) % contenders.length;
      const order = [...contenders.slice(first), ...contenders.slice(0, first)];
      for (const contender of order) {
        await unlessWrong(contender.peer, async () => {
          contender.samples.push(await measureRound(context, scenario, { contender, round }));
        });
      }
    }
  } finally {
    for (const { running } of contenders) await running.stop();
  }
  for (const { peer, samples } of contenders) results[peer.id] ??= summaryOf(samples);
  return { id: scenario.id, title: scenario.title, peers: results };
}

function summaryOf(samples: readonly Sample[]): PeerResult {
  const rates = samples.map(({ requestsPerSecond }) => requestsPerSecond);
  const busy = (core: 'serverCoreBusy' | 'loadCoreBusy'): number | undefined => {
    const known = samples.map((sample) => sample[core]).filter((one) => one !== undefined);
    return known.length === 0 ? undefined : median(known);
  };
  return {
    kind: 'measured',
    requestsPerSecond: median(rates),
    lowest: Math.min(...rates),
    highest: Math.max(...rates),
    serverCoreBusy: busy('serverCoreBusy'),
    loadCoreBusy: busy('loadCoreBusy'),
  };
}

/** The target, with no more keys than the extent of the run allows. */
function targetOf({ mostKeys }: Extent, target: Target): Target {
  return 'count' in target ? { ...target, count: Math.min(target.count, mostKeys) } : target;
}

/** Brings into the store what is to be found there, and lets the code get warm. */
async function warmUp(
  { extent, origin }: BenchContext,
  scenario: Scenario,
  { peer, running }: Contender,
): Promise<void> {
  const target = targetOf(extent, scenario.target(peer.id, WARM_UP_ROUND));
  const { port } = running;
  const { connections, warmUpSeconds } = extent;
  const witness = Witness.of(origin, { scenario, target, port });
  if (target.kind === 'zipf' || target.kind === 'uniform') {
    const { prefix, count } = target;
    const { scheme, fields } = scenario;
    const fill = { kind: 'fill', prefix, count } as const;
    await wrk({ port, scheme, target: fill, fields, connections, seconds: 600 });
  } else {
    for (let asked = 0; asked < 10; asked += 1) await witness.askForWhole();
  }
  if (warmUpSeconds > 0) {
    await runLoad({ scenario, target, port, connections, seconds: warmUpSeconds });
  }
  if (scenario.upstream === 'never') {
    const before = await origin.requests();
    for (let asked = 0; asked < 10; asked += 1) await witness.ask();
    const came = (await origin.requests()) - before;
    must(came === 0, () => `${peer.name}: ${came} of 10 requests were no hits after the warm-up`);
  }
  witness.close();
}

interface Round {
  readonly contender: Contender;
  readonly round: number;
}

async function measureRound(
  context: BenchContext,
  scenario: Scenario,
  { contender, round }: Round,
): Promise<Sample> {
  const { origin, extent } = context;
  const { connections, secondsPerRound: seconds } = extent;
  const { peer, running } = contender;
  const { port, control } = running;
  const target = targetOf(extent, scenario.target(peer.id, round));
  const changes = scenario.changes && control !== undefined && target.kind === 'one';
  const witness = Witness.of(origin, { scenario, target, port });
  const { wireBytes } = await witness.ask();
  const askedBefore = { all: witness.asked, new: witness.askedNew };
  const originBefore = await requestsAtRest(origin);
  const countsBefore = await control?.counts();
  const server = coreMeter(SERVER_CORE);
  const client = coreMeter(LOAD_CORE);
  const changed = changes
    ? changeMidRun({
        origin,
        control,
        edge: `${scenario.scheme}://127.0.0.1:${port}`,
        path: target.path,
        versions: witness.versions,
        seconds,
      })
    : undefined;
  const [load] = await Promise.all([
    witness.during(runLoad({ scenario, target, port, connections, seconds })),
    changed,
  ]);
  const sample = {
    requestsPerSecond: load.requests / load.seconds,
    serverCoreBusy: server(),
    loadCoreBusy: client(),
  };
  await witness.ask();
  const witnessed = {
    all: witness.asked - askedBefore.all,
    new: witness.askedNew - askedBefore.new,
  };
  witness.close();

  const where = `${scenario.title}, ${peer.name}, round ${round}`;
  checkBytes(where, { load, scenario, wireBytes, connections, changes });
  const atOrigin = (await origin.requests()) - originBefore;
  checkOrigin(where, { load, scenario, witnessed, connections, atOrigin, changes });
  if (control !== undefined && countsBefore !== undefined) {
    const counts = await settled(control, countsBefore.exchanges + load.requests + witnessed.all);
    checkCounts(where, { load, scenario, witnessed, connections, countsBefore, counts });
  }
  context.say(`  ${where}: ${Math.round(sample.requestsPerSecond)} requests/s`);
  return sample;
}

/** Requests that the origin got; those that were under way when the load before this one ended are among them. */
async function requestsAtRest(origin: BenchContext['origin']): Promise<number> {
  for (let before = await origin.requests(); ;) {
    await sleep(50);
    const now = await origin.requests();
    if (now === before) return now;
    before = now;
  }
}

/** The counts once they have reached a number; what was written is recorded a moment later. */
async function settled(control: Control, exchanges: number): Promise<Counts> {
  for (let attempt = 0; ; attempt += 1) {
    const now = await control.counts();
    if (now.exchanges >= exchanges || attempt === 40) return now;
    await sleep(50);
  }
}
