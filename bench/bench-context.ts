import type { Machine } from './machine.ts';
import type { Origin } from './origin/origin.ts';
import type { Certificate, Peer, RunningPeer } from './peers/peer.ts';
import type { Scenario } from './scenarios/scenario.ts';

/** How much is measured. */
export interface Extent {
  readonly rounds: number;
  readonly secondsPerRound: number;
  /** Of load before the first round. */
  readonly warmUpSeconds: number;
  readonly connections: number;
  /** Of the keys that a scenario draws from, at most so many. */
  readonly mostKeys: number;
  /** Entries in the store where memory is measured. */
  readonly entries: number;
  readonly starts: number;
  /** Whether what starts is installed by npm first, or run as it was built. */
  readonly isInstalled: boolean;
}

/** What all measurements of a run share. */
export interface BenchContext {
  readonly extent: Extent;
  readonly machine: Machine;
  readonly origin: Origin;
  readonly peers: readonly Peer[];
  readonly certificate: Certificate;
  /** An empty folder; all of them are removed at the end. */
  readonly newFolder: (name: string) => string;
  readonly say: (text: string) => void;
}

/** Starts a cache as a scenario needs it. */
export function startFor(
  { origin, certificate, newFolder }: BenchContext,
  peer: Peer,
  { scheme, store, id }: Pick<Scenario, 'scheme' | 'store' | 'id'>,
): Promise<RunningPeer> {
  return peer.start({
    originPort: origin.port,
    store,
    certificate: scheme === 'https' ? certificate : undefined,
    folder: newFolder(`${id}-${peer.id}`),
  });
}
