import { expect, test } from 'vitest';

import {
  formatDirectives,
  withDirective,
  withFirstDirective,
  writtenDirective,
  writtenDirectives,
} from '../../src/fields/directive-list.ts';

test.each([
  ['max-age=60', 'max-age'],
  ['No-Store', 'no-store'],
  ['=60', ''],
  ['"quoted"', ''],
])('%j is a directive called %j', (text, name) => {
  expect(writtenDirective(text)).toEqual({ name, text });
});

test('lines are one list', () => {
  expect(formatDirectives(writtenDirectives(['a, b', 'c=1']))).toBe('a, b, c=1');
});

test.each([
  ['public', 'public, max-age=5'],
  ['max-age=1, public', 'max-age=5, public'],
  ['public, Max-Age=1, x, max-age=2', 'public, max-age=5, x'],
  // What is never closed would swallow what follows.
  ['public, x="a', 'public, max-age=5'],
  ['x="a, b", public', 'x="a, b", public, max-age=5'],
])('%s with max-age=5 is %s', (before, after) => {
  const changed = withDirective(writtenDirectives([before]), writtenDirective('max-age=5'));
  expect(formatDirectives(changed)).toBe(after);
});

test.each([
  ['max-age=1', 'public, max-age=1'],
  ['max-age=1, Public, x', 'public, max-age=1, x'],
])('%s with public before all is %s', (before, after) => {
  const changed = withFirstDirective(writtenDirectives([before]), writtenDirective('public'));
  expect(formatDirectives(changed)).toBe(after);
});
