/** What a purge leaves, and how much it reaches: the traps 14 and 15 of the reference. */
import type { ExchangeStep } from '@poplet/conformance';

import { chosen, said, trap } from './trap.ts';

const CSS = { path: '/site.css' };
const STORED: ExchangeStep = {
  request: CSS,
  origin: { headers: { 'Cache-Control': 's-maxage=600', ETag: '"v1"' } },
  expect: { from: 'origin', stored: true },
};

export const afterPurge = trap({
  number: 14,
  title: 'The next request after a purge as this CDN does it',
  stake:
    'A soft purge serves what was purged to one more visitor, or asks the origin whether it has changed; only what is fetched anew is surely new.',
  answers: {
    akamai: [said('revalidates'), said('fetches-anew')],
    'azure-front-door': [said('fetches-anew')],
    bunny: [said('fetches-anew')],
    cloudflare: [said('fetches-anew')],
    cloudfront: [said('fetches-anew')],
    fastly: [said('revalidates'), said('fetches-anew')],
    'google-cloud-cdn': [said('fetches-anew')],
    keycdn: [said('fetches-anew')],
    netlify: [said('fetches-anew')],
    vercel: [said('gets-what-is-stale'), said('fetches-anew')],
  },
  steps: (expected) => {
    switch (expected) {
      case 'fetches-anew':
        return [
          STORED,
          { purge: { anywhere: '/site.css' } },
          {
            request: CSS,
            origin: { headers: { 'Cache-Control': 's-maxage=600' }, body: 'new' },
            expect: {
              from: 'origin',
              outcome: 'miss',
              upstream: { absent: ['if-none-match'] },
            },
          },
        ];
      case 'revalidates':
        return [
          STORED,
          { purge: { anywhere: '/site.css', soft: true } },
          {
            request: CSS,
            origin: { status: 304 },
            expect: {
              from: 'validated',
              outcome: 'revalidated',
              upstream: { headers: { 'If-None-Match': '"v1"' } },
            },
          },
        ];
      case 'gets-what-is-stale':
        return [
          STORED,
          { purge: { anywhere: '/site.css', soft: true } },
          {
            request: CSS,
            origin: { headers: { 'Cache-Control': 's-maxage=600' }, body: 'new' },
            expect: {
              from: 'cache',
              outcome: 'updating',
              bodyOfStep: 1,
              upstream: { requests: 1 },
            },
          },
        ];
      default:
        return expected satisfies never;
    }
  },
});

export const purgeByUrl = trap({
  number: 15,
  title: 'A purge by URL, where requests may be told apart by Origin',
  stake:
    'Where the purge reaches one variant, the others stay wrong until they expire, and the check after it sees the right one.',
  answers: {
    akamai: [chosen('reaches-it')],
    'azure-front-door': [said('reaches-it-in-any-case-and-with-any-query')],
    bunny: [chosen('reaches-it')],
    cloudflare: [said('reaches-the-variant-that-is-named')],
    cloudfront: [said('reaches-all-variants', 'cloudfront:headers=origin')],
    fastly: [chosen('reaches-all-variants')],
    'google-cloud-cdn': [chosen('reaches-all-variants')],
    keycdn: [chosen('reaches-it')],
    netlify: [chosen('reaches-all-variants')],
    vercel: [chosen('reaches-all-variants')],
  },
  steps: (expected) => {
    const path = '/Site.css';
    const one = { path, headers: { Origin: 'https://one.test' } };
    const other = { path, headers: { Origin: 'https://other.test' } };
    const fetched = (request: ExchangeStep['request']): ExchangeStep => ({
      request,
      origin: { headers: { 'Cache-Control': 's-maxage=600', Vary: 'Origin' } },
      expect: { from: 'origin', stored: true },
    });
    const plain: ExchangeStep = {
      request: one,
      origin: { headers: { 'Cache-Control': 's-maxage=600' } },
      expect: { from: 'origin', stored: true },
    };
    switch (expected) {
      case 'reaches-it':
        return [plain, { purge: { anywhere: path } }, plain];
      case 'reaches-it-in-any-case-and-with-any-query':
        return [plain, { purge: { anywhere: '/sITE.CSS?b=2', folds: true } }, plain];
      case 'reaches-all-variants':
        return [
          fetched(one),
          fetched(other),
          { purge: { anywhere: path } },
          fetched(one),
          fetched(other),
        ];
      case 'reaches-the-variant-that-is-named':
        return [
          fetched(one),
          fetched(other),
          { purge: { anywhere: path, askedWith: one.headers } },
          { request: other, expect: { from: 'cache', bodyOfStep: 2 } },
          fetched(one),
        ];
      default:
        return expected satisfies never;
    }
  },
});
