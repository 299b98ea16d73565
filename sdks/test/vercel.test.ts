// The purge API of Vercel, asked by its own client.

import { expect, it } from 'vitest';

import { startApplication, type Application } from './application.ts';
import { openRig, type Fields, type Rig } from './rig.ts';

interface Started extends Rig {
  readonly application: Application;
  /** x-vercel-cache and body of a path, asked for once. */
  readonly look: (path: string) => Promise<string>;
}

async function start(env: Fields = {}): Promise<Started> {
  const rig = await openRig(
    { profile: 'vercel', vendorIds: ['prj_1'] },
    {
      fields: {
        '/blog': { 'cache-control': 's-maxage=600', 'vercel-cache-tag': 'blog,all' },
        '*': { 'cache-control': 's-maxage=600' },
      },
    },
  );
  const application = startApplication('vercel', {
    VERCEL_API_URL: rig.adminUrl,
    VERCEL_TOKEN: 'any-token',
    VERCEL_PROJECT_ID: 'prj_1',
    ...env,
  });
  const look: Started['look'] = async (path) => {
    const { headers, body } = await rig.get(path);
    return `${String(headers['x-vercel-cache'])} ${body}`;
  };
  return { ...rig, application, look };
}

async function stored({ look }: Started, paths: readonly string[]): Promise<void> {
  for (const path of paths)
    expect([await look(path), await look(path)]).toEqual(['MISS 1', 'HIT 1']);
}

it('invalidates by tag: STALE, and fetched anew in the background', async () => {
  const started = await start();
  await stored(started, ['/blog', '/a']);
  await started.application.call('invalidateTags', ['blog', 'other']);
  expect(await started.look('/blog')).toBe('STALE 1');
  await started.cdn.edge.tasks.idle();
  expect([await started.look('/blog'), await started.look('/a')]).toEqual(['HIT 2', 'HIT 1']);
});

it('deletes by tag: the next request waits', async () => {
  const started = await start();
  await stored(started, ['/blog', '/a']);
  await started.application.call('deleteTags', 'blog');
  expect(await started.look('/blog')).toMatch(/^(?:MISS|REVALIDATED) 2$/u);
  expect(await started.look('/a')).toBe('HIT 1');
});

it('invalidates and deletes what was made of an image', async () => {
  const started = await start();
  const small = '/_next/image?url=%2Fa.png&w=640&q=75';
  const other = '/_next/image?url=%2Fa.png.png&w=640&q=75';
  const vercel = '/_vercel/image?url=%2Fa.png&w=64&q=75';
  await stored(started, [small, other, vercel, '/a.png']);
  await started.application.call('invalidateImages', ['/a.png']);
  expect([await started.look(small), await started.look(vercel)]).toEqual(['STALE 1', 'STALE 1']);
  await started.cdn.edge.tasks.idle();
  await started.application.call('deleteImages', ['/a.png']);
  expect(await started.look(small)).toMatch(/ 3$/u);
  expect([await started.look(other), await started.look('/a.png')]).toEqual(['HIT 1', 'HIT 1']);
});

it('does not know other projects', async () => {
  const { application } = await start({ VERCEL_PROJECT_ID: 'prj_2' });
  expect(await application.failing('invalidateTags', ['blog'])).toMatchObject({ status: 404 });
});

it.each([
  ['more than 16 tags', Array.from({ length: 17 }, (_, index) => `t${index}`)],
  ['a tag of 257 bytes', ['é'.repeat(128) + 'a']],
])('refuses %s', async (_, tags) => {
  const { application } = await start();
  expect(await application.failing('invalidateTags', tags)).toMatchObject({ status: 400 });
});

it.each([
  [{}, 401, 'unauthorized'],
  [{ authorization: 'Basic YTpi' }, 403, 'forbidden'],
])('refuses the credentials %j', async (headers, status, code) => {
  const { adminUrl } = await start();
  const url = `${adminUrl}/v1/edge-cache/invalidate-by-tags?projectIdOrName=prj_1`;
  const answer = await fetch(url, { method: 'POST', headers: headers as Fields, body: '{}' });
  expect([answer.status, await answer.json()]).toMatchObject([status, { error: { code } }]);
});

it.each([
  ['?teamId=t', '{"tags":["a"]}'],
  ['?projectIdOrName=prj_1', '{"tags":[1]}'],
  ['?projectIdOrName=prj_1', '{"tags":["a"],"target":"staging"}'],
  ['?projectIdOrName=prj_1', 'tags'],
])('refuses %s %s', async (query, body) => {
  const { adminUrl } = await start();
  const headers = { authorization: 'Bearer any' };
  const url = `${adminUrl}/v1/edge-cache/invalidate-by-tags${query}`;
  const answer = await fetch(url, { method: 'POST', headers, body });
  expect([answer.status, await answer.json()]).toMatchObject([
    400,
    { error: { code: 'bad_request' } },
  ]);
});
