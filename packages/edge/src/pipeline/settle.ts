import { settle as judge, type Purge, type Settlement } from '@poplet/policy';
import type { EdgeContext } from '../edge-context.ts';
import type { AskingDecision, Fetched, FetchInput } from './fetch.ts';
import type { ExchangeTimes } from '@poplet/policy';

export interface SettleStageInput {
  readonly input: FetchInput;
  readonly primaryKey: string;
  readonly fetched: Fetched;
}

export interface Settled {
  readonly settlement: Settlement;
  readonly times: ExchangeTimes;
}

/** What an upstream's head means; stored responses that it makes invalid are so when this returns. */
export function settle(
  { input, primaryKey, fetched }: SettleStageInput,
  edge: EdgeContext,
): Settled {
  const { request, site, decision } = input;
  const { requestAtMs, responseAtMs, seq } = fetched;
  const times: ExchangeTimes = { requestAtMs, responseAtMs, nowMs: edge.clock.nowMs(), seq };
  const settlement = judge({
    request,
    primaryKey,
    decision,
    outcome: fetched.outcome,
    policy: site.policy,
    times,
  });
  invalidate(settlement.invalidate, primaryKey, { edge, siteId: site.id });
  mark(settlement, { decision, primaryKey, seconds: site.policy.fill.doNotCollapseSeconds, edge });
  return { settlement, times };
}

/** RFC 9111 §4.4 */
function invalidate(
  urls: readonly string[],
  primaryKey: string,
  { edge, siteId }: { readonly edge: EdgeContext; readonly siteId: string },
): void {
  if (urls.length === 0) return;
  const purges: Purge[] = urls.map((url) => ({
    selector: { kind: 'url', url },
    soft: false,
    siteId,
  }));
  edge.store.purge(purges, edge.clock.nowMs());
  // What began before must not answer what comes after. One URL is the request's own; others are
  // written as the origin wrote them, which need not be how they are asked for.
  if (urls.length === 1) edge.flights.unlistUnder(primaryKey);
  else edge.flights.unlistAll();
}

interface MarkContext {
  readonly decision: AskingDecision;
  readonly primaryKey: string;
  readonly seconds: number;
  readonly edge: EdgeContext;
}

function mark({ sharing }: Settlement, { decision, primaryKey, seconds, edge }: MarkContext): void {
  if (decision.kind === 'pass') return;
  if (sharing === 'shareable') edge.doNotCollapse.clear(primaryKey);
  // Only where others would have waited: a single client's no-store says nothing of the next one's answer.
  if (sharing === 'unshareable' && decision.collapsible)
    edge.doNotCollapse.set(primaryKey, edge.clock.nowMs(), seconds);
}
