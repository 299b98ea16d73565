// Requests that ask to switch protocols: WebSocket and its like, byte for byte.

import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';

import { createEdge } from '../../src/index.ts';
import { Rig, until, type RigOptions } from '../rig.ts';
import { text } from '../test-origin.ts';

let rig: Rig;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await rig.close();
});

/** A raw client of the edge, and what it has heard. */
class Wire {
  heard = '';
  hasEnded = false;
  readonly socket: Socket;

  constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    sockets.push(this.socket);
    this.socket.on('error', () => {});
    this.socket.on('data', (chunk) => {
      this.heard += chunk.toString('latin1');
    });
    this.socket.on('end', () => {
      this.hasEnded = true;
    });
  }

  send(bytes: string): void {
    this.socket.write(bytes, 'latin1');
  }

  hears(part: string): Promise<void> {
    return until(
      () => this.heard.includes(part),
      `${JSON.stringify(part)} in ${JSON.stringify(this.heard)}`,
    );
  }
}

function handshake(...lines: readonly string[]): string {
  return [
    'GET /hmr?token=1 HTTP/1.1',
    'Host: www.test',
    'Connection: keep-alive, Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ...lines,
    '',
    '',
  ].join('\r\n');
}

const SWITCH =
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nX-b: 1\r\nx-B: 2\r\n\r\n';

async function open(
  options?: RigOptions,
): Promise<{ readonly wire: Wire; readonly upstream: Promise<[Duplex, string[], Buffer]> }> {
  rig = await Rig.open(text('plain'), options);
  const upstream = new Promise<[Duplex, string[], Buffer]>((resolve) => {
    rig.origin.onUpgrade((request, socket, head) => {
      sockets.push(socket as Socket);
      socket.on('error', () => {});
      resolve([socket, request.rawHeaders, head]);
    });
  });
  return { wire: new Wire(Number(new URL(rig.url).port)), upstream };
}

function valueOf(rawHeaders: readonly string[], name: string): string | undefined {
  const index = rawHeaders.findIndex((each, at) => at % 2 === 0 && each.toLowerCase() === name);
  return index === -1 ? undefined : rawHeaders[index + 1];
}

describe('a switch that the upstream makes', () => {
  it('passes its head on as it is, and bytes both ways', async () => {
    const { wire, upstream } = await open();
    wire.send(`${handshake()}early`);
    const [socket, rawHeaders, head] = await upstream;
    expect(valueOf(rawHeaders, 'connection')?.toLowerCase()).toBe('upgrade');
    expect(valueOf(rawHeaders, 'upgrade')).toBe('websocket');
    expect(valueOf(rawHeaders, 'sec-websocket-key')).toBe('dGhlIHNhbXBsZSBub25jZQ==');
    let fromViewer = head.toString('latin1');
    socket.on('data', (chunk: Buffer) => {
      fromViewer += chunk.toString('latin1');
    });
    socket.write(`${SWITCH}hello`, 'latin1');
    await wire.hears('hello');
    expect(wire.heard).toBe(`${SWITCH}hello`);
    wire.send(' and \x00\xff');
    await until(() => fromViewer === 'early and \x00\xff', 'the viewer’s bytes arrive');
    expect(rig.last).toMatchObject({
      status: 101,
      outcome: 'ineligible',
      upstreamStatus: 101,
      complete: true,
    });
    expect(rig.lastReasons).toEqual(['protocol-upgrade']);
  });

  it('ends each direction by itself', async () => {
    const { wire, upstream } = await open();
    wire.send(handshake());
    const [socket] = await upstream;
    socket.write(SWITCH, 'latin1');
    await wire.hears('\r\n\r\n');
    const ended = once(socket.resume(), 'end');
    wire.socket.end();
    await ended;
    socket.write('still here');
    await wire.hears('still here');
    expect(wire.hasEnded).toBe(false);
    socket.end();
    await until(() => wire.hasEnded, 'the other direction ends');
  });

  it('goes on for a client that has only stopped sending, however long the answer pauses', async () => {
    const { wire, upstream } = await open();
    wire.send(handshake());
    wire.socket.end();
    const [socket] = await upstream;
    // Longer than a client that reads may be silent within an answer.
    await sleep(2200);
    socket.write(SWITCH, 'latin1');
    await wire.hears(SWITCH);
    await sleep(2200);
    socket.end('the answer');
    await until(() => wire.hasEnded, 'it ends');
    expect(wire.heard.slice(wire.heard.indexOf(SWITCH))).toBe(`${SWITCH}the answer`);
  });

  it('ends with either side', async () => {
    const { wire, upstream } = await open();
    wire.send(handshake());
    const [socket] = await upstream;
    socket.write(SWITCH, 'latin1');
    await wire.hears('\r\n\r\n');
    const ended = once(socket.resume(), 'end');
    wire.socket.resetAndDestroy();
    expect(await ended).toEqual([]);
  });

  it('does not outlive the edge', async () => {
    const { wire, upstream } = await open();
    wire.send(handshake());
    const [socket] = await upstream;
    socket.write(SWITCH, 'latin1');
    await wire.hears('\r\n\r\n');
    const ended = Promise.all([once(socket.resume(), 'end'), once(wire.socket, 'end')]);
    await rig.edge.close();
    expect(await ended).toEqual([[], []]);
  });
});

describe('Origin and Host', () => {
  it.for([
    { origin: 'http://www.test', hostHeader: 'upstream', becomes: 'upstream' },
    { origin: 'http://evil.test', hostHeader: 'upstream', becomes: 'http://evil.test' },
    { origin: 'http://www.test', hostHeader: 'viewer', becomes: 'http://www.test' },
  ] as const)('$origin, with the $hostHeader’s Host', async ({ origin, hostHeader, becomes }) => {
    const { wire, upstream } = await open({ site: { hostHeader } });
    wire.send(handshake(`Origin: ${origin}`));
    const [socket, rawHeaders] = await upstream;
    const own = new URL(rig.origin.url);
    expect(valueOf(rawHeaders, 'host')).toBe(hostHeader === 'upstream' ? own.host : 'www.test');
    expect(valueOf(rawHeaders, 'origin')).toBe(becomes === 'upstream' ? own.origin : becomes);
    socket.destroy();
  });
});

describe('a switch that is not made', () => {
  it('leaves the upstream’s answer, whole, and the connection ends', async () => {
    const { wire, upstream } = await open();
    wire.send(handshake());
    const [socket] = await upstream;
    socket.end(
      'HTTP/1.1 426 Upgrade Required\r\nUpgrade: other\r\nContent-Length: 6\r\n\r\nnot so',
    );
    await until(() => wire.hasEnded, 'the connection ends');
    expect(wire.heard).toMatch(/^HTTP\/1\.1 426 Upgrade Required\r\n/);
    expect(wire.heard).toMatch(/\r\n\r\nnot so$/);
    expect(wire.heard).toMatch(/\r\nConnection: close\r\n/);
    expect(rig.last).toMatchObject({ status: 426, upstreamStatus: 426, complete: true });
  });

  it('because the upstream is gone: 502', async () => {
    const { wire, upstream } = await open();
    wire.send(handshake());
    (await upstream)[0].destroy();
    await until(() => wire.hasEnded, 'the connection ends');
    expect(wire.heard).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\n/);
    expect(wire.heard).toContain('no answer from the origin');
  });

  it.for([
    {
      name: 'another protocol',
      upgrade: 'Upgrade: mqtt\r\n',
      says: 'the upstream switched to mqtt, and websocket was offered',
    },
    {
      name: 'one more',
      upgrade: 'Upgrade: websocket, mqtt\r\n',
      says: 'the upstream switched to websocket, mqtt, and websocket was offered',
    },
    {
      name: 'none by name',
      upgrade: '',
      says: 'the status or a field of the response makes no sense in its place',
    },
  ])('because it is one to $name: 502, and the upstream is let go', async ({ upgrade, says }) => {
    const { wire, upstream } = await open();
    wire.send(handshake());
    const [socket] = await upstream;
    socket.resume();
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n${upgrade}\r\nsecret`);
    await until(() => wire.hasEnded, 'the connection ends');
    await until(() => socket.readableEnded || socket.destroyed, 'the upstream is let go');
    expect(wire.heard).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\n/);
    expect(wire.heard).toContain(`: ${says} (malformed)`);
    expect(wire.heard).not.toContain('secret');
    expect(rig.last).toMatchObject({ status: 502, outcome: 'error' });
  });

  it('because nothing asks for it in Connection: a plain request', async () => {
    const { wire } = await open();
    wire.send('GET /a HTTP/1.1\r\nHost: www.test\r\nUpgrade: websocket\r\n\r\n');
    await wire.hears('plain');
    expect(wire.heard).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(rig.origin.headers[0]).not.toHaveProperty('upgrade');
  });

  it('because it is HTTP/2 in the clear: a plain request, behind which the connection ends', async () => {
    const { wire } = await open();
    const ended = once(wire.socket, 'end');
    wire.send(
      'GET /a HTTP/1.1\r\nHost: www.test\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n',
    );
    await wire.hears('plain');
    expect(wire.heard).toMatch(/^connection: close\r$/im);
    await ended;
    expect(rig.origin.asked).toEqual(['GET /a']);
  });

  it('whose answer has no end: it ends with its client', async () => {
    const { wire, upstream } = await open();
    wire.send(handshake());
    const [socket] = await upstream;
    socket.on('error', () => {}).resume();
    socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n');
    await wire.hears('data: 1');
    wire.socket.destroy();
    await until(() => socket.readableEnded || socket.destroyed, 'the upstream connection ends');
    await until(() => rig.records.length === 1, 'it is recorded');
    expect(rig.last).toMatchObject({ status: 200, complete: false });
  });

  it('because the host is no one’s: 421', async () => {
    const { wire } = await open({ site: { hosts: ['other.test'] } });
    wire.send(handshake());
    await until(() => wire.hasEnded, 'the connection ends');
    expect(wire.heard).toMatch(/^HTTP\/1\.1 421 Misdirected Request\r\n/);
  });
});

it('mounts in another server', async () => {
  const { upstream } = await open();
  const edge = createEdge({ sites: [{ upstream: { url: rig.origin.url } }] });
  const server = createServer(edge.handler).on('upgrade', edge.upgrade);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const wire = new Wire((server.address() as AddressInfo).port);
  wire.send(handshake());
  const [socket] = await upstream;
  socket.write(`${SWITCH}hello`, 'latin1');
  await wire.hears('hello');
  const plain = new Wire((server.address() as AddressInfo).port);
  plain.send('GET /a HTTP/1.1\r\nHost: www.test\r\n\r\n');
  await plain.hears('plain');
  expect(edge.journal.latest(2).map(({ status }) => status)).toEqual([101, 200]);
  // Behind a request whose answer is not out yet: that server has handed the connection over all the same.
  const pipelined = new Wire((server.address() as AddressInfo).port);
  const ended = once(pipelined.socket, 'end');
  pipelined.send(`GET /a HTTP/1.1\r\nHost: www.test\r\n\r\n${handshake()}`);
  await ended;
  await edge.close();
  server.closeAllConnections();
  server.close();
});

it('does not outlive the edge where an in-process handler never ends it', async () => {
  await open();
  const upgrade = (_request: unknown, socket: Duplex): void => {
    socket.on('error', () => {}).write(SWITCH, 'latin1');
  };
  const handler = (): void => {};
  const edge = createEdge({ sites: [{ upstream: { handler, upgrade } }] });
  const { port } = await edge.listen({ port: 0 });
  const wire = new Wire(port);
  wire.send(handshake());
  await wire.hears('101');
  await edge.close();
  await until(() => wire.socket.destroyed || wire.hasEnded, 'the tunnel ends');
  expect(edge.tasks.running).toBe(0);
});
