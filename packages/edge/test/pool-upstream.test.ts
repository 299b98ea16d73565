// The connections to an upstream: whose answer is whose.

import { stat } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, expect, it } from 'vitest';

import { upstreamAddress } from '../src/upstream/address.ts';
import { PoolUpstream, type PoolUpstreamOptions } from '../src/upstream/pool-upstream.ts';
import type { UpstreamReply } from '../src/upstream/upstream.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

interface Stage {
  readonly upstream: PoolUpstream;
  /** Connections so far, oldest first. */
  readonly sockets: readonly Socket[];
}

/** A server that answers each request on its first line with the target as body. */
async function stage(options?: PoolUpstreamOptions): Promise<Stage> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket.on('error', () => {}));
    socket.on('data', (chunk) => {
      const target = chunk.toString('latin1').split(' ')[1] ?? '';
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${target.length}\r\n\r\n${target}`);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const upstream = new PoolUpstream(upstreamAddress(`http://127.0.0.1:${port}`), options);
  closing.push(async () => {
    await upstream.close();
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  });
  return { upstream, sockets };
}

function ask(upstream: PoolUpstream, target: string): Promise<UpstreamReply> {
  return upstream.ask(
    { method: 'GET', target, lines: ['Host', 'origin.test'] },
    { signal: new AbortController().signal, mayIdle: false },
  );
}

async function bodyOf(reply: UpstreamReply): Promise<string> {
  if (reply.kind !== 'response') return reply.kind;
  return Buffer.concat((await reply.body.toArray()) as Uint8Array[]).toString();
}

it('a connection is used again', async () => {
  const { upstream, sockets } = await stage();
  expect(await bodyOf(await ask(upstream, '/1'))).toBe('/1');
  await sleep(20);
  expect(await bodyOf(await ask(upstream, '/2'))).toBe('/2');
  expect(sockets.length).toBe(1);
});

it('what came unasked just before a request is not its answer', async () => {
  const { upstream, sockets } = await stage();
  expect(await bodyOf(await ask(upstream, '/1'))).toBe('/1');
  await sleep(20);
  // As in the edge: in the middle of a turn of the event loop, behind what has been read in it.
  await stat('.');
  sockets[0]?.write('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison');
  // The bytes wait in the system when the request is made.
  expect(await bodyOf(await ask(upstream, '/2'))).toBe('/2');
  expect(sockets.length).toBe(2);
});

it('what nobody wants any more does not wait for its turn', async () => {
  const { upstream } = await stage({ connections: 1 });
  const endless = upstream.ask(
    { method: 'POST', target: '/', lines: ['Host', 'origin.test'] },
    { signal: new AbortController().signal, mayIdle: true, content: new PassThrough() },
  );
  const unwanted = upstream.ask(
    { method: 'GET', target: '/', lines: ['Host', 'origin.test'] },
    { signal: AbortSignal.abort(new Error('the client went away')), mayIdle: false },
  );
  expect(await Promise.race([unwanted, sleep(2000, 'it waits')])).toMatchObject({
    kind: 'failure',
    failure: { message: 'the client went away' },
  });
  await upstream.close();
  await endless;
});
