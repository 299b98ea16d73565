// Where a client is goes no further under the names that requests say it by, whatever the profile.
import { runPure, type Case } from '@poplet/conformance';
import { describe, expect, test } from 'vitest';

import { VENDORS } from '../src/index.ts';
import { policies } from './policies.ts';

const NAMES = [
  'x-poplet-country',
  'x-poplet-region',
  'x-poplet-city',
  'x-poplet-latitude',
  'x-poplet-longitude',
  'x-poplet-timezone',
  'x-poplet-continent',
  'x-poplet-postal-code',
];

const names = VENDORS.flatMap(({ profiles }) => profiles.map(({ policy }) => policy.name));

describe('the address that a request says its client has', () => {
  const asking = (address: string, profile: string, upstream: object): Case => ({
    id: 'visitor',
    title: 'from elsewhere',
    kind: 'check',
    spec: ['Poplet'],
    profile,
    steps: [
      {
        request: {
          path: '/a.css',
          headers: { 'X-Poplet-Client-Address': address, 'X-Forwarded-For': '198.51.100.7' },
        },
        origin: {},
        expect: { from: 'origin', upstream: { absent: ['x-poplet-client-address'], ...upstream } },
      },
    ],
  });

  test.each(names)('is what the origin server is told under %s', (profile) => {
    // Vercel tells that address alone, and Google Cloud CDN its own behind it.
    const isAlone = profile === 'vercel';
    const expected = isAlone
      ? /^203\.0\.113\.9$/u
      : /^198\.51\.100\.7, ?203\.0\.113\.9(?:,192\.0\.2\.1)?$/u;
    const found = asking('203.0.113.9', profile, { headers: { 'X-Forwarded-For': expected } });
    expect(runPure(found, policies)).toEqual([]);
  });

  test.each(names)('and is nothing under %s where it is none', (profile) => {
    const upstream = { headers: { 'X-Forwarded-For': /127\.0\.0\.1/u } };
    expect(runPure(asking('mine, yours', profile, upstream), policies)).toEqual([]);
  });

  test.each([
    ['cloudflare', 'CF-Connecting-IP'],
    ['fastly', 'Fastly-Client-IP'],
    ['azure-front-door', 'X-Azure-ClientIP'],
    ['bunny', 'X-Real-IP'],
    ['netlify', 'X-Nf-Client-Connection-Ip'],
    ['vercel', 'X-Vercel-Forwarded-For'],
  ])('%s tells it in %s', (profile, name) => {
    const upstream = { headers: { [name]: '2001:db8::1' } };
    expect(runPure(asking('2001:db8::1', profile, upstream), policies)).toEqual([]);
  });
});

describe('what a request says of where its client is', () => {
  test.each(names)(
    'does not reach the origin server under %s, nor tell requests apart',
    (profile) => {
      const headers = { 'Cache-Control': 'public, s-maxage=60' };
      const isStored = profile !== 'cloudfront-caching-disabled';
      const said = (value: string): Readonly<Record<string, string>> =>
        Object.fromEntries(NAMES.map((name) => [name, value]));
      const first: Case['steps'][number] = {
        request: { path: '/a.css', headers: said('a') },
        origin: { headers },
        expect: { from: 'origin', stored: isStored, upstream: { absent: NAMES } },
      };
      const found: Case = {
        id: 'visitor',
        title: 'said twice',
        kind: 'check',
        spec: ['Poplet'],
        profile,
        steps: [
          first,
          isStored
            ? { request: { path: '/a.css', headers: said('b') }, expect: { from: 'cache' } }
            : first,
          {
            request: { path: '/a.css', method: 'POST', headers: said('c') },
            origin: {},
            expect: { from: 'origin', upstream: { method: 'POST', absent: NAMES } },
          },
        ],
      };
      expect(runPure(found, policies)).toEqual([]);
    },
  );
});
