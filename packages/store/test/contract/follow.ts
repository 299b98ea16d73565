import { expect, it } from 'vitest';

import { bodyOf, collect, find, patternBytes, put, readText, textBytes } from '../bodies.ts';
import { storedResponse } from '../stored-response.ts';
import { openStore, type MakeStore } from './make-store.ts';

const MIB = 1024 * 1024;

export function followContract(makeStore: MakeStore): void {
  it('gives followers what is there, then what arrives, then the end', async () => {
    const store = await openStore(makeStore);
    const writer = store.begin(storedResponse());
    await writer.write(textBytes('one '));
    const reader = writer.read(0, undefined)[Symbol.asyncIterator]();
    expect(await nextText(reader)).toBe('one ');
    const waiting = nextText(reader);
    await writer.write(textBytes('two '));
    expect(await waiting).toBe('two ');
    const end = reader.next();
    await writer.commit([]);
    expect(await end).toEqual({ done: true, value: undefined });
  });

  it('lets each follower go at its own pace, from its own start', async () => {
    const store = await openStore(makeStore);
    const writer = store.begin(storedResponse());
    const early = collect(writer.read(0, undefined));
    const idle = writer.read(0, undefined)[Symbol.asyncIterator]();
    await writer.write(textBytes('hello '));
    const late = collect(writer.read(0, undefined));
    const part = collect(writer.read(3, 8));
    const beyond = collect(writer.read(100, 200));
    await writer.write(textBytes('world'));
    expect((await part).toString()).toBe('lo wo');
    await writer.commit([]);
    expect((await early).toString()).toBe('hello world');
    expect((await late).toString()).toBe('hello world');
    expect((await beyond).toString()).toBe('');
    expect(await nextText(idle)).toBe('hello world');
    expect(await readText(writer)).toBe('hello world');
  });

  it('shows followers the end only when the response can be found', async () => {
    const store = await openStore(makeStore);
    const writer = store.begin(storedResponse());
    const foundAtEnd = collect(writer.read(0, undefined)).then(() => find(store).selected.length);
    await writer.write(textBytes('x'));
    await writer.commit([]);
    expect(await foundAtEnd).toBe(1);
  });

  it('gives followers the bytes received and then the error when the body is cut off', async () => {
    const store = await openStore(makeStore);
    const writer = store.begin(storedResponse());
    const waiting = writer.read(0, undefined)[Symbol.asyncIterator]();
    const behind = writer.read(0, undefined)[Symbol.asyncIterator]();
    await writer.write(textBytes('half'));
    expect(await nextText(waiting)).toBe('half');
    const next = waiting.next();
    void writer.abort(new Error('connection reset'));
    await expect(next).rejects.toThrow('connection reset');
    expect(await nextText(behind)).toBe('half');
    await expect(behind.next()).rejects.toThrow('connection reset');
    expect(await behind.next()).toEqual({ done: true, value: undefined });
    expect(await bodyOf(store)).toBeUndefined();
  });

  it('gives a range that had arrived in full although the body was cut off after it', async () => {
    const store = await openStore(makeStore);
    const writer = store.begin(storedResponse());
    await writer.write(textBytes('abcdef'));
    const inside = collect(writer.read(1, 4));
    const across = collect(writer.read(4, 9));
    const nothing = writer.read(6, 6);
    void writer.abort(new Error('connection reset'));
    expect((await inside).toString()).toBe('bcd');
    await expect(across).rejects.toThrow('connection reset');
    expect(await collect(nothing)).toHaveLength(0);
  });

  it('goes on without a follower that left', async () => {
    const store = await openStore(makeStore);
    const writer = store.begin(storedResponse());
    await writer.write(textBytes('abc'));
    for await (const chunk of writer.read(0, undefined)) {
      expect(Buffer.from(chunk).toString()).toBe('abc');
      break;
    }
    await writer.write(textBytes('def'));
    expect(await writer.commit([])).toBe(true);
    expect(await bodyOf(store)).toBe('abcdef');
  });

  it('ends a follower that leaves while it waits', async () => {
    const store = await openStore(makeStore);
    const writer = store.begin(storedResponse());
    const reader = writer.read(0, undefined)[Symbol.asyncIterator]();
    const waiting = reader.next();
    await reader.return?.();
    expect(await waiting).toEqual({ done: true, value: undefined });
    await writer.write(textBytes('abc'));
    expect(await reader.next()).toEqual({ done: true, value: undefined });
    await writer.commit([]);
  });

  it('gives up a body that grows over the limit, and leaves what was there', async () => {
    const store = await openStore(makeStore, { maxBodyBytes: 10 });
    await put(store, { body: 'old' });
    const writer = store.begin(storedResponse());
    const whole = readText(writer);
    await writer.write(textBytes('0123456789'));
    expect(writer.abandoned).toBeUndefined();
    await writer.write(textBytes('+'));
    expect(writer.abandoned).toMatchObject({ code: 'too-large' });
    expect(() => writer.read(0, undefined)).toThrow(expect.objectContaining({ code: 'abandoned' }));
    await writer.write(textBytes('rest'));
    expect(await writer.commit([])).toBe(false);
    expect(await whole).toBe('0123456789+rest');
    expect(writer.bytes()).toBeUndefined();
    expect(writer.abandoned).toMatchObject({ code: 'too-large' });
    expect(await bodyOf(store)).toBe('old');
  });

  it('gives up at once what has no room even without a body, but lets it be read once', async () => {
    const store = await openStore(makeStore, { maxBytes: 5_000 });
    const uri = `https://example.com/${'x'.repeat(5_000)}`;
    const writer = store.begin(storedResponse({ uri }));
    expect(writer.abandoned).toMatchObject({ code: 'too-large' });
    const whole = readText(writer);
    await writer.write(textBytes('0123456789+'));
    expect(() => writer.read(0, undefined)).toThrow(expect.objectContaining({ code: 'abandoned' }));
    expect(await writer.commit([])).toBe(false);
    expect(await whole).toBe('0123456789+');
  });

  it('stores a body of exactly the limit', async () => {
    const store = await openStore(makeStore, { maxBodyBytes: 10 });
    await put(store, { body: '0123456789' });
    expect(await bodyOf(store)).toBe('0123456789');
  });

  it('tells the writer of an abandoned body that nobody reads it', async () => {
    const store = await openStore(makeStore, { maxBodyBytes: 10 });
    const unread = store.begin(storedResponse());
    expect(() => unread.write(textBytes('0123456789+'))).toThrow(
      expect.objectContaining({ code: 'no-readers' }),
    );

    const left = store.begin(storedResponse());
    const reader = left.read(0, undefined)[Symbol.asyncIterator]();
    await left.write(textBytes('0123456789+'));
    await reader.return?.();
    expect(() => left.write(textBytes('more'))).toThrow(
      expect.objectContaining({ code: 'no-readers' }),
    );
  });

  it('holds the writer of an abandoned body until the slowest reader has at most 1 MiB before it', async () => {
    const store = await openStore(makeStore, { maxBodyBytes: 10 });
    const writer = store.begin(storedResponse());
    const slow = writer.read(0, undefined)[Symbol.asyncIterator]();
    const fast = collect(writer.read(0, undefined));
    const body = patternBytes(2 * MIB + 5);
    await writer.write(body.subarray(0, MIB));
    const write = Promise.resolve(writer.write(body.subarray(MIB)));
    expect(await Promise.race([write.then(() => 'written'), settled()])).toBe('held');

    const received: Uint8Array[] = [(await slow.next()).value as Uint8Array];
    expect(await Promise.race([write.then(() => 'written'), settled()])).toBe('held');
    received.push((await slow.next()).value as Uint8Array);
    await write;
    await writer.commit([]);
    for (let next = await slow.next(); next.done !== true; next = await slow.next()) {
      received.push(next.value);
    }
    expect(Buffer.concat(received).equals(body)).toBe(true);
    expect(Buffer.from(await fast).equals(body)).toBe(true);
  });

  it('rejects a held write when the last reader leaves', async () => {
    const store = await openStore(makeStore, { maxBodyBytes: 10 });
    const writer = store.begin(storedResponse());
    const reader = writer.read(0, undefined)[Symbol.asyncIterator]();
    const failure = failureOf(writer.write(patternBytes(3 * MIB)));
    await reader.return?.();
    expect(await failure).toMatchObject({ code: 'no-readers' });
  });

  it('lets a held write go when the body is cut off', async () => {
    const store = await openStore(makeStore, { maxBodyBytes: 10 });
    const writer = store.begin(storedResponse());
    const reader = writer.read(0, undefined)[Symbol.asyncIterator]();
    const write = writer.write(patternBytes(2 * MIB));
    void writer.abort(new Error('connection reset'));
    await write;
    expect((await reader.next()).value).toHaveLength(MIB);
    expect((await reader.next()).value).toHaveLength(MIB);
    await expect(reader.next()).rejects.toThrow('connection reset');
  });
}

async function nextText(reader: AsyncIterator<Uint8Array>): Promise<string> {
  const { value } = await reader.next();
  return Buffer.from(value as Uint8Array).toString();
}

/** What a promise rejects with; undefined when it does not. */
async function failureOf(promise: unknown): Promise<unknown> {
  try {
    await promise;
    return undefined;
  } catch (error) {
    return error;
  }
}

/** Longer than any chain of promises that is ready takes. */
function settled(): Promise<string> {
  return new Promise((resolve) => {
    setImmediate(() => setImmediate(() => resolve('held')));
  });
}
