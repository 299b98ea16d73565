// One connection in HTTP/2: what its streams may do to one another, its limits and its end.

import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';

import type { EdgeLimits } from '../../src/index.ts';
import { GOOD_BODY } from '../bad-input/scene.ts';
import { until } from '../rig.ts';
import { block, CODE, FLAG, frame, TYPE, uint32, type FrameClient, type Line } from './frames.ts';
import { Http2Scene } from './http2-scene.ts';

let scene: Http2Scene;
afterEach(() => scene.close());

async function open(limits?: Partial<EdgeLimits>, settings?: Buffer): Promise<FrameClient> {
  scene = await Http2Scene.open(limits);
  return scene.connect(settings);
}

/** SETTINGS_INITIAL_WINDOW_SIZE 0: no stream may send before it is allowed to. */
const NO_WINDOW = Buffer.concat([Buffer.from([0, 4]), uint32(0)]);

function windowUpdate(streamId: number, bytes: number): Buffer {
  return frame(TYPE.windowUpdate, { streamId, payload: uint32(bytes) });
}

function answerOf(body: string, ...fields: readonly string[]): string {
  return ['HTTP/1.1 200 OK', `Content-Length: ${body.length}`, ...fields, '', body].join('\r\n');
}

async function expectServed(client: FrameClient, streamId: number): Promise<void> {
  client.ask(streamId, scene.lines('/good'));
  client.send(windowUpdate(streamId, 1000));
  await client.ended(streamId);
  expect([client.status(streamId), client.body(streamId)]).toEqual([200, GOOD_BODY]);
}

/** The connection is gone, and another is served. Returns the reasons in the journal, each once. */
async function cutBecause(client: FrameClient, code: number): Promise<readonly string[]> {
  await client.closed();
  // A reset, as what is still coming in is not read, may overtake it.
  expect([code, undefined]).toContain(client.goaway);
  await until(() => scene.reasons.some((one) => one.startsWith('http2-')), 'a reason');
  const other = await scene.connect();
  other.ask(1, scene.lines('/good'));
  await other.ended(1);
  expect(other.body(1)).toBe(GOOD_BODY);
  expect(scene.faults).toEqual([]);
  return scene.reasons.filter((one) => one.startsWith('http2-'));
}

describe('what is stored', () => {
  it('is one thing for clients in HTTP/1.1 and in HTTP/2', async () => {
    const client = await open();
    scene.origin.script = [answerOf('stored', 'Cache-Control: max-age=60', 'Vary: Cookie, Host')];
    client.ask(1, scene.lines('/scripted', ['cookie', 'a=1'], ['cookie', 'b=2']));
    await client.ended(1);
    const socket = await scene.secure(['http/1.1']);
    socket.write('GET /scripted HTTP/1.1\r\nHost: edge.test\r\nCookie: a=1; b=2\r\n\r\n');
    const [bytes] = (await once(socket, 'data')) as [Buffer];
    expect(bytes.toString()).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*\r\nstored$/u);
    await scene.recorded(2);
    expect(scene.records.map(({ outcome }) => outcome)).toEqual(['miss', 'hit']);
  });
});

describe('a stream', () => {
  it('that takes nothing does not hold up the others', async () => {
    const client = await open({}, NO_WINDOW);
    scene.origin.script = [answerOf('x'.repeat(100_000), 'Cache-Control: max-age=60')];
    client.ask(1, scene.lines('/scripted'));
    await until(() => client.status(1) === 200, 'the head');
    await expectServed(client, 3);
    await expectServed(client, 5);
    expect(client.body(1)).toBe('');
    // Nor is it forgotten.
    client.send(windowUpdate(0, 1_000_000), windowUpdate(1, 1_000_000));
    await client.ended(1);
    expect(client.body(1)).toBe('x'.repeat(100_000));
  });

  it('that takes nothing for its time is reset, and no other', async () => {
    const client = await open({ writeTimeoutMs: 400 }, NO_WINDOW);
    scene.origin.script = [answerOf('x'.repeat(100_000), 'Cache-Control: max-age=60')];
    client.ask(1, scene.lines('/scripted'));
    await client.ended(1);
    expect(client.reset(1)).toBe(CODE.cancel);
    await scene.recorded(1);
    expect(scene.reasons).toContain('client-stalled');
    await expectServed(client, 3);
  });

  it('that takes a little now and then gets all of it', async () => {
    const client = await open({ writeTimeoutMs: 600 }, NO_WINDOW);
    const body = 'abcdefgh'.repeat(50_000);
    scene.origin.script = [answerOf(body, 'Cache-Control: max-age=60')];
    client.send(windowUpdate(0, 1_000_000));
    client.ask(1, scene.lines('/scripted'));
    for (let sent = 0; sent < body.length; sent += 65_536) {
      await sleep(300);
      client.send(windowUpdate(1, 65_536));
    }
    await client.ended(1);
    expect(client.reset(1)).toBeUndefined();
    expect(client.body(1)).toBe(body);
  });

  it('that is reset lets the origin go, and no other stream', async () => {
    const client = await open();
    scene.origin.script = ['HTTP/1.1 200 OK\r\nCache-Control: no-store\r\n\r\n', 'some of it'];
    client.ask(1, scene.lines('/scripted'));
    await until(() => client.body(1) === 'some of it', 'some of the body');
    client.send(frame(TYPE.rstStream, { streamId: 1, payload: uint32(CODE.cancel) }));
    await until(
      () => scene.origin.openConnections === 0,
      'the end of the connection to the origin',
    );
    await scene.recorded(1);
    expect(scene.records[0]).toMatchObject({ complete: false });
    expect(scene.reasons).toContain('client-gone');
    await expectServed(client, 3);
  });

  it('is reset where the body breaks off', async () => {
    const client = await open();
    scene.origin.script = [answerOf('whole').slice(0, -2), { close: 'FIN' }];
    client.ask(1, scene.lines('/scripted'));
    await client.ended(1);
    expect([client.status(1), client.reset(1)]).toEqual([200, CODE.internalError]);
    await expectServed(client, 3);
  });

  it('is not held against the client where that is the origin’s doing, however often', async () => {
    const client = await open();
    scene.origin.script = [answerOf('whole').slice(0, -2), { close: 'FIN' }];
    for (let batch = 0; batch < 6; batch += 1) {
      const ids = Array.from({ length: 50 }, (_, index) => 2 * (50 * batch + index) + 1);
      for (const id of ids) client.ask(id, scene.lines(`/scripted?${id}`));
      for (const id of ids) await client.ended(id);
      expect(client.goaway).toBeUndefined();
    }
    await expectServed(client, 601);
    expect(scene.reasons).not.toContain('http2-flood');
  });

  it('with content that nobody reads is answered, and then reset without an error', async () => {
    const client = await open({ contentBytes: 10 });
    const lines = scene.lines('/scripted', ['content-length', '100000']);
    client.ask(1, lines.with(0, [':method', 'POST']), { goesOn: true });
    await until(() => client.reset(1) !== undefined, 'the end of the stream');
    expect(client.body(1)).toMatch(/^poplet: 413 Content Too Large/u);
    expect(client.reset(1)).toBe(CODE.noError);
    await expectServed(client, 3);
  });

  it('whose content is larger than allowed, without a length, is refused', async () => {
    const client = await open({ contentBytes: 10 });
    client.ask(1, scene.lines('/scripted').with(0, [':method', 'POST']), { goesOn: true });
    client.data(1, 'abcdefghijk', { isLast: false });
    await client.ended(1);
    expect(client.body(1)).toMatch(/^poplet: 413 Content Too Large/u);
    expect(scene.received).toEqual([]);
    await expectServed(client, 3);
  });

  it('whose content does not come in time is refused', async () => {
    const client = await open({ requestTimeoutMs: 300 });
    client.ask(1, scene.lines('/scripted').with(0, [':method', 'POST']), { goesOn: true });
    client.data(1, 'abc', { isLast: false });
    await client.ended(1);
    expect(client.body(1)).toMatch(/^poplet: 408 Request Timeout/u);
    await scene.recorded(1);
    expect(scene.records[0]?.status).toBe(408);
    expect(scene.received).toEqual([]);
    await expectServed(client, 3);
  });

  it.each([
    { what: 'a target', status: 414, lines: () => scene.lines(`/${'a'.repeat(20_000)}`) },
    {
      what: 'a field',
      status: 431,
      lines: () => scene.lines('/', ['x-a', 'b'.repeat(9000)], ['x-b', 'c'.repeat(9000)]),
    },
    {
      what: 'the number of fields',
      status: 431,
      lines: () => scene.lines('/', ...Array.from({ length: 60 }, (_, n): Line => [`x-${n}`, 'a'])),
    },
  ])('with $what over the limit is refused', async ({ status, lines }) => {
    const client = await open({ headerBytes: 30_000, targetBytes: 16_384, headerCount: 50 });
    const fields = lines();
    const isLarge = status === 431 && fields.length < 10;
    client.ask(1, isLarge ? [...fields, ['x-c', 'd'.repeat(15_000)] as Line] : fields);
    await client.ended(1);
    expect(client.body(1)).toMatch(new RegExp(`^poplet: ${status} `, 'u'));
    await scene.recorded(1);
    expect(scene.records[0]?.status).toBe(status);
    await expectServed(client, 3);
  });

  it('above the number that may be open is refused, and may be asked again', async () => {
    const client = await open({ streams: 3 });
    scene.origin.script = [];
    for (const streamId of [1, 3, 5])
      client.ask(
        streamId,
        scene.lines('/scripted', ['x-a', `${streamId}`], ['cache-control', 'no-store']),
      );
    await until(() => scene.received.length === 3, 'three requests at the origin');
    client.ask(7, scene.lines('/good'));
    await client.ended(7);
    expect(client.reset(7)).toBe(CODE.refusedStream);
    client.send(frame(TYPE.rstStream, { streamId: 1, payload: uint32(CODE.cancel) }));
    await expectServed(client, 9);
  });

  it('above the number of requests that may be answered at once gets 503', async () => {
    const client = await open({ exchanges: 1 });
    client.ask(1, scene.lines('/scripted'));
    await until(() => scene.received.length === 1, 'the first at the origin');
    client.ask(3, scene.lines('/good'));
    await client.ended(3);
    expect(client.body(3)).toMatch(/^poplet: 503 Service Unavailable/u);
    expect(scene.reasons).toContain('too-many-exchanges');
  });
});

describe('a connection', () => {
  it('on which nothing is asked is ended, whatever else comes', async () => {
    const client = await open({ headersTimeoutMs: 400 });
    const ping = setInterval(
      () => client.send(frame(TYPE.ping, { payload: Buffer.alloc(8) })),
      100,
    );
    await client.closed();
    clearInterval(ping);
    expect(client.goaway).toBe(CODE.noError);
    expect(scene.records).toEqual([]);
  });

  it('whose head does not end is ended', async () => {
    const client = await open({ headersTimeoutMs: 400 });
    client.send(frame(TYPE.headers, { streamId: 1, payload: block(scene.lines('/good')) }));
    await client.closed();
    expect(scene.origin.received).toEqual([]);
  });

  it('that idles between requests is ended after the keep-alive time', async () => {
    const client = await open({ keepAliveTimeoutMs: 300 });
    await expectServed(client, 1);
    await client.closed();
    expect(client.goaway).toBe(CODE.noError);
  });

  it('is told when the edge closes', async () => {
    const client = await open();
    client.ask(1, scene.lines('/scripted'));
    await until(() => scene.received.length === 1, 'the request at the origin');
    await scene.edge.close();
    await client.closed();
    expect(client.goaway).toBe(CODE.noError);
  });

  it('that the client ends leaves nothing behind', async () => {
    const client = await open();
    client.ask(1, scene.lines('/scripted'));
    await until(() => scene.received.length === 1, 'the request at the origin');
    client.socket.end();
    await scene.recorded(1);
    expect(scene.reasons).toContain('client-gone');
  });

  it('above the limit takes the place of the one that has been idle longest', async () => {
    const first = await open({ connections: 2 });
    await expectServed(first, 1);
    const second = await scene.connect();
    await expectServed(second, 1);
    const third = await scene.connect();
    await first.closed();
    await expectServed(third, 1);
    await expectServed(second, 3);
    expect(scene.reasons).not.toContain('too-many-connections');
  });
});

describe('a flood of', () => {
  it('requests that are reset at once ends the connection', async () => {
    const client = await open();
    for (let streamId = 1; streamId < 4000; streamId += 2) {
      client.ask(streamId, scene.lines('/scripted', ['cache-control', 'no-store']));
      client.send(frame(TYPE.rstStream, { streamId, payload: uint32(CODE.cancel) }));
    }
    expect(await cutBecause(client, CODE.enhanceYourCalm)).toEqual(['http2-flood']);
    expect(scene.received.length).toBeLessThan(300);
  });

  it('requests that make the edge reset them ends the connection', async () => {
    const client = await open();
    const lines = scene.lines('/scripted', ['content-length', '5']);
    for (let streamId = 1; streamId < 4000; streamId += 2) {
      client.ask(streamId, lines.with(0, [':method', 'POST']), { goesOn: true });
      client.data(streamId, 'abc');
    }
    expect(await cutBecause(client, CODE.internalError)).toEqual(['http2-broken']);
    expect(scene.origin.requests.length).toBeLessThan(300);
    expect(scene.received).toEqual(['GET /good HTTP/1.1']);
  });

  it('malformed requests ends the connection', async () => {
    const client = await open();
    for (let streamId = 1; streamId < 4000; streamId += 2)
      client.ask(streamId, scene.lines('/scripted', ['Upper', 'case']));
    expect(await cutBecause(client, CODE.internalError)).toEqual(['http2-broken']);
    expect(scene.origin.received.join('')).not.toContain('scripted');
  });

  it('window updates of nothing ends the connection', async () => {
    const client = await open();
    for (let streamId = 1; streamId < 200; streamId += 2) {
      client.ask(streamId, scene.lines('/scripted', ['cache-control', 'no-store']));
      client.send(windowUpdate(streamId, 0));
    }
    expect(await cutBecause(client, CODE.protocolError)).toEqual(['http2-broken']);
  });

  it('PING ends the connection', async () => {
    const client = await open();
    for (let count = 0; count < 500; count += 1)
      client.send(frame(TYPE.ping, { payload: Buffer.alloc(8) }));
    expect(await cutBecause(client, CODE.enhanceYourCalm)).toEqual(['http2-flood']);
  });

  it('SETTINGS ends the connection', async () => {
    const client = await open();
    for (let count = 0; count < 500; count += 1) client.send(frame(TYPE.settings));
    expect(await cutBecause(client, CODE.enhanceYourCalm)).toEqual(['http2-flood']);
  });

  it('empty DATA ends the connection', async () => {
    const client = await open();
    client.ask(1, scene.lines('/scripted').with(0, [':method', 'POST']), { goesOn: true });
    for (let count = 0; count < 500; count += 1) client.data(1, '', { isLast: false });
    await client.closed();
    await until(() => scene.reasons.includes('http2-broken'), 'http2-broken');
    expect(scene.received).toEqual([]);
  });

  it('CONTINUATION ends the connection', async () => {
    const client = await open();
    client.send(frame(TYPE.headers, { streamId: 1, payload: block(scene.lines('/scripted')) }));
    for (let count = 0; count < 500; count += 1)
      client.send(frame(TYPE.continuation, { streamId: 1, payload: block([['x-a', 'b']]) }));
    await client.closed();
    await until(() => scene.reasons.includes('http2-broken'), 'http2-broken');
    expect(scene.origin.received).toEqual([]);
  });

  it('references to one large field is bounded', async () => {
    const client = await open();
    // RFC 7541 §6.2.1: once with indexing, then one byte each.
    const large = Buffer.concat([
      Buffer.from([0x40, 3]),
      Buffer.from('x-a'),
      Buffer.from([0x7f, 0x81, 0x1e]),
      Buffer.alloc(4000, 'b'),
    ]);
    const payload = Buffer.concat([
      block(scene.lines('/scripted')),
      large,
      Buffer.alloc(10_000, 0xbe),
    ]);
    client.send(
      frame(TYPE.headers, { flags: FLAG.endHeaders | FLAG.endStream, streamId: 1, payload }),
    );
    await client.ended(1);
    expect(scene.origin.received).toEqual([]);
    const other = await scene.connect();
    await expectServed(other, 1);
  });
});
