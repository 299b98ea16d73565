import type { Hosting } from '@poplet/origin';

const VALIDATED = 'public, max-age=0, must-revalidate';
const ASSET = [{ name: 'X-Asset', value: 'max-age=1' }];

export const NETLIFY: Hosting = {
  dialect: 'netlify',
  title: 'Netlify',
  cacheControl: VALIDATED,
  assetLines: ASSET,
};

export const VERCEL: Hosting = {
  dialect: 'vercel',
  title: 'Vercel',
  cacheControl: VALIDATED,
  assetLines: ASSET,
};

export const PAGES: Hosting = {
  dialect: 'cloudflare',
  title: 'Cloudflare Pages',
  cacheControl: null,
  assetLines: [],
};
