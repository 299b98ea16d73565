import type { PresentedRequest } from './contracts/request.ts';
import {
  parseEntityTag,
  parseEntityTagList,
  strongMatch,
  weakMatch,
  type EntityTag,
} from './fields/etag.ts';
import { parseHttpDate } from './fields/http-date.ts';

/** The validators of the response that would be sent. */
export interface Validators {
  readonly etag: EntityTag | null;
  readonly lastModifiedAtMs: number | null;
  readonly isLastModifiedStrong: boolean;
  readonly dateAtMs: number;
}

/**
 * Whether the client's own copy is current (RFC 9110 §13.2.2, steps 3 and 4): the field that said so,
 * or null. Steps 1 and 2 are for origin servers only (RFC 9111 §4.3.2).
 */
export function notModifiedFor(
  request: PresentedRequest,
  validators: Validators,
): 'If-None-Match' | 'If-Modified-Since' | null {
  const ifNoneMatch = request.fields.get('if-none-match');
  if (ifNoneMatch !== undefined) {
    const tags = parseEntityTagList(ifNoneMatch);
    // RFC 9110 §13.1.2: "*" is false for any current representation.
    if (tags === '*') return 'If-None-Match';
    const { etag } = validators;
    if (tags === null || etag === null) return null;
    return tags.some((tag) => weakMatch(tag, etag)) ? 'If-None-Match' : null;
  }
  // RFC 9110 §13.1.3: an invalid date is ignored.
  const since = request.fields.get('if-modified-since');
  const sinceMs = since === undefined ? null : parseHttpDate(since, validators.dateAtMs);
  if (sinceMs === null) return null;
  // RFC 9111 §4.3.2: without Last-Modified, Date is compared.
  const modifiedAtMs = validators.lastModifiedAtMs ?? Math.floor(validators.dateAtMs / 1000) * 1000;
  return modifiedAtMs <= sinceMs ? 'If-Modified-Since' : null;
}

/** Whether Range applies (RFC 9110 §13.1.5): true without If-Range. */
export function ifRangeHolds(request: PresentedRequest, validators: Validators): boolean {
  const ifRange = request.fields.get('if-range');
  if (ifRange === undefined) return true;
  const tag = parseEntityTag(ifRange);
  if (tag !== null) return validators.etag !== null && strongMatch(tag, validators.etag);
  const { lastModifiedAtMs, isLastModifiedStrong, dateAtMs } = validators;
  return isLastModifiedStrong && parseHttpDate(ifRange, dateAtMs) === lastModifiedAtMs;
}

/** RFC 9110 §8.8.2.2: Last-Modified is strong only when Date is at least a second later. */
export function isStrongDate(lastModifiedAtMs: number | null, dateAtMs: number): boolean {
  return lastModifiedAtMs !== null && dateAtMs - lastModifiedAtMs >= 1000;
}
