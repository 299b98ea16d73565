import { akamai } from './akamai/profile.ts';
import { azureFrontDoor } from './azure-front-door/profile.ts';
import { bunny } from './bunny/profile.ts';
import { cloudflare } from './cloudflare/profile.ts';
import { cloudfront } from './cloudfront/profile.ts';
import { fastly } from './fastly/profile.ts';
import { keycdn } from './keycdn/profile.ts';
import { netlify } from './netlify/profile.ts';
import { vercel } from './vercel/profile.ts';
import { googleCloudCdn } from './google-cloud-cdn/profile.ts';
import type { Vendor } from './vendor.ts';

export { ASSET_FIELD } from './asset-field.ts';
export { visitorFields, type Visitor } from './visitor.ts';
export type {
  Evidence,
  Fact,
  OptionValues,
  Profile,
  ProfileOption,
  StaticRules,
  Vendor,
  WithoutCase,
} from './vendor.ts';

/** Every CDN that can be imitated. */
export const VENDORS: readonly Vendor[] = [
  cloudflare,
  fastly,
  cloudfront,
  vercel,
  netlify,
  googleCloudCdn,
  azureFrontDoor,
  akamai,
  bunny,
  keycdn,
];
