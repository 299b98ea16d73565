import type { PresentedRequest } from '../contracts/request.ts';
import { IncomingFields, withoutFields } from '../headers.ts';
import { splitList } from '../fields/list.ts';
import { absoluteUriOf } from '../key.ts';
import { splitSearch } from '../search-variance.ts';
import { usualSpelling } from './draft.ts';
import type { OtherRequest, Scene } from './rehearsal.ts';

/**
 * Request fields that differ from visitor to visitor: a response for each value of theirs is of little
 * use to anybody else.
 */
const WIDE_FIELDS: ReadonlySet<string> = new Set([
  'cookie',
  'referer',
  'user-agent',
  'x-forwarded-for',
]);

/** Whether hardly two visitors send the same value of a request field. */
export function isWide(name: string): boolean {
  return WIDE_FIELDS.has(name.toLowerCase());
}

/** Those of the fields that Vary names which hardly two visitors have in common, in words. */
export function wideFieldWords(vary: readonly string[]): string {
  const wide = splitList(vary.join(',')).filter(isWide);
  return [...new Set(wide.map((name) => usualSpelling(name.toLowerCase())))].join(' and ');
}

/** The same request by somebody whose fields of these names are different. Names are lower case. */
export function bySomebodyElse(
  { request, primaryKey }: Scene,
  names: readonly string[],
): OtherRequest {
  const { fields } = request;
  const others = names.flatMap((name) => [name, `${fields.get(name) ?? ''} another`]);
  const lines = [...withoutFields(fields.toLines(), new Set(names)), ...others];
  return { primaryKey, request: { ...request, fields: new IncomingFields(lines) } };
}

/** A GET of the same URL. */
export function asGet({ request, primaryKey }: Scene): OtherRequest {
  return { primaryKey, request: { ...request, method: 'GET', hasContent: false } };
}

/** Parameters that tell where a visitor came from, and nothing of the page. */
const TRACKING = /^(?:utm_[\w.-]+|gclid|dclid|gbraid|wbraid|fbclid|msclkid|ttclid|twclid)$/u;

/** The parameters for tracking visitors in the query of a request, each once. */
export function trackingParameters({ target }: PresentedRequest): readonly string[] {
  const pairs = new URLSearchParams(`?${splitSearch(target).search}`);
  return [...new Set(Array.from(pairs, ([name]) => name))].filter((name) => TRACKING.test(name));
}

/** The same request without its parameters for tracking. */
export function withoutTracking({ request, primaryKey }: Scene): OtherRequest {
  const { path, search } = splitSearch(request.target);
  const kept = search.split('&').filter((pair) => !isTracking(pair));
  const other = { ...request, target: kept.length === 0 ? path : `${path}?${kept.join('&')}` };
  const site = primaryKey.slice(0, -absoluteUriOf(request).length);
  return { request: other, primaryKey: site + absoluteUriOf(other) };
}

function isTracking(pair: string): boolean {
  return Array.from(new URLSearchParams(`?${pair}`)).some(([name]) => TRACKING.test(name));
}
