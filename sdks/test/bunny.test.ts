// The purge API of Bunny, which has no client of its own.

import { expect, it } from 'vitest';

import { openRig, type Fields, type Rig } from './rig.ts';

interface Started extends Rig {
  /** CDN-Cache of a path, asked for once. */
  readonly look: (path: string) => Promise<unknown>;
  readonly call: (target: string, init?: RequestInit) => Promise<Response>;
}

async function start(key = 'any-key', profile = 'bunny'): Promise<Started> {
  const rig = await openRig(
    { profile, vendorIds: ['987654'] },
    {
      fields: {
        '/blog': { 'cache-control': 'max-age=600', 'cdn-tag': 'product-123, all' },
        '*': { 'cache-control': 'max-age=600' },
      },
    },
  );
  return {
    ...rig,
    look: async (path) => (await rig.get(path)).headers['cdn-cache'],
    call: (target, init = {}) =>
      fetch(rig.adminUrl + target, {
        method: 'POST',
        ...init,
        headers: { AccessKey: key, ...(init.headers as Fields) },
      }),
  };
}

function purgeTarget(url: string, others = ''): string {
  return `/purge?url=${encodeURIComponent(url)}${others}`;
}

async function stored({ look }: Started, paths: readonly string[]): Promise<void> {
  for (const path of paths) expect([await look(path), await look(path)]).toEqual(['MISS', 'HIT']);
}

it('purges a URL, whatever its query where that is no part of the key', async () => {
  const started = await start();
  await stored(started, ['/a.css', '/b.css']);
  const { status } = await started.call(
    purgeTarget('https://shop.b-cdn.net/a.css?v=2', '&async=false'),
  );
  expect(status).toBe(200);
  expect([await started.look('/a.css'), await started.look('/b.css')]).toEqual(['MISS', 'HIT']);
});

it.each(['https://shop.b-cdn.net/img/', 'https://shop.b-cdn.net/img/*'])(
  'purges all that begins with %s',
  async (url) => {
    const started = await start();
    await stored(started, ['/img/a.png', '/img/b/c.png', '/img']);
    await started.call(purgeTarget(url));
    expect(await started.look('/img/a.png')).toBe('MISS');
    expect(await started.look('/img/b/c.png')).toBe('MISS');
    expect(await started.look('/img')).toBe('HIT');
  },
);

it('purges that path alone where exactPath is true', async () => {
  const started = await start();
  await stored(started, ['/img/', '/img/a.png']);
  await started.call(purgeTarget('https://shop.b-cdn.net/img/', '&exactPath=true'));
  expect([await started.look('/img/'), await started.look('/img/a.png')]).toEqual(['MISS', 'HIT']);
});

it('purges a pull zone', async () => {
  const started = await start();
  await stored(started, ['/blog', '/a.css']);
  const { status } = await started.call('/pullzone/987654/purgeCache');
  expect(status).toBe(204);
  expect([await started.look('/blog'), await started.look('/a.css')]).toEqual(['MISS', 'MISS']);
});

it('purges a tag', async () => {
  const started = await start();
  await stored(started, ['/blog', '/a.css']);
  const { status } = await started.call('/pullzone/987654/purgeCache', {
    headers: { 'content-type': 'application/json' },
    body: '{"CacheTag":"product-123"}',
  });
  expect(status).toBe(204);
  expect([await started.look('/blog'), await started.look('/a.css')]).toEqual(['MISS', 'HIT']);
});

it('does not know other zones, nor what is no URL', async () => {
  const { call } = await start();
  const unknown = await call('/pullzone/1/purgeCache');
  expect([unknown.status, await unknown.json()]).toEqual([
    404,
    {
      ErrorKey: 'pullzone.not_found',
      Field: 'Id',
      Message: 'The requested Pull Zone was not found',
    },
  ]);
  expect((await call(purgeTarget('not a url'))).status).toBe(400);
  expect((await call('/purge')).status).toBe(400);
  const malformed = await call('/pullzone/987654/purgeCache', { body: '{"CacheTag":1}' });
  expect(malformed.status).toBe(400);
});

it('asks for AccessKey', async () => {
  const { adminUrl } = await start();
  const answer = await fetch(`${adminUrl}${purgeTarget('https://a/b')}`, {
    method: 'POST',
    headers: { authorization: 'Bearer any' },
  });
  expect([answer.status, await answer.json()]).toEqual([
    401,
    { Message: 'Authorization has been denied for this request.' },
  ]);
});

it('says when there are too many prefixes, and how long to wait', async () => {
  const { call } = await start();
  const answers: Response[] = [];
  for (let count = 0; count < 30; count++) answers.push(await call(purgeTarget('https://a/b/')));
  const refused = answers.find(({ status }) => status === 429);
  expect(answers.findIndex(({ status }) => status === 429)).toBeGreaterThanOrEqual(20);
  expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
  // The other kind has a bucket of its own.
  expect((await call(purgeTarget('https://a/b'))).status).toBe(200);
});
