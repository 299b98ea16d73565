import { expect, test } from 'vitest';

import { effectiveCacheControl } from '../src/effective-cache-control.ts';
import { IncomingFields, factsOf, rfc9111 } from '../src/index.ts';

test.each([
  ['max-age=0', true],
  ['max-age=1', false],
  ['max-age=0, public', false],
  ['max-age=0, stale-while-revalidate=60', false],
  ['max-age=0, stale-if-error=60', false],
  ['max-age=0, stale-while-revalidate=60, stale-if-error=60', false],
])('whether a body for a request with a cookie is personal under %s: %j', (value, isPersonal) => {
  const fields = new IncomingFields(['Cache-Control', value]);
  const effective = effectiveCacheControl(fields, rfc9111.freshness);
  const exchange = { primaryKey: 'a', requestAtMs: 0, responseAtMs: 0 };
  const input = { ...exchange, status: 200, fields, kept: fields, effective };
  const facts = factsOf({ ...input, provenance: 'cookie', isPersonalRequest: true }, rfc9111);
  expect(facts.isPersonal).toBe(isPersonal);
});
