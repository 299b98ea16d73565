// The admin API over TLS.

import { once } from 'node:events';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterEach, expect, it } from 'vitest';

import { type AdminServer, createAdminServer, createEdge, type Edge } from '../../src/index.ts';
import { SELF_SIGNED } from '@poplet/conformance/self-signed';
import { heardOn, ONE_NAME } from '../tls/tls-rig.ts';

let edge: Edge;
let admin: AdminServer;
let port: number;

async function start(options: { readonly port?: number } = {}): Promise<void> {
  edge = createEdge({ sites: [{ upstream: { handler: (_request, response) => response.end() } }] });
  admin = createAdminServer(edge, { port: 0, tls: ONE_NAME, ...options });
  ({ port } = await admin.listen());
}

afterEach(async () => {
  await admin.close();
  await edge.close();
});

/** One request over TLS, and everything that is answered. */
async function ask(...fields: readonly string[]): Promise<string> {
  const socket = connectTls({
    port,
    host: '127.0.0.1',
    servername: 'localhost',
    ca: SELF_SIGNED.cert,
    ALPNProtocols: ['h2', 'http/1.1'],
  });
  await once(socket, 'secureConnect');
  expect(socket.alpnProtocol).toBe('http/1.1');
  const lines = ['GET /poplet/v1/health HTTP/1.1', ...fields, 'Connection: close', '', ''];
  socket.write(lines.join('\r\n'));
  return heardOn(socket);
}

it('answers, and is found by its address with https', async () => {
  await start();
  expect(admin.url).toBe(`https://127.0.0.1:${port}`);
  expect(await ask(`Host: localhost:${port}`)).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
});

it('knows its own origin, and no other', async () => {
  await start();
  const host = `Host: localhost:${port}`;
  expect(await ask(host, `Origin: https://localhost:${port}`)).toMatch(/^HTTP\/1\.1 200 /);
  expect(await ask(host, `Origin: http://localhost:${port}`)).toMatch(/^HTTP\/1\.1 403 /);
  // The port of https where none is written.
  expect(await ask('Host: localhost')).toMatch(/^HTTP\/1\.1 421 /);
});

it('sends plain HTTP on, and says nothing else without TLS', async () => {
  await start();
  const socket = connect(port, '127.0.0.1');
  socket.write(`GET /poplet/v1/stats HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`);
  const heard = await heardOn(socket);
  expect(heard).toMatch(/^HTTP\/1\.1 308 /);
  expect(heard).toContain(`\r\nlocation: https://localhost:${port}/poplet/v1/stats\r\n`);
  expect(heard).toMatch(/\r\n\r\n(?:0\r\n\r\n)?$/);
});

it('says so when its port is taken', async () => {
  await start();
  const second = createAdminServer(edge, { port, tls: ONE_NAME });
  await expect(second.listen()).rejects.toMatchObject({ code: 'port-in-use' });
  await second.close();
});

it('ends connections that are open when it closes', async () => {
  await start();
  const silent = connect(port, '127.0.0.1');
  await once(silent, 'connect');
  const heard = heardOn(silent);
  await admin.close();
  expect(await heard).toBe('');
});
