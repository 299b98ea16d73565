import type { CompleteDecision } from '../contracts/decision.ts';
import type { Settlement } from '../contracts/settlement.ts';
import type { StoredResponse } from '../contracts/stored-response.ts';
import { effectiveCacheControl } from '../effective-cache-control.ts';
import { canAnswer, joinParts } from '../incomplete.ts';
import { reason } from '../reasons.ts';
import { refusedByClient } from '../storable.ts';
import { updateStored } from '../update-stored.ts';
import { askAgain, withdraw } from './ask-again.ts';
import { selectedBy, type Context } from './context.ts';
import { sharingOf } from './sharing.ts';
import { storedCookie } from './stored-cookie.ts';
import { supersededBy } from './superseding.ts';

/** The part that was asked for, and what says that there is none: nothing has changed that a 304 could tell. */
export const COMPLETION_STATUSES: ReadonlySet<number> = new Set([206, 304, 416]);

/** RFC 9111 §3.4: the part that was missing is joined to what is stored, or the whole is asked for. */
export function settleCompletion(
  context: Context & { readonly decision: CompleteDecision },
): Settlement {
  const { decision, outcome, request, policy, times } = context;
  const { candidate } = decision;
  const joined = joinParts(candidate.response, outcome);
  const unfit = reason('part-unfit', { status: outcome.status });
  if (joined === null) return askAgain(decision, unfit);
  const { updated, refusal } = updateStored(
    candidate.response,
    { fields: outcome.fields, request, isSelected: true },
    { times, policy },
  );
  if (refusal !== null) return withdraw(decision, [candidate], { why: refusal });
  // RFC 9111 §3.5: what this client's Authorization brought is for it alone, unless the part says otherwise.
  const effective = effectiveCacheControl(outcome.fields, policy.freshness);
  const forOne = refusedByClient(request, effective, policy);
  if (forOne !== null) return askAgain(decision, forOne, { kind: 'as-is' });
  const { part: left, arriving, bytes, completeBytes } = joined;
  const response: StoredResponse = { ...updated, part: left, bodyBytes: 0, trailers: [] };
  if (!canAnswer(response, request, policy)) return askAgain(decision, unfit);
  return {
    outcome: 'miss',
    answer: { kind: 'arriving', response },
    store: {
      kind: 'insert',
      response,
      replaces: supersededBy(response, selectedBy(decision)),
      mayBeIncomplete: true,
      arriving,
    },
    invalidate: [],
    sharing: sharingOf(response.facts),
    reasons: [
      reason('part-joined', { etag: decision.ask.etag, bytes, completeBytes }),
      ...storedCookie(outcome, updated),
    ],
  };
}
