import { describe, expect, it } from 'vitest';

import { GrowingBody, type BodyKeeper } from '../../src/growing-body.ts';
import { collect, find, patternBytes } from '../bodies.ts';
import { storedResponse } from '../stored-response.ts';
import { openOnDisk } from './folders.ts';

const MIB = 1024 * 1024;

describe('a large body on its way to disk', () => {
  it('takes little memory, however slow a reader is; each reader gets all of it', async () => {
    const { store } = openOnDisk({ maxBodyBytes: 200 * MIB });
    const chunk = patternBytes(MIB);
    const writer = store.begin(storedResponse()) as GrowingBody;
    const slow = writer.read(0, undefined);
    let fastBytes = 0;
    const fast = (async () => {
      for await (const piece of writer.read(0, undefined)) fastBytes += piece.length;
    })();
    let most = 0;
    let slowBytes = 0;
    for (let count = 0; count < 64; count++) {
      await writer.write(chunk);
      most = Math.max(most, writer.retainedBytes);
      // One step for sixteen of the others.
      if (count % 16 === 0) slowBytes += (await slow.next()).value?.length ?? 0;
    }
    expect(await writer.commit([])).toBe(true);
    await fast;
    expect(fastBytes).toBe(64 * MIB);
    expect(most).toBeLessThanOrEqual(6 * MIB);
    for await (const piece of slow) {
      expect(Buffer.from(piece).equals(chunk)).toBe(true);
      slowBytes += piece.length;
    }
    expect(slowBytes).toBe(64 * MIB);
    expect(find(store).selected[0]?.response.bodyBytes).toBe(64 * MIB);
  });

  it('can be followed by who comes late, from any byte, while it grows and after', async () => {
    const { store } = openOnDisk();
    const body = patternBytes(5 * MIB + 77);
    const writer = store.begin(storedResponse());
    await writer.write(body.subarray(0, 4 * MIB));
    const whole = collect(writer.read(0, undefined));
    const part = collect(writer.read(MIB - 3, 3 * MIB + 3));
    await writer.write(body.subarray(4 * MIB));
    expect(await writer.commit([])).toBe(true);
    expect(Buffer.from(await whole).equals(body)).toBe(true);
    expect(Buffer.from(await part).equals(body.subarray(MIB - 3, 3 * MIB + 3))).toBe(true);
    expect(Buffer.from(await collect(writer.read(0, undefined))).equals(body)).toBe(true);
  });
});

describe('a disk slower than the upstream', () => {
  it('holds the upstream back when four segments wait', async () => {
    const writes: PromiseWithResolvers<number>[] = [];
    const keeper: BodyKeeper<number> = {
      admit: () => undefined,
      spill: {
        write: () => {
          const write = Promise.withResolvers<number>();
          writes.push(write);
          return write.promise;
        },
        read: () => Promise.reject(new Error('nothing is read')),
        letGo: () => {},
      },
      commit: () => true,
      release: () => {},
    };
    const body = new GrowingBody<number>({ keeper, stallMs: 10_000 });
    const isHeld: boolean[] = [];
    const held: (Promise<void> | undefined)[] = [];
    for (let count = 0; count < 4; count++) {
      const room = body.write(patternBytes(MIB));
      held.push(room);
      isHeld.push(room !== undefined);
    }
    expect(isHeld).toEqual([false, false, false, true]);
    expect(body.retainedBytes).toBe(4 * MIB);
    writes[0]?.resolve(0);
    await held[3];
    expect(body.retainedBytes).toBe(3 * MIB);
    for (const [index, write] of writes.entries()) write.resolve(index);
    expect(await body.commit([])).toBe(true);
    expect(body.retainedBytes).toBe(0);
  });
});
