import type { ExchangeRecord } from '@poplet/policy';

/** An exchange as the pipeline would record it: a hit, unless the test says otherwise. */
export function exchange(changes: Partial<ExchangeRecord> = {}): Omit<ExchangeRecord, 'id'> {
  return {
    receivedAtMs: Date.UTC(2026, 10, 22, 12, 0, 0),
    siteId: 'default',
    method: 'GET',
    url: 'http://shop.test/app.js',
    primaryKey: 'default http://shop.test/app.js',
    status: 200,
    outcome: 'hit',
    reasons: [{ code: 'fresh', values: { ageSeconds: 7, lifetimeSeconds: 60, source: 'max-age' } }],
    stored: false,
    collapsed: false,
    upstreamStatus: null,
    askedUpstream: false,
    ttlSeconds: 53,
    bodyBytes: 1000,
    durationMs: 0.25,
    complete: true,
    ...changes,
  };
}
