import type { ExchangeRecord } from '@poplet/policy';
import type { Journal, JournalTotals } from './edge-api.ts';
import { KeptRecords, type Recorded } from './kept-records.ts';
import { noOutcomes } from './outcomes.ts';

export interface JournalOptions {
  /** Size of the ring, in bytes as `estimateBytes` counts them. */
  readonly maxBytes: number;
  /** Told when a subscriber throws; the exchange and the other subscribers do not notice. Default: a process warning. */
  readonly onListenerError?: (error: unknown) => void;
}

/**
 * Makes the journal: a ring that forgets the oldest records when it is full, and totals that forget
 * nothing. Records hold numbers and reason codes; `exchangeView` renders words on reading. Ids and times
 * stand beside the rest of a record, so that one rest may do for many.
 *
 * `record` takes the record over: it must not change afterwards. A record larger than the whole ring
 * is counted and handed to subscribers, and not kept. `clear` empties the ring; ids and totals go on.
 */
export function createJournal({ maxBytes, onListenerError = warn }: JournalOptions): Journal {
  const listeners = new Set<(exchange: ExchangeRecord) => void>();
  const byOutcome = noOutcomes();
  let newestId = 0;
  let exchanges = 0;
  let bodyBytes = 0;
  let upstreamRequests = 0;

  /** The last has the newest id. */
  let kept = new KeptRecords();
  let usedBytes = 0;
  let last: { readonly recorded: Recorded; readonly size: number } | undefined;

  function keep(recorded: Recorded, receivedMs: number, durationMs: number): void {
    if (last?.recorded !== recorded) last = { recorded, size: estimateBytes(recorded) };
    const { size } = last;
    kept.push(recorded, receivedMs, durationMs, size);
    usedBytes += size;
    while (usedBytes > maxBytes) usedBytes -= kept.shift();
  }

  function count({ background, outcome, bodyBytes: bytes, askedUpstream }: Recorded): void {
    newestId += 1;
    if (background !== true) {
      exchanges += 1;
      byOutcome[outcome] += 1;
      bodyBytes += bytes;
    }
    if (askedUpstream) upstreamRequests += 1;
  }

  function tell(exchange: ExchangeRecord): void {
    for (const listener of listeners) {
      try {
        listener(exchange);
      } catch (error) {
        onListenerError(error);
      }
    }
  }

  return {
    record(recorded) {
      count(recorded);
      keep(recorded, recorded.receivedAtMs, recorded.durationMs);
      const exchange: ExchangeRecord = { ...recorded, id: newestId };
      tell(exchange);
      return exchange;
    },
    recordLike(recorded, receivedMs, durationMs) {
      count(recorded);
      keep(recorded, receivedMs, durationMs);
      if (listeners.size > 0)
        tell({ ...recorded, receivedAtMs: receivedMs, durationMs, id: newestId });
    },
    latest(limit) {
      const latest = kept.latest(limit);
      const firstId = newestId - latest.length + 1;
      return latest.map(({ recorded, ...times }, index) => ({
        ...recorded,
        ...times,
        id: firstId + index,
      }));
    },
    subscribe(listener) {
      // A wrapper, so that the same function subscribed twice is two subscriptions.
      const subscription = (exchange: ExchangeRecord): void => listener(exchange);
      listeners.add(subscription);
      return () => listeners.delete(subscription);
    },
    get newestId() {
      return newestId;
    },
    get totals(): JournalTotals {
      return { exchanges, byOutcome: { ...byOutcome }, bodyBytes, upstreamRequests };
    },
    clear() {
      kept = new KeptRecords();
      usedBytes = 0;
    },
  };
}

/**
 * What a record costs in memory, on the high side: 240 bytes for the object and its place in the
 * ring, two per UTF-16 unit of its URL and key, and per reason 64 plus 48 for each value and two per
 * unit of a text. Method, site and reason codes are strings shared by all records.
 */
export function estimateBytes(exchange: Recorded): number {
  let bytes = 240 + 2 * (exchange.url.length + exchange.primaryKey.length);
  for (const { values } of exchange.reasons) {
    bytes += 64;
    for (const name in values) {
      const value = values[name];
      bytes += typeof value === 'string' ? 48 + 2 * value.length : 48;
    }
  }
  return bytes;
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error));
}
