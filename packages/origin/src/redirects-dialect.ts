import { DIALECTS } from './dialect.ts';
import type { RedirectsDialect } from './redirects-file.ts';

/** Cloudflare Pages and Workers assets: rules come before files. */
export const CLOUDFLARE_REDIRECTS: RedirectsDialect = {
  status: 302,
  statuses: [200, 301, 302, 303, 307, 308],
  alwaysForced: true,
  isExtended: false,
  proxies: false,
  destinations: ['/', 'https://'],
  reserved: null,
  limits: { fixed: 2000, dynamic: 100 },
  maxLineCharacters: 2000,
  paths: DIALECTS.cloudflare,
};

/** Netlify: files come before rules that are not forced. */
export const NETLIFY_REDIRECTS: RedirectsDialect = {
  status: 301,
  statuses: null,
  alwaysForced: false,
  isExtended: true,
  proxies: true,
  destinations: ['/', 'http://', 'https://'],
  reserved: '/.netlify',
  limits: null,
  maxLineCharacters: null,
  paths: DIALECTS.netlify,
};
