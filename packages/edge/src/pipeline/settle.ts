import {
  afterInvalidation,
  settle as judge,
  whileStoreAway,
  type AskingDecision,
  type Purge,
  type Settlement,
} from '@poplet/policy';
import { isUnreachable } from '@poplet/store';
import type { EdgeContext } from '../edge-context.ts';
import type { Fetched, FetchInput } from './fetch.ts';
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

/** What an upstream's head means; stored responses that it makes invalid are so when this resolves. */
export async function settle(
  { input, primaryKey, fetched }: SettleStageInput,
  edge: EdgeContext,
): Promise<Settled> {
  const { request, site, decision } = input;
  const { requestAtMs, responseAtMs, seq } = fetched;
  const times: ExchangeTimes = { requestAtMs, responseAtMs, nowMs: edge.clock.nowMs(), seq };
  const judged = judge({
    request,
    primaryKey,
    decision,
    outcome: fetched.outcome,
    policy: site.policy,
    times,
  });
  const settlement = await invalidate(unlessAway(judged, edge), primaryKey, {
    edge,
    siteId: site.id,
  });
  mark(settlement, { decision, primaryKey, seconds: site.policy.fill.doNotCollapseSeconds, edge });
  return { settlement, times };
}

/** What cannot be stored is not said to be; whoever waits for it shares it all the same. */
function unlessAway(judged: Settlement, { store }: EdgeContext): Settlement {
  if (store.isAway !== true) return judged;
  return { ...whileStoreAway(judged), store: judged.store, sharing: judged.sharing };
}

/** Applies what a settlement makes invalid (RFC 9111 §4.4, RFC 9875 §3), all under one sequence. */
export async function invalidate(
  settlement: Settlement,
  primaryKey: string,
  { edge, siteId }: { readonly edge: EdgeContext; readonly siteId: string },
): Promise<Settlement> {
  const { invalidate: selectors, store: action } = settlement;
  if (selectors.length === 0) return settlement;
  // A purge that came while it was on its way holds for what is stored now, too.
  let wasPurged = action.kind === 'insert' && edge.store.isPurgedSince(action.response, 'any');
  const purges = selectors.map((selector): Purge => ({ selector, soft: false, siteId }));
  const before = edge.store.sequence;
  const purged = edge.store.purge(purges, edge.clock.nowMs());
  // What began before must not answer what comes after. One URL is the request's own; others are
  // written as the origin wrote them, and who belongs to a group shows only when the head arrives.
  const isOwnOnly = selectors.length === 1 && selectors[0]?.kind === 'url';
  if (isOwnOnly) edge.flights.unlistUnder(primaryKey);
  else edge.flights.unlistAll();
  const sequence = typeof purged === 'number' ? purged : await toldTo(purged, before);
  // Where others purge too, what they purged meanwhile is not told apart from this.
  wasPurged ||= sequence !== before + 1;
  return afterInvalidation(settlement, { wasPurged, sequence });
}

/** The sequence since a purge that others have to be told of; `before` where they cannot be told now. */
async function toldTo(purged: Promise<number>, before: number): Promise<number> {
  try {
    return await purged;
  } catch (error) {
    // It holds here, and for the others once they can be told: nothing that is stored answers until then.
    if (isUnreachable(error)) return before;
    throw error;
  }
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
