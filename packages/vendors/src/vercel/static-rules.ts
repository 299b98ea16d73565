import { ASSET_FIELD } from '../asset-field.ts';
import type { StaticRules } from '../vendor.ts';

/** vercel-default, vercel-static */
export const staticRules: StaticRules = {
  dialect: 'vercel',
  title: 'Vercel',
  cacheControl: 'public, max-age=0, must-revalidate',
  assetLines: [{ name: ASSET_FIELD, value: 'max-age=31536000' }],
};
