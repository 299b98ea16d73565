import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { openDiskStore } from '@poplet/store/disk';
import { afterAll } from 'vitest';

import { socketCases } from './socket-cases.ts';

const root = mkdtempSync(path.join(tmpdir(), 'poplet-cases-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;

socketCases({
  // Nothing stays in memory: every hit is read from the disk.
  makeStore: () => openDiskStore({ folder: path.join(root, `${folders++}`), hotBytes: 0 }),
});
