import type { RequestDirective, ValidationPolicy } from './contracts/policy.ts';
import type { PresentedRequest } from './contracts/request.ts';
import { parseCacheControl, type CacheControl } from './fields/cache-control.ts';
import { splitList } from './fields/list.ts';
import { withoutDirectives } from './ignored-directives.ts';

/** What each directive is where it was not given. */
const NOT_GIVEN: Readonly<Record<RequestDirective, Partial<CacheControl>>> = {
  'no-cache': { noCache: false },
  'no-store': { noStore: false },
  'max-age': { maxAgeSeconds: null },
  'min-fresh': { minFreshSeconds: null },
  'max-stale': { maxStaleSeconds: null },
  'only-if-cached': { onlyIfCached: false },
  'no-transform': { noTransform: false },
  'stale-if-error': { staleIfErrorSeconds: null },
};

/** Every directive that a policy may ignore. */
export const REQUEST_DIRECTIVES = Object.keys(NOT_GIVEN) as readonly RequestDirective[];

/** The client's cache directives (RFC 9111 §5.2.1), without those that the policy ignores. */
export function requestDirectives(
  request: PresentedRequest,
  { ignoredRequestDirectives: ignored }: ValidationPolicy,
): CacheControl {
  return withoutDirectives(givenDirectives(request), ignored, NOT_GIVEN);
}

/**
 * As they were given. `Pragma: no-cache` counts as `no-cache` where
 * there is no Cache-Control (RFC 9111 §5.4: deprecated, but still what HTTP/1.0 clients mean).
 */
function givenDirectives(request: PresentedRequest): CacheControl {
  const directives = parseCacheControl(request.fields.lines('cache-control'));
  if (directives.present) {
    // RFC 9111 §5.2.1.4 knows no qualified form: whatever is named, validation is asked for.
    return directives.noCacheFields.length === 0 ? directives : { ...directives, noCache: true };
  }
  return saysPragmaNoCache(request) ? { ...directives, noCache: true } : directives;
}

/** RFC 9111 §5.4 */
export function saysPragmaNoCache({ fields }: PresentedRequest): boolean {
  const pragmas = splitList(fields.lines('pragma').join(','));
  return pragmas.some((one) => one.toLowerCase() === 'no-cache');
}

/** A number of seconds the client gave, or null where it gave none that can be read. */
export function givenSeconds(value: number | 'invalid' | null): number | null {
  return typeof value === 'number' ? value : null;
}
