import { expect, it } from 'vitest';

import type { BodySource } from '../../src/store.ts';
import { collect, find, patternBytes, put } from '../bodies.ts';
import { storedResponse } from '../stored-response.ts';
import { openStore, type MakeStore } from './make-store.ts';

const MIB = 1024 * 1024;
const BODY = patternBytes(2 * MIB + 1000);

/** The body above, written in chunks that do not fit the segments. */
async function openLargeBody(makeStore: MakeStore): Promise<BodySource> {
  const store = await openStore(makeStore);
  const writer = store.begin(storedResponse());
  for (let start = 0; start < BODY.length; start += 99_991) {
    await writer.write(BODY.subarray(start, start + 99_991));
  }
  expect(await writer.commit([])).toBe(true);
  const [candidate] = find(store).selected;
  const body = candidate && store.open(candidate.response);
  if (body === undefined) throw new Error('the body is gone');
  return body;
}

export function bodyContract(makeStore: MakeStore): void {
  it('reads a body of several segments whole, twice', async () => {
    const body = await openLargeBody(makeStore);
    expect(body.bodyBytes).toBe(2_098_152);
    expect(body.bytes()).toBeUndefined();
    expect(Buffer.from(await collect(body.read(0, undefined))).equals(BODY)).toBe(true);
    expect(Buffer.from(await collect(body.read(0, 2_098_152))).equals(BODY)).toBe(true);
  });

  it.each([
    ['within the first segment', 10, 20],
    ['the last byte of a segment', 1_048_575, 1_048_576],
    ['the first byte of a segment', 1_048_576, 1_048_577],
    ['across a border', 1_048_000, 1_049_000],
    ['across all segments', 1, 2_098_151],
    ['the tail', 2_097_152, 2_098_152],
    ['the last byte', 2_098_151, 2_098_152],
  ])('reads a range: %s', async (_, startByte, endByte) => {
    const body = await openLargeBody(makeStore);
    const part = await collect(body.read(startByte, endByte));
    expect(part.length).toBe(endByte - startByte);
    expect(Buffer.from(part).equals(BODY.subarray(startByte, endByte))).toBe(true);
  });

  it('reads to the end without an end, past the end, and nothing from there', async () => {
    const body = await openLargeBody(makeStore);
    const tail = BODY.subarray(2_098_150);
    expect(Buffer.from(await collect(body.read(2_098_150, undefined))).equals(tail)).toBe(true);
    expect(Buffer.from(await collect(body.read(2_098_150, 9_999_999))).equals(tail)).toBe(true);
    expect(await collect(body.read(2_098_152, undefined))).toHaveLength(0);
    expect(await collect(body.read(3_000_000, 3_000_001))).toHaveLength(0);
    expect(await collect(body.read(5, 5))).toHaveLength(0);
  });

  it('can be read again after an iteration that ended early', async () => {
    const body = await openLargeBody(makeStore);
    for await (const chunk of body.read(0, undefined)) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    expect(Buffer.from(await collect(body.read(0, undefined))).equals(BODY)).toBe(true);
  });

  it('reads a body without bytes', async () => {
    const store = await openStore(makeStore);
    const response = await put(store, { body: '' });
    const body = store.open(response);
    expect(body?.bodyBytes).toBe(0);
    expect(await collect((body as BodySource).read(0, undefined))).toHaveLength(0);
    expect(await collect((body as BodySource).read(0, 10))).toHaveLength(0);
  });

  it('opens nothing for a response that was never stored', async () => {
    const store = await openStore(makeStore);
    await put(store, { body: 'stored' });
    expect(store.open(storedResponse())).toBeUndefined();
    expect(store.open(storedResponse({ uri: 'https://example.com/other' }))).toBeUndefined();
  });
}
