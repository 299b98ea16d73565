// The purge API of Cloudflare, asked by its own client.

import { expect, it } from 'vitest';

import { startApplication, type Application } from './application.ts';
import { openRig, type Fields, type Rig } from './rig.ts';

const ZONE = '023e105f4ecef8ad9ca31a8372d0c353';

interface Started extends Rig {
  readonly application: Application;
  /** CF-Cache-Status of a path, asked for once. */
  readonly statusOf: (path: string, fields?: Fields) => Promise<unknown>;
}

async function start(env: Fields = {}): Promise<Started> {
  const rig = await openRig(
    { profile: 'cloudflare', vendorIds: [ZONE] },
    {
      fields: {
        '/blog.css': { 'cache-control': 'max-age=600', 'cache-tag': 'Blog, styles' },
        '*': { 'cache-control': 'max-age=600' },
      },
    },
  );
  const application = startApplication('cloudflare', {
    CLOUDFLARE_BASE_URL: `${rig.adminUrl}/client/v4`,
    CLOUDFLARE_API_TOKEN: 'any-token',
    CLOUDFLARE_ZONE_ID: ZONE,
    ...env,
  });
  return {
    ...rig,
    application,
    statusOf: async (path, fields) => (await rig.get(path, fields)).headers['cf-cache-status'],
  };
}

/** Stored, each asked for once more than needed. */
async function stored({ statusOf }: Started, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    expect(await statusOf(path)).toBe('MISS');
    expect(await statusOf(path)).toBe('HIT');
  }
}

it('purges everything', async () => {
  const started = await start();
  await stored(started, ['/a.css', '/b.css']);
  expect(await started.application.call('purgeEverything')).toEqual({
    id: expect.stringMatching(/^[\da-f]{32}$/u),
  });
  expect(await started.statusOf('/a.css')).toBe('MISS');
  expect(await started.statusOf('/b.css')).toBe('MISS');
});

it('purges files by the URL that they have in production: the query counts', async () => {
  const started = await start();
  await stored(started, ['/a.css', '/a.css?v=2', '/b.css']);
  await started.application.call('purgeFiles', ['https://www.example.com/a.css']);
  expect(await started.statusOf('/a.css')).toBe('MISS');
  expect(await started.statusOf('/a.css?v=2')).toBe('HIT');
  expect(await started.statusOf('/b.css')).toBe('HIT');
});

it('purges of a file what is stored for the named fields alone', async () => {
  const started = await start();
  const { statusOf, application } = started;
  const other = { origin: 'https://other.example' };
  await stored(started, ['/font.woff2']);
  expect(await statusOf('/font.woff2', other)).toBe('MISS');
  await application.call('purgeFiles', ['https://www.example.com/font.woff2']);
  expect(await statusOf('/font.woff2', other)).toBe('HIT');
  expect(await statusOf('/font.woff2')).toBe('MISS');
  const named = { url: 'https://www.example.com/font.woff2', headers: { Origin: other.origin } };
  await application.call('purgeFiles', [named]);
  expect(await statusOf('/font.woff2', other)).toBe('MISS');
  expect(await statusOf('/font.woff2')).toBe('HIT');
});

it('purges by tag, whatever the letter case', async () => {
  const started = await start();
  await stored(started, ['/blog.css', '/a.css']);
  await started.application.call('purgeTags', ['other', 'bLOG']);
  expect(await started.statusOf('/blog.css')).toBe('MISS');
  expect(await started.statusOf('/a.css')).toBe('HIT');
});

it('purges by host and by prefix, whose segments count whole', async () => {
  const started = await start();
  await stored(started, ['/img/a.png', '/img/b/c.png', '/imgs/a.png']);
  await started.application.call('purgePrefixes', ['www.example.com/img']);
  expect(await started.statusOf('/img/a.png')).toBe('MISS');
  expect(await started.statusOf('/img/b/c.png')).toBe('MISS');
  expect(await started.statusOf('/imgs/a.png')).toBe('HIT');
  await started.application.call('purgeHosts', ['www.example.com']);
  expect(await started.statusOf('/imgs/a.png')).toBe('MISS');
});

it('purges at the named host alone where the site names it', async () => {
  const rig = await openRig(
    { profile: 'cloudflare', hosts: ['a.localhost', 'b.localhost'] },
    { fields: { '*': { 'cache-control': 'max-age=600' } } },
  );
  const bodyAt = async (host: string): Promise<string> => (await rig.get('/a.css', { host })).body;
  expect([await bodyAt('a.localhost'), await bodyAt('b.localhost')]).toEqual(['1', '2']);
  const application = startApplication('cloudflare', {
    CLOUDFLARE_BASE_URL: `${rig.adminUrl}/client/v4`,
    CLOUDFLARE_API_TOKEN: 'any-token',
    CLOUDFLARE_ZONE_ID: 'default',
  });
  await application.call('purgeFiles', ['https://a.localhost/a.css']);
  expect([await bodyAt('a.localhost'), await bodyAt('b.localhost')]).toEqual(['3', '2']);
  await application.call('purgeFiles', ['https://www.example.com/a.css']);
  expect([await bodyAt('a.localhost'), await bodyAt('b.localhost')]).toEqual(['4', '5']);
});

it('does not know other zones', async () => {
  const { application } = await start({ CLOUDFLARE_ZONE_ID: 'f'.repeat(32) });
  expect(await application.failing('purgeEverything')).toMatchObject({
    status: 404,
    message: expect.stringContaining('Could not route to /zones/ffff'),
  });
});

it.each([
  ['purgeTags', [Array.from({ length: 101 }, (_, index) => `tag-${index}`)], /at most 100/u],
  ['purgeTags', [['a'.repeat(1025)]], /1024/u],
  ['purgeTags', [['two words']], /is not a tag/u],
  ['purgeFiles', [['/a.css']], /Unable to purge .*invalid URL/u],
  ['purgePrefixes', [['https://www.example.com/img']], /is not a prefix/u],
  ['purgeHosts', [[]], /non-empty array/u],
])('refuses %s of what it cannot take', async (call, args, says) => {
  const { application } = await start();
  const { status, message } = await application.failing(call, ...args);
  expect(status).toBe(400);
  expect(message).toMatch(says);
});

it.each([
  [{}, 400, 9106],
  [{ authorization: 'Token abc' }, 400, 6003],
])('refuses the credentials %j', async (headers, status, code) => {
  const { adminUrl } = await start();
  const url = `${adminUrl}/client/v4/zones/${ZONE}/purge_cache`;
  const response = await fetch(url, { method: 'POST', headers, body: '{}' });
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({ success: false, errors: [{ code }] });
});

it('says when there are too many calls, and how long to wait', async () => {
  const { adminUrl } = await start();
  const url = `${adminUrl}/client/v4/zones/${ZONE}/purge_cache`;
  const headers = { authorization: 'Bearer any' };
  const call = (): Promise<Response> =>
    fetch(url, { method: 'POST', headers, body: '{"tags":["a"]}' });
  const answers = await Promise.all(Array.from({ length: 200 }, call));
  const refused = answers.find(({ status }) => status === 429);
  expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(50);
  expect(refused?.headers.get('retry-after')).toBe('1');
  expect(await refused?.json()).toMatchObject({ success: false });
});

it('takes the token of the admin API for the one that is right', async () => {
  const rig = await openRig(
    { profile: 'cloudflare' },
    { fields: { '*': {} }, adminToken: 'sesame' },
  );
  const env = {
    CLOUDFLARE_BASE_URL: `${rig.adminUrl}/client/v4`,
    CLOUDFLARE_ZONE_ID: 'default',
  };
  const right = startApplication('cloudflare', { ...env, CLOUDFLARE_API_TOKEN: 'sesame' });
  expect(await right.call('purgeEverything')).toHaveProperty('id');
  const wrong = startApplication('cloudflare', { ...env, CLOUDFLARE_API_TOKEN: 'open' });
  expect(await wrong.failing('purgeEverything')).toMatchObject({ status: 401 });
});
