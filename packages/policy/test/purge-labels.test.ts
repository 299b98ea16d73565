import { expect, test } from 'vitest';

import { IncomingFields, rfc9111 } from '../src/index.ts';
import { groupsOf, hasFoldedTags, tagsOf } from '../src/purge-labels.ts';

test.each([
  ['Surrogate-Key', 'a b', ['a', 'b']],
  ['Surrogate-Key', 'a  b,\tc, a', ['a', 'b', 'c']],
  ['Cache-Tag', 'a', ['a']],
  ['Cache-Tag', 'a b , c,\td, a b', ['a b', 'c', 'd']],
  ['Cache-Tag', 'a, ,b,', ['a', 'b']],
  ['X-Tag', 'a', []],
])('%s: %j carries the tags %j', (name, value, tags) => {
  expect(tagsOf(new IncomingFields([name, value]), rfc9111.storability)).toEqual(tags);
});

test.each([
  ['"a", "b";x=1, "a"', ['a', 'b']],
  ['"a", b', []],
  ['"a" "b"', []],
  ['', []],
])('Cache-Groups: %j names the groups %j', (value, groups) => {
  expect(groupsOf(new IncomingFields(['Cache-Groups', value]))).toEqual(groups);
});

test('a response without the field is in no group', () => {
  expect(groupsOf(new IncomingFields([]))).toEqual([]);
});

test('tags are kept as they are written, or in lower case', () => {
  const { storability } = rfc9111;
  const field = { name: 'x-tags', separator: 'comma' } as const;
  const kept = { ...storability, tagFields: [field] };
  const folded = { ...storability, tagFields: [field, { ...field, foldsCase: true as const }] };
  const response = new IncomingFields(['X-Tags', 'One, TWO']);
  expect(tagsOf(response, kept)).toEqual(['One', 'TWO']);
  expect(tagsOf(response, folded)).toEqual(['One', 'TWO', 'one', 'two']);
  expect([hasFoldedTags(kept), hasFoldedTags(folded)]).toEqual([false, true]);
});
