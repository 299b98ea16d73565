import { expect, test } from 'vitest';

import { IncomingFields, MATCHES_ALL, rfc9111, selectionOf, variantKeyOf } from '../src/index.ts';

test.each([
  [[], { id: 'all', names: [] }],
  [['Vary', ''], { id: 'all', names: [] }],
  [['Vary', 'X-B', 'Vary', 'x-a'], { id: 'vary:x-a,x-b', names: ['x-a', 'x-b'] }],
  [['Vary', 'X-B, *'], null],
  [['Vary', 'X-Forwarded-For'], null],
])('the rule of a response with %j is %j', (lines, rule) => {
  expect(selectionOf(new IncomingFields(lines), rfc9111).rule).toEqual(rule);
});

test('without Vary all requests look the same', () => {
  expect(variantKeyOf(MATCHES_ALL, new IncomingFields(['X-A', '1']))).toBe('');
});

test('where Vary: * is ignored, all requests match', () => {
  const vary = { fields: null, others: 'ignored', star: 'ignored' } as const;
  const policy = { ...rfc9111, storability: { ...rfc9111.storability, vary } };
  const selection = selectionOf(new IncomingFields(['Vary', '*']), policy);
  expect(selection).toEqual({ rule: MATCHES_ALL, refusal: null });
});
