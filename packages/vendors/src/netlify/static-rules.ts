import { ASSET_FIELD } from '../asset-field.ts';
import type { StaticRules } from '../vendor.ts';

/** netlify-static-default, netlify-static-shorter */
export const staticRules: StaticRules = {
  dialect: 'netlify',
  title: 'Netlify',
  cacheControl: 'public, max-age=0, must-revalidate',
  assetLines: [{ name: ASSET_FIELD, value: 'max-age=31536000' }],
};
