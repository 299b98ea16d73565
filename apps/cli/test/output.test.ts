import { stripVTControlCharacters } from 'node:util';

import type { ExchangeView } from '@poplet/edge';
import type { PurgeSelector } from '@poplet/policy';
import { describe, expect, it } from 'vitest';

import { clockText, exchangeText, orderText, readyText } from '../src/output.ts';

const HIT: ExchangeView = {
  id: 1,
  at: '2026-11-22T12:00:00.000Z',
  site: 'default',
  method: 'GET',
  url: 'http://localhost:8080/app.js?v=1',
  status: 200,
  outcome: 'hit',
  stored: false,
  collapsed: false,
  upstreamStatus: null,
  askedUpstream: false,
  ttlSeconds: 53,
  bodyBytes: 1000,
  durationMs: 0.25,
  complete: true,
  key: 'default http://localhost:8080/app.js?v=1',
  reasons: [{ code: 'fresh', spec: 'RFC 9111 §4.2', text: 'fresh: age 7 s', values: {} }],
};

function line(changes: Partial<ExchangeView> = {}, hasHosts = false): string {
  return stripVTControlCharacters(exchangeText({ ...HIT, ...changes }, { hasHosts }));
}

describe('the line of an exchange', () => {
  it('says what a client asked for, and what it got', () => {
    expect(line()).toMatch(/^200 GET +HIT +0\.3 ms +\/app\.js\?v=1 fresh: age 7 s$/);
  });

  it('names the host where the edge has several', () => {
    const url = 'http://shop.localhost:8080/app.js?v=1';
    expect(line({ url })).toMatch(/ms +\/app\.js\?v=1 fresh/);
    expect(line({ url }, true)).toMatch(/ms +shop\.localhost\/app\.js\?v=1 fresh/);
    expect(line({ url: 'http://[::1]:8080/' }, true)).toMatch(/ms +\[::1\]\/ fresh/);
  });

  it.each([
    ['http://localhost:8080/a/../b/%7e//c', '/a/../b/%7e//c'],
    ['http://localhost:8080/?', '/?'],
    ['http://localhost:8080*', '*'],
    ['https://other.test', 'other.test'],
    ['', ''],
    ['http://localhost:8080/\u001b[2J\u009b \u00e9', '/\\x1b[2J\\x9b\\x20\\xe9'],
  ])('shows the target of %j as it was sent', (url, target) => {
    expect(line({ url })).toBe(`200 GET  HIT           0.3 ms  ${target} fresh: age 7 s`);
  });

  it('leaves out why a picture is not compressed, and says it of text', () => {
    const told = (code: 'not-coded-type' | 'not-coded-no-transform'): string =>
      line({ reasons: [...HIT.reasons, { code, spec: 'x', text: code, values: {} }] });
    expect(told('not-coded-type')).toMatch(/fresh: age 7 s$/);
    expect(told('not-coded-no-transform')).toMatch(/fresh: age 7 s → not-coded-no-transform$/);
  });

  it('says that no client asked for a refresh in the background', () => {
    expect(line({ status: 304, outcome: 'revalidated', background: true })).toMatch(
      /^304 GET +REVALIDATED +0\.3 ms +\/app\.js\?v=1 \(in the background\) /,
    );
  });
});

it.each([
  { store: { kind: 'memory', entries: 0 }, says: '' },
  { store: { kind: 'disk', entries: 3 }, says: '  3 stored on disk' },
  {
    store: { kind: 'postgres', entries: 3, connection: 'connected' },
    says: '  3 stored in postgres',
  },
  {
    store: { kind: 'redis', entries: 3, connection: 'connected', maxSharedBodyBytes: 9 },
    says: '  shared on redis',
  },
])('says at the start where responses live: $store.kind', ({ store, says }) => {
  const ready = readyText({
    addresses: ['http://127.0.0.1:8080'],
    adminUrl: 'http://127.0.0.1:8081',
    sources: ['./dist'],
    profile: 'rfc9111',
    store,
    hasKeys: false,
  });
  expect(stripVTControlCharacters(ready)).toBe(
    `http://127.0.0.1:8080  CACHING ./dist as rfc9111  admin http://127.0.0.1:8081${says}\n`,
  );
});

it.each([
  [0, 'real time'],
  [499, 'real time'],
  [1000, '1 second ahead of real time'],
  [-90_000, '1 minute 30 seconds behind real time'],
  [86_400_000, '1 day ahead of real time'],
])('an offset of %i ms is told as %s', (offsetMs, words) => {
  const text = clockText({ now: '2026-01-01T00:00:00.000Z', offsetMs, frozen: false });
  expect(stripVTControlCharacters(text)).toBe(`2026-01-01T00:00:00.000Z  running, ${words}\n`);
});

it('a deployment is told by its id', () => {
  const text = orderText({ kind: 'deployment', deployment: 'mwtdy6dp-1' });
  expect(stripVTControlCharacters(text)).toBe(
    'deployment mwtdy6dp-1: sites whose CDN caches by deployment start with nothing stored\n',
  );
});

describe('what was purged', () => {
  const told = (...selectors: readonly PurgeSelector[]): string =>
    stripVTControlCharacters(
      orderText({
        kind: 'purge',
        sequence: 4,
        purges: selectors.map((selector) => ({ selector, soft: false, siteId: undefined })),
      }),
    );
  const url = (text: string) => ({ kind: 'url', url: text }) as const;

  it.each([
    ['/a?b', [url('http://localhost:8080/a?b'), url('http://127.0.0.1:8080/a?b')]],
    ['http://a.test/a, http://a.test/b', [url('http://a.test/a'), url('http://a.test/b')]],
    [
      'the tag t1, the tag t2, the tag t3 and 1 more',
      ['t1', 't2', 't3', 't4'].map((tag) => ({ kind: 'tag', tag }) as const),
    ],
    ['the host a.test', [{ kind: 'host', host: 'a.test' }]],
    ['http://a.test/x…', [{ kind: 'prefix', prefix: 'http://a.test/x' }]],
    [
      'the group g',
      ['http://a.test', 'http://b.test'].map(
        (origin) => ({ kind: 'group', origin, group: 'g' }) as const,
      ),
    ],
    ['everything', [{ kind: 'everything' }]],
  ] as const)('is told as %s', (words, selectors) => {
    expect(told(...selectors)).toBe(`purged ${words} (purge 4): the next requests fetch anew\n`);
  });

  it('names the site that it was limited to', () => {
    const purge = { selector: { kind: 'everything' }, soft: true, siteId: 'shop' } as const;
    const text = orderText({ kind: 'purge', sequence: 1, purges: [purge] });
    expect(stripVTControlCharacters(text)).toContain('made stale everything of the site shop (p');
  });
});
