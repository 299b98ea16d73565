// Invalidations of CloudFront, asked for by the SDK of AWS.

import { expect, it } from 'vitest';

import { startApplication, type Application } from './application.ts';
import { openRig, type Fields, type Rig } from './rig.ts';

interface Started extends Rig {
  readonly application: Application;
  /** X-Cache of a path, asked for once. */
  readonly look: (path: string, fields?: Fields) => Promise<unknown>;
}

async function start(env: Fields = {}, profile = 'cloudfront:tag-header=x-tags'): Promise<Started> {
  const rig = await openRig(
    { profile, vendorIds: ['EDFDVBD6EXAMPLE'] },
    {
      fields: {
        '/tv': { 'cache-control': 'max-age=600', 'x-tags': 'Product:TV, all' },
        '*': { 'cache-control': 'max-age=600' },
      },
    },
  );
  const application = startApplication('cloudfront', {
    AWS_ENDPOINT_URL_CLOUDFRONT: rig.adminUrl,
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
    CLOUDFRONT_DISTRIBUTION_ID: 'EDFDVBD6EXAMPLE',
    ...env,
  });
  const look: Started['look'] = async (path, fields) =>
    (await rig.get(path, fields)).headers['x-cache'];
  return { ...rig, application, look };
}

const MISS = 'Miss from cloudfront';
const HIT = 'Hit from cloudfront';

async function stored({ look }: Started, paths: readonly string[]): Promise<void> {
  for (const path of paths) expect([await look(path), await look(path)]).toEqual([MISS, HIT]);
}

it('invalidates paths and wildcards, and says when it is done', async () => {
  const started = await start();
  const { application, look } = started;
  await stored(started, ['/a.css', '/img/a.png', '/img/b/c.png', '/img', '/b.css']);
  const { Location, Invalidation } = await application.call('invalidate', ['/a.css', '/img/*']);
  const { Id, Status, CreateTime, InvalidationBatch } = Invalidation;
  expect(Location).toBe(
    `${started.adminUrl}/2020-05-31/distribution/EDFDVBD6EXAMPLE/invalidation/${Id}`,
  );
  expect(Id).toMatch(/^I[\dA-Z]{13}$/u);
  expect(Status).toBe('InProgress');
  expect(Math.abs(Date.parse(CreateTime) - Date.now())).toBeLessThan(60_000);
  expect(InvalidationBatch.Paths).toEqual({ Quantity: 2, Items: ['/a.css', '/img/*'] });
  expect(await application.call('untilCompleted', Id)).toMatchObject({ state: 'SUCCESS' });
  const { Invalidation: completed } = await application.call('get', Id);
  expect(completed).toEqual({ ...Invalidation, Status: 'Completed' });
  for (const path of ['/a.css', '/img/a.png', '/img/b/c.png']) expect(await look(path)).toBe(MISS);
  for (const path of ['/img', '/b.css']) expect(await look(path)).toBe(HIT);
});

it('invalidates everything', async () => {
  const started = await start();
  await stored(started, ['/a.css', '/']);
  await started.application.call('invalidate', ['/*']);
  expect([await started.look('/a.css'), await started.look('/')]).toEqual([MISS, MISS]);
});

it('drops all that differs in what is part of the key', async () => {
  const started = await start({}, 'cloudfront:headers=origin,query=whole');
  const { look, application } = started;
  const other = { origin: 'https://other.example' };
  await stored(started, ['/a.css', '/a.css?v=2']);
  expect([await look('/a.css', other), await look('/a.css', other)]).toEqual([MISS, HIT]);
  await application.call('invalidate', ['/a.css']);
  expect([await look('/a.css'), await look('/a.css', other)]).toEqual([MISS, MISS]);
  // The query is spelled where it is part of the key.
  expect(await look('/a.css?v=2')).toBe(HIT);
  await application.call('invalidate', ['/a.css*']);
  expect(await look('/a.css?v=2')).toBe(MISS);
});

it('invalidates by tag, whatever the letter case, under the header of the distribution', async () => {
  const started = await start();
  await stored(started, ['/tv', '/a.css']);
  await started.application.call('invalidate', ['#product:tv']);
  expect([await started.look('/tv'), await started.look('/a.css')]).toEqual([MISS, HIT]);
});

it('takes the same reference for the same invalidation', async () => {
  const { application } = await start();
  const { Invalidation: first } = await application.call('invalidate', ['/a'], 'one');
  const { Invalidation: second } = await application.call('invalidate', ['/a'], 'one');
  expect(second.Id).toBe(first.Id);
  expect(await application.failing('invalidate', ['/b'], 'one')).toMatchObject({
    name: 'InvalidationBatchAlreadyExists',
    status: 400,
  });
});

it('lists invalidations by page, newest first', async () => {
  const { application } = await start();
  const ids: string[] = [];
  for (const reference of ['one', 'two', 'three']) {
    const { Invalidation } = await application.call('invalidate', ['/a'], reference);
    ids.unshift(Invalidation.Id);
  }
  const { InvalidationList: page } = await application.call('list', { MaxItems: 2 });
  expect(page).toMatchObject({ IsTruncated: true, MaxItems: 2, Quantity: 2, NextMarker: ids[2] });
  expect(page.Items.map(({ Id }: { Id: string }) => Id)).toEqual(ids.slice(0, 2));
  expect(page.Items[0].Status).toBe('Completed');
  const { InvalidationList: rest } = await application.call('list', { Marker: page.NextMarker });
  expect(rest).toMatchObject({ IsTruncated: false, Quantity: 1, Items: [{ Id: ids[2] }] });
});

it.each([
  ['without a slash', ['a.css']],
  ['with a star within', ['/a*.css']],
  ['with a space', ['/a b']],
  ['with a letter beyond ASCII', ['/é']],
  ['of 4001 characters', [`/${'a'.repeat(4000)}`]],
  ['that is an empty tag', ['#']],
  ['that is a tag with a star', ['#product*']],
  ['that is a tag of 257 characters', [`#${'a'.repeat(257)}`]],
])('refuses a path %s', async (_, paths) => {
  const { application } = await start();
  expect(await application.failing('invalidate', paths)).toMatchObject({
    name: 'InvalidArgument',
    status: 400,
  });
});

it('refuses more than 3000 paths, and more than 15 wildcards', async () => {
  const { application } = await start();
  const many = (count: number, end: string): string[] =>
    Array.from({ length: count }, (_, index) => `/${index}${end}`);
  for (const paths of [many(3001, ''), many(16, '/*')]) {
    const { name } = await application.failing('invalidate', paths);
    expect(name).toBe('TooManyInvalidationsInProgress');
  }
});

it('knows neither other distributions nor other invalidations', async () => {
  const { application } = await start();
  expect(await application.failing('get', 'I0')).toMatchObject({
    name: 'NoSuchInvalidation',
    status: 404,
  });
  const { application: other } = await start({ CLOUDFRONT_DISTRIBUTION_ID: 'E0' });
  expect(await other.failing('invalidate', ['/*'])).toMatchObject({
    name: 'NoSuchDistribution',
    message: 'The specified distribution does not exist.',
    status: 404,
  });
});

it.each([
  [{}, 'MissingAuthenticationToken'],
  [{ authorization: 'Bearer abc' }, 'IncompleteSignature'],
])('refuses the credentials %j', async (headers, code) => {
  const { adminUrl } = await start();
  const url = `${adminUrl}/2020-05-31/distribution/EDFDVBD6EXAMPLE/invalidation`;
  const response = await fetch(url, { headers: headers as Fields });
  expect(response.status).toBe(403);
  expect(await response.text()).toContain(`<Code>${code}</Code>`);
});

it.each([
  ['no XML', '/*'],
  ['another document', '<Paths/>'],
  [
    'a wrong quantity',
    '<InvalidationBatch><Paths><Quantity>2</Quantity><Items><Path>/a</Path></Items></Paths><CallerReference>r</CallerReference></InvalidationBatch>',
  ],
  [
    'no reference',
    '<InvalidationBatch><Paths><Quantity>1</Quantity><Items><Path>/a</Path></Items></Paths></InvalidationBatch>',
  ],
  [
    'entities of its own',
    '<!DOCTYPE a [<!ENTITY b "c">]><InvalidationBatch>&b;</InvalidationBatch>',
  ],
])('refuses content that is %s', async (_, body) => {
  const { adminUrl } = await start();
  const url = `${adminUrl}/2020-05-31/distribution/EDFDVBD6EXAMPLE/invalidation`;
  const authorization = `AWS4-HMAC-SHA256 Credential=A/20261122/us-east-1/cloudfront/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`;
  const response = await fetch(url, { method: 'POST', headers: { authorization }, body });
  expect(response.status).toBe(400);
  expect(await response.text()).toContain('<Code>MalformedInput</Code>');
});

it('takes the token of the admin API as access key id', async () => {
  const rig = await openRig(
    { profile: 'cloudfront' },
    { fields: { '*': {} }, adminToken: 'ses/ame' },
  );
  const env = {
    AWS_ENDPOINT_URL_CLOUDFRONT: rig.adminUrl,
    AWS_SECRET_ACCESS_KEY: 'secret',
    CLOUDFRONT_DISTRIBUTION_ID: 'default',
  };
  const right = startApplication('cloudfront', { ...env, AWS_ACCESS_KEY_ID: 'ses/ame' });
  expect(await right.call('invalidate', ['/*'])).toHaveProperty('Location');
  const wrong = startApplication('cloudfront', { ...env, AWS_ACCESS_KEY_ID: 'sesame' });
  expect(await wrong.failing('invalidate', ['/*'])).toMatchObject({ name: 'AccessDenied' });
});
