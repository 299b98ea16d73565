// What the upstream is asked, what is made of its answers, and of its failures.

import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';

import { afterEach, describe, expect, it } from 'vitest';

import { createEdge } from '../../src/index.ts';
import { ask } from '../test-client.ts';
import { Rig, until } from '../rig.ts';
import { SELF_SIGNED } from '@poplet/conformance/self-signed';
import { text } from '../test-origin.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function open(...options: Parameters<typeof Rig.open>): Promise<Rig> {
  const rig = await Rig.open(...options);
  closing.push(() => rig.close());
  return rig;
}

/** A server that handles raw connections; resolves to its address. */
async function rawServer(onConnection: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    onConnection(socket);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  closing.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** An edge before any address. */
async function edgeBefore(
  url: string,
): Promise<{ readonly url: string; readonly edge: ReturnType<typeof createEdge> }> {
  const edge = createEdge({
    sites: [{ upstream: { url, timeouts: { connectMs: 500, headMs: 1000 } } }],
  });
  closing.push(() => edge.close());
  return { edge, url: (await edge.listen({ port: 0 })).url };
}

const FINE = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine';

describe('the request', () => {
  it('keeps its field lines: order, case, duplicates', async () => {
    let heard = '';
    const url = await rawServer((socket) => {
      socket.on('data', (chunk) => {
        heard += chunk.toString('latin1');
        socket.write(FINE);
      });
    });
    const edge = await edgeBefore(url);
    await ask(`${edge.url}/a?b=%20c`, {
      headers: ['Host', 'www.test:80', 'X-B', '1', 'x-a', '2', 'X-B', '3'],
    });
    const [requestLine, ...lines] = heard.split('\r\n');
    expect(requestLine).toBe('GET /a?b=%20c HTTP/1.1');
    expect(lines.filter((line) => /^x-[ab]:/i.test(line))).toEqual(['X-B: 1', 'x-a: 2', 'X-B: 3']);
    expect(lines.filter((line) => /^host:/i.test(line))).toEqual([`host: ${new URL(url).host}`]);
    expect(lines).toContain('X-Forwarded-Host: www.test');
    expect(lines).toContain('Via: 1.1 poplet');
  });

  it('carries the viewer’s Host where the site says so', async () => {
    const rig = await open(text('fine'), { site: { hostHeader: 'viewer' } });
    await rig.ask('/', { headers: { host: 'www.test' } });
    expect(rig.origin.headers[0]?.host).toBe('www.test');
  });

  it.for([
    { framing: 'Content-Length', headers: { 'content-length': '200000' } },
    { framing: 'chunks', headers: { 'transfer-encoding': 'chunked' } },
  ])('carries its content, framed by $framing', async ({ headers }) => {
    const rig = await open((request, response) => {
      let content = '';
      request.setEncoding('utf8').on('data', (chunk: string) => {
        content += chunk;
      });
      request.on('end', () =>
        response.end(`${request.headers['content-length']}:${content.length}`),
      );
    });
    const { body } = await rig.ask('/form', { method: 'POST', headers, body: 'x'.repeat(200_000) });
    expect(body).toBe('content-length' in headers ? '200000:200000' : 'undefined:200000');
  });

  it('counts down Max-Forwards, and answers for itself at 0', async () => {
    const rig = await open((request, response) => response.end(request.headers['max-forwards']));
    expect(
      (await rig.ask('/a', { method: 'OPTIONS', headers: { 'max-forwards': '3' } })).body,
    ).toBe('2');
    expect(
      (await rig.ask('/a', { method: 'OPTIONS', headers: { 'max-forwards': '0' } })).status,
    ).toBe(204);
    expect(rig.origin.asked).toEqual(['OPTIONS /a']);
  });
});

describe('the response', () => {
  it('keeps its field lines: order, case, duplicates, bytes beyond ASCII', async () => {
    const url = await rawServer((socket) => {
      socket.on('data', () => {
        socket.write(
          Buffer.from(
            'HTTP/1.1 200 Fine by me\r\nX-B: 1\r\nset-cookie: a=1\r\nx-a: gr\xfcn\r\nSet-Cookie: b=2\r\nContent-Length: 4\r\n' +
              'Content-Disposition: attachment; filename="gr\xc3\xbcn"\r\n\r\nfine',
            'latin1',
          ),
        );
      });
    });
    const edge = await edgeBefore(url);
    const { rawHeaders, body } = await ask(edge.url);
    expect(body).toBe('fine');
    expect(rawHeaders.slice(0, 10)).toEqual([
      'X-B',
      '1',
      'set-cookie',
      'a=1',
      'x-a',
      'gr\xfcn',
      'Set-Cookie',
      'b=2',
      'Content-Disposition',
      'attachment; filename="gr\xc3\xbcn"',
    ]);
    expect(rawHeaders.filter((name) => name === 'Date').length).toBe(1);
    expect(rawHeaders.filter((name) => name.toLowerCase() === 'content-length').length).toBe(1);
  });

  it('is not decoded for who accepts its coding', async () => {
    const rig = await open(text('not really gzip', 'Content-Encoding', 'gzip'));
    const { body, headers } = await rig.ask('/a', { headers: { 'accept-encoding': 'gzip' } });
    expect({ body, coding: headers['content-encoding'] }).toEqual({
      body: 'not really gzip',
      coding: 'gzip',
    });
  });

  it('that redirects is passed on; to the upstream’s own address, it is turned to the edge’s', async () => {
    const rig = await open((request, response) => {
      response.writeHead(302, {
        location:
          request.url === '/own'
            ? `http://${request.headers.host}/login?x=1`
            : 'http://elsewhere.test/',
      });
      response.end();
    });
    expect((await rig.ask('/own')).headers.location).toBe(`${rig.url}/login?x=1`);
    expect(rig.lastReasons).toContain('location-rewritten');
    const other = await rig.ask('/other');
    expect([other.status, other.headers.location]).toEqual([302, 'http://elsewhere.test/']);
    expect(rig.origin.asked.length).toBe(2);
  });

  it('without a body has none', async () => {
    const rig = await open((request, response) => {
      response.writeHead(Number(request.url?.slice(1)), { etag: '"1"' }).end();
    });
    for (const status of [204, 304]) {
      const received = await rig.ask(`/${status}`, {
        headers: { 'if-none-match': '"1"', 'cache-control': 'no-store' },
      });
      expect([received.status, received.body, received.headers['transfer-encoding']]).toEqual([
        status,
        '',
        undefined,
      ]);
    }
  });
});

describe('a failure', () => {
  it('to connect: 502 that says so', async () => {
    const { url, edge } = await edgeBefore('http://127.0.0.1:1');
    const { status, body } = await ask(url);
    expect(status).toBe(502);
    expect(body).toBe(
      'poplet: 502 Bad Gateway\n- nothing is stored for this URL\n- no answer from the origin: nothing listens at http://127.0.0.1:1 (refused)\n',
    );
    expect(edge.journal.latest(1)[0]).toMatchObject({
      outcome: 'error',
      status: 502,
      upstreamStatus: null,
      askedUpstream: true,
    });
  });

  it('to resolve the name: 502 that says so', async () => {
    const { url } = await edgeBefore('http://nowhere.invalid');
    const { status, body } = await ask(url);
    expect(status).toBe(502);
    expect(body).toContain('the name in http://nowhere.invalid cannot be resolved');
  });

  it('to answer in time: 504', async () => {
    const { url } = await edgeBefore(await rawServer(() => {}));
    const { status, body } = await ask(url);
    expect(status).toBe(504);
    expect(body).toContain('no response within 1000 ms');
  });
});

describe('a connection that was used before and ends without an answer', () => {
  /** Answers the first request of each connection, and ends the connection at the second. */
  async function fickle(): Promise<{ readonly url: string; readonly heard: string[] }> {
    const heard: string[] = [];
    const url = await rawServer((socket) => {
      let requests = 0;
      socket.on('data', (chunk) => {
        heard.push(/^\w+ \S+/.exec(chunk.toString('latin1'))?.[0] ?? '');
        requests += 1;
        if (requests === 1) socket.write(FINE);
        else socket.destroy();
      });
    });
    return { url, heard };
  }

  it('is replaced once for an idempotent request', async () => {
    const { url, heard } = await fickle();
    const { url: edgeUrl, edge } = await edgeBefore(url);
    expect((await ask(`${edgeUrl}/1`)).body).toBe('fine');
    expect((await ask(`${edgeUrl}/2`)).body).toBe('fine');
    expect(heard).toEqual(['GET /1', 'GET /2', 'GET /2']);
    const [first, second] = edge.journal.latest(2);
    expect(first?.reasons.map(({ code }) => code)).not.toContain('retried');
    expect(second?.reasons.map(({ code }) => code)).toContain('retried');
  });

  it('is an error for a POST', async () => {
    const { url, heard } = await fickle();
    const { url: edgeUrl } = await edgeBefore(url);
    await ask(`${edgeUrl}/1`);
    expect((await ask(`${edgeUrl}/2`, { method: 'POST', body: 'x' })).status).toBe(502);
    expect(heard.filter((line) => line.startsWith('POST'))).toEqual(['POST /2']);
  });

  it('is an error on a new connection: nothing is asked twice', async () => {
    const heard: string[] = [];
    const url = await rawServer((socket) => {
      socket.on('data', (chunk) => {
        heard.push(chunk.toString('latin1').split(' ')[0] as string);
        socket.destroy();
      });
    });
    const { url: edgeUrl } = await edgeBefore(url);
    expect((await ask(edgeUrl)).status).toBe(502);
    expect(heard).toEqual(['GET']);
  });
});

describe('an in-process handler', () => {
  it('is asked over a socket of its own, with bodies, trailers and aborts', async () => {
    const begun: string[] = [];
    let closed = 0;
    const edge = createEdge({
      sites: [
        {
          upstream: {
            handler: (request, response) => {
              begun.push(request.url ?? '');
              response.on('close', () => {
                closed += 1;
              });
              if (request.url === '/endless') response.write('and so on');
              else request.pipe(response);
            },
          },
        },
      ],
    });
    closing.push(() => edge.close());
    const { url } = await edge.listen({ port: 0 });
    expect((await ask(url, { method: 'POST', body: 'echo' })).body).toBe('echo');
    expect(edge.sites[0]?.upstreamUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const abort = new AbortController();
    const endless = ask(`${url}/endless`, {
      signal: abort.signal,
      headers: { 'cache-control': 'no-store' },
    });
    await until(() => begun.includes('/endless') && edge.flights === 0, 'the head is passed on');
    abort.abort();
    await expect(endless).rejects.toThrow('aborted');
    await until(() => closed === 2, 'the handler is told');
  });

  it('that throws, or rejects, is a 502 for that client and a fault that is reported', async () => {
    const faults: string[] = [];
    const edge = createEdge({
      sites: [
        {
          upstream: {
            handler: (request) => {
              if (request.url === '/throws') throw new Error('thrown');
              return Promise.reject(new Error('rejected'));
            },
          },
        },
      ],
      onFault: (where, error) => faults.push(`${where}: ${String(error)}`),
    });
    closing.push(() => edge.close());
    const { url } = await edge.listen({ port: 0 });
    expect((await ask(`${url}/throws`)).status).toBe(502);
    expect((await ask(`${url}/rejects`)).status).toBe(502);
    expect(faults).toEqual([
      'upstream handler: Error: thrown',
      'upstream handler: Error: rejected',
    ]);
  });
});

describe('an upstream over TLS', () => {
  async function tlsServer(): Promise<string> {
    const server = createTlsServer(SELF_SIGNED, (request, response) => {
      response.end(`${request.headers.host} ${(request.socket as TLSSocket).alpnProtocol}`);
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    closing.push(async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    });
    return `https://localhost:${(server.address() as AddressInfo).port}`;
  }

  it('that nobody vouches for is refused, and says so', async () => {
    const { url } = await edgeBefore(await tlsServer());
    const { status, body } = await ask(url);
    expect(status).toBe(502);
    expect(body).toMatch(/TLS: self-signed certificate \(DEPTH_ZERO_SELF_SIGNED_CERT\)/);
  });

  it('is asked all the same where the options allow it, in HTTP/1.1', async () => {
    const upstream = await tlsServer();
    const edge = createEdge({
      sites: [{ upstream: { url: upstream, tls: { rejectUnauthorized: false } } }],
    });
    closing.push(() => edge.close());
    const { url } = await edge.listen({ port: 0 });
    const { status, body } = await ask(url);
    expect(status).toBe(200);
    expect(body).toMatch(/^localhost:\d+ (?:http\/1\.1|false)$/);
  });
});
