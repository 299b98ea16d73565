import { expect, it } from 'vitest';

import { TokenBucket } from '../../src/purge/token-bucket.ts';

it('gives so many at once, then so many a second, and says how long to wait', () => {
  let nowMs = 1000;
  const bucket = new TokenBucket({ capacity: 3, perSecond: 0.5 }, () => nowMs);
  expect([bucket.take(), bucket.take(2), bucket.take()]).toEqual([0, 0, 2]);
  nowMs += 1000;
  expect(bucket.take()).toBe(1);
  nowMs += 1000;
  expect(bucket.take()).toBe(0);
  expect(bucket.take(3)).toBe(6);
});

it('holds no more than it can, and none are lost where the clock is set back', () => {
  let nowMs = 1000;
  const bucket = new TokenBucket({ capacity: 2, perSecond: 1 }, () => nowMs);
  nowMs += 3_600_000;
  expect([bucket.take(2), bucket.take()]).toEqual([0, 1]);
  nowMs -= 3_600_000;
  expect(bucket.take()).toBe(1);
  nowMs += 1000;
  expect(bucket.take()).toBe(0);
});
