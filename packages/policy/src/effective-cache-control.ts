import type { FreshnessPolicy } from './contracts/policy.ts';
import { parseCacheControl, type CacheControl } from './fields/cache-control.ts';
import { parseTargetedCacheControl } from './fields/targeted-cache-control.ts';
import type { FieldReader } from './headers.ts';

/** The directives that count for this cache, and the field they came from. */
export interface EffectiveCacheControl {
  readonly directives: CacheControl;
  /** Lower-case field name, for reasons. */
  readonly field: string;
  /** True when a targeted field governs: Cache-Control and Expires are then ignored. */
  readonly targeted: boolean;
}

/**
 * RFC 9213 §2.2: the first field of the target list that is present and valid governs alone;
 * without one, Cache-Control does.
 */
export function effectiveCacheControl(
  response: FieldReader,
  policy: FreshnessPolicy,
): EffectiveCacheControl {
  for (const field of policy.targetedFields) {
    const directives = parseTargetedCacheControl(response.lines(field));
    if (directives !== null) return { directives, field, targeted: true };
  }
  return {
    directives: parseCacheControl(response.lines('cache-control')),
    field: 'cache-control',
    targeted: false,
  };
}
