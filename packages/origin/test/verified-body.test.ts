import { createReadStream } from 'node:fs';
import { rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import { FileVersions, type OpenFile } from '../src/file-version.ts';
import { readRange, verifiedStream } from '../src/verified-body.ts';
import { writeSite } from './site.ts';

const OLD = Buffer.alloc(2_000_000, 'old ');
const NEW = Buffer.alloc(2_000_000, 'new ');
const WHOLE = { startByte: 0, endByte: 2_000_000 };
const PART = { startByte: 1000, endByte: 1_500_000 };
const BUILT_AT = new Date('2026-11-01T10:00:00Z');

interface Held {
  readonly file: string;
  readonly opened: OpenFile;
}

/** A file that a request has opened and hashed. */
async function hold(): Promise<Held> {
  const folder = await writeSite({ 'a.bin': OLD });
  const file = path.join(folder, 'a.bin');
  await utimes(file, BUILT_AT, BUILT_AT);
  const opened = await new FileVersions().open(file);
  onTestFinished(() => opened.handle.close());
  return { file, opened };
}

/** Other bytes of the same length, made at the same time. */
async function overwrite(file: string): Promise<void> {
  await writeFile(file, NEW, { flag: 'r+' });
  await utimes(file, BUILT_AT, BUILT_AT);
}

async function replace(file: string): Promise<void> {
  await writeFile(`${file}.tmp`, NEW);
  await rename(`${file}.tmp`, file);
}

describe.each([
  ['whole', WHOLE],
  ['part', PART],
])('%s', (_what, range) => {
  const expected = OLD.subarray(range.startByte, range.endByte);
  const byName = (file: string) =>
    createReadStream(file, { start: range.startByte, end: range.endByte - 1 });
  const streamed = async ({ file, opened }: Held) =>
    buffer(await verifiedStream(byName(file), opened, range));

  test('left alone', async () => {
    const held = await hold();
    expect((await readRange(held.opened, range))?.equals(expected)).toBe(true);
    expect((await streamed(held)).equals(expected)).toBe(true);
  });

  test('overwritten in place, size and time as before', async () => {
    const held = await hold();
    await overwrite(held.file);
    expect(await readRange(held.opened, range)).toBeNull();
    await expect(streamed(held)).rejects.toThrow('changed while it was being sent');
  });

  test('truncated', async () => {
    const held = await hold();
    await writeFile(held.file, 'short');
    expect(await readRange(held.opened, range)).toBeNull();
    await expect(streamed(held)).rejects.toThrow('changed while it was being sent');
  });

  test('another file under the name: the bytes that were hashed', async () => {
    const held = await hold();
    await replace(held.file);
    expect((await streamed(held)).equals(expected)).toBe(true);
  });

  test('the name is gone: the bytes that were hashed', async () => {
    const held = await hold();
    await rm(held.file);
    expect((await streamed(held)).equals(expected)).toBe(true);
  });

  test('overwritten between the first bytes and the last', async () => {
    const { file, opened } = await hold();
    const stream = await verifiedStream(byName(file), opened, range);
    const chunks: Buffer[] = [];
    const reading = (async () => {
      for await (const chunk of stream) {
        if (chunks.push(chunk as Buffer) === 1) await overwrite(file);
      }
    })();
    await expect(reading).rejects.toThrow('changed while it was being sent');
    // The end was held back: what came is visibly less.
    expect(Buffer.concat(chunks).length).toBeLessThan(expected.length);
  });
});

describe('the hash that is kept', () => {
  test('files written within one tick of the clock are told apart', async () => {
    const folder = await writeSite({});
    const file = path.join(folder, 'a.js');
    const versions = new FileVersions();
    const hashes = new Set<string>();
    for (let number = 100; number < 300; number++) {
      await writeFile(file, `release ${number}`);
      const opened = await versions.open(file);
      hashes.add(opened.hash);
      await opened.handle.close();
    }
    expect(hashes.size).toBe(200);
  });

  test('is not made again for a file that has settled, and is when ctime moves', async () => {
    const folder = await writeSite({ 'a.js': 'a' });
    const file = path.join(folder, 'a.js');
    const { ctimeMs } = await stat(file);
    let nowMs = ctimeMs + 60_000;
    const versions = new FileVersions({ nowMs: () => nowMs });
    const hashed = async () => {
      const before = versions.hashed;
      await (await versions.open(file)).handle.close();
      return versions.hashed - before;
    };
    expect([await hashed(), await hashed()]).toEqual([1, 0]);
    await utimes(file, BUILT_AT, BUILT_AT);
    expect([await hashed(), await hashed()]).toEqual([1, 0]);
    await writeFile(file, 'b');
    nowMs = (await stat(file)).ctimeMs + 500;
    expect([await hashed(), await hashed()]).toEqual([1, 1]);
  });
});
