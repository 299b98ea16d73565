// Which of several stored responses a 304 confirms.
import { FRESH_FOR_A_MINUTE } from '@poplet/conformance/stored-facts';
import { expect, test } from 'vitest';

import { confirmedBy } from '../src/confirmed-by.ts';
import { IncomingFields, parseEntityTag, type Candidate } from '../src/index.ts';

/** With this tag, or none. */
function stored(tag: string | null): Candidate {
  const etag = tag === null ? null : parseEntityTag(tag);
  const response = { facts: { ...FRESH_FOR_A_MINUTE, etag } };
  // No more of a response is read.
  return { response, softPurgedAtMs: undefined } as unknown as Candidate;
}

const untagged = stored(null);
const weak = stored('W/"v1"');
const strong = stored('"v2"');

// RFC 9111 §4.3.4
test.each([
  ['"v2"', strong],
  ['"v1"', undefined],
  ['W/"v1"', undefined],
])('asked about several, none of them selected, %s confirms %j', (tag, confirmed) => {
  const notModified = new IncomingFields(['ETag', tag]);
  expect(confirmedBy(notModified, undefined, [untagged, weak, strong])).toBe(confirmed);
});

test.each([
  ['W/"v1"', weak, weak],
  ['W/"v2"', strong, strong],
  ['W/"v3"', weak, undefined],
  ['W/"v1"', untagged, undefined],
])('%s is weak: it confirms what is selected, or nothing', (tag, selected, confirmed) => {
  const notModified = new IncomingFields(['ETag', tag]);
  expect(confirmedBy(notModified, selected, [untagged, weak, strong])).toBe(confirmed);
});
