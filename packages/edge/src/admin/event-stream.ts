import type { ServerResponse } from 'node:http';
import type { Journal } from '../edge-api.ts';
import { exchangeView } from '../exchange-view.ts';
import type { StreamTiming } from './admin-context.ts';

export interface EventStreamOptions extends StreamTiming {
  /** The last record the reader has; undefined: begin with the next one. */
  readonly afterId: number | undefined;
  /** Value of the `id` field for a record: what a reader sends back as Last-Event-ID. */
  readonly eventId: (recordId: number) => string;
}

/** How long an EventSource waits before it connects again, in milliseconds. */
const RETRY_MS = 1000;

/**
 * Sends the journal to one reader as server-sent events, until the reader leaves or is cut. The head
 * must have been written. Events: `exchange` (an `ExchangeView`), and `dropped` (`{count}`) where the
 * ring forgot records before this reader got them.
 *
 * The ring is the only buffer: while the reader lags, nothing is rendered for it. One that lets the
 * socket stand full for `stallMs` is cut; when it connects again with Last-Event-ID, it goes on from
 * where it was as far as the ring reaches.
 */
export function streamJournal(
  journal: Journal,
  response: ServerResponse,
  { afterId, eventId, heartbeatMs, stallMs }: EventStreamOptions,
): void {
  let { newestId } = journal;
  let sentId = afterId ?? newestId;
  let stall: NodeJS.Timeout | undefined;

  function write(text: string): void {
    if (response.destroyed) return;
    if (!response.write(text)) stall ??= setTimeout(() => response.destroy(), stallMs);
  }

  function pump(): void {
    if (stall !== undefined) return;
    for (const record of journal.latest(newestId - sentId)) {
      if (record.id <= sentId) continue;
      reportDropped(record.id - 1);
      sentId = record.id;
      const data = JSON.stringify(exchangeView(record));
      write(`id: ${eventId(record.id)}\nevent: exchange\ndata: ${data}\n\n`);
      if (stall !== undefined) return;
    }
    reportDropped(newestId);
  }

  function reportDropped(lastDroppedId: number): void {
    const count = lastDroppedId - sentId;
    if (count <= 0) return;
    sentId = lastDroppedId;
    write(`id: ${eventId(lastDroppedId)}\nevent: dropped\ndata: ${JSON.stringify({ count })}\n\n`);
  }

  const unsubscribe = journal.subscribe((exchange) => {
    newestId = exchange.id;
    pump();
  });
  const heartbeat = setInterval(() => {
    if (stall === undefined) write(': heartbeat\n\n');
  }, heartbeatMs);
  response.on('drain', () => {
    clearTimeout(stall);
    stall = undefined;
    pump();
  });
  response.on('close', () => {
    unsubscribe();
    clearInterval(heartbeat);
    clearTimeout(stall);
  });

  write(`retry: ${RETRY_MS}\n\n`);
  pump();
}
