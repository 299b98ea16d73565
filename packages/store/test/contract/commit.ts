import { expect, it } from 'vitest';

import { bodyOf, collect, find, put, readText, textBytes, tryPut } from '../bodies.ts';
import { storedResponse } from '../stored-response.ts';
import { openStore, type MakeStore } from './make-store.ts';

export function commitContract(makeStore: MakeStore): void {
  it('shows nothing before the commit, and everything after it', async () => {
    const store = await openStore(makeStore);
    const response = storedResponse({ fields: ['ETag', '"one"', 'X-Twice', 'a', 'X-Twice', 'b'] });
    const writer = store.begin(response);
    await writer.write(textBytes('hello '));
    await writer.write(textBytes('world'));
    expect(find(store).selected).toEqual([]);
    expect(store.stats().entries).toBe(0);

    expect(await writer.commit(['X-Checksum', 'abc'])).toBe(true);
    const [candidate] = find(store).selected;
    expect(candidate?.softPurgedAtMs).toBeUndefined();
    expect(candidate?.response.bodyBytes).toBe(11);
    expect(candidate?.response.trailers).toEqual(['X-Checksum', 'abc']);
    expect(candidate?.response.fields.block).toBe('ETag: "one"\r\nX-Twice: a\r\nX-Twice: b\r\n');
    expect(await bodyOf(store)).toBe('hello world');
  });

  it('keeps every field of the record', async () => {
    const store = await openStore(makeStore);
    const facts = {
      ...storedResponse().facts,
      etag: { weak: true, opaque: '"v1"' },
      lastModifiedAtMs: 500,
      staleIfErrorSeconds: 30,
    };
    const response = {
      ...storedResponse({ tags: ['a', 'b'], groups: ['G'], dateAtMs: 7_000 }),
      status: 404,
      statusText: 'Not Found',
      requestAtMs: 11,
      responseAtMs: 12,
      residentSinceMs: 13,
      facts,
    };
    expect(await tryPut(store, response, 'gone')).toBe(true);
    expect({ ...find(store).selected[0]?.response }).toEqual({ ...response, bodyBytes: 4 });
  });

  it('stores a body without bytes', async () => {
    const store = await openStore(makeStore);
    expect(await tryPut(store, storedResponse(), '')).toBe(true);
    const [candidate] = find(store).selected;
    expect(candidate?.response.bodyBytes).toBe(0);
    expect(await bodyOf(store)).toBe('');
  });

  it('keeps what it is given although the chunk is used again', async () => {
    const store = await openStore(makeStore);
    const writer = store.begin(storedResponse());
    const chunk = textBytes('first');
    await writer.write(chunk);
    chunk.fill(0x78);
    await writer.commit([]);
    expect(await bodyOf(store)).toBe('first');
  });

  it('replaces: the last commit of a key wins', async () => {
    const store = await openStore(makeStore);
    const slow = store.begin(storedResponse());
    const fast = store.begin(storedResponse());
    await slow.write(textBytes('slow'));
    await fast.write(textBytes('fast'));
    expect(await fast.commit([])).toBe(true);
    expect(await bodyOf(store)).toBe('fast');
    expect(await slow.commit([])).toBe(true);
    expect(await bodyOf(store)).toBe('slow');
    expect(store.stats()).toMatchObject({ entries: 1, evictions: 0 });
  });

  it('lets a reader of a replaced body finish it', async () => {
    const store = await openStore(makeStore);
    await put(store, { body: 'old'.repeat(500_000) });
    const old = find(store).selected.map(({ response }) => store.open(response));
    const pieces: string[] = [];
    for await (const piece of old[0]?.read(0, undefined) ?? []) {
      if (pieces.length === 0) await put(store, { body: 'new' });
      pieces.push(new TextDecoder().decode(piece));
    }
    expect(pieces.length).toBeGreaterThan(1);
    expect(pieces.join('') === 'old'.repeat(500_000)).toBe(true);
    expect(await bodyOf(store)).toBe('new');
  });

  it('stores nothing of a body that was cut off, and leaves what was there', async () => {
    const store = await openStore(makeStore);
    await put(store, { body: 'whole' });
    const writer = store.begin(storedResponse());
    await writer.write(textBytes('par'));
    expect(await writer.abort(new Error('connection reset'))).toBe(false);
    expect(await bodyOf(store)).toBe('whole');
    expect(await writer.commit([])).toBe(false);
    expect(await bodyOf(store)).toBe('whole');
  });

  it('stores what there is of a body that was cut off, where it is recorded as incomplete', async () => {
    const store = await openStore(makeStore);
    const response = storedResponse();
    const writer = store.begin(response);
    await writer.write(textBytes('par'));
    const reading = readText(writer);
    const part = { completeBytes: 7, spans: [{ startByte: 0, endByte: 3 }] };
    expect(await writer.abort(new Error('connection reset'), { ...response, part })).toBe(true);
    await expect(reading).rejects.toThrow('connection reset');
    expect(await bodyOf(store)).toBe('par');
    expect(find(store).selected[0]?.response).toMatchObject({ part, bodyBytes: 3 });
    expect(await writer.abort(new Error('again'), { ...response, part })).toBe(false);
  });

  it('keeps what is incomplete so under the metadata of a 304', async () => {
    const store = await openStore(makeStore);
    const part = { completeBytes: 9, spans: [{ startByte: 2, endByte: 6 }] };
    const old = await put(store, { body: 'body' });
    expect(find(store).selected[0]?.response.part).toBe(null);
    const incomplete = { ...old, part };
    expect(store.update(old, incomplete)).toBe(true);
    expect(find(store).selected[0]?.response.part).toEqual(part);
    expect(store.update(incomplete, { ...incomplete, status: 203 })).toBe(true);
    expect(find(store).selected[0]?.response).toMatchObject({ part, status: 203, bodyBytes: 4 });
  });

  it('does not store what is incomplete after a purge', async () => {
    const store = await openStore(makeStore);
    const response = storedResponse({ seq: store.sequence });
    const writer = store.begin(response);
    await writer.write(textBytes('par'));
    await store.purge([{ selector: { kind: 'everything' }, soft: false, siteId: undefined }], 0);
    const part = { completeBytes: 7, spans: [{ startByte: 0, endByte: 3 }] };
    expect(await writer.abort(new Error('reset'), { ...response, part })).toBe(false);
    expect(find(store).selected).toEqual([]);
  });

  it('refuses bytes after the end', async () => {
    const store = await openStore(makeStore);
    const committed = store.begin(storedResponse());
    await committed.commit([]);
    expect(() => committed.write(textBytes('more'))).toThrow(
      expect.objectContaining({ code: 'closed' }),
    );
    expect(await committed.commit([])).toBe(false);
    const aborted = store.begin(storedResponse());
    void aborted.abort(new Error('gone'));
    expect(() => aborted.write(textBytes('more'))).toThrow(
      expect.objectContaining({ code: 'closed' }),
    );
  });

  it('ignores an abort after the commit', async () => {
    const store = await openStore(makeStore);
    const writer = store.begin(storedResponse());
    await writer.write(textBytes('done'));
    await writer.commit([]);
    void writer.abort(new Error('too late'));
    expect(await bodyOf(store)).toBe('done');
    expect(await readText(writer)).toBe('done');
  });

  it('knows the length and the bytes of a writer once it is complete', async () => {
    const store = await openStore(makeStore);
    const writer = store.begin(storedResponse());
    await writer.write(textBytes('abc'));
    expect(writer.bodyBytes).toBeUndefined();
    expect(writer.bytes()).toBeUndefined();
    await writer.commit([]);
    expect(writer.bodyBytes).toBe(3);
    expect(await collect(writer.read(1, 3))).toEqual(Buffer.from('bc'));
  });

  it('stores nothing once it is closed', async () => {
    const store = await makeStore({});
    await put(store, {});
    const writer = store.begin(storedResponse({ uri: 'https://example.com/late' }));
    await writer.write(textBytes('late'));
    await store.close();
    expect(find(store).selected).toEqual([]);
    expect(await writer.commit([])).toBe(false);
    expect(store.begin(storedResponse()).abandoned).toMatchObject({ code: 'store-failed' });
  });
}
