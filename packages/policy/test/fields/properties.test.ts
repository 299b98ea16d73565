import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAge } from '../../src/fields/age.ts';
import { parseCacheControl } from '../../src/fields/cache-control.ts';
import { formatCacheStatus } from '../../src/fields/cache-status.ts';
import { parseDeltaSeconds } from '../../src/fields/delta-seconds.ts';
import {
  formatEntityTag,
  parseEntityTag,
  parseEntityTagList,
  strongMatch,
  weakMatch,
} from '../../src/fields/etag.ts';
import { formatHttpDate, parseHttpDate } from '../../src/fields/http-date.ts';
import { splitList, unquote } from '../../src/fields/list.ts';
import { normalizeFieldValue } from '../../src/fields/normalize.ts';
import {
  formatContentRange,
  formatUnsatisfiedRange,
  parseContentRange,
  parseRange,
  parseUnsatisfiedRange,
  resolveRanges,
} from '../../src/fields/range.ts';
import { parseItem, serializeBytes, serializeParameter } from '../../src/fields/structured.ts';
import { parseVary } from '../../src/fields/vary.ts';
import { PIECES } from '../fuzz/field-values.ts';

const fieldValue = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 30 }).map((pieces) => pieces.join('')),
);

const token = fc.stringMatching(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,12}$/);

describe('parse and format', () => {
  const FIRST_SECOND = -62_167_219_200;
  const LAST_SECOND = 253_402_300_799;

  test('every second of the years 0000 to 9999', () => {
    fc.assert(
      fc.property(fc.integer({ min: FIRST_SECOND, max: LAST_SECOND }), (second) => {
        const text = formatHttpDate(second * 1000);
        expect(parseHttpDate(text)).toBe(second * 1000);
        expect(text).toBe(new Date(second * 1000).toUTCString());
      }),
      { numRuns: 1000 },
    );
  });

  test('a two-digit year lies at most 50 years ahead, and less than 50 behind', () => {
    const year = 31_557_600_000;
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4_000_000_000 }),
        fc.integer({ min: 0, max: 99 }),
        (now, short) => {
          const text = `Monday, 15-Jun-${String(short).padStart(2, '0')} 12:00:00 GMT`;
          const atMs = parseHttpDate(text, now * 1000) ?? Number.NaN;
          expect(new Date(atMs).getUTCFullYear() % 100).toBe(short);
          expect(atMs).toBeLessThanOrEqual(now * 1000 + 50 * year + 86_400_000);
          expect(atMs).toBeGreaterThan(now * 1000 - 50 * year - 86_400_000);
        },
      ),
    );
  });

  test('delta-seconds', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (seconds) => {
        expect(parseDeltaSeconds(String(seconds))).toBe(seconds);
        expect(parseAge([String(seconds)])).toBe(seconds);
      }),
    );
  });

  test('entity tags, alone and in lists', () => {
    const tag = fc
      .tuple(fc.boolean(), fc.stringMatching(/^[!#-~\u0080-\u00FF]{0,12}$/))
      .map(([weak, text]) => ({ weak, opaque: `"${text}"` }));
    fc.assert(
      fc.property(fc.array(tag, { minLength: 1 }), (tags) => {
        for (const one of tags) expect(parseEntityTag(formatEntityTag(one))).toStrictEqual(one);
        expect(
          parseEntityTagList(tags.map((one) => formatEntityTag(one)).join(', ')),
        ).toStrictEqual(tags);
      }),
    );
  });

  test('what matches strongly matches weakly', () => {
    const tag = fc
      .tuple(fc.boolean(), fc.constantFrom('"a"', '"b"'))
      .map(([weak, opaque]) => ({ weak, opaque }));
    fc.assert(
      fc.property(tag, tag, (a, b) => {
        expect(strongMatch(a, b) && !weakMatch(a, b)).toBe(false);
        expect(weakMatch(a, b)).toBe(weakMatch(b, a));
      }),
    );
  });

  test('Content-Range', () => {
    const position = fc.nat({ max: 1_000_000 });
    fc.assert(
      fc.property(position, position, fc.option(position), (startByte, length, rest) => {
        const endByte = startByte + length + 1;
        const range = { startByte, endByte, completeBytes: rest === null ? null : endByte + rest };
        expect(parseContentRange(formatContentRange(range))).toStrictEqual(range);
        expect(parseUnsatisfiedRange(formatUnsatisfiedRange(endByte))).toBe(endByte);
      }),
    );
  });

  test('structured strings and parameters', () => {
    const item = fc.oneof(
      fc.integer().map((value) => ({ kind: 'integer' as const, value })),
      fc.boolean().map((value) => ({ kind: 'boolean' as const, value })),
      fc.string({ unit: 'grapheme-ascii' }).map((value) => ({ kind: 'string' as const, value })),
      fc
        .stringMatching(/^[A-Za-z*][!#$%&'*+\-.^_`|~0-9A-Za-z:/]{0,9}$/)
        .map((value) => ({ kind: 'token' as const, value })),
    );
    const key = fc.stringMatching(/^[a-z*][a-z0-9_\-.*]{0,9}$/);
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(key, item), { selector: ([name]) => name }),
        (parameters) => {
          const text = parameters.map(([name, value]) => serializeParameter(name, value)).join('');
          const parsed = parseItem(`a${text}`);
          expect([...(parsed?.parameters ?? [])]).toStrictEqual(parameters);
        },
      ),
    );
  });

  test('Cache-Status is an item with parameters', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (cacheName, key, detail) => {
        const parsed = parseItem(
          formatCacheStatus({ cacheName, hit: true, key, detail, ttlSeconds: -1 }),
        );
        expect(parsed?.parameters.get('hit')).toStrictEqual({ kind: 'boolean', value: true });
        expect(parsed?.parameters.get('key')).toStrictEqual({ kind: 'string', value: key });
        expect(parsed?.parameters.get('detail')?.value).toBe(detail);
      }),
    );
  });

  test('quoted strings', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => {
        expect(unquote(`"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`)).toBe(text);
      }),
    );
  });

  test('lists of tokens and quoted strings', () => {
    const quoted = fc.stringMatching(/^[ !#-[\]-~]{0,9}$/).map((text) => `"${text}"`);
    fc.assert(
      fc.property(fc.array(fc.oneof(token, quoted)), (members) => {
        expect(splitList(members.join(', '))).toStrictEqual(members);
        expect(splitList(members.join(' ,, '))).toStrictEqual(members);
      }),
    );
  });
});

test('a Byte Sequence is read as it was written', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      const item = parseItem(serializeBytes(bytes));
      expect(item).toMatchObject({ kind: 'bytes', value: bytes });
      expect(serializeBytes(bytes)).toBe(`:${Buffer.from(bytes).toString('base64')}:`);
    }),
  );
});

describe('Cache-Control', () => {
  const directive = fc.oneof(
    fc.constantFrom(
      'no-store',
      'no-cache',
      'private',
      'public',
      'must-revalidate',
      'max-age=1',
      'max-age=60',
      's-maxage=5',
      's-maxage=0',
      'stale-if-error=5',
      'stale-while-revalidate=9',
      'immutable',
      'no-cache="a"',
      'private="b, c"',
      'foo="no-store"',
      'foo=1',
    ),
    token,
  );

  test('order and case of directives, and how lines are divided, make no difference', () => {
    fc.assert(
      fc.property(
        fc.array(directive, { minLength: 1, maxLength: 8 }),
        fc.nat(),
        (directives, cut) => {
          const parsed = sorted(parseCacheControl([directives.join(', ')]));
          const at = cut % directives.length;
          expect(
            sorted(
              parseCacheControl([
                directives.slice(0, at).join(','),
                directives.slice(at).join(','),
              ]),
            ),
          ).toStrictEqual(parsed);
          expect(sorted(parseCacheControl([directives.toReversed().join(', ')]))).toStrictEqual(
            parsed,
          );
          expect(
            sorted(parseCacheControl(directives.map((one) => one.toUpperCase()))),
          ).toStrictEqual(parsed);
        },
      ),
    );
  });

  function sorted(parsed: ReturnType<typeof parseCacheControl>): unknown {
    return {
      ...parsed,
      noCacheFields: parsed.noCacheFields.toSorted(),
      privateFields: parsed.privateFields.toSorted(),
      malformed: parsed.malformed.map((one) => one.toLowerCase()).toSorted(),
    };
  }

  test('a restrictive directive is never lost, whatever malformed text surrounds it', () => {
    const restrictive = fc.constantFrom(
      'no-store',
      'No-Store',
      'no-store=1',
      'no-store="',
      'no-store ',
      'no-store=,',
    );
    // Text without a quote: what stands inside a closed quoted string is no directive.
    const noise = fieldValue.map((text) => text.replaceAll('"', ''));
    fc.assert(
      fc.property(noise, restrictive, noise, (before, word, after) => {
        expect(parseCacheControl([`${before},${word},${after}`]).noStore).toBe(true);
        // A quoted string that is never closed.
        expect(parseCacheControl([`x="${before},no-store,${after}`]).noStore).toBe(true);
      }),
    );
  });

  test('further directives never make a lifetime longer', () => {
    const rank = (value: number | 'invalid' | null): number =>
      value === null ? Number.POSITIVE_INFINITY : value === 'invalid' ? -1 : value;
    fc.assert(
      fc.property(fc.array(directive), fieldValue, (directives, more) => {
        const before = parseCacheControl([directives.join(', ')]);
        const after = parseCacheControl([directives.join(', '), more]);
        expect(rank(after.maxAgeSeconds)).toBeLessThanOrEqual(rank(before.maxAgeSeconds));
        expect(rank(after.sMaxageSeconds)).toBeLessThanOrEqual(rank(before.sMaxageSeconds));
        expect(before.noStore && !after.noStore).toBe(false);
        expect(before.private && !after.private).toBe(false);
        expect(before.noCache && !after.noCache).toBe(false);
      }),
    );
  });
});

describe('ranges', () => {
  const text = fc.oneof(
    fc
      .tuple(fc.nat({ max: 120 }), fc.nat({ max: 120 }))
      .map(([first, length]) => `${first}-${first + length}`),
    fc.nat({ max: 120 }).map((first) => `${first}-`),
    fc.nat({ max: 120 }).map((length) => `-${length}`),
  );

  test('lie inside the body, never share a byte, and cover exactly what was asked', () => {
    fc.assert(
      fc.property(
        fc.array(text, { minLength: 1, maxLength: 20 }),
        fc.nat({ max: 100 }),
        (texts, bodyBytes) => {
          const together = resolveRanges(
            parseRange(`bytes=${texts.join(',')}`)?.ranges ?? [],
            bodyBytes,
          );
          const apart = texts.flatMap((one) =>
            resolveRanges(parseRange(`bytes=${one}`)?.ranges ?? [], bodyBytes),
          );
          const bytes = together.flatMap(({ startByte, endByte }) =>
            Array.from({ length: endByte - startByte }, (_, n) => startByte + n),
          );
          const asked = apart.flatMap(({ startByte, endByte }) =>
            Array.from({ length: endByte - startByte }, (_, n) => startByte + n),
          );
          expect(new Set(bytes)).toStrictEqual(
            new Set(asked.filter((byte) => byte >= 0 && byte < bodyBytes)),
          );
          expect(bytes).toHaveLength(new Set(bytes).size);
        },
      ),
    );
  });
});

describe('normalisation', () => {
  const names = fc.constantFrom('x-anything', 'accept-encoding', 'accept-language');

  test('is idempotent', () => {
    fc.assert(
      fc.property(names, fieldValue, (name, value) => {
        const normal = normalizeFieldValue(name, [value]);
        expect(normalizeFieldValue(name, [normal])).toBe(normal);
      }),
    );
  });

  const listNames = fc.constantFrom('accept', 'accept-encoding', 'accept-language', 'te');

  test('does not see how a list is divided into lines, nor its white space', () => {
    fc.assert(
      fc.property(listNames, fc.array(token, { minLength: 1 }), (name, members) => {
        const normal = normalizeFieldValue(name, members);
        expect(normalizeFieldValue(name, [members.join(',')])).toBe(normal);
        expect(normalizeFieldValue(name, [` ${members.join('\t ,  ')} `])).toBe(normal);
      }),
    );
  });

  test('does not see order or case of weighted lists', () => {
    const weight = fc.constantFrom('', ';q=1', ';q=0.5', '; q=0.50', ';q=0');
    const members = fc.uniqueArray(fc.tuple(token, weight), {
      selector: ([name]) => name.toLowerCase(),
    });
    fc.assert(
      fc.property(fc.constantFrom('accept-encoding', 'accept-language'), members, (name, pairs) => {
        const list = pairs.map(([one, q]) => one + q);
        fc.pre(!list.some((one) => /^x-(?:gzip|compress)/i.test(one)));
        expect(normalizeFieldValue(name, [list.toReversed().join(',').toUpperCase()])).toBe(
          normalizeFieldValue(name, list),
        );
      }),
    );
  });
});

describe('Vary', () => {
  test('order, case and repetition make no difference; "*" anywhere wins', () => {
    fc.assert(
      fc.property(fc.array(token.filter((name) => name !== '*')), (names) => {
        const parsed = parseVary([names.join(', ')]);
        expect(parseVary(names.toReversed().map((name) => name.toUpperCase()))).toStrictEqual(
          parsed,
        );
        expect(parseVary([[...names, ...names].join(',')])).toStrictEqual(parsed);
        expect(parseVary([...names, '*'])).toBe('*');
        expect(parseVary([['*', ...names].join(',')])).toBe('*');
      }),
    );
  });
});
