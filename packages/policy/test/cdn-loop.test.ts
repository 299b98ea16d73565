import { expect, test } from 'vitest';

import { cdnInfoOf, hasLooped } from '../src/cdn-loop.ts';
import { IncomingFields } from '../src/index.ts';

const OWN = cdnInfoOf('Our edge', 'ab.0');

test('a site of an edge says its name and its id, as tokens', () => {
  expect(OWN).toBe('Our-edge;id=ab.0');
});

// RFC 8586 §3
test.each([
  [[OWN], true],
  [['other', OWN], true],
  [[`other;id=1, ${OWN};more=1`], true],
  [['our-EDGE ; ID="AB.0"'], true],
  // A quote that never ends hides nothing.
  [[`other;a=", ${OWN}`], true],
  [[], false],
  [['our-edge'], false],
  [['our-edge;id=ab.1'], false],
  [['other;id=ab.0'], false],
])('%j: it has been here: %j', (lines, expected) => {
  const fields = new IncomingFields(lines.flatMap((line) => ['CDN-Loop', line]));
  expect(hasLooped(fields, OWN)).toBe(expected);
});

test('another’s name is no spelling of this one', () => {
  const fields = new IncomingFields(['CDN-Loop', 'croß;id=1']);
  expect(hasLooped(fields, cdnInfoOf('cross', '1'))).toBe(false);
});
