import type { StaticRules } from '../vendor.ts';

/** Pages and Workers assets: their files of rules. What a site says of lifetimes by default stays its own server’s, since a zone may stand before any. */
export const staticRules: StaticRules = {
  dialect: 'cloudflare',
  title: 'Cloudflare Pages',
  cacheControl: null,
  assetLines: [],
};
