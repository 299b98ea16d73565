// The purge API of Fastly, asked by its own client, and PURGE on the cached port.

import { expect, it } from 'vitest';

import { startApplication, type Application } from './application.ts';
import { openRig, type Fields, type Rig } from './rig.ts';

interface Started extends Rig {
  readonly application: Application;
  /** X-Cache and body of a path, asked for once. */
  readonly look: (path: string) => Promise<string>;
}

async function start(env: Fields = {}): Promise<Started> {
  const rig = await openRig(
    { profile: 'fastly', vendorIds: ['SU1Z0isxPaozGVKXdv0eY'] },
    {
      fields: {
        '/blog': { 'surrogate-control': 'max-age=600', 'surrogate-key': 'blog/1 all' },
        '/swr': {
          'cache-control': 'max-age=600, stale-while-revalidate=600',
          'surrogate-key': 'swr',
        },
        '*': { 'cache-control': 'max-age=600', 'surrogate-key': 'all', etag: '"v1"' },
      },
    },
  );
  const application = startApplication('fastly', {
    FASTLY_API_URL: rig.adminUrl,
    FASTLY_API_TOKEN: 'any-token',
    FASTLY_SERVICE_ID: 'SU1Z0isxPaozGVKXdv0eY',
    ...env,
  });
  return {
    ...rig,
    application,
    async look(path) {
      const { headers, body } = await rig.get(path);
      return `${String(headers['x-cache'])} ${body}`;
    },
  };
}

const OK = { status: 'ok', id: expect.stringMatching(/^\d+-\d+-\d+$/u) };

async function stored({ look }: Started, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    expect(await look(path)).toBe('MISS 1');
    expect(await look(path)).toBe('HIT 1');
  }
}

it('purges a key', async () => {
  const started = await start();
  await stored(started, ['/blog', '/a']);
  expect(await started.application.call('purgeKey', 'blog/1')).toEqual(OK);
  expect([await started.look('/blog'), await started.look('/a')]).toEqual(['MISS 2', 'HIT 1']);
});

it('takes keys as they are written', async () => {
  const started = await start();
  await stored(started, ['/blog']);
  await started.application.call('purgeKey', 'BLOG/1');
  expect(await started.look('/blog')).toBe('HIT 1');
});

it('purges many keys at once', async () => {
  const started = await start();
  await stored(started, ['/blog', '/swr', '/a']);
  const ids = await started.application.call('purgeKeys', ['blog/1', 'swr']);
  expect(ids).toEqual({ 'blog/1': OK.id, swr: OK.id });
  expect(await started.look('/blog')).toBe('MISS 2');
  expect(await started.look('/swr')).toBe('MISS 2');
  expect(await started.look('/a')).toBe('HIT 1');
  const tooMany = Array.from({ length: 257 }, (_, index) => `k${index}`);
  expect(await started.application.failing('purgeKeys', tooMany)).toMatchObject({ status: 400 });
});

it('takes many keys in a field too', async () => {
  const { adminUrl, look, ...started } = await start();
  await stored({ adminUrl, look, ...started }, ['/blog']);
  const response = await fetch(`${adminUrl}/service/default/purge`, {
    method: 'POST',
    headers: { 'fastly-key': 'any', 'surrogate-key': 'blog/1 swr' },
  });
  expect(await response.json()).toEqual({ 'blog/1': OK.id, swr: OK.id });
  expect(await look('/blog')).toBe('MISS 2');
});

it('purges softly: what is stale is served while it is fetched anew', async () => {
  const started = await start();
  await stored(started, ['/swr']);
  await started.application.call('purgeKey', 'swr', { fastly_soft_purge: 1 });
  expect(await started.look('/swr')).toBe('HIT 1');
  await started.cdn.edge.tasks.idle();
  expect(await started.look('/swr')).toBe('HIT 2');
});

it('purges a URL by host and path, query included', async () => {
  const started = await start();
  await stored(started, ['/a?b=1', '/a']);
  expect(await started.application.call('purgeUrl', 'www.example.com/a?b=1')).toEqual(OK);
  expect([await started.look('/a?b=1'), await started.look('/a')]).toEqual(['MISS 2', 'HIT 1']);
});

it('purges all, and never softly', async () => {
  const started = await start();
  await stored(started, ['/blog', '/a']);
  expect(await started.application.call('purgeAll')).toEqual({ status: 'ok' });
  expect([await started.look('/blog'), await started.look('/a')]).toEqual(['MISS 2', 'MISS 2']);
});

it('does not know other services', async () => {
  const { application } = await start({ FASTLY_SERVICE_ID: 'nobody' });
  expect(await application.failing('purgeAll')).toMatchObject({
    status: 404,
    body: { msg: 'Record not found', detail: "Cannot find service 'nobody'" },
  });
});

it('asks for Fastly-Key', async () => {
  const { adminUrl } = await start();
  const response = await fetch(`${adminUrl}/service/default/purge_all`, {
    method: 'POST',
    headers: { authorization: 'Bearer any' },
  });
  expect(response.status).toBe(401);
  expect(await response.json()).toEqual({ msg: 'Provided credentials are missing or invalid' });
});

it('obeys PURGE on the cached port, hard and soft', async () => {
  const started = await start();
  await stored(started, ['/a?b=1', '/a', '/swr']);
  const { status, body } = await started.ask('PURGE', '/a?b=1');
  expect([status, JSON.parse(body)]).toEqual([200, OK]);
  expect([await started.look('/a?b=1'), await started.look('/a')]).toEqual(['MISS 2', 'HIT 1']);
  await started.ask('PURGE', '/swr', { 'fastly-soft-purge': '1' });
  expect(await started.look('/swr')).toBe('HIT 1');
  await started.cdn.edge.tasks.idle();
  expect(await started.look('/swr')).toBe('HIT 2');
});

it('obeys PURGE from no page and through no proxy', async () => {
  const started = await start();
  await stored(started, ['/a']);
  for (const fields of [{ origin: 'https://evil.test' }, { via: '1.1 tunnel' }])
    expect((await started.ask('PURGE', '/a', fields as Fields)).status).toBe(403);
  expect(await started.look('/a')).toBe('HIT 1');
});

it('asks for the token of PURGE in Fastly-Key, where there is one', async () => {
  const { ask } = await openRig(
    { profile: 'fastly' },
    { fields: { '*': {} }, purgeMethod: { token: 'sesame' } },
  );
  expect((await ask('PURGE', '/a')).status).toBe(401);
  expect((await ask('PURGE', '/a', { 'fastly-key': 'open' })).status).toBe(401);
  expect((await ask('PURGE', '/a', { 'fastly-key': 'sesame' })).status).toBe(200);
});
