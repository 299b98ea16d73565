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
  const names = new Set(hopByHopNames(received));
  names.add('age').add('content-length').add('content-range');
  for (const name of effective.directives.privateFields) names.add(name);
  for (const name of effective.directives.noCacheFields) names.add(name);
  return StoredFields.fromLines(withDate(withoutFields(received.toLines(), names), dateAtMs));
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

const DATE: ReadonlySet<string> = new Set(['date']);
