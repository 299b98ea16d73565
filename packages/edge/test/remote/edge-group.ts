// Edges in processes of their own, on one server that keeps what they store, before an origin whose every byte is known.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { PostgresServer } from '@poplet/conformance/postgres-server';
import { RedisServer } from '@poplet/conformance/redis-server';

import { CheckedClient, type Checked } from '../disk/checked-client.ts';
import { VersionedOrigin } from '../disk/versioned-origin.ts';
import { startChild, type Child } from '../scale/calls.ts';
import type { StoreEdgeCalls } from '../scale/store-edge-process.ts';
import type { StorePlace } from '../scale/store-place.ts';

/** All stand for one site. */
const HOST = 'example.com';

interface GroupedEdge {
  readonly process: Child<StoreEdgeCalls>;
  readonly url: string;
}

/** What they store is with it. */
export type StoreServer = Pick<
  RedisServer | PostgresServer,
  'kill' | 'startAgain' | 'pause' | 'resume' | 'stop'
>;

export class EdgeGroup {
  readonly server: StoreServer;
  readonly origin: VersionedOrigin;
  readonly edges: readonly GroupedEdge[];
  readonly #client: CheckedClient;

  private constructor(parts: Pick<EdgeGroup, 'server' | 'origin' | 'edges'>) {
    this.server = parts.server;
    this.origin = parts.origin;
    this.edges = parts.edges;
    this.#client = new CheckedClient(parts.origin);
  }

  /** Two on one Redis. */
  static async onRedis(origin = new VersionedOrigin()): Promise<EdgeGroup> {
    await origin.listen();
    const server = await RedisServer.start();
    const store: StorePlace = { kind: 'redis', url: server.url() };
    const edges = [await start(origin, store), await start(origin, store)];
    return new EdgeGroup({ server, origin, edges });
  }

  /** One on a PostgreSQL. */
  static async onPostgres(origin = new VersionedOrigin()): Promise<EdgeGroup> {
    await origin.listen();
    const postgres = await PostgresServer.start();
    const witnessFolder = mkdtempSync(path.join(tmpdir(), 'poplet-witness-'));
    const url = await postgres.newDatabase();
    const server: StoreServer = {
      kill: () => postgres.kill(),
      startAgain: () => postgres.startAgain(),
      pause: () => postgres.pause(),
      resume: () => postgres.resume(),
      async stop() {
        await postgres.stop();
        rmSync(witnessFolder, { recursive: true, force: true });
      },
    };
    const edges = [await start(origin, { kind: 'keyv', url, witnessFolder })];
    return new EdgeGroup({ server, origin, edges });
  }

  #at(edge: number): GroupedEdge {
    return this.edges[edge % this.edges.length] as GroupedEdge;
  }

  get(edge: number, item: number): Promise<Checked> {
    return this.#client.get(this.#at(edge).url, item, { headers: { Host: HOST } });
  }

  /** Whether the purge is in force on all edges now. */
  purge(edge: number, item: number): Promise<boolean> {
    return this.#at(edge).process.call('purge', `http://${HOST}/item/${item}`);
  }

  async close(): Promise<void> {
    this.#client.close();
    for (const { process } of this.edges) await process.stop();
    await this.server.stop();
    this.origin.close();
  }
}

async function start(origin: VersionedOrigin, store: StorePlace): Promise<GroupedEdge> {
  const process = startChild<StoreEdgeCalls>('../scale/store-edge-process.ts');
  const { url } = await process.call('listen', { upstreamUrl: origin.url, store });
  return { process, url };
}
