import type { Case, Profiles } from '@poplet/conformance';
import type { Policy } from '@poplet/policy';

import { vendorCases } from '../cases/index.ts';
import { VENDORS, type Profile } from '../src/index.ts';

const profiles = VENDORS.flatMap((vendor) => vendor.profiles);

/** `cloudfront:min-ttl=0,query=whole`: a profile with options. */
function configuredPolicy(text: string): Policy {
  const [name, settings = ''] = text.split(':');
  const { configured } = profiles.find(({ policy }) => policy.name === name) as Required<Profile>;
  return configured(new Map(settings.split(',').map((one) => one.split('=') as [string, string])));
}

/** The policies of all profiles, and of those that these cases name with options. */
export function policiesOf(cases: readonly Case[]): Profiles {
  const withOptions = cases.flatMap(({ profile = '' }) => (profile.includes(':') ? [profile] : []));
  return Object.fromEntries([
    ...profiles.map(({ policy }) => [policy.name, policy]),
    ...withOptions.map((profile) => [profile, configuredPolicy(profile)]),
  ]);
}

export const policies: Profiles = policiesOf(vendorCases);
