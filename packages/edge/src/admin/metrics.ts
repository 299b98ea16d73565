import type { ExchangeRecord } from '@poplet/policy';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Edge } from '../edge-api.ts';
import { OUTCOMES } from '../outcomes.ts';
import { VERSION } from '../version.ts';

export interface Metrics {
  readonly contentType: string;
  /** The exposition text. */
  readonly render: () => Promise<string>;
  /** Stops listening to the journal. */
  readonly close: () => void;
}

/** Upper bounds in seconds: a hit from memory takes less than a millisecond, a slow origin many seconds. */
const DURATION_BUCKETS = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];

/**
 * Metrics of one edge, in a registry of their own. Counters are set from the journal's totals when
 * they are read, so they count since the edge started; the histogram is fed by each exchange, and
 * starts with those the journal still holds.
 */
export function createMetrics(edge: Edge): Metrics {
  const registry = new Registry();
  const registers = [registry];

  const exchanges = new Counter({
    name: 'poplet_exchanges_total',
    help: 'Exchanges with clients, by outcome.',
    labelNames: ['outcome'],
    registers,
  });
  const bodyBytes = new Counter({
    name: 'poplet_body_bytes_total',
    help: 'Body bytes written to clients.',
    registers,
  });
  const upstreamRequests = new Counter({
    name: 'poplet_upstream_requests_total',
    help: 'Exchanges for which the upstream was asked.',
    registers,
  });
  const evictions = new Counter({
    name: 'poplet_store_evictions_total',
    help: 'Responses evicted to make room.',
    registers,
  });
  const entries = new Gauge({
    name: 'poplet_store_entries',
    help: 'Stored responses.',
    registers,
  });
  const bytes = new Gauge({
    name: 'poplet_store_bytes',
    help: 'Body and header bytes of stored responses.',
    registers,
  });
  const maxBytes = new Gauge({
    name: 'poplet_store_max_bytes',
    help: 'Size of the store.',
    registers,
  });
  const flights = new Gauge({
    name: 'poplet_flights',
    help: 'Upstream exchanges that wait for their head or fill the store.',
    registers,
  });
  const clockOffset = new Gauge({
    name: 'poplet_clock_offset_seconds',
    help: 'Virtual time minus real time.',
    registers,
  });
  new Gauge({
    name: 'poplet_info',
    help: 'Always 1; the version is a label.',
    labelNames: ['version'],
    registers,
  }).set({ version: VERSION }, 1);
  const durations = new Histogram({
    name: 'poplet_exchange_duration_seconds',
    help: 'Real time from receipt to the last byte, by outcome.',
    labelNames: ['outcome'],
    buckets: DURATION_BUCKETS,
    registers,
  });

  const observe = ({ outcome, durationMs, background }: ExchangeRecord): void => {
    if (background !== true) durations.observe({ outcome }, durationMs / 1000);
  };
  for (const exchange of edge.journal.latest(Infinity)) observe(exchange);
  const unsubscribe = edge.journal.subscribe(observe);

  function readEdge(): void {
    const totals = edge.journal.totals;
    for (const outcome of OUTCOMES) {
      exchanges.remove({ outcome });
      exchanges.inc({ outcome }, totals.byOutcome[outcome]);
    }
    replace(bodyBytes, totals.bodyBytes);
    replace(upstreamRequests, totals.upstreamRequests);
    const store = edge.store.stats();
    replace(evictions, store.evictions);
    entries.set(store.entries);
    bytes.set(store.bytes);
    maxBytes.set(store.maxBytes);
    flights.set(edge.flights);
    clockOffset.set(edge.clock.offsetMs / 1000);
  }

  return {
    contentType: registry.contentType,
    async render() {
      readEdge();
      return registry.metrics();
    },
    close: unsubscribe,
  };
}

/** prom-client has no way to set a counter that somebody else counts. */
function replace(counter: Counter, value: number): void {
  counter.reset();
  counter.inc(value);
}
