// What CDNs make of the same response, as the reference has it: the traps that people step into.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { aspectsOf, compareProfiles, type TreatmentAspects } from '../src/index.ts';

let origin: Server;
let url: string;
let asked = 0;

beforeAll(async () => {
  // The query says what is answered.
  origin = createServer((request, response) => {
    asked += 1;
    const { searchParams } = new URL(request.url ?? '', 'http://origin.test');
    const status = Number(searchParams.get('status') ?? 200);
    searchParams.delete('status');
    response.writeHead(status, [...searchParams].flat()).end('body');
  });
  origin.listen(0, '127.0.0.1');
  await once(origin, 'listening');
  url = `http://127.0.0.1:${(origin.address() as AddressInfo).port}`;
});

afterAll(() => {
  origin.close();
});

const CDNS = ['cloudflare', 'fastly', 'cloudfront', 'vercel'] as const;

type Treatments = Readonly<Record<(typeof CDNS)[number], TreatmentAspects>>;

async function treated(
  pathname: string,
  answer: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Treatments> {
  const page = new URL(pathname, url);
  page.search = String(new URLSearchParams(answer));
  const { profiles } = await compareProfiles({
    request: { url: page.href, headers },
    profiles: CDNS,
  });
  return Object.fromEntries(
    profiles.map((one) => [one.profile, aspectsOf(one)] as const),
  ) as unknown as Treatments;
}

it('the origin is asked once, however many profiles there are', async () => {
  asked = 0;
  await treated('/app.js', { 'cache-control': 'no-cache' });
  expect(asked).toBe(1);
});

it('s-maxage beside stale-while-revalidate: Cloudflare never serves stale, the others do', async () => {
  const stale = { whileRevalidateSeconds: 600 };
  expect(
    await treated('/app.js', { 'cache-control': 's-maxage=60, stale-while-revalidate=600' }),
  ).toMatchObject({
    cloudflare: { stored: 'fresh', lifetime: 60, stale: { whileRevalidateSeconds: 0 } },
    fastly: { stored: 'fresh', lifetime: 60, stale },
    cloudfront: { stored: 'fresh', lifetime: 60, stale },
    vercel: { stored: 'fresh', lifetime: 60, stale },
  });
});

it('no-cache alone', async () => {
  expect(await treated('/app.js', { 'cache-control': 'no-cache', etag: '"1"' })).toMatchObject({
    cloudflare: { stored: 'no' },
    fastly: { stored: 'fresh', lifetime: 3600 },
    cloudfront: { stored: 'fresh', lifetime: 1 },
    vercel: { stored: 'no' },
  });
});

it('a page with max-age', async () => {
  const answer = { 'cache-control': 'max-age=600', 'content-type': 'text/html' };
  expect(await treated('/about', answer)).toMatchObject({
    cloudflare: { stored: 'no' },
    fastly: { stored: 'fresh', lifetime: 600 },
    cloudfront: { stored: 'fresh', lifetime: 600 },
    vercel: { stored: 'no' },
  });
});

it('a 404 that says nothing', async () => {
  expect(await treated('/gone.png', { status: '404' })).toMatchObject({
    cloudflare: { stored: 'fresh', lifetime: 180 },
    fastly: { stored: 'fresh', lifetime: 3600 },
    cloudfront: { stored: 'fresh', lifetime: 10 },
    vercel: { stored: 'no' },
  });
});

it('Set-Cookie: refused, or stripped from what all get', async () => {
  const cookie = ['set-cookie', 'sid=1'];
  expect(
    await treated('/app.js', { 'cache-control': 'max-age=60', 'set-cookie': 'sid=1' }),
  ).toMatchObject({
    cloudflare: { stored: 'no', browser: { fields: expect.arrayContaining([cookie]) } },
    fastly: { stored: 'no', browser: { fields: expect.arrayContaining([cookie]) } },
    cloudfront: { stored: 'fresh', browser: { fields: expect.not.arrayContaining([cookie]) } },
    vercel: { stored: 'no', browser: { fields: expect.arrayContaining([cookie]) } },
  });
});

it('Vary, and what is part of the key anyway', async () => {
  expect(
    await treated('/app.js', { 'cache-control': 's-maxage=60', vary: 'Accept-Language' }),
  ).toMatchObject({
    cloudflare: {
      key: { query: 'whole', fields: expect.not.arrayContaining(['accept-language']) },
    },
    fastly: { key: { query: 'whole', fields: ['accept-language'] } },
    cloudfront: { key: { query: 'ignored', fields: ['accept-encoding'] } },
    vercel: { key: { query: 'whole', fields: ['accept', 'accept-encoding', 'accept-language'] } },
  });
});

it('what nobody is sure of is a doubt only where it makes a difference', async () => {
  const doubtsAbout = async (
    cacheControl: string,
    ...names: readonly string[]
  ): Promise<readonly string[]> => {
    const { profiles } = await compareProfiles({
      request: {
        url: `${url}/app.js?${String(new URLSearchParams({ 'cache-control': cacheControl }))}`,
      },
      profiles: names.length === 0 ? ['cloudflare', 'fastly', 'cloudfront'] : names,
    });
    return profiles.flatMap(({ doubts }) =>
      doubts.map((doubt) => `${doubt.profile} ${doubt.aspects.join(' ')}`),
    );
  };
  expect(await doubtsAbout('s-maxage=60, stale-while-revalidate=600')).toEqual([
    'cloudflare:browser-ttl=14400 browser',
    'fastly:s-maxage-stale=forbidden stale',
  ]);
  expect(await doubtsAbout('no-store')).toEqual([
    'fastly:no-store=ignored stored lifetime stale key',
  ]);
  expect(await doubtsAbout('max-age=60', 'fastly', 'cloudfront')).toEqual([]);
  // Of an option that takes seconds, those that may hold are played through.
  expect(await doubtsAbout('max-age=60', 'cloudflare')).toEqual([
    'cloudflare:browser-ttl=14400 browser',
  ]);
  expect(await doubtsAbout('max-age=60', 'cloudflare:browser-ttl=0')).toEqual([]);
  expect(await doubtsAbout('public', 'bunny')).toEqual([
    'bunny:default-time=2592000 stored lifetime stale key',
  ]);
  expect(await doubtsAbout('max-age=60', 'google-cloud-cdn')).toEqual([
    'google-cloud-cdn:serve-while-stale=86400 stale',
  ]);
});

it('what a profile would not have sent', async () => {
  const { profiles } = await compareProfiles({
    request: { url: `${url}/app.js?x=1`, headers: { Cookie: 'a=1', 'X-Own': '1' } },
    profiles: ['rfc9111', 'cloudfront'],
  });
  expect(profiles.map(({ withheld }) => withheld)).toEqual([[], ['cookie', '?']]);
});

it('an origin that does not answer', async () => {
  await expect(
    compareProfiles({ request: { url: 'http://127.0.0.1:9/' }, profiles: ['rfc9111'] }),
  ).rejects.toMatchObject({ code: 'upstream-unreachable' });
});
