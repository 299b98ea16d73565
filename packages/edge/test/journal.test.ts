import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { createJournal, estimateBytes } from '../src/journal.ts';
import { exchange } from './exchange.ts';

const ROOMY = { maxBytes: 1_000_000 };

function idsOf(journal: ReturnType<typeof createJournal>, limit = Infinity): number[] {
  return journal.latest(limit).map(({ id }) => id);
}

describe('record', () => {
  it('numbers exchanges from 1 and gives them back', () => {
    const journal = createJournal(ROOMY);
    expect(journal.record(exchange()).id).toBe(1);
    expect(journal.record(exchange({ url: 'http://shop.test/b' }))).toMatchObject({
      id: 2,
      url: 'http://shop.test/b',
      reasons: [{ code: 'fresh' }],
    });
  });

  it('is not misled by an id in what it is given', () => {
    const journal = createJournal(ROOMY);
    expect(journal.record(exchange({ id: 99 })).id).toBe(1);
  });
});

describe('recordLike', () => {
  it('leaves a record of its own, with times of its own', () => {
    const journal = createJournal(ROOMY);
    const told: number[] = [];
    journal.subscribe(({ id, durationMs }) => told.push(id, durationMs));
    const like = exchange();
    journal.record(like);
    journal.recordLike(like, 5000, 0.25);
    journal.recordLike(like, 6000, 0.5);
    expect(journal.latest(2)).toEqual([
      { ...like, id: 2, receivedAtMs: 5000, durationMs: 0.25 },
      { ...like, id: 3, receivedAtMs: 6000, durationMs: 0.5 },
    ]);
    expect(told).toEqual([1, like.durationMs, 2, 0.25, 3, 0.5]);
    expect(journal.totals).toMatchObject({ exchanges: 3, bodyBytes: 3 * like.bodyBytes });
  });

  it('counts towards the bound of the ring as much as any', () => {
    const like = exchange();
    const journal = createJournal({ maxBytes: 3 * estimateBytes(like) });
    for (let index = 0; index < 10; index++) journal.recordLike(like, index, 1);
    expect(journal.latest(Infinity).map(({ id, receivedAtMs }) => [id, receivedAtMs])).toEqual([
      [8, 7],
      [9, 8],
      [10, 9],
    ]);
  });
});

describe('latest', () => {
  it('gives the newest last', () => {
    const journal = createJournal(ROOMY);
    for (let index = 0; index < 5; index++) journal.record(exchange());
    expect(idsOf(journal, 3)).toEqual([3, 4, 5]);
    expect(idsOf(journal)).toEqual([1, 2, 3, 4, 5]);
    expect(idsOf(journal, 0)).toEqual([]);
    expect(idsOf(journal, -1)).toEqual([]);
  });

  it('is a copy that later records do not change', () => {
    const journal = createJournal(ROOMY);
    journal.record(exchange());
    const latest = journal.latest(10);
    journal.record(exchange());
    expect(latest).toHaveLength(1);
  });
});

describe('the ring', () => {
  const bytesOfOne = 240 + 2 * (23 + 31) + 64 + 48 + 48 + (48 + 2 * 7);

  it('counts a record as its documentation says', () => {
    expect(estimateBytes(exchange())).toBe(bytesOfOne);
  });

  it('forgets the oldest first, as many as it must', () => {
    const journal = createJournal({ maxBytes: 3 * bytesOfOne });
    for (let index = 0; index < 7; index++) journal.record(exchange());
    expect(idsOf(journal)).toEqual([5, 6, 7]);
    journal.record(exchange({ url: `http://shop.test/${'x'.repeat(250)}` }));
    expect(idsOf(journal)).toEqual([7, 8]);
  });

  it('does not keep what is larger than all of it, but counts and tells it', () => {
    const journal = createJournal({ maxBytes: bytesOfOne });
    const heard = vi.fn<(record: { readonly id: number }) => void>();
    journal.subscribe(heard);
    journal.record(exchange());
    journal.record(exchange({ url: `http://shop.test/${'x'.repeat(400)}` }));
    expect(idsOf(journal)).toEqual([]);
    expect(heard).toHaveBeenCalledTimes(2);
    expect(journal.totals.exchanges).toBe(2);
    journal.record(exchange());
    expect(idsOf(journal)).toEqual([3]);
  });

  it('is emptied by clear, while ids and totals go on', () => {
    const journal = createJournal(ROOMY);
    journal.record(exchange());
    journal.clear();
    expect(idsOf(journal)).toEqual([]);
    expect(journal.totals.exchanges).toBe(1);
    journal.record(exchange());
    expect(idsOf(journal)).toEqual([2]);
  });

  it('holds the longest run of newest records that fits, whatever their sizes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: 600 }), { maxLength: 60 }),
        fc.integer({ min: 0, max: 6000 }),
        (lengths, maxBytes) => {
          const journal = createJournal({ maxBytes });
          const sizes = lengths.map((length) =>
            estimateBytes(journal.record(exchange({ url: 'x'.repeat(length), reasons: [] }))),
          );
          let expected = 0;
          for (let used = 0; expected < sizes.length; expected++) {
            used += sizes.at(-1 - expected) as number;
            if (used > maxBytes) break;
          }
          expect(idsOf(journal)).toEqual(
            sizes.map((_, index) => index + 1).slice(sizes.length - expected),
          );
        },
      ),
    );
  });
});

describe('subscribe', () => {
  it('tells each record until unsubscribed', () => {
    const journal = createJournal(ROOMY);
    const heard: number[] = [];
    const unsubscribe = journal.subscribe(({ id }) => heard.push(id));
    journal.record(exchange());
    journal.record(exchange());
    unsubscribe();
    unsubscribe();
    journal.record(exchange());
    expect(heard).toEqual([1, 2]);
  });

  it('keeps two subscriptions of one function apart', () => {
    const journal = createJournal(ROOMY);
    const listener = vi.fn<() => void>();
    journal.subscribe(listener)();
    journal.subscribe(listener);
    journal.record(exchange());
    expect(listener).toHaveBeenCalledTimes(1);
  });

  it('keeps a listener that throws away from the exchange and from other listeners', () => {
    const onListenerError = vi.fn<(error: unknown) => void>();
    const journal = createJournal({ ...ROOMY, onListenerError });
    const failure = new Error('the reader is gone');
    const heard = vi.fn<() => void>();
    journal.subscribe(() => {
      throw failure;
    });
    journal.subscribe(heard);
    expect(journal.record(exchange()).id).toBe(1);
    expect(onListenerError.mock.calls).toEqual([[failure]]);
    expect(heard).toHaveBeenCalledTimes(1);
  });
});

describe('totals', () => {
  it('count what the ring has forgotten', () => {
    const journal = createJournal({ maxBytes: 0 });
    journal.record(exchange({ outcome: 'miss', askedUpstream: true, bodyBytes: 10 }));
    journal.record(exchange({ outcome: 'hit', bodyBytes: 10 }));
    journal.record(exchange({ outcome: 'hit', bodyBytes: 0 }));
    expect(journal.totals).toEqual({
      exchanges: 3,
      byOutcome: {
        hit: 2,
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
      bodyBytes: 20,
      upstreamRequests: 1,
    });
  });

  it('count a refresh in the background as an upstream request alone', () => {
    const journal = createJournal(ROOMY);
    journal.record(exchange({ outcome: 'updating' }));
    journal.record(exchange({ outcome: 'revalidated', askedUpstream: true, background: true }));
    expect(journal.totals).toMatchObject({
      exchanges: 1,
      byOutcome: { updating: 1, revalidated: 0 },
      bodyBytes: 1000,
      upstreamRequests: 1,
    });
    expect(journal.newestId).toBe(2);
    expect(idsOf(journal)).toEqual([1, 2]);
  });

  it('are a picture of the moment', () => {
    const journal = createJournal(ROOMY);
    const before = journal.totals;
    journal.record(exchange());
    expect([before.exchanges, before.byOutcome.hit]).toEqual([0, 0]);
  });
});
