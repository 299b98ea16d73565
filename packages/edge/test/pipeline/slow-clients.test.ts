// Clients that read slowly, not at all, or only read; and the end of an edge that has such clients.

import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { createMemoryStore } from '@poplet/store';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { createEdge } from '../../src/index.ts';
import { Rig, until } from '../rig.ts';
import { text, TestOrigin, type Answer } from '../test-origin.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function open(...options: Parameters<typeof Rig.open>): Promise<Rig> {
  const rig = await Rig.open(...options);
  closing.push(() => rig.close());
  return rig;
}

/** Sends a request and reads nothing until told. */
function dial(url: string, lines: readonly string[] = []): Socket {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname).on('error', () => {});
  closing.push(() => Promise.resolve(socket.destroy()));
  socket.pause();
  socket.write(['GET /a HTTP/1.1', 'Host: edge.test', ...lines, '', ''].join('\r\n'));
  return socket;
}

/** More than the buffers of a connection hold. */
const LARGE_BYTES = 24 * 1024 * 1024;
const LARGE = text('x'.repeat(LARGE_BYTES), 'Cache-Control', 'max-age=60');

/** A body that can be stored and never ends. */
const ENDLESS: Answer = (_request, response) => {
  response.writeHead(200, ['Cache-Control', 'max-age=60']);
  const chunk = 'x'.repeat(65_536);
  const more = (): void => {
    while (response.writable && response.write(chunk));
  };
  response.on('drain', more);
  more();
};

describe('a client that takes nothing', () => {
  it.each([
    [
      'of what is stored',
      async (rig: Rig) => {
        await rig.ask('/a');
        await until(() => rig.records.length === 1, 'it is recorded');
      },
    ],
    ['of what is being fetched', async () => {}],
  ])('%s is cut after its time', async (_, prepare) => {
    const rig = await open(LARGE, { limits: { writeTimeoutMs: 300 } });
    await prepare(rig);
    const before = rig.records.length;
    const socket = dial(rig.url);
    await until(() => rig.records.length > before, 'it is recorded');
    expect(rig.last).toMatchObject({ complete: false, status: 200 });
    expect(rig.lastReasons).toContain('client-stalled');
    expect(rig.lastReasons).not.toContain('client-gone');
    socket.resume();
    await once(socket, 'close');
    expect(socket.bytesRead).toBeLessThan(LARGE_BYTES);
  });

  it('but goes on sending is cut, too', async () => {
    const rig = await open(LARGE, { limits: { writeTimeoutMs: 400 } });
    await rig.ask('/a', { headers: { Host: 'edge.test' } });
    const socket = dial(rig.url);
    // Empty lines come before no request (RFC 9112 §2.2).
    const timer = setInterval(() => {
      if (socket.writable) socket.write('\r\n');
    }, 50);
    closing.push(() => Promise.resolve(clearInterval(timer)));
    await until(() => rig.records.length === 2, 'it is recorded');
    expect(rig.lastReasons).toEqual(['fresh', 'client-stalled']);
  });

  it('but goes on taking a little gets all of it', async () => {
    const rig = await open(LARGE, { limits: { writeTimeoutMs: 1000 } });
    await rig.ask('/a');
    const socket = dial(rig.url, ['Connection: close']);
    let allowed = 0;
    socket.on('data', () => {
      if (socket.bytesRead > allowed) socket.pause();
    });
    // Much longer than it may take nothing.
    const timer = setInterval(() => {
      allowed += 1_500_000;
      socket.resume();
    }, 200);
    const begunAt = Date.now();
    await once(socket, 'close');
    clearInterval(timer);
    expect(Date.now() - begunAt).toBeGreaterThan(2000);
    await until(() => rig.records.length === 2, 'it is recorded');
    expect(rig.last).toMatchObject({ complete: true, bodyBytes: LARGE_BYTES });
  });

  it('of answers that waited for their turn on the connection is cut, too', async () => {
    const page = text('x'.repeat(1_000_000), 'Cache-Control', 'max-age=60');
    const rig = await open(
      (request, response) => {
        if (request.url === '/slow') setTimeout(() => response.end('slow'), 600);
        else page(request, response);
      },
      { limits: { writeTimeoutMs: 300 } },
    );
    await rig.ask('/a', { headers: { Host: 'edge.test' } });
    const socket = dial(rig.url);
    // Whole and at hand, so that they are written out before it is their turn.
    socket.write('GET /slow HTTP/1.1\r\nHost: edge.test\r\n\r\n');
    for (let count = 0; count < 14; count++)
      socket.write('GET /a HTTP/1.1\r\nHost: edge.test\r\n\r\n');
    await until(() => rig.records.length === 17, 'all are recorded');
    const ends = rig.records.map(({ complete }) => complete);
    expect(ends.indexOf(false)).toBeGreaterThan(2);
    expect(rig.records[ends.indexOf(false)]?.reasons.map(({ code }) => code)).toEqual([
      'fresh',
      'client-stalled',
    ]);
  });

  it('while there is nothing to take is not cut, nor is one that waits for its next request', async () => {
    const rig = await open(
      (_request, response) => {
        response.writeHead(200, ['Cache-Control', 'no-store']).write('one ');
        setTimeout(() => response.end('two'), 700);
      },
      { limits: { writeTimeoutMs: 200 } },
    );
    const socket = dial(rig.url);
    let heard = '';
    socket.on('data', (chunk) => {
      heard += chunk.toString('latin1');
    });
    socket.resume();
    await until(() => rig.records.length === 1, 'it is recorded');
    expect(rig.last).toMatchObject({ complete: true });
    await sleep(500);
    socket.write('GET /a HTTP/1.1\r\nHost: edge.test\r\n\r\n');
    await until(() => heard.match(/two/g)?.length === 2, 'the second is answered');
  });
});

describe('a mounted edge', () => {
  it('closes although a client takes nothing of a body without end', async () => {
    const origin = new TestOrigin(ENDLESS);
    const edge = createEdge({ sites: [{ upstream: { url: await origin.listen() } }] });
    const server = createServer(edge.handler);
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    closing.push(
      () => origin.close(),
      async () => {
        server.closeAllConnections();
        await new Promise((resolve) => {
          server.close(resolve);
        });
      },
    );
    const socket = dial(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    await until(() => edge.flights === 1, 'it is fetched');
    await sleep(300);
    const closed = edge.close().then(() => 'closed');
    expect(await Promise.race([closed, sleep(3000, 'open')])).toBe('closed');
    socket.resume();
    await once(socket, 'close');
  });
});

describe('a client that has stopped sending', () => {
  const LATE: Answer = (request, response) => {
    setTimeout(() => text('late', 'Cache-Control', 'no-store')(request, response), 2500);
  };

  it('is answered, also when that takes its time', async () => {
    const rig = await open(LATE);
    const socket = dial(rig.url);
    let heard = '';
    socket.on('data', (chunk) => {
      heard += chunk.toString('latin1');
    });
    socket.resume();
    socket.end();
    await once(socket, 'close');
    expect(heard).toMatch(
      /^(?:HTTP\/1\.1 100 Continue\r\n\r\n){2}HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\nlate$/,
    );
    expect(rig.last).toMatchObject({ complete: true, status: 200 });
  });

  it('but not for ever', async () => {
    const rig = await open(() => {}, { limits: { halfClosedTimeoutMs: 2000 } });
    const socket = dial(rig.url);
    socket.resume();
    socket.end();
    await until(() => rig.records.length === 1, 'it is let go');
    expect(rig.lastReasons).toContain('client-gone');
  });

  it('because it went away is let go soon', async () => {
    const rig = await open(() => {});
    const socket = dial(rig.url);
    await until(() => rig.origin.asked.length === 1, 'the origin is asked');
    socket.destroy();
    await until(() => rig.records.length === 1, 'it is let go');
    expect(rig.lastReasons).toContain('client-gone');
    expect(rig.last.durationMs).toBeLessThan(10_000);
  });
});

describe('a store that fails', () => {
  it.each([true, false])(
    'leaves the record to what the client got (readers were told of the end: %s)',
    async (isComplete) => {
      const store = createMemoryStore({ maxBodyBytes: 1_000_000 });
      const begin = store.begin.bind(store);
      const begun = Promise.withResolvers<void>();
      vi.spyOn(store, 'begin').mockImplementation((response) => {
        const writer = begin(response);
        begun.resolve();
        const commit = writer.commit.bind(writer);
        vi.spyOn(writer, 'commit').mockImplementation(async (trailers) => {
          if (isComplete) await commit(trailers);
          throw new Error('the disk is gone');
        });
        return writer;
      });
      const faults: unknown[] = [];
      const inPieces: Answer = (_, response) => {
        response.writeHead(200, { 'Cache-Control': 'max-age=60' });
        response.write('fi');
        void begun.promise.then(() => response.end('ne'));
      };
      const rig = await open(inPieces, {
        store,
        onFault: (where, error) => void faults.push([where, String(error)]),
      });
      const got = await rig.ask('/a').then(
        ({ body }) => body,
        (error: unknown) => String(error),
      );
      expect(got).toBe(isComplete ? 'fine' : 'Error: aborted');
      await until(() => rig.records.length === 1, 'it is recorded');
      expect(rig.last).toMatchObject({ status: 200, complete: isComplete, stored: false });
      expect(rig.lastReasons).toContain('not-stored-store-failed');
      expect(faults).toEqual([['store', 'Error: the disk is gone']]);
    },
  );
});
