import type { Machine } from './machine.ts';
import type { PeerId } from './peers/peer.ts';

/** What a run found; docs/performance.json is one. */
export interface Results {
  readonly measuredAt: string;
  readonly commit: string;
  readonly machine: Machine;
  /** How busy the cores were with other things before and after the run, 0 to 1; undefined where the system does not say. */
  readonly busyWithOthers: {
    readonly before: number | undefined;
    readonly after: number | undefined;
  };
  readonly peers: readonly PeerVersion[];
  readonly rounds: number;
  readonly secondsPerRound: number;
  readonly connections: number;
  readonly scenarios: readonly ScenarioResult[];
  readonly tail?: TailResult;
  readonly memory?: MemoryResult;
  readonly purge?: readonly PurgeResult[];
  readonly startUp?: StartUpResult;
}

export interface PeerVersion {
  readonly id: PeerId;
  readonly name: string;
  readonly version: string;
}

export interface ScenarioResult {
  readonly id: string;
  readonly title: string;
  readonly peers: Readonly<Partial<Record<PeerId, PeerResult>>>;
}

export type PeerResult =
  | {
      readonly kind: 'measured';
      /** The median of the rounds. */
      readonly requestsPerSecond: number;
      readonly lowest: number;
      readonly highest: number;
      /** How busy the two cores were, 0 to 1; the server's is far from 1 where the load was the limit. */
      readonly serverCoreBusy: number | undefined;
      readonly loadCoreBusy: number | undefined;
    }
  | { readonly kind: 'left-out'; readonly because: string };

/** How long answers take while half of what nginx can do is asked for. */
export interface TailResult {
  readonly requestsPerSecond: number;
  readonly peers: Readonly<Partial<Record<PeerId, TailOfPeer>>>;
}

export interface TailOfPeer {
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** How much of the load came about, 0 to 1: below 1 it fell behind, and the times say too little. */
  readonly shareSent: number;
}

export interface MemoryResult {
  readonly entries: number;
  readonly heapBytes: number;
  readonly externalBytes: number;
  /** Of all entries, as the origin sent them. */
  readonly bodyBytes: number;
  readonly headerBytes: number;
  /** (heap + external − bodies − headers) / entries. */
  readonly bytesPerEntry: number;
}

export interface PurgeResult {
  readonly entries: number;
  /** Of a tag that a thousandth of the entries carries: the median, over HTTP. */
  readonly oneOfThousandMs: number;
  /** Of the tag that all of them carry, once. */
  readonly allMs: number;
  /** The longest that a hit took in the two seconds after that. */
  readonly slowestHitAfterMs: number;
}

/** From the start of the process to the end of its first answer. */
export interface StartUpResult {
  readonly isInstalled: boolean;
  readonly popletMs: number;
  /** The very first start, with no compiled code kept. */
  readonly popletFirstMs: number;
  readonly vitePreviewMs: number;
}
