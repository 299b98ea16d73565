import type { CacheControl } from './cache-control.ts';
import { DirectiveCollector, type AmountName } from './directive-collector.ts';
import { parseDeltaSeconds } from './delta-seconds.ts';

const FLAGS = [
  'no-store',
  'no-cache',
  'private',
  'public',
  'must-revalidate',
  'proxy-revalidate',
  'no-transform',
];
const AMOUNTS: readonly AmountName[] = [
  'max-age',
  's-maxage',
  'stale-while-revalidate',
  'stale-if-error',
];

/**
 * Cache-Control as a cache reads it that looks for each directive in the text of the field, as Varnish
 * does: case counts, quotes do not, and the first place that fits counts alone. `max-age=3600a` is 3600;
 * `max-age="3600"` and `max-age=3600.5` are none.
 */
export function searchCacheControl(lines: readonly string[]): CacheControl {
  const text = lines.join(', ');
  const collector = new DirectiveCollector();
  for (const name of FLAGS) if (text.includes(name)) collector.addFlag(name);
  for (const name of AMOUNTS) {
    const seconds = new RegExp(`${name}[ \\t]*=[ \\t]*(-?[0-9]+)(?![0-9.])`).exec(text)?.[1];
    if (seconds !== undefined) collector.addAmount(name, parseDeltaSeconds(seconds) ?? 'invalid');
  }
  return collector.result();
}
