import type { Policy } from './contracts/policy.ts';
import type { PresentedRequest } from './contracts/request.ts';
import type {
  ExchangeTimes,
  StoreAction,
  StoredUpdate,
  UpstreamResponse,
} from './contracts/settlement.ts';
import type { Candidate, StoredResponse } from './contracts/stored-response.ts';
import { effectiveCacheControl } from './effective-cache-control.ts';
import { parseHttpDate } from './fields/http-date.ts';
import { reason, type Reason } from './reasons.ts';
import { answersFor } from './search-variance.ts';
import { refusedByClient } from './storable.ts';
import { updateStored } from './update-stored.ts';

export interface HeadAnswer {
  readonly request: PresentedRequest;
  readonly primaryKey: string;
  /** The answer to a HEAD that tells of the resource, not of trouble or of the client. */
  readonly response: UpstreamResponse;
  /** The stored responses to GET that the request selects. */
  readonly selected: readonly Candidate[];
  readonly policy: Policy;
  readonly times: ExchangeTimes;
}

/**
 * RFC 9111 §4.3.5: a HEAD is answered as a GET would have been. Stored responses that could have been
 * chosen for it are updated where it agrees with them, and are stale where it does not.
 */
export function freshenByHead(answer: HeadAnswer): {
  readonly store: StoreAction;
  readonly reasons: readonly Reason[];
} {
  const { request, primaryKey, response, selected, policy, times } = answer;
  const confirmed: StoredUpdate[] = [];
  const outdated: StoredUpdate[] = [];
  const withdrawn: StoredResponse[] = [];
  const reasons: Reason[] = [];
  // What may not be stored may not be stored in parts either.
  const effective = effectiveCacheControl(response.fields, policy.freshness);
  const refusal = refusedByClient(request, effective, policy);
  for (const { response: old, softPurgedAtMs } of selected) {
    const field = differenceFrom(old, response);
    if (field !== null) {
      reasons.push(reason('head-differs', { field }));
      outdated.push({ old, updated: outdatedSince(old, times) });
      continue;
    }
    if (refusal !== null) {
      reasons.push(refusal);
      continue;
    }
    const { updated, refusal: why } = updateStored(
      old,
      { fields: response.fields, request, isSelected: true },
      { times, policy },
    );
    // No-Vary-Search §Cache: by the variance that the HEAD gives, it is not about the query of what is stored.
    if (!answersFor(updated, primaryKey)) {
      reasons.push(reason('head-differs', { field: 'No-Vary-Search' }));
      outdated.push({ old, updated: outdatedSince(old, times) });
      continue;
    }
    if (why !== null) {
      reasons.push(why);
      withdrawn.push(old);
      continue;
    }
    // Whoever purged it softly wants it validated; to agree in nothing is no validation.
    if (softPurgedAtMs !== undefined && !hasValidator(response)) {
      reasons.push(reason('head-proves-nothing'));
      continue;
    }
    reasons.push(reason('head-confirms', { lifetimeSeconds: updated.facts.lifetimeSeconds }));
    confirmed.push({ old, updated });
  }
  const store: StoreAction =
    reasons.length === 0 ? { kind: 'none' } : { kind: 'freshen', confirmed, outdated, withdrawn };
  return { store, reasons };
}

/** In what a stored response to GET and the answer to a HEAD differ, or null. */
function differenceFrom(
  { status, bodyBytes, part, facts, fields: kept }: StoredResponse,
  { status: headStatus, fields }: UpstreamResponse,
): string | null {
  if (headStatus !== 200 || status !== 200) return 'status';
  const etag = fields.get('etag');
  // One visitor's page is kept only with a strong tag, and nothing less says whose it is (RFC 9110 §8.8.1).
  if (etag === undefined ? facts.isPersonal : etag !== kept.get('etag')) return 'ETag';
  const lastModified = fields.get('last-modified');
  if (
    lastModified !== undefined &&
    parseHttpDate(lastModified, facts.dateAtMs) !== facts.lastModifiedAtMs
  )
    return 'Last-Modified';
  const contentLength = fields.get('content-length');
  const completeBytes = part === null ? bodyBytes : part.completeBytes;
  if (contentLength !== undefined && contentLength !== String(completeBytes))
    return 'Content-Length';
  return null;
}

function hasValidator({ fields }: UpstreamResponse): boolean {
  return fields.has('etag') || fields.has('last-modified');
}

/** RFC 9111 §4.3.5: considered stale, until it is validated or replaced. */
function outdatedSince(old: StoredResponse, { seq }: ExchangeTimes): StoredResponse {
  const facts = { ...old.facts, lifetimeSeconds: 0, lifetimeSource: 'head' } as const;
  return { ...old, validatedSeq: seq, facts };
}
