// WebSockets over HTTP/2 by extended CONNECT (RFC 8441), to an origin that speaks HTTP/1.1.

import { createHash } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { IncomingMessage } from 'node:http';
import { createSecureContext } from 'node:tls';
import { connect, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { SELF_SIGNED } from '@poplet/conformance/self-signed';
import { Rig, until } from '../rig.ts';
import { text } from '../test-origin.ts';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

let rig: Rig;
let session: ClientHttp2Session;
const sockets: Duplex[] = [];
beforeEach(async () => {
  rig = await Rig.open(text('plain'));
  const tls = { contextFor: () => createSecureContext(SELF_SIGNED) };
  const { port } = await rig.edge.listen({ port: 0, tls });
  session = connect(`https://localhost:${port}`, { ca: SELF_SIGNED.cert });
  await new Promise((resolve) => {
    session.once('remoteSettings', resolve);
  });
});
afterEach(async () => {
  session.destroy();
  for (const socket of sockets.splice(0)) socket.destroy();
  await rig.close();
});

/** What the origin does with a request to switch protocols. */
function onUpgrade(
  answer: (socket: Duplex, accept: string, request: IncomingMessage) => void,
  onEnd: (socket: Duplex) => void = (socket) => socket.end(),
): void {
  rig.origin.onUpgrade((request, socket) => {
    sockets.push(socket);
    socket.on('error', () => {}).on('end', () => onEnd(socket));
    const key = request.headers['sec-websocket-key'] ?? '';
    const accept = createHash('sha1').update(`${key}${GUID}`).digest('base64');
    answer(socket, accept, request);
  });
}

function switching(accept: string): string {
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: chat\r\nX-b: 1\r\nx-B: 2\r\n\r\n`;
}

const EXTENDED_CONNECT = Object.entries({
  ':method': 'CONNECT',
  ':protocol': 'websocket',
  ':scheme': 'https',
  ':path': '/hmr?token=1',
  ':authority': 'www.test',
  'sec-websocket-version': '13',
  origin: 'https://www.test',
}).flat();

interface Opened {
  readonly stream: ClientHttp2Stream;
  status: number | undefined;
  raw: readonly string[];
  heard: string;
  hasEnded: boolean;
}

function open(...fields: readonly string[]): Opened {
  const lines = [...EXTENDED_CONNECT, 'sec-websocket-protocol', 'chat', ...fields];
  const stream = session.request(lines, { endStream: false });
  const opened: Opened = { stream, status: undefined, raw: [], heard: '', hasEnded: false };
  stream.on('response', (head, _flags, raw) => {
    opened.status = head[':status'];
    opened.raw = raw;
  });
  stream.on('data', (chunk: Buffer) => {
    opened.heard += chunk.toString('latin1');
  });
  stream.on('end', () => {
    opened.hasEnded = true;
  });
  stream.on('error', () => {});
  return opened;
}

it('is offered', () => {
  expect(session.remoteSettings.enableConnectProtocol).toBe(true);
});

describe('a WebSocket', () => {
  it('is a request to switch protocols to the origin, and its bytes pass both ways', async () => {
    let asked: readonly string[] = [];
    let target = '';
    onUpgrade((socket, accept, { rawHeaders, method, url }) => {
      asked = rawHeaders;
      target = `${method} ${url}`;
      socket.write(`${switching(accept)}\x81\x05hello`);
      socket.on('data', (chunk) => socket.write(chunk));
    });
    const opened = open('sec-websocket-key', 'dGhlIHNhbXBsZSBub25jZQ==');
    await until(() => opened.heard.includes('hello'), 'hello');
    opened.stream.write('from the client');
    await until(() => opened.heard.includes('from the client'), 'an echo');
    expect(opened.raw.slice(0, 8)).toEqual([
      ':status',
      '200',
      'sec-websocket-protocol',
      'chat',
      'x-b',
      '1',
      'x-b',
      '2',
    ]);
    expect(opened.raw).not.toContain('sec-websocket-accept');
    expect(target).toBe('GET /hmr?token=1');
    const upstreamOrigin = rig.origin.url;
    expect(asked).toEqual(
      expect.arrayContaining([
        'upgrade',
        'websocket',
        'sec-websocket-version',
        '13',
        'Via',
        '2 poplet',
        'sec-websocket-protocol',
        'chat',
        'origin',
        upstreamOrigin,
      ]),
    );
    expect(asked).not.toContain('dGhlIHNhbXBsZSBub25jZQ==');
    expect(asked.filter((name) => name.toLowerCase() === 'sec-websocket-key')).toHaveLength(1);
    expect(rig.last).toMatchObject({ status: 200, outcome: 'ineligible', method: 'GET' });
    expect(rig.lastReasons).toEqual(['protocol-upgrade']);
  });

  it('ends in each direction by itself', async () => {
    let heard = '';
    let socket: Duplex | undefined;
    onUpgrade((one, accept) => {
      socket = one;
      one.write(switching(accept));
      one.on('data', (chunk: Buffer) => {
        heard += chunk.toString();
      });
    });
    const opened = open();
    await until(() => opened.status === 200, 'the answer');
    socket?.end('the last word');
    await until(() => opened.hasEnded, 'the end of the origin');
    expect(opened.heard).toBe('the last word');
    opened.stream.end('no, mine');
    await until(() => heard === 'no, mine', 'the end of the client');
    await until(() => opened.stream.closed, 'the end of the stream');
    expect(opened.stream.rstCode).toBe(0);
  });

  it.each([
    { who: 'client', by: 'RST_STREAM' },
    { who: 'client', by: 'the end of its connection' },
  ])('that the $who ends by $by lets the origin go', async ({ by }) => {
    let hasClosed = false;
    onUpgrade((socket, accept) => {
      socket.write(switching(accept));
      socket.on('close', () => {
        hasClosed = true;
      });
      socket.resume();
    });
    const opened = open();
    await until(() => opened.status === 200, 'the answer');
    if (by === 'RST_STREAM') opened.stream.close(8);
    else session.destroy();
    await until(() => hasClosed, 'the end of the connection to the origin');
    expect(rig.edge.flights).toBe(0);
  });

  it('that the origin resets is reset with CANCEL', async () => {
    let socket: Duplex | undefined;
    onUpgrade((one, accept) => {
      socket = one;
      one.write(switching(accept));
    });
    const opened = open();
    await until(() => opened.status === 200, 'the answer');
    (socket as unknown as { resetAndDestroy(): void }).resetAndDestroy();
    await until(() => opened.stream.closed, 'the end of the stream');
    expect(opened.stream.rstCode).toBe(8);
  });

  it('that the origin refuses gets its answer', async () => {
    onUpgrade((socket) => {
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nX-Why: no\r\n\r\nno');
    });
    const opened = open();
    await until(() => opened.hasEnded, 'the answer');
    expect([opened.status, opened.heard]).toEqual([403, 'no']);
    expect(opened.raw).toContain('x-why');
  });

  it.each([
    { what: 'another key accepted', answer: switching('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=') },
    {
      what: 'an answer that would be taken for consent',
      answer: 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
    },
    { what: 'another protocol', answer: switching('x').replace('websocket', 'other') },
  ])('with $what is a 502', async ({ answer }) => {
    onUpgrade((socket) => socket.end(answer));
    const opened = open();
    await until(() => opened.hasEnded, 'the answer');
    expect(opened.status).toBe(502);
    expect(rig.lastReasons).toContain('upstream-failure');
  });

  it('of a protocol that is not known is a 501', async () => {
    const lines = EXTENDED_CONNECT.map((one) => (one === 'websocket' ? 'connect-udp' : one));
    const stream = session.request(lines, { endStream: false });
    let status: number | undefined;
    stream.on('response', (head) => {
      status = head[':status'];
    });
    stream.on('error', () => {}).resume();
    await until(() => status !== undefined, 'the answer');
    expect(status).toBe(501);
    await until(() => rig.records.length === 1, 'a record');
    expect(rig.lastReasons).toEqual(['malformed-request']);
  });
});

it('bytes wait for the one who does not take them', async () => {
  let written = 0;
  onUpgrade((socket, accept) => {
    socket.write(switching(accept));
    const chunk = Buffer.alloc(64 * 1024);
    const pump = (): void => {
      while (written < 64 * 1024 * 1024 && socket.write(chunk)) written += chunk.length;
    };
    socket.on('drain', () => {
      written += chunk.length;
      pump();
    });
    pump();
  });
  const opened = open();
  opened.stream.pause();
  await until(() => opened.status === 200, 'the answer');
  let before = -1;
  await until(() => {
    const hasStopped = written === before;
    before = written;
    return hasStopped;
  }, 'back-pressure');
  expect(written).toBeLessThan(32 * 1024 * 1024);
});
