import { policyCases } from '@poplet/policy/cases';
import { expect, test } from 'vitest';

import { notInHttp2Because, runsOn } from '../src/index.ts';
import { socketCases } from './socket-cases.ts';

socketCases({ protocol: 'http2' });

test('cases that are not told over HTTP/2 say why', () => {
  const overSockets = policyCases.filter((found) => runsOn('sockets', found));
  const reasons = overSockets.map(notInHttp2Because).filter((why) => why !== null);
  expect([...new Set(reasons)].toSorted()).toEqual([
    'HTTP/2 has no Connection',
    'HTTP/2 has no Upgrade',
    'HTTP/2 has no space around values',
    'a CONNECT in HTTP/2 has neither scheme nor path: packages/edge/test/http2',
    'in HTTP/2 a request target is a path',
    'its request is in HTTP/1.0',
    'its request is written in bytes of HTTP/1.1',
    'nghttp2 answers with a stream error',
  ]);
  // Nineteen of twenty are.
  expect(reasons.length).toBeLessThan(overSockets.length / 20);
});
