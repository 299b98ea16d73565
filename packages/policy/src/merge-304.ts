import type { Policy } from './contracts/policy.ts';
import type { ExchangeTimes } from './contracts/settlement.ts';
import type { Candidate, StoredFacts, StoredResponse } from './contracts/stored-response.ts';
import { effectiveCacheControl } from './effective-cache-control.ts';
import { parseEntityTag, strongMatch, weakMatch } from './fields/etag.ts';
import { parseHttpDate } from './fields/http-date.ts';
import { hopByHopNames } from './fields/connection.ts';
import { factsOf } from './facts.ts';
import { withoutFields, StoredFields, type FieldReader, type IncomingFields } from './headers.ts';
import { groupsOf, tagsOf } from './purge-labels.ts';
import { searchVarianceOf } from './search-variance.ts';
import { selectionRuleOf, variantKeyOf } from './select.ts';
import { storableFields } from './stored-fields.ts';

/**
 * RFC 9111 §4.3.4: which of the responses whose validators were offered does a 304 confirm? The one
 * that the request selects (`candidate`), or, by a strong validator only, another variant: a strong tag
 * names one representation (RFC 9110 §8.8.1), anything weaker leaves open which.
 */
export function confirmedBy(
  notModified: FieldReader,
  candidate: Candidate | undefined,
  offered: readonly Candidate[],
): Candidate | undefined {
  const etagLine = notModified.get('etag');
  const etag = etagLine === undefined ? null : parseEntityTag(etagLine);
  // DEVIATION(rfc9111#4.3.4): the others that the request selects under the same strong tag are not
  // updated: a Vary in the 304 would leave open which requests they answer.
  if (etag !== null && !etag.weak) {
    return offered.find(
      ({ response }) => response.facts.etag !== null && strongMatch(response.facts.etag, etag),
    );
  }
  if (candidate === undefined) return undefined;
  const { facts } = candidate.response;
  // Anything weaker may mean another visitor's page.
  if (facts.isPersonal) return undefined;
  if (etag !== null) {
    return facts.etag !== null && weakMatch(facts.etag, etag) ? candidate : undefined;
  }
  // DEVIATION(rfc9111#4.3.4): a 304 without any validator confirms the selected response where nothing
  // else was asked about, even one that has a validator: servers leave ETag out of their 304s.
  const lastModified = notModified.get('last-modified');
  const isSame =
    lastModified === undefined ||
    parseHttpDate(lastModified, facts.dateAtMs) === facts.lastModifiedAtMs;
  return isSame && offered.length === 1 ? candidate : undefined;
}

/** Fields of a 304 that another variant than the selected one takes over: when it is fresh, not what it is. */
const FRESHNESS_FIELDS: ReadonlySet<string> = new Set(['cache-control', 'expires', 'date', 'etag']);

/**
 * Fields of a 304 that never replace what is stored (RFC 9111 §3.2): the length follows from the body,
 * a range is none of a whole, and Age is kept as a number.
 */
// DEVIATION(rfc9111#3.2): nor does Content-Encoding, without which the stored bytes cannot be read.
const BODY_FIELDS = ['content-length', 'content-encoding', 'content-range', 'age'];

export interface ReceivedNotModified {
  readonly fields: IncomingFields;
  /** The request that the 304 answers. */
  readonly request: FieldReader;
  /** Whether that request is somebody's own. */
  readonly isPersonalRequest: boolean;
  /** Whether it selects the stored response; else only its freshness is taken over. */
  readonly isSelected: boolean;
}

/**
 * RFC 9111 §3.2 and §4.3.4: the stored response under the metadata of a 304. Each received field
 * replaces all stored lines of its name; what is excepted from storage does not.
 */
export function mergeNotModified(
  stored: StoredResponse,
  received: ReceivedNotModified,
  context: { readonly times: ExchangeTimes; readonly policy: Policy },
): StoredResponse {
  const { times, policy } = context;
  const { requestAtMs, responseAtMs, nowMs, seq } = times;
  const updates = updatesOf(received, policy);
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
  const fields = storableFields(merged, effective, responseAtMs);
  const facts = factsOf(
    {
      status: stored.status,
      // Age counts from this exchange, so it is the 304's Age that matters.
      fields: new StoredFields(fields.block + ageLine(received.fields)),
      kept: fields,
      effective,
      requestAtMs,
      responseAtMs,
      provenance: stored.facts.provenance,
      isPersonalRequest: received.isPersonalRequest,
    },
    policy,
  );
  const taken = received.isSelected
    ? {
        ...selectionOf(stored, received),
        // Without the field the 304 changes nothing: what is stored keeps it.
        variance: received.fields.has('no-vary-search')
          ? searchVarianceOf(fields, policy)
          : stored.variance,
        ...labelsOf(stored, { merged: fields, received: received.fields }, policy),
      }
    : {};
  return {
    ...stored,
    ...taken,
    fields,
    requestAtMs,
    responseAtMs,
    residentSinceMs: nowMs,
    validatedSeq: seq,
    facts: { ...facts, isLastModifiedStrong: isModifiedStrong(stored.facts, facts) },
  };
}

// RFC 9110 §8.8.2.2: by the Date of the response that brought the body, while it is the same version.
function isModifiedStrong(before: StoredFacts, after: StoredFacts): boolean {
  return before.lastModifiedAtMs === after.lastModifiedAtMs
    ? before.isLastModifiedStrong
    : after.isLastModifiedStrong;
}

function updatesOf({ fields, isSelected }: ReceivedNotModified, policy: Policy): readonly string[] {
  const excepted = new Set([...hopByHopNames(fields), ...BODY_FIELDS]);
  const updates = withoutFields(fields.toLines(), excepted);
  if (isSelected) return updates;
  const kept: string[] = [];
  for (let index = 0; index < updates.length; index += 2) {
    const name = updates[index] as string;
    const key = name.toLowerCase();
    if (FRESHNESS_FIELDS.has(key) || policy.freshness.targetedFields.includes(key))
      kept.push(name, updates[index + 1] as string);
  }
  return kept;
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
