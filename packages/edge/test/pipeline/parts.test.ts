import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createMemoryStore, StoreError, type Store } from '@poplet/store';
import { Rig, until } from '../rig.ts';

/** Over three segments of a body, and no length that divides anything. */
const BODY = Buffer.alloc(3_456_789);
for (let index = 0; index < BODY.length; index += 1)
  BODY[index] = 0x21 + ((index * 31 + (index >> 9)) % 94);
const SHA256 = sha256(BODY);

let rig: Rig;
/** After how many bytes the next answers break off. */
let breaks: number[];
let etag: string;
let store: Store;
/** While set, what is stored is handed out damaged. */
let isDamaged: boolean;

beforeEach(async () => {
  breaks = [];
  etag = '"v1"';
  isDamaged = false;
  const memory = createMemoryStore();
  store = Object.create(memory, {
    // Accessors of the memory store read its private fields.
    sequence: { get: () => memory.sequence },
  }) as Store;
  for (const name of [
    'find',
    'peek',
    'begin',
    'update',
    'remove',
    'purge',
    'isPurgedSince',
    'entries',
    'stats',
    'sweep',
    'close',
  ] as const)
    Object.defineProperty(store, name, { value: (memory[name] as () => unknown).bind(memory) });
  store.open = (response) => {
    const source = memory.open(response);
    if (source === undefined || !isDamaged) return source;
    return {
      bodyBytes: source.bodyBytes,
      bytes: () => undefined,
      // oxlint-disable-next-line require-yield
      async *read() {
        throw new StoreError('corrupt', 'damaged');
      },
    };
  };
  rig = await Rig.open(serve, { store });
});

afterEach(async () => {
  await rig.close();
});

/** An origin server that knows ranges, and breaks off when it is told to. */
function serve(request: IncomingMessage, response: ServerResponse): void {
  const common = { 'Cache-Control': 'max-age=600', ETag: etag, 'Accept-Ranges': 'bytes' };
  const [, first, last] = /^bytes=(\d+)-(\d*)$/u.exec(request.headers.range ?? '') ?? [];
  const ifRange = request.headers['if-range'];
  const isPart = first !== undefined && (ifRange === undefined || ifRange === etag);
  const start = isPart ? Number(first) : 0;
  const end = isPart && last !== '' ? Math.min(Number(last) + 1, BODY.length) : BODY.length;
  const bytes = BODY.subarray(start, end);
  response.writeHead(isPart ? 206 : 200, {
    ...common,
    'Content-Length': bytes.length,
    ...(isPart ? { 'Content-Range': `bytes ${start}-${end - 1}/${BODY.length}` } : {}),
  });
  const breakAt = breaks.shift();
  if (breakAt === undefined) response.end(bytes);
  else response.write(bytes.subarray(0, breakAt), () => setTimeout(() => response.destroy(), 30));
}

function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

describe('a body that is stored in part', () => {
  it('is completed after its connection broke, byte for byte', async () => {
    breaks = [2_000_003];
    const broken = await rig.ask('/film').catch((error: unknown) => error);
    expect(broken).toBeInstanceOf(Error);
    const whole = await rig.ask('/film');
    expect([whole.status, sha256(whole.body), rig.lastReasons.at(-1)]).toEqual([
      200,
      SHA256,
      'part-joined',
    ]);
    expect(rig.origin.headers[1]).toMatchObject({ 'if-range': '"v1"' });
    const [, from] = /^bytes=(\d+)-3456788$/u.exec(rig.origin.headers[1]?.range ?? '') ?? [];
    expect(Number(from)).toBeGreaterThan(0);
    expect(Number(from)).toBeLessThanOrEqual(2_000_003);

    const again = await rig.ask('/film');
    expect([sha256(again.body), rig.last.outcome, rig.origin.asked.length]).toEqual([
      SHA256,
      'hit',
      2,
    ]);
  });

  it('is completed once for all who ask at the same time', async () => {
    breaks = [1_500_000];
    await rig.ask('/film').catch(() => {});
    const answers = await rig.askTogether('/film', 40);
    expect(new Set(answers.map(({ body }) => sha256(body)))).toEqual(new Set([SHA256]));
    expect(rig.origin.asked.length).toBe(2);
  });

  it('answers ranges within it while those outside are fetched', async () => {
    breaks = [1_500_000];
    await rig.ask('/film').catch(() => {});
    const inside = await rig.ask('/film', { headers: { Range: 'bytes=1000-1999' } });
    expect([inside.status, rig.origin.asked.length]).toEqual([206, 1]);
    expect(inside.body).toBe(BODY.toString('latin1', 1000, 2000));
    const across = await rig.ask('/film', { headers: { Range: 'bytes=-3000000' } });
    expect(across.status).toBe(206);
    expect(across.headers['content-range']).toBe('bytes 456789-3456788/3456789');
    expect(sha256(across.body)).toBe(sha256(BODY.subarray(-3_000_000)));
  });

  it('does not take the place of the whole that was stored meanwhile', async () => {
    let breakOff = (): void => {};
    rig.origin.answer = (_request, response) => {
      response.writeHead(200, {
        'Cache-Control': 'max-age=600',
        ETag: etag,
        'Content-Length': BODY.length,
      });
      response.write(BODY.subarray(0, 1_000_000));
      breakOff = () => response.destroy();
      rig.origin.answer = serve;
    };
    const broken = rig.ask('/film').catch((error: unknown) => error);
    await until(() => rig.origin.asked.length === 1, 'the origin is asked');
    await rig.ask('/film', { headers: { 'Cache-Control': 'no-cache' } });
    breakOff();
    expect(await broken).toBeInstanceOf(Error);
    await until(() => rig.records.length === 2, 'it is recorded');
    const whole = await rig.ask('/film');
    expect([sha256(whole.body), rig.last.outcome, rig.origin.asked.length]).toEqual([
      SHA256,
      'hit',
      2,
    ]);
  });

  it('gives way to a new version', async () => {
    breaks = [1_500_000];
    await rig.ask('/film').catch(() => {});
    etag = '"v2"';
    const whole = await rig.ask('/film');
    expect([sha256(whole.body), whole.headers['etag']]).toEqual([SHA256, '"v2"']);
    expect(rig.origin.asked.length).toBe(2);
  });

  it('is forgotten when it proves damaged, and its client is not told that it is whole', async () => {
    breaks = [1_500_000];
    await rig.ask('/film').catch(() => {});
    isDamaged = true;
    const broken = await rig.ask('/film').catch((error: unknown) => error);
    expect(broken).toBeInstanceOf(Error);
    isDamaged = false;
    const whole = await rig.ask('/film');
    expect(sha256(whole.body)).toBe(SHA256);
    expect(rig.origin.headers.at(-1)?.range).toBeUndefined();
  });
});
