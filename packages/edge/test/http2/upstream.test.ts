// The edge as a client in HTTP/2 of an origin that offers it.

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import {
  constants,
  createSecureServer,
  type Http2SecureServer,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';

import { SELF_SIGNED } from '@poplet/conformance/self-signed';
import { createEdge, type Edge } from '../../src/index.ts';
import { until } from '../rig.ts';
import { upstreamAddress } from '../../src/upstream/address.ts';
import { PoolUpstream } from '../../src/upstream/pool-upstream.ts';
import type { UpstreamReply } from '../../src/upstream/upstream.ts';
import { ask, head } from '../test-client.ts';

type Answer = (stream: ServerHttp2Stream, fields: readonly string[], body: string) => void;

let edge: Edge;
let origin: Http2SecureServer | ReturnType<typeof createServer>;
const sessions = new Set<ServerHttp2Session>();
afterEach(async () => {
  await edge.close();
  for (const session of sessions) session.destroy();
  sessions.clear();
  origin.close();
});

async function before(port: number, headMs = 5000): Promise<string> {
  const tls = { rejectUnauthorized: false };
  const url = `https://localhost:${port}`;
  edge = createEdge({ sites: [{ upstream: { url, tls, timeouts: { headMs, bodyIdleMs: 400 } } }] });
  return (await edge.listen({ port: 0 })).url;
}

/** An edge before an origin that speaks both, and what that was asked. */
async function open(
  answer: Answer,
  { alsoHttp1 = false } = {},
): Promise<{ readonly url: string; readonly asked: string[][] }> {
  const asked: string[][] = [];
  const server = createSecureServer({ ...SELF_SIGNED, allowHTTP1: alsoHttp1 });
  server.on('session', (session) => sessions.add(session.on('error', () => {})));
  server.on('stream', (stream: ServerHttp2Stream, _head, _flags, raw) => {
    stream.on('error', () => {});
    asked.push([...raw]);
    let body = '';
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    stream.on('end', () => answer(stream, raw, body));
  });
  if (alsoHttp1) server.on('request', (_request, response) => response.end('HTTP/1.1'));
  server.listen(0);
  await once(server, 'listening');
  origin = server;
  return { url: await before((server.address() as AddressInfo).port), asked };
}

/** It answers over HTTP/2 that it would rather not. */
const noHttp2: Answer = (stream) => {
  if (stream.headersSent) return;
  stream.close(constants.NGHTTP2_HTTP_1_1_REQUIRED);
};

describe('an origin that offers HTTP/2', () => {
  it('is asked over one connection, without fields of connections', async () => {
    const { url, asked } = await open((stream) =>
      stream.respond({ ':status': 204 }, { endStream: true }),
    );
    await Promise.all(['/a', '/b', '/c'].map((path) => ask(url + path)));
    await ask(`${url}/d`, {
      headers: [
        'Host',
        'www.test',
        'X-b',
        '2',
        'x-a',
        '1',
        'X-b',
        '3',
        'Connection',
        'x-c',
        'x-c',
        '4',
      ],
    });
    expect(sessions.size).toBe(1);
    expect(asked).toHaveLength(4);
    const lines = asked.at(-1) ?? [];
    const { port } = origin.address() as AddressInfo;
    expect(lines.slice(0, 14).join(' ')).toBe(
      `:method GET :scheme https :authority localhost:${port} :path /d x-b 2 x-a 1 x-b 3`,
    );
    expect(lines).toContain('1.1 poplet');
    expect(lines).not.toContain('x-c');
    expect(lines).not.toContain('host');
  });

  it('has its fields, duplicates and bytes above ASCII passed on as they came', async () => {
    const { url } = await open((stream) => {
      stream.respond([
        ':status',
        '203',
        'x-b',
        '2',
        'x-a',
        '\xe9',
        'x-b',
        '1',
        'set-cookie',
        'a=1',
        'set-cookie',
        'b=2',
      ]);
      stream.end('body');
    });
    const { status, rawHeaders, body } = await ask(`${url}/`);
    expect([status, body]).toEqual([203, 'body']);
    const heard = rawHeaders.slice(0, 10).join(' ');
    expect(heard).toBe('x-b 2 x-a \xe9 x-b 1 set-cookie a=1 set-cookie b=2');
  });

  it('has interim responses and trailers passed on', async () => {
    const { url } = await open((stream) => {
      stream.additionalHeaders({
        ':status': 103,
        link: ['</a>; rel=preload', '</b>; rel=preload'],
      });
      stream.respond({ ':status': 200 }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'x-trailer': 'last' }));
      stream.end('body');
    });
    const heard: string[] = [];
    const onInformation = (status: number, raw: readonly string[]): void =>
      void heard.push(`${status} ${raw.join(' ')}`);
    const { body, rawTrailers } = await ask(`${url}/`, { onInformation });
    expect(heard).toEqual(['103 link </a>; rel=preload link </b>; rel=preload']);
    expect([body, rawTrailers]).toEqual(['body', ['x-trailer', 'last']]);
  });

  it('gets content, with a length and without', async () => {
    const { url } = await open((stream, fields, body) => {
      stream.respond({ ':status': 200 });
      stream.end(`${fields[fields.indexOf('content-length') + 1]} ${body}`);
    });
    const sized = await ask(`${url}/`, {
      method: 'POST',
      body: 'abc',
      headers: { 'Content-Length': '3' },
    });
    expect(sized.body).toBe('3 abc');
    const large = await ask(`${url}/`, { method: 'POST', body: 'x'.repeat(500_000) });
    expect(large.body.length).toBeGreaterThan(500_000);
  });

  it('that refuses a stream is asked once more', async () => {
    let asks = 0;
    const { url } = await open((stream) => {
      asks += 1;
      if (asks === 1) stream.close(constants.NGHTTP2_REFUSED_STREAM);
      else {
        stream.respond({ ':status': 200 });
        stream.end('at last');
      }
    });
    const { status, body } = await ask(`${url}/`);
    expect([status, body, asks]).toEqual([200, 'at last', 2]);
    expect(edge.journal.latest(1)[0]?.reasons.map(({ code }) => code)).toContain('retried');
  });

  it('that refuses a POST is not asked again', async () => {
    let asks = 0;
    const { url } = await open((stream) => {
      asks += 1;
      stream.close(constants.NGHTTP2_REFUSED_STREAM);
    });
    expect((await ask(`${url}/`, { method: 'POST', body: 'abc' })).status).toBe(502);
    expect(asks).toBe(1);
  });

  it('that wants HTTP/1.1 is spoken to in it', async () => {
    const { url } = await open(noHttp2, { alsoHttp1: true });
    expect((await ask(`${url}/`)).body).toBe('HTTP/1.1');
    expect((await ask(`${url}/again`)).body).toBe('HTTP/1.1');
  });

  it('that is started anew is asked over another connection', async () => {
    const { url } = await open((stream) => {
      stream.respond({ ':status': 200 });
      stream.end('body');
    });
    await ask(`${url}/`);
    for (const session of sessions) session.destroy();
    expect((await ask(`${url}/`)).body).toBe('body');
    expect(sessions.size).toBe(2);
  });

  it('that ends its connection is asked over another', async () => {
    const { url } = await open((stream) => {
      stream.respond({ ':status': 200 });
      stream.end('body');
    });
    await ask(`${url}/`);
    for (const session of sessions) session.goaway(0);
    for (let count = 0; count < 100 && sessions.size < 2; count += 1)
      expect((await ask(`${url}/`)).body).toBe('body');
    expect(sessions.size).toBe(2);
  });

  it.each([
    {
      what: 'is reset',
      break: (stream: ServerHttp2Stream) => stream.close(constants.NGHTTP2_INTERNAL_ERROR),
    },
    {
      what: 'loses its connection',
      break: (stream: ServerHttp2Stream) => stream.session?.socket.destroy(),
    },
    { what: 'falls silent', break: () => {} },
  ])('whose body $what has its client cut off', async ({ break: breakOff }) => {
    const { url } = await open((stream) => {
      stream.respond({ ':status': 200, 'content-length': '10', 'cache-control': 'max-age=60' });
      stream.write('abc', () => setTimeout(() => breakOff(stream), 50));
    });
    await expect(ask(`${url}/`)).rejects.toThrow(/aborted|socket hang up|terminated/u);
    expect(edge.store.entries({ limit: 1 })).toEqual([]);
  });

  it('that falls silent while its body is not taken is given up once that is taken', async () => {
    await open((stream) => {
      stream.respond({ ':status': 200 });
      // More than is taken ahead, so that its reader holds it back.
      stream.write(Buffer.alloc(80 * 1024));
    });
    const { port } = origin.address() as AddressInfo;
    const upstream = new PoolUpstream(upstreamAddress(`https://localhost:${port}`), {
      tls: { rejectUnauthorized: false },
      timeouts: { bodyIdleMs: 100 },
    });
    let receivedBytes = 0;
    const onReceived = (length: unknown): void => {
      receivedBytes += length as number;
    };
    subscribe('poplet:upstream:received', onReceived);
    const reply = await upstream.ask(
      { method: 'GET', target: '/', lines: ['Host', 'origin.test'] },
      { signal: AbortSignal.timeout(60_000), mayIdle: false },
    );
    const { body } = reply as Extract<UpstreamReply, { kind: 'response' }>;
    await until(() => receivedBytes >= 64 * 1024, 'as much as is taken ahead');
    unsubscribe('poplet:upstream:received', onReceived);
    await sleep(300);
    await expect(buffer(body)).rejects.toThrow('nothing more of the body within 100 ms');
    await upstream.close();
  });

  it.each([
    ['refuses everything', constants.NGHTTP2_INTERNAL_ERROR],
    ['breaks the protocol', constants.NGHTTP2_PROTOCOL_ERROR],
  ])('that %s is a 502', async (_what, code) => {
    const { url } = await open((stream) => stream.close(code));
    expect((await ask(`${url}/`)).status).toBe(502);
  });

  it('lets go of what its client has left', async () => {
    let code: number | undefined;
    const { url } = await open((stream) => {
      stream.respond({ ':status': 200, 'cache-control': 'no-store' });
      stream.write('some of it');
      stream.on('close', () => {
        code = stream.rstCode;
      });
    });
    const response = await head(`${url}/`);
    await once(response, 'data');
    response.destroy();
    await until(() => code !== undefined, 'the end of the stream');
    expect(code).toBe(constants.NGHTTP2_CANCEL);
  });

  it('is held back by a client that takes nothing', async () => {
    let written = 0;
    const { url } = await open((stream) => {
      stream.respond({ ':status': 200, 'cache-control': 'no-store' });
      const chunk = Buffer.alloc(65_536);
      const pump = (): void => {
        while (written < 64 * 1024 * 1024 && stream.write(chunk)) written += chunk.length;
      };
      stream.on('drain', pump);
      pump();
    });
    const response = await head(`${url}/`);
    response.pause();
    let seen = -1;
    await until(() => {
      const hasStopped = written === seen;
      seen = written;
      return hasStopped;
    }, 'back-pressure');
    expect(written).toBeLessThan(32 * 1024 * 1024);
    response.destroy();
  });
});

it('an origin that does not offer HTTP/2 is asked in HTTP/1.1', async () => {
  const versions: string[] = [];
  const server = createServer(SELF_SIGNED, ({ httpVersion }, response) => {
    versions.push(httpVersion);
    response.end('body');
  });
  server.listen(0);
  await once(server, 'listening');
  origin = server;
  const url = await before((server.address() as AddressInfo).port);
  expect((await ask(`${url}/a`)).body).toBe('body');
  expect((await ask(`${url}/b`)).body).toBe('body');
  expect(versions).toEqual(['1.1', '1.1']);
});
