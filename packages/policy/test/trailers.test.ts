import { expect, test } from 'vitest';

import { IncomingFields, rfc9111 } from '../src/index.ts';
import { endToEndTrailers, sharedTrailers } from '../src/trailers.ts';

const HEAD = new IncomingFields(['Connection', 'X-Hop']);

test.each([
  'Age',
  'Cache-Control',
  'CDN-Cache-Control',
  'Content-Encoding',
  'Content-Language',
  'Content-Length',
  'Content-Location',
  'Content-Range',
  'Content-Type',
  'Date',
  'Expires',
  'Location',
  'Pragma',
  'Retry-After',
  'Set-Cookie',
  'Trailer',
  'Vary',
  'WWW-Authenticate',
  'X-Hop',
  'Transfer-Encoding',
])('%s is no trailer', (name) => {
  const trailers = ['X-Sum', '1', name, 'x', 'Server-Timing', 'db'];
  expect(endToEndTrailers(trailers, HEAD)).toEqual(['X-Sum', '1', 'Server-Timing', 'db']);
});

test('others get all but what a qualified directive keeps from them', () => {
  const head = new IncomingFields(['Cache-Control', 'private="x-mine", no-cache="x-check"']);
  const trailers = ['X-Sum', '1', 'X-Mine', '2', 'X-Check', '3'];
  expect(sharedTrailers(trailers, head, rfc9111)).toEqual(['X-Sum', '1']);
});

test('where there are none, none are looked at', () => {
  const none: readonly string[] = [];
  expect(endToEndTrailers(none, HEAD)).toBe(none);
  expect(sharedTrailers(none, HEAD, rfc9111)).toBe(none);
});
