// The connections to an upstream: whose answer is whose.

import { stat } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, describe, expect, it } from 'vitest';

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

const GET = { method: 'GET', target: '/', lines: ['Host', 'origin.test'] } as const;

function ask(upstream: PoolUpstream, target: string): Promise<UpstreamReply> {
  return upstream.ask(
    { method: 'GET', target, lines: ['Host', 'origin.test'] },
    { signal: new AbortController().signal, mayIdle: false },
  );
}

async function bodyOf(reply: UpstreamReply): Promise<string> {
  if (reply.kind !== 'response') return reply.kind;
  return await text(reply.body);
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

it('no more wait for their turn than may', async () => {
  const { upstream, sockets } = await stage({ connections: 1, queued: 2 });
  const content = new PassThrough();
  const posting = upstream.ask(
    { method: 'POST', target: '/', lines: ['Host', 'origin.test'] },
    { signal: new AbortController().signal, mayIdle: true, content },
  );
  const waiting = ['/1', '/2'].map((target) => ask(upstream, target));
  expect(await ask(upstream, '/3')).toMatchObject({
    kind: 'failure',
    failure: {
      failure: 'overloaded',
      message: `more than 2 requests wait for a connection to ${upstream.origin}`,
    },
  });
  content.end();
  expect(await bodyOf(await posting)).toBe('/');
  expect(await Promise.all(waiting.map(async (one) => await bodyOf(await one)))).toEqual([
    '/1',
    '/2',
  ]);
  expect(await bodyOf(await ask(upstream, '/4'))).toBe('/4');
  expect(sockets.length).toBe(1);
});

/** A server that sends this as soon as it is connected to, and whenever it is asked. */
async function raw(
  onRequest: (socket: Socket, count: number) => void,
  options: PoolUpstreamOptions = {},
): Promise<{ readonly upstream: PoolUpstream; readonly counts: () => number }> {
  const sockets = new Set<Socket>();
  let requests = 0;
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    socket.on('data', () => onRequest(socket, (requests += 1)));
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
  return { upstream, counts: () => requests };
}

const FINE = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine';

describe('the time for a head', () => {
  it('is not prolonged by interim responses', async () => {
    const { upstream } = await raw(
      (socket) => {
        const timer = setInterval(() => {
          if (socket.writable) socket.write('HTTP/1.1 102 Processing\r\n\r\n');
        }, 50);
        socket.on('close', () => clearInterval(timer));
      },
      { timeouts: { headMs: 400 } },
    );
    let heard = 0;
    const reply = await upstream.ask(GET, {
      signal: new AbortController().signal,
      mayIdle: false,
      onInformational: () => {
        heard += 1;
      },
    });
    expect(reply).toMatchObject({
      kind: 'failure',
      failure: { failure: 'timeout', message: 'no response within 400 ms' },
      isRetryable: false,
    });
    expect(heard).toBeGreaterThan(0);
  });

  it('is not that of the client, who takes its own over its content', async () => {
    const { upstream } = await raw(
      (socket) => {
        // The last chunk.
        socket.on('data', (chunk) => {
          if (chunk.toString('latin1').endsWith('0\r\n\r\n')) socket.write(FINE);
        });
      },
      { timeouts: { headMs: 200 } },
    );
    const content = new PassThrough();
    content.write('begun');
    setTimeout(() => content.end('ended'), 900);
    const reply = await upstream.ask(
      { method: 'PUT', target: '/', lines: ['Host', 'origin.test'] },
      { signal: new AbortController().signal, mayIdle: false, content },
    );
    expect(await bodyOf(reply)).toBe('fine');
  });

  it('is over where nothing of the content is taken', async () => {
    const { upstream } = await raw((socket) => void socket.pause(), { timeouts: { headMs: 400 } });
    const content = new PassThrough();
    const chunk = Buffer.alloc(65_536);
    const more = (): void => {
      while (content.writable && content.write(chunk));
    };
    content.on('drain', more);
    more();
    const reply = await upstream.ask(
      { method: 'PUT', target: '/', lines: ['Host', 'origin.test'] },
      { signal: new AbortController().signal, mayIdle: false, content },
    );
    expect(reply).toMatchObject({ kind: 'failure', failure: { failure: 'timeout' } });
  });

  it('counts for a connection to come free, too', async () => {
    const { upstream } = await raw(
      (socket) => void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n'),
      { connections: 1, timeouts: { headMs: 300 } },
    );
    // Its body never comes.
    expect((await ask(upstream, '/1')).kind).toBe('response');
    expect(await ask(upstream, '/2')).toMatchObject({
      failure: {
        failure: 'overloaded',
        message: expect.stringMatching(/^none of the connections .* came free within 300 ms$/),
      },
    });
  });

  it('of 0 is no limit', async () => {
    const { upstream } = await raw((socket) => void setTimeout(() => socket.write(FINE), 700), {
      timeouts: { headMs: 0 },
    });
    expect(await bodyOf(await ask(upstream, '/'))).toBe('fine');
  });
});

describe('the time for a body', () => {
  const DRIP = 'HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n';

  function drip(socket: Socket): void {
    socket.write(DRIP);
    let sent = 0;
    const timer = setInterval(() => {
      if (socket.writable) socket.write('x');
      sent += 1;
      if (sent === 12) clearInterval(timer);
    }, 100);
    socket.on('close', () => clearInterval(timer));
  }

  it('is as long as it goes on', async () => {
    const { upstream } = await raw(drip, { timeouts: { headMs: 500, bodyIdleMs: 1000 } });
    expect(await bodyOf(await ask(upstream, '/'))).toBe('xxxxxxxxxxxx');
  });

  it('is what the options say', async () => {
    const { upstream } = await raw(drip, { timeouts: { bodyMs: 500 } });
    await expect(bodyOf(await ask(upstream, '/'))).rejects.toThrow(
      'the body was not complete within 500 ms',
    );
  });

  it('is not that of events', async () => {
    const { upstream } = await raw(drip, { timeouts: { bodyMs: 500 } });
    const signal = new AbortController().signal;
    const reply = await upstream.ask(GET, { signal, mayIdle: true });
    expect(await bodyOf(reply)).toBe('xxxxxxxxxxxx');
  });
});

it('a request that is repeated goes over a new connection, however many there are', async () => {
  const { upstream, counts } = await raw((socket, count) => {
    if (count <= 3) setTimeout(() => socket.write(FINE), 100);
    // They are as good as closed, which shows only when they are used.
    else if (socket.bytesWritten > 0) socket.destroy();
    else socket.write(FINE);
  });
  const first = await Promise.all(['/1', '/2', '/3'].map((target) => ask(upstream, target)));
  expect(await Promise.all(first.map(bodyOf))).toEqual(['fine', 'fine', 'fine']);
  await sleep(20);
  expect(await ask(upstream, '/4')).toMatchObject({ kind: 'failure', isRetryable: true });
  const signal = new AbortController().signal;
  const repeated = await upstream.ask(GET, { signal, mayIdle: false, isRepeated: true });
  expect(await bodyOf(repeated)).toBe('fine');
  expect(counts()).toBe(5);
});

it('an upstream that accepts and closes at once is not there, rather than malformed', async () => {
  const server = createServer((socket) => void socket.end());
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const upstream = new PoolUpstream(upstreamAddress(`http://127.0.0.1:${port}`));
  expect(await ask(upstream, '/')).toMatchObject({
    failure: {
      failure: 'reset',
      message: 'the connection was closed as soon as it was accepted',
    },
    isRetryable: false,
  });
  await upstream.close();
  await new Promise((resolve) => {
    server.close(resolve);
  });
});

it('an origin that does not come to speak TLS is waited for once', async () => {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.on('error', () => {}).resume();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const upstream = new PoolUpstream(upstreamAddress(`https://127.0.0.1:${port}`), {
    timeouts: { connectMs: 200 },
  });
  const asking = { signal: AbortSignal.timeout(60_000), mayIdle: false };
  const request = { method: 'GET', target: '/', lines: ['Host', 'origin.test'] };
  const replies = await Promise.all([upstream.ask(request, asking), upstream.ask(request, asking)]);
  for (const reply of replies) {
    expect(reply).toMatchObject({
      kind: 'failure',
      failure: {
        failure: 'timeout',
        message: `no connection to https://127.0.0.1:${port} within 200 ms`,
      },
    });
  }
  expect(connections).toBe(1);
  await upstream.close();
  await new Promise((resolve) => {
    server.close(resolve);
  });
});
