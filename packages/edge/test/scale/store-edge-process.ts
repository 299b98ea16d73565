// An edge on a store that outlives it, as a process of its own that can be killed. It tells its parent
// of every response once it is committed.

import { createEdge, type Edge } from '@poplet/edge';
import { answerCalls, tellParent } from './calls.ts';
import { openStore, type StorePlace } from './store-place.ts';

interface ListenReport {
  readonly url: string;
  /** Real time that opening the store took. */
  readonly openMs: number;
  readonly entries: number;
}

export type StoreEdgeCalls = typeof calls;

let edge: Edge | undefined;
const notices: string[] = [];

function theEdge(): Edge {
  if (edge === undefined) throw new Error('the edge does not listen yet');
  return edge;
}

const calls = {
  async listen({
    upstreamUrl,
    store: place,
  }: {
    readonly upstreamUrl: string;
    readonly store: StorePlace;
  }): Promise<ListenReport> {
    const startedMs = performance.now();
    const store = await openStore(place, (text) => void notices.push(text));
    const { entries } = store.stats();
    const openMs = performance.now() - startedMs;
    edge = createEdge({ sites: [{ upstream: { url: upstreamUrl } }], store });
    edge.journal.subscribe(({ stored, url }) => {
      if (stored) tellParent(url);
    });
    const { url } = await edge.listen({ port: 0 });
    return { url, openMs, entries };
  },
  /** Whether the purge is in force now for all who have the store, and will be after a restart; else it is owed. */
  async purge(url: string): Promise<boolean> {
    const selector = { kind: 'url', url } as const;
    return await theEdge()
      .purge([{ selector, soft: false, siteId: undefined }])
      .then(
        () => true,
        () => false,
      );
  },
  connection(): string | undefined {
    return theEdge().store.stats().connection;
  },
  notices(): readonly string[] {
    return notices;
  },
};

if (import.meta.main) answerCalls(calls);
