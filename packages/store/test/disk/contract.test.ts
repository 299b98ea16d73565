import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll } from 'vitest';

import { openDiskStore } from '../../src/disk/disk-store.ts';
import { storeContract } from '../contract.ts';

const root = mkdtempSync(path.join(tmpdir(), 'poplet-disk-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;

storeContract('disk', (limits) =>
  openDiskStore({ ...limits, folder: path.join(root, `${folders++}`) }),
);
