import type { StoredFacts, StoredResponse } from '@poplet/policy';

import { IndexedResponse } from './indexed-response.ts';

/** What stands for the body of a response that an index holds or held: of no other, and the same under newer metadata. */
export function bodyIdOf(response: StoredResponse): object | undefined {
  return IndexedResponse.bodyOf(response);
}

/**
 * Whether two records say the same of a stored response, apart from its body, and from its tags, which are
 * for purges. False at times where they would be the same to the letter: values of which one is as good as
 * another are not looked into.
 */
export function isSameResponse(one: StoredResponse, other: StoredResponse): boolean {
  return (
    one.primaryKey === other.primaryKey &&
    one.rule === other.rule &&
    one.variantKey === other.variantKey &&
    one.variance === other.variance &&
    one.status === other.status &&
    one.statusText === other.statusText &&
    (one.fields === other.fields || one.fields.block === other.fields.block) &&
    one.trailers === other.trailers &&
    one.bodyBytes === other.bodyBytes &&
    one.part === other.part &&
    one.codings === other.codings &&
    one.requestAtMs === other.requestAtMs &&
    one.responseAtMs === other.responseAtMs &&
    one.residentSinceMs === other.residentSinceMs &&
    one.fetchedSeq === other.fetchedSeq &&
    one.validatedSeq === other.validatedSeq &&
    one.groups === other.groups &&
    (one.facts === other.facts || areSameFacts(one.facts, other.facts))
  );
}

function areSameFacts(one: StoredFacts, other: StoredFacts): boolean {
  return (
    one.lifetimeSeconds === other.lifetimeSeconds &&
    one.lifetimeSource === other.lifetimeSource &&
    one.initialAgeMs === other.initialAgeMs &&
    one.alwaysValidate === other.alwaysValidate &&
    one.staleForbiddenBy === other.staleForbiddenBy &&
    one.staleWhileRevalidateSeconds === other.staleWhileRevalidateSeconds &&
    one.staleIfErrorSeconds === other.staleIfErrorSeconds &&
    one.immutable === other.immutable &&
    one.provenance === other.provenance &&
    one.isPersonal === other.isPersonal &&
    one.etag?.weak === other.etag?.weak &&
    one.etag?.opaque === other.etag?.opaque &&
    one.lastModifiedAtMs === other.lastModifiedAtMs &&
    one.isLastModifiedStrong === other.isLastModifiedStrong &&
    one.dateAtMs === other.dateAtMs
  );
}
