// What is asked of Poplet, as data: a floor that has to hold, and an aim.

import type { PeerId } from './peers/peer.ts';
import type { PeerResult, Results } from './results.ts';

export interface Target {
  /** What is measured, for a person to read. */
  readonly title: string;
  readonly floor: number;
  readonly aim: number;
  /** Whether more is better, as of requests, or less, as of time. */
  readonly better: 'more' | 'less';
  readonly unit: 'times' | 'ms' | 'bytes';
  /** What a run found; undefined where it did not measure that. */
  readonly measured: (results: Results) => number | undefined;
  /** The same by the time in which the servers' cores were busy: for where the load was the limit. */
  readonly byBusyTime?: (results: Results) => number | undefined;
}

/** Requests per second, as so many times a peer's. */
function throughput(
  scenario: string,
  peer: PeerId,
  [floor, aim]: readonly [number, number],
): Target {
  return {
    title: `\`${scenario}\`, beside ${peer}`,
    floor,
    aim,
    better: 'more',
    unit: 'times',
    measured: (results) => ratio(results, scenario, peer),
    byBusyTime: (results) => ratio(results, scenario, peer, perBusySecond),
  };
}

type Measured = Extract<PeerResult, { kind: 'measured' }>;

/** Poplet's requests per second over a peer's; undefined where one of them was not measured. */
export function ratio(
  { scenarios }: Pick<Results, 'scenarios'>,
  scenario: string,
  peer: PeerId,
  rateOf: (result: Measured) => number | undefined = ({ requestsPerSecond }) => requestsPerSecond,
): number | undefined {
  const peers = scenarios.find(({ id }) => id === scenario)?.peers;
  const own = peers?.poplet;
  const other = peers?.[peer];
  if (own?.kind !== 'measured' || other?.kind !== 'measured') return undefined;
  const ownRate = rateOf(own);
  const otherRate = rateOf(other);
  return ownRate === undefined || otherRate === undefined ? undefined : ownRate / otherRate;
}

/** What a core would do that was busy all the time. */
function perBusySecond({ requestsPerSecond, serverCoreBusy }: Measured): number | undefined {
  return serverCoreBusy === undefined ? undefined : requestsPerSecond / serverCoreBusy;
}

export const TARGETS: readonly Target[] = [
  throughput('hit-1k', 'nginx', [1.1, 1.25]),
  throughput('hit-1k', 'varnish', [1.45, 1.6]),
  throughput('hit-1k', 'haproxy', [0.85, 1]),
  throughput('hit-304', 'nginx', [1.1, 1.25]),
  throughput('hit-zipf', 'nginx', [1, 1.1]),
  throughput('hit-100k', 'varnish', [1.1, 1.2]),
  throughput('hit-100k', 'nginx', [0.5, 0.7]),
  throughput('miss-store', 'nginx', [1, 1.2]),
  throughput('https-h1-hit', 'nginx', [0.8, 0.95]),
  {
    title: 'p99 at half of the most that nginx answers, beside nginx’s',
    floor: 1.5,
    aim: 1,
    better: 'less',
    unit: 'times',
    measured: ({ tail }) => {
      const { poplet, nginx } = tail?.peers ?? {};
      return poplet === undefined || nginx === undefined ? undefined : poplet.p99Ms / nginx.p99Ms;
    },
  },
  {
    title: 'memory of an entry beside its body and header',
    floor: 800,
    aim: 400,
    better: 'less',
    unit: 'bytes',
    measured: ({ memory }) => memory?.bytesPerEntry,
  },
  {
    title: 'purge of one tag, all entries stored',
    floor: 1,
    aim: 1,
    better: 'less',
    unit: 'ms',
    measured: ({ purge }) => purge?.at(-1)?.oneOfThousandMs,
  },
  {
    title: 'the same, beside the purge of one tag with 1,000 entries stored',
    floor: 1,
    aim: 1,
    better: 'less',
    unit: 'times',
    measured: ({ purge: [few, all] = [] }) =>
      few === undefined || all === undefined
        ? undefined
        : all.oneOfThousandMs / few.oneOfThousandMs,
  },
  {
    title: 'start to the first answer',
    floor: 400,
    aim: 250,
    better: 'less',
    unit: 'ms',
    measured: ({ startUp }) => startUp?.popletMs,
  },
  {
    title: 'the same, beside `vite preview`',
    floor: 1,
    aim: 1,
    better: 'less',
    unit: 'times',
    measured: ({ startUp }) =>
      startUp === undefined ? undefined : startUp.popletMs / startUp.vitePreviewMs,
  },
];

export type Verdict = 'aim' | 'floor' | 'missed';

/** What a figure reaches. */
export function verdictOf({ floor, aim, better }: Target, measured: number): Verdict {
  const reaches = (limit: number): boolean =>
    better === 'more' ? measured >= limit : measured <= limit;
  if (reaches(aim)) return 'aim';
  return reaches(floor) ? 'floor' : 'missed';
}
