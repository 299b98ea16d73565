import { expect, test } from 'vitest';

import { IncomingFields, StoredFields } from '../src/index.ts';
import type { Candidate } from '../src/index.ts';
import { preferred } from '../src/preference.ts';

/** What `preferred` reads of a stored response. */
function stored(dateAtMs: number, names: readonly string[], lines: readonly string[]): Candidate {
  const rule = { id: `vary:${names.join(',')}`, names };
  const response = { rule, fields: StoredFields.fromLines(lines), facts: { dateAtMs } };
  return { response, softPurgedAtMs: undefined } as unknown as Candidate;
}

function preferredOf(
  candidates: readonly Candidate[],
  request: readonly string[],
): readonly [index: number | null, values: unknown] {
  const found = preferred(candidates, new IncomingFields(request));
  if (found === undefined) return [null, null];
  return [candidates.indexOf(found.candidate), found.reason?.values ?? null];
}

const DE = ['Content-Language', 'de'];
const EN = ['Content-Language', 'en'];
const BY_LANGUAGE = ['accept-language'];

test('of none, none; of one, that one', () => {
  expect(preferredOf([], [])).toEqual([null, null]);
  expect(preferredOf([stored(1, BY_LANGUAGE, DE)], ['Accept-Language', 'en'])).toEqual([0, null]);
});

test('what is wanted more is preferred to what is newer', () => {
  const candidates = [stored(1, BY_LANGUAGE, DE), stored(2, BY_LANGUAGE, EN)];
  expect(preferredOf(candidates, ['Accept-Language', 'de, en;q=0.5'])).toEqual([
    0,
    { count: 2, names: 'accept-language' },
  ]);
});

test('a request that does not say what it wants gets the newest', () => {
  const candidates = [stored(1, BY_LANGUAGE, DE), stored(2, BY_LANGUAGE, EN)];
  expect(preferredOf(candidates, [])).toEqual([1, null]);
});

test('one response that names the field in Vary is enough to rank by it', () => {
  const candidates = [stored(1, BY_LANGUAGE, DE), stored(2, ['x-a'], EN)];
  expect(preferredOf(candidates, ['Accept-Language', 'de, en;q=0.5'])).toEqual([
    0,
    { count: 2, names: 'accept-language' },
  ]);
});

test('what all have in common does not rank them, though nobody wants it', () => {
  const names = ['accept-encoding', 'accept-language'];
  const candidates = [
    stored(1, names, [...DE, 'Content-Encoding', 'br']),
    stored(2, names, [...EN, 'Content-Encoding', 'br']),
  ];
  const request = ['Accept-Language', 'de, en;q=0.5', 'Accept-Encoding', 'br;q=0'];
  expect(preferredOf(candidates, request)).toEqual([0, { count: 2, names: 'accept-language' }]);
});
