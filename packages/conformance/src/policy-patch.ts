import { rfc9111 } from '@poplet/policy';
import type { Policy } from '@poplet/policy';

import type { Case, PolicyPatch } from './case.ts';

/** The policy of a case: that of its profile, with the fields that the case changes. */
export function policyOf(
  { policy, profile }: Pick<Case, 'policy' | 'profile'>,
  profiles: Profiles = {},
): Policy {
  if (profile === undefined) return patchedPolicy(policy);
  const base = profiles[profile];
  if (base === undefined) throw new Error(`no profile is called ${profile}`);
  return patchedPolicy(policy, base);
}

/** The policies that cases call by name. */
export type Profiles = Readonly<Record<string, Policy>>;

/** A policy with some of its fields changed. */
function patchedPolicy(patch: PolicyPatch = {}, base: Policy = rfc9111): Policy {
  return {
    name: base.name,
    key: { ...base.key, ...patch.key },
    eligibility: { ...base.eligibility, ...patch.eligibility },
    storability: { ...base.storability, ...patch.storability },
    freshness: { ...base.freshness, ...patch.freshness },
    stale: { ...base.stale, ...patch.stale },
    validation: { ...base.validation, ...patch.validation },
    invalidation: { ...base.invalidation, ...patch.invalidation },
    fill: { ...base.fill, ...patch.fill },
    coding: { ...base.coding, ...patch.coding },
    downstream: { ...base.downstream, ...patch.downstream },
  };
}
