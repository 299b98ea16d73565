import { createServer, request, type IncomingHttpHeaders } from 'node:http';
import { request as requestOverTls } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import { createCdn, type Cdn, type CdnOptions, type CdnSite } from '@poplet/cdn';
import { onTestFinished } from 'vitest';

/** What a client of the edge got. */
interface Answer {
  readonly status: number;
  /** How many times the origin had been asked for this path when it made this answer. */
  readonly body: string;
  readonly headers: IncomingHttpHeaders;
}

export type Fields = Readonly<Record<string, string>>;

export interface Rig {
  readonly cdn: Cdn;
  readonly adminUrl: string;
  /** Asks the edge for a path. */
  readonly get: (path: string, fields?: Fields) => Promise<Answer>;
  readonly ask: (method: string, path: string, fields?: Fields) => Promise<Answer>;
}

/** Over a connection of its own. The edge is found whatever Host says. */
async function ask(
  { url, authority }: Cdn,
  {
    method,
    path,
    fields: headers = {},
  }: { readonly method: string; readonly path: string; readonly fields?: Fields | undefined },
): Promise<Answer> {
  const { protocol, hostname, port } = new URL(url);
  const send = protocol === 'https:' ? requestOverTls : request;
  const ca = authority?.certificate;
  return new Promise((resolve, reject) => {
    send({ hostname, port, method, path, headers, ca, agent: false }, (response) => {
      const { statusCode: status = 0 } = response;
      text(response).then((body) => resolve({ status, body, headers: response.headers }), reject);
    })
      .on('error', reject)
      .end();
  });
}

/** An origin whose pages count how often they were made, and an edge in front of it. Closed with the test. */
export async function openRig(
  site: Omit<CdnSite, 'source'>,
  {
    fields,
    ...options
  }: Omit<CdnOptions, 'sites'> & {
    /** Of the origin's answers, by path; `*` for all others. */
    readonly fields: Readonly<Record<string, Fields>>;
  },
): Promise<Rig> {
  const made = new Map<string, number>();
  const origin = createServer(({ url = '/' }, response) => {
    const count = (made.get(url) ?? 0) + 1;
    made.set(url, count);
    const own = fields[url.replace(/\?.*$/u, '')] ?? fields['*'] ?? {};
    response.writeHead(200, { 'content-type': 'text/plain', ...own }).end(String(count));
  });
  await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void origin.close());
  const { port } = origin.address() as AddressInfo;
  const source = `http://127.0.0.1:${port}`;
  const cdn = await createCdn({ ...options, sites: [{ ...site, source }] });
  onTestFinished(() => cdn.close());
  return {
    cdn,
    adminUrl: cdn.adminUrl,
    get: (path, asked) => ask(cdn, { method: 'GET', path, fields: asked }),
    ask: (method, path, asked) => ask(cdn, { method, path, fields: asked }),
  };
}
