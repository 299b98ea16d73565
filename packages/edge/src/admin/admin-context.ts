import type { Purge } from '@poplet/policy';
import type { Edge } from '../edge-api.ts';
import type { FaultsPort } from './faults-port.ts';

/** What every resource of the admin API is handed. */
export interface AdminContext {
  readonly edge: Edge;
  /** Undefined when no origin server of Poplet stands behind the edge. */
  readonly origin: FaultsPort | undefined;
  /** Undefined where the edge is mounted in somebody else's server. */
  readonly edgeUrl: string | undefined;
  readonly onPurge: ((purges: readonly Purge[], sequence: number) => void) | undefined;
  readonly onClock: ((clock: ClockView) => void) | undefined;
  readonly onDeploy: ((deployment: string) => void) | undefined;
  readonly stream: StreamTiming;
  /** Real seconds since the admin API was made. */
  uptimeSeconds(): number;
}

/** Virtual and real time, as `GET clock` tells them. Instants are ISO 8601 in UTC. */
export interface ClockView {
  readonly now: string;
  readonly real: string;
  /** Virtual minus real. */
  readonly offsetMs: number;
  readonly frozen: boolean;
}

/** Real time, in milliseconds. */
export interface StreamTiming {
  /** Pause between two heartbeats of an event stream. */
  readonly heartbeatMs: number;
  /** How long a reader may leave what was written unread before it is cut. */
  readonly stallMs: number;
}

/** What `server.register` takes for a resource. */
export interface ResourceOptions {
  readonly context: AdminContext;
}
