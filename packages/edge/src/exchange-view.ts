import { type ExchangeRecord, type Reason, type ReasonView, reasonView } from '@poplet/policy';

/** An exchange as people and programs read it: what the admin API, `--json` and the live line show. */
export interface ExchangeView {
  readonly id: number;
  /** Virtual instant of receipt, ISO 8601 in UTC. */
  readonly at: string;
  readonly site: string;
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly outcome: ExchangeRecord['outcome'];
  readonly stored: boolean;
  readonly collapsed: boolean;
  readonly upstreamStatus: number | null;
  readonly askedUpstream: boolean;
  readonly ttlSeconds: number | null;
  /** Age that the decision compared; absent where none was. */
  readonly ageSeconds?: number;
  readonly bodyBytes: number;
  /** Real milliseconds, rounded to a microsecond. */
  readonly durationMs: number;
  readonly complete: boolean;
  /** A refresh that the edge began by itself; absent for what a client asked. */
  readonly background?: true;
  /** Null when the request never reached the key. */
  readonly key: string | null;
  /** In the order in which they were found. */
  readonly reasons: readonly ReasonView[];
}

/** Renders a record of the journal. Names the units as the record does. */
export function exchangeView(record: ExchangeRecord): ExchangeView {
  const ageSeconds = comparedAge(record.reasons);
  return {
    id: record.id,
    at: new Date(record.receivedAtMs).toISOString(),
    site: record.siteId,
    method: record.method,
    url: record.url,
    status: record.status,
    outcome: record.outcome,
    stored: record.stored,
    collapsed: record.collapsed,
    upstreamStatus: record.upstreamStatus,
    askedUpstream: record.askedUpstream,
    ttlSeconds: record.ttlSeconds,
    ...(ageSeconds === undefined ? {} : { ageSeconds }),
    bodyBytes: record.bodyBytes,
    durationMs: Math.round(record.durationMs * 1000) / 1000,
    complete: record.complete,
    ...(record.background === true ? { background: true } : {}),
    key: record.primaryKey === '' ? null : record.primaryKey,
    reasons: record.reasons.map(reasonView),
  };
}

/** The age in the first reason that compared one (`fresh`, `stale`, the client's max-age). */
function comparedAge(reasons: readonly Reason[]): number | undefined {
  for (const { values } of reasons) {
    const ageSeconds = values?.ageSeconds;
    if (typeof ageSeconds === 'number') return ageSeconds;
  }
  return undefined;
}
