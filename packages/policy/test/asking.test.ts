import { expect, test } from 'vitest';

import { isAsking, type Decision } from '../src/index.ts';

test.each([
  ['serve', false],
  ['serve-and-refresh', false],
  ['tunnel', false],
  ['reject', false],
  ['revalidate', true],
  ['complete', true],
  ['fetch', true],
  ['pass', true],
] as const)('%s leads to the upstream: %s', (kind, isAskingKind) => {
  expect(isAsking({ kind } as Decision)).toBe(isAskingKind);
});
