import type { Policy } from './contracts/policy.ts';
import type { ExchangeTimes } from './contracts/settlement.ts';
import type { Candidate, StoredResponse } from './contracts/stored-response.ts';
import { effectiveCacheControl } from './effective-cache-control.ts';
import { parseEntityTag, strongMatch, weakMatch } from './fields/etag.ts';
import { parseHttpDate } from './fields/http-date.ts';
import { notStoredNames } from './fields/connection.ts';
import { factsOf } from './facts.ts';
import { withoutFields, StoredFields, type FieldReader, type IncomingFields } from './headers.ts';
import { groupsOf, tagsOf } from './purge-labels.ts';
import { selectionRuleOf, variantKeyOf } from './select.ts';
import { storableFields } from './stored-fields.ts';

/**
 * RFC 9111 §4.3.4: which of the responses whose validators were offered does a 304 confirm?
 * `offered` holds the response that matches the request first. Empty when none.
 */
export function confirmedBy(
  notModified: IncomingFields,
  offered: readonly Candidate[],
): readonly Candidate[] {
  const etagLine = notModified.get('etag');
  const etag = etagLine === undefined ? null : parseEntityTag(etagLine);
  if (etag !== null && !etag.weak) {
    // First filter: each response with the same strong validator.
    return offered.filter(
      ({ response }) => response.facts.etag !== null && strongMatch(response.facts.etag, etag),
    );
  }
  if (etag !== null) {
    // Second filter: the most recent response with the same weak validator.
    const matching = offered.filter(
      ({ response }) => response.facts.etag !== null && weakMatch(response.facts.etag, etag),
    );
    return matching
      .toSorted((a, b) => b.response.facts.dateAtMs - a.response.facts.dateAtMs)
      .slice(0, 1);
  }
  const [only] = offered;
  if (offered.length !== 1 || only === undefined) return [];
  // Second filter with Last-Modified as the (weak) validator; a 304 without any validator can only
  // mean the single response that was asked about.
  const lastModified = notModified.get('last-modified');
  const isSame =
    lastModified === undefined ||
    parseHttpDate(lastModified, only.response.facts.dateAtMs) ===
      only.response.facts.lastModifiedAtMs;
  return isSame ? [only] : [];
}

/**
 * RFC 9111 §3.2 and §4.3.4: the stored response under the metadata of a 304. Each received field
 * replaces all stored lines of its name; Content-Length, and what is excepted from storage, does not.
 * Content-Encoding, Content-Type and Content-Range stay as well: §3.2 allows leaving out fields that
 * describe how the stored bytes were processed.
 */
export function mergeNotModified(
  stored: StoredResponse,
  received: {
    readonly fields: IncomingFields;
    /** The request that the 304 answers. */
    readonly request: FieldReader;
    readonly personalRequest: boolean;
  },
  context: { readonly times: ExchangeTimes; readonly policy: Policy },
): StoredResponse {
  const { times, policy } = context;
  const excepted = new Set(notStoredNames(received.fields));
  excepted
    .add('content-length')
    .add('content-encoding')
    .add('content-type')
    .add('content-range')
    .add('age');
  const updates = withoutFields(received.fields.toLines(), excepted);
  const replaced = new Set<string>();
  for (let index = 0; index < updates.length; index += 2)
    replaced.add((updates[index] as string).toLowerCase());
  // The 304's Date is the time of validation; without one it is the time of receipt (RFC 9110 §6.6.1).
  replaced.add('date');
  const merged = StoredFields.fromLines([
    ...withoutFields(stored.fields.toLines(), replaced),
    ...updates,
  ]);
  const effective = effectiveCacheControl(merged, policy.freshness);
  const fields = storableFields(merged, effective, times.responseAtMs);
  const { requestAtMs, responseAtMs, nowMs, seq } = times;
  // Age counts from this exchange, so it is the 304's Age that matters.
  const withAge = new StoredFields(fields.block + ageLine(received.fields));
  const facts = factsOf(
    {
      status: stored.status,
      fields: withAge,
      requestAtMs,
      responseAtMs,
      personalRequest: received.personalRequest,
    },
    policy,
  );
  return {
    ...stored,
    ...selectionOf(stored, received),
    ...labelsOf(stored, { merged: fields, received: received.fields }, policy),
    fields,
    requestAtMs,
    responseAtMs,
    residentSinceMs: nowMs,
    validatedSeq: seq,
    facts,
  };
}

/**
 * RFC 9111 §4.1: a Vary that came with the 304 nominates fields of the request that it answers. Where
 * it names what it did before, or matches nothing (which the caller refuses), all stays as it was.
 */
function selectionOf(
  { rule: before, variantKey }: StoredResponse,
  { fields, request }: { readonly fields: IncomingFields; readonly request: FieldReader },
): Pick<StoredResponse, 'rule' | 'variantKey'> {
  // Not of the merged fields: a qualified `private` may keep Vary out of them.
  const rule = fields.has('vary') ? selectionRuleOf(fields) : before;
  if (rule === '*' || rule.id === before.id) return { rule: before, variantKey };
  return { rule, variantKey: variantKeyOf(rule, request) };
}

/** What purges find it by: as it was, unless the 304 says anew. */
function labelsOf(
  { tags, groups }: StoredResponse,
  { merged, received }: { readonly merged: FieldReader; readonly received: FieldReader },
  { storability }: Policy,
): Pick<StoredResponse, 'tags' | 'groups'> {
  const saysTags = storability.tagFields.some(({ name }) => received.has(name));
  const named = [...tagsOf(merged, storability), ...tagsOf(received, storability)];
  return {
    tags: saysTags ? [...new Set(named)] : tags,
    groups: received.has('cache-groups') ? groupsOf(received) : groups,
  };
}

function ageLine(fields: IncomingFields): string {
  const age = fields.get('age');
  return age === undefined ? '' : `Age: ${age}\r\n`;
}
