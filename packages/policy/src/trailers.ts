import type { Policy } from './contracts/policy.ts';
import { effectiveCacheControl } from './effective-cache-control.ts';
import { hopByHopNames } from './fields/connection.ts';
import { withoutFields, type FieldLines, type FieldReader } from './headers.ts';

// RFC 9110 §6.5.1: fields that are needed before the content: framing, routing, authentication,
// request modifiers, response controls, and the format of the content.
const HEADER_SECTION_ONLY: readonly string[] = [
  'age',
  'cache-control',
  'cdn-cache-control',
  'content-encoding',
  'content-language',
  'content-length',
  'content-location',
  'content-range',
  'content-type',
  'date',
  'expires',
  'location',
  'pragma',
  'retry-after',
  'set-cookie',
  'trailer',
  'vary',
  'www-authenticate',
];

/**
 * What of a received trailer section is stored and passed on, apart from the header section (RFC 9111
 * §3.1): not what Connection nominates (RFC 9110 §7.6.1), nor what could only mislead one who merges.
 */
export function endToEndTrailers(trailers: FieldLines, head: FieldReader): FieldLines {
  if (trailers.length === 0) return trailers;
  return withoutFields(trailers, new Set([...hopByHopNames(head), ...HEADER_SECTION_ONLY]));
}

/**
 * What of an end-to-end trailer section others may get than the client it came for: not the fields that a
 * qualified `private` or `no-cache` names (RFC 9111 §5.2.2.4, §5.2.2.7).
 */
export function sharedTrailers(
  trailers: FieldLines,
  head: FieldReader,
  { freshness }: Policy,
): FieldLines {
  if (trailers.length === 0) return trailers;
  const { privateFields, noCacheFields } = effectiveCacheControl(head, freshness).directives;
  return withoutFields(trailers, new Set([...privateFields, ...noCacheFields]));
}
