/** Whether something is stored, and for how long: the traps 1 to 6 of the reference. */
import type { ExchangeStep, HeaderScript, OriginAnswer } from '@poplet/conformance';

import { chosen, said, trap } from './trap.ts';

const CSS = { path: '/site.css' };
const NEW = { headers: { 'Cache-Control': 'max-age=60, s-maxage=60' }, body: 'new' };

function first(headers: HeaderScript, answer: OriginAnswer = {}): ExchangeStep {
  return { request: CSS, origin: { headers, ...answer }, expect: { from: 'origin' } };
}

/** Asked for again: nothing of the first answer is left. */
function asked(at: number, request: ExchangeStep['request'] = CSS): ExchangeStep {
  return {
    at,
    request,
    origin: NEW,
    expect: { from: 'origin', upstream: { absent: ['if-none-match'] } },
  };
}

function served(at: number, request: ExchangeStep['request'] = CSS): ExchangeStep {
  return { at, request, expect: { from: 'cache', outcome: 'hit' } };
}

/** Served for so long; where stale content is served, it is stale by then. */
function storedFor(
  seconds: number,
  request: ExchangeStep['request'],
  origin: OriginAnswer,
): readonly ExchangeStep[] {
  return [
    { request, origin, expect: { from: 'origin', stored: true } },
    served(seconds - 1, request),
    {
      at: seconds + 1,
      request,
      origin: NEW,
      expect: { from: 'origin', outcome: 'expired' },
    },
  ];
}

function neverStored(
  request: ExchangeStep['request'],
  origin: OriginAnswer,
): readonly ExchangeStep[] {
  const expect = { from: 'origin', stored: false } as const;
  return [
    { request, origin, expect },
    { request, origin, expect },
  ];
}

export const staleWhileRevalidate = trap({
  number: 1,
  title: 's-maxage=60, stale-while-revalidate=600, two seconds after expiry',
  stake:
    'Where a visitor waits, the page is as slow as the origin once a minute; where the stale copy goes out, what was published does not show until the request after.',
  answers: {
    akamai: [said('waits')],
    'azure-front-door': [chosen('waits')],
    bunny: [chosen('waits')],
    cloudflare: [said('waits')],
    cloudfront: [said('stale')],
    fastly: [said('stale'), chosen('waits', 'fastly:s-maxage-stale=forbidden')],
    'google-cloud-cdn': [said('waits'), said('waits', 'google-cloud-cdn-origin-headers')],
    keycdn: [said('stale')],
    netlify: [said('stale')],
    vercel: [said('stale')],
  },
  steps: (expected) => [
    first({ 'Cache-Control': 's-maxage=60, stale-while-revalidate=600' }),
    expected === 'stale'
      ? {
          at: 62,
          request: CSS,
          origin: NEW,
          expect: { from: 'cache', outcome: 'updating', bodyOfStep: 1, upstream: { requests: 1 } },
        }
      : { at: 62, request: CSS, origin: NEW, expect: { from: 'origin', outcome: 'expired' } },
  ],
});

export const noCache = trap({
  number: 2,
  title: 'no-cache alone',
  stake:
    'Written to mean “ask before each use”. A CDN that does not store it asks the origin for the whole body every time, and one that keeps it for a while serves what has changed.',
  answers: {
    akamai: [said('validated'), said('kept-for-the-ttl', 'akamai:enhanced-rfc=off,ttl=600')],
    'azure-front-door': [said('not-stored')],
    bunny: [chosen('validated')],
    cloudflare: [said('not-stored'), said('validated', 'cloudflare:no-cache=validated')],
    cloudfront: [said('kept-for-a-second'), said('validated', 'cloudfront-origin-headers')],
    fastly: [said('kept-for-the-fallback')],
    'google-cloud-cdn': [said('validated')],
    keycdn: [said('not-stored')],
    netlify: [chosen('validated')],
    vercel: [said('not-stored')],
  },
  steps: (expected) => {
    const origin: OriginAnswer = {
      headers: { 'Cache-Control': 'no-cache', ETag: '"v1"', 'Content-Type': 'text/css' },
    };
    switch (expected) {
      case 'validated':
        return [
          { request: CSS, origin, expect: { from: 'origin', stored: true } },
          {
            at: 1,
            request: CSS,
            origin: { status: 304 },
            expect: { from: 'validated', upstream: { headers: { 'If-None-Match': '"v1"' } } },
          },
        ];
      case 'not-stored':
        return [
          { request: CSS, origin, expect: { from: 'origin', stored: false } },
          { ...asked(0), origin: { ...origin, body: 'new' } },
        ];
      case 'kept-for-a-second':
        return [
          { request: CSS, origin, expect: { from: 'origin', stored: true } },
          served(0),
          { at: 2, request: CSS, origin: { status: 304 }, expect: { from: 'validated' } },
        ];
      case 'kept-for-the-fallback':
        return [
          { request: CSS, origin, expect: { from: 'origin', stored: true } },
          served(3599),
          { at: 3601, request: CSS, origin: { status: 304 }, expect: { from: 'validated' } },
        ];
      case 'kept-for-the-ttl':
        return [
          { request: CSS, origin, expect: { from: 'origin', stored: true } },
          served(599),
          { at: 601, request: CSS, origin: { status: 304 }, expect: { from: 'validated' } },
        ];
      default:
        return expected satisfies never;
    }
  },
});

export const noStore = trap({
  number: 3,
  title: 'max-age=60, no-store',
  stake: 'Where it is kept all the same, somebody else may get a page that was never to be kept.',
  answers: {
    akamai: [said('not-stored'), said('kept-for-a-minute', 'akamai:enhanced-rfc=off')],
    'azure-front-door': [said('not-stored')],
    bunny: [said('not-stored')],
    cloudflare: [said('not-stored')],
    cloudfront: [said('kept-for-a-second'), said('not-stored', 'cloudfront-origin-headers')],
    fastly: [said('not-stored'), said('kept-for-a-minute', 'fastly:no-store=ignored')],
    'google-cloud-cdn': [
      said('not-stored'),
      said('not-stored', 'google-cloud-cdn-origin-headers'),
      said('kept-for-an-hour', 'google-cloud-cdn-force-cache-all'),
    ],
    keycdn: [said('not-stored')],
    netlify: [said('not-stored')],
    vercel: [said('not-stored')],
  },
  steps: (expected) => {
    const origin = { headers: { 'Cache-Control': 'max-age=60, no-store' } };
    switch (expected) {
      case 'not-stored':
        return neverStored(CSS, origin);
      case 'kept-for-a-second':
        return [
          { request: CSS, origin, expect: { from: 'origin', stored: true } },
          served(0),
          asked(2),
        ];
      case 'kept-for-a-minute':
        return storedFor(60, CSS, origin);
      case 'kept-for-an-hour':
        return storedFor(3600, CSS, origin);
      default:
        return expected satisfies never;
    }
  },
});

export const html = trap({
  number: 4,
  title: 'HTML with max-age=600',
  stake:
    'Where pages are stored, a deploy does not show for ten minutes; where they are not, the origin answers every view of them, whatever the header says.',
  answers: {
    akamai: [said('stored'), said('stored-for-good', 'akamai-max-age')],
    'azure-front-door': [said('stored')],
    bunny: [chosen('stored'), said('not-stored', 'bunny:smart-cache=on')],
    cloudflare: [said('not-stored')],
    cloudfront: [said('stored')],
    fastly: [said('stored')],
    'google-cloud-cdn': [
      said('stored'),
      said('stored', 'google-cloud-cdn-origin-headers'),
      said('stored-for-an-hour', 'google-cloud-cdn-force-cache-all'),
    ],
    keycdn: [said('stored')],
    netlify: [said('stored')],
    vercel: [said('not-stored')],
  },
  steps: (expected) => {
    const request = { path: '/page.html' };
    const origin = { headers: { 'Cache-Control': 'max-age=600', 'Content-Type': 'text/html' } };
    switch (expected) {
      case 'not-stored':
        return neverStored(request, origin);
      case 'stored':
        return storedFor(600, request, origin);
      case 'stored-for-an-hour':
        return storedFor(3600, request, origin);
      case 'stored-for-good':
        return [
          { request, origin, expect: { from: 'origin', stored: true } },
          served(31_536_000, request),
        ];
      default:
        return expected satisfies never;
    }
  },
});

export const headerlessImage = trap({
  number: 5,
  title: 'An image without a word of its lifetime',
  stake:
    'A picture that is replaced under its own name stays for as long as this; where nothing is stored, every view of it is paid for.',
  answers: {
    akamai: [said('kept-for-the-ttl', 'akamai:ttl=600'), said('kept-for-good', 'akamai-max-age')],
    'azure-front-door': [said('kept-for-one-to-three-days')],
    bunny: [said('not-stored'), chosen('kept-for-30-days', 'bunny:default-time=2592000')],
    cloudflare: [said('kept-for-two-hours')],
    cloudfront: [said('kept-for-a-day')],
    fastly: [said('kept-for-an-hour')],
    'google-cloud-cdn': [
      said('kept-for-an-hour'),
      said('not-stored', 'google-cloud-cdn-origin-headers'),
    ],
    keycdn: [said('kept-for-a-day')],
    netlify: [said('not-stored'), said('kept-for-a-year-as-a-file')],
    vercel: [said('not-stored'), said('kept-for-a-year-as-a-file')],
  },
  steps: (expected) => {
    const request = { path: '/image.png' };
    const origin = { headers: { 'Content-Type': 'image/png' } };
    switch (expected) {
      case 'not-stored':
        return neverStored(request, origin);
      case 'kept-for-a-year-as-a-file':
        return [
          {
            request,
            origin: {
              headers: { 'Content-Type': 'image/png', 'X-Poplet-Asset': 'max-age=31536000' },
            },
            expect: { from: 'origin', stored: true, absent: ['x-poplet-asset'] },
          },
          served(31_535_999, request),
        ];
      case 'kept-for-one-to-three-days':
        return [
          { request, origin, expect: { from: 'origin', stored: true } },
          served(86_399, request),
          asked(259_201, request),
        ];
      case 'kept-for-good':
        return [
          { request, origin, expect: { from: 'origin', stored: true } },
          served(31_536_000, request),
        ];
      case 'kept-for-the-ttl':
        return storedFor(600, request, origin);
      case 'kept-for-an-hour':
        return storedFor(3600, request, origin);
      case 'kept-for-two-hours':
        return storedFor(7200, request, origin);
      case 'kept-for-a-day':
        return storedFor(86_400, request, origin);
      case 'kept-for-30-days':
        return storedFor(2_592_000, request, origin);
      default:
        return expected satisfies never;
    }
  },
});

export const headerless404 = trap({
  number: 6,
  title: 'A 404 without a word of its lifetime',
  stake: 'A file that was asked for before it was deployed stays missing for as long as this.',
  answers: {
    akamai: [said('kept-for-10-s')],
    'azure-front-door': [chosen('not-stored')],
    bunny: [chosen('not-stored')],
    cloudflare: [said('kept-for-180-s')],
    cloudfront: [said('kept-for-10-s')],
    fastly: [said('kept-for-3600-s')],
    'google-cloud-cdn': [
      said('kept-for-120-s'),
      said('kept-for-120-s', 'google-cloud-cdn-origin-headers'),
    ],
    keycdn: [said('not-stored')],
    netlify: [chosen('not-stored')],
    vercel: [said('not-stored')],
  },
  steps: (expected) => {
    const secondsOf = {
      'kept-for-10-s': 10,
      'kept-for-120-s': 120,
      'kept-for-180-s': 180,
      'kept-for-3600-s': 3600,
    };
    return expected === 'not-stored'
      ? neverStored(CSS, { status: 404 })
      : storedFor(secondsOf[expected], CSS, { status: 404 });
  },
});
