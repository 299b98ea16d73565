// A stored response under the metadata of a later one, field by field.
import { FRESH_FOR_A_MINUTE } from '@poplet/conformance/stored-facts';
import { describe, expect, test } from 'vitest';

import {
  IncomingFields,
  MATCHES_ALL,
  StoredFields,
  rfc9111,
  type PresentedRequest,
  type StoredResponse,
} from '../src/index.ts';
import { updateStored } from '../src/update-stored.ts';
import { presented } from './presented.ts';

const THEN = 'Sun, 22 Nov 2026 12:00:00 GMT';
const NOW = 'Sun, 22 Nov 2026 13:00:00 GMT';
const THEN_MS = Date.parse(THEN);
const NOW_MS = Date.parse(NOW);

const BEFORE = [
  ['Date', THEN],
  ['Cache-Control', 'max-age=60'],
  ['ETag', '"v1"'],
  ['Content-Encoding', 'br'],
  ['Content-Type', 'text/html'],
  ['X-Kept', '1'],
  ['X-Changed', '1'],
].flat();

const REQUEST: PresentedRequest = presented(['X-Asked', 'b']);

interface Update {
  readonly received: readonly string[];
  readonly isSelected?: boolean;
  readonly stored?: Partial<StoredResponse>;
}

function update({ received, isSelected = true, stored = {} }: Update): StoredResponse {
  const before: StoredResponse = {
    primaryKey: 'default http://shop.test/',
    rule: MATCHES_ALL,
    variantKey: '',
    variance: null,
    status: 200,
    statusText: 'OK',
    fields: StoredFields.fromLines(BEFORE),
    trailers: [],
    bodyBytes: 10,
    part: null,
    requestAtMs: THEN_MS,
    responseAtMs: THEN_MS,
    residentSinceMs: THEN_MS,
    fetchedSeq: 3,
    validatedSeq: 3,
    tags: ['old'],
    groups: ['old'],
    facts: { ...FRESH_FOR_A_MINUTE, dateAtMs: THEN_MS },
    ...stored,
  };
  const fields = new IncomingFields(received);
  const times = { requestAtMs: NOW_MS - 40, responseAtMs: NOW_MS, nowMs: NOW_MS + 5, seq: 7 };
  return updateStored(before, { fields, request: REQUEST, isSelected }, { times, policy: rfc9111 })
    .updated;
}

test('what came replaces, what did not come stays, and it is as old as what came', () => {
  const updated = update({ received: ['Date', NOW, 'x-changed', '2', 'X-New', '3', 'Age', '5'] });
  expect(updated.fields.toLines()).toEqual(
    [
      ['Cache-Control', 'max-age=60'],
      ['ETag', '"v1"'],
      ['Content-Encoding', 'br'],
      ['Content-Type', 'text/html'],
      ['X-Kept', '1'],
      ['Date', NOW],
      ['x-changed', '2'],
      ['X-New', '3'],
    ].flat(),
  );
  expect(updated).toMatchObject({
    requestAtMs: NOW_MS - 40,
    responseAtMs: NOW_MS,
    residentSinceMs: NOW_MS + 5,
    fetchedSeq: 3,
    validatedSeq: 7,
    facts: { dateAtMs: NOW_MS, initialAgeMs: 5040, lifetimeSeconds: 60 },
  });
});

test('without a Date it is as old as its receipt', () => {
  const updated = update({ received: ['X', 'y'] });
  expect(updated.fields.get('date')).toBe(NOW);
  expect(updated.facts).toMatchObject({ dateAtMs: NOW_MS, initialAgeMs: 40 });
});

test.each([
  ['Content-Length', '99'],
  ['Content-Encoding', 'gzip'],
  ['Content-Range', 'bytes 0-1/2'],
  ['Age', '5'],
  ['Connection', 'X-Kept'],
  ['Keep-Alive', 'timeout=5'],
])('%s never replaces what is stored', (name, value) => {
  const key = name.toLowerCase();
  const before = new IncomingFields(BEFORE).get(key);
  expect(update({ received: [name, value] }).fields.get(key)).toBe(before);
});

test('another variant takes over how fresh it is, and nothing of what it is', () => {
  const received = [
    ['Date', NOW],
    ['Cache-Control', 'max-age=7'],
    ['CDN-Cache-Control', 'max-age=9'],
    ['Expires', NOW],
    ['ETag', 'W/"v1"'],
    ['X-Changed', '2'],
    ['Vary', 'X-Asked'],
    ['Cache-Groups', '"new"'],
    ['Surrogate-Key', 'new'],
    ['No-Vary-Search', 'params'],
  ].flat();
  const updated = update({ received, isSelected: false });
  expect(updated.fields.toLines()).toEqual(
    [
      ['Content-Encoding', 'br'],
      ['Content-Type', 'text/html'],
      ['X-Kept', '1'],
      ['X-Changed', '1'],
      ['Date', NOW],
      ['Cache-Control', 'max-age=7'],
      ['CDN-Cache-Control', 'max-age=9'],
      ['Expires', NOW],
      ['ETag', 'W/"v1"'],
    ].flat(),
  );
  expect(updated).toMatchObject({
    rule: MATCHES_ALL,
    variantKey: '',
    variance: null,
    tags: ['old'],
    groups: ['old'],
    facts: { lifetimeSeconds: 9 },
  });
});

describe('what finds it', () => {
  test('by Vary, as it was asked for', () => {
    const { rule, variantKey } = update({ received: ['Vary', 'X-Asked'] });
    expect(rule.names).toEqual(['x-asked']);
    expect(variantKey).toBe('x-asked=b\n');
  });

  test('stays where Vary says the same, or matches nothing', () => {
    const stored = { rule: { id: 'vary:x-asked', names: ['x-asked'] }, variantKey: 'a' };
    const { id } = update({ received: ['Vary', 'X-Asked'] }).rule;
    const same = { ...stored, rule: { ...stored.rule, id } };
    for (const vary of ['X-Asked', '*']) {
      expect(update({ received: ['Vary', vary], stored: same })).toMatchObject(same);
    }
    expect(update({ received: [], stored: same })).toMatchObject(same);
  });

  test('by tags and groups, where it names any', () => {
    expect(update({ received: ['X', 'y'] })).toMatchObject({ tags: ['old'], groups: ['old'] });
    expect(update({ received: ['Surrogate-Key', 'a b', 'Cache-Groups', '"c"'] })).toMatchObject({
      tags: ['a', 'b'],
      groups: ['c'],
    });
  });

  test('by No-Vary-Search, where it says so', () => {
    const variance = update({ received: ['No-Vary-Search', 'params'] }).variance;
    expect(variance).not.toBeNull();
    expect(update({ received: ['X', 'y'], stored: { variance } }).variance).toBe(variance);
  });
});

describe('whether its Last-Modified is strong', () => {
  const modified = (text: string) => ['Last-Modified', text, 'Date', NOW];
  const lastModifiedAtMs = THEN_MS - 1000;
  const facts = { ...FRESH_FOR_A_MINUTE, lastModifiedAtMs };

  test.each([true, false])('is as it was while it is the same (%s)', (isLastModifiedStrong) => {
    const stored = { facts: { ...facts, isLastModifiedStrong } };
    const received = modified(new Date(lastModifiedAtMs).toUTCString());
    expect(update({ received, stored }).facts.isLastModifiedStrong).toBe(isLastModifiedStrong);
  });

  test('follows from its Date where it is another', () => {
    const stored = { facts: { ...facts, isLastModifiedStrong: false } };
    expect(update({ received: modified(THEN), stored }).facts.isLastModifiedStrong).toBe(true);
    expect(update({ received: modified(NOW), stored }).facts.isLastModifiedStrong).toBe(false);
  });
});
