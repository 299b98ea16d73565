import type { PassDecision } from '../contracts/decision.ts';
import type { Settlement, UpstreamResponse } from '../contracts/settlement.ts';
import { invalidationOf } from '../invalidate.ts';
import { standsForTarget } from '../stands-for-target.ts';
import { fetching } from './ask-again.ts';
import { NOTHING_DONE, type Context, type SettleInput } from './context.ts';
import { forwarded } from './forwarded.ts';
import { settleResponse } from './response.ts';

export function settlePass(
  input: SettleInput,
  { outcome, groups = [], mayStore = false }: PassDecision,
  response: UpstreamResponse,
): Settlement {
  const { request, policy } = input;
  const { invalidate, reasons } = invalidationOf({ request, response, groups, policy });
  const answer = forwarded(response, input.times, false);
  const passed: Settlement = { ...NOTHING_DONE, outcome, answer, invalidate, reasons };
  if (!mayStore || !standsForTarget(request, response)) return passed;
  // RFC 9110 §9.3.3: judged and stored as what a GET would have brought.
  const context: Context = { ...input, decision: AS_A_GET, outcome: response };
  const kept = settleResponse(context, reasons);
  return { ...passed, store: kept.store, reasons: kept.reasons };
}

/** The answer is the client's own; nothing stored stands in for it. */
const AS_A_GET = fetching({
  fallback: undefined,
  others: [],
  ask: { kind: 'as-is' },
  reasons: [],
});
