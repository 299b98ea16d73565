import type { Policy } from './contracts/policy.ts';
import type { PresentedRequest } from './contracts/request.ts';
import type { ExchangeTimes } from './contracts/settlement.ts';
import type { StoredFacts, StoredResponse } from './contracts/stored-response.ts';
import { effectiveCacheControl } from './effective-cache-control.ts';
import { hopByHopNames } from './fields/connection.ts';
import { factsOf } from './facts.ts';
import { withoutFields, StoredFields, type FieldReader, type IncomingFields } from './headers.ts';
import { isPersonal } from './provenance.ts';
import { groupsOf, tagsOf } from './purge-labels.ts';
import type { Reason } from './reasons.ts';
import { searchVarianceOf } from './search-variance.ts';
import { selectionOf, variantKeyOf } from './select.ts';
import { unstorableSinceUpdate } from './storable.ts';
import { storableFields } from './stored-fields.ts';

/** Fields that another variant than the selected one takes over: when it is fresh, not what it is. */
const FRESHNESS_FIELDS: ReadonlySet<string> = new Set(['cache-control', 'expires', 'date', 'etag']);

// RFC 9111 §3.2: the length, which follows from the body, a range, which is none of a whole, and Age are
// not stored (`storableFields`), and so replace nothing.
// DEVIATION(rfc9111#3.2): nor does Content-Encoding, without which the stored bytes cannot be read.
const NEVER_REPLACED = 'content-encoding';

/** A 304, the answer to a HEAD, or a part: what came is about a body that is stored already. */
export interface ReceivedUpdate {
  readonly fields: IncomingFields;
  /** The request that it answers. */
  readonly request: PresentedRequest;
  /** Whether that request selects the stored response; else only its freshness is taken over. */
  readonly isSelected: boolean;
}

export interface UpdatedResponse {
  readonly updated: StoredResponse;
  /** Why it may not stay stored under what it says now, or null. */
  readonly refusal: Reason | null;
}

/**
 * RFC 9111 §3.2, §3.4, §4.3.4, §4.3.5: the stored response under the metadata that came. Each received
 * field replaces all stored lines of its name; what is excepted from storage does not.
 */
export function updateStored(
  stored: StoredResponse,
  received: ReceivedUpdate,
  context: { readonly times: ExchangeTimes; readonly policy: Policy },
): UpdatedResponse {
  const updated = merge(stored, received, context);
  const refusal = unstorableSinceUpdate(
    { stored, updated, received: received.fields },
    context.policy,
  );
  return { updated, refusal };
}

function merge(
  stored: StoredResponse,
  received: ReceivedUpdate,
  context: { readonly times: ExchangeTimes; readonly policy: Policy },
): StoredResponse {
  const { times, policy } = context;
  const { requestAtMs, responseAtMs, nowMs, seq } = times;
  const updates = updatesOf(received, policy);
  const replaced = new Set<string>();
  for (let index = 0; index < updates.length; index += 2)
    replaced.add((updates[index] as string).toLowerCase());
  // Its Date is the time of validation; without one it is the time of receipt (RFC 9110 §6.6.1).
  replaced.add('date');
  const merged = StoredFields.fromLines([
    ...withoutFields(stored.fields.toLines(), replaced),
    ...updates,
  ]);
  const effective = effectiveCacheControl(merged, policy.freshness);
  const fields = storableFields(merged, effective, responseAtMs);
  const facts = factsOf(
    {
      primaryKey: stored.primaryKey,
      status: stored.status,
      // Age counts from this exchange, so it is this Age that matters.
      fields: new StoredFields(fields.block + ageLine(received.fields)),
      kept: fields,
      effective,
      requestAtMs,
      responseAtMs,
      provenance: stored.facts.provenance,
      isPersonalRequest: isPersonal(received.request),
    },
    policy,
  );
  const taken = received.isSelected
    ? {
        ...reselected({ stored, merged: fields }, received, policy),
        // Without the field nothing changes: what is stored keeps it.
        variance: saysVariance(received.fields, policy)
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

function saysVariance(received: FieldReader, { key: { variation } }: Policy): boolean {
  return received.has('no-vary-search') || (variation !== null && received.has(variation.name));
}

// RFC 9110 §8.8.2.2: by the Date of the response that brought the body, while it is the same version.
function isModifiedStrong(before: StoredFacts, after: StoredFacts): boolean {
  return before.lastModifiedAtMs === after.lastModifiedAtMs
    ? before.isLastModifiedStrong
    : after.isLastModifiedStrong;
}

function updatesOf({ fields, isSelected }: ReceivedUpdate, policy: Policy): readonly string[] {
  if (!policy.validation.updatesFields) return [];
  const excepted = new Set([...hopByHopNames(fields), NEVER_REPLACED]);
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
 * RFC 9111 §4.1: a Vary that came nominates fields of the request that it answers. Where
 * it names what it did before, or matches nothing (which the caller refuses), all stays as it was.
 */
function reselected(
  {
    stored: { rule: before },
    merged,
  }: { readonly stored: StoredResponse; readonly merged: FieldReader },
  { fields, request }: ReceivedUpdate,
  policy: Policy,
): Partial<Pick<StoredResponse, 'rule' | 'variantKey'>> {
  const { variation } = policy.key;
  if (!fields.has('vary') && (variation === null || !fields.has(variation.name))) return {};
  // Not of the merged fields, where they are no more than Vary: a qualified `private` may keep it out of them.
  const { rule } = selectionOf(variation === null ? fields : merged, policy);
  if (rule === null || rule.id === before.id) return {};
  return { rule, variantKey: variantKeyOf(rule, request.fields) };
}

/** What purges find it by: as it was, unless it says anew. */
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
