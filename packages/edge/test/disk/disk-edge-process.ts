// An edge on a disk store, as a process of its own that can be killed. It tells its parent of every
// response once it is committed.

import { createEdge, type Edge } from '@poplet/edge';
import { openDiskStore, type DiskStoreOptions } from '@poplet/store/disk';

import { answerCalls, tellParent } from '../scale/calls.ts';

interface ListenOptions {
  readonly upstreamUrl: string;
  readonly store: Omit<DiskStoreOptions, 'onNotice'>;
}

interface ListenReport {
  readonly url: string;
  /** Real time that opening the folder took. */
  readonly openMs: number;
  readonly entries: number;
}

export type DiskEdgeCalls = typeof calls;

let edge: Edge | undefined;
const notices: string[] = [];

function theEdge(): Edge {
  if (edge === undefined) throw new Error('the edge does not listen yet');
  return edge;
}

const calls = {
  async listen({ upstreamUrl, store: options }: ListenOptions): Promise<ListenReport> {
    const startedMs = performance.now();
    const store = openDiskStore({ ...options, onNotice: (text) => void notices.push(text) });
    const { entries } = store.stats();
    const openMs = performance.now() - startedMs;
    edge = createEdge({ sites: [{ upstream: { url: upstreamUrl } }], store });
    edge.journal.subscribe(({ stored, url }) => {
      if (stored) tellParent(url);
    });
    const { url } = await edge.listen({ port: 0 });
    return { url, openMs, entries };
  },
  /** Resolves when the purge is in force, and will be after a restart. */
  async purge(url: string): Promise<void> {
    await theEdge().purge([{ selector: { kind: 'url', url }, soft: false, siteId: undefined }]);
  },
  notices(): readonly string[] {
    return notices;
  },
};

if (import.meta.main) answerCalls(calls);
