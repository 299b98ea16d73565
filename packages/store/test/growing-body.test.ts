import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { GrowingBody, type BodyKeeper } from '../src/growing-body.ts';
import { collect, patternBytes } from './bodies.ts';

const MIB = 1024 * 1024;

/** Keeps up to `limitBytes`, and writes down what it was told. */
function keeperOf(limitBytes: number, log: string[] = []): BodyKeeper {
  return {
    admit: (keptBytes, chunkBytes) =>
      keptBytes + chunkBytes > limitBytes ? { code: 'too-large', message: 'too large' } : undefined,
    commit: (segments, { trailers }) => {
      log.push(`commit ${segments.length} ${trailers.join(' ')}`);
      return true;
    },
    release: (keptBytes) => {
      log.push(`release ${keptBytes}`);
    },
  };
}

function grow(limitBytes: number, log?: string[]): GrowingBody {
  return new GrowingBody({ keeper: keeperOf(limitBytes, log), stallMs: 10_000 });
}

/** Reads without end, and says so when it fails. */
async function drain(source: AsyncIterable<Uint8Array>): Promise<number | string> {
  let bytes = 0;
  try {
    for await (const chunk of source) bytes += chunk.length;
    return bytes;
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe('what the store is told', () => {
  it('of a body that is kept', async () => {
    const log: string[] = [];
    const body = grow(100, log);
    await body.write(patternBytes(60));
    expect(await body.commit(['X-T', 'v'])).toBe(true);
    void body.abort(new Error('too late'));
    expect(log).toEqual(['commit 1 X-T v', 'release 60']);
  });

  it('of a body that is cut off', async () => {
    const log: string[] = [];
    const body = grow(100, log);
    await body.write(patternBytes(60));
    void body.abort(new Error('cut off'));
    void body.abort(new Error('again'));
    expect(await body.commit([])).toBe(false);
    expect(log).toEqual(['release 60']);
  });

  it('of a body that it gave up', async () => {
    const log: string[] = [];
    const body = grow(100, log);
    const read = drain(body.read(0, undefined));
    await body.write(patternBytes(60));
    await body.write(patternBytes(60));
    expect(log).toEqual(['release 60']);
    expect(await body.commit([])).toBe(false);
    expect(log).toEqual(['release 60']);
    expect(await read).toBe(120);
  });

  it('and when it fails, the readers do not notice', async () => {
    const keeper = {
      ...keeperOf(100),
      commit: () => Promise.reject(new Error('ENOSPC: no space left on device')),
    };
    const body = new GrowingBody({ keeper, stallMs: 10_000 });
    const read = drain(body.read(0, undefined));
    await body.write(patternBytes(60));
    expect(await body.commit([])).toBe(false);
    expect(body.abandoned).toEqual({
      code: 'store-failed',
      message: 'ENOSPC: no space left on device',
    });
    expect(await read).toBe(60);
  });
});

describe('memory', () => {
  it('stays flat while a body of 2 GB passes that is not kept', async () => {
    const body = grow(0);
    const read = drain(body.read(0, undefined));
    const chunk = Buffer.allocUnsafeSlow(MIB);
    let most = 0;
    for (let count = 0; count < 2_000; count++) {
      await body.write(chunk);
      most = Math.max(most, body.retainedBytes);
    }
    await body.commit([]);
    expect(await read).toBe(2_097_152_000);
    expect(most).toBeLessThanOrEqual(3 * MIB);
    expect(body.retainedBytes).toBeLessThanOrEqual(MIB);
  });

  it('lets go of what was kept as soon as it is over the limit and read', async () => {
    const body = grow(4 * MIB);
    const reader = body.read(0, undefined);
    await body.write(patternBytes(4 * MIB));
    const write = body.write(patternBytes(10));
    expect(body.retainedBytes).toBe(5 * MIB);
    await reader.next();
    await reader.next();
    expect(body.retainedBytes).toBe(3 * MIB);
    await reader.next();
    await reader.next();
    expect(body.retainedBytes).toBe(MIB);
    await write;
    await reader.return?.();
  });

  it('keeps everything while the store keeps it, however slow a reader is', async () => {
    const body = grow(4 * MIB);
    const slow = body.read(0, undefined);
    const fast = drain(body.read(0, undefined));
    for (let count = 0; count < 4; count++) expect(body.write(patternBytes(MIB))).toBeUndefined();
    await body.commit([]);
    expect(await fast).toBe(4 * MIB);
    expect(await drain(slow)).toBe(4 * MIB);
  });
});

describe('a reader of a part', () => {
  it('holds nobody up once it has all it asked for', async () => {
    const body = grow(0);
    const part = body.read(0, 10);
    const all = drain(body.read(0, undefined));
    const write = body.write(patternBytes(3 * MIB));
    expect((await part.next()).value).toHaveLength(10);
    await write;
    await body.commit([]);
    expect(await all).toBe(3 * MIB);
    expect(await part.next()).toEqual({ done: true, value: undefined });
  });
});

describe('a reader that takes nothing', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is let go after 10 s when another waits', async () => {
    const body = grow(0);
    const stalled = body.read(0, undefined);
    const other = drain(body.read(0, undefined));
    const write = body.write(patternBytes(2 * MIB));
    await vi.advanceTimersByTimeAsync(9_999);
    const order: string[] = [];
    const done = Promise.resolve(write).then(() => order.push('written'));
    await vi.advanceTimersByTimeAsync(0);
    expect(order).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    await done;
    expect(body.retainedBytes).toBe(0);
    await expect(stalled.next()).rejects.toMatchObject({
      code: 'stalled',
      message: 'the reader took nothing for 10 s while others waited',
    });
    expect(await stalled.next()).toEqual({ done: true, value: undefined });
    await body.commit([]);
    expect(await other).toBe(2 * MIB);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is waited for when it is alone', async () => {
    const body = grow(0);
    const only = body.read(0, undefined);
    const write = body.write(patternBytes(2 * MIB));
    await vi.advanceTimersByTimeAsync(60_000);
    expect((await only.next()).value).toHaveLength(MIB);
    await write;
    expect(vi.getTimerCount()).toBe(0);
    await only.return?.();
  });

  it('is waited for when the others have not caught up either', async () => {
    const body = grow(0);
    const one = body.read(0, undefined);
    const two = body.read(0, undefined);
    const write = body.write(patternBytes(3 * MIB));
    await vi.advanceTimersByTimeAsync(60_000);
    expect((await one.next()).value).toHaveLength(MIB);
    expect((await two.next()).value).toHaveLength(MIB);
    await one.next();
    await two.next();
    await write;
    await one.return?.();
    await two.return?.();
  });

  it('gets 10 s more each time it takes something', async () => {
    const body = grow(0);
    const slow = body.read(0, undefined);
    const other = drain(body.read(0, undefined));
    const write = body.write(patternBytes(4 * MIB));
    for (let count = 0; count < 3; count++) {
      await vi.advanceTimersByTimeAsync(9_000);
      expect((await slow.next()).value).toHaveLength(MIB);
    }
    await write;
    expect(vi.getTimerCount()).toBe(0);
    await body.commit([]);
    expect(await drain(slow)).toBe(MIB);
    expect(await other).toBe(4 * MIB);
  });

  it('does not save another that takes nothing', async () => {
    const body = grow(0);
    const slow = body.read(0, undefined);
    const stalled = body.read(0, undefined);
    const other = drain(body.read(0, undefined));
    const write = body.write(patternBytes(4 * MIB));
    await vi.advanceTimersByTimeAsync(9_000);
    await slow.next();
    await vi.advanceTimersByTimeAsync(1_000);
    await expect(stalled.next()).rejects.toMatchObject({ code: 'stalled' });
    await slow.next();
    await slow.next();
    await write;
    await body.commit([]);
    expect(await drain(slow)).toBe(MIB);
    expect(await other).toBe(4 * MIB);
  });

  it('is left alone once the body has ended: it holds nobody up any more', async () => {
    const body = grow(0);
    const slow = body.read(0, undefined);
    const other = drain(body.read(0, undefined));
    const write = body.write(patternBytes(2 * MIB));
    const stored = body.commit([]);
    await write;
    expect(await stored).toBe(false);
    expect(await other).toBe(2 * MIB);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(Buffer.from(await collect(slow)).equals(patternBytes(2 * MIB))).toBe(true);
  });
});
