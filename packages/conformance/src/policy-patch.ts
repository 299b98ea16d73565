import { rfc9111 } from '@poplet/policy';
import type { Policy } from '@poplet/policy';

import type { PolicyPatch } from './case.ts';

/** The `rfc9111` profile with the fields that a case changes. */
export function patchedPolicy(patch: PolicyPatch = {}): Policy {
  return {
    name: rfc9111.name,
    key: { ...rfc9111.key, ...patch.key },
    storability: { ...rfc9111.storability, ...patch.storability },
    freshness: { ...rfc9111.freshness, ...patch.freshness },
    stale: { ...rfc9111.stale, ...patch.stale },
    validation: { ...rfc9111.validation, ...patch.validation },
    invalidation: { ...rfc9111.invalidation, ...patch.invalidation },
    fill: { ...rfc9111.fill, ...patch.fill },
    coding: { ...rfc9111.coding, ...patch.coding },
    downstream: { ...rfc9111.downstream, ...patch.downstream },
  };
}
