import { createCdn, type Cdn } from '@poplet/cdn';
import type { Faults } from '@poplet/origin';
import { expect } from '@playwright/test';
import { writeCertificate } from '../certificate.ts';
import { watchOrigin, type OriginWitness } from './origin-witness.ts';

/** What an edge is put in front of. */
export interface Upstream {
  readonly name: string;
  start(): Promise<RunningUpstream>;
}

interface RunningUpstream {
  /** A folder, or the address of a server. */
  readonly source: string;
  /** What it does wrong on purpose, where it can. */
  readonly faults?: Faults;
  /** Forgets what earlier tests did. */
  reset?(): void;
  close(): Promise<void>;
}

/** An edge on a free port, what is behind it, and a witness of what reaches that. */
export interface Rig {
  readonly cdn: Cdn;
  readonly origin: OriginWitness;
  readonly faults: Faults | undefined;
  /** What the edge says in Via. */
  readonly via: string;
  /** An empty cache, real time, blank journals. */
  reset(): Promise<void>;
  /** Resolves when the edge has nothing under way: what happened is in its journal. */
  quiet(): Promise<void>;
  close(): Promise<void>;
}

/** What the browser speaks with the edge. */
export type Protocol = 'http1' | 'http2';

/** `profile`: the CDN that the edge imitates. Default: none. */
export async function startRig(
  upstream: Upstream,
  protocol: Protocol,
  profile?: string,
): Promise<Rig> {
  const running = await upstream.start();
  const files = protocol === 'http2' ? writeCertificate() : undefined;
  const cdn = await createCdn({
    sites: [{ source: running.source, profile }],
    ...(files === undefined ? {} : { https: { cert: files.cert, key: files.key } }),
  });
  const { edge } = cdn;
  const origin = watchOrigin(edge.sites[0]?.upstreamUrl ?? '');

  async function quiet(): Promise<void> {
    await edge.tasks.idle();
    await expect.poll(() => edge.flights, { message: 'flights under way' }).toBe(0);
  }

  return {
    cdn,
    origin,
    faults: running.faults,
    via: protocol === 'http2' ? '2 poplet' : '1.1 poplet',
    quiet,
    async reset() {
      await quiet();
      await purgeEverything(cdn);
      running.reset?.();
      running.faults?.clear();
      edge.clock.reset();
      edge.journal.clear();
      origin.clear();
    },
    async close() {
      origin.stop();
      await cdn.close();
      await running.close();
      files?.remove();
    },
  };
}

export async function purgeEverything({ edge }: Cdn): Promise<void> {
  await edge.purge([{ selector: { kind: 'everything' }, soft: false, siteId: undefined }]);
}
