import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { json } from 'node:stream/consumers';

import type { Control } from './peer.ts';

interface Stats {
  readonly journal: {
    readonly exchanges: number;
    readonly byOutcome: Readonly<Record<string, number>>;
  };
  readonly store: { readonly entries: number };
}

/**
 * Poplet's admin API at its address. Asked with node:http, over a connection that stays: what `fetch` takes for
 * itself is more than a purge takes.
 */
export function createControl(admin: string): Control {
  const isSecure = admin.startsWith('https:');
  const agent = new (isSecure ? HttpsAgent : HttpAgent)({ keepAlive: true, maxSockets: 1 });
  const send = isSecure ? httpsRequest : httpRequest;
  async function ask(resource: string, body?: object): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const request = send(
      new URL(`/poplet/v1/${resource}`, admin),
      {
        agent,
        method: body === undefined ? 'GET' : 'POST',
        headers: { 'content-type': 'application/json' },
      },
      resolve,
    );
    request.on('error', reject);
    request.end(body === undefined ? '' : JSON.stringify(body));
    const response = await promise;
    const said = await json(response);
    if (response.statusCode !== 200)
      throw new Error(`${resource}: ${response.statusCode} ${JSON.stringify(said)}`);
    return said;
  }
  return {
    async purge(selector) {
      await ask('purge', selector);
    },
    async advance(duration) {
      await ask('clock', { advance: duration });
    },
    async counts() {
      const { journal, store } = (await ask('stats')) as Stats;
      return {
        exchanges: journal.exchanges,
        hits: journal.byOutcome['hit'] ?? 0,
        entries: store.entries,
      };
    },
  };
}
