import type { Candidate, StoredResponse } from '../contracts/stored-response.ts';

/** Whether a response that is not stored takes the place of the one that is: it tells of the resource, not of trouble or of the client. */
export function isSuperseding(status: number): boolean {
  return status < 400 || status === 404 || status === 410;
}

/** RFC 9111 §4: the most recent response is used. Under another key, rule or variant the old one would still be selected. */
export function supersededBy(
  { primaryKey, rule, variantKey, variance }: StoredResponse,
  selected: readonly Candidate[],
): readonly StoredResponse[] {
  return selected
    .map(({ response }) => response)
    .filter(
      (old) =>
        old.primaryKey !== primaryKey ||
        old.rule.id !== rule.id ||
        old.variantKey !== variantKey ||
        old.variance?.id !== variance?.id,
    );
}
