import type { DefaultLifetime, LifetimeBounds, Policy } from '@poplet/policy';

import { unchanged } from '../configurable.ts';
import type { JsonObject } from '../import/json-object.ts';
import { cloudflarePolicy, withoutOriginCacheControl } from './profile.ts';

/** What a rule makes of the policy that held before it. */
export type Change = (policy: Policy) => Policy;

/** Statuses that have a lifetime where the origin names none. */
const STATUSES = cloudflarePolicy.freshness.defaultLifetimes.flatMap(
  ({ statuses }) => statuses ?? [],
);

/** What `action_parameters` of a cache rule say. What they say and nothing here does goes to `notEmulated`. */
export function cacheSettings(parameters: JsonObject, notEmulated: string[]): Change {
  const changes: readonly Change[] = [
    originCacheControl(parameters, notEmulated),
    eligibility(parameters),
    edgeTtl(parameters, notEmulated),
    browserTtl(parameters, notEmulated),
    serveStale(parameters, notEmulated),
    cacheKey(parameters, notEmulated),
  ];
  notEmulated.push(...parameters.unread());
  return (policy) => changes.reduce((before, change) => change(before), policy);
}

function originCacheControl(parameters: JsonObject, notEmulated: string[]): Change {
  if (parameters.flag('origin_cache_control') !== false) return unchanged;
  notEmulated.push(
    `${parameters.place}.origin_cache_control: false: no-cache and private with names of fields, no-transform and immutable are as with it on`,
  );
  return withoutOriginCacheControl;
}

/** `cache`: whatever the extension, or nothing at all. */
function eligibility(parameters: JsonObject): Change {
  const isEligible = parameters.flag('cache');
  if (isEligible === undefined) return unchanged;
  const paths = isEligible ? null : { extensions: [], files: [] };
  return (policy) => ({ ...policy, eligibility: { ...policy.eligibility, paths } });
}

// ── edge_ttl ───────────────────────────────────────────────────────────────────────────────────

function edgeTtl(parameters: JsonObject, notEmulated: string[]): Change {
  const ttl = parameters.object('edge_ttl');
  if (ttl === undefined) return unchanged;
  const mode = ttl.word('mode', ['respect_origin', 'bypass_by_default', 'override_origin']);
  const seconds = ttl.seconds('default');
  if (mode === 'override_origin' && seconds === undefined)
    throw ttl.invalid('default', 'expected the seconds that override_origin sets');
  const byStatus = statusTtls(ttl);
  notEmulated.push(...ttl.unread());
  return (policy) => withStatusTtls(withMode(policy, mode, seconds), byStatus);
}

type Mode = 'respect_origin' | 'bypass_by_default' | 'override_origin' | undefined;

function withMode(policy: Policy, mode: Mode, seconds: number | undefined): Policy {
  const { freshness, storability } = policy;
  const given = seconds === undefined ? undefined : [{ statuses: STATUSES, seconds }];
  switch (mode) {
    case 'override_origin':
      // What the origin says counts no more, and a cookie is stripped.
      return {
        ...policy,
        freshness: {
          ...freshness,
          standardFields: 'ignored',
          targetedFields: [],
          defaultLifetimes: given ?? [],
        },
        storability: { ...storability, setCookie: 'stripped' },
      };
    case 'bypass_by_default':
      return { ...policy, freshness: { ...freshness, defaultLifetimes: [] } };
    case 'respect_origin':
    case undefined:
      return given === undefined
        ? policy
        : { ...policy, freshness: { ...freshness, defaultLifetimes: given } };
    default:
      return mode satisfies never;
  }
}

interface StatusTtl {
  readonly statuses: readonly number[];
  /** 0: asked about each time; -1: not stored. */
  readonly seconds: number;
}

function statusTtls(ttl: JsonObject): readonly StatusTtl[] {
  return ttl.objects('status_code_ttl').map((entry) => {
    const status = entry.number('status_code');
    const range = entry.object('status_code_range');
    const seconds = entry.number('value');
    if (seconds === undefined || seconds < -1)
      throw entry.invalid('value', 'expected seconds, 0 for no-cache or -1 for no-store');
    if (status !== undefined) return { statuses: [status], seconds };
    if (range === undefined)
      throw entry.invalid('status_code', 'expected a status, or a status_code_range');
    const [from, to] = [range.number('from') ?? 100, range.number('to') ?? 999];
    return { statuses: ALL_STATUSES.filter((one) => one >= from && one <= to), seconds };
  });
}

const ALL_STATUSES = Array.from({ length: 500 }, (_, index) => 100 + index);

/** They hold whatever lifetime the origin names. The first that fits does. */
function withStatusTtls(policy: Policy, ttls: readonly StatusTtl[]): Policy {
  if (ttls.length === 0) return policy;
  const { freshness, storability } = policy;
  const kept = ttls.filter(({ seconds }) => seconds >= 0);
  const never = new Set(ttls.flatMap(({ statuses, seconds }) => (seconds < 0 ? statuses : [])));
  const bounds = kept.map(({ statuses, seconds }): LifetimeBounds => ({
    statuses,
    leastSeconds: seconds,
    mostSeconds: seconds,
  }));
  const lifetimes: readonly DefaultLifetime[] = kept;
  return {
    ...policy,
    freshness: {
      ...freshness,
      lifetimeBounds: [...bounds, ...freshness.lifetimeBounds],
      defaultLifetimes: [...lifetimes, ...freshness.defaultLifetimes],
    },
    storability: {
      ...storability,
      statuses:
        never.size === 0
          ? storability.statuses
          : (storability.statuses ?? ALL_STATUSES).filter((status) => !never.has(status)),
    },
  };
}

// ── browser_ttl, serve_stale ───────────────────────────────────────────────────────────────────

/** What a fixed Browser TTL takes the place of. */
const DIRECTIVES = [
  'immutable',
  'max-age',
  'must-revalidate',
  'must-understand',
  'no-cache',
  'no-store',
  'private',
  'proxy-revalidate',
  'public',
  's-maxage',
  'stale-if-error',
  'stale-while-revalidate',
];

function browserTtl(parameters: JsonObject, notEmulated: string[]): Change {
  const ttl = parameters.object('browser_ttl');
  if (ttl === undefined) return unchanged;
  const mode = ttl.word('mode', [
    'respect_origin',
    'bypass_by_default',
    'bypass',
    'override_origin',
  ]);
  if (mode === undefined)
    throw ttl.invalid('mode', 'expected respect_origin, bypass_by_default or override_origin');
  const seconds = ttl.seconds('default');
  notEmulated.push(...ttl.unread());
  if (mode === 'override_origin') {
    if (seconds === undefined)
      throw ttl.invalid('default', 'expected the seconds that override_origin sets');
    const cacheControl = {
      consumed: DIRECTIVES,
      unlessFields: [],
      otherwise: `max-age=${seconds}`,
    };
    return (policy) => ({ ...policy, downstream: { ...policy.downstream, cacheControl } });
  }
  if (mode !== 'respect_origin') notEmulated.push(`${ttl.place}.mode: ${mode}`);
  return (policy) => ({ ...policy, downstream: { ...policy.downstream, cacheControl: null } });
}

function serveStale(parameters: JsonObject, notEmulated: string[]): Change {
  const stale = parameters.object('serve_stale');
  const isOff = stale?.flag('disable_stale_while_updating');
  notEmulated.push(...(stale?.unread() ?? []));
  if (isOff === undefined) return unchanged;
  return (policy) => ({ ...policy, stale: { ...policy.stale, whileRevalidate: !isOff } });
}

// ── cache_key ──────────────────────────────────────────────────────────────────────────────────

function cacheKey(parameters: JsonObject, notEmulated: string[]): Change {
  const key = parameters.object('cache_key');
  if (key === undefined) return unchanged;
  const custom = key.object('custom_key');
  const changes = [
    key.flag('ignore_query_strings_order') === true ? withQuery('unordered') : unchanged,
    ...(custom === undefined ? [] : [queryKey(custom, notEmulated), fieldKey(custom, notEmulated)]),
  ];
  notEmulated.push(...key.unread(), ...(custom?.unread() ?? []));
  return (policy) => changes.reduce((before, change) => change(before), policy);
}

function withQuery(query: Policy['key']['query']): Change {
  return (policy) => ({ ...policy, key: { ...policy.key, query } });
}

/** All of the query, or none of it: `include` and `exclude` are `*`, or `{ "all": true }`, or a list of names. */
function queryKey(custom: JsonObject, notEmulated: string[]): Change {
  const query = custom.object('query_string');
  if (query === undefined) return unchanged;
  const [included, excluded] = [partOf(query, 'include'), partOf(query, 'exclude')];
  if (excluded === 'all') return withQuery('none');
  // Nothing is left out.
  if (included === 'all' || (included === undefined && (excluded ?? []).length === 0))
    return unchanged;
  // Nothing is included.
  if (included?.length === 0) return withQuery('none');
  const names = [...(included ?? []), ...(excluded ?? [])].join(', ');
  notEmulated.push(`${query.place}: ${names}: here the whole query is part of the key`);
  return unchanged;
}

function partOf(query: JsonObject, key: string): 'all' | readonly string[] | undefined {
  if (!query.has(key)) return undefined;
  const inner = query.kindOf(key) === 'object' ? query.object(key) : undefined;
  if (inner !== undefined) return inner.flag('all') === true ? 'all' : inner.texts('list');
  const names = query.kindOf(key) === 'list' ? query.texts(key) : [query.text(key) ?? ''];
  return names.includes('*') ? 'all' : names;
}

/** Header fields, cookies and languages that tell requests apart. */
function fieldKey(custom: JsonObject, notEmulated: string[]): Change {
  const header = custom.object('header');
  const names = (header?.texts('include') ?? []).map((name) => name.toLowerCase());
  const cookie = custom.object('cookie');
  const cookies = cookie?.texts('include') ?? [];
  if (cookie !== undefined && cookies.length > 0)
    notEmulated.push(
      `${cookie.place}.include: ${cookies.join(', ')}: here all cookies are part of the key`,
    );
  const user = custom.object('user');
  const isByLanguage = user?.flag('lang') === true;
  const isByCountry = user?.flag('geo') === true;
  const isWithoutOrigin = header?.flag('exclude_origin') === true;
  for (const one of [header, cookie, user]) notEmulated.push(...(one?.unread() ?? []));
  const added = [
    ...names,
    ...(cookies.length > 0 ? ['cookie'] : []),
    ...(isByLanguage ? ['accept-language'] : []),
    ...(isByCountry ? ['x-poplet-country'] : []),
  ];
  return (policy) => ({
    ...policy,
    key: {
      ...policy.key,
      fields: [
        ...policy.key.fields.filter((name) => name !== 'origin' || !isWithoutOrigin),
        ...added,
      ],
    },
  });
}
