import { mkdtempSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';

import { openDiskStore } from '../src/disk/disk-store.ts';
import { openOnAdapter } from '../src/keyv/open-keyv-store.ts';
import { createMemoryStore } from '../src/memory-store.ts';
import type { Store } from '../src/store.ts';
import { MAP_FAMILY, MapAdapter, MapDatabase } from './keyv/map-adapter.ts';
import { compare, type ComparedStore } from './purge-comparison.ts';
import { step, type Step } from './purge-steps.ts';

// Random stores, validations and purges, against a model that scans every entry: what can be found,
// since when it is stale, what was refused. On disk, and in a database that Keyv has an adapter for, the
// process ends in between, again and again.

const root = mkdtempSync(path.join(tmpdir(), 'poplet-purge-model-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const MEMORY: ComparedStore = { open: createMemoryStore };

const folders = new WeakMap<Store, string>();
let folderCount = 0;

function openDisk(
  limits: { readonly maxMarks: number },
  folder = path.join(root, `${folderCount++}`),
): Store {
  const store = openDiskStore({ ...limits, folder });
  folders.set(store, folder);
  return store;
}

const DISK: ComparedStore = {
  open: openDisk,
  async reopen(store, limits) {
    await store.close();
    return openDisk(limits, folders.get(store));
  },
  // Thousands of folders would take longer to remove at the end than there is time.
  remove: (store) => rm(folders.get(store) as string, { recursive: true }),
};

const databases = new WeakMap<Store, MapDatabase>();

async function openKeyv(
  limits: { readonly maxMarks: number },
  database = new MapDatabase(),
): Promise<Store> {
  const store = await openOnAdapter({
    ...limits,
    adapter: new MapAdapter(database),
    family: MAP_FAMILY,
    name: 'map',
    url: 'map:',
    witnessFolder: root,
  });
  databases.set(store, database);
  return store;
}

const KEYV: ComparedStore = {
  open: openKeyv,
  async reopen(store, limits) {
    await store.close();
    return openKeyv(limits, databases.get(store));
  },
};

const reopen: fc.Arbitrary<Step> = fc.constant({ kind: 'reopen' });

describe.each([
  { name: 'memory', compared: MEMORY, steps: step, numRuns: 1_000 },
  {
    name: 'disk',
    compared: DISK,
    steps: fc.oneof({ weight: 6, arbitrary: step }, { weight: 1, arbitrary: reopen }),
    numRuns: Number(process.env['POPLET_DISK_RUNS'] ?? 40),
  },
  {
    name: 'keyv',
    compared: KEYV,
    steps: fc.oneof({ weight: 6, arbitrary: step }, { weight: 1, arbitrary: reopen }),
    numRuns: Number(process.env['POPLET_KEYV_RUNS'] ?? 40),
  },
])('$name', ({ compared, steps, numRuns }) => {
  const timeoutMs = Math.max(120_000, numRuns * 1_000);
  const some = fc.array(steps, { minLength: 1, maxLength: 60, size: 'max' });

  it(
    'says what a scan of all entries would say',
    async () => {
      const property = fc.asyncProperty(some, async (taken) => {
        const { said, expected } = await compare(compared, taken, Infinity);
        expect(said).toEqual(expected);
      });
      await fc.assert(property, { numRuns });
    },
    timeoutMs,
  );

  it(
    'revives nothing when it has to forget marks that it still needs',
    async () => {
      const property = fc.asyncProperty(some, async (taken) => {
        const { said, expected } = await compare(compared, taken, 2);
        expect(said).toEqual(expected);
      });
      await fc.assert(property, { numRuns });
    },
    timeoutMs,
  );
});
