import type { OutgoingHttpHeaders } from 'node:http';

import { RedisServer } from '@poplet/conformance/redis-server';
import { openRemoteStore, type OpenRemoteStoreOptions } from '@poplet/store/remote';
import { expect, onTestFinished } from 'vitest';

import { createEdge, type Edge } from '../../src/index.ts';
import { ask, type Asking, type Received } from '../test-client.ts';
import { TestOrigin, type Answer } from '../test-origin.ts';

/** One edge of several on one Redis. */
export interface SharingEdge {
  readonly edge: Edge;
  readonly url: string;
  /** What a person was told of the store. */
  readonly notices: readonly string[];
  /** Resolves when what it brings is stored and recorded, too. */
  ask(path: string, asking?: Asking): Promise<Received>;
  /** Resolves when it knows what the other did. */
  catchUp(): Promise<void>;
  /** Of the latest exchange: how it came out, and why. */
  latest(): { readonly outcome: string; readonly codes: readonly string[] };
}

export interface SharingEdges {
  readonly origin: TestOrigin;
  readonly redis: RedisServer;
  readonly edges: readonly [SharingEdge, SharingEdge];
}

/** Two edges before one origin, with a Redis of their own. */
export async function openEdges(
  answer: Answer,
  options: Partial<OpenRemoteStoreOptions> = {},
): Promise<SharingEdges> {
  const redis = await RedisServer.start();
  onTestFinished(() => redis.stop());
  const origin = new TestOrigin(answer);
  await origin.listen();
  onTestFinished(() => origin.close());
  const open = () => openEdge(origin, { url: redis.url(), ...options });
  return { origin, redis, edges: [await open(), await open()] };
}

async function openEdge(origin: TestOrigin, options: OpenRemoteStoreOptions): Promise<SharingEdge> {
  const notices: string[] = [];
  const store = await openRemoteStore({
    ...options,
    onNotice: (text) => void notices.push(text.replace(/^store \S+: /u, '')),
  });
  // Both stand for one site, whatever port they listen on.
  const edge = createEdge({ sites: [{ upstream: { url: origin.url } }], store });
  onTestFinished(() => edge.close());
  const { url } = await edge.listen({ port: 0 });
  return {
    edge,
    url,
    notices,
    async ask(path, asking = {}) {
      const { newestId } = edge.journal;
      const headers = { Host: 'example.com', ...(asking.headers as OutgoingHttpHeaders) };
      const received = await ask(url + path, { ...asking, headers });
      // The last byte may reach the client before the store has it.
      await edge.tasks.idle();
      await expect.poll(() => edge.journal.newestId).toBeGreaterThan(newestId);
      return received;
    },
    catchUp: () => store.catchUp(),
    latest() {
      const [record] = edge.journal.latest(1);
      return {
        outcome: record?.outcome ?? '',
        codes: record?.reasons.map(({ code }) => code) ?? [],
      };
    },
  };
}
