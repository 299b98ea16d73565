// 103 over HTTP/2: what the origin sends, and what was learnt from what is stored.

import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect, type ClientHttp2Session } from 'node:http2';
import { request } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSecureContext } from 'node:tls';
import { afterEach, expect, it } from 'vitest';

import { SELF_SIGNED } from '@poplet/conformance/self-signed';
import { rfc9111 } from '@poplet/policy';
import { Rig, until, type RigOptions } from '../rig.ts';

let rig: Rig;
let session: ClientHttp2Session;
let url: string;
let isSlow = false;
afterEach(async () => {
  isSlow = false;
  session.destroy();
  await rig.close();
});

const STYLE = '</style.css>; rel=preload; as=style';

async function open(options: RigOptions = {}): Promise<void> {
  rig = await Rig.open((asked, response) => {
    const answer = (): void => {
      const isKnown = asked.headers['if-none-match'] === '"a"';
      response.writeHead(isKnown ? 304 : 200, {
        ETag: '"a"',
        'Cache-Control': 'max-age=60',
        Link: [STYLE, '</next>; rel=next'],
      });
      response.end(isKnown ? undefined : 'page');
    };
    if (asked.url === '/hints')
      response.writeEarlyHints({ link: '</own.js>; rel=preload; as=script' });
    // The answer takes until the client has read what comes before it.
    if (isSlow) void sleep(100).then(answer);
    else answer();
  }, options);
  const tls = { contextFor: () => createSecureContext(SELF_SIGNED) };
  const { port } = await rig.edge.listen({ port: 0, tls });
  url = `https://localhost:${port}`;
  session = connect(url, { ca: SELF_SIGNED.cert });
}

/** What came, one line each: heads with their Link, and the body. */
async function ask(path: string): Promise<readonly string[]> {
  const came: string[] = [];
  const stream = session.request({ ':path': path });
  stream.on('headers', (head) => came.push(`${head[':status']} ${String(head['link'])}`));
  stream.on('response', (head) => came.push(`${head[':status']} ${String(head['link'])}`));
  stream.setEncoding('utf8').on('data', (chunk: string) => came.push(chunk));
  await until(() => stream.closed, 'the answer');
  return came;
}

const PAGE = [`200 ${STYLE}, </next>; rel=next`, 'page'];

it('the links of a stale page are sent ahead while it is validated', async () => {
  await open();
  expect(await ask('/page')).toEqual(PAGE);
  expect(await ask('/page')).toEqual(PAGE);
  rig.edge.clock.advance(61_000);
  isSlow = true;
  expect(await ask('/page')).toEqual([`103 ${STYLE}`, ...PAGE]);
  expect(rig.outcomes).toEqual(['miss', 'hit', 'revalidated']);
  expect(rig.lastReasons).toContain('early-hints');
});

it('those of the origin follow them', async () => {
  await open();
  expect(await ask('/hints')).toEqual(['103 </own.js>; rel=preload; as=script', ...PAGE]);
  rig.edge.clock.advance(61_000);
  isSlow = true;
  expect(await ask('/hints')).toEqual([
    `103 ${STYLE}`,
    '103 </own.js>; rel=preload; as=script',
    ...PAGE,
  ]);
});

it('a policy may leave it to the origin', async () => {
  const downstream = { ...rfc9111.downstream, earlyHints: 'forwarded' as const };
  await open({ site: { policy: { ...rfc9111, downstream } } });
  await ask('/page');
  rig.edge.clock.advance(61_000);
  isSlow = true;
  expect(await ask('/page')).toEqual(PAGE);
});

it('clients in HTTP/1.1 hear nothing that the origin did not send', async () => {
  await open();
  await ask('/page');
  rig.edge.clock.advance(61_000);
  isSlow = true;
  const statuses: number[] = [];
  const asked = request(`${url}/page`, { ca: SELF_SIGNED.cert, agent: false });
  asked.on('information', ({ statusCode }) => statuses.push(statusCode));
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  response.resume();
  await once(response, 'end');
  expect([response.statusCode, statuses]).toEqual([200, []]);
  // It was the same page, stale for this client too.
  expect(rig.outcomes).toEqual(['miss', 'revalidated']);
});
