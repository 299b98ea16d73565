// How long answers take under a load that does not wait for them.

import path from 'node:path';

import { startFor, type BenchContext } from './bench-context.ts';
import { answerTimesMs, h2load } from './load/h2load.ts';
import { runLoad } from './load/run-load.ts';
import type { Peer, PeerId, RunningPeer } from './peers/peer.ts';
import type { TailOfPeer, TailResult } from './results.ts';
import { hit1k } from './scenarios/hit-1k.ts';
import { median, quantile } from './statistics.ts';
import { Witness } from './witness.ts';
import { must } from './wrong-answer.ts';

interface Contender {
  readonly peer: Peer;
  readonly running: RunningPeer;
  readonly rounds: TailOfPeer[];
}

/** Half of what nginx answers at most is asked of each cache, hits of 1 KB, in rounds. Undefined without nginx. */
export async function measureTail(context: BenchContext): Promise<TailResult | undefined> {
  const { extent, peers, say, newFolder } = context;
  const nginx = peers.find(({ id }) => id === 'nginx');
  if (nginx === undefined) return undefined;
  const logs = newFolder('tail-logs');
  const contenders: Contender[] = [];
  try {
    for (const peer of peers) {
      const running = await startFor(context, peer, { ...hit1k, id: 'tail' });
      contenders.push({ peer, running, rounds: [] });
    }
    let mostPerSecond = 0;
    for (const { peer, running } of contenders) {
      const load = await runLoad({
        scenario: hit1k,
        target: hit1k.target(peer.id, 0),
        port: running.port,
        connections: extent.connections,
        seconds: extent.secondsPerRound,
      });
      if (peer === nginx) mostPerSecond = load.requests / load.seconds;
    }
    const requestsPerSecond = Math.round(mostPerSecond / 2);
    for (let round = 1; round <= extent.rounds; round += 1) {
      for (const { peer, running, rounds } of contenders) {
        const logFile = path.join(logs, `${peer.id}-${round}.tsv`);
        const tail = await askSteadily(context, { peer, running, requestsPerSecond, logFile });
        rounds.push(tail);
        say(`  p99 at ${requestsPerSecond} requests/s, ${peer.name}: ${tail.p99Ms.toFixed(2)} ms`);
      }
    }
    const results: Partial<Record<PeerId, TailOfPeer>> = {};
    for (const { peer, rounds } of contenders) {
      results[peer.id] = {
        p50Ms: median(rounds.map(({ p50Ms }) => p50Ms)),
        p99Ms: median(rounds.map(({ p99Ms }) => p99Ms)),
        shareSent: median(rounds.map(({ shareSent }) => shareSent)),
      };
    }
    return { requestsPerSecond, peers: results };
  } finally {
    for (const { running } of contenders) await running.stop();
  }
}

interface Steady {
  readonly peer: Peer;
  readonly running: RunningPeer;
  readonly requestsPerSecond: number;
  readonly logFile: string;
}

async function askSteadily(
  { origin, extent }: BenchContext,
  { peer, running, requestsPerSecond, logFile }: Steady,
): Promise<TailOfPeer> {
  const target = hit1k.target(peer.id, 0);
  if (target.kind !== 'one') throw new TypeError('one path is expected');
  const { port } = running;
  const witness = Witness.of(origin, { scenario: hit1k, target, port });
  const before = await origin.requests();
  const load = await witness.during(
    h2load({
      url: `http://127.0.0.1:${port}${target.path}`,
      protocol: 'http/1.1',
      fields: hit1k.fields,
      connections: extent.connections,
      streams: 1,
      seconds: extent.secondsPerRound,
      requestsPerSecond,
      logFile,
    }),
  );
  witness.close();
  const came = (await origin.requests()) - before;
  must(came === 0, () => `${peer.name}: the origin got ${came} requests, not 0`);
  const timesMs = answerTimesMs(logFile);
  return {
    p50Ms: median(timesMs),
    p99Ms: quantile(timesMs, 0.99),
    shareSent: load.requests / (requestsPerSecond * load.seconds),
  };
}
