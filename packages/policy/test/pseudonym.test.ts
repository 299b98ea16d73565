import { expect, test } from 'vitest';

import { pseudonymOf } from '../src/pseudonym.ts';

// RFC 9110 §7.6.3, RFC 8586 §2: a token, which has no spaces and is not empty.
test.each([
  ['poplet', 'poplet'],
  ["!#$%&'*+-.^_`|~09AZaz", "!#$%&'*+-.^_`|~09AZaz"],
  ['our edge', 'our-edge'],
  ['our  (edge)', 'our-edge-'],
  ['', '-'],
])('%j is called %j', (name, pseudonym) => {
  expect(pseudonymOf(name)).toBe(pseudonym);
});
