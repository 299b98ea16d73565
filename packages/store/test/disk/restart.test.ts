import { IncomingFields, type Purge } from '@poplet/policy';
import { describe, expect, it } from 'vitest';

import { openDiskStore } from '../../src/disk/disk-store.ts';
import { find, patternBytes, put } from '../bodies.ts';
import { lookText, restartContract, uri } from '../restart-contract.ts';
import { storedResponse } from '../stored-response.ts';
import { crashImage, openOnDisk, reopened, segmentFiles, temporaryFolder } from './folders.ts';

const MIB = 1024 * 1024;
const TAG: Purge = { selector: { kind: 'tag', tag: 't' }, soft: false, siteId: undefined };

describe('after a restart', () => {
  restartContract({
    kind: 'disk',
    open: openOnDisk,
    reopened,
    killed: (running) => openOnDisk({ folder: crashImage(running) }),
  });
});

describe('given up', () => {
  it('just before the end: nothing is left of a body', async () => {
    const before = openOnDisk();
    const writer = before.store.begin(storedResponse());
    await writer.write(patternBytes(3 * MIB));
    await expect.poll(() => segmentFiles(before.folder).length).toBe(3);
    await writer.abort(new Error('the upstream ended early'));
    const { folder } = await reopened(before);
    await expect.poll(() => segmentFiles(folder).length).toBe(0);
  });
});

describe('killed', () => {
  it('before the commit: nothing is visible, and what was written of it is removed', async () => {
    const running = openOnDisk();
    await put(running.store, { uri: uri('kept') });
    const writer = running.store.begin(storedResponse());
    const reader = writer.read(0, undefined)[Symbol.asyncIterator]();
    await writer.write(patternBytes(3 * MIB));
    // A reader gets what follows only once the segments before it can be read back.
    for (let bytes = 0; bytes < 3 * MIB;) bytes += (await reader.next()).value?.length ?? 0;
    await expect.poll(() => segmentFiles(running.folder).length).toBe(4);
    const image = crashImage(running);
    await writer.abort(new Error('over'));

    const { store } = openOnDisk({ folder: image });
    expect(store.stats().entries).toBe(1);
    expect(await lookText(store)).toBeUndefined();
    await expect.poll(() => segmentFiles(image).length).toBe(1);
    expect(await lookText(store, { uri: uri('kept') })).toBe('body');
  });
});

describe('segments', () => {
  it('equal ones are one file, removed with the last body that has it', async () => {
    const { store, folder } = openOnDisk();
    await put(store, { uri: uri('a'), body: 'same' });
    await put(store, { uri: uri('b'), body: 'same' });
    expect(segmentFiles(folder)).toHaveLength(1);
    const [a] = find(store, { uri: uri('a') }).selected;
    const [b] = find(store, { uri: uri('b') }).selected;
    if (a === undefined || b === undefined) throw new Error('nothing is stored');
    store.remove(a.response);
    await put(store, { uri: uri('c') });
    expect(await lookText(store, { uri: uri('b') })).toBe('same');
    store.remove(b.response);
    await expect.poll(() => segmentFiles(folder).length).toBe(1);
    expect(await lookText(store, { uri: uri('c') })).toBe('body');
  });

  it('of what is evicted, replaced or purged are removed', async () => {
    const { store, folder } = openOnDisk({ maxEntries: 1 });
    await put(store, { uri: uri('a'), body: 'a' });
    await put(store, { uri: uri('b'), body: 'b' });
    await put(store, { uri: uri('b'), body: 'c' });
    await expect.poll(() => segmentFiles(folder).length).toBe(1);
    store.purge([{ ...TAG, selector: { kind: 'everything' } }], 0);
    store.sweep();
    await expect.poll(() => segmentFiles(folder).length).toBe(0);
  });

  it('stay for whoever has begun to read', async () => {
    const { store, folder } = openOnDisk();
    const body = patternBytes(2 * MIB);
    const response = storedResponse();
    const writer = store.begin(response);
    await writer.write(body);
    await writer.commit([]);
    const reader = store.open(response)?.read(0, undefined) as AsyncIterableIterator<Uint8Array>;
    const first = await reader.next();
    store.remove(response);
    await put(store, { uri: uri('other') });
    const second = await reader.next();
    expect(Buffer.concat([first.value, second.value]).equals(body)).toBe(true);
    await reader.next();
    // Whoever is about to follow the writer may do so for a moment.
    await expect.poll(() => segmentFiles(folder).length).toBe(1);
  });
});

describe('the folder', () => {
  it('is for one process at a time', async () => {
    const opened = openOnDisk();
    expect(() => openDiskStore({ folder: opened.folder })).toThrow(
      expect.objectContaining({
        code: 'store-in-use',
        message: expect.stringMatching(/is in use \(process \d+\)$/),
      }),
    );
    // Whoever was refused has broken nothing.
    await put(opened.store, {});
    const { store } = await reopened(opened);
    expect(await lookText(store)).toBe('body');
  });

  it('of something else is left alone', async () => {
    const folder = temporaryFolder();
    const { writeFileSync } = await import('node:fs');
    writeFileSync(`${folder}/index.html`, 'a page');
    expect(() => openDiskStore({ folder })).toThrow(
      expect.objectContaining({ code: 'store-unusable' }),
    );
    for (const inside of ['', '/store', '/a/store']) {
      expect(() => openDiskStore({ folder: `${folder}/index.html${inside}` })).toThrow(
        expect.objectContaining({
          code: 'store-unusable',
          message: `${folder}/index.html is a file: no store can be there`,
        }),
      );
    }
  });

  it.skipIf(process.platform !== 'linux')('where none can be made is refused', () => {
    for (const folder of ['/proc/poplet', '/proc/poplet/store']) {
      expect(() => openDiskStore({ folder })).toThrow(
        expect.objectContaining({
          code: 'store-unusable',
          message: expect.stringMatching(/^the store \S+ cannot be used: ENOENT/u),
        }),
      );
    }
  });

  it('is made with those above it', () => {
    const { store } = openOnDisk({ folder: `${temporaryFolder()}/a/b/store` });
    expect(store.stats().entries).toBe(0);
  });

  it('is not looked through where the process before has closed it', async () => {
    const before = openOnDisk();
    await put(before.store, {});
    const { store } = await reopened(before);
    expect(store.peek('main https://example.com/', new IncomingFields([])).selected).toEqual([]);
    expect(store.stats().entries).toBe(1);
  });
});
