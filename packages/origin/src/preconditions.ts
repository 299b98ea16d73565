import type { IncomingHttpHeaders } from 'node:http';
import { parseHttpDate } from '@poplet/policy';

/** Validators of the representation that would be sent, as its own fields state them. */
export interface StatedValidators {
  readonly etag: string | undefined;
  readonly lastModified: string | undefined;
}

/** What the conditions of a request come to (RFC 9110 §13.2.2). */
export type Verdict = 'proceed' | 'not-modified' | 'precondition-failed';

const ENTITY_TAG = /(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/gu;

/** Evaluates the conditions of a GET or HEAD in the order that RFC 9110 §13.2.2 demands. */
export function evaluateConditions(
  headers: IncomingHttpHeaders,
  validators: StatedValidators,
): Verdict {
  const { etag } = validators;
  const ifMatch = headers['if-match'];
  if (ifMatch !== undefined) {
    // RFC 9110 §13.1.1: strong comparison; "*" is true for any current representation.
    const holds = ifMatch.trim() === '*' || tagsOf(ifMatch).some((tag) => strongMatch(tag, etag));
    if (!holds) return 'precondition-failed';
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
  const matches =
    ifNoneMatch.trim() === '*' || tagsOf(ifNoneMatch).some((tag) => weakMatch(tag, etag));
  return matches ? 'not-modified' : 'proceed';
}

/** Whether Range applies (RFC 9110 §13.1.5); true without If-Range. */
export function ifRangeHolds(
  ifRange: string | undefined,
  { etag, lastModified }: StatedValidators,
  nowMs: number,
): boolean {
  if (ifRange === undefined) return true;
  if (ifRange.includes('"')) return strongMatch(ifRange.trim(), etag);
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

function tagsOf(field: string): readonly string[] {
  return field.match(ENTITY_TAG) ?? [];
}

// RFC 9110 §8.8.3.2
function strongMatch(tag: string, etag: string | undefined): boolean {
  return tag === etag && !tag.startsWith('W/');
}

// RFC 9110 §8.8.3.2
function weakMatch(tag: string, etag: string | undefined): boolean {
  return etag !== undefined && opaqueOf(tag) === opaqueOf(etag);
}

function opaqueOf(tag: string): string {
  return tag.startsWith('W/') ? tag.slice(2) : tag;
}
