import type { Purge } from '@poplet/policy';
import { describe, expect, it } from 'vitest';

import type { KeyvStore } from '../../src/keyv/keyv-store.ts';
import { bodyOf, collect, find, patternBytes, put, tryPut } from '../bodies.ts';
import { lookText, uri } from '../restart-contract.ts';
import { storedResponse } from '../stored-response.ts';
import { killed, openOnMap, reopened, type MapDatabase } from './map-adapter.ts';

const MIB = 1024 * 1024;
const TAG: Purge = { selector: { kind: 'tag', tag: 't' }, soft: false, siteId: undefined };

async function isBack(store: KeyvStore): Promise<void> {
  await expect.poll(() => store.stats().connection).toBe('connected');
}

/** Somebody wants what cannot be had. */
async function isFound(store: KeyvStore, database: MapDatabase): Promise<void> {
  database.isDown = true;
  await expect.poll(() => store.isAway).toBe(true);
}

describe.each([
  {
    how: 'refuses connections',
    set: (database: MapDatabase, is: boolean) => (database.isDown = is),
  },
  {
    how: 'does not answer',
    set: (database: MapDatabase, is: boolean) => (database.isHanging = is),
  },
])('a database that $how', ({ set }) => {
  it('is away until it is back: nothing is found or stored, nobody waits, each is said once', async () => {
    const { store, database, notices } = await openOnMap({ timeoutMs: 150 });
    await put(store, {});
    set(database, true);
    const [candidate] = find(store).selected;
    const source = candidate && store.open(candidate.response);
    if (source === undefined) throw new Error('nothing is stored');
    await expect(collect(source.read(0, undefined))).rejects.toMatchObject({ code: 'unreachable' });
    expect(store.isAway).toBe(true);
    expect(store.stats().connection).toBe('away');
    expect(find(store).selected).toEqual([]);
    const late = storedResponse({ uri: uri('late') });
    expect(await tryPut(store, late)).toBe(false);
    set(database, false);
    await isBack(store);
    await expect.poll(() => notices).toHaveLength(2);
    expect(notices[0]).toMatch(/^cannot be reached, so that every request goes to the origin/u);
    expect(notices[1]).toBe('reachable again: responses are stored as before');
    expect(await bodyOf(store)).toBe('body');
    await put(store, { uri: uri('late') });
  });
});

describe('what happens while the database is away', () => {
  it('a purge holds at once, when it is back, and after a restart', async () => {
    const opened = await openOnMap();
    const { store, database } = opened;
    await put(store, { uri: uri('a'), tags: ['t'] });
    await put(store, { uri: uri('b') });
    await isFound(store, database);
    expect(await store.purge([TAG], 0)).toBe(1);
    database.isDown = false;
    await isBack(store);
    expect(find(store, { uri: uri('a') }).selected).toEqual([]);
    expect(await bodyOf(store, { uri: uri('b') })).toBe('body');
    await expect.poll(() => database.keys('purge:')).toHaveLength(1);
    await expect.poll(() => opened.notices).toHaveLength(2);
    const after = await killed(opened);
    expect(after.notices).toEqual([]);
    expect(await lookText(after.store, { uri: uri('a') })).toBeUndefined();
    expect(await lookText(after.store, { uri: uri('b') })).toBe('body');
  });

  it('a purge holds after an end before it could be written: the next begins anew', async () => {
    const running = await openOnMap();
    await put(running.store, { tags: ['t'] });
    await isFound(running.store, running.database);
    expect(await running.store.purge([TAG], 0)).toBe(1);
    const { store, notices } = await killed(running);
    expect(notices).toEqual([expect.stringMatching(/^begun anew, for the edge that had it/u)]);
    expect(store.stats().entries).toBe(0);
    expect(await lookText(store)).toBeUndefined();
    await put(store, {});
    expect(await lookText(store)).toBe('body');
  });

  it('so does one that ends well', async () => {
    const running = await openOnMap();
    await put(running.store, { tags: ['t'] });
    await isFound(running.store, running.database);
    await running.store.purge([TAG], 0);
    await running.store.close();
    running.database.isDown = false;
    const { store } = await openOnMap(running);
    expect(store.stats().entries).toBe(0);
  });

  it('what was given up, and arrives when newer things are there, does no harm', async () => {
    const opened = await openOnMap({ timeoutMs: 100 });
    const { store, database, notices } = opened;
    await put(store, { uri: uri('a'), tags: ['t'] });
    await put(store, { uri: uri('b'), tags: ['u'] });
    const old = await put(store, { uri: uri('c'), fields: ['ETag', '"1"'] });
    database.isSlow = true;
    expect(store.update(old, storedResponse({ uri: uri('c'), fields: ['ETag', '"2"'] }))).toBe(
      true,
    );
    const [late, purged] = await Promise.all([
      tryPut(store, storedResponse({ uri: uri('late') })),
      store.purge([TAG], 0),
    ]);
    expect([late, purged]).toEqual([false, 1]);
    database.isSlow = false;
    await expect.poll(() => notices).toHaveLength(2);
    await store.purge([{ ...TAG, selector: { kind: 'tag', tag: 'u' } }], 0);
    await put(store, { uri: uri('d') });
    expect(database.onTheirWay.length).toBeGreaterThan(0);
    for (const arrive of database.onTheirWay) arrive();
    const after = await killed(opened);
    expect(after.notices).toEqual([]);
    expect(after.store.sequence).toBe(2);
    const [updated] = find(after.store, { uri: uri('c') }).selected;
    expect(updated?.response.fields.get('etag')).toBe('"2"');
    const bodies = [];
    for (const page of ['a', 'b', 'c', 'd', 'late']) {
      bodies.push(await lookText(after.store, { uri: uri(page) }));
    }
    expect(bodies).toEqual([undefined, undefined, 'body', 'body', undefined]);
  });

  it('what a 304 said is not forgotten for what was said before', async () => {
    const running = await openOnMap();
    const old = await put(running.store, { fields: ['ETag', '"1"'] });
    running.database.isDown = true;
    const updated = storedResponse({ fields: ['ETag', '"2"'] });
    expect(running.store.update(old, updated)).toBe(true);
    await expect.poll(() => running.store.isAway).toBe(true);
    const atOnce = await killed(running);
    expect(atOnce.store.stats().entries).toBe(0);
    await atOnce.store.close();
    running.database.isDown = false;
    await expect.poll(() => running.notices).toHaveLength(2);
    const { store } = await killed(running);
    expect(find(store).selected[0]?.response.fields.get('etag')).toBe('"2"');
  });

  it('a body of several segments that has begun is had whole', async () => {
    const { store, database } = await openOnMap();
    const body = patternBytes(3 * MIB + 7);
    const response = storedResponse();
    const writer = store.begin(response);
    await writer.write(body);
    await writer.commit([]);
    const reader = store.open(response)?.read(0, undefined) as AsyncIterableIterator<Uint8Array>;
    const chunks = [(await reader.next()).value as Uint8Array];
    await isFound(store, database);
    for await (const chunk of reader) chunks.push(chunk);
    expect(Buffer.concat(chunks).equals(body)).toBe(true);
  });

  it('a body on its way reaches everybody who follows it, however far behind', async () => {
    const { store, database } = await openOnMap();
    const body = patternBytes(4 * MIB + 7);
    const writer = store.begin(storedResponse());
    const slow = writer.read(0, undefined);
    await writer.write(body.subarray(0, 3 * MIB));
    await expect.poll(() => database.keys('segment:')).toHaveLength(3);
    await isFound(store, database);
    const late = writer.read(0, undefined);
    await writer.write(body.subarray(3 * MIB));
    expect(await writer.commit([])).toBe(false);
    for (const reader of [slow, late]) {
      expect(Buffer.from(await collect(reader)).equals(body)).toBe(true);
    }
  });

  it('a longer one is had elsewhere, or breaks off', async () => {
    const { store, database } = await openOnMap();
    const body = patternBytes(9 * MIB);
    const response = storedResponse();
    const writer = store.begin(response);
    for (let at = 0; at < body.length; at += MIB) await writer.write(body.subarray(at, at + MIB));
    await writer.commit([]);
    const mended = store
      .open(response, (from, to) => Promise.resolve(body.subarray(from, to)))
      ?.read(0, undefined) as AsyncIterableIterator<Uint8Array>;
    const cut = store.open(response)?.read(0, undefined) as AsyncIterableIterator<Uint8Array>;
    const chunks = [(await mended.next()).value as Uint8Array];
    await cut.next();
    await isFound(store, database);
    for await (const chunk of mended) chunks.push(chunk);
    expect(Buffer.concat(chunks).equals(body)).toBe(true);
    await expect(collect(cut)).rejects.toMatchObject({ code: 'unreachable' });
    database.isDown = false;
    await isBack(store);
    expect(find(store).selected).toHaveLength(1);
  });
});

describe('a database that lost something', () => {
  it.each([
    { what: 'everything', lose: (database: MapDatabase) => database.values.clear() },
    {
      what: 'its latest changes',
      lose: (database: MapDatabase, before: MapDatabase) => database.becomes(before),
    },
  ])('$what: nothing that was there counts, and purges go on', async ({ lose }) => {
    const opened = await openOnMap();
    const { store, database, notices } = opened;
    await put(store, { uri: uri('a'), tags: ['t'] });
    const before = database.image();
    const late = storedResponse({ uri: uri('late'), tags: ['t'] });
    await store.purge([TAG], 0);
    await put(store, { uri: uri('b') });
    await isFound(store, database);
    lose(database, before);
    database.isDown = false;
    await expect.poll(() => notices).toHaveLength(3);
    expect(notices[1]).toBe('begun anew, for the database has lost what was stored');
    expect(store.stats().entries).toBe(0);
    expect(store.isPurgedSince(late)).toBe(true);
    await put(store, { uri: uri('c') });
    const after = await killed(opened);
    expect(after.notices).toEqual([]);
    expect(after.store.sequence).toBe(1);
    expect(await lookText(after.store, { uri: uri('a') })).toBeUndefined();
    expect(await lookText(after.store, { uri: uri('b') })).toBeUndefined();
    expect(await lookText(after.store, { uri: uri('c') })).toBe('body');
  });

  it.each([
    { what: 'the list of purges', key: 'poplet:purge:1' },
    { what: 'what it says of itself', key: 'poplet:state:1' },
  ])('$what, between two edges: the next begins anew', async ({ key }) => {
    const running = await openOnMap();
    await put(running.store, { tags: ['t'] });
    await running.store.purge([TAG], 0);
    await put(running.store, { uri: uri('b') });
    await running.store.close();
    expect(running.database.values.delete(key)).toBe(true);
    const { store } = await openOnMap(running);
    expect(store.stats().entries).toBe(0);
    await put(store, {});
    expect(await lookText(store)).toBe('body');
  });

  it('a segment, or a byte of one: it is corrupt before its first byte, and can be stored anew', async () => {
    const { store, database } = await openOnMap();
    await put(store, { uri: uri('a'), body: 'one' });
    await put(store, { uri: uri('b'), body: 'two' });
    const [first = '', second = ''] = database.keys('segment:');
    database.values.delete(first);
    database.values.set(second, String(database.values.get(second)).replace('dH', 'dG'));
    for (const page of ['a', 'b']) {
      await expect(lookText(store, { uri: uri(page) })).rejects.toMatchObject({ code: 'corrupt' });
      expect(find(store, { uri: uri(page) }).selected).toEqual([]);
    }
    await put(store, { uri: uri('a'), body: 'one' });
    await put(store, { uri: uri('b'), body: 'two' });
    expect(await lookText(store, { uri: uri('a') })).toBe('one');
    expect(await lookText(store, { uri: uri('b') })).toBe('two');
  });
});

describe('a database that refuses to write', () => {
  it('for want of room: what was not used for longest makes some, and it is said once', async () => {
    const { store, database, notices } = await openOnMap();
    await put(store, { uri: uri('a') });
    await put(store, { uri: uri('b') });
    database.refusal = Object.assign(new Error('could not extend file'), { code: '53100' });
    const late = storedResponse({ uri: uri('late') });
    expect(await tryPut(store, late)).toBe(false);
    expect(store.isAway).toBe(false);
    expect(notices).toEqual([expect.stringMatching(/^responses cannot be stored/u)]);
    database.refusal = undefined;
    await put(store, { uri: uri('late') });
    expect(store.stats().evictions).toBeGreaterThan(0);
  });

  it('a purge: it holds all the same, and a restart begins anew unless it could be written', async () => {
    const running = await openOnMap();
    await put(running.store, { tags: ['t'] });
    await put(running.store, { uri: uri('b') });
    running.database.refusal = new Error('permission denied');
    expect(await running.store.purge([TAG], 0)).toBe(1);
    expect(running.notices).toEqual([
      'a purge cannot be written, so a restart begins with an empty store: permission denied',
    ]);
    const atOnce = await killed(running);
    expect(atOnce.store.stats().entries).toBe(0);
    await atOnce.store.close();
    running.database.refusal = undefined;
    await expect.poll(() => running.database.keys('purge:')).toHaveLength(1);
    const { store } = await reopened(running);
    expect(await lookText(store)).toBeUndefined();
    expect(await lookText(store, { uri: uri('b') })).toBe('body');
  });
});

describe('the database', () => {
  it('is for one edge: a second one is refused while the first lives', async () => {
    const first = await openOnMap();
    await put(first.store, {});
    await expect(openOnMap(first)).rejects.toMatchObject({
      code: 'store-in-use',
      message: expect.stringMatching(/is in use \(process \d+ on .+\)$/u),
    });
    expect(await bodyOf(first.store)).toBe('body');
    const { store } = await reopened(first);
    expect(await lookText(store)).toBe('body');
  });

  it('that another edge took all the same is left alone', async () => {
    // It gives no sign of life for so long that it is taken for dead.
    const first = await openOnMap({ beatMs: 900 });
    const state = (): unknown => first.database.values.get('poplet:state:1');
    const { store, notices } = first;
    const image = first.database.image();
    const second = await openOnMap({ ...first, database: image, beatMs: 20 });
    first.database.becomes(image);
    const before = state();
    await expect.poll(() => store.isAway).toBe(true);
    expect(notices).toEqual([expect.stringMatching(/another edge has taken it$/u)]);
    await store.close();
    expect(state()).toBe(before);
    expect(second.store.isAway).toBe(false);
  });

  it('says nothing to another machine about what an edge left that was killed, and all of one that ended well', async () => {
    const running = await openOnMap();
    await put(running.store, {});
    const elsewhere = await openOnMap({ database: running.database.image() });
    expect(elsewhere.store.stats().entries).toBe(0);
    await running.store.close();
    const { store } = await openOnMap({ database: running.database });
    expect(await lookText(store)).toBe('body');
  });

  it('does not grow by what is replaced, or by what an edge left that was killed', async () => {
    const running = await openOnMap();
    for (let version = 0; version < 30; version++)
      await put(running.store, { body: `v${version}` });
    await expect.poll(() => running.database.keys('segment:')).toHaveLength(1);
    await expect.poll(() => running.database.keys('record:')).toHaveLength(1);
    const writer = running.store.begin(storedResponse({ uri: uri('cut') }));
    await writer.write(patternBytes(3 * MIB));
    await expect.poll(() => running.database.keys('segment:').length).toBeGreaterThan(2);
    const { store, database } = await killed(running);
    await writer.abort(new Error('over'));
    for (let page = 0; page < 9; page++)
      await put(store, { uri: uri(`${page}`), body: `b${page}` });
    expect(database.keys('segment:')).toHaveLength(10);
  });
});
