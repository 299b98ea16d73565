import { expect, test } from 'vitest';

import { defaultLifetime } from '../src/freshness.ts';
import { IncomingFields, rfc9111 } from '../src/index.ts';

/** The remainder of the key's FNV-1a by the length of the range, worked out apart. */
test.each([
  ['', 161],
  ['a', 120],
])('of the key %j, a lifetime between 100 s and 199 s is %d s', (primaryKey, expected) => {
  const policy = {
    ...rfc9111.freshness,
    defaultLifetimes: [{ statuses: null, seconds: 100, mostSeconds: 199 }],
  };
  const input = { status: 200, fields: new IncomingFields([]), primaryKey };
  expect(defaultLifetime(input, policy)?.lifetimeSeconds).toBe(expected);
});
