import type { Policy } from './contracts/policy.ts';
import type { PresentedRequest } from './contracts/request.ts';
import { splitList } from './fields/list.ts';
import { hyphenated, trimOws } from './headers.ts';
import { reason, type Reason } from './reasons.ts';
import { splitSearch } from './search-variance.ts';

/**
 * RFC 9110 §9.2.1: methods known to be safe, by that RFC or by the registry of methods (§16.1.1) that it
 * keeps. Any other changes state, or might.
 */
const SAFE_METHODS = new Set([
  'GET',
  'HEAD',
  'OPTIONS',
  'TRACE',
  'PROPFIND',
  'QUERY',
  'REPORT',
  'SEARCH',
]);

/** Whether a response to this method may invalidate (RFC 9111 §4.4). */
export function isUnsafe(method: string): boolean {
  return !SAFE_METHODS.has(method);
}

/** The protocol that the request asks to switch to (RFC 9110 §7.8), or null. */
export function upgradeProtocol(request: PresentedRequest): string | null {
  const upgrade = request.fields.get('upgrade');
  // RFC 9110 §7.8: in an HTTP/1.0 request it is ignored.
  if (upgrade === undefined || request.receivedVersion === '1.0') return null;
  const options = splitList(request.fields.lines('connection').join(','));
  return options.some((option) => option.toLowerCase() === 'upgrade') ? upgrade : null;
}

/** Why no cache looks at this request, or null when one may. */
export function ineligibleBecause(request: PresentedRequest): Reason | null {
  const { method } = request;
  // RFC 9111 §4: unsafe methods are written through.
  if (isUnsafe(method)) return reason('unsafe-method', { method });
  if (method !== 'GET' && method !== 'HEAD') return reason('method-not-cached', { method });
  // RFC 9110 §9.3.1: content in a GET has no defined meaning, and is not part of the key.
  if (request.hasContent) return reason('request-content', { method });
  return null;
}

/** The field by which an origin server may answer for something else than the key names, or null. */
export function overriddenBy({ fields }: PresentedRequest, { key }: Policy): Reason | null {
  const lines = fields.toLines();
  for (let index = 0; index < lines.length; index += 2) {
    const name = lines[index] as string;
    if (key.overrideFields.includes(hyphenated(name)))
      return reason('request-override', { field: name });
  }
  return null;
}

/** Why the cache does not look at this path (it may be none of those that the policy selects), or null. */
export function outOfSelection(
  { target }: PresentedRequest,
  { eligibility: { paths } }: Policy,
): Reason | null {
  if (paths === null) return null;
  const { path } = splitSearch(target);
  const file = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  if (paths.files.includes(file)) return null;
  const extension = file.slice(file.lastIndexOf('.') + 1);
  if (extension !== file && paths.extensions.includes(extension)) return null;
  return reason('path-not-cached', { path });
}

/** The field that keeps this request from the cache (it may be none of those that the policy names), or null. */
export function keptOutBy(
  { fields }: PresentedRequest,
  { eligibility: { withoutFields } }: Policy,
): Reason | null {
  const field = withoutFields.find((name) => fields.has(name));
  return field === undefined ? null : reason('request-field-not-cached', { field });
}

/** Why this request's upstream exchange is not shared with simultaneous ones, apart from what is stored; or null. */
export function unshareableBecause(request: PresentedRequest): string | null {
  const { fields } = request;
  // A stream of events never ends: waiting for it is pointless.
  if (splitList(fields.lines('accept').join(',')).some(isEventStream))
    return 'it asks for an event stream';
  // RFC 9111 §4.3.2: conditions for the origin server are forwarded, not evaluated here.
  if (fields.has('if-match')) return 'it carries If-Match';
  if (fields.has('if-unmodified-since')) return 'it carries If-Unmodified-Since';
  return null;
}

function isEventStream(mediaRange: string): boolean {
  const [type = ''] = mediaRange.split(';');
  return trimOws(type).toLowerCase() === 'text/event-stream';
}
