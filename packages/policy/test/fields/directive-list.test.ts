import * as fc from 'fast-check';
import { expect, it } from 'vitest';

import { parseCacheControl } from '../../src/fields/cache-control.ts';
import {
  formatDirectives,
  withDirective,
  withFirstDirective,
  writtenDirective,
  writtenDirectives,
} from '../../src/fields/directive-list.ts';

const SEED = Number(process.env['POPLET_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const RUNS = { numRuns: Number(process.env['POPLET_PROPERTY_RUNS'] ?? 1000), seed: SEED };

const text = fc
  .array(
    fc.constantFrom('max-age=60', 'no-store', 'x="a, b"', 'x="\\""', '"', ',', ' ', ';', '=', 'é'),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

it(`what is written again means the same (seed ${SEED})`, () => {
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 3 }), (lines) => {
      const again = formatDirectives(writtenDirectives(lines));
      expect(parseCacheControl([again])).toEqual(parseCacheControl(lines));
      expect(formatDirectives(writtenDirectives([again]))).toBe(again);
    }),
    RUNS,
  );
});

it.each([
  ['a=1, b', 'c=2', 'a=1, b, c=2'],
  ['a=1, b, A=3', 'a=2', 'a=2, b'],
  ['', 'a', 'a'],
  ['a, x="never closed, b', 'c', 'a, c'],
  ['a, x="closed, b"', 'c', 'a, x="closed, b", c'],
])('%j with %s', (before, added, after) => {
  const directives = withDirective(writtenDirectives([before]), writtenDirective(added));
  expect(formatDirectives(directives)).toBe(after);
});

it('with one at the front', () => {
  const directives = withFirstDirective(
    writtenDirectives(['max-age=1', 'Public']),
    writtenDirective('public'),
  );
  expect(formatDirectives(directives)).toBe('public, max-age=1');
});
