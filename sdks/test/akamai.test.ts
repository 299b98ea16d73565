// The purge API of Akamai, asked by its own client over the local CA.

import { expect, it } from 'vitest';

import { startApplication, type Application } from './application.ts';
import type { Fields, Rig } from './rig.ts';
import { openTlsRig } from './tls-rig.ts';

interface Started extends Rig {
  readonly application: Application;
  /** X-Cache and body of a path, asked for once. */
  readonly look: (path: string) => Promise<string>;
  readonly env: Fields;
}

async function start(): Promise<Started> {
  const rig = await openTlsRig(
    { profile: 'akamai', vendorIds: ['123456'] },
    {
      '/blog': { 'cache-control': 'max-age=600', 'edge-cache-tag': 'blog,all', etag: '"v1"' },
      '*': { 'cache-control': 'max-age=600', etag: '"v1"' },
    },
  );
  const env = {
    NODE_EXTRA_CA_CERTS: rig.caFile,
    AKAMAI_HOST: rig.adminUrl,
    AKAMAI_CLIENT_TOKEN: 'akab-client',
    AKAMAI_CLIENT_SECRET: 'secret',
    AKAMAI_ACCESS_TOKEN: 'akab-access',
  };
  const application = startApplication('akamai', env);
  const look: Started['look'] = async (path) => {
    const { headers, body } = await rig.get(path, { pragma: 'akamai-x-cache-on' });
    return `${/^\w+/u.exec(String(headers['x-cache']))?.[0]} ${body}`;
  };
  return { ...rig, application, look, env };
}

async function stored({ look }: Started, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    expect(await look(path)).toBe('TCP_MISS 1');
    expect(await look(path)).toMatch(/^TCP_(?:MEM_)?HIT 1$/u);
  }
}

const IS_HIT = /^TCP_(?:MEM_)?HIT 1$/u;

it('invalidates URLs: the next request asks the origin again', async () => {
  const started = await start();
  await stored(started, ['/a?b=1', '/a']);
  const said = await started.application.call('invalidateUrls', ['https://www.example.com/a?b=1']);
  expect(said).toMatchObject({ detail: 'Request accepted', httpStatus: 201, estimatedSeconds: 5 });
  expect(await started.look('/a?b=1')).toMatch(/^TCP_REFRESH_MISS 2$/u);
  expect(await started.look('/a')).toMatch(IS_HIT);
});

it('deletes URLs', async () => {
  const started = await start();
  await stored(started, ['/a']);
  await started.application.call('deleteUrls', ['https://www.example.com/a']);
  expect(await started.look('/a')).toBe('TCP_MISS 2');
});

it('invalidates and deletes by tag', async () => {
  const started = await start();
  await stored(started, ['/blog', '/a']);
  await started.application.call('invalidateTags', ['blog']);
  expect(await started.look('/blog')).toBe('TCP_REFRESH_MISS 2');
  await started.application.call('deleteTags', ['all']);
  expect(await started.look('/blog')).toBe('TCP_MISS 3');
  expect(await started.look('/a')).toMatch(IS_HIT);
});

it('invalidates and deletes by CP code', async () => {
  const started = await start();
  await stored(started, ['/a']);
  await started.application.call('invalidateCpCodes', [123456]);
  expect(await started.look('/a')).toBe('TCP_REFRESH_MISS 2');
  await started.application.call('deleteCpCodes', [123456]);
  expect(await started.look('/a')).toBe('TCP_MISS 3');
});

it.each([
  ['deleteCpCodes', [1], 403, 'unauthorized cpcode'],
  ['deleteUrls', ['S/L/1/2/3d/www.example.com/a'], 403, 'unauthorized arl'],
  ['deleteTags', [], 400, 'Bad request'],
])('refuses %s of %j', async (call, objects, status, title) => {
  const { application } = await start();
  expect(await application.failing(call, objects)).toMatchObject({
    status,
    body: { title, httpStatus: status },
  });
});

it('refuses what is longer than 50 KB', async () => {
  const { application } = await start();
  const urls = Array.from(
    { length: 600 },
    (_, at) => `https://www.example.com/${at}${'a'.repeat(80)}`,
  );
  expect(await application.failing('deleteUrls', urls)).toMatchObject({ status: 413 });
});
