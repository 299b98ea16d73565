import path from 'node:path';

import { freePort } from '@poplet/conformance/free-port';

import { Child } from '../child.ts';
import { onServerCore } from '../machine.ts';
import { versionOf } from '../programs.ts';
import { writeConfiguration } from './configuration.ts';
import { listening } from './listening.ts';
import type { Peer } from './peer.ts';

const NO_TLS = 'Varnish speaks no TLS to clients; a proxy in front of it does';

/** For one core. Its log in shared memory stays on, as in production: it is what its journal is. */
const PARAMETERS = ['thread_pools=1', 'thread_pool_min=200', 'thread_pool_max=1000'];

export const varnish: Peer = {
  id: 'varnish',
  name: 'Varnish',
  version: () => versionOf('varnishd', '-V', /\d+\.\d+\.\d+/u),
  cannot: async () => ({ tls: NO_TLS, h2: NO_TLS }),
  async start({ originPort, store, folder }) {
    const port = await freePort();
    const file = path.join(folder, 'varnish.vcl');
    writeConfiguration('varnish.vcl', file, { originPort });
    const storage = store === 'memory' ? 'malloc,6G' : `file,${path.join(folder, 'storage')},4G`;
    const server = new Child(
      onServerCore([
        'varnishd',
        '-F',
        '-n',
        path.join(folder, 'work'),
        '-j',
        'none',
        '-a',
        `127.0.0.1:${port}`,
        '-f',
        file,
        '-s',
        storage,
        ...PARAMETERS.flatMap((parameter) => ['-p', parameter]),
      ]),
    );
    await listening(server, port);
    return { port, stop: () => server.stop() };
  },
};
