import type { DownstreamCacheControl } from './contracts/policy.ts';
import { splitList } from './fields/list.ts';
import { IncomingFields, trimOws, withoutFields, type FieldLines } from './headers.ts';

/** Lines with Cache-Control as clients get it, where the cache takes some of it for itself. */
export function withDownstreamCacheControl(
  lines: FieldLines,
  { consumed, unlessFields, otherwise }: DownstreamCacheControl,
): FieldLines {
  const fields = new IncomingFields(lines);
  const directives = fields.lines('cache-control').flatMap((line) => splitList(line));
  const isForClients = unlessFields.some((name) => fields.has(name));
  const kept = isForClients
    ? directives
    : directives.filter((directive) => !consumed.includes(nameOf(directive)));
  if (directives.length > 0 && kept.length === directives.length) return lines;
  const value = kept.length === 0 ? otherwise : kept.join(', ');
  return [...withoutFields(lines, CACHE_CONTROL), 'Cache-Control', value];
}

const CACHE_CONTROL: ReadonlySet<string> = new Set(['cache-control']);

function nameOf(directive: string): string {
  return trimOws(directive.replace(/=.*/su, '')).toLowerCase();
}
