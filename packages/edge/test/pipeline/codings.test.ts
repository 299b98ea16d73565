// Content codings over real sockets: what streams, what is shared, what is stored, what goes wrong.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import {
  brotliDecompressSync,
  createBrotliDecompress,
  createGunzip,
  createZstdDecompress,
  gunzipSync,
  gzipSync,
  zstdDecompressSync,
} from 'node:zlib';

import { rfc9111, type CodingPolicy } from '@poplet/policy';
import * as fc from 'fast-check';
import { createMemoryStore } from '@poplet/store';
import { afterEach, describe, expect, it } from 'vitest';

import { Rig, until, type RigOptions } from '../rig.ts';
import type { Answer } from '../test-origin.ts';

let rig: Rig;
afterEach(() => rig.close());

const MIB = 1024 * 1024;
const EVERYTHING = { selector: { kind: 'everything' }, soft: false, siteId: undefined } as const;

function coding(changes: Partial<CodingPolicy>): RigOptions['site'] & {} {
  return { policy: { ...rfc9111, coding: { ...rfc9111.coding, ...changes } } };
}

/** Text that compresses, but not to nothing; different for each version. */
function textOf(version: string, bytes: number): string {
  let text = '';
  for (let line = 0; text.length < bytes; line++)
    text += `${version} ${line} ${(line * 2_654_435_761) % 4_294_967_296}\n`;
  return text.slice(0, bytes);
}

function page(body: string | Buffer, ...lines: readonly string[]): Answer {
  return (_request, response) => {
    response.writeHead(200, [
      'Content-Type',
      'text/plain',
      'Cache-Control',
      'max-age=600',
      'Content-Length',
      String(Buffer.byteLength(body)),
      ...lines,
    ]);
    response.end(body);
  };
}

interface Got {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly coding: string;
  readonly content: Buffer;
  /** Decoded as Content-Encoding says. */
  readonly text: string;
}

async function get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Got> {
  const response = await rig.head(path, { headers });
  const content = await buffer(response);
  const named = response.headers['content-encoding'] ?? 'identity';
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    coding: named,
    content,
    text: decoded(content, named).toString(),
  };
}

function decoded(content: Buffer, named: string): Buffer {
  if (named === 'gzip') return gunzipSync(content);
  if (named === 'br') return brotliDecompressSync(content);
  if (named === 'zstd') return zstdDecompressSync(content);
  if (named === 'identity') return content;
  throw new Error(`nobody asked for ${named}`);
}

const CODINGS = ['gzip', 'br', 'zstd'] as const;

describe('a page that is streamed', () => {
  it.each(CODINGS)('is seen as it grows, in %s too', async (wanted) => {
    let stream: ServerResponse | undefined;
    rig = await Rig.open((_request, response) => {
      response
        .writeHead(200, ['Content-Type', 'text/html', 'Cache-Control', 'max-age=60'])
        .flushHeaders();
      stream = response;
    });
    const incoming = await rig.head('/', { headers: { 'accept-encoding': wanted } });
    expect(incoming.headers['content-encoding']).toBe(wanted);
    const decoder = {
      gzip: createGunzip,
      br: createBrotliDecompress,
      zstd: createZstdDecompress,
    }[wanted]();
    let seen = '';
    incoming.pipe(decoder).on('data', (piece: Buffer) => {
      seen += piece.toString();
    });
    for (const piece of ['<h1>one</h1>', '<p>two</p>', '<p>three</p>']) {
      stream?.write(piece);
      await until(() => seen.endsWith(piece), `${piece} arrives`);
    }
    stream?.end('<p>end</p>');
    await until(() => seen.endsWith('<p>end</p>'), 'the end arrives');
    expect(seen).toBe('<h1>one</h1><p>two</p><p>three</p><p>end</p>');
  });

  it('holds its origin back while its client takes nothing', async () => {
    const piece = Buffer.from(textOf('x', MIB));
    let sentBytes = 0;
    let isHeldBack = false;
    rig = await Rig.open(
      (_request, response) => {
        response.writeHead(200, ['Content-Type', 'text/plain', 'Cache-Control', 'no-store']);
        const send = (): void => {
          while (sentBytes < 512 * MIB) {
            sentBytes += piece.length;
            isHeldBack = !response.write(piece);
            if (isHeldBack) return;
          }
        };
        response.on('drain', send);
        send();
      },
      { site: coding({ levels: { ...rfc9111.coding.levels, gzip: { stream: 1, stored: 1 } } }) },
    );
    const incoming = await rig.head('/', { headers: { 'accept-encoding': 'gzip' } });
    let before = -1;
    await until(() => {
      const isStill = before === sentBytes && isHeldBack;
      before = sentBytes;
      return isStill;
    }, 'nothing more is taken from the origin');
    // What lies between them: buffers of sockets and streams.
    expect(sentBytes).toBeLessThan(100 * MIB);
    incoming.destroy();
    await until(() => rig.origin.aborted === 1, 'the origin is let go');
  });

  it.each([
    ['made', 'br', []],
    ['undone', 'identity', ['Content-Encoding', 'gzip']],
    ['replaced', 'br', ['Content-Encoding', 'gzip']],
  ])('and left by its client says nothing of the coding being %s', async (_, wanted, lines) => {
    const piece = lines.length === 0 ? textOf('x', 2000) : gzipSync(textOf('x', 200_000));
    rig = await Rig.open((_request, response) => {
      response.writeHead(200, [
        'Content-Type',
        'text/plain',
        'Cache-Control',
        'no-store',
        ...lines,
      ]);
      response.write(piece.slice(0, 1500));
    });
    const incoming = await rig.head('/', { headers: { 'accept-encoding': wanted } });
    expect(incoming.headers['content-encoding'] ?? 'identity').toBe(wanted);
    incoming.destroy();
    await until(() => rig.records.length === 1, 'it is recorded');
    expect(rig.lastReasons).toContain('client-gone');
    expect(rig.lastReasons).not.toContain('coding-failed');
    expect(rig.faults).toEqual([]);
  });

  it('of events is passed on as it is', async () => {
    rig = await Rig.open((_request, response) => {
      response.writeHead(200, ['Content-Type', 'text/event-stream', 'Cache-Control', 'no-store']);
      response.end(textOf('data:', 2000));
    });
    expect(await get('/', { 'accept-encoding': 'br' })).toMatchObject({ coding: 'identity' });
    expect(rig.lastReasons).toContain('not-coded-type');
  });
});

describe('requests that arrive together', () => {
  it('share one exchange, and each gets its own coding', async () => {
    const body = textOf('v1', 300_000);
    let release: () => void = () => {};
    rig = await Rig.open((request, response) => {
      release = () => page(body, 'ETag', '"v1"')(request, response);
    });
    const wishes = [...CODINGS, 'identity', 'gzip;q=0.5, br;q=0.1', ''];
    const all = wishes.map((wish) => get('/', { 'accept-encoding': wish }));
    await until(() => rig.origin.asked.length === 1, 'the origin is asked');
    await until(() => rig.edge.flights === 1, 'a flight is under way');
    await rig.hasReceivedAll();
    release();
    const got = await Promise.all(all);
    expect(got.map((one) => one.coding)).toEqual([
      'gzip',
      'br',
      'zstd',
      'identity',
      'gzip',
      'identity',
    ]);
    for (const { text } of got) expect(text === body).toBe(true);
    expect(rig.origin.asked).toEqual(['GET /']);
  });
});

describe('many clients at once', () => {
  it('get a coding as long as there is room, and the body as it came then', async () => {
    const body = textOf('v1', 300_000);
    const streams: ServerResponse[] = [];
    rig = await Rig.open((_request, response) => {
      response.writeHead(200, ['Content-Type', 'text/plain', 'Cache-Control', 'max-age=600']);
      response.write(body.slice(0, 100_000));
      streams.push(response);
    });
    const clients = await Promise.all(
      Array.from({ length: 100 }, () => rig.head('/', { headers: { 'accept-encoding': 'gzip' } })),
    );
    const compressed = clients.filter(({ headers }) => headers['content-encoding'] === 'gzip');
    // A body counts once its first byte is asked for; those that come in one go are not told apart.
    expect(compressed.length).toBeGreaterThanOrEqual(64);
    const late = await rig.head('/', { headers: { 'accept-encoding': 'gzip' } });
    expect(late.headers).toMatchObject({ vary: 'Accept-Encoding' });
    expect(late.headers['content-encoding']).toBeUndefined();
    for (const stream of streams) stream.end(body.slice(100_000));
    for (const client of [...clients, late]) {
      const named = client.headers['content-encoding'] ?? 'identity';
      expect(decoded(await buffer(client), named).toString() === body).toBe(true);
    }
    // Where all are done there is room again.
    await rig.edge.tasks.idle();
    await rig.edge.purge([EVERYTHING]);
    const again = await rig.head('/', { headers: { 'accept-encoding': 'gzip' } });
    expect(again.headers['content-encoding']).toBe('gzip');
    again.destroy();
  });
});

describe('a stored coding', () => {
  it('is made once, however many ask for it meanwhile, and has its length', async () => {
    const body = textOf('v1', 200_000);
    rig = await Rig.open(page(body, 'ETag', '"v1"'));
    const asked = await Promise.all(
      Array.from({ length: 20 }, () => get('/', { 'accept-encoding': 'br' })),
    );
    expect(asked.every(({ text }) => text === body)).toBe(true);
    await rig.edge.tasks.idle();
    const [entry] = rig.edge.store.entries({ limit: 9 });
    expect(entry?.response.codings?.map((one) => one.coding)).toEqual(['br']);
    const { content, headers, text } = await get('/', { 'accept-encoding': 'br' });
    expect(text === body).toBe(true);
    expect(Number(headers['content-length'])).toBe(content.length);
    expect(rig.lastReasons).toContain('coded-as-stored');
    expect(rig.edge.store.stats()).toMatchObject({ entries: 1 });
    expect(rig.edge.store.stats().bytes).toBeGreaterThan(body.length + content.length);
  });

  it('is made with more effort than what goes out meanwhile', async () => {
    const lines = Array.from(
      { length: 5000 },
      (_, line) => `.rule-${line} { margin: ${line % 97}px }`,
    );
    const body = lines.join('\n');
    const levels = {
      gzip: { stream: 1, stored: 9 },
      br: { stream: 1, stored: 9 },
      zstd: { stream: 1, stored: 12 },
    };
    rig = await Rig.open(page(body), { site: coding({ levels }) });
    for (const wanted of CODINGS) {
      const before = await get(`/${wanted}`, { 'accept-encoding': wanted });
      await rig.edge.tasks.idle();
      const after = await get(`/${wanted}`, { 'accept-encoding': wanted });
      expect(after.content.length).toBeLessThan(before.content.length);
      expect(after.text === body).toBe(true);
    }
  });

  it('is not made of what was purged meanwhile', async () => {
    const body = textOf('v1', 2 * MIB);
    rig = await Rig.open(page(body), {
      site: coding({ levels: { ...rfc9111.coding.levels, br: { stream: 1, stored: 9 } } }),
    });
    await get('/', { 'accept-encoding': 'br' });
    await rig.edge.purge([EVERYTHING]);
    await rig.edge.tasks.idle();
    expect(rig.edge.store.entries({ limit: 9 })).toEqual([]);
    expect(rig.edge.store.stats()).toMatchObject({ entries: 0, bytes: 0 });
    await get('/', { 'accept-encoding': 'br' });
    expect(rig.last.outcome).toBe('miss');
  });

  it('is not waited for when the edge closes', async () => {
    const body = textOf('v1', 2 * MIB);
    const other = await Rig.open(page(body), {
      site: coding({ levels: { ...rfc9111.coding.levels, br: { stream: 1, stored: 11 } } }),
    });
    rig = other;
    for (const path of ['/a', '/b', '/c', '/d']) await get(path, { 'accept-encoding': 'br' });
    const startedMs = performance.now();
    await other.edge.close();
    // Each of the four takes some seconds.
    expect(performance.now() - startedMs).toBeLessThan(8000);
    await other.origin.close();
    rig = await Rig.open(page(''));
  });

  it('is not kept where there is no room, and the body is served all the same', async () => {
    const body = textOf('v1', 100_000);
    rig = await Rig.open(page(body), {
      store: createMemoryStore({ maxBytes: 120_000, maxBodyBytes: 110_000 }),
    });
    for (let turn = 0; turn < 3; turn++) {
      const { text, coding: named } = await get('/', { 'accept-encoding': 'gzip' });
      expect({ isRight: text === body, named }).toEqual({ isRight: true, named: 'gzip' });
      await rig.edge.tasks.idle();
    }
    expect(rig.outcomes).toEqual(['miss', 'hit', 'hit']);
    expect(rig.edge.store.entries({ limit: 9 })[0]?.response.codings).toEqual([]);
  });

  it('is made of what came in gzip, for who does not accept that', async () => {
    const body = textOf('v1', 100_000);
    rig = await Rig.open(page(gzipSync(body), 'Content-Encoding', 'gzip', 'ETag', '"v1"'));
    for (const wish of ['identity', 'br', 'gzip'] as const) {
      for (const reason of ['first', 'second']) {
        const { text, coding: named } = await get('/', { 'accept-encoding': wish });
        expect({ wish, reason, isRight: text === body, named }).toEqual({
          wish,
          reason,
          isRight: true,
          named: wish,
        });
        await rig.edge.tasks.idle();
      }
    }
    const [entry] = rig.edge.store.entries({ limit: 9 });
    expect(entry?.response.codings?.map((one) => one.coding)).toEqual(['identity', 'br']);
    expect(rig.origin.asked).toEqual(['GET /']);
  });
});

describe('a body that is decoded', () => {
  it('is cut off where it grows out of bounds, and takes no more memory than that', async () => {
    // 64 MB of nothing in 64 KB.
    const bomb = gzipSync(Buffer.alloc(64 * MIB));
    rig = await Rig.open(page(bomb, 'Content-Encoding', 'gzip'), {
      site: coding({ maxDecodedBytes: 8 * MIB }),
    });
    const before = process.memoryUsage().rss;
    const incoming = await rig.head('/');
    let bytes = 0;
    const broken = (async () => {
      for await (const chunk of incoming) bytes += (chunk as Buffer).length;
    })();
    await expect(broken).rejects.toThrow('aborted');
    expect(bytes).toBeLessThanOrEqual(8 * MIB);
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * MIB);
    await until(() => rig.records.length === 1, 'it is recorded');
    expect(rig.lastReasons).toContain('coding-failed');
    // Nor is it tried again in the background.
    await rig.edge.tasks.idle();
    expect(rig.edge.store.entries({ limit: 9 })[0]?.response.codings).toEqual([]);
  });

  it('that is nothing of the kind is cut off, whatever part of it is wrong', async () => {
    const whole = gzipSync(textOf('v1', 100_000));
    const broken = [
      Buffer.from('not gzip at all'),
      whole.subarray(0, whole.length - 20),
      Buffer.concat([whole.subarray(0, 5000), Buffer.alloc(100, 0xff), whole.subarray(5100)]),
    ];
    rig = await Rig.open((request, response) => {
      const body = broken[Number(request.url?.slice(1))] as Buffer;
      page(body, 'Content-Encoding', 'gzip')(request, response);
    });
    for (const index of broken.keys()) {
      // While it comes, and again when it is stored.
      for (let turn = 0; turn < 2; turn++) {
        await expect(get(`/${index}`)).rejects.toThrow(/aborted|hang up/u);
        await until(() => rig.records.length === 2 * index + turn + 1, 'it is recorded');
        expect(rig.lastReasons).toContain('coding-failed');
        expect(rig.last.complete).toBe(false);
      }
    }
    expect(rig.faults).toEqual([]);
  });

  it('that breaks off is a body that breaks off, and no fault of its coding', async () => {
    const whole = gzipSync(textOf('v1', 400_000));
    rig = await Rig.open((_request, response) => {
      response.writeHead(200, [
        'Content-Type',
        'text/plain',
        'Content-Encoding',
        'gzip',
        'Content-Length',
        String(whole.length),
      ]);
      response.write(whole.subarray(0, 50_000), () => response.destroy());
    });
    await expect(get('/')).rejects.toThrow(/aborted|hang up/u);
    await until(() => rig.records.length === 1, 'it is recorded');
    expect(rig.lastReasons).toContain('answer-cut-off');
    expect(rig.lastReasons).not.toContain('coding-failed');
  });
});

/** What the origin has had to offer. */
class Versions {
  now = 1;
  readonly #bodies = new Map<number, string>();

  bodyOf(number: number): string {
    const known = this.#bodies.get(number) ?? textOf(`version-${number}`, 30_000 + 7 * number);
    this.#bodies.set(number, known);
    return known;
  }

  /** Which ones a text may be of. */
  having(isOf: (body: string) => boolean): readonly number[] {
    return [...this.#bodies].filter(([, body]) => isOf(body)).map(([number]) => number);
  }

  answer(native: 'identity' | 'gzip'): Answer {
    return (request, response) => {
      const tag = `"v${this.now}"`;
      if (request.headers['if-none-match']?.includes(tag) === true) {
        response.writeHead(304, ['ETag', tag, 'Cache-Control', 'max-age=600']).end();
        return;
      }
      const body = this.bodyOf(this.now);
      const send =
        native === 'gzip'
          ? page(gzipSync(body), 'ETag', tag, 'Content-Encoding', 'gzip')
          : page(body, 'ETag', tag);
      send(request, response);
    };
  }
}

interface Asked {
  readonly kind: 'ask';
  readonly wish: string;
  readonly with: string;
}

/** One client that remembers what it was given, and judges what it is given next. */
class Critic {
  readonly #versions: Versions;
  /** Content by strong tag: what has the same tag has the same bytes. */
  readonly #contents = new Map<string, Buffer>();
  #tag = '"none"';

  constructor(versions: Versions) {
    this.#versions = versions;
  }

  /** What is wrong with the answer, or null. */
  async ask({ wish, with: how }: Asked): Promise<string | null> {
    const conditions: Record<string, string> = {};
    if (how === 'its tag') conditions['if-none-match'] = this.#tag;
    if (how.startsWith('a range')) conditions['range'] = 'bytes=10-19';
    if (how === 'a range if its tag') conditions['if-range'] = this.#tag;
    const response = await rig.head('/', { headers: { 'accept-encoding': wish, ...conditions } });
    const content = await buffer(response);
    const named = response.headers['content-encoding'] ?? 'identity';
    const { statusCode: status = 0, headers } = response;
    const told = `${status} ${named} ${headers.etag} for ${wish} with ${how}`;
    const why =
      status === 304
        ? this.#wrong304(headers.etag)
        : (wrongCoding(named, wish) ?? this.#wrongBytes({ status, headers, content, named }));
    return why === null ? null : `${told}: ${why}`;
  }

  #wrong304(tag: string | undefined): string | null {
    // It is about the version that the client has, whatever the coding is.
    return versionIn(tag) === versionIn(this.#tag) ? null : `the client has ${this.#tag}`;
  }

  #wrongBytes({
    status,
    headers,
    content,
    named,
  }: {
    readonly status: number;
    readonly headers: IncomingMessage['headers'];
    readonly content: Buffer;
    readonly named: string;
  }): string | null {
    const { etag = '' } = headers;
    const isStrong = etag.startsWith('"');
    const whole = isStrong ? this.#contents.get(etag) : undefined;
    if (status === 206) {
      if (!isStrong) return 'a range under no strong tag';
      if (whole !== undefined && !content.equals(whole.subarray(10, 20)))
        return 'not the bytes of what has this tag';
      if (named !== 'identity') return content.length === 10 ? null : 'not ten bytes';
      const text = content.toString();
      const numbers = this.#versions.having((body) => body.slice(10, 20) === text);
      return numbers.length > 0 ? null : 'a range of no version';
    }
    if (whole !== undefined && !content.equals(whole)) return 'other bytes under a strong tag';
    const text = decoded(content, named).toString();
    const [number] = this.#versions.having((body) => body === text);
    if (number === undefined) return 'bytes of no version';
    if (etag === '') return null;
    if (versionIn(etag) !== String(number)) return `bytes of version ${number}`;
    this.#tag = etag;
    if (isStrong) this.#contents.set(etag, content);
    return null;
  }
}

function versionIn(tag: string | undefined): string | undefined {
  return /"v(?<number>\d+)/u.exec(tag ?? '')?.groups?.['number'];
}

function wrongCoding(named: string, wish: string): string | null {
  if (named === 'identity') return wish.includes('identity;q=0') ? 'identity is refused' : null;
  return wish === '*' || wish.includes(named) ? null : 'it was not asked for';
}

const WISHES = ['gzip', 'br', 'zstd', 'identity', 'gzip, br;q=0.5', '*', 'br, identity;q=0'];
const MANNERS = ['nothing', 'its tag', 'a range', 'a range if its tag'];

const history = fc.record({
  native: fc.constantFrom('identity', 'gzip'),
  etag: fc.constantFrom('weak', 'suffix', 'strip'),
  steps: fc.array(
    fc.oneof(
      {
        weight: 1,
        arbitrary: fc.record({ kind: fc.constantFrom('new version', 'purge', 'expire', 'idle') }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          kind: fc.constant('ask'),
          wish: fc.constantFrom(...WISHES),
          with: fc.constantFrom(...MANNERS),
        }),
      },
    ),
    { minLength: 4, maxLength: 20 },
  ),
});

const RUNS = Number(process.env['POPLET_PROPERTY_RUNS'] ?? 25);

describe(`whoever asks for whatever, while versions come and go (${RUNS} histories)`, () => {
  it('gets one version, in a coding that it accepts', { timeout: 300_000 }, async () => {
    rig = await Rig.open(page(''));
    const property = fc.asyncProperty(history, async ({ native, etag, steps }) => {
      await rig.close();
      const versions = new Versions();
      rig = await Rig.open(versions.answer(native), { site: coding({ etag }) });
      const critic = new Critic(versions);
      const problems: string[] = [];
      for (const step of steps) {
        if (step.kind === 'new version') versions.now += 1;
        else if (step.kind === 'purge') await rig.edge.purge([EVERYTHING]);
        else if (step.kind === 'expire') rig.edge.clock.advance(601_000);
        else if (step.kind === 'idle') await rig.edge.tasks.idle();
        else problems.push((await critic.ask(step as Asked)) ?? '');
      }
      expect(problems.filter((why) => why !== '')).toEqual([]);
    });
    await fc.assert(property, { numRuns: RUNS });
  });
});
