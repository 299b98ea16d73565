// An edge on a remote store, as a process of its own.

import { createEdge, type Edge } from '@poplet/edge';
import { openRemoteStore } from '@poplet/store/remote';

import { answerCalls } from '../scale/calls.ts';

export type RemoteEdgeCalls = typeof calls;

let edge: Edge | undefined;
const notices: string[] = [];

function theEdge(): Edge {
  if (edge === undefined) throw new Error('the edge does not listen yet');
  return edge;
}

const calls = {
  /** Resolves to its address. */
  async listen({
    upstreamUrl,
    storeUrl,
  }: {
    readonly upstreamUrl: string;
    readonly storeUrl: string;
  }): Promise<string> {
    const store = await openRemoteStore({
      url: storeUrl,
      onNotice: (text) => void notices.push(text),
    });
    edge = createEdge({ sites: [{ upstream: { url: upstreamUrl } }], store });
    const { url } = await edge.listen({ port: 0 });
    return url;
  },
  /** Whether it is in force for every edge now; else it is owed. */
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
