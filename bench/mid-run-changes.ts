import { setTimeout as sleep } from 'node:timers/promises';

import type { Origin } from './origin/origin.ts';
import type { Control } from './peers/peer.ts';
import type { Versions } from './witness.ts';

export interface MidRunChanges {
  readonly origin: Origin;
  readonly control: Control;
  /** Of the cache, as `http://127.0.0.1:8080`. */
  readonly edge: string;
  readonly path: string;
  readonly versions: Versions;
  readonly seconds: number;
}

/** How many requests the changes bring to the origin: a purged response is fetched, a stale one validated. */
export const CHANGES = 2;

/**
 * A third into the load the origin has a new version and the old one is purged; after two thirds it has
 * another, and the clock passes the lifetime of what is stored. Whoever is answered from then on gets
 * the new version: `versions` says so as soon as the purge, or the clock, has answered.
 */
export async function changeMidRun(changes: MidRunChanges): Promise<void> {
  const { origin, control, edge, path, versions, seconds } = changes;
  const publish = async (): Promise<void> => {
    versions.newest += 1;
    await origin.publish(path);
  };
  await sleep((seconds * 1000) / 3);
  await publish();
  await control.purge({ url: `${edge}${path}` });
  versions.oldest = versions.newest;
  await sleep((seconds * 1000) / 3);
  await publish();
  await control.advance('2h');
  versions.oldest = versions.newest;
}
