// Many clients ask for one cold URL at once: client, edge and origin as three processes.
//
//   node --conditions=source packages/edge/test/scale/collapse.ts one-key 10000

import { setTimeout as sleep } from 'node:timers/promises';

import type { BurstReport, ClientCalls } from './client-process.ts';
import { startChild } from './calls.ts';
import type { EdgeCalls, EdgeReport } from './edge-process.ts';
import { type FigureResult, runFigure } from './figure.ts';
import type { OriginCalls, OriginReport } from './origin-process.ts';
import { peakResidentBytes } from './peak-memory.ts';

interface Burst {
  readonly path: '/shared' | '/vary' | '/private';
  readonly requests: number;
  /** Sockets of the edge to the origin at most; undefined: as it is shipped. */
  readonly connections?: number;
  /** Private bodies that the origin holds back until it holds so many. */
  readonly heldBodies?: number;
}

interface BurstOutcome {
  readonly client: BurstReport;
  readonly edge: EdgeReport;
  readonly origin: OriginReport;
  /** From the moment the origin lets the first head go. */
  readonly answeredMs: number;
  readonly edgePeakMegabytes: number;
}

type EdgeChild = ReturnType<typeof startChild<EdgeCalls>>;

const ACCEPTED_WITHIN_MS = 30_000;

/** Past this, somebody waits for somebody. */
const ANSWERED_WITHIN_MS = 120_000;

/** Until the last client has connected and sent, nobody may give up waiting for the first head. */
const COLLAPSE_WAIT_MS = 60_000;

async function measureBurst(burst: Burst): Promise<BurstOutcome> {
  const { path, requests, connections, heldBodies } = burst;
  const origin = startChild<OriginCalls>('origin-process.ts');
  const edge = startChild<EdgeCalls>('edge-process.ts');
  const client = startChild<ClientCalls>('client-process.ts');
  try {
    const originUrl = await origin.call('listen', {
      requests,
      ...(heldBodies === undefined ? {} : { heldBodies }),
    });
    const upstream = { url: originUrl, ...(connections === undefined ? {} : { connections }) };
    const edgeUrl = await edge.call('listen', {
      sites: [{ upstream }],
      collapseWaitMs: COLLAPSE_WAIT_MS,
    });
    const url = new URL(path, edgeUrl).href;
    await client.call('connect', { url, count: requests });
    await client.call('send', { url });
    await hasReadEverything(edge, requests);
    const releasedMs = performance.now();
    await origin.call('release');
    const clientReport = await client.call('collect', { url, withinMs: ANSWERED_WITHIN_MS });
    const answeredMs = Math.round(performance.now() - releasedMs);
    return {
      client: clientReport,
      edge: await edge.call('report'),
      origin: await origin.call('report'),
      answeredMs,
      edgePeakMegabytes: Math.round(peakResidentBytes(edge.pid) / 1e6),
    };
  } finally {
    await Promise.all([client.stop(), edge.stop(), origin.stop()]);
  }
}

/**
 * The kernel connects and takes bytes for an edge that is busy. Once all are accepted, each answered
 * call is a turn of the edge's event loop, which reads what its sockets have. Whether it was enough
 * shows afterwards: a request that came late would be a hit that waited for nobody.
 */
async function hasReadEverything(edge: EdgeChild, requests: number): Promise<void> {
  const deadlineMs = performance.now() + ACCEPTED_WITHIN_MS;
  while ((await edge.call('connections')) < requests && performance.now() < deadlineMs) {
    await sleep(20);
  }
  for (let turn = 0; turn < 50; turn += 1) await edge.call('connections');
}

/** All clients share one answer per value of X-Variant. */
function sharedResult(burst: Burst, originRequests: number, outcome: BurstOutcome): FigureResult {
  const { client, edge, origin } = outcome;
  const { requests } = burst;
  const holds =
    origin.requests === originRequests &&
    client.right === requests &&
    client.distinctBodies === originRequests &&
    edge.exchanges === requests &&
    edge.upstreamRequests === originRequests &&
    edge.collapsed === requests - originRequests &&
    edge.storedEntries === originRequests;
  return { holds, measured: measured(burst, outcome) };
}

/** No client gets another's answer, and none waits for one. */
function privateResult(burst: Burst, outcome: BurstOutcome): FigureResult {
  const { client, edge, origin } = outcome;
  const { requests, heldBodies } = burst;
  const holds =
    origin.requests === requests &&
    origin.mostHeld === heldBodies &&
    client.right === requests &&
    client.distinctBodies === requests &&
    edge.upstreamRequests === requests &&
    edge.collapsed === 0 &&
    edge.storedEntries === 0;
  return { holds, measured: measured(burst, outcome) };
}

function measured({ requests }: Burst, outcome: BurstOutcome): FigureResult['measured'] {
  const { client, edge, origin, answeredMs, edgePeakMegabytes } = outcome;
  return {
    requests,
    originRequests: origin.requests,
    rightAnswers: client.right,
    distinctBodies: client.distinctBodies,
    collapsed: edge.collapsed,
    storedEntries: edge.storedEntries,
    mostBodiesHeld: origin.mostHeld,
    answeredMs,
    edgePeakMegabytes,
    ...(client.problems.length === 0 ? {} : { problems: client.problems.join(' | ') }),
  };
}

export async function oneKey(requests: number): Promise<FigureResult> {
  const burst: Burst = { path: '/shared', requests };
  return sharedResult(burst, 1, await measureBurst(burst));
}

export async function threeVariants(requests: number): Promise<FigureResult> {
  const burst: Burst = { path: '/vary', requests };
  return sharedResult(burst, 3, await measureBurst(burst));
}

/**
 * The origin keeps every body back until it holds all of them, so a client that waited for another's
 * answer would wait for ever. A process has 20,000 descriptors: of 10,000 clients' answers, 9,900 can
 * be under way at one time, and the last come when descriptors are free.
 */
export async function privateAnswers(requests: number): Promise<FigureResult> {
  const connections = Math.min(requests, 9900);
  const burst: Burst = { path: '/private', requests, connections, heldBodies: connections };
  return privateResult(burst, await measureBurst(burst));
}

/** The same with the bounded pool that is shipped: as many answers under way as it has connections. */
export async function privateAnswersBounded(requests: number): Promise<FigureResult> {
  const burst: Burst = { path: '/private', requests, heldBodies: Math.min(requests, 1024) };
  return privateResult(burst, await measureBurst(burst));
}

if (import.meta.main) {
  await runFigure({
    'one-key': oneKey,
    'three-variants': threeVariants,
    private: privateAnswers,
    'private-bounded': privateAnswersBounded,
  });
}
