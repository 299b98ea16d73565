import { IncomingFields } from '@poplet/policy';
import type { Outcome } from '@poplet/policy';
import { Token, parseList } from 'structured-headers';
import type { BareItem, Item } from 'structured-headers';

import type { Observation } from './observation.ts';

type Told = Pick<Observation, 'lines' | 'outcome' | 'followedBy'>;

/** RFC 9211 §2.1 to §2.8: the type of each parameter. */
const PARAMETERS: Readonly<Record<string, (value: BareItem) => boolean>> = {
  hit: (value) => value === true,
  fwd: (value) => value instanceof Token,
  'fwd-status': (value) => Number.isInteger(value) && Number(value) >= 100 && Number(value) <= 999,
  ttl: (value) => Number.isInteger(value),
  stored: (value) => value === true,
  collapsed: (value) => value === true,
  key: (value) => typeof value === 'string',
  detail: (value) => typeof value === 'string' || value instanceof Token,
};

/** Parameters that say something of a request that went forward only (RFC 9211 §2.3, §2.5, §2.6). */
const OF_FORWARDED = ['fwd-status', 'stored', 'collapsed'];

/** How each outcome may be told: `hit`, or a token of `fwd` (RFC 9211 §2.1, §2.2). */
const TELLINGS: Readonly<Record<Outcome, readonly string[]>> = {
  hit: ['hit'],
  // Also where what was stored turned out to be of no use: by the client's wish, or after a 304.
  miss: ['uri-miss', 'vary-miss', 'partial', 'request', 'stale'],
  expired: ['stale', 'request'],
  // The upstream may confirm a variant that this request did not select.
  revalidated: ['stale', 'request', 'vary-miss'],
  updating: ['hit'],
  // After the upstream failed, or without asking it.
  stale: ['stale', 'request', 'hit'],
  bypass: ['uri-miss', 'vary-miss', 'partial', 'stale', 'request'],
  ineligible: ['method', 'bypass'],
  pass: ['bypass'],
  // The edge's own answers carry no Cache-Status.
  error: [],
};

/** Everything wrong with what this cache says of itself in Cache-Status, whatever the case is about. */
export function cacheStatusProblems({ lines, outcome, followedBy }: Told): string[] {
  const value = new IncomingFields(lines).get('cache-status');
  if (value === undefined) return [];
  const own = ownMember(value);
  if (own === undefined) return [`Cache-Status is no list that ends in this cache: ${value}`];
  const [name, parameters] = own;
  // A CDN that is imitated may say something where this cache does not: its name is a string, and this one's a token.
  if (outcome === 'error' && typeof name === 'string') return [];
  const problems = [...parameters].flatMap(([key, item]) =>
    PARAMETERS[key]?.(item) === true ? [] : [`${key} has no such value`],
  );
  const fwd = parameters.get('fwd');
  if (parameters.has('hit') === parameters.has('fwd')) problems.push('neither or both of hit, fwd');
  if (fwd === undefined) {
    const strays = OF_FORWARDED.filter((key) => parameters.has(key));
    problems.push(...strays.map((key) => `${key} without fwd`));
  }
  const told = fwd === undefined ? 'hit' : String(fwd);
  // Where answers follow one another, the outcome is that of the last.
  const isOfThis = followedBy === undefined || followedBy.length === 0;
  if (isOfThis && !TELLINGS[outcome].includes(told)) problems.push(`${outcome} is told as ${told}`);
  return problems.map((problem) => `Cache-Status: ${problem} (${value})`);
}

/** RFC 9211 §2: the last member is that of the cache nearest to the client. */
function ownMember(value: string): Item | undefined {
  try {
    const last = parseList(value).at(-1);
    const isNamed = typeof last?.[0] === 'string' || last?.[0] instanceof Token;
    return isNamed ? (last as Item) : undefined;
  } catch {
    return undefined;
  }
}
