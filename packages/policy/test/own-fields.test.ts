import { expect, test } from 'vitest';

import { isServedAtOnce, reason, rfc9111, upstreamRequest, withOwnFields } from '../src/index.ts';
import type { ExchangeFacts, Policy, ResponsePlan } from '../src/index.ts';
import { presented } from './presented.ts';

const PLAN: ResponsePlan = {
  status: 200,
  statusText: 'OK',
  lines: ['Server', 'theirs', 'X-A', '1', 'x-hits', '9'],
  body: { kind: 'none' },
  reasons: [],
};

const FACTS: ExchangeFacts = {
  request: presented([]),
  outcome: 'hit',
  reasons: [reason('nothing-stored')],
  upstreamStatus: null,
  ttlSeconds: 5,
  hits: 2,
  receivedAtMs: 0,
  elapsedMs: 1,
};

function withOwn(downstream: Policy['downstream']['ownFields']): Policy {
  return { ...rfc9111, downstream: { ...rfc9111.downstream, ownFields: downstream } };
}

test('a cache’s own fields stand behind the others, and in place of those of the same name', () => {
  const policy = withOwn({
    isPerRequest: true,
    linesOf: ({ outcome, hits }) => ['SERVER', outcome, 'X-Hits', String(hits)],
  });
  expect(withOwnFields(PLAN, () => FACTS, policy)).toEqual({
    ...PLAN,
    lines: ['X-A', '1', 'SERVER', 'hit', 'X-Hits', '2'],
  });
});

test('what it replaces goes out from it alone, and not at all where it says nothing', () => {
  const replacing = { isPerRequest: true, replaces: ['x-hits', 'x-a'] };
  const silent = withOwn({ ...replacing, linesOf: () => [] });
  expect(withOwnFields(PLAN, () => FACTS, silent).lines).toEqual(['Server', 'theirs']);
  const own = withOwn({ ...replacing, linesOf: () => ['X-A', '2'] });
  expect(withOwnFields(PLAN, () => FACTS, own).lines).toEqual(['Server', 'theirs', 'X-A', '2']);
});

test.each([
  ['hit', true],
  ['updating', true],
  ['stale', true],
  ['revalidated', false],
  ['expired', false],
  ['miss', false],
  ['bypass', false],
  ['ineligible', false],
  ['pass', false],
  ['error', false],
] as const)('%s: the store answers without waiting: %s', (outcome, isAtOnce) => {
  expect(isServedAtOnce(outcome)).toBe(isAtOnce);
});

test('a policy without own fields leaves the plan as it is', () => {
  expect(withOwnFields(PLAN, () => FACTS, rfc9111)).toBe(PLAN);
});

test('fields that a cache adds to its requests take the place of those of the same name', () => {
  const policy: Policy = {
    ...rfc9111,
    fill: { ...rfc9111.fill, ownFields: ({ target }) => ['X-Client', target, 'X-B', '2'] },
  };
  const { lines } = upstreamRequest({
    request: presented(['x-client', 'forged', 'X_B', 'forged', 'X-C', '3'], { target: '/a' }),
    ask: { kind: 'as-is' },
    policy,
    hostHeader: 'upstream',
    upstreamAuthority: 'origin.test',
    cdnInfo: 'poplet',
  });
  expect(lines.join('\n')).not.toContain('forged');
  expect(lines.slice(2, 4)).toEqual(['X-C', '3']);
  expect(lines.slice(-4)).toEqual(['X-Client', '/a', 'X-B', '2']);
});
