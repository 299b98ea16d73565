import { collectCases } from '@poplet/conformance';
import type { Case } from '@poplet/conformance';

import { age, cdnCacheControl, notModified } from './fields.ts';
import {
  headerless404,
  headerlessImage,
  html,
  noCache,
  noStore,
  staleWhileRevalidate,
} from './lifetimes.ts';
import { afterPurge, purgeByUrl } from './purges.ts';
import { authorization, query, setCookie, vary } from './sharing.ts';
import type { Trap } from './trap.ts';

export { VENDOR_NAMES, type Trap } from './trap.ts';

/** Where CDNs do otherwise with the same exchange, and the answer of each. */
export const traps: readonly Trap[] = [
  staleWhileRevalidate,
  noCache,
  noStore,
  html,
  headerlessImage,
  headerless404,
  setCookie,
  authorization,
  query,
  vary,
  cdnCacheControl,
  age,
  notModified,
  afterPurge,
  purgeByUrl,
];

/** Of those CDNs that there is a profile for. */
export function trapCasesOf(profiles: readonly string[]): readonly Case[] {
  const cases = traps.map(({ cases: all }) =>
    all.filter(({ profile = '' }) => profiles.includes(profile.replace(/:.*$/su, ''))),
  );
  return collectCases(cases);
}
