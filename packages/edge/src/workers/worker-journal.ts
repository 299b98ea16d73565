import type { Journal } from '../edge-api.ts';

/** The same journal; whoever reads it, or writes into it, finds there what was answered elsewhere by then. */
export function journalOf(journal: Journal, drain: () => void): Journal {
  const upToDate = (): Journal => {
    drain();
    return journal;
  };
  return {
    record: (exchange) => upToDate().record(exchange),
    recordLike: (record, receivedAtMs, durationMs) =>
      upToDate().recordLike(record, receivedAtMs, durationMs),
    latest: (limit) => upToDate().latest(limit),
    subscribe: (listener) => journal.subscribe(listener),
    get newestId() {
      return upToDate().newestId;
    },
    get totals() {
      return upToDate().totals;
    },
    clear: () => upToDate().clear(),
  };
}
