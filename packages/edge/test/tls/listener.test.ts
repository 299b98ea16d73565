// The port of HTTPS: what it serves, what it sends on, what it refuses, and that others are served meanwhile.

import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';

import { until } from '../rig.ts';
import { text } from '../test-origin.ts';
import { clientHello, heardOn, TlsRig, ONE_NAME } from './tls-rig.ts';

let tls: TlsRig;
afterEach(() => tls.close());

const FINE = text('fine', 'Cache-Control', 'max-age=60');

/** A ClientHello of TLS 1.0, as clients of that time sent it. */
const HELLO_TLS_1_0 = Buffer.from(
  `160301002f0100002b0301${'5a'.repeat(32)}000004002f00ff0100`,
  'hex',
);

describe('HTTPS', () => {
  it('is served from the same store by its own key', async () => {
    tls = await TlsRig.open(FINE);
    expect(tls.url).toBe(`https://127.0.0.1:${tls.port}`);
    expect(await tls.ask('/a')).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\nfine$/);
    await tls.ask('/a');
    expect(tls.rig.outcomes).toEqual(['miss', 'hit']);
    expect(tls.rig.last.url).toBe(`https://localhost:${tls.port}/a`);
    expect(tls.rig.last.primaryKey).toContain(`https://localhost:${tls.port}/a`);
  });

  it('tells the origin that the client came over https', async () => {
    tls = await TlsRig.open(FINE);
    await tls.ask('/a');
    const headers = tls.rig.origin.headers[0] ?? {};
    expect(headers['x-forwarded-proto']).toBe('https');
    expect(headers['forwarded']).toContain('proto=https');
    expect(headers['x-forwarded-host']).toBe(`localhost:${tls.port}`);
  });

  it('serves clients that name no server, and those that agree on no protocol', async () => {
    tls = await TlsRig.open(FINE);
    const nameless = { servername: '', checkServerIdentity: () => undefined };
    expect(await tls.ask('/a', nameless)).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(await tls.ask('/a', { ALPNProtocols: [] })).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(await tls.ask('/a', { ALPNProtocols: ['http/1.0'] })).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });

  it('is served where the identity has nothing for clients that name no server', async () => {
    const contextFor: typeof ONE_NAME.contextFor = (name) => {
      if (name === undefined) throw new Error('nobody');
      return ONE_NAME.contextFor(name);
    };
    tls = await TlsRig.open(FINE, { tls: { contextFor } });
    expect(await tls.ask('/a')).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    await expect(tls.shakeHands({ servername: '' })).rejects.toThrow(/handshake failure/);
  });

  it('loses no byte, however the first message is cut into pieces', async () => {
    tls = await TlsRig.open(FINE);
    const near = tls.dial();
    // A relay that passes the handshake on byte by byte.
    const { createServer } = await import('node:net');
    const relay = createServer((client) => {
      void (async () => {
        for await (const chunk of client as AsyncIterable<Buffer>) {
          for (const byte of chunk) {
            near.write(Buffer.of(byte));
            await new Promise((resolve) => {
              setImmediate(resolve);
            });
          }
        }
      })().catch(() => {});
      near.pipe(client);
    }).listen(0, '127.0.0.1');
    await once(relay, 'listening');
    const { port } = relay.address() as { port: number };
    expect(await tls.ask('/a', { port })).toMatch(/\r\n\r\nfine$/);
    relay.close();
  });

  it('resets the connection where a body without length is cut off', async () => {
    tls = await TlsRig.open((_request, response) => {
      response.writeHead(200, ['Cache-Control', 'no-store']);
      response.write('one ');
      setTimeout(() => response.destroy(), 50);
    });
    const socket = await tls.shakeHands();
    const ended = Promise.withResolvers<unknown>();
    socket.on('error', (error: NodeJS.ErrnoException) => ended.resolve(error.code));
    socket.on('end', () => ended.resolve('an orderly close'));
    socket.resume();
    socket.write('GET / HTTP/1.0\r\nHost: www.test\r\n\r\n');
    expect(await ended.promise).toBe('ECONNRESET');
  });

  it('lets a client be that stops sending and goes on reading', async () => {
    tls = await TlsRig.open((request, response) => {
      setTimeout(() => FINE(request, response), 100);
    });
    const socket = await tls.shakeHands({ allowHalfOpen: true } as object);
    socket.end('GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n');
    expect(await heardOn(socket)).toMatch(/HTTP\/1\.1 200 OK\r\n[^]*fine$/);
  });

  it('hands a WebSocket over to the origin', async () => {
    tls = await TlsRig.open(FINE);
    tls.rig.origin.onUpgrade((_request, socket, head) => {
      socket.write(
        'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n',
      );
      socket.write(head);
      socket.pipe(socket);
    });
    const socket = await tls.shakeHands();
    const lines = ['Host: localhost', 'Connection: Upgrade', 'Upgrade: echo', '', 'early'];
    socket.write(`GET /socket HTTP/1.1\r\n${lines.join('\r\n')}`);
    const heard = heardOn(socket);
    await until(() => tls.rig.records.length === 1, 'it switched');
    socket.end(' and late');
    expect(await heard).toMatch(/^HTTP\/1\.1 101 [^]*\r\n\r\nearly and late$/);
  });

  it('ends a connection whose encryption breaks', async () => {
    tls = await TlsRig.open(FINE);
    const raw = tls.dial();
    const socket = await tls.shakeHands({ socket: raw });
    raw.write('\x17\x03\x03\x00\x20this is no ciphertext at all!...', 'latin1');
    await heardOn(socket);
    expect(await tls.ask('/a')).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });
});

describe('plain HTTP to that port', () => {
  it('is sent on to https with the same host, target and method', async () => {
    tls = await TlsRig.open(FINE);
    const heard = await tls.talk(
      `POST /a?b=c HTTP/1.1\r\nHost: shop.localhost:${tls.port}\r\nContent-Length: 4\r\n\r\nbody`,
    );
    expect(heard).toMatch(/^HTTP\/1\.1 308 Permanent Redirect\r\n/);
    expect(heard).toContain(`\r\nLocation: https://shop.localhost:${tls.port}/a?b=c\r\n`);
    expect(heard).toContain('\r\nCache-Control: no-store\r\n');
    expect(heard).toContain('\r\nConnection: close\r\n');
    expect(tls.rig.last).toMatchObject({ status: 308, outcome: 'ineligible', method: 'POST' });
    expect(tls.rig.lastReasons).toEqual(['plain-http']);
    expect(tls.rig.origin.asked).toEqual([]);
  });

  it.each([
    ['a.test', 'https://a.test:80/x'],
    ['a.test:443', 'https://a.test/x'],
    ['[::1]:8443', 'https://[::1]:8443/x'],
  ])('of Host %s is sent on to %s', async (host, location) => {
    tls = await TlsRig.open(FINE);
    expect(await tls.talk(`GET /x HTTP/1.1\r\nHost: ${host}\r\n\r\n`)).toContain(
      `\r\nLocation: ${location}\r\n`,
    );
  });

  it('is sent on without reading what comes behind it', async () => {
    tls = await TlsRig.open(FINE);
    const one = 'GET /x HTTP/1.1\r\nHost: a.test:1\r\n\r\n';
    const heard = await tls.talk(one + one);
    expect(heard.match(/HTTP\/1\.1 308/g)).toHaveLength(1);
    expect(tls.rig.records).toHaveLength(1);
  });

  it('that asks for a WebSocket is sent on', async () => {
    tls = await TlsRig.open(FINE);
    const heard = await tls.talk(
      'GET /x HTTP/1.1\r\nHost: a.test:1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    );
    expect(heard).toMatch(/^HTTP\/1\.1 308 /);
  });

  it.each([
    ['GET /x HTTP/1.1\r\n\r\n', 400, 'malformed-request'],
    ['GET /x HTTP/1.1\r\nHost: a b\r\n\r\n', 400, 'malformed-request'],
    ['GET /x HTTP/1.1\r\nHost: a\r\nbad header\r\n\r\n', 400, 'malformed-request'],
    ['CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n', 405, 'malformed-request'],
  ])('that is malformed gets no redirect: %j', async (bytes, status, code) => {
    tls = await TlsRig.open(FINE);
    expect(await tls.talk(bytes)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(tls.rig.lastReasons).toEqual([code]);
  });
});

describe('what is neither TLS nor HTTP', () => {
  it.each([
    ['words', 'hello there\r\n\r\n'],
    ['zeros', '\0'.repeat(200)],
    ['a hello of SSL 2', '\x80\x2e\x01\x00\x02\x00\x15\x00\x00\x00\x10'],
    ['an SSH client', 'SSH-2.0-OpenSSH_9.2\r\n'],
  ])('gets 400 and is closed: %s', async (_name, bytes) => {
    tls = await TlsRig.open(FINE);
    const heard = await tls.talk(bytes);
    expect(heard).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(heard).toContain('neither TLS nor HTTP');
    expect(tls.rig.last).toMatchObject({ status: 400, outcome: 'error' });
    expect(tls.rig.lastReasons).toEqual(['neither-tls-nor-http']);
    expect(await tls.ask('/a')).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });
});

describe('a handshake', () => {
  it('for an unknown name is refused with the alert for that', async () => {
    tls = await TlsRig.open(FINE);
    await expect(tls.shakeHands({ servername: 'other.test' })).rejects.toThrow(/unrecognized name/);
    await until(() => tls.rig.records.length > 0, 'it is recorded');
    expect(tls.rig.last).toMatchObject({ status: 421, url: 'https://other.test' });
    expect(tls.rig.lastReasons).toEqual(['tls-name-unknown']);
    expect(await tls.ask('/a')).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });

  it('for an unknown name is refused with that alert in TLS 1.2 as well', async () => {
    tls = await TlsRig.open(FINE);
    await expect(
      tls.shakeHands({ servername: 'other.test', maxVersion: 'TLSv1.2' }),
    ).rejects.toThrow(/unrecognized name/);
  });

  it('of TLS 1.0 is refused with the alert for that', async () => {
    tls = await TlsRig.open(FINE);
    const heard = await tls.talk(HELLO_TLS_1_0);
    // Alert, fatal, protocol_version.
    expect(Buffer.from(heard, 'latin1').toString('hex')).toMatch(/^1503..00020246$/);
    await until(() => tls.rig.records.length > 0, 'it is recorded');
    expect(tls.rig.last.reasons[0]?.values?.['problem']).toBe(
      'the client speaks nothing newer than TLS 1.1, and 1.2 is the least',
    );
  });

  it('that agrees on no protocol is refused with the alert for that', async () => {
    tls = await TlsRig.open(FINE);
    await expect(tls.shakeHands({ ALPNProtocols: ['smtp'] })).rejects.toThrow(
      /no application protocol/,
    );
  });

  it('that fails again and again is told once, not each time', async () => {
    tls = await TlsRig.open(FINE);
    for (let time = 0; time < 5; time += 1) await tls.talk(HELLO_TLS_1_0);
    await expect(tls.shakeHands({ servername: 'other.test' })).rejects.toThrow(/unrecognized name/);
    expect(await tls.ask('/a')).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    const codes = tls.rig.records.map(({ reasons }) => reasons[0]?.code);
    expect(codes.slice(0, 2)).toEqual(['tls-handshake-failed', 'tls-name-unknown']);
    expect(codes).toHaveLength(3);
  });

  it('that breaks off into garbage is refused', async () => {
    tls = await TlsRig.open(FINE);
    await tls.talk('\x16\x03\x01\x00\x20this is no ClientHello at all...');
    await until(() => tls.rig.records.length > 0, 'it is recorded');
    expect(tls.rig.lastReasons).toEqual(['tls-handshake-failed']);
    expect(await tls.ask('/a')).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });

  it('that goes no further is closed when its time is up, one that never begins as well', async () => {
    tls = await TlsRig.open(FINE, { limits: { handshakeTimeoutMs: 200 } });
    const silent = tls.dial();
    const half = tls.dial();
    const oneByte = tls.dial();
    half.write(HELLO_TLS_1_0.subarray(0, 20));
    oneByte.write(Buffer.of(0x16));
    expect(await tls.ask('/a')).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    await Promise.all([silent, half, oneByte].map((socket) => heardOn(socket)));
    expect(tls.rig.lastReasons).toEqual(['tls-handshake-timeout']);
    expect(tls.rig.records).toHaveLength(2);
  });

  it.each(['after a piece of it', 'after a whole ClientHello'])(
    'that its client leaves %s is over at once',
    async (when) => {
      // Ten seconds, as ever: nobody waits for them.
      tls = await TlsRig.open(FINE);
      const hello = when === 'after a piece of it' ? Buffer.of(0x16, 0x03) : await clientHello();
      // With its last bytes, and on its own.
      const together = tls.dial();
      together.resume().end(hello);
      await once(together, 'close');
      const apart = tls.dial();
      apart.write(hello);
      await until(() => apart.bytesWritten === hello.length, 'it is sent');
      await sleep(50);
      apart.resume().end();
      await once(apart, 'close');
      await until(() => tls.rig.records.length > 0, 'it is recorded');
      expect(tls.rig.lastReasons).toEqual(['tls-handshake-failed']);
      expect(tls.rig.last.reasons[0]?.values?.['problem']).toBe('the client closed the connection');
      expect(tls.rig.records).toHaveLength(1);
    },
  );

  it('that is over has all the time of a connection', async () => {
    tls = await TlsRig.open(FINE, { limits: { handshakeTimeoutMs: 200 } });
    const socket = await tls.shakeHands();
    await sleep(400);
    socket.write('GET /a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    expect(await heardOn(socket)).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });

  it('counts as a connection, and gives way to others before those that are served', async () => {
    tls = await TlsRig.open(FINE, { limits: { connections: 2 } });
    const served = await tls.shakeHands();
    served.write('GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(served, 'data');
    const half = tls.dial();
    half.write(Buffer.of(0x16));
    const closed = once(half, 'close');
    await until(() => half.bytesWritten === 1, 'it is sent');
    await sleep(50);
    // The longest idle goes first.
    expect(await tls.ask('/a')).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    served.destroy();
    expect(await tls.ask('/a')).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    half.destroy();
    await closed;
  });

  it('is refused where every connection is busy', async () => {
    const answers: (() => void)[] = [];
    tls = await TlsRig.open(
      (request, response) => {
        answers.push(() => FINE(request, response));
      },
      { limits: { connections: 1 } },
    );
    const busy = await tls.shakeHands();
    busy.write('GET /a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    await until(() => answers.length === 1, 'the origin is asked');
    await expect(tls.shakeHands()).rejects.toThrow(/disconnected|ECONNRESET/);
    expect(tls.rig.lastReasons).toEqual(['too-many-connections']);
    answers[0]?.();
    expect(await heardOn(busy)).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });
});

describe('the end of the edge', () => {
  it('ends connections in every state', async () => {
    tls = await TlsRig.open(FINE);
    const secure = await tls.shakeHands();
    const silent = tls.dial();
    const half = tls.dial();
    half.write(Buffer.of(0x16));
    await Promise.all([once(silent, 'connect'), once(half, 'connect')]);
    await sleep(20);
    const closed = Promise.all([secure, silent, half].map((socket) => heardOn(socket)));
    await tls.rig.edge.close();
    expect(await closed).toEqual(['', '', '']);
  });
});
