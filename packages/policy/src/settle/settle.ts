import type { Policy } from '../contracts/policy.ts';
import type { Settlement, UpstreamResponse } from '../contracts/settlement.ts';
import { IncomingFields, withoutFields } from '../headers.ts';
import { COMPLETION_STATUSES, settleCompletion } from './completion.ts';
import type { Context, SettleInput } from './context.ts';
import { settleErrorStatus, settleFailure } from './failure.ts';
import { settleNotModified } from './not-modified.ts';
import { settlePass } from './pass.ts';
import { settleResponse } from './response.ts';

/** The response as the policy takes it in: with the cookies it sets, or without. */
function withoutCookies(response: UpstreamResponse, { storability }: Policy): UpstreamResponse {
  if (storability.setCookie !== 'stripped') return response;
  const kept = withoutFields(response.fields.toLines(), new Set(['set-cookie']));
  return { ...response, fields: new IncomingFields(kept) };
}

/**
 * The response side of caching: what an upstream's head (or its absence) means for the client and for
 * the store. Total, synchronous and clock-free; every branch taken leaves a reason. The decision's own
 * reasons are not repeated.
 */
export function settle(input: SettleInput): Settlement {
  const { decision, outcome } = input;
  if (outcome.kind === 'failure') return settleFailure(input, outcome);
  if (decision.kind === 'pass') return settlePass(input, decision, outcome);
  const context: Context = { ...input, decision, outcome: withoutCookies(outcome, input.policy) };
  if (decision.kind === 'complete' && COMPLETION_STATUSES.has(outcome.status))
    return settleCompletion({ ...context, decision });
  if (outcome.status === 304) return settleNotModified(context);
  if (input.policy.stale.errorStatuses.includes(outcome.status)) return settleErrorStatus(context);
  return settleResponse(context, []);
}
