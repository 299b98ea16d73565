import * as fc from 'fast-check';
import { StoredFields, type StoredResponse } from '@poplet/policy';
import { describe, test } from 'vitest';

import { IndexEntry } from '../src/index-entry.ts';
import { IndexedResponse } from '../src/indexed-response.ts';
import { ResponseKinds } from '../src/response-kinds.ts';
import { createMemoryStore } from '../src/memory-store.ts';
import { storedResponse } from './stored-response.ts';
import { IncomingFields } from '@poplet/policy';

const runs = { numRuns: Number(process.env['POPLET_PROPERTY_RUNS'] ?? 1000) };

const NOW_MS = Date.UTC(2026, 10, 23, 7, 40, 12, 345);

const instant = fc.oneof(
  fc.integer({ min: -1_000_000, max: 1_000_000 }).map((ms) => NOW_MS + ms),
  fc.constantFrom(0, -1, NOW_MS + 2 ** 30, NOW_MS - 2 ** 31, NOW_MS + 0.25, 8.64e15),
  fc.maxSafeInteger(),
);
const text = fc.string({ maxLength: 12 });
const tag = fc.oneof(
  fc.constantFrom('a', 'b', 'product-1', 'a,b', ', ', 'max-age=60', ''),
  fc.string({ maxLength: 8 }),
);
const etagText = fc.oneof(fc.constantFrom('', 'abc', 'W/', 'a"b', 'ETag'), text);

const staleWindow = fc.constantFrom(null, 60, Infinity);

const response: fc.Arbitrary<StoredResponse> = fc
  .record({
    base: fc.constantFrom(
      storedResponse(),
      storedResponse({ vary: ['accept-language'], request: ['Accept-Language', 'en'] }),
      storedResponse({ noVarySearch: 'key-order' }),
    ),
    status: fc.constantFrom(200, 404),
    statusText: text,
    // With a prototype as any other object: else fast-check leaves it out of some.
    etag: fc.option(fc.record({ weak: fc.boolean(), opaque: etagText }, { noNullPrototype: true })),
    isEtagInHeader: fc.boolean(),
    tags: fc.array(tag, { maxLength: 4 }),
    tagsBy: fc.constantFrom(' ', ', ', ',', undefined),
    trailers: fc.constantFrom([], ['Server-Timing', 'x']),
    groups: fc.array(text, { maxLength: 2 }),
    part: fc.constantFrom(null, { completeBytes: 9, spans: [{ startByte: 0, endByte: 4 }] }),
    codings: fc.constantFrom([], [{ coding: 'br' as const, bodyBytes: 3 }]),
    bodyBytes: fc.oneof(fc.nat(), fc.maxSafeInteger().map(Math.abs)),
    instants: fc.tuple(instant, instant, instant, instant, fc.option(instant), instant),
    seqs: fc.tuple(fc.nat(), fc.nat()),
    windows: fc.tuple(staleWindow, staleWindow),
  })
  .map(({ base, etag, isEtagInHeader, tags, tagsBy, instants, seqs, windows, ...others }) => {
    const lines = ['Cache-Control', 'max-age=60'];
    if (etag !== null && isEtagInHeader) lines.push('ETag', `"${etag.opaque}"`);
    if (tagsBy !== undefined) lines.push('Surrogate-Key', tags.join(tagsBy));
    const [requestAtMs, responseAtMs, residentSinceMs, dateAtMs, lastModifiedAtMs, initialAgeMs] =
      instants;
    const [fetchedSeq, validatedSeq] = seqs;
    const [staleWhileRevalidateSeconds, staleIfErrorSeconds] = windows;
    const facts = {
      ...base.facts,
      etag,
      dateAtMs,
      lastModifiedAtMs,
      initialAgeMs,
      staleWhileRevalidateSeconds,
      staleIfErrorSeconds,
    };
    return {
      ...base,
      ...others,
      fields: StoredFields.fromLines(lines),
      tags,
      facts,
      requestAtMs,
      responseAtMs,
      residentSinceMs,
      fetchedSeq,
      validatedSeq,
    };
  });

const PLACE = { order: 0, checkedSeq: 0 };

describe('packed entries', () => {
  test('are made into the response that they were made of, and say the same of it', ({
    expect,
  }) => {
    fc.assert(
      fc.property(fc.array(response, { minLength: 1, maxLength: 6 }), (responses) => {
        const kinds = new ResponseKinds(3);
        const entries = responses.map((one) => {
          const whole = new IndexedResponse(one, {});
          return { entry: new IndexEntry(whole, kinds.of(whole), PLACE), whole };
        });
        for (const { entry, whole } of entries) {
          const sizes = { ...entry.sizes };
          entry.cool();
          expect(entry.response).toStrictEqual(whole);
          expect(IndexedResponse.bodyOf(entry.response)).toBe(entry.body);
          expect(entry).toMatchObject({
            primaryKey: whole.primaryKey,
            rule: whole.rule,
            variantKey: whole.variantKey,
            variance: whole.variance,
            tags: whole.tags,
            groups: whole.groups,
            fetchedSeq: whole.fetchedSeq,
            validatedSeq: whole.validatedSeq,
            dateAtMs: whole.facts.dateAtMs,
            sizes,
          });
          expect(entry.fields.block).toBe(whole.fields.block);
        }
      }),
      runs,
    );
  });

  test('of responses that differ in a window without an end keep apart what they have in common', ({
    expect,
  }) => {
    const kinds = new ResponseKinds();
    const windows = [null, Infinity, 60];
    const all = windows.flatMap((staleWhileRevalidateSeconds) =>
      windows.map((staleIfErrorSeconds) => {
        const one = storedResponse();
        const facts = { ...one.facts, staleWhileRevalidateSeconds, staleIfErrorSeconds };
        return new IndexedResponse({ ...one, facts }, {});
      }),
    );
    for (const whole of all) {
      const entry = new IndexEntry(whole, kinds.of(whole), PLACE);
      entry.cool();
      expect(entry.response).toStrictEqual(whole);
    }
  });

  test('keep the response whole only where it has numbers out of the ordinary', ({ expect }) => {
    const [dateAtMs, lastModifiedAtMs] = [Date.UTC(2026, 10, 23, 7), Date.UTC(1999, 0, 1)];
    const isWhole = (change: Partial<StoredResponse>): boolean => {
      const one = storedResponse({ dateAtMs });
      const instants = { requestAtMs: NOW_MS - 3, responseAtMs: NOW_MS, residentSinceMs: NOW_MS };
      const facts = { ...one.facts, lastModifiedAtMs };
      const whole = new IndexedResponse({ ...one, ...instants, facts, ...change }, {});
      const entry = new IndexEntry(whole, new ResponseKinds().of(whole), PLACE);
      entry.cool();
      return entry.isWarm;
    };
    expect(isWhole({})).toBe(false);
    expect(isWhole({ residentSinceMs: Date.UTC(2031, 0, 1) })).toBe(false);
    expect(isWhole({ bodyBytes: 2 ** 29 })).toBe(false);
    expect(isWhole({ bodyBytes: 2 ** 30 })).toBe(true);
    expect(isWhole({ requestAtMs: NOW_MS - 0.5 })).toBe(true);
    expect(isWhole({ requestAtMs: NOW_MS - 5e9 })).toBe(true);
  });

  test('are another response after they were rewritten', ({ expect }) => {
    fc.assert(
      fc.property(response, response, (before, after) => {
        const kinds = new ResponseKinds();
        const [first, second] = [new IndexedResponse(before, {}), new IndexedResponse(after, {})];
        const entry = new IndexEntry(first, kinds.of(first), PLACE);
        entry.cool();
        entry.take(second, kinds.of(second));
        expect(entry.response).toStrictEqual(second);
        entry.cool();
        expect(entry.response).toStrictEqual(second);
        expect(entry.body).toBe(IndexedResponse.bodyOf(second));
      }),
      runs,
    );
  });

  test('give the same response while it is warm, and an equal one after many others', async ({
    expect,
  }) => {
    const store = createMemoryStore();
    const uriOf = (index: number): string => `https://example.com/${index}`;
    const put = async (index: number): Promise<void> => {
      const writer = store.begin(
        storedResponse({
          uri: uriOf(index),
          fields: ['ETag', `"${index}"`, 'Surrogate-Key', `all group-${index % 7}`],
          tags: ['all', `group-${index % 7}`],
        }),
      );
      await writer.write(Buffer.from(`body ${index}`));
      await writer.commit([]);
    };
    const get = (index: number): StoredResponse | undefined =>
      store.find(`main ${uriOf(index)}`, new IncomingFields([])).selected[0]?.response;
    await put(0);
    const first = get(0);
    expect(get(0)).toBe(first);
    for (let index = 1; index <= 10_000; index += 1) await put(index);
    const again = get(0);
    expect(again).not.toBe(first);
    expect(again).toStrictEqual(first);
    expect(get(0)).toBe(again);
    expect(Buffer.from(store.open(first as StoredResponse)?.bytes() ?? []).toString()).toBe(
      'body 0',
    );
    store.remove(first as StoredResponse);
    expect(get(0)).toBe(undefined);
    expect(
      store.purge(
        [{ selector: { kind: 'tag', tag: 'group-3' }, soft: false, siteId: undefined }],
        0,
      ),
    ).toBe(1);
    expect(get(3)).toBe(undefined);
    expect(get(4)?.tags).toEqual(['all', 'group-4']);
    expect(store.stats().entries).toBe(10_000 - 1429);
    store.sweep();
    await store.close();
  });
});
