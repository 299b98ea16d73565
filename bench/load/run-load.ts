import type { Scenario } from '../scenarios/scenario.ts';
import { h2load } from './h2load.ts';
import type { Target } from './target.ts';
import { wrk } from './wrk.ts';

export interface LoadOptions {
  readonly scenario: Scenario;
  readonly target: Target;
  readonly port: number;
  readonly connections: number;
  readonly seconds: number;
}

export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  /** Bytes of all answers, some of which the end of the load cut off. */
  readonly bytes: number;
  /** Whether these are heads and bodies, or bodies alone. */
  readonly includesHeads: boolean;
}

/** Requests under way on each connection of HTTP/2. */
const STREAMS = 4;

/** As many requests as are answered: by wrk, and over HTTP/2 by h2load. */
export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const { scenario, target, port, connections, seconds } = options;
  const { scheme, protocol, fields } = scenario;
  if (protocol === 'http/1.1') {
    const { wireBytes, ...load } = await wrk({
      scheme,
      fields,
      target,
      port,
      connections,
      seconds,
    });
    return { ...load, bytes: wireBytes, includesHeads: true };
  }
  if (target.kind !== 'one') throw new TypeError(`h2load does not ask for ${target.kind}`);
  const { bodyBytes, ...load } = await h2load({
    url: `${scheme}://127.0.0.1:${port}${target.path}`,
    protocol,
    fields,
    connections: Math.ceil(connections / STREAMS),
    streams: STREAMS,
    seconds,
  });
  if (load.protocol !== protocol) throw new Error(`h2load spoke ${load.protocol}, not ${protocol}`);
  return { ...load, bytes: bodyBytes, includesHeads: false };
}
