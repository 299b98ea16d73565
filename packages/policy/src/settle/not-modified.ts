import { confirmedBy } from '../confirmed-by.ts';
import type { Settlement } from '../contracts/settlement.ts';
import { formatEntityTag } from '../fields/etag.ts';
import { canAnswer } from '../incomplete.ts';
import { reason, type Reason } from '../reasons.ts';
import { answersFor } from '../search-variance.ts';
import { updateStored } from '../update-stored.ts';
import { askAgain, withdraw } from './ask-again.ts';
import { NOTHING_DONE, type Context } from './context.ts';
import { settleFailure } from './failure.ts';
import { forwarded } from './forwarded.ts';
import { sharingOf } from './sharing.ts';
import { storedCookie } from './stored-cookie.ts';

export function settleNotModified(context: Context): Settlement {
  const { decision, outcome, request, primaryKey, policy, times } = context;
  // RFC 9111 §4.3.3: the client's own condition was forwarded, so the 304 is the client's.
  if (decision.ask.kind === 'as-is') {
    const answer = forwarded(outcome, times, false);
    const reasons = [reason('forwarded-304')];
    return { ...NOTHING_DONE, outcome: 'bypass', answer, sharing: 'unshareable', reasons };
  }
  // RFC 9110 §15.4.5: nobody asked on a condition, so nothing can be "not modified".
  if (decision.kind !== 'revalidate') {
    const message = 'a 304 to a request without conditions';
    return settleFailure(context, { failure: 'malformed', message });
  }
  const chosen = confirmedBy(outcome.fields, decision.candidate, decision.offered);
  if (chosen === undefined) return askAgain(decision, reason('unmatched-304'));

  const isSelected = chosen === decision.candidate;
  const { updated, refusal } = updateStored(
    chosen.response,
    { fields: outcome.fields, request, isSelected },
    { times, policy },
  );
  // No-Vary-Search §Cache: by its own variance, as the 304 gives it, the response is not for this query.
  if (!answersFor(updated, primaryKey)) return askAgain(decision, reason('unmatched-304'));
  // RFC 9111 §3.2: what the 304 says holds for what is stored, even that it may not be.
  if (refusal !== null) return withdraw(decision, [chosen], { why: refusal });
  // RFC 9111 §3.3: by what the 304 says, an If-Range may fail that held before, and all of it is wanted.
  if (!canAnswer(updated, request, policy))
    return askAgain(decision, reason('part-unfit', { status: outcome.status }));
  const { etag, lifetimeSeconds } = updated.facts;
  const reasons: Reason[] = [
    isSelected || etag === null
      ? reason('confirmed', { lifetimeSeconds })
      : reason('confirmed-variant', { etag: formatEntityTag(etag) }),
  ];
  if (isSelected) reasons.push(...storedCookie(outcome, updated));
  return {
    outcome: 'revalidated',
    answer: { kind: 'stored', candidate: { response: updated, softPurgedAtMs: undefined } },
    store: { kind: 'update', pairs: [{ old: chosen.response, updated }] },
    invalidate: [],
    sharing: sharingOf(updated.facts),
    reasons,
  };
}
