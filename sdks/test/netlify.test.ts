// The purge API of Netlify, asked by its own helper.

import { expect, it } from 'vitest';

import { startApplication, type Application } from './application.ts';
import { openRig, type Fields, type Rig } from './rig.ts';

const SITE = 'a1b2c3d4-1111-2222-3333-444455556666';

interface Started extends Rig {
  readonly application: Application;
  /** What a path answers: how many times it was made. */
  readonly look: (path: string) => Promise<string>;
}

async function start(env: Fields = {}): Promise<Started> {
  const rig = await openRig(
    { profile: 'netlify', vendorIds: [SITE], hosts: ['shop.test', '127.0.0.1'] },
    {
      fields: {
        '/blog': { 'netlify-cdn-cache-control': 's-maxage=600', 'netlify-cache-tag': 'Blog,all' },
        '*': { 'netlify-cdn-cache-control': 's-maxage=600' },
      },
    },
  );
  const application = startApplication('netlify', {
    NETLIFY_API_URL: rig.adminUrl,
    NETLIFY_PURGE_API_TOKEN: 'any-token',
    SITE_ID: SITE,
    ...env,
  });
  return { ...rig, application, look: async (path) => (await rig.get(path)).body };
}

async function stored({ look }: Started, paths: readonly string[]): Promise<void> {
  for (const path of paths) expect([await look(path), await look(path)]).toEqual(['1', '1']);
}

it('purges a site', async () => {
  const started = await start();
  await stored(started, ['/blog', '/a']);
  await started.application.call('purgeSite');
  expect([await started.look('/blog'), await started.look('/a')]).toEqual(['2', '2']);
});

it('purges tags, whatever the letter case; an empty list purges nothing', async () => {
  const started = await start();
  await stored(started, ['/blog', '/a']);
  await started.application.call('purgeTags', []);
  expect(await started.look('/blog')).toBe('1');
  await started.application.call('purgeTags', ['other', 'bLOG']);
  expect([await started.look('/blog'), await started.look('/a')]).toEqual(['2', '1']);
});

it('purges by domain', async () => {
  const started = await start();
  await stored(started, ['/blog', '/a']);
  await started.application.call('purgeDomain', 'shop.test', ['all']);
  expect([await started.look('/blog'), await started.look('/a')]).toEqual(['2', '1']);
});

it('does not know other sites', async () => {
  const { application } = await start({ SITE_ID: 'other' });
  const { message } = await application.failing('purgeSite');
  expect(message).toContain('404');
});

it('purges a tag twice in five seconds, and others beside it', async () => {
  const { application, adminUrl } = await start();
  await application.call('purgeTags', ['one']);
  await application.call('purgeTags', ['ONE']);
  const { message } = await application.failing('purgeTags', ['one']);
  expect(message).toContain('429');
  await application.call('purgeTags', ['two']);
  const answer = await fetch(`${adminUrl}/api/v1/purge`, {
    method: 'POST',
    headers: { authorization: 'Bearer any' },
    body: JSON.stringify({ site_id: SITE, cache_tags: ['one'] }),
  });
  expect(answer.headers.get('retry-after')).toMatch(/^[1-5]$/u);
});

it.each([
  [{}, '{}', 401],
  [{ authorization: 'Bearer any' }, '{}', 400],
  [{ authorization: 'Bearer any' }, 'site', 400],
  [{ authorization: 'Bearer any' }, `{"site_id":"${SITE}","cache_tags":"blog"}`, 422],
])('refuses %j %s with %d', async (headers, body, status) => {
  const { adminUrl } = await start();
  const url = `${adminUrl}/api/v1/purge`;
  const answer = await fetch(url, { method: 'POST', headers: headers as Fields, body });
  expect([answer.status, await answer.json()]).toMatchObject([status, { code: status }]);
});
