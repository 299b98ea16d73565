/** What fields of the origin server mean, and what comes back: the traps 11 to 13 of the reference. */
import type { ExchangeStep } from '@poplet/conformance';

import { chosen, said, trap } from './trap.ts';

const CSS = { path: '/site.css' };
const NEW = { headers: { 'Cache-Control': 's-maxage=60' }, body: 'new' };

export const cdnCacheControl = trap({
  number: 11,
  title: 'CDN-Cache-Control: max-age=600 beside s-maxage=60',
  stake:
    'The lifetime for CDNs alone (RFC 9213) is ten minutes where it is understood, and one minute, or what browsers are told, where it is not.',
  answers: {
    akamai: [chosen('is-ignored')],
    'azure-front-door': [said('is-ignored')],
    bunny: [said('is-ignored')],
    cloudflare: [said('is-understood')],
    cloudfront: [
      said('is-ignored'),
      chosen('is-understood', 'cloudfront:cdn-cache-control=obeyed'),
    ],
    fastly: [said('is-ignored')],
    'google-cloud-cdn': [
      said('is-understood'),
      chosen('is-ignored', 'google-cloud-cdn:cdn-cache-control=ignored'),
    ],
    keycdn: [said('is-ignored')],
    netlify: [said('is-understood')],
    vercel: [said('is-understood')],
  },
  steps: (expected) => [
    {
      request: CSS,
      origin: {
        headers: { 'CDN-Cache-Control': 'max-age=600', 'Cache-Control': 's-maxage=60' },
      },
      expect: {
        from: 'origin',
        stored: true,
        headers: { 'CDN-Cache-Control': 'max-age=600' },
      },
    },
    { at: 59, request: CSS, expect: { from: 'cache' } },
    expected === 'is-understood'
      ? { at: 599, request: CSS, expect: { from: 'cache', outcome: 'hit' } }
      : { at: 62, request: CSS, origin: NEW, expect: { from: 'origin', outcome: 'expired' } },
  ],
});

export const age = trap({
  number: 12,
  title: 'Age on a miss and on a hit, and an Age of 40 s from the origin',
  stake:
    'What browsers keep is what is left of the lifetime by Age: without one, or with one that is wrong, they keep it longer than was meant, or not at all.',
  answers: {
    akamai: [chosen('on-neither')],
    'azure-front-door': [chosen('on-hits')],
    bunny: [chosen('on-hits')],
    cloudflare: [said('on-hits')],
    cloudfront: [said('on-hits')],
    fastly: [said('0-on-misses')],
    'google-cloud-cdn': [said('on-hits')],
    keycdn: [chosen('on-hits')],
    netlify: [said('on-hits')],
    vercel: [said('on-hits')],
  },
  steps: (expected, profile) => {
    const old = { path: '/old.css' };
    const onHit = (seconds: string): ExchangeStep['expect'] =>
      expected === 'on-neither'
        ? { from: 'cache', absent: ['age'] }
        : { from: 'cache', headers: { Age: seconds } };
    const onMiss =
      expected === '0-on-misses'
        ? { from: 'origin' as const, headers: { Age: '0' } }
        : { from: 'origin' as const, absent: ['age'] };
    return [
      { request: CSS, origin: { headers: { 'Cache-Control': 's-maxage=60' } }, expect: onMiss },
      { at: 10, request: CSS, expect: onHit('10') },
      {
        at: 10,
        request: old,
        origin: { headers: { 'Cache-Control': 's-maxage=60, must-revalidate', Age: '40' } },
        expect: { from: 'origin', stored: true },
      },
      // An origin's Age is subtracted: 20 s are left.
      { at: 28, request: old, expect: { ...onHit('58'), outcome: 'hit' } },
      {
        at: 32,
        request: old,
        origin: NEW,
        expect:
          profile === 'vercel'
            ? { from: 'cache', outcome: 'updating', upstream: { requests: 1 } }
            : { from: 'origin', outcome: 'expired' },
      },
    ];
  },
});

export const notModified = trap({
  number: 13,
  title: 'A 304 that brings a new field and a new lifetime',
  stake: 'Where a 304 changes nothing, corrected headers do not arrive before the body changes.',
  answers: {
    akamai: [chosen('updates-what-is-stored')],
    'azure-front-door': [chosen('updates-what-is-stored')],
    bunny: [chosen('updates-what-is-stored')],
    cloudflare: [chosen('updates-what-is-stored')],
    cloudfront: [chosen('updates-what-is-stored')],
    fastly: [said('changes-nothing')],
    'google-cloud-cdn': [said('updates-what-is-stored')],
    keycdn: [chosen('updates-what-is-stored')],
    netlify: [chosen('updates-what-is-stored')],
    vercel: [chosen('updates-in-the-background')],
  },
  steps: (expected) => {
    const stored: ExchangeStep = {
      request: CSS,
      origin: { headers: { 'Cache-Control': 's-maxage=60', ETag: '"v1"', 'X-A': '1' } },
      expect: { from: 'origin', stored: true, headers: { 'X-A': '1' } },
    };
    const origin = { status: 304, headers: { 'Cache-Control': 's-maxage=300', 'X-A': '2' } };
    switch (expected) {
      case 'updates-what-is-stored':
        return [
          stored,
          { at: 62, request: CSS, origin, expect: { from: 'validated', headers: { 'X-A': '2' } } },
          {
            at: 361,
            request: CSS,
            expect: { from: 'cache', outcome: 'hit', headers: { 'X-A': '2' } },
          },
        ];
      case 'changes-nothing':
        return [
          stored,
          { at: 62, request: CSS, origin, expect: { from: 'validated', headers: { 'X-A': '1' } } },
          {
            at: 121,
            request: CSS,
            expect: { from: 'cache', outcome: 'hit', headers: { 'X-A': '1' } },
          },
          {
            at: 123,
            request: CSS,
            origin: { status: 304 },
            expect: { from: 'validated', headers: { 'X-A': '1' } },
          },
        ];
      case 'updates-in-the-background':
        return [
          stored,
          {
            at: 62,
            request: CSS,
            origin,
            expect: {
              from: 'cache',
              outcome: 'updating',
              headers: { 'X-A': '1' },
              upstream: { requests: 1 },
            },
          },
          {
            at: 361,
            request: CSS,
            expect: { from: 'cache', outcome: 'hit', headers: { 'X-A': '2' } },
          },
        ];
      default:
        return expected satisfies never;
    }
  },
});
