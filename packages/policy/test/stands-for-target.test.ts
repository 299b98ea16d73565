import { expect, test } from 'vitest';

import { IncomingFields, type PresentedRequest } from '../src/index.ts';
import { standsForTarget } from '../src/stands-for-target.ts';
import { presented } from './presented.ts';

test.each([
  ['/a?b=1', ['Content-Location', '/a?b=1'], true],
  ['/a?b=1', ['Content-Location', '?b=1'], true],
  ['/a', ['Content-Location', 'http://shop.test/a'], true],
  ['/a', ['Content-Location', 'http://other.test/a'], false],
  ['/a', ['Content-Location', '/a#b'], false],
  ['/a', ['Content-Location', '/a#'], false],
  ['/a', ['Content-Location', 'http://['], false],
  // Absent is not the word.
  ['/undefined', [], false],
])('at %s the answer to a POST with %j is the new representation: %j', (target, lines, stands) => {
  const request: PresentedRequest = presented([], { method: 'POST', target, hasContent: true });
  const fields = new IncomingFields(lines);
  const response = { kind: 'response', status: 200, statusText: 'OK', fields } as const;
  expect(standsForTarget(request, response)).toBe(stands);
});
