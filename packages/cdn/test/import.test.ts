// A vendor's own configuration in place of a profile, from the file to what browsers get.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { expect, it, onTestFinished } from 'vitest';

import { configured, createCdn, type Cdn, type CdnOptions } from '../src/index.ts';

const OPTIMIZED = '658327ea-f89d-4fab-a63d-7e88639e58f6';
const DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';

const FILES = {
  'app.js': 'export {}',
  'about.html': '<h1>About</h1>',
  _headers: '/*\n  Cache-Control: max-age=60\n',
  'distribution.json': JSON.stringify({
    DistributionConfig: {
      Origins: { Quantity: 1, Items: [{ Id: 'site', OriginPath: '/v1' }] },
      DefaultCacheBehavior: { TargetOriginId: 'site', CachePolicyId: OPTIMIZED },
      CacheBehaviors: {
        Quantity: 1,
        Items: [{ PathPattern: '*.js', TargetOriginId: 'site', CachePolicyId: DISABLED }],
      },
    },
  }),
  'rules.json': JSON.stringify({
    rules: [
      {
        action: 'set_cache_settings',
        expression: 'starts_with(http.request.uri.path, "/about")',
        action_parameters: {
          cache: true,
          edge_ttl: { mode: 'override_origin', default: 3600 },
          browser_ttl: { mode: 'override_origin', default: 5 },
        },
      },
    ],
  }),
  'broken.json': '{\n  "rules": [,]\n}',
};

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'poplet-import-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
  return folder;
}

async function started(options: CdnOptions): Promise<Cdn> {
  const cdn = await createCdn(options);
  onTestFinished(() => cdn.close());
  return cdn;
}

/** What two requests for a path are told, by the fields named. */
async function told(cdn: Cdn, target: string, ...names: readonly string[]): Promise<unknown> {
  const answers = [];
  for (const query of ['?v=1', '?v=2']) {
    const { headers, body } = await fetch(cdn.url + target + query);
    await body?.cancel();
    answers.push(names.map((name) => headers.get(name)));
  }
  return answers;
}

it('a distribution: another policy for each path pattern', async () => {
  const source = await folderWith(FILES);
  const cdn = await started({
    sites: [{ source, import: [path.join(source, 'distribution.json')] }],
  });
  expect(cdn.profiles).toEqual(['cloudfront (distribution.json)']);
  expect(cdn.warnings).toContain(
    'not emulated: DistributionConfig.Origins.Items[0].OriginPath: /v1 (site)',
  );
  // CachingOptimized leaves the query out of the key; CachingDisabled stores nothing.
  expect(await told(cdn, '/about', 'x-cache')).toEqual([
    ['Miss from cloudfront'],
    ['Hit from cloudfront'],
  ]);
  expect(await told(cdn, '/app.js', 'x-cache')).toEqual([
    ['Miss from cloudfront'],
    ['Miss from cloudfront'],
  ]);
  const { profile, verdict } = await cdn.edge.explain({ url: `${cdn.url}/app.js` });
  expect([profile, verdict.kind]).toEqual(['cloudfront (distribution.json, *.js)', 'not-cached']);
});

it('cache rules: what matches is eligible, for as long as they say', async () => {
  const source = await folderWith(FILES);
  const cdn = await started({ sites: [{ source, import: [path.join(source, 'rules.json')] }] });
  const fields = ['cf-cache-status', 'cache-control'] as const;
  expect(await told(cdn, '/about', ...fields)).toEqual([
    ['MISS', 'max-age=5'],
    ['MISS', 'max-age=5'],
  ]);
  expect(await told(cdn, '/about', ...fields)).toEqual([
    ['HIT', 'max-age=5'],
    ['HIT', 'max-age=5'],
  ]);
  cdn.edge.clock.advance(3_599_000);
  expect(await told(cdn, '/about', fields[0])).toEqual([['HIT'], ['HIT']]);
  cdn.edge.clock.advance(2000);
  expect(await told(cdn, '/about', fields[0])).toEqual([['REVALIDATED'], ['REVALIDATED']]);
  expect(await told(cdn, '/app.js', ...fields)).toEqual([
    ['MISS', 'max-age=60'],
    ['MISS', 'max-age=60'],
  ]);
});

it('in a configuration file, relative to it; the command line wins', async () => {
  const folder = await folderWith({
    'poplet.config.json': JSON.stringify({
      profile: 'fastly',
      sites: [
        { id: 'a', hosts: ['a.test'], source: 'http://localhost:1', import: 'rules.json' },
        { id: 'b', hosts: ['b.test'], source: 'http://localhost:1', import: ['a.json', 'b.json'] },
        { id: 'c', hosts: ['c.test'], source: 'http://localhost:1' },
      ],
    }),
  });
  const configFile = path.join(folder, 'poplet.config.json');
  const cdnsOf = async (overrides: Parameters<typeof configured>[0]['overrides']) =>
    (await configured({ source: undefined, configFile, overrides })).sites.map((site) => [
      site.profile,
      ...(site.import ?? []).map((file) => path.relative(folder, file)),
    ]);
  expect(await cdnsOf({})).toEqual([
    [undefined, 'rules.json'],
    [undefined, 'a.json', 'b.json'],
    ['fastly'],
  ]);
  expect(await cdnsOf({ profile: 'vercel' })).toEqual([['vercel'], ['vercel'], ['vercel']]);
  const given = path.join(folder, 'given.json');
  expect(await cdnsOf({ import: [given] })).toEqual([
    [undefined, 'given.json'],
    [undefined, 'given.json'],
    [undefined, 'given.json'],
  ]);
});

it.each([
  ['broken.json', undefined, 'invalid', /broken\.json, line 2: Unexpected token/u],
  ['nowhere.json', undefined, 'invalid', /nowhere\.json cannot be read: ENOENT/u],
  ['_headers', undefined, 'invalid', /_headers, line 1: Unexpected token/u],
  ['rules.json', 'fastly', 'option', /what is imported says which CDN it is/u],
])('%s beside the profile %s is refused', async (name, profile, code, message) => {
  const source = await folderWith(FILES);
  await expect(
    createCdn({ sites: [{ source, profile, import: [path.join(source, name)] }] }),
  ).rejects.toMatchObject({
    code: expect.stringContaining(code),
    message: expect.stringMatching(message),
    hint: expect.any(String),
  });
});
