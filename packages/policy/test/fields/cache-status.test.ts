import { describe, expect, test } from 'vitest';
import { formatCacheStatus } from '../../src/fields/cache-status.ts';
import type { CacheStatus } from '../../src/fields/cache-status.ts';

describe('formatCacheStatus', () => {
  test.each<[Omit<CacheStatus, 'cacheName'>, string]>([
    // RFC 9211 §3.
    [{ hit: true }, 'ExampleCache;hit'],
    [{ hit: true, ttlSeconds: 376 }, 'ExampleCache;hit;ttl=376'],
    [{ hit: true, ttlSeconds: -412 }, 'ExampleCache;hit;ttl=-412'],
    [{ fwd: 'uri-miss' }, 'ExampleCache;fwd=uri-miss'],
    [{ fwd: 'stale', fwdStatus: 304 }, 'ExampleCache;fwd=stale;fwd-status=304'],
    [{ fwd: 'uri-miss', collapsed: true }, 'ExampleCache;fwd=uri-miss;collapsed'],
    [{ fwd: 'uri-miss', collapsed: false }, 'ExampleCache;fwd=uri-miss;collapsed=?0'],
    [{ hit: true, detail: 'MEMORY' }, 'ExampleCache;hit;detail=MEMORY'],
    [{}, 'ExampleCache'],
    [{ hit: false }, 'ExampleCache;hit=?0'],
    [{ hit: false, fwd: 'miss' }, 'ExampleCache;fwd=miss'],
    [{ fwd: 'miss', stored: false }, 'ExampleCache;fwd=miss;stored=?0'],
    [
      {
        fwd: 'vary-miss',
        fwdStatus: 200,
        ttlSeconds: 60,
        stored: true,
        collapsed: true,
        key: 'GET http://example.com/a"b',
        detail: 'two words',
      },
      String.raw`ExampleCache;fwd=vary-miss;fwd-status=200;ttl=60;stored;collapsed;key="GET http://example.com/a\"b";detail="two words"`,
    ],
    // RFC 9211 §2.1, §2.5, §2.6: hit excludes fwd and what goes with it.
    [
      { hit: true, fwd: 'stale', fwdStatus: 200, stored: true, collapsed: true },
      'ExampleCache;hit',
    ],
    [{ fwdStatus: 200, stored: true, collapsed: true }, 'ExampleCache'],
    // Left out: what has no serialisation.
    [{ hit: true, key: 'http://example.com/é' }, 'ExampleCache;hit'],
    [{ hit: true, key: 'a\nb' }, 'ExampleCache;hit'],
    [{ hit: true, detail: 'é' }, 'ExampleCache;hit'],
    [{ hit: true, ttlSeconds: Number.NaN }, 'ExampleCache;hit'],
    [{ hit: true, key: '', detail: '' }, 'ExampleCache;hit;key="";detail=""'],
    [{ hit: true, detail: '3 tries' }, 'ExampleCache;hit;detail="3 tries"'],
    [{ hit: true, ttlSeconds: 1.9 }, 'ExampleCache;hit;ttl=1'],
    [{ hit: true, ttlSeconds: -0.5 }, 'ExampleCache;hit;ttl=-1'],
    [{ hit: true, ttlSeconds: Number.POSITIVE_INFINITY }, 'ExampleCache;hit;ttl=999999999999999'],
    [{ hit: true, ttlSeconds: Number.NEGATIVE_INFINITY }, 'ExampleCache;hit;ttl=-999999999999999'],
  ])('%j → %s', (status, text) => {
    expect(formatCacheStatus({ cacheName: 'ExampleCache', ...status })).toBe(text);
  });

  test.each([
    ['Poplet', 'Poplet'],
    ['cache-3.example.com', 'cache-3.example.com'],
    ['CDN Company Here', '"CDN Company Here"'],
    ['192.0.2.1', '"192.0.2.1"'],
    ['é "x"', String.raw`"? \"x\""`],
    ['', '""'],
  ])('the name %j becomes %s', (cacheName, text) => {
    expect(formatCacheStatus({ cacheName })).toBe(text);
  });
});
