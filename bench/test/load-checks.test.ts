import { describe, expect, test } from 'vitest';

import { checkBytes, checkCounts, checkOrigin } from '../load-checks.ts';
import { hit1k } from '../scenarios/hit-1k.ts';
import { missPass } from '../scenarios/miss-pass.ts';
import { missStore } from '../scenarios/miss-store.ts';

/** 10,000 answers of 1,024 bytes with a head of 300. */
const load = { requests: 10_000, seconds: 1, bytes: 13_240_000, includesHeads: true };
const witnessed = { all: 20, new: 10 };

describe('the bytes of a load', () => {
  const seen = { scenario: hit1k, wireBytes: 1324, connections: 32 };
  const check = (bytes: number, changes: boolean) => (): void =>
    checkBytes('here', { ...seen, load: { ...load, bytes }, changes });

  test('are those of as many right answers', () => {
    expect(check(13_240_000, false)).not.toThrow();
    expect(check(13_240_000 - 10_000 * 300, false)).toThrow('1024.0 bytes on average, not 1300 to');
    expect(check(13_240_000 + 10_000 * 300, false)).toThrow('1624.0 bytes on average');
  });

  test('tell whether a purge and a step of the clock were seen', () => {
    // A third of the load is of a version that is 256 bytes longer.
    expect(check(13_240_000 + (10_000 / 3) * 256, true)).not.toThrow();
    expect(check(13_240_000, true)).toThrow('here: an answer of the load has 1324.0 bytes');
    // The purge was seen, the clock was not; or neither from the start.
    expect(check(13_240_000 + 10_000 * 256, true)).toThrow('1580.0 bytes');
  });

  test('of nothing are wrong', () => {
    const nothing = { ...load, requests: 0, bytes: 0 };
    expect(() => checkBytes('here', { ...seen, load: nothing, changes: false })).toThrow('here');
  });
});

describe('the requests that reach the origin', () => {
  const check =
    (scenario: typeof hit1k, atOrigin: number, changes = false) =>
    (): void =>
      checkOrigin('here', { load, scenario, witnessed, connections: 32, atOrigin, changes });

  test('are none for hits', () => {
    expect(check(hit1k, 0)).not.toThrow();
    expect(check(hit1k, 1)).toThrow('the origin got 1 requests, not 0');
  });

  test('are two where what is stored changes twice', () => {
    expect(check(hit1k, 2, true)).not.toThrow();
    expect(check(hit1k, 0, true)).toThrow('the origin got 0 requests, not 2');
    expect(check(hit1k, 3, true)).toThrow('the origin got 3 requests, not 2');
  });

  test('are one for each URL that is new', () => {
    expect(check(missStore, 10_010)).not.toThrow();
    expect(check(missStore, 10_042)).not.toThrow();
    expect(check(missStore, 10_009)).toThrow('not 10010 to 10042');
    expect(check(missStore, 10_043)).toThrow('not 10010 to 10042');
  });

  test('are all where nothing may be stored', () => {
    expect(check(missPass, 10_020)).not.toThrow();
    expect(check(missPass, 10_019)).toThrow('not 10020 to 10052');
  });
});

describe('the journal', () => {
  const countsBefore = { exchanges: 100, hits: 50, entries: 1 };
  const check = (exchanges: number, hits: number) => (): void =>
    checkCounts('here', {
      load,
      scenario: hit1k,
      witnessed,
      connections: 32,
      countsBefore,
      counts: { exchanges: 100 + exchanges, hits: 50 + hits, entries: 1 },
    });

  test('counts every exchange of the load', () => {
    expect(check(10_020, 10_020)).not.toThrow();
    expect(check(10_019, 10_019)).toThrow('counts 10019 exchanges, not 10020 to 10052');
    expect(check(10_053, 10_053)).toThrow('counts 10053 exchanges');
  });

  test('counts hits, but for those who waited for a fetch', () => {
    expect(check(10_020, 9954)).not.toThrow();
    expect(check(10_020, 9953)).toThrow('counts 9953 hits, not 9954 or more');
  });
});
