import type { Settlement, UpstreamResponse } from '../contracts/settlement.ts';
import { IncomingFields, withoutFields } from '../headers.ts';
import { COMPLETION_STATUSES, settleCompletion } from './completion.ts';
import type { Context, SettleInput } from './context.ts';
import { settleErrorStatus, settleFailure } from './failure.ts';
import { settleNotModified } from './not-modified.ts';
import { settlePass } from './pass.ts';
import { settleResponse } from './response.ts';

function withoutCookies(response: UpstreamResponse): UpstreamResponse {
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
  const asked = { ...input, decision, outcome };
  const { setCookie } = input.policy.storability;
  if (setCookie === 'stored' || setCookie === 'refused') return settleAsked(asked);
  const settled = settleAsked({ ...asked, outcome: withoutCookies(outcome) });
  // What is not stored is its client's own, cookies and all.
  return setCookie === 'stripped' || keepsAny(settled) ? settled : settleAsked(asked);
}

/** Whether others may get anything of it. */
function keepsAny({ store }: Settlement): boolean {
  return store.kind !== 'none' && store.kind !== 'remove';
}

function settleAsked(context: Context): Settlement {
  const { decision, outcome, policy } = context;
  if (decision.kind === 'complete' && COMPLETION_STATUSES.has(outcome.status))
    return settleCompletion({ ...context, decision });
  if (outcome.status === 304) return settleNotModified(context);
  if (policy.stale.errorStatuses.includes(outcome.status)) return settleErrorStatus(context);
  return settleResponse(context, []);
}
