import { describe, expect, it } from 'vitest';

import { text } from '../test-origin.ts';
import { openEdges } from './two-edges.ts';

const EVERYTHING = { selector: { kind: 'everything' }, soft: false, siteId: undefined } as const;

/** Cacheable for long. */
const PAGE = text('body', 'Cache-Control', 'max-age=3600');

describe.each([
  {
    how: 'killed',
    stop: (redis: Redis) => redis.kill(),
    start: (redis: Redis) => redis.startAgain(),
  },
  {
    how: 'stopped in the middle',
    stop: (redis: Redis) => Promise.resolve(redis.pause()),
    start: (redis: Redis) => Promise.resolve(redis.resume()),
  },
])('Redis, $how', ({ stop, start }) => {
  it('leaves every request to the origin, is said to be away once, and is used again by itself', async () => {
    const { edges, redis, origin } = await openEdges(PAGE);
    const [one, other] = edges;
    await one.ask('/a');
    await other.ask('/a');
    expect(origin.asked).toHaveLength(1);
    await stop(redis);
    await expect.poll(() => one.edge.store.stats().connection).toBe('away');
    for (let count = 0; count < 5; count++) {
      const answer = await one.ask('/a');
      expect(answer).toMatchObject({ status: 200, body: 'body' });
      expect(answer.headers['cache-status']).toBe(
        'poplet;fwd=uri-miss;fwd-status=200;key="default http://example.com/a";detail=store-away',
      );
    }
    expect(origin.asked).toHaveLength(6);
    expect(one.latest()).toEqual({ outcome: 'bypass', codes: ['nothing-stored', 'store-away'] });
    const explained = await one.edge.explain({ url: 'http://example.com/a' });
    expect(explained.verdict).toEqual({
      kind: 'not-cached',
      text: 'Not cached: the remote store cannot be reached: nothing is looked up there, and nothing stored',
    });
    expect(explained.stored).toBeNull();
    await start(redis);
    await expect.poll(() => one.edge.store.stats().connection).toBe('connected');
    await expect.poll(() => other.edge.store.stats().connection).toBe('connected');
    await one.ask('/b');
    await other.ask('/b');
    expect(other.latest().outcome).toBe('hit');
    for (const { notices } of edges) {
      expect(notices).toEqual([
        expect.stringMatching(/^cannot be reached, so that every request goes to the origin/u),
        'reachable again: responses are shared as before',
      ]);
    }
  });

  it('holds no request for long while nobody knows yet that it is away', async () => {
    const { edges, redis } = await openEdges(PAGE);
    const [one] = edges;
    await one.ask('/a');
    await stop(redis);
    const answers = await Promise.all(Array.from({ length: 20 }, () => one.ask('/a')));
    expect(answers.map(({ status, body }) => [status, body])).toEqual(
      answers.map(() => [200, 'body']),
    );
    await start(redis);
  });

  it('hears of what was purged meanwhile before anything is served', async () => {
    const { edges, redis, origin } = await openEdges(PAGE);
    const [one, other] = edges;
    await one.ask('/a');
    await other.ask('/a');
    await stop(redis);
    await expect.poll(() => one.edge.store.stats().connection).toBe('away');
    await expect(one.edge.purge([EVERYTHING])).rejects.toMatchObject({ code: 'unreachable' });
    const asked = origin.asked.length;
    await start(redis);
    await expect.poll(() => one.edge.store.stats().connection).toBe('connected');
    await expect.poll(() => other.edge.store.stats().connection).toBe('connected');
    await other.ask('/a');
    expect(other.latest().outcome).toBe('miss');
    expect(origin.asked).toHaveLength(asked + 1);
    await one.catchUp();
    await one.ask('/a');
    expect(one.latest().outcome).toBe('hit');
  });
});

type Redis = Awaited<ReturnType<typeof openEdges>>['redis'];
