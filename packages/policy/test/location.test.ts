import { expect, test } from 'vitest';

import { IncomingFields } from '../src/index.ts';
import { rewriteLocation } from '../src/location.ts';

const VIEWER = 'http://localhost:8080';

test('the fields that came are not changed: the rewritten ones are others', () => {
  const came = new IncomingFields(['Location', 'http://origin.test/next']);
  const own = { upstreamOrigin: 'http://origin.test', viewerOrigin: VIEWER };
  const { fields } = rewriteLocation(came, own);
  expect(fields.get('location')).toBe(`${VIEWER}/next`);
  expect(came.get('location')).toBe('http://origin.test/next');
});

test('where both addresses are one, nothing is rewritten', () => {
  const came = new IncomingFields(['Location', `${VIEWER}/next`]);
  const own = { upstreamOrigin: VIEWER, viewerOrigin: VIEWER };
  expect(rewriteLocation(came, own)).toEqual({ fields: came, reason: null });
});
