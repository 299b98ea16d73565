// Which requests are answered in the fast lane, what becomes of the others, and the limits that hold on it.

import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';

import { rfc9111 } from '@poplet/policy';
import { Rig, type RigOptions } from '../rig.ts';
import { text } from '../test-origin.ts';
import { TlsRig } from '../tls/tls-rig.ts';
import { Wire } from './wire.ts';

let rig: Rig;
const wires: Wire[] = [];
afterEach(async () => {
  for (const { socket } of wires.splice(0)) socket.destroy();
  await rig.close();
});

const FRESH = ['Cache-Control', 'max-age=600'] as const;

async function openRig(body = 'hello', options: RigOptions = {}): Promise<Wire> {
  rig = await Rig.open((asked, response) => {
    // What is dated where it is received has no age.
    response.sendDate = false;
    text(body, ...FRESH)(asked, response);
  }, options);
  return dial();
}

async function dial(): Promise<Wire> {
  const wire = await Wire.open(rig.url);
  wires.push(wire);
  return wire;
}

function get(path = '/a', ...lines: readonly string[]): string {
  return ['GET ' + path + ' HTTP/1.1', 'Host: edge.test', ...lines, '', ''].join('\r\n');
}

/** Statuses of the answers to some requests that are written at once. */
async function statuses(wire: Wire, ...requests: readonly string[]): Promise<readonly string[]> {
  const methods = requests.map((request) => request.slice(0, request.indexOf(' ')));
  const heard = await wire.say(requests.join(''), methods);
  return heard.match(/(?<=HTTP\/1\.1 )\d{3}/g) ?? [];
}

describe('fields that a policy adds to answers', () => {
  const withOwn = (isPerRequest: boolean): RigOptions => {
    let count = 0;
    const ownFields = { isPerRequest, linesOf: () => ['X-Count', String(count++)] };
    const { downstream } = rfc9111;
    return { site: { policy: { ...rfc9111, downstream: { ...downstream, ownFields } } } };
  };

  it('keep it out of the lane where each request has its own', async () => {
    const wire = await openRig('hello', withOwn(true));
    for (const expected of ['0', '1', '2', '3'])
      expect(await wire.say(get(), ['GET'])).toContain(`X-Count: ${expected}`);
    expect(rig.edge.fastLaneAnswers).toBe(0);
  });

  it('are part of what the lane remembers where they are the same for all', async () => {
    const wire = await openRig('hello', withOwn(false));
    await statuses(wire, get(), get());
    const heard = await wire.say(get(), ['GET']);
    expect(heard).toContain('X-Count: ');
    expect(rig.edge.fastLaneAnswers).toBeGreaterThan(0);
  });
});

describe('a connection', () => {
  it('is answered by the pipeline for a miss, and by the lane from the next hit on', async () => {
    const wire = await openRig();
    await statuses(wire, get());
    expect(rig.edge.fastLaneAnswers).toBe(0);
    for (let count = 1; count <= 3; count += 1) {
      expect(await statuses(wire, get())).toEqual(['200']);
      expect(rig.edge.fastLaneAnswers).toBe(count);
    }
    expect(rig.outcomes).toEqual(['miss', 'hit', 'hit', 'hit']);
    await statuses(wire, get('/b'));
    expect(await statuses(wire, get('/b'))).toEqual(['200']);
    expect(rig.edge.fastLaneAnswers).toBe(4);
    expect(rig.outcomes.slice(4)).toEqual(['miss', 'hit']);
  });

  it('gets an answer to the letter as node:http writes it', async () => {
    const wire = await openRig();
    const miss = await wire.say(get(), ['GET']);
    const hit = await wire.say(get(), ['GET']);
    const date = /Date: .*/.exec(miss)?.[0];
    expect(hit).toBe(
      [
        'HTTP/1.1 200 OK',
        'Cache-Control: max-age=600',
        date,
        'Age: 0',
        `Cache-Status: poplet;hit;ttl=600;key="default http://edge.test/a";detail=fresh`,
        'Content-Length: 5',
        'Connection: keep-alive',
        'Keep-Alive: timeout=65',
        '',
        'hello',
      ].join('\r\n'),
    );
  });

  it.each([
    ['a 304', 'GET', ['If-None-Match: *'], '304'],
    ['a HEAD', 'HEAD', [], '200'],
    ['a range', 'GET', ['Range: bytes=1-2'], '206'],
    ['one that closes', 'GET', ['Connection: close'], '200'],
    ['one with fields of every kind', 'GET', ['Cookie: a=b', 'Accept: */*', 'X-Any: thing'], '200'],
  ])('is answered with %s', async (_what, method, lines, status) => {
    const wire = await openRig();
    await statuses(wire, get());
    const asked = get('/a', ...lines).replace('GET', method);
    expect(await statuses(wire, asked)).toEqual([status]);
    expect(rig.edge.fastLaneAnswers).toBe(1);
    expect(rig.last).toMatchObject({
      method,
      outcome: 'hit',
      status: Number(status),
      complete: true,
    });
    if (lines.includes('Connection: close')) await wire.closed();
  });

  it('is answered with a range of a large body where that lies in one piece', async () => {
    const body = Array.from({ length: 400_000 }, (_, index) => String(index % 10))
      .join('')
      .repeat(6);
    const wire = await openRig(body);
    await statuses(wire, get());
    const range = async (from: number, to: number): Promise<string> => {
      const heard = await wire.say(get('/a', `Range: bytes=${from}-${to}`), ['GET']);
      return heard.slice(heard.indexOf('\r\n\r\n') + 4);
    };
    const mebibyte = 1024 * 1024;
    for (const from of [0, 7, mebibyte, 2 * mebibyte + 1, mebibyte - 3])
      expect(await range(from, from + 2)).toBe(body.slice(from, from + 3));
    expect(rig.edge.fastLaneAnswers).toBe(5);
    // Across two.
    expect(await range(mebibyte - 2, mebibyte + 1)).toBe(body.slice(mebibyte - 2, mebibyte + 2));
    expect(rig.edge.fastLaneAnswers).toBe(5);
    expect(rig.last).toMatchObject({ outcome: 'hit', status: 206, complete: true });
  });

  it.each([
    ['content', ['Content-Length: 0']],
    ['an expectation', ['Expect: 100-continue']],
    ['another protocol', ['Connection: upgrade', 'Upgrade: websocket']],
    ['options of the connection that are not known here', ['Connection: x-any']],
    ['a folded line', ['X-Any: one', ' two']],
    ['two hosts', ['Host: other.test']],
    ['a line that ends in LF alone', ['X-Any: one\nX-Other: two']],
  ])('is the parser’s with %s', async (_what, lines) => {
    const wire = await openRig();
    await statuses(wire, get());
    await statuses(wire, get('/a', ...lines));
    expect(rig.edge.fastLaneAnswers).toBe(0);
  });

  it('is the parser’s for good behind what is not plain, and answered all the same', async () => {
    const wire = await openRig();
    await statuses(wire, get());
    expect(await statuses(wire, get('/a', 'Content-Length: 2') + 'ab', get())).toEqual([
      '200',
      '200',
    ]);
    expect(await statuses(wire, get())).toEqual(['200']);
    expect(rig.edge.fastLaneAnswers).toBe(0);
  });

  it('comes back to the lane behind a head that came in pieces', async () => {
    const wire = await openRig();
    await statuses(wire, get());
    for (const piece of [get().slice(0, 1), get().slice(1, 20), get().slice(20, -1)]) {
      wire.socket.write(piece);
      await sleep(20);
    }
    expect(await wire.say('\n' + get(), ['GET', 'GET'])).toMatch(/200 OK[^]*200 OK/);
    expect(rig.edge.fastLaneAnswers).toBe(0);
    expect(await statuses(wire, get())).toEqual(['200']);
    expect(rig.edge.fastLaneAnswers).toBe(1);
  });

  it('that sends many requests at once gets the answers in their order', async () => {
    const wire = await openRig();
    rig.origin.answer = (asked, response) => text(String(asked.url), ...FRESH)(asked, response);
    await statuses(wire, get('/a'));
    await statuses(wire, get('/b'));
    const paths = ['/a', '/b', '/a', '/new', '/a', '/b'];
    const heard = await wire.say(
      paths.map((path) => get(path)).join(''),
      paths.map(() => 'GET'),
    );
    expect(heard.match(/(?<=\r\n\r\n)\/[a-z]+/g)).toEqual(paths);
    // Up to the one that is not stored.
    expect(rig.edge.fastLaneAnswers).toBe(3);
  });

  it('over TLS is answered in the lane, too', async () => {
    const tls = await TlsRig.open(text('hello', ...FRESH));
    ({ rig } = tls);
    expect(await tls.ask('/a')).toMatch(/^HTTP\/1\.1 200 OK/);
    expect(await tls.ask('/a')).toMatch(/^HTTP\/1\.1 200 OK[^]*\r\n\r\nhello$/);
    expect(rig.edge.fastLaneAnswers).toBe(1);
    expect(rig.last).toMatchObject({ outcome: 'hit', complete: true, bodyBytes: 5 });
    await tls.close();
    rig = await Rig.open(text(''));
  });

  it('has no lane where that is switched off', async () => {
    const wire = await openRig('hello', { fastLane: false });
    for (let count = 0; count < 3; count += 1) await statuses(wire, get());
    expect(rig.outcomes).toEqual(['miss', 'hit', 'hit']);
    expect(rig.edge.fastLaneAnswers).toBe(0);
  });
});

describe('what is known of a stored response', () => {
  it('does not outlast a purge, a new version, a step of the clock or the operator’s word', async () => {
    const wire = await openRig();
    const ask = async (): Promise<string> => {
      await statuses(wire, get());
      return `${rig.last.outcome} ${rig.last.ttlSeconds}`;
    };
    rig.edge.clock.freeze();
    expect([await ask(), await ask()]).toEqual(['miss 600', 'hit 600']);
    rig.edge.clock.advance(1000);
    expect([await ask(), await ask()]).toEqual(['hit 599', 'hit 599']);
    await rig.edge.purge([{ siteId: undefined, selector: { kind: 'everything' }, soft: true }]);
    expect(await ask()).toMatch(/^(?:expired|revalidated) /);
    expect(await ask()).toMatch(/^hit /);
    await rig.edge.purge([{ siteId: undefined, selector: { kind: 'everything' }, soft: false }]);
    expect([await ask(), await ask()]).toEqual(['miss 600', 'hit 600']);
    rig.edge.bypass = true;
    expect(await ask()).toMatch(/^pass /);
    rig.edge.bypass = false;
    expect(await ask()).toBe('hit 600');
    rig.edge.clock.advance(600_000);
    expect(await ask()).toMatch(/^(?:expired|revalidated) /);
    expect(rig.edge.fastLaneAnswers).toBe(6);
  });
});

describe('what comes over a connection', () => {
  /** Answers with what was asked. */
  async function openEcho(): Promise<void> {
    rig = await Rig.open(async (asked, response) => {
      let content = '';
      for await (const bytes of asked) content += String(bytes);
      const { 'x-say': said = '' } = asked.headers;
      const body = `${asked.url} ${String(said)} ${content}`.padEnd(BODY_BYTES, '.');
      text(body, ...FRESH)(asked, response);
    });
  }

  const OTHERS = 20;
  const BODY_BYTES = 900_000;

  /** Other connections, which say so much that nothing of what was read before is left. */
  async function others(): Promise<() => Promise<unknown>> {
    const talkers = await Promise.all(Array.from({ length: OTHERS }, dial));
    const asked = get(`/others?${'z'.repeat(4000)}`, `X-Say: ${'z'.repeat(3000)}`);
    return () => Promise.all(talkers.map((wire) => statuses(wire, asked)));
  }

  it('is its own while it waits for the answers before it', async () => {
    await openEcho();
    const wire = await dial();
    await statuses(await dial(), get('/a'), get('/b'));
    wire.socket.pause();
    wire.socket.write(get('/a').repeat(10) + get('/b'));
    await expect.poll(() => rig.edge.fastLaneAnswers).toBeGreaterThan(0);
    const talk = await others();
    await talk();
    // Some still wait.
    expect(rig.records.filter(({ url }) => url.endsWith('/a')).length).toBeLessThan(11);
    wire.socket.resume();
    await expect.poll(() => wire.socket.bytesRead).toBeGreaterThan(11 * BODY_BYTES);
    expect(wire.received.match(/(?<=\r\n\r\n)\S+/g)).toEqual([
      ...Array<string>(10).fill('/a'),
      '/b',
    ]);
  });

  it('is its own on the way to the origin', async () => {
    await openEcho();
    rig.origin.onUpgrade((_asked, socket, early) => {
      socket.write(
        'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n',
      );
      socket.write(early);
      socket.pipe(socket);
    });
    const wire = await dial();
    const talk = await others();
    const said = 'said'.repeat(500);
    wire.socket.write(get('/', 'Connection: upgrade', 'Upgrade: echo') + said);
    await talk();
    await expect.poll(() => wire.received).toContain(`\r\n\r\n${said}`);
  });

  it('is its own where the origin is slow to take it', async () => {
    await openEcho();
    const taken = createHash('sha256');
    let takenBytes = 0;
    let begin = (): void => {};
    let end = (): void => {};
    rig.origin.onUpgrade((_asked, socket) => {
      end = () => void socket.destroy();
      socket.write(
        'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n',
      );
      begin = () =>
        void socket.on('data', (bytes: Buffer) => {
          taken.update(bytes);
          takenBytes += bytes.length;
        });
    });
    const wire = await dial();
    const talk = await others();
    wire.socket.write(get('/', 'Connection: upgrade', 'Upgrade: echo'));
    await expect.poll(() => wire.received).toContain('101');
    // More than fits in between, and different throughout.
    const said = Buffer.alloc(24 * 1024 * 1024);
    for (let at = 0; at < said.length; at += 4) said.writeUInt32LE(at, at);
    wire.socket.write(said);
    await talk();
    await talk();
    begin();
    await expect.poll(() => takenBytes).toBe(said.length);
    end();
    expect(taken.digest('hex')).toBe(createHash('sha256').update(said).digest('hex'));
  });
});

describe('the limits', () => {
  it('of silence hold before the first request, and between two', async () => {
    const limits = { headersTimeoutMs: 2000, keepAliveTimeoutMs: 100 };
    const silent = await openRig('hello', { limits });
    const talking = await dial();
    await statuses(talking, get());
    expect(await statuses(talking, get())).toEqual(['200']);
    expect(rig.edge.fastLaneAnswers).toBe(1);
    await silent.closed();
    await talking.closed();
    // The one that said nothing left none.
    expect(rig.records.length).toBe(2);
  });

  it('of a head that does not end hold behind an answer of the lane', async () => {
    const wire = await openRig('hello', { limits: { headersTimeoutMs: 2000 } });
    await statuses(wire, get());
    await statuses(wire, get());
    expect(rig.edge.fastLaneAnswers).toBe(1);
    expect(await statuses(wire, 'GET /a HTTP/1.1\r\nHo')).toEqual(['408']);
    await wire.closed();
  });

  it('of exchanges at once hold', async () => {
    const wire = await openRig('hello', { limits: { exchanges: 0 } });
    expect(await statuses(wire, get())).toEqual(['503']);
  });

  it('of the writing hold: who takes nothing is read no further, and cut in time', async () => {
    const limits = { writeTimeoutMs: 2000 };
    const wire = await openRig('x'.repeat(900_000), { limits });
    await statuses(wire, get());
    await statuses(wire, get());
    wire.socket.pause();
    wire.socket.write(get().repeat(500));
    await expect.poll(() => rig.records.some(({ complete }) => !complete)).toBe(true);
    expect(rig.last).toMatchObject({ outcome: 'hit', complete: false });
    expect(rig.lastReasons.at(-1)).toBe('client-stalled');
    // What the system took, and one more.
    expect(rig.records.length).toBeLessThan(100);
    expect(rig.edge.fastLaneAnswers).toBe(rig.records.length - 1);
  });

  it('of the writing let one go on that takes a little', async () => {
    const wire = await openRig('x'.repeat(900_000), { limits: { writeTimeoutMs: 2000 } });
    await statuses(wire, get());
    wire.socket.pause();
    wire.socket.write(get().repeat(30));
    const done = (): boolean => rig.records.length === 31;
    while (!done()) {
      wire.socket.resume();
      await sleep(10);
      wire.socket.pause();
      await sleep(300);
    }
    expect(rig.records.every(({ complete }) => complete)).toBe(true);
    expect(rig.edge.fastLaneAnswers).toBe(30);
  });

  it('of the last moments of a connection begin behind the last answer, not with it', async () => {
    await openRig('x'.repeat(900_000), { limits: { keepAliveTimeoutMs: 0 } });
    await statuses(await dial(), get());
    const last = get('/a', 'Connection: close');
    // How many answers the system takes ahead of the client is its business: the first is sought that waits for it.
    for (let before = 0; ; before += 1) {
      const wire = await dial();
      const [answered, recorded] = [rig.edge.fastLaneAnswers, rig.records.length];
      wire.socket.pause();
      wire.socket.write(get().repeat(before) + last);
      await expect.poll(() => rig.edge.fastLaneAnswers - answered).toBe(before + 1);
      await sleep(100);
      if (rig.records.length - recorded === before + 1) {
        wire.socket.destroy();
        continue;
      }
      await sleep(2000);
      const methods = Array.from({ length: before + 1 }, () => 'GET');
      wire.socket.resume();
      const heard = await wire.hear(methods);
      expect(heard.match(/200 OK/g)?.length).toBe(before + 1);
      expect(heard.length).toBeGreaterThan((before + 1) * 900_000);
      await wire.closed();
      expect(rig.last).toMatchObject({ outcome: 'hit', complete: true, bodyBytes: 900_000 });
      return;
    }
  });

  it('a client that leaves within an answer is in the journal', async () => {
    const wire = await openRig('x'.repeat(900_000));
    await statuses(wire, get());
    wire.socket.pause();
    wire.socket.write(get().repeat(50));
    await expect.poll(() => rig.edge.fastLaneAnswers > 1).toBe(true);
    await sleep(50);
    wire.socket.resetAndDestroy();
    await expect.poll(() => !rig.last.complete).toBe(true);
    expect(rig.lastReasons.at(-1)).toBe('client-gone');
  });

  it('the edge closes with answers under way', async () => {
    const wire = await openRig('x'.repeat(900_000));
    await statuses(wire, get());
    wire.socket.pause();
    wire.socket.write(get().repeat(50));
    await expect.poll(() => rig.edge.fastLaneAnswers > 1).toBe(true);
    const closing = rig.edge.close();
    wire.socket.resume();
    await closing;
    await wire.closed();
    expect(rig.last).toMatchObject({ outcome: 'hit', complete: false });
    expect(rig.records.length).toBe(rig.edge.fastLaneAnswers + 1);
  });

  it('who has stopped sending still gets the answers, and the end', async () => {
    const wire = await openRig('x'.repeat(900_000));
    await statuses(wire, get());
    wire.socket.end(get().repeat(5));
    const heard = await wire.hear(['GET', 'GET', 'GET', 'GET', 'GET']);
    expect(heard.match(/200 OK/g)?.length).toBe(5);
    await wire.closed();
    expect(rig.edge.fastLaneAnswers).toBe(5);
    expect(rig.records.every(({ complete }) => complete)).toBe(true);
  });
});
