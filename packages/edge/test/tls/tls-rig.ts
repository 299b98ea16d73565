// An edge that listens with TLS, and clients that speak as badly as a test wants.

import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import {
  createSecureContext,
  connect as connectTls,
  type ConnectionOptions,
  type TLSSocket,
} from 'node:tls';

import { UnknownServerName, type TlsIdentity } from '../../src/index.ts';
import { Rig, type RigOptions } from '../rig.ts';
import { SELF_SIGNED } from '@poplet/conformance/self-signed';
import type { Answer } from '../test-origin.ts';

/** One certificate, for `localhost` and for clients that name nobody. */
export const ONE_NAME: TlsIdentity = {
  contextFor(serverName) {
    if (serverName !== undefined && serverName !== 'localhost')
      throw new UnknownServerName(`no certificate for ${serverName}`);
    return createSecureContext({ ...SELF_SIGNED, minVersion: 'TLSv1.2' });
  },
};

export class TlsRig {
  readonly rig: Rig;
  readonly port: number;
  readonly url: string;
  readonly #sockets: Socket[] = [];

  private constructor(rig: Rig, { url, port }: { readonly url: string; readonly port: number }) {
    this.rig = rig;
    this.url = url;
    this.port = port;
  }

  static async open(
    answer: Answer,
    { tls = ONE_NAME, ...options }: RigOptions & { readonly tls?: TlsIdentity } = {},
  ): Promise<TlsRig> {
    const rig = await Rig.open(answer, options);
    return new TlsRig(rig, await rig.edge.listen({ port: 0, tls }));
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets.splice(0)) socket.destroy();
    await this.rig.close();
  }

  /** A TCP connection that nothing was sent on. */
  dial(): Socket {
    return this.#kept(connect(this.port, '127.0.0.1'));
  }

  /** Shakes hands as `localhost`, the certificate unverified unless told otherwise. */
  async shakeHands(options: ConnectionOptions = {}): Promise<TLSSocket> {
    const socket = connectTls({
      port: this.port,
      host: '127.0.0.1',
      servername: 'localhost',
      ca: SELF_SIGNED.cert,
      ALPNProtocols: ['http/1.1'],
      ...options,
    });
    this.#kept(socket);
    await once(socket, 'secureConnect');
    return socket;
  }

  /** Sends bytes without TLS, and hears everything until the connection ends. */
  async talk(bytes: string | Buffer): Promise<string> {
    const socket = this.dial();
    socket.write(bytes, 'latin1');
    return heardOn(socket);
  }

  /** Asks over a TLS connection that ends behind the answer. */
  async ask(path: string, options: ConnectionOptions = {}): Promise<string> {
    const socket = await this.shakeHands(options);
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: localhost:${this.port}\r\nConnection: close\r\n\r\n`,
    );
    return heardOn(socket);
  }

  #kept<Kind extends Socket>(socket: Kind): Kind {
    this.#sockets.push(socket.on('error', () => {}));
    return socket;
  }
}

/** Everything that comes on a connection until it ends, as Latin-1. */
export async function heardOn(socket: Socket): Promise<string> {
  let heard = '';
  socket.on('data', (chunk: Buffer) => {
    heard += chunk.toString('latin1');
  });
  // An alert of the other side is an end like any other here.
  await new Promise((resolve) => {
    socket.on('error', () => {}).on('close', resolve);
  });
  return heard;
}

/** What a client of today says first. */
export async function clientHello(): Promise<Buffer> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = connectTls({ port, host: '127.0.0.1', servername: 'localhost' });
  client.on('error', () => {});
  const [socket] = (await once(server, 'connection')) as [Socket];
  const [hello] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  server.close();
  return hello;
}
