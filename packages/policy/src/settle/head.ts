import type { Settlement } from '../contracts/settlement.ts';
import { freshenByHead } from '../freshen-by-head.ts';
import { reason, type Reason } from '../reasons.ts';
import { NOTHING_DONE, selectedBy, type Context } from './context.ts';
import { forwarded } from './forwarded.ts';
import { isSuperseding } from './superseding.ts';

/** The answer to a HEAD that was asked as such is for its client; what it tells of stored responses is kept. */
export function settleHead(context: Context, reasonsSoFar: readonly Reason[]): Settlement {
  const { request, primaryKey, decision, outcome: response, policy, times } = context;
  const selected = selectedBy(decision);
  const freshened = isSuperseding(response.status)
    ? freshenByHead({
        request,
        primaryKey,
        response,
        selected,
        policy,
        times,
      })
    : { store: NOTHING_DONE.store, reasons: [] };
  return {
    ...NOTHING_DONE,
    outcome: 'bypass',
    answer: forwarded(response, times, decision.ask.kind !== 'as-is'),
    store: freshened.store,
    reasons: [
      ...reasonsSoFar,
      reason('not-stored-method', { method: request.method }),
      ...freshened.reasons,
    ],
  };
}
