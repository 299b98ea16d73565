import type { PurgeSelector } from '@poplet/policy';
import { describe, expect, it } from 'vitest';

import { ask } from '../test-client.ts';
import type { Answer } from '../test-origin.ts';
import { openEdges, type SharingEdge } from './two-edges.ts';

/** `<count> <path>`, and these fields. */
function counting(...lines: readonly string[]): Answer {
  let count = 0;
  return (request, response) => {
    const body = `${++count} ${request.url}`;
    response.writeHead(200, ['Content-Length', String(body.length), ...lines]);
    response.end(body);
  };
}

function purge({ edge }: SharingEdge, selector: PurgeSelector): Promise<{ sequence: number }> {
  return edge.purge([{ selector, soft: false, siteId: undefined }]);
}

describe('what one edge stores', () => {
  it('is a hit on the next', async () => {
    const { edges, origin } = await openEdges(counting('Cache-Control', 'max-age=60'));
    const [one, other] = edges;
    expect((await one.ask('/a')).body).toBe('1 /a');
    expect((await other.ask('/a')).body).toBe('1 /a');
    expect(other.latest().outcome).toBe('hit');
    expect((await other.ask('/a')).body).toBe('1 /a');
    expect(origin.asked).toEqual(['GET /a']);
  });

  it('is found by the fields that its Vary names', async () => {
    const { edges, origin } = await openEdges(
      counting('Cache-Control', 'max-age=60', 'Vary', 'X-V'),
    );
    const [one, other] = edges;
    const as = (value: string) => ({ headers: { 'X-V': value } });
    const [first, second] = await Promise.all([one.ask('/a', as('1')), other.ask('/a', as('2'))]);
    expect((await other.ask('/a', as('1'))).body).toBe(first.body);
    expect((await one.ask('/a', as('2'))).body).toBe(second.body);
    expect(origin.asked).toHaveLength(2);
  });

  it('answers for the queries that its No-Vary-Search lets pass', async () => {
    const { edges, origin } = await openEdges(
      counting('Cache-Control', 'max-age=60', 'No-Vary-Search', 'params=("utm")'),
    );
    const [one, other] = edges;
    await one.ask('/a?id=1&utm=x');
    expect((await other.ask('/a?id=1&utm=y')).body).toBe('1 /a?id=1&utm=x');
    await other.ask('/a?id=2');
    expect((await one.ask('/a?id=2&utm=z')).body).toBe('2 /a?id=2');
    expect(origin.asked).toHaveLength(2);
  });

  it('is completed by the other where it is a part', async () => {
    const whole = 'abcdefghij';
    const { edges, origin } = await openEdges((request, response) => {
      const [, from = '0', to = '9'] = /bytes=(\d+)-(\d*)/u.exec(request.headers.range ?? '') ?? [];
      const end = Math.min(9, to === '' ? 9 : Number(to));
      const body = whole.slice(Number(from), end + 1);
      const isPart = request.headers.range !== undefined;
      response.writeHead(isPart ? 206 : 200, [
        'Content-Length',
        String(body.length),
        'Cache-Control',
        'max-age=60',
        'ETag',
        '"v"',
        ...(isPart ? ['Content-Range', `bytes ${from}-${end}/10`] : []),
      ]);
      // The first answer ends too early.
      if (origin.asked.length > 1) response.end(body);
      else response.write(body.slice(0, 4), () => setTimeout(() => response.destroy(), 50));
    });
    const [one, other] = edges;
    await expect(one.ask('/a')).rejects.toThrow('aborted');
    await expect.poll(() => one.edge.store.stats().entries).toBe(1);
    expect((await other.ask('/a')).body).toBe(whole);
    expect(origin.headers[1]).toMatchObject({ range: 'bytes=4-9' });
    await one.catchUp();
    expect((await one.ask('/a')).body).toBe(whole);
    expect(origin.asked).toHaveLength(2);
  });

  it('is fresh for both when one has had it confirmed', async () => {
    const { edges, origin } = await openEdges((request, response) => {
      const isKnown = request.headers['if-none-match'] === '"v"';
      const fields = [
        'ETag',
        '"v"',
        'Cache-Control',
        'max-age=60',
        'X-Answer',
        `${origin.asked.length}`,
      ];
      response.writeHead(isKnown ? 304 : 200, fields);
      response.end(isKnown ? '' : 'body');
    });
    const [one, other] = edges;
    await one.ask('/a');
    expect((await other.ask('/a')).headers['x-answer']).toBe('1');
    one.edge.clock.advance(120_000);
    await expect.poll(() => other.edge.clock.offsetMs).toBe(120_000);
    const confirmed = await one.ask('/a');
    expect([confirmed.headers['x-answer'], confirmed.body]).toEqual(['2', 'body']);
    // What an edge tells Redis without waiting for it is there before the answer to its next question.
    await one.catchUp();
    await other.catchUp();
    expect((await other.ask('/a')).headers['x-answer']).toBe('2');
    expect(origin.asked).toHaveLength(2);
  });

  it('stays with it where the body is longer than edges share, and the reason says so', async () => {
    const { edges, origin } = await openEdges(counting('Cache-Control', 'max-age=60'), {
      maxSharedBodyBytes: 5,
    });
    const [one, other] = edges;
    await one.ask('/a');
    await one.ask('/longer');
    expect(one.latest().codes).toEqual(['nothing-stored', 'stored-here-only']);
    await one.ask('/longer');
    expect(one.latest().outcome).toBe('hit');
    await other.ask('/longer');
    expect(other.latest().outcome).toBe('miss');
    await other.ask('/a');
    expect(other.latest().outcome).toBe('hit');
    expect(origin.asked).toHaveLength(3);
  });
});

describe('what one edge purges', () => {
  it('is gone on the other, from its memory too, and fetched anew once for both', async () => {
    const { edges, origin } = await openEdges(counting('Cache-Control', 'max-age=60'));
    const [one, other] = edges;
    await one.ask('/a');
    await other.ask('/a');
    const { sequence } = await purge(one, { kind: 'everything' });
    expect(sequence).toBe(1);
    await expect.poll(() => other.edge.store.sequence).toBe(1);
    expect((await other.ask('/a')).body).toBe('2 /a');
    expect((await one.ask('/a')).body).toBe('2 /a');
    expect(origin.asked).toHaveLength(2);
  });

  it('cannot be stored by a fetch of the other that began before', async () => {
    const gate = Promise.withResolvers<void>();
    const { edges, origin } = await openEdges((_request, response) => {
      const body = `${origin.asked.length}`;
      response.writeHead(200, ['Cache-Control', 'max-age=60']);
      if (origin.asked.length > 1) response.end(body);
      else void gate.promise.then(() => response.end(body));
    });
    const [one, other] = edges;
    const late = other.ask('/a');
    await expect.poll(() => origin.asked.length).toBe(1);
    await purge(one, { kind: 'everything' });
    gate.resolve();
    expect((await late).body).toBe('1');
    expect(other.latest().codes).toContain('not-stored-purged');
    expect((await other.ask('/a')).body).toBe('2');
  });

  it('is not answered by what the other was fetching before, however many wait for it', async () => {
    const gate = Promise.withResolvers<void>();
    const { edges, origin } = await openEdges((_request, response) => {
      const body = `${origin.asked.length}`;
      response.writeHead(200, ['Cache-Control', 'max-age=60', 'Content-Length', '1']);
      if (origin.asked.length > 1) response.end(body);
      else void gate.promise.then(() => response.end(body));
    });
    const [one, other] = edges;
    const early = other.ask('/a');
    await expect.poll(() => origin.asked.length).toBe(1);
    await purge(one, { kind: 'everything' });
    await other.catchUp();
    expect((await ask(`${other.url}/a`, { headers: { Host: 'example.com' } })).body).toBe('2');
    gate.resolve();
    expect((await early).body).toBe('1');
    expect((await other.ask('/a')).body).toBe('2');
  });

  it('is what a request that changes something makes invalid, too', async () => {
    const { edges } = await openEdges(counting('Cache-Control', 'max-age=60'));
    const [one, other] = edges;
    await other.ask('/a');
    await one.ask('/a', { method: 'POST', body: 'x' });
    await expect.poll(() => other.edge.store.sequence).toBe(1);
    expect((await other.ask('/a')).body).toBe('3 /a');
  });
});

describe('what Redis loses', () => {
  it('is a miss where a body is gone', async () => {
    const { edges, redis, origin } = await openEdges(counting('Cache-Control', 'max-age=60'));
    const [one, other] = edges;
    await one.ask('/a');
    const bodies = await redis.command('KEYS', '*body:*');
    expect(bodies).toHaveLength(1);
    await redis.command('DEL', ...bodies);
    const received = await other.ask('/a');
    expect([received.status, received.body]).toEqual([200, '2 /a']);
    expect((await one.ask('/a')).body).toMatch(/^[12] /u);
    expect(origin.asked).toHaveLength(2);
  });

  it('is a miss where a body is not what was stored', async () => {
    const { edges, redis } = await openEdges(counting('Cache-Control', 'max-age=60'));
    const [one, other] = edges;
    await one.ask('/a');
    for (const key of await redis.command('KEYS', '*body:*'))
      await redis.command('SETRANGE', key, '0', 'X');
    expect((await other.ask('/a')).body).toBe('2 /a');
    expect(other.latest().codes).toContain('body-corrupt');
  });

  it('takes no purge back: after FLUSHALL all that was known before counts as purged', async () => {
    const { edges, redis } = await openEdges(counting('Cache-Control', 'max-age=60'));
    const [one, other] = edges;
    for (let count = 0; count < 3; count++) await purge(one, { kind: 'everything' });
    await one.ask('/a');
    await other.ask('/a');
    await redis.command('FLUSHALL');
    await expect.poll(() => other.edge.store.sequence).toBeGreaterThan(3);
    await expect.poll(() => one.edge.store.sequence).toBe(other.edge.store.sequence);
    expect((await other.ask('/a')).body).toBe('2 /a');
    expect((await one.ask('/a')).body).toBe('2 /a');
  });
});
