import path from 'node:path';

import { freePort } from '@poplet/conformance/free-port';

import { Child } from '../child.ts';
import { onServerCore } from '../machine.ts';
import { versionOf } from '../programs.ts';
import { writeConfiguration } from './configuration.ts';
import { listening } from './listening.ts';
import type { Peer } from './peer.ts';

export const haproxy: Peer = {
  id: 'haproxy',
  name: 'HAProxy',
  version: () => versionOf('haproxy', '-v', /\d+\.\d+\.\d+/u),
  cannot: async () => ({
    range: 'its cache answers ranges with the whole',
    vary: 'its cache knows Vary by Accept-Encoding, Referer and Origin only',
    disk: 'its cache is in memory only',
  }),
  async start({ originPort, certificate, folder }) {
    const port = await freePort();
    const file = path.join(folder, 'haproxy.cfg');
    writeConfiguration('haproxy.cfg', file, {
      port,
      originPort,
      tls: certificate === undefined ? '' : `ssl crt ${certificate.bundleFile} alpn h2,http/1.1`,
    });
    const server = new Child(onServerCore(['haproxy', '-db', '-f', file]));
    await listening(server, port);
    return { port, stop: () => server.stop() };
  },
};
