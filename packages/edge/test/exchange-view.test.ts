import { expect, it } from 'vitest';
import { exchangeView } from '../src/exchange-view.ts';
import { exchange } from './exchange.ts';

it('shows every number, and the reasons in words', () => {
  expect(exchangeView({ ...exchange({ durationMs: 0.123_456_7 }), id: 3 })).toEqual({
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
    durationMs: 0.123,
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

it('has no age where none was compared, and no key where there was none', () => {
  const view = exchangeView({
    ...exchange({ primaryKey: '', outcome: 'error', reasons: [{ code: 'nothing-stored' }] }),
    id: 1,
  });
  expect(view).not.toHaveProperty('ageSeconds');
  expect(view.key).toBeNull();
  expect(view.reasons).toEqual([
    {
      code: 'nothing-stored',
      spec: 'RFC 9111 §4',
      text: 'nothing is stored for this URL',
      values: {},
    },
  ]);
});
