// Two edges in processes of their own, on one Redis, before an origin whose every byte is known.

import { RedisServer } from '@poplet/conformance/redis-server';

import { CheckedClient, type Checked } from '../disk/checked-client.ts';
import { VersionedOrigin } from '../disk/versioned-origin.ts';
import { startChild, type Child } from '../scale/calls.ts';
import type { RemoteEdgeCalls } from './remote-edge-process.ts';

/** Both stand for one site. */
const HOST = 'example.com';

interface PairedEdge {
  readonly process: Child<RemoteEdgeCalls>;
  readonly url: string;
}

export class EdgePair {
  readonly redis: RedisServer;
  readonly origin: VersionedOrigin;
  readonly edges: readonly [PairedEdge, PairedEdge];
  readonly #client: CheckedClient;

  private constructor(parts: Pick<EdgePair, 'redis' | 'origin' | 'edges'>) {
    this.redis = parts.redis;
    this.origin = parts.origin;
    this.edges = parts.edges;
    this.#client = new CheckedClient(parts.origin);
  }

  static async open(origin = new VersionedOrigin()): Promise<EdgePair> {
    await origin.listen();
    const redis = await RedisServer.start();
    const start = async (): Promise<PairedEdge> => {
      const process = startChild<RemoteEdgeCalls>('../remote/remote-edge-process.ts');
      const listening = { upstreamUrl: origin.url, storeUrl: redis.url() };
      return { process, url: await process.call('listen', listening) };
    };
    return new EdgePair({ redis, origin, edges: [await start(), await start()] });
  }

  get(edge: 0 | 1, item: number): Promise<Checked> {
    return this.#client.get(this.edges[edge].url, item, { headers: { Host: HOST } });
  }

  /** Whether the purge is in force on both edges now. */
  purge(edge: 0 | 1, item: number): Promise<boolean> {
    return this.edges[edge].process.call('purge', `http://${HOST}/item/${item}`);
  }

  async close(): Promise<void> {
    this.#client.close();
    for (const { process } of this.edges) await process.stop();
    await this.redis.stop();
    this.origin.close();
  }
}
