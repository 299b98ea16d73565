// The purge API of KeyCDN, which has no client of its own.

import { expect, it } from 'vitest';

import { openRig, type Fields, type Rig } from './rig.ts';

interface Started extends Rig {
  /** X-Cache of a path, asked for once. */
  readonly look: (path: string) => Promise<unknown>;
  readonly call: (method: string, target: string, body?: unknown) => Promise<Response>;
}

function basic(key: string): Fields {
  return { authorization: `Basic ${btoa(`${key}:`)}` };
}

async function start(adminToken?: string): Promise<Started> {
  const rig = await openRig(
    { profile: 'keycdn', vendorIds: ['4711'] },
    {
      fields: {
        '/blog': { 'cache-control': 'max-age=600', 'cache-tag': 'blog all' },
        '*': { 'cache-control': 'max-age=600' },
      },
      adminToken,
    },
  );
  return {
    ...rig,
    look: async (path) => (await rig.get(path)).headers['x-cache'],
    call: (method, target, body) =>
      fetch(rig.adminUrl + target, {
        method,
        headers: { ...basic('sk_prod_1'), 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
  };
}

async function stored({ look }: Started, paths: readonly string[]): Promise<void> {
  for (const path of paths) expect([await look(path), await look(path)]).toEqual(['MISS', 'HIT']);
}

const SUCCESS = { status: 'success', description: expect.any(String) };

it('purges a zone', async () => {
  const started = await start();
  await stored(started, ['/blog', '/a.css']);
  const answer = await started.call('GET', '/zones/purge/4711.json');
  expect([answer.status, await answer.json()]).toEqual([200, SUCCESS]);
  expect([await started.look('/blog'), await started.look('/a.css')]).toEqual(['MISS', 'MISS']);
});

it('purges URLs without scheme, whose query counts', async () => {
  const started = await start();
  await stored(started, ['/a.css', '/a.css?v=2', '/b.css']);
  const urls = ['demo-1.kxcdn.com/a.css', 'demo-1.kxcdn.com/b.css'];
  const answer = await started.call('DELETE', '/zones/purgeurl/4711.json', { urls });
  expect(await answer.json()).toEqual(SUCCESS);
  expect(await started.look('/a.css')).toBe('MISS');
  expect(await started.look('/b.css')).toBe('MISS');
  expect(await started.look('/a.css?v=2')).toBe('HIT');
});

it('purges tags, also those of a form', async () => {
  const started = await start();
  await stored(started, ['/blog', '/a.css']);
  await started.call('DELETE', '/zones/purgetag/4711.json', { tags: ['other', 'blog'] });
  expect([await started.look('/blog'), await started.look('/a.css')]).toEqual(['MISS', 'HIT']);
  const answer = await fetch(`${started.adminUrl}/zones/purgetag/default.json`, {
    method: 'DELETE',
    headers: basic('any'),
    body: new URLSearchParams({ 'tags[0]': 'all' }),
  });
  expect(await answer.json()).toEqual(SUCCESS);
  expect(await started.look('/blog')).toBe('MISS');
});

it.each([
  ['GET', '/zones/purge/1.json', undefined, 404],
  ['DELETE', '/zones/purgeurl/4711.json', {}, 400],
  ['DELETE', '/zones/purgeurl/4711.json', { urls: ['demo-1.kxcdn.com/a', 'http://'] }, 400],
  ['DELETE', '/zones/purgetag/4711.json', { tags: 'blog' }, 400],
  ['POST', '/zones/purge/4711.json', {}, 404],
  ['DELETE', '/zones/purgetag/4711.json', { tags: ['a'.repeat(65_536)] }, 413],
])('%s %s with %j is %d', async (method, target, body, status) => {
  const { call } = await start();
  const answer = await call(method, target, body);
  expect([answer.status, await answer.json()]).toEqual([
    status,
    { status: 'error', description: expect.any(String) },
  ]);
});

it.each([{}, { authorization: 'Bearer x' }, { authorization: 'Basic a' }, basic('')])(
  'asks for a key: %j',
  async (headers) => {
    const { adminUrl } = await start();
    const answer = await fetch(`${adminUrl}/zones/purge/4711.json`, { headers });
    expect([answer.status, await answer.json()]).toEqual([
      401,
      { status: 'error', description: 'Authentication failed' },
    ]);
  },
);

it('takes the token of the admin API for the key that is right', async () => {
  const { adminUrl } = await start('sesame');
  const ask = async (key: string): Promise<number> =>
    (await fetch(`${adminUrl}/zones/purge/4711.json`, { headers: basic(key) })).status;
  expect([await ask('sesame'), await ask('sk_prod_1')]).toEqual([200, 401]);
});
