// Codings of bodies on disk: what outlives a process, what a crash leaves, what is freed.

import type { StoredResponse } from '@poplet/policy';
import { describe, expect, it } from 'vitest';

import type { Store } from '../../src/store.ts';
import { collect, find, patternBytes, put, readText, textBytes } from '../bodies.ts';
import { crashImage, flip, openOnDisk, reopened, segmentFiles } from './folders.ts';

const KEY = 'main https://example.com/';
const MIB = 1024 * 1024;

async function stored(store: Store): Promise<StoredResponse | undefined> {
  if (find(store).selected.length === 0) await store.load?.(KEY);
  return find(store).selected[0]?.response;
}

async function codedText(store: Store): Promise<string | undefined> {
  const response = await stored(store);
  const source = response && store.openCoding(response, 'br');
  return source && readText(source);
}

async function putCoded(store: Store): Promise<StoredResponse> {
  const response = await put(store, { fields: [], body: 'as it came' });
  if (!(await store.addCoding(response, 'br', textBytes('br!'))))
    throw new Error('it was not kept');
  return response;
}

describe('a coding on disk', () => {
  it('is there after a restart, and counted', async () => {
    const before = openOnDisk();
    await putCoded(before.store);
    const { store } = await reopened(before);
    expect(store.stats()).toMatchObject({ entries: 1, bytes: 13 });
    // Also while nobody has asked for it.
    expect(store.entries({ limit: 9 })[0]?.response.codings).toEqual([
      { coding: 'br', bodyBytes: 3 },
    ]);
    expect(await codedText(store)).toBe('br!');
    expect((await stored(store))?.codings?.map(({ coding }) => coding)).toEqual(['br']);
    expect(store.stats()).toMatchObject({ entries: 1, bytes: 13 });
  });

  it('is there for who finds the folder as a killed process left it', async () => {
    const running = openOnDisk();
    await putCoded(running.store);
    const { store } = openOnDisk({ folder: crashImage(running) });
    expect(await codedText(store)).toBe('br!');
  });

  it('that was not written to its end leaves the body as it came, and no orphans', async () => {
    const running = openOnDisk();
    const response = await put(running.store, { fields: [], body: 'as it came' });
    const content = patternBytes(12 * MIB);
    const adding = running.store.addCoding(response, 'br', content);
    await expect
      .poll(() => segmentFiles(running.folder).length, { interval: 1 })
      .toBeGreaterThan(1);
    const image = crashImage(running);
    await adding;
    const { store } = openOnDisk({ folder: image });
    const found = await stored(store);
    const source = found && store.open(found);
    expect(source && (await readText(source))).toBe('as it came');
    // Either it was written to its end just then, or nothing of it is there.
    const coded = found && store.openCoding(found, 'br');
    const bytes = coded === undefined ? content : await collect(coded.read(0, undefined));
    expect(Buffer.compare(bytes, content)).toBe(0);
    const expected = coded === undefined ? 1 : 13;
    await expect.poll(() => segmentFiles(image).length).toBe(expected);
  });

  it('leaves its segments to nobody when its response goes', async () => {
    const { store, folder } = openOnDisk();
    const response = await putCoded(store);
    expect(segmentFiles(folder)).toHaveLength(2);
    store.remove(response);
    await expect.poll(() => segmentFiles(folder).length).toBe(0);
  });

  it('nor after a restart and a 304', async () => {
    const before = openOnDisk();
    await putCoded(before.store);
    const opened = await reopened(before);
    const found = (await stored(opened.store)) as StoredResponse;
    expect(opened.store.update(found, { ...found, responseAtMs: 5000 })).toBe(true);
    const again = await reopened(opened);
    expect(await codedText(again.store)).toBe('br!');
    expect((await stored(again.store))?.responseAtMs).toBe(5000);
    again.store.purge([{ selector: { kind: 'everything' }, soft: false, siteId: undefined }], 0);
    again.store.sweep();
    await expect.poll(() => segmentFiles(again.folder).length).toBe(0);
  });

  it('shares a segment with another response, as bodies do', async () => {
    const { store, folder } = openOnDisk();
    const first = await putCoded(store);
    const second = await put(store, { uri: 'https://example.com/b', body: 'br!' });
    expect(segmentFiles(folder)).toHaveLength(2);
    store.remove(first);
    await expect.poll(() => segmentFiles(folder).length).toBe(1);
    const source = store.open(second);
    expect(source && (await readText(source))).toBe('br!');
  });

  it('that is damaged is not handed out: its response is dropped', async () => {
    const { store, folder } = openOnDisk();
    const response = await put(store, { body: 'as it came' });
    const [own] = segmentFiles(folder);
    await store.addCoding(response, 'br', textBytes('br!'));
    flip(segmentFiles(folder).find((file) => file !== own) as string, 1);
    await expect(codedText(store)).rejects.toMatchObject({ code: 'corrupt' });
    expect(find(store).selected).toEqual([]);
  });
});
