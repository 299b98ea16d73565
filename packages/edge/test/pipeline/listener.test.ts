// The edge's own listeners: limits, the ends of connections, ports that cannot be had.

import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';

import { createEdge } from '../../src/index.ts';
import { Rig, until } from '../rig.ts';
import { ask } from '../test-client.ts';
import { text } from '../test-origin.ts';

let rig: Rig;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await rig.close();
});

function dial(): Socket {
  const socket = connect(Number(new URL(rig.url).port), '127.0.0.1').on('error', () => {});
  sockets.push(socket);
  return socket;
}

/** Sends bytes, and hears everything until the connection ends. */
async function talk(bytes: string): Promise<string> {
  const socket = dial();
  let heard = '';
  socket.on('data', (chunk) => {
    heard += chunk.toString('latin1');
  });
  socket.write(bytes, 'latin1');
  await once(socket, 'close');
  return heard;
}

const FINE = text('fine', 'Cache-Control', 'max-age=60');

describe('HTTP/1.0', () => {
  it('without keep-alive gets a body that ends with the connection', async () => {
    rig = await Rig.open((_request, response) => {
      response.writeHead(200, ['Cache-Control', 'no-store']);
      response.write('one ');
      setTimeout(() => response.end('two'), 20);
    });
    const heard = await talk('GET / HTTP/1.0\r\nHost: www.test\r\n\r\n');
    expect(heard).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(heard).not.toMatch(/\r\ntransfer-encoding:/i);
    expect(heard).toMatch(/\r\n\r\none two$/);
  });

  it('gets a reset, no close, where such a body is cut off', async () => {
    rig = await Rig.open((_request, response) => {
      response.writeHead(200, ['Cache-Control', 'no-store']);
      response.write('one ');
      setTimeout(() => response.destroy(), 50);
    });
    const socket = dial();
    const ended = Promise.withResolvers<unknown>();
    socket.on('error', (error: NodeJS.ErrnoException) => ended.resolve(error.code));
    socket.on('end', () => ended.resolve('an orderly close'));
    socket.resume();
    socket.write('GET / HTTP/1.0\r\nHost: www.test\r\n\r\n');
    expect(await ended.promise).toBe('ECONNRESET');
  });

  it('without Host means the address it came to', async () => {
    rig = await Rig.open(FINE);
    expect(await talk('GET /a HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(rig.last.url).toBe(`${rig.url}/a`);
  });
});

describe('a connection', () => {
  it('serves one request after the other, and pipelined ones in order', async () => {
    rig = await Rig.open((request, response) => {
      setTimeout(
        () => text(`for ${request.url}`, 'Cache-Control', 'no-store')(request, response),
        request.url === '/1' ? 60 : 0,
      );
    });
    const heard = await talk(
      ['/1', '/2', '/3']
        .map(
          (path) =>
            `GET ${path} HTTP/1.1\r\nHost: a\r\n${path === '/3' ? 'Connection: close\r\n' : ''}\r\n`,
        )
        .join(''),
    );
    expect(heard.match(/for \/\d/g)).toEqual(['for /1', 'for /2', 'for /3']);
  });

  // RFC 9110 §9.3.2
  it.each(['HEAD #x HTTP/1.1\r\n\r\n', 'GET #x HTTP/1.1\r\n\r\n'])(
    'ends behind whole answers with a refusal that has no content, as the faulty request may be a HEAD (%j)',
    async (faulty) => {
      rig = await Rig.open(text('fine', 'Cache-Control', 'no-store'));
      const heard = await talk(`GET /1 HTTP/1.1\r\nHost: a\r\n\r\n${faulty}`);
      const [, refusal] = heard.split('fine');
      expect(refusal).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
      expect(refusal).toMatch(/\r\nContent-Length: 0\r\n/);
      expect(refusal).toMatch(/\r\n\r\n$/);
    },
  );

  it.each(['HEAD  x HTTP/1.1', 'HEAD #x HTTP/1.1'])(
    'of which the first request is a HEAD that nobody can read (%s) gets no content',
    async (line) => {
      rig = await Rig.open(text('fine'));
      const heard = await talk(`${line}\r\nHost: a\r\n\r\n`);
      expect(heard).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
      expect(heard).toMatch(/\r\n\r\n$/);
    },
  );

  it('ends where an answer is cut off while those before it are still under way', async () => {
    let endFirst: (() => void) | undefined;
    rig = await Rig.open(({ url }, response) => {
      if (url === '/first') {
        response.writeHead(200, ['Cache-Control', 'no-store', 'Content-Length', '3']);
        endFirst = () => void response.end('one');
        return;
      }
      response.writeHead(200, ['Cache-Control', 'no-store', 'Content-Length', '100']);
      response.write('half');
      setTimeout(() => response.destroy(), 20);
    });
    const heard = talk(
      'GET /first HTTP/1.1\r\nHost: www.test\r\n\r\nGET /second HTTP/1.1\r\nHost: www.test\r\n\r\n',
    );
    await until(() => rig.records.length === 1, 'the second answer is cut off');
    endFirst?.();
    expect(await heard).toMatch(/\r\n\r\none$/);
  });

  it('above the limit is refused with 503 where all others are in use', async () => {
    rig = await Rig.open(() => {}, { limits: { connections: 2 } });
    for (const path of ['/1', '/2']) dial().write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
    await until(() => rig.origin.asked.length === 2, 'both are asked for');
    const heard = await talk('');
    expect(heard).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n/);
    expect(heard).toMatch(/\r\nRetry-After: 1\r\n/);
    expect(heard).toMatch(/more than 2 connections are open/);
    expect(rig.last).toMatchObject({ status: 503, outcome: 'error', method: '' });
    expect(rig.lastReasons).toEqual(['too-many-connections']);
    sockets[0]?.destroy();
    rig.origin.answer = FINE;
    await until(() => rig.records.length === 2, 'one has gone');
    expect((await rig.ask('/')).status).toBe(200);
  });

  it('above the limit takes the place of the one that has been idle longest', async () => {
    rig = await Rig.open(FINE, { limits: { connections: 3 } });
    const ends: string[] = [];
    const named = async (name: string, bytes: string): Promise<Socket> => {
      const socket = dial();
      socket.on('close', () => ends.push(name));
      socket.write(bytes);
      await once(socket, 'connect');
      return socket;
    };
    const first = await named('first', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await once(first, 'data');
    // Never gets as far as a request.
    await named('slow', 'GET /slow HTTP/1.1\r\nHost:');
    await named('unused', '');
    await sleep(50);
    // Used again, so that the others have been idle longer.
    first.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await once(first, 'data');
    for (const path of ['/1', '/2']) expect((await rig.ask(path)).body).toBe('fine');
    await until(() => ends.length > 0, 'one is closed');
    await sleep(50);
    expect(ends).toEqual(['slow']);
    expect(new Set(rig.outcomes)).toEqual(new Set(['miss', 'hit']));
  });

  it('above the limit takes the place of none that has been told that it ends', async () => {
    rig = await Rig.open(FINE, { limits: { connections: 1 } });
    const answered = async (socket: Socket, line = 'X-Any: one'): Promise<Socket> => {
      socket.write(`GET / HTTP/1.1\r\nHost: a\r\n${line}\r\n\r\n`);
      await once(socket, 'data');
      return socket;
    };
    // By node:http, and by the lane before it.
    for (const outcome of ['miss', 'hit']) {
      // It takes its time to end on its side.
      const told = connect({ port: Number(new URL(rig.url).port), allowHalfOpen: true });
      sockets.push(told);
      await answered(told, 'Connection: close');
      await once(told, 'end');
      expect(rig.last.outcome).toBe(outcome);
      const staying = await answered(dial());
      const ended = once(staying, 'close');
      await answered(dial());
      await ended;
      expect(rig.edge.connections).toBe(1);
    }
  });

  it('that is opened ahead of need and never used is closed without a record', async () => {
    rig = await Rig.open(FINE, { limits: { headersTimeoutMs: 200 } });
    expect(await talk('')).toBe('');
    expect(rig.records).toEqual([]);
  });

  it('that idles between requests is closed after the keep-alive time', async () => {
    rig = await Rig.open(FINE, { limits: { keepAliveTimeoutMs: 100 } });
    const heard = await talk('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(heard).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });
});

describe('content that nobody wants', () => {
  it('does not keep the answer from the client', async () => {
    rig = await Rig.open(text('no, thank you'));
    rig.origin.answer = (_request, response) => {
      response.writeHead(413, ['Content-Length', '6']).end('enough');
    };
    const { status, body } = await rig.ask('/', { method: 'POST', body: 'x'.repeat(3_000_000) });
    expect({ status, body }).toEqual({ status: 413, body: 'enough' });
  });
});

describe('listening', () => {
  it('on a port that is in use: says which', async () => {
    rig = await Rig.open(FINE);
    const port = Number(new URL(rig.url).port);
    const other = createEdge({ sites: [{ upstream: { url: rig.origin.url } }] });
    await expect(other.listen({ port })).rejects.toMatchObject({
      code: 'port-in-use',
      message: `port ${port} is in use`,
    });
    await other.close();
  });

  it('on an address that is not of this machine', async () => {
    rig = await Rig.open(FINE);
    const other = createEdge({ sites: [{ upstream: { url: rig.origin.url } }] });
    await expect(other.listen({ port: 0, host: '192.0.2.1' })).rejects.toMatchObject({
      code: 'invalid-option',
    });
    await other.close();
  });

  it('on several ports, and on none after close', async () => {
    rig = await Rig.open(FINE);
    const second = await rig.edge.listen({ port: 0, host: '::1' });
    expect(second.url).toBe(`http://[::1]:${second.port}`);
    const open = dial();
    await once(open, 'connect');
    const closed = once(open, 'close');
    await rig.edge.close();
    await closed;
    await expect(rig.ask('/')).rejects.toThrow('ECONNREFUSED');
  });

  it('ends everything at once: requests under way too', async () => {
    rig = await Rig.open(() => {});
    const asked = rig.ask('/never').catch((error: Error) => error.message);
    await until(() => rig.origin.asked.length === 1, 'the origin is asked');
    const beganMs = performance.now();
    await rig.edge.close();
    expect(performance.now() - beganMs).toBeLessThan(5000);
    expect(await asked).toMatch(/socket hang up|ECONNRESET/);
  });
});

it('mounts in another server as a handler', async () => {
  rig = await Rig.open(FINE);
  const server = createServer(rig.edge.handler);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await ask(`http://127.0.0.1:${port}/a`);
  const { body, headers } = await ask(`http://127.0.0.1:${port}/a`);
  expect({ body, age: headers.age }).toEqual({ body: 'fine', age: '0' });
  server.close();
});

it('leaves no connection of another server waiting for an answer that it owes', async () => {
  rig = await Rig.open(() => {});
  const { promise: mayAnswer, resolve: letAnswer } = Promise.withResolvers<void>();
  const server = createServer((request, response) => {
    if (request.url === '/edge') rig.edge.handler(request, response);
    else void mayAnswer.then(() => response.end('its own'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  sockets.push(socket);
  let heard = '';
  socket.on('data', (chunk) => {
    heard += String(chunk);
  });
  const closed = once(socket, 'close');
  socket.write(['/own', '/edge'].map((path) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`).join(''));
  await until(() => rig.origin.asked.length === 1, 'the origin is asked');
  await rig.edge.close();
  letAnswer();
  await closed;
  expect(heard).toMatch(/^HTTP\/1\.1 200 OK[^]*its own$/);
  server.close();
});
