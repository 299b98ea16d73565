import { trimOws, type FieldReader } from '../headers.ts';

/** Of Content-Type (RFC 9110 §8.3.1), lower case, without parameters; empty where the response does not say. */
export function mediaTypeOf(fields: FieldReader): string {
  const [type] = (fields.get('content-type') ?? '').split(';');
  return trimOws(type as string).toLowerCase();
}

/** `text/*`, `+json` (a structured syntax suffix, RFC 6838 §4.2.8), or a whole media type. */
export function isOfType(type: string, pattern: string): boolean {
  if (pattern.startsWith('+')) return type.endsWith(pattern);
  return pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : type === pattern;
}
