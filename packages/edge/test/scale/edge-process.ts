// The edge of the measurements, as a process of its own.

import { setFlagsFromString } from 'node:v8';

import type { Edge, EdgeOptions, JournalTotals } from '@poplet/edge';

import { testWorkers } from '../rig.ts';
import { answerCalls } from './calls.ts';

// As the `poplet` command does.
setFlagsFromString('--semi-space-growth-factor=1');
const { createEdge } = await import('@poplet/edge');

export interface EdgeReport extends JournalTotals {
  /** Exchanges answered by another's upstream exchange. */
  readonly collapsed: number;
  /** Exchanges whose client did not get the whole answer. */
  readonly incomplete: number;
  readonly storedEntries: number;
  readonly storedBytes: number;
  readonly flights: number;
}

export type EdgeCalls = typeof calls;

/** Room for a record of every exchange. */
const JOURNAL_BYTES = 128 * 1024 * 1024;

let edge: Edge | undefined;

function theEdge(): Edge {
  if (edge === undefined) throw new Error('the edge does not listen yet');
  return edge;
}

const calls = {
  /** Puts an edge in front of a server; resolves to its address. */
  async listen(options: EdgeOptions): Promise<string> {
    edge = createEdge({ journalBytes: JOURNAL_BYTES, workers: testWorkers(), ...options });
    return (await edge.listen({ port: 0, host: '127.0.0.1' })).url;
  },
  /** Connections that have been accepted and are open. */
  connections(): number {
    return theEdge().connections;
  },
  report(): EdgeReport {
    const { journal, store, flights } = theEdge();
    const exchanges = journal.latest(Infinity);
    const { entries, bytes } = store.stats();
    return {
      ...journal.totals,
      collapsed: exchanges.filter(({ collapsed }) => collapsed).length,
      incomplete: exchanges.filter(({ complete }) => !complete).length,
      storedEntries: entries,
      storedBytes: bytes,
      flights,
    };
  },
};

if (import.meta.main) answerCalls(calls);
