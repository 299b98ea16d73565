import { expect, test } from 'vitest';

import type { FreshnessPolicy } from '../src/index.ts';
import { IncomingFields, rfc9111 } from '../src/index.ts';
import { effectiveCacheControl } from '../src/effective-cache-control.ts';

function effective(lines: readonly string[], changes: Partial<FreshnessPolicy>): object {
  return effectiveCacheControl(new IncomingFields(lines), { ...rfc9111.freshness, ...changes })
    .directives;
}

test.each(['no-cache', 'private'] as const)('where %s is ignored, it names no fields', (name) => {
  const given = effective(['Cache-Control', `${name}="x-a", max-age=5`], {
    ignoredDirectives: [name],
  });
  expect(given).toMatchObject({
    noCacheFields: [],
    privateFields: [],
    noCache: false,
    private: false,
    maxAgeSeconds: 5,
  });
});

test('where Cache-Control is void, it is as if it were not there', () => {
  const mutingFields = ['surrogate-control'];
  const given = effective(['Cache-Control', 'no-store', 'Surrogate-Control', ''], { mutingFields });
  expect(given).toEqual(effective([], {}));
});
