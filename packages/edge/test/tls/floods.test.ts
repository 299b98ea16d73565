// Many who abuse the port of HTTPS at once, while one client goes on asking over it.

import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';

import { until } from '../rig.ts';
import { text } from '../test-origin.ts';
import { TlsRig } from './tls-rig.ts';

let tls: TlsRig;
afterEach(() => tls.close());

const COUNT = 100;

/** What each of a kind does with its connection; it ends in whatever way the edge ends it. */
const KINDS: Readonly<Record<string, (socket: Socket) => void>> = {
  'never says anything': () => {},
  'sends a byte of TLS and no more': (socket) => socket.write(Buffer.of(0x16)),
  'sends half a ClientHello': (socket) =>
    socket.write(Buffer.from('16030100c8010000c40303', 'hex')),
  'sends TLS that is garbage': (socket) =>
    socket.write(Buffer.concat([Buffer.from('1603010100', 'hex'), randomBytes(256)])),
  'sends garbage': (socket) =>
    // The first byte is no letter and no handshake.
    socket.write(Buffer.concat([Buffer.of(0xff), randomBytes(300)])),
  'sends a hello of TLS 1.0': (socket) =>
    socket.write(Buffer.from(`160301002f0100002b0301${'5a'.repeat(32)}000004002f00ff0100`, 'hex')),
  'announces a record of 64 KB and sends none of it': (socket) =>
    socket.write(Buffer.from('160301ffff', 'hex')),
  'resets within the hello': (socket) => {
    socket.write(Buffer.from('160301', 'hex'), () => socket.resetAndDestroy());
  },
  'leaves within the hello': (socket) => socket.end(Buffer.from('16030100c8', 'hex')),
  'speaks plain HTTP': (socket) => socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'),
};

it('are all shown out, told a few times, and one who asks is answered meanwhile', async () => {
  tls = await TlsRig.open(text('fine', 'Cache-Control', 'max-age=600'), {
    limits: { handshakeTimeoutMs: 1500 },
  });
  const { edge } = tls.rig;
  const open = Object.values(KINDS).flatMap((abuse) =>
    Array.from({ length: COUNT }, () => {
      const socket = tls.dial();
      socket.resume().on('connect', () => abuse(socket));
      return socket;
    }),
  );
  let answered = 0;
  while (open.some((socket) => !socket.closed)) {
    expect(await tls.ask('/a')).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\nfine$/);
    answered += 1;
  }
  expect(answered).toBeGreaterThan(1);
  const handshakes = tls.rig.records.filter(({ reasons }) =>
    reasons.some(({ code }) => code.startsWith('tls-')),
  );
  // A kind is told once in ten seconds.
  expect(handshakes.length).toBeGreaterThan(2);
  expect(handshakes.length).toBeLessThan(50);
  await until(() => edge.tasks.running === 0, 'nothing runs');
  expect(await tls.ask('/a')).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
});
