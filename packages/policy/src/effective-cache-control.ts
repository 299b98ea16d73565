import type { FreshnessPolicy, ResponseDirective } from './contracts/policy.ts';
import { parseCacheControl, type CacheControl } from './fields/cache-control.ts';
import { parseEdgeControl } from './fields/edge-control.ts';
import { searchCacheControl } from './fields/searched-cache-control.ts';
import { parseTargetedCacheControl } from './fields/targeted-cache-control.ts';
import type { FieldReader } from './headers.ts';
import { withoutDirectives } from './ignored-directives.ts';

/** The directives that count for this cache, and the field they came from. */
export interface EffectiveCacheControl {
  readonly directives: CacheControl;
  /** Lower-case field name, for reasons. */
  readonly field: string;
  /** True when a targeted field governs, or nothing does: Cache-Control and Expires are then ignored. */
  readonly targeted: boolean;
  /** The lifetime where the policy overrules that it forbids storing or reuse; else null. */
  readonly overruledSeconds: number | null;
}

/** What each directive is where it was not given. */
const NOT_GIVEN: Readonly<Record<ResponseDirective, Partial<CacheControl>>> = {
  'no-cache': { noCache: false, noCacheFields: [] },
  'no-store': { noStore: false },
  private: { private: false, privateFields: [] },
  'must-revalidate': { mustRevalidate: false },
  'proxy-revalidate': { proxyRevalidate: false },
  'must-understand': { mustUnderstand: false },
  's-maxage': { sMaxageSeconds: null },
};

/** The directives of a field with the syntax of Cache-Control, as the policy reads it. */
export function readCacheControl(
  lines: readonly string[],
  { directiveGrammar }: FreshnessPolicy,
): CacheControl {
  return directiveGrammar === 'searched' ? searchCacheControl(lines) : parseCacheControl(lines);
}

/** What `refusalSeconds` overrules. */
const REFUSALS = ['no-store', 'no-cache', 'private'] as const;

/** The field that governs, without the directives that the policy ignores. */
export function effectiveCacheControl(
  response: FieldReader,
  policy: FreshnessPolicy,
): EffectiveCacheControl {
  const governing = overridden(governingCacheControl(response, policy), response, policy);
  const given = withoutDirectives(governing.directives, policy.ignoredDirectives, NOT_GIVEN);
  const { refusalSeconds } = policy;
  const isRefusal = given.noStore || given.noCache || given.private;
  if (refusalSeconds === null || !isRefusal)
    return { ...governing, directives: given, overruledSeconds: null };
  const directives = withoutDirectives(given, REFUSALS, NOT_GIVEN);
  return { ...governing, directives, overruledSeconds: refusalSeconds };
}

type Governing = Omit<EffectiveCacheControl, 'overruledSeconds'>;

/** What an overriding field says of storing, in the place of what governs. */
function overridden(
  governing: Governing,
  response: FieldReader,
  { overridingFields }: FreshnessPolicy,
): Governing {
  const { directives } = governing;
  for (const field of overridingFields) {
    const { isRefused, liftsNoStore } = parseEdgeControl(response.lines(field));
    if (isRefused)
      return {
        ...governing,
        field,
        directives: { ...directives, noStore: true, mustUnderstand: false },
      };
    if (liftsNoStore) return { ...governing, directives: { ...directives, noStore: false } };
  }
  return governing;
}

/**
 * RFC 9213 §2.2: the first field of the target list that is present and valid governs alone;
 * without one, Cache-Control does.
 */
function governingCacheControl(response: FieldReader, policy: FreshnessPolicy): Governing {
  for (const field of policy.targetedFields) {
    const directives = policy.secondsFields.includes(field)
      ? secondsAlone(response.lines(field))
      : parseTargetedCacheControl(response.lines(field));
    if (directives !== null) return { directives, field, targeted: true };
  }
  const isIgnored = policy.standardFields === 'ignored';
  const isMuted = isIgnored || policy.mutingFields.some((field) => response.has(field));
  return {
    directives: readCacheControl(isMuted ? [] : response.lines('cache-control'), policy),
    field: 'cache-control',
    targeted: isIgnored,
  };
}

/** What a lifetime in seconds by itself stands for; null where it is none, or there are several. */
function secondsAlone(lines: readonly string[]): CacheControl | null {
  const value = lines.join(', ');
  if (!/^\d+$/.test(value)) return null;
  return parseCacheControl([Number(value) === 0 ? 'no-store' : `max-age=${value}`]);
}
