import { expect, test } from 'vitest';

import { IncomingFields, rfc9111 } from '../src/index.ts';
import type { PresentedRequest, StoredResponse } from '../src/index.ts';
import { equivalenceReason, searchKeyOf, searchVarianceReasons } from '../src/search-variance.ts';

test.each([
  [[], []],
  [['No-Vary-Search', 'key-order'], ['search-variance']],
  [['No-Vary-Search', 'params=1'], ['search-variance-malformed']],
])('of a response with %j the journal says %j', (lines, codes) => {
  const reasons = searchVarianceReasons(new IncomingFields(lines), rfc9111);
  expect(reasons.map(({ code }) => code)).toEqual(codes);
});

test('a response without a variance is equivalent to nothing', () => {
  const request = { scheme: 'http', authority: 'shop.test', target: '/?a=1' } as PresentedRequest;
  const stored = { primaryKey: 'default http://shop.test/?a=2', variance: null } as StoredResponse;
  expect(equivalenceReason(request, stored, rfc9111)).toBeNull();
});

test.each([
  ['a=1;b=2', 'a=1;b=2'],
  ['a=é €;\u{1F308}\uD800&b=%3B', 'a=%C3%A9%20%E2%82%AC;%F0%9F%8C%88%EF%BF%BD&b=%3B'],
  ['a=1&b=2', 'a=1'],
])('what counts of %j is %j', (search, counted) => {
  const names = new Set(['b']);
  const variance = { id: 'params=b', named: 'ignored', names, orderCounts: true } as const;
  expect(searchKeyOf(variance, search)).toBe(counted);
});
