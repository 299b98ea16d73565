import { expect, test } from 'vitest';

import { REASONS, reason, reasonView, renderReason } from '../src/reasons.ts';

test('a reason has values only where its words need some', () => {
  expect(reason('nothing-stored')).toStrictEqual({ code: 'nothing-stored' });
  const values = { status: 206 };
  expect(reason('part-unfit', values)).toStrictEqual({ code: 'part-unfit', values });
});

test('its words have the values filled in', () => {
  const words = renderReason({
    code: 'part-joined',
    values: { etag: '"1"', bytes: 3, completeBytes: 8 },
  });
  for (const value of ['"1"', '3', '8']) expect(words).toContain(value);
  expect(words).not.toMatch(/[{}?]/u);
});

// As a record of another version of Poplet may have it.
test('a value that is missing is a question mark', () => {
  const { summary } = REASONS['part-unfit'];
  const expected = summary.replace('{status}', '?');
  expect(renderReason({ code: 'part-unfit' })).toBe(expected);
  expect(renderReason({ code: 'part-unfit', values: {} })).toBe(expected);
});

test('people and programs read code, clause, words and values', () => {
  const { spec, summary } = REASONS['nothing-stored'];
  expect(reasonView(reason('nothing-stored'))).toEqual({
    code: 'nothing-stored',
    spec,
    text: summary,
    values: {},
  });
});
