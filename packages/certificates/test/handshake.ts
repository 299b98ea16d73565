// One TLS handshake between a certificate and a client that trusts one authority.

import { once } from 'node:events';
import { isIP, type AddressInfo } from 'node:net';
import * as tls from 'node:tls';

/** The certificate as the client saw it; rejects with the client's reason to refuse it. */
export async function shakeHands(
  server: tls.TlsOptions,
  { ca, host }: { readonly ca: string; readonly host: string },
): Promise<tls.PeerCertificate> {
  const listening = tls.createServer(server, (socket) => socket.on('error', () => {}));
  listening.on('tlsClientError', () => {});
  listening.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const { port } = listening.address() as AddressInfo;
  const socket = tls.connect({
    port,
    host: '127.0.0.1',
    ca,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    // What the client meant to reach.
    checkServerIdentity: (_dialled, certificate) => tls.checkServerIdentity(host, certificate),
  });
  try {
    await once(socket, 'secureConnect');
    return socket.getPeerCertificate();
  } finally {
    socket.destroy();
    listening.close();
  }
}
