import { bytesOf } from '../byte-spans.ts';
import type { Settlement, UpstreamResponse } from '../contracts/settlement.ts';
import type { Candidate, StoredFacts, StoredResponse } from '../contracts/stored-response.ts';
import { effectiveCacheControl } from '../effective-cache-control.ts';
import { factsOf } from '../facts.ts';
import type { EntityTag } from '../fields/etag.ts';
import { parseRange } from '../fields/range.ts';
import { canAnswer, holdsAlready, partOf, type OnePart } from '../incomplete.ts';
import { isPersonal, provenanceOf } from '../provenance.ts';
import { groupsOf, tagsOf } from '../purge-labels.ts';
import { reason, type Reason } from '../reasons.ts';
import { searchVarianceOf, searchVarianceReasons } from '../search-variance.ts';
import { variantKeyOf } from '../select.ts';
import { storability, type Storability } from '../storable.ts';
import { storableFields } from '../stored-fields.ts';
import { askAgain, withdraw } from './ask-again.ts';
import { NOTHING_DONE, selectedBy, standInOf, type Context } from './context.ts';
import { forwarded } from './forwarded.ts';
import { settleHead } from './head.ts';
import { sharingOf } from './sharing.ts';
import { isSuperseding, supersededBy } from './superseding.ts';

/** A full response: it answers the client, and is stored if it may be. */
export function settleResponse(context: Context, reasonsSoFar: readonly Reason[]): Settlement {
  const { request, decision, outcome: received, policy, times } = context;
  const part = partOf(received);
  // RFC 9111 §3.3: a part is stored as if it were an incomplete 200.
  const response = part === null ? received : { ...received, status: 200, statusText: 'OK' };
  const { status } = response;
  const askedMethod =
    decision.ask.kind !== 'as-is' && policy.fill.headAsGet ? 'GET' : request.method;
  if (askedMethod === 'HEAD') return settleHead(context, reasonsSoFar);
  const { requestAtMs, responseAtMs } = times;
  const provenance = provenanceOf(request);
  const effective = effectiveCacheControl(response.fields, policy.freshness);
  const kept = storableFields(response.fields, effective, responseAtMs);
  const isPersonalRequest = isPersonal(request);
  const { fields } = response;
  const facts = factsOf(
    {
      primaryKey: context.primaryKey,
      status,
      fields,
      kept,
      effective,
      requestAtMs,
      responseAtMs,
      provenance,
      isPersonalRequest,
    },
    policy,
  );
  const fit = storability({ request, askedMethod, response, effective, kept, facts, policy });
  const candidate = standInOf(decision);
  const reasons = [...reasonsSoFar];
  // RFC 5842 §7.2: Loop Detected.
  if (status === 508) reasons.push(reason('loop-behind'));
  const answer = forwarded(received, times, decision.ask.kind !== 'as-is');

  const selected = selectedBy(decision);
  const unfit = part === null ? null : uselessPart(context, { part, etag: facts.etag }, selected);
  const judged: Storability =
    fit.kind === 'refused' || unfit === null ? fit : { kind: 'refused', by: 'request', why: unfit };
  const isChunk = decision.ask.kind === 'chunk' && received.status === 206;
  if (judged.kind === 'refused') {
    // A chunk is no answer to a client that asked for a part of it.
    if (isChunk) return askAgain(decision, judged.why, { kind: 'as-is' });
    const range = rangeInstead(context, judged.why);
    if (range !== null) return range;
    const isWithdrawn = selected.length > 0 && judged.by === 'response' && isSuperseding(status);
    if (isWithdrawn) reasons.push(reason('replaced', { status }));
    reasons.push(...heuristicRefusal(response, facts, isPersonalRequest), judged.why);
    const store: Settlement['store'] = isWithdrawn
      ? { kind: 'remove', responses: selected.map(({ response: old }) => old) }
      : NOTHING_DONE.store;
    // What this client, or a server in trouble, brought about says nothing of the next answer.
    const sharing = judged.by === 'request' || status >= 500 ? 'unknown' : 'unshareable';
    return { outcome: 'bypass', answer, store, invalidate: [], sharing, reasons };
  }
  if (candidate !== undefined) reasons.push(reason('replaced', { status }));
  reasons.push(...heuristicRefusal(response, facts, isPersonalRequest));
  reasons.push(...searchVarianceReasons(kept, policy), ...judged.reasons);
  const bytes = part === null ? 0 : bytesOf(part.spans);
  // RFC 9110 §15.3.7.3: a part that is all of it is processed as a complete 200.
  const left = part?.completeBytes === bytes ? null : part;
  if (left !== null)
    reasons.push(reason('part-stored', { bytes, completeBytes: left.completeBytes }));
  const stored: StoredResponse = {
    primaryKey: context.primaryKey,
    rule: judged.rule,
    variantKey: variantKeyOf(judged.rule, request.fields),
    // As stored: what a qualified no-cache or private keeps out must not select either.
    variance: searchVarianceOf(kept, policy),
    status,
    statusText: response.statusText,
    fields: kept,
    trailers: [],
    bodyBytes: 0,
    part: left,
    requestAtMs,
    responseAtMs,
    residentSinceMs: times.nowMs,
    fetchedSeq: times.seq,
    validatedSeq: times.seq,
    tags: tagsOf(response.fields, policy.storability),
    groups: groupsOf(response.fields),
    facts,
  };
  if (isChunk && !canAnswer(stored, request, policy))
    return askAgain(decision, reason('part-unfit', { status: received.status }), { kind: 'as-is' });
  return {
    outcome: candidate === undefined ? 'miss' : 'expired',
    answer: isChunk ? { kind: 'arriving', response: stored } : answer,
    store: {
      kind: 'insert',
      response: stored,
      replaces: supersededBy(stored, selected),
      mayBeIncomplete:
        policy.storability.parts &&
        askedMethod === 'GET' &&
        !selected.some(({ response: old }) => old.part === null),
      ...(part === null ? {} : { arriving: { bytes, splice: undefined } }),
    },
    invalidate: [],
    // What has to be validated each time needs no mark: `decide` sees that by itself.
    sharing: part === null ? sharingOf(facts) : 'unknown',
    reasons,
  };
}

/** Why a part is not worth storing, though it might be; or null. */
function uselessPart(
  { request, policy }: Context,
  arriving: { readonly part: OnePart; readonly etag: EntityTag | null },
  selected: readonly Candidate[],
): Reason | null {
  if (!policy.storability.parts) return reason('not-stored-partial', { status: 206 });
  // RFC 9110 §15.3.7: to a request with If-Range, a 206 leaves out what the client knows.
  if (request.fields.has('if-range')) return reason('not-stored-partial', { status: 206 });
  const isKnown = selected.some(({ response }) => holdsAlready(response, arriving));
  return isKnown ? reason('part-known') : null;
}

/** RFC 9110 §14.2: of a body that is too large to store, a client that wants a range need not wait for the rest. What it replaces goes all the same. */
function rangeInstead(
  { request, decision, outcome }: Context,
  { code }: Reason,
): Settlement | null {
  const range = request.method === 'GET' ? request.fields.get('range') : undefined;
  if (code !== 'not-stored-too-large' || decision.ask.kind !== 'fill') return null;
  // RFC 9110 §14.2: Range applies where the answer is a 200.
  if (range === undefined || outcome.status !== 200 || parseRange(range) === null) return null;
  const bytes = outcome.fields.get('content-length') as string;
  const why = reason('range-instead', { bytes });
  return withdraw(decision, selectedBy(decision), { why, ask: { kind: 'as-is' } });
}

/** Names the guess that was not made, so that nobody wonders why a validator alone did not help. */
function heuristicRefusal(
  response: UpstreamResponse,
  facts: StoredFacts,
  isPersonalRequest: boolean,
): readonly Reason[] {
  if (facts.lifetimeSource !== 'none' || facts.lastModifiedAtMs === null) return [];
  if (response.fields.has('set-cookie'))
    return [reason('heuristic-refused-cookie', { what: 'the response sets a cookie' })];
  return isPersonalRequest
    ? [reason('heuristic-refused-cookie', { what: 'the request carried Cookie or Authorization' })]
    : [];
}
