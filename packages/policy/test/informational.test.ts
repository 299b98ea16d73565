import { expect, test } from 'vitest';

import { forwardedInformational } from '../src/informational.ts';

test('an interim response without what belongs to this hop, and without framing', () => {
  const lines = [
    ['Link', '</a>'],
    ['Connection', 'X-Hop'],
    ['X-Hop', '1'],
    ['Content-Length', '0'],
    ['Trailer', 'X-Sum'],
    ['X', 'y'],
  ].flat();
  expect(forwardedInformational({ receivedVersion: '1.1' }, { status: 103, lines })).toEqual({
    status: 103,
    lines: ['Link', '</a>', 'X', 'y'],
  });
});

test('none for HTTP/1.0', () => {
  expect(forwardedInformational({ receivedVersion: '1.0' }, { status: 102, lines: [] })).toBeNull();
});
