import { connect } from 'node:net';

import { PopletError } from '@poplet/policy';

const CONNECT_MS = 5000;

/**
 * Whether a server listens where a site's pages are to come from: a mistyped port is better told at the
 * start than by the first request. Throws PopletError `upstream-unreachable`.
 */
export async function mustBeReachable(origin: string): Promise<void> {
  const { hostname, port, protocol } = new URL(origin);
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const socket = connect({
    host,
    port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
    timeout: CONNECT_MS,
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once('connect', resolve);
  socket.once('timeout', () => reject(new Error(`no connection within ${CONNECT_MS} ms`)));
  socket.once('error', reject);
  try {
    await promise;
  } catch (error) {
    throw new PopletError('upstream-unreachable', `nothing listens at ${origin}`, {
      hint: 'start that server first, or check its address',
      cause: error,
    });
  } finally {
    socket.destroy();
  }
}
