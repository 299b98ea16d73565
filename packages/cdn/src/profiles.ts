import { PopletError, rfc9111, type Policy } from '@poplet/policy';
import { VENDORS } from '@poplet/vendors';
import { nearestName } from './nearest-name.ts';

/** A profile and what it stands for, for `poplet profiles`. */
export interface ProfileEntry {
  readonly policy: Policy;
  readonly summary: string;
}

/** Every profile, by name. */
export const PROFILES: Readonly<Record<string, ProfileEntry>> = {
  rfc9111: {
    policy: rfc9111,
    summary: 'the HTTP caching specifications at their best: every MUST, every safe optimisation',
  },
  ...Object.fromEntries(
    VENDORS.flatMap(({ profiles }) => profiles).map((profile) => [profile.policy.name, profile]),
  ),
};

/** The policy of a profile. Throws PopletError `invalid-option` that suggests the nearest name. */
export function profileNamed(name: string): Policy {
  const entry = Object.hasOwn(PROFILES, name) ? PROFILES[name] : undefined;
  if (entry !== undefined) return entry.policy;
  const names = Object.keys(PROFILES);
  const nearest = nearestName(name, names);
  throw new PopletError('invalid-option', `there is no profile "${name}"`, {
    hint:
      nearest === undefined
        ? `the profiles are: ${names.join(', ')}`
        : `did you mean "${nearest}"?`,
  });
}
