import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { createEdge, type Edge } from '@poplet/edge';
import { parseList, Token, type BareItem } from 'structured-headers';
import { afterAll, beforeAll, expect, it } from 'vitest';

/** Cache-Status read back by a parser that is not ours (RFC 9211 is a list of RFC 9651). */

const origin: RequestListener = (request, response) => {
  const fields: Record<string, Record<string, string>> = {
    '/fresh': { 'cache-control': 'max-age=60' },
    '/validated': { 'cache-control': 'max-age=0', etag: '"v"' },
    '/private': { 'cache-control': 'private' },
    '/behind-another': { 'cache-control': 'max-age=60', 'cache-status': 'inner;hit;ttl=5' },
  };
  const isCurrent = request.headers['if-none-match'] === '"v"';
  response.writeHead(isCurrent ? 304 : 200, fields[request.url ?? ''] ?? {});
  response.end(isCurrent ? undefined : 'body');
};

let server: Server;
let edge: Edge;
let url: string;

beforeAll(async () => {
  server = createServer(origin).listen(0, '127.0.0.1');
  await new Promise((resolve) => {
    server.once('listening', resolve);
  });
  const { port } = server.address() as AddressInfo;
  edge = createEdge({ sites: [{ upstream: { url: `http://127.0.0.1:${port}` } }] });
  ({ url } = await edge.listen({ port: 0, host: '127.0.0.1' }));
});

afterAll(async () => {
  await edge.close();
  server.close();
});

/** Each cache of the list with its parameters; tokens as their text. */
async function cachesOf(
  target: string,
  init?: RequestInit,
): Promise<readonly [string, Record<string, BareItem>][]> {
  const response = await fetch(url + target, init);
  await response.arrayBuffer();
  return parseList(response.headers.get('cache-status') ?? '').map(([cache, parameters]) => {
    expect(cache).toBeInstanceOf(Token);
    const named = [...parameters].map(([name, value]): [string, BareItem] => [
      name,
      value instanceof Token ? `token ${value.toString()}` : value,
    ]);
    return [String(cache), Object.fromEntries(named)];
  });
}

it('a miss that is stored, then a hit', async () => {
  expect(await cachesOf('/fresh')).toEqual([
    ['poplet', expect.objectContaining({ fwd: 'token uri-miss', 'fwd-status': 200, stored: true })],
  ]);
  const [[cache, parameters] = []] = await cachesOf('/fresh');
  expect([cache, parameters]).toEqual(['poplet', expect.objectContaining({ hit: true })]);
  expect(parameters).not.toHaveProperty('fwd');
  expect(Number.isInteger(parameters?.['ttl'])).toBe(true);
});

it('a validation that the origin confirms', async () => {
  await cachesOf('/validated');
  expect(await cachesOf('/validated')).toEqual([
    ['poplet', expect.objectContaining({ fwd: 'token stale', 'fwd-status': 304 })],
  ]);
});

it.each([
  { target: '/private', init: {}, fwd: 'token uri-miss' },
  { target: '/fresh', init: { method: 'POST', body: 'a' }, fwd: 'token method' },
])('what is passed on: $target $init.method', async ({ target, init, fwd }) => {
  const [[cache, parameters] = []] = await cachesOf(target, init);
  expect([cache, parameters]).toEqual(['poplet', expect.objectContaining({ fwd })]);
  expect(parameters).not.toHaveProperty('stored');
});

it('stands after the caches nearer to the origin', async () => {
  expect(await cachesOf('/behind-another')).toEqual([
    ['inner', { hit: true, ttl: 5 }],
    ['poplet', expect.objectContaining({ fwd: 'token uri-miss' })],
  ]);
});
