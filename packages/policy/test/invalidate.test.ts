// What the answer to an unsafe method makes invalid, and nothing besides.
import { describe, expect, test } from 'vitest';

import { IncomingFields, reason, rfc9111 } from '../src/index.ts';
import { invalidationOf, type InvalidationInput } from '../src/invalidate.ts';
import { presented } from './presented.ts';

const URL = 'https://shop.test/a';
const origin = 'https://shop.test';
const SHARED = { ...rfc9111, invalidation: { ...rfc9111.invalidation, groups: 'shared' } } as const;

function answered(
  status: number,
  lines: readonly string[] = [],
  changes: Partial<InvalidationInput> = {},
): ReturnType<typeof invalidationOf> {
  return invalidationOf({
    request: presented([], { method: 'POST', scheme: 'https', target: '/a' }),
    response: { kind: 'response', status, statusText: '', fields: new IncomingFields(lines) },
    groups: ['one', 'two'],
    policy: SHARED,
    ...changes,
  });
}

const target = { kind: 'url', url: URL };
const invalidated = reason('invalidated', { method: 'POST', url: URL });

// RFC 9111 §4.4
test.each([200, 204, 303, 399])('a %i: the target', (status) => {
  expect(answered(status, [], { groups: [] })).toEqual({
    invalidate: [target],
    reasons: [invalidated],
  });
});

// RFC 9875 §2.2.1
describe('what shares a group with the target', () => {
  test('goes with it', () => {
    expect(answered(200)).toEqual({
      invalidate: [
        target,
        { kind: 'group', origin, group: 'one' },
        { kind: 'group', origin, group: 'two' },
      ],
      reasons: [invalidated, reason('invalidated-shared-groups', { groups: 'one, two' })],
    });
  });

  test('stays behind an error', () => {
    expect(answered(400)).toEqual({ invalidate: [], reasons: [] });
  });

  test('stays where the policy does not have it', () => {
    const policy = {
      ...SHARED,
      invalidation: { ...SHARED.invalidation, groups: 'named' },
    } as const;
    expect(answered(200, [], { policy })).toEqual({ invalidate: [target], reasons: [invalidated] });
  });
});

// RFC 9875 §3
test('the groups that it names, once, whatever its status', () => {
  const lines = ['Cache-Group-Invalidation', '"two", "three"'];
  const named = [
    { kind: 'group', origin, group: 'two' },
    { kind: 'group', origin, group: 'three' },
  ];
  const why = reason('invalidated-groups', { groups: 'two, three' });
  expect(answered(500, lines)).toEqual({ invalidate: named, reasons: [why] });
  expect(answered(200, lines).invalidate).toEqual([
    target,
    ...named,
    { kind: 'group', origin, group: 'one' },
  ]);
});

test('no groups where the policy ignores them', () => {
  const policy = {
    ...SHARED,
    invalidation: { ...SHARED.invalidation, groups: 'ignored' },
  } as const;
  const lines = ['Cache-Group-Invalidation', '"two"'];
  expect(answered(200, lines, { policy })).toEqual({
    invalidate: [target],
    reasons: [invalidated],
  });
});
