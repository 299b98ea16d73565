import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, expect, test } from 'vitest';

import { bodyOf, pathOf } from '../origin/content.ts';
import { hit1k } from '../scenarios/hit-1k.ts';
import { hitRange } from '../scenarios/hit-range.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { Witness } from '../witness.ts';

const PATH = pathOf({ kind: 'stored', bodyBytes: 1024, key: 'logo.webp' });
const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

/** A witness of a cache that answers as it is told to. */
async function witnessOf(
  answer: RequestListener,
  { scenario = hit1k, current = 0 } = {},
): Promise<Witness> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const target = { kind: 'one', path: PATH } as const;
  return Witness.of({ version: () => current }, { scenario, target, port });
}

function version(number: number): RequestListener {
  return (_request, response) => {
    response.setHeader('ETag', `"version-${number}"`);
    response.end(bodyOf(PATH, number, 'en'));
  };
}

test('the right answer passes', async () => {
  const witness = await witnessOf(version(0));
  expect((await witness.ask()).status).toBe(200);
  expect(witness.asked).toBe(1);
});

test('a version that was replaced does not', async () => {
  const witness = await witnessOf(version(0), { current: 1 });
  await expect(witness.ask()).rejects.toThrow('ETag is "version-0", not "version-1"');
});

test('from when a change has been answered, the old version is wrong', async () => {
  const witness = await witnessOf(version(0));
  witness.versions.newest = 1;
  await witness.ask();
  witness.versions.oldest = 1;
  await expect(witness.ask()).rejects.toThrow('not "version-1"');
});

test('one wrong byte is found', async () => {
  const witness = await witnessOf((_request, response) => {
    const body = bodyOf(PATH, 0, 'en');
    body[1000] = 0;
    response.setHeader('ETag', '"version-0"');
    response.end(body);
  });
  await expect(witness.ask()).rejects.toThrow('are not version 0');
});

test('the whole is no answer to a range', async () => {
  const scenario: Scenario = { ...hitRange, bodyBytes: 1024 };
  const witness = await witnessOf(version(0), { scenario });
  await expect(witness.ask()).rejects.toThrow('200, not 206');
});

test('what is wrong while a load is under way is told, although the load went well', async () => {
  const witness = await witnessOf(version(7));
  await expect(witness.during(Promise.resolve('done'))).rejects.toThrow('"version-7"');
});

test('a load that fails is told, although all answers were right', async () => {
  const witness = await witnessOf(version(0));
  const load = Promise.reject(new Error('wrk failed'));
  await expect(witness.during(load)).rejects.toThrow('wrk failed');
});
