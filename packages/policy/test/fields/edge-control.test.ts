import { expect, test } from 'vitest';

import { parseEdgeControl } from '../../src/fields/edge-control.ts';

const SILENT = { isRefused: false, liftsNoStore: false, lifetimeSeconds: null };

test.each([
  [[], SILENT],
  [['dca=esi, !log-cookie, downstream-ttl=5m'], SILENT],
  [['no-store'], { ...SILENT, isRefused: true }],
  [['dca=noop', 'Bypass-Cache'], { ...SILENT, isRefused: true }],
  [['!NO-STORE'], { ...SILENT, liftsNoStore: true }],
  [['max-age=60'], { ...SILENT, lifetimeSeconds: 60 }],
  [['cache-maxage=90'], { ...SILENT, lifetimeSeconds: 90 }],
  [['cache-maxage=20s'], { ...SILENT, lifetimeSeconds: 20 }],
  [['cache-maxage=2m'], { ...SILENT, lifetimeSeconds: 120 }],
  [['Cache-MaxAge=3H'], { ...SILENT, lifetimeSeconds: 10_800 }],
  [['cache-maxage=4d'], { ...SILENT, lifetimeSeconds: 345_600 }],
  [['max-age=99999999999999999999d'], { ...SILENT, lifetimeSeconds: 9_007_199_254_740_991 }],
  [['max-age=0, max-age=60'], { ...SILENT, lifetimeSeconds: 0 }],
  [['!no-store, max-age=1m'], { isRefused: false, liftsNoStore: true, lifetimeSeconds: 60 }],
  [['max-age', 'max-age=', 'max-age=1w', 'max-age=-1', 'xmax-age=1', 'max-age=1mm'], SILENT],
])('%j says %j', (lines, expected) => {
  expect(parseEdgeControl(lines)).toEqual(expected);
});
