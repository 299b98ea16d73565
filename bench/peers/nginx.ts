import path from 'node:path';

import { freePort } from '@poplet/conformance/free-port';

import { Child } from '../child.ts';
import { onServerCore } from '../machine.ts';
import { versionOf } from '../programs.ts';
import { writeConfiguration } from './configuration.ts';
import { listening } from './listening.ts';
import type { Certificate, Peer } from './peer.ts';

export const nginx: Peer = {
  id: 'nginx',
  name: 'nginx',
  version: () => versionOf('nginx', '-v', /\d+\.\d+\.\d+/u),
  cannot: async () => ({}),
  // Whatever it stores lies in files, which the system keeps in memory: so it is with both stores.
  async start({ originPort, certificate, folder }) {
    const port = await freePort();
    const file = path.join(folder, 'nginx.conf');
    writeConfiguration('nginx.conf', file, {
      folder,
      port,
      originPort,
      user: process.getuid?.() === 0 ? 'user root;' : '',
      listen: certificate === undefined ? '' : 'ssl http2',
      tls: certificate === undefined ? '' : tlsOf(certificate),
    });
    const server = new Child(onServerCore(['nginx', '-p', folder, '-c', file, '-e', 'stderr']));
    await listening(server, port);
    return { port, stop: () => server.stop() };
  },
};

function tlsOf({ certFile, keyFile }: Certificate): string {
  return [
    `ssl_certificate ${certFile};`,
    `ssl_certificate_key ${keyFile};`,
    'ssl_protocols TLSv1.2 TLSv1.3;',
    'ssl_session_cache shared:tls:10m;',
    'http2_max_concurrent_streams 256;',
  ].join(' ');
}
