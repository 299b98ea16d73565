import { parseDictionary, type Member } from './structured.ts';

/** Which differences between two queries make no difference to a response. Never the default variance. */
export interface SearchVariance {
  /** Printable, without white space; equal for variances that are equal. */
  readonly id: string;
  /** Whether `names` are the parameters that do not count, or the only ones that do. */
  readonly named: 'ignored' | 'counted';
  readonly names: ReadonlySet<string>;
  /** Whether the order of keys counts. */
  readonly orderCounts: boolean;
}

/**
 * What No-Vary-Search says; `'default'` when every query is a page of its own, be it that the field
 * is absent or empty or says so, and `'malformed'` when that follows from what cannot be read.
 */
export function parseNoVarySearch(
  lines: readonly string[],
): SearchVariance | 'default' | 'malformed' {
  const members = parseDictionary(lines.join(', '));
  if (members === null) return 'malformed';
  const keyOrder = members.get('key-order') ?? ABSENT;
  const params = members.get('params') ?? ABSENT;
  const except = members.get('except');
  if (keyOrder.kind !== 'boolean') return 'malformed';
  if (except !== undefined) {
    // Only beside `params` without a value: all but these.
    const names = namesOf(except);
    if (params.kind !== 'boolean' || !params.value || names === null) return 'malformed';
    return varianceOf('counted', names, !keyOrder.value);
  }
  if (params.kind === 'boolean') {
    return varianceOf(params.value ? 'counted' : 'ignored', NO_NAMES, !keyOrder.value);
  }
  const names = namesOf(params);
  return names === null ? 'malformed' : varianceOf('ignored', names, !keyOrder.value);
}

const ABSENT: Member = { kind: 'boolean', value: false, parameters: new Map() };
const NO_NAMES: ReadonlySet<string> = new Set();

/** The keys of an inner list of strings; null for anything else. */
function namesOf(member: Member): ReadonlySet<string> | null {
  if (member.kind !== 'inner-list') return null;
  const names = new Set<string>();
  for (const item of member.items) {
    if (item.kind !== 'string') return null;
    names.add(decodedKey(item.value));
  }
  return names;
}

/** A key as it stands in a query, read as the URL Standard reads application/x-www-form-urlencoded. */
function decodedKey(written: string): string {
  const [[, key] = ['', '']] = new URLSearchParams(`?=${written.replaceAll('&', '%26')}`);
  return key;
}

function varianceOf(
  named: SearchVariance['named'],
  names: ReadonlySet<string>,
  orderCounts: boolean,
): SearchVariance | 'default' {
  if (named === 'ignored' && names.size === 0 && orderCounts) return 'default';
  return searchVariance(named, names, orderCounts);
}

/** A variance that is not the default one. */
export function searchVariance(
  named: SearchVariance['named'],
  names: ReadonlySet<string>,
  orderCounts: boolean,
): SearchVariance {
  const list = [...names]
    .toSorted()
    .map((name) => encodeURIComponent(name))
    .join(',');
  const parts = [
    ...(orderCounts ? [] : ['key-order']),
    ...(named === 'counted' ? ['params'] : []),
    ...(names.size === 0 ? [] : [`${named === 'counted' ? 'except' : 'params'}=${list}`]),
  ];
  return { id: parts.join(','), named, names, orderCounts };
}
