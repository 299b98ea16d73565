// Explanations: what the edge would do, and that nothing of it is done.

import { afterEach, describe, expect, it } from 'vitest';

import { Rig, until } from '../rig.ts';
import { text, type Answer } from '../test-origin.ts';

let rig: Rig;
afterEach(() => rig.close());

const FRESH = ['Cache-Control', 'max-age=60', 'ETag', '"v1"'];

/** What an explanation must leave as it was. */
function traces(): object {
  const { store, journal, flights } = rig.edge;
  return {
    entries: store.stats().entries,
    sequence: store.sequence,
    totals: journal.totals,
    flights,
  };
}

it('of what is not stored asks the origin once, and stores nothing', async () => {
  rig = await Rig.open(text('page', ...FRESH));
  const before = traces();
  const explanation = await rig.edge.explain({
    url: `${rig.url}/a?b=c`,
    headers: { 'X-Kind': 'k' },
  });
  expect(explanation).toMatchObject({
    site: 'default',
    profile: 'rfc9111',
    upstreamUrl: rig.origin.url,
    method: 'GET',
    url: `${rig.url}/a?b=c`,
    outcome: 'miss',
    verdict: { kind: 'cached' },
    steps: [{ code: 'nothing-stored' }, { code: 'stored', values: { lifetimeSeconds: 60 } }],
    upstream: { kind: 'response', status: 200 },
    stored: { key: `default ${rig.url}/a?b=c` },
    next: { isHit: true },
  });
  // A second or two may have passed by the origin's clock.
  expect(explanation.stored?.ttlSeconds).toBeGreaterThan(50);
  expect(explanation.stored?.ttlSeconds).toBeLessThanOrEqual(60);
  expect(rig.origin.asked).toEqual(['GET /a?b=c']);
  expect(rig.origin.headers[0]).toMatchObject({ 'x-kind': 'k' });
  expect(traces()).toEqual(before);
  expect((await rig.ask('/a?b=c')).headers['cache-status']).toContain('fwd=uri-miss');
});

it('of a hit asks nobody, and does not count as use', async () => {
  rig = await Rig.open(text('page', ...FRESH));
  await rig.ask('/a');
  await rig.ask('/b');
  const [newest] = rig.edge.store.entries({ limit: 1 });
  const explanation = await rig.edge.explain({ url: `${rig.url}/a` });
  expect(explanation).toMatchObject({
    outcome: 'hit',
    verdict: { kind: 'hit' },
    upstream: null,
    next: { isHit: true },
  });
  expect(rig.origin.asked).toHaveLength(2);
  expect(rig.edge.store.entries({ limit: 1 })).toEqual([newest]);
});

it('of what is stale asks with its validator, and does not update it', async () => {
  rig = await Rig.open((request, response) => {
    const isKnown = request.headers['if-none-match'] === '"v1"';
    response.writeHead(isKnown ? 304 : 200, [...FRESH, 'Content-Length', '0']).end();
  });
  await rig.ask('/a');
  rig.edge.clock.advance(61_000);
  const expected = { outcome: 'revalidated', upstream: { status: 304 }, next: { isHit: true } };
  expect(await rig.edge.explain({ url: `${rig.url}/a` })).toMatchObject(expected);
  // Still stale: the first time has changed nothing.
  expect(await rig.edge.explain({ url: `${rig.url}/a` })).toMatchObject(expected);
});

it('of a 304 that fits nothing stored asks again, as the edge does', async () => {
  rig = await Rig.open((request, response) => {
    const isAsked = request.headers['if-none-match'] !== undefined;
    const [status, etag] = isAsked ? [304, '"other"'] : [200, '"v1"'];
    response.writeHead(status, ['Cache-Control', 'max-age=60', 'ETag', etag]).end();
  });
  await rig.ask('/a');
  rig.edge.clock.advance(61_000);
  const { steps, outcome } = await rig.edge.explain({ url: `${rig.url}/a` });
  expect(outcome).toBe('expired');
  expect(steps.map(({ code }) => code)).toEqual([
    'stale',
    'validate',
    'unmatched-304',
    'replaced',
    'stored',
  ]);
});

it('of what is served stale asks what the background refresh would', async () => {
  rig = await Rig.open(text('page', 'Cache-Control', 'max-age=60, stale-while-revalidate=60'));
  await rig.ask('/a', { headers: { cookie: 'sid=1' } });
  rig.edge.clock.advance(61_000);
  const { outcome, steps } = await rig.edge.explain({
    url: `${rig.url}/a`,
    headers: { Cookie: 'sid=2' },
  });
  expect(outcome).toBe('updating');
  expect(steps.at(-1)).toMatchObject({ stage: 'refresh', code: 'stored' });
  expect(rig.origin.headers.at(-1)).not.toHaveProperty('cookie');
});

it('of what is stale for an equivalent query knows that its refresh has just failed', async () => {
  rig = await Rig.open(
    text(
      'page',
      'Cache-Control',
      'max-age=60, stale-while-revalidate=600',
      'No-Vary-Search',
      'params',
    ),
  );
  await rig.ask('/a?utm=1');
  rig.edge.clock.advance(61_000);
  rig.origin.answer = (_request, response) => response.writeHead(503).end();
  await rig.ask('/a?utm=2');
  await rig.edge.tasks.idle();
  const { outcome, steps } = await rig.edge.explain({ url: `${rig.url}/a?utm=3` });
  expect(outcome).toBe('stale');
  expect(steps.map(({ code }) => code)).toContain('refresh-held-back');
  await rig.ask('/a?utm=3');
  expect(rig.lastReasons).toContain('refresh-held-back');
});

it('of an origin that is not there says so', async () => {
  rig = await Rig.open(text('page'));
  await rig.origin.close();
  const explanation = rig.edge.explain({ url: `${rig.url}/a` });
  expect(await explanation).toMatchObject({
    verdict: { kind: 'failed' },
    upstream: { kind: 'failure', failure: 'refused' },
    suggestions: [],
  });
  await rig.origin.listen();
});

it('of a page of any length reads no body', async () => {
  const endless: Answer = (_request, response) => {
    response.writeHead(200, FRESH);
    const timer = setInterval(() => response.write('more'), 1);
    response.on('close', () => clearInterval(timer));
  };
  rig = await Rig.open(endless);
  expect(await rig.edge.explain({ url: `${rig.url}/a` })).toMatchObject({ outcome: 'miss' });
  await until(() => rig.origin.aborted === 1, 'the body is given up');
});

it.each(['POST', 'DELETE', 'OPTIONS', 'PROPFIND'])(
  '%s is explained without being sent',
  async (method) => {
    rig = await Rig.open(text('page'));
    const explanation = await rig.edge.explain({ url: `${rig.url}/a`, method });
    expect(explanation).toMatchObject({
      method,
      outcome: 'ineligible',
      upstream: null,
      next: null,
      obstacle: { code: expect.stringMatching(/method/u) },
    });
    expect(rig.origin.asked).toEqual([]);
  },
);

it('while the cache is switched off says that', async () => {
  rig = await Rig.open(text('page', ...FRESH));
  rig.edge.bypass = true;
  expect(await rig.edge.explain({ url: `${rig.url}/a` })).toMatchObject({
    outcome: 'pass',
    obstacle: { code: 'operator-bypass' },
    next: { isHit: false },
  });
});

describe('refuses', () => {
  it.each([
    [{ url: 'ftp://shop.test/' }, 'is not the URL of a page'],
    [{ url: '/a' }, 'is not the URL of a page'],
    [{ url: 'http://u:p@shop.test/' }, 'is not the URL of a page'],
    [{ url: 'http://other.test/' }, 'no site of this edge answers to other.test'],
    [{ url: 'http://shop.test/', method: 'G E T' }, 'is not a method'],
    [{ url: 'http://shop.test/', method: 'FOO' }, 'FOO is no method that the edge knows'],
    [{ url: 'http://shop.test/', method: 'post' }, 'post is no method that the edge knows'],
    [{ url: 'http://shop.test/', method: 'PURGE' }, 'PURGE is not explained: it removes'],
    [{ url: 'http://shop.test/', method: 'CONNECT' }, 'CONNECT asks for a proxy'],
    [{ url: 'http://shop.test/', headers: { 'a b': 'c' } }, 'cannot be sent'],
    [{ url: 'http://shop.test/', headers: { a: 'b\r\nc: d' } }, 'cannot be sent'],
    [{ url: 'http://shop.test/', headers: { Host: 'other.test' } }, 'cannot be sent'],
  ])('%j', async (asked, message) => {
    rig = await Rig.open(text('page'), { site: { hosts: ['shop.test'] } });
    await expect(rig.edge.explain(asked)).rejects.toMatchObject({
      code: 'invalid-option',
      message: expect.stringContaining(message),
      hint: expect.any(String),
    });
    expect(rig.origin.asked).toEqual([]);
  });
});
