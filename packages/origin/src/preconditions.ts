import type { IncomingHttpHeaders } from 'node:http';
import {
  type EntityTag,
  parseEntityTag,
  parseEntityTagList,
  parseHttpDate,
  strongMatch,
  weakMatch,
} from '@poplet/policy';

/** Validators of the representation that would be sent, as its own fields state them. */
export interface StatedValidators {
  readonly etag: string | undefined;
  readonly lastModified: string | undefined;
}

/** What the conditions of a request come to (RFC 9110 §13.2.2). */
export type Verdict = 'proceed' | 'not-modified' | 'precondition-failed';

/** Evaluates the conditions of a GET or HEAD in the order that RFC 9110 §13.2.2 demands. */
export function evaluateConditions(
  headers: IncomingHttpHeaders,
  validators: StatedValidators,
): Verdict {
  const ifMatch = headers['if-match'];
  if (ifMatch !== undefined) {
    // RFC 9110 §13.1.1: strong comparison; "*" is true for any current representation.
    if (!names(ifMatch, validators.etag, strongMatch)) return 'precondition-failed';
  } else if (modifiedSince(headers['if-unmodified-since'], validators) === true) {
    return 'precondition-failed';
  }

  const ifNoneMatch = headers['if-none-match'];
  // RFC 9110 §13.1.3: If-Modified-Since is ignored where If-None-Match is present.
  if (ifNoneMatch === undefined) {
    const modified = modifiedSince(headers['if-modified-since'], validators);
    return modified === false ? 'not-modified' : 'proceed';
  }
  // RFC 9110 §13.1.2: weak comparison.
  return names(ifNoneMatch, validators.etag, weakMatch) ? 'not-modified' : 'proceed';
}

/** Whether Range applies (RFC 9110 §13.1.5); true without If-Range. */
export function ifRangeHolds(
  ifRange: string | undefined,
  { etag, lastModified }: StatedValidators,
  nowMs: number,
): boolean {
  if (ifRange === undefined) return true;
  if (ifRange.includes('"')) return names(ifRange, etag, strongMatch);
  const stated = lastModified === undefined ? null : parseHttpDate(lastModified);
  // RFC 9110 §8.8.2.2: a date is a strong validator only once a second has passed since.
  return stated !== null && parseHttpDate(ifRange) === stated && nowMs - stated >= 1000;
}

/** Null when the condition is absent, malformed, or has nothing to be compared with (RFC 9110 §13.1.3). */
function modifiedSince(
  field: string | undefined,
  { lastModified }: StatedValidators,
): boolean | null {
  if (field === undefined || lastModified === undefined) return null;
  const sinceMs = parseHttpDate(field);
  const modifiedAtMs = parseHttpDate(lastModified);
  return sinceMs === null || modifiedAtMs === null ? null : modifiedAtMs > sinceMs;
}

/** Whether a list of entity tags names the current one; "*" names any. */
function names(
  field: string,
  etag: string | undefined,
  match: (a: EntityTag, b: EntityTag) => boolean,
): boolean {
  const tags = parseEntityTagList(field);
  if (tags === '*') return true;
  const current = etag === undefined ? null : parseEntityTag(etag);
  return tags !== null && current !== null && tags.some((tag) => match(tag, current));
}
