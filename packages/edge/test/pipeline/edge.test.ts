// The edge as a whole: its options, its sites, and a response's life in virtual time.

import { request as httpRequest } from 'node:http';

import { rfc9111 } from '@poplet/policy';
import { createMemoryStore } from '@poplet/store';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { createEdge, type SiteOptions } from '../../src/index.ts';
import { ask } from '../test-client.ts';
import { Rig, until } from '../rig.ts';
import { text, type Answer } from '../test-origin.ts';

const UPSTREAM = { url: 'http://127.0.0.1:1' };

describe('options', () => {
  it.for<{ what: string; sites: readonly SiteOptions[]; code: string; says: RegExp }>([
    { what: 'no site', sites: [], code: 'no-sites', says: /no site/ },
    {
      what: 'two with one id',
      sites: [
        { upstream: UPSTREAM, hosts: ['a'] },
        { upstream: UPSTREAM, hosts: ['b'] },
      ],
      code: 'duplicate-site',
      says: /"default"/,
    },
    {
      what: 'two with one host',
      sites: [
        { id: 'a', upstream: UPSTREAM, hosts: ['x.test'] },
        { id: 'b', upstream: UPSTREAM, hosts: ['X.TEST'] },
      ],
      code: 'duplicate-site',
      says: /"x\.test"/,
    },
    {
      what: 'two, one for any host',
      sites: [
        { id: 'a', upstream: UPSTREAM },
        { id: 'b', upstream: UPSTREAM, hosts: ['b'] },
      ],
      code: 'invalid-option',
      says: /"a" names no host/,
    },
    {
      what: 'white space in an id',
      sites: [{ id: 'a b', upstream: UPSTREAM }],
      code: 'invalid-option',
      says: /"a b"/,
    },
    {
      what: 'a host with a port',
      sites: [{ upstream: UPSTREAM, hosts: ['a.test:80'] }],
      code: 'invalid-option',
      says: /"a\.test:80"/,
    },
    ...['*', '*.', '*.*.test', 'www.*.test', 'a*.test', '**.test', '*..test'].map((host) => ({
      what: `the wildcard ${host}`,
      sites: [{ upstream: UPSTREAM, hosts: [host] }],
      code: 'invalid-option',
      says: /is no wildcard$/,
    })),
    {
      what: 'no URL',
      sites: [{ upstream: { url: 'localhost:3000' } }],
      code: 'bad-upstream-url',
      says: /localhost:3000/,
    },
    {
      what: 'a path in the URL',
      sites: [{ upstream: { url: 'http://a.test/app' } }],
      code: 'bad-upstream-url',
      says: /has a path/,
    },
    {
      what: 'another scheme',
      sites: [{ upstream: { url: 'ftp://a.test' } }],
      code: 'bad-upstream-url',
      says: /http/,
    },
    {
      what: 'a password in the URL',
      sites: [{ upstream: { url: 'http://me:secret@a.test' } }],
      code: 'bad-upstream-url',
      says: /^(?!.*secret).*password/,
    },
  ])('$what', ({ sites, code, says }) => {
    let thrown: unknown;
    try {
      createEdge({ sites });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ name: 'PopletError', code });
    expect((thrown as Error).message).toMatch(says);
    expect((thrown as { hint?: string }).hint).toBeTruthy();
  });
});

describe('sites', () => {
  it('are told apart by host, and have caches of their own', async () => {
    const rig = await Rig.open((request, response) =>
      text(
        `for ${String(request.headers['x-forwarded-host'])}`,
        'Cache-Control',
        'max-age=60',
      )(request, response),
    );
    const edge = createEdge({
      sites: [
        { id: 'one', hosts: ['one.test'], upstream: { url: rig.origin.url } },
        { id: 'two', hosts: ['two.test', 'www.two.test'], upstream: { url: rig.origin.url } },
      ],
    });
    const { url } = await edge.listen({ port: 0 });
    const get = (host: string): ReturnType<typeof ask> => ask(`${url}/a`, { headers: { host } });
    expect((await get('one.test')).body).toBe('for one.test');
    expect((await get('ONE.test:80')).body).toBe('for one.test');
    expect((await get('www.two.test:8080')).body).toBe('for www.two.test:8080');
    const lost = await get('three.test');
    expect(lost.status).toBe(421);
    expect(lost.body).toBe(
      'poplet: 421 Misdirected Request\n- no site is configured for host three.test\n',
    );
    const records = edge.journal.latest(4);
    expect(records.map(({ siteId, outcome }) => `${siteId} ${outcome}`)).toEqual([
      'one miss',
      'one hit',
      'two miss',
      ' error',
    ]);
    expect(records[0]?.primaryKey).toBe('one http://one.test/a');
    await edge.close();
    await rig.close();
  });

  it('belongs to every name below its wildcard, unless another is closer', async () => {
    const rig = await Rig.open(text('fine', 'Cache-Control', 'max-age=60'));
    const upstream = { url: rig.origin.url };
    const edge = createEdge({
      sites: [
        { id: 'all', hosts: ['*.test'], upstream },
        { id: 'shop', hosts: ['*.Shop.test'], upstream },
        { id: 'one', hosts: ['one.shop.test', 'shop.test'], upstream },
      ],
    });
    const { url } = await edge.listen({ port: 0 });
    const siteOf = async (host: string): Promise<string> => {
      const { status } = await ask(`${url}/a`, { headers: { host } });
      return status === 200 ? String(edge.journal.latest(1)[0]?.siteId) : String(status);
    };
    expect(await siteOf('a.test')).toBe('all');
    expect(await siteOf('a.b.test:80')).toBe('all');
    expect(await siteOf('shop.test')).toBe('one');
    expect(await siteOf('ONE.shop.test')).toBe('one');
    expect(await siteOf('two.shop.test')).toBe('shop');
    expect(await siteOf('a.two.shop.test:8080')).toBe('shop');
    expect(await siteOf('test')).toBe('421');
    expect(await siteOf('.test')).toBe('421');
    expect(await siteOf('shop.testing')).toBe('421');
    await edge.close();
    await rig.close();
  });
});

describe('a response', () => {
  let rig: Rig;
  let lines: string[];
  const answer: Answer = (request, response) => {
    if (request.headers['if-none-match'] === '"1"')
      response.writeHead(304, ['ETag', '"1"', 'Date', new Date().toUTCString()]).end();
    else text('body', ...lines)(request, response);
  };
  beforeEach(async () => {
    rig = await Rig.open(answer);
  });
  afterEach(() => rig.close());

  it('is stored, served, validated when stale, and served again (the required case of virtual time)', async () => {
    lines = ['Cache-Control', 'max-age=60', 'ETag', '"1"', 'Date', new Date().toUTCString()];
    await rig.ask('/a');
    await rig.ask('/a');
    rig.edge.clock.advance(120_000);
    expect((await rig.ask('/a')).body).toBe('body');
    const fresh = await rig.ask('/a');
    expect(fresh.body).toBe('body');
    expect(rig.outcomes).toEqual(['miss', 'hit', 'revalidated', 'hit']);
    expect(rig.origin.asked.length).toBe(2);
    expect(rig.records.map(({ stored }) => stored)).toEqual([true, false, true, false]);
    expect(rig.records.map(({ ttlSeconds }) => (ttlSeconds ?? 0) > 58)).toEqual([
      true,
      true,
      true,
      true,
    ]);
  });

  it('carries virtual time in Age', async () => {
    lines = ['Cache-Control', 'max-age=600'];
    rig.edge.clock.freeze();
    await rig.ask('/a');
    rig.edge.clock.advance(90_000);
    expect((await rig.ask('/a')).headers.age).toBe('90');
  });

  it('is served stale while it is refreshed in the background', async () => {
    lines = ['Cache-Control', 'max-age=60, stale-while-revalidate=600', 'ETag', '"1"'];
    await rig.ask('/a');
    rig.edge.clock.advance(120_000);
    const stale = await rig.askTogether('/a', 20);
    expect(stale.every(({ body }) => body === 'body')).toBe(true);
    await rig.edge.tasks.idle();
    expect(rig.origin.asked.length).toBe(2);
    await rig.ask('/a');
    expect(rig.outcomes.at(1)).toBe('updating');
    expect(rig.outcomes.at(-1)).toBe('hit');
    expect(rig.origin.asked.length).toBe(2);
    expect(rig.refreshes).toEqual([
      expect.objectContaining({
        method: 'GET',
        url: `${rig.url}/a`,
        status: 304,
        upstreamStatus: 304,
        outcome: 'revalidated',
        stored: true,
        bodyBytes: 0,
      }),
    ]);
    expect(rig.refreshes[0]?.reasons.map(({ code }) => code)).toEqual([
      'background-refresh',
      'confirmed',
    ]);
    expect(rig.edge.journal.totals).toMatchObject({ exchanges: 22, upstreamRequests: 2 });
  });

  it('is not refreshed again and again while that fails', async () => {
    lines = ['Cache-Control', 'max-age=60, stale-while-revalidate=600', 'ETag', '"1"'];
    await rig.ask('/a');
    rig.edge.clock.advance(120_000);
    rig.origin.answer = (_request, response) => response.writeHead(503).end();
    await rig.ask('/a');
    await rig.edge.tasks.idle();
    await rig.ask('/a');
    await rig.edge.tasks.idle();
    expect(rig.origin.asked.length).toBe(2);
    expect(rig.lastReasons).toContain('refresh-held-back');
    expect(rig.refreshes).toEqual([
      expect.objectContaining({ status: 503, upstreamStatus: 503, stored: false }),
    ]);
    // The policy's time after a failure.
    rig.edge.clock.advance(6000);
    rig.origin.answer = answer;
    await rig.ask('/a');
    await rig.edge.tasks.idle();
    expect(rig.origin.asked.length).toBe(3);
    await rig.ask('/a');
    expect(rig.outcomes.at(-1)).toBe('hit');
  });

  it('stays while its refresh meets a fault of the edge, which is reported once', async () => {
    const store = createMemoryStore({ maxBodyBytes: 1000 });
    const own = await Rig.open(
      text('first', 'Cache-Control', 'max-age=60, stale-while-revalidate=600'),
      {
        store,
      },
    );
    await own.ask('/a');
    own.edge.clock.advance(120_000);
    vi.spyOn(store, 'begin').mockImplementation(() => {
      throw new Error('no room');
    });
    const bodies = [(await own.ask('/a')).body];
    await own.edge.tasks.idle();
    bodies.push((await own.ask('/a')).body);
    await own.edge.tasks.idle();
    expect(bodies).toEqual(['first', 'first']);
    expect(own.lastReasons).toContain('refresh-held-back');
    expect(own.faults).toEqual([['flight', new Error('no room')]]);
    await expect(own.close()).rejects.toThrow('no room');
  });

  it('stands in when the origin is down, where it says so', async () => {
    lines = ['Cache-Control', 'max-age=60, stale-if-error=600', 'ETag', '"1"'];
    await rig.ask('/a');
    rig.edge.clock.advance(120_000);
    rig.origin.answer = (request) => request.socket.destroy();
    const { status, body } = await rig.ask('/a');
    expect({ status, body }).toEqual({ status: 200, body: 'body' });
    expect(rig.last).toMatchObject({ outcome: 'stale', upstreamStatus: null, askedUpstream: true });
    expect(rig.last.ttlSeconds).toBeLessThanOrEqual(-60);
  });

  it('is fetched whole when the 304 fits nothing stored', async () => {
    lines = ['Cache-Control', 'max-age=60', 'ETag', '"1"'];
    await rig.ask('/a');
    rig.edge.clock.advance(120_000);
    rig.origin.answer = (request, response) => {
      if (request.headers['if-none-match'] === undefined)
        text('new', 'Cache-Control', 'max-age=60')(request, response);
      else response.writeHead(304, ['ETag', '"2"']).end();
    };
    expect((await rig.ask('/a')).body).toBe('new');
    expect(rig.origin.asked.length).toBe(3);
    expect(rig.lastReasons).toContain('unmatched-304');
  });

  it('answers the client’s own conditions and ranges', async () => {
    lines = ['Cache-Control', 'max-age=60', 'ETag', '"1"'];
    await rig.ask('/a');
    const notModified = await rig.ask('/a', { headers: { 'if-none-match': '"1"' } });
    const partial = await rig.ask('/a', { headers: { range: 'bytes=1-2' } });
    const parts = await rig.ask('/a', { headers: { range: 'bytes=2-3,0-0' } });
    expect([notModified.status, notModified.body]).toEqual([304, '']);
    expect([partial.status, partial.body, partial.headers['content-range']]).toEqual([
      206,
      'od',
      'bytes 1-2/4',
    ]);
    expect(parts.status).toBe(206);
    expect(parts.body).toMatch(/bytes 2-3\/4\r\n\r\ndy\r\n.*bytes 0-0\/4\r\n\r\nb\r\n/s);
    expect(rig.origin.asked.length).toBe(1);
  });

  it('that is not stored still answers ranges in any order', async () => {
    lines = ['Cache-Control', 'private', 'ETag', '"1"'];
    const ascending = await rig.ask('/a', { headers: { range: 'bytes=0-0,2-3' } });
    expect(ascending.status).toBe(206);
    expect(ascending.body).toMatch(/b\r\n.*dy\r\n/s);
    rig.edge.clock.advance(600_000);
    const descending = await rig.ask('/a', { headers: { range: 'bytes=2-3,0-0' } });
    expect([descending.status, descending.body]).toEqual([200, 'body']);
  });

  it('goes past the cache while the operator says so', async () => {
    lines = ['Cache-Control', 'max-age=60'];
    await rig.ask('/a');
    rig.edge.bypass = true;
    await rig.ask('/a');
    rig.edge.bypass = false;
    await rig.ask('/a');
    expect(rig.outcomes).toEqual(['miss', 'pass', 'hit']);
    expect(rig.origin.asked.length).toBe(2);
  });

  it('belongs to a deployment, where the policy says so', async () => {
    lines = ['Cache-Control', 'max-age=60'];
    const policy = { ...rfc9111, key: { ...rfc9111.key, deployment: true } };
    const edge = createEdge({ sites: [{ upstream: { url: rig.origin.url }, policy }] });
    const { url } = await edge.listen({ port: 0 });
    await ask(`${url}/a`);
    const first = edge.deploy();
    await ask(`${url}/a`);
    await ask(`${url}/a`);
    expect(edge.deploy()).not.toBe(first);
    const records = edge.journal.latest(3);
    expect(records.map(({ outcome }) => outcome)).toEqual(['miss', 'miss', 'hit']);
    expect(records[1]?.primaryKey).toBe(`default@${first} ${url}/a`);
    await edge.close();
  });

  it('only if it is stored, where the client wants no other', async () => {
    lines = ['Cache-Control', 'max-age=60'];
    const headers = { 'cache-control': 'only-if-cached' };
    const none = await rig.ask('/a', { headers });
    expect(none.status).toBe(504);
    expect(none.body).toContain('only-if-cached');
    await rig.ask('/a');
    expect((await rig.ask('/a', { headers })).body).toBe('body');
    expect(rig.origin.asked.length).toBe(1);
  });

  it('to a HEAD is that of the GET, and fills the cache', async () => {
    lines = ['Cache-Control', 'max-age=60'];
    const { body, headers } = await rig.ask('/a', { method: 'HEAD' });
    expect({ body, length: headers['content-length'] }).toEqual({ body: '', length: '4' });
    await rig.edge.tasks.idle();
    expect((await rig.ask('/a')).body).toBe('body');
    expect(rig.origin.asked).toEqual(['GET /a']);
  });

  it('to OPTIONS * is the edge’s own', async () => {
    lines = [];
    const { hostname, port } = new URL(rig.url);
    const status = await new Promise((resolve) => {
      httpRequest({ hostname, port, method: 'OPTIONS', path: '*', agent: false }, (response) =>
        resolve(response.resume().statusCode),
      ).end();
    });
    expect(status).toBe(204);
    expect(rig.origin.asked).toEqual([]);
    await until(() => rig.records.length === 1, 'it is recorded');
    expect(rig.last).toMatchObject({ outcome: 'ineligible', status: 204, askedUpstream: false });
  });
});
