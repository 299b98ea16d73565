import { inChromium } from './browsers-speak.ts';
import type { Figure } from './figure.ts';
import { testFigure } from './tests.ts';

const ISSUE = 'Behave like my CDN';

export const myCdn: readonly Figure[] = [
  testFigure({
    id: 'vendor-facts',
    issue: ISSUE,
    claim:
      'each documented, run or measured statement on a CDN has a case, each case shows one, and all hold, pure and over real sockets',
    files: [
      'packages/vendors/test/facts.test.ts',
      'packages/vendors/test/cases-pure.test.ts',
      'packages/vendors/test/cases-sockets.test.ts',
    ],
  }),
  testFigure({
    id: 'vendor-traps',
    issue: ISSUE,
    claim: 'fifteen traps, each under all ten CDNs, pure and over real sockets',
    files: ['packages/vendors/test/traps.test.ts'],
  }),
  testFigure({
    id: 'purge-sdks',
    issue: ISSUE,
    claim:
      'what is stored is purged through each vendor’s own client, and the next request gets what that vendor gives; unknown zones, wrong credentials and too much at once get its errors; all ten stand side by side',
    files: ['sdks/test', 'packages/cdn/test/purge-apis.test.ts', 'packages/vendors/test/purge'],
  }),
  {
    id: 'profiles-browser',
    issue: ISSUE,
    claim:
      'Chromium loads the same Vite site under each profile: its cache and the edge’s do what the table of `poplet explain` says',
    command: 'npm run verify profiles-browser',
    run: () => inChromium('--project=chromium', 'profiles.spec'),
  },
  testFigure({
    id: 'profiles-compared',
    issue: ISSUE,
    claim:
      '`poplet explain` of s-maxage=60, stale-while-revalidate=600 shows the CDNs’ different answers; `poplet diff` where two would treat a site differently',
    files: [
      'packages/cdn/test/compare-profiles.test.ts',
      'packages/cdn/test/diff-site.test.ts',
      'apps/cli/test/explain.test.ts',
      'apps/cli/test/diff.test.ts',
    ],
  }),
  testFigure({
    id: 'static-rules',
    issue: ISSUE,
    claim:
      'files of rules of Cloudflare Pages, Netlify and Vercel do what each host says; what it ignores is told with its line',
    files: [
      'packages/origin/test/cloudflare-pages.test.ts',
      'packages/origin/test/netlify.test.ts',
      'packages/origin/test/vercel.test.ts',
      'packages/origin/test/rules.test.ts',
      'packages/cdn/test/static-hosts.test.ts',
      'apps/cli/test/static-hosts.test.ts',
    ],
  }),
  testFigure({
    id: 'imports',
    issue: ISSUE,
    claim:
      'a CloudFront distribution and Cloudflare cache rules become a profile; what cannot be emulated is listed',
    files: [
      'packages/vendors/test/import.test.ts',
      'packages/vendors/test/cloudflare-expression.test.ts',
      'packages/cdn/test/import.test.ts',
    ],
  }),
];
