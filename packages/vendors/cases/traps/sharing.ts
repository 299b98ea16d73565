/** Who gets what was stored for another: the traps 7 to 10 of the reference. */
import type { ExchangeStep, OriginAnswer } from '@poplet/conformance';

import { chosen, said, trap } from './trap.ts';

const CSS = { path: '/site.css' };
const SHARED = { headers: { 'Cache-Control': 'public, s-maxage=60' } };

export const setCookie = trap({
  number: 7,
  title: 'Set-Cookie beside s-maxage=60',
  stake:
    'Where the cookie is stored with the page, visitors get the session of another; where it is stripped, nobody is logged in; where it keeps the page out, a cookie of the analytics costs the whole cache.',
  answers: {
    akamai: [chosen('not-stored')],
    'azure-front-door': [said('stripped')],
    bunny: [said('stripped')],
    cloudflare: [said('not-stored')],
    cloudfront: [said('stripped'), said('stored-with-it', 'cloudfront-origin-headers')],
    fastly: [said('not-stored')],
    'google-cloud-cdn': [
      said('not-stored'),
      said('not-stored', 'google-cloud-cdn-force-cache-all'),
    ],
    keycdn: [chosen('not-stored')],
    netlify: [chosen('stored-with-it')],
    vercel: [said('not-stored')],
  },
  steps: (expected) => {
    const cookie = { 'Set-Cookie': 'a=1' };
    const origin = { headers: { 'Cache-Control': 's-maxage=60', ...cookie } };
    switch (expected) {
      case 'not-stored':
        return [
          { request: CSS, origin, expect: { from: 'origin', stored: false, headers: cookie } },
          { request: CSS, origin, expect: { from: 'origin', headers: cookie } },
        ];
      case 'stripped':
        return [
          {
            request: CSS,
            origin,
            expect: { from: 'origin', stored: true, absent: ['set-cookie'] },
          },
          { request: CSS, expect: { from: 'cache', absent: ['set-cookie'] } },
        ];
      case 'stored-with-it':
        return [
          { request: CSS, origin, expect: { from: 'origin', stored: true, headers: cookie } },
          { request: CSS, expect: { from: 'cache', headers: cookie } },
        ];
      default:
        return expected satisfies never;
    }
  },
});

export const authorization = trap({
  number: 8,
  title: 'What Authorization brought, with max-age=60 alone, and with public, s-maxage=60',
  stake: 'Where such answers are shared without leave, one user’s data goes to the next.',
  answers: {
    akamai: [said('shared')],
    'azure-front-door': [chosen('shared-with-leave')],
    bunny: [chosen('shared-with-leave'), chosen('shared', 'bunny:authorization=shared')],
    cloudflare: [said('shared-with-leave')],
    cloudfront: [said('removed-and-shared')],
    fastly: [said('shared')],
    'google-cloud-cdn': [
      said('shared-with-leave'),
      said('shared', 'google-cloud-cdn-force-cache-all'),
    ],
    keycdn: [chosen('shared-with-leave'), chosen('shared', 'keycdn:authorization=shared')],
    netlify: [chosen('shared-with-leave'), chosen('shared', 'netlify:authorization=shared')],
    vercel: [said('refused')],
  },
  steps: (expected) => {
    const credentials = { headers: { Authorization: 'Bearer a' } };
    const isRemoved = expected === 'removed-and-shared';
    const upstream = isRemoved ? { absent: ['authorization'] } : credentials;
    const exchange = (path: string, value: string, isShared: boolean): readonly ExchangeStep[] => {
      const origin: OriginAnswer = { headers: { 'Cache-Control': value } };
      const asking = { request: { path, ...credentials }, origin };
      return [
        { ...asking, expect: { from: 'origin', stored: isShared, upstream } },
        isShared
          ? { request: { path }, expect: { from: 'cache' } }
          : { ...asking, expect: { from: 'origin', stored: false } },
      ];
    };
    const isShared = expected === 'shared' || isRemoved;
    return [
      ...exchange('/without-leave.css', 'max-age=60', isShared),
      ...exchange('/with-leave.css', 'public, s-maxage=60', expected !== 'refused'),
    ];
  },
});

export const query = trap({
  number: 9,
  title: 'Queries that differ in order, and in a value',
  stake:
    'A query that is ignored answers page 2 with page 1; one that counts to the letter stores the same page once for each order and campaign.',
  answers: {
    akamai: [said('as-it-is-written'), said('ignored', 'akamai:query=none')],
    'azure-front-door': [said('ignored'), said('in-any-order', 'azure-front-door:query=unordered')],
    bunny: [said('ignored')],
    cloudflare: [said('as-it-is-written')],
    cloudfront: [said('ignored'), said('as-it-is-written', 'cloudfront:query=whole')],
    fastly: [said('as-it-is-written')],
    'google-cloud-cdn': [said('in-any-order'), said('ignored', 'google-cloud-cdn-bucket')],
    keycdn: [said('as-it-is-written')],
    netlify: [said('in-any-order'), said('ignored-for-files')],
    vercel: [said('as-it-is-written'), said('ignored-for-files')],
  },
  steps: (expected) => {
    const isIgnored = expected === 'ignored' || expected === 'ignored-for-files';
    const origin =
      expected === 'ignored-for-files'
        ? { headers: { 'X-Poplet-Asset': 'max-age=31536000' } }
        : SHARED;
    const asked = (path: string, isShared: boolean): ExchangeStep =>
      isShared
        ? { request: { path }, expect: { from: 'cache' } }
        : { request: { path }, origin, expect: { from: 'origin' } };
    return [
      asked('/site.css?a=1&b=2', false),
      asked('/site.css?b=2&a=1', expected !== 'as-it-is-written'),
      asked('/site.css?a=1&b=3', isIgnored),
    ];
  },
});

export const vary = trap({
  number: 10,
  title: 'Vary: X-Device, and Vary: *',
  stake:
    'Where Vary is ignored, phones get the page for desktops; where it keeps the response out, nothing is cached at all.',
  answers: {
    akamai: [said('keeps-it-out')],
    'azure-front-door': [chosen('is-ignored')],
    bunny: [said('is-ignored')],
    cloudflare: [said('is-ignored-but-for-the-star')],
    cloudfront: [
      said('is-ignored'),
      said('is-ignored-but-for-the-star', 'cloudfront-origin-headers'),
    ],
    fastly: [said('is-honoured-but-for-the-star')],
    'google-cloud-cdn': [
      said('keeps-it-out'),
      said('keeps-it-out', 'google-cloud-cdn-force-cache-all'),
    ],
    keycdn: [chosen('is-honoured')],
    netlify: [said('is-honoured')],
    vercel: [said('is-honoured')],
  },
  steps: (expected) => {
    const one = { path: '/device.css', headers: { 'X-Device': 'phone' } };
    const other = { path: '/device.css', headers: { 'X-Device': 'desk' } };
    const star = { path: '/star.css' };
    const varying = (names: string): OriginAnswer => ({
      headers: { 'Cache-Control': 'public, s-maxage=60', Vary: names },
    });
    const isStored = expected !== 'keeps-it-out';
    const isIgnored = expected === 'is-ignored' || expected === 'is-ignored-but-for-the-star';
    const ignoresStar = expected === 'is-ignored' || expected === 'is-honoured-but-for-the-star';
    return [
      {
        request: one,
        origin: varying('X-Device'),
        expect: { from: 'origin', stored: isStored },
      },
      isStored
        ? { request: one, expect: { from: 'cache' } }
        : { request: one, origin: varying('X-Device'), expect: { from: 'origin' } },
      isIgnored
        ? { request: other, expect: { from: 'cache' } }
        : { request: other, origin: varying('X-Device'), expect: { from: 'origin' } },
      { request: star, origin: varying('*'), expect: { from: 'origin', stored: ignoresStar } },
      ignoresStar
        ? { request: star, expect: { from: 'cache' } }
        : {
            request: star,
            origin: varying('*'),
            expect: { from: 'origin', upstream: { absent: ['if-none-match'] } },
          },
    ];
  },
});
