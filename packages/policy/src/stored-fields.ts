import type { EffectiveCacheControl } from './effective-cache-control.ts';
import { hopByHopNames } from './fields/connection.ts';
import { formatHttpDate, parseHttpDate } from './fields/http-date.ts';
import {
  IncomingFields,
  StoredFields,
  withoutFields,
  type FieldLines,
  type FieldReader,
} from './headers.ts';

/**
 * RFC 9111 §3.1: what is stored of a received header section. Left out: fields of the connection and
 * of proxies, those that a qualified `private` or `no-cache` names (§5.2.2.4, §5.2.2.7), Age (kept as
 * a number), Content-Length and Content-Range (follow from the body).
 */
export function storableFields(
  received: FieldReader,
  effective: EffectiveCacheControl,
  dateAtMs: number,
): StoredFields {
  const hopByHop = hopByHopNames(received);
  const { privateFields, noCacheFields } = effective.directives;
  const isLeftOut = (name: string): boolean =>
    hopByHop.has(name) ||
    NOT_STORED.has(name) ||
    privateFields.includes(name) ||
    noCacheFields.includes(name);
  const kept = withoutFields(received.toLines(), { has: isLeftOut });
  return StoredFields.fromLines(withDate(kept, dateAtMs));
}

/**
 * RFC 9110 §6.6.1: a recipient with a clock adds the Date that the sender left out, and may replace
 * one that cannot be read: everything downstream counts from it.
 */
export function withDate(lines: FieldLines, receivedAtMs: number): FieldLines {
  const date = new IncomingFields(lines).get('date');
  if (date !== undefined && parseHttpDate(date, receivedAtMs) !== null) return lines;
  return [...withoutFields(lines, DATE), 'Date', formatHttpDate(receivedAtMs)];
}

/** Kept as a number, or following from the body. */
const NOT_STORED: ReadonlySet<string> = new Set(['age', 'content-length', 'content-range']);
const DATE: ReadonlySet<string> = new Set(['date']);
