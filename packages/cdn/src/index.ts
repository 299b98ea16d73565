export {
  createCdn,
  type Cdn,
  type CdnOptions,
  type CdnSite,
  type Order,
  type PurgeApiView,
} from './cdn.ts';
export {
  configJsonSchema,
  configSchema,
  parseConfig,
  type PopletConfig,
  type SiteConfig,
} from './config.ts';
export {
  compareProfiles,
  type ComparedProfile,
  type CompareProfilesInput,
  type Doubt,
  type ProfileComparison,
} from './compare-profiles.ts';
export { configured, type ConfiguredInput, type Overrides } from './configured.ts';
export { defineConfig } from './define-config.ts';
export type { HttpsOptions } from './https.ts';
export {
  diffSite,
  type ComparedAspects,
  type DiffSiteInput,
  type SiteDiff,
  type UrlDifference,
} from './diff-site.ts';
export { loadConfig } from './load-config.ts';
export { namedCdn, type NamedCdn } from './named-cdn.ts';
export { nearestName } from './nearest-name.ts';
export { type StoreChoice } from './open-store.ts';
export { PROFILES, profileNamed, type ProfileEntry } from './profiles.ts';
export type { ProfileOption } from '@poplet/vendors';
export {
  aspectsOf,
  ASPECTS,
  differingAspects,
  type Aspect,
  type TreatmentAspects,
} from './treatment-aspects.ts';
