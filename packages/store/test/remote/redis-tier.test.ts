import { RedisServer } from '@poplet/conformance/redis-server';
import { createClient } from '@keyv/redis';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';

import { openRemoteStore } from '../../src/remote/open-remote-store.ts';
import { PurgeLedger } from '../../src/purge-ledger.ts';
import { RedisLink } from '../../src/remote/redis-link.ts';
import { RedisTier } from '../../src/remote/redis-tier.ts';
import { RemoteStore } from '../../src/remote/remote-store.ts';
import { bodyOf, find, put, readText, tryPut } from '../bodies.ts';
import { storedResponse } from '../stored-response.ts';

const redis = await RedisServer.start();
afterAll(() => redis.stop());
let databases = 0;

/** Another edge of `url`, which asks before each look. */
async function openEdge(url: string, options = {}) {
  const store = await openRemoteStore({ url, confirmWithinMs: 600_000, ...options });
  onTestFinished(() => store.close());
  return store;
}

/** What a person with `redis-cli` sees. */
async function clientOf(url: string) {
  const client = createClient({ url });
  onTestFinished(() => client.destroy());
  await client.connect();
  return client;
}

async function openLink(url: string): Promise<RedisLink> {
  const link = new RedisLink({ createClient, url, timeoutMs: 5_000 });
  await link.open(5_000);
  return link;
}

async function openTier(url: string): Promise<RedisTier> {
  const [control, bodies] = await Promise.all([openLink(url), openLink(url)]);
  const tier = new RedisTier({
    control,
    bodies,
    idleMs: 86_400_000,
    maxMarks: 10,
    maxMarkBytes: 10_000,
  });
  onTestFinished(() => tier.close());
  return tier;
}

describe('segments', () => {
  it('expire within a minute where no record names them: of an edge that died', async () => {
    const url = redis.url(databases++);
    const tier = await openTier(url);
    const client = await clientOf(url);
    await tier.writeSegment('unnamed', 0, Buffer.from('body'));
    expect(await client.pTTL('poplet:1:body:unnamed:0')).toBeGreaterThan(50_000);
    expect(await client.pTTL('poplet:1:body:unnamed:0')).toBeLessThanOrEqual(60_000);
  });

  it('last with their record, and go with it', async () => {
    const url = redis.url(databases++);
    const store = await openEdge(url);
    const client = await clientOf(url);
    const response = await put(store, {});
    const [segment = ''] = await client.keys('*body:*');
    expect(await client.pTTL(segment)).toBeGreaterThan(500_000_000);
    await put(store, {});
    expect(await client.exists(segment)).toBe(0);
    expect(await client.keys('*body:*')).toHaveLength(1);
    store.remove(find(store).selected[0]?.response ?? response);
    await expect.poll(() => client.keys('poplet:1:body:*')).toEqual([]);
    expect(await client.keys('poplet:1:at:*')).toEqual([]);
  });

  it('are not promised where they are gone before their record', async () => {
    const url = redis.url(databases++);
    const tier = await openTier(url);
    const known = await tier.confirm({ epoch: '', sequence: 0, writes: 0 });
    const response = { ...storedResponse(), fields: '', variance: null };
    const record = { place: 'k x', variant: 'v', id: 'gone', response, integrities: ['sha256-'] };
    expect(await tier.commit(known, record)).toEqual({ kind: 'lost' });
    expect((await tier.load(['k x'])).records).toEqual([]);
  });
});

it('a connection that nobody uses for a while stands', async () => {
  const link = await openLink(redis.url(databases++));
  onTestFinished(() => link.close());
  const { connection } = link;
  // Longer than one may be silent.
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  expect(link.connection).toBe(connection);
  expect(await link.send(['PING'])).toBe('PONG');
});

it('a body that was prepared can be read whatever becomes of it', async () => {
  const url = redis.url(databases++);
  const [one, other] = await Promise.all([openEdge(url), openEdge(url)]);
  await put(one, {});
  await other.catchUp();
  await other.load('main https://example.com/');
  const [found] = find(other).selected;
  const source = found && other.open(found.response);
  if (source === undefined) throw new Error('not found');
  await source.prepare?.();
  const client = await clientOf(url);
  await client.flushDb();
  expect(await readText(source)).toBe('body');
});

it('keeps every variant when two edges store under one key at once', async () => {
  const url = redis.url(databases++);
  const [one, other] = await Promise.all([openEdge(url), openEdge(url)]);
  const variants = Array.from({ length: 40 }, (_, index) => String(index));
  await Promise.all(
    variants.map((value, index) =>
      put(index % 2 === 0 ? one : other, {
        vary: ['x-v'],
        request: ['X-V', value],
        body: `body ${value}`,
      }),
    ),
  );
  for (const edge of [one, other]) {
    await edge.catchUp();
    await edge.load('main https://example.com/');
    for (const value of variants) {
      expect(await bodyOf(edge, { request: ['X-V', value] })).toBe(`body ${value}`);
    }
  }
});

it('does not let a 304 undo what another edge has changed meanwhile', async () => {
  const url = redis.url(databases++);
  const [one, other] = await Promise.all([openEdge(url), openEdge(url)]);
  await put(one, { fields: ['X', 'first'] });
  await other.load('main https://example.com/');
  const seenBy = (edge: typeof one) => find(edge).selected[0]?.response;
  const before = { one: seenBy(one), other: seenBy(other) };
  if (before.one === undefined || before.other === undefined) throw new Error('not found');
  const { fields } = storedResponse({ fields: ['X', 'second'] });
  expect(one.update(before.one, { ...before.one, fields })).toBe(true);
  await one.catchUp();
  // It has not heard of that yet.
  const late = storedResponse({ fields: ['X', 'late'] });
  other.update(before.other, { ...before.other, fields: late.fields });
  await other.catchUp();
  for (const edge of [one, other]) {
    await edge.load('main https://example.com/');
    expect(seenBy(edge)?.fields.get('x')).toBe('second');
  }
});

it('hears of purges by asking, where no message comes through', async () => {
  const url = redis.url(databases++);
  const edge = await openEdge(url);
  const deaf = new RemoteStore({
    tier: await openTier(url),
    ledger: new PurgeLedger(),
    limits: { maxBytes: 1_000_000, maxEntries: 100 },
    maxSharedBodyBytes: 1_000,
    confirmWithinMs: 90,
    onNotice: () => {},
  });
  onTestFinished(() => deaf.close());
  deaf.watch();
  await put(edge, {});
  await deaf.load('main https://example.com/');
  await expect.poll(() => find(deaf).selected.length).toBe(1);
  await edge.purge([{ selector: { kind: 'everything' }, soft: false, siteId: undefined }], 0);
  await expect.poll(() => deaf.sequence).toBe(1);
  expect(find(deaf).selected).toEqual([]);
});

it('takes what is older than the purges it remembers for purged', async () => {
  const url = redis.url(databases++);
  const store = await openEdge(url, { maxMarks: 2 });
  await put(store, {});
  const tag = (name: string) =>
    ({ selector: { kind: 'tag', tag: name }, soft: false, siteId: undefined }) as const;
  for (const name of ['a', 'b']) await store.purge([tag(name)], 0);
  expect(find(store).selected).toHaveLength(1);
  await store.purge([tag('b')], 0);
  expect(find(store).selected).toHaveLength(1);
  await store.purge([tag('c')], 0);
  // Whoever has looked at each of them knows.
  expect(find(store).selected).toHaveLength(1);
  const other = await openEdge(url);
  await other.load('main https://example.com/');
  expect(find(other).selected).toHaveLength(0);
  expect(await tryPut(store, storedResponse({ seq: 0 }))).toBe(false);
});

it('trusts no purges of a Redis that was started again, although it kept its data', async () => {
  const url = redis.url(databases++);
  const store = await openEdge(url);
  await put(store, {});
  // As it is after a restart that came back with an older state.
  const client = await clientOf(url);
  await client.hSet('poplet:1:about', 'run', 'another');
  await store.catchUp();
  expect(store.sequence).toBe(1);
  expect(await store.load('main https://example.com/')).toBe(true);
  expect(find(store).selected).toEqual([]);
});

it('says what does not answer, without its password', async () => {
  const notices: string[] = [];
  const onNotice = (text: string): void => void notices.push(text);
  const opening = openRemoteStore({ url: 'redis://me:secret@127.0.0.1:1/0', onNotice });
  await expect(opening).rejects.toMatchObject({
    code: 'store-unreachable',
    message: expect.stringMatching(/^redis:\/\/127\.0\.0\.1:1\/0 does not answer: /u) as string,
  });
  // Nobody is left to wonder meanwhile.
  expect(notices).toEqual([
    'store redis://127.0.0.1:1/0: no answer yet; it is tried for 5 s in all',
  ]);
});

it('says what answers and does not obey, and leaves no connection there', async () => {
  const replica = await RedisServer.start();
  onTestFinished(() => replica.stop());
  await replica.command('REPLICAOF', '127.0.0.1', '1');
  const notices: string[] = [];
  const onNotice = (text: string): void => void notices.push(text);
  await expect(openRemoteStore({ url: replica.url(), onNotice })).rejects.toMatchObject({
    code: 'store-unreachable',
    message: expect.stringMatching(/ refuses what a store needs: READONLY /u) as string,
  });
  expect(notices).toEqual([]);
  const client = await clientOf(replica.url());
  await expect.poll(async () => (await client.clientList()).length).toBe(1);
});
