import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { PostgresServer } from '@poplet/conformance/postgres-server';
import { RedisServer } from '@poplet/conformance/redis-server';
import { PopletError } from '@poplet/policy';
import { createMemoryStore } from '@poplet/store';
import { afterEach, expect, it, onTestFinished, vi } from 'vitest';

import { createCdn, type CdnOptions } from '../src/index.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'poplet-cdn-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function site(): Promise<string> {
  const folder = await temporaryFolder();
  await writeFile(path.join(folder, 'menu.json'), '{"soup":9}');
  return folder;
}

async function started(options: CdnOptions) {
  const cdn = await createCdn(options);
  onTestFinished(() => cdn.close());
  return cdn;
}

/** Code, message and hint of what is thrown. */
async function refusal(options: CdnOptions): Promise<readonly unknown[]> {
  try {
    await started(options);
  } catch (error) {
    if (error instanceof PopletError) return [error.code, error.message, error.hint];
    throw error;
  }
  throw new Error('nothing was thrown');
}

async function statusOf(url: string): Promise<string | null> {
  const response = await fetch(`${url}/menu.json`);
  expect(await response.text()).toBe('{"soup":9}');
  return response.headers.get('cache-status');
}

it('on disk, outlives the CDN: the same port finds what the one before stored', async () => {
  const source = await site();
  const store = `disk:${path.join(await temporaryFolder(), 'store')}`;
  const before = await started({ sites: [{ source }], store });
  expect(await statusOf(before.url)).toContain('fwd=uri-miss');
  const { port } = new URL(before.url);
  await before.close();
  const after = await started({ sites: [{ source }], store, port: Number(port) });
  expect(after.edge.store.stats()).toMatchObject({ kind: 'disk', entries: 1 });
  const explained = await after.edge.explain({ url: `${after.url}/menu.json` });
  expect(explained.outcome).toBe('hit');
  expect(await statusOf(after.url)).toMatch(/; ?hit/);
});

it('on Redis, is shared: what one CDN purges is purged for the other, and the clock is one', async () => {
  const redis = await RedisServer.start();
  onTestFinished(() => redis.stop());
  const sites = [{ source: await site() }];
  const one = await started({ sites, store: redis.url() });
  const other = await started({ sites, store: redis.url(), storeEntries: 10 });
  expect(other.edge.store.stats()).toMatchObject({
    kind: 'redis',
    connection: 'connected',
    entries: 0,
    maxEntries: 10,
    maxBodyBytes: 33_554_432,
    maxSharedBodyBytes: 8_388_608,
  });
  await one.edge.purge([{ selector: { kind: 'everything' }, soft: false, siteId: undefined }]);
  await expect.poll(() => other.edge.store.sequence).toBe(1);
  one.edge.clock.freeze();
  await expect.poll(() => other.edge.clock.frozen).toBe(true);
  expect(other.edge.clock.nowMs()).toBe(one.edge.clock.nowMs());
});

it('in a database, outlives the CDN, and says what is to be installed for another', async () => {
  const server = await PostgresServer.start();
  onTestFinished(() => server.stop());
  // Where it says what it vouches for.
  vi.stubEnv('XDG_STATE_HOME', await temporaryFolder());
  const source = await site();
  const store = await server.newDatabase();
  const before = await started({ sites: [{ source }], store });
  expect(await statusOf(before.url)).toContain('fwd=uri-miss');
  const { port } = new URL(before.url);
  await before.close();
  const after = await started({ sites: [{ source }], store, port: Number(port) });
  expect(after.edge.store.stats()).toMatchObject({
    kind: 'postgres',
    connection: 'connected',
    entries: 1,
    maxBytes: 10_737_418_240,
    maxEntries: 100_000,
    maxBodyBytes: 33_554_432,
  });
  expect(await statusOf(after.url)).toMatch(/; ?hit/);
  expect(await refusal({ sites: [{ source }], store: 'mysql://localhost/cdn' })).toEqual([
    'store-unusable',
    '@keyv/mysql is not installed',
    'npm install @keyv/mysql@2',
  ]);
});

it('says so when nothing answers where Redis should be', async () => {
  const sites = [{ source: await site() }];
  const [code, message] = await refusal({ sites, store: 'redis://me:secret@127.0.0.1:1' });
  expect(code).toBe('store-unreachable');
  expect(message).toMatch(/^redis:\/\/127\.0\.0\.1:1 does not answer: /u);
});

it('says what Redis said where it refuses the connection', async () => {
  const redis = await RedisServer.start();
  onTestFinished(() => redis.stop());
  const sites = [{ source: await site() }];
  const hint = 'check the user, the password and the number of the database in its address';
  const { host } = new URL(redis.url());
  expect(await refusal({ sites, store: `redis://me:wrong@${host}/0` })).toEqual([
    'store-unreachable',
    `redis://${host}/0 refuses the connection: WRONGPASS invalid username-password pair or user is disabled.`,
    hint,
  ]);
  expect(await refusal({ sites, store: redis.url(4096) })).toEqual([
    'store-unreachable',
    `redis://${host}/4096 refuses the connection: ERR DB index is out of range`,
    hint,
  ]);
  await redis.command('CONFIG', 'SET', 'requirepass', 'geheim');
  const [code, message] = await refusal({ sites, store: redis.url() });
  expect([code, message]).toEqual([
    'store-unreachable',
    expect.stringContaining(`redis://${host}/0 refuses the connection: NOAUTH`),
  ]);
});

it('has the limits that it is given', async () => {
  const sites = [{ source: await site() }];
  const folder = path.join(await temporaryFolder(), 'store');
  const limits = { storeSize: '1.5GiB', storeEntries: 7, maxBodySize: '200 MB' };
  const memory = await started({ sites, ...limits });
  const expected = { maxBytes: 1_610_612_736, maxEntries: 7, maxBodyBytes: 200_000_000 };
  expect(memory.edge.store.stats()).toMatchObject({ kind: 'memory', ...expected });
  const disk = await started({ sites, store: `disk:${folder}`, ...limits });
  expect(disk.edge.store.stats()).toMatchObject({ kind: 'disk', ...expected });
  // What may be stored is no longer bound by what memory bears.
  expect(disk.edge.sites[0]?.policy.storability.maxBodyBytes).toBe(200_000_000);
});

it('has defaults that a laptop bears', async () => {
  const sites = [{ source: await site() }];
  const folder = path.join(await temporaryFolder(), 'store');
  const memory = await started({ sites });
  expect(memory.edge.store.stats()).toMatchObject({
    maxBytes: 536_870_912,
    maxEntries: 1_000_000,
    maxBodyBytes: 33_554_432,
  });
  const disk = await started({ sites, store: `disk:${folder}` });
  expect(disk.edge.store.stats()).toMatchObject({
    maxBytes: 10_737_418_240,
    maxEntries: 200_000,
    maxBodyBytes: 1_342_177_280,
  });
});

it.each([
  ['dsk:/tmp/x', 'there is no store "dsk:/tmp/x"', 'did you mean "disk:<folder>"?'],
  ['disk:', 'there is no store "disk:"', 'did you mean "disk:<folder>"?'],
  ['memroy', 'there is no store "memroy"', 'did you mean "memory"?'],
  [
    'oracle://db',
    'there is no store "oracle://db"',
    'the stores are "memory", "disk:<folder>", "redis://<host>:6379" and, for one edge, a database: postgres:, mysql:, sqlite:, mongodb:, memcache:, etcd:',
  ],
  [
    'mongo://db',
    'there is no store "mongo://db"',
    'did you mean "mongodb://<host>:27017/<database>"?',
  ],
  [
    'mysql:db',
    'the address of the store cannot be read',
    'it is written as mysql://<user>:<password>@<host>:3306/<database>',
  ],
  ['reddis://db', 'there is no store "reddis://db"', 'did you mean "redis://<host>:6379"?'],
  ...[
    ['redis:', 'it names no host'],
    ['redis://', 'it names no host'],
    ['valkeys://:6379', 'it names no host'],
    ['redis://h:6379/abc', 'behind the host stands the number of a database, and nothing else'],
    ['redis://h:6379/0/1', 'behind the host stands the number of a database, and nothing else'],
    ['redis://h:6379/%zz', 'behind the host stands the number of a database, and nothing else'],
    ['redis://me:p%zz@h:6379/0', 'in a user and a password, "%" is written as "%25"'],
    ['redis://m%e:p@h:6379/0', 'in a user and a password, "%" is written as "%25"'],
  ].map(([store = '', why = '']) => [
    store,
    `the address of the store cannot be read: ${why}`,
    'it is written as redis://user:password@host:6379/0',
  ]),
])('refuses the store %s', async (store, message, hint) => {
  const sites = [{ source: await site() }];
  expect(await refusal({ sites, store })).toEqual(['invalid-option', message, hint]);
});

it.each(['10', 'much', '-1GiB', '10 parsecs', '0B', '1e3MB'])(
  'refuses the size %s',
  async (size) => {
    const sites = [{ source: await site() }];
    expect(await refusal({ sites, storeSize: size })).toEqual([
      'invalid-option',
      `the size of the store: "${size}" is not a size`,
      'write it with its unit: "512MiB", "10GiB" or "2GB"',
    ]);
  },
);

it.each(['1B', '1000kB', '1023KiB'])('refuses the size %s, which holds nothing', async (size) => {
  const sites = [{ source: await site() }];
  expect(await refusal({ sites, storeSize: size })).toEqual([
    'invalid-option',
    `the size of the store: ${size} is below 1MiB`,
    'next to nothing could be stored: write "512MiB" or "10GiB"',
  ]);
  const cdn = await started({ sites, storeSize: '1MiB' });
  expect(cdn.edge.store.stats().maxBytes).toBe(1_048_576);
});

it('refuses a folder that would be served, and takes a hidden one', async () => {
  const source = await site();
  const sites = [{ source }];
  const link = path.join(await temporaryFolder(), 'link');
  await symlink(source, link);
  for (const folder of [source, path.join(source, 'a/store'), path.join(link, 'store')]) {
    expect(await refusal({ sites, store: `disk:${folder}` })).toEqual([
      'invalid-option',
      `the store ${folder} lies in ${source}, which is served`,
      'keep it elsewhere, or in a hidden folder: --store disk:.poplet-store',
    ]);
  }
  const cdn = await started({ sites, store: `disk:${path.join(source, '.poplet-store')}` });
  for (const file of ['', 'owner', 'index.sqlite', 'segments'])
    expect((await fetch(`${cdn.url}/.poplet-store/${file}`)).status).toBe(404);
  // A name that only begins like it lies beside it.
  await started({ sites, store: `disk:${source}-store` });
  onTestFinished(() => rm(`${source}-store`, { recursive: true, force: true }));
});

it('refuses limits for a store that was handed over', async () => {
  const sites = [{ source: await site() }];
  const store = createMemoryStore();
  const [code] = await refusal({ sites, store, storeSize: '1GiB' });
  expect(code).toBe('invalid-option');
});

it('refuses a folder that another has open, and one that holds something else', async () => {
  const source = await site();
  const store = `disk:${path.join(await temporaryFolder(), 'store')}`;
  await started({ sites: [{ source }], store });
  const [inUse] = await refusal({ sites: [{ source }], store });
  const other = await site();
  const [unusable] = await refusal({ sites: [{ source }], store: `disk:${other}` });
  expect([inUse, unusable]).toEqual(['store-in-use', 'store-unusable']);
});

it('a store that cannot be closed keeps nothing else open', async () => {
  const store = createMemoryStore();
  let closings = 0;
  store.close = () => {
    closings += 1;
    return Promise.reject(new Error('the disk is gone'));
  };
  const cdn = await createCdn({ sites: [{ source: await site() }], store });
  const origin = cdn.edge.sites[0]?.upstreamUrl ?? '';
  expect((await fetch(`${origin}/menu.json`)).status).toBe(200);
  await expect(cdn.close()).rejects.toThrow('the disk is gone');
  for (const url of [origin, cdn.url, cdn.adminUrl])
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  // Once is enough.
  const before = closings;
  await cdn.close();
  expect(closings).toBe(before);
});
