// Plain requests that the lane has no answer to: which are answered on the connection itself, which by node:http.

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { parseResponses } from '@poplet/conformance/raw-http';
import { Rig, type RigOptions } from '../rig.ts';
import type { Answer } from '../test-origin.ts';
import { TlsRig } from '../tls/tls-rig.ts';
import { Wire } from './wire.ts';

/** What node:http tells of every request that it has parsed. */
const PARSED = 'http.server.request.start';

let rig: Rig;
let edgePort = 0;
let parsed: string[] = [];
const count = (message: unknown): void => {
  const { request } = message as { readonly request: IncomingMessage };
  if (request.socket.localPort === edgePort) parsed.push(`${request.method} ${request.url}`);
};
beforeEach(() => {
  parsed = [];
  subscribe(PARSED, count);
});
afterEach(async () => {
  unsubscribe(PARSED, count);
  await rig.close();
});

async function dial(answer: Answer, options: RigOptions = {}): Promise<Wire> {
  rig = await Rig.open(answer, options);
  edgePort = Number(new URL(rig.url).port);
  return await Wire.open(rig.url);
}

function get(path: string, ...lines: readonly string[]): string {
  return [`GET ${path} HTTP/1.1`, 'Host: edge.test', ...lines, '', ''].join('\r\n');
}

/** By path: in chunks, after a hint, late, in two halves, or at once. */
const answer: Answer = (asked, response) => {
  const path = asked.url ?? '';
  const begin = (): ServerResponse =>
    response.writeHead(200, { 'Content-Length': '10', 'Cache-Control': 'max-age=60' });
  if (path.startsWith('/chunks')) {
    response.write('in ');
    response.end('chunks');
  } else if (path.startsWith('/hint')) {
    response.writeEarlyHints({ link: '</a.css>; rel=preload' });
    setTimeout(() => begin().end('0123456789'), 50);
  } else if (path.startsWith('/late')) setTimeout(() => begin().end('0123456789'), 400);
  else if (path.startsWith('/halves')) {
    begin().write('01234');
    setTimeout(() => response.end('56789'), 400);
  } else begin().end('0123456789');
};

describe('is answered on the connection itself', () => {
  it('with the bytes that node:http would write', async () => {
    const wire = await dial(answer);
    const heard = await wire.say(get('/a'), ['GET']);
    const date = /Date: .*/.exec(heard)?.[0];
    expect(heard).toBe(
      [
        'HTTP/1.1 200 OK',
        'Cache-Control: max-age=60',
        date,
        'Cache-Status: poplet;fwd=uri-miss;fwd-status=200;ttl=60;stored;key="default http://edge.test/a";detail=stored',
        'Content-Length: 10',
        'Connection: keep-alive',
        'Keep-Alive: timeout=65',
        '',
        '0123456789',
      ].join('\r\n'),
    );
    expect(parsed).toEqual([]);
    expect(rig.last).toMatchObject({
      outcome: 'miss',
      stored: true,
      bodyBytes: 10,
      complete: true,
    });
  });

  it('one after the other, also where a body comes in pieces', async () => {
    const wire = await dial(answer);
    for (const path of ['/a', '/halves', '/late', '/b', '/halves?2'])
      expect(await wire.say(get(path), ['GET'])).toMatch(/^HTTP\/1\.1 200 OK.*0123456789$/su);
    expect(await wire.say(get('/late?2').replace('GET', 'HEAD'), ['HEAD'])).toMatch(/\r\n\r\n$/u);
    expect(parsed).toEqual([]);
    expect(rig.records.every(({ complete }) => complete)).toBe(true);
  });

  it('over TLS', async () => {
    const tls = await TlsRig.open(answer);
    ({ rig, port: edgePort } = tls);
    const socket = await tls.shakeHands();
    let heard = '';
    socket.on('data', (bytes: Buffer) => {
      heard += bytes.toString('latin1');
    });
    for (const path of ['/a', '/halves', '/b']) {
      heard = '';
      socket.write(get(path));
      await expect.poll(() => heard).toMatch(/^HTTP\/1\.1 200 OK.*0123456789$/su);
    }
    expect(parsed).toEqual([]);
    expect(rig.records.map(({ complete }) => complete)).toEqual([true, true, true]);
    socket.destroy();
  });
});

describe('is given to node:http', () => {
  it('where the connection ends with it: what the edge refuses', async () => {
    const wire = await dial(answer, { limits: { targetBytes: 100 } });
    const path = `/${'x'.repeat(200)}`;
    expect(await wire.say(get(path), ['GET'])).toMatch(/^HTTP\/1\.1 414 /u);
    await wire.closed();
    expect(parsed).toEqual([`GET ${path}`]);
  });

  it.each([
    ['in chunks', '/chunks', 'HTTP/1.1 200 OK'],
    ['with interim responses', '/hint', 'HTTP/1.1 103 Early Hints'],
  ])('where it is answered %s; the next one is not', async (_how, path, first) => {
    const wire = await dial(answer);
    expect(await wire.say(get(path), ['GET'])).toMatch(first);
    expect(parsed).toEqual([`GET ${path}`]);
    expect(await wire.say(get('/a'), ['GET'])).toMatch(/^HTTP\/1\.1 200 OK.*0123456789$/su);
    expect(parsed).toHaveLength(1);
    expect(rig.origin.asked).toEqual([`GET ${path}`, 'GET /a']);
  });

  it('with those that do not wait for its answer, each asked for once', async () => {
    const wire = await dial(answer);
    const paths = ['/late', '/a', '/chunks', '/halves'];
    const heard = await wire.say(
      paths.map((path) => get(path)).join(''),
      paths.map(() => 'GET'),
    );
    expect(heard.match(/200 OK/gu)).toHaveLength(4);
    expect(parsed).toEqual(paths.map((path) => `GET ${path}`));
    expect(rig.origin.asked.toSorted()).toEqual(paths.map((path) => `GET ${path}`).toSorted());
  });

  it('where one comes that does not wait, in a packet of its own', async () => {
    const wire = await dial(answer);
    wire.socket.write(get('/late'));
    await expect.poll(() => rig.origin.asked).toEqual(['GET /late']);
    const heard = await wire.say(get('/a'), ['GET', 'GET']);
    expect(heard.match(/200 OK/gu)).toHaveLength(2);
    expect(parsed).toEqual(['GET /late', 'GET /a']);
    expect(rig.origin.asked).toEqual(['GET /late', 'GET /a']);
  });

  it('where its client sends no more, and the connection ends behind the answer', async () => {
    const wire = await dial(answer);
    await wire.say(get('/a'), ['GET']);
    wire.socket.end(get('/late'));
    const heard = await wire.hear(['GET']);
    expect(heard).toMatch(/0123456789$/u);
    await wire.closed();
    expect(rig.last.complete).toBe(true);
  });
});

describe('a client in the lane', () => {
  it('that sends no more while it gets its answer still gets all of it, then the end', async () => {
    const wire = await dial(answer);
    // From then on node:http has the connection, and would end it.
    await wire.say(get('/chunks'), ['GET']);
    wire.socket.write(get('/halves'));
    await expect.poll(() => wire.received).toMatch(/01234$/u);
    wire.socket.end();
    expect(await wire.hear(['GET'])).toMatch(/0123456789$/u);
    await wire.closed();
    expect(parsed).toEqual(['GET /chunks']);
    expect(rig.last).toMatchObject({ complete: true, bodyBytes: 10 });
  });

  it('that asks again within its answer gets both, in their order', async () => {
    const wire = await dial(answer);
    wire.socket.write(get('/halves'));
    await expect.poll(() => wire.received).toMatch(/01234$/u);
    const heard = await wire.say(get('/b') + get('/halves'), ['GET', 'GET', 'GET']);
    expect(heard.match(/200 OK/gu)).toHaveLength(3);
    expect(heard.match(/Cache-Status: poplet;(?:hit|fwd=uri-miss)/gu)).toEqual([
      'Cache-Status: poplet;fwd=uri-miss',
      'Cache-Status: poplet;fwd=uri-miss',
      'Cache-Status: poplet;hit',
    ]);
  });

  it('that leaves while it waits is in the journal, and nobody asks on for it', async () => {
    let isAborted = false;
    const wire = await dial((asked, response) => {
      response.on('close', () => {
        isAborted = !response.writableFinished;
      });
      if (asked.url === '/a') response.end();
    });
    wire.socket.write(get('/never', 'Authorization: Basic eDp5', 'Cache-Control: no-store'));
    await expect.poll(() => rig.origin.asked).toHaveLength(1);
    wire.socket.resetAndDestroy();
    await expect.poll(() => rig.records.length).toBe(1);
    expect(rig.last).toMatchObject({ status: 499, complete: false });
    expect(rig.lastReasons.at(-1)).toBe('client-gone');
    await expect.poll(() => isAborted).toBe(true);
    expect(rig.edge.connections).toBe(0);
  });

  it('that leaves within its answer, with more asked for, is seen to leave', async () => {
    let isAborted = false;
    const wire = await dial((_asked, response) => {
      response.on('close', () => {
        isAborted = true;
      });
      response.writeHead(200, { 'Content-Length': '10', 'Cache-Control': 'no-store' });
      response.write('01234');
    });
    wire.socket.write(get('/a'));
    await expect.poll(() => wire.received).toMatch(/01234$/u);
    wire.socket.write(get('/b'));
    await sleep(100);
    wire.socket.resetAndDestroy();
    await expect.poll(() => rig.records.length, { timeout: 5000 }).toBe(1);
    expect(rig.lastReasons.at(-1)).toBe('client-gone');
    await expect.poll(() => isAborted).toBe(true);
    expect(rig.origin.asked).toEqual(['GET /a']);
  });

  it('that sends no more behind requests that are answered at once gets all answers', async () => {
    const wire = await dial(answer);
    wire.socket.write(get('/halves'));
    await expect.poll(() => wire.received).toMatch(/01234$/u);
    const loop = get('/loop', `CDN-Loop: ${rig.edge.sites[0]?.cdnInfo}`);
    wire.socket.end(loop + get('/a') + loop + get('/b'));
    const heard = await wire.hear(['GET', 'GET', 'GET', 'GET', 'GET']);
    expect(heard.match(/(?<=HTTP\/1\.1 )\d{3}/gu)).toEqual(['200', '508', '200', '508', '200']);
    await wire.closed();
  });

  it('that sends no more behind requests gets all answers, also where they are not taken at once', async () => {
    const big = Buffer.alloc(900_000, 'x');
    const wire = await dial((asked, response) => {
      if (asked.url !== '/big') answer(asked, response);
      else
        response
          .writeHead(200, { 'Content-Length': big.length, 'Cache-Control': 'max-age=60' })
          .end(big);
    });
    await wire.say(get('/big'), ['GET']);
    await wire.say(get('/a'), ['GET']);
    wire.socket.write(get('/halves'));
    await expect.poll(() => wire.received).toMatch(/01234$/u);
    wire.socket.pause();
    wire.socket.end(get('/big').repeat(12) + get('/a'));
    await expect.poll(() => rig.records.length).toBeGreaterThan(3);
    wire.socket.resume();
    await wire.closed();
    const methods = Array.from({ length: 14 }, () => 'GET');
    const { responses } = parseResponses(Buffer.from(wire.received, 'latin1'), methods);
    expect(responses.filter(({ isComplete }) => isComplete)).toHaveLength(14);
    expect(rig.records.every(({ complete }) => complete)).toBe(true);
  });

  it.each([
    ['hits', get('/a') + get('/b')],
    ['a hit and a miss', get('/a') + get('/c')],
    ['a hit and what node:http reads', `${get('/a')}${get('/b').replace('GET', 'DELETE')}`],
  ])('that sends no more over TLS behind %s gets all answers', async (_, requests) => {
    const tls = await TlsRig.open(answer);
    ({ rig, port: edgePort } = tls);
    const talk = async (text: string): Promise<string> => {
      const socket = await tls.shakeHands();
      socket.end(text);
      return await textOf(socket);
    };
    await talk(get('/a'));
    await talk(get('/b'));
    const heard = await talk(requests);
    expect(heard.match(/HTTP\/1\.1 200 OK/gu)).toHaveLength(2);
    await expect.poll(() => rig.records.length).toBe(4);
    expect(rig.records.every(({ complete }) => complete)).toBe(true);
  });

  it('that takes nothing is cut in time', async () => {
    const body = Buffer.alloc(30_000_000);
    const wire = await dial(
      (_asked, response) =>
        void response.writeHead(200, { 'Content-Length': body.length }).end(body),
      { limits: { writeTimeoutMs: 1000 } },
    );
    wire.socket.pause();
    wire.socket.write(get('/a'));
    await expect.poll(() => rig.records.length).toBe(1);
    expect(rig.lastReasons.at(-1)).toBe('client-stalled');
    expect(parsed).toEqual([]);
  });

  it('may wait for longer than connections are kept between requests', async () => {
    const wire = await dial(answer, { limits: { keepAliveTimeoutMs: 100 } });
    // Also behind an answer of node:http, which keeps the time itself.
    for (const path of ['/late', '/chunks']) await wire.say(get(path), ['GET']);
    await sleep(20);
    expect(await wire.say(get('/late?2'), ['GET'])).toMatch(/0123456789$/u);
    expect(parsed).toEqual(['GET /chunks']);
    // The silence behind it counts again.
    await wire.closed();
  });

  it('gets an end, and no answer that looks whole, where the origin breaks off', async () => {
    const wire = await dial((_asked, response) => {
      response.writeHead(200, { 'Content-Length': '10' }).write('01234');
      setTimeout(() => response.destroy(), 50);
    });
    expect(await wire.say(get('/a'), ['GET'])).toMatch(/\r\n\r\n01234$/u);
    await wire.closed();
    expect(rig.last.complete).toBe(false);
  });

  it('is let go when the edge closes', async () => {
    const wire = await dial(() => {});
    wire.socket.write(get('/never'));
    await expect.poll(() => rig.origin.asked).toHaveLength(1);
    await rig.edge.close();
    await wire.closed();
    expect(rig.last.complete).toBe(false);
    expect(rig.lastReasons.at(-1)).toBe('edge-closed');
  });
});
