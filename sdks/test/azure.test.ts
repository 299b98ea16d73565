// Purges of Azure Front Door, asked for by its own client over the local CA.

import { expect, it } from 'vitest';

import { startApplication, type Application } from './application.ts';
import type { Fields, Rig } from './rig.ts';
import { openTlsRig } from './tls-rig.ts';

interface Started extends Rig {
  readonly application: Application;
  /** X-Cache of a path, asked for once. */
  readonly look: (path: string) => Promise<unknown>;
}

async function start(env: Fields = {}): Promise<Started> {
  const rig = await openTlsRig(
    { profile: 'azure-front-door', vendorIds: ['web-endpoint'], hosts: ['127.0.0.1', 'b.test'] },
    { '*': { 'cache-control': 'max-age=600' } },
  );
  const application = startApplication('azure', {
    NODE_EXTRA_CA_CERTS: rig.caFile,
    AZURE_ENDPOINT: rig.adminUrl,
    AZURE_SUBSCRIPTION_ID: '00000000-0000-0000-0000-000000000000',
    AZURE_RESOURCE_GROUP: 'my-group',
    AZURE_PROFILE: 'my-profile',
    AZURE_AFD_ENDPOINT: 'web-endpoint',
    ...env,
  });
  const look: Started['look'] = async (path) => (await rig.get(path)).headers['x-cache'];
  return { ...rig, application, look };
}

const MISS = 'TCP_MISS';
const HIT = 'TCP_HIT';

async function stored({ look }: Started, paths: readonly string[]): Promise<void> {
  for (const path of paths) expect([await look(path), await look(path)]).toEqual([MISS, HIT]);
}

it('purges paths whatever their letter case and query, and what is below one', async () => {
  const started = await start();
  await stored(started, ['/a.css', '/A.css', '/img/a.png', '/IMG/b.png', '/b.css']);
  await started.application.call('purge', ['/A.CSS?v=1', '/img/*']);
  for (const path of ['/a.css', '/A.css', '/img/a.png', '/IMG/b.png'])
    expect(await started.look(path)).toBe(MISS);
  expect(await started.look('/b.css')).toBe(HIT);
});

it('purges everything, or a domain', async () => {
  const started = await start();
  await stored(started, ['/a.css']);
  await started.application.call('purge', ['/*'], ['b.test']);
  expect(await started.look('/a.css')).toBe(HIT);
  await started.application.call('purge', ['/*']);
  expect(await started.look('/a.css')).toBe(MISS);
});

it('does not know other endpoints', async () => {
  const { application } = await start({ AZURE_AFD_ENDPOINT: 'other', AZURE_PROFILE: 'other' });
  expect(await application.failing('purge', ['/*'])).toMatchObject({
    code: 'ResourceNotFound',
    status: 404,
    message: expect.stringContaining('Microsoft.Cdn/profiles/other/afdEndpoints/other'),
  });
});

it.each([[[]], [['a.css']], [['/a*']], [['/*/a']]])('refuses the paths %j', async (paths) => {
  const { application } = await start();
  expect(await application.failing('purge', paths)).toMatchObject({
    code: 'BadRequest',
    status: 400,
  });
});
