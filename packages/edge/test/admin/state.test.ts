import { describe, expect, it } from 'vitest';
import { exchange } from '../exchange.ts';
import { fakeEdge, storedResponse } from './fake-edge.ts';
import { problem, startAdmin } from './start-admin.ts';

const VERSION = /^\d+\.\d+\.\d+/u;

it('GET health', async () => {
  const { get } = await startAdmin({ edgeUrl: 'http://127.0.0.1:8080' });
  const { status, body } = await get('health');
  expect(status).toBe(200);
  expect(body).toEqual({
    status: 'ok',
    version: expect.stringMatching(VERSION),
    uptimeSeconds: expect.any(Number),
    edge: 'http://127.0.0.1:8080',
  });
});

describe('GET stats', () => {
  it('gives every number', async () => {
    const { edge, get } = await startAdmin();
    edge.journal.record(exchange({ outcome: 'miss', askedUpstream: true, bodyBytes: 500 }));
    edge.journal.record(exchange({ bodyBytes: 500 }));
    edge.bypass = true;
    const { body } = await get('stats');
    expect(body).toEqual({
      version: expect.stringMatching(VERSION),
      uptimeSeconds: expect.any(Number),
      bypass: true,
      flights: 2,
      fastLaneAnswers: 0,
      tasks: 0,
      hitRatio: 0.5,
      journal: {
        exchanges: 2,
        byOutcome: {
          hit: 1,
          miss: 1,
          expired: 0,
          revalidated: 0,
          updating: 0,
          stale: 0,
          bypass: 0,
          ineligible: 0,
          pass: 0,
          error: 0,
        },
        bodyBytes: 1000,
        upstreamRequests: 1,
      },
      store: {
        kind: 'memory',
        entries: 3,
        bytes: 4096,
        maxBytes: 536_870_912,
        maxEntries: 100_000,
        maxBodyBytes: 33_554_432,
        evictions: 5,
      },
      sites: [
        {
          id: 'shop',
          hosts: ['shop.test'],
          upstream: 'http://127.0.0.1:5173',
          profile: 'rfc9111',
        },
        {
          id: 'docs',
          hosts: ['docs.test', 'help.test'],
          upstream: 'http://127.0.0.1:4000',
          profile: 'rfc9111',
        },
      ],
    });
  });

  it.each([
    [[], null],
    [['ineligible', 'pass', 'error'], null],
    [['hit'], 1],
    [['hit', 'revalidated', 'updating', 'stale', 'miss'], 0.8],
    [['hit', 'miss', 'expired', 'bypass'], 0.25],
    [['hit', 'error', 'pass', 'ineligible'], 1],
  ] as const)('after %j the hit ratio is %s', async (outcomes, ratio) => {
    const { edge, get } = await startAdmin();
    for (const outcome of outcomes) edge.journal.record(exchange({ outcome }));
    expect((await get('stats')).body.hitRatio).toBe(ratio);
  });
});

describe('GET metrics', () => {
  /** The samples of an exposition text, by name and labels. */
  function samplesOf(text: string): Record<string, string> {
    return Object.fromEntries(
      text
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('#'))
        .map((line) => line.split(' ') as [string, string]),
    );
  }

  it('counts since the edge started, before and after it was first read', async () => {
    const { edge, get } = await startAdmin();
    edge.journal.record(exchange({ outcome: 'miss', askedUpstream: true, bodyBytes: 700 }));
    edge.journal.record(exchange({ bodyBytes: 700, durationMs: 0.3 }));
    const first = await get('metrics');
    expect(first.type).toContain('text/plain');
    edge.journal.record(exchange({ bodyBytes: 0, durationMs: 40 }));
    edge.clock.advance(90_000);
    const { body } = await get('metrics');
    expect(samplesOf(body)).toMatchObject({
      'poplet_exchanges_total{outcome="hit"}': '2',
      'poplet_exchanges_total{outcome="miss"}': '1',
      'poplet_exchanges_total{outcome="error"}': '0',
      poplet_body_bytes_total: '1400',
      poplet_upstream_requests_total: '1',
      poplet_store_entries: '3',
      poplet_store_bytes: '4096',
      poplet_store_max_bytes: '536870912',
      poplet_store_evictions_total: '5',
      poplet_flights: '2',
      poplet_clock_offset_seconds: '90',
      'poplet_exchange_duration_seconds_bucket{le="0.0005",outcome="hit"}': '1',
      'poplet_exchange_duration_seconds_bucket{le="0.025",outcome="hit"}': '1',
      'poplet_exchange_duration_seconds_bucket{le="0.05",outcome="hit"}': '2',
      'poplet_exchange_duration_seconds_bucket{le="+Inf",outcome="hit"}': '2',
      'poplet_exchange_duration_seconds_count{outcome="hit"}': '2',
      'poplet_exchange_duration_seconds_count{outcome="miss"}': '1',
    });
  });

  it('names the version', async () => {
    const { get } = await startAdmin();
    const { body } = await get('metrics');
    expect(body).toMatch(/^poplet_info\{version="\d+\.\d+\.\d+[^"]*"\} 1$/mu);
  });

  it('has a help and a type line for each, and a registry of its own per edge', async () => {
    const [one, other] = [await startAdmin(), await startAdmin()];
    one.edge.journal.record(exchange());
    const { body } = await other.get('metrics');
    expect(samplesOf(body)['poplet_exchanges_total{outcome="hit"}']).toBe('0');
    for (const name of new Set(body.match(/^poplet_\w+(?=[{ ])/gmu))) {
      const metric = String(name).replace(/(?<=duration_seconds)_(?:bucket|count|sum)$/u, '');
      expect(body).toContain(`# HELP ${metric} `);
      expect(body).toContain(`# TYPE ${metric} `);
    }
  });
});

describe('GET entries', () => {
  it('shows age, time to live and state in virtual time', async () => {
    const { edge, get } = await startAdmin();
    edge.stored.push(
      {
        response: storedResponse({ codings: [{ coding: 'zstd', bodyBytes: 321 }] }),
        softPurgedAtMs: undefined,
      },
      {
        response: storedResponse({ primaryKey: 'shop@d1 http://shop.test/b.css', tags: [] }),
        softPurgedAtMs: Date.parse('2026-11-22T12:00:20Z'),
      },
    );
    edge.clock.advance(30_000);
    const { body } = await get('entries');
    expect(body).toEqual({
      entries: [
        {
          url: 'http://shop.test/app.js',
          site: 'shop',
          key: 'shop http://shop.test/app.js',
          variantRule: 'vary:accept-encoding',
          variantKey: 'accept-encoding=br',
          status: 200,
          bodyBytes: 1234,
          codings: [{ coding: 'zstd', bodyBytes: 321 }],
          ageSeconds: 30,
          ttlSeconds: 30,
          lifetimeSeconds: 60,
          lifetimeSource: 'max-age',
          state: 'fresh',
          tags: ['product-7'],
          groups: ['scripts'],
        },
        expect.objectContaining({
          url: 'http://shop.test/b.css',
          site: 'shop',
          key: 'shop@d1 http://shop.test/b.css',
          codings: [],
          ageSeconds: 30,
          ttlSeconds: -10,
          state: 'soft-purged',
          tags: [],
        }),
      ],
    });
    edge.clock.advance(30_000);
    expect((await get('entries')).body.entries[0]).toMatchObject({
      ageSeconds: 60,
      ttlSeconds: 0,
      state: 'stale',
    });
  });

  it('hands prefix and limit to the store', async () => {
    const { edge, get } = await startAdmin();
    await get('entries');
    await get('entries?prefix=http%3A%2F%2Fshop.test%2F&limit=7');
    expect(edge.entriesAsked).toEqual([{ limit: 100 }, { prefix: 'http://shop.test/', limit: 7 }]);
  });

  it.each([
    'limit=0',
    'limit=10001',
    'limit=1.5',
    'limit=',
    'limit=-1',
    'limit=1&limit=2',
    'prefix=',
    'x=1',
  ])('refuses ?%s', async (query) => {
    const { edge, get } = await startAdmin();
    expect(await get(`entries?${query}`)).toMatchObject(
      problem('invalid-request', 400, expect.stringContaining('querystring')),
    );
    expect(edge.entriesAsked).toEqual([]);
  });
});

describe('GET journal', () => {
  it('gives the latest, newest last, in words', async () => {
    const { edge, get } = await startAdmin();
    for (let index = 0; index < 3; index++) edge.journal.record(exchange());
    const { body } = await get('journal?limit=2');
    expect(body.exchanges.map(({ id }: { id: number }) => id)).toEqual([2, 3]);
    expect(body.exchanges[1]).toEqual({
      id: 3,
      at: '2026-11-22T12:00:00.000Z',
      site: 'default',
      method: 'GET',
      url: 'http://shop.test/app.js',
      status: 200,
      outcome: 'hit',
      stored: false,
      collapsed: false,
      upstreamStatus: null,
      askedUpstream: false,
      ttlSeconds: 53,
      ageSeconds: 7,
      bodyBytes: 1000,
      durationMs: 0.25,
      complete: true,
      key: 'default http://shop.test/app.js',
      reasons: [
        {
          code: 'fresh',
          spec: 'RFC 9111 §4.2',
          text: 'fresh: age 7 s of 60 s (max-age)',
          values: { ageSeconds: 7, lifetimeSeconds: 60, source: 'max-age' },
        },
      ],
    });
  });

  it('gives a hundred unless told otherwise', async () => {
    const { edge, get } = await startAdmin();
    for (let index = 0; index < 150; index++) edge.journal.record(exchange());
    expect((await get('journal')).body.exchanges).toHaveLength(100);
  });

  it('filters by outcome and by part of the URL, and counts after that', async () => {
    const { edge, get } = await startAdmin();
    for (const [url, outcome] of [
      ['http://shop.test/a.js', 'miss'],
      ['http://shop.test/a.js', 'hit'],
      ['http://shop.test/a.css', 'hit'],
      ['http://shop.test/b.js', 'hit'],
    ] as const) {
      edge.journal.record(exchange({ url, outcome }));
    }
    const ids = async (query: string): Promise<number[]> =>
      (await get(`journal?${query}`)).body.exchanges.map(({ id }: { id: number }) => id);
    expect(await ids('outcome=hit')).toEqual([2, 3, 4]);
    expect(await ids('url=.js')).toEqual([1, 2, 4]);
    expect(await ids('url=.js&outcome=hit&limit=1')).toEqual([4]);
    expect(await ids('url=nothing')).toEqual([]);
  });

  it.each(['outcome=HIT', 'limit=all', 'url=', 'page=2'])('refuses ?%s', async (query) => {
    const { get } = await startAdmin();
    expect(await get(`journal?${query}`)).toMatchObject({ status: 400 });
  });

  it('shows nulls and values of every type as they are', async () => {
    const edge = fakeEdge();
    const { get } = await startAdmin({ edge });
    edge.journal.record(
      exchange({
        primaryKey: '',
        outcome: 'error',
        ttlSeconds: null,
        upstreamStatus: 502,
        reasons: [
          { code: 'malformed-request', values: { problem: 'a "quote"', n: 1.5, b: false } },
        ],
      }),
    );
    expect((await get('journal')).body.exchanges[0]).toMatchObject({
      key: null,
      ttlSeconds: null,
      upstreamStatus: 502,
      reasons: [{ values: { problem: 'a "quote"', n: 1.5, b: false } }],
    });
  });
});
