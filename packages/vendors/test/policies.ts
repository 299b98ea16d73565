import type { Profiles } from '@poplet/conformance';

import { VENDORS } from '../src/index.ts';

/** The policies of all profiles, by name. */
export const policies: Profiles = Object.fromEntries(
  VENDORS.flatMap(({ profiles }) => profiles.map(({ policy }) => [policy.name, policy])),
);
