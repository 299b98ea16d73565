// Bodies while they are under way: passed on at once, held back by who reads them, never silently short.

import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createMemoryStore } from '@poplet/store';
import { afterEach, describe, expect, it } from 'vitest';

import { Rig, until } from '../rig.ts';
import type { Asking } from '../test-client.ts';
import { text } from '../test-origin.ts';

let rig: Rig;
afterEach(() => rig.close());

const MIB = 1024 * 1024;

describe('a stream of unknown length', () => {
  it('passes on its head and each piece at once', async () => {
    let stream: ServerResponse | undefined;
    rig = await Rig.open((_request, response) => {
      response
        .writeHead(200, ['Content-Type', 'text/event-stream', 'Cache-Control', 'no-store'])
        .flushHeaders();
      stream = response;
    });
    const incoming = await rig.head('/events', { headers: { accept: 'text/event-stream' } });
    expect(incoming.headers['content-type']).toBe('text/event-stream');
    const pieces: string[] = [];
    incoming.setEncoding('utf8').on('data', (piece: string) => pieces.push(piece));
    for (const piece of ['data: 1\n\n', 'data: 2\n\n', 'data: 3\n\n']) {
      const before = pieces.length;
      stream?.write(piece);
      await until(() => pieces.length > before, `${piece} arrives`);
    }
    expect(pieces).toEqual(['data: 1\n\n', 'data: 2\n\n', 'data: 3\n\n']);
    incoming.destroy();
    await until(() => rig.origin.aborted === 1, 'the origin is let go');
    await until(() => rig.records.length === 1, 'it is recorded');
    expect(rig.last).toMatchObject({ outcome: 'bypass', complete: false, bodyBytes: 27 });
  });

  it('may be silent when it is one of events, and only then', async () => {
    rig = await Rig.open(
      (_request, response) => {
        response.writeHead(200, ['Cache-Control', 'no-store']);
        response.write('a little');
        setTimeout(() => response.end(' and more'), 3000);
      },
      { upstream: { timeouts: { bodyIdleMs: 1000 } } },
    );
    const events = rig.ask('/events', { headers: { accept: 'text/event-stream' } });
    const plain = rig.ask('/plain');
    await expect(plain).rejects.toThrow('aborted');
    expect((await events).body).toBe('a little and more');
  });

  it('is stored when it turns out to be whole', async () => {
    rig = await Rig.open((_request, response) => {
      response.writeHead(200, ['Cache-Control', 'max-age=60']);
      response.write('one ');
      setTimeout(() => response.end('two'), 20);
    });
    expect((await rig.ask('/a')).headers['transfer-encoding']).toBe('chunked');
    const again = await rig.ask('/a');
    expect(again.body).toBe('one two');
    expect(again.headers).toMatchObject({ 'content-length': '7', age: '0' });
  });
});

describe('back-pressure', () => {
  it('reaches the origin through a client that does not read', async () => {
    let written = 0;
    rig = await Rig.open((_request, response) => {
      response.writeHead(200, ['Cache-Control', 'no-store']);
      const chunk = Buffer.alloc(MIB);
      const go = (): void => {
        while (written < 120 && !response.destroyed) {
          written += 1;
          if (!response.write(chunk)) {
            response.once('drain', go);
            return;
          }
        }
        response.end();
      };
      go();
    });
    const incoming = await rig.head('/large');
    let stalledAt = -1;
    while (written !== stalledAt) {
      stalledAt = written;
      await sleep(300);
    }
    // Buffers of four sockets and of the edge lie between; not the 120 MiB.
    expect(stalledAt).toBeLessThan(60);
    let bytes = 0;
    for await (const chunk of incoming) bytes += (chunk as Buffer).length;
    expect(bytes).toBe(120 * MIB);
  });

  it('reaches a client through an origin that does not read', async () => {
    rig = await Rig.open((request, response) => {
      let bytes = 0;
      setTimeout(() => {
        request.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
        });
        request.on('end', () => response.end(String(bytes)));
      }, 100);
    });
    const { body } = await rig.ask('/upload', { method: 'POST', body: 'x'.repeat(20 * MIB) });
    expect(body).toBe(String(20 * MIB));
  });
});

describe('a body that ends before its time', () => {
  it('takes the connection of an HTTP/1.1 client with it', async () => {
    rig = await Rig.open((_request, response) => {
      response.writeHead(200, ['Content-Length', '100', 'Cache-Control', 'max-age=60']);
      response.write('short');
      setTimeout(() => response.destroy(), 20);
    });
    await expect(rig.ask('/a')).rejects.toThrow('aborted');
    await until(() => rig.records.length === 1, 'it is recorded');
    expect(rig.edge.store.stats().entries).toBe(0);
    expect(rig.last).toMatchObject({ status: 200, bodyBytes: 5, complete: false, stored: false });
    expect(rig.lastReasons).toEqual(['nothing-stored', 'not-stored-cut-off', 'answer-cut-off']);
  });
});

describe('a body too large to keep', () => {
  it('is passed on whole, to the one who asked', async () => {
    rig = await Rig.open(
      (_request, response) => {
        response.writeHead(200, ['Cache-Control', 'max-age=60']);
        let sent = 0;
        const go = (): void => {
          while (sent < 8) {
            sent += 1;
            if (!response.write(Buffer.alloc(MIB, sent))) {
              response.once('drain', go);
              return;
            }
          }
          response.end();
        };
        go();
      },
      { store: createMemoryStore({ maxBodyBytes: 2 * MIB }) },
    );
    expect((await rig.ask('/a')).body.length).toBe(8 * MIB);
    expect(rig.last.stored).toBe(false);
    expect(rig.lastReasons).toEqual(['nothing-stored', 'not-stored-too-large']);
    expect((await rig.ask('/a')).body.length).toBe(8 * MIB);
    expect(rig.origin.asked.length).toBe(2);
  });

  it('is not fetched to the end for nobody', async () => {
    rig = await Rig.open(
      (_request, response) => {
        response.writeHead(200, ['Cache-Control', 'max-age=60']);
        const timer = setInterval(() => response.write(Buffer.alloc(256 * 1024)), 5);
        response.on('close', () => clearInterval(timer));
      },
      { store: createMemoryStore({ maxBodyBytes: MIB }) },
    );
    const incoming = await rig.head('/a');
    incoming.destroy();
    await until(() => rig.origin.aborted === 1, 'the origin is let go');
    await rig.edge.tasks.idle();
    expect(rig.edge.flights).toBe(0);
  });
});

describe('trailers', () => {
  it('reach the client, from the origin and from the store', async () => {
    rig = await Rig.open((_request, response) => {
      response.writeHead(200, ['Trailer', 'X-Checksum', 'Cache-Control', 'max-age=60']);
      response.write('body');
      response.addTrailers([['X-Checksum', 'abc']]);
      response.end();
    });
    const first = await rig.ask('/a');
    const second = await rig.ask('/a');
    expect([first.rawTrailers, second.rawTrailers]).toEqual([
      ['X-Checksum', 'abc'],
      ['X-Checksum', 'abc'],
    ]);
    expect(second.body).toBe('body');
    expect(rig.outcomes).toEqual(['miss', 'hit']);
  });

  it('are announced in vain to a HEAD, and left out', async () => {
    rig = await Rig.open((_request, response) => {
      response.writeHead(200, ['Trailer', 'X-Checksum', 'Cache-Control', 'max-age=60']);
      response.end('body');
    });
    const { status, headers } = await rig.ask('/a', { method: 'HEAD' });
    expect(status).toBe(200);
    expect(headers).not.toHaveProperty('trailer');
  });
});

describe('interim responses', () => {
  it('reach the client before the final one, and are not stored', async () => {
    rig = await Rig.open((_request, response) => {
      response.writeEarlyHints({
        link: ['</a.css>; rel=preload', '</b.css>; rel=preload'],
        'x-early': 'yes',
      });
      response.writeProcessing();
      setTimeout(() => text('final', 'Cache-Control', 'max-age=60')(_request, response), 20);
    });
    const seen: string[] = [];
    const onInformation = (status: number, rawHeaders: readonly string[]): void => {
      seen.push([status, ...rawHeaders].join(' '));
    };
    expect((await rig.ask('/a', { onInformation })).body).toBe('final');
    expect(seen).toEqual([
      '103 Link </a.css>; rel=preload, </b.css>; rel=preload x-early yes',
      '102',
    ]);
    await rig.ask('/a', { onInformation });
    expect(seen.length).toBe(2);
  });

  it.each([
    ['are sent to those who wait for the same answer', {}, [0, 1, 2, 3, 4]],
    ['to somebody known are sent to nobody else', { cookie: 'sid=1' }, [0]],
    ['to somebody with a password are sent to nobody else', { authorization: 'Basic YTpi' }, [0]],
  ])('%s', async (_, headers, hearers) => {
    let finish = (): void => {};
    rig = await Rig.open((request, response) => {
      response.writeEarlyHints({ link: '</early>; rel=preload' });
      finish = () => text('final', 'Cache-Control', 'public, max-age=60')(request, response);
    });
    const seen: number[] = [];
    const asking = (index: number): Asking => ({
      headers,
      onInformation: () => void seen.push(index),
    });
    const first = rig.ask('/a', asking(0));
    await until(() => seen.length > 0, 'the one who began has its hint');
    const others = rig.askTogether('/a', 4, (index) => asking(index + 1));
    await rig.hasReceivedAll();
    expect(seen.toSorted((a, b) => a - b)).toEqual(hearers);
    expect(rig.origin.asked.length).toBe(1);
    finish();
    await Promise.all([first, others]);
    expect(seen.length).toBe(hearers.length);
  });

  it('100 is sent when the content is wanted, and not when it is not', async () => {
    rig = await Rig.open((request, response) => {
      request.resume();
      request.on('end', () => text('got it')(request, response));
    });
    const talk = (request: string, content: string): Promise<string> =>
      new Promise((resolve, reject) => {
        const socket = connect(Number(new URL(rig.url).port), '127.0.0.1');
        let heard = '';
        socket.on('data', (chunk) => {
          heard += chunk.toString('latin1');
          if (heard.startsWith('HTTP/1.1 100')) socket.write(content);
        });
        socket.on('end', () => resolve(heard)).on('error', reject);
        socket.write(request);
      });
    const lines = 'Content-Length: 3\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n';
    const good = await talk(`POST /a HTTP/1.1\r\nHost: a\r\n${lines}`, 'abc');
    expect(good).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n/);
    expect(rig.origin.headers[0]).not.toHaveProperty('expect');
    const bad = await talk(`POST /a HTTP/1.1\r\nHost: a\r\nHost: b\r\n${lines}`, 'abc');
    expect(bad).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  });
});
