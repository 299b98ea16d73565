// Invalidations of Google Cloud CDN, asked for by its own client.

import { expect, it } from 'vitest';

import { startApplication, type Application } from './application.ts';
import { openRig, type Fields, type Rig } from './rig.ts';

interface Started extends Rig {
  readonly application: Application;
  /** What a path answers: how many times it was made. */
  readonly look: (path: string) => Promise<string>;
}

async function start(env: Fields = {}): Promise<Started> {
  const rig = await openRig(
    { profile: 'google-cloud-cdn', vendorIds: ['web-map'], hosts: ['127.0.0.1', 'b.test'] },
    {
      fields: {
        '/blog': { 'cache-control': 'public, max-age=600', 'cache-tag': 'blog,all' },
        '*': { 'cache-control': 'public, max-age=600' },
      },
    },
  );
  const application = startApplication('google', {
    COMPUTE_API_URL: rig.adminUrl,
    GOOGLE_CLOUD_PROJECT: 'my-project',
    URL_MAP: 'web-map',
    ...env,
  });
  return { ...rig, application, look: async (path) => (await rig.get(path)).body };
}

async function stored({ look }: Started, paths: readonly string[]): Promise<void> {
  for (const path of paths) expect([await look(path), await look(path)]).toEqual(['1', '1']);
}

it('invalidates what is below a path, and says when it is done', async () => {
  const started = await start();
  await stored(started, ['/img/a.png', '/img/b/c.png', '/imgs/a.png']);
  const statuses = await started.application.call('invalidate', { path: '/img/*' });
  expect(statuses).toEqual(['RUNNING', 'DONE']);
  expect([await started.look('/img/a.png'), await started.look('/img/b/c.png')]).toEqual([
    '2',
    '2',
  ]);
  expect(await started.look('/imgs/a.png')).toBe('1');
});

it('invalidates a path whatever its query, and everything', async () => {
  const started = await start();
  await stored(started, ['/a', '/a?b=1', '/ab']);
  await started.application.call('invalidate', { path: '/a' });
  expect([await started.look('/a'), await started.look('/a?b=1')]).toEqual(['2', '2']);
  expect(await started.look('/ab')).toBe('1');
  await started.application.call('invalidate', { path: '/*' });
  expect(await started.look('/ab')).toBe('2');
});

it('invalidates at a host, and by tag', async () => {
  const started = await start();
  await stored(started, ['/a', '/blog']);
  await started.application.call('invalidate', { path: '/*', host: 'b.test' });
  expect(await started.look('/a')).toBe('1');
  await started.application.call('invalidate', { cacheTags: ['other', 'blog'] });
  expect([await started.look('/a'), await started.look('/blog')]).toEqual(['1', '2']);
});

it('invalidates by tag what a host or a path would narrow down, and nothing else', async () => {
  const started = await start();
  await stored(started, ['/a', '/blog']);
  const rule = { cacheTags: ['blog'], host: 'www.example.com' };
  await started.application.call('invalidate', rule);
  expect([await started.look('/a'), await started.look('/blog')]).toEqual(['1', '2']);
  await started.application.call('invalidate', { ...rule, path: '/bl/*' });
  expect([await started.look('/a'), await started.look('/blog')]).toEqual(['1', '3']);
});

it('refuses more than ten tags', async () => {
  const { application } = await start();
  const cacheTags = Array.from({ length: 11 }, (_, index) => `t${index}`);
  const { message } = await application.failing('invalidate', { cacheTags });
  expect(message).toContain("'resource.cacheTags': at most 10 tags are allowed.");
});

it('does not know other URL maps', async () => {
  const { application } = await start({ URL_MAP: 'other' });
  const failure = await application.failing('invalidate', { path: '/*' });
  expect(failure.message).toContain(
    "The resource 'projects/my-project/global/urlMaps/other' was not found",
  );
  expect([failure.code, failure.status]).toContain(404);
});

it.each(['a', '/a*', '/*/a', '/a?b', ''])('refuses the path "%s"', async (path) => {
  const { application } = await start();
  const { message } = await application.failing('invalidate', { path });
  expect(message).toContain(`Invalid value for field 'resource.path': '${path}'.`);
});

it('asks for a token, and knows no other operations', async () => {
  const { adminUrl } = await start();
  const root = `${adminUrl}/compute/v1/projects/p/global`;
  const without = await fetch(`${root}/urlMaps/web-map/invalidateCache`, { method: 'POST' });
  expect([without.status, await without.json()]).toMatchObject([401, { error: { code: 401 } }]);
  const headers = { authorization: 'Bearer any' };
  const unknown = await fetch(`${root}/operations/operation-1`, { headers });
  expect([unknown.status, await unknown.json()]).toMatchObject([
    404,
    { error: { errors: [{ reason: 'notFound' }] } },
  ]);
});
