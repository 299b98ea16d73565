// The one test that lets real time pass: everything else moves the clock.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';

import { createEdge } from '../src/index.ts';

it('serves max-age=2 from the cache, and validates it once 2 seconds have passed', async () => {
  const conditions: (string | undefined)[] = [];
  const origin = createServer((request, response) => {
    const condition = request.headers['if-none-match'];
    conditions.push(condition);
    response.setHeader('Cache-Control', 'max-age=2');
    response.setHeader('ETag', '"v1"');
    if (condition === '"v1"') response.writeHead(304).end();
    else response.end('two seconds');
  });
  origin.listen(0, '127.0.0.1');
  await once(origin, 'listening');
  const { port } = origin.address() as AddressInfo;
  const edge = createEdge({ sites: [{ upstream: { url: `http://127.0.0.1:${port}` } }] });
  try {
    const { url } = await edge.listen({ port: 0, host: '127.0.0.1' });
    const ask = async (): Promise<string> => (await fetch(new URL('/', url))).text();
    expect(await ask()).toBe('two seconds');
    expect(await ask()).toBe('two seconds');
    // Ages count in whole seconds, and so does Date: a busy origin server's may lag by one.
    await sleep(3100);
    expect(await ask()).toBe('two seconds');
    expect(edge.journal.latest(3).map(({ outcome }) => outcome)).toEqual([
      'miss',
      'hit',
      'revalidated',
    ]);
    expect(conditions).toEqual([undefined, '"v1"']);
  } finally {
    await edge.close();
    origin.closeAllConnections();
    origin.close();
  }
});
