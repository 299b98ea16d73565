import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { openOnAdapter } from '@poplet/store/keyv';
import { afterAll } from 'vitest';

import { socketCases } from './socket-cases.ts';

const witnessFolder = mkdtempSync(path.join(tmpdir(), 'poplet-cases-'));
afterAll(() => rmSync(witnessFolder, { recursive: true, force: true }));
let databases = 0;

socketCases({
  makeStore() {
    const name = `map://${databases++}`;
    // Nothing stays hot: every hit is read through Keyv.
    return openOnAdapter({
      adapter: new Map<string, unknown>(),
      family: { name: 'map', pieceLength: 32_000, isSetWise: false, mayClear: true },
      hotBytes: 0,
      url: name,
      name,
      witnessFolder,
    });
  },
});
