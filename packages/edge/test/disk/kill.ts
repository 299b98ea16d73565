// An edge on a store that outlives it is killed under load, again and again; each time the next takes up what it left.
//
//   node --conditions=source packages/edge/test/disk/kill-figure.ts disk 200 100000

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { PostgresServer } from '@poplet/conformance/postgres-server';

import { startChild } from '../scale/calls.ts';
import type { FigureResult } from '../scale/figure.ts';
import { CheckedClient } from './checked-client.ts';
import type { StoreEdgeCalls } from '../scale/store-edge-process.ts';
import { openStore, type StorePlace } from '../scale/store-place.ts';
import { fillerResponse } from './filler-response.ts';
import { VersionedOrigin } from './versioned-origin.ts';

const ITEMS = 1500;
const CLIENTS = 12;
/** Real milliseconds between the moment that an edge listens and its end, at most. */
const LONGEST_LIFE_MS = 1500;
/** Of this many edges, one is killed while it starts. */
const KILLED_EARLY = 10;
/** Entries asked for after a restart that were committed longer ago. */
const OLDER_SAMPLE = 40;

export interface KillOptions {
  readonly kills: number;
  /** Entries that are there before the first edge. */
  readonly filler: number;
}

interface Tally {
  requests: number;
  rightBodies: number;
  hits: number;
  cutByTheKill: number;
  cutOtherwise: number;
  wrongBodies: number;
  refused: number;
  purges: number;
  purgedButServed: number;
  committedAndAskedFor: number;
  committedButLost: number;
}

class Campaign {
  readonly #place: StorePlace;
  readonly #origin = new VersionedOrigin();
  readonly #client = new CheckedClient(this.#origin);
  readonly tally: Tally = {
    requests: 0,
    rightBodies: 0,
    hits: 0,
    cutByTheKill: 0,
    cutOtherwise: 0,
    wrongBodies: 0,
    refused: 0,
    purges: 0,
    purgedButServed: 0,
    committedAndAskedFor: 0,
    committedButLost: 0,
  };
  readonly openMs: number[] = [];
  readonly problems: string[] = [];
  mostEntries = 0;
  /** Items whose response was committed, as the edge has said. */
  readonly #committed = new Set<number>();
  /** Of these, those that no restart was asked for yet. */
  #fresh = new Set<number>();
  /** The least version that may be served: what was before was purged, and the purge acknowledged. */
  readonly #leastVersion = new Map<number, number>();

  constructor(place: StorePlace) {
    this.#place = place;
  }

  async run(kills: number): Promise<void> {
    await this.#origin.listen();
    try {
      for (let count = 0; count <= kills; count++) await this.#live(count, count === kills);
    } finally {
      this.#client.close();
      this.#origin.close();
    }
  }

  /** One edge, from its start to its end; the last one is asked for everything that was committed. */
  async #live(count: number, isLast: boolean): Promise<void> {
    const edge = startChild<StoreEdgeCalls>('../scale/store-edge-process.ts', (event) => {
      this.#stored(event);
    });
    let isKilled = false;
    let port = '';
    try {
      const listening = edge.call('listen', {
        upstreamUrl: this.#origin.url,
        store: this.#place,
      });
      if (!isLast && count % KILLED_EARLY === KILLED_EARLY - 1) {
        listening.catch(() => {});
        await sleep(Math.random() * LONGEST_LIFE_MS);
        return;
      }
      const { url, openMs, entries } = await listening;
      this.openMs.push(openMs);
      this.mostEntries = Math.max(this.mostEntries, entries);
      port = url;
      const asked = this.#askForCommitted(url, isLast, () => isKilled);
      if (isLast) {
        await asked;
        return;
      }
      const load = Array.from({ length: CLIENTS }, () => this.#load(url, edge, () => isKilled));
      await sleep(Math.random() * LONGEST_LIFE_MS);
      isKilled = true;
      await edge.stop();
      await Promise.all([asked, ...load]);
    } catch (error) {
      this.problems.push(`${port}: ${String(error)}`);
    } finally {
      isKilled = true;
      await edge.stop();
    }
  }

  #stored(url: string): void {
    const item = Number(/\/item\/(\d+)$/.exec(url)?.[1]);
    this.#committed.add(item);
    this.#fresh.add(item);
  }

  /** What was committed before the last kill is there, without asking the origin server. */
  async #askForCommitted(url: string, all: boolean, isKilled: () => boolean): Promise<void> {
    const fresh = this.#fresh;
    this.#fresh = new Set();
    const older = [...this.#committed].filter(() => all || Math.random() < OLDER_SAMPLE / ITEMS);
    const items = [...new Set([...fresh, ...older])];
    await Promise.all(
      Array.from({ length: CLIENTS }, async () => {
        for (let item = items.pop(); item !== undefined; item = items.pop()) {
          if (isKilled()) {
            this.#fresh.add(item);
            continue;
          }
          if (!this.#committed.has(item)) continue;
          const isThere = await this.#get(url, item, isKilled, {
            'cache-control': 'only-if-cached',
          });
          if (isThere === 'cut') this.#fresh.add(item);
          // A purge may have come in between.
          if (isThere === 'cut' || !this.#committed.has(item)) continue;
          this.tally.committedAndAskedFor += 1;
          if (isThere === 'no') {
            this.tally.committedButLost += 1;
            this.problems.push(`item ${item} was committed, and is gone`);
          }
        }
      }),
    );
  }

  async #load(
    url: string,
    edge: ReturnType<typeof startChild<StoreEdgeCalls>>,
    isKilled: () => boolean,
  ): Promise<void> {
    while (!isKilled()) {
      // The square makes some items asked for often, and most of them now and then.
      const item = Math.floor(Math.random() ** 2 * ITEMS);
      if (Math.random() < 0.05) await this.#change(item, edge);
      else await this.#get(url, item, isKilled, {});
    }
  }

  /** The item changes, and what is stored of it is purged. */
  async #change(item: number, edge: ReturnType<typeof startChild<StoreEdgeCalls>>): Promise<void> {
    const version = this.#origin.change(item);
    this.#forget(item);
    // Where it was killed before it could acknowledge, it need not hold.
    const holds = await edge.call('purge', `http://${HOST}/item/${item}`).catch(() => false);
    if (!holds) return;
    this.#forget(item);
    this.tally.purges += 1;
    this.#leastVersion.set(item, Math.max(version, this.#leastVersion.get(item) ?? 0));
  }

  #forget(item: number): void {
    this.#committed.delete(item);
    this.#fresh.delete(item);
  }

  async #get(
    url: string,
    item: number,
    isKilled: () => boolean,
    headers: Readonly<Record<string, string>>,
  ): Promise<'yes' | 'no' | 'cut'> {
    const { tally } = this;
    const leastVersion = this.#leastVersion.get(item) ?? 1;
    // The site is one for all ports: keys name the host that the client asked for.
    const checked = await this.#client.get(url, item, { headers: { ...headers, host: HOST } });
    tally.requests += 1;
    switch (checked.kind) {
      case 'right':
        tally.rightBodies += 1;
        if (checked.isHit) tally.hits += 1;
        if (checked.version < leastVersion) {
          tally.purgedButServed += 1;
          this.problems.push(`item ${item}: version ${checked.version} was purged`);
        }
        return 'yes';
      case 'cut':
        if (isKilled()) tally.cutByTheKill += 1;
        else tally.cutOtherwise += 1;
        return 'cut';
      case 'wrong':
        tally.wrongBodies += 1;
        this.problems.push(checked.why);
        return 'no';
      case 'refused':
        if (headers['cache-control'] === undefined) tally.refused += 1;
        return 'no';
      default:
        return checked satisfies never;
    }
  }
}

const HOST = 'disk.test';

/** Entries that nobody asks for. */
async function fill(place: StorePlace, count: number): Promise<void> {
  const store = await openStore(place, () => {});
  let left = count;
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      while (left > 0) {
        const page = left--;
        const writer = store.begin(fillerResponse(page));
        await writer.write(Buffer.from(`page ${page}`));
        if (!(await writer.commit([]))) throw new Error(`page ${page} was not stored`);
      }
    }),
  );
  await store.close();
}

/** Kills an edge with a disk store under load so many times, and checks every answer. */
export async function killUnderLoad(options: KillOptions): Promise<FigureResult> {
  const folder = mkdtempSync(path.join(tmpdir(), 'poplet-kill-'));
  try {
    return await killOn({ kind: 'disk', folder }, options);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** As `killUnderLoad`, with what it stores in a PostgreSQL. */
export async function killOnDatabase(options: KillOptions): Promise<FigureResult> {
  const witnessFolder = mkdtempSync(path.join(tmpdir(), 'poplet-kill-'));
  const server = await PostgresServer.start();
  try {
    const url = await server.newDatabase();
    return await killOn({ kind: 'keyv', url, witnessFolder }, options);
  } finally {
    await server.stop();
    rmSync(witnessFolder, { recursive: true, force: true });
  }
}

async function killOn(place: StorePlace, { kills, filler }: KillOptions): Promise<FigureResult> {
  await fill(place, filler);
  const campaign = new Campaign(place);
  await campaign.run(kills);
  const { tally, openMs, problems, mostEntries } = campaign;
  const sorted = openMs.toSorted((a, b) => a - b);
  const slowestOpenMs = Math.round(sorted.at(-1) ?? Infinity);
  const violations =
    tally.wrongBodies + tally.committedButLost + tally.purgedButServed + tally.cutOtherwise;
  return {
    holds:
      violations + tally.refused + problems.length === 0 &&
      tally.committedAndAskedFor > 0 &&
      // A disk store need not look at each entry.
      (place.kind !== 'disk' || slowestOpenMs < 1000),
    measured: {
      kills,
      entries: mostEntries,
      ...tally,
      slowestOpenMs,
      medianOpenMs: Math.round(sorted[sorted.length >> 1] ?? Infinity),
      ...(problems.length === 0 ? {} : { problems: problems.slice(0, 5).join('; ') }),
    },
  };
}
