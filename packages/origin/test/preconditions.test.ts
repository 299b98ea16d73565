import { describe, expect, test } from 'vitest';
import { evaluateConditions, ifRangeHolds } from '../src/preconditions.ts';

const validators = { etag: '"abc"', lastModified: 'Sun, 01 Nov 2026 10:00:00 GMT' };
const EARLIER = 'Sun, 01 Nov 2026 09:59:59 GMT';
const SAME = 'Sun, 01 Nov 2026 10:00:00 GMT';
const LATER = 'Sun, 01 Nov 2026 10:00:01 GMT';

describe('conditions, in the order of RFC 9110 §13.2.2', () => {
  test.each([
    ['none', {}, 'proceed'],
    ['If-None-Match', { 'if-none-match': '"abc"' }, 'not-modified'],
    ['a weak tag matches weakly', { 'if-none-match': 'W/"abc"' }, 'not-modified'],
    ['one of a list', { 'if-none-match': '"x", W/"y" ,"abc"' }, 'not-modified'],
    ['a tag with a comma inside', { 'if-none-match': '"a,b", "abc"' }, 'not-modified'],
    ['any', { 'if-none-match': '*' }, 'not-modified'],
    ['another', { 'if-none-match': '"abcd"' }, 'proceed'],
    ['not quoted', { 'if-none-match': 'abc' }, 'proceed'],
    ['since the same second', { 'if-modified-since': SAME }, 'not-modified'],
    ['since later', { 'if-modified-since': LATER }, 'not-modified'],
    ['since earlier', { 'if-modified-since': EARLIER }, 'proceed'],
    ['since no date', { 'if-modified-since': 'yesterday' }, 'proceed'],
    [
      'If-None-Match overrules If-Modified-Since',
      { 'if-none-match': '"x"', 'if-modified-since': LATER },
      'proceed',
    ],
    ['If-Match', { 'if-match': '"abc"' }, 'proceed'],
    ['If-Match any', { 'if-match': '*' }, 'proceed'],
    ['If-Match another', { 'if-match': '"x"' }, 'precondition-failed'],
    ['If-Match is strong', { 'if-match': 'W/"abc"' }, 'precondition-failed'],
    ['unmodified since', { 'if-unmodified-since': SAME }, 'proceed'],
    ['modified since', { 'if-unmodified-since': EARLIER }, 'precondition-failed'],
    [
      'If-Match overrules If-Unmodified-Since',
      { 'if-match': '"abc"', 'if-unmodified-since': EARLIER },
      'proceed',
    ],
    ['both hold', { 'if-match': '"abc"', 'if-none-match': '"abc"' }, 'not-modified'],
  ] as const)('%s', (_name, headers, expected) => {
    expect(evaluateConditions(headers, validators)).toBe(expected);
  });

  test('a rule that removed the validators leaves nothing to match', () => {
    const none = { etag: undefined, lastModified: undefined };
    expect(evaluateConditions({ 'if-none-match': '"abc"' }, none)).toBe('proceed');
    expect(evaluateConditions({ 'if-modified-since': LATER }, none)).toBe('proceed');
    expect(evaluateConditions({ 'if-match': '"abc"' }, none)).toBe('precondition-failed');
  });
});

describe('If-Range (RFC 9110 §13.1.5)', () => {
  const minuteLaterMs = Date.UTC(2026, 10, 1, 10, 1, 0);

  test.each([
    ['absent', undefined, true],
    ['the same tag', '"abc"', true],
    ['another tag', '"x"', false],
    ['a weak tag', 'W/"abc"', false],
    ['the same date', SAME, true],
    ['a later date is not the same', LATER, false],
    ['no date', 'x', false],
  ])('%s', (_name, ifRange, expected) => {
    expect(ifRangeHolds(ifRange, validators, minuteLaterMs)).toBe(expected);
  });

  test('a date of this very second is weak', () => {
    const sameSecondMs = Date.UTC(2026, 10, 1, 10, 0, 0) + 500;
    expect(ifRangeHolds(SAME, validators, sameSecondMs)).toBe(false);
  });
});
