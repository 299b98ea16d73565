// Clients that ask for too much at once, or send too much: what they are told, what is recorded, and that
// nothing of them stays.

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';

import { Rig, until } from '../rig.ts';
import { text, type Answer } from '../test-origin.ts';

let rig: Rig;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await rig.close();
});

/** A connection to the edge, and all that comes over it. */
function dial(bytes: string): { readonly socket: Socket; heard: string } {
  const wire = { socket: connect(Number(new URL(rig.url).port), '127.0.0.1'), heard: '' };
  sockets.push(wire.socket);
  wire.socket.on('error', () => {});
  wire.socket.on('data', (chunk) => {
    wire.heard += chunk.toString('latin1');
  });
  wire.socket.write(bytes, 'latin1');
  return wire;
}

function get(path: string, ...lines: readonly string[]): string {
  return [`GET ${path} HTTP/1.1`, 'Host: edge.test', ...lines, '', ''].join('\r\n');
}

function paths(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `/${index}`);
}

const OWN = 'no-store';

/** Answers each with its path, when released. */
function held(): { readonly answer: Answer; readonly release: () => void } {
  const waiting: (() => void)[] = [];
  let isOpen = false;
  return {
    answer: (request, response) => {
      const send = (): void => text(`for ${request.url}.`, 'Cache-Control', OWN)(request, response);
      if (isOpen) send();
      else waiting.push(send);
    },
    release: () => {
      isOpen = true;
      for (const send of waiting.splice(0)) send();
    },
  };
}

describe('requests that do not wait for answers', () => {
  it('are answered in order, no more than so many at once', async () => {
    const { answer, release } = held();
    rig = await Rig.open(answer, { limits: { pipelined: 4 } });
    const wire = dial(
      paths(40)
        .map((path) => get(path))
        .join(''),
    );
    await until(() => rig.origin.asked.length === 4, 'four are asked for');
    await sleep(100);
    expect(rig.origin.asked).toEqual(['GET /0', 'GET /1', 'GET /2', 'GET /3']);
    release();
    await until(() => wire.heard.includes('for /39.'), 'all are answered');
    expect(wire.heard.match(/for \/\d+/g)).toEqual(paths(40).map((path) => `for ${path}`));
    // The connection is read again.
    wire.socket.write(get('/more'));
    await until(() => wire.heard.includes('for /more.'), 'one more is answered');
  });

  it('are answered one after the other where one of them changes something (RFC 9112 §9.3.2)', async () => {
    const { answer, release } = held();
    rig = await Rig.open(answer);
    const wire = dial(
      [
        get('/before'),
        'POST /change HTTP/1.1\r\nHost: edge.test\r\nContent-Length: 1\r\n\r\nx',
        get('/after'),
        get('/last'),
      ].join(''),
    );
    await until(() => rig.origin.asked.length === 1, 'the first is asked for');
    await sleep(100);
    expect(rig.origin.asked).toEqual(['GET /before']);
    const order: string[] = [];
    rig.origin.answer = (request, response) => {
      order.push(`asked ${request.url}`);
      setTimeout(() => {
        order.push(`answered ${request.url}`);
        answer(request, response);
      }, 100);
    };
    release();
    await until(() => wire.heard.includes('for /last.'), 'all are answered');
    expect(wire.heard.match(/for \/\w+/g)).toEqual([
      'for /before',
      'for /change',
      'for /after',
      'for /last',
    ]);
    expect(order.slice(0, 2)).toEqual(['asked /change', 'answered /change']);
  });

  it('in thousands are answered up to a bound; then the connection ends', async () => {
    rig = await Rig.open(text('fine', 'Cache-Control', 'max-age=60'));
    await rig.ask('/a', { headers: { host: 'edge.test' } });
    const { socket } = dial(get('/a').repeat(20_000));
    // It is closed, or reset for what lies unread behind the last that is answered.
    await new Promise((resolve) => {
      socket.on('close', resolve);
    });
    await until(() => rig.edge.tasks.running === 0, 'all is over');
    // A thousand wait at most, beside those that were answered before there were so many.
    expect(rig.records.length).toBeGreaterThan(1000);
    expect(rig.records.length).toBeLessThan(19_000);
    expect((await rig.ask('/a', { headers: { host: 'edge.test' } })).body).toBe('fine');
  });

  it('leave nothing behind when their client goes', async () => {
    rig = await Rig.open(() => {}, { limits: { pipelined: 4 } });
    const before = rig.edge.tasks.running;
    const wire = dial(
      paths(20)
        .map((path) => get(path, 'Cache-Control: no-store'))
        .join(''),
    );
    await until(() => rig.origin.asked.length === 4, 'four are asked for');
    wire.socket.destroy();
    await until(() => rig.edge.flights === 0 && rig.edge.tasks.running === before, 'all is over');
    await until(() => rig.records.length === 4, 'they are recorded');
    expect(rig.records.map(({ status }) => status)).toEqual([499, 499, 499, 499]);
    expect(rig.origin.asked.length).toBe(4);
    await until(() => rig.origin.aborted === 4, 'the origin is let go');
  });
});

describe('many connections on which requests wait', () => {
  it('are cut where more wait than the edge answers at once', async () => {
    rig = await Rig.open(() => {}, { limits: { pipelined: 1, exchanges: 50 } });
    const [patient, greedy] = [30, 60].map((count) =>
      dial(get('/a', 'Cache-Control: no-store').repeat(count)),
    );
    if (patient === undefined || greedy === undefined) throw new Error('no wires');
    await once(greedy.socket, 'close');
    await until(() => rig.records.length === 2, 'it is recorded');
    const refused = rig.records.find(({ status }) => status === 503);
    expect(refused).toMatchObject({ method: 'GET', url: '/a', complete: false });
    expect(refused?.reasons.map(({ code }) => code)).toEqual(['too-many-exchanges']);
    expect(patient.socket.destroyed).toBe(false);
    // There is room again.
    const next = dial(get('/next', 'Cache-Control: no-store').repeat(15));
    await until(() => rig.origin.asked.includes('GET /next'), 'the next is asked for');
    expect(next.socket.destroyed).toBe(false);
  });
});

describe('clients that leave before there is an answer', () => {
  it('have so much fetched for the store, and no more', async () => {
    rig = await Rig.open(() => {}, { limits: { exchanges: 3 } });
    for (const path of paths(6)) {
      const before = rig.records.length;
      const { socket } = dial(get(path));
      await until(() => rig.origin.asked.includes(`GET ${path}`), 'it is asked for');
      socket.resetAndDestroy();
      await until(() => rig.records.length > before, 'it is recorded');
    }
    await until(() => rig.origin.aborted === 3, 'the origin is let go');
    expect(rig.edge.flights).toBe(3);
  });
});

describe('content that is too large', () => {
  const POST = 'POST /a HTTP/1.1\r\nHost: edge.test\r\n';
  const echo: Answer = (request, response) => request.pipe(response);

  it('and says so beforehand is refused unread: 413', async () => {
    rig = await Rig.open(echo, { limits: { contentBytes: 1000 } });
    const wire = dial(`${POST}Content-Length: 1001\r\n\r\n`);
    await once(wire.socket, 'close');
    expect(wire.heard).toMatch(/^HTTP\/1\.1 413 /);
    expect(wire.heard).toContain('the content of the request is over 1000 bytes');
    expect(rig.origin.asked).toEqual([]);
    expect(rig.last).toMatchObject({ status: 413, method: 'POST', url: 'http://edge.test/a' });
    expect(rig.lastReasons).toEqual(['content-too-large']);
  });

  it('and comes in chunks is cut off there: 413, never a whole request for the origin', async () => {
    let received = 0;
    let whole = 0;
    rig = await Rig.open(
      (request) => {
        request.on('data', (chunk: Buffer) => {
          received += chunk.length;
        });
        request.on('end', () => {
          whole += 1;
        });
      },
      { limits: { contentBytes: 1000 } },
    );
    const chunk = `1f4\r\n${'x'.repeat(500)}\r\n`;
    const wire = dial(`${POST}Transfer-Encoding: chunked\r\n\r\n${chunk}`);
    await until(() => received === 500, 'the first chunk has arrived');
    wire.socket.write(chunk);
    await until(() => received === 1000, 'the second, too');
    wire.socket.write(chunk);
    await until(() => wire.heard !== '', 'it is answered');
    expect(wire.heard).toMatch(/^HTTP\/1\.1 413 /);
    await until(() => rig.records.length === 1, 'it is recorded');
    expect(rig.last).toMatchObject({ status: 413, askedUpstream: true });
    expect(rig.lastReasons.at(-1)).toBe('content-too-large');
    await until(() => rig.origin.aborted === 1, 'the origin is let go');
    expect([received, whole]).toEqual([1000, 0]);
  });

  it.for([
    ['at the limit', 1000, 1000],
    ['without a limit', 0, 3_000_000],
  ] as const)('is none %s', async ([, contentBytes, bytes]) => {
    rig = await Rig.open(echo, { limits: { contentBytes } });
    for (const headers of [{}, { 'transfer-encoding': 'chunked' }]) {
      const { status, body } = await rig.ask('/', {
        method: 'POST',
        body: 'x'.repeat(bytes),
        headers,
      });
      expect([status, body.length]).toEqual([200, bytes]);
    }
  });
});

describe('a request that does not come in time', () => {
  it('has one record: 408 and why', async () => {
    rig = await Rig.open(() => {}, { limits: { headersTimeoutMs: 400, requestTimeoutMs: 800 } });
    const body = dial('POST /body HTTP/1.1\r\nHost: edge.test\r\nContent-Length: 9\r\n\r\nslow');
    await until(() => rig.origin.asked.length === 1, 'the first is sent on');
    const head = dial('GET /head HTTP/1.1\r\nHost:');
    await until(() => body.heard !== '' && head.heard !== '', 'both are told');
    expect([body.heard, head.heard].map((heard) => heard.slice(0, 12))).toEqual([
      'HTTP/1.1 408',
      'HTTP/1.1 408',
    ]);
    await until(() => rig.records.length === 2, 'both are recorded');
    await rig.edge.tasks.idle();
    const records = rig.records.map(({ status, method, reasons }) => [
      status,
      method,
      reasons.at(-1)?.code,
    ]);
    expect(new Set(records.map(String))).toEqual(
      new Set(['408,POST,request-timeout', '408,,request-timeout']),
    );
    await until(() => rig.origin.aborted === 1, 'the origin is let go');
  });
});

describe('more requests than are answered at once', () => {
  it('are refused with 503, and may come again in a moment', async () => {
    const { answer, release } = held();
    rig = await Rig.open(answer, { limits: { exchanges: 2 } });
    const first = paths(2).map((path) => dial(get(path)));
    await until(() => rig.origin.asked.length === 2, 'two are asked for');
    const refused = await rig.ask('/third');
    expect([refused.status, refused.headers['retry-after']]).toEqual([503, '1']);
    expect(refused.body).toContain('more than 2 requests are being answered');
    expect(rig.lastReasons).toEqual(['too-many-exchanges']);
    release();
    await until(() => first.every(({ heard }) => heard.includes('for /')), 'they are answered');
    await until(() => rig.records.length === 3, 'they are recorded');
    expect((await rig.ask('/third')).body).toBe('for /third.');
  });
});
