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

it('rules that go by hosts of production are told where the site has none of its own', async () => {
  const text = FILES['rules.json'].replace(
    'starts_with(',
    'http.host eq \\"a.test\\" and starts_with(',
  );
  const source = await folderWith({ ...FILES, 'rules.json': text });
  const site = { source, import: [path.join(source, 'rules.json')] };
  const warned = (cdn: Cdn): readonly string[] =>
    cdn.warnings.filter((warning) => warning.includes('goes by the host'));
  expect(warned(await started({ sites: [site] }))).toEqual([
    'rules[0] (rule 1) goes by the host, which is localhost here: give the site the hosts of production (hosts in the configuration) and open it by them',
  ]);
  expect(warned(await started({ sites: [{ ...site, hosts: ['a.test'] }] }))).toEqual([]);
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

/** Fetches each, and says which of them the origin was asked for. */
async function askedAgain(
  cdn: Cdn,
  ...targets: readonly (readonly [string, Readonly<Record<string, string>>?])[]
) {
  const again: string[] = [];
  for (const [target, headers = {}] of targets) {
    const response = await fetch(cdn.url + target, { headers });
    await response.body?.cancel();
    const word = response.headers.get('x-cache') ?? response.headers.get('cf-cache-status') ?? '';
    if (/^miss/iu.test(word)) again.push(target);
  }
  return again;
}

it('a purge over the CDN’s own API reaches what each of the policies stores', async () => {
  const source = await folderWith({
    ...FILES,
    'distribution.json': JSON.stringify({
      DistributionConfig: {
        DefaultCacheBehavior: { TargetOriginId: 'site', CachePolicyId: OPTIMIZED },
        CacheBehaviors: {
          Quantity: 1,
          Items: [
            {
              PathPattern: '*.js',
              TargetOriginId: 'site',
              ForwardedValues: { QueryString: true, Cookies: { Forward: 'none' } },
            },
          ],
        },
      },
    }),
  });
  const cdn = await started({
    sites: [{ source, import: [path.join(source, 'distribution.json')] }],
  });
  const pages = [['/about'], ['/app.js'], ['/app.js?v=1']] as const;
  expect(await askedAgain(cdn, ...pages)).toEqual(['/about', '/app.js', '/app.js?v=1']);
  const invalidate = async (...items: readonly string[]): Promise<number> => {
    const list = items.map((item) => `<Path>${item}</Path>`).join('');
    const { status } = await fetch(`${cdn.adminUrl}/2020-05-31/distribution/default/invalidation`, {
      method: 'POST',
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=A/20261123/us-east-1/cloudfront/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`,
      },
      body: `<InvalidationBatch><Paths><Quantity>${items.length}</Quantity><Items>${list}</Items></Paths><CallerReference>${items.join()}</CallerReference></InvalidationBatch>`,
    });
    return status;
  };
  expect(await invalidate('/app.js?v=1')).toBe(201);
  expect(await askedAgain(cdn, ...pages)).toEqual(['/app.js?v=1']);
  expect(await invalidate('/about?v=1')).toBe(201);
  expect(await askedAgain(cdn, ...pages)).toEqual(['/about']);
});

it('a purge of a file reaches it under the key that cache rules make', async () => {
  const source = await folderWith({
    ...FILES,
    'rules.json': JSON.stringify({
      rules: [
        {
          action: 'set_cache_settings',
          expression:
            'http.request.uri.path eq "/app.js" and http.host in {"127.0.0.1" "localhost"}',
          action_parameters: {
            cache: true,
            cache_key: {
              custom_key: {
                query_string: { exclude: ['*'] },
                header: { include: ['x-tenant'] },
                user: { geo: true },
              },
            },
          },
        },
      ],
    }),
  });
  const cdn = await started({ sites: [{ source, import: [path.join(source, 'rules.json')] }] });
  const purge = async (file: unknown): Promise<number> => {
    const { status } = await fetch(`${cdn.adminUrl}/client/v4/zones/default/purge_cache`, {
      method: 'POST',
      headers: { authorization: 'Bearer x' },
      body: JSON.stringify({ files: [file] }),
    });
    return status;
  };
  const url = 'https://www.example.com/app.js?v=1';
  const pages = [['/app.js'], ['/app.js', { 'x-tenant': 'a' }]] as const;
  expect(await askedAgain(cdn, ...pages)).toEqual(['/app.js', '/app.js']);
  expect(await askedAgain(cdn, ...pages)).toEqual([]);
  expect(await purge(url)).toBe(200);
  expect(await askedAgain(cdn, ...pages)).toEqual(['/app.js']);
  expect(await purge({ url, headers: { 'X-Tenant': 'a' } })).toBe(200);
  expect(await askedAgain(cdn, ['/app.js'])).toEqual([]);
  expect(await askedAgain(cdn, ['/app.js', { 'x-tenant': 'a' }])).toEqual(['/app.js']);
  const german = ['/app.js', { 'x-poplet-country': 'DE' }] as const;
  await askedAgain(cdn, german);
  expect(await askedAgain(cdn, german)).toEqual([]);
  expect(await purge({ url, headers: { 'CF-IPCountry': 'DE' } })).toBe(200);
  expect(await askedAgain(cdn, german)).toEqual(['/app.js']);
});
