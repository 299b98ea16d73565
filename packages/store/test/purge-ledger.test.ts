import { afterEach, describe, expect, it, vi } from 'vitest';

import type { Purge, PurgeSelector } from '@poplet/policy';

import { PurgeLedger, type PurgeVerdict } from '../src/purge-ledger.ts';
import { createMemoryStore } from '../src/memory-store.ts';
import { find, put } from './bodies.ts';
import { storedResponse, type RecordOptions } from './stored-response.ts';

function hard(selector: PurgeSelector): Purge {
  return { selector, soft: false, siteId: undefined };
}

function soft(selector: PurgeSelector): Purge {
  return { selector, soft: true, siteId: undefined };
}

const TAG: PurgeSelector = { kind: 'tag', tag: 't' };
const EVERYTHING: PurgeSelector = { kind: 'everything' };

/** Raises the sequence by purges that reach nothing. */
function pass(ledger: PurgeLedger, purges: number): void {
  for (let count = 0; count < purges; count++) ledger.purge([hard({ kind: 'tag', tag: '-' })], 0);
}

/** The verdict on a response that was never checked. */
function judge(ledger: PurgeLedger, options: RecordOptions): PurgeVerdict {
  const response = storedResponse({ tags: ['t'], ...options });
  return ledger.check(response, response.fetchedSeq);
}

describe('the sequence', () => {
  it('counts purges from 0', () => {
    const ledger = new PurgeLedger();
    expect(ledger.sequence).toBe(0);
    expect(ledger.purge([hard(TAG)], 0)).toBe(1);
    expect(ledger.purge([soft(TAG), hard(EVERYTHING)], 0)).toBe(2);
    expect(ledger.purge([], 0)).toBe(2);
    expect(ledger.sequence).toBe(2);
  });

  it('hard purge 4: gone when fetched at 3, alive when fetched at 4', () => {
    const ledger = new PurgeLedger();
    pass(ledger, 3);
    expect(ledger.purge([hard(TAG)], 0)).toBe(4);
    expect(judge(ledger, { seq: 3 })).toEqual({ kind: 'gone' });
    expect(judge(ledger, { seq: 4 })).toEqual({ kind: 'alive' });
    pass(ledger, 1);
    expect(judge(ledger, { seq: 3 })).toEqual({ kind: 'gone' });
    expect(judge(ledger, { seq: 4 })).toEqual({ kind: 'alive' });
  });

  it('hard purge 4: a validation at 4 or later does not help what was fetched at 3', () => {
    const ledger = new PurgeLedger();
    pass(ledger, 3);
    ledger.purge([hard(TAG)], 0);
    pass(ledger, 2);
    expect(judge(ledger, { seq: 3, validatedSeq: 4 })).toEqual({ kind: 'gone' });
    expect(judge(ledger, { seq: 3, validatedSeq: 6 })).toEqual({ kind: 'gone' });
  });

  it('soft purge 4: stale when validated at 3, alive when validated at 4', () => {
    const ledger = new PurgeLedger();
    pass(ledger, 3);
    ledger.purge([soft(TAG)], 9_000);
    pass(ledger, 1);
    expect(judge(ledger, { seq: 1, validatedSeq: 3 })).toEqual({ kind: 'soft', sinceAtMs: 9_000 });
    expect(judge(ledger, { seq: 1, validatedSeq: 4 })).toEqual({ kind: 'alive' });
    expect(judge(ledger, { seq: 4 })).toEqual({ kind: 'alive' });
  });

  it('is stale since the first soft purge after the validation, of any selector', () => {
    const ledger = new PurgeLedger();
    ledger.purge([soft(TAG)], 5_000);
    ledger.purge([soft(EVERYTHING)], 4_000);
    ledger.purge([soft(TAG)], 3_000);
    expect(judge(ledger, { seq: 0 })).toEqual({ kind: 'soft', sinceAtMs: 5_000 });
    expect(judge(ledger, { seq: 0, validatedSeq: 1 })).toEqual({ kind: 'soft', sinceAtMs: 4_000 });
    expect(judge(ledger, { seq: 0, validatedSeq: 2 })).toEqual({ kind: 'soft', sinceAtMs: 3_000 });
    expect(judge(ledger, { seq: 0, validatedSeq: 3 })).toEqual({ kind: 'alive' });
  });

  it('hard after soft, and soft after hard, is gone', () => {
    const ledger = new PurgeLedger();
    ledger.purge([soft(TAG)], 0);
    ledger.purge([hard(TAG)], 0);
    ledger.purge([soft(TAG)], 0);
    expect(judge(ledger, { seq: 1 })).toEqual({ kind: 'gone' });
    expect(judge(ledger, { seq: 2 })).toEqual({ kind: 'soft', sinceAtMs: 0 });
  });

  it('of one call, hard wins', () => {
    const ledger = new PurgeLedger();
    ledger.purge([hard(EVERYTHING), soft(TAG)], 0);
    expect(judge(ledger, { seq: 0 })).toEqual({ kind: 'gone' });
  });
});

describe('checked before', () => {
  it('reports only purges since then', () => {
    const ledger = new PurgeLedger();
    const response = storedResponse({ tags: ['t'] });
    ledger.purge([soft(TAG)], 1_000);
    expect(ledger.check(response, 0)).toEqual({ kind: 'soft', sinceAtMs: 1_000 });
    expect(ledger.check(response, 1)).toEqual({ kind: 'alive' });
    ledger.purge([soft(TAG)], 2_000);
    expect(ledger.check(response, 1)).toEqual({ kind: 'soft', sinceAtMs: 2_000 });
    ledger.purge([hard({ kind: 'prefix', prefix: 'example.com/' })], 0);
    expect(ledger.check(response, 2)).toEqual({ kind: 'gone' });
  });
});

describe('spellings', () => {
  it.each<[string, string, PurgeSelector]>([
    [
      'international host',
      'https://xn--bcher-kva.example/',
      { kind: 'host', host: 'BÜCHER.example' },
    ],
    [
      'international URL',
      'https://xn--bcher-kva.example/a',
      { kind: 'url', url: 'https://bücher.example/a' },
    ],
    ['IPv6 host', 'http://[::1]:8080/', { kind: 'host', host: '[::1]' }],
    ['IPv6 host and port', 'http://[::1]:8080/', { kind: 'host', host: '[::1]:8080' }],
    ['IPv6 prefix', 'http://[::1]:8080/a', { kind: 'prefix', prefix: '[::1]:8080/a' }],
    [
      'query without path',
      'https://example.com/?q=1',
      { kind: 'url', url: 'https://example.com?q=1' },
    ],
    [
      'user name in the URL',
      'https://example.com/a',
      { kind: 'url', url: 'https://me:pw@example.com/a' },
    ],
    [
      'port with a leading zero',
      'https://example.com/a',
      { kind: 'url', url: 'https://example.com:0443/a' },
    ],
    ['empty port', 'https://example.com/a', { kind: 'url', url: 'https://example.com:/a' }],
    [
      'prefix into the query',
      'https://example.com/a?page=12',
      { kind: 'prefix', prefix: 'https://example.com/a?page=1' },
    ],
  ])('reaches by %s', (_, uri, selector) => {
    const ledger = new PurgeLedger();
    ledger.purge([hard(selector)], 0);
    expect(judge(ledger, { uri })).toEqual({ kind: 'gone' });
  });

  it.each<[string, string, PurgeSelector]>([
    [
      'another case of the path',
      'https://example.com/A',
      { kind: 'url', url: 'https://example.com/a' },
    ],
    [
      'another spelling of the path',
      'https://example.com/%7Ea',
      { kind: 'url', url: 'https://example.com/~a' },
    ],
    ['another query', 'https://example.com/a?b=1', { kind: 'url', url: 'https://example.com/a' }],
    [
      'a longer host',
      'https://example.com.evil/a',
      { kind: 'prefix', prefix: 'https://example.com' },
    ],
    ['a subdomain', 'https://www.example.com/a', { kind: 'host', host: 'example.com' }],
    [
      'another scheme on the same port',
      'https://example.com:8080/a',
      { kind: 'prefix', prefix: 'http://example.com:8080/' },
    ],
    [
      'another port',
      'https://example.com:8443/a',
      { kind: 'prefix', prefix: 'https://example.com/' },
    ],
  ])('does not reach %s', (_, uri, selector) => {
    const ledger = new PurgeLedger();
    ledger.purge([hard(selector)], 0);
    expect(judge(ledger, { uri })).toEqual({ kind: 'alive' });
  });
});

describe('forgetting', () => {
  it('drops old marks and keeps the rest', () => {
    const ledger = new PurgeLedger();
    const tags = ['a', 'b', 'c'];
    for (const tag of tags) ledger.purge([hard({ kind: 'tag', tag })], 0);
    ledger.purge([hard({ kind: 'prefix', prefix: 'example.org/' })], 0);
    ledger.purge([{ ...soft(EVERYTHING), siteId: 'shop' }], 0);
    expect(ledger.markCount).toBe(5);
    ledger.forget(2);
    expect(ledger.markCount).toBe(3);
    expect(judge(ledger, { seq: 2, tags: ['a', 'b'] })).toEqual({ kind: 'alive' });
    expect(judge(ledger, { seq: 2, tags: ['c'] })).toEqual({ kind: 'gone' });
    ledger.forget(5);
    expect(ledger.markCount).toBe(0);
  });

  it('takes what is older than what was forgotten to be gone, unless it was checked since', () => {
    const ledger = new PurgeLedger();
    pass(ledger, 5);
    ledger.forget(3);
    expect(judge(ledger, { seq: 2 })).toEqual({ kind: 'gone' });
    expect(judge(ledger, { seq: 3 })).toEqual({ kind: 'alive' });
    expect(ledger.check(storedResponse({ seq: 1 }), 3)).toEqual({ kind: 'alive' });
    expect(ledger.check(storedResponse({ seq: 1 }), 2)).toEqual({ kind: 'gone' });
  });

  it('never forgets the future, nor remembers again', () => {
    const ledger = new PurgeLedger();
    pass(ledger, 2);
    ledger.forget(9);
    expect(ledger.forgottenSeq).toBe(2);
    ledger.forget(1);
    expect(ledger.forgottenSeq).toBe(2);
    ledger.purge([hard(TAG)], 0);
    expect(judge(ledger, { seq: 2 })).toEqual({ kind: 'gone' });
    expect(judge(ledger, { seq: 3 })).toEqual({ kind: 'alive' });
  });

  it('counts a hard purge of the same selector once, and each soft one', () => {
    const ledger = new PurgeLedger();
    ledger.purge([hard(TAG)], 0);
    ledger.purge([hard(TAG)], 0);
    expect(ledger.markCount).toBe(1);
    ledger.purge([soft(TAG)], 0);
    ledger.purge([soft(TAG)], 0);
    expect(ledger.markCount).toBe(3);
    ledger.purge([hard(TAG)], 0);
    expect(ledger.markCount).toBe(1);
  });
});

describe('what is remembered', () => {
  const URL_MARK: PurgeSelector = { kind: 'url', url: 'https://example.com/0123456789' };
  const PREFIX_MARK: PurgeSelector = { kind: 'prefix', prefix: 'example.com/0123456789' };

  it('takes the length of its selector and a little beside', () => {
    const ledger = new PurgeLedger();
    ledger.purge([hard(URL_MARK)], 0);
    const short = ledger.markBytes;
    ledger.purge([hard({ kind: 'url', url: `https://example.com/${'x'.repeat(8_000)}` })], 0);
    expect(ledger.markBytes).toBe(2 * short + 7_990);
    ledger.purge([hard({ kind: 'prefix', prefix: `example.com/${'x'.repeat(8_000)}` })], 0);
    expect(ledger.markBytes).toBeGreaterThan(16_000);
  });

  it('takes no more for the same selector again, and nothing once forgotten', () => {
    const ledger = new PurgeLedger();
    ledger.purge([hard(URL_MARK)], 0);
    const once = ledger.markBytes;
    ledger.purge([hard(URL_MARK)], 0);
    expect(ledger.markBytes).toBe(once);
    ledger.purge([soft(URL_MARK), hard(PREFIX_MARK), { ...hard(TAG), siteId: 'shop' }], 0);
    expect(ledger.markBytes).toBeGreaterThan(once);
    ledger.forget(ledger.sequence);
    expect(ledger.markBytes).toBe(0);
    ledger.purge([hard(URL_MARK)], 0);
    expect(ledger.markBytes).toBe(once);
  });
});

describe('work', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  /** Calls of everything that could look at an entry, during one purge of a tag that all entries have. */
  async function purgeWork(entries: number): Promise<number> {
    const store = createMemoryStore();
    for (let page = 0; page < entries; page++) {
      await put(store, { uri: `https://example.com/${page}`, tags: ['t'] });
    }
    const spies = [
      vi.spyOn(PurgeLedger.prototype, 'check'),
      ...(['get', 'set', 'delete', 'has', 'values', 'entries', 'forEach'] as const).map((name) =>
        vi.spyOn(Map.prototype, name),
      ),
      vi.spyOn(Map.prototype, Symbol.iterator),
    ];
    store.purge([hard(TAG)], 0);
    const calls = spies.map((spy) => spy.mock.calls.length);
    vi.restoreAllMocks();
    expect(find(store, { uri: 'https://example.com/0' }).selected).toEqual([]);
    return calls.reduce((sum, count) => sum + count, 0);
  }

  it('purging a tag of 20, 200 or 2000 entries takes the same few steps', async () => {
    expect([await purgeWork(20), await purgeWork(200), await purgeWork(2_000)]).toEqual([2, 2, 2]);
  });

  it('checks an entry once per purge, and not again until the next', async () => {
    const store = createMemoryStore();
    await put(store, { tags: ['u'] });
    const check = vi.spyOn(PurgeLedger.prototype, 'check');
    find(store);
    expect(check).toHaveBeenCalledTimes(0);
    store.purge([hard(TAG)], 0);
    expect(check).toHaveBeenCalledTimes(0);
    find(store);
    find(store);
    find(store);
    expect(check).toHaveBeenCalledTimes(1);
    store.purge([hard(TAG)], 0);
    find(store);
    expect(check).toHaveBeenCalledTimes(2);
  });

  it('compares an entry with the prefixes purged since its last check only', () => {
    const ledger = new PurgeLedger();
    for (let count = 0; count < 100; count++) {
      ledger.purge([hard({ kind: 'prefix', prefix: `example.com/${count}` })], 0);
    }
    const response = storedResponse({ seq: 0 });
    const startsWith = vi.spyOn(String.prototype, 'startsWith');
    const host: PurgeSelector = { kind: 'prefix', prefix: 'example.com/x' };
    ledger.purge([hard(host), hard(host)], 0);
    startsWith.mockClear();
    expect(ledger.check(response, 100)).toEqual({ kind: 'alive' });
    // The path with "/" while the URI is taken apart, then once per prefix of the same host.
    expect(startsWith).toHaveBeenCalledTimes(3);
  });
});
