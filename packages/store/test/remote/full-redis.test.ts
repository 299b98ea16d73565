import { RedisServer } from '@poplet/conformance/redis-server';
import { afterAll, afterEach, beforeEach, expect, it, onTestFinished } from 'vitest';

import { openRemoteStore } from '../../src/remote/open-remote-store.ts';
import { bodyOf, find, put, tryPut } from '../bodies.ts';
import { storedResponse } from '../stored-response.ts';

// What happens where Redis has no more room and may not evict (`maxmemory-policy noeviction`).
const redis = await RedisServer.start();
afterAll(() => redis.stop());
beforeEach(() => redis.command('flushall'));
afterEach(() => redis.command('config', 'set', 'maxmemory', '0'));

const fill = () => redis.command('config', 'set', 'maxmemory', '1');

async function openEdge() {
  const notices: string[] = [];
  const store = await openRemoteStore({
    url: redis.url(),
    confirmWithinMs: 600_000,
    onNotice: (text) => notices.push(text),
  });
  onTestFinished(() => store.close());
  return { store, notices };
}

it('goes on with what is stored, stores nothing more, and says so once; then stores again', async () => {
  const { store, notices } = await openEdge();
  await put(store, { body: 'before' });
  await fill();
  expect(await tryPut(store, storedResponse({ uri: 'https://example.com/b' }))).toBe(false);
  expect(await tryPut(store, storedResponse({ uri: 'https://example.com/c' }))).toBe(false);
  expect(await bodyOf(store, {})).toBe('before');
  expect(notices).toEqual([expect.stringContaining('maxmemory')]);
  await redis.command('config', 'set', 'maxmemory', '0');
  await put(store, { uri: 'https://example.com/b', body: 'after' });
  expect(await bodyOf(store, { uri: 'https://example.com/b' })).toBe('after');
});

it('purges for every edge all the same', async () => {
  const [one, other] = [await openEdge(), await openEdge()];
  await put(one.store, {});
  await other.store.load('main https://example.com/');
  expect(find(other.store).selected).toHaveLength(1);
  await fill();
  await one.store.purge(
    [{ selector: { kind: 'everything' }, soft: false, siteId: undefined }],
    Date.now(),
  );
  await other.store.catchUp();
  expect(find(other.store).selected).toHaveLength(0);
  expect([...one.notices, ...other.notices]).toEqual([]);
});

it('moves the clock for every edge all the same', async () => {
  const [one, other] = [await openEdge(), await openEdge()];
  await fill();
  one.store.clock.set({ kind: 'running', offsetMs: 120_000 });
  await one.store.catchUp();
  await other.store.catchUp();
  expect(other.store.clock.state).toEqual({ kind: 'running', offsetMs: 120_000 });
});
