import { FRESH_FOR_A_MINUTE } from '@poplet/conformance/stored-facts';
import { describe, expect, test } from 'vitest';

import { IncomingFields, StoredFields, parseEntityTag, rfc9111 } from '../src/index.ts';
import type { PresentedRequest, Splice, StoredPart, StoredResponse } from '../src/index.ts';
import {
  askForMissing,
  canAnswer,
  holdsAlready,
  joinParts,
  partOf,
  storedBytesOf,
} from '../src/incomplete.ts';
import { presented } from './presented.ts';

function request(method: string, lines: readonly string[] = []): PresentedRequest {
  return presented(lines, { method, target: '/a' });
}

function upstream(status: number, lines: readonly string[]): Parameters<typeof partOf>[0] {
  return { kind: 'response', status, statusText: '', fields: new IncomingFields(lines) };
}

/** What these functions read of a stored response. */
function stored(part: StoredPart | null, bodyBytes = 0): StoredResponse {
  return {
    primaryKey: 'default http://shop.test/a',
    fields: StoredFields.fromLines(['ETag', '"v1"']),
    facts: { etag: parseEntityTag('"v1"') },
    status: 200,
    part,
    bodyBytes,
  } as StoredResponse;
}

/** Every other byte of so many. */
function everyOther(count: number): StoredPart {
  const spans = Array.from({ length: count }, (_, index) => ({
    startByte: 2 * index,
    endByte: 2 * index + 1,
  }));
  return { completeBytes: 2 * count, spans };
}

const HALF: StoredPart = { completeBytes: 10, spans: [{ startByte: 0, endByte: 5 }] };
const AS_HEAD = { ...rfc9111, fill: { ...rfc9111.fill, headAsGet: false } };

describe('asking for what is missing', () => {
  const response = stored(HALF);
  const rest = { kind: 'part', span: { startByte: 5, endByte: 10 }, etag: '"v1"' };

  test.each([
    ['GET', rfc9111, rest],
    ['GET', AS_HEAD, rest],
    ['HEAD', rfc9111, rest],
    ['HEAD', AS_HEAD, null],
  ])('for a %s', (method, policy, ask) => {
    expect(askForMissing(request(method), { response, part: HALF }, policy)).toEqual(ask);
  });

  test.each([
    [63, { kind: 'part', span: { startByte: 1, endByte: 126 }, etag: '"v1"' }],
    [64, null],
  ])('where %i spans are held', (count, ask) => {
    const part = everyOther(count);
    expect(askForMissing(request('GET'), { response: stored(part), part }, rfc9111)).toEqual(ask);
  });
});

test.each([
  ['GET', ['Range', 'bytes=0-4'], true],
  ['GET', ['Range', 'bytes=0-5'], false],
  ['GET', ['Range', 'bytes=10-'], false],
  ['GET', [], false],
  ['HEAD', ['Range', 'bytes=0-4'], false],
])('half a response answers a %s with %j: %j', (method, lines, answers) => {
  expect(canAnswer(stored(HALF), request(method, lines), rfc9111)).toBe(answers);
});

const UPPER = ['Content-Range', 'bytes 5-9/10', 'ETag', '"v1"'];

test.each([
  [206, UPPER, { completeBytes: 10, spans: [{ startByte: 5, endByte: 10 }] }],
  [200, UPPER, null],
  [206, [], null],
  [206, ['Content-Range', 'bytes 5-9/*'], null],
  [206, [...UPPER, 'Content-Type', 'Multipart/ByteRanges; boundary=x'], null],
  [
    206,
    [...UPPER, 'Content-Type', 'text/plain; is=multipart/byteranges'],
    { completeBytes: 10, spans: [{ startByte: 5, endByte: 10 }] },
  ],
  [
    206,
    [...UPPER, 'Content-Length', '5'],
    { completeBytes: 10, spans: [{ startByte: 5, endByte: 10 }] },
  ],
  [206, [...UPPER, 'Content-Length', '4'], null],
])('a %i with %j brings the part %j', (status, lines, part) => {
  expect(partOf(upstream(status, lines))).toEqual(part);
});

describe('joining', () => {
  test('what arrives comes behind what is stored', () => {
    const base = stored(HALF, 5);
    expect(joinParts(base, upstream(206, UPPER))).toEqual({
      part: null,
      arriving: { bytes: 5, splice: { base, beforeBytes: 5, afterStartByte: 5 } },
      bytes: 10,
      completeBytes: 10,
    });
  });

  // RFC 9110 §15.3.7.3
  test('nothing without a strong tag in common', () => {
    const untagged = { ...stored(HALF, 5), facts: FRESH_FOR_A_MINUTE };
    expect(joinParts(untagged, upstream(206, UPPER))).toBeNull();
    expect(joinParts(stored(HALF, 5), upstream(206, UPPER.slice(0, 2)))).toBeNull();
  });

  test('nothing to a complete response, and nothing that is no part', () => {
    expect(joinParts(stored(null, 10), upstream(206, UPPER))).toBeNull();
    expect(joinParts(stored(HALF, 5), upstream(200, UPPER))).toBeNull();
  });
});

test('a part is held already where all its bytes are, under a tag that is as good', () => {
  const etag = parseEntityTag('"v1"');
  const part = { completeBytes: 10, spans: [{ startByte: 2, endByte: 5 }] } as const;
  expect(holdsAlready(stored(HALF, 5), { part, etag })).toBe(true);
  expect(holdsAlready(stored(null, 10), { part, etag })).toBe(true);
  const more = { completeBytes: 10, spans: [{ startByte: 2, endByte: 6 }] } as const;
  expect(holdsAlready(stored(HALF, 5), { part: more, etag })).toBe(false);
  const untagged = { ...stored(HALF, 5), facts: FRESH_FOR_A_MINUTE };
  expect(holdsAlready(untagged, { part, etag })).toBe(false);
  expect(holdsAlready(stored(HALF, 5), { part, etag: null })).toBe(false);
});

test('the body that will be stored: what stands before, what arrives, what stands behind', () => {
  expect(storedBytesOf({ bytes: 7, splice: undefined })).toBe(7);
  const splice: Splice = { base: stored(HALF, 50), beforeBytes: 3, afterStartByte: 10 };
  expect(storedBytesOf({ bytes: 7, splice })).toBe(50);
  expect(storedBytesOf({ bytes: 20, splice })).toBe(63);
});
