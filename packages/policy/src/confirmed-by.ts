import type { Candidate } from './contracts/stored-response.ts';
import { parseEntityTag, strongMatch, weakMatch } from './fields/etag.ts';
import { parseHttpDate } from './fields/http-date.ts';
import type { FieldReader } from './headers.ts';

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
