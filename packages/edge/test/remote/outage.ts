// A server that keeps what edges store is killed and started again, and stopped and continued, under load.

import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import type { FigureResult } from '../scale/figure.ts';
import { EdgeGroup } from './edge-group.ts';

const ITEMS = 200;
const VISITORS = 12;
/** Real milliseconds between two changes of an item. */
const CHANGE_MS = 40;
/** Real milliseconds: more than it takes to notice that no answer comes. */
const REDIS_DOWN_MS = 1200;
const DATABASE_DOWN_MS = 2500;
const UP_MS = 1200;
const BACK_WITHIN_MS = 10_000;
/** A purge that was acknowledged so many real milliseconds ago holds on every edge. */
const HOLDS_WITHIN_MS = 100;

/** A change that was purged, and since when it may no longer be missed. */
interface Purged {
  readonly version: number;
  readonly holdsFromMs: number;
}

class Outages {
  readonly #group: EdgeGroup;
  readonly #purged = new Map<number, Purged>();
  #isOver = false;
  readonly tally = {
    requests: 0,
    rightBodies: 0,
    hits: 0,
    failedRequests: 0,
    wrongBodies: 0,
    purges: 0,
    purgesOwed: 0,
    purgedButServed: 0,
    slowestMs: 0,
  };

  constructor(group: EdgeGroup) {
    this.#group = group;
  }

  async run(outages: number, downMs: number): Promise<void> {
    const traffic = [this.#change(), ...Array.from({ length: VISITORS }, () => this.#visit())];
    const { server } = this.#group;
    try {
      await sleep(UP_MS);
      for (let count = 0; count < outages; count++) {
        const isKilled = count % 2 === 0;
        if (isKilled) await server.kill();
        else server.pause();
        await sleep(downMs);
        if (isKilled) await server.startAgain();
        else server.resume();
        await this.#areBack();
        await sleep(UP_MS);
      }
    } finally {
      this.#isOver = true;
      await Promise.all(traffic);
    }
  }

  /** By themselves. */
  async #areBack(): Promise<void> {
    const untilMs = performance.now() + BACK_WITHIN_MS;
    for (const { process } of this.#group.edges) {
      while ((await process.call('connection')) !== 'connected') {
        if (performance.now() > untilMs) throw new Error('an edge did not come back');
        await sleep(10);
      }
    }
  }

  async #visit(): Promise<void> {
    while (!this.#isOver) {
      const item = randomInt(ITEMS);
      const startedMs = performance.now();
      const least = this.#purged.get(item);
      const checked = await this.#group.get(anEdge(), item);
      const { tally } = this;
      tally.requests += 1;
      tally.slowestMs = Math.max(tally.slowestMs, Math.round(performance.now() - startedMs));
      if (checked.kind === 'wrong') tally.wrongBodies += 1;
      else if (checked.kind !== 'right') tally.failedRequests += 1;
      else {
        tally.rightBodies += 1;
        if (checked.isHit) tally.hits += 1;
        const isMissed =
          least !== undefined && startedMs >= least.holdsFromMs && checked.version < least.version;
        if (isMissed) tally.purgedButServed += 1;
      }
    }
  }

  async #change(): Promise<void> {
    while (!this.#isOver) {
      const item = randomInt(ITEMS);
      const version = this.#group.origin.change(item);
      this.tally.purges += 1;
      const isInForce = await this.#group.purge(anEdge(), item);
      const holdsFromMs = performance.now() + HOLDS_WITHIN_MS;
      if (isInForce) this.#purged.set(item, { version, holdsFromMs });
      else this.tally.purgesOwed += 1;
      await sleep(CHANGE_MS);
    }
  }
}

function anEdge(): number {
  return randomInt(2);
}

/** Two edges on one Redis. `outages`: half of them a kill, the others a stop in the middle. */
export async function outagesUnderLoad(outages: number): Promise<FigureResult> {
  return await outagesOf(await EdgeGroup.onRedis(), { outages, downMs: REDIS_DOWN_MS });
}

/** As `outagesUnderLoad`, of a PostgreSQL that one edge has. */
export async function databaseOutages(outages: number): Promise<FigureResult> {
  return await outagesOf(await EdgeGroup.onPostgres(), { outages, downMs: DATABASE_DOWN_MS });
}

async function outagesOf(
  group: EdgeGroup,
  { outages, downMs }: { readonly outages: number; readonly downMs: number },
): Promise<FigureResult> {
  try {
    const run = new Outages(group);
    await run.run(outages, downMs);
    const notices = await Promise.all(group.edges.map(({ process }) => process.call('notices')));
    const said = notices.map(
      (all) => all.filter((text) => text.includes('cannot be reached')).length,
    );
    const { failedRequests, wrongBodies, purgedButServed, hits } = run.tally;
    const isSaidOnce = notices.every((all) => all.length === 2 * outages);
    return {
      holds:
        failedRequests === 0 &&
        wrongBodies === 0 &&
        purgedButServed === 0 &&
        hits > 0 &&
        isSaidOnce,
      measured: { outages, ...run.tally, saidToBeAway: said.join(' and ') },
    };
  } finally {
    await group.close();
  }
}
