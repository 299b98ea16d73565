import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { exchange } from '../exchange.ts';
import { type EventReader, readEvents } from './event-reader.ts';
import { type FakeEdge, fakeEdge } from './fake-edge.ts';
import { startAdmin } from './start-admin.ts';

async function startStream(options: Parameters<typeof startAdmin>[0] = {}) {
  const admin = await startAdmin(options);
  const open = (lastEventId?: string): Promise<EventReader> =>
    readEvents(`${admin.url}/poplet/v1/journal/stream`, lastEventId);
  return { ...admin, open };
}

/** An edge whose journal knows how many listen to it. */
function countedEdge(journalBytes: number): { edge: FakeEdge; listeners: () => number } {
  const edge = fakeEdge({ journalBytes });
  const subscribe = edge.journal.subscribe.bind(edge.journal);
  let listeners = 0;
  edge.journal.subscribe = (listener) => {
    listeners += 1;
    const unsubscribe = subscribe(listener);
    return () => {
      listeners -= 1;
      unsubscribe();
    };
  };
  return { edge, listeners: () => listeners };
}

async function nextIds(reader: EventReader, count: number): Promise<number[]> {
  const ids: number[] = [];
  while (ids.length < count) {
    const { data = '{}' } = await reader.next();
    ids.push(JSON.parse(data).id);
  }
  return ids;
}

describe('a reader', () => {
  it('gets a head at once, that no proxy may hold back or store', async () => {
    const { open } = await startStream();
    const reader = await open();
    expect(reader.status).toBe(200);
    expect(reader.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    expect(await reader.nextBlock()).toMatchObject({ retry: '1000', data: undefined });
  });

  it('gets each exchange after it came, in words', async () => {
    const { edge, open } = await startStream();
    edge.journal.record(exchange({ url: 'http://shop.test/before' }));
    const reader = await open();
    edge.journal.record(exchange({ url: 'http://shop.test/line\nbreak' }));
    const event = await reader.next();
    expect(event.event).toBe('exchange');
    expect(event.id).toMatch(/^[\da-f]{8}-2$/u);
    expect(JSON.parse(event.data ?? '')).toMatchObject({
      id: 2,
      url: 'http://shop.test/line\nbreak',
      outcome: 'hit',
      reasons: [{ text: 'fresh: age 7 s of 60 s (max-age)' }],
    });
  });

  it('is one of several', async () => {
    const { edge, open } = await startStream();
    const readers = await Promise.all([open(), open(), open()]);
    edge.journal.record(exchange());
    edge.journal.record(exchange());
    expect(await Promise.all(readers.map((reader) => nextIds(reader, 2)))).toEqual([
      [1, 2],
      [1, 2],
      [1, 2],
    ]);
  });

  it('hears a heartbeat while nothing happens', async () => {
    const { open } = await startStream({ stream: { heartbeatMs: 5 } });
    const reader = await open();
    await reader.nextBlock();
    expect(await reader.nextBlock()).toMatchObject({ comment: 'heartbeat', data: undefined });
    expect(await reader.nextBlock()).toMatchObject({ comment: 'heartbeat', data: undefined });
  });

  it('is forgotten when it leaves', async () => {
    const { edge, listeners } = countedEdge(1_000_000);
    const { get, open } = await startStream({ edge });
    // From here on the metrics listen too.
    await get('metrics');
    const reader = await open();
    expect(listeners()).toBe(2);
    reader.leave();
    await expect.poll(listeners).toBe(1);
    edge.journal.record(exchange());
  });
});

describe('a reader that comes back', () => {
  it('goes on from the last event it had', async () => {
    const { edge, open } = await startStream();
    const first = await open();
    edge.journal.record(exchange());
    const { id } = await first.next();
    first.leave();
    edge.journal.record(exchange());
    edge.journal.record(exchange());
    const second = await open(id);
    expect(await nextIds(second, 2)).toEqual([2, 3]);
    edge.journal.record(exchange());
    expect(await nextIds(second, 1)).toEqual([4]);
  });

  it('is told how many the journal forgot meanwhile', async () => {
    const { edge, open } = await startStream({ edge: fakeEdge({ journalBytes: 2000 }) });
    const first = await open();
    edge.journal.record(exchange());
    const { id = '' } = await first.next();
    first.leave();
    for (let index = 0; index < 10; index++) edge.journal.record(exchange());
    const kept = edge.journal.latest(Infinity).map((record) => record.id);
    expect(kept).toEqual([9, 10, 11]);
    const second = await open(id);
    expect(await second.next()).toMatchObject({
      id: id.replace(/-1$/u, '-8'),
      event: 'dropped',
      data: '{"count":7}',
    });
    expect(await nextIds(second, 3)).toEqual([9, 10, 11]);
  });

  it('is told when nothing at all was kept', async () => {
    const { edge, open } = await startStream();
    const first = await open();
    edge.journal.record(exchange());
    const { id } = await first.next();
    edge.journal.record(exchange());
    edge.journal.clear();
    const second = await open(id);
    expect(await second.next()).toMatchObject({ event: 'dropped', data: '{"count":1}' });
    edge.journal.record(exchange());
    expect(await nextIds(second, 1)).toEqual([3]);
  });

  it.each(['01234567-2', '3', 'nonsense', '-', '01234567-x'])(
    'with the id %s of another process gets all there is',
    async (id) => {
      const { edge, open } = await startStream();
      for (let index = 0; index < 3; index++) edge.journal.record(exchange());
      expect(await nextIds(await open(id), 3)).toEqual([1, 2, 3]);
    },
  );

  it('with an id that never was gets what comes next', async () => {
    const { edge, open } = await startStream();
    const first = await open();
    edge.journal.record(exchange());
    const { id = '' } = await first.next();
    const second = await open(id.replace(/-1$/u, '-99'));
    edge.journal.record(exchange());
    expect(await nextIds(second, 1)).toEqual([2]);
  });
});

describe('a slow reader', () => {
  const BIG = { url: `http://shop.test/${'x'.repeat(100_000)}` };

  it('is cut once it has left the socket full for too long', async () => {
    const { edge, listeners } = countedEdge(500_000_000);
    const { get, open } = await startStream({ edge, stream: { stallMs: 50, heartbeatMs: 10 } });
    await get('metrics');
    const reader = await open();
    reader.response.pause();
    for (let index = 0; index < 500; index++) edge.journal.record(exchange(BIG));
    await expect.poll(listeners).toBe(1);
    await expect(nextIds(reader, 500)).rejects.toThrow(/aborted|ended/u);
  });

  it('that reads on in time gets everything, in order', async () => {
    const { edge, open } = await startStream({
      edge: fakeEdge({ journalBytes: 500_000_000 }),
      stream: { stallMs: 60_000 },
    });
    const reader = await open();
    reader.response.pause();
    for (let index = 0; index < 300; index++) edge.journal.record(exchange(BIG));
    await pause(20);
    const ids = await nextIds(reader, 300);
    expect(ids).toEqual(Array.from({ length: 300 }, (_, index) => index + 1));
  });

  it('that the ring has overtaken is told how many it missed', async () => {
    const { edge, open } = await startStream({
      edge: fakeEdge({ journalBytes: 1_000_000 }),
      stream: { stallMs: 60_000 },
    });
    const reader = await open();
    reader.response.pause();
    for (let index = 0; index < 500; index++) edge.journal.record(exchange(BIG));
    let told = 0;
    let lastId = 0;
    while (lastId < 500) {
      const { event, data = '{}' } = await reader.next();
      const { id, count } = JSON.parse(data);
      if (event === 'dropped') told += count;
      else {
        told += 1;
        lastId = id;
      }
    }
    expect([told, lastId]).toEqual([500, 500]);
  });
});

it('ends when the admin API closes', async () => {
  const { createAdminServer } = await import('../../src/admin/admin-server.ts');
  const admin = createAdminServer(fakeEdge(), { port: 0 });
  const { url } = await admin.listen();
  const reader = await readEvents(`${url}/poplet/v1/journal/stream`);
  await admin.close();
  await expect(reader.next()).rejects.toThrow(/aborted|ended/u);
});
